// SPDX-License-Identifier: Apache-2.0
#include "app/workbench/screenshot.h"

#include "app/workbench/model_screens.h"
#include "app/workbench/review_screens.h"
#include "app/workbench/small_picture.h"
#include "core/base/log.h"
#include "core/base/result.h"
#include "ui/canvas/pane_grid.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/guide_controller.h"
#include "ui/model/jobs_controller.h"
#include "ui/model/key_table.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/review_scan.h"
#include "ui/model/run_board.h"
#include "ui/model/training_controller.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/dashboard/dashboard_desk.h"
#include "ui/widgets/dashboard/dashboard_page.h"
#include "ui/widgets/finetune_sheet.h"
#include "ui/widgets/guide_workspace.h"
#include "ui/widgets/help_desk.h"
#include "ui/widgets/jobs_dock.h"
#include "ui/widgets/project_ui.h"
#include "ui/widgets/review_desk.h"
#include "ui/widgets/window_actions.h"

#include <QApplication>
#include <QDialog>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QPixmap>

#include <algorithm>
#include <utility>

namespace guidino {

namespace {

/// Layout, thumbnails and cursors settle in this time.
constexpr int kSettleMs = 900;
constexpr int kPatienceMs = 90'000;

} // namespace

QStringList Screenshot::screens()
{
    const QStringList screens{
        QStringLiteral("main"),
        QStringLiteral("guide"),
        QStringLiteral("label"),
        QStringLiteral("lens"),
        QStringLiteral("mixer"),
        QStringLiteral("what-if"),
        QStringLiteral("weights"),
        QStringLiteral("outline"),
        QStringLiteral("train"),
        QStringLiteral("dashboard"),
        QStringLiteral("dashboard-log"),
        QStringLiteral("dashboard-run"),
        QStringLiteral("dashboard-compare"),
        QStringLiteral("finetune"),
        QStringLiteral("about"),
        QStringLiteral("welcome"),
        QStringLiteral("new-project"),
        QStringLiteral("classes"),
        QStringLiteral("backups"),
        QStringLiteral("jobs"),
        QStringLiteral("manual"),
        QStringLiteral("keys")};
    return screens + reviewScreens() + modelScreens();
}

Screenshot::Screenshot(
    ui::MainWindow& window,
    const ui::WindowServices& services,
    const QString& screen,
    const QString& file,
    const QStringList& paths,
    int width)
    : QObject(&window)
    , m_window(window)
    , m_services(services)
    , m_screen(screen)
    , m_file(file)
    , m_paths(paths)
    , m_width(width)
{
    window.resize(1480, 920);
    m_patience.setSingleShot(true);
    m_patience.setInterval(kPatienceMs);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        logWarning("the picture is taken without what the model or the data did not deliver");
        arrange();
    });
    m_patience.start();
    if (screen.startsWith(QLatin1String("dashboard")) && !paths.isEmpty()
        && ui::isRunFolder(paths.first().toStdString())) {
        QTimer::singleShot(0, this, &Screenshot::arrange); // stored runs: nothing has to be trained
        return;
    }
    const QStringList wanted = paths.isEmpty() && !services.samplesFolder.isEmpty()
                                   ? QStringList{services.samplesFolder}
                                   : paths;
    if (screen == QLatin1String("welcome") || screen == QLatin1String("keys") || wanted.isEmpty()) {
        QTimer::singleShot(0, this, &Screenshot::arrange);
        return;
    }
    connect(
        &services.dataset,
        &ui::DatasetController::currentChanged,
        this,
        &Screenshot::arrangeWhenReady);
    connect(
        &services.prediction,
        &ui::PredictionController::stateChanged,
        this,
        &Screenshot::arrangeWhenReady);
    connect(&services.prediction, &ui::PredictionController::predicted, this, &Screenshot::arrange);
    window.open(wanted);
}

void Screenshot::arrangeWhenReady()
{
    if (m_services.dataset.current() == nullptr) {
        return;
    }
    switch (m_services.prediction.state()) {
    case ui::PredictionController::State::Starting:
    case ui::PredictionController::State::Busy:
        break; // wait
    case ui::PredictionController::State::Ready:
        if (m_services.dataset.current()->prediction() == nullptr) {
            m_services.prediction.predictCurrent();
        }
        break;
    default:
        if (m_services.prediction.model().isEmpty()
            || m_services.prediction.state() == ui::PredictionController::State::Dead) {
            arrange();
        }
    }
}

