// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace guidino {

enum class LogLevel { Debug, Info, Warning, Error };

using LogSink = std::function<void(LogLevel, std::string_view)>;

/// Where log lines of this binary go; without one, warnings and errors go to stderr. Programs set
/// it once at start, before other threads run. (A shared library that links base has a sink of its
/// own.)
void setLogSink(LogSink sink);

/// Any thread.
void log(LogLevel level, std::string_view message);

inline void logInfo(std::string_view message)
{
    log(LogLevel::Info, message);
}

inline void logWarning(std::string_view message)
{
    log(LogLevel::Warning, message);
}

inline void logError(std::string_view message)
{
    log(LogLevel::Error, message);
}

} // namespace guidino
