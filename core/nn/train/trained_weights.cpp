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
using torch::optim::RMSpropParamState;
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

namespace {

// Adam and AdamW keep the same.
template<typename State>
bool writeAdam(
    const torch::optim::OptimizerParamState& state, const std::string& prefix, TensorMap& tensors)
{
    const auto* adam = dynamic_cast<const State*>(&state);
    if (adam == nullptr) {
        return false;
    }
    tensors.emplace(prefix + "exp_avg", adam->exp_avg());
    tensors.emplace(prefix + "exp_avg_sq", adam->exp_avg_sq());
    tensors.emplace(prefix + "step", torch::tensor(adam->step(), torch::kInt64));
    return true;
}

void writeState(
    const torch::optim::OptimizerParamState& state, const std::string& prefix, TensorMap& tensors)
{
    if (writeAdam<AdamWParamState>(state, prefix, tensors)
        || writeAdam<torch::optim::AdamParamState>(state, prefix, tensors)) {
        return;
    }
    if (const auto* rms = dynamic_cast<const RMSpropParamState*>(&state)) {
        tensors.emplace(prefix + "square_avg", rms->square_avg());
        tensors.emplace(prefix + "step", torch::tensor(rms->step(), torch::kInt64));
        if (rms->momentum_buffer().defined()) {
            tensors.emplace(prefix + "momentum_buffer", rms->momentum_buffer());
        }
    } else if (const auto* sgd = dynamic_cast<const SGDParamState*>(&state);
               sgd != nullptr && sgd->momentum_buffer().defined()) {
        tensors.emplace(prefix + "momentum_buffer", sgd->momentum_buffer());
    }
}

// What a checkpoint holds for one parameter; nullptr where it holds nothing.
struct StoredState
{
    const torch::Tensor* momentum;
    const torch::Tensor* average;
    const torch::Tensor* square;
    const torch::Tensor* rms;
    const torch::Tensor* step;
};

template<typename State>
std::unique_ptr<torch::optim::OptimizerParamState>
readAdam(const torch::Tensor& parameter, const StoredState& stored)
{
    if (stored.average == nullptr || stored.square == nullptr || stored.step == nullptr) {
        return nullptr;
    }
    auto state = std::make_unique<State>();
    state->exp_avg(copyLike(parameter, *stored.average));
    state->exp_avg_sq(copyLike(parameter, *stored.square));
    state->step(stored.step->template item<std::int64_t>());
    return state;
}

std::unique_ptr<torch::optim::OptimizerParamState> readState(
    torch::optim::Optimizer& optimizer, const torch::Tensor& parameter, const StoredState& stored)
{
    if (dynamic_cast<torch::optim::AdamW*>(&optimizer) != nullptr) {
        return readAdam<AdamWParamState>(parameter, stored);
    }
    if (dynamic_cast<torch::optim::Adam*>(&optimizer) != nullptr) {
        return readAdam<torch::optim::AdamParamState>(parameter, stored);
    }
    if (dynamic_cast<torch::optim::RMSprop*>(&optimizer) != nullptr) {
        if (stored.rms == nullptr || stored.step == nullptr) {
            return nullptr;
        }
        auto state = std::make_unique<RMSpropParamState>();
        state->square_avg(copyLike(parameter, *stored.rms));
        state->step(stored.step->item<std::int64_t>());
        if (stored.momentum != nullptr) {
            state->momentum_buffer(copyLike(parameter, *stored.momentum));
        }
        return state;
    }
    if (stored.momentum == nullptr) {
        return nullptr;
    }
    auto state = std::make_unique<SGDParamState>();
    state->momentum_buffer(copyLike(parameter, *stored.momentum));
    return state;
}

} // namespace

void writeOptimizer(
    torch::optim::Optimizer& optimizer,
    const std::vector<ParameterGroup>& groups,
    TensorMap& tensors)
{
    const auto& states = optimizer.state();
    for (const ParameterGroup& group : groups) {
        for (std::size_t i = 0; i < group.parameters.size(); ++i) {
            const auto found = states.find(group.parameters[i].unsafeGetTensorImpl());
            if (found != states.end()) {
                writeState(*found->second, "optimizer." + group.names[i] + ".", tensors);
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
            const StoredState stored = {
                find(tensors, prefix + "momentum_buffer"),
                find(tensors, prefix + "exp_avg"),
                find(tensors, prefix + "exp_avg_sq"),
                find(tensors, prefix + "square_avg"),
                find(tensors, prefix + "step")};
            if (auto state = readState(optimizer, parameter, stored)) {
                states[parameter.unsafeGetTensorImpl()] = std::move(state);
            }
        }
    }
}

} // namespace guidino::nn
