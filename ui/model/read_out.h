// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"
#include "ui/model/label_class.h"

#include <QString>

#include <cstdint>
#include <optional>

namespace guidino::ui {

class AnnotationDocument;

/// One line about an image position: x, y, the guide's value and percentile, the probability and
/// the class. Empty outside the image. Numbers in the user's locale.
[[nodiscard]] QString
readOutAt(const AnnotationDocument& document, const LabelClasses& classes, PointF image);

/// A duration in words, such as "about 4 min". Empty for a negative one.
[[nodiscard]] QString durationText(double seconds);

/// A length between two places of an image, (dx, dy) pixels apart: in pixels, and in millimetres
/// only where the distance of pixels is known.
[[nodiscard]] QString lengthText(double dx, double dy, const std::optional<SpacingMm>& spacing);

/// An area of so many pixels, likewise.
[[nodiscard]] QString areaText(std::int64_t pixels, const std::optional<SpacingMm>& spacing);

} // namespace guidino::ui
