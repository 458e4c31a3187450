// SPDX-License-Identifier: Apache-2.0
#include "core/nn/dino/vit_load.h"

#include "core/nn/dino/vit_keys.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace guidino::nn {

using nlohmann::json;

namespace {

constexpr std::size_t kShownKeys = 12;

struct Fault
{
    std::string message;
};

Error badInput(std::string message)
{
    return Error{ErrorCode::BadInput, std::move(message), {}};
}

std::string shapeOf(const torch::Tensor& tensor)
{
    std::string text = "[";
    for (const std::int64_t side : tensor.sizes()) {
        text += (text.size() > 1 ? ", " : "") + std::to_string(side);
    }
    return text + "]";
}

std::string listOf(const std::vector<std::string>& names)
{
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kShownKeys); ++i) {
        text += (i > 0 ? ", " : "") + names[i];
    }
    if (names.size() > kShownKeys) {
        text += " and " + std::to_string(names.size() - kShownKeys) + " more";
    }
    return text;
}

/// Translation of one checkpoint into Meta's names and an architecture.
class StateReader
{
public:
    StateReader(const Checkpoint& checkpoint, const VitLoadOptions& options)
        : m_checkpoint(checkpoint)
        , m_options(options)
    {}

    VitState read()
    {
        rename();
        joinParts();
        infer();
        if (auto tokens = m_state.tensors.extract("register_tokens"); !tokens.empty()) {
            tokens.key() = isV3() ? "storage_tokens" : "register_tokens";
            m_state.tensors.insert(std::move(tokens));
        }
        if (auto mask = m_state.tensors.find("mask_token"); mask != m_state.tensors.end()) {
            mask->second = mask->second.reshape({1, -1}); // Hugging Face: [1, 1, D]
        }
        return std::move(m_state);
    }

private:
    [[nodiscard]] bool isV3() const { return !m_state.tensors.contains("pos_embed"); }

    void rename()
    {
        std::vector<std::pair<std::string, std::string>>
            keys; // without prefixes, and as in the file
        const bool has_teacher = std::any_of(
            m_checkpoint.tensors.begin(), m_checkpoint.tensors.end(), [](const auto& entry) {
                return entry.first.starts_with("teacher.");
            });
        bool is_gated = false;
        std::vector<std::string> stripped;
        for (const auto& [key, tensor] : m_checkpoint.tensors) {
            std::string name = withoutPrefixes(key);
            if (const std::size_t base = name.find(".base_layer."); base != std::string::npos) {
                name.erase(base, std::string(".base_layer").size()); // of a model under PEFT
            }
            if (isKnownExtra(name) || (has_teacher && key.starts_with("student."))) {
                m_state.dropped.push_back(key);
                continue;
            }
            is_gated = is_gated || name.find("mlp.gate_proj.") != std::string::npos
                       || name.find("mlp.fc1_g.") != std::string::npos;
            stripped.push_back(name);
            keys.emplace_back(std::move(name), key);
        }
        m_state.keys = recognise(stripped);
        for (const auto& [name, key] : keys) {
            const RenamedKey renamed = metaKey(name, m_state.keys, is_gated);
            const torch::Tensor& tensor = m_checkpoint.tensors.at(key);
            torch::Tensor& target =
                renamed.part >= 0 ? m_parts[renamed.name][static_cast<std::size_t>(renamed.part)]
                                  : m_state.tensors[renamed.name.empty() ? key : renamed.name];
            if (target.defined()) {
                throw Fault{"it holds '" + key + "' twice, under several prefixes"};
            }
            const bool is_short = tensor.is_floating_point() && tensor.element_size() < 4;
            target = is_short ? tensor.to(torch::kFloat32) : tensor;
        }
    }

    /// Q, K, V to one matrix. K has no bias in Hugging Face's and timm's DINOv3.
    void joinParts()
    {
        for (auto& [name, parts] : m_parts) {
            const bool is_bias = name.ends_with(".bias");
            if (is_bias && !parts[1].defined() && parts[0].defined() && isV3()) {
                parts[1] = torch::zeros_like(parts[0]);
            }
            static constexpr std::array<const char*, 3> letters = {"q", "k", "v"};
            for (std::size_t i = 0; i < parts.size(); ++i) {
                if (!parts[i].defined()) {
                    throw Fault{
                        "the " + std::string(letters[i]) + " part of '" + name + "' is missing"};
                }
                if (parts[i].sizes() != parts[0].sizes() || parts[i].dim() != (is_bias ? 1 : 2)) {
                    throw Fault{"the parts q, k, v of '" + name + "' differ in shape"};
                }
            }
            m_state.tensors[name] = torch::cat({parts[0], parts[1], parts[2]});
        }
    }

