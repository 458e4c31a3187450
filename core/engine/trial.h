// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>

/// Foreign code that may end the process is tried in a copy of it first.
namespace guidino::engine {

/// What the work in the copy says of how far it is, such as "while it was opened".
using TrialStage = std::function<void(const char*)>;

/// Forks, runs `work` in the copy, and waits. The copy's output goes nowhere; what it changes but
/// for files is lost. Empty: `work` came back or threw, which it will do again here. Else words for
/// a user, without a full stop: that it crashed (by which signal), threw where nothing catches,
/// ended the program or was not done in time, at which stage, and the last line that it wrote.
///
/// Empty, too, where no copy can be made. No other thread may hold a lock that `work` needs. Throws
/// nothing.
[[nodiscard]] std::string
endOfTrial(const std::function<void(const TrialStage&)>& work, std::chrono::seconds limit);

} // namespace guidino::engine
