// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/imaging/image_reader.h"

#include <string_view>
#include <vector>

/// Pictures for people: masks over images, colour-mapped guides, strips. Any thread.
namespace guidino::imaging {

/// From a number to a colour.
enum class ColourMap {
    Grey,
    Viridis,   ///< perceptually uniform, dark blue to yellow
    Magma,     ///< perceptually uniform, black to light yellow
    Diverging, ///< blue (0) over white (½) to red (1): signed shares
};

/// Colour at `value`, clamped to [0, 1]; NaN is the colour of 0.
[[nodiscard]] Colour colourAt(ColourMap map, double value);

/// [H, W, 1] values in [low, high] as RGB.
[[nodiscard]] Raster8
colourMapped(const RasterF& values, ColourMap map, float low = 0.0F, float high = 1.0F);

/// How labels are drawn over an image.
struct OverlayStyle
{
    /// Opacity of the filled classes, 0 = none.
    double fillOpacity = 0.35;
    /// Width of the outline in pixels, drawn inside the object; 0 = none.
    int outlineWidth = 2;
    /// Colour of class k at [k]; an empty list means defaultPalette().
    std::vector<Colour> colours;
};

/// `labels` [H, W, 1]: class indices, 0 = background, 255 = ignore (not drawn), of the image's
/// size. `image` has 1 or 3 channels; the result has 3.
[[nodiscard]] Raster8
overlayLabels(const Raster8& image, const Raster8& labels, const OverlayStyle& style = {});

/// A soft map over an image, map and image of one size: opacity · colour + (1 - opacity) · image.
[[nodiscard]] Raster8
overlayHeat(const Raster8& image, const RasterF& values, ColourMap map, double opacity = 0.5);

/// RGB pictures side by side, scaled to one height, with a white gap.
[[nodiscard]] Raster8 sideBySide(const std::vector<Raster8>& pictures, int height, int gap = 4);

} // namespace guidino::imaging
