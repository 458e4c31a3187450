// SPDX-License-Identifier: Apache-2.0
#include "ui/model/jobs_controller.h"

#include "core/protocol/run_folder.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/folder_prediction.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"
#include "ui/model/read_out.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QLocale>

#include <algorithm>
#include <utility>

namespace guidino::ui {

using jobs::Job;
using jobs::JobKind;
using jobs::JobQueue;
using jobs::JobState;
using jobs::JobVerb;
using jobs::SuggestedAction;

namespace {

constexpr qint64 kLogBytes = 64 * 1024;

/// "batch size 2" of {"training.batch_size", "2"}.
QString adviceText(const protocol::Failure& failure)
{
    QStringList parts;
    for (const auto& [key, value] : failure.advice) {
        const QString number = QString::fromStdString(value);
        if (key == "training.batch_size") {
            parts << JobsController::tr("batch size %1").arg(number);
        } else if (key == "data.image_size") {
            parts << JobsController::tr("images of %1 px").arg(number);
        } else if (key == "training.learning_rate") {
            parts << JobsController::tr("learning rate %1").arg(number);
        } else {
            parts << QString::fromStdString(key) + QLatin1Char('=') + number;
        }
    }
    return parts.join(QStringLiteral(", "));
}

double shareOf(const protocol::Progress& progress)
{
    if (progress.total <= 0) {
        return -1;
    }
    const double share = static_cast<double>(progress.step) / static_cast<double>(progress.total);
    return std::clamp(share, 0.0, 1.0);
}

QString whatWentWrong(const Job& job)
{
    switch (job.end.action) {
    case SuggestedAction::ReduceBatch:
        return JobsController::tr("It ran out of memory.");
    case SuggestedAction::RetryWithAdvice:
        return JobsController::tr("It cannot work with these settings.");
    case SuggestedAction::FixSettings:
        return JobsController::tr("Its settings are not valid.");
    case SuggestedAction::FixInput:
        return JobsController::tr("It cannot use the data.");
    case SuggestedAction::FreeSpace:
        return JobsController::tr("The disk is full, or its folder cannot be written.");
    case SuggestedAction::UpdateProgram:
        return JobsController::tr("The program guidino is of another version than this window.");
    default:
        break;
    }
    if (job.state() == JobState::Crashed) {
        return JobsController::tr("It ended unexpectedly.");
    }
    if (job.state() == JobState::Lost) {
        return JobsController::tr("The computer was restarted meanwhile, or it ran on another.");
    }
    return JobsController::tr("It failed.");
}

QString runningText(const Job& job)
{
    const QString left = durationText(job.progress.secondsLeft);
    const double share = shareOf(job.progress);
    QStringList parts;
    if (const QString detail = QString::fromStdString(job.progress.detail);
        detail.startsWith(QLatin1StringView("epoch "))) {
        parts << JobsController::tr("epoch %1").arg(detail.mid(6));
    }
    if (share >= 0) {
        parts << JobsController::tr("%1 %").arg(QLocale().toString(100 * share, 'f', 0));
    }
    if (!left.isEmpty()) {
        parts << JobsController::tr("%1 left").arg(left);
    }
    if (job.isYielding) {
        parts << JobsController::tr("at low priority");
    }
    return parts.join(QStringLiteral(" · "));
}

} // namespace

JobsController::JobsController(
    ProjectController& project,
    DatasetController& dataset,
    PredictionController& prediction,
    const QString& program,
    const QString& leaseFolder,
    QObject* parent)
    : QAbstractListModel(parent)
    , m_project(project)
    , m_prediction(prediction)
    , m_program(program)
    , m_lease(leaseFolder)
    , m_queue(program, m_lease)
{
    m_queue.setGuard([this](const QString& folder) { return isNeeded(folder); });
    connect(&m_queue, &JobQueue::listChanged, this, &JobsController::refreshRows);
    connect(&m_queue, &JobQueue::jobChanged, this, &JobsController::refreshRow);
    connect(&m_queue, &JobQueue::submitted, this, &JobsController::record);
    connect(&m_queue, &JobQueue::ended, this, &JobsController::noteEnd);
    connect(&m_queue, &JobQueue::discarded, this, [this](JobId id) {
        if (const qint64 row = m_records.value(id.value); row != 0) {
            (void)m_project.setJobState(row, QStringLiteral("discarded"));
        }
        Q_EMIT stateChanged();
    });
    connect(&m_queue, &JobQueue::problemOccurred, this, [this](const Error& error) {
        fail(error, tr("A job's file is damaged or cannot be written."));
    });
    connect(&m_queue, &JobQueue::aboutToStart, this, [this](JobId id, bool needsGpu) {
        const Job* job = m_queue.job(id);
        if (needsGpu && job != nullptr && std::holds_alternative<protocol::TrainSpec>(job->spec)
            && m_prediction.isOnGpu()) {
            m_prediction.release();
            m_isReleased = true;
        }
    });
    connect(&m_queue, &JobQueue::gpuFreed, this, [this] {
        if (std::exchange(m_isReleased, false)) {
            m_prediction.reload();
        }
    });
    const auto noteDevices = [this] {
        if (const auto& devices = m_prediction.devices(); !devices.empty()) {
            m_lease.setDevices(devices);
            m_queue.startWaiting();
        }
    };
    connect(&prediction, &PredictionController::stateChanged, this, noteDevices);
    connect(&project, &ProjectController::opened, this, &JobsController::openQueue);
    connect(&project, &ProjectController::closed, this, [this] {
        m_queue.close();
        m_records.clear();
        m_recorded.clear();
    });
    connect(&dataset, &DatasetController::labelsChanged, this, [this] { m_queue.noteEditing(); });
}

JobsController::~JobsController()
{
    m_queue.disconnect(this);
}

QString JobsController::reasonUnavailable() const
{
    if (m_program.isEmpty()) {
        return tr("The program guidino was not found beside this one.");
    }
    if (!m_queue.isOpen()) {
        return tr("Open a project first.");
    }
    if (m_queue.isReadOnly()) {
        return tr("The project is open read-only.");
    }
    return {};
}

void JobsController::openQueue()
{
    m_records.clear();
    m_recorded.clear();
    const QDir folder(m_project.folder());
    if (const auto records = m_project.store()->jobs()) {
        for (const project::JobRecord& one : *records) {
            const QString name = one.folder.section(QLatin1Char('/'), -1);
            bool isNumber = false;
            const qint64 id = name.toLongLong(&isNumber);
            if (isNumber && one.folder == QStringLiteral("jobs/") + name
                && !m_records.contains(id)) {
                m_records.insert(id, one.id);
                m_recorded.insert(id, one.state);
            }
        }
    }
    if (const Status opened =
            m_queue.open(folder.filePath(QStringLiteral("jobs")), m_project.isReadOnly());
        !opened) {
        fail(opened.error(), tr("The jobs of this project cannot be shown."));
        return;
    }
    for (const JobId id : m_rows) {
        record(id);
    }
    Q_EMIT this->opened();
}

/// The project's own table: an index of what the folders say.
void JobsController::record(JobId id)
{
    const Job* job = m_queue.job(id);
    if (job == nullptr || m_queue.isReadOnly()) {
        return;
    }
    const JobState present = job->isActive() ? JobState::Running : job->state();
    const QString state = QLatin1StringView(jobs::nameOf(present));
    if (!m_records.contains(id.value)) {
        project::JobRecord one;
        one.kind = QLatin1StringView(jobs::nameOf(job->kind));
        one.folder = QStringLiteral("jobs/%1").arg(id.value);
        one.state = state;
        one.created = job->created;
        if (const auto added = m_project.addJob(one)) {
            m_records.insert(id.value, *added);
            m_recorded.insert(id.value, state);
        }
    } else if (m_recorded.value(id.value) != state) {
        if (m_project.setJobState(m_records.value(id.value), state)) {
            m_recorded.insert(id.value, state);
        }
    }
}

bool JobsController::isNeeded(const QString& folder) const
{
    const QString model = QDir::cleanPath(m_prediction.model());
    if (model == folder || model.startsWith(folder + QLatin1Char('/'))) {
        return true;
    }
    return std::any_of(
        m_guards.begin(), m_guards.end(), [&](const auto& guard) { return guard(folder); });
}

void JobsController::addGuard(std::function<bool(const QString& folder)> isNeeded)
{
    m_guards.push_back(std::move(isNeeded));
}

// ---- the list -----------------------------------------------------------------------------------

int JobsController::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant JobsController::data(const QModelIndex& index, int role) const
{
    const JobId id = idOf(index.row());
    const Job* job = m_queue.job(id);
    if (job == nullptr) {
        return {};
    }
    switch (role) {
    case Qt::DisplayRole:
        return nameOf(id);
    case Qt::ToolTipRole: {
        const QString detail = data(index, DetailRole).toString();
        return detail.isEmpty() ? job->folder : detail + QLatin1Char('\n') + job->folder;
    }
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(nameOf(id), statusOf(id));
    case IdRole:
        return static_cast<qint64>(id.value);
    case KindRole:
        return static_cast<int>(job->kind);
    case StateRole:
        return static_cast<int>(job->state());
    case StatusRole:
        return statusOf(id);
    case DetailRole:
        return QString::fromStdString(job->end.failure.message);
    case ShareRole:
        return job->isActive() ? shareOf(job->progress) : -1;
    case ProposalRole:
        return proposalOf(id).text;
    case DashboardRole:
        return hasDashboard(id) ? tr("Dashboard") : QString();
    default:
        return {};
    }
}

JobId JobsController::idOf(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)] : JobId{};
}

