// SPDX-License-Identifier: Apache-2.0
#include "core/engine/trial.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <optional>
#include <thread>

namespace guidino::engine {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLongestPause = std::chrono::milliseconds(20);
constexpr std::size_t kLongestLine = 300;

/// Memory that both processes see. The copy writes, the other reads once the copy is gone.
struct Report
{
    enum class End { None, Done, Threw, Exited };

    End end = End::None;
    int exitCode = 0;
    std::array<char, 100> stage{};
    std::array<char, 500> message{};
};

template<std::size_t Size>
void put(std::array<char, Size>& target, const char* text)
{
    std::strncpy(target.data(), text, Size - 1);
    target.back() = '\0';
}

/// Of this copy. Handlers of exit and of terminate take no arguments of ours.
Report* theReport = nullptr;

/// The first handler of exit: what the program does at its own end must not happen in its copy,
/// such as writing buffers and removing folders.
void leaveAtExit(int exitCode, void*)
{
    theReport->end = Report::End::Exited;
    theReport->exitCode = exitCode;
    ::_exit(1);
}

[[noreturn]] void leaveAtTerminate()
{
    theReport->end = Report::End::Threw;
    try {
        if (const auto thrown = std::current_exception()) {
            std::rethrow_exception(thrown);
        }
        theReport->end = Report::End::None; // terminate by other ways is told as a crash
        ::abort();
    } catch (const std::exception& error) {
        put(theReport->message, error.what());
    } catch (...) {
        put(theReport->message, "something that is no std::exception");
    }
    ::_exit(1);
}

[[noreturn]] void workInCopy(
    const std::function<void(const TrialStage&)>& work, Report* report, int output, pid_t parent)
{
    theReport = report;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) { // it ended before that was set
        ::_exit(1);
    }
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
        (void)std::signal(signal, SIG_DFL);
    }
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    std::set_terminate(leaveAtTerminate);
    (void)::on_exit(leaveAtExit, nullptr);
    try {
        work([report](const char* stage) { put(report->stage, stage); });
    } catch (...) { // NOLINT(bugprone-empty-catch): it is thrown again where it can be told
    }
    report->end = Report::End::Done;
    ::_exit(0);
}

/// Its status once it ended; nothing where it was killed for taking too long. Another part of the
/// program may have taken the status: then 0.
std::optional<int> waitFor(pid_t copy, std::chrono::seconds limit)
{
    const auto end = Clock::now() + limit;
    auto pause = std::chrono::milliseconds(1);
    int status = 0;
    while (true) {
        const pid_t ended = ::waitpid(copy, &status, WNOHANG);
        if (ended == copy) {
            return status;
        }
        if (ended < 0 && errno != EINTR) {
            return 0;
        }
        if (Clock::now() >= end) {
            ::kill(copy, SIGKILL);
            ::waitpid(copy, &status, 0);
            return std::nullopt;
        }
        std::this_thread::sleep_for(pause);
        pause = std::min(2 * pause, kLongestPause);
    }
}

/// The last line of what the copy wrote.
std::string lastLine(int output)
{
    std::array<char, 4096> bytes{};
    const off_t size = ::lseek(output, 0, SEEK_END);
    const off_t begin = std::max<off_t>(0, size - static_cast<off_t>(bytes.size()));
    const ssize_t read = ::pread(output, bytes.data(), bytes.size(), begin);
    std::string text(bytes.data(), read > 0 ? static_cast<std::size_t>(read) : 0);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
        text.pop_back();
    }
    text = text.substr(text.rfind('\n') + 1); // npos + 1 is 0
    return text.size() > kLongestLine ? text.substr(0, kLongestLine) + " ..." : text;
}

std::string signalWords(int signal)
{
    const char* words = ::sigdescr_np(signal);
    return words == nullptr ? "signal " + std::to_string(signal) : std::string(words);
}

std::string
wordsOf(const Report& report, const std::optional<int>& status, std::chrono::seconds limit)
{
    const std::string stage = report.stage[0] == '\0' ? "" : std::string(" ") + report.stage.data();
    if (!status) {
        return "it was not done after " + std::to_string(limit.count()) + " s" + stage;
    }
    switch (report.end) {
    case Report::End::Done:
        return {};
    case Report::End::Threw:
        return "it threw" + stage + ", where nothing can catch it: " + report.message.data();
    case Report::End::Exited:
        return "it ended the program" + stage + " (exit code " + std::to_string(report.exitCode)
               + ")";
    case Report::End::None:
        break;
    }
    if (WIFSIGNALED(*status)) {
        return "it crashed" + stage + " (" + signalWords(WTERMSIG(*status)) + ")";
    }
    return "it ended the program" + stage + " (exit code " + std::to_string(WEXITSTATUS(*status))
           + ")";
}

} // namespace

std::string
endOfTrial(const std::function<void(const TrialStage&)>& work, std::chrono::seconds limit)
{
    void* shared =
        ::mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const int output = ::memfd_create("guidino-trial", MFD_CLOEXEC);
    if (shared == MAP_FAILED || output < 0) {
        return {};
    }
    auto* report = new (shared) Report;
    const pid_t parent = ::getpid();
    const pid_t copy = ::fork();
    if (copy == 0) {
        workInCopy(work, report, output, parent);
    }
    std::string words;
    if (copy > 0) {
        words = wordsOf(*report, waitFor(copy, limit), limit);
        const std::string line = words.empty() ? std::string() : lastLine(output);
        if (!line.empty()) {
            words += "; it last wrote: " + line;
        }
    }
    ::close(output);
    ::munmap(shared, sizeof(Report));
    return words;
}

} // namespace guidino::engine
