// SPDX-License-Identifier: Apache-2.0
#include "ui/model/packed_patch.h"

#include "core/project/journal_codec.h"

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

std::vector<editing::LabelPatch::Atom> atomsOf(const std::vector<project::TileChange>& tiles)
{
    std::vector<editing::LabelPatch::Atom> atoms;
    atoms.reserve(tiles.size());
    for (const project::TileChange& tile : tiles) {
        atoms.push_back({tile.tile, tile.before, tile.after});
    }
    return atoms;
}

} // namespace

PackedPatch::PackedPatch(editing::LabelPatch patch)
    : m_plain(std::move(patch))
    , m_dirty(m_plain->dirtyRect())
{}

PackedPatch::PackedPatch(const std::vector<project::TileChange>& tiles, const LabelMap& map)
{
    std::vector<project::TileChange> known;
    for (const project::TileChange& tile : tiles) {
        if (tile.tile < map.tileCount()) { // the image may have been exchanged for a smaller one
            known.push_back(tile);
            m_dirty = m_dirty.united(map.tileBounds(tile.tile));
        }
    }
    m_plain.emplace(atomsOf(known), m_dirty);
}

editing::LabelPatch PackedPatch::patch() const
{
    if (m_plain) {
        return *m_plain;
    }
    const auto tiles = project::decodeTiles(m_packed);
    return {tiles ? atomsOf(*tiles) : std::vector<editing::LabelPatch::Atom>(), m_dirty};
}

std::size_t PackedPatch::memoryBytes() const
{
    return m_plain ? m_plain->memoryBytes() : static_cast<std::size_t>(m_packed.size());
}

void PackedPatch::setPacked(const QByteArray& packed)
{
    m_packed = packed;
    m_plain.reset();
}

void PackedPatch::drop()
{
    m_packed.clear();
    m_plain.emplace(std::vector<editing::LabelPatch::Atom>(), Rect());
}

QByteArray PackedPatch::packedOf(const editing::LabelPatch& patch)
{
    return project::encodeTiles(tilesOf(patch));
}

std::vector<project::TileChange> PackedPatch::tilesOf(const editing::LabelPatch& patch)
{
    std::vector<project::TileChange> tiles;
    tiles.reserve(patch.atoms().size());
    for (const editing::LabelPatch::Atom& atom : patch.atoms()) {
        tiles.push_back({static_cast<std::uint32_t>(atom.tile), atom.before, atom.after});
    }
    return tiles;
}

} // namespace guidino::ui