int JobsController::rowOf(JobId id) const
{
    const auto row = std::find(m_rows.begin(), m_rows.end(), id);
    return row == m_rows.end() ? -1 : static_cast<int>(row - m_rows.begin());
}

void JobsController::refreshRows()
{
    std::vector<JobId> rows;
    for (const Job* job : m_queue.jobs()) {
        rows.push_back(job->id);
    }
    if (rows != m_rows) {
        std::vector<JobId> before = m_rows;
        std::vector<JobId> after = rows;
        std::sort(before.begin(), before.end());
        std::sort(after.begin(), after.end());
        if (before == after) { // moved: a selection stays with its job
            Q_EMIT layoutAboutToBeChanged();
            const QModelIndexList old = persistentIndexList();
            QModelIndexList moved;
            std::vector<JobId> ids;
            for (const QModelIndex& index : old) {
                ids.push_back(idOf(index.row()));
            }
            m_rows = std::move(rows);
            for (const JobId id : ids) {
                moved << index(rowOf(id));
            }
            changePersistentIndexList(old, moved);
            Q_EMIT layoutChanged();
        } else {
            for (std::size_t i = m_rows.size(); i-- > 0;) {
                if (!std::binary_search(after.begin(), after.end(), m_rows[i])) {
                    beginRemoveRows({}, static_cast<int>(i), static_cast<int>(i));
                    m_rows.erase(m_rows.begin() + static_cast<std::ptrdiff_t>(i));
                    endRemoveRows();
                }
            }
            for (std::size_t i = 0; i < rows.size(); ++i) {
                if (std::find(m_rows.begin(), m_rows.end(), rows[i]) == m_rows.end()) {
                    const std::size_t at = std::min(i, m_rows.size());
                    beginInsertRows({}, static_cast<int>(at), static_cast<int>(at));
                    m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(at), rows[i]);
                    endInsertRows();
                }
            }
            if (m_rows != rows) {
                refreshRows();
                return;
            }
        }
    }
    if (!m_rows.empty()) {
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
    }
    for (const JobId id : m_rows) {
        if (m_records.contains(id.value)) {
            record(id);
        }
    }
    Q_EMIT stateChanged();
}

