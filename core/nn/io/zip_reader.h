// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <map>
#include <span>
#include <string>

namespace guidino::nn {

/// Entries of a zip file that lies in memory, by name, as views of it. Only what torch.save writes:
/// stored entries (not compressed, not encrypted) of one file, ZIP64 where it is large. Every
/// offset and size is checked against the file. BadInput names `what` and the fault.
[[nodiscard]] Result<std::map<std::string, std::span<const std::byte>>>
storedEntries(std::span<const std::byte> file, const std::string& what);

} // namespace guidino::nn
