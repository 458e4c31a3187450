// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/ids.h"
#include "core/jobs/run_worker.h"
#include "ui/model/finetune_plan.h"
#include "ui/model/notice.h"
#include "ui/model/training_folder.h"

#include <QList>
#include <QObject>
#include <QPointF>
#include <QString>
#include <QThreadPool>

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace guidino::jobs {
class JobQueue;
struct Job;
} // namespace guidino::jobs

namespace guidino::ui {

class DatasetController;
class PredictionController;

/// A training with all that it needs: what is frozen, and what is to be done with it.
struct TrainingOrder
{
    FineTuneOptions options;
    std::vector<FrozenCase> cases; ///< of training and validation
    LabelClasses classes;
};

/// One curve of a training.
struct MetricSeries
{
    QString name; ///< as the worker calls it, such as "loss" or "dsc"
    QString split;
    QList<QPointF> points; ///< x = step, also of what is told by epoch; y = value
};

/// The training of the open project: puts it into the queue of jobs, shows how far it is, ends it.
/// The labels are frozen as files in the run's folder before the job is handed over, so later edits
/// cannot change a running training. It goes on when the window is closed, and is found again when
/// the project is opened the next time. What shall be trained is planned by FineTuneController.
/// GUI thread only.
class TrainingController : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Idle,
        Preparing, ///< writing the labelled images
        Waiting,   ///< in the queue, behind another job
        Running,
        Stopping, ///< asked to stop or to cancel
        Finished,
        Failed,
    };
    Q_ENUM(State)

    /// `program`: guidino. `queue` outlives this and is opened with the project by its owner.
    TrainingController(
        DatasetController& dataset,
        PredictionController& prediction,
        jobs::JobQueue& queue,
        const QString& program,
        QObject* parent = nullptr);
    ~TrainingController() override;

    [[nodiscard]] State state() const { return m_state; }

    [[nodiscard]] bool isActive() const
    {
        return m_state == State::Preparing || m_state == State::Waiting || m_state == State::Running
               || m_state == State::Stopping;
    }

    /// How many images have labels now.
    [[nodiscard]] int labelledCount() const;

    /// Why a training cannot start now, for tool tips; empty when it can.
    [[nodiscard]] QString reasonUnavailable() const;

    [[nodiscard]] const protocol::Progress& progress() const { return m_progress; }

    [[nodiscard]] const QList<MetricSeries>& series() const { return m_series; }

    /// Of the last or the present training; invalid: none.
    [[nodiscard]] JobId job() const { return m_job; }

    /// Of the last or the present training.
    [[nodiscard]] const std::filesystem::path& runFolder() const { return m_runFolder; }

    /// Whether the training that has Finished made a model that is better on its validation images
    /// than the one it began from.
    [[nodiscard]] bool isBettered() const { return m_isBettered; }

    /// Something has to be done before start(), such as saving; cancel() ends that, too.
    void beginPreparing();
    void start(TrainingOrder order);
    /// Ends after this step and uses the best model so far.
    void stopAndKeep();
    /// Ends and forgets what was learnt.
    void cancel();

Q_SIGNALS:
    void stateChanged(guidino::ui::TrainingController::State state);
    void progressed();
    void seriesChanged();
    /// A training made a model; also one that ended while no window was there.
    void finished(const QString& bundle, const QString& runFolder);
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    /// Images that never train: rejected, unsure, or readers disagree about them.
    [[nodiscard]] const std::set<ImageId>& barred() const;
    void submit(JobId id, const protocol::TrainSpec& spec);
    /// Shows a job of the queue from its first message on.
    void follow(JobId id);
    void readFromBegin();
    void forget();
    /// Follows a training of the queue that goes on or waits, where none is followed.
    void findAgain();
    void noteJob(JobId id);
    void noteEnd(JobId id);
    void tellFailure(const jobs::JobEnd& end);
    void addMetrics(const std::vector<protocol::Metric>& metrics);
    void fail(const Error& error);
    void become(State state);

    DatasetController& m_dataset;
    PredictionController& m_prediction;
    jobs::JobQueue& m_queue;
    QString m_program;
    JobId m_job;
    std::filesystem::path m_runFolder;
    std::unique_ptr<jobs::RunWorker> m_follower; ///< reads the run's messages, starts nothing
    State m_state = State::Idle;
    protocol::Progress m_progress;
    QList<MetricSeries> m_series;
    double m_lastStep = 0; ///< of the loss
    bool m_isBettered = true;
    mutable std::optional<std::set<ImageId>> m_barred; ///< until a decision or a revision comes
    CancelToken m_cancel;
    QThreadPool m_pool;
};

} // namespace guidino::ui