    [[nodiscard]] const torch::Tensor* find(const std::string& name) const
    {
        const auto found = m_state.tensors.find(name);
        return found == m_state.tensors.end() ? nullptr : &found->second;
    }

    void infer()
    {
        const torch::Tensor* patch = find("patch_embed.proj.weight");
        if (patch == nullptr || patch->dim() != 4 || patch->size(1) != 3
            || patch->size(2) != patch->size(3)) {
            throw Fault{
                "it has no patch embedding of a ViT (patch_embed.proj.weight [D, 3, p, p])"};
        }
        VitConfig& config = m_state.config;
        config.family = isV3() ? VitConfig::Family::DinoV3 : VitConfig::Family::DinoV2;
        config.embed_dim = static_cast<int>(patch->size(0));
        config.patch_size = static_cast<int>(patch->size(2));
        config.depth = depth();
        const torch::Tensor* registers = find("register_tokens");
        config.num_register_tokens = registers != nullptr && registers->dim() == 3
                                         ? static_cast<int>(registers->size(1))
                                         : 0;
        config.qkv_bias = find("blocks.0.attn.qkv.bias") != nullptr;
        config.mask_k_bias = isV3() && config.qkv_bias;
        config.norm_eps = isV3() ? 1e-5 : 1e-6;
        config.rope_periods = m_options.rope_periods;
        inferFfn();
        inferHeads();
        inferPositions();
        // MedDINOv3 is the only one without a qkv bias and with an MLP (PIPELINE.md §4.4).
        if (isV3() && m_state.keys == VitKeys::Meta && !config.qkv_bias
            && config.ffn == VitConfig::Ffn::Mlp) {
            m_state.is_meddino = true;
            config.norm_eps = 1e-6;
            config.rope_bf16 = true;
        }
        readConfigJson();
        config.name = nameOf(config);
    }

    [[nodiscard]] int depth() const
    {
        int blocks = 0;
        while (find("blocks." + std::to_string(blocks) + ".norm1.weight") != nullptr) {
            ++blocks;
        }
        if (blocks == 0) {
            throw Fault{"it has no blocks of a ViT (blocks.0.norm1.weight)"};
        }
        return blocks;
    }

    void inferFfn()
    {
        VitConfig& config = m_state.config;
        const std::string prefix = "blocks.0.mlp.";
        if (const torch::Tensor* fc1 = find(prefix + "fc1.weight")) {
            config.ffn = VitConfig::Ffn::Mlp;
            config.ffn_hidden = static_cast<int>(fc1->size(0));
        } else if (const torch::Tensor* w1 = find(prefix + "w1.weight")) {
            config.ffn = VitConfig::Ffn::SwiGlu;
            config.ffn_hidden = static_cast<int>(w1->size(0));
        } else if (const torch::Tensor* w12 = find(prefix + "w12.weight")) {
            config.ffn = VitConfig::Ffn::SwiGluFused;
            config.ffn_hidden = static_cast<int>(w12->size(0) / 2);
        } else {
            throw Fault{"its blocks have no feed-forward part that is known (fc1, w1 or w12)"};
        }
    }

    void inferHeads()
    {
        VitConfig& config = m_state.config;
        int head = config.embed_dim == 4096 ? 128 : 64; // ViT-7B; all others
        if (const torch::Tensor* periods = find("rope_embed.periods")) {
            head = static_cast<int>(4 * periods->numel());
        }
        config.num_heads = std::max(1, config.embed_dim / std::max(1, head));
    }

