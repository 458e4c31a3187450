// SPDX-License-Identifier: Apache-2.0
#include "core/nn/lora/lora.h"

#include "core/base/file.h"
#include "core/nn/dino/vit_load.h"
#include "core/nn/io/checkpoint.h"
#include "core/nn/io/safetensors.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace guidino::nn {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// PEFT's own name of a projection: the last part of its path.
std::string projectionOf(const VitSite& site)
{
    return site.name.substr(site.name.rfind('.') + 1);
}

/// Our short name of what a projection is: q, k, v, o or mlp.
std::string targetOf(const std::string& site)
{
    if (site.starts_with("mlp.")) {
        return "mlp";
    }
    const std::string name = site.substr(site.rfind('.') + 1);
    if (name == "o_proj" || name == "dense") {
        return "o";
    }
    return name.substr(0, 1); // q_proj, query ...
}

std::shared_ptr<LoraAdapter> hang(const VitSite& site, std::int64_t rank)
{
    VitLinear& linear = *site.linear;
    auto adapter = std::make_shared<LoraAdapter>(linear.weight.size(1), site.rows, rank);
    adapter->target = site.name;
    adapter->first_row = site.first_row;
    adapter->to(linear.weight.device(), linear.weight.scalar_type());
    const auto children = linear.named_children();
    const auto list = children.contains("lora")
                          ? children["lora"]
                          : linear.register_module("lora", std::make_shared<torch::nn::Module>());
    list->register_module(projectionOf(site), adapter);
    linear.adapters.push_back(adapter);
    linear.train(linear.is_training());
    return adapter;
}

void freezeBase(VisionTransformer& vit)
{
    for (const auto& parameter : vit.named_parameters()) {
        torch::Tensor tensor = parameter.value();
        tensor.set_requires_grad(parameter.key().find(".lora.") != std::string::npos);
    }
}

template<typename Function>
void forEachSite(const VisionTransformer& vit, Function function)
{
    for (int i = 0; i < vit.config().depth; ++i) {
        for (const VitSite& site : sitesOf(vit, i)) {
            function(i, site);
        }
    }
}

/// The adapter that hangs on a site, if one does.
std::shared_ptr<LoraAdapter> adapterOf(const VitSite& site)
{
    for (const auto& adapter : site.linear->adapters) {
        if (adapter->target == site.name) {
            return adapter;
        }
    }
    return nullptr;
}

Error badInput(const std::string& what)
{
    return Error{ErrorCode::BadInput, "the LoRA adapter cannot be used: " + what, {}};
}

/// Rank and alpha of a PEFT configuration, with its patterns by module.
class PeftConfig
{
public:
    static Result<PeftConfig> parse(const std::string& text)
    {
        PeftConfig config;
        config.m_json = json::parse(text, nullptr, false);
        if (!config.m_json.is_object()) {
            return badInput("adapter_config.json is not a JSON object");
        }
        const json& object = config.m_json;
        if (object.value("peft_type", json("LORA")) != "LORA") {
            return badInput("its peft_type is not LORA");
        }
        for (const char* key : {"use_dora", "lora_bias", "fan_in_fan_out", "use_qalora"}) {
            if (object.contains(key) && object[key] == true) {
                return badInput(std::string("it uses ") + key + ", which is not supported");
            }
        }
        if (object.contains("bias") && object["bias"] != "none") {
            return badInput("it trains biases, which is not supported");
        }
        if (object.contains("modules_to_save") && !object["modules_to_save"].is_null()
            && !object["modules_to_save"].empty()) {
            return badInput("it saves whole modules (modules_to_save), which is not supported");
        }
        for (const char* key : {"r", "lora_alpha"}) {
            if (!object.contains(key) || !object[key].is_number()) {
                return badInput(std::string("adapter_config.json has no number \"") + key + "\"");
            }
        }
        return config;
    }

    /// A pattern's key is a module path or its end.
    [[nodiscard]] double alphaOf(const std::string& module) const
    {
        const auto patterns = m_json.find("alpha_pattern");
        if (patterns != m_json.end() && patterns->is_object()) {
            for (const auto& [key, value] : patterns->items()) {
                if (value.is_number() && (module == key || module.ends_with("." + key))) {
                    return value.get<double>();
                }
            }
        }
        return m_json["lora_alpha"].get<double>();
    }

    [[nodiscard]] double scaleOf(const std::string& module, std::int64_t rank) const
    {
        const auto length = static_cast<double>(rank);
        const bool is_stabilised = m_json.contains("use_rslora") && m_json["use_rslora"] == true;
        return alphaOf(module) / (is_stabilised ? std::sqrt(length) : length);
    }

    [[nodiscard]] double dropout() const
    {
        const auto found = m_json.find("lora_dropout");
        return found != m_json.end() && found->is_number() ? found->get<double>() : 0;
    }

private:
    json m_json;
};

