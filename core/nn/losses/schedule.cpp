// SPDX-License-Identifier: Apache-2.0
#include "core/nn/losses/schedule.h"

#include "core/nn/guide/key_table.h"
#include "core/nn/segmenter.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>

namespace guidino::nn {

namespace {

double cosine(double base, double minimum, double t)
{
    return minimum + (base - minimum) * 0.5 * (1.0 + std::cos(std::numbers::pi * t));
}

// Position within the current period of warm restarts, in [0, 1).
double restartPosition(const TrainingConfig& config, double epoch)
{
    TORCH_CHECK(
        config.restart_epochs >= 1 && config.restart_factor >= 1,
        "training.restart_epochs and restart_factor must be at least 1");
    double period = config.restart_epochs;
    double at = epoch;
    while (at >= period) {
        at -= period;
        period *= config.restart_factor;
    }
    return at / period;
}

// Index of the ViT block that a parameter belongs to; -1 for the embeddings, -2 for what comes
// after the blocks.
int blockOf(const std::string& name)
{
    const std::size_t at = name.find("blocks.");
    if (at != std::string::npos) {
        return std::atoi(name.c_str() + at + 7);
    }
    return name.find(".norm.") != std::string::npos ? -2 : -1;
}

bool isBackbone(const std::string& name)
{
    return name.find("guide_backbone") != std::string::npos
           || name.find(".backbone.") != std::string::npos || name.rfind("backbone.", 0) == 0;
}

ParameterGroup& groupOf(std::vector<ParameterGroup>& groups, const std::string& name, double rate)
{
    for (ParameterGroup& group : groups) {
        if (group.name == name) {
            return group;
        }
    }
    groups.push_back({name, rate, {}, {}});
    return groups.back();
}

void freezeForUpdate(torch::nn::Module& segmenter, const std::string& update)
{
    if (update == "all") {
        return;
    }
    TORCH_CHECK(
        update == "tokenbook" || update == "decoder",
        "training.update: unknown '",
        update,
        "' (all, tokenbook, decoder)");
    const auto* whole = dynamic_cast<const Segmenter*>(&segmenter);
    for (auto& item : segmenter.named_parameters()) {
        const bool isDecoder =
            update == "decoder" && whole != nullptr && whole->isDecoderKey(item.key());
        const bool learns = isTokenBookKey(item.key()) || isDecoder;
        if (!learns) {
            item.value().set_requires_grad(false);
        }
    }
}

} // namespace

double learningRate(const TrainingConfig& config, double base, double epoch)
{
    const double warmup = config.warmup_epochs;
    if (epoch < warmup) {
        return base * (epoch + 1.0) / (warmup + 1.0);
    }
    const double e = epoch - warmup;
    const double total = std::max(config.epochs - warmup, 1.0);
    const double t = std::clamp(e / total, 0.0, 1.0);
    const double minimum = std::min(config.minimum_learning_rate, base);
    if (config.schedule == "poly") {
        return minimum + (base - minimum) * std::pow(1.0 - t, config.poly_power);
    }
    if (config.schedule == "cosine") {
        return cosine(base, minimum, t);
    }
    if (config.schedule == "cosine_restart") {
        return cosine(base, minimum, restartPosition(config, e));
    }
    if (config.schedule == "linear") {
        return minimum + (base - minimum) * (1.0 - t);
    }
    TORCH_CHECK(
        config.schedule == "constant" || config.schedule == "plateau",
        "training.schedule: unknown '",
        config.schedule,
        "' (poly, cosine, cosine_restart, linear, plateau, constant)");
    return base;
}

double
plateauScale(const TrainingConfig& config, const std::vector<double>& scores, bool isLargerBetter)
{
    if (config.schedule != "plateau") {
        return 1;
    }
    constexpr double kThreshold = 1e-4; // PyTorch's default, of the best score
    double scale = 1;
    double best = std::numeric_limits<double>::quiet_NaN();
    int bad = 0;
    for (const double score : scores) {
        const double margin = kThreshold * std::abs(best);
        const bool isBetter =
            !std::isnan(score)
            && (std::isnan(best)
                || (isLargerBetter ? score > best + margin : score < best - margin));
        if (isBetter) {
            best = score;
            bad = 0;
        } else if (++bad > config.plateau_patience) {
            scale *= config.plateau_factor;
            bad = 0;
        }
    }
    return scale;
}

double scaledLearningRate(const TrainingConfig& config, double base, double epoch, double scale)
{
    const double rate = learningRate(config, base, epoch);
    return scale == 1 ? rate : std::max(rate * scale, std::min(config.minimum_learning_rate, rate));
}

std::vector<ParameterGroup>
parameterGroups(torch::nn::Module& segmenter, const TrainingConfig& config)
{
    freezeForUpdate(segmenter, config.update);
    int depth = 0;
    for (const auto& item : segmenter.named_parameters()) {
        if (isBackbone(item.key())) {
            depth = std::max(depth, blockOf(item.key()) + 1);
        }
    }
    std::vector<ParameterGroup> groups;
    for (const auto& item : segmenter.named_parameters()) {
        const std::string& name = item.key();
        if (!item.value().requires_grad()) {
            continue;
        }
        ParameterGroup* group = nullptr;
        if (name.find("lora_") != std::string::npos) {
            group = &groupOf(groups, "lora", config.lora_learning_rate);
        } else if (!isBackbone(name)) {
            group = &groupOf(groups, "head", config.learning_rate);
        } else if (config.layer_decay >= 1) {
            group = &groupOf(groups, "backbone", config.backbone_learning_rate);
        } else {
            const int found = blockOf(name);
            const int block = found == -2 ? depth - 1 : found;
            group = &groupOf(
                groups,
                "backbone." + (block < 0 ? std::string("embed") : std::to_string(block)),
                config.backbone_learning_rate * std::pow(config.layer_decay, depth - 1 - block));
        }
        group->names.push_back(name);
        group->parameters.push_back(item.value());
    }
    TORCH_CHECK(!groups.empty(), "training.update = ", config.update, " leaves nothing to train");
    return groups;
}

namespace {

using torch::optim::AdamOptions;
using torch::optim::AdamWOptions;
using torch::optim::RMSpropOptions;
using torch::optim::SGDOptions;

// Adam and AdamW.
template<typename Options>
std::unique_ptr<torch::optim::OptimizerOptions>
adamOptions(double rate, const TrainingConfig& config)
{
    return std::make_unique<Options>(Options(rate)
                                         .betas({config.betas[0], config.betas[1]})
                                         .eps(1e-8)
                                         .weight_decay(config.weight_decay));
}

std::unique_ptr<torch::optim::OptimizerOptions> optionsOf(double rate, const TrainingConfig& config)
{
    if (config.optimizer == "sgd") {
        return std::make_unique<SGDOptions>(SGDOptions(rate)
                                                .momentum(config.momentum)
                                                .nesterov(config.nesterov && config.momentum > 0)
                                                .weight_decay(config.weight_decay));
    }
    if (config.optimizer == "rmsprop") {
        return std::make_unique<RMSpropOptions>(
            RMSpropOptions(rate).momentum(config.momentum).weight_decay(config.weight_decay));
    }
    if (config.optimizer == "adam") {
        return adamOptions<AdamOptions>(rate, config);
    }
    TORCH_CHECK(
        config.optimizer == "adamw",
        "training.optimizer: unknown '",
        config.optimizer,
        "' (adamw, adam, sgd, rmsprop)");
    return adamOptions<AdamWOptions>(rate, config);
}

} // namespace

std::unique_ptr<torch::optim::Optimizer>
makeOptimizer(const std::vector<ParameterGroup>& groups, const TrainingConfig& config)
{
    std::vector<torch::optim::OptimizerParamGroup> parameters;
    for (const ParameterGroup& group : groups) {
        parameters.emplace_back(group.parameters, optionsOf(group.base_learning_rate, config));
    }
    const double rate = config.learning_rate;
    if (config.optimizer == "sgd") {
        return std::make_unique<torch::optim::SGD>(std::move(parameters), SGDOptions(rate));
    }
    if (config.optimizer == "rmsprop") {
        return std::make_unique<torch::optim::RMSprop>(std::move(parameters), RMSpropOptions(rate));
    }
    if (config.optimizer == "adam") {
        return std::make_unique<torch::optim::Adam>(std::move(parameters), AdamOptions(rate));
    }
    return std::make_unique<torch::optim::AdamW>(std::move(parameters), AdamWOptions(rate));
}

void setLearningRates(
    torch::optim::Optimizer& optimizer,
    const std::vector<ParameterGroup>& groups,
    const TrainingConfig& config,
    double epoch,
    double scale)
{
    std::vector<torch::optim::OptimizerParamGroup>& own = optimizer.param_groups();
    TORCH_CHECK(own.size() == groups.size(), "the optimizer has other parameter groups");
    for (std::size_t i = 0; i < groups.size(); ++i) {
        own[i].options().set_lr(
            scaledLearningRate(config, groups[i].base_learning_rate, epoch, scale));
    }
}

} // namespace guidino::nn
