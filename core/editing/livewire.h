// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/editing/select.h"

#include <vector>

namespace guidino::editing {

/// Intelligent scissors (Mortensen and Barrett 1995): the cheapest way between two pixels where
/// following an edge of the picture is cheap. Costs come from the gradient of the blurred colours:
/// 1 / (1 + (gradient / scale)²), scale being the window's mean gradient. One search from a seed
/// answers all targets; it goes only as far as it must. One thread.
class Livewire
{
public:
    explicit Livewire(const ColourWindow& window);

    /// In image pixels, as are all points.
    [[nodiscard]] Rect bounds() const { return m_place.extent; }

    /// Where the way begins; a point outside is moved to the nearest pixel.
    void setSeed(Point seed);

    [[nodiscard]] Point seed() const { return m_seed; }

    /// The way from the seed to the target (moved into the window), both included; a point for each
    /// of the window's pixels on it.
    [[nodiscard]] std::vector<Point> pathTo(Point target);

    /// The pixel with the strongest edge within `reachPx` of a point: where a click snaps to.
    [[nodiscard]] Point snapped(Point point, int reachPx) const;

private:
    [[nodiscard]] int indexOf(Point point) const;
    [[nodiscard]] Point clamped(Point point) const;

    ColourWindow m_place;      // without its colours
    Size m_size;               // of the window in its pixels
    std::vector<float> m_cost; // of each of them
    Point m_seed;
    std::vector<float> m_total; // of the cheapest way found
    std::vector<int> m_from;
    std::vector<bool> m_isDone;
    std::vector<std::pair<float, int>> m_heap; // smallest first
};

} // namespace guidino::editing
