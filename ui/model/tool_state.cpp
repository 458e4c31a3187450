// SPDX-License-Identifier: Apache-2.0
#include "ui/model/tool_state.h"

#include "core/editing/brush_stroke.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace guidino::ui {

template<typename T>
void ToolState::set(T& member, T value)
{
    if (std::exchange(member, value) != value) {
        Q_EMIT changed();
    }
}

double ToolState::radiusAt(double scale) const
{
    const double wanted = m_isZoomScaled && scale > 0 ? m_radiusPx / scale : m_radiusPx;
    return std::clamp(wanted, editing::kMinBrushRadiusPx, editing::kMaxBrushRadiusPx);
}

void ToolState::setTool(Tool tool)
{
    if (tool != m_tool) {
        m_formerTool = m_tool;
        set(m_tool, tool);
    }
}

void ToolState::takeFormerTool()
{
    setTool(m_formerTool);
}

void ToolState::setRadiusPx(double radiusPx)
{
    set(m_radiusPx, std::clamp(radiusPx, editing::kMinBrushRadiusPx, editing::kMaxBrushRadiusPx));
}

void ToolState::setZoomScaled(bool isScaled)
{
    set(m_isZoomScaled, isScaled);
}

void ToolState::setPressureUsed(bool isUsed)
{
    set(m_usesPressure, isUsed);
}

void ToolState::setLabelClass(std::uint8_t labelClass)
{
    if (labelClass != m_labelClass) {
        m_formerClass = m_labelClass;
        set(m_labelClass, labelClass);
    }
}

void ToolState::swapWithBackground()
{
    setLabelClass(m_labelClass == 0 ? std::max<std::uint8_t>(m_formerClass, 1) : std::uint8_t{0});
}

void ToolState::setPaintOver(editing::PaintOver mode)
{
    set(m_rules.paintOver, mode);
}

void ToolState::setLocked(std::uint8_t labelClass, bool isLocked)
{
    if (m_rules.lockedClasses.test(labelClass) != isLocked) {
        m_rules.lockedClasses.set(labelClass, isLocked);
        Q_EMIT changed();
    }
}

void ToolState::setTolerance(double tolerance)
{
    set(m_tolerance, std::clamp(tolerance, 1.0, 255.0));
}

void ToolState::setSuperpixelPx(int side)
{
    set(m_superpixelPx, std::clamp(side, 4, 64));
}

void ToolState::setThreshold(int low, int high)
{
    m_isThresholdAuto = false;
    m_thresholdLow = std::clamp(low, 0, 255);
    m_thresholdHigh = std::clamp(high, m_thresholdLow, 255);
    Q_EMIT changed();
}

void ToolState::suggestThreshold(int low, int high)
{
    if (m_thresholdLow != low || m_thresholdHigh != high) {
        m_thresholdLow = low;
        m_thresholdHigh = high;
        Q_EMIT changed();
    }
}

void ToolState::setThresholdAuto(bool isAuto)
{
    set(m_isThresholdAuto, isAuto);
}

void ToolState::setPolygonSmooth(bool isSmooth)
{
    set(m_isPolygonSmooth, isSmooth);
}

void ToolState::setGuideUsed(bool isUsed)
{
    set(m_usesGuide, isUsed);
}

void ToolState::setStepPx(int radius)
{
    set(m_stepPx, std::clamp(radius, 1, 50));
}

void ToolState::setClipboard(RegionClip clip)
{
    m_clipboard = std::move(clip);
    Q_EMIT changed();
}

void ToolState::growBrush()
{
    setRadiusPx(std::max(std::round(m_radiusPx * 1.2 * 2) / 2, m_radiusPx + 0.5));
}

void ToolState::shrinkBrush()
{
    setRadiusPx(std::min(std::round(m_radiusPx / 1.2 * 2) / 2, m_radiusPx - 0.5));
}

void ToolState::setPromptRequest(std::optional<PromptRequest> request)
{
    if (m_prompts == request) {
        return;
    }
    m_prompts = std::move(request);
    m_answer = nullptr;
    Q_EMIT promptsChanged();
}

void ToolState::setPromptAnswer(const PromptRequest& request, editing::Region region)
{
    if (m_prompts != request || region.area() == 0) {
        return;
    }
    m_answer = std::make_shared<const editing::Region>(std::move(region));
    Q_EMIT promptAnswered();
}

} // namespace guidino::ui