/// "base_model.model.layer.0.attention.q_proj.lora_A.default.weight" -> module path and A or B.
bool splitKey(std::string key, std::string& module, char& half)
{
    for (const char* prefix : {"base_model.model.", "model.", "backbone.", "dinov3_vit."}) {
        if (key.starts_with(prefix)) {
            key.erase(0, std::string(prefix).size());
        }
    }
    for (const char letter : {'A', 'B'}) {
        const std::string name = std::string(".lora_") + letter + ".";
        const std::size_t place = key.find(name);
        const std::string rest = place == std::string::npos ? "" : key.substr(place + name.size());
        if (rest == "weight" || rest == "default.weight") {
            module = key.substr(0, place);
            half = letter;
            return true;
        }
    }
    return false;
}

struct Halves
{
    torch::Tensor a;
    torch::Tensor b;
};

} // namespace

void addLora(VisionTransformer& vit, const LoraConfig& config)
{
    TORCH_CHECK(!hasLora(vit), "the ViT has LoRA adapters already");
    TORCH_CHECK(config.rank >= 1, "the rank of LoRA must be at least 1, not ", config.rank);
    TORCH_CHECK(
        config.dropout >= 0 && config.dropout < 1,
        "the dropout of LoRA must be in [0, 1), not ",
        config.dropout);
    const std::set<std::string> targets(config.targets.begin(), config.targets.end());
    for (const std::string& target : targets) {
        TORCH_CHECK(
            target == "q" || target == "k" || target == "v" || target == "o" || target == "mlp",
            "LoRA has no target '",
            target,
            "'; it has q, k, v, o and mlp");
    }
    forEachSite(vit, [&](int, const VitSite& site) {
        if (!targets.contains(targetOf(site.name))) {
            return;
        }
        const auto adapter = hang(site, config.rank);
        adapter->alpha = config.alpha;
        adapter->scale = config.alpha / config.rank;
        adapter->dropout = config.dropout;
    });
    freezeBase(vit);
}

void removeLora(VisionTransformer& vit)
{
    unmergeLora(vit);
    forEachSite(vit, [](int, const VitSite& site) {
        if (!site.linear->adapters.empty()) {
            site.linear->adapters.clear();
            site.linear->unregister_module("lora");
        }
    });
}

bool hasLora(const VisionTransformer& vit)
{
    bool has = false;
    forEachSite(
        vit, [&](int, const VitSite& site) { has = has || !site.linear->adapters.empty(); });
    return has;
}

LoraConfig loraConfig(const VisionTransformer& vit)
{
    LoraConfig config;
    config.targets.clear();
    config.enabled = false;
    for (const VitSite& site : sitesOf(vit, 0)) {
        if (const auto adapter = adapterOf(site)) {
            const std::string target = targetOf(site.name);
            if (std::find(config.targets.begin(), config.targets.end(), target)
                == config.targets.end()) {
                config.targets.push_back(target);
            }
            config.enabled = true;
            config.rank = static_cast<int>(adapter->lora_A.size(0));
            config.alpha = adapter->alpha;
            config.dropout = adapter->dropout;
        }
    }
    return config;
}

std::vector<torch::Tensor> loraParameters(const VisionTransformer& vit)
{
    std::vector<torch::Tensor> parameters;
    forEachSite(vit, [&](int, const VitSite& site) {
        if (const auto adapter = adapterOf(site)) {
            parameters.push_back(adapter->lora_A);
            parameters.push_back(adapter->lora_B);
        }
    });
    return parameters;
}

void mergeLora(VisionTransformer& vit)
{
    forEachSite(vit, [](int, const VitSite& site) { site.linear->merge(); });
}

void unmergeLora(VisionTransformer& vit)
{
    forEachSite(vit, [](int, const VitSite& site) { site.linear->unmerge(); });
}

std::map<std::string, torch::Tensor> loraTensors(const VisionTransformer& vit)
{
    std::map<std::string, torch::Tensor> tensors;
    forEachSite(vit, [&](int block, const VitSite& site) {
        if (const auto adapter = adapterOf(site)) {
            const std::string prefix =
                "base_model.model." + huggingFaceBlock(vit.config(), block) + site.name;
            tensors[prefix + ".lora_A.weight"] = adapter->lora_A;
            tensors[prefix + ".lora_B.weight"] = adapter->lora_B;
        }
    });
    return tensors;
}

