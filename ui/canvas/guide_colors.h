// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>

#include <array>

namespace guidino::ui {

/// Colours of the guide: from near black over the guide's violet (#8b5cf6) to a pale yellow, with
/// lightness rising evenly (in OKLab), so that equal steps of the guide look equal. Opaque.
[[nodiscard]] const std::array<QRgb, 256>& guideColors();

/// Colours of probabilities and differences, made alike, from near black over teal to a pale
/// yellow: they cannot be taken for a guide.
[[nodiscard]] const std::array<QRgb, 256>& probabilityColors();

/// The accent that means guide and nothing else.
inline constexpr QRgb kGuideAccent = 0xff8b5cf6;

} // namespace guidino::ui
