// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/label_map.h"
#include "core/nn/config.h"
#include "core/nn/extension/extensions.h"
#include "core/nn/segmenter.h"

#include <torch/types.h>

#include <vector>

namespace guidino::nn {

using guidino::kIgnoreLabel; // 255 in every layer

/// Codes of a painted guide correction.
constexpr int kGuideIgnore = 0;        ///< the guide shall not attend here
constexpr int kGuideAttend = 1;        ///< the guide shall attend here
constexpr int kGuideFromMask = 2;      ///< target as without a correction (images that have none)
constexpr int kGuideUnspecified = 255; ///< weight 0

struct LossInput
{
    SegmenterOutput output;
    torch::Tensor target; ///< [B, H, W] integer: 0..K−1 (one class: 0, 1; regions: their labels),
                          ///< 255 = ignore
    torch::Tensor
        guide_correction; ///< [B, h', w'] uint8, kGuide… codes, any size; undefined = from the mask
    double guide_correction_weight = 1; ///< of what was painted, against what the mask says
    torch::Tensor weights;              ///< [B, H, W] >= 0, weight of each pixel; undefined = 1
};

/// `total` carries the gradient; the others are detached, unweighted and of the main head.
struct LossParts
{
    torch::Tensor total;
    torch::Tensor segmentation; ///< all heads, as in total
    torch::Tensor dice;         ///< −soft Dice, in [−1, 0]
    torch::Tensor ce;           ///< (binary, top-k) cross entropy
    torch::Tensor guide;        ///< 0 without a guide
    torch::Tensor prototypes;   ///< diversity and information, weighted; 0 where both are off
    torch::Tensor boundary;     ///< 0 where its weight is 0
    torch::Tensor terms;        ///< LossConfig::terms, weighted; 0 where there are none
};

/// L = Σ_i w_i (dice_weight · (−Dice_i) + ce_weight · CE_i) + boundary_weight · hinge(main head)
///     + guide_weight · L_guide (PIPELINE.md §2.6), float32 inside (float64 for float64 logits),
/// plus LossConfig::terms of the main head: `margin` (marginMean()) and those of plug-ins.
///
/// Ours, off by default: terms that keep prototypes apart (LossConfig::prototype_diversity and
/// prototype_information); they need SegmenterOutput::prototypes.
///
/// K = 1: sigmoid and binary cross entropy; K > 1: softmax and cross entropy, whatever the ending
/// of LossConfig::segmentation says. Ignored pixels have no gradient in any part. Deep-supervision
/// heads see the target by nearest neighbour ("normalised": pixel centres; "guidino": legacy).
/// Without logits the guide alone is measured: total = guide_weight · L_guide and the prototypes'
/// part.
///
/// With regions (nnU-Net) output k is of all labels of region k, which may overlap: sigmoid and
/// binary cross entropy of each output, their mean; guide and boundary terms are not for these.
/// Stateless; throws c10::Error on shapes or names that do not fit.
class SegmentationLoss
{
public:
    /// `regions`: the labels of each output, num_classes lists; empty: outputs are classes.
    SegmentationLoss(
        const LossConfig& config, int num_classes, std::vector<std::vector<int>> regions = {});

    [[nodiscard]] LossParts operator()(const LossInput& input) const;

    /// Whether LossInput::output must carry prototypes (ForwardOptions::want_prototypes).
    [[nodiscard]] bool wantsPrototypes() const;

    /// Weights of n heads, fine to coarse.
    [[nodiscard]] std::vector<double> headWeights(std::size_t n) const;

private:
    struct Term
    {
        double weight = 0;
        LossTerm function;
    };

    LossConfig m_config;
    std::vector<Term> m_terms;
    int m_numClasses;
    std::vector<std::vector<int>> m_regions;
};

/// Labels [B, H, W] as one channel a region [B, K, H, W] of `type`.
[[nodiscard]] torch::Tensor regionTargets(
    const torch::Tensor& labels,
    const std::vector<std::vector<int>>& regions,
    torch::ScalarType type);

} // namespace guidino::nn
