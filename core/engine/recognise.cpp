// SPDX-License-Identifier: Apache-2.0
#include "core/engine/recognise.h"

#include "core/engine/config.h"
#include "core/engine/guarded.h"
#include "core/nn/guide/key_table.h"

#include <torch/torch.h>

#include <algorithm>

namespace guidino::engine {

namespace {

constexpr const char* kBackbonePrefix = "guide.guide_backbone.";

bool hasPrefix(const nn::TensorMap& tensors, const std::string& prefix)
{
    const auto found = tensors.lower_bound(prefix);
    return found != tensors.end() && found->first.starts_with(prefix);
}

bool isAdapterKey(const std::string& key)
{
    return key.find("lora_A") != std::string::npos || key.find("lora_B") != std::string::npos;
}

std::string networkOf(const nn::TensorMap& tensors)
{
    const bool isGuided = hasPrefix(tensors, "guide.tokenbook");
    if (hasPrefix(tensors, "network.inc.")) {
        return isGuided ? "guidino-u" : "unet";
    }
    if (hasPrefix(tensors, "network.encoder1_l1_local.")) {
        return isGuided ? "guidino-w" : "nnwnet";
    }
    if (isGuided && hasPrefix(tensors, "network.classifier.")) {
        return "seg-guidino";
    }
    return {};
}

/// The side `dimension` of a tensor that must be there.
int sizeOf(
    const Recognition& recognition,
    const std::string& key,
    std::int64_t dimension,
    const std::string& source)
{
    const auto found = recognition.network.find(key);
    if (found == recognition.network.end() || found->second.dim() <= dimension) {
        throw ErrorException{Error{
            ErrorCode::BadInput,
            source + ": " + key + " is missing, so this is no whole " + recognition.architecture
                + ".",
            {{"file", source}}}};
    }
    return static_cast<int>(found->second.size(dimension));
}

void readUnet(const Recognition& r, const std::string& source, nn::NetworkConfig& network)
{
    network.base_channels = sizeOf(r, "network.inc.block.0.weight", 0, source);
    network.in_channels = sizeOf(r, "network.inc.block.0.weight", 1, source);
    network.num_classes = sizeOf(r, "network.outc.conv.weight", 0, source);
    network.bilinear = !r.network.contains("network.up1.up.weight");
    network.bilinear_align_corners = network.bilinear && r.isMilesial;
}

void readWnet(const Recognition& r, const std::string& source, nn::NetworkConfig& network)
{
    network.in_channels = sizeOf(r, "network.input_l0.0.weight", 1, source);
    network.num_classes = sizeOf(r, "network.output_l0.1.weight", 0, source);
    network.layer_channel = {sizeOf(r, "network.input_l0.0.weight", 0, source)};
    network.global_dim.clear();
    for (const char* level : {"1", "2", "3", "4"}) {
        const std::string encoder = std::string("network.encoder1_l") + level;
        network.layer_channel.push_back(
            sizeOf(r, encoder + "_local.down.down.0.weight", 0, source));
        network.global_dim.push_back(sizeOf(r, encoder + "_global.proj.weight", 0, source));
    }
    network.global_dim.push_back(sizeOf(r, "network.decoder1_l4_global.proj.weight", 0, source));
    network.deep_supervision = hasPrefix(r.network, "network.decoder2_l1_local_output.");
}

} // namespace

Recognition recognise(const nn::Checkpoint& checkpoint)
{
    Recognition result;
    if (checkpoint.format == "peft") {
        result.kind = "adapter";
        result.architecture = "lora";
        return result;
    }
    if (hasPrefix(checkpoint.tensors, "encoder.stages.")
        && hasPrefix(checkpoint.tensors, "decoder.seg_layers.")) {
        result.kind = "foreign";
        result.architecture = "nnunet";
        return result;
    }
    for (const auto& [foreign, tensor] : checkpoint.tensors) {
        const std::optional<std::string> key = nn::segmenterKey(foreign);
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
    result.architecture = networkOf(result.network);
    if (!result.architecture.empty()) {
        result.kind = "network";
        return result;
    }
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
    const std::string& system = r.architecture;
    const bool isGuided = system != "unet" && system != "nnwnet";
    nn::SystemConfig config =
        valueOrThrow(loadSystemConfig(system + (r.isMilesial ? ".fixed" : ".parity"), "", {}));
    if (r.isMilesial) {
        config.preprocessing.normalisation = "none"; // images in [0, 1]
    }
    if (system == "unet" || system == "guidino-u") {
        readUnet(r, source, config.network);
    } else if (system == "nnwnet" || system == "guidino-w") {
        readWnet(r, source, config.network);
    } else {
        config.network.hidden_dim = sizeOf(r, "network.proj.weight", 0, source);
        config.network.num_classes = sizeOf(r, "network.classifier.weight", 0, source);
    }
    if (config.network.num_classes > 1) {
        config.loss.segmentation = "dice_ce";
    }
    if (!isGuided) {
        return config;
    }
    config.guide.per_class = hasPrefix(r.network, "guide.tokenbooks.");
    const std::string book = config.guide.per_class ? "guide.tokenbooks.0." : "guide.tokenbook.";
    config.guide.prototypes = sizeOf(r, book + "book", 0, source);
    config.guide.weighting = r.network.contains(book + "alpha") ? "softmax" : "mean";
    if (hasPrefix(r.network, "first_pass.")) { // ours: an ungated pass made the tokens
        config.guide.source = "self";
    }
    if (!r.adapter.empty()) {
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
    }
    return config;
}

} // namespace guidino::engine