    void inferPositions()
    {
        VitConfig& config = m_state.config;
        const torch::Tensor* positions = find("pos_embed");
        if (positions == nullptr) {
            return;
        }
        const std::int64_t cells = positions->dim() == 3 ? positions->size(1) - 1 : 0;
        config.position_grid = static_cast<int>(std::lround(std::sqrt(static_cast<double>(cells))));
        if (cells < 1 || config.position_grid * config.position_grid != cells) {
            throw Fault{"its position embedding is no square grid and a CLS token"};
        }
        const bool has_registers = config.num_register_tokens > 0;
        config.position_antialias = has_registers;
        config.position_offset = has_registers ? 0 : 0.1;
        config.position_interpolation = m_options.position_interpolation.value_or(
            m_state.keys == VitKeys::HuggingFace ? VitConfig::PositionInterpolation::Size
                                                 : VitConfig::PositionInterpolation::Meta);
    }

    void readConfigJson()
    {
        const json text = json::parse(m_checkpoint.config_json, nullptr, false);
        if (!text.is_object()) {
            return;
        }
        VitConfig& config = m_state.config;
        for (const char* name : {"num_attention_heads", "num_heads"}) {
            const auto heads = text.find(name);
            if (heads != text.end() && heads->is_number_integer()) {
                config.num_heads = heads->get<int>();
            }
        }
        if (const auto eps = text.find("layer_norm_eps"); eps != text.end() && eps->is_number()) {
            config.norm_eps = eps->get<double>();
        }
        if (const auto base = text.find("rope_theta"); base != text.end() && base->is_number()) {
            config.rope_base = base->get<double>();
        }
    }

    static std::string nameOf(const VitConfig& config)
    {
        for (const std::string& name : vitNames()) {
            const VitConfig known = vitConfig(name).value();
            if (known.family == config.family && known.embed_dim == config.embed_dim
                && known.depth == config.depth && known.ffn == config.ffn
                && known.ffn_hidden == config.ffn_hidden && known.patch_size == config.patch_size
                && known.num_register_tokens == config.num_register_tokens) {
                return name;
            }
        }
        return "custom";
    }

    const Checkpoint& m_checkpoint;
    const VitLoadOptions& m_options;
    VitState m_state;
    std::map<std::string, std::array<torch::Tensor, 3>> m_parts;
};

bool isOptional(const std::string& name)
{
    return name == "mask_token" || name == "rope_embed.periods" || name.ends_with(".bias_mask");
}

/// Parameters and buffers by name, without those of adapters.
TensorMap tensorsOf(const torch::nn::Module& module)
{
    TensorMap tensors;
    for (const auto& list : {module.named_parameters(), module.named_buffers()}) {
        for (const auto& item : list) {
            if (item.key().find(".lora.") == std::string::npos) {
                tensors[item.key()] = item.value();
            }
        }
    }
    return tensors;
}

/// The biases' effective values (bias · mask of the file) and what stays masked: K, except where
/// the file itself lets K have a bias. A fresh Meta module's mask is NaN: then the rule holds.
void applyBiasMasks(VisionTransformer& vit, const TensorMap& meta)
{
    for (std::size_t i = 0; i < vit.blocks.size(); ++i) {
        const VitLinear& qkv = *vit.blocks[i]->attn->qkv;
        if (!qkv.bias_mask.defined()) {
            continue;
        }
        const std::int64_t third = qkv.bias.size(0) / 3;
        torch::Tensor rule = torch::ones_like(qkv.bias_mask);
        rule.narrow(0, third, third).zero_();
        const auto found = meta.find("blocks." + std::to_string(i) + ".attn.qkv.bias_mask");
        if (found != meta.end() && !torch::isnan(found->second).any().item<bool>()) {
            const torch::Tensor mask = found->second.to(rule.device(), rule.scalar_type());
            qkv.bias.mul_(mask);
            rule = torch::maximum(rule, (mask != 0).to(rule.scalar_type()));
        } else {
            qkv.bias.mul_(rule);
        }
        qkv.bias_mask.copy_(rule);
    }
}

} // namespace

Result<VitState> readVitState(const Checkpoint& checkpoint, const VitLoadOptions& options)
{
    try {
        return StateReader(checkpoint, options).read();
    } catch (const Fault& fault) {
        return badInput("the checkpoint is none of a DINO ViT that is known: " + fault.message);
    } catch (const std::exception& exception) {
        return badInput(std::string("the checkpoint cannot be read as a ViT: ") + exception.what());
    }
}

