// SPDX-License-Identifier: Apache-2.0
#include "ui/model/tool_state.h"

#include "core/editing/brush_stroke.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace guidino::ui {

void ToolState::setTool(Tool tool)
{
    if (std::exchange(m_tool, tool) != tool) {
        Q_EMIT changed();
    }
}

void ToolState::setRadiusPx(double radiusPx)
{
    const double wanted =
        std::clamp(radiusPx, editing::kMinBrushRadiusPx, editing::kMaxBrushRadiusPx);
    if (std::exchange(m_radiusPx, wanted) != wanted) {
        Q_EMIT changed();
    }
}

void ToolState::setLabelClass(std::uint8_t labelClass)
{
    if (std::exchange(m_labelClass, labelClass) != labelClass) {
        Q_EMIT changed();
    }
}

void ToolState::setPaintOver(editing::PaintOver mode)
{
    if (std::exchange(m_rules.paintOver, mode) != mode) {
        Q_EMIT changed();
    }
}

void ToolState::growBrush()
{
    setRadiusPx(std::max(std::round(m_radiusPx * 1.2 * 2) / 2, m_radiusPx + 0.5));
}

void ToolState::shrinkBrush()
{
    setRadiusPx(std::min(std::round(m_radiusPx / 1.2 * 2) / 2, m_radiusPx - 0.5));
}

} // namespace guidino::ui
