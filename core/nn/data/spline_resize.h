// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <cstdint>

namespace guidino::nn {

/// [out, in] float64: what a line of `in` samples is multiplied by to be resized to `out` by cubic
/// B-splines through its values, pixel centres on pixel centres, edges repeated; no smoothing where
/// it shrinks. As scikit-image's resize(order=3, mode="edge", anti_aliasing=False).
[[nodiscard]] torch::Tensor splineMatrix(std::int64_t in, std::int64_t out);

/// [C, H, W] floating → [C, height, width] of the same type by splineMatrix() along both axes, each
/// channel clipped to the range that it had.
[[nodiscard]] torch::Tensor
splineResized(const torch::Tensor& image, std::int64_t height, std::int64_t width);

/// Label image [H, W] uint8 → [height, width]: each value's mask is resized linearly (pixel centres
/// on pixel centres, edges repeated) and holds where it is at least ½; of two, the larger value.
[[nodiscard]] torch::Tensor
labelsResized(const torch::Tensor& labels, std::int64_t height, std::int64_t width);

} // namespace guidino::nn
