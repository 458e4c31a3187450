// SPDX-License-Identifier: Apache-2.0
#include "core/editing/region.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace guidino::editing {

namespace {

/// Calls run(y, begin, end) for each run of pixels of a row of the region, in image coordinates.
template<typename Run>
void forEachRun(const Region& region, const Rect& within, const Run& run)
{
    const Rect part = region.bounds().intersected(within);
    for (int y = part.y; y < part.bottom(); ++y) {
        const std::uint8_t* row = region.mask.row(y - region.origin.y) - region.origin.x;
        for (int x = part.x; x < part.right();) {
            if (row[x] == 0) {
                ++x;
                continue;
            }
            const int begin = x;
            while (x < part.right() && row[x] != 0) {
                ++x;
            }
            run(y, begin, x);
        }
    }
}

} // namespace

std::int64_t Region::area() const
{
    return mask.size().area() - std::count(mask.pixels().begin(), mask.pixels().end(), 0);
}

Region trimmed(const Region& region)
{
    Rect used;
    forEachRun(region, region.bounds(), [&](int y, int begin, int end) {
        used = used.united({begin, y, end - begin, 1});
    });
    Region result{{used.x, used.y}, Raster8(used.width, used.height)};
    for (int y = 0; y < used.height; ++y) {
        const std::uint8_t* source =
            region.mask.row(y + used.y - region.origin.y) + used.x - region.origin.x;
        std::transform(source, source + used.width, result.mask.row(y), [](std::uint8_t value) {
            return static_cast<std::uint8_t>(value != 0);
        });
    }
    return result;
}

Region regionOfClass(const LabelMap& map, std::uint8_t value)
{
    constexpr int side = LabelMap::kTileSide;
    Rect used;
    for (std::size_t index = 0; index < map.tileCount(); ++index) {
        const LabelMap::Tile& tile = *map.tile(index);
        if (std::find(tile.begin(), tile.end(), value) == tile.end()) {
            continue;
        }
        used = used.united(map.tileBounds(index));
    }
    if (used.isEmpty()) {
        return {};
    }
    Region region{{used.x, used.y}, Raster8(used.width, used.height)};
    for (int y = 0; y < used.height; ++y) {
        std::uint8_t* target = region.mask.row(y);
        const int inTile = ((used.y + y) % side) * side;
        for (int x = 0; x < used.width; ++x) {
            const LabelMap::Tile& tile = *map.tile(map.tileIndexAt(used.x + x, used.y + y));
            const auto offset = static_cast<std::size_t>(inTile + (used.x + x) % side);
            target[x] = tile[offset] == value ? 1 : 0;
        }
    }
    return trimmed(region);
}

Raster8 connectedAt(const Raster8& mask, Point seed)
{
    Raster8 result(mask.width(), mask.height());
    const Rect bounds{0, 0, mask.width(), mask.height()};
    if (!bounds.contains(seed)) {
        return result;
    }
    const auto isOpen = [&](int x, int y) { return mask.at(x, y) != 0 && result.at(x, y) == 0; };
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
        while (end < mask.width() && isOpen(end, point.y)) {
            ++end;
        }
        std::fill(result.row(point.y) + begin, result.row(point.y) + end, std::uint8_t{1});
        for (const int y : {point.y - 1, point.y + 1}) {
            if (y < 0 || y >= mask.height()) {
                continue;
            }
            for (int x = begin; x < end; ++x) {
                if (isOpen(x, y) && (x == begin || !isOpen(x - 1, y))) {
                    queue.push_back({x, y});
                }
            }
        }
    }
    return result;
}

Region regionAt(const LabelMap& map, Point seed)
{
    if (!map.bounds().contains(seed)) {
        return {};
    }
    const Region all = regionOfClass(map, map.at(seed.x, seed.y));
    return trimmed(
        {all.origin, connectedAt(all.mask, {seed.x - all.origin.x, seed.y - all.origin.y})});
}

void paintRegion(LabelEdit& edit, const Region& region, std::uint8_t value)
{
    forEachRun(region, edit.map().bounds(), [&](int y, int begin, int end) {
        edit.setRun(y, begin, end, value);
    });
}

void replaceInRegion(
    LabelEdit& edit, const Region& region, std::uint8_t present, std::uint8_t value)
{
    forEachRun(region, edit.map().bounds(), [&](int y, int begin, int end) {
        for (int x = begin; x < end;) {
            if (edit.map().at(x, y) != present) {
                ++x;
                continue;
            }
            const int first = x;
            while (x < end && edit.map().at(x, y) == present) {
                ++x;
            }
            edit.setRun(y, first, x, value);
        }
    });
}

void moveRegion(LabelEdit& edit, const Region& region, std::uint8_t value, Point delta)
{
    // Only what the map holds of the class travels, even where the region says more.
    Region held{region.origin, Raster8(region.mask.width(), region.mask.height())};
    forEachRun(region, edit.map().bounds(), [&](int y, int begin, int end) {
        for (int x = begin; x < end; ++x) {
            held.mask.at(x - held.origin.x, y - held.origin.y) =
                edit.map().at(x, y) == value ? 1 : 0;
        }
    });
    paintRegion(edit, held, 0);
    held.origin = {held.origin.x + delta.x, held.origin.y + delta.y};
    paintRegion(edit, held, value);
}

} // namespace guidino::editing
