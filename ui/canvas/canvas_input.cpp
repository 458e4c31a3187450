// SPDX-License-Identifier: Apache-2.0
// What a pane does with the pointer, the wheel, pens and held keys.
#include "ui/canvas/canvas_view.h"

#include <QApplication>
#include <QEnterEvent>
#include <QFocusEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QTabletEvent>
#include <QWheelEvent>

#include <cmath>
#include <utility>

namespace guidino::ui {

namespace {

constexpr double kZoomPerNotch = 1.25;
/// Dragging this far with Alt doubles the brush, in logical pixels.
constexpr double kResizeDistance = 120;
/// The divider is grabbed this near, in logical pixels.
constexpr double kDividerReach = 6;

} // namespace

ToolContext CanvasView::toolContext()
{
    return {*m_document, m_tools, m_classes, m_transform, size()};
}

ToolInput CanvasView::inputOf(const QMouseEvent& event) const
{
    ToolInput input;
    input.image = imageAt(event.position());
    input.view = event.position();
    input.button = m_drag == Drag::Tool ? m_toolButton : event.button();
    input.modifiers = event.modifiers();
    return input;
}

bool CanvasView::hasOpenTool() const
{
    return m_tool != nullptr && m_document != nullptr && (m_tool->isOpen() || m_drag == Drag::Tool);
}

void CanvasView::takeTool()
{
    if (m_toolKind == m_tools.tool() && m_tool != nullptr) {
        return;
    }
    dropTool();
    m_toolKind = m_tools.tool();
    m_formerTool = std::exchange(m_tool, makeTool(m_toolKind)); // it may be what asked for another
    update();
}

void CanvasView::dropTool()
{
    if (hasOpenTool()) {
        m_tool->cancel(toolContext());
        update();
    }
    if (m_drag == Drag::Tool) {
        m_drag = Drag::None;
    }
}

void CanvasView::pressTool(const ToolInput& input)
{
    m_drag = Drag::Tool;
    m_toolButton = input.button;
    m_lastInput = input;
    m_tool->press(toolContext(), input);
    if (m_tool->repaintsOnMove()) {
        update();
    }
}

void CanvasView::moveTool(const ToolInput& input)
{
    if (m_document == nullptr || m_tool == nullptr) {
        return;
    }
    const bool didRepaint = m_tool->repaintsOnMove();
    if (m_drag == Drag::Tool) {
        m_lastInput = input;
        m_tool->drag(toolContext(), input);
    } else if (canPaint()) {
        m_tool->hover(toolContext(), input);
    }
    if (didRepaint || m_tool->repaintsOnMove()) {
        update();
    }
}

void CanvasView::releaseTool(const ToolInput& input)
{
    m_drag = Drag::None;
    if (m_document == nullptr || m_tool == nullptr) {
        return;
    }
    const bool didRepaint = m_tool->repaintsOnMove() || m_tool->isOpen();
    m_tool->release(toolContext(), input);
    if (didRepaint || (m_tool != nullptr && (m_tool->repaintsOnMove() || m_tool->isOpen()))) {
        update();
    }
}

bool CanvasView::isAtDivider(QPointF view) const
{
    return m_settings.isSwiping() && m_role == PaneRole::Label
           && std::abs(view.x() - m_settings.swipePosition() * width()) <= kDividerReach;
}

void CanvasView::mousePressEvent(QMouseEvent* event)
{
    if (m_document == nullptr || m_drag != Drag::None || m_isPenDown) {
        return;
    }
    const bool isPaintButton =
        event->button() == Qt::LeftButton || event->button() == Qt::RightButton;
    const bool isPan =
        event->button() == Qt::MiddleButton || m_isSpaceHeld || m_tool == nullptr || !canPaint();
    if (event->button() == Qt::LeftButton && miniMapRect().contains(event->position())) {
        m_drag = Drag::MiniMap;
        goToMiniMap(event->position());
    } else if (event->button() == Qt::LeftButton && isAtDivider(event->position())) {
        m_drag = Drag::Divider;
    } else if (isPan) {
        m_drag = Drag::Pan;
        m_lastPan = event->position();
    } else if (
        isPaintButton && event->modifiers().testFlag(Qt::AltModifier)
        && m_tool->ringRadius(toolContext()) > 0) {
        m_drag = Drag::Resize;
        m_lastPan = event->position(); // the ring stays here
        m_radiusBefore = m_tools.radiusPx();
    } else if (isPaintButton) {
        pressTool(inputOf(*event));
    }
    updateCursor();
    updateRing();
}

void CanvasView::mouseMoveEvent(QMouseEvent* event)
{
    m_pointer = event->position();
    switch (m_drag) {
    case Drag::Pan:
        m_transform.panBy(event->position() - m_lastPan);
        m_lastPan = event->position();
        break;
    case Drag::Divider:
        m_settings.setSwipePosition(event->position().x() / std::max(width(), 1));
        break;
    case Drag::MiniMap:
        goToMiniMap(event->position());
        break;
    case Drag::Resize:
        m_tools.setRadiusPx(
            m_radiusBefore * std::exp2((event->position().x() - m_lastPan.x()) / kResizeDistance));
        break;
    case Drag::None:
    case Drag::Tool:
        if (!m_isPenDown) {
            moveTool(inputOf(*event));
        }
        break;
    }
    updateRing();
    if (m_settings.isSwiping()) {
        updateCursor();
    }
    Q_EMIT pointed(imageAt(event->position()));
}

void CanvasView::mouseReleaseEvent(QMouseEvent* event)
{
    if (m_drag == Drag::Tool && !m_isPenDown) {
        releaseTool(inputOf(*event));
    }
    if (!m_isPenDown) {
        m_drag = Drag::None;
    }
    updateCursor();
    updateRing();
}

void CanvasView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (m_document != nullptr && m_tool != nullptr && m_tool->isOpen()) {
        m_tool->doubleClick(toolContext(), inputOf(*event));
        update();
    } else if (!canPaint() && event->button() == Qt::LeftButton) {
        Q_EMIT maximizeRequested();
    } else {
        mousePressEvent(event); // quick dabs of a brush are no double clicks
    }
}