Status loadVitState(VisionTransformer& vit, const TensorMap& meta)
{
    const torch::NoGradGuard no_grad;
    const TensorMap own = tensorsOf(vit);
    std::vector<std::string> missing;
    std::vector<std::string> unexpected;
    std::vector<std::string> misshapen;
    for (const auto& [name, tensor] : own) {
        const auto found = meta.find(name);
        if (found == meta.end()) {
            if (!isOptional(name)) {
                missing.push_back(name);
            }
        } else if (found->second.sizes() != tensor.sizes()) {
            misshapen.push_back(
                name + " " + shapeOf(found->second) + " instead of " + shapeOf(tensor));
        }
    }
    for (const auto& [name, tensor] : meta) {
        // A mask without a bias is left over in MedDINOv3's files.
        if (!own.contains(name) && !name.ends_with(".bias_mask")) {
            unexpected.push_back(name);
        }
    }
    if (!missing.empty() || !unexpected.empty() || !misshapen.empty()) {
        std::string message = "the weights do not fit the ViT";
        message += missing.empty() ? "" : "; missing: " + listOf(missing);
        message += unexpected.empty() ? "" : "; unexpected: " + listOf(unexpected);
        message += misshapen.empty() ? "" : "; of another shape: " + listOf(misshapen);
        return badInput(message);
    }
    for (const auto& [name, tensor] : own) {
        const auto found = meta.find(name);
        if (found != meta.end()) {
            torch::Tensor target = tensor;
            target.copy_(found->second);
        } else if (name == "mask_token") {
            torch::Tensor target = tensor;
            target.zero_();
        }
    }
    applyBiasMasks(vit, meta);
    return {};
}

Result<std::shared_ptr<VisionTransformer>>
loadVit(const Checkpoint& checkpoint, const VitLoadOptions& options)
{
    auto state = readVitState(checkpoint, options);
    if (!state) {
        return std::move(state).error();
    }
    try {
        auto vit = std::make_shared<VisionTransformer>(state->config, false);
        GD_TRY(loadVitState(*vit, state->tensors));
        vit->eval();
        return vit;
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "no memory for the ViT", {}};
    } catch (const std::exception& exception) {
        return badInput(std::string("the checkpoint cannot be read as a ViT: ") + exception.what());
    }
}

TensorMap toMeta(VisionTransformer& vit)
{
    TensorMap tensors = tensorsOf(vit);
    for (auto& [name, tensor] : tensors) {
        tensor = tensor.detach();
    }
    return tensors;
}

std::string huggingFaceBlock(const VitConfig& config, int block)
{
    return (config.family == VitConfig::Family::DinoV3 ? "layer." : "encoder.layer.")
           + std::to_string(block) + ".";
}

std::vector<VitSite> sitesOf(const VisionTransformer& vit, int block)
{
    const VitBlock& part = *vit.blocks.at(static_cast<std::size_t>(block));
    const bool is_v3 = vit.config().family == VitConfig::Family::DinoV3;
    const std::int64_t dim = vit.config().embed_dim;
    std::vector<VitSite> sites;
    const std::array<const char*, 3> fused =
        is_v3 ? std::array{"attention.q_proj", "attention.k_proj", "attention.v_proj"}
              : std::array{
                  "attention.attention.query",
                  "attention.attention.key",
                  "attention.attention.value"};
    for (std::size_t i = 0; i < fused.size(); ++i) {
        sites.push_back({fused[i], part.attn->qkv, static_cast<std::int64_t>(i) * dim, dim});
    }
    const auto add = [&](const std::string& name, const std::shared_ptr<VitLinear>& linear) {
        if (linear) {
            sites.push_back({name, linear, 0, linear->weight.size(0)});
        }
    };
    add(is_v3 ? "attention.o_proj" : "attention.output.dense", part.attn->proj);
    const VitFfn& mlp = *part.mlp;
    add(is_v3 ? "mlp.up_proj" : "mlp.fc1", mlp.fc1);
    add(is_v3 ? "mlp.down_proj" : "mlp.fc2", mlp.fc2);
    add("mlp.gate_proj", mlp.w1);
    add("mlp.up_proj", mlp.w2);
    add("mlp.weights_in", mlp.w12);
    add(is_v3 ? "mlp.down_proj" : "mlp.weights_out", mlp.w3);
    return sites;
}

