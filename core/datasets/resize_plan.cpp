// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/resize_plan.h"

#include "core/base/assert.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace guidino::datasets {

namespace {

/// What one target pixel takes from the source, along one axis.
struct Taps
{
    int first = 0;
    std::vector<std::int32_t> weights;
};

struct Filter
{
    std::vector<Taps> taps;
    int precision = 0; ///< weights are scaled by 2^precision
};

/// Triangle filter in fixed point, with as many bits as keep the largest weight within 16 bits:
/// PyTorch's uint8 path (ATen/native/cpu/UpSampleKernel.cpp), which Pillow's resampling is behind.
Filter makeFilter(int from, int to)
{
    const double scale = static_cast<double>(from) / to;
    const double support = scale >= 1 ? scale : 1.0;
    const double inverse = scale >= 1 ? 1 / scale : 1.0;
    Filter filter;
    std::vector<std::vector<double>> weights;
    double largest = 0;
    for (int i = 0; i < to; ++i) {
        const double center = scale * (i + 0.5);
        const int first = std::max(static_cast<int>(center - support + 0.5), 0);
        const int count =
            std::max(std::min(static_cast<int>(center + support + 0.5), from) - first, 1);
        std::vector<double> row(static_cast<std::size_t>(count));
        double sum = 0;
        for (int j = 0; j < count; ++j) {
            const double x = std::abs((j + first - center + 0.5) * inverse);
            row[static_cast<std::size_t>(j)] = x < 1 ? 1 - x : 0;
            sum += row[static_cast<std::size_t>(j)];
        }
        for (double& weight : row) {
            weight = sum != 0 ? weight / sum : 1.0 / count;
            largest = std::max(largest, weight);
        }
        filter.taps.push_back({first, {}});
        weights.push_back(std::move(row));
    }
    for (filter.precision = 0; filter.precision < 22; ++filter.precision) {
        if (static_cast<int>(0.5 + largest * (1 << (filter.precision + 1))) >= (1 << 15)) {
            break;
        }
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
        for (const double weight : weights[i]) {
            filter.taps[i].weights.push_back(
                static_cast<std::int32_t>(weight * (1 << filter.precision) + 0.5));
        }
    }
    return filter;
}

/// One axis: `count` target values from `source`, whose neighbours are `stride` apart.
void filterLine(
    const Filter& filter,
    const std::uint8_t* source,
    std::size_t sourceStride,
    std::uint8_t* target,
    std::size_t targetStride)
{
    const std::int32_t half = 1 << (filter.precision - 1);
    for (const Taps& taps : filter.taps) {
        std::int32_t sum = half;
        const std::uint8_t* value = source + static_cast<std::size_t>(taps.first) * sourceStride;
        for (const std::int32_t weight : taps.weights) {
            sum += *value * weight;
            value += sourceStride;
        }
        *target = static_cast<std::uint8_t>(std::clamp(sum >> filter.precision, 0, 255));
        target += targetStride;
    }
}

Raster8 part(const Raster8& image, const Rect& rect)
{
    Raster8 result(rect.width, rect.height, image.channels());
    const auto channels = static_cast<std::size_t>(image.channels());
    const auto length = static_cast<std::size_t>(rect.width) * channels;
    for (int y = 0; y < rect.height; ++y) {
        const std::uint8_t* from =
            image.row(rect.y + y) + static_cast<std::size_t>(rect.x) * channels;
        std::copy(from, from + length, result.row(y));
    }
    return result;
}

Raster8 scaled(Raster8 image, Size size)
{
    const int channels = image.channels();
    const auto step = static_cast<std::size_t>(channels);
    if (image.width() != size.width) {
        const Filter filter = makeFilter(image.width(), size.width);
        Raster8 wide(size.width, image.height(), channels);
        for (int y = 0; y < image.height(); ++y) {
            for (int c = 0; c < channels; ++c) {
                filterLine(filter, image.row(y) + c, step, wide.row(y) + c, step);
            }
        }
        image = std::move(wide);
    }
    if (image.height() == size.height) {
        return image;
    }
    const Filter filter = makeFilter(image.height(), size.height);
    Raster8 result(size.width, size.height, channels);
    const std::size_t length = static_cast<std::size_t>(size.width) * step;
    std::vector<std::int32_t> sums(length);
    for (int y = 0; y < size.height; ++y) {
        const Taps& taps = filter.taps[static_cast<std::size_t>(y)];
        std::fill(sums.begin(), sums.end(), 1 << (filter.precision - 1));
        for (std::size_t j = 0; j < taps.weights.size(); ++j) {
            const std::uint8_t* row = image.row(taps.first + static_cast<int>(j));
            const std::int32_t weight = taps.weights[j];
            for (std::size_t x = 0; x < length; ++x) {
                sums[x] += row[x] * weight;
            }
        }
        std::uint8_t* out = result.row(y);
        for (std::size_t x = 0; x < length; ++x) {
            out[x] = static_cast<std::uint8_t>(std::clamp(sums[x] >> filter.precision, 0, 255));
        }
    }
    return result;
}

bool covers(const Rect& rect, Size size)
{
    return rect == Rect{0, 0, size.width, size.height};
}

Raster8 placed(Raster8 content, const ResizePlan& plan, std::uint8_t outside)
{
    if (covers(plan.targetRect, plan.target)) {
        return content;
    }
    Raster8 canvas(plan.target.width, plan.target.height, content.channels());
    std::fill(canvas.pixels().begin(), canvas.pixels().end(), outside);
    const auto channels = static_cast<std::size_t>(content.channels());
    for (int y = 0; y < content.height(); ++y) {
        std::copy(
            content.row(y),
            content.row(y) + static_cast<std::size_t>(content.width()) * channels,
            canvas.row(plan.targetRect.y + y)
                + static_cast<std::size_t>(plan.targetRect.x) * channels);
    }
    return canvas;
}

/// Source position of each target position; in float, as PyTorch's nearest-exact has it.
std::vector<int> nearestOf(int from, int to)
{
    std::vector<int> positions(static_cast<std::size_t>(to));
    const float scale = static_cast<float>(from) / static_cast<float>(to);
    for (int i = 0; i < to; ++i) {
        const auto position = static_cast<int>(std::floor((static_cast<float>(i) + 0.5F) * scale));
        positions[static_cast<std::size_t>(i)] = std::min(position, from - 1);
    }
    return positions;
}

} // namespace

Raster8 resizeImage(const ResizePlan& plan, const Raster8& image)
{
    GD_ASSERT(image.size() == plan.source);
    Raster8 content = covers(plan.sourceRect, plan.source) ? image : part(image, plan.sourceRect);
    return placed(
        scaled(std::move(content), {plan.targetRect.width, plan.targetRect.height}), plan, 0);
}

Raster8 resizeMask(const ResizePlan& plan, const Raster8& mask, std::uint8_t outside)
{
    GD_ASSERT(mask.size() == plan.source && mask.channels() == 1);
    const std::vector<int> columns = nearestOf(plan.sourceRect.width, plan.targetRect.width);
    const std::vector<int> rows = nearestOf(plan.sourceRect.height, plan.targetRect.height);
    Raster8 content(plan.targetRect.width, plan.targetRect.height);
    for (int y = 0; y < content.height(); ++y) {
        const std::uint8_t* from =
            mask.row(plan.sourceRect.y + rows[static_cast<std::size_t>(y)]) + plan.sourceRect.x;
        std::uint8_t* to = content.row(y);
        for (const int column : columns) {
            *to++ = from[column];
        }
    }
    return placed(std::move(content), plan, outside);
}

} // namespace guidino::datasets