void CanvasView::tabletEvent(QTabletEvent* event)
{
    // Pressure and the pen's other end reach the tool here; panning and the rest come as the mouse
    // events that Qt makes of what is not accepted.
    event->ignore();
    if (m_document == nullptr || m_tool == nullptr || !canPaint() || m_isSpaceHeld) {
        return;
    }
    ToolInput input;
    input.image = imageAt(event->position());
    input.view = event->position();
    input.modifiers = event->modifiers();
    input.pressure = event->pressure();
    input.isEraserEnd = event->pointerType() == QPointingDevice::PointerType::Eraser;
    input.button = m_drag == Drag::Tool ? m_toolButton : event->button();
    const bool isTip = event->button() == Qt::LeftButton || event->button() == Qt::RightButton;
    if (event->type() == QEvent::TabletPress && isTip && m_drag == Drag::None
        && !event->modifiers().testFlag(Qt::AltModifier)
        && !miniMapRect().contains(event->position())) {
        m_isPenDown = true;
        pressTool(input);
        event->accept();
    } else if (event->type() == QEvent::TabletMove && m_isPenDown) {
        m_pointer = event->position();
        moveTool(input);
        updateRing();
        Q_EMIT pointed(input.image);
        event->accept();
    } else if (event->type() == QEvent::TabletRelease && m_isPenDown) {
        m_isPenDown = false;
        releaseTool(input);
        event->accept();
    }
}

