// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/editing/label_edit.h"

#include <cstdint>
#include <span>

namespace guidino::editing {

/// Fills a polygon (closed by itself, even-odd rule): the pixels whose centres lie inside. Corners
/// are image coordinates and may lie outside the map.
void fillPolygon(LabelEdit& edit, std::span<const PointF> corners, std::uint8_t value);

/// Gives the connected area (4 neighbours) of the class under `seed` the class `value`. Nothing
/// happens where `seed` is outside the map. The area is that of the map as it is; the edit's rules
/// decide which of its pixels change.
void floodFill(LabelEdit& edit, Point seed, std::uint8_t value);

} // namespace guidino::editing