void JobsController::refreshRow(JobId id)
{
    if (const int row = rowOf(id); row >= 0) {
        Q_EMIT dataChanged(index(row), index(row));
        Q_EMIT stateChanged();
    }
}

int JobsController::activeCount() const
{
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(), [this](JobId id) {
        const Job* job = m_queue.job(id);
        return job != nullptr && job->isActive();
    }));
}

int JobsController::waitingCount() const
{
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(), [this](JobId id) {
        const Job* job = m_queue.job(id);
        return job != nullptr && job->isWaiting();
    }));
}

// ---- words --------------------------------------------------------------------------------------

QString JobsController::textOf(JobKind kind)
{
    switch (kind) {
    case JobKind::FineTune:
        return tr("Fine-tuning");
    case JobKind::TrainFromScratch:
        return tr("Training from scratch");
    case JobKind::Predict:
        return tr("Prediction");
    case JobKind::Evaluate:
        return tr("Evaluation");
    case JobKind::Explain:
        return tr("Explanation");
    case JobKind::Pack:
        return tr("Packing");
    case JobKind::Import:
        return tr("Import");
    case JobKind::Compare:
        return tr("Comparison");
    case JobKind::Export:
        break;
    }
    return tr("Export");
}

QString JobsController::textOf(JobVerb verb)
{
    switch (verb) {
    case JobVerb::Pause:
        return tr("Pause");
    case JobVerb::Resume:
        return tr("Resume");
    case JobVerb::StopAndKeep:
        return tr("Stop and keep the best");
    case JobVerb::Cancel:
        return tr("Cancel");
    case JobVerb::Discard:
        return tr("Discard…");
    case JobVerb::EndAndResume:
        return tr("End it and go on");
    case JobVerb::Yield:
        return tr("Low priority");
    case JobVerb::MoveUp:
        return tr("Move up");
    case JobVerb::MoveDown:
        return tr("Move down");
    case JobVerb::Duplicate:
        return tr("Duplicate with changes…");
    case JobVerb::Retry:
        break;
    }
    return tr("Try again with the advised setting");
}

