// SPDX-License-Identifier: Apache-2.0
#include "core/editing/label_edit.h"

#include "core/base/assert.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace guidino::editing {

namespace {

constexpr int kSide = LabelMap::kTileSide;

/// Bounds of the pixels in which two tiles differ, in tile coordinates.
Rect differenceOf(const LabelMap::Tile& a, const LabelMap::Tile& b)
{
    Rect bounds;
    for (int y = 0; y < kSide; ++y) {
        const auto* rowA = a.data() + static_cast<std::ptrdiff_t>(y) * kSide;
        const auto* rowB = b.data() + static_cast<std::ptrdiff_t>(y) * kSide;
        const auto* first = std::mismatch(rowA, rowA + kSide, rowB).first;
        if (first == rowA + kSide) {
            continue;
        }
        const int begin = static_cast<int>(first - rowA);
        int end = kSide;
        while (rowA[end - 1] == rowB[end - 1]) {
            --end;
        }
        bounds = bounds.united({begin, y, end - begin, 1});
    }
    return bounds;
}

} // namespace

LabelEdit::LabelEdit(LabelMap& map, EditRules rules)
    : m_map(map)
    , m_rules(std::move(rules))
{
    GD_ASSERT(!m_rules.regionMask || m_rules.regionMask->size() == map.size());
    switch (m_rules.paintOver) {
    case PaintOver::Everything:
        m_isReplaceable.set();
        break;
    case PaintOver::Background:
        m_isReplaceable.set(0);
        break;
    case PaintOver::Labelled:
        m_isReplaceable.set();
        m_isReplaceable.reset(0);
        break;
    case PaintOver::OneClass:
        m_isReplaceable.set(m_rules.onlyClass);
        break;
    }
    m_isReplaceable &= ~m_rules.lockedClasses;
}

LabelEdit::~LabelEdit()
{
    revert();
}

void LabelEdit::setRun(int y, int xBegin, int xEnd, std::uint8_t value)
{
    GD_ASSERT(m_isOpen);
    Rect run = Rect{xBegin, y, xEnd - xBegin, 1}.intersected(m_map.bounds());
    if (m_rules.region) {
        run = run.intersected(*m_rules.region);
    }
    if (run.isEmpty() || m_rules.lockedClasses.test(value)) {
        return;
    }
    std::array<std::uint8_t, kSide> values{};
    values.fill(value);
    for (int x = run.x; x < run.right();) {
        const int end = std::min(run.right(), (x / kSide + 1) * kSide);
        writeSegment(m_map.tileIndexAt(x, y), y, x, end, values.data());
        x = end;
    }
    m_dirty = m_dirty.united(run);
}

void LabelEdit::setPixels(const Raster8& pixels, Point origin)
{
    GD_ASSERT(m_isOpen);
    Rect target =
        Rect{origin.x, origin.y, pixels.width(), pixels.height()}.intersected(m_map.bounds());
    if (m_rules.region) {
        target = target.intersected(*m_rules.region);
    }
    for (int y = target.y; y < target.bottom(); ++y) {
        const std::uint8_t* source = pixels.row(y - origin.y) - origin.x;
        for (int x = target.x; x < target.right();) {
            const int end = std::min(target.right(), (x / kSide + 1) * kSide);
            writeSegment(m_map.tileIndexAt(x, y), y, x, end, source + x);
            x = end;
        }
    }
    m_dirty = m_dirty.united(target);
}

Rect LabelEdit::takeDirtyRect()
{
    return std::exchange(m_dirty, {});
}

std::optional<LabelPatch> LabelEdit::commit()
{
    GD_ASSERT(m_isOpen);
    m_isOpen = false;
    std::vector<LabelPatch::Atom> atoms;
    Rect dirty;
    LabelMapWriter writer(m_map);
    for (const auto& [index, open] : m_open) {
        const Rect changed = differenceOf(*open.before, *open.now);
        if (changed.isEmpty()) {
            writer.setTile(index, open.before);
            continue;
        }
        const Rect tile = m_map.tileBounds(index);
        dirty =
            dirty.united({tile.x + changed.x, tile.y + changed.y, changed.width, changed.height});
        atoms.push_back({index, open.before, m_map.tile(index)});
    }
    m_open.clear();
    if (atoms.empty()) {
        return std::nullopt;
    }
    std::sort(
        atoms.begin(), atoms.end(), [](const auto& a, const auto& b) { return a.tile < b.tile; });
    return LabelPatch(std::move(atoms), dirty);
}

void LabelEdit::revert()
{
    if (!m_isOpen) {
        return;
    }
    m_isOpen = false;
    LabelMapWriter writer(m_map);
    for (const auto& [index, open] : m_open) {
        writer.setTile(index, open.before);
    }
    m_open.clear();
}

LabelMap::Tile& LabelEdit::writableTile(std::size_t index)
{
    const auto [entry, isNew] = m_open.try_emplace(index);
    OpenTile& open = entry->second;
    // The map and this edit hold the tile; a third owner is a snapshot, which must not change.
    if (isNew || open.now.use_count() > 2) {
        if (isNew) {
            open.before = m_map.tile(index);
        }
        open.now = std::make_shared<LabelMap::Tile>(*m_map.tile(index));
        LabelMapWriter(m_map).setTile(index, open.now);
    }
    return *open.now;
}

void LabelEdit::writeSegment(
    std::size_t index, int y, int xBegin, int xEnd, const std::uint8_t* values)
{
    const auto offset = static_cast<std::size_t>((y % kSide) * kSide + xBegin % kSide);
    const std::size_t count = static_cast<std::size_t>(xEnd - xBegin);
    const std::uint8_t* present = m_map.tile(index)->data() + offset;
    const std::uint8_t* allowed = nullptr;
    if (m_rules.regionMask) {
        allowed = m_rules.regionMask->tile(index)->data() + offset;
    }
    const auto isWanted = [&](std::size_t i) {
        return present[i] != values[i] && m_isReplaceable.test(present[i])
               && !m_rules.lockedClasses.test(values[i]) && (allowed == nullptr || allowed[i] != 0);
    };
    std::size_t first = 0;
    while (first < count && !isWanted(first)) {
        ++first;
    }
    if (first == count) {
        return; // tiles in which nothing changes stay shared
    }
    std::uint8_t* target = writableTile(index).data() + offset;
    present = target;
    for (std::size_t i = first; i < count; ++i) {
        if (isWanted(i)) {
            target[i] = values[i];
        }
    }
}

} // namespace guidino::editing
