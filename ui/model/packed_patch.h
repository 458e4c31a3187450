// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/label_map.h"
#include "core/editing/label_patch.h"
#include "core/project/project_types.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace guidino::ui {

/// A step of the history that can be kept small: as tiles while it is fresh, packed when it is old
/// (a stroke's 72 KiB become some hundred bytes). GUI thread only, but for packedOf().
class PackedPatch
{
public:
    explicit PackedPatch(editing::LabelPatch patch);

    /// Of a step that was read from the journal; `map` gives the tiles their places.
    PackedPatch(const std::vector<project::TileChange>& tiles, const LabelMap& map);

    /// The tiles; unpacks where it must.
    [[nodiscard]] editing::LabelPatch patch() const;

    [[nodiscard]] const Rect& dirtyRect() const { return m_dirty; }

    [[nodiscard]] bool isPacked() const { return !m_plain.has_value(); }

    [[nodiscard]] std::size_t memoryBytes() const;

    /// What packedOf() made of this patch.
    void setPacked(const QByteArray& packed);

    /// Gives the content up: a step that goes beyond what may be kept.
    void drop();

    /// Any thread.
    [[nodiscard]] static QByteArray packedOf(const editing::LabelPatch& patch);

    [[nodiscard]] static std::vector<project::TileChange> tilesOf(const editing::LabelPatch& patch);

private:
    std::optional<editing::LabelPatch> m_plain;
    QByteArray m_packed;
    Rect m_dirty;
};

} // namespace guidino::ui
