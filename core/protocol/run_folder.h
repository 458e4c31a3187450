// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/protocol/codec.h"
#include "core/protocol/job_spec.h"
#include "core/protocol/line_splitter.h"
#include "core/protocol/process_identity.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A run folder as the meeting place of a detached worker and whoever watches it: the worker
/// appends messages.jsonl and log.txt and follows commands.jsonl; the watcher does the reverse.
/// worker.json carries the worker's identity and, for its life, its lock.
namespace guidino::protocol {

struct RunPaths
{
    std::filesystem::path folder;

    [[nodiscard]] std::filesystem::path job() const { return folder / "job.json"; }

    [[nodiscard]] std::filesystem::path run() const { return folder / "run.json"; }

    [[nodiscard]] std::filesystem::path messages() const { return folder / "messages.jsonl"; }

    [[nodiscard]] std::filesystem::path commands() const { return folder / "commands.jsonl"; }

    [[nodiscard]] std::filesystem::path worker() const { return folder / "worker.json"; }

    [[nodiscard]] std::filesystem::path log() const { return folder / "log.txt"; }
};

/// Lines of a growing file, from a position on; copes with a file that is not there yet.
class LineTail
{
public:
    explicit LineTail(std::filesystem::path file, std::uint64_t position = 0)
        : m_file(std::move(file))
        , m_position(position)
    {}

    /// Whole lines that came since the last call, at most about `maxBytes` of them; the rest comes
    /// with the next call. A file that became shorter is read from its begin.
    [[nodiscard]] std::vector<std::string> poll(std::size_t maxBytes = std::size_t{1} << 18);

    /// Whether the last poll() left nothing behind.
    [[nodiscard]] bool isAtEnd() const { return m_isAtEnd; }

private:
    std::filesystem::path m_file;
    std::uint64_t m_position;
    LineSplitter m_lines;
    bool m_isAtEnd = true;
};

/// The worker's side. Its functions may be called from any thread.
class RunFolder
{
public:
    /// Makes the folder where needed, takes the lock and writes worker.json. Usage where another
    /// worker holds the lock, CannotWrite where nothing can be written. Commands that are there
    /// already are old and passed over.
    [[nodiscard]] static Result<std::unique_ptr<RunFolder>>
    open(const std::filesystem::path& folder, const std::string& version);

    RunFolder(const RunFolder&) = delete;
    RunFolder& operator=(const RunFolder&) = delete;

    /// Gives the lock back.
    ~RunFolder();

    [[nodiscard]] const RunPaths& paths() const;

    /// Appends one line to messages.jsonl; seq goes on from the lines that are there.
    [[nodiscard]] Status send(const Message& message);

    /// Appends "TIME LEVEL text" to log.txt.
    void log(std::string_view level, std::string_view text);

    /// Commands that came since the last call; damaged lines are logged and passed over. One thread
    /// only.
    [[nodiscard]] std::vector<Received<Command>> commands();

private:
    RunFolder();
    struct Private;
    std::unique_ptr<Private> d;
};

/// Whether a worker holds the folder's lock now.
[[nodiscard]] bool isWorkerAlive(const std::filesystem::path& folder);

/// What worker.json says; NotFound where none was there.
[[nodiscard]] Result<ProcessIdentity> workerIdentity(const std::filesystem::path& folder);

/// Signals the worker of this folder: only while the lock is held and only the process that
/// worker.json names, on this machine. False where nothing was signalled.
bool signalWorker(const std::filesystem::path& folder, int signal);

/// The watcher's side: appends one line to commands.jsonl.
[[nodiscard]] Status sendCommand(const std::filesystem::path& folder, const Command& command);

/// The watcher's side: messages.jsonl from its begin on, so that a state can be rebuilt.
class RunReader
{
public:
    /// From `position` on, in bytes: 0 tells all sessions again.
    explicit RunReader(const std::filesystem::path& folder, std::uint64_t position = 0)
        : m_tail(RunPaths{folder}.messages(), position)
    {}

    /// Messages that came since the last call; the unreadable are counted.
    [[nodiscard]] std::vector<Received<Message>> poll();

    /// Whether the last poll() left nothing behind.
    [[nodiscard]] bool isAtEnd() const { return m_tail.isAtEnd(); }

    [[nodiscard]] std::int64_t damagedLines() const { return m_damagedLines; }

private:
    LineTail m_tail;
    std::int64_t m_damagedLines = 0;
};

/// Writes RUN/job.json, making the folder. CannotWrite.
[[nodiscard]] Status writeJob(const std::filesystem::path& folder, const JobSpec& spec);

/// Reads a job.json. NotFound, BadInput, Configuration, each naming the file.
[[nodiscard]] Result<JobSpec> readJob(const std::filesystem::path& file);

} // namespace guidino::protocol
