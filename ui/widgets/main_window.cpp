// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/main_window.h"

#include "ui/canvas/pane_grid.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/edit_controller.h"
#include "ui/model/folder_prediction.h"
#include "ui/model/guide_controller.h"
#include "ui/model/jobs_controller.h"
#include "ui/model/key_map.h"
#include "ui/model/model_registry.h"
#include "ui/model/predict_ahead.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"
#include "ui/model/tool_state.h"
#include "ui/model/training_controller.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/display_panel.h"
#include "ui/widgets/finetune_sheet.h"
#include "ui/widgets/guide_workspace.h"
#include "ui/widgets/help_desk.h"
#include "ui/widgets/image_list_panel.h"
#include "ui/widgets/jobs_dock.h"
#include "ui/widgets/layers_panel.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/model_desk.h"
#include "ui/widgets/predict_sheet.h"
#include "ui/widgets/project_ui.h"
#include "ui/widgets/review_desk.h"
#include "ui/widgets/side_scroll_area.h"
#include "ui/widgets/status_read_outs.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/tool_actions.h"
#include "ui/widgets/training_panel.h"
#include "ui/widgets/window_actions.h"

#include <QDesktopServices>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QMenu>
#include <QMenuBar>
#include <QSettings>
#include <QStackedWidget>
#include <QToolBar>
#include <QUndoView>
#include <QUrl>

#include <algorithm>

namespace guidino::ui {

MainWindow::MainWindow(const WindowServices& services, QWidget* parent)
    : QMainWindow(parent)
    , m_services(services)
    , m_actions(new WindowActions(*this, services.theme, services.dataset.undoGroup()))
    , m_messages(new MessageBar(services.theme, this))
    , m_pages(new QStackedWidget(this))
    , m_canvas(new PaneGrid(services.view, services.tools, this))
    , m_images(new ImageListPanel(services.dataset.images(), services.theme, this))
    , m_layers(new LayersPanel(services.view, services.tools, services.theme, this))
    , m_training(new TrainingPanel(
          services.training, services.prediction, services.dataset, services.theme, this))
    , m_status(new StatusReadOuts(this))
    , m_display(new DisplayPanel(this))
    , m_keys(new KeyMap(services.settings, this))
    , m_edit(new EditController(services.dataset, services.tools, this))
    , m_toolActions(new ToolActions(
          {*m_actions,
           services.theme,
           services.tools,
           services.view,
           services.dataset,
           *m_edit,
           *m_canvas,
           *m_keys,
           services.settings},
          *this))
{
    setWindowTitle(tr("GuiDINO Workbench"));
    setWindowIcon(services.theme.icon(QStringLiteral("app")));
    setAcceptDrops(true);
    setStatusBar(m_status);
    placeDocks();
    connectFiles();
    connectView();
    connectTools();
    connectModel();
    refreshActions();
    refreshModel();
    restoreLayout();
}

MainWindow::~MainWindow() = default;

void MainWindow::placeDocks()
{
    auto* top = new QToolBar(tr("Main tools"), this);
    top->setObjectName(QStringLiteral("topBar"));
    top->setMovable(false);
    top->setIconSize({20, 20});
    m_actions->fillTopBar(*top);
    addToolBar(Qt::TopToolBarArea, top);
    auto* strip = new QToolBar(tr("Painting tools"), this);
    strip->setObjectName(QStringLiteral("toolStrip"));
    strip->setMovable(false);
    strip->setOrientation(Qt::Vertical);
    strip->setIconSize({20, 20});
    m_toolActions->fillStrip(*strip);

    m_canvas->setPredictAction(m_actions->predict);
    auto* centre = new QWidget(this);
    centre->setObjectName(QStringLiteral("canvasArea"));
    m_project = new ProjectUi(*this, m_services, *m_images, *m_actions->openSamples, *centre);
    // Pages that hide the docks have more room than this; their wishes must not make the window
    // wider than a small screen.
    m_pages->setMinimumSize(480, 280);
    m_pages->addWidget(&m_project->startPage());
    m_pages->addWidget(m_canvas);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_messages);
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(strip);
    row->addWidget(m_pages, 1);
    column->addLayout(row, 1);
    setCentralWidget(centre);
    m_messages->standAside(*column, *m_canvas);

