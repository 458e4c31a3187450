// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace guidino::nn {

/// Rotates Q and K of a fused projection in place and leaves V ("rotate-half" layout, PIPELINE.md
/// §1.3), without a gradient.
///
/// qkv      [B, N, 3, heads, head_dim], any floating type
/// sin, cos [N, head_dim / 2]
///
/// The operator guidino::rotate_, declared here once for all devices: one pass over memory on the
/// CPU and, where the module guidino_cuda is loaded, on CUDA; elsewhere, and for types and strides
/// that those do not know, by LibTorch's own operators. Any thread.
void rotateInPlace(at::Tensor& qkv, const at::Tensor& sin, const at::Tensor& cos);

/// The same by LibTorch's own operators: what the kernels are tested against.
void rotateByOperators(at::Tensor& qkv, const at::Tensor& sin, const at::Tensor& cos);

} // namespace guidino::nn
