// SPDX-License-Identifier: Apache-2.0
#include "core/nn/cuda/rotate_heads.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <algorithm>

namespace guidino::nn {

namespace {

constexpr int kThreads = 256;
/// More blocks than any device runs at once gain nothing: threads go on in strides.
constexpr std::int64_t kMostBlocks = 8192;

template<typename Table, typename Scalar>
__device__ Table widened(Scalar value)
{
    return static_cast<Table>(value);
}

template<typename Scalar, typename Table>
__device__ Scalar narrowed(Table value)
{
    return static_cast<Scalar>(value);
}

/// One thread a pair: a' = a·cos - b·sin, b' = b·cos + a·sin. Neighbouring threads read
/// neighbouring channels.
template<typename Scalar, typename Table>
__global__ void rotateHeads(Scalar* qkv, const Table* sin, const Table* cos, RotationShape shape)
{
    const std::int64_t pairs = shape.rows * 2 * shape.heads * shape.half;
    const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
    const std::int64_t dim = shape.heads * 2 * shape.half;
    for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
         i < pairs;
         i += stride) {
        const std::int64_t channel = i % shape.half;
        const std::int64_t head = i / shape.half % shape.heads;
        const std::int64_t rowAndPart = i / (shape.half * shape.heads);
        const std::int64_t part = rowAndPart % 2; // Q and K, not V
        const std::int64_t row = rowAndPart / 2;
        Scalar* first = qkv + (row * 3 + part) * dim + head * 2 * shape.half + channel;
        Scalar* second = first + shape.half;
        const std::int64_t place = row % shape.tokens * shape.half + channel;
        const Table a = widened<Table>(*first);
        const Table b = widened<Table>(*second);
        *first = narrowed<Scalar>(a * cos[place] - b * sin[place]);
        *second = narrowed<Scalar>(b * cos[place] + a * sin[place]);
    }
}

template<typename Scalar, typename Table>
void launch(
    void* qkv, const void* sin, const void* cos, const RotationShape& shape, cudaStream_t stream)
{
    const std::int64_t pairs = shape.rows * 2 * shape.heads * shape.half;
    const auto blocks = static_cast<unsigned>(
        std::min<std::int64_t>((pairs + kThreads - 1) / kThreads, kMostBlocks));
    rotateHeads<<<blocks, kThreads, 0, stream>>>(
        static_cast<Scalar*>(qkv),
        static_cast<const Table*>(sin),
        static_cast<const Table*>(cos),
        shape);
}

} // namespace

cudaError_t rotateHeadsOnCuda(
    RotatedType type,
    void* qkv,
    const void* sin,
    const void* cos,
    const RotationShape& shape,
    cudaStream_t stream)
{
    if (shape.rows <= 0 || shape.heads <= 0 || shape.half <= 0) {
        return cudaSuccess; // a launch of no blocks is an error
    }
    switch (type) {
    case RotatedType::Float:
        launch<float, float>(qkv, sin, cos, shape, stream);
        break;
    case RotatedType::BFloat16:
        launch<__nv_bfloat16, float>(qkv, sin, cos, shape, stream);
        break;
    case RotatedType::Half:
        launch<__half, float>(qkv, sin, cos, shape, stream);
        break;
    case RotatedType::Double:
        launch<double, double>(qkv, sin, cos, shape, stream);
        break;
    }
    return cudaGetLastError();
}

} // namespace guidino::nn
