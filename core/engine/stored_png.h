// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

/// PNG files without a library and without compression (deflate's stored blocks): what a build
/// without imaging writes. Valid everywhere, atomic. CannotWrite.
namespace guidino::engine {

/// 1 channel (grey) or 3 (RGB).
[[nodiscard]] Status writeStoredPng(const std::filesystem::path& png, const Raster8& image);

/// 16 bit grey.
[[nodiscard]] Status writeStoredPng(const std::filesystem::path& png, const Raster16& image);

/// Indexed; `palette` holds 1 to 256 colours, indices beyond it are written as given.
[[nodiscard]] Status writeStoredPng(
    const std::filesystem::path& png,
    const Raster8& indices,
    std::vector<std::array<std::uint8_t, 3>> palette);

} // namespace guidino::engine
