// SPDX-License-Identifier: Apache-2.0
#include "core/editing/contour.h"

#include "core/editing/region.h"
#include "core/imaging/contours.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace guidino::editing {

namespace {

double distanceToSegment(PointF p, PointF a, PointF b)
{
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double length2 = dx * dx + dy * dy;
    const double t =
        length2 > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length2, 0.0, 1.0) : 0.0;
    return std::hypot(a.x + t * dx - p.x, a.y + t * dy - p.y);
}

/// Marks the corners between `first` and `last` that are needed.
void markNeeded(
    std::span<const PointF> points,
    std::size_t first,
    std::size_t last,
    double tolerance,
    std::vector<bool>& isNeeded)
{
    std::vector<std::pair<std::size_t, std::size_t>> open{{first, last}};
    while (!open.empty()) {
        const auto [begin, end] = open.back();
        open.pop_back();
        double farthest = tolerance;
        std::size_t found = 0;
        for (std::size_t i = begin + 1; i < end; ++i) {
            const double distance =
                distanceToSegment(points[i], points[begin], points[end % points.size()]);
            if (distance > farthest) {
                farthest = distance;
                found = i;
            }
        }
        if (found != 0) {
            isNeeded[found] = true;
            open.emplace_back(begin, found);
            open.emplace_back(found, end);
        }
    }
}

} // namespace

Polygon simplified(std::span<const PointF> polygon, double tolerancePx)
{
    if (polygon.size() <= 3) {
        return {polygon.begin(), polygon.end()};
    }
    // A closed line is two open ones between its first point and the one farthest from it.
    std::size_t far = 0;
    double farthest = -1;
    for (std::size_t i = 1; i < polygon.size(); ++i) {
        const double distance =
            std::hypot(polygon[i].x - polygon[0].x, polygon[i].y - polygon[0].y);
        if (distance > farthest) {
            farthest = distance;
            far = i;
        }
    }
    std::vector<bool> isNeeded(polygon.size());
    isNeeded[0] = isNeeded[far] = true;
    markNeeded(polygon, 0, far, tolerancePx, isNeeded);
    markNeeded(polygon, far, polygon.size(), tolerancePx, isNeeded);
    Polygon result;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        if (isNeeded[i]) {
            result.push_back(polygon[i]);
        }
    }
    if (result.size() < 3) { // thinner than the tolerance
        const std::size_t other = far > 1 ? far / 2 : (far + polygon.size()) / 2;
        result.insert(
            other < far ? result.begin() + 1 : result.end(),
            polygon[std::min(other, polygon.size() - 1)]);
    }
    return result;
}

std::vector<Polygon> contoursAt(const LabelMap& map, Point seed, double tolerancePx)
{
    if (!map.bounds().contains(seed) || map.at(seed.x, seed.y) == 0) {
        return {};
    }
    const Region region = regionAt(map, seed);
    std::vector<Polygon> polygons;
    for (const imaging::Contour& contour : imaging::traceContours(region.mask)) {
        Polygon polygon;
        for (const Point& point : contour.points) {
            polygon.push_back(
                {static_cast<double>(point.x + region.origin.x),
                 static_cast<double>(point.y + region.origin.y)});
        }
        if (tolerancePx > 0) {
            polygon = simplified(polygon, tolerancePx);
        }
        polygons.insert(contour.isHole ? polygons.end() : polygons.begin(), std::move(polygon));
    }
    return polygons;
}

Polygon interpolated(std::span<const PointF> corners, double spacingPx)
{
    const std::size_t count = corners.size();
    if (count < 3) {
        return {corners.begin(), corners.end()};
    }
    Polygon result;
    const auto knotAfter = [](double knot, PointF a, PointF b) {
        return knot + std::sqrt(std::max(std::hypot(b.x - a.x, b.y - a.y), 1e-6));
    };
    const auto mixed = [](PointF a, PointF b, double from, double to, double at) {
        const double share = (at - from) / (to - from);
        return PointF{a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)};
    };
    for (std::size_t i = 0; i < count; ++i) {
        const PointF p0 = corners[(i + count - 1) % count];
        const PointF p1 = corners[i];
        const PointF p2 = corners[(i + 1) % count];
        const PointF p3 = corners[(i + 2) % count];
        const double t0 = 0;
        const double t1 = knotAfter(t0, p0, p1);
        const double t2 = knotAfter(t1, p1, p2);
        const double t3 = knotAfter(t2, p2, p3);
        const int pieces = std::clamp(
            static_cast<int>(std::ceil(std::hypot(p2.x - p1.x, p2.y - p1.y) / spacingPx)), 1, 1000);
        result.push_back(p1);
        for (int k = 1; k < pieces; ++k) {
            const double t = t1 + (t2 - t1) * k / pieces;
            const PointF a1 = mixed(p0, p1, t0, t1, t);
            const PointF a2 = mixed(p1, p2, t1, t2, t);
            const PointF a3 = mixed(p2, p3, t2, t3, t);
            const PointF b1 = mixed(a1, a2, t0, t2, t);
            const PointF b2 = mixed(a2, a3, t1, t3, t);
            result.push_back(mixed(b1, b2, t1, t2, t));
        }
    }
    return result;
}

} // namespace guidino::editing
