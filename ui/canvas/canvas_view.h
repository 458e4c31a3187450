// SPDX-License-Identifier: Apache-2.0
#pragma once

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

#include <optional>

namespace guidino::ui {

/// One pane: the image with the layers of its role. Several panes share one ViewTransform, so they
/// show the same place. Painting happens in the panes that show labels (Label, Prediction); the
/// others move the image. Layers are kept as device pixels and only what changed is drawn anew.
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
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    enum class Drag { None, Pan, Stroke };

    [[nodiscard]] DeviceView deviceView() const;
    [[nodiscard]] PointF imageAt(QPointF point) const;
    [[nodiscard]] QRect deviceRectOf(const QRect& image) const;
    [[nodiscard]] bool isErasing(const QMouseEvent& event) const;
    [[nodiscard]] bool isBrushTool() const;
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
    /// The pane has nothing of its own to show.
    [[nodiscard]] bool isWaitingForModel() const;
    void paintTitle(QPainter& painter);
    void beginStroke(const QMouseEvent& event);
    void endStroke();
    void clickPolygon(const QMouseEvent& event);
    void closePolygon();

    PaneRole m_role;
    ViewTransform& m_transform;
    ViewSettings& m_settings;
    ToolState& m_tools;
    QPointer<AnnotationDocument> m_document;
    LabelClasses m_classes;
    QPushButton* m_emptyButton;
    QPointer<QAction> m_emptyAction;

    QImage m_base;    // image and guide, device pixels
    QImage m_overlay; // label maps, device pixels
    bool m_isBaseValid = false;
    QRegion m_staleOverlay;

    Drag m_drag = Drag::None;
    bool m_isSpaceHeld = false;
    bool m_isStrokeErasing = false;
    QPointF m_lastPan;
    std::optional<QPointF> m_pointer; // over this pane
    std::optional<PointF> m_crosshair;
    QRect m_ringRect;
    std::vector<PointF> m_polygon; // corners so far
};

} // namespace guidino::ui
