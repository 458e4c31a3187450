// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/pane_grid.h"

#include <QGridLayout>

#include <cmath>
#include <utility>

namespace guidino::ui {

PaneGrid::PaneGrid(ViewSettings& settings, ToolState& tools, QWidget* parent)
    : QWidget(parent)
    , m_settings(settings)
    , m_tools(tools)
{
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(1);
    for (const PaneRole role :
         {PaneRole::Image, PaneRole::Guide, PaneRole::Prediction, PaneRole::Label}) {
        const int index = static_cast<int>(role);
        auto* pane = new CanvasView(role, m_transform, settings, tools, this);
        m_panes[static_cast<std::size_t>(index)] = pane;
        layout->addWidget(pane, index / 2, index % 2);
        connect(pane, &CanvasView::pointed, this, [this, pane](std::optional<PointF> image) {
            for (CanvasView* other : m_panes) {
                other->setCrosshair(other == pane ? std::nullopt : image);
            }
            Q_EMIT pointed(image);
        });
        connect(pane, &CanvasView::maximizeRequested, this, [this, role] {
            if (m_settings.isFourUp()) {
                m_settings.showOnly(role);
            } else {
                m_settings.showFourUp();
            }
        });
    }
    pane(PaneRole::Image).setAccessibleName(tr("Image"));
    pane(PaneRole::Guide).setAccessibleName(tr("Guide"));
    pane(PaneRole::Prediction).setAccessibleName(tr("Prediction"));
    pane(PaneRole::Label).setAccessibleName(tr("Label"));
    connect(&settings, &ViewSettings::panesChanged, this, &PaneGrid::arrange);
    connect(&m_transform, &ViewTransform::changed, this, [this] {
        Q_EMIT scaleChanged(m_transform.scale());
    });
    arrange();
}

void PaneGrid::setDocument(AnnotationDocument* document)
{
    m_document = document;
    for (CanvasView* pane : m_panes) {
        pane->setDocument(document);
    }
    if (document != nullptr) {
        m_transform.setImageSize(document->size(), shownPane().size());
    }
}

void PaneGrid::setClasses(const LabelClasses& classes)
{
    for (CanvasView* pane : m_panes) {
        pane->setClasses(classes);
    }
}

void PaneGrid::setPredictAction(QAction* action)
{
    pane(PaneRole::Guide).setEmptyAction(action);
    pane(PaneRole::Prediction).setEmptyAction(action);
}

void PaneGrid::fit()
{
    m_transform.fit(shownPane().size());
}

void PaneGrid::showFullSize()
{
    const QSizeF view = shownPane().size();
    m_transform.zoomTo(
        1 / shownPane().devicePixelRatioF(), {view.width() / 2, view.height() / 2}, view);
}

void PaneGrid::zoomIn()
{
    const QSizeF view = shownPane().size();
    m_transform.zoomTo(m_transform.scale() * 1.25, {view.width() / 2, view.height() / 2}, view);
}

void PaneGrid::zoomOut()
{
    const QSizeF view = shownPane().size();
    m_transform.zoomTo(m_transform.scale() / 1.25, {view.width() / 2, view.height() / 2}, view);
}

void PaneGrid::rotate(int quarters)
{
    m_transform.rotate(quarters, shownPane().size());
}

void PaneGrid::mirror(Qt::Orientation orientation)
{
    m_transform.mirror(orientation, shownPane().size());
}

void PaneGrid::setUpright()
{
    m_transform.setUpright(shownPane().size());
}

CanvasView& PaneGrid::editedPane()
{
    for (CanvasView* pane : m_panes) {
        if (pane->isVisible() && pane->canPaint() && pane->pointedAt()) {
            return *pane;
        }
    }
    return pane(m_settings.isFourUp() ? PaneRole::Label : m_settings.soloPane());
}

std::optional<PointF> PaneGrid::pointedAt()
{
    for (const CanvasView* pane : m_panes) {
        if (const auto at = pane->pointedAt(); at && pane->isVisible()) {
            return at;
        }
    }
    return m_document != nullptr ? std::optional(m_transform.centre()) : std::nullopt;
}

void PaneGrid::editContour()
{
    if (const auto at = pointedAt()) {
        editedPane().editContourAt(*at);
    }
}

void PaneGrid::copyRegion()
{
    const auto at = pointedAt();
    if (!at || m_document == nullptr) {
        return;
    }
    const Point pixel{static_cast<int>(std::floor(at->x)), static_cast<int>(std::floor(at->y))};
    const LabelMap& labels = m_document->labels();
    if (labels.bounds().contains(pixel) && labels.at(pixel.x, pixel.y) != 0) {
        m_tools.setClipboard({editing::regionAt(labels, pixel), labels.at(pixel.x, pixel.y)});
    }
}

void PaneGrid::paste(bool isAtPointer)
{
    editedPane().paste(isAtPointer ? pointedAt() : std::nullopt);
}

CanvasView& PaneGrid::shownPane()
{
    return pane(m_settings.isFourUp() ? PaneRole::Image : m_settings.soloPane());
}

void PaneGrid::arrange()
{
    for (CanvasView* pane : m_panes) {
        pane->setVisible(m_settings.isPaneShown(pane->role()));
    }
    // Hidden panes leave their row and column without weight.
    auto* grid = static_cast<QGridLayout*>(layout());
    for (int i = 0; i < 2; ++i) {
        const auto isShown = [&](int a, int b) {
            return m_settings.isPaneShown(static_cast<PaneRole>(a))
                   || m_settings.isPaneShown(static_cast<PaneRole>(b));
        };
        grid->setRowStretch(i, isShown(2 * i, 2 * i + 1) ? 1 : 0);
        grid->setColumnStretch(i, isShown(i, i + 2) ? 1 : 0);
    }
    setFocusProxy(&pane(m_settings.isFourUp() ? PaneRole::Label : m_settings.soloPane()));
    if (!m_settings.isFourUp()) {
        setFocus();
    }
}

} // namespace guidino::ui