Status setLora(
    VisionTransformer& vit,
    const std::map<std::string, torch::Tensor>& tensors,
    const std::string& adapter_config)
{
    const auto config = PeftConfig::parse(adapter_config);
    if (!config) {
        return config.error();
    }
    std::map<std::string, VitSite> sites;
    forEachSite(vit, [&](int block, const VitSite& site) {
        sites[huggingFaceBlock(vit.config(), block) + site.name] = site;
    });
    std::map<std::string, Halves> found;
    for (const auto& [key, tensor] : tensors) {
        std::string module;
        char half = 'A';
        if (!splitKey(key, module, half) || !sites.contains(module)) {
            return badInput("its tensor '" + key + "' belongs to no part of this ViT");
        }
        (half == 'A' ? found[module].a : found[module].b) = tensor;
    }
    if (found.empty()) {
        return badInput("it holds no tensors");
    }
    for (const auto& [module, halves] : found) {
        const VitSite& site = sites.at(module);
        const bool fits =
            halves.a.defined() && halves.b.defined() && halves.a.dim() == 2 && halves.b.dim() == 2
            && halves.a.size(0) == halves.b.size(1) && halves.a.size(0) >= 1
            && halves.a.size(1) == site.linear->weight.size(1) && halves.b.size(0) == site.rows;
        if (!fits) {
            return badInput(
                "lora_A and lora_B of '" + module + "' are missing or do not fit "
                + std::to_string(site.rows) + " × " + std::to_string(site.linear->weight.size(1)));
        }
    }
    removeLora(vit);
    const torch::NoGradGuard no_grad;
    // In the order of the sites, so that equal adapters make equal models.
    forEachSite(vit, [&](int block, const VitSite& site) {
        const std::string module = huggingFaceBlock(vit.config(), block) + site.name;
        const auto halves = found.find(module);
        if (halves == found.end()) {
            return;
        }
        const auto adapter = hang(site, halves->second.a.size(0));
        adapter->lora_A.copy_(halves->second.a);
        adapter->lora_B.copy_(halves->second.b);
        adapter->alpha = config->alphaOf(module);
        adapter->scale = config->scaleOf(module, halves->second.a.size(0));
        adapter->dropout = config->dropout();
    });
    freezeBase(vit);
    return {};
}

Status readLora(VisionTransformer& vit, const fs::path& folder)
{
    const auto checkpoint = readCheckpoint(folder);
    if (!checkpoint) {
        return checkpoint.error();
    }
    const std::string name = folder.string();
    if (checkpoint->format != "peft") {
        return badInput("'" + name + "' is no PEFT folder (adapter_config.json)");
    }
    auto status = setLora(vit, checkpoint->tensors, checkpoint->config_json);
    if (!status) {
        Error error = std::move(status).error();
        error.message.append(" ('").append(name).append("')");
        return error;
    }
    return {};
}

Status writeLora(const VisionTransformer& vit, const fs::path& folder, const std::string& base)
{
    const LoraConfig config = loraConfig(vit);
    if (!config.enabled) {
        return Error{ErrorCode::Internal, "the ViT has no LoRA adapters to write", {}};
    }
    GD_TRY(makeFolder(folder));
    GD_TRY(writeSafetensors(
        folder / "adapter_model.safetensors", loraTensors(vit), {{"format", "pt"}}));
    std::set<std::string> modules;
    json ranks = json::object();
    json alphas = json::object();
    double scale = 0;
    forEachSite(vit, [&](int block, const VitSite& site) {
        const auto adapter = adapterOf(site);
        if (adapter == nullptr) {
            return;
        }
        modules.insert(projectionOf(site));
        const std::string module = huggingFaceBlock(vit.config(), block) + site.name;
        scale = scale > 0 ? scale : adapter->scale * static_cast<double>(adapter->lora_A.size(0));
        if (adapter->lora_A.size(0) != config.rank) {
            ranks[module] = adapter->lora_A.size(0);
        }
        if (adapter->alpha != config.alpha) {
            alphas[module] = adapter->alpha;
        }
    });
    const bool is_v3 = vit.config().family == VitConfig::Family::DinoV3;
    const bool is_stabilised = std::abs(scale - config.alpha) > 1e-9 * config.alpha;
    const json text = {
        {"alpha_pattern", alphas},
        {"auto_mapping",
         {{"base_model_class", is_v3 ? "DINOv3ViTModel" : "Dinov2Model"},
          {"parent_library",
           is_v3 ? "transformers.models.dinov3_vit.modeling_dinov3_vit"
                 : "transformers.models.dinov2.modeling_dinov2"}}},
        {"base_model_name_or_path", base},
        {"bias", "none"},
        {"fan_in_fan_out", false},
        {"inference_mode", true},
        {"init_lora_weights", true},
        {"lora_alpha", config.alpha},
        {"lora_bias", false},
        {"lora_dropout", config.dropout},
        {"modules_to_save", nullptr},
        {"peft_type", "LORA"},
        {"r", config.rank},
        {"rank_pattern", ranks},
        {"target_modules", modules},
        {"task_type", nullptr},
        {"use_dora", false},
        {"use_rslora", is_stabilised}};
    return writeFileAtomically(folder / "adapter_config.json", text.dump(2) + "\n");
}

} // namespace guidino::nn
