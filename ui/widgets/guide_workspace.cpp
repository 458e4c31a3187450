// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/guide_workspace.h"

#include "ui/canvas/guide_overlay.h"
#include "ui/canvas/pane_grid.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/guide_controller.h"
#include "ui/model/key_map.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/read_out.h"
#include "ui/model/training_controller.h"
#include "ui/widgets/lens_strip.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/mixer_panel.h"
#include "ui/widgets/outside_banner.h"
#include "ui/widgets/side_scroll_area.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/weights_page.h"
#include "ui/widgets/what_if_panel.h"

#include <QBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QMenuBar>

#include <utility>

namespace guidino::ui {

GuideWorkspace::GuideWorkspace(const Parts& parts)
    : QObject(&parts.window)
    , mixer(new QAction(tr("Prototype &mixer"), this))
    , brush(new QAction(tr("&What-if brush"), this))
    , weightsPage(new QAction(tr("How to add &ViT weights…"), this))
    , m_window(parts.window)
    , m_canvas(parts.canvas)
    , m_dataset(parts.dataset)
    , m_guide(parts.guide)
    , m_prediction(parts.prediction)
    , m_keys(parts.keys)
    , m_lens(new LensStrip(parts.guide, parts.theme, &parts.window))
    , m_mixerPanel(new MixerPanel(parts.guide, parts.theme, &parts.window))
    , m_whatIfPanel(
          new WhatIfPanel(parts.guide, parts.prediction, parts.view, parts.theme, &parts.window))
    , m_mixerDock(addDock(tr("Prototypes"), QStringLiteral("mixer"), m_mixerPanel))
    , m_whatIfDock(addDock(tr("What-if brush"), QStringLiteral("whatIf"), m_whatIfPanel))
{
    parts.column.insertWidget(1, m_lens); // below the message bar
    m_lens->hide();
    mixer->setShortcut(QKeySequence(Qt::SHIFT | Qt::Key_M));
    mixer->setCheckable(true);
    mixer->setObjectName(QStringLiteral("guideMixer"));
    mixer->setToolTip(tr("Which prototypes make the guide (Shift+M)"));
    brush->setShortcut(QKeySequence(Qt::SHIFT | Qt::Key_G));
    brush->setCheckable(true);
    brush->setObjectName(QStringLiteral("guideBrush"));
    brush->setToolTip(tr("Paint the guide and watch the prediction (Shift+G)"));
    weightsPage->setObjectName(QStringLiteral("weightsPage"));
    makeBrushKeys();
    parts.theme.setIcon(brush, QStringLiteral("guide-brush"));
    parts.theme.setIcon(mixer, QStringLiteral("mixer"));
    m_window.addActions({mixer, brush, weightsPage});
    connect(mixer, &QAction::triggered, this, [this](bool isOn) { showDock(*m_mixerDock, isOn); });
    connect(m_mixerDock, &QDockWidget::visibilityChanged, this, [this] {
        mixer->setChecked(!m_mixerDock->isHidden());
    });
    connect(brush, &QAction::triggered, &parts.guide, &GuideController::setBrushOn);
    connect(&parts.guide, &GuideController::brushChanged, this, [this] {
        if (brush->isChecked() != m_guide.isBrushOn()
            || m_whatIfDock->isHidden() == m_guide.isBrushOn()) {
            brush->setChecked(m_guide.isBrushOn());
            showDock(*m_whatIfDock, m_guide.isBrushOn());
        }
        if (m_guide.isBrushOn()) {
            m_mixerPanel->endPinning();
        }
        for (QAction* action : std::as_const(m_brushKeys)) {
            action->setEnabled(m_guide.isBrushOn());
        }
    });
    connect(weightsPage, &QAction::triggered, this, [this, &theme = parts.theme] {
        auto* page = new WeightsPage(theme, &m_window);
        page->setAttribute(Qt::WA_DeleteOnClose);
        page->show();
    });
    connect(&parts.guide, &GuideController::problemOccurred, &parts.messages, &MessageBar::show);
    auto* banner =
        new OutsideBanner(m_canvas, parts.guide, parts.prediction, parts.training, parts.theme);
    connect(banner, &OutsideBanner::starterWanted, this, &GuideWorkspace::starterWanted);
    connect(&m_canvas, &PaneGrid::pointed, this, &GuideWorkspace::showReadOut);
    connect(&parts.guide, &GuideController::effectChanged, this, [this] {
        showReadOut(m_pointed); // the value under a resting pointer changes, too
    });
    offerDemo(parts.predict, parts.useDemoModel);
    m_window.installEventFilter(this);
    m_canvas.installEventFilter(this);
    for (const PaneRole role :
         {PaneRole::Image, PaneRole::Guide, PaneRole::Prediction, PaneRole::Label}) {
        CanvasView& pane = m_canvas.pane(role);
        auto* overlay = new GuideOverlay(pane, m_canvas.transform(), m_guide);
        m_overlays[static_cast<std::size_t>(role)] = overlay;
        connect(m_mixerPanel, &MixerPanel::pinningChanged, overlay, &GuideOverlay::setPinning);
        pane.installEventFilter(this); // before the pane's own keys
    }
}

QDockWidget* GuideWorkspace::addDock(const QString& title, const QString& name, QWidget* content)
{
    auto* dock = new QDockWidget(title, &m_window);
    dock->setObjectName(name);
    dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetClosable);
    constexpr int kLeastWidth = 300; // of a strip with both its buttons
    dock->setWidget(new SideScrollArea(content, kLeastWidth, dock));
    m_window.addDockWidget(Qt::RightDockWidgetArea, dock);
    if (auto* layers = m_window.findChild<QDockWidget*>(QStringLiteral("layers"))) {
        m_window.tabifyDockWidget(layers, dock);
        layers->raise();
    }
    dock->hide();
    return dock;
}

