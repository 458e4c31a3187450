// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

/// The terms of SegmentationLoss. All compute in the type of their first argument, which callers
/// make float32 or float64. `weight` [B, 1, H, W] >= 0 multiplies each pixel; 0 = ignored.
namespace guidino::nn {

struct DiceOptions
{
    bool batch = true;      ///< sums over the batch; else the mean over samples
    bool background = true; ///< K > 1: channel 0 counts
    double smooth = 1e-5;
    bool squared = false; ///< ΣP² + ΣY² below the line (Milletari et al. 2016; Swin-Unet)
};

/// −mean over classes of (2I + s) / max(ΣP + ΣY + s, 1e-8). probabilities [B, K, H, W];
/// target [B, K, H, W] one-hot or soft.
[[nodiscard]] torch::Tensor softDiceLoss(
    const torch::Tensor& probabilities,
    const torch::Tensor& target,
    const torch::Tensor& weight,
    const DiceOptions& options);

/// Cross entropy per pixel [B, 1, H, W]: binary with logits for K = 1, softmax else.
/// label [B, 1, H, W] int64 in 0..K−1.
[[nodiscard]] torch::Tensor
crossEntropyMap(const torch::Tensor& logits, const torch::Tensor& label);

/// Σ value·weight / Σ weight; 0 where the weights are all 0. Same shapes.
[[nodiscard]] torch::Tensor weightedMean(const torch::Tensor& value, const torch::Tensor& weight);

/// Mean of the ⌊n·percent/100⌋ (at least one) largest of the n values whose weight is > 0, each
/// times its weight.
[[nodiscard]] torch::Tensor
topkMean(const torch::Tensor& value, const torch::Tensor& weight, double percent);

/// Mean of 1 − (p_y − p_0) · [y > 0] with the probabilities of the pixel's class and of the
/// background: the third term of H2Former's loss, mean(1 − (p1 − p0) · y) for one class
/// (BASELINES.md §4). In [0, 2]. label [B, 1, H, W] int64 in 0..K−1.
[[nodiscard]] torch::Tensor
marginMean(const torch::Tensor& logits, const torch::Tensor& label, const torch::Tensor& weight);

struct HingeOptions
{
    int kernel = 3; ///< odd, px
    double margin = 1;
    bool boundary_only = true;
};

/// Σ max(0, m − s·z)·band / max(Σ band, 1) with s = 2Y − 1 and z the log odds of each class against
/// the rest; the band is dilation minus erosion of the target, without the image's border and
/// without what touches an ignored pixel. target [B, K', H, W] with K' = 1, or K one-hot of which
/// the background is left out.
[[nodiscard]] torch::Tensor boundaryHinge(
    const torch::Tensor& logits,
    const torch::Tensor& target,
    const torch::Tensor& weight,
    const HingeOptions& options);

enum class GuideTarget { Area, Nearest };

struct GuideTargetMap
{
    torch::Tensor target; ///< [B, G, h, w] in [0, 1]
    torch::Tensor weight; ///< [B, G or 1, h, w]
};

/// A mask at the guide's resolution: share of covered area, or the value of the top left pixel
/// (PyTorch's legacy nearest; published code). foreground [B, G, H, W] in [0, 1].
[[nodiscard]] GuideTargetMap guideTarget(
    const torch::Tensor& foreground,
    const torch::Tensor& weight,
    c10::IntArrayRef grid,
    GuideTarget kind);

/// Binary cross entropy of the guide, clamped to [1e-6, 1 − 1e-6], per cell.
[[nodiscard]] torch::Tensor guideBceMap(const torch::Tensor& guide, const torch::Tensor& target);

} // namespace guidino::nn
