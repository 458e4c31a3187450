// SPDX-License-Identifier: Apache-2.0
#include "core/editing/label_patch.h"

#include "core/base/assert.h"

#include <utility>

namespace guidino::editing {

LabelPatch::LabelPatch(std::vector<Atom> atoms, const Rect& dirty)
    : m_atoms(std::move(atoms))
    , m_dirty(dirty)
{}

void LabelPatch::apply(LabelMap& map) const
{
    LabelMapWriter writer(map);
    for (const Atom& atom : m_atoms) {
        GD_ASSERT(atom.tile < map.tileCount());
        writer.setTile(atom.tile, atom.after);
    }
}

void LabelPatch::revert(LabelMap& map) const
{
    LabelMapWriter writer(map);
    for (const Atom& atom : m_atoms) {
        GD_ASSERT(atom.tile < map.tileCount());
        writer.setTile(atom.tile, atom.before);
    }
}

std::size_t LabelPatch::memoryBytes() const
{
    return m_atoms.size() * (sizeof(Atom) + 2 * sizeof(LabelMap::Tile));
}

} // namespace guidino::editing
