// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace guidino {

/// An array of NumPy's .npy format, row-major.
struct NpyArray
{
    std::vector<std::int64_t> shape;
    std::vector<float> values;
};

/// Reads versions 1 to 3, little-endian float16, float32, float64, uint8, int8, uint16, int32,
/// int64 and bool, in C order or (2D) Fortran order, as float32. BadInput for anything else, a
/// damaged header or a length that does not match it.
[[nodiscard]] Result<NpyArray> readNpy(const std::filesystem::path& path);

/// The same from memory; `source` is for messages.
[[nodiscard]] Result<NpyArray>
parseNpy(std::string_view bytes, const std::filesystem::path& source);

/// What stands before the values of a float32 array in C order (version 1.0 of the format).
[[nodiscard]] std::string npyHeader(const std::vector<std::int64_t>& shape);

/// Writes float32 in C order, atomically. The product of `shape` is values.size().
[[nodiscard]] Status writeNpy(
    const std::filesystem::path& path,
    const std::vector<std::int64_t>& shape,
    std::span<const float> values);

} // namespace guidino
