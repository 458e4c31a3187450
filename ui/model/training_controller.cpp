// SPDX-License-Identifier: Apache-2.0
#include "ui/model/training_controller.h"

#include "core/jobs/job_queue.h"
#include "core/project/review_state.h"
#include "ui/model/afterwards.h"
#include "ui/model/bundle_facts.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

/// Fewer than this leave nothing to validate on.
constexpr int kFewestImages = 3;

} // namespace

TrainingController::TrainingController(
    DatasetController& dataset,
    PredictionController& prediction,
    jobs::JobQueue& queue,
    const QString& program,
    QObject* parent)
    : QObject(parent)
    , m_dataset(dataset)
    , m_prediction(prediction)
    , m_queue(queue)
    , m_program(program)
{
    using jobs::JobQueue;
    connect(&queue, &JobQueue::listChanged, this, &TrainingController::findAgain);
    connect(&queue, &JobQueue::jobChanged, this, &TrainingController::noteJob);
    connect(&queue, &JobQueue::ended, this, &TrainingController::noteEnd);
    connect(&queue, &JobQueue::discarded, this, [this](JobId id) {
        if (id == m_job) {
            forget();
            m_prediction.reload();
        }
    });
    const auto lookAgain = [this] { m_barred.reset(); };
    connect(&dataset.project(), &ProjectController::imageChanged, this, lookAgain);
    connect(&dataset.project(), &ProjectController::opened, this, lookAgain);
    connect(&dataset.project(), &ProjectController::closed, this, [this] {
        m_barred.reset();
        m_cancel.cancel();
        forget();
    });
}

TrainingController::~TrainingController()
{
    m_cancel.cancel();
    m_pool.waitForDone();
}

const std::set<ImageId>& TrainingController::barred() const
{
    static const std::set<ImageId> none;
    const project::ProjectStore* store = m_dataset.project().store();
    if (store == nullptr) {
        return none;
    }
    if (m_barred) { // each stroke asks
        return *m_barred;
    }
    std::set<ImageId>& images = m_barred.emplace();
    // Only decisions bar; where there is none, the revisions need not be read.
    const auto decisions = store->allDecisions();
    if (!decisions || decisions->empty()) {
        return images;
    }
    if (const auto statuses = project::reviewStatuses(*store)) {
        for (const auto& [image, status] : *statuses) {
            if (status.decision && !status.reference.isValid()) {
                images.insert(image);
            }
        }
    }
    return images;
}

int TrainingController::labelledCount() const
{
    const auto& entries = m_dataset.images().entries();
    const std::set<ImageId>& left = barred();
    return static_cast<int>(
        std::count_if(entries.begin(), entries.end(), [&](const ImageEntry& entry) {
            return entry.isLabelled && entry.problem.isEmpty() && !left.contains(entry.id);
        }));
}

QString TrainingController::reasonUnavailable() const
{
    if (m_program.isEmpty()) {
        return tr("The program guidino was not found beside this one.");
    }
    if (isActive()) {
        return tr("A training is running.");
    }
    if (!m_dataset.isOpen()) {
        return tr("Open a folder of images first.");
    }
    if (labelledCount() < kFewestImages) {
        return tr("Label at least %n image(s) first.", nullptr, kFewestImages);
    }
    return {};
}

void TrainingController::beginPreparing()
{
    if (isActive()) {
        return;
    }
    forget();
    m_cancel = CancelToken();
    become(State::Preparing);
}

void TrainingController::start(TrainingOrder order)
{
    beginPreparing();
    if (m_state != State::Preparing || m_cancel.isCancelled()) {
        return;
    }
    const auto reserved = m_queue.reserve();
    if (!reserved) {
        fail(reserved.error());
        return;
    }
    m_runFolder = m_queue.folderOf(*reserved).toStdString();
    const fs::path data = m_runFolder / "data";
    const auto trains = [](const FrozenCase& one) { return !one.isValidation; };
    const auto images = std::count_if(order.cases.begin(), order.cases.end(), trains);
    const bool hasGuides =
        std::any_of(order.cases.begin(), order.cases.end(), [](const FrozenCase& one) {
            return one.guide.has_value();
        });
    const protocol::TrainSpec spec =
        specOf(order.options, data, static_cast<int>(images), hasGuides);
    const auto write = [data, order = std::move(order), cancel = m_cancel] {
        return writeTrainingFolder(data, order.cases, order.classes, cancel);
    };
    const auto goOn = [this, spec, id = *reserved, cancel = m_cancel](const Status& status) {
        if (cancel.isCancelled()) {
            m_queue.abandon(id);
        } else if (status) {
            submit(id, spec);
        } else {
            m_queue.abandon(id);
            fail(status.error());
        }
    };
    afterwards(QtConcurrent::run(&m_pool, write), this, goOn);
}

void TrainingController::submit(JobId id, const protocol::TrainSpec& spec)
{
    // The queue tells of the new job before submit() returns.
    m_job = id;
    if (const Status status = m_queue.submit(id, spec); !status) {
        m_job = {};
        m_queue.abandon(id);
        fail(status.error());
        return;
    }
    follow(id);
}

void TrainingController::forget()
{
    m_follower.reset();
    m_job = {};
    m_runFolder.clear();
    m_progress = {};
    m_series.clear();
    become(State::Idle);
    Q_EMIT seriesChanged();
}

