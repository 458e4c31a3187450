// SPDX-License-Identifier: Apache-2.0
#include "core/base/log.h"

#include <cstdio>
#include <mutex>
#include <utility>

namespace guidino {

namespace {

struct SinkHolder
{
    std::mutex mutex;
    LogSink sink;
};

SinkHolder& holder()
{
    static SinkHolder value;
    return value;
}

} // namespace

void setLogSink(LogSink sink)
{
    const std::lock_guard lock(holder().mutex);
    holder().sink = std::move(sink);
}

void log(LogLevel level, std::string_view message)
{
    const std::lock_guard lock(holder().mutex);
    if (holder().sink) {
        holder().sink(level, message);
    } else if (level >= LogLevel::Warning) {
        std::fprintf(
            stderr,
            "%s: %.*s\n",
            level == LogLevel::Error ? "error" : "warning",
            static_cast<int>(message.size()),
            message.data());
    }
}

} // namespace guidino
