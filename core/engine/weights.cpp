// SPDX-License-Identifier: Apache-2.0
#include "core/engine/weights.h"

#include "core/engine/guarded.h"
#include "core/nn/backbones/registry.h"
#include "core/nn/dino/vit.h"
#include "core/nn/guide/key_table.h"
#include "core/nn/io/checkpoint.h"
#include "core/nn/lora/lora.h"

#include <torch/torch.h>

namespace guidino::engine {

namespace {

constexpr std::size_t kListed = 10;

std::string listOf(const std::vector<std::string>& names)
{
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kListed); ++i) {
        text += (i == 0 ? "" : ", ") + names[i];
    }
    return names.size() > kListed
               ? text + " and " + std::to_string(names.size() - kListed) + " more"
               : text;
}

std::string shapeOf(const torch::Tensor& tensor)
{
    std::string text = "[";
    for (std::int64_t i = 0; i < tensor.dim(); ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(tensor.size(i));
    }
    return text + "]";
}

/// Adapters live in the bundle's adapter folder, under PEFT's names.
bool isAdapterKey(const std::string& key)
{
    return key.find("lora_A") != std::string::npos || key.find("lora_B") != std::string::npos;
}

} // namespace

nn::TensorMap stateOf(nn::Segmenter& model, bool withBackbone)
{
    nn::TensorMap state;
    const auto add = [&](const std::string& key, const torch::Tensor& tensor) {
        if (tensor.defined() && !isAdapterKey(key)
            && (withBackbone || !nn::isGuideBackboneKey(key))) {
            state[key] = tensor.detach();
        }
    };
    for (const auto& item : model.named_parameters()) {
        add(item.key(), item.value());
    }
    for (const auto& item : model.named_buffers()) {
        add(item.key(), item.value());
    }
    return state;
}

Status loadState(
    nn::Segmenter& model, const nn::TensorMap& state, bool withBackbone, const std::string& source)
{
    const torch::NoGradGuard noGrad;
    nn::TensorMap own = stateOf(model, withBackbone);
    std::vector<std::string> missing;
    std::vector<std::string> unexpected;
    std::vector<std::string> misshaped;
    for (const auto& [key, tensor] : own) {
        const auto found = state.find(key);
        if (found == state.end()) {
            // Written by tools that did not count batches; it changes no output.
            if (!key.ends_with("num_batches_tracked")) {
                missing.push_back(key);
            }
        } else if (found->second.sizes() != tensor.sizes()) {
            misshaped.push_back(
                key + " is " + shapeOf(found->second) + " instead of " + shapeOf(tensor));
        }
    }
    for (const auto& [key, tensor] : state) {
        if (!own.contains(key)) {
            unexpected.push_back(key);
        }
    }
    std::string problems;
    const auto report =
        [&problems](const std::string& kind, const std::vector<std::string>& names) {
            if (!names.empty()) {
                problems += (problems.empty() ? "" : "; ") + std::to_string(names.size()) + " "
                            + kind + ": " + listOf(names);
            }
        };
    report("missing", missing);
    report("unexpected", unexpected);
    report("of another shape", misshaped);
    if (!problems.empty()) {
        return Error{
            ErrorCode::BadInput,
            source + ": the weights are not those of this model: " + problems + ".",
            {{"file", source}}};
    }
    for (auto& [key, tensor] : own) {
        if (const auto found = state.find(key); found != state.end()) {
            tensor.copy_(found->second);
        }
    }
    return {};
}

bool needsBackbone(const nn::SystemConfig& config)
{
    return nn::usesVit(config);
}

Result<std::shared_ptr<nn::VisionTransformer>>
loadBackbone(const std::filesystem::path& weights, const nn::GuideConfig& guide)
{
    const Result<nn::Checkpoint> checkpoint = nn::readCheckpoint(weights);
    GD_TRY(checkpoint);
    Result<nn::VitState> state = nn::readVitState(*checkpoint);
    GD_TRY(state);
    const bool isV2 = state->config.family == nn::VitConfig::Family::DinoV2;
    // Without a guide (decoders of a ViT) either family will do.
    if (guide.source != "none" && isV2 != (guide.source == "dinov2")) {
        return Error{
            ErrorCode::BadInput,
            weights.string() + " is a " + (isV2 ? "DINOv2" : "DINOv3")
                + " model, but guide.source is " + guide.source + ": set guide.source="
                + (isV2 ? "dinov2" : "dinov3") + " or name another guide.backbone.",
            {}};
    }
    if (guide.rope_augmentation && !isV2) {
        state->config.rope_rescale = 2; // PIPELINE.md §1.3
    }
    auto vit = std::make_shared<nn::VisionTransformer>(state->config);
    GD_TRY(nn::loadVitState(*vit, state->tensors));
    return vit;
}

