// SPDX-License-Identifier: Apache-2.0
#include "core/nn/train/trained_weights.h"

#include "core/nn/guide/key_table.h"

#include <torch/torch.h>

#include <algorithm>
#include <memory>
#include <sstream>

namespace guidino::nn {

namespace {

using torch::optim::AdamWParamState;
using torch::optim::SGDParamState;

/// A copy with the parameter's own memory order, so that the optimizer's loops stay fast.
torch::Tensor copyLike(const torch::Tensor& parameter, const torch::Tensor& values)
{
    torch::Tensor copy = torch::empty_like(parameter.detach());
    copy.copy_(values);
    return copy;
}

const torch::Tensor* find(const TensorMap& tensors, const std::string& name)
{
    const auto found = tensors.find(name);
    return found == tensors.end() ? nullptr : &found->second;
}

} // namespace

TrainedWeights::TrainedWeights(torch::nn::Module& model, double decay)
    : m_decay(decay)
{
    const torch::NoGradGuard noGrad;
    bool isBackboneTrained = false;
    for (const auto& item : model.named_parameters()) {
        isBackboneTrained |= isGuideBackboneKey(item.key()) && item.value().requires_grad();
    }
    const auto add = [&](const std::string& name, const torch::Tensor& tensor, bool isLearned) {
        if (!isGuideBackboneKey(name) || isLearned || isBackboneTrained) {
            m_names.push_back(name);
            m_own.push_back(tensor);
        }
    };
    for (const auto& item : model.named_parameters()) {
        add(item.key(), item.value().detach(), item.value().requires_grad());
    }
    for (const auto& item : model.named_buffers()) {
        add(item.key(), item.value(), false);
    }
    if (m_decay > 0) {
        for (const torch::Tensor& tensor : m_own) {
            m_average.push_back(tensor.clone());
        }
    }
}

void TrainedWeights::average(std::int64_t step)
{
    if (m_average.empty()) {
        return;
    }
    const torch::NoGradGuard noGrad;
    const auto n = static_cast<double>(step);
    const double decay = std::min(m_decay, (1 + n) / (10 + n));
    for (std::size_t i = 0; i < m_own.size(); ++i) {
        if (m_own[i].is_floating_point()) {
            m_average[i].lerp_(m_own[i], 1 - decay);
        } else {
            m_average[i].copy_(m_own[i]);
        }
    }
}

void TrainedWeights::showAverage()
{
    const torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < m_average.size(); ++i) {
        m_kept.push_back(m_own[i].clone());
        m_own[i].copy_(m_average[i]);
    }
}

void TrainedWeights::putBack()
{
    const torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < m_kept.size(); ++i) {
        m_own[i].copy_(m_kept[i]);
    }
    m_kept.clear();
}

void TrainedWeights::write(TensorMap& tensors) const
{
    for (std::size_t i = 0; i < m_names.size(); ++i) {
        tensors.emplace("model." + m_names[i], m_own[i]);
        if (!m_average.empty()) {
            tensors.emplace("ema." + m_names[i], m_average[i]);
        }
    }
}

void TrainedWeights::read(const TensorMap& tensors)
{
    const torch::NoGradGuard noGrad;
    std::ostringstream problems;
    std::size_t known = 0;
    const auto load = [&](const std::string& name, torch::Tensor target) {
        const torch::Tensor* stored = find(tensors, name);
        if (stored == nullptr) {
            problems << "\n  missing: " << name;
        } else if (stored->sizes() != target.sizes()) {
            problems << "\n  of another shape: " << name << " " << stored->sizes() << " instead of "
                     << target.sizes();
        } else {
            target.copy_(*stored);
            ++known;
        }
    };
    for (std::size_t i = 0; i < m_names.size(); ++i) {
        load("model." + m_names[i], m_own[i]);
        if (!m_average.empty()) {
            // A training that was begun without an average starts it from its weights.
            const bool isStored = find(tensors, "ema." + m_names[i]) != nullptr;
            load((isStored ? "ema." : "model.") + m_names[i], m_average[i]);
        }
    }
    for (const auto& [name, tensor] : tensors) {
        const bool isOurs = name.starts_with("model.");
        if (isOurs && std::find(m_names.begin(), m_names.end(), name.substr(6)) == m_names.end()) {
            problems << "\n  unexpected: " << name;
        }
    }
    TORCH_CHECK(problems.str().empty(), "the checkpoint is of another model:", problems.str());
}

void writeOptimizer(
    torch::optim::Optimizer& optimizer,
    const std::vector<ParameterGroup>& groups,
    TensorMap& tensors)
{
    const auto& states = optimizer.state();
    for (const ParameterGroup& group : groups) {
        for (std::size_t i = 0; i < group.parameters.size(); ++i) {
            const auto found = states.find(group.parameters[i].unsafeGetTensorImpl());
            if (found == states.end()) {
                continue;
            }
            const std::string prefix = "optimizer." + group.names[i] + ".";
            if (const auto* adam = dynamic_cast<const AdamWParamState*>(found->second.get())) {
                tensors.emplace(prefix + "exp_avg", adam->exp_avg());
                tensors.emplace(prefix + "exp_avg_sq", adam->exp_avg_sq());
                tensors.emplace(prefix + "step", torch::tensor(adam->step(), torch::kInt64));
            } else if (const auto* sgd = dynamic_cast<const SGDParamState*>(found->second.get());
                       sgd != nullptr && sgd->momentum_buffer().defined()) {
                tensors.emplace(prefix + "momentum_buffer", sgd->momentum_buffer());
            }
        }
    }
}

void readOptimizer(
    torch::optim::Optimizer& optimizer,
    const std::vector<ParameterGroup>& groups,
    const TensorMap& tensors)
{
    auto& states = optimizer.state();
    for (const ParameterGroup& group : groups) {
        for (std::size_t i = 0; i < group.parameters.size(); ++i) {
            const torch::Tensor& parameter = group.parameters[i];
            const std::string prefix = "optimizer." + group.names[i] + ".";
            const torch::Tensor* momentum = find(tensors, prefix + "momentum_buffer");
            const torch::Tensor* average = find(tensors, prefix + "exp_avg");
            const torch::Tensor* square = find(tensors, prefix + "exp_avg_sq");
            const torch::Tensor* step = find(tensors, prefix + "step");
            if (dynamic_cast<torch::optim::SGD*>(&optimizer) != nullptr && momentum != nullptr) {
                auto state = std::make_unique<SGDParamState>();
                state->momentum_buffer(copyLike(parameter, *momentum));
                states[parameter.unsafeGetTensorImpl()] = std::move(state);
            } else if (
                dynamic_cast<torch::optim::AdamW*>(&optimizer) != nullptr && average != nullptr
                && square != nullptr && step != nullptr) {
                auto state = std::make_unique<AdamWParamState>();
                state->exp_avg(copyLike(parameter, *average));
                state->exp_avg_sq(copyLike(parameter, *square));
                state->step(step->item<std::int64_t>());
                states[parameter.unsafeGetTensorImpl()] = std::move(state);
            }
        }
    }
}

} // namespace guidino::nn