QString JobsController::nameOf(JobId id) const
{
    const Job* job = m_queue.job(id);
    if (job == nullptr) {
        return {};
    }
    return job->name.isEmpty() ? tr("%1 %2").arg(textOf(job->kind)).arg(id.value) : job->name;
}

QString JobsController::statusOf(JobId id) const
{
    const Job* job = m_queue.job(id);
    if (job == nullptr) {
        return {};
    }
    if (job->isDiscarding) {
        return tr("Being discarded");
    }
    if (job->isEnding) {
        return tr("Ends after this step");
    }
    const QString running = runningText(*job);
    switch (job->state()) {
    case JobState::Queued:
        if (m_queue.isHeld()) {
            return tr("Waits; the queue is held");
        }
        for (const JobId other : m_rows) {
            if (m_queue.folderOf(other) == job->waitsFor) {
                return tr("Waits for %1").arg(nameOf(other));
            }
        }
        return job->waitsFor.isEmpty() ? tr("Waits") : tr("Waits for a job of another project");
    case JobState::Starting:
        return tr("Starts");
    case JobState::Running:
        return running.isEmpty() ? tr("Runs") : running;
    case JobState::Paused:
        return running.isEmpty() ? tr("Paused") : tr("Paused") + QStringLiteral(" · ") + running;
    case JobState::Stalled:
        return tr("It does not answer any more");
    case JobState::Finished:
        if (!job->bundle().isEmpty()) {
            return tr("Finished, best score %1").arg(QLocale().toString(job->result.score, 'f', 3));
        }
        return tr("Finished");
    case JobState::Cancelled:
        return job->started.isValid() ? tr("Cancelled; what was reached is kept")
                                      : tr("Cancelled before it began");
    case JobState::Failed:
    case JobState::Crashed:
    case JobState::Lost:
        break;
    }
    if (job->successor.isValid()) {
        return tr("%1 Tried again as job %2.").arg(whatWentWrong(*job)).arg(job->successor.value);
    }
    return whatWentWrong(*job);
}

