// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/job_queue.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/jobs/job_queue_parts.h"
#include "core/protocol/run_folder.h"

#include <QFileInfo>
#include <QTimer>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace guidino::jobs {

namespace fs = std::filesystem;
using namespace protocol;

namespace {

constexpr int kLookMs = 2000;    ///< between two looks at places that others hold
constexpr int kEditingMs = 8000; ///< without an edit the user has stopped editing
/// A worker whose window died in between is given so long to take its folder's lock.
constexpr int kStartMs = 10000;
/// Where less is free the disk counts as full.
constexpr std::uintmax_t kLeastBytes = std::uintmax_t{1} << 20;

} // namespace

JobQueue::JobQueue(QString program, DeviceLease& lease, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(std::move(program), lease))
{
    d->look.setInterval(kLookMs);
    connect(&d->look, &QTimer::timeout, this, &JobQueue::startWaiting);
    d->editing.setInterval(kEditingMs);
    d->editing.setSingleShot(true);
    connect(&d->editing, &QTimer::timeout, this, [this] {
        for (const auto& entry : d->entries) {
            applyPriority(*entry);
        }
    });
}

JobQueue::~JobQueue() = default;

void JobQueue::setTiming(const RunWorker::Timing& timing)
{
    d->timing = timing;
}

void JobQueue::setLimits(const RunTracker::Limits& limits)
{
    d->limits = limits;
}

void JobQueue::setGuard(std::function<bool(const QString& folder)> isNeeded)
{
    d->isNeeded = std::move(isNeeded);
}

bool JobQueue::isOpen() const
{
    return d->folders.has_value();
}

bool JobQueue::isReadOnly() const
{
    return d->isReadOnly;
}

DeviceLease& JobQueue::lease() const
{
    return d->lease;
}

JobQueue::Entry* JobQueue::find(JobId id) const
{
    const auto entry = std::find_if(
        d->entries.begin(), d->entries.end(), [id](const auto& one) { return one->job.id == id; });
    return entry == d->entries.end() ? nullptr : entry->get();
}

// ---- opening ------------------------------------------------------------------------------------

Status JobQueue::open(const QString& folder, bool isReadOnly)
{
    close();
    auto folders = JobFolders::open(folder, isReadOnly);
    if (!folders) {
        return std::move(folders).error();
    }
    d->folders = std::move(folders).value();
    d->isReadOnly = isReadOnly;
    for (FoundJob& found : d->folders->find()) {
        if (found.error) {
            Q_EMIT problemOccurred(*found.error);
            continue;
        }
        auto entry = std::make_unique<Entry>();
        entry->job = std::move(found.job);
        d->entries.push_back(std::move(entry));
    }
    // By ids: what attaching tells may change the list.
    std::vector<JobId> ids;
    for (const auto& entry : d->entries) {
        ids.push_back(entry->job.id);
    }
    for (const JobId id : ids) {
        Entry* entry = find(id);
        if (entry == nullptr) {
            continue;
        }
        const std::string path = entry->job.folder.toStdString();
        const bool isAlive = isWorkerAlive(path);
        std::error_code ignored;
        const bool hasWorked = fs::exists(RunPaths{path}.worker(), ignored);
        const bool isNew =
            entry->job.started.isValid()
            && entry->job.started.msecsTo(QDateTime::currentDateTimeUtc()) < kStartMs;
        if (isAlive || (entry->job.isActive() && (hasWorked || isNew))) {
            attach(*entry);
        } else if (entry->job.isActive()) {
            entry->job.end = {}; // the window died before the worker began
            entry->job.end.state = JobState::Queued;
        }
    }
    Q_EMIT listChanged();
    tellGpu();
    startWaiting();
    return {};
}

void JobQueue::close()
{
    d->look.stop();
    d->editing.stop();
    d->entries.clear();
    d->folders.reset();
    d->isReadOnly = false;
    d->isHeld = false;
    Q_EMIT listChanged();
    tellGpu();
}

void JobQueue::connectWorker(Entry& entry)
{
    entry.worker = std::make_unique<RunWorker>(d->program, entry.job.folder);
    RunWorker& worker = *entry.worker;
    if (d->timing) {
        worker.setTiming(*d->timing);
    }
    if (d->limits) {
        worker.setLimits(*d->limits);
    }
    const JobId id = entry.job.id;
    connect(&worker, &RunWorker::stateChanged, this, [this, id] { noteState(id); });
    connect(&worker, &RunWorker::ended, this, [this, id] { noteEnd(id); });
    connect(&worker, &RunWorker::progressed, this, [this, id](const Progress& progress) {
        if (Entry* one = find(id)) {
            one->job.progress = progress;
            Q_EMIT jobChanged(id);
        }
    });
    connect(&worker, &RunWorker::warned, this, [this, id](const QString& message) {
        Q_EMIT warned(id, message);
    });
}

