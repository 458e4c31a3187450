// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/config.h"
#include "core/nn/data/random.h"

#include <torch/types.h>

#include <vector>

namespace guidino::nn {

/// The intensity half of Augmenter::apply: changes `images` [B, 3, H, W] in place. With `unit`,
/// results of brightness, contrast and noise are clamped to [0, 1].
void applyIntensity(
    const AugmentationConfig& config,
    bool unit,
    torch::Tensor& images,
    SplitMix& random,
    torch::Generator& generator);

/// Gaussian blur of each plane of [B, C, H, W] with its own sigma (B · C of them, in pixels; 0
/// leaves the plane), by two passes of a kernel of `side` (odd) taps; borders are reflected.
[[nodiscard]] torch::Tensor
gaussianBlur(const torch::Tensor& images, const std::vector<double>& sigmas, int side);

/// Median of 3 × 3 of each plane of [B, C, H, W]; borders are repeated.
[[nodiscard]] torch::Tensor medianOfNine(const torch::Tensor& images);

} // namespace guidino::nn
