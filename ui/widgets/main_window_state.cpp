// SPDX-License-Identifier: Apache-2.0
// How the window is looked at, what it shows about the state of things, its tools, and its dialogs.
#include "ui/canvas/pane_grid.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/edit_controller.h"
#include "ui/model/jobs_controller.h"
#include "ui/model/key_map.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"
#include "ui/model/prompt_controller.h"
#include "ui/model/read_out.h"
#include "ui/model/tool_state.h"
#include "ui/model/training_controller.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/about_dialog.h"
#include "ui/widgets/accept_guard.h"
#include "ui/widgets/dashboard/dashboard_desk.h"
#include "ui/widgets/guide_workspace.h"
#include "ui/widgets/main_window.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/model_desk.h"
#include "ui/widgets/project_ui.h"
#include "ui/widgets/review_desk.h"
#include "ui/widgets/status_read_outs.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/training_panel.h"
#include "ui/widgets/usable_action.h"
#include "ui/widgets/window_actions.h"
#include "ui/widgets/workspaces.h"

#include <QCloseEvent>
#include <QDesktopServices>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QScreen>
#include <QSettings>
#include <QToolBar>
#include <QUrl>

#include <algorithm>

namespace guidino::ui {

namespace {

QString pathOf(const std::filesystem::path& path)
{
    return QString::fromStdString(path.string());
}

} // namespace

void MainWindow::open(const QStringList& paths)
{
    m_services.dataset.open(paths);
}

void MainWindow::connectTools()
{
    ToolState& tools = m_services.tools;
    new PromptController(m_services.dataset, m_services.prediction, tools, this);
    connect(m_edit, &EditController::problemOccurred, m_messages, &MessageBar::show);
    connect(m_actions->growBrush, &QAction::triggered, &tools, &ToolState::growBrush);
    connect(m_actions->shrinkBrush, &QAction::triggered, &tools, &ToolState::shrinkBrush);
    for (int digit = 0; digit < m_actions->classes.size(); ++digit) {
        connect(m_actions->classes[digit], &QAction::triggered, this, [this, digit] {
            const LabelClasses& classes = m_services.dataset.classes();
            const bool exists =
                digit == 0 || std::any_of(classes.begin(), classes.end(), [digit](const auto& one) {
                    return one.index == digit;
                });
            if (exists) {
                m_services.tools.setLabelClass(static_cast<std::uint8_t>(digit));
            }
        });
    }
    connect(m_actions->usePrediction, &QAction::triggered, this, [this] {
        acceptPrediction(
            *this, m_services.dataset, m_services.prediction.info(), [this](auto& shown) {
                shown.usePrediction(m_services.tools.rules());
            });
    });
    connect(m_actions->clearLabels, &QAction::triggered, this, [this] {
        if (AnnotationDocument* shown = m_services.dataset.current()) {
            shown->clearLabels(m_services.tools.rules());
        }
    });
}

void MainWindow::connectView()
{
    ViewSettings& view = m_services.view;
    connect(m_actions->fit, &QAction::triggered, m_canvas, &PaneGrid::fit);
    connect(m_actions->fullSize, &QAction::triggered, m_canvas, &PaneGrid::showFullSize);
    connect(m_actions->zoomIn, &QAction::triggered, m_canvas, &PaneGrid::zoomIn);
    connect(m_actions->zoomOut, &QAction::triggered, m_canvas, &PaneGrid::zoomOut);
    connect(m_actions->fourUp, &QAction::triggered, &view, &ViewSettings::showFourUp);
    const auto solo = [this, &view](QAction* action, PaneRole role) {
        connect(action, &QAction::triggered, &view, [&view, role] { view.showOnly(role); });
        connect(&view, &ViewSettings::panesChanged, action, [this, &view, action, role] {
            if (view.isFourUp()) {
                m_actions->fourUp->setChecked(true);
            } else if (view.soloPane() == role) {
                action->setChecked(true);
            }
        });
    };
    solo(m_actions->imagePane, PaneRole::Image);
    solo(m_actions->guidePane, PaneRole::Guide);
    solo(m_actions->predictionPane, PaneRole::Prediction);
    solo(m_actions->labelPane, PaneRole::Label);
    connect(m_actions->toggleLabels, &QAction::triggered, &view, [&view](bool isShown) {
        view.setLayerVisible(PaneRole::Label, isShown);
    });
    connect(m_actions->toggleOutline, &QAction::triggered, &view, [&view](bool isOutline) {
        view.setMaskStyle(
            isOutline ? ViewSettings::MaskStyle::Outline : ViewSettings::MaskStyle::Fill);
    });
    connect(&view, &ViewSettings::layersChanged, this, [this, &view] {
        m_actions->toggleLabels->setChecked(view.isLayerVisible(PaneRole::Label));
        m_actions->toggleOutline->setChecked(view.maskStyle() == ViewSettings::MaskStyle::Outline);
    });
    connect(m_actions->lightTheme, &QAction::triggered, this, [this](bool isLight) {
        m_services.theme.apply(!isLight);
        m_services.settings.setValue(QStringLiteral("lightTheme"), isLight);
    });
    connect(m_actions->about, &QAction::triggered, this, &MainWindow::showAbout);
    connect(m_canvas, &PaneGrid::pointed, this, &MainWindow::showReadOut);
    connect(m_canvas, &PaneGrid::scaleChanged, m_status, &StatusReadOuts::setScale);
}

void MainWindow::refreshActions()
{
    const DatasetController& dataset = m_services.dataset;
    const AnnotationDocument* shown = dataset.current();
    const bool hasImage = shown != nullptr;
    const QString noProject =
        dataset.isOpen() ? QString() : tr("Open a folder or a project first.");
    for (QAction* action :
         {m_actions->fit,
          m_actions->fullSize,
          m_actions->zoomIn,
          m_actions->zoomOut,
          m_actions->clearLabels,
          m_actions->next,
          m_actions->previous,
          m_actions->search,
          m_actions->chooseLabelsFolder}) {
        setUsable(action, noProject);
    }
    setUsable(
        m_actions->save,
        dataset.modifiedCount() > 0 ? QString() : tr("There is nothing that is not saved."));
    setUsable(
        m_actions->openSamples,
        m_services.samplesFolder.isEmpty() ? tr("The samples are not installed.") : QString());
    setUsable(
        m_actions->useDemoModel,
        m_services.demoModel.isEmpty() ? tr("The demo model is not installed.") : QString());
    const bool isTrial = hasImage && shown->trial() != nullptr;
    m_actions->usePrediction->setEnabled(hasImage && shown->prediction() != nullptr && !isTrial);
    m_actions->usePrediction->setText(tr("&Use as label"));
    m_actions->usePrediction->setToolTip(
        m_actions->usePrediction->isEnabled()
            ? tr("Copies the prediction into the label; can be undone (Return)")
        : isTrial
            ? tr("What is shown is a what-if: clear the painted guide or reset the mixer first.")
            : tr("Run the model first (R)."));
    const PredictionController& prediction = m_services.prediction;
    const auto state = prediction.state();
    const QString noPredict = prediction.reasonUnavailable();
    const bool isWaiting = noPredict.isEmpty() && prediction.isWaiting();
    const bool isRunning = noPredict.isEmpty() && state == PredictionController::State::Busy
                           && hasImage && prediction.isUnderWay(shown->id());
    m_actions->predict->setEnabled(noPredict.isEmpty() && !isWaiting && !isRunning);
    m_actions->predict->setText(
        isWaiting   ? tr("Waiting…")
        : isRunning ? tr("Running…")
                    : tr("&Run the model"));
    m_actions->predict->setToolTip(
        !noPredict.isEmpty() ? noPredict
        : isWaiting
            ? tr("This image is next once the model is free; going to another calls it off.")
            : tr("Guide and prediction of this image (R)"));
    setUsable(
        m_actions->restartWorker,
        state == PredictionController::State::Starting ? tr("It is starting.") : QString());
    const QString noTraining = m_services.training.reasonUnavailable();
    m_actions->fineTune->setEnabled(noTraining.isEmpty());
    m_actions->fineTune->setToolTip(
        noTraining.isEmpty() ? tr("Teach the model your labels (Ctrl+T)") : noTraining);
    setUsable(
        m_actions->stopTraining,
        m_services.training.state() == TrainingController::State::Running
            ? QString()
            : tr("No training of this window runs."));
}

void MainWindow::refreshModel()
{
    const PredictionController& prediction = m_services.prediction;
    const QString name = prediction.modelName();
    QString state;
    switch (prediction.state()) {
    case PredictionController::State::Off:
        state = tr("not running");
        break;
    case PredictionController::State::Starting:
        state = prediction.isWaiting() ? tr("starting, then this image") : tr("starting…");
        break;
    case PredictionController::State::NoModel:
        state = tr("no model");
        break;
    case PredictionController::State::Ready:
        state = tr("ready");
        break;
    case PredictionController::State::Busy:
        state = prediction.isWaiting() ? tr("working, this image is next") : tr("working…");
        break;
    case PredictionController::State::Dead:
        state = tr("stopped unexpectedly");
        break;
    }
    QStringList parts;
    if (!name.isEmpty()) {
        parts << tr("Model %1").arg(name);
    }
    parts << state;
    if (!prediction.device().isEmpty()) {
        parts << prediction.device();
    }
    m_status->setModel(parts.join(QStringLiteral("  ·  ")), prediction.model());
    m_actions->chooseModel->setText(name.isEmpty() ? tr("&Choose a model…") : name);
    m_actions->chooseModel->setToolTip(
        name.isEmpty() ? tr("Choose a model bundle")
                       : tr("Model in use: %1. Choose another one").arg(prediction.model()));
}

void MainWindow::showReadOut(std::optional<PointF> image)
{
    m_pointed = image;
    const AnnotationDocument* shown = m_services.dataset.current();
    m_status->setReadOut(
        image && shown != nullptr ? readOutAt(*shown, m_services.dataset.classes(), *image)
                                  : QString());
}

void MainWindow::act(Notice::Action action)
{
    switch (action) {
    case Notice::Action::None:
        break;
    case Notice::Action::RestartWorker:
        m_services.prediction.restart();
        break;
    case Notice::Action::ChooseLabelsFolder:
        chooseLabelsFolder();
        break;
    case Notice::Action::SaveAll:
        m_services.dataset.save();
        break;
    case Notice::Action::OpenFolder:
        chooseFolder();
        break;
    case Notice::Action::ChooseModel:
        chooseModel();
        break;
    case Notice::Action::ShowRecovered:
    case Notice::Action::LocateImages:
    case Notice::Action::TakeOver:
        m_project->act(action);
        break;
    case Notice::Action::ShowLog:
        QDesktopServices::openUrl(
            QUrl::fromLocalFile(pathOf(m_services.training.runFolder() / "log.txt")));
        break;
    }
}

void MainWindow::chooseFolder()
{
    auto* dialog = new QFileDialog(this, tr("Open a folder of images"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        open({folder});
    });
    dialog->open();
}

void MainWindow::chooseFiles()
{
    auto* dialog = new QFileDialog(this, tr("Open image files"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setNameFilter(
        tr("Images (%1)").arg(QStringLiteral("*.png *.jpg *.jpeg *.tif *.tiff *.bmp *.webp")));
    connect(dialog, &QFileDialog::filesSelected, this, &MainWindow::open);
    dialog->open();
}

void MainWindow::chooseLabelsFolder()
{
    auto* dialog = new QFileDialog(this, tr("Save masks to this folder"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        m_services.dataset.setLabelsFolder(folder.toStdString());
        m_services.dataset.save();
    });
    dialog->open();
}

void MainWindow::chooseModel()
{
    auto* dialog = new QFileDialog(this, tr("Choose a model bundle"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        m_services.prediction.setModel(folder);
    });
    dialog->open();
}

void MainWindow::showAbout()
{
    auto* about = new AboutDialog(m_services.theme, m_services.version, this);
    about->show();
}

void MainWindow::restoreLayout()
{
    m_actions->lightTheme->setChecked(!m_services.theme.isDark());
    // After all docks and bars: the dashboard hides them while it is shown.
    auto* dashboard = new DashboardDesk(
        {*this,
         *m_pages,
         *findChild<QToolBar*>(QStringLiteral("toolStrip")),
         m_services.training,
         m_services.theme,
         *m_actions->fineTune});
    connect(dashboard, &DashboardDesk::entering, m_models, &ModelDesk::leave);
    connect(m_models, &ModelDesk::entering, dashboard, &DashboardDesk::leave);
    connect(m_review, &ReviewDesk::turning, dashboard, &DashboardDesk::leave);
    m_training->offerDashboard(*dashboard->show);
    m_keys->add(dashboard->show);
    const ProjectController& project = m_services.project;
    const auto showRunsOfProject = [dashboard, &project] {
        dashboard->setRunsFolder(
            project.isOpen() ? std::filesystem::path(project.folder().toStdString()) / "jobs"
                             : std::filesystem::path());
    };
    connect(&project, &ProjectController::opened, dashboard, showRunsOfProject);
    connect(&project, &ProjectController::closed, dashboard, showRunsOfProject);
    JobsController& jobs = m_services.jobs;
    connect(&jobs, &JobsController::dashboardRequested, dashboard, [dashboard, &jobs](JobId id) {
        dashboard->showRun(jobs.queue().folderOf(id).toStdString());
    });
    resize(firstSize(screen()->availableSize()));
    restoreGeometry(m_services.settings.value(QStringLiteral("geometry")).toByteArray());
    restoreState(m_services.settings.value(QStringLiteral("layout")).toByteArray());
    new Workspaces(
        {*this,
         *m_pages,
         *m_canvas,
         *dashboard->show,
         *m_review->start,
         *m_review->compare,
         *m_models->start,
         *m_review->exportAction,
         *m_guide->mixer,
         *m_guide->brush,
         m_services.project,
         m_services.settings,
         *m_keys});
}

QSize MainWindow::firstSize(QSize screen)
{
    constexpr QSize kUsual(1480, 920);
    constexpr QSize kFrame(16, 48); // which the window manager adds
    return kUsual.boundedTo(screen - kFrame);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    const int unsaved = m_services.dataset.modifiedCount();
    if (unsaved > 0 && !m_isClosingAnyway) {
        event->ignore();
        auto* question = new QMessageBox(
            QMessageBox::Question,
            tr("Save masks?"),
            tr("The labels of %n image(s) are not in their mask files yet.", nullptr, unsaved),
            QMessageBox::NoButton,
            this);
        question->setAttribute(Qt::WA_DeleteOnClose);
        QPushButton* save = question->addButton(tr("Save and close"), QMessageBox::AcceptRole);
        QPushButton* keep = question->addButton(tr("Keep for later"), QMessageBox::RejectRole);
        QPushButton* discard = question->addButton(tr("Discard"), QMessageBox::DestructiveRole);
        keep->setToolTip(
            tr("They are in the journal and come back when this project is opened again"));
        question->setEscapeButton(question->addButton(tr("Cancel"), QMessageBox::RejectRole));
        connect(question, &QMessageBox::buttonClicked, this, [=, this](QAbstractButton* button) {
            m_isClosingAnyway = button == keep || button == discard;
            if (button == discard) {
                m_services.dataset.discardUnsaved();
            }
            if (m_isClosingAnyway) {
                close();
            } else if (button == save) {
                connect(
                    &m_services.dataset,
                    &DatasetController::saved,
                    this,
                    &QWidget::close,
                    Qt::SingleShotConnection);
                m_services.dataset.save();
            }
        });
        question->open();
        return;
    }
    m_services.dataset.flush();
    m_services.prediction.shutdown();
    m_services.settings.setValue(QStringLiteral("geometry"), saveGeometry());
    m_services.settings.setValue(QStringLiteral("layout"), saveState());
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event)
{
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) {
            paths.append(url.toLocalFile());
        }
    }
    // With Shift they join the open project.
    if (event->modifiers().testFlag(Qt::ShiftModifier) && m_services.project.isOpen()) {
        m_project->tasks().addImages(paths);
    } else {
        open(paths);
    }
}

} // namespace guidino::ui
