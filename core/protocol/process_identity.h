// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace guidino::protocol {

/// Which process on which start of which machine: a pid alone is given out again.
struct ProcessIdentity
{
    std::int64_t pid = 0;
    std::string bootId;          ///< of the kernel, new with each start of the machine
    std::int64_t startTicks = 0; ///< when the process began, in clock ticks since that start
    std::string host;
    std::string version; ///< of the program

    friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

/// Of the calling process.
[[nodiscard]] ProcessIdentity currentIdentity(const std::string& version);

/// Whether this very process runs here now: pid and start match, on this host since this start of
/// the machine.
[[nodiscard]] bool isRunning(const ProcessIdentity& identity);

/// Whether it could be judged and killed from here: this host, this start of the machine.
[[nodiscard]] bool isOfThisBoot(const ProcessIdentity& identity);

/// Sends a signal to this very process and no other; false where it does not run here.
bool sendSignal(const ProcessIdentity& identity, int signal);

} // namespace guidino::protocol
