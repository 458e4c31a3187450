// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/jobs/job_state.h"
#include "core/protocol/job_spec.h"
#include "core/protocol/messages.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// A job of the window's queue as a value, and its file `ticket.json` in the run folder.
namespace guidino::jobs {

enum class JobKind {
    FineTune,
    TrainFromScratch,
    Predict,
    Evaluate,
    Explain,
    Pack,
    Import,
    Export,
    Compare, ///< one model's part of a comparison of two
};

/// Stable lower-case name, such as "fine-tune": in tickets and in a project's table of jobs.
[[nodiscard]] const char* nameOf(JobKind kind);

[[nodiscard]] std::optional<JobKind> jobKindFrom(const QString& name);

/// Of what a job.json says: a training with an `init` is a fine-tuning.
[[nodiscard]] JobKind kindOf(const protocol::JobSpec& spec);

/// "path.key" and value.
using Setting = std::pair<std::string, std::string>;

/// The spec with these settings: of a training those of its configuration, and "device", "threads"
/// and, of a prediction, "mode", "precision", "mirror" and "overlap" of any job that has them.
/// Configuration where the job has no such setting.
[[nodiscard]] Result<protocol::JobSpec>
withSettings(protocol::JobSpec spec, const std::vector<Setting>& settings);

/// The spec with each path below `from` led to the same place below `to`.
[[nodiscard]] protocol::JobSpec
rebased(protocol::JobSpec spec, const std::string& from, const std::string& to);

/// The device that a job asks for, such as "auto"; empty: it computes nothing on one.
[[nodiscard]] std::string deviceOf(const protocol::JobSpec& spec);

/// One job as the queue knows it. Everything but `spec`, which is the folder's job.json, stands in
/// ticket.json.
struct Job
{
    JobId id;
    JobKind kind = JobKind::Predict;
    QString name;   ///< the user's or a proposed one
    QString folder; ///< the run folder, absolute
    protocol::JobSpec spec;
    JobEnd end{JobState::Queued, SuggestedAction::None, {}, {}, {}}; ///< state and, once ended, how
    protocol::Progress progress;                                     ///< the last one
    protocol::JobResult result; ///< of a finished job; its path is relative to the folder
    double order = 0;           ///< place in the queue; the smallest starts first
    bool isContinued = false;   ///< waits to go on from what an earlier session reached
    JobId origin;               ///< the job that it is a copy or a new try of
    JobId successor;            ///< the new try of it
    QDateTime created;
    QDateTime started; ///< the latest session; invalid: never
    QDateTime ended;   ///< invalid while it is none of the ended

    // Of this window only:
    QString waitsFor;          ///< the run folder that holds its device; empty: none
    bool isYielding = false;   ///< runs at low priority because the user asked
    bool isEnding = false;     ///< was asked to stop, to cancel or to be discarded
    bool isDiscarding = false; ///< its folder goes once it has ended

    [[nodiscard]] JobState state() const { return end.state; }

    [[nodiscard]] bool isWaiting() const { return end.state == JobState::Queued; }

    [[nodiscard]] bool isActive() const { return !isWaiting() && !isEnd(end.state); }

    /// The bundle that a finished training made; empty: none.
    [[nodiscard]] QString bundle() const;
};

/// The text of a ticket.json.
[[nodiscard]] QByteArray encodeTicket(const Job& job);

/// Fills all but id, folder and spec. BadInput for what is no ticket of this version.
[[nodiscard]] Status decodeTicket(const QByteArray& text, Job& job);

} // namespace guidino::jobs