void TrainingController::follow(JobId id)
{
    m_job = id;
    m_runFolder = m_queue.folderOf(id).toStdString();
    readFromBegin();
    noteJob(id);
}

void TrainingController::readFromBegin()
{
    m_series.clear();
    m_lastStep = 0;
    m_follower = std::make_unique<jobs::RunWorker>(m_program, m_queue.folderOf(m_job));
    connect(
        m_follower.get(), &jobs::RunWorker::metricsAdded, this, &TrainingController::addMetrics);
    m_follower->attach();
    Q_EMIT seriesChanged();
}

void TrainingController::findAgain()
{
    if (isActive()) {
        return;
    }
    for (const jobs::Job* job : m_queue.jobs()) {
        const bool isTraining =
            job->kind == jobs::JobKind::FineTune || job->kind == jobs::JobKind::TrainFromScratch;
        if (isTraining && (job->isActive() || job->isWaiting())) {
            follow(job->id);
            return;
        }
    }
}

void TrainingController::noteJob(JobId id)
{
    const jobs::Job* job = id == m_job ? m_queue.job(id) : nullptr;
    if (job == nullptr || m_follower == nullptr || jobs::isEnd(job->state())) {
        return;
    }
    if (job->isActive() && jobs::isEnd(m_follower->state())) {
        readFromBegin(); // it goes on after an end
    }
    m_progress = job->progress;
    become(job->isEnding ? State::Stopping : job->isWaiting() ? State::Waiting : State::Running);
    Q_EMIT progressed();
}

void TrainingController::stopAndKeep()
{
    if (m_state == State::Running && m_queue.perform(m_job, jobs::JobVerb::StopAndKeep)) {
        become(State::Stopping);
    }
}

void TrainingController::cancel()
{
    m_cancel.cancel();
    if (m_state == State::Preparing) {
        become(State::Idle);
    } else if (isActive() && m_queue.perform(m_job, jobs::JobVerb::Discard)) {
        if (m_job.isValid()) { // one that waited is gone already
            become(State::Stopping);
        }
    }
}

void TrainingController::addMetrics(const std::vector<protocol::Metric>& metrics)
{
    for (const protocol::Metric& metric : metrics) {
        if (metric.value != metric.value) {
            continue; // undefined
        }
        const QString name = QString::fromStdString(metric.name);
        const QString split = QString::fromStdString(metric.split);
        auto series = std::find_if(m_series.begin(), m_series.end(), [&](const MetricSeries& one) {
            return one.name == name && one.split == split;
        });
        if (series == m_series.end()) {
            m_series.append({name, split, {}});
            series = m_series.end() - 1;
        }
        // Validations are told by their epoch, at whose end the loss was told by its step.
        auto step = static_cast<double>(metric.step);
        if (metric.name == "loss") {
            m_lastStep = step;
        } else if (metric.step > 0 && m_lastStep > 0) {
            step = m_lastStep;
        }
        series->points.append({step, metric.value});
    }
    if (!metrics.empty()) {
        Q_EMIT seriesChanged();
    }
}

void TrainingController::noteEnd(JobId id)
{
    const jobs::Job* job = m_queue.job(id);
    const bool isTraining =
        job != nullptr
        && (job->kind == jobs::JobKind::FineTune || job->kind == jobs::JobKind::TrainFromScratch);
    if (!isTraining || (id != m_job && isActive())) {
        return;
    }
    const jobs::JobEnd end = job->end;
    const QString bundle = job->bundle();
    const QString folder = job->folder;
    if (id != m_job) { // it ended while no window was there
        follow(id);
    }
    switch (end.state) {
    case jobs::JobState::Finished: {
        const auto facts =
            bundle.isEmpty() ? Result<BundleFacts>(BundleFacts()) : readBundleFacts(bundle);
        m_isBettered = !facts || !facts->isStart;
        become(State::Finished);
        if (!bundle.isEmpty()) {
            Q_EMIT finished(bundle, folder);
        }
        break;
    }
    case jobs::JobState::Cancelled:
        become(State::Idle);
        break;
    default:
        become(State::Failed);
        tellFailure(end);
        break;
    }
}

void TrainingController::tellFailure(const jobs::JobEnd& end)
{
    QString text = tr("The training ended unexpectedly. Your labels are safe.");
    if (end.action == jobs::SuggestedAction::ReduceBatch) {
        text = tr("The training ran out of memory.");
    } else if (end.action == jobs::SuggestedAction::FreeSpace) {
        text = tr("The training could not write its files: the disk may be full.");
    } else if (end.action == jobs::SuggestedAction::FixInput) {
        text = tr("The training could not use the data.");
    }
    Q_EMIT problemOccurred(
        {Notice::Severity::Error,
         text,
         QString::fromStdString(end.failure.message),
         Notice::Action::ShowLog,
         QStringLiteral("training")});
}

void TrainingController::fail(const Error& error)
{
    become(State::Failed);
    Notice notice = noticeFor(error, tr("The training could not start."), Notice::Action::None);
    notice.topic = QStringLiteral("training");
    Q_EMIT problemOccurred(notice);
}

void TrainingController::become(State state)
{
    if (std::exchange(m_state, state) != state) {
        Q_EMIT stateChanged(state);
    }
}

} // namespace guidino::ui
