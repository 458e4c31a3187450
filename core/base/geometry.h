// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace guidino {

/// Width and height in pixels.
struct Size
{
    int width = 0;
    int height = 0;

    [[nodiscard]] bool isEmpty() const { return width <= 0 || height <= 0; }

    [[nodiscard]] std::int64_t area() const { return static_cast<std::int64_t>(width) * height; }

    friend bool operator==(const Size&, const Size&) = default;
};

/// A pixel position; x to the right, y down.
struct Point
{
    int x = 0;
    int y = 0;

    friend bool operator==(const Point&, const Point&) = default;
};

/// A position between pixels in image coordinates: the centre of pixel (0, 0) is (0.5, 0.5).
struct PointF
{
    double x = 0;
    double y = 0;

    friend bool operator==(const PointF&, const PointF&) = default;
};

/// A half-open rectangle of pixels: [x, x + width) × [y, y + height).
struct Rect
{
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;

    [[nodiscard]] bool isEmpty() const { return width <= 0 || height <= 0; }

    [[nodiscard]] int right() const { return x + width; }

    [[nodiscard]] int bottom() const { return y + height; }

    [[nodiscard]] bool contains(Point point) const
    {
        return point.x >= x && point.x < right() && point.y >= y && point.y < bottom();
    }

    [[nodiscard]] Rect intersected(const Rect& other) const
    {
        const int left = std::max(x, other.x);
        const int top = std::max(y, other.y);
        const Rect result{
            left,
            top,
            std::min(right(), other.right()) - left,
            std::min(bottom(), other.bottom()) - top};
        return result.isEmpty() ? Rect{} : result;
    }

    /// The smallest rectangle that holds both; an empty one adds nothing.
    [[nodiscard]] Rect united(const Rect& other) const
    {
        if (isEmpty()) {
            return other;
        }
        if (other.isEmpty()) {
            return *this;
        }
        const int left = std::min(x, other.x);
        const int top = std::min(y, other.y);
        return {
            left,
            top,
            std::max(right(), other.right()) - left,
            std::max(bottom(), other.bottom()) - top};
    }

    friend bool operator==(const Rect&, const Rect&) = default;
};

} // namespace guidino
