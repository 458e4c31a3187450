// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

namespace guidino::ui {

/// What a pane of the canvas is for.
enum class PaneRole { Image, Guide, Prediction, Label };

inline constexpr int kPaneCount = 4;

/// How the layers are drawn, and which panes are seen. GUI thread only.
class ViewSettings : public QObject
{
    Q_OBJECT

public:
    enum class MaskStyle { Fill, Outline };
    Q_ENUM(MaskStyle)

    /// What the main pane (the image's, or the one that is shown alone) draws over the image.
    enum class MainLayer {
        Own, ///< what the pane is for
        None,
        Label,
        Prediction,
        Guide,
        Difference,      ///< |prediction − label|
        Probability,     ///< of the foreground
        GuideDifference, ///< |guide − prediction|
    };
    Q_ENUM(MainLayer)

    using QObject::QObject;

    [[nodiscard]] MaskStyle maskStyle() const { return m_maskStyle; }

    /// Opacity of a layer in [0, 1]. For labels and predictions of the fill; their outline is
    /// always solid. The layer of PaneRole::Image is the image itself.
    [[nodiscard]] double opacity(PaneRole layer) const { return m_opacity[indexOf(layer)]; }

    [[nodiscard]] bool isLayerVisible(PaneRole layer) const { return m_isVisible[indexOf(layer)]; }

    [[nodiscard]] MainLayer mainLayer() const { return m_mainLayer; }

    /// What this pane draws, Own where it is not the main pane.
    [[nodiscard]] MainLayer layerOf(PaneRole role) const
    {
        const bool isMain = m_isFourUp ? role == PaneRole::Image : role == m_soloPane;
        return isMain ? m_mainLayer : MainLayer::Own;
    }

    /// Of masks in logical pixels, [1, 6].
    [[nodiscard]] double outlineWidth() const { return m_outlineWidth; }

    /// A divider in the pane of labels: the label on its left, the prediction on its right.
    [[nodiscard]] bool isSwiping() const { return m_isSwiping; }

    /// Where the divider is, as a share of the pane's width, [0, 1].
    [[nodiscard]] double swipePosition() const { return m_swipePosition; }

    [[nodiscard]] bool hasMiniMap() const { return m_hasMiniMap; }

    [[nodiscard]] bool hasScaleBar() const { return m_hasScaleBar; }

    /// While true, all layers but the image are hidden (a held key).
    [[nodiscard]] bool isBlinking() const { return m_isBlinking; }

    /// Whether the pane is on screen: all four, or the one that was asked for.
    [[nodiscard]] bool isPaneShown(PaneRole role) const { return m_isFourUp || m_soloPane == role; }

    [[nodiscard]] bool isFourUp() const { return m_isFourUp; }

    [[nodiscard]] PaneRole soloPane() const { return m_soloPane; }

    /// The guide's pane shows image × guide: what a network with an input gate is given.
    [[nodiscard]] bool isNetworksEye() const { return m_isNetworksEye; }

    void setNetworksEye(bool isOn);
    void setMaskStyle(MaskStyle style);
    void setOpacity(PaneRole layer, double opacity);
    void setLayerVisible(PaneRole layer, bool isVisible);
    void setBlinking(bool isBlinking);
    void setMainLayer(MainLayer layer);
    /// The next of MainLayer, around.
    void cycleMainLayer();
    void setOutlineWidth(double width);
    void setSwiping(bool isSwiping);
    void setSwipePosition(double position);
    void setMiniMapShown(bool isShown);
    void setScaleBarShown(bool isShown);
    void showFourUp();
    void showOnly(PaneRole role);

Q_SIGNALS:
    /// Layers must be drawn anew.
    void layersChanged();
    void panesChanged();

private:
    [[nodiscard]] static std::size_t indexOf(PaneRole role)
    {
        return static_cast<std::size_t>(role);
    }

    MaskStyle m_maskStyle = MaskStyle::Fill;
    double m_opacity[kPaneCount] = {1.0, 0.7, 0.25, 0.25};
    bool m_isVisible[kPaneCount] = {true, true, true, true};
    bool m_isBlinking = false;
    MainLayer m_mainLayer = MainLayer::Own;
    double m_outlineWidth = 2;
    bool m_isSwiping = false;
    double m_swipePosition = 0.5;
    bool m_hasMiniMap = true;
    bool m_hasScaleBar = true;
    bool m_isNetworksEye = false;
    bool m_isFourUp = true;
    PaneRole m_soloPane = PaneRole::Label;
};

} // namespace guidino::ui
