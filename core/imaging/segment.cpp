// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/segment.h"

#include "core/imaging/opencv_view.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>

namespace guidino::imaging {

Raster8 labColours(const Raster8& image, double sigma)
{
    Raster8 result(image.width(), image.height(), 3);
    if (image.isEmpty()) {
        return result;
    }
    cv::Mat target = viewOf(result);
    if (image.channels() == 3) {
        cv::cvtColor(viewOf(image), target, cv::COLOR_RGB2Lab);
    } else {
        cv::Mat rgb;
        cv::cvtColor(viewOf(image), rgb, cv::COLOR_GRAY2RGB);
        cv::cvtColor(rgb, target, cv::COLOR_RGB2Lab);
    }
    if (sigma > 0) {
        cv::GaussianBlur(target, target, {}, sigma, sigma, cv::BORDER_REPLICATE);
    }
    return result;
}

RasterF distanceToOutside(const Raster8& mask, bool isBorderOutside)
{
    RasterF result(mask.width(), mask.height());
    if (mask.isEmpty()) {
        return result;
    }
    const int margin = isBorderOutside ? 1 : 0;
    cv::Mat binary;
    cv::threshold(viewOf(mask), binary, 0, 1, cv::THRESH_BINARY);
    cv::copyMakeBorder(binary, binary, margin, margin, margin, margin, cv::BORDER_CONSTANT, 0);
    cv::Mat distance;
    cv::distanceTransform(binary, distance, cv::DIST_L2, cv::DIST_MASK_PRECISE);
    distance({margin, margin, mask.width(), mask.height()}).copyTo(viewOf(result));
    return result;
}

Raster8 grabCut(const Raster8& image, const Raster8& hints, int rounds)
{
    Raster8 result(image.width(), image.height());
    const auto isInside = [](std::uint8_t hint) {
        return hint == static_cast<std::uint8_t>(Hint::Inside)
               || hint == static_cast<std::uint8_t>(Hint::MaybeInside);
    };
    std::transform(
        hints.pixels().begin(), hints.pixels().end(), result.data(), [&](std::uint8_t hint) {
            return static_cast<std::uint8_t>(isInside(hint));
        });
    // Each side is described by five Gaussians, so it needs at least that many pixels.
    constexpr std::int64_t kFewest = 16;
    const auto inside = std::count_if(hints.pixels().begin(), hints.pixels().end(), isInside);
    if (inside < kFewest || image.size().area() - inside < kFewest) {
        return result;
    }
    cv::Mat bgr;
    cv::cvtColor(viewOf(image), bgr, cv::COLOR_RGB2BGR);
    cv::Mat mask = viewOf(hints).clone();
    cv::Mat outsideModel;
    cv::Mat insideModel;
    cv::theRNG().state = 1; // its k-means starts at random
    cv::grabCut(bgr, mask, {}, outsideModel, insideModel, rounds, cv::GC_INIT_WITH_MASK);
    std::transform(
        mask.begin<std::uint8_t>(),
        mask.end<std::uint8_t>(),
        result.data(),
        [&](std::uint8_t hint) { return static_cast<std::uint8_t>(isInside(hint)); });
    return result;
}

} // namespace guidino::imaging