void CanvasView::wheelEvent(QWheelEvent* event)
{
    // With Shift some systems turn the wheel sideways.
    const double notches =
        (event->angleDelta().y() != 0 ? event->angleDelta().y() : event->angleDelta().x()) / 120.0;
    if (event->modifiers().testFlag(Qt::ShiftModifier)) {
        if (isAtDivider(event->position())) {
            m_settings.setSwipePosition(m_settings.swipePosition() + 0.05 * notches);
        } else {
            m_tools.setRadiusPx(m_tools.radiusPx() * std::pow(1.2, notches));
        }
    } else if (m_document != nullptr) {
        m_transform.zoomTo(
            m_transform.scale() * std::pow(kZoomPerNotch, notches), event->position(), size());
        m_pointer = event->position();
        updateRing();
        Q_EMIT pointed(imageAt(event->position()));
    }
    event->accept();
}

void CanvasView::keyPressEvent(QKeyEvent* event)
{
    if (hasOpenTool()) {
        if (event->key() == Qt::Key_Escape) {
            dropTool();
            return;
        }
        if (m_tool->key(toolContext(), event->key())) {
            update();
            return;
        }
    }
    switch (event->key()) {
    case Qt::Key_Space:
        if (!event->isAutoRepeat()) {
            m_isSpaceHeld = true;
            updateCursor();
            updateRing();
        }
        return;
    case Qt::Key_V:
        if (event->modifiers() == Qt::NoModifier) {
            if (!event->isAutoRepeat()) {
                m_settings.setBlinking(true);
            }
            return;
        }
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

void CanvasView::keyReleaseEvent(QKeyEvent* event)
{
    if (event->isAutoRepeat()) {
        return;
    }
    if (event->key() == Qt::Key_Space) {
        m_isSpaceHeld = false;
        updateCursor();
        updateRing();
    } else if (event->key() == Qt::Key_V) {
        m_settings.setBlinking(false);
    } else {
        QWidget::keyReleaseEvent(event);
    }
}

void CanvasView::enterEvent(QEnterEvent* /*event*/)
{
    // Held keys (Space, V) work over the pane without a click, but typing is never interrupted.
    const QWidget* focus = QApplication::focusWidget();
    if (focus == nullptr || !focus->testAttribute(Qt::WA_InputMethodEnabled)) {
        setFocus(Qt::MouseFocusReason);
    }
}

void CanvasView::leaveEvent(QEvent* /*event*/)
{
    m_pointer.reset();
    updateRing();
    if (m_tool != nullptr && m_tool->repaintsOnMove()) {
        update();
    }
    Q_EMIT pointed(std::nullopt);
}

void CanvasView::focusInEvent(QFocusEvent* event)
{
    m_isFocusByKey =
        event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    update();
    QWidget::focusInEvent(event);
}

void CanvasView::focusOutEvent(QFocusEvent* /*event*/)
{
    m_isFocusByKey = false;
    update();
    // The release of a held key goes to whoever has the focus then.
    m_isSpaceHeld = false;
    m_settings.setBlinking(false);
    updateCursor();
}

void CanvasView::updateCursor()
{
    if (m_document == nullptr) {
        setCursor(Qt::ArrowCursor);
    } else if (m_drag == Drag::Pan) {
        setCursor(Qt::ClosedHandCursor);
    } else if (m_drag == Drag::Divider || (m_pointer && isAtDivider(*m_pointer))) {
        setCursor(Qt::SplitHCursor);
    } else if (m_isSpaceHeld || m_tool == nullptr || !canPaint()) {
        setCursor(Qt::OpenHandCursor);
    } else {
        setCursor(Qt::CrossCursor);
    }
}

void CanvasView::updateRing()
{
    QRect ring;
    const double radius =
        m_pointer && canPaint() && m_tool != nullptr && m_tool->ringRadius(toolContext()) > 0
            ? m_tool->ringRadius(toolContext()) * m_transform.scale() + 3
            : 0;
    if (radius > 0) {
        const QPointF at = m_drag == Drag::Resize ? m_lastPan : *m_pointer;
        ring = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius).toAlignedRect();
    }
    const QRect before = std::exchange(m_ringRect, ring);
    update(before);
    update(ring);
}

} // namespace guidino::ui
