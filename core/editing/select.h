// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"
#include "core/editing/region.h"

#include <algorithm>
#include <cstdint>
#include <vector>

/// Regions that follow the picture. All of them work on a window of the image; points, radii and
/// results are those of the image, whatever the window's step. Any thread.
namespace guidino::editing {

/// A part of an image in colours in which distances mean something, at the resolution at which it
/// is looked at: what is seen on the screen is what is selected, and costs do not grow with the
/// image.
struct ColourWindow
{
    int step = 1; ///< image pixels along a side of one of the window's
    Rect extent; ///< what it covers of the image, in image pixels; its corner is a multiple of step
    Raster8 lab; ///< [h, w, 3]: imaging::labColours, blurred by 1 pixel against noise
    Raster8 rgb; ///< [h, w, 3]

    [[nodiscard]] Rect bounds() const { return extent; }

    /// The window's pixel that holds an image position inside bounds().
    [[nodiscard]] Point pixelAt(Point image) const
    {
        return {(image.x - extent.x) / step, (image.y - extent.y) / step};
    }

    /// The image position in the middle of one of the window's pixels.
    [[nodiscard]] Point imageAt(Point pixel) const
    {
        return {
            std::min(extent.x + pixel.x * step + step / 2, extent.right() - 1),
            std::min(extent.y + pixel.y * step + step / 2, extent.bottom() - 1)};
    }
};

/// The window of an image inside `rect` ∩ image. `level` is the image shrunk by `step`, rounded up
/// (itself for 1); one or three channels.
[[nodiscard]] ColourWindow
colourWindow(const Raster8& level, Size imageSize, int step, const Rect& rect);

/// The same at full resolution.
[[nodiscard]] ColourWindow colourWindow(const Raster8& image, const Rect& rect);

/// A mask of pixels of the window (its size or a part from `corner` on) as pixels of the image,
/// with smooth edges where step > 1.
[[nodiscard]] Region inImage(const ColourWindow& window, const Raster8& mask, Point corner = {});

/// Distance of two colours as seen, about 0..255 · √3; 8-bit CIELAB values a and b.
[[nodiscard]] double colourDistance(const std::uint8_t* a, const std::uint8_t* b);

/// Pixels connected with `seed` (image coordinates) whose colours lie within `tolerance` of the
/// mean of the 3 × 3 pixels there; holes of less than a twentieth of the area are filled. Empty for
/// a seed outside the window. A larger tolerance never gives less.
[[nodiscard]] Region magicWand(const ColourWindow& window, Point seed, double tolerance);

/// Pixels of the window whose luminance lies in [low, high], 0..255.
[[nodiscard]] Region thresholdRange(const ColourWindow& window, int low, int high);

/// The luminance that parts the window's pixels best into two groups (Otsu 1979), 0..255: the
/// darker group is [0, value].
[[nodiscard]] int otsuLevel(const ColourWindow& window);

/// GrabCut in the window. `present` is what the label says now, of the size of bounds(): where it
/// has pixels, they are the first guess, else an ellipse in the middle is. A frame of the window is
/// known not to belong where the label does not. Large windows are computed at 384 pixels of the
/// longer side.
[[nodiscard]] Region grabCutIn(const ColourWindow& window, const Raster8& present);

/// What the user says of places.
struct Prompt
{
    Point point;
    bool isPositive = true;

    friend bool operator==(const Prompt&, const Prompt&) = default;
};

/// The region that the prompts describe: pixels nearer to a positive prompt than to a negative one,
/// where near is the cheapest way over the picture (the way costs the colour differences on it and
/// a little for its length) and the rim of the window is negative, too. `extra` may hold further
/// features over the window, of any size, in 0..255, such as the guide, or be empty. Empty without
/// a positive prompt in the window.
[[nodiscard]] Region promptRegion(
    const ColourWindow& window, const std::vector<Prompt>& prompts, const Raster8& extra = {});

/// The pixels of a disc that belong to what lies at its centre: where the disc holds two clearly
/// different colours, those like `reference` (three Lab values) and connected with the centre; else
/// its inner half, since without an edge nothing says how far what is meant reaches.
[[nodiscard]] Region
smartDab(const ColourWindow& window, PointF centre, double radiusPx, const std::uint8_t* reference);

/// The mean colour around a point, as reference for smartDab(); Lab values.
struct LabColour
{
    std::uint8_t values[3] = {0, 128, 128};
};

[[nodiscard]] LabColour meanColour(const ColourWindow& window, PointF centre, double radiusPx);

} // namespace guidino::editing
