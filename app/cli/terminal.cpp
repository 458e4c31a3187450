// SPDX-License-Identifier: Apache-2.0
#include "app/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <system_error>

namespace guidino::cli {

namespace fs = std::filesystem;

namespace {

constexpr auto kPaintInterval = std::chrono::milliseconds(100);
constexpr auto kPlainInterval = std::chrono::seconds(10);
constexpr int kBarWidth = 20;

/// The token that the signal handler sets; made before the handler is installed.
std::optional<CancelToken>& signalToken()
{
    static std::optional<CancelToken> token;
    return token;
}

extern "C" void onSignal(int signal)
{
    signalToken()->cancel();
    if (signal == SIGINT) {
        std::signal(SIGINT, SIG_DFL);
    }
}

std::size_t terminalWidth()
{
    winsize size = {};
    const bool isKnown = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20;
    return isKnown ? size.ws_col : 80U;
}

std::string textOf(const engine::Progress& progress, bool withBar)
{
    std::string text = progress.phase;
    if (progress.total > 0) {
        const double share = std::clamp(
            static_cast<double>(progress.step) / static_cast<double>(progress.total), 0.0, 1.0);
        if (withBar) {
            const int filled = static_cast<int>(share * kBarWidth);
            text += " [" + std::string(static_cast<std::size_t>(filled), '#')
                    + std::string(static_cast<std::size_t>(kBarWidth - filled), '.') + "]";
        }
        char percent[16];
        std::snprintf(percent, sizeof percent, " %3.0f %%", std::floor(share * 100));
        text += percent;
    }
    if (!progress.detail.empty()) {
        text += "  " + progress.detail;
    }
    if (const std::string left = durationText(progress.secondsLeft); !left.empty()) {
        text += "  " + left + " left";
    }
    return text;
}

Listener*& currentListener()
{
    static Listener* listener = nullptr;
    return listener;
}

} // namespace

void setListener(Listener* listener)
{
    currentListener() = listener;
}

int fail(const Error& error)
{
    if (currentListener() != nullptr) {
        currentListener()->heardFailure(error);
    }
    std::fprintf(stderr, "guidino: error: %s\n", error.message.c_str());
    for (const auto& [key, value] : error.context) {
        if (key.starts_with("advice.")) {
            std::fprintf(stderr, "  try: --set %s=%s\n", key.c_str() + 7, value.c_str());
        }
    }
    return exitCodeOf(error.code);
}

Status requireExisting(const fs::path& path, const std::string& what)
{
    std::error_code problem;
    if (fs::exists(path, problem)) {
        return {};
    }
    const std::string reason = problem ? " (" + problem.message() + ")" : "";
    return Error{
        ErrorCode::NotFound,
        what + ": there is no file or folder '" + path.string() + "'" + reason,
        {{"file", path.string()}}};
}

bool isName(const std::string& text)
{
    return text.find('/') == std::string::npos && !text.ends_with(".json");
}

fs::path absolutePath(const fs::path& path)
{
    if (path.empty()) {
        return path;
    }
    std::error_code problem;
    const fs::path result = fs::absolute(path, problem).lexically_normal();
    return problem ? path : result;
}

std::string durationText(double seconds)
{
    if (!(seconds >= 0) || seconds > 1e7) {
        return {};
    }
    const long whole = std::lround(seconds);
    char text[32];
    if (whole >= 3600) {
        std::snprintf(
            text, sizeof text, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    } else {
        std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
    }
    return text;
}

std::string bytesText(double bytes)
{
    static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < std::size(kUnits)) {
        bytes /= 1024;
        ++unit;
    }
    char text[32];
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, kUnits[unit]);
    return text;
}

CancelToken cancelOnSignals()
{
    if (!signalToken()) {
        signalToken().emplace();
        struct sigaction action = {};
        action.sa_handler = onSignal;
        sigemptyset(&action.sa_mask);
        action.sa_flags = SA_RESTART;
        ::sigaction(SIGINT, &action, nullptr);
        ::sigaction(SIGTERM, &action, nullptr);
        struct sigaction hangUp = {};
        ::sigaction(SIGHUP, nullptr, &hangUp);
        if (hangUp.sa_handler != SIG_IGN) { // nohup asked for it
            ::sigaction(SIGHUP, &action, nullptr);
        }
    }
    return *signalToken();
}

ProgressLine::ProgressLine()
    : m_isTerminal(::isatty(STDERR_FILENO) == 1)
{}

ProgressLine::~ProgressLine()
{
    clear();
}

void ProgressLine::show(const engine::Progress& progress)
{
    if (currentListener() != nullptr && currentListener()->heardProgress(progress)) {
        return;
    }
    const auto now = Clock::now();
    const bool isNewPhase = progress.phase != m_phase;
    const bool isDue =
        now - m_last
        >= (m_isTerminal ? Clock::duration(kPaintInterval) : Clock::duration(kPlainInterval));
    if (!isNewPhase && !isDue) {
        return;
    }
    m_phase = progress.phase;
    m_last = now;
    std::string text = textOf(progress, m_isTerminal);
    if (m_isTerminal) {
        text.resize(std::min(text.size(), terminalWidth() - 1));
        std::fprintf(stderr, "\r\033[K%s", text.c_str());
        m_isPainted = true;
    } else {
        std::fprintf(stderr, "%s\n", text.c_str());
    }
    std::fflush(stderr);
}

void ProgressLine::note(const std::string& text)
{
    clear();
    if (currentListener() != nullptr) {
        currentListener()->heardNote(text);
    }
    std::fprintf(stderr, "%s\n", text.c_str());
    std::fflush(stderr);
}

void ProgressLine::clear()
{
    if (m_isPainted) {
        std::fputs("\r\033[K", stderr);
        m_isPainted = false;
    }
}

} // namespace guidino::cli
