// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/gated_backbone.h"
#include "core/nn/backbones/registry.h"
#include "core/nn/guide/key_table.h"
#include "core/nn/verify/verify.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

/// Golden files and probes of nnU-Net's networks and of the decoders of a ViT's features.
namespace guidino::nn::verify {

namespace {

using nlohmann::json;

/// A network of the registry with the golden state, under the file's keys.
struct Loaded
{
    std::shared_ptr<GatedBackbone> network;
    ModelRun run;
};

Loaded
loaded(const GoldenCase& golden, const std::string& system, const NetworkConfig& config, int dim)
{
    const Architecture& known = architecture(system);
    Loaded result;
    result.network = makeBackbone(system, config, dim);
    std::map<std::string, torch::Tensor> state;
    for (const auto& [key, tensor] : golden.state()) {
        if (const auto own = segmenterKey(key, &known)) {
            state[own->substr(std::string("network.").size())] = tensor;
        }
    }
    loadState(*result.network, state);
    result.network->to(golden.device);
    result.network->eval();
    result.run = runOf(result.network);
    return result;
}

void setOutputs(ModelRun& run, const std::vector<torch::Tensor>& logits)
{
    if (logits.size() == 1) {
        run.outputs["logits"] = logits[0];
        return;
    }
    for (std::size_t i = 0; i < logits.size(); ++i) {
        run.outputs["logits." + std::to_string(i)] = logits[i];
    }
}

ModelFunction nnunetCase(const std::string& system)
{
    return [system](const GoldenCase& golden) {
        const json config = json::parse(golden.config);
        NetworkConfig network;
        network.in_channels = config.at("input_channels");
        network.num_classes = config.at("num_classes");
        network.deep_supervision = config.at("deep_supervision");
        OptionPairs strides;
        for (const std::int64_t stride : config.at("strides")) {
            strides.push_back({stride, stride});
        }
        network.options["strides"] = strides;
        for (const char* key :
             {"features_per_stage",
              "n_conv_per_stage",
              "n_blocks_per_stage",
              "n_conv_per_stage_decoder"}) {
            if (config.contains(key)) {
                network.options[key] = config.at(key).get<OptionNumbers>();
            }
        }
        Loaded made = loaded(golden, system, network, 0);
        setOutputs(made.run, made.network->forward({golden.input("image"), {}}));
        return made.run;
    };
}

/// Features as maps [B, D, h, w], joined; files hold maps, or tokens [B, h · w, D].
torch::Tensor featuresOf(const GoldenCase& golden, const json& config, int count)
{
    std::vector<torch::Tensor> maps;
    for (int i = 0; i < count; ++i) {
        torch::Tensor x = golden.input(count == 1 ? "feature" : "feature_" + std::to_string(i));
        if (x.dim() == 3) {
            const std::int64_t height = config.at("patch_h");
            const std::int64_t width = config.at("patch_w");
            x = x.transpose(1, 2).reshape({x.size(0), x.size(2), height, width});
        }
        maps.push_back(x);
    }
    return torch::cat(maps, 1);
}

using Configure = std::function<void(const json& config, NetworkConfig& network)>;

ModelFunction decoderCase(const std::string& system, int layers, const Configure& configure)
{
    return [=](const GoldenCase& golden) {
        const json config = json::parse(golden.config);
        NetworkConfig network;
        network.num_classes = config.at("num_classes");
        configure(config, network);
        const torch::Tensor tokens = featuresOf(golden, config, layers);
        Loaded made = loaded(golden, system, network, static_cast<int>(tokens.size(1) / layers));
        std::vector<std::int64_t> size;
        for (const char* key : {"upsample_to", "output_size"}) {
            if (config.contains(key)) {
                size = config.at(key).get<std::vector<std::int64_t>>();
            }
        }
        if (size.empty()) {
            const std::int64_t patch = config.at("patch_size");
            size = {tokens.size(2) * patch, tokens.size(3) * patch};
        }
        // Only the size of the image enters the decoder.
        const torch::Tensor image = torch::zeros({tokens.size(0), 3, size.at(0), size.at(1)});
        setOutputs(made.run, made.network->forward({image, tokens}));
        return made.run;
    };
}

const ModelRegistration nnunetPlain("nnunet_plainconv", nnunetCase("nnunet"));
const ModelRegistration nnunetResEnc("nnunet_resenc", nnunetCase("nnunet-resenc"));
const ModelRegistration
    segDino("segdino_head", decoderCase("segdino", 4, [](const json& config, NetworkConfig& c) {
                c.options["features"] = config.at("features").get<std::int64_t>();
                c.options["out_channels"] = config.at("out_channels").get<OptionNumbers>();
            }));
const ModelRegistration segDinoV2(
    "segdino_v2_decoder", decoderCase("segdino-v2", 4, [](const json& config, NetworkConfig& c) {
        c.options["decoder_channels"] = config.at("decoder_channels").get<std::int64_t>();
        c.options["norm"] =
            std::string(config.at("use_group_norm").get<bool>() ? "group" : "batch");
    }));
const ModelRegistration plainDecoder(
    "dinov3_simple_decoder",
    decoderCase("dinov3-decoder", 1, [](const json& config, NetworkConfig& c) {
        c.hidden_dim = config.at("hidden_dim");
    }));
const ModelRegistration
    medDino("meddinov3_decoder", decoderCase("meddinov3", 4, [](const json&, NetworkConfig&) {}));

ProbeFunction nnunetProbe(const std::string& system)
{
    return [system](const ProbeCase& probe) {
        NetworkConfig config;
        config.in_channels = static_cast<int>(probe.input.size(1));
        config.num_classes = system == "nnunet" ? 2 : 1;
        const auto network = makeBackbone(system, config, 0);
        network->to(torch::kFloat64);
        fillProbe(*network);
        network->eval();
        const torch::NoGradGuard noGrad;
        return network->forward({probe.input, {}});
    };
}

const ProbeRegistration plainProbe("plainconvunet_7st_ds", nnunetProbe("nnunet"));
const ProbeRegistration resEncProbe("resencunet_6st_ds", nnunetProbe("nnunet-resenc"));

} // namespace

} // namespace guidino::nn::verify