    m_fineTune = new FineTuneSheet(m_services, *m_actions->fineTune, *centre);
    connect(m_fineTune, &FineTuneSheet::problemOccurred, m_messages, &MessageBar::show);
    auto* predictSheet = new PredictSheet(m_services, *m_actions->predictFolder, *centre);
    connect(predictSheet, &PredictSheet::problemOccurred, m_messages, &MessageBar::show);
    connect(predictSheet, &PredictSheet::submitted, this, [this](JobId id) {
        m_jobs->show();
        m_jobs->choose(id);
    });
    m_review = new ReviewDesk(
        {*this,
         *m_pages,
         *m_canvas,
         *strip,
         m_services.project,
         m_services.dataset,
         m_services.prediction,
         m_services.jobs,
         m_services.theme,
         *m_keys,
         m_services.version});
    connect(m_review, &ReviewDesk::problemOccurred, m_messages, &MessageBar::show);

    const auto addDock =
        [this](
            const QString& title, const QString& name, QWidget* content, Qt::DockWidgetArea area) {
            auto* dock = new QDockWidget(title, this);
            dock->setObjectName(name);
            dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetClosable);
            dock->setWidget(content);
            addDockWidget(area, dock);
            return dock;
        };
    auto* images =
        addDock(tr("Images"), QStringLiteral("images"), m_images, Qt::LeftDockWidgetArea);
    // What is in them comes and goes: the window must not grow with it, and fit a laptop's screen.
    const auto addScrolled = [&](const QString& title, const QString& name, QWidget* content) {
        auto* scrolled = new SideScrollArea(content, 0, this);
        scrolled->setObjectName(QStringLiteral("panel"));
        return addDock(title, name, scrolled, Qt::RightDockWidgetArea);
    };
    auto* layers = addScrolled(tr("Layers and tool"), QStringLiteral("layers"), m_layers);
    auto* training = addScrolled(tr("Fine-tuning"), QStringLiteral("training"), m_training);
    auto* history = new QUndoView(&m_services.dataset.undoGroup(), this);
    history->setEmptyLabel(tr("As opened"));
    history->setAccessibleName(tr("Steps of this image"));
    auto* steps =
        addDock(tr("History"), QStringLiteral("history"), history, Qt::LeftDockWidgetArea);
    auto* display = addScrolled(tr("Image display"), QStringLiteral("display"), m_display);
    m_jobs = new JobsDock(
        m_services.jobs, {m_actions->fineTune, m_actions->predictFolder}, m_services.theme, *this);
    addDockWidget(Qt::BottomDockWidgetArea, m_jobs);
    m_jobs->hide();
    for (QAction* action : {m_jobs->toggle, m_jobs->pause}) {
        m_keys->add(action);
    }
    tabifyDockWidget(training, display);
    training->raise();
    m_actions->fillMenus(
        *menuBar(),
        {images->toggleViewAction(),
         steps->toggleViewAction(),
         layers->toggleViewAction(),
         display->toggleViewAction(),
         training->toggleViewAction(),
         m_jobs->toggle,
         m_jobs->pause});
    auto* projectMenu = new QMenu(tr("&Project"), this);
    m_project->fillMenu(*projectMenu);
    menuBar()->insertMenu(menuBar()->actions().at(1), projectMenu);
    m_toolActions->fillMenus(*menuBar());
    m_review->fillMenu(*m_actions->review);
    m_models = new ModelDesk(*this, m_services, *m_pages, *m_canvas, *strip);
    resizeDocks({images, steps}, {560, 170}, Qt::Vertical);
    m_guide = new GuideWorkspace(
        {*this,
         *m_canvas,
         *column,
         *m_messages,
         m_services.dataset,
         m_services.guide,
         m_services.prediction,
         m_services.training,
         m_services.view,
         m_services.theme,
         *m_keys,
         *m_actions->predict,
         *m_actions->useDemoModel});
    connect(m_project->addWeights, &QAction::triggered, m_guide->weightsPage, &QAction::trigger);
    connect(m_fineTune, &FineTuneSheet::weightsWanted, m_guide->weightsPage, &QAction::trigger);
    connect(m_guide, &GuideWorkspace::starterWanted, m_fineTune, &FineTuneSheet::startWithStarter);
    m_guide->addMenu();
    m_images->setMinimumWidth(216); // their names, beside their thumbnails
    resizeDocks({images, layers}, {248, 264}, Qt::Horizontal);
    resizeDocks({layers, training}, {540, 250}, Qt::Vertical);
    new HelpDesk(*this, *m_keys);
    for (QMenu* menu : menuBar()->findChildren<QMenu*>()) {
        menu->setToolTipsVisible(true); // what cannot be used says why
    }
    for (QAction* action : actions()) { // of all parts that were put in above
        m_keys->add(action);
    }
}

