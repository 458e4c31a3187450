// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/resize.h"

#include "core/imaging/opencv_view.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace guidino::imaging {

namespace {

template<typename T>
Raster<T> emptyLike(const Raster<T>& image, Size target)
{
    Raster<T> result(std::max(target.width, 0), std::max(target.height, 0), image.channels());
    if (image.spacingMm && !image.isEmpty() && !target.isEmpty()) {
        result.spacingMm = SpacingMm{
            image.spacingMm->x * image.width() / target.width,
            image.spacingMm->y * image.height() / target.height};
    }
    return result;
}

template<typename T>
Raster<T> resized(const Raster<T>& image, Size target, int interpolation)
{
    Raster<T> result = emptyLike(image, target);
    if (image.isEmpty() || target.isEmpty()) {
        return result;
    }
    if (image.size() == target) {
        std::copy(image.pixels().begin(), image.pixels().end(), result.data());
        return result;
    }
    cv::Mat out = viewOf(result);
    cv::resize(viewOf(image), out, out.size(), 0, 0, interpolation);
    return result;
}

/// OpenCV's area mode is an average only where both axes shrink, so that mixed cases go axis by
/// axis.
template<typename T>
Raster<T> smooth(const Raster<T>& image, Size target)
{
    const bool shrinksX = target.width < image.width();
    const bool shrinksY = target.height < image.height();
    if (shrinksX == shrinksY || image.isEmpty() || target.isEmpty()) {
        return resized(image, target, shrinksX ? cv::INTER_AREA : cv::INTER_LINEAR);
    }
    const Size between =
        shrinksX ? Size{target.width, image.height()} : Size{image.width(), target.height};
    Raster<T> result = resized(resized(image, between, cv::INTER_AREA), target, cv::INTER_LINEAR);
    result.spacingMm = emptyLike(image, target).spacingMm;
    return result;
}

template<typename T>
Raster<T> nearest(const Raster<T>& image, Size target)
{
    Raster<T> result = emptyLike(image, target);
    if (image.isEmpty() || target.isEmpty()) {
        return result;
    }
    // Pixel centres, in integers: OpenCV's INTER_NEAREST takes corners, and shifts by half a pixel.
    const auto source = [](std::int64_t i, std::int64_t from, std::int64_t to) {
        return static_cast<int>((2 * i + 1) * from / (2 * to));
    };
    std::vector<int> columns(static_cast<std::size_t>(target.width));
    for (int x = 0; x < target.width; ++x) {
        columns[static_cast<std::size_t>(x)] = source(x, image.width(), target.width);
    }
    const int channels = image.channels();
    for (int y = 0; y < target.height; ++y) {
        const T* in = image.row(source(y, image.height(), target.height));
        T* out = result.row(y);
        for (const int column : columns) {
            out = std::copy_n(in + static_cast<std::ptrdiff_t>(column) * channels, channels, out);
        }
    }
    return result;
}

} // namespace

Raster8 resizeSmooth(const Raster8& image, Size target)
{
    return smooth(image, target);
}

Raster16 resizeSmooth(const Raster16& image, Size target)
{
    return smooth(image, target);
}

RasterF resizeSmooth(const RasterF& image, Size target)
{
    return smooth(image, target);
}

Raster8 resizeBilinear(const Raster8& image, Size target)
{
    return resized(image, target, cv::INTER_LINEAR);
}

RasterF resizeBilinear(const RasterF& image, Size target)
{
    return resized(image, target, cv::INTER_LINEAR);
}

Raster8 resizeNearest(const Raster8& image, Size target)
{
    return nearest(image, target);
}

Raster16 resizeNearest(const Raster16& image, Size target)
{
    return nearest(image, target);
}

Size fittedSize(Size image, Size box)
{
    if (image.isEmpty() || box.isEmpty()) {
        return {};
    }
    const double scale = std::min(
        {1.0,
         static_cast<double>(box.width) / image.width,
         static_cast<double>(box.height) / image.height});
    return {
        std::max(1, static_cast<int>(std::lround(image.width * scale))),
        std::max(1, static_cast<int>(std::lround(image.height * scale)))};
}

Raster8 thumbnail(const Raster8& image, Size box)
{
    return smooth(image, fittedSize(image.size(), box));
}

Raster8 crop(const Raster8& image, Rect rect)
{
    const Rect inside = rect.intersected({0, 0, image.width(), image.height()});
    Raster8 result(inside.width, inside.height, image.channels());
    result.spacingMm = image.spacingMm;
    for (int y = 0; y < inside.height; ++y) {
        const std::uint8_t* in =
            image.row(inside.y + y) + static_cast<std::ptrdiff_t>(inside.x) * image.channels();
        std::copy_n(
            in, static_cast<std::ptrdiff_t>(inside.width) * image.channels(), result.row(y));
    }
    return result;
}

} // namespace guidino::imaging
