// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/canvas/canvas_tool.h"
#include "ui/canvas/layer_painter.h"
#include "ui/canvas/view_transform.h"
#include "ui/model/annotation_document.h"
#include "ui/model/label_class.h"
#include "ui/model/tool_state.h"
#include "ui/model/view_settings.h"

#include <QAction>
#include <QImage>
#include <QPointer>
#include <QPolygonF>
#include <QPushButton>
#include <QRegion>
#include <QWidget>

#include <memory>
#include <optional>

namespace guidino::ui {

/// One pane: the image with the layers of its role. Several panes share one ViewTransform, so they
/// show the same place. Tools work in the panes that show labels (Label, Prediction); the others
/// move the image. What a tool does with the pointer is the tool's matter (CanvasTool). Layers are
/// kept as device pixels and only what changed is drawn anew.
class CanvasView : public QWidget
{
    Q_OBJECT

public:
    CanvasView(
        PaneRole role,
        ViewTransform& transform,
        ViewSettings& settings,
        ToolState& tools,
        QWidget* parent = nullptr);

    [[nodiscard]] PaneRole role() const { return m_role; }

    void setDocument(AnnotationDocument* document);
    void setClasses(const LabelClasses& classes);

    /// What the pane offers while it has nothing to show (panes of a prediction only).
    void setEmptyAction(QAction* action);

    /// Where the pointer is in another pane, in image coordinates.
    void setCrosshair(std::optional<PointF> image);

    [[nodiscard]] bool canPaint() const;

    /// Where the pointer is in this pane; empty where it is elsewhere.
    [[nodiscard]] std::optional<PointF> pointedAt() const;

    /// Gives the outlines of the object at an image position to the polygon tool.
    void editContourAt(PointF image);

    /// Puts the clipboard's object where it was, or with its middle at a position.
    void paste(std::optional<PointF> middle);

    /// What the two sides of the divider are, where they are not label and prediction: two models,
    /// say. The pane of labels names them, and draws `reference` as a thin line over both.
    struct SwipeSides
    {
        QString left;
        QString right;
        LabelMap reference; ///< of another size than the image: none
    };

    void setSwipeSides(SwipeSides sides);

    /// The colours of predictions by class, distinct from those of labels.
    [[nodiscard]] static QColor predictionColor(const QColor& labelColor);

Q_SIGNALS:
    /// The pointer is over this image position, or left the pane.
    void pointed(std::optional<guidino::PointF> image);
    /// A pane was asked to fill the canvas, or to give the place back.
    void maximizeRequested();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void tabletEvent(QTabletEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    enum class Drag { None, Pan, Tool, Resize, Divider, MiniMap };

    [[nodiscard]] DeviceView deviceView() const;
    [[nodiscard]] PointF imageAt(QPointF point) const;
    [[nodiscard]] QRect deviceRectOf(const QRect& image) const;
    /// The upright pane (ViewTransform::viewFromUpright) that the caches hold, in logical pixels.
    [[nodiscard]] QRectF viewRectOf(const QRect& device) const;
    [[nodiscard]] ToolContext toolContext();
    [[nodiscard]] ToolInput inputOf(const QMouseEvent& event) const;
    [[nodiscard]] bool hasOpenTool() const;
    void takeTool();
    void pressTool(const ToolInput& input);
    void moveTool(const ToolInput& input);
    void releaseTool(const ToolInput& input);
    void dropTool();
    [[nodiscard]] bool isAtDivider(QPointF view) const;
    [[nodiscard]] QRectF miniMapRect() const;
    void goToMiniMap(QPointF view);
    [[nodiscard]] bool isActivePane() const;
    [[nodiscard]] QString layerTitle() const;
    void redrawAll();
    void redrawLabels(const QRect& image);
    void updateRing();
    void updateCursor();
    void updateEmptyButton();
    void prepareCaches();
    void drawBase(const QRect& device);
    void drawOverlay(const QRect& device);
    [[nodiscard]] MaskStyle maskStyleOf(PaneRole layer) const;
    void paintDecorations(QPainter& painter);
    void paintLegend(QPainter& painter);
    void paintDivider(QPainter& painter);
    void paintMiniMap(QPainter& painter);
    void paintScaleBar(QPainter& painter);
    void paintTool(QPainter& painter);
    /// The pane has nothing of its own to show.
    [[nodiscard]] bool isWaitingForModel() const;
    void paintTitle(QPainter& painter);
    void drawLayer(const QRect& device, ViewSettings::MainLayer layer);

    PaneRole m_role;
    ViewTransform& m_transform;
    ViewSettings& m_settings;
    ToolState& m_tools;
    QPointer<AnnotationDocument> m_document;
    LabelClasses m_classes;
    SwipeSides m_sides;
    QPushButton* m_emptyButton;
    QPointer<QAction> m_emptyAction;

    QImage m_base;    // image and guide, device pixels
    QImage m_overlay; // label maps, device pixels
    bool m_isBaseValid = false;
    QRegion m_staleOverlay;

    Drag m_drag = Drag::None;
    bool m_isSpaceHeld = false;
    bool m_isFocusByKey = false; // shown then: with the mouse, the pointer shows the pane
    std::unique_ptr<CanvasTool> m_tool;
    std::unique_ptr<CanvasTool> m_formerTool; // kept, since it may be in the middle of a call
    ToolInput m_lastInput;
    ToolState::Tool m_toolKind = ToolState::Tool::Pan;
    Qt::MouseButton m_toolButton = Qt::NoButton; // of the drag that goes on
    bool m_isPenDown = false;
    QPointF m_lastPan; // where a pan is, or a change of size began
    double m_radiusBefore = 1;
    std::optional<QPointF> m_pointer; // over this pane
    std::optional<PointF> m_crosshair;
    QRect m_ringRect;
    QImage m_miniMap; // of the document's image
    const void* m_miniMapOf = nullptr;
};

} // namespace guidino::ui
