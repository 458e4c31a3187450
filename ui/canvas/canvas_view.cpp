// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/canvas_view.h"

#include <QApplication>
#include <QEnterEvent>
#include <QEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPaintEvent>
#include <QWheelEvent>

#include <cmath>
#include <utility>

namespace guidino::ui {

namespace {

constexpr double kZoomPerNotch = 1.25;
/// Clicking this near to the first corner closes a polygon, in logical pixels.
constexpr double kCloseDistance = 8;

} // namespace

CanvasView::CanvasView(
    PaneRole role,
    ViewTransform& transform,
    ViewSettings& settings,
    ToolState& tools,
    QWidget* parent)
    : QWidget(parent)
    , m_role(role)
    , m_transform(transform)
    , m_settings(settings)
    , m_tools(tools)
    , m_emptyButton(new QPushButton(this))
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMinimumSize(160, 120);
    m_emptyButton->hide();
    m_emptyButton->setFocusPolicy(Qt::NoFocus);
    connect(m_emptyButton, &QPushButton::clicked, this, [this] {
        if (m_emptyAction != nullptr) {
            m_emptyAction->trigger();
        }
    });
    connect(&m_transform, &ViewTransform::changed, this, [this] {
        m_isBaseValid = false;
        redrawAll();
        updateRing();
    });
    connect(&m_settings, &ViewSettings::layersChanged, this, [this] {
        m_isBaseValid = false;
        redrawAll();
    });
    connect(&m_tools, &ToolState::changed, this, [this] {
        if (m_tools.tool() != ToolState::Tool::Polygon && !m_polygon.empty()) {
            m_polygon.clear();
            update();
        }
        updateCursor();
        updateRing();
    });
    updateCursor();
}

void CanvasView::setDocument(AnnotationDocument* document)
{
    if (m_document != nullptr) {
        m_document->disconnect(this);
    }
    m_drag = Drag::None;
    m_polygon.clear();
    m_document = document;
    if (document != nullptr) {
        connect(document, &AnnotationDocument::labelsPainted, this, &CanvasView::redrawLabels);
        connect(document, &AnnotationDocument::labelsChanged, this, &CanvasView::redrawLabels);
        const auto redraw = [this] {
            m_isBaseValid = false;
            redrawAll();
            updateEmptyButton();
        };
        connect(document, &AnnotationDocument::imageChanged, this, redraw);
        connect(document, &AnnotationDocument::predictionChanged, this, redraw);
    }
    m_isBaseValid = false;
    redrawAll();
    updateEmptyButton();
    updateCursor();
}

void CanvasView::setClasses(const LabelClasses& classes)
{
    m_classes = classes;
    redrawAll();
}

void CanvasView::setEmptyAction(QAction* action)
{
    m_emptyAction = action;
    connect(action, &QAction::changed, this, &CanvasView::updateEmptyButton);
    updateEmptyButton();
}

void CanvasView::updateEmptyButton()
{
    const bool isWanted =
        m_emptyAction != nullptr && m_document != nullptr && m_document->prediction() == nullptr;
    m_emptyButton->setVisible(isWanted);
    if (isWanted) {
        m_emptyButton->setText(m_emptyAction->text());
        m_emptyButton->setToolTip(m_emptyAction->toolTip());
        m_emptyButton->setEnabled(m_emptyAction->isEnabled());
        m_emptyButton->adjustSize();
        m_emptyButton->move((width() - m_emptyButton->width()) / 2, height() / 2 + 16);
    }
}

bool CanvasView::canPaint() const
{
    return m_document != nullptr
           && (m_role == PaneRole::Label || m_role == PaneRole::Prediction
               || (m_role == PaneRole::Image && !m_settings.isFourUp()));
}

bool CanvasView::isBrushTool() const
{
    return m_tools.tool() == ToolState::Tool::Brush || m_tools.tool() == ToolState::Tool::Eraser;
}

void CanvasView::setCrosshair(std::optional<PointF> image)
{
    if (m_crosshair == image) {
        return;
    }
    m_crosshair = image;
    update();
}

DeviceView CanvasView::deviceView() const
{
    const double ratio = devicePixelRatioF();
    return {m_transform.imageFromView({0, 0}, size()), m_transform.scale() * ratio};
}