void JobQueue::attach(Entry& entry)
{
    const JobId id = entry.job.id;
    const auto place = d->lease.placeOf(deviceOf(entry.job.spec));
    entry.isOnGpu = place == DeviceLease::Place::Gpu;
    if (!d->isReadOnly) {
        d->lease.note(place, entry.job.folder);
    }
    entry.job.end = {};
    entry.job.end.state = JobState::Starting;
    entry.job.ended = {};
    connectWorker(entry);
    entry.worker->attach();
    Entry* still = find(id);
    if (still != nullptr && still->worker != nullptr
        && still->worker->state() == JobState::Queued) {
        // Started and never heard of: it may be about to begin, else it waits again.
        QTimer::singleShot(kStartMs, still->worker.get(), [this, id] {
            Entry* one = find(id);
            if (one != nullptr && one->worker != nullptr
                && one->worker->state() == JobState::Queued) {
                one->worker.release()->deleteLater();
                one->job.end = {};
                one->job.end.state = JobState::Queued;
                Q_EMIT listChanged();
                startWaiting();
            }
        });
    }
}

// ---- new jobs -----------------------------------------------------------------------------------

Result<JobId> JobQueue::reserve()
{
    if (!d->folders || d->isReadOnly) {
        return Error{
            ErrorCode::CannotWrite,
            d->folders ? "the project is open read-only" : "no project is open",
            {}};
    }
    return d->folders->reserve();
}

QString JobQueue::folderOf(JobId id) const
{
    if (const Entry* entry = find(id)) {
        return entry->job.folder;
    }
    return d->folders && d->folders->isReserved(id) ? d->folders->folderOf(id) : QString();
}

Status
JobQueue::submit(JobId id, const JobSpec& spec, const QString& name, std::optional<JobKind> kind)
{
    if (!d->folders || !d->folders->isReserved(id)) {
        return Error{
            ErrorCode::NotFound, "no folder is reserved for job " + std::to_string(id.value), {}};
    }
    auto entry = std::make_unique<Entry>();
    Job& job = entry->job;
    job.id = id;
    job.kind = kind.value_or(kindOf(spec));
    job.name = name;
    job.folder = d->folders->folderOf(id);
    job.spec = spec;
    job.order = d->lastOrder() + 1;
    job.created = QDateTime::currentDateTimeUtc();
    GD_TRY(d->folders->store(job));
    d->entries.push_back(std::move(entry));
    Q_EMIT listChanged();
    Q_EMIT submitted(id);
    startWaiting();
    return {};
}

void JobQueue::abandon(JobId id)
{
    if (d->folders && d->folders->isReserved(id)) {
        d->folders->remove(id);
    }
}

Result<JobId> JobQueue::add(const JobSpec& spec, const QString& name, std::optional<JobKind> kind)
{
    auto id = reserve();
    if (!id) {
        return id;
    }
    if (auto status = submit(*id, spec, name, kind); !status) {
        abandon(*id);
        return std::move(status).error();
    }
    return id;
}

// ---- what there is ------------------------------------------------------------------------------

std::vector<const Job*> JobQueue::jobs() const
{
    std::vector<const Job*> active;
    std::vector<const Job*> done;
    for (const auto& entry : d->entries) {
        if (entry->job.isActive()) {
            active.push_back(&entry->job);
        } else if (!entry->job.isWaiting()) {
            done.push_back(&entry->job);
        }
    }
    std::sort(active.begin(), active.end(), [](const Job* a, const Job* b) {
        return std::pair(a->started, a->id) < std::pair(b->started, b->id);
    });
    std::sort(done.begin(), done.end(), [](const Job* a, const Job* b) {
        return std::pair(a->ended, a->id) > std::pair(b->ended, b->id);
    });
    const std::vector<const Job*> waiting = d->waiting();
    active.insert(active.end(), waiting.begin(), waiting.end());
    active.insert(active.end(), done.begin(), done.end());
    return active;
}

const Job* JobQueue::job(JobId id) const
{
    const Entry* entry = find(id);
    return entry == nullptr ? nullptr : &entry->job;
}

bool JobQueue::isGpuInUse() const
{
    return std::any_of(d->entries.begin(), d->entries.end(), [](const auto& entry) {
        return entry->isOnGpu && entry->job.isActive();
    });
}

void JobQueue::tellGpu()
{
    const bool isInUse = isGpuInUse();
    if (std::exchange(d->isGpuInUse, isInUse) && !isInUse) {
        Q_EMIT gpuFreed();
    }
}

