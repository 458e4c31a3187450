// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/losses/schedule.h"

#include <torch/nn/module.h>
#include <torch/optim/optimizer.h>
#include <torch/types.h>

#include <map>
#include <string>
#include <vector>

namespace guidino::nn {

using TensorMap = std::map<std::string, torch::Tensor>;

/// The tensors of a model that a training changes (parameters and buffers, without those of a guide
/// backbone whose parameters are frozen), and their moving average. One thread.
class TrainedWeights
{
public:
    /// decay 0: no average is kept.
    TrainedWeights(torch::nn::Module& model, double decay);

    /// After optimizer step number `step` (1 is the first): average ← d · average + (1 − d) ·
    /// weights with d = min(decay, (1 + step) / (10 + step)), so that the first steps are soon
    /// forgotten.
    void average(std::int64_t step);

    /// Puts the average in the model's place, until putBack(). Nothing without an average.
    void showAverage();
    void putBack();

    /// Adds "model.NAME" and "ema.NAME" (views; valid until the next step).
    void write(TensorMap& tensors) const;

    /// Throws c10::Error naming what is missing, unexpected or of another shape.
    void read(const TensorMap& tensors);

private:
    std::vector<std::string> m_names;
    std::vector<torch::Tensor> m_own;
    std::vector<torch::Tensor> m_average;
    std::vector<torch::Tensor> m_kept;
    double m_decay = 0;
};

/// Adds "optimizer.NAME.KIND" with kinds momentum_buffer, or exp_avg, exp_avg_sq and step.
void writeOptimizer(
    torch::optim::Optimizer& optimizer,
    const std::vector<ParameterGroup>& groups,
    TensorMap& tensors);

/// Parameters without a stored state start anew.
void readOptimizer(
    torch::optim::Optimizer& optimizer,
    const std::vector<ParameterGroup>& groups,
    const TensorMap& tensors);

} // namespace guidino::nn
