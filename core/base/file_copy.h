// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <filesystem>

namespace guidino {

/// Whether there is a file or folder; one that cannot be looked at is not there.
[[nodiscard]] bool isThere(const std::filesystem::path& path);

/// Replaces `to` by what `from` holds, atomically, and takes the time of now. NotFound, BadInput,
/// CannotWrite.
[[nodiscard]] Status copyFile(const std::filesystem::path& from, const std::filesystem::path& to);

} // namespace guidino