void Screenshot::arrange()
{
    if (std::exchange(m_isArranged, true)) {
        return;
    }
    m_patience.stop();
    if (m_screen.startsWith(QLatin1String("dashboard"))) {
        arrangeDashboard();
        return;
    }
    ui::ViewSettings& view = m_services.view;
    if (m_screen == QLatin1String("guide")) {
        view.showOnly(ui::PaneRole::Guide);
    } else if (m_screen == QLatin1String("label")) {
        view.showOnly(ui::PaneRole::Label);
    } else if (m_screen == QLatin1String("outline")) {
        view.setMaskStyle(ui::ViewSettings::MaskStyle::Outline);
    } else if (
        m_screen == QLatin1String("lens") || m_screen == QLatin1String("mixer")
        || m_screen == QLatin1String("what-if")) {
        arrangeGuide();
        return;
    } else if (m_screen == QLatin1String("weights")) {
        m_window.guideWorkspace().weightsPage->trigger();
    } else if (m_screen == QLatin1String("new-project")) {
        m_window.projectUi().startNewProject({m_services.samplesFolder});
    } else if (m_screen == QLatin1String("classes")) {
        m_window.projectUi().editClasses->trigger();
    } else if (m_screen == QLatin1String("backups")) {
        m_window.projectUi().showBackups->trigger();
    } else if (m_screen == QLatin1String("keys")) {
        writeKeys();
        return;
    } else if (m_screen == QLatin1String("manual")) {
        m_window.findChild<ui::HelpDesk*>()->show(QStringLiteral("guide"));
    } else if (m_screen == QLatin1String("about")) {
        m_window.actionsOfWindow().about->trigger();
    } else if (m_screen == QLatin1String("jobs")) {
        m_window.jobs().show();
        m_window.review().scan().start(true);
        takeWhen(
            [this] {
                const QModelIndex first = m_services.jobs.index(0);
                return first.data(ui::JobsController::ShareRole).toDouble() > 0.2;
            },
            {});
        return;
    } else if (modelScreens().contains(m_screen)) {
        arrangeModelScreen(m_window, m_services, m_screen, [this] {
            QTimer::singleShot(2 * kSettleMs, this, &Screenshot::take);
        });
        return;
    } else if (reviewScreens().contains(m_screen)) {
        ui::ReviewScan& scan = m_window.review().scan();
        const auto show = [this] {
            arrangeReviewScreen(m_window, m_services, m_screen);
            QTimer::singleShot(2 * kSettleMs, this, &Screenshot::take);
        };
        if (!scan.reasonUnavailable().isEmpty()) {
            show();
            return;
        }
        // The order of the review wants predictions of all images.
        connect(&scan, &ui::ReviewScan::runningChanged, this, [&scan, show] {
            if (!scan.isRunning()) {
                QTimer::singleShot(0, &scan, show);
            }
        });
        scan.start(false);
        return;
    } else if (
        m_screen == QLatin1String("train") && m_services.training.reasonUnavailable().isEmpty()) {
        // The picture is taken when the curve has some points.
        connect(&m_services.training, &ui::TrainingController::seriesChanged, this, [this] {
            constexpr int kPoints = 4;
            for (const ui::MetricSeries& series : m_services.training.series()) {
                if (series.name == QLatin1String("dsc") && series.points.size() >= kPoints) {
                    take();
                    return;
                }
            }
        });
        connect(
            &m_services.training,
            &ui::TrainingController::stateChanged,
            this,
            [this](ui::TrainingController::State state) {
                if (state == ui::TrainingController::State::Failed) {
                    take();
                }
            });
        m_window.findChild<ui::FineTuneSheet*>()->go();
        QTimer::singleShot(kPatienceMs, this, &Screenshot::take);
        return;
    } else if (m_screen == QLatin1String("finetune")) {
        m_window.actionsOfWindow().fineTune->trigger();
        const auto& plan = m_window.findChild<ui::FineTuneSheet*>()->plan();
        takeWhen(
            [&plan] {
                return plan.preflight().state() == ui::Preflight::State::Done
                       || plan.preflight().state() == ui::Preflight::State::Failed
                       || !plan.reasonUnavailable().isEmpty();
            },
            {});
        return;
    }
    QTimer::singleShot(kSettleMs, this, &Screenshot::takeWithThumbnails);
}

/// Of the given runs, the first of which is looked at, else of a short training on the images that
/// are open.
void Screenshot::arrangeDashboard()
{
    auto* desk = m_window.findChild<ui::DashboardDesk*>();
    if (desk == nullptr) {
        take();
        return;
    }
    QStringList runs;
    for (const QString& path : m_paths) {
        if (ui::isRunFolder(path.toStdString())) {
            runs.append(path);
        }
    }
    if (runs.isEmpty()) {
        constexpr int kEpochs = 12;
        ui::FineTuneController& plan = m_window.findChild<ui::FineTuneSheet*>()->plan();
        plan.refresh();
        ui::FineTuneOptions options = plan.options();
        options.epochs = kEpochs;
        plan.setOptions(options);
        plan.start();
        desk->showLast();
    } else {
        desk->showRun(runs.first().toStdString());
        for (const QString& other : runs.mid(1)) {
            desk->page().runs().add(other.toStdString());
        }
    }
    ui::DashboardPage& page = desk->page();
    if (m_screen == QLatin1String("dashboard-log")) {
        page.showPart(ui::DashboardPage::Part::Log);
    } else if (m_screen == QLatin1String("dashboard-run")) {
        page.showPart(ui::DashboardPage::Part::Record);
    }
    const auto isReady = [&page, hasRuns = !runs.isEmpty()] {
        const ui::RunHistory* run = page.runs().current();
        if (run == nullptr || page.runs().isLoading()) {
            return false;
        }
        const ui::RunCurve* dsc = run->curves().find(QStringLiteral("dsc"));
        constexpr std::size_t kPoints = 8;
        return hasRuns || jobs::isEnd(run->state())
               || (dsc != nullptr && dsc->values.size() >= kPoints);
    };
    constexpr int kTries = 1200; // the training computes
    takeWhen(isReady, {}, kTries);
}