// ---- starting and ending ------------------------------------------------------------------------

void JobQueue::startWaiting()
{
    if (!d->folders || d->isReadOnly || d->isStarting) {
        return;
    }
    d->isStarting = true;
    if (!d->isHeld) {
        std::vector<JobId> ids;
        for (const Job* job : d->waiting()) {
            ids.push_back(job->id);
        }
        for (const JobId id : ids) {
            Entry* entry = find(id);
            if (entry == nullptr || !entry->job.isWaiting()) {
                continue;
            }
            const auto place = d->lease.placeOf(deviceOf(entry->job.spec));
            const auto holder = d->lease.take(place, entry->job.folder);
            if (!holder) {
                entry->isOnGpu = place == DeviceLease::Place::Gpu;
                start(*entry);
            } else if (std::exchange(entry->job.waitsFor, *holder) != *holder) {
                Q_EMIT jobChanged(id);
            }
        }
    }
    d->isStarting = false;
    if (d->waiting().empty() || d->isHeld) {
        d->look.stop();
    } else if (!d->look.isActive()) {
        d->look.start();
    }
}

void JobQueue::start(Entry& entry)
{
    Job& job = entry.job;
    const JobId id = job.id;
    Q_EMIT aboutToStart(id, entry.isOnGpu);
    job.end = {};
    job.end.state = JobState::Starting;
    job.started = QDateTime::currentDateTimeUtc();
    job.ended = {};
    job.result = {};
    job.progress = {};
    job.waitsFor.clear();
    keep(job);
    connectWorker(entry);
    Status status = job.isContinued ? entry.worker->startAgain() : entry.worker->start(job.spec);
    if (status) {
        if (job.isYielding || d->editing.isActive()) {
            applyPriority(entry);
        }
        tellGpu();
        Q_EMIT listChanged();
        return;
    }
    entry.worker.reset();
    d->lease.give(job.folder);
    job.end.state = JobState::Failed;
    job.end.action = status.error().code == ErrorCode::CannotWrite ? SuggestedAction::FreeSpace
                                                                   : SuggestedAction::ShowLog;
    job.end.failure.code = guidino::nameOf(status.error().code);
    job.end.failure.message = status.error().message;
    job.ended = QDateTime::currentDateTimeUtc();
    keep(job);
    Q_EMIT listChanged();
    Q_EMIT ended(id);
    tellGpu();
}

void JobQueue::noteState(JobId id)
{
    Entry* entry = find(id);
    if (entry == nullptr || entry->worker == nullptr) {
        return;
    }
    const JobState state = entry->worker->state();
    if (state == JobState::Queued || isEnd(state)) {
        return; // an end is told once the worker has left its folder
    }
    entry->job.end = entry->worker->end();
    Q_EMIT jobChanged(id);
}

void JobQueue::noteEnd(JobId id)
{
    Entry* entry = find(id);
    if (entry == nullptr || entry->worker == nullptr) {
        return;
    }
    Job& job = entry->job;
    job.end = entry->worker->end();
    job.progress = entry->worker->progress();
    job.result = entry->worker->result();
    entry->worker->disconnect(this);
    entry->worker.release()->deleteLater(); // it is the one that tells
    if (job.state() == JobState::Crashed) {
        std::error_code none;
        const fs::space_info space = fs::space(job.folder.toStdString(), none);
        if (entry->isCancelAsked) { // it had to be killed, as was asked
            job.end.state = JobState::Cancelled;
            job.end.action = SuggestedAction::Resume;
        } else if (!none && space.available < kLeastBytes) { // not even its last words had room
            job.end.action = SuggestedAction::FreeSpace;
        }
    }
    entry->isCancelAsked = false;
    entry->isOnGpu = false;
    job.isEnding = false;
    job.isYielding = false;
    job.isContinued = false;
    const QFileInfo last(
        QString::fromStdString(RunPaths{job.folder.toStdString()}.messages().string()));
    job.ended = last.exists() ? last.lastModified().toUTC() : QDateTime::currentDateTimeUtc();
    if (!d->isReadOnly) {
        d->lease.give(job.folder);
    }
    if (job.isDiscarding) {
        Q_EMIT ended(id);
        if (Entry* still = find(id)) {
            removeFolder(*still);
        }
    } else if (std::exchange(entry->resumesAfterEnd, false)) {
        goOn(*entry);
    } else {
        keep(job);
        Q_EMIT listChanged();
        Q_EMIT ended(id);
    }
    tellGpu();
    startWaiting();
}

} // namespace guidino::jobs
