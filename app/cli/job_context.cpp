// SPDX-License-Identifier: Apache-2.0
#include "app/cli/job_context.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace guidino::cli {

namespace fs = std::filesystem;
using namespace protocol;

namespace {

constexpr auto kFollowInterval = std::chrono::milliseconds(500);
constexpr auto kAliveInterval = std::chrono::seconds(2);
constexpr auto kProgressInterval = std::chrono::milliseconds(250);
/// From this priority on a job rests as long as each step took, so that GPU and cores are free for
/// others half of the time: a priority of processes alone says nothing to a GPU.
constexpr int kRestingNice = 15;
constexpr auto kLongestRest = std::chrono::milliseconds(1000);
constexpr auto kRestPiece = std::chrono::milliseconds(10);

/// Whether stderr already goes to this file, as the window starts runs.
bool isStderr(const fs::path& file)
{
    struct stat ofFile = {};
    struct stat ofStderr = {};
    return ::stat(file.c_str(), &ofFile) == 0 && ::fstat(STDERR_FILENO, &ofStderr) == 0
           && ofFile.st_dev == ofStderr.st_dev && ofFile.st_ino == ofStderr.st_ino;
}

} // namespace

Failure failureOf(const Error& error)
{
    Failure failure;
    failure.code = nameOf(error.code);
    failure.message = error.message;
    failure.retryable = error.code == ErrorCode::OutOfMemory
                        || error.code == ErrorCode::OutOfDeviceMemory
                        || error.code == ErrorCode::Cancelled;
    for (const auto& [key, value] : error.context) {
        if (key.starts_with("advice.")) {
            failure.advice.emplace_back(key.substr(7), value);
        } else {
            failure.context.emplace_back(key, value);
        }
    }
    return failure;
}

void setNice(int nice)
{
    std::error_code problem;
    for (const auto& task : fs::directory_iterator("/proc/self/task", problem)) {
        const auto id = static_cast<id_t>(std::atoi(task.path().filename().c_str()));
        ::setpriority(PRIO_PROCESS, id, nice); // a thread that ended meanwhile does not matter
    }
}

namespace {

/// The curve's name in TensorBoard: "train/loss", "val/dsc". The loss that is told within an epoch
/// is the mean since its begin.
std::string tagOf(const std::string& name, const std::string& split)
{
    const std::string group = split.starts_with("val") ? "val" : split;
    if (group == "train" && name == "loss") {
        return "train/running_loss";
    }
    const std::string prefix = group + "_";
    return group + "/" + (name.starts_with(prefix) ? name.substr(prefix.size()) : name);
}

} // namespace

RunContext::RunContext(CancelToken cancel, std::unique_ptr<RunFolder> run)
    : m_cancel(std::move(cancel))
    , m_run(std::move(run))
{
    if (m_run) {
        Hello hello;
        hello.build = GUIDINO_VERSION;
        hello.kind = "run";
        hello.pid = ::getpid();
        send(hello);
        m_follower = std::thread(&RunContext::follow, this);
    }
}

RunContext::~RunContext()
{
    {
        const std::lock_guard guard(m_mutex);
        m_isEnding = true;
    }
    m_ending.notify_all();
    if (m_follower.joinable()) {
        m_follower.join();
    }
}

void RunContext::send(const Message& message)
{
    if (!m_run) {
        return;
    }
    const auto sent = m_run->send(message);
    if (!sent && !m_hasWriteProblem.exchange(true)) { // once; saving a checkpoint will say it again
        std::fprintf(stderr, "guidino: warning: %s\n", sent.error().message.c_str());
    }
}

void RunContext::follow()
{
    auto nextAlive = Clock::now();
    std::unique_lock lock(m_mutex);
    while (!m_isEnding) {
        lock.unlock();
        for (const auto& command : m_run->commands()) {
            obey(command.body);
        }
        if (Clock::now() >= nextAlive) {
            send(Alive{m_step.load(), m_isPaused.load() ? "paused" : "running"});
            nextAlive = Clock::now() + kAliveInterval;
        }
        lock.lock();
        m_ending.wait_for(lock, kFollowInterval, [this] { return m_isEnding; });
    }
}

void RunContext::obey(const Command& command)
{
    if (std::holds_alternative<Cancel>(command) || std::holds_alternative<Shutdown>(command)) {
        m_cancel.cancel();
    } else if (std::holds_alternative<Pause>(command)) {
        m_isPaused = true;
        send(Alive{m_step.load(), "paused"});
    } else if (std::holds_alternative<Resume>(command)) {
        m_isPaused = false;
        send(Alive{m_step.load(), "running"});
    } else if (std::holds_alternative<StopAndKeep>(command)) {
        m_stopAndKeep = true;
        m_isPaused = false;
    } else if (const auto* priority = std::get_if<SetPriority>(&command)) {
        m_isYielding = priority->nice >= kRestingNice;
        setNice(priority->nice);
    }
}

