// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/guide_overlay.h"

#include "ui/canvas/canvas_view.h"
#include "ui/canvas/guide_colors.h"
#include "ui/canvas/view_transform.h"
#include "ui/model/guide_controller.h"

#include <QCoreApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>

#include <cmath>

namespace guidino::ui {

namespace {

constexpr int kFrameWidth = 3;

} // namespace

GuideOverlay::GuideOverlay(CanvasView& pane, ViewTransform& transform, GuideController& guide)
    : QWidget(&pane)
    , m_pane(pane)
    , m_transform(transform)
    , m_guide(guide)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::NoFocus);
    setGeometry(pane.rect());
    pane.installEventFilter(this);
    const auto redraw = [this] { update(); };
    connect(&transform, &ViewTransform::changed, this, redraw);
    connect(&guide, &GuideController::brushChanged, this, [this] {
        refreshInput();
        update();
    });
    connect(&guide, &GuideController::availabilityChanged, this, [this] { refreshInput(); });
    connect(&guide, &GuideController::effectChanged, this, redraw);
    connect(&guide, &GuideController::orderChanged, this, redraw);
    refreshInput();
    show();
}

void GuideOverlay::setPinning(bool isPinning)
{
    m_isPinning = isPinning;
    refreshInput();
    update();
}

void GuideOverlay::refreshInput()
{
    const bool takesInput = m_guide.isBrushOn() || m_isPinning;
    const bool wasTaking = !testAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_TransparentForMouseEvents, !takesInput);
    if (takesInput && !wasTaking) {
        // The pane's own ring and crosshair must not stay where the pointer was.
        QEvent leave(QEvent::Leave);
        QCoreApplication::sendEvent(&m_pane, &leave);
    }
    if (!takesInput) {
        m_pointer.reset();
        unsetCursor();
    } else if (m_isPinning) {
        setCursor(Qt::PointingHandCursor);
    } else if (!m_guide.reasonUnavailable().isEmpty()) {
        setCursor(Qt::ForbiddenCursor);
        setToolTip(m_guide.reasonUnavailable());
    } else {
        setCursor(Qt::CrossCursor);
    }
    if (m_guide.reasonUnavailable().isEmpty() || !m_guide.isBrushOn()) {
        setToolTip({});
    }
}

PointF GuideOverlay::imageAt(QPointF point) const
{
    return m_transform.imageFromView(point, size());
}

QPointF GuideOverlay::viewOf(PointF image) const
{
    return m_transform.viewFromImage(image, size());
}

bool GuideOverlay::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize) {
        setGeometry(m_pane.rect());
        raise();
    } else if (event->type() == QEvent::KeyPress || event->type() == QEvent::KeyRelease) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Space && !key->isAutoRepeat()) {
            m_isSpaceHeld = event->type() == QEvent::KeyPress;
        }
    } else if (event->type() == QEvent::FocusOut) {
        m_isSpaceHeld = false;
    }
    return QWidget::eventFilter(watched, event);
}

void GuideOverlay::mousePressEvent(QMouseEvent* event)
{
    const bool isOurs = (event->button() == Qt::LeftButton || event->button() == Qt::RightButton)
                        && !m_isSpaceHeld && !m_isPanning;
    if (!isOurs) {
        m_isPanning = true;
        event->ignore(); // the pane below moves the image
        return;
    }
    if (m_isPinning && event->button() == Qt::LeftButton) {
        m_guide.pin(imageAt(event->position()));
    } else if (m_isPinning) {
        m_guide.pin(std::nullopt);
    } else if (m_guide.isBrushOn() && !m_isStroking) {
        m_isStroking = true;
        const bool raises = (event->button() == Qt::LeftButton) != m_guide.isLowering();
        m_guide.beginStroke(imageAt(event->position()), raises);
    }
}

void GuideOverlay::mouseMoveEvent(QMouseEvent* event)
{
    if (m_isPanning) {
        event->ignore();
        return;
    }
    if (m_isStroking) {
        m_guide.continueStroke(imageAt(event->position()));
    }
    moveRing(event->position());
    Q_EMIT m_pane.pointed(imageAt(event->position()));
}

void GuideOverlay::mouseReleaseEvent(QMouseEvent* event)
{
    if (m_isPanning) {
        m_isPanning = event->buttons() != Qt::NoButton;
        event->ignore();
        return;
    }
    if (m_isStroking && event->buttons() == Qt::NoButton) {
        m_isStroking = false;
        m_guide.endStroke();
    }
}

void GuideOverlay::mouseDoubleClickEvent(QMouseEvent* event)
{
    mousePressEvent(event); // quick dabs are no double clicks
}

