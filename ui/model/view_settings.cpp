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
