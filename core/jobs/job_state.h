// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/messages.h"

#include <optional>
#include <string>

/// How a job stands and what to offer the user. Codes only: the window has the words.
namespace guidino::jobs {

enum class JobState {
    Queued,   ///< described, not started
    Starting, ///< started, has not spoken yet
    Running,
    Paused,
    Stalled, ///< alive, but no word for 20 s or no new step for 10 min
    Finished,
    Cancelled, ///< the user's wish; what was reached is saved
    Failed,    ///< ended by itself with an error
    Crashed,   ///< ended without a word, or by a signal
    Lost ///< what became of it cannot be known from here: another machine, or a restart of this one
};

enum class SuggestedAction {
    None,
    FixSettings,
    FixInput,
    ReduceBatch,     ///< out of memory: Failure::advice names a setting that fits
    RetryWithAdvice, ///< Failure::advice names a setting that may help, such as a learning rate
    Resume,          ///< go on from the last checkpoint; a serve worker: start again
    FreeSpace,
    ShowLog,
    KillAndResume,
    UpdateProgram ///< window and worker are of different versions
};

/// The one state and the one action of an end, with what is known about it.
struct JobEnd
{
    JobState state = JobState::Finished;
    SuggestedAction action = SuggestedAction::None;
    std::optional<int> exitCode;
    std::optional<int> signal;
    protocol::Failure failure; ///< what the worker said; empty code: nothing

    friend bool operator==(const JobEnd&, const JobEnd&) = default;
};

/// Exit codes of the programs (docs/protocol.md): 0, 1, 2, 3, 4, 5, 6, 70; others count as 70.
[[nodiscard]] JobEnd endOfExit(int exitCode);

[[nodiscard]] JobEnd endOfSignal(int signal);

[[nodiscard]] bool isEnd(JobState state);

/// Stable lower-case name for logs and tests, such as "crashed".
[[nodiscard]] const char* nameOf(JobState state);

} // namespace guidino::jobs
