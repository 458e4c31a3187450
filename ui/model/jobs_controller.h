// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/job_queue.h"
#include "ui/model/notice.h"

#include <QAbstractListModel>
#include <QHash>
#include <QString>

#include <functional>
#include <vector>

namespace guidino::ui {

class DatasetController;
class PredictionController;
class ProjectController;

/// The one thing that is proposed for a job, in the window's words.
struct JobProposal
{
    enum class Kind {
        None,
        Perform,      ///< a verb of the queue
        ShowResult,   ///< resultRequested()
        ShowSettings, ///< settingsRequested()
        ShowLog,      ///< logRequested()
    };

    Kind kind = Kind::None;
    jobs::JobVerb verb = jobs::JobVerb::Resume;
    QString text; ///< of the button
};

/// The jobs of the open project as the window shows them: a list model (one row a job, active ones
/// first) over the queue, with words for states, times and ends. Opens the queue with the project
/// (`PROJECT/jobs`), notes each job in the project's table, lowers the workers' priority while the
/// user paints, and takes the interactive model off the GPU while a training needs it. GUI thread
/// only.
class JobsController : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        IdRole = Qt::UserRole, ///< qint64
        KindRole,              ///< int of jobs::JobKind
        StateRole,             ///< int of jobs::JobState
        StatusRole,    ///< QString: the state in words, with what is left or what went wrong
        DetailRole,    ///< QString: the log's words; may be empty
        ShareRole,     ///< double, [0, 1]; < 0: none or unknown
        ProposalRole,  ///< QString: text of the proposed action; empty: none
        DashboardRole, ///< QString: text of the button that shows its curves; empty: it has none
    };

    /// `program`: guidino; empty: not found. `leaseFolder`: common to all windows of the user.
    JobsController(
        ProjectController& project,
        DatasetController& dataset,
        PredictionController& prediction,
        const QString& program,
        const QString& leaseFolder,
        QObject* parent = nullptr);
    ~JobsController() override;

    /// New jobs go here: reserve(), submit(), add(); each end comes from its signals.
    [[nodiscard]] jobs::JobQueue& queue() { return m_queue; }

    [[nodiscard]] const jobs::JobQueue& queue() const { return m_queue; }

    /// Why no job can be started now, for tool tips; empty where one can.
    [[nodiscard]] QString reasonUnavailable() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

    /// Invalid for no row.
    [[nodiscard]] JobId idOf(int row) const;
    /// -1 where there is none.
    [[nodiscard]] int rowOf(JobId id) const;

    /// How many run, stall, pause or start now.
    [[nodiscard]] int activeCount() const;
    [[nodiscard]] int waitingCount() const;

    /// The name that the user gave, else one of the kind and number.
    [[nodiscard]] QString nameOf(JobId id) const;
    [[nodiscard]] QString statusOf(JobId id) const;
    [[nodiscard]] JobProposal proposalOf(JobId id) const;

    /// What is offered for a verb, such as "Pause".
    [[nodiscard]] static QString textOf(jobs::JobVerb verb);
    [[nodiscard]] static QString textOf(jobs::JobKind kind);

    /// A training that has begun: its curves and pictures can be looked at.
    [[nodiscard]] bool hasDashboard(JobId id) const;

    /// Asks for them by dashboardRequested().
    void showDashboard(JobId id);

    /// Tells a failure by problemOccurred().
    void perform(JobId id, jobs::JobVerb verb);

    /// Does what is proposed.
    void act(JobId id);

    /// Pauses what runs; where nothing runs, all that is paused goes on.
    void togglePause();

    /// Folders for which one of these is true are never discarded. The model in use is guarded
    /// anyway.
    void addGuard(std::function<bool(const QString& folder)> isNeeded);

    /// The last lines of the job's log.txt.
    [[nodiscard]] QString logOf(JobId id) const;

Q_SIGNALS:
    /// The project's jobs are there.
    void opened();
    /// Numbers of active and waiting jobs, or what can be done.
    void stateChanged();
    void ended(guidino::JobId id);
    void resultRequested(guidino::JobId id);
    void dashboardRequested(guidino::JobId id);
    void settingsRequested(guidino::JobId id);
    void logRequested(guidino::JobId id);
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    void openQueue();
    void refreshRows();
    void refreshRow(JobId id);
    void record(JobId id);
    void noteEnd(JobId id);
    void fail(const Error& error, const QString& what);
    [[nodiscard]] bool isNeeded(const QString& folder) const;

    ProjectController& m_project;
    PredictionController& m_prediction;
    QString m_program;
    jobs::DeviceLease m_lease;
    jobs::JobQueue m_queue;
    std::vector<JobId> m_rows;
    QHash<qint64, qint64> m_records;   // of the project's table, by job
    QHash<qint64, QString> m_recorded; // the state as noted there
    std::vector<std::function<bool(const QString&)>> m_guards;
    bool m_isReleased = false; // the interactive model, for a training on the GPU
};

} // namespace guidino::ui
