// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>
#include <QLabel>
#include <QString>

namespace guidino::ui {

/// A label of plain text that wraps; `role` is what the style sheet knows it by.
[[nodiscard]] inline QLabel* labelOf(const QString& text, const QString& role, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setProperty("role", role);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

/// A line of one pixel.
[[nodiscard]] inline QFrame* separatorIn(QWidget* parent)
{
    auto* line = new QFrame(parent);
    line->setProperty("role", QStringLiteral("separator"));
    return line;
}

} // namespace guidino::ui
