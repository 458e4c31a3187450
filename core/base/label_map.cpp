// SPDX-License-Identifier: Apache-2.0
#include "core/base/label_map.h"

#include <algorithm>

namespace guidino {

namespace {

constexpr int kSide = LabelMap::kTileSide;

} // namespace

LabelMap::LabelMap(Size size)
    : m_size(size)
    , m_tileColumns((size.width + kSide - 1) / kSide)
    , m_tileRows((size.height + kSide - 1) / kSide)
{
    const auto empty = std::make_shared<const Tile>(Tile{});
    m_tiles.assign(
        static_cast<std::size_t>(m_tileColumns) * static_cast<std::size_t>(m_tileRows), empty);
}

LabelMap LabelMap::fromRaster(const Raster8& raster)
{
    LabelMap map(raster.size());
    for (std::size_t index = 0; index < map.m_tiles.size(); ++index) {
        const Rect bounds = map.tileBounds(index);
        Tile tile{};
        bool isBackground = true;
        for (int y = 0; y < bounds.height; ++y) {
            const std::uint8_t* source = raster.row(bounds.y + y) + bounds.x;
            std::uint8_t* target = tile.data() + static_cast<std::ptrdiff_t>(y) * kSide;
            std::copy_n(source, bounds.width, target);
            isBackground =
                isBackground && std::all_of(source, source + bounds.width, [](std::uint8_t value) {
                    return value == 0;
                });
        }
        if (!isBackground) {
            map.m_tiles[index] = std::make_shared<const Tile>(tile);
        }
    }
    return map;
}

Raster8 LabelMap::toRaster() const
{
    return toRaster(bounds());
}

Raster8 LabelMap::toRaster(const Rect& rect) const
{
    Raster8 raster(rect.width, rect.height);
    for (int y = 0; y < rect.height; ++y) {
        std::uint8_t* target = raster.row(y);
        const int mapY = rect.y + y;
        for (int x = 0; x < rect.width;) {
            const int mapX = rect.x + x;
            const int run = std::min(kSide - mapX % kSide, rect.width - x);
            const Tile& tile = *m_tiles[tileIndexAt(mapX, mapY)];
            std::copy_n(tile.data() + (mapY % kSide) * kSide + mapX % kSide, run, target + x);
            x += run;
        }
    }
    return raster;
}

Rect LabelMap::tileBounds(std::size_t index) const
{
    const int column = static_cast<int>(index) % m_tileColumns;
    const int row = static_cast<int>(index) / m_tileColumns;
    return Rect{column * kSide, row * kSide, kSide, kSide}.intersected(bounds());
}

bool operator==(const LabelMap& a, const LabelMap& b)
{
    return a.m_size == b.m_size
           && std::equal(
               a.m_tiles.begin(),
               a.m_tiles.end(),
               b.m_tiles.begin(),
               [](const auto& x, const auto& y) { return x == y || *x == *y; });
}

} // namespace guidino
