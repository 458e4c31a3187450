// SPDX-License-Identifier: Apache-2.0
#include "ui/model/view_settings.h"

#include <algorithm>
#include <utility>

namespace guidino::ui {

void ViewSettings::setMaskStyle(MaskStyle style)
{
    if (std::exchange(m_maskStyle, style) != style) {
        Q_EMIT layersChanged();
    }
}

void ViewSettings::setNetworksEye(bool isOn)
{
    if (std::exchange(m_isNetworksEye, isOn) != isOn) {
        Q_EMIT layersChanged();
    }
}

void ViewSettings::setOpacity(PaneRole layer, double opacity)
{
    const double wanted = std::clamp(opacity, 0.0, 1.0);
    if (std::exchange(m_opacity[indexOf(layer)], wanted) != wanted) {
        Q_EMIT layersChanged();
    }
}

void ViewSettings::setLayerVisible(PaneRole layer, bool isVisible)
{
    if (std::exchange(m_isVisible[indexOf(layer)], isVisible) != isVisible) {
        Q_EMIT layersChanged();
    }
}

void ViewSettings::setBlinking(bool isBlinking)
{
    if (std::exchange(m_isBlinking, isBlinking) != isBlinking) {
        Q_EMIT layersChanged();
    }
}

void ViewSettings::setMainLayer(MainLayer layer)
{
    if (std::exchange(m_mainLayer, layer) != layer) {
        Q_EMIT layersChanged();
    }
}

void ViewSettings::cycleMainLayer()
{
    constexpr int kCount = static_cast<int>(MainLayer::GuideDifference) + 1;
    setMainLayer(static_cast<MainLayer>((static_cast<int>(m_mainLayer) + 1) % kCount));
}

void ViewSettings::setOutlineWidth(double width)
{
    const double wanted = std::clamp(width, 1.0, 6.0);
    if (std::exchange(m_outlineWidth, wanted) != wanted) {
        Q_EMIT layersChanged();
    }
}

void ViewSettings::setSwiping(bool isSwiping)
{
    if (std::exchange(m_isSwiping, isSwiping) != isSwiping) {
        Q_EMIT layersChanged();
    }
}

void ViewSettings::setSwipePosition(double position)
{
    const double wanted = std::clamp(position, 0.0, 1.0);
    if (std::exchange(m_swipePosition, wanted) != wanted) {
        Q_EMIT layersChanged();
    }
}

void ViewSettings::setMiniMapShown(bool isShown)
{
    if (std::exchange(m_hasMiniMap, isShown) != isShown) {
        Q_EMIT layersChanged();
    }
}

void ViewSettings::setScaleBarShown(bool isShown)
{
    if (std::exchange(m_hasScaleBar, isShown) != isShown) {
        Q_EMIT layersChanged();
    }
}

void ViewSettings::showFourUp()
{
    if (!std::exchange(m_isFourUp, true)) {
        Q_EMIT panesChanged();
    }
}

void ViewSettings::showOnly(PaneRole role)
{
    const bool wasFourUp = std::exchange(m_isFourUp, false);
    if (std::exchange(m_soloPane, role) != role || wasFourUp) {
        Q_EMIT panesChanged();
    }
}

} // namespace guidino::ui