void GuideOverlay::wheelEvent(QWheelEvent* event)
{
    if (!m_guide.isBrushOn() || !event->modifiers().testFlag(Qt::ShiftModifier)) {
        event->ignore();
        return;
    }
    // With Shift some systems turn the wheel sideways.
    const double notches =
        (event->angleDelta().y() != 0 ? event->angleDelta().y() : event->angleDelta().x()) / 120.0;
    constexpr double kPerNotch = 1.2;
    m_guide.setRadiusPx(m_guide.radiusPx() * std::pow(kPerNotch, notches));
    event->accept();
}

void GuideOverlay::leaveEvent(QEvent* /*event*/)
{
    moveRing(std::nullopt);
    Q_EMIT m_pane.pointed(std::nullopt);
}

void GuideOverlay::moveRing(std::optional<QPointF> pointer)
{
    const auto rectAt = [this](QPointF at) {
        const double radius = m_guide.radiusPx() * m_transform.scale() + 12;
        return QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius).toAlignedRect();
    };
    if (m_pointer) {
        update(rectAt(*m_pointer));
    }
    m_pointer = pointer;
    if (m_pointer) {
        update(rectAt(*m_pointer));
    }
}

void GuideOverlay::paintEvent(QPaintEvent* /*event*/)
{
    if (m_guide.document() == nullptr) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintOldOutlines(painter);
    paintPin(painter);
    if (m_guide.isBrushOn()) {
        paintBrush(painter);
    }
}

void GuideOverlay::paintOldOutlines(QPainter& painter) const
{
    if (m_pane.role() != PaneRole::Prediction || m_guide.oldOutlines().empty()) {
        return;
    }
    QPainterPath path;
    for (const QPolygonF& outline : m_guide.oldOutlines()) {
        QPolygonF shown;
        for (const QPointF& corner : outline) {
            shown << viewOf({corner.x(), corner.y()});
        }
        path.addPolygon(shown);
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 150), 3));
    painter.drawPath(path);
    QPen dashes(Qt::white, 1.5, Qt::CustomDashLine, Qt::FlatCap);
    dashes.setDashPattern({4, 4});
    painter.setPen(dashes);
    painter.drawPath(path);
}

void GuideOverlay::paintPin(QPainter& painter) const
{
    if (!m_guide.pinned()) {
        return;
    }
    const QPointF at = viewOf(*m_guide.pinned());
    painter.setBrush(Qt::NoBrush);
    for (const auto& [color, width] :
         {std::pair(QColor(0, 0, 0, 170), 4.0),
          std::pair(QColor(kGuideAccent).lighter(130), 2.0)}) {
        painter.setPen(QPen(color, width));
        painter.drawEllipse(at, 6, 6);
        painter.drawLine(at + QPointF(0, 6), at + QPointF(0, 12));
        painter.drawLine(at - QPointF(0, 6), at - QPointF(0, 12));
        painter.drawLine(at + QPointF(6, 0), at + QPointF(12, 0));
        painter.drawLine(at - QPointF(6, 0), at - QPointF(12, 0));
    }
}

void GuideOverlay::paintBrush(QPainter& painter) const
{
    const QColor violet(kGuideAccent);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(violet, kFrameWidth));
    constexpr double kInset = kFrameWidth / 2.0;
    painter.drawRect(QRectF(rect()).adjusted(kInset, kInset, -kInset, -kInset));
    if (!m_pointer || !m_guide.reasonUnavailable().isEmpty() || m_isSpaceHeld) {
        return;
    }
    const double radius = std::max(2.0, m_guide.radiusPx() * m_transform.scale());
    painter.setPen(QPen(QColor(0, 0, 0, 170), 4));
    painter.drawEllipse(*m_pointer, radius, radius);
    painter.setPen(QPen(violet.lighter(125), 2));
    painter.drawEllipse(*m_pointer, radius, radius);
    // What the left button does: plus or minus, beside the ring so that the picture stays free.
    const QPointF sign = *m_pointer + QPointF(radius, -radius) * M_SQRT1_2 + QPointF(5, -5);
    painter.setPen(QPen(QColor(0, 0, 0, 190), 4));
    const auto drawSign = [&] {
        painter.drawLine(sign - QPointF(4, 0), sign + QPointF(4, 0));
        if (!m_guide.isLowering()) {
            painter.drawLine(sign - QPointF(0, 4), sign + QPointF(0, 4));
        }
    };
    drawSign();
    painter.setPen(QPen(Qt::white, 2));
    drawSign();
}

} // namespace guidino::ui
