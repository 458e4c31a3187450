// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/run_tracker.h"

#include <algorithm>

namespace guidino::jobs {

using namespace protocol;

void RunTracker::become(JobState state, SuggestedAction action)
{
    m_end = JobEnd{state, action, {}, {}, m_failure};
}

void RunTracker::launched(Clock::time_point now)
{
    m_isLaunched = true;
    m_isGreeted = false;
    m_hasBye = false;
    m_isPaused = false;
    m_looksWithoutLife = 0;
    m_launchTime = now;
    m_lastWord = now;
    m_lastStep = now;
    m_step = -1;
    m_failure = {};
    m_result = {};
    become(JobState::Starting, SuggestedAction::None);
}

void RunTracker::take(const Message& message, Clock::time_point now)
{
    m_lastWord = now;
    const auto reachStep = [&](std::int64_t step) {
        if (step != m_step) {
            m_step = step;
            m_lastStep = now;
        }
    };
    if (std::holds_alternative<Hello>(message)) { // a new session in the same folder
        m_isGreeted = true;
        m_hasBye = false;
        m_isPaused = false;
        m_failure = {};
        m_result = {};
        m_lastStep = now;
        become(JobState::Running, SuggestedAction::None);
    } else if (const auto* progress = std::get_if<Progress>(&message)) {
        m_progress = *progress;
        reachStep(progress->step);
    } else if (const auto* alive = std::get_if<Alive>(&message)) {
        m_isPaused = alive->state == "paused";
        reachStep(alive->step);
        if (m_isPaused) {
            m_lastStep = now; // a pause is no stall
        }
    } else if (const auto* result = std::get_if<JobResult>(&message)) {
        m_result = *result;
    } else if (const auto* failure = std::get_if<Failure>(&message)) {
        m_failure = *failure;
    } else if (const auto* bye = std::get_if<Bye>(&message)) {
        m_hasBye = true;
        m_end = endOfExit(bye->exitCode);
        m_end.failure = m_failure;
        if (m_end.state == JobState::Failed && !m_failure.advice.empty()
            && m_end.action != SuggestedAction::ReduceBatch) {
            m_end.action = SuggestedAction::RetryWithAdvice;
        }
    }
}

void RunTracker::judge(const Signs& signs, Clock::time_point now)
{
    if (m_hasBye) {
        return;
    }
    if (signs.isAlive) {
        m_looksWithoutLife = 0;
        if (now - m_lastWord > m_limits.silence && m_isGreeted) {
            become(JobState::Stalled, SuggestedAction::KillAndResume);
        } else if (now - m_lastStep > m_limits.stall && m_isGreeted) {
            become(JobState::Stalled, SuggestedAction::KillAndResume);
        } else if (m_isGreeted) {
            become(m_isPaused ? JobState::Paused : JobState::Running, SuggestedAction::None);
        }
        return;
    }
    if (m_isLaunched && !m_isGreeted && now - m_launchTime < m_limits.start) {
        return; // still starting
    }
    if (!m_isGreeted && !m_isLaunched && !signs.hasWorker) {
        become(
            signs.hasJob ? JobState::Queued : JobState::Lost,
            signs.hasJob ? SuggestedAction::None : SuggestedAction::ShowLog);
        return;
    }
    // A worker gives its lock back after its bye, and both lie on a disk: look twice.
    if (++m_looksWithoutLife < 2) {
        return;
    }
    const bool canTell = !signs.hasWorker || signs.isOfThisBoot;
    become(canTell ? JobState::Crashed : JobState::Lost, SuggestedAction::Resume);
}

} // namespace guidino::jobs
