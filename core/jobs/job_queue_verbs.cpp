// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/job_queue.h"
#include "core/jobs/job_queue_parts.h"
#include "core/protocol/run_folder.h"

#include <algorithm>
#include <filesystem>
#include <utility>

/// What can be done with the jobs of a queue.
namespace guidino::jobs {

namespace fs = std::filesystem;
using namespace protocol;

namespace {

constexpr int kUsualNice = 10;
constexpr int kYieldingNice = 19;

} // namespace

bool JobQueue::can(JobId id, JobVerb verb) const
{
    const Entry* entry = find(id);
    if (entry == nullptr || d->isReadOnly) {
        return false;
    }
    const Job& job = entry->job;
    const JobState state = job.state();
    const bool isFree = !job.isEnding && !job.isDiscarding;
    switch (verb) {
    case JobVerb::Pause:
        return isFree && state == JobState::Running;
    case JobVerb::Resume:
        return isFree
               && (state == JobState::Paused || (isEnd(state) && state != JobState::Finished));
    case JobVerb::StopAndKeep:
        return isFree && std::holds_alternative<TrainSpec>(job.spec)
               && (state == JobState::Running || state == JobState::Paused);
    case JobVerb::Cancel:
        return isFree && !isEnd(state);
    case JobVerb::Discard:
        return !job.isDiscarding && !(d->isNeeded && d->isNeeded(job.folder));
    case JobVerb::EndAndResume:
        return isFree && state == JobState::Stalled;
    case JobVerb::Yield:
        return isFree && job.isActive();
    case JobVerb::MoveUp:
        return job.isWaiting() && d->waiting().front() != &job;
    case JobVerb::MoveDown:
        return job.isWaiting() && d->waiting().back() != &job;
    case JobVerb::Duplicate:
        return !job.isDiscarding;
    case JobVerb::Retry:
        return isEnd(state) && !job.end.failure.advice.empty() && !job.successor.isValid();
    }
    return false;
}

// ---- what to do ---------------------------------------------------------------------------------

Status JobQueue::perform(JobId id, JobVerb verb)
{
    if (!can(id, verb)) {
        return Error{
            ErrorCode::Usage,
            "this cannot be done with job " + std::to_string(id.value) + " now",
            {}};
    }
    Entry& entry = *find(id);
    Job& job = entry.job;
    switch (verb) {
    case JobVerb::Pause:
        entry.worker->pause();
        break;
    case JobVerb::Resume:
        if (job.state() == JobState::Paused) {
            entry.worker->resume();
        } else {
            goOn(entry);
        }
        break;
    case JobVerb::StopAndKeep:
        job.isEnding = true;
        entry.worker->stopAndKeep();
        break;
    case JobVerb::Discard:
        job.isDiscarding = true;
        if (!job.isActive()) {
            removeFolder(entry);
            return {};
        }
        [[fallthrough]];
    case JobVerb::Cancel:
        if (job.isWaiting()) {
            job.end.state = JobState::Cancelled;
            job.end.action = SuggestedAction::Resume;
            job.ended = QDateTime::currentDateTimeUtc();
            keep(job);
            Q_EMIT listChanged();
            Q_EMIT ended(id);
            return {};
        }
        job.isEnding = true;
        entry.isCancelAsked = true;
        if (job.state() == JobState::Stalled && job.isDiscarding) {
            entry.worker->kill();
        } else {
            entry.worker->cancel();
        }
        break;
    case JobVerb::EndAndResume:
        job.isEnding = true;
        entry.resumesAfterEnd = true;
        entry.worker->kill();
        break;
    case JobVerb::Yield:
        job.isYielding = !job.isYielding;
        applyPriority(entry);
        break;
    case JobVerb::MoveUp:
    case JobVerb::MoveDown: {
        const auto waiting = d->waiting();
        const auto at = std::find(waiting.begin(), waiting.end(), &job);
        const auto next = verb == JobVerb::MoveUp ? at - 1 : at + 2;
        return moveBefore(
            id, verb == JobVerb::MoveDown && at + 2 >= waiting.end() ? JobId{} : (*next)->id);
    }
    case JobVerb::Duplicate: {
        auto copy = duplicate(id, {});
        return copy ? Status() : Status(std::move(copy).error());
    }
    case JobVerb::Retry: {
        auto copy = retry(id);
        return copy ? Status() : Status(std::move(copy).error());
    }
    }
    Q_EMIT jobChanged(id);
    return {};
}

Result<JobId>
JobQueue::duplicate(JobId id, const std::vector<Setting>& changes, const QString& name)
{
    const Entry* entry = find(id);
    if (entry == nullptr) {
        return Error{ErrorCode::NotFound, "no job " + std::to_string(id.value), {}};
    }
    auto spec = withSettings(entry->job.spec, changes);
    if (!spec) {
        return std::move(spec).error();
    }
    return duplicateAs(id, *spec, name);
}

Result<JobId> JobQueue::duplicateAs(JobId id, const JobSpec& spec, const QString& name)
{
    const Entry* entry = find(id);
    if (entry == nullptr) {
        return Error{ErrorCode::NotFound, "no job " + std::to_string(id.value), {}};
    }
    const auto copy = reserve();
    if (!copy) {
        return copy;
    }
    const std::string source = entry->job.folder.toStdString();
    const std::string target = d->folders->folderOf(*copy).toStdString();
    Status status = d->folders->linkData(id, *copy);
    if (status) {
        status = submit(
            *copy,
            rebased(spec, source, target),
            name.isEmpty() ? entry->job.name : name,
            entry->job.kind);
    }
    if (!status) {
        abandon(*copy);
        return std::move(status).error();
    }
    if (Entry* made = find(*copy)) { // it may have been started by now
        made->job.origin = id;
        keep(made->job);
    }
    return copy;
}

Result<JobId> JobQueue::retry(JobId id)
{
    if (!can(id, JobVerb::Retry)) {
        return Error{
            ErrorCode::Usage, "nothing is advised for job " + std::to_string(id.value), {}};
    }
    const auto copy = duplicate(id, find(id)->job.end.failure.advice);
    if (!copy) {
        return copy;
    }
    if (Entry* entry = find(id)) {
        entry->job.successor = *copy;
        keep(entry->job);
        Q_EMIT jobChanged(id);
    }
    return copy;
}

Status JobQueue::moveBefore(JobId id, JobId next)
{
    Entry* entry = find(id);
    const Entry* after = find(next);
    if (d->isReadOnly || entry == nullptr || !entry->job.isWaiting() || id == next
        || (next.isValid() && (after == nullptr || !after->job.isWaiting()))) {
        return Error{ErrorCode::Usage, "only jobs that wait have a place in the queue", {}};
    }
    double order = d->lastOrder() + 1;
    if (after != nullptr) {
        order = after->job.order - 1;
        for (const Job* job : d->waiting()) {
            if (job != &entry->job && job->order < after->job.order) {
                order = (job->order + after->job.order) / 2;
            }
        }
    }
    entry->job.order = order;
    keep(entry->job);
    Q_EMIT listChanged();
    return {};
}

Status JobQueue::rename(JobId id, const QString& name)
{
    Entry* entry = find(id);
    if (entry == nullptr || d->isReadOnly) {
        return Error{ErrorCode::NotFound, "no job " + std::to_string(id.value), {}};
    }
    entry->job.name = name;
    keep(entry->job);
    Q_EMIT jobChanged(id);
    return {};
}

void JobQueue::goOn(Entry& entry)
{
    std::error_code ignored;
    Job& job = entry.job;
    job.isContinued = fs::exists(RunPaths{job.folder.toStdString()}.messages(), ignored);
    job.isEnding = false;
    job.end = {};
    job.end.state = JobState::Queued;
    job.ended = {};
    entry.isCancelAsked = false;
    keep(job);
    Q_EMIT listChanged();
    startWaiting();
}

void JobQueue::removeFolder(Entry& entry)
{
    const JobId id = entry.job.id;
    d->folders->remove(id);
    std::erase_if(d->entries, [id](const auto& one) { return one->job.id == id; });
    Q_EMIT listChanged();
    Q_EMIT discarded(id);
}

void JobQueue::keep(const Job& job)
{
    if (d->isReadOnly || !d->folders) {
        return;
    }
    if (const auto stored = d->folders->storeTicket(job); !stored) {
        Q_EMIT problemOccurred(stored.error());
    }
}

void JobQueue::setHeld(bool isHeld)
{
    d->isHeld = isHeld;
    Q_EMIT listChanged();
    startWaiting();
}

bool JobQueue::isHeld() const
{
    return d->isHeld;
}

void JobQueue::noteEditing()
{
    const bool wasEditing = d->editing.isActive();
    d->editing.start();
    if (!wasEditing) {
        for (const auto& entry : d->entries) {
            applyPriority(*entry);
        }
    }
}

void JobQueue::applyPriority(Entry& entry) const
{
    if (entry.worker != nullptr && entry.job.isActive() && !d->isReadOnly) {
        const bool isLow = entry.job.isYielding || d->editing.isActive();
        entry.worker->setPriority(isLow ? kYieldingNice : kUsualNice);
    }
}

} // namespace guidino::jobs
