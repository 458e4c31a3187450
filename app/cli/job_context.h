// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/terminal.h"
#include "core/base/cancel_token.h"
#include "core/base/event_file.h"
#include "core/engine/runtime.h"
#include "core/protocol/messages.h"
#include "core/protocol/run_folder.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace guidino::cli {

/// What the worker's error message says about an error: retryable and advice for lack of memory.
[[nodiscard]] protocol::Failure failureOf(const Error& error);

/// Reports a job to the terminal and, where there is one, to its run folder: messages, log, a sign
/// of life every 2 s; follows commands.jsonl twice a second. The JobContext functions belong to the
/// computing thread; a thread of its own does the rest.
class RunContext final : public engine::JobContext
{
public:
    /// `run` may be null: terminal only. Says hello.
    RunContext(CancelToken cancel, std::unique_ptr<protocol::RunFolder> run);
    ~RunContext() override;

    void progress(const engine::Progress& progress) override;
    void metric(const std::string& name, double value, std::int64_t step, const std::string& split)
        override;
    void
    preview(const std::filesystem::path& png, const std::string& image, std::int64_t step) override;
    void checkpoint(const std::filesystem::path& folder, std::int64_t step, double score) override;
    void warning(const std::string& message) override;
    [[nodiscard]] bool isCancelled() const override;
    [[nodiscard]] bool isPaused() const override;
    [[nodiscard]] bool stopAndKeep() const override;

    void send(const protocol::Message& message);

    /// Metrics go to an event file of TensorBoard in the run folder as well: a new one for this
    /// session, made with the first metric. Steps are the optimizer's.
    void wantEvents() { m_wantsEvents = true; }

    /// Says how the job ended, and bye; tells an error on stderr. Returns the exit code.
    int finish(const Status& status, const std::string& reason);

private:
    void follow();
    void obey(const protocol::Command& command);
    void printMetrics();
    void rest();
    void addEvent(const std::string& name, double value, const std::string& split);
    [[nodiscard]] std::string pathInRun(const std::filesystem::path& path) const;

    using Clock = std::chrono::steady_clock;

    CancelToken m_cancel;
    std::unique_ptr<protocol::RunFolder> m_run;
    ProgressLine m_line;
    std::map<std::string, double> m_validation; ///< of one step, not printed yet
    std::int64_t m_validationStep = 0;
    std::string m_phase;
    std::string m_detail;
    Clock::time_point m_lastSent;
    Clock::time_point m_lastStep = Clock::now();
    bool m_wantsEvents = false;
    std::optional<EventFile> m_events;
    std::int64_t m_trainStep = 0;
    std::atomic<std::int64_t> m_step{0};
    std::atomic<bool> m_isPaused{false};
    std::atomic<bool> m_stopAndKeep{false};
    std::atomic<bool> m_isYielding{false};
    std::atomic<bool> m_hasWriteProblem{false};
    std::mutex m_mutex; ///< of m_isEnding
    std::condition_variable m_ending;
    bool m_isEnding = false;
    std::thread m_follower;
};

/// Sets the priority of all threads of this process: nice(2) alone is of one thread on Linux.
void setNice(int nice);

} // namespace guidino::cli