void MainWindow::connectFiles()
{
    DatasetController& dataset = m_services.dataset;
    connect(m_project, &ProjectUi::problemOccurred, m_messages, &MessageBar::show);
    connect(m_project, &ProjectUi::startRequested, this, [this] {
        m_pages->setCurrentWidget(&m_project->startPage());
    });
    connect(m_actions->openFolder, &QAction::triggered, this, &MainWindow::chooseFolder);
    connect(m_actions->openFiles, &QAction::triggered, this, &MainWindow::chooseFiles);
    connect(m_actions->openSamples, &QAction::triggered, this, [this] {
        open({m_services.samplesFolder});
    });
    connect(m_actions->save, &QAction::triggered, &dataset, &DatasetController::save);
    connect(
        m_actions->chooseLabelsFolder, &QAction::triggered, this, &MainWindow::chooseLabelsFolder);
    connect(m_actions->quit, &QAction::triggered, this, &QWidget::close);
    connect(m_actions->next, &QAction::triggered, &dataset, &DatasetController::showNext);
    connect(m_actions->previous, &QAction::triggered, &dataset, &DatasetController::showPrevious);
    connect(m_actions->search, &QAction::triggered, m_images, &ImageListPanel::focusSearch);
    connect(m_images, &ImageListPanel::rowChosen, &dataset, &DatasetController::show);
    connect(&dataset, &DatasetController::opened, this, [this] {
        m_pages->setCurrentWidget(m_canvas);
        m_guide->setLensShown(true);
        m_canvas->setFocus(); // keys are for the image, until a field is chosen
        m_layers->setClasses(m_services.dataset.classes());
        m_canvas->setClasses(m_services.dataset.classes());
        setWindowTitle((m_services.project.isReadOnly() ? tr("%1 (read only) – GuiDINO Workbench")
                                                        : tr("%1 – GuiDINO Workbench"))
                           .arg(m_services.project.name()));
        refreshActions();
    });
    connect(&dataset, &DatasetController::classesChanged, this, [this] {
        m_layers->setClasses(m_services.dataset.classes());
        m_canvas->setClasses(m_services.dataset.classes());
    });
    connect(&dataset, &DatasetController::currentChanged, this, [this](AnnotationDocument* shown) {
        m_canvas->setDocument(shown);
        m_display->setDocument(shown);
        m_images->followCurrent();
        m_messages->clear(QStringLiteral("image"));
        refreshActions();
    });
    connect(&dataset, &DatasetController::problemOccurred, m_messages, &MessageBar::show);
    connect(&dataset, &DatasetController::labelsChanged, this, &MainWindow::refreshActions);
    connect(&dataset, &DatasetController::modifiedCountChanged, this, [this](int count) {
        m_status->setUnsaved(count);
        refreshActions();
    });
    connect(&dataset, &DatasetController::kept, m_status, &StatusReadOuts::noteKept);
    connect(&dataset, &DatasetController::saved, this, [this](int count) {
        if (count > 0) {
            m_status->noteSaved();
            m_messages->clear(QStringLiteral("save"));
            m_messages->clear(QStringLiteral("recovery"));
        }
    });
    connect(m_messages, &MessageBar::actionRequested, this, &MainWindow::act);
}

