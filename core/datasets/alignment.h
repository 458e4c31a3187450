// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/imaging/image_content.h"

#include <vector>

/// How two pictures are laid over each other, for near_duplicates.cpp. Not for others: it shows
/// imaging.
namespace guidino::datasets {

/// A picture as far as it is compared.
struct View
{
    Size size; ///< of the content without black borders, longer side at most 256
    std::vector<imaging::Keypoint> keypoints; ///< in pixels of that size
    Raster8 detail;                           ///< at half that size: middle frequencies, 128 = none
};

[[nodiscard]] View makeView(const Raster8& image, int keypointCount);

/// p in b = (a11 x + a12 y + dx, a21 x + a22 y + dy) of p in a: scale along both axes, a small
/// rotation, shift.
struct Alignment
{
    double a11 = 1;
    double a12 = 0;
    double a21 = 0;
    double a22 = 1;
    double dx = 0;
    double dy = 0;
    int matches = 0; ///< keypoints that agree with it
};

/// Agreement of the details of two pictures where they overlap after the best alignment, 0..1.
/// Measured on Kvasir-SEG and ISIC 2017: copies of other size, crop, colour or overlay 0.9 and
/// more, neighbouring frames and photographs of one lesion 0.35 to 0.9, other pictures below 0.33
/// (endoscopy) or 0.55 (plain skin with one dark spot), mostly 0 because no alignment is found.
[[nodiscard]] double agreement(const View& a, const View& b);

} // namespace guidino::datasets
