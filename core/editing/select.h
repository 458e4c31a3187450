// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"
#include "core/editing/region.h"

#include <cstdint>
#include <vector>

/// Regions that follow the picture. All of them work on a window of the image, so that their cost
/// does not grow with it. Any thread.
namespace guidino::editing {

/// A part of an image in colours in which distances mean something.
struct ColourWindow
{
    Point origin; ///< of its first pixel in the image
    Raster8 lab;  ///< [h, w, 3]: imaging::labColours, blurred by 1 pixel against noise
    Raster8 rgb;  ///< [h, w, 3]: as the image has it

    [[nodiscard]] Rect bounds() const { return {origin.x, origin.y, lab.width(), lab.height()}; }
};

/// The window of an RGB image inside `rect` ∩ image.
[[nodiscard]] ColourWindow colourWindow(const Raster8& image, const Rect& rect);

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

/// GrabCut in the window. `present` is what the label says now, of the window's size: where it has
/// pixels, they are the first guess, else an ellipse in the middle is. A frame of the
/// window is known not to belong where the label does not. Large windows are computed at
/// 384 pixels of the longer side.
[[nodiscard]] Region grabCutIn(const ColourWindow& window, const Raster8& present);

/// What the user says of places.
struct Prompt
{
    Point point;
    bool isPositive = true;
};

/// The region that the prompts describe: pixels nearer to a positive prompt than to a negative one,
/// where near is the cheapest way over the picture (the way costs the colour differences on it and
/// a little for its length) and the rim of the window is negative, too. `extra` may hold further
/// features of the window's size in 0..255, such as the guide, or be empty. Empty without a
/// positive prompt in the window.
[[nodiscard]] Region promptRegion(
    const ColourWindow& window, const std::vector<Prompt>& prompts, const Raster8& extra = {});

/// The pixels of a disc that belong to what lies at its centre: where the disc holds two clearly
/// different colours, those like `reference` (three Lab values) and connected with the centre; else
/// all of it.
[[nodiscard]] Region
smartDab(const ColourWindow& window, PointF centre, double radiusPx, const std::uint8_t* reference);

/// The mean colour around a point, as reference for smartDab(); Lab values.
struct LabColour
{
    std::uint8_t values[3] = {0, 128, 128};
};

[[nodiscard]] LabColour meanColour(const ColourWindow& window, PointF centre, double radiusPx);

} // namespace guidino::editing