PointF CanvasView::imageAt(QPointF point) const
{
    return m_transform.imageFromView(point, size());
}

QRect CanvasView::deviceRectOf(const QRect& image) const
{
    const DeviceView view = deviceView();
    const auto deviceX = [&](double x) { return (x - view.origin.x) * view.scale; };
    const auto deviceY = [&](double y) { return (y - view.origin.y) * view.scale; };
    // Outlines and halos reach beyond the pixels that changed.
    constexpr int margin = 6;
    const QRectF exact(
        QPointF(deviceX(image.left()), deviceY(image.top())),
        QPointF(deviceX(image.right() + 1), deviceY(image.bottom() + 1)));
    return exact.toAlignedRect().adjusted(-margin, -margin, margin, margin) & m_overlay.rect();
}

void CanvasView::redrawAll()
{
    m_staleOverlay = m_overlay.rect();
    update();
}

void CanvasView::redrawLabels(const QRect& image)
{
    const QRect device = deviceRectOf(image);
    if (device.isEmpty()) {
        return;
    }
    m_staleOverlay += device;
    const double ratio = devicePixelRatioF();
    update(
        QRectF(
            device.x() / ratio, device.y() / ratio, device.width() / ratio, device.height() / ratio)
            .toAlignedRect());
}

bool CanvasView::event(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) {
        m_isBaseValid = false;
        redrawAll();
    } else if (event->type() == QEvent::ShortcutOverride && !m_polygon.empty()) {
        // While a polygon is open, these keys are about it and not the window's.
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Escape) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void CanvasView::resizeEvent(QResizeEvent* /*event*/)
{
    m_transform.noteViewSize(size());
    m_isBaseValid = false;
    redrawAll();
    updateEmptyButton();
}

bool CanvasView::isErasing(const QMouseEvent& event) const
{
    return event.button() == Qt::RightButton
           || event.modifiers().testFlag(Qt::ControlModifier)
                  != (m_tools.tool() == ToolState::Tool::Eraser);
}

void CanvasView::mousePressEvent(QMouseEvent* event)
{
    if (m_document == nullptr || m_drag != Drag::None) {
        return;
    }
    const bool isPaintButton =
        event->button() == Qt::LeftButton || event->button() == Qt::RightButton;
    const bool isPan = event->button() == Qt::MiddleButton || m_isSpaceHeld
                       || m_tools.tool() == ToolState::Tool::Pan || !canPaint();
    if (isPan) {
        m_drag = Drag::Pan;
        m_lastPan = event->position();
    } else if (isPaintButton && isBrushTool()) {
        beginStroke(*event);
    } else if (isPaintButton && m_tools.tool() == ToolState::Tool::Polygon) {
        clickPolygon(*event);
    } else if (isPaintButton && m_tools.tool() == ToolState::Tool::Fill) {
        const PointF point = imageAt(event->position());
        const bool erases =
            event->button() == Qt::RightButton || event->modifiers().testFlag(Qt::ControlModifier);
        const std::uint8_t value = erases ? std::uint8_t{0} : m_tools.labelClass();
        m_document->floodFill(
            {static_cast<int>(std::floor(point.x)), static_cast<int>(std::floor(point.y))},
            value,
            m_tools.rules(),
            UndoText::fill(classNameOf(m_classes, value)));
    }
    updateCursor();
    updateRing();
}

void CanvasView::beginStroke(const QMouseEvent& event)
{
    m_drag = Drag::Stroke;
    m_isStrokeErasing = isErasing(event);
    const std::uint8_t value = m_isStrokeErasing ? std::uint8_t{0} : m_tools.labelClass();
    m_document->beginStroke(value, m_tools.radiusPx(), imageAt(event.position()), m_tools.rules());
}

void CanvasView::mouseMoveEvent(QMouseEvent* event)
{
    m_pointer = event->position();
    const PointF point = imageAt(event->position());
    if (m_drag == Drag::Pan) {
        m_transform.panBy(event->position() - m_lastPan);
        m_lastPan = event->position();
    } else if (m_drag == Drag::Stroke && m_document != nullptr) {
        m_document->continueStroke({&point, 1});
    } else if (!m_polygon.empty()) {
        update();
    }
    updateRing();
    Q_EMIT pointed(point);
}

