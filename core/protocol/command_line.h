// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/job_spec.h"

#include <filesystem>
#include <string>
#include <string_view>

/// Jobs as a person would type them. No Qt, any thread.
namespace guidino::protocol {

/// One word for a POSIX shell: as it is where nothing in it is special, else in single quotes.
[[nodiscard]] std::string shellQuoted(std::string_view word);

/// The call of `guidino train` that makes the same training in the run folder `out`; options that
/// have their defaults are left out. What the command line reads from it is `spec` again, save for
/// stems in square brackets, which stand for lists there. A dry run makes no folder and names none.
[[nodiscard]] std::string commandLineOf(const TrainSpec& spec, const std::filesystem::path& out);

} // namespace guidino::protocol
