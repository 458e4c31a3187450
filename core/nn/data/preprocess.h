// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/resize_plan.h"
#include "core/nn/config.h"

#include <torch/types.h>

#include <optional>
#include <string>

namespace guidino::nn {

using guidino::ResizePlan;

/// The same of a configuration's `mode`: squash, letterbox or crop (c10::Error else, and for empty
/// sizes).
[[nodiscard]] ResizePlan makeResizePlan(
    Size source,
    Size target,
    const std::string& mode,
    const std::optional<Rect>& content = std::nullopt);

/// Image [B, C, H, W] uint8 or floating -> [B, C, h, w] of the same type: bilinear, with
/// antialiasing where it shrinks. uint8 is the path of files (training, packs and prediction
/// alike), rounded once.
[[nodiscard]] torch::Tensor resizeImage(const ResizePlan& plan, const torch::Tensor& image);

/// Mask [B, H, W] uint8 -> [B, h, w]: the nearest pixel (by centres). Outside it is `outside`.
[[nodiscard]] torch::Tensor
resizeMask(const ResizePlan& plan, const torch::Tensor& mask, std::uint8_t outside = 0);

/// Mask [B, h, w] uint8 of target size -> [B, H, W] of source size: the nearest pixel.
[[nodiscard]] torch::Tensor undoMask(const ResizePlan& plan, const torch::Tensor& mask);

/// Map [B, C, h, w] floating of target size (logits, probabilities, guides) -> [B, C, H, W]:
/// bilinear; outside it is `outside`. A map on a coarser grid over the same target is allowed where
/// the target rectangle is the whole target.
[[nodiscard]] torch::Tensor
undoMap(const ResizePlan& plan, const torch::Tensor& map, double outside = 0);

/// [B, H, W, 3] or [B, 3, H, W] uint8 (channels last in memory either way) -> [B, 3, H, W] float32
/// in [0, 1], channels-last.
[[nodiscard]] torch::Tensor unitImage(const torch::Tensor& image);

/// Normalises [B, 3, H, W] in [0, 1], red first, by config.normalisation: imagenet and custom
/// subtract mean and divide by std; zscore uses each image's own channels ((x − mean) / (std +
/// 1e-8), biased std); none returns the tensor. With config.channel_order = bgr the channels are
/// turned around before that: the result has blue first, and mean and std are taken in this order.
[[nodiscard]] torch::Tensor
normalise(const PreprocessingConfig& config, const torch::Tensor& image);

} // namespace guidino::nn
