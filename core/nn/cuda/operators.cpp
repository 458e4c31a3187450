// SPDX-License-Identifier: Apache-2.0
// Registers our kernels for the operators that nn declares. A second TORCH_LIBRARY would abort.
#include "core/nn/cuda/rotate_heads.h"
#include "core/nn/dino/rotation.h"

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <torch/library.h>

#include <optional>

namespace guidino::nn {

namespace {

std::optional<RotatedType> rotatedType(const at::Tensor& qkv, const at::Tensor& table)
{
    if (table.scalar_type() == at::kDouble) {
        return qkv.scalar_type() == at::kDouble ? std::optional(RotatedType::Double) : std::nullopt;
    }
    if (table.scalar_type() != at::kFloat) {
        return std::nullopt;
    }
    switch (qkv.scalar_type()) {
    case at::kFloat:
        return RotatedType::Float;
    case at::kBFloat16:
        return RotatedType::BFloat16;
    case at::kHalf:
        return RotatedType::Half;
    default:
        return std::nullopt;
    }
}

void rotateOnCuda(at::Tensor& qkv, const at::Tensor& sin, const at::Tensor& cos)
{
    const auto type = rotatedType(qkv, sin);
    const bool isPlain = qkv.is_contiguous() && sin.is_contiguous() && cos.is_contiguous()
                         && cos.scalar_type() == sin.scalar_type() && sin.device() == qkv.device()
                         && cos.device() == qkv.device();
    if (!type || !isPlain) {
        rotateByOperators(qkv, sin, cos);
        return;
    }
    const c10::cuda::CUDAGuard guard(qkv.device());
    RotationShape shape;
    shape.rows = qkv.size(0) * qkv.size(1);
    shape.tokens = qkv.size(1);
    shape.heads = qkv.size(3);
    shape.half = qkv.size(4) / 2;
    C10_CUDA_CHECK(rotateHeadsOnCuda(
        *type,
        qkv.data_ptr(),
        sin.const_data_ptr(),
        cos.const_data_ptr(),
        shape,
        c10::cuda::getCurrentCUDAStream().stream()));
}

} // namespace

} // namespace guidino::nn

TORCH_LIBRARY_IMPL(guidino, CUDA, library)
{
    library.impl("rotate_", guidino::nn::rotateOnCuda);
}
