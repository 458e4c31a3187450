// SPDX-License-Identifier: Apache-2.0
#include "core/nn/data/spline_resize.h"

#include <torch/torch.h>

#include <cmath>

namespace guidino::nn {

namespace {

/// So many repeated edge samples that the filter's end is not felt: its pole is 0.27, 0.27^12 =
/// 1e-7.
constexpr std::int64_t kPadding = 12;

/// Shares that are a half but for rounding count.
constexpr double kHalf = 0.5 - 1e-9;

/// Samples of a cubic B-spline's coefficients: 1/6, 4/6, 1/6, mirrored at the ends.
torch::Tensor sampling(std::int64_t n)
{
    torch::Tensor matrix = torch::zeros({n, n}, torch::kFloat64);
    auto a = matrix.accessor<double, 2>();
    for (std::int64_t i = 0; i < n; ++i) {
        a[i][i] += 4.0 / 6.0;
        const std::int64_t before = i == 0 ? std::min<std::int64_t>(1, n - 1) : i - 1;
        const std::int64_t after = i == n - 1 ? std::max<std::int64_t>(n - 2, 0) : i + 1;
        a[i][before] += 1.0 / 6.0;
        a[i][after] += 1.0 / 6.0;
    }
    return matrix;
}

} // namespace

torch::Tensor splineMatrix(std::int64_t in, std::int64_t out)
{
    TORCH_CHECK(in >= 1 && out >= 1, "a line to resize has at least one sample");
    const std::int64_t padded = in + 2 * kPadding;
    torch::Tensor repeat = torch::zeros({padded, in}, torch::kFloat64);
    auto r = repeat.accessor<double, 2>();
    for (std::int64_t i = 0; i < padded; ++i) {
        r[i][std::clamp<std::int64_t>(i - kPadding, 0, in - 1)] = 1;
    }
    torch::Tensor evaluate = torch::zeros({out, padded}, torch::kFloat64);
    auto e = evaluate.accessor<double, 2>();
    const double step = static_cast<double>(in) / static_cast<double>(out);
    for (std::int64_t i = 0; i < out; ++i) {
        const double at = (static_cast<double>(i) + 0.5) * step - 0.5 + kPadding;
        const auto cell = static_cast<std::int64_t>(std::floor(at));
        const double t = at - static_cast<double>(cell);
        const double u = 1 - t;
        e[i][cell - 1] = u * u * u / 6;
        e[i][cell] = (4 - 6 * t * t + 3 * t * t * t) / 6;
        e[i][cell + 1] = (4 - 6 * u * u + 3 * u * u * u) / 6;
        e[i][cell + 2] = t * t * t / 6;
    }
    return evaluate.matmul(torch::linalg_solve(sampling(padded), repeat));
}

torch::Tensor splineResized(const torch::Tensor& image, std::int64_t height, std::int64_t width)
{
    TORCH_CHECK(image.dim() == 3, "an image to resize is [C, H, W], not ", image.sizes());
    if (image.size(1) == height && image.size(2) == width) {
        return image;
    }
    const torch::Tensor exact = image.to(torch::kCPU, torch::kFloat64);
    const torch::Tensor resized = torch::matmul(
        torch::matmul(splineMatrix(image.size(1), height), exact),
        splineMatrix(image.size(2), width).t());
    const torch::Tensor low = exact.amin({1, 2}, true);
    const torch::Tensor high = exact.amax({1, 2}, true);
    return torch::minimum(torch::maximum(resized, low), high)
        .to(image.device(), image.scalar_type());
}

torch::Tensor labelsResized(const torch::Tensor& labels, std::int64_t height, std::int64_t width)
{
    TORCH_CHECK(
        labels.dim() == 2 && labels.scalar_type() == torch::kUInt8,
        "a label image to resize is bytes [H, W], not ",
        labels.sizes());
    if (labels.size(0) == height && labels.size(1) == width) {
        return labels;
    }
    torch::Tensor result = torch::zeros({height, width}, torch::kUInt8);
    const torch::Tensor values = std::get<0>(at::_unique(labels.flatten(), true));
    for (std::int64_t i = 0; i < values.numel(); ++i) {
        const auto value = values[i].item<std::uint8_t>();
        const torch::Tensor mask =
            (labels == value).to(torch::kFloat64).view({1, 1, labels.size(0), labels.size(1)});
        const torch::Tensor share = at::upsample_bilinear2d(mask, {height, width}, false)[0][0];
        result.masked_fill_(share >= kHalf, value);
    }
    return result;
}

} // namespace guidino::nn
