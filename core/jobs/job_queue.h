// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/jobs/device_lease.h"
#include "core/jobs/job_ticket.h"
#include "core/jobs/run_worker.h"

#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <vector>

namespace guidino::jobs {

/// What can be done with a job.
enum class JobVerb {
    Pause,
    Resume, ///< a paused one goes on; an ended one goes back into the queue and on from what it
            ///< reached
    StopAndKeep,  ///< end well with the best so far
    Cancel,       ///< end; what was reached stays and can be resumed
    Discard,      ///< end where needed, and remove its folder
    EndAndResume, ///< of a stalled one: kill its worker, then resume
    Yield,        ///< low priority; again: back to the usual one
    MoveUp,
    MoveDown,
    Duplicate,
    Retry, ///< a new job with the setting that the failure advises
};

/// The jobs of a project: each a run folder `FOLDER/ID` with a ticket beside what run folders hold
/// (docs/protocol.md). Starts what waits, in order, one job to a place of the DeviceLease; the
/// workers are processes of their own that outlive the window, and a queue that opens the folder
/// later finds them again. Jobs that wait do so until a window has the project open.
///
/// GUI thread only; nothing blocks for longer than small files take.
class JobQueue : public QObject
{
    Q_OBJECT

public:
    /// `program`: guidino. `lease` outlives the queue.
    JobQueue(QString program, DeviceLease& lease, QObject* parent = nullptr);
    ~JobQueue() override; // workers go on

    void setTiming(const RunWorker::Timing& timing);
    void setLimits(const RunTracker::Limits& limits);

    /// Folders for which this is true are never removed by Discard: somebody needs what is in them.
    void setGuard(std::function<bool(const QString& folder)> isNeeded);

    /// Finds the jobs in the folder again and goes on with them: CannotWrite where the folder
    /// cannot be made. Read-only: follows them, changes and starts nothing. Damaged tickets are
    /// passed over with problemOccurred().
    [[nodiscard]] Status open(const QString& folder, bool isReadOnly = false);

    /// Lets go of all jobs; their workers go on.
    void close();

    [[nodiscard]] bool isOpen() const;
    [[nodiscard]] bool isReadOnly() const;

    // ---- new jobs
    // -----------------------------------------------------------------------------------------

    /// A folder of its own for a job that is being prepared: what the job needs, such as frozen
    /// labels, is written below it, then submit() or abandon() follows. What a dead window left
    /// half prepared is removed when the folder is opened again.
    [[nodiscard]] Result<JobId> reserve();

    /// The run folder, absolute; of reserved ones too. Empty: no such job.
    [[nodiscard]] QString folderOf(JobId id) const;

    /// The job of a reserved folder waits in the queue from now on, behind all others. An empty
    /// name is fine: the window has words for the kind. `kind` is taken from the spec where not
    /// given.
    [[nodiscard]] Status submit(
        JobId id,
        const protocol::JobSpec& spec,
        const QString& name = {},
        std::optional<JobKind> kind = {});

    /// Removes a reserved folder.
    void abandon(JobId id);

    /// reserve() and submit() in one, for a job that needs nothing prepared.
    [[nodiscard]] Result<JobId>
    add(const protocol::JobSpec& spec, const QString& name = {}, std::optional<JobKind> kind = {});

    // ---- what there is
    // -----------------------------------------------------------------------------------------

    /// The active ones, then those that wait, in the order in which they start, then the ended, the
    /// latest first. Pointers are valid until the next signal.
    [[nodiscard]] std::vector<const Job*> jobs() const;

    /// Null: no such job.
    [[nodiscard]] const Job* job(JobId id) const;

    [[nodiscard]] bool can(JobId id, JobVerb verb) const;

    /// Whether one computes on a GPU now.
    [[nodiscard]] bool isGpuInUse() const;

    [[nodiscard]] DeviceLease& lease() const;

    // ---- what to do
    // -----------------------------------------------------------------------------------------

    /// Usage where can() is false. Retry and Duplicate are retry() and duplicate() without their
    /// result.
    Status perform(JobId id, JobVerb verb);

    /// A copy that waits in the queue, with these settings changed. Its frozen data are the same
    /// files (hard links where the file system has them).
    [[nodiscard]] Result<JobId>
    duplicate(JobId id, const std::vector<Setting>& changes, const QString& name = {});

    /// A copy that does what `spec` says, whose paths are those of the job it is a copy of.
    [[nodiscard]] Result<JobId>
    duplicateAs(JobId id, const protocol::JobSpec& spec, const QString& name = {});

    /// A copy with the setting that the failure advises; the failed job names its successor.
    [[nodiscard]] Result<JobId> retry(JobId id);

    /// Puts a waiting job before another that waits; an invalid one: behind all.
    Status moveBefore(JobId id, JobId next);

    Status rename(JobId id, const QString& name);

    /// While the user edits all running jobs leave the machine to the window: low priority, and a
    /// rest after each step. Call with each edit; it ends by itself some seconds after the last.
    void noteEditing();

    /// While held, nothing that waits is started.
    void setHeld(bool isHeld);
    [[nodiscard]] bool isHeld() const;

    /// Starts what can start. Called by itself whenever something ends, and every two seconds while
    /// something waits.
    void startWaiting();

Q_SIGNALS:
    /// The set of jobs or their order changed.
    void listChanged();
    /// State, name, reasons to wait or progress of one.
    void jobChanged(guidino::JobId id);
    /// A new one is in the queue; its ticket is on disk.
    void submitted(guidino::JobId id);
    /// Just before its worker starts; `needsGpu`: give GPU memory back now.
    void aboutToStart(guidino::JobId id, bool needsGpu);
    /// No job computes on a GPU any more.
    void gpuFreed();
    /// Once for each end of a session, also of one that ended while no window was there.
    void ended(guidino::JobId id);
    /// Its folder is gone, or going.
    void discarded(guidino::JobId id);
    /// What a job's worker remarked.
    void warned(guidino::JobId id, const QString& message);
    /// A ticket could not be read or written; the jobs go on.
    void problemOccurred(const guidino::Error& error);

private:
    struct Entry;
    struct Private;

    [[nodiscard]] Entry* find(JobId id) const;
    void load(const QString& folder);
    void attach(Entry& entry);
    void connectWorker(Entry& entry);
    void start(Entry& entry);
    void noteState(JobId id);
    void noteEnd(JobId id);
    void goOn(Entry& entry);
    void removeFolder(Entry& entry);
    void keep(const Job& job);
    void tellGpu();
    void applyPriority(Entry& entry) const;

    std::unique_ptr<Private> d;
};

} // namespace guidino::jobs
