// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/job_state.h"

#include <csignal>

namespace guidino::jobs {

JobEnd endOfExit(int exitCode)
{
    JobEnd end;
    end.exitCode = exitCode;
    end.state = JobState::Failed;
    switch (exitCode) {
    case 0:
        end.state = JobState::Finished;
        end.action = SuggestedAction::None;
        break;
    case 2:
        end.action = SuggestedAction::FixSettings;
        break;
    case 3:
        end.action = SuggestedAction::FixInput;
        break;
    case 4:
        end.action = SuggestedAction::ReduceBatch;
        break;
    case 5:
        end.state = JobState::Cancelled;
        end.action = SuggestedAction::Resume;
        break;
    case 6:
        end.action = SuggestedAction::FreeSpace;
        break;
    default:
        end.action = SuggestedAction::ShowLog;
    }
    return end;
}

JobEnd endOfSignal(int signal)
{
    JobEnd end;
    end.state = JobState::Crashed;
    end.signal = signal;
    // Nobody but the kernel out of memory sends SIGKILL to a worker that was not told to end.
    end.action = signal == SIGKILL ? SuggestedAction::ReduceBatch : SuggestedAction::Resume;
    return end;
}

bool isEnd(JobState state)
{
    switch (state) {
    case JobState::Finished:
    case JobState::Cancelled:
    case JobState::Failed:
    case JobState::Crashed:
    case JobState::Lost:
        return true;
    case JobState::Queued:
    case JobState::Starting:
    case JobState::Running:
    case JobState::Paused:
    case JobState::Stalled:
        break;
    }
    return false;
}

const char* nameOf(JobState state)
{
    switch (state) {
    case JobState::Queued:
        return "queued";
    case JobState::Starting:
        return "starting";
    case JobState::Running:
        return "running";
    case JobState::Paused:
        return "paused";
    case JobState::Stalled:
        return "stalled";
    case JobState::Finished:
        return "finished";
    case JobState::Cancelled:
        return "cancelled";
    case JobState::Failed:
        return "failed";
    case JobState::Crashed:
        return "crashed";
    case JobState::Lost:
        break;
    }
    return "lost";
}

} // namespace guidino::jobs