void CanvasView::mouseReleaseEvent(QMouseEvent* event)
{
    if (m_drag == Drag::Stroke) {
        if (m_document != nullptr) {
            const PointF point = imageAt(event->position());
            m_document->continueStroke({&point, 1});
        }
        endStroke();
    } else if (m_drag == Drag::Pan) {
        m_drag = Drag::None;
    }
    updateCursor();
}

void CanvasView::endStroke()
{
    m_drag = Drag::None;
    if (m_document == nullptr) {
        return;
    }
    const int diameter = static_cast<int>(std::lround(2 * m_tools.radiusPx()));
    m_document->commitStroke(
        m_isStrokeErasing
            ? UndoText::eraser(diameter)
            : UndoText::brush(classNameOf(m_classes, m_tools.labelClass()), diameter));
}

void CanvasView::clickPolygon(const QMouseEvent& event)
{
    if (event.button() == Qt::RightButton) {
        if (!m_polygon.empty()) {
            m_polygon.pop_back();
        }
        update();
        return;
    }
    const QPointF position = event.position();
    if (m_polygon.size() >= 3) {
        const QPointF first = m_transform.viewFromImage(m_polygon.front(), size());
        if (std::hypot(first.x() - position.x(), first.y() - position.y()) <= kCloseDistance) {
            closePolygon();
            return;
        }
    }
    m_polygon.push_back(imageAt(position));
    update();
}

void CanvasView::closePolygon()
{
    const std::vector<PointF> corners = std::exchange(m_polygon, {});
    if (m_document != nullptr && corners.size() >= 3) {
        m_document->fillPolygon(
            corners,
            m_tools.labelClass(),
            m_tools.rules(),
            UndoText::polygon(classNameOf(m_classes, m_tools.labelClass())));
    }
    update();
}

void CanvasView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (!m_polygon.empty()) {
        closePolygon();
    } else if (!canPaint() && event->button() == Qt::LeftButton) {
        Q_EMIT maximizeRequested();
    } else {
        mousePressEvent(event); // quick dabs of a brush are no double clicks
    }
}

void CanvasView::wheelEvent(QWheelEvent* event)
{
    // With Shift some systems turn the wheel sideways.
    const double notches =
        (event->angleDelta().y() != 0 ? event->angleDelta().y() : event->angleDelta().x()) / 120.0;
    if (event->modifiers().testFlag(Qt::ShiftModifier)) {
        m_tools.setRadiusPx(m_tools.radiusPx() * std::pow(1.2, notches));
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
    case Qt::Key_Escape:
        if (m_drag == Drag::Stroke && m_document != nullptr) {
            m_drag = Drag::None;
            m_document->cancelStroke();
            return;
        }
        if (!m_polygon.empty()) {
            m_polygon.clear();
            update();
            return;
        }
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!m_polygon.empty()) {
            closePolygon();
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
    if (qobject_cast<QLineEdit*>(QApplication::focusWidget()) == nullptr) {
        setFocus(Qt::MouseFocusReason);
    }
}

void CanvasView::leaveEvent(QEvent* /*event*/)
{
    m_pointer.reset();
    updateRing();
    Q_EMIT pointed(std::nullopt);
}

void CanvasView::focusOutEvent(QFocusEvent* /*event*/)
{
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
    } else if (m_isSpaceHeld || m_tools.tool() == ToolState::Tool::Pan || !canPaint()) {
        setCursor(Qt::OpenHandCursor);
    } else {
        setCursor(Qt::CrossCursor);
    }
}

void CanvasView::updateRing()
{
    QRect ring;
    if (m_pointer && canPaint() && isBrushTool()) {
        const double radius = m_tools.radiusPx() * m_transform.scale() + 3;
        ring = QRectF(m_pointer->x() - radius, m_pointer->y() - radius, 2 * radius, 2 * radius)
                   .toAlignedRect();
    }
    const QRect before = std::exchange(m_ringRect, ring);
    update(before);
    update(ring);
}

} // namespace guidino::ui
