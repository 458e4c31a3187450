// SPDX-License-Identifier: Apache-2.0
#include "core/nn/guide/sliding_window.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace guidino::nn {

namespace {

// Half to even, as Python's and NumPy's rounding that nnU-Net uses.
std::int64_t roundHalfEven(double value)
{
    const double floor = std::floor(value);
    const double fraction = value - floor;
    const auto below = static_cast<std::int64_t>(floor);
    if (fraction == 0.5) {
        return below % 2 == 0 ? below : below + 1;
    }
    return fraction > 0.5 ? below + 1 : below;
}

torch::Tensor gaussianAxis(std::int64_t size)
{
    const double sigma = static_cast<double>(size) / 8.0;
    const torch::Tensor distance =
        torch::arange(size, torch::kFloat64) - static_cast<double>(size / 2);
    return torch::exp(-(distance * distance) / (2.0 * sigma * sigma));
}

struct Window
{
    std::int64_t y = 0;
    std::int64_t x = 0;
};

} // namespace

std::vector<std::int64_t>
windowStarts(std::int64_t size, std::int64_t window, double overlap, WindowPlan plan)
{
    TORCH_CHECK(size >= 1 && window >= 1, "windows need sides of at least one pixel");
    TORCH_CHECK(
        overlap >= 0 && overlap < 1, "the windows' overlap must be in [0, 1), not ", overlap);
    const std::int64_t last = size - window;
    if (last <= 0) {
        return {0};
    }
    std::vector<std::int64_t> starts;
    const double stride = static_cast<double>(window) * (1.0 - overlap);
    if (plan == WindowPlan::Flush) {
        const std::int64_t step = std::max<std::int64_t>(static_cast<std::int64_t>(stride), 1);
        for (std::int64_t start = 0; start <= last; start += step) {
            starts.push_back(start);
        }
        if (starts.back() != last) {
            starts.push_back(last);
        }
        return starts;
    }
    const auto steps = static_cast<std::int64_t>(std::ceil(static_cast<double>(last) / stride));
    for (std::int64_t i = 0; i <= steps; ++i) {
        const double at = static_cast<double>(last) / static_cast<double>(steps);
        starts.push_back(roundHalfEven(at * static_cast<double>(i)));
    }
    return starts;
}

torch::Tensor gaussianMap(std::int64_t height, std::int64_t width)
{
    const torch::Tensor map = 10.0 * torch::outer(gaussianAxis(height), gaussianAxis(width));
    return map.to(torch::kFloat32);
}

torch::Tensor mirrored(const torch::Tensor& x, const WindowFunction& function)
{
    torch::Tensor sum = function(x).to(torch::kFloat32);
    const std::vector<std::vector<std::int64_t>> flips = {{2}, {3}, {2, 3}};
    for (const std::vector<std::int64_t>& axes : flips) {
        sum = sum + torch::flip(function(torch::flip(x, axes)), axes).to(torch::kFloat32);
    }
    return sum / 4.0;
}

torch::Tensor slideWindows(
    const torch::Tensor& image, const SlidingOptions& options, const WindowFunction& function)
{
    TORCH_CHECK(
        image.dim() == 4 && image.size(0) == 1,
        "the sliding window takes one image [1, C, H, W], not ",
        image.sizes());
    const std::int64_t h = options.window_height;
    const std::int64_t w = options.window_width;
    const std::int64_t missingY = std::max<std::int64_t>(h - image.size(2), 0);
    const std::int64_t missingX = std::max<std::int64_t>(w - image.size(3), 0);
    torch::Tensor x = image;
    if (missingY > 0 || missingX > 0) {
        x = torch::constant_pad_nd(
            image,
            {missingX / 2, missingX - missingX / 2, missingY / 2, missingY - missingY / 2},
            0);
    }
    std::vector<Window> windows;
    for (const std::int64_t y : windowStarts(x.size(2), h, options.overlap, options.plan)) {
        for (const std::int64_t column :
             windowStarts(x.size(3), w, options.overlap, options.plan)) {
            windows.push_back({y, column});
        }
    }
    const torch::Tensor weight = gaussianMap(h, w).to(image.device());
    const auto total = torch::TensorOptions().dtype(torch::kFloat32).device(image.device());
    const torch::Tensor weights = torch::zeros({1, 1, x.size(2), x.size(3)}, total);
    torch::Tensor sum;
    const auto perCall =
        static_cast<std::size_t>(std::max<std::int64_t>(options.windows_per_call, 1));
    for (std::size_t begin = 0; begin < windows.size(); begin += perCall) {
        const std::size_t end = std::min(begin + perCall, windows.size());
        std::vector<torch::Tensor> batch;
        for (std::size_t i = begin; i < end; ++i) {
            const Window& window = windows[i];
            batch.push_back(x.slice(2, window.y, window.y + h).slice(3, window.x, window.x + w));
        }
        const torch::Tensor views = torch::cat(batch, 0);
        const torch::Tensor made =
            (options.mirror ? mirrored(views, function) : function(views)).to(torch::kFloat32);
        TORCH_CHECK(
            made.dim() == 4 && made.size(2) == h && made.size(3) == w,
            "a window's result must have the window's size, not ",
            made.sizes());
        if (!sum.defined()) {
            sum = torch::zeros({1, made.size(1), x.size(2), x.size(3)}, total);
        }
        for (std::size_t i = begin; i < end; ++i) {
            const Window& window = windows[i];
            const auto place = [&](const torch::Tensor& map) {
                return map.slice(2, window.y, window.y + h).slice(3, window.x, window.x + w);
            };
            const auto row = static_cast<std::int64_t>(i - begin);
            place(sum).add_(made.slice(0, row, row + 1) * weight);
            place(weights).add_(weight);
        }
    }
    sum = sum / weights;
    return sum.slice(2, missingY / 2, missingY / 2 + image.size(2))
        .slice(3, missingX / 2, missingX / 2 + image.size(3))
        .contiguous();
}

} // namespace guidino::nn
