// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/label_map.h"
#include "core/editing/label_patch.h"

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

namespace guidino::editing {

/// Which pixels an edit may replace.
enum class PaintOver {
    Everything,
    Background, ///< only pixels of class 0
    Labelled,   ///< only pixels of a class other than 0
    OneClass,   ///< only pixels of EditRules::onlyClass
};

/// What an edit must leave alone. Locked classes are neither replaced nor painted.
struct EditRules
{
    PaintOver paintOver = PaintOver::Everything;
    std::uint8_t onlyClass = 0;
    std::bitset<256> lockedClasses;
    std::optional<Rect> region;         ///< only inside this rectangle
    std::optional<LabelMap> regionMask; ///< only where this map, of equal size, is not 0
};

/// The one gate through which pixels of a label map change. Opened on a map, it writes to copies of
/// the touched tiles, so snapshots of the map that others hold never change. commit() closes it and
/// tells what changed; an edit that ends without commit() puts the map back as it was.
///
/// The map outlives the edit; one edit at a time on a map. One thread: the map's owner.
class LabelEdit
{
public:
    explicit LabelEdit(LabelMap& map, EditRules rules = {});
    ~LabelEdit();

    LabelEdit(const LabelEdit&) = delete;
    LabelEdit& operator=(const LabelEdit&) = delete;

    [[nodiscard]] const LabelMap& map() const { return m_map; }

    [[nodiscard]] const EditRules& rules() const { return m_rules; }

    /// Gives the pixels [xBegin, xEnd) of row y the class `value`, where the rules allow it. Parts
    /// outside the map are ignored.
    void setRun(int y, int xBegin, int xEnd, std::uint8_t value);

    /// Copies `pixels` (one channel of class indices) with its first pixel at `origin`.
    void setPixels(const Raster8& pixels, Point origin);

    /// Bounds of all runs since the last call, clipped to map and region: what a view must repaint.
    /// It may be larger than what changed.
    [[nodiscard]] Rect takeDirtyRect();

    /// Ends the edit. Empty if no pixel differs from the start. Tiles that were touched but did not
    /// change are shared with the original again.
    [[nodiscard]] std::optional<LabelPatch> commit();

    /// Ends the edit and puts everything back.
    void revert();

private:
    struct OpenTile
    {
        LabelMap::TilePtr before;
        std::shared_ptr<LabelMap::Tile> now;
    };

    LabelMap::Tile& writableTile(std::size_t index);
    void writeSegment(std::size_t index, int y, int xBegin, int xEnd, const std::uint8_t* values);

    LabelMap& m_map;
    EditRules m_rules;
    std::bitset<256> m_isReplaceable; // by the class that a pixel has
    std::unordered_map<std::size_t, OpenTile> m_open;
    Rect m_dirty;
    bool m_isOpen = true;
};

} // namespace guidino::editing
