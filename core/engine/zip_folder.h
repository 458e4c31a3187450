// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <filesystem>

/// Internal to the engine: zip files of folders. Without minizip at build time both answer
/// BadInput.
namespace guidino::engine {

/// Whether the file begins like a zip.
[[nodiscard]] bool isZip(const std::filesystem::path& file);

/// Unpacks into an existing folder. BadInput names what is wrong: damaged, an entry that leads out
/// of the folder, a link, too many or too large entries (a zip that grows beyond what it declares).
/// A single folder around all entries is taken off.
[[nodiscard]] Status
unpackZip(const std::filesystem::path& file, const std::filesystem::path& folder);

/// All files below the folder, without compression (weights do not shrink), replaced atomically.
[[nodiscard]] Status
packZip(const std::filesystem::path& folder, const std::filesystem::path& file);

} // namespace guidino::engine
