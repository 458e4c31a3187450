// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/npy.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace guidino {

/// Writes one float32 array NAME.npy in C order as NumPy's .npz, without compression, atomically.
/// The product of `shape` is values.size(). CannotWrite; BadInput above 4 GiB.
[[nodiscard]] Status writeNpz(
    const std::filesystem::path& path,
    const std::string& name,
    const std::vector<std::int64_t>& shape,
    std::span<const float> values);

/// The array NAME.npy of a .npz as numpy.savez and numpy.savez_compressed write it, of the types of
/// readNpy(). NotFound; BadInput: no .npz, no such array, damaged (its checksum is compared),
/// another type, compressed in a build without zlib (presets nn-cpu and nn-cuda).
[[nodiscard]] Result<NpyArray> readNpz(const std::filesystem::path& path, const std::string& name);

} // namespace guidino
