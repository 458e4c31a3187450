// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace guidino {

/// Value of a pixel that belongs to no class and counts for nothing.
inline constexpr std::uint8_t kIgnoreLabel = 255;

/// One class index per pixel, uint8: 0 = background, 255 = ignore. A value made of 64 × 64 tiles
/// that copies share until one of them changes: a copy costs one pointer per tile, so snapshots for
/// undo, autosave and jobs are cheap. Pixels change only through editing::LabelEdit (the friend
/// below) or by building a new map; there is no public setter.
class LabelMap
{
public:
    static constexpr int kTileSide = 64;
    using Tile = std::array<std::uint8_t, static_cast<std::size_t>(kTileSide) * kTileSide>;
    using TilePtr = std::shared_ptr<const Tile>;

    LabelMap() = default;

    /// All background.
    explicit LabelMap(Size size);

    /// From a one-channel raster of class indices.
    [[nodiscard]] static LabelMap fromRaster(const Raster8& raster);

    [[nodiscard]] Size size() const { return m_size; }

    [[nodiscard]] bool isEmpty() const { return m_size.isEmpty(); }

    [[nodiscard]] Rect bounds() const { return {0, 0, m_size.width, m_size.height}; }

    /// Class at a pixel inside bounds().
    [[nodiscard]] std::uint8_t at(int x, int y) const
    {
        const Tile& tile = *m_tiles[tileIndexAt(x, y)];
        return tile[static_cast<std::size_t>((y % kTileSide) * kTileSide + x % kTileSide)];
    }

    /// The pixels as contiguous memory, one channel.
    [[nodiscard]] Raster8 toRaster() const;

    /// The pixels of a rectangle inside bounds().
    [[nodiscard]] Raster8 toRaster(const Rect& rect) const;

    [[nodiscard]] int tileColumns() const { return m_tileColumns; }

    [[nodiscard]] int tileRows() const { return m_tileRows; }

    [[nodiscard]] std::size_t tileCount() const { return m_tiles.size(); }

    [[nodiscard]] const TilePtr& tile(std::size_t index) const { return m_tiles[index]; }

    [[nodiscard]] std::size_t tileIndexAt(int x, int y) const
    {
        return static_cast<std::size_t>(y / kTileSide) * static_cast<std::size_t>(m_tileColumns)
               + static_cast<std::size_t>(x / kTileSide);
    }

    /// Pixels that a tile covers, clipped to the map.
    [[nodiscard]] Rect tileBounds(std::size_t index) const;

    /// Equal sizes and equal pixels; shared tiles are not compared pixel by pixel.
    friend bool operator==(const LabelMap& a, const LabelMap& b);

private:
    friend class LabelMapWriter;

    Size m_size;
    int m_tileColumns = 0;
    int m_tileRows = 0;
    std::vector<TilePtr> m_tiles;
};

/// The only way to exchange tiles of a map. For editing::LabelEdit and patch replay; nothing else
/// may use it (tests/layout looks).
class LabelMapWriter
{
public:
    explicit LabelMapWriter(LabelMap& map)
        : m_map(map)
    {}

    void setTile(std::size_t index, LabelMap::TilePtr tile)
    {
        m_map.m_tiles[index] = std::move(tile);
    }

private:
    LabelMap& m_map;
};

} // namespace guidino
