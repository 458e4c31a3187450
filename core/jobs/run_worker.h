// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/jobs/job_state.h"
#include "core/jobs/run_tracker.h"
#include "core/protocol/codec.h"
#include "core/protocol/job_spec.h"

#include <QObject>
#include <QString>

#include <memory>
#include <vector>

namespace guidino::jobs {

/// One run (training or batch prediction) and its run folder. The worker is a process of its own
/// that outlives this object and the window; all that is known about it comes from the folder,
/// which is looked at twice a second. GUI thread only; nothing blocks.
///
/// A new window attaches to the folder of a run that goes on or ended meanwhile, and gets the same
/// signals from the first message on.
class RunWorker : public QObject
{
    Q_OBJECT

public:
    struct Timing
    {
        int pollMs = 500;
        int politeMs = 10000;   ///< from cancel() to SIGTERM
        int terminateMs = 5000; ///< from SIGTERM to SIGKILL
    };

    /// `program` is guidino; `folder` the run folder.
    RunWorker(QString program, QString folder, QObject* parent = nullptr);
    ~RunWorker() override;

    void setTiming(const Timing& timing);
    void setLimits(const RunTracker::Limits& limits);

    /// Writes job.json and starts the worker, detached and at nice 10. CannotWrite; NotFound where
    /// the program cannot be started; Usage where a worker is at work in the folder.
    [[nodiscard]] Status start(const protocol::JobSpec& spec);

    /// Goes on with the job that the folder holds, from its last checkpoint. What earlier sessions
    /// said is told only where attach() came first.
    [[nodiscard]] Status startAgain();

    /// Follows what is in the folder, without starting anything.
    void attach();

    /// These hold until the worker listens, then go to it.
    void pause();
    void resume();
    void stopAndKeep();

    /// Polite at first, by signals later; what was reached at the last step stays.
    void cancel();

    /// At once: for a stalled worker.
    void kill();

    /// 0 to 19. From 15 on the worker also rests after each step, on a GPU too.
    void setPriority(int nice);

    [[nodiscard]] QString folder() const;
    [[nodiscard]] JobState state() const;
    [[nodiscard]] const JobEnd& end() const;
    [[nodiscard]] const protocol::Progress& progress() const;

    /// What the last session ended with; of one that did not finish it is empty.
    [[nodiscard]] const protocol::JobResult& result() const;

    /// Bundle of the best checkpoint once the run finished; empty before.
    [[nodiscard]] QString bestBundle() const;

Q_SIGNALS:
    void stateChanged(guidino::jobs::JobState state);
    /// At most once a look.
    void progressed(const guidino::protocol::Progress& progress);
    /// All that came since the last look, in order.
    void metricsAdded(const std::vector<guidino::protocol::Metric>& metrics);
    void previewed(const guidino::protocol::Preview& preview);
    void checkpointSaved(const guidino::protocol::Checkpoint& checkpoint);
    void warned(const QString& message);
    /// Once for each end: finished, cancelled, failed, crashed or lost.
    void ended(const guidino::jobs::JobEnd& end);

private:
    void poll();
    void send(const protocol::Command& command);
    Status launch(bool isAgain);

    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace guidino::jobs
