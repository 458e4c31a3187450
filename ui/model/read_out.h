// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "ui/model/label_class.h"

#include <QString>

namespace guidino::ui {

class AnnotationDocument;

/// One line about an image position: x, y, the guide's value and percentile, the probability and
/// the class. Empty outside the image. Numbers in the user's locale.
[[nodiscard]] QString
readOutAt(const AnnotationDocument& document, const LabelClasses& classes, PointF image);

/// A duration in words, such as "about 4 min". Empty for a negative one.
[[nodiscard]] QString durationText(double seconds);

} // namespace guidino::ui