JobProposal JobsController::proposalOf(JobId id) const
{
    using Kind = JobProposal::Kind;
    const Job* job = m_queue.job(id);
    if (job == nullptr) {
        return {};
    }
    const auto perform = [&](JobVerb verb, const QString& text) {
        return m_queue.can(id, verb) ? JobProposal{Kind::Perform, verb, text} : JobProposal{};
    };
    if (job->state() == JobState::Finished && job->kind == JobKind::Compare) {
        return {Kind::ShowResult, {}, tr("Show the comparison")};
    }
    if (job->state() == JobState::Finished && !outFolderOf(job->spec, job->folder).isEmpty()) {
        return {Kind::ShowResult, {}, tr("Show the folder")};
    }
    if (job->state() == JobState::Finished) {
        return job->bundle().isEmpty() ? JobProposal{}
                                       : JobProposal{Kind::ShowResult, {}, tr("Show the result")};
    }
    switch (job->end.action) {
    case SuggestedAction::None:
        return {};
    case SuggestedAction::ReduceBatch:
    case SuggestedAction::RetryWithAdvice:
        if (job->end.failure.advice.empty()) {
            return JobProposal{Kind::ShowSettings, {}, tr("Change the settings")};
        }
        return perform(JobVerb::Retry, tr("Try again with %1").arg(adviceText(job->end.failure)));
    case SuggestedAction::FixSettings:
        return {Kind::ShowSettings, {}, tr("Change the settings")};
    case SuggestedAction::FixInput:
        return perform(JobVerb::Resume, tr("Try again"));
    case SuggestedAction::Resume:
        return perform(JobVerb::Resume, job->started.isValid() ? tr("Resume") : tr("Start"));
    case SuggestedAction::FreeSpace:
        return perform(JobVerb::Resume, tr("Free space, then resume"));
    case SuggestedAction::KillAndResume:
        return perform(JobVerb::EndAndResume, tr("End it and go on"));
    case SuggestedAction::ShowLog:
    case SuggestedAction::UpdateProgram:
        break;
    }
    return {Kind::ShowLog, {}, tr("Show the log")};
}

bool JobsController::hasDashboard(JobId id) const
{
    const Job* job = m_queue.job(id);
    const auto* train = job != nullptr ? std::get_if<protocol::TrainSpec>(&job->spec) : nullptr;
    return train != nullptr && !train->dryRun && job->started.isValid();
}

void JobsController::showDashboard(JobId id)
{
    if (hasDashboard(id)) {
        Q_EMIT dashboardRequested(id);
    }
}

QString JobsController::logOf(JobId id) const
{
    QFile file(m_queue.folderOf(id) + QStringLiteral("/log.txt"));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    file.seek(std::max<qint64>(0, file.size() - kLogBytes));
    return QString::fromUtf8(file.readAll());
}

// ---- what to do ---------------------------------------------------------------------------------

void JobsController::fail(const Error& error, const QString& what)
{
    Notice notice = noticeFor(error, what, Notice::Action::None);
    notice.topic = QStringLiteral("jobs");
    Q_EMIT problemOccurred(notice);
}

void JobsController::perform(JobId id, JobVerb verb)
{
    if (const Status done = m_queue.perform(id, verb); !done) {
        fail(done.error(), tr("%1 was not possible.").arg(textOf(verb)));
    }
}

void JobsController::act(JobId id)
{
    const JobProposal proposal = proposalOf(id);
    switch (proposal.kind) {
    case JobProposal::Kind::None:
        break;
    case JobProposal::Kind::Perform:
        perform(id, proposal.verb);
        break;
    case JobProposal::Kind::ShowResult:
        Q_EMIT resultRequested(id);
        break;
    case JobProposal::Kind::ShowSettings:
        Q_EMIT settingsRequested(id);
        break;
    case JobProposal::Kind::ShowLog:
        Q_EMIT logRequested(id);
        break;
    }
}

void JobsController::togglePause()
{
    const std::vector<JobId> rows = m_rows;
    bool hasPaused = false;
    for (const JobId id : rows) {
        if (m_queue.can(id, JobVerb::Pause)) {
            perform(id, JobVerb::Pause);
            hasPaused = true;
        }
    }
    if (hasPaused) {
        return;
    }
    for (const JobId id : rows) {
        const Job* job = m_queue.job(id);
        if (job != nullptr && job->state() == JobState::Paused) {
            perform(id, JobVerb::Resume);
        }
    }
}

void JobsController::noteEnd(JobId id)
{
    record(id);
    Q_EMIT ended(id);
}

} // namespace guidino::ui
