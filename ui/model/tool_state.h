// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/editing/label_edit.h"

#include <QObject>

#include <cstdint>

namespace guidino::ui {

/// The tool in hand and its options. GUI thread only.
class ToolState : public QObject
{
    Q_OBJECT

public:
    enum class Tool { Brush, Eraser, Polygon, Fill, Pan };
    Q_ENUM(Tool)

    using QObject::QObject;

    [[nodiscard]] Tool tool() const { return m_tool; }

    /// In image pixels.
    [[nodiscard]] double radiusPx() const { return m_radiusPx; }

    /// The class that is painted; 0 = background.
    [[nodiscard]] std::uint8_t labelClass() const { return m_labelClass; }

    [[nodiscard]] const editing::EditRules& rules() const { return m_rules; }

    void setTool(Tool tool);
    void setRadiusPx(double radiusPx);
    void setLabelClass(std::uint8_t labelClass);
    void setPaintOver(editing::PaintOver mode);

    /// Steps of a fifth, at least one pixel of diameter, as in 3D Slicer.
    void growBrush();
    void shrinkBrush();

Q_SIGNALS:
    void changed();

private:
    Tool m_tool = Tool::Brush;
    double m_radiusPx = 20;
    std::uint8_t m_labelClass = 1;
    editing::EditRules m_rules;
};

} // namespace guidino::ui
