// SPDX-License-Identifier: Apache-2.0
#include "core/editing/cleanup.h"

#include "core/editing/region.h"
#include "core/imaging/contours.h"
#include "core/imaging/image_content.h"
#include "core/imaging/segment.h"

#include <queue>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace guidino::editing {

namespace {

constexpr std::array<Point, 8> kNeighbours{
    {{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {1, -1}, {-1, 1}, {-1, -1}}};

/// The class with a margin, as far as the image reaches.
Region withMargin(const LabelMap& map, std::uint8_t value, int margin)
{
    const Region region = regionOfClass(map, value);
    if (region.mask.isEmpty()) {
        return region;
    }
    const Rect bounds = region.bounds();
    const Rect wider =
        Rect{
            bounds.x - margin,
            bounds.y - margin,
            bounds.width + 2 * margin,
            bounds.height + 2 * margin}
            .intersected(map.bounds());
    Region result{{wider.x, wider.y}, Raster8(wider.width, wider.height)};
    for (int y = 0; y < bounds.height; ++y) {
        std::copy_n(
            region.mask.row(y),
            bounds.width,
            result.mask.row(y + bounds.y - wider.y) + bounds.x - wider.x);
    }
    return result;
}

Raster8 complement(const Raster8& mask)
{
    Raster8 result(mask.width(), mask.height());
    std::transform(
        mask.pixels().begin(), mask.pixels().end(), result.data(), [](std::uint8_t value) {
            return static_cast<std::uint8_t>(value == 0);
        });
    return result;
}

/// Makes the class what `wanted` says inside its bounds: gains from the background, loses to it.
void become(LabelEdit& edit, std::uint8_t value, const Region& wanted)
{
    replaceInRegion(edit, wanted, 0, value);
    replaceInRegion(edit, {wanted.origin, complement(wanted.mask)}, value, 0);
}

} // namespace

void fillHoles(LabelEdit& edit, std::uint8_t value, std::int64_t maxArea)
{
    const Region region = withMargin(edit.map(), value, 1);
    if (!region.mask.isEmpty()) {
        replaceInRegion(edit, {region.origin, imaging::fillHoles(region.mask, maxArea)}, 0, value);
    }
}

void fillHolesAt(LabelEdit& edit, Point seed)
{
    if (!edit.map().bounds().contains(seed)) {
        return;
    }
    const std::uint8_t value = edit.map().at(seed.x, seed.y);
    if (value != 0) {
        const Region region = regionAt(edit.map(), seed);
        replaceInRegion(edit, {region.origin, imaging::fillHoles(region.mask)}, 0, value);
    }
}

void keepLargest(LabelEdit& edit, std::uint8_t value)
{
    const Region region = regionOfClass(edit.map(), value);
    if (!region.mask.isEmpty()) {
        become(edit, value, {region.origin, imaging::keepLargest(region.mask)});
    }
}

void removeSmall(LabelEdit& edit, std::uint8_t value, std::int64_t minArea)
{
    const Region region = regionOfClass(edit.map(), value);
    if (!region.mask.isEmpty()) {
        become(edit, value, {region.origin, imaging::removeSmall(region.mask, minArea)});
    }
}

void grow(LabelEdit& edit, std::uint8_t value, int radiusPx)
{
    const Region region = withMargin(edit.map(), value, radiusPx);
    if (!region.mask.isEmpty()) {
        become(edit, value, {region.origin, imaging::dilate(region.mask, radiusPx)});
    }
}

void shrink(LabelEdit& edit, std::uint8_t value, int radiusPx)
{
    const Region region = withMargin(edit.map(), value, 1);
    if (!region.mask.isEmpty()) {
        const Raster8 outside = imaging::dilate(complement(region.mask), radiusPx);
        become(edit, value, {region.origin, complement(outside)});
    }
}

void smooth(LabelEdit& edit, std::uint8_t value, double sigmaPx)
{
    const int margin = static_cast<int>(std::ceil(3 * sigmaPx));
    Region region = withMargin(edit.map(), value, margin);
    if (region.mask.isEmpty() || sigmaPx <= 0) {
        return;
    }
    constexpr std::uint8_t full = 254; // so that one half is a whole number
    for (std::uint8_t& pixel : region.mask.pixels()) {
        pixel = pixel != 0 ? full : std::uint8_t{0};
    }
    Raster8 soft = imaging::blur(region.mask, sigmaPx);
    for (std::size_t i = 0; i < soft.pixels().size(); ++i) {
        const std::uint8_t half = full / 2;
        std::uint8_t& pixel = soft.pixels()[i];
        pixel = pixel > half || (pixel == half && region.mask.pixels()[i] != 0) ? 1 : 0;
    }
    become(edit, value, {region.origin, std::move(soft)});
}

bool split(LabelEdit& edit, Point seed)
{
    const LabelMap& map = edit.map();
    if (!map.bounds().contains(seed) || map.at(seed.x, seed.y) == 0) {
        return false;
    }
    const Region region = regionAt(map, seed);
    const int width = region.mask.width();
    const RasterF depth = imaging::distanceToOutside(region.mask);
    const auto indexOf = [width](Point p) {
        return static_cast<std::size_t>(p.y) * static_cast<std::size_t>(width)
               + static_cast<std::size_t>(p.x);
    };
    // Pixels from the deepest to the rim. A pixel with neighbours of two basins joins them; the
    // joint at which the shallower basin is lost with the largest relative drop is the waist.
    std::vector<Point> order;
    for (int y = 0; y < region.mask.height(); ++y) {
        for (int x = 0; x < width; ++x) {
            if (region.mask.at(x, y) != 0) {
                order.push_back({x, y});
            }
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](Point a, Point b) {
        return depth.at(a.x, a.y) > depth.at(b.x, b.y);
    });
    struct Basin
    {
        std::size_t parent;
        Point peak;
    };
    std::vector<Basin> basins;
    const auto rootOf = [&basins](std::size_t i) {
        while (basins[i].parent != i) {
            i = basins[i].parent = basins[basins[i].parent].parent;
        }
        return i;
    };
    constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::vector<std::size_t> basinAt(order.empty() ? 0 : region.mask.pixels().size(), kNone);
    const auto depthAt = [&depth](Point p) { return depth.at(p.x, p.y); };
    double best = 0.8; // waist / smaller place: a waist of more is no waist
    Point first{};
    Point second{};
    const Rect inside{0, 0, width, region.mask.height()};
    for (const Point p : order) {
        std::size_t own = kNone;
        for (const Point step : kNeighbours) {
            const Point q{p.x + step.x, p.y + step.y};
            if (!inside.contains(q) || basinAt[indexOf(q)] == kNone) {
                continue;
            }
            std::size_t other = rootOf(basinAt[indexOf(q)]);
            if (own == kNone || own == other) {
                own = other;
                continue;
            }
            if (depthAt(basins[own].peak) < depthAt(basins[other].peak)) {
                std::swap(own, other);
            }
            const double ratio = depthAt(p) / depthAt(basins[other].peak);
            // Bumps of the rim are no places: at least a third of the thickest place's depth.
            if (ratio < best && 3 * depthAt(basins[other].peak) >= depthAt(basins[own].peak)) {
                best = ratio;
                first = basins[own].peak;
                second = basins[other].peak;
            }
            basins[other].parent = own;
        }
        if (own == kNone) {
            own = basins.size();
            basins.push_back({own, p});
        }
        basinAt[indexOf(p)] = own;
    }
    if (first == second) {
        return false;
    }
    // Flooding from the two peaks alone, deepest first: where the floods meet is the cut.
    std::vector<std::uint8_t> side(region.mask.pixels().size(), 0);
    using Entry = std::pair<float, std::size_t>;
    const auto isShallower = [](const Entry& a, const Entry& b) {
        return a.first != b.first ? a.first < b.first : a.second > b.second;
    };
    std::priority_queue<Entry, std::vector<Entry>, decltype(isShallower)> queue(isShallower);
    const auto push = [&](Point p, std::uint8_t mark) {
        side[indexOf(p)] = mark;
        queue.push({depth.at(p.x, p.y), indexOf(p)});
    };
    push(first, 1);
    push(second, 2);
    while (!queue.empty()) {
        const std::size_t index = queue.top().second;
        queue.pop();
        const Point p{
            static_cast<int>(index % static_cast<std::size_t>(width)),
            static_cast<int>(index / static_cast<std::size_t>(width))};
        for (const Point step : kNeighbours) {
            const Point q{p.x + step.x, p.y + step.y};
            if (inside.contains(q) && region.mask.at(q.x, q.y) != 0 && side[indexOf(q)] == 0) {
                push(q, side[index]);
            }
        }
    }
    // The second side's pixels that touch the first become background: no 8-neighbours remain.
    Region cut{region.origin, Raster8(width, region.mask.height())};
    for (const Point p : order) {
        for (const Point step : kNeighbours) {
            const Point q{p.x + step.x, p.y + step.y};
            if (side[indexOf(p)] == 2 && inside.contains(q) && side[indexOf(q)] == 1) {
                cut.mask.at(p.x, p.y) = 1;
            }
        }
    }
    paintRegion(edit, cut, 0);
    return true;
}

} // namespace guidino::editing
