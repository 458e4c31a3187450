// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/label_map.h"

#include <cstddef>
#include <vector>

namespace guidino::editing {

/// What one edit changed, as whole tiles before and after. A value that shares its tiles with the
/// maps it came from; immutable after LabelEdit::commit() made it, so it may be handed to other
/// threads.
class LabelPatch
{
public:
    struct Atom
    {
        std::size_t tile = 0; ///< index in the map
        LabelMap::TilePtr before;
        LabelMap::TilePtr after;
    };

    /// `dirty`: the smallest rectangle that holds all changed pixels, in image coordinates.
    LabelPatch(std::vector<Atom> atoms, const Rect& dirty);

    /// Puts the tiles after (before) the edit into `map`, which has the size of the edited map and,
    /// in these tiles, the state before (after) it.
    void apply(LabelMap& map) const;
    void revert(LabelMap& map) const;

    [[nodiscard]] const std::vector<Atom>& atoms() const { return m_atoms; }

    [[nodiscard]] const Rect& dirtyRect() const { return m_dirty; }

    /// Upper bound of what the patch keeps in memory by itself.
    [[nodiscard]] std::size_t memoryBytes() const;

private:
    std::vector<Atom> m_atoms;
    Rect m_dirty;
};

} // namespace guidino::editing
