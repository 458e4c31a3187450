// SPDX-License-Identifier: Apache-2.0
#include "core/nn/dino/vit_keys.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace guidino::nn {

namespace {

/// Of wrappers: PIPELINE.md §1.5, Lightning, DataParallel, PEFT's base model, MedDINOv3.
constexpr std::array<std::string_view, 9> kPrefixes = {
    "module.",
    "teacher.",
    "student.",
    "model.",
    "backbone.",
    "dinov3_vit.",
    "dinov2.",
    "dinov2_with_registers.",
    "base_model."};

constexpr std::array<std::string_view, 9> kExtras = {
    "dino_head.",
    "ibot_head.",
    "head.",
    "fc_norm.",
    "classifier.",
    "projectors.",
    "local_cls_norm.",
    "pooler.",
    "rope_embeddings."};

bool isIndex(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
        return std::isdigit(static_cast<unsigned char>(letter)) != 0;
    });
}

struct BlockKey
{
    std::string index;
    std::string rest;
};

/// "blocks.3.norm1.weight" -> 3, "norm1.weight".
std::optional<BlockKey> blockKey(const std::string& key, std::string_view list)
{
    if (!key.starts_with(list)) {
        return std::nullopt;
    }
    const std::size_t dot = key.find('.', list.size());
    if (dot == std::string::npos) {
        return std::nullopt;
    }
    BlockKey block{key.substr(list.size(), dot - list.size()), key.substr(dot + 1)};
    if (!isIndex(block.index)) {
        return std::nullopt;
    }
    return block;
}

using Names = std::map<std::string, std::string, std::less<>>;

const Names& huggingFaceRoots()
{
    static const Names names = {
        {"embeddings.cls_token", "cls_token"},
        {"embeddings.mask_token", "mask_token"},
        {"embeddings.register_tokens", "register_tokens"},
        {"embeddings.position_embeddings", "pos_embed"},
        {"embeddings.patch_embeddings.weight", "patch_embed.proj.weight"},
        {"embeddings.patch_embeddings.bias", "patch_embed.proj.bias"},
        {"embeddings.patch_embeddings.projection.weight", "patch_embed.proj.weight"},
        {"embeddings.patch_embeddings.projection.bias", "patch_embed.proj.bias"},
        {"norm.weight", "norm.weight"},
        {"norm.bias", "norm.bias"},
        {"layernorm.weight", "norm.weight"},
        {"layernorm.bias", "norm.bias"}};
    return names;
}

/// Modules of a block that have one name only.
const Names& huggingFaceModules()
{
    static const Names names = {
        {"norm1", "norm1"},
        {"norm2", "norm2"},
        {"attention.o_proj", "attn.proj"},
        {"attention.output.dense", "attn.proj"},
        {"mlp.gate_proj", "mlp.w1"},
        {"mlp.fc1", "mlp.fc1"},
        {"mlp.fc2", "mlp.fc2"},
        {"mlp.weights_in", "mlp.w12"},
        {"mlp.weights_out", "mlp.w3"}};
    return names;
}

const std::map<std::string, int, std::less<>>& fusedParts()
{
    static const std::map<std::string, int, std::less<>> parts = {
        {"attention.q_proj", 0},
        {"attention.k_proj", 1},
        {"attention.v_proj", 2},
        {"attention.attention.query", 0},
        {"attention.attention.key", 1},
        {"attention.attention.value", 2}};
    return parts;
}

