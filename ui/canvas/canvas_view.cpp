// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/canvas_view.h"

#include "ui/model/image_pyramid.h"

#include <QEvent>
#include <QKeyEvent>

#include <algorithm>
#include <cmath>
#include <utility>

namespace guidino::ui {

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
    setTabletTracking(true);
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
    connect(&m_tools, &ToolState::promptAnswered, this, qOverload<>(&QWidget::update));
    connect(&m_tools, &ToolState::changed, this, [this] {
        takeTool();
        updateCursor();
        updateRing();
        if (hasOpenTool()) {
            update(); // its options, such as smooth corners
        }
    });
    takeTool();
    updateCursor();
}

void CanvasView::setDocument(AnnotationDocument* document)
{
    if (m_document != nullptr) {
        if (m_drag == Drag::Tool) {
            releaseTool(m_lastInput); // a stroke is kept, even if the image goes in its middle
        }
        m_document->disconnect(this);
    }
    m_drag = Drag::None;
    m_document = document;
    m_tool = makeTool(m_toolKind);
    m_miniMap = {};
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
        connect(document, &AnnotationDocument::displayChanged, this, redraw);
        connect(document, &AnnotationDocument::trialChanged, this, redraw);
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

void CanvasView::setSwipeSides(SwipeSides sides)
{
    m_sides = std::move(sides);
    redrawAll();
}

void CanvasView::setEmptyAction(QAction* action)
{
    if (m_emptyAction == action) {
        return;
    }
    if (m_emptyAction != nullptr) {
        m_emptyAction->disconnect(this);
    }
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

std::optional<PointF> CanvasView::pointedAt() const
{
    return m_pointer && m_document != nullptr ? std::optional(imageAt(*m_pointer)) : std::nullopt;
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
    const QSizeF upright = m_transform.uprightSize(size());
    const PointF centre = m_transform.centre();
    const double scale = m_transform.scale();
    return {
        {centre.x - upright.width() / 2 / scale, centre.y - upright.height() / 2 / scale},
        scale * devicePixelRatioF()};
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
    update(viewRectOf(device).toAlignedRect());
}

QRectF CanvasView::viewRectOf(const QRect& device) const
{
    const double ratio = devicePixelRatioF();
    const QRectF upright(
        device.x() / ratio, device.y() / ratio, device.width() / ratio, device.height() / ratio);
    return m_transform.isUpright() ? upright : m_transform.viewFromUpright(size()).mapRect(upright);
}

bool CanvasView::event(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) {
        m_isBaseValid = false;
        redrawAll();
    } else if (event->type() == QEvent::ShortcutOverride && hasOpenTool()) {
        // While a tool has begun something, these keys are about that and not the window's.
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Escape
            || m_tool->wants(key)) {
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

void CanvasView::editContourAt(PointF image)
{
    if (m_document == nullptr || !canPaint()) {
        return;
    }
    const Point pixel{static_cast<int>(std::floor(image.x)), static_cast<int>(std::floor(image.y))};
    // Corners about as far apart as they can be told on the screen.
    const double tolerance = std::clamp(1.5 / m_transform.scale(), 0.7, 4.0);
    std::vector<editing::Polygon> outlines =
        editing::contoursAt(m_document->labels(), pixel, tolerance);
    if (outlines.empty()) {
        return;
    }
    m_tools.setLabelClass(m_document->labels().at(pixel.x, pixel.y));
    m_tools.setTool(ToolState::Tool::Polygon);
    if (m_tool != nullptr) {
        m_tool->edit(std::move(outlines), editing::regionAt(m_document->labels(), pixel));
    }
    update();
}

void CanvasView::paste(std::optional<PointF> middle)
{
    if (m_document == nullptr || !m_tools.clipboard()) {
        return;
    }
    editing::Region region = m_tools.clipboard()->region;
    const std::uint8_t value = m_tools.clipboard()->value;
    if (middle) {
        region.origin = {
            static_cast<int>(std::lround(middle->x - region.mask.width() / 2.0)),
            static_cast<int>(std::lround(middle->y - region.mask.height() / 2.0))};
    }
    m_document->change(
        m_tools.rules(),
        UndoText::of(UndoText::Step::PasteRegion, classNameOf(m_classes, value)),
        [&](editing::LabelEdit& edit) { editing::paintRegion(edit, region, value); });
}

} // namespace guidino::ui
