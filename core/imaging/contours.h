// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"

#include <cstdint>
#include <vector>

/// Shapes in binary masks [H, W, 1]: 0 = outside, any other value = inside; results are 0 and 1.
/// Beyond the border is outside. Any thread.
namespace guidino::imaging {

/// Which neighbours belong together.
enum class Connectivity { Four = 4, Eight = 8 };

/// One connected part of a mask.
struct Component
{
    Rect bounds;
    std::int64_t area = 0;
    /// Mean of the pixel centres, in image coordinates.
    PointF centroid;
};

/// All parts of a mask, in reading order of their first pixels.
struct Components
{
    /// Of each pixel: 0 = outside, else 1 + index into `parts`. [H · W], row-major.
    std::vector<int> labels;
    std::vector<Component> parts;
};

[[nodiscard]] Components
connectedComponents(const Raster8& mask, Connectivity connectivity = Connectivity::Eight);

/// The largest component (the first of equals); an empty mask stays empty.
[[nodiscard]] Raster8
keepLargest(const Raster8& mask, Connectivity connectivity = Connectivity::Eight);

/// Without components of fewer than `minArea` pixels.
[[nodiscard]] Raster8 removeSmall(
    const Raster8& mask, std::int64_t minArea, Connectivity connectivity = Connectivity::Eight);

/// Outside pixels that the border cannot reach (4-connected) become inside, where their area is at
/// most `maxArea` (negative = any).
[[nodiscard]] Raster8 fillHoles(const Raster8& mask, std::int64_t maxArea = -1);

/// By a disc of that radius in pixels; radius 0 changes nothing.
[[nodiscard]] Raster8 dilate(const Raster8& mask, int radius);
[[nodiscard]] Raster8 erode(const Raster8& mask, int radius);

/// Inside pixels with an outside 4-neighbour (or the image's edge), thickened inwards to `width`.
[[nodiscard]] Raster8 outline(const Raster8& mask, int width = 1);

/// One closed outline.
struct Contour
{
    /// Corners of the outline between pixels, without repetition of the first; image coordinates,
    /// so that a one-pixel mask at (x, y) has the corners (x, y) .. (x + 1, y + 1).
    std::vector<Point> points;
    /// A hole inside an object.
    bool isHole = false;
};

/// The exact outlines along pixel edges, straight runs merged; drawing them filled by the even-odd
/// rule gives the mask back.
[[nodiscard]] std::vector<Contour> traceContours(const Raster8& mask);

/// The smallest rectangle around all inside pixels; empty for an empty mask.
[[nodiscard]] Rect boundsOf(const Raster8& mask);

} // namespace guidino::imaging
