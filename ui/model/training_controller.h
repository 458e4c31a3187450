// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/jobs/run_worker.h"
#include "ui/model/notice.h"

#include <QList>
#include <QObject>
#include <QPointF>
#include <QString>
#include <QThreadPool>

#include <filesystem>
#include <memory>
#include <set>

namespace guidino::ui {

class DatasetController;
class PredictionController;

/// What the user may set before a training.
struct TrainingOptions
{
    int epochs = 20;
    QString device = QStringLiteral("auto");
    QStringList settings;       ///< more "path.key=value"
    bool isFromScratch = false; ///< a new model that starts from nothing but the labels

    /// A small model that guides itself, for images that no model at hand knows: of the demo
    /// model's size, so that minutes on two cores do.
    [[nodiscard]] static TrainingOptions starter();
};

/// One curve of a training, by epoch or step.
struct MetricSeries
{
    QString name; ///< as the worker calls it, such as "loss" or "dsc"
    QString split;
    QList<QPointF> points; ///< x = step, y = value
};

/// Fine-tunes the model in use on what is labelled. The labels are frozen as files in the run's
/// folder before the worker starts, so later edits cannot change a running training. The worker is
/// a process of its own that outlives the window. GUI thread only.
class TrainingController : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Idle,
        Preparing, ///< writing the labelled images
        Running,
        Stopping, ///< asked to stop or to cancel
        Finished,
        Failed,
    };
    Q_ENUM(State)

    /// `program`: guidino; `runsFolder`: each training makes a folder there.
    TrainingController(
        DatasetController& dataset,
        PredictionController& prediction,
        const QString& program,
        std::filesystem::path runsFolder,
        QObject* parent = nullptr);
    ~TrainingController() override;

    [[nodiscard]] State state() const { return m_state; }

    [[nodiscard]] bool isActive() const
    {
        return m_state == State::Preparing || m_state == State::Running
               || m_state == State::Stopping;
    }

    /// How many images have labels now.
    [[nodiscard]] int labelledCount() const;

    /// Why a training cannot start now, for tool tips; empty when it can.
    [[nodiscard]] QString reasonUnavailable() const;

    [[nodiscard]] const protocol::Progress& progress() const { return m_progress; }

    [[nodiscard]] const QList<MetricSeries>& series() const { return m_series; }

    /// Of the last or the present run.
    [[nodiscard]] const std::filesystem::path& runFolder() const { return m_runFolder; }

    void start(const TrainingOptions& options);
    /// Ends after this step and uses the best model so far.
    void stopAndKeep();
    /// Ends and forgets what was learnt.
    void cancel();

Q_SIGNALS:
    void stateChanged(guidino::ui::TrainingController::State state);
    void progressed();
    void seriesChanged();
    /// The new model is in use.
    void finished(const QString& bundle);
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    struct Item;

    /// Images that never train: rejected, unsure, or readers disagree about them.
    [[nodiscard]] std::set<ImageId> barred() const;
    [[nodiscard]] std::vector<Item> freeze() const;
    void launch(const TrainingOptions& options);
    void addMetrics(const std::vector<protocol::Metric>& metrics);
    void noteEnd(const jobs::JobEnd& end);
    void fail(const Error& error);
    void become(State state);

    DatasetController& m_dataset;
    PredictionController& m_prediction;
    QString m_program;
    std::filesystem::path m_runsFolder;
    std::filesystem::path m_runFolder;
    std::unique_ptr<jobs::RunWorker> m_worker;
    State m_state = State::Idle;
    bool m_isCancelled = false;
    protocol::Progress m_progress;
    QList<MetricSeries> m_series;
    QThreadPool m_pool;
};

} // namespace guidino::ui