std::shared_ptr<nn::Segmenter>
assembleModel(const nn::SystemConfig& config, std::shared_ptr<nn::VisionTransformer> vit)
{
    if (vit) {
        for (torch::Tensor& parameter : vit->parameters()) {
            parameter.requires_grad_(config.guide.train_backbone);
        }
        if (config.lora.enabled) {
            nn::addLora(*vit, config.lora);
        }
    }
    try {
        auto model = nn::makeSegmenter(config, std::move(vit));
        model->eval();
        return model;
    } catch (const c10::OutOfMemoryError&) {
        throw;
    } catch (const c10::Error& error) {
        // What no single key tells, such as a gate that the network does not have.
        std::string reason = error.what_without_backtrace();
        reason = reason.substr(0, reason.find('\n'));
        throw ErrorException{
            Error{ErrorCode::Configuration, "The configuration does not fit: " + reason, {}}};
    }
}

void prepareForPrediction(nn::Segmenter& model)
{
    const torch::NoGradGuard noGrad;
    model.eval();
    for (torch::Tensor& parameter : model.parameters()) {
        parameter.requires_grad_(false);
        if (parameter.dim() == 4) {
            parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
        }
    }
    if (nn::VisionTransformer* vit = model.guideBackbone(); vit != nullptr && nn::hasLora(*vit)) {
        nn::mergeLora(*vit);
    }
    model.prepareInference();
}

nlohmann::ordered_json jsonOf(const nn::VitConfig& c)
{
    using Ffn = nn::VitConfig::Ffn;
    const char* ffn = c.ffn == Ffn::Mlp ? "mlp" : c.ffn == Ffn::SwiGlu ? "swiglu" : "swiglu_fused";
    return {
        {"family", c.family == nn::VitConfig::Family::DinoV3 ? "dinov3" : "dinov2"},
        {"name", c.name},
        {"embed_dim", c.embed_dim},
        {"depth", c.depth},
        {"num_heads", c.num_heads},
        {"patch_size", c.patch_size},
        {"ffn", ffn},
        {"ffn_hidden", c.ffn_hidden},
        {"qkv_bias", c.qkv_bias},
        {"mask_k_bias", c.mask_k_bias},
        {"num_register_tokens", c.num_register_tokens},
        {"norm_eps", c.norm_eps},
        {"rope_base", c.rope_base},
        {"rope_periods",
         c.rope_periods == nn::VitConfig::RopePeriods::Analytic ? "analytic" : "from_file"},
        {"rope_bf16", c.rope_bf16},
        {"rope_rescale", c.rope_rescale},
        {"position_grid", c.position_grid},
        {"position_antialias", c.position_antialias},
        {"position_offset", c.position_offset},
        {"position_interpolation",
         c.position_interpolation == nn::VitConfig::PositionInterpolation::Meta ? "meta" : "size"}};
}

nn::VitConfig vitConfigFrom(const nlohmann::ordered_json& json)
{
    nn::VitConfig c;
    c.family = json.at("family") == "dinov2" ? nn::VitConfig::Family::DinoV2
                                             : nn::VitConfig::Family::DinoV3;
    c.name = json.at("name").get<std::string>();
    c.embed_dim = json.at("embed_dim").get<int>();
    c.depth = json.at("depth").get<int>();
    c.num_heads = json.at("num_heads").get<int>();
    c.patch_size = json.at("patch_size").get<int>();
    const auto ffn = json.at("ffn").get<std::string>();
    c.ffn = ffn == "mlp"      ? nn::VitConfig::Ffn::Mlp
            : ffn == "swiglu" ? nn::VitConfig::Ffn::SwiGlu
                              : nn::VitConfig::Ffn::SwiGluFused;
    c.ffn_hidden = json.at("ffn_hidden").get<int>();
    c.qkv_bias = json.at("qkv_bias").get<bool>();
    c.mask_k_bias = json.at("mask_k_bias").get<bool>();
    c.num_register_tokens = json.at("num_register_tokens").get<int>();
    c.norm_eps = json.at("norm_eps").get<double>();
    c.rope_base = json.at("rope_base").get<double>();
    c.rope_periods = json.at("rope_periods") == "from_file" ? nn::VitConfig::RopePeriods::FromFile
                                                            : nn::VitConfig::RopePeriods::Analytic;
    c.rope_bf16 = json.at("rope_bf16").get<bool>();
    c.rope_rescale = json.at("rope_rescale").get<double>();
    c.position_grid = json.at("position_grid").get<int>();
    c.position_antialias = json.at("position_antialias").get<bool>();
    c.position_offset = json.at("position_offset").get<double>();
    c.position_interpolation = json.at("position_interpolation") == "size"
                                   ? nn::VitConfig::PositionInterpolation::Size
                                   : nn::VitConfig::PositionInterpolation::Meta;
    return c;
}

} // namespace guidino::engine
