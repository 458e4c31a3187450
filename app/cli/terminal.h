// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/engine/runtime.h"

#include <chrono>
#include <filesystem>
#include <string>

/// Talking to the person or script that started the program.
namespace guidino::cli {

/// Writes the error to stderr and returns its exit code.
int fail(const Error& error);

/// Who hears what a subcommand says to its user, where it is run as a job.
class Listener
{
public:
    virtual ~Listener() = default;

    /// True: it is told elsewhere and need not be shown.
    virtual bool heardProgress(const engine::Progress& progress) = 0;
    virtual void heardFailure(const Error& error) = 0;
    virtual void heardNote(const std::string& text) = 0;
};

/// Null: nobody. Set by the main thread before the subcommand starts.
void setListener(Listener* listener);

/// NotFound with a clear message unless the file or folder is there. `what` names the option, such
/// as "--data".
[[nodiscard]] Status requireExisting(const std::filesystem::path& path, const std::string& what);

/// A name such as "guidino-u.fixed", not a file: without a folder and without ".json".
[[nodiscard]] bool isName(const std::string& text);

/// The same place when the working folder changes; empty stays empty.
[[nodiscard]] std::filesystem::path absolutePath(const std::filesystem::path& path);

/// "1:05", "2:03:04"; empty below 0.
[[nodiscard]] std::string durationText(double seconds);

/// "1.5 GiB".
[[nodiscard]] std::string bytesText(double bytes);

/// SIGINT, SIGTERM and SIGHUP set the token; a second SIGINT ends the program at once. Call before
/// other threads run.
[[nodiscard]] CancelToken cancelOnSignals();

/// Progress on stderr: on a terminal one line that is painted anew, else a plain line at each new
/// phase and every ten seconds. One thread at a time.
class ProgressLine
{
public:
    ProgressLine();
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const engine::Progress& progress);

    /// A line that stays, above the progress.
    void note(const std::string& text);

    /// Removes the painted line.
    void clear();

private:
    using Clock = std::chrono::steady_clock;

    bool m_isTerminal;
    bool m_isPainted = false;
    std::string m_phase;
    Clock::time_point m_last;
};

} // namespace guidino::cli
