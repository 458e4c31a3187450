// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/nn/config.h"

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace guidino::nn {

/// What an nnU-Net plan says of images and labels (BASELINES.md §7.2): the options of networks
/// nnunet and nnunet-resenc beside those that build them, under preprocessing.normalisation =
/// "nnunet". Values of images are those of the files.
struct ImagePlan
{
    std::array<std::int64_t, 2> patch{};    ///< [vertical, horizontal], of training and windows
    std::array<double, 2> spacing = {1, 1}; ///< pixels of the file for one of the network's
    std::vector<std::string> schemes;       ///< of normalisation, by channel: nnU-Net's names
    std::vector<bool> useMask;              ///< by channel: zeros of all channels stay zeros
    std::vector<std::array<double, 4>> intensities; ///< by channel: mean, std, 0.5 %, 99.5 %
    std::vector<std::vector<int>> regions; ///< labels of each output where outputs are regions
    std::vector<int> regionLabels;         ///< what each region's pixels become, later over earlier
};

/// nullopt: the network is not of a plan. Throws c10::Error for options that do not fit together
/// (numbers of channels and regions).
[[nodiscard]] std::optional<ImagePlan> imagePlan(const NetworkConfig& config);

/// An image as a planned network takes it, and the way back.
struct PlannedImage
{
    torch::Tensor image;  ///< [C, h, w] float32, normalised, at the plan's spacing
    torch::Tensor inside; ///< [H', W'] bool of the crop: any channel is not 0
    Rect crop;            ///< the smallest rectangle with all of these; all where there is none
    Size native;
};

/// `values` [C, H, W] float32 as in the file: cropped, normalised, resampled, in this order. Throws
/// c10::Error for another number of channels.
[[nodiscard]] PlannedImage plannedImage(const ImagePlan& plan, const torch::Tensor& values);

/// Codes of a label image in the frame of PlannedImage::image.
constexpr int kOutsideCode = 0; ///< background where all channels are 0: nnU-Net's −1
constexpr int kLabelCode = 1;   ///< + label

/// Labels [H, W] uint8 (253 at most; 255 = ignore) → codes [h, w] uint8: kOutsideCode, kLabelCode +
/// label, 255 = ignore.
[[nodiscard]] torch::Tensor plannedLabels(const PlannedImage& image, const torch::Tensor& labels);

/// Codes → labels (255 = ignore), background where it was outside.
[[nodiscard]] torch::Tensor labelsOfCodes(const torch::Tensor& codes);

/// Logits [K, h, w] of PlannedImage::image → probabilities [K, H, W] of the whole image: resized
/// linearly to the crop, softmax, or sigmoid of regions or of a single output; outside the crop
/// background.
[[nodiscard]] torch::Tensor
nativeProbabilities(const ImagePlan& plan, const PlannedImage& image, const torch::Tensor& logits);

/// Labels [H, W] uint8 of probabilities [K, H, W]: the largest; of regions each above ½, in their
/// order.
[[nodiscard]] torch::Tensor
plannedLabelsOf(const ImagePlan& plan, const torch::Tensor& probabilities);

} // namespace guidino::nn