void GuideWorkspace::showDock(QDockWidget& dock, bool isShown)
{
    dock.setVisible(isShown);
    if (isShown) {
        dock.raise();
        if (auto* below = m_window.findChild<QDockWidget*>(QStringLiteral("training"))) {
            constexpr int kGuide = 640; // room for eight strips is worth more than the rest
            constexpr int kRest = 160;
            m_window.resizeDocks({&dock, below}, {kGuide, kRest}, Qt::Vertical);
        }
    }
}

void GuideWorkspace::showReadOut(std::optional<PointF> image)
{
    m_pointed = image;
    const AnnotationDocument* shown = m_guide.document();
    m_lens->setReadOut(
        image && shown != nullptr ? readOutAt(*shown, m_dataset.classes(), *image) : QString());
}

/// The empty panes of guide and prediction offer the demo model while there is none.
void GuideWorkspace::offerDemo(QAction& predict, QAction& useDemoModel)
{
    const auto offer = [this, &predict, &useDemoModel] {
        const bool hasNone = m_prediction.state() == PredictionController::State::NoModel
                             && useDemoModel.isEnabled();
        m_canvas.setPredictAction(hasNone ? &useDemoModel : &predict);
    };
    connect(&m_prediction, &PredictionController::stateChanged, this, offer);
    connect(&useDemoModel, &QAction::changed, this, offer);
    // Who asks for the demo wants to see what it says; queued, so that the model is chosen first.
    connect(
        &useDemoModel,
        &QAction::triggered,
        &m_prediction,
        &PredictionController::predictCurrent,
        Qt::QueuedConnection);
}

void GuideWorkspace::addMenu()
{
    auto* menu = new QMenu(tr("&Guide"), &m_window);
    menu->addActions({mixer, brush});
    menu->addSeparator();
    menu->addAction(weightsPage);
    QMenuBar* bar = m_window.menuBar();
    const QList<QAction*> menus = bar->actions();
    bar->insertMenu(menus.isEmpty() ? nullptr : menus.last(), menu);
}

void GuideWorkspace::setLensShown(bool isShown)
{
    m_isLensWanted = isShown;
    m_lens->setVisible(isShown && !m_canvas.isHidden());
}

void GuideWorkspace::makeBrushKeys()
{
    constexpr double kStep = 1.2;
    const auto add = [this](
                         const char* name,
                         const QString& text,
                         const QList<QKeySequence>& keys,
                         const auto& act) {
        // Looked up while the brush is on, and not added to a widget: the keys have other uses.
        auto* action = new QAction(text, this);
        action->setObjectName(QLatin1StringView(name));
        action->setShortcuts(keys);
        action->setEnabled(false);
        connect(action, &QAction::triggered, this, act);
        m_keys.add(action, KeyMap::Scope::GuideBrush);
        m_brushKeys.append(action);
        return action;
    };
    m_undoBrush = add(
        "guideUndo",
        tr("Take the last stroke back"),
        {QKeySequence(Qt::CTRL | Qt::Key_Z)},
        [this] { m_guide.undoEdit(); });
    add("guideClear",
        tr("Back to the model's own guide"),
        {QKeySequence(Qt::Key_Backspace)},
        [this] { m_guide.clearEdit(); });
    add("guideKeep",
        tr("Keep as guide correction"),
        {QKeySequence(Qt::Key_Return), QKeySequence(Qt::Key_Enter)},
        [this] { m_guide.keepCorrection(); });
    add("guideEnd", tr("Put the brush away"), {QKeySequence(Qt::Key_Escape)}, [this] {
        m_guide.setBrushOn(false);
    });
    const auto paintFully = [this](bool isLowering) {
        m_guide.setLowering(isLowering);
        m_guide.setStrength(1);
    };
    add("guideDown", tr("Paint fully down"), {QKeySequence(Qt::Key_0)}, [paintFully] {
        paintFully(true);
    });
    add("guideUp", tr("Paint fully up"), {QKeySequence(Qt::Key_1)}, [paintFully] {
        paintFully(false);
    });
    add("guideSmaller", tr("Smaller brush"), {QKeySequence(Qt::Key_BracketLeft)}, [this] {
        m_guide.setRadiusPx(m_guide.radiusPx() / kStep);
    });
    add("guideLarger", tr("Larger brush"), {QKeySequence(Qt::Key_BracketRight)}, [this] {
        m_guide.setRadiusPx(m_guide.radiusPx() * kStep);
    });
}

QAction* GuideWorkspace::brushKey(const QKeyEvent& event) const
{
    if (!m_guide.isBrushOn()) {
        return nullptr;
    }
    QAction* action = m_keys.actionFor(event, KeyMap::Scope::GuideBrush);
    // Without a stroke of the guide the key undoes one of the label.
    return action == m_undoBrush && !m_guide.edit().canUndo() ? nullptr : action;
}

bool GuideWorkspace::eventFilter(QObject* watched, QEvent* event)
{
    // Figures of label and prediction are none of a reader's business while he judges.
    if (watched == &m_canvas
        && (event->type() == QEvent::Show || event->type() == QEvent::Hide)) {
        m_lens->setVisible(m_isLensWanted && event->type() == QEvent::Show);
        return QObject::eventFilter(watched, event);
    }
    if (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) {
        const auto& key = *static_cast<QKeyEvent*>(event);
        if (QAction* action = brushKey(key)) {
            if (event->type() == QEvent::KeyPress) {
                action->trigger();
            }
            event->accept();
            return true;
        }
    }
    return QObject::eventFilter(watched, event);
}

} // namespace guidino::ui