void MainWindow::connectModel()
{
    new PredictAhead(m_services.dataset, m_services.prediction, this);
    PredictionController& prediction = m_services.prediction;
    TrainingController& training = m_services.training;
    connect(
        m_actions->predict,
        &QAction::triggered,
        &prediction,
        &PredictionController::predictCurrent);
    connect(m_actions->chooseModel, &QAction::triggered, this, &MainWindow::chooseModel);
    connect(m_actions->useDemoModel, &QAction::triggered, this, [this] {
        m_services.prediction.setModel(m_services.demoModel);
    });
    connect(
        m_actions->restartWorker, &QAction::triggered, &prediction, &PredictionController::restart);
    connect(m_training, &TrainingPanel::sheetRequested, m_fineTune, &FineTuneSheet::start);
    connect(m_training, &TrainingPanel::modelsRequested, m_models, &ModelDesk::enter);
    connect(
        m_actions->stopTraining, &QAction::triggered, &training, &TrainingController::stopAndKeep);
    connect(&prediction, &PredictionController::problemOccurred, m_messages, &MessageBar::show);
    connect(&training, &TrainingController::problemOccurred, m_messages, &MessageBar::show);
    connect(&m_services.jobs, &JobsController::problemOccurred, m_messages, &MessageBar::show);
    connect(&m_services.jobs, &JobsController::resultRequested, this, [this](JobId id) {
        const jobs::Job* job = m_services.jobs.queue().job(id);
        if (const QString out = job != nullptr ? outFolderOf(job->spec, job->folder) : QString();
            !out.isEmpty()) {
            QDesktopServices::openUrl(QUrl::fromLocalFile(out));
        }
        if (job != nullptr && !job->bundle().isEmpty()) { // the same bundle twice is one offer
            ModelRegistry& models = m_services.models;
            auto* once = new QObject(this); // until the answer to this offer
            connect(&models, &ModelRegistry::offered, once, [once, &models](const QString& sha256) {
                once->deleteLater();
                models.askToAdopt(sha256);
            });
            connect(&models, &ModelRegistry::nothingBetter, once, &QObject::deleteLater);
            connect(&models, &ModelRegistry::problemOccurred, once, &QObject::deleteLater);
            models.offer(job->bundle(), job->folder);
        }
    });
    connect(
        &prediction,
        &PredictionController::stateChanged,
        this,
        [this](PredictionController::State state) {
            if (state != PredictionController::State::Dead) {
                m_messages->clear(QStringLiteral("worker"));
            }
            refreshModel();
            refreshActions();
        });
    connect(&prediction, &PredictionController::waitingChanged, this, [this] {
        refreshModel();
        refreshActions();
    });
    connect(&prediction, &PredictionController::modelChanged, this, [this] {
        refreshModel();
        refreshActions();
        m_services.settings.setValue(QStringLiteral("model"), m_services.prediction.model());
    });
    connect(&prediction, &PredictionController::predicted, this, [this] {
        refreshActions();
        showReadOut(m_pointed);
    });
    connect(&m_services.guide, &GuideController::effectChanged, this, [this] {
        refreshActions();
        showReadOut(m_pointed);
    });
    connect(&training, &TrainingController::stateChanged, this, &MainWindow::refreshActions);
}

} // namespace guidino::ui
