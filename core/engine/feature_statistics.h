// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/engine/runtime.h"
#include "core/nn/config.h"
#include "core/nn/segmenter.h"

#include <string>
#include <vector>

/// Internal to the engine: whether an image looks like those that a model was trained on. It is a
/// warning light, not a proof: what is inside the limit can still be predicted badly.
namespace guidino::engine {

/// What a model's images look like to it, as one vector an image: mean and standard deviation of
/// each channel of the normalised image, their mean differences to the right and lower neighbour,
/// and, where the model reads tokens, the mean of each token channel.
struct FeatureStatistics
{
    std::vector<double> mean;  ///< of the training images
    std::vector<double> scale; ///< standard deviation over the training images, floored
    double limit = 0;          ///< distance within which 98 % of the validation images lie
    int images = 0;
    int validationImages = 0;

    [[nodiscard]] bool isEmpty() const { return mean.empty(); }

    /// sqrt of the mean over image features and over token features, in equal parts, of
    /// ((x − mean) / scale)²: about 1 for images like those of the training. < 0 where the vector
    /// is not of this model's length.
    [[nodiscard]] double distanceOf(const std::vector<double>& features) const;
};

/// [B, F] float64 on the CPU of normalised images [B, 3, S, S] and tokens [B, D, h, w] (or
/// undefined).
[[nodiscard]] torch::Tensor featuresOf(const torch::Tensor& images, const torch::Tensor& tokens);

/// Of images [N, S, S, 3] uint8 at the model's size, at most 512 and 256, spread evenly. `model` in
/// evaluation mode on `device`. Without validation images the limit comes from the training images.
/// Throws ErrorException (Cancelled).
[[nodiscard]] FeatureStatistics measureFeatures(
    nn::Segmenter& model,
    const nn::SystemConfig& config,
    const std::string& device,
    const torch::Tensor& training,
    const torch::Tensor& validation,
    JobContext& context);

/// From features [N, F] and [M, F] (M may be 0).
[[nodiscard]] FeatureStatistics
statisticsOfFeatures(const torch::Tensor& training, const torch::Tensor& validation);

/// As in a bundle's config.json; "{}" for empty ones. Reading damaged text gives empty statistics.
[[nodiscard]] std::string textOf(const FeatureStatistics& statistics);
[[nodiscard]] FeatureStatistics featureStatisticsFrom(const std::string& text);

/// What images of a known layout show, such as "dermatoscopy"; empty: not known.
[[nodiscard]] std::string modalityOfLayout(const std::string& layout);

} // namespace guidino::engine
