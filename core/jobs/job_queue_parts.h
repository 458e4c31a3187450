// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/job_folders.h"
#include "core/jobs/job_queue.h"

#include <QTimer>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

/// What a JobQueue is made of, for its sources alone.
namespace guidino::jobs {

/// A job and the worker that is followed.
struct JobQueue::Entry
{
    Job job;
    std::unique_ptr<RunWorker> worker;
    bool isCancelAsked = false;
    bool resumesAfterEnd = false;
    bool isOnGpu = false;
};

/// The state of a queue.
struct JobQueue::Private
{
    Private(QString ofProgram, DeviceLease& ofDevices)
        : program(std::move(ofProgram))
        , lease(ofDevices)
    {}

    QString program;
    DeviceLease& lease;
    std::optional<RunWorker::Timing> timing;
    std::optional<RunTracker::Limits> limits;
    std::function<bool(const QString&)> isNeeded;
    std::optional<JobFolders> folders;
    bool isReadOnly = false;
    bool isHeld = false;
    bool isGpuInUse = false;
    bool isStarting = false; ///< guards startWaiting() against itself
    std::vector<std::unique_ptr<Entry>> entries;
    QTimer look;
    QTimer editing;

    [[nodiscard]] double lastOrder() const
    {
        double last = 0;
        for (const auto& entry : entries) {
            last = std::max(last, entry->job.order);
        }
        return last;
    }

    [[nodiscard]] std::vector<const Job*> waiting() const
    {
        std::vector<const Job*> jobs;
        for (const auto& entry : entries) {
            if (entry->job.isWaiting()) {
                jobs.push_back(&entry->job);
            }
        }
        std::sort(jobs.begin(), jobs.end(), [](const Job* a, const Job* b) {
            return std::pair(a->order, a->id) < std::pair(b->order, b->id);
        });
        return jobs;
    }
};

} // namespace guidino::jobs