RenamedKey fromHuggingFace(const std::string& key, bool is_gated)
{
    if (const auto root = huggingFaceRoots().find(key); root != huggingFaceRoots().end()) {
        return {root->second};
    }
    auto block = blockKey(key, "layer.");
    if (!block) {
        block = blockKey(key, "encoder.layer.");
    }
    if (!block) {
        return {};
    }
    const std::string prefix = "blocks." + block->index + ".";
    const std::size_t dot = block->rest.rfind('.');
    if (dot == std::string::npos) {
        return {};
    }
    const std::string module = block->rest.substr(0, dot);
    const std::string leaf = block->rest.substr(dot);
    if (leaf == ".lambda1" && (module == "layer_scale1" || module == "layer_scale2")) {
        return {prefix + "ls" + module.back() + ".gamma"};
    }
    if (leaf != ".weight" && leaf != ".bias") {
        return {};
    }
    if (const auto part = fusedParts().find(module); part != fusedParts().end()) {
        return {prefix + "attn.qkv" + leaf, part->second};
    }
    if (module == "mlp.up_proj") {
        return {prefix + (is_gated ? "mlp.w2" : "mlp.fc1") + leaf};
    }
    if (module == "mlp.down_proj") {
        return {prefix + (is_gated ? "mlp.w3" : "mlp.fc2") + leaf};
    }
    const auto found = huggingFaceModules().find(module);
    return found == huggingFaceModules().end() ? RenamedKey{}
                                               : RenamedKey{prefix + found->second + leaf};
}

RenamedKey fromTimm(const std::string& key, bool is_gated)
{
    if (key == "reg_token") {
        return {"register_tokens"};
    }
    const auto block = blockKey(key, "blocks.");
    if (!block) {
        return {key};
    }
    const std::string prefix = "blocks." + block->index + ".";
    if (is_gated && block->rest.starts_with("mlp.fc2.")) {
        return {prefix + "mlp.w3." + block->rest.substr(8)};
    }
    static const std::map<std::string, RenamedKey, std::less<>> names = {
        {"gamma_1", {"ls1.gamma"}},
        {"gamma_2", {"ls2.gamma"}},
        {"attn.q_bias", {"attn.qkv.bias", 0}},
        {"attn.k_bias", {"attn.qkv.bias", 1}},
        {"attn.v_bias", {"attn.qkv.bias", 2}},
        {"mlp.fc1_g.weight", {"mlp.w1.weight"}},
        {"mlp.fc1_g.bias", {"mlp.w1.bias"}},
        {"mlp.fc1_x.weight", {"mlp.w2.weight"}},
        {"mlp.fc1_x.bias", {"mlp.w2.bias"}}};
    const auto found = names.find(block->rest);
    return found == names.end() ? RenamedKey{key}
                                : RenamedKey{prefix + found->second.name, found->second.part};
}

/// Block-chunked training files: blocks.CHUNK.INDEX.rest.
RenamedKey fromMeta(const std::string& key)
{
    if (const auto outer = blockKey(key, "blocks.")) {
        const std::string inner = outer->rest;
        const std::size_t dot = inner.find('.');
        if (dot != std::string::npos && isIndex(std::string_view(inner).substr(0, dot))) {
            return {"blocks." + inner};
        }
    }
    return {key == "storage_tokens" ? "register_tokens" : key};
}

} // namespace

std::string withoutPrefixes(std::string key)
{
    for (bool is_found = true; is_found;) {
        is_found = false;
        for (const std::string_view prefix : kPrefixes) {
            if (key.starts_with(prefix)) {
                key.erase(0, prefix.size());
                is_found = true;
            }
        }
    }
    return key;
}

bool isKnownExtra(const std::string& key)
{
    return std::any_of(kExtras.begin(), kExtras.end(), [&](std::string_view extra) {
        return key.starts_with(extra);
    });
}

VitKeys recognise(const std::vector<std::string>& keys)
{
    for (const std::string& key : keys) {
        if (key.starts_with("embeddings.") || key.starts_with("layer.")
            || key.starts_with("encoder.layer.")) {
            return VitKeys::HuggingFace;
        }
        if (key == "reg_token" || key.ends_with(".gamma_1")
            || key.find(".mlp.fc1_g.") != std::string::npos) {
            return VitKeys::Timm;
        }
    }
    return VitKeys::Meta;
}

RenamedKey metaKey(const std::string& key, VitKeys from, bool is_gated)
{
    switch (from) {
    case VitKeys::HuggingFace:
        return fromHuggingFace(key, is_gated);
    case VitKeys::Timm:
        return fromTimm(key, is_gated);
    case VitKeys::Meta:
        break;
    }
    return fromMeta(key);
}

} // namespace guidino::nn
