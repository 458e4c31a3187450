// SPDX-License-Identifier: Apache-2.0
#include "core/editing/brush_stroke.h"

#include <algorithm>
#include <cmath>

namespace guidino::editing {

namespace {

double squaredDistanceToSegment(PointF p, PointF a, PointF b)
{
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double length2 = dx * dx + dy * dy;
    double t = 0;
    if (length2 > 0) {
        t = std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length2, 0.0, 1.0);
    }
    const double ex = a.x + t * dx - p.x;
    const double ey = a.y + t * dy - p.y;
    return ex * ex + ey * ey;
}

struct Span
{
    double begin = 0;
    double end = -1;

    void include(double x)
    {
        if (begin > end) {
            begin = end = x;
        } else {
            begin = std::min(begin, x);
            end = std::max(end, x);
        }
    }
};

/// Where the line at height y crosses the capsule. The shape is convex, so this is one interval.
Span crossing(PointF a, PointF b, double radius, double y)
{
    Span span;
    for (const PointF& centre : {a, b}) {
        const double h = y - centre.y;
        const double half2 = radius * radius - h * h;
        if (half2 >= 0) {
            const double half = std::sqrt(half2);
            span.include(centre.x - half);
            span.include(centre.x + half);
        }
    }
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double length = std::hypot(dx, dy);
    if (length > 0) {
        // The two straight sides, offset by the normal.
        const double nx = -dy / length * radius;
        const double ny = dx / length * radius;
        for (const double side : {1.0, -1.0}) {
            const double y0 = a.y + side * ny;
            const double y1 = b.y + side * ny;
            if (y0 != y1 && (y - y0) * (y - y1) <= 0) {
                const double t = (y - y0) / (y1 - y0);
                span.include(a.x + side * nx + t * dx);
            }
        }
    }
    return span;
}

/// Calls run(y, begin, end) for each row that a round brush covers on its way from a to b.
template<typename Run>
void forEachRun(Size size, PointF a, PointF b, double radius, const Run& run)
{
    const double top = std::min(a.y, b.y) - radius;
    const double bottom = std::max(a.y, b.y) + radius;
    const int yBegin =
        static_cast<int>(std::clamp(std::floor(top - 0.5), 0.0, double(size.height)));
    const int yEnd =
        static_cast<int>(std::clamp(std::ceil(bottom + 0.5), 0.0, double(size.height)));
    for (int y = yBegin; y < yEnd; ++y) {
        const Span span = crossing(a, b, radius, y + 0.5);
        if (span.begin > span.end || span.end < -1 || span.begin > size.width + 1) {
            continue;
        }
        // Rounding can be off by one at the rim; the predicate decides.
        int begin = static_cast<int>(std::floor(std::max(span.begin, -2.0))) - 1;
        int end = static_cast<int>(std::ceil(std::min(span.end, size.width + 2.0))) + 1;
        while (begin < end && !coversPixel(a, b, radius, begin, y)) {
            ++begin;
        }
        while (begin < end && !coversPixel(a, b, radius, end - 1, y)) {
            --end;
        }
        if (begin < end) {
            run(y, begin, end);
        }
    }
}

} // namespace

bool coversPixel(PointF a, PointF b, double radiusPx, int x, int y)
{
    return squaredDistanceToSegment({x + 0.5, y + 0.5}, a, b) <= radiusPx * radiusPx;
}

BrushStroke::BrushStroke(LabelEdit& edit, std::uint8_t value, double radiusPx)
    : m_edit(edit)
    , m_value(value)
    , m_radiusPx(std::clamp(radiusPx, kMinBrushRadiusPx, kMaxBrushRadiusPx))
{}

void BrushStroke::setRadiusPx(double radiusPx)
{
    m_radiusPx = std::clamp(radiusPx, kMinBrushRadiusPx, kMaxBrushRadiusPx);
}

void BrushStroke::moveTo(PointF point)
{
    const PointF from = m_last.value_or(point);
    m_last = point;
    forEachRun(m_edit.map().size(), from, point, m_radiusPx, [this](int y, int begin, int end) {
        m_edit.setRun(y, begin, end, m_value);
    });
}

void copyUnderBrush(LabelEdit& edit, const LabelMap& source, PointF a, PointF b, double radiusPx)
{
    const Size size = edit.map().size();
    if (source.size() != size) {
        return;
    }
    const double radius = std::clamp(radiusPx, kMinBrushRadiusPx, kMaxBrushRadiusPx);
    forEachRun(size, a, b, radius, [&](int y, int begin, int end) {
        const Rect run = Rect{begin, y, end - begin, 1}.intersected(source.bounds());
        if (!run.isEmpty()) {
            edit.setPixels(source.toRaster(run), {run.x, run.y});
        }
    });
}

} // namespace guidino::editing
