// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/project/project_types.h"

#include <QByteArray>

/// Label maps and tile changes as compressed bytes, the form in which the database stores them.
namespace guidino::project {

/// Size and pixels, zlib. Any thread.
[[nodiscard]] QByteArray encodeLabels(const LabelMap& labels);

/// BadInput where the bytes are damaged, or larger than 400 megapixels.
[[nodiscard]] Result<LabelMap> decodeLabels(const QByteArray& bytes);

/// Tile number, state before and difference of each tile, zlib. Any thread.
[[nodiscard]] QByteArray encodeTiles(const std::vector<TileChange>& tiles);

/// BadInput where the bytes are damaged.
[[nodiscard]] Result<std::vector<TileChange>> decodeTiles(const QByteArray& bytes);

/// The values but 0 that occur, ascending. Any thread.
[[nodiscard]] std::vector<std::uint8_t> classesIn(const LabelMap& labels);

/// Puts the state after (before) the change into the map; tiles outside the map are left out.
void applyTiles(LabelMap& map, const std::vector<TileChange>& tiles);
void revertTiles(LabelMap& map, const std::vector<TileChange>& tiles);

} // namespace guidino::project
