// SPDX-License-Identifier: Apache-2.0
#include "core/nn/dino/vit_keys.h"
#include "core/nn/dino/vit_load.h"
#include "core/nn/lora/lora.h"
#include "core/nn/verify/verify.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

namespace guidino::nn::verify {

using nlohmann::json;

namespace {

template<typename T>
T orThrow(Result<T> result)
{
    TORCH_CHECK(result.has_value(), result.error().message);
    return std::move(result).value();
}

/// The gradient of a foreign key: of a parameter, or of its rows in a fused matrix.
torch::Tensor gradientOf(VisionTransformer& vit, const std::string& key, VitKeys keys)
{
    std::string adapter = key;
    if (const std::size_t place = adapter.find(".default."); place != std::string::npos) {
        adapter.erase(place, std::string(".default").size());
    }
    const auto adapters = loraTensors(vit);
    if (const auto found = adapters.find(adapter); found != adapters.end()) {
        return found->second.grad();
    }
    const RenamedKey renamed =
        metaKey(withoutPrefixes(key), keys, vit.config().ffn == VitConfig::Ffn::SwiGlu);
    std::string name = renamed.name;
    if (name == "register_tokens" && vit.config().family == VitConfig::Family::DinoV3) {
        name = "storage_tokens";
    }
    const auto parameters = vit.named_parameters();
    const torch::Tensor* parameter = parameters.find(name);
    if (parameter == nullptr || !parameter->grad().defined() || renamed.part < 0) {
        return parameter == nullptr ? torch::Tensor() : parameter->grad();
    }
    const std::int64_t third = parameter->size(0) / 3;
    return parameter->grad().narrow(0, renamed.part * third, third);
}

/// A ViT of the case's state and configuration, with its periods where it has some.
std::shared_ptr<VisionTransformer> vitOf(const GoldenCase& golden, ModelRun& run)
{
    Checkpoint checkpoint;
    checkpoint.config_json = golden.config;
    std::map<std::string, torch::Tensor> adapters;
    for (const auto& [key, tensor] : golden.state()) {
        (key.find(".lora_") == std::string::npos ? checkpoint.tensors : adapters)[key] = tensor;
    }
    VitLoadOptions options;
    const bool has_periods = checkpoint.tensors.contains("rope_embed.periods");
    options.rope_periods =
        has_periods ? VitConfig::RopePeriods::FromFile : VitConfig::RopePeriods::Analytic;
    const VitKeys keys = orThrow(readVitState(checkpoint, options)).keys;
    auto vit = orThrow(loadVit(checkpoint, options));
    if (!adapters.empty()) {
        const Status status = setLora(*vit, adapters, golden.config);
        TORCH_CHECK(status.has_value(), status.error().message);
    }
    vit->to(golden.device, golden.dtype);
    run.keep_alive = vit;
    run.gradient = [vit, keys](const std::string& key) { return gradientOf(*vit, key, keys); };
    return vit;
}

void addHuggingFaceOutputs(
    const GoldenCase& golden, VisionTransformer& vit, const torch::Tensor& image, ModelRun& run)
{
    const std::vector<torch::Tensor> states = vit.hidden_states(image);
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (golden.tensors.contains("output.hidden_states." + std::to_string(i))) {
            run.outputs["hidden_states." + std::to_string(i)] = states[i];
        }
    }
    const bool is_v3 = vit.config().family == VitConfig::Family::DinoV3;
    const torch::Tensor last = is_v3 ? states.back() : vit.norm->forward(states.back());
    run.outputs["last_hidden_state"] = last;
    if (golden.tensors.contains("output.pooler_output")) {
        run.outputs["pooler_output"] = last.select(1, 0);
    }
}

void addMetaOutputs(
    const GoldenCase& golden, VisionTransformer& vit, const torch::Tensor& image, ModelRun& run)
{
    const VitFeatures features = vit.forward_features(image);
    run.outputs["x_norm_clstoken"] = features.cls;
    run.outputs["x_norm_patchtokens"] = features.patches;
    const bool is_v3 = vit.config().family == VitConfig::Family::DinoV3;
    run.outputs[is_v3 ? "x_storage_tokens" : "x_norm_regtokens"] = features.registers;
    std::vector<int> layers;
    for (int i = 0; i < vit.config().depth; ++i) {
        if (golden.tensors.contains("output.intermediate_" + std::to_string(i))
            || golden.tensors.contains("output.layers." + std::to_string(i) + ".cls")) {
            layers.push_back(i);
        }
    }
    IntermediateOptions options;
    options.reshape = is_v3;
    const auto outputs = vit.get_intermediate_layers(image, layers, options);
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string number = std::to_string(layers[i]);
        if (is_v3) {
            run.outputs["intermediate_" + number] = outputs[i].patches;
        } else {
            run.outputs["layers." + number + ".patches"] = outputs[i].patches;
            run.outputs["layers." + number + ".cls"] = outputs[i].cls;
        }
    }
}

ModelRun runVit(const GoldenCase& golden)
{
    ModelRun run;
    const auto vit = vitOf(golden, run);
    const torch::Tensor image = golden.input("image");
    const std::string format = json::parse(golden.config).value("format", "");
    if (format.starts_with("huggingface")) {
        addHuggingFaceOutputs(golden, *vit, image, run);
    } else {
        addMetaOutputs(golden, *vit, image, run);
    }
    return run;
}

/// parity_probes.json, dinov3_NAME_hf: filled under Hugging Face's names, layer scale times 0.2.
std::vector<torch::Tensor> runProbeVit(const ProbeCase& probe)
{
    const std::string name = probe.name.substr(7, probe.name.size() - 10);
    VisionTransformer vit(orThrow(vitConfig(name)), false);
    vit.to(torch::kFloat64);
    Checkpoint checkpoint;
    checkpoint.config_json = huggingFaceConfig(vit.config());
    for (const auto& [key, tensor] : toHuggingFace(vit)) {
        torch::Tensor filled = torch::empty(tensor.sizes(), torch::kFloat64);
        fillProbe(key, filled);
        checkpoint.tensors[key] = key.ends_with(".lambda1") ? filled * 0.2 : filled;
    }
    const VitState state = orThrow(readVitState(checkpoint));
    const Status status = loadVitState(vit, state.tensors);
    TORCH_CHECK(status.has_value(), status.error().message);
    vit.eval();
    const VitFeatures features = vit.forward_features(probe.input);
    return {features.tokens, features.cls};
}

const ModelRegistration dinov3("dinov3_vit", runVit);
const ModelRegistration dinov3Lora("dinov3_vit_lora", runVit);
const ModelRegistration dinov2("dinov2_vit", runVit);
const ProbeRegistration probeS("dinov3_vits16_hf", runProbeVit);
const ProbeRegistration probeSplus("dinov3_vits16plus_hf", runProbeVit);
const ProbeRegistration probeB("dinov3_vitb16_hf", runProbeVit);

} // namespace

} // namespace guidino::nn::verify
