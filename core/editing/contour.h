// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/label_map.h"

#include <span>
#include <vector>

/// Closed outlines with corners in image coordinates, for editing a region as a polygon.
namespace guidino::editing {

using Polygon = std::vector<PointF>;

/// The outlines of the connected object under `seed`: the outer one first, then its holes; corners
/// that lie within `tolerancePx` of the line without them are left out (0: along pixel edges,
/// exact). Filled together by the even-odd rule they give the object back, up to the tolerance.
/// Empty where the seed is outside or on background.
[[nodiscard]] std::vector<Polygon>
contoursAt(const LabelMap& map, Point seed, double tolerancePx = 1.0);

/// The fewest corners within the tolerance (Douglas and Peucker 1973); at least three stay.
[[nodiscard]] Polygon simplified(std::span<const PointF> polygon, double tolerancePx);

/// A smooth closed curve through the corners (centripetal Catmull-Rom, which makes no loops), with
/// a point at most each `spacingPx`. The corners themselves are in it. Fewer than three corners
/// come back as they are.
[[nodiscard]] Polygon interpolated(std::span<const PointF> corners, double spacingPx = 2.0);

} // namespace guidino::editing
