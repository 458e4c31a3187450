// SPDX-License-Identifier: Apache-2.0
#include "core/editing/interpolation.h"

#include "core/imaging/segment.h"

#include <algorithm>
#include <cmath>

namespace guidino::editing {

namespace {

/// Mean of the pixel centres, image coordinates.
PointF centreOf(const Region& region)
{
    double x = 0;
    double y = 0;
    double count = 0;
    for (int row = 0; row < region.mask.height(); ++row) {
        for (int column = 0; column < region.mask.width(); ++column) {
            if (region.mask.at(column, row) != 0) {
                x += region.origin.x + column + 0.5;
                y += region.origin.y + row + 0.5;
                ++count;
            }
        }
    }
    return {x / count, y / count};
}

/// Signed distances to a shape's rim on a part of the plane, and how far the shape is moved.
struct Field
{
    RasterF values;
    Rect part;
    PointF shift;

    /// Of the moved shape at a point of the image, by the four values around it.
    [[nodiscard]] double at(double x, double y) const
    {
        const double u =
            std::clamp(x - shift.x - part.x - 0.5, 0.0, static_cast<double>(part.width - 1));
        const double v =
            std::clamp(y - shift.y - part.y - 0.5, 0.0, static_cast<double>(part.height - 1));
        const int left = static_cast<int>(u);
        const int top = static_cast<int>(v);
        const int right = std::min(left + 1, part.width - 1);
        const int bottom = std::min(top + 1, part.height - 1);
        const double across = u - left;
        const double down = v - top;
        return (1 - down) * ((1 - across) * values.at(left, top) + across * values.at(right, top))
               + down
                     * ((1 - across) * values.at(left, bottom) + across * values.at(right, bottom));
    }
};

/// The bounds of a moved region, in whole pixels around it.
Rect moved(const Rect& bounds, PointF shift)
{
    const int x = static_cast<int>(std::floor(shift.x));
    const int y = static_cast<int>(std::floor(shift.y));
    return {bounds.x + x, bounds.y + y, bounds.width + 1, bounds.height + 1};
}

Field fieldOf(const Region& region, PointF shift, const Rect& wanted, Size image)
{
    // All that is looked at, and a pixel around it, so that there is an outside.
    const Rect back = moved(wanted, {-shift.x, -shift.y});
    Field field{{}, {back.x - 1, back.y - 1, back.width + 2, back.height + 2}, shift};
    Raster8 inside(field.part.width, field.part.height);
    Raster8 outside(field.part.width, field.part.height);
    for (int y = 0; y < inside.height(); ++y) {
        for (int x = 0; x < inside.width(); ++x) {
            // Beyond the image as at its border.
            const bool isIn = region.contains(
                std::clamp(field.part.x + x, 0, image.width - 1),
                std::clamp(field.part.y + y, 0, image.height - 1));
            inside.at(x, y) = isIn ? 1 : 0;
            outside.at(x, y) = isIn ? 0 : 1;
        }
    }
    field.values = imaging::distanceToOutside(inside, false);
    const RasterF others = imaging::distanceToOutside(outside, false);
    // The rim lies half a pixel from the centres on both sides of it.
    for (std::size_t i = 0; i < field.values.pixels().size(); ++i) {
        float& value = field.values.pixels()[i];
        value = value > 0 ? value - 0.5F : 0.5F - others.pixels()[i];
    }
    return field;
}

} // namespace

Region shapeBetween(const Region& before, const Region& after, double share, Size image)
{
    if (before.area() == 0 || after.area() == 0) {
        return {};
    }
    const PointF from = centreOf(before);
    const PointF to = centreOf(after);
    const PointF way{to.x - from.x, to.y - from.y};
    const PointF forth{share * way.x, share * way.y};
    const PointF back{(share - 1) * way.x, (share - 1) * way.y};
    // Outside the bounds of both both distances are negative.
    const Rect bounds = moved(before.bounds(), forth)
                            .united(moved(after.bounds(), back))
                            .intersected({0, 0, image.width, image.height});
    if (bounds.isEmpty()) {
        return {};
    }
    const Field first = fieldOf(before, forth, bounds, image);
    const Field second = fieldOf(after, back, bounds, image);
    Region result{{bounds.x, bounds.y}, Raster8(bounds.width, bounds.height)};
    for (int y = 0; y < bounds.height; ++y) {
        for (int x = 0; x < bounds.width; ++x) {
            const double u = bounds.x + x + 0.5;
            const double v = bounds.y + y + 0.5;
            const double distance = (1 - share) * first.at(u, v) + share * second.at(u, v);
            result.mask.at(x, y) = distance > 0 ? 1 : 0;
        }
    }
    return trimmed(result);
}

} // namespace guidino::editing