TensorMap toHuggingFace(VisionTransformer& vit)
{
    const bool is_v3 = vit.config().family == VitConfig::Family::DinoV3;
    TensorMap tensors;
    tensors["embeddings.cls_token"] = vit.cls_token;
    tensors["embeddings.mask_token"] = is_v3 ? vit.mask_token.unsqueeze(0) : vit.mask_token;
    if (vit.register_tokens.defined()) {
        tensors["embeddings.register_tokens"] = vit.register_tokens;
    }
    if (vit.pos_embed.defined()) {
        tensors["embeddings.position_embeddings"] = vit.pos_embed;
    }
    const std::string patch =
        is_v3 ? "embeddings.patch_embeddings." : "embeddings.patch_embeddings.projection.";
    tensors[patch + "weight"] = vit.patch_weight;
    tensors[patch + "bias"] = vit.patch_bias;
    const std::string norm = is_v3 ? "norm." : "layernorm.";
    tensors[norm + "weight"] = vit.norm->weight;
    tensors[norm + "bias"] = vit.norm->bias;
    for (int i = 0; i < vit.config().depth; ++i) {
        const VitBlock& block = *vit.blocks[static_cast<std::size_t>(i)];
        const std::string prefix = huggingFaceBlock(vit.config(), i);
        tensors[prefix + "norm1.weight"] = block.norm1->weight;
        tensors[prefix + "norm1.bias"] = block.norm1->bias;
        tensors[prefix + "norm2.weight"] = block.norm2->weight;
        tensors[prefix + "norm2.bias"] = block.norm2->bias;
        tensors[prefix + "layer_scale1.lambda1"] = block.ls1->gamma;
        tensors[prefix + "layer_scale2.lambda1"] = block.ls2->gamma;
        for (const VitSite& site : sitesOf(vit, i)) {
            const std::string name = prefix + site.name;
            tensors[name + ".weight"] = site.linear->weight.narrow(0, site.first_row, site.rows);
            if (site.linear->bias.defined() && site.name != "attention.k_proj") {
                tensors[name + ".bias"] = site.linear->bias.narrow(0, site.first_row, site.rows);
            }
        }
    }
    for (auto& [name, tensor] : tensors) {
        tensor = tensor.detach();
    }
    return tensors;
}

std::string huggingFaceConfig(const VitConfig& config)
{
    const bool is_v3 = config.family == VitConfig::Family::DinoV3;
    const bool is_gated = config.ffn != VitConfig::Ffn::Mlp;
    json text = {
        {"hidden_size", config.embed_dim},
        {"num_hidden_layers", config.depth},
        {"num_attention_heads", config.num_heads},
        {"patch_size", config.patch_size},
        {"layer_norm_eps", config.norm_eps},
        {"num_channels", 3},
        {"dtype", "float32"}};
    if (is_v3) {
        text.update(json{
            {"architectures", {"DINOv3ViTModel"}},
            {"model_type", "dinov3_vit"},
            {"image_size", 224},
            {"intermediate_size", config.ffn_hidden},
            {"use_gated_mlp", is_gated},
            {"hidden_act", is_gated ? "silu" : "gelu"},
            {"num_register_tokens", config.num_register_tokens},
            {"rope_theta", config.rope_base},
            {"query_bias", config.qkv_bias},
            {"key_bias", false},
            {"value_bias", config.qkv_bias},
            {"proj_bias", true},
            {"mlp_bias", true}});
    } else {
        const bool has_registers = config.num_register_tokens > 0;
        text.update(json{
            {"architectures", {has_registers ? "Dinov2WithRegistersModel" : "Dinov2Model"}},
            {"model_type", has_registers ? "dinov2_with_registers" : "dinov2"},
            {"image_size", config.position_grid * config.patch_size},
            {"mlp_ratio", 4},
            {"use_swiglu_ffn", is_gated},
            {"hidden_act", "gelu"},
            {"qkv_bias", config.qkv_bias}});
        if (has_registers) {
            text["num_register_tokens"] = config.num_register_tokens;
        }
    }
    return text.dump(2) + "\n";
}

} // namespace guidino::nn
