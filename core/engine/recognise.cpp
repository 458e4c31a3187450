// SPDX-License-Identifier: Apache-2.0
#include "core/engine/recognise.h"

#include "core/engine/config.h"
#include "core/engine/guarded.h"
#include "core/nn/backbones/registry.h"
#include "core/nn/guide/key_table.h"

#include <torch/torch.h>

#include <algorithm>

namespace guidino::engine {

namespace {

constexpr const char* kBackbonePrefix = "guide.guide_backbone.";
constexpr std::string_view kNetworkPrefix = "network.";

bool hasPrefix(const nn::TensorMap& tensors, const std::string& prefix)
{
    const auto found = tensors.lower_bound(prefix);
    return found != tensors.end() && found->first.starts_with(prefix);
}

bool isAdapterKey(const std::string& key)
{
    return key.find("lora_A") != std::string::npos || key.find("lora_B") != std::string::npos;
}

nn::TensorMap bareKeys(const nn::TensorMap& network)
{
    nn::TensorMap bare;
    for (const auto& [key, tensor] : network) {
        if (key.starts_with(kNetworkPrefix)) {
            bare[key.substr(kNetworkPrefix.size())] = tensor;
        }
    }
    return bare;
}

/// A checkpoint's tensors by our names for one network.
void sortTensors(
    const nn::Checkpoint& checkpoint, const nn::Architecture* network, Recognition& result)
{
    result.network.clear();
    result.backbone.clear();
    result.adapter.clear();
    result.dropped = 0;
    for (const auto& [foreign, tensor] : checkpoint.tensors) {
        const std::optional<std::string> key = nn::segmenterKey(foreign, network);
        if (!key) {
            ++result.dropped;
        } else if (!nn::isGuideBackboneKey(*key)) {
            result.network[*key] = tensor;
        } else {
            const std::string name = key->substr(std::string(kBackbonePrefix).size());
            (isAdapterKey(name) ? result.adapter : result.backbone)[name] = tensor;
        }
        result.isMilesial = result.isMilesial || foreign.find("double_conv") != std::string::npos;
    }
}

bool fits(const nn::Architecture& network, const Recognition& sorted)
{
    const bool isGuided = hasPrefix(sorted.network, "guide.tokenbook");
    if (network.guide == (isGuided ? nn::GuideUse::Never : nn::GuideUse::Always)) {
        return false;
    }
    try {
        const nn::TensorMap bare = bareKeys(sorted.network);
        return network.recognises && network.recognises(nn::NetworkState(bare));
    } catch (const c10::Error&) {
        return false; // it looked at a shape that is not there
    }
}

/// What an adapter's shapes tell.
nn::SystemConfig withAdapter(const Recognition& r, nn::SystemConfig config)
{
    if (r.adapter.empty()) {
        return config;
    }
    config.lora.enabled = true;
    config.lora.targets.clear();
    const auto hasTarget = [&r](const std::string& part) {
        return std::any_of(r.adapter.begin(), r.adapter.end(), [&](const auto& item) {
            return item.first.find(part) != std::string::npos;
        });
    };
    for (const auto& [name, part] : std::vector<std::pair<std::string, std::string>>{
             {"q", ".q_proj."},
             {"k", ".k_proj."},
             {"v", ".v_proj."},
             {"o", ".o_proj."},
             {"mlp", ".up_proj."}}) {
        if (hasTarget(part)) {
            config.lora.targets.push_back(name);
        }
    }
    for (const auto& [key, tensor] : r.adapter) {
        if (key.find("lora_A") != std::string::npos) {
            config.lora.rank = static_cast<int>(tensor.size(0));
            config.lora.alpha = 2.0 * config.lora.rank; // the published scale
        }
    }
    return config;
}

} // namespace

Recognition recognise(const nn::Checkpoint& checkpoint, const std::string& wanted)
{
    Recognition result;
    if (checkpoint.format == "peft") {
        result.kind = "adapter";
        result.architecture = "lora";
        return result;
    }
    std::vector<const nn::Architecture*> candidates;
    if (const nn::Architecture* named = nn::findArchitecture(wanted)) {
        candidates.push_back(named);
    }
    for (const nn::Architecture& one : nn::architectures()) {
        candidates.push_back(&one);
    }
    for (const nn::Architecture* one : candidates) {
        sortTensors(checkpoint, one, result);
        if (fits(*one, result)) {
            result.architecture = one->name;
            result.kind = "network";
            return result;
        }
    }
    sortTensors(checkpoint, nullptr, result);
    if (Result<nn::VitState> vit = nn::readVitState(checkpoint)) {
        result.kind = "backbone";
        result.architecture = vit->config.name;
        result.vit = std::move(*vit);
        return result;
    }
    result.kind = "unknown";
    return result;
}

nn::SystemConfig configOf(const Recognition& r, const std::string& source)
{
    const nn::Architecture& network = nn::architecture(r.architecture);
    const std::string profile = r.isMilesial ? ".fixed" : ".parity";
    const std::vector<std::string> names = configNames();
    const auto isThere = [&names](const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    nn::SystemConfig config = valueOrThrow(
        isThere(network.name + profile) ? loadSystemConfig(network.name + profile, "", {})
        : isThere(network.name + ".fixed")
            ? loadSystemConfig(network.name + ".fixed", "", {})
            : parseSystemConfig("{\"system\": \"" + network.name + "\"}", source));
    if (r.isMilesial) {
        config.preprocessing.normalisation = "none"; // images in [0, 1]
    }
    try {
        const nn::TensorMap bare = bareKeys(r.network);
        config.network.options.clear();
        if (network.configure) { // a plug-in's need not
            network.configure(nn::NetworkState(bare), config.network);
        }
    } catch (const c10::Error& error) {
        std::string reason = error.what_without_backtrace();
        throw ErrorException{Error{
            ErrorCode::BadInput,
            source + ": " + reason.substr(0, reason.find('\n')) + ", so this is no whole "
                + network.name + ".",
            {{"file", source}}}};
    }
    config.network.bilinear_align_corners = config.network.bilinear && r.isMilesial;
    if (config.network.num_classes > 1) {
        config.loss.segmentation = "dice_ce";
    }
    const bool isGuided = hasPrefix(r.network, "guide.tokenbook");
    if (!isGuided) {
        return withAdapter(r, std::move(config));
    }
    if (config.guide.source == "none") {
        config.guide.source = "dinov3";
    }
    if (config.guide.gates.empty()) {
        config.guide.gates = network.default_gates;
    }
    config.guide.per_class = hasPrefix(r.network, "guide.tokenbooks.");
    const std::string book = config.guide.per_class ? "guide.tokenbooks.0." : "guide.tokenbook.";
    const auto prototypes = r.network.find(book + "book");
    if (prototypes == r.network.end() || prototypes->second.dim() != 2) {
        throw ErrorException{Error{
            ErrorCode::BadInput,
            source + ": " + book + "book is missing, so this is no whole " + network.name + ".",
            {{"file", source}}}};
    }
    config.guide.prototypes = static_cast<int>(prototypes->second.size(0));
    config.guide.weighting = r.network.contains(book + "alpha") ? "softmax" : "mean";
    if (hasPrefix(r.network, "first_pass.")) { // ours: an ungated pass made the tokens
        config.guide.source = "self";
    }
    return withAdapter(r, std::move(config));
}

} // namespace guidino::engine
