// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/job_state.h"
#include "core/protocol/codec.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace guidino::jobs {

/// The state of a run from its messages and from signs of life; no clock, no file, no Qt of its
/// own. Feed take() with messages in order, then judge() with what the folder shows.
class RunTracker
{
public:
    using Clock = std::chrono::steady_clock;

    struct Limits
    {
        std::chrono::milliseconds start{20000};   ///< from launch to the first sign of life
        std::chrono::milliseconds silence{20000}; ///< between two messages
        std::chrono::milliseconds stall{600000};  ///< between two steps
    };

    /// What the run folder shows besides messages.
    struct Signs
    {
        bool hasJob = false;       ///< job.json is there
        bool hasWorker = false;    ///< worker.json is there
        bool isAlive = false;      ///< the lock is held
        bool isOfThisBoot = false; ///< worker.json's process was of this machine and start
    };

    void setLimits(const Limits& limits) { m_limits = limits; }

    /// A worker was started just now.
    void launched(Clock::time_point now);

    void take(const protocol::Message& message, Clock::time_point now);

    /// Call after the messages of one look at the folder were taken.
    void judge(const Signs& signs, Clock::time_point now);

    [[nodiscard]] JobState state() const { return m_end.state; }

    /// State, action, and once it ended how.
    [[nodiscard]] const JobEnd& end() const { return m_end; }

    /// True once the worker of the present session said hello: it listens to commands from then on.
    [[nodiscard]] bool isListening() const { return m_isGreeted && !m_hasBye; }

    [[nodiscard]] const protocol::Progress& progress() const { return m_progress; }

    [[nodiscard]] const protocol::JobResult& result() const { return m_result; }

private:
    void become(JobState state, SuggestedAction action);

    Limits m_limits;
    JobEnd m_end{JobState::Queued, SuggestedAction::None, {}, {}, {}};
    bool m_isLaunched = false;
    bool m_isGreeted = false;
    bool m_hasBye = false;
    bool m_isPaused = false;
    int m_looksWithoutLife = 0;
    std::int64_t m_step = -1;
    Clock::time_point m_launchTime;
    Clock::time_point m_lastWord;
    Clock::time_point m_lastStep;
    protocol::Progress m_progress;
    protocol::JobResult m_result;
    protocol::Failure m_failure;
};

} // namespace guidino::jobs
