// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"

#include <array>
#include <cstdint>
#include <vector>

/// What a picture shows, as far as loading and splitting data must know. Any thread.
namespace guidino::imaging {

/// The picture without its nearly black borders (every channel at most `level` in nearly all pixels
/// of the row or column); the whole picture where there are none or nothing would be left.
[[nodiscard]] Rect contentRectangle(const Raster8& image, int level = 24);

/// Boxes of rows of small, high-contrast, letter-like shapes (burned-in text, dates, scales). A
/// heuristic for warnings: it misses some text and must not be used to blank anything.
[[nodiscard]] std::vector<Rect> findTextLines(const Raster8& image);

/// Luminance as [H, W, 1] uint8.
[[nodiscard]] Raster8 luminance(const Raster8& image);

/// Central differences of a [H, W, 1] raster as [H, W, 2] float32 (d/dx, d/dy), edges replicated.
[[nodiscard]] RasterF gradients(const Raster8& grey);

/// Gaussian blur with that sigma in pixels.
[[nodiscard]] Raster8 blur(const Raster8& image, double sigma);

/// 64-bit difference hash of the content: bit = right neighbour brighter, on a 9 × 8 grid. Equal or
/// near (Hamming distance) for copies of other size, format or brightness; crops need keypoints.
[[nodiscard]] std::uint64_t differenceHash(const Raster8& image);

/// A distinctive point with a description that tolerates shift, brightness, contrast and small
/// rotations: the patch around it in the blurred picture, sampled on a 12 × 12 grid whose spacing
/// is `scale`, without its mean, of norm 1, as int8 (127 = 1/3). Patches of the same thing have a
/// normalised correlation near 1 (see similarity()).
struct Keypoint
{
    float x = 0;
    float y = 0;
    float scale = 1;
    std::array<std::int8_t, 144> patch{};
};

/// At most `count` corners, spread over the picture, strongest first, over several scales (pyramid
/// factor 1.25); the picture is first shrunk to at most 256 pixels along its longer side, and x, y
/// are in that picture. Cropped or overlaid copies share most keypoints.
[[nodiscard]] std::vector<Keypoint> keypoints(const Raster8& image, int count = 200);

/// Normalised correlation of two descriptions, -1..1.
[[nodiscard]] float similarity(const Keypoint& a, const Keypoint& b);

} // namespace guidino::imaging
