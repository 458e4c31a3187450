// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/label_map.h"
#include "core/base/raster.h"
#include "core/editing/label_edit.h"

#include <cstdint>

namespace guidino::editing {

/// A set of pixels: `mask` [h, w, 1] of 0 and 1, whose first pixel lies at `origin` of the image.
struct Region
{
    Point origin;
    Raster8 mask;

    [[nodiscard]] Rect bounds() const { return {origin.x, origin.y, mask.width(), mask.height()}; }

    [[nodiscard]] bool contains(int x, int y) const
    {
        return bounds().contains({x, y}) && mask.at(x - origin.x, y - origin.y) != 0;
    }

    [[nodiscard]] std::int64_t area() const;
};

/// The pixels of a class, with bounds as small as they are; empty where there are none.
[[nodiscard]] Region regionOfClass(const LabelMap& map, std::uint8_t value);

/// The connected pixels (4 neighbours) of the class under `seed`, with bounds as small as they are;
/// empty for a seed outside the map.
[[nodiscard]] Region regionAt(const LabelMap& map, Point seed);

/// The part of `mask` that is connected (4 neighbours) with its pixel `seed`; empty where that is
/// outside.
[[nodiscard]] Raster8 connectedAt(const Raster8& mask, Point seed);

/// The same pixels with bounds as small as they are.
[[nodiscard]] Region trimmed(const Region& region);

/// Gives the pixels of the region the class `value`; parts outside the map are ignored.
void paintRegion(LabelEdit& edit, const Region& region, std::uint8_t value);

/// Gives those pixels of the region that have the class `present` the class `value`.
void replaceInRegion(
    LabelEdit& edit, const Region& region, std::uint8_t present, std::uint8_t value);

/// Moves the pixels that the region has of `value` by `delta`: the old place becomes background.
/// What leaves the map is lost.
void moveRegion(LabelEdit& edit, const Region& region, std::uint8_t value, Point delta);

} // namespace guidino::editing
