// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"

#include <QPointF>
#include <QWidget>

#include <optional>

namespace guidino::ui {

class CanvasView;
class GuideController;
class ViewTransform;

/// What the study of the guide puts over a pane: the dashed outline of the model's own prediction
/// while a trial is shown, the pinned place, and with the what-if brush in hand a violet frame and
/// the brush's ring. With the brush it takes the left and right button (raise and lower); moving,
/// zooming and held keys go to the pane below. GUI thread only.
class GuideOverlay : public QWidget
{
    Q_OBJECT

public:
    /// Covers the pane as its child.
    GuideOverlay(CanvasView& pane, ViewTransform& transform, GuideController& guide);

    /// While true, a click pins the place instead of what it did else.
    void setPinning(bool isPinning);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    [[nodiscard]] PointF imageAt(QPointF point) const;
    [[nodiscard]] QPointF viewOf(PointF image) const;
    void refreshInput();
    void moveRing(std::optional<QPointF> pointer);
    void paintOldOutlines(QPainter& painter) const;
    void paintPin(QPainter& painter) const;
    void paintBrush(QPainter& painter) const;

    CanvasView& m_pane;
    ViewTransform& m_transform;
    GuideController& m_guide;
    std::optional<QPointF> m_pointer;
    bool m_isPinning = false;
    bool m_isStroking = false;
    bool m_isPanning = false; // a drag that belongs to the pane below
    bool m_isSpaceHeld = false;
};

} // namespace guidino::ui
