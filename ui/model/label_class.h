// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QList>
#include <QString>

#include <cstdint>

namespace guidino::ui {

/// A class that the user paints. Index 0, the background, is not in the list.
struct LabelClass
{
    std::uint8_t index = 1;
    QString name;
    QColor color;
    bool isLocked = false; ///< edits neither replace nor paint it

    friend bool operator==(const LabelClass&, const LabelClass&) = default;
};

using LabelClasses = QList<LabelClass>;

/// Colours of classes without one of their own: Okabe-Ito without the violet, which means guide.
[[nodiscard]] QColor defaultClassColor(int index);

/// One foreground class, named in the user's language.
[[nodiscard]] LabelClasses binaryClasses();

/// The name of a class, or of the background or the ignore value.
[[nodiscard]] QString classNameOf(const LabelClasses& classes, int index);

} // namespace guidino::ui
