// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/process_identity.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <iterator>
#include <optional>

namespace guidino::protocol {

namespace {

std::string firstLineOf(const std::string& path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::string hostName()
{
    std::array<char, 256> name = {};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string bootId()
{
    return firstLineOf("/proc/sys/kernel/random/boot_id");
}

/// Field 22 of /proc/PID/stat; nothing where the process is gone or only waits to be reaped. The
/// name in field 2 may hold blanks and parentheses, so counting starts after the last ')'.
std::optional<std::int64_t> startTicksOf(std::int64_t pid)
{
    const std::string stat = firstLineOf("/proc/" + std::to_string(pid) + "/stat");
    std::size_t position = stat.rfind(')');
    if (position == std::string::npos || position + 2 >= stat.size()) {
        return std::nullopt;
    }
    position += 2; // at field 3, the state
    if (stat[position] == 'Z' || stat[position] == 'X') {
        return std::nullopt;
    }
    for (int field = 3; field < 22; ++field) {
        position = stat.find(' ', position);
        if (position == std::string::npos) {
            return std::nullopt;
        }
        ++position;
    }
    std::int64_t ticks = 0;
    const auto parsed = std::from_chars(stat.data() + position, stat.data() + stat.size(), ticks);
    return parsed.ec == std::errc() ? std::optional(ticks) : std::nullopt;
}

} // namespace

ProcessIdentity currentIdentity(const std::string& version)
{
    ProcessIdentity identity;
    identity.pid = ::getpid();
    identity.bootId = bootId();
    identity.startTicks = startTicksOf(identity.pid).value_or(0);
    identity.host = hostName();
    identity.version = version;
    return identity;
}

bool isOfThisBoot(const ProcessIdentity& identity)
{
    return identity.pid > 0 && identity.host == hostName() && identity.bootId == bootId();
}

bool isRunning(const ProcessIdentity& identity)
{
    return isOfThisBoot(identity) && startTicksOf(identity.pid) == identity.startTicks;
}

bool sendSignal(const ProcessIdentity& identity, int signal)
{
    if (!isOfThisBoot(identity)) {
        return false;
    }
    // The descriptor pins the process: were the pid given out again after the check, the signal
    // would go nowhere.
    const int descriptor =
        static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(identity.pid), 0U));
    if (descriptor < 0 && errno == ENOSYS) { // a sandbox or a kernel before 5.3
        return startTicksOf(identity.pid) == identity.startTicks
               && ::kill(static_cast<pid_t>(identity.pid), signal) == 0;
    }
    if (descriptor < 0) {
        return false;
    }
    const bool isSent = startTicksOf(identity.pid) == identity.startTicks
                        && ::syscall(SYS_pidfd_send_signal, descriptor, signal, nullptr, 0U) == 0;
    ::close(descriptor);
    return isSent;
}

} // namespace guidino::protocol