void RunContext::rest()
{
    const auto began = Clock::now();
    const auto length = std::min<Clock::duration>(began - m_lastStep, kLongestRest);
    while (m_isYielding && !isCancelled() && !m_stopAndKeep && Clock::now() - began < length) {
        std::this_thread::sleep_for(kRestPiece);
    }
    m_lastStep = Clock::now();
}

void RunContext::progress(const engine::Progress& progress)
{
    m_step = progress.step;
    rest();
    if (progress.phase == "train") {
        m_trainStep = progress.step;
    }
    printMetrics();
    m_line.show(progress);
    const auto now = Clock::now();
    const bool isNew = progress.phase != m_phase || progress.step == progress.total;
    if (!m_run || (!isNew && now - m_lastSent < kProgressInterval)) {
        return;
    }
    m_lastSent = now;
    m_phase = progress.phase;
    send(Progress{
        progress.phase, progress.step, progress.total, progress.secondsLeft, progress.detail});
}

void RunContext::metric(
    const std::string& name, double value, std::int64_t step, const std::string& split)
{
    send(Metric{name, value, step, split});
    addEvent(name, value, split);
    if (split.starts_with("val")) {
        if (step != m_validationStep) {
            printMetrics();
        }
        m_validationStep = step;
        m_validation[name] = value;
    }
}

void RunContext::addEvent(const std::string& name, double value, const std::string& split)
{
    if (!m_wantsEvents || !m_run) {
        return;
    }
    const auto write = [&]() -> Status {
        if (!m_events) {
            auto file = EventFile::create(m_run->paths().folder);
            if (!file) {
                return std::move(file).error();
            }
            m_events = std::move(file).value();
            GD_TRY(m_events->addRestart(m_trainStep));
        }
        return m_events->addScalar(tagOf(name, split), value, m_trainStep);
    };
    if (const Status written = write(); !written) {
        m_wantsEvents = false; // the training matters more
        warning(written.error().message + "; no more events for TensorBoard");
    }
}

/// One line a validation, once all its metrics came.
void RunContext::printMetrics()
{
    if (m_validation.empty()) {
        return;
    }
    std::string text = "validation at step " + std::to_string(m_validationStep) + ":";
    for (const auto& [name, value] : std::exchange(m_validation, {})) {
        char number[48];
        std::snprintf(number, sizeof number, "  %s %.4f", name.c_str(), value);
        text += std::isfinite(value) ? std::string(number) : "  " + name + " undefined";
    }
    m_line.note(text);
    if (m_run) {
        m_run->log("info", text);
    }
}

/// Relative where it lies in the run folder, so that the folder may move.
std::string RunContext::pathInRun(const fs::path& path) const
{
    const fs::path relative =
        absolutePath(path).lexically_relative(absolutePath(m_run->paths().folder));
    const bool isInside = !relative.empty() && *relative.begin() != "..";
    return (isInside ? relative : path).string();
}

void RunContext::preview(const fs::path& png, const std::string& image, std::int64_t step)
{
    if (m_run) {
        send(Preview{pathInRun(png), image, step});
    }
}

void RunContext::checkpoint(const fs::path& folder, std::int64_t step, double score)
{
    if (m_run) {
        send(Checkpoint{pathInRun(folder), step, score});
    }
}

void RunContext::warning(const std::string& message)
{
    send(Warning{message});
    if (m_run && !isStderr(m_run->paths().log())) {
        m_run->log("warning", message);
    }
    m_line.note("guidino: warning: " + message);
}

bool RunContext::isCancelled() const
{
    return m_cancel.isCancelled();
}

bool RunContext::isPaused() const
{
    return m_isPaused && !m_cancel.isCancelled();
}

bool RunContext::stopAndKeep() const
{
    return m_stopAndKeep;
}

int RunContext::finish(const Status& status, const std::string& reason)
{
    printMetrics();
    m_line.clear();
    int exitCode = 0;
    if (!status) {
        if (m_run && !isStderr(m_run->paths().log())) {
            m_run->log("error", status.error().message);
        }
        send(failureOf(status.error()));
        exitCode = fail(status.error());
    }
    const bool isCancelled = !status && status.error().code == ErrorCode::Cancelled;
    send(Bye{status ? reason : (isCancelled ? "cancelled" : "failed"), exitCode});
    return exitCode;
}

} // namespace guidino::cli