void Screenshot::arrangeGuide()
{
    ui::GuideController& guide = m_services.guide;
    const ui::AnnotationDocument* shown = m_services.dataset.current();
    if (shown == nullptr || !guide.reasonUnavailable().isEmpty()) {
        take(); // the reason stands in the window
        return;
    }
    const Size size = shown->size();
    const auto at = [size](double u, double v) { return PointF{u * size.width, v * size.height}; };
    const auto isAnswered = [&guide] { return !guide.isWaiting() && guide.effect().has_value(); };
    if (m_screen == QLatin1String("mixer")) {
        m_window.guideWorkspace().mixer->trigger();
        takeWhen(
            [&guide] { return !guide.mix().isEmpty(); },
            [this, &guide, at, isAnswered] {
                guide.searchMatches();
                guide.pin(at(0.5, 0.45));
                guide.toggleMute(0);
                takeWhen(
                    [&guide, isAnswered] { return isAnswered() && guide.searchesLeft() == 0; }, {});
            });
        return;
    }
    if (m_screen == QLatin1String("what-if")) {
        m_window.guideWorkspace().brush->trigger();
        guide.setStrength(1);
        guide.beginStroke(at(0.3, 0.4), false);
        guide.continueStroke(at(0.45, 0.75));
        guide.endStroke();
        takeWhen(isAnswered, {});
        return;
    }
    Q_EMIT m_window.canvas().pane(ui::PaneRole::Image).pointed(at(0.5, 0.5));
    takeWhen([&guide] { return guide.agreement().guideIou.has_value(); }, {});
}

void Screenshot::takeWhen(
    const std::function<bool()>& isReady, const std::function<void()>& then, int mostTries)
{
    constexpr int kAgainMs = 150;
    if (isReady() || ++m_waits > mostTries) {
        m_waits = 0;
        if (then) {
            then();
        } else {
            QTimer::singleShot(kSettleMs, this, &Screenshot::takeWithThumbnails);
        }
        return;
    }
    QTimer::singleShot(
        kAgainMs, this, [this, isReady, then, mostTries] { takeWhen(isReady, then, mostTries); });
}

void Screenshot::takeWithThumbnails()
{
    constexpr int kSeen = 12;
    constexpr int kAgainMs = 150;
    constexpr int kMostTries = 60;
    const ui::ImageListModel& images = m_services.dataset.images();
    bool isComplete = true;
    for (int row = 0; row < std::min(kSeen, images.rowCount()); ++row) {
        isComplete =
            isComplete
            && !images.index(row).data(ui::ImageListModel::ThumbnailRole).value<QImage>().isNull();
    }
    if (isComplete || ++m_tries > kMostTries) {
        take();
    } else {
        QTimer::singleShot(kAgainMs, this, &Screenshot::takeWithThumbnails);
    }
}

void Screenshot::writeKeys()
{
    QFile file(m_file);
    const QByteArray page = ui::keysAsMarkdown(m_window.keys()).toUtf8();
    const bool isWritten = file.open(QIODevice::WriteOnly) && file.write(page) == page.size();
    if (!isWritten) {
        logError(m_file.toStdString() + ": the table cannot be written");
    }
    m_services.prediction.shutdown();
    QApplication::exit(isWritten ? 0 : exitCodeOf(ErrorCode::CannotWrite));
}

void Screenshot::take()
{
    QPixmap picture = m_window.grab();
    for (QWidget* other : QApplication::topLevelWidgets()) {
        if (other != &m_window && other->isVisible() && qobject_cast<QDialog*>(other) != nullptr) {
            QPainter painter(&picture);
            const QPixmap dialog = other->grab();
            painter.drawPixmap(
                (m_window.width() - other->width()) / 2,
                (m_window.height() - other->height()) / 2,
                dialog);
        }
    }
    m_services.training.cancel();
    m_window.review().scan().cancel();
    constexpr int kSmallest = 0; // of PNG's qualities: pressed hardest
    const bool isSaved =
        m_width > 0 ? smallPicture(picture.toImage(), m_width).save(m_file, nullptr, kSmallest)
                    : picture.save(m_file);
    if (!isSaved) {
        logError(m_file.toStdString() + ": the picture cannot be written");
    }
    m_services.prediction.shutdown();
    QApplication::exit(isSaved ? 0 : exitCodeOf(ErrorCode::CannotWrite));
}

} // namespace guidino
