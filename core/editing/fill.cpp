// SPDX-License-Identifier: Apache-2.0
#include "core/editing/fill.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace guidino::editing {

void fillPolygon(LabelEdit& edit, std::span<const PointF> corners, std::uint8_t value)
{
    if (corners.size() < 3) {
        return;
    }
    const auto [lowest, highest] = std::minmax_element(
        corners.begin(), corners.end(), [](PointF a, PointF b) { return a.y < b.y; });
    const Size size = edit.map().size();
    const int yBegin =
        static_cast<int>(std::clamp(std::floor(lowest->y), 0.0, double(size.height)));
    const int yEnd = static_cast<int>(std::clamp(std::ceil(highest->y), 0.0, double(size.height)));
    std::vector<double> crossings;
    for (int y = yBegin; y < yEnd; ++y) {
        const double centre = y + 0.5;
        crossings.clear();
        for (std::size_t i = 0; i < corners.size(); ++i) {
            const PointF a = corners[i];
            const PointF b = corners[(i + 1) % corners.size()];
            if ((a.y <= centre) != (b.y <= centre)) {
                crossings.push_back(a.x + (centre - a.y) / (b.y - a.y) * (b.x - a.x));
            }
        }
        std::sort(crossings.begin(), crossings.end());
        for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
            // A pixel is inside when begin <= x + 0.5 < end.
            const double begin = std::clamp(std::ceil(crossings[i] - 0.5), 0.0, double(size.width));
            const double end =
                std::clamp(std::ceil(crossings[i + 1] - 0.5), 0.0, double(size.width));
            edit.setRun(y, static_cast<int>(begin), static_cast<int>(end), value);
        }
    }
}

void floodFill(LabelEdit& edit, Point seed, std::uint8_t value)
{
    // A snapshot: the edit's own writes must not steer the search.
    const LabelMap map = edit.map();
    if (!map.bounds().contains(seed)) {
        return;
    }
    const std::uint8_t wanted = map.at(seed.x, seed.y);
    const int width = map.size().width;
    const int height = map.size().height;
    std::vector<bool> isSeen(static_cast<std::size_t>(map.size().area()));
    const auto indexOf = [width](int x, int y) {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(width)
               + static_cast<std::size_t>(x);
    };
    const auto isOpen = [&](int x, int y) {
        return !isSeen[indexOf(x, y)] && map.at(x, y) == wanted;
    };
    std::vector<Point> queue{seed};
    while (!queue.empty()) {
        const Point point = queue.back();
        queue.pop_back();
        if (!isOpen(point.x, point.y)) {
            continue;
        }
        int begin = point.x;
        while (begin > 0 && isOpen(begin - 1, point.y)) {
            --begin;
        }
        int end = point.x + 1;
        while (end < width && isOpen(end, point.y)) {
            ++end;
        }
        for (int x = begin; x < end; ++x) {
            isSeen[indexOf(x, point.y)] = true;
        }
        edit.setRun(point.y, begin, end, value);
        for (const int y : {point.y - 1, point.y + 1}) {
            if (y < 0 || y >= height) {
                continue;
            }
            for (int x = begin; x < end; ++x) {
                if (isOpen(x, y) && (x == begin || !isOpen(x - 1, y))) {
                    queue.push_back({x, y});
                }
            }
        }
    }
}

} // namespace guidino::editing
