// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"

#include <cstdint>

/// What interactive segmentation needs of a picture. Any thread.
namespace guidino::imaging {

/// [H, W, 3] RGB (or one channel, taken as grey) as CIELAB in 8 bits (L · 255 / 100, a + 128,
/// b + 128), after a Gaussian blur of `sigma` pixels (0: none). Equal distances look about equal.
[[nodiscard]] Raster8 labColours(const Raster8& image, double sigma = 0);

/// Euclidean distance of each inside pixel (not 0) of [H, W, 1] to the nearest outside pixel; 0
/// outside. Beyond the border is outside where `isBorderOutside`, else it counts for nothing.
[[nodiscard]] RasterF distanceToOutside(const Raster8& mask, bool isBorderOutside = true);

/// What is known of a pixel before grabCut().
enum class Hint : std::uint8_t { Outside = 0, Inside = 1, MaybeOutside = 2, MaybeInside = 3 };

/// GrabCut (Rother et al. 2004, as in OpenCV): colour mixtures of inside and outside and a minimum
/// cut, `rounds` times. `image` [H, W, 3]; `hints` [H, W, 1] of Hint, which must hold some of both
/// sides, else the maybe-insides are returned as they are. Result 0 or 1. Deterministic.
[[nodiscard]] Raster8 grabCut(const Raster8& image, const Raster8& hints, int rounds = 4);

} // namespace guidino::imaging
