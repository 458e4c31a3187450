// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/config.h"

#include <torch/nn/module.h>
#include <torch/optim/optimizer.h>
#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

namespace guidino::nn {

/// Learning rate of `epoch` (0-based; fractions for schedules by iteration) for a group whose
/// initial rate is `base`: linear warm-up over warmup_epochs ((e + 1) / (warmup + 1) of base at
/// epoch e), then TrainingConfig::schedule over the rest. Never below minimum_learning_rate after
/// the warm-up. Pure. Throws c10::Error for an unknown schedule.
///
/// poly:           min + (base − min)(1 − t)^poly_power, t = e / E
/// cosine:         min + (base − min)(1 + cos πt) / 2
/// cosine_restart: the same with t within the current period: restart_epochs, then × restart_factor
/// linear:         min + (base − min)(1 − t)
/// plateau:        base, times plateauScale() of the validations so far
/// constant:       base
[[nodiscard]] double learningRate(const TrainingConfig& config, double base, double epoch);

/// What `plateau` multiplies all rates by after validations with these scores, in their order:
/// plateau_factor each time that more than plateau_patience validations in a row were not better
/// than the best one by a share of 1e-4 (PyTorch's ReduceLROnPlateau, relative threshold). NaN is
/// no better than anything. 1 for other schedules. Pure.
[[nodiscard]] double
plateauScale(const TrainingConfig& config, const std::vector<double>& scores, bool isLargerBetter);

/// Parameters that share a base learning rate.
struct ParameterGroup
{
    std::string name; ///< "head", "lora", "backbone", with layer decay "backbone.<block>"
    double base_learning_rate = 0;
    std::vector<std::string> names;
    std::vector<torch::Tensor> parameters;
};

/// The groups of a segmenter, by name (PIPELINE.md §3.1): a name with `lora_` → lora; with
/// `guide_backbone` or a component `backbone` → backbone (per block with layer_decay < 1: the last
/// block has the full rate, embeddings the smallest); all else → head. Parameters without
/// requires_grad are left out; TrainingConfig::update = tokenbook or decoder first freezes the
/// rest (requires_grad = false). Empty groups are not there. Throws c10::Error if nothing is left.
[[nodiscard]] std::vector<ParameterGroup>
parameterGroups(torch::nn::Module& segmenter, const TrainingConfig& config);

/// SGD with (Nesterov) momentum, RMSprop, Adam or AdamW, one param group per ParameterGroup in
/// their order, weight decay on all. Throws c10::Error for an unknown optimizer.
[[nodiscard]] std::unique_ptr<torch::optim::Optimizer>
makeOptimizer(const std::vector<ParameterGroup>& groups, const TrainingConfig& config);

/// Sets each group's rate: learningRate() at `epoch` (with a fraction within it) times `scale`, but
/// not below minimum_learning_rate. Call before the step.
void setLearningRates(
    torch::optim::Optimizer& optimizer,
    const std::vector<ParameterGroup>& groups,
    const TrainingConfig& config,
    double epoch,
    double scale = 1);

/// The rate that setLearningRates() gives to a group of this base rate.
[[nodiscard]] double
scaledLearningRate(const TrainingConfig& config, double base, double epoch, double scale);

} // namespace guidino::nn
