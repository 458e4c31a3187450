// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"

/// Change of size. Any number of channels; pixel centres at (x + 0.5, y + 0.5), as
/// align_corners = false. `spacingMm` is carried over, scaled. An empty target or source gives an
/// empty raster. Any thread.
namespace guidino::imaging {

/// Smooth: along each axis bilinear where it grows, exact area averaging where it shrinks, so that
/// nothing aliases. For images, guides and probabilities.
[[nodiscard]] Raster8 resizeSmooth(const Raster8& image, Size target);
[[nodiscard]] Raster16 resizeSmooth(const Raster16& image, Size target);
[[nodiscard]] RasterF resizeSmooth(const RasterF& image, Size target);

/// Plain bilinear along both axes, without antialiasing.
[[nodiscard]] Raster8 resizeBilinear(const Raster8& image, Size target);
[[nodiscard]] RasterF resizeBilinear(const RasterF& image, Size target);

/// Source pixel floor((x + 0.5) · scale): for masks and label maps.
[[nodiscard]] Raster8 resizeNearest(const Raster8& image, Size target);
[[nodiscard]] Raster16 resizeNearest(const Raster16& image, Size target);

/// The largest size with the image's aspect inside `box`, at least 1 × 1; never larger than the
/// image.
[[nodiscard]] Size fittedSize(Size image, Size box);

/// The image at fittedSize().
[[nodiscard]] Raster8 thumbnail(const Raster8& image, Size box);

/// The pixels of `rect` ∩ the image.
[[nodiscard]] Raster8 crop(const Raster8& image, Rect rect);

} // namespace guidino::imaging
