// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace guidino::nn {

/// What the kernel can rotate; tables are double for Double, else float.
enum class RotatedType { Float, BFloat16, Half, Double };

/// qkv [rows, 3, heads, 2 · half], contiguous; tables [tokens, half]; row r uses the table's row
/// r mod tokens.
struct RotationShape
{
    std::int64_t rows = 0;
    std::int64_t tokens = 1;
    std::int64_t heads = 1;
    std::int64_t half = 1;
};

/// Rotates Q and K in place, asynchronously on the stream. All pointers are of the current device.
[[nodiscard]] cudaError_t rotateHeadsOnCuda(
    RotatedType type,
    void* qkv,
    const void* sin,
    const void* cos,
    const RotationShape& shape,
    cudaStream_t stream);

} // namespace guidino::nn
