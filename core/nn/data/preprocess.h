// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/nn/config.h"

#include <torch/types.h>

#include <optional>
#include <string>

namespace guidino::nn {

/// How an image of one size becomes one of another, and back. Whatever the mode, it is: take
/// `sourceRect` of the image, scale it to `targetRect`'s size, put it at `targetRect` into a target
/// of zeros; undoing is the same the other way round, and what lies outside `sourceRect` is
/// background.
///
/// squash: all of the image over all of the target; the aspect is not kept.
/// letterbox: all of the image, aspect kept, centred.
/// crop: the largest centred part of the image with the target's aspect.
/// With a content rectangle (without black borders, say) the same holds for that part of the image.
struct ResizePlan
{
    Size source;
    Size target;
    Rect sourceRect;
    Rect targetRect;

    /// Target pixels for one source pixel.
    [[nodiscard]] double scaleX() const { return double(targetRect.width) / sourceRect.width; }

    [[nodiscard]] double scaleY() const { return double(targetRect.height) / sourceRect.height; }

    friend bool operator==(const ResizePlan&, const ResizePlan&) = default;
};

/// `mode` is squash, letterbox or crop (c10::Error else); sizes are not empty, `content` lies in
/// the source.
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

/// Normalises [B, 3, H, W] in [0, 1] by config.normalisation: imagenet and custom subtract mean and
/// divide by std; zscore uses each image's own channels ((x − mean) / (std + 1e-8), biased std);
/// none returns the tensor.
[[nodiscard]] torch::Tensor
normalise(const PreprocessingConfig& config, const torch::Tensor& image);

} // namespace guidino::nn
