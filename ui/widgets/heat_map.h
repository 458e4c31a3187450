// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"

#include <QColor>
#include <QImage>

namespace guidino::ui {

/// The colour of a signed share, `value` in [-1, 1] of the range: orange takes away, violet (the
/// guide's own colour) adds, grey does neither. The ends are apart for colour-blind eyes, and
/// lightness rises with the amount on both sides.
[[nodiscard]] QRgb shareColor(double value);

/// A map of signed shares as a picture of `side` pixels along its longer side, bilinear; `range` is
/// the amount with the full colour.
[[nodiscard]] QImage heatMapOf(const RasterF& map, double range, int side, double aspect);

} // namespace guidino::ui
