// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/registry.h"
#include "core/nn/backbones/unet.h"
#include "core/nn/backbones/wnet.h"
#include "core/nn/guide/guided_segmenter.h"
#include "core/nn/guide/key_table.h"
#include "core/nn/guide/tokenbook.h"
#include "core/nn/verify/verify.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

/// Golden files and probes of TokenBook and networks.
namespace guidino::nn::verify {

namespace {

using nlohmann::json;

// The file's state under our names.
std::map<std::string, torch::Tensor> renamed(const GoldenCase& golden, const Architecture& network)
{
    std::map<std::string, torch::Tensor> state;
    for (const auto& [key, tensor] : golden.state()) {
        if (const auto own = segmenterKey(key, &network)) {
            state[*own] = tensor;
        }
    }
    return state;
}

ModelRun runTokenBook(const GoldenCase& golden)
{
    const json config = json::parse(golden.config);
    TORCH_CHECK(
        config.at("similarity") == "cosine" && config.at("weighting") == "mean",
        "this TokenBook's kind has no golden rule");
    TokenBookOptions options;
    options.prototypes = config.at("n_tokens");
    options.dim = config.at("embed_dim");
    auto book = std::make_shared<TokenBook>(options);
    loadState(*book, golden.state());
    book->to(golden.device);
    book->eval();
    ModelRun run = runOf(book);
    TokenBookRequest request;
    request.height = config.at("height");
    request.width = config.at("width");
    run.outputs["guide"] = book->forward(golden.input("tokens"), request).guide;
    return run;
}

// The configuration of a golden network; `at` is the one key table of its field names.
SystemConfig systemOf(const std::string& system, const json& config)
{
    SystemConfig result;
    result.system = system;
    NetworkConfig& network = result.network;
    network.in_channels = config.value("in_channels", config.value("in_channel", 3));
    network.num_classes = config.at("num_classes");
    network.base_channels = config.value("base_channels", network.base_channels);
    network.bilinear = config.value("bilinear", false);
    network.layer_channel = config.value("layer_channel", network.layer_channel);
    network.global_dim = config.value("global_dim", network.global_dim);
    network.deep_supervision = config.value("deep_supervised", true);
    network.hidden_dim = config.value("hidden_dim", network.hidden_dim);
    result.guide.prototypes = config.value("tokenbook_tokens", 1);
    if (system == "guidino-w") {
        result.guide.gates = {"input"};
    } else if (system == "seg-guidino") {
        result.guide.gates = {"decoder"};
    }
    return result;
}

ModelFunction networkCase(const std::string& system)
{
    return [system](const GoldenCase& golden) {
        const json config = json::parse(golden.config);
        SystemConfig settings = systemOf(system, config);
        const bool isDecoder = system == "seg-guidino";
        const std::int64_t dim = config.value(isDecoder ? "in_channels" : "embed_dim", 0);
        auto net = std::make_shared<GuidedSegmenter>(settings, dim, nullptr);
        loadState(*net, renamed(golden, architecture(system)));
        net->to(golden.device);
        net->eval();
        ModelRun run;
        run.keep_alive = net;
        run.gradient = [net, system](const std::string& key) {
            const auto parameters = net->named_parameters();
            const auto own = segmenterKey(key, &architecture(system));
            const torch::Tensor* parameter = own ? parameters.find(*own) : nullptr;
            return parameter != nullptr ? parameter->grad() : torch::Tensor();
        };
        ForwardOptions options;
        torch::Tensor image;
        if (isDecoder) {
            options.tokens = golden.input("feature");
            const auto size = config.at("output_size").get<std::vector<std::int64_t>>();
            // Only the size of the image enters the decoder.
            image = torch::zeros(
                {options.tokens.size(0), 3, size.at(0), size.at(1)}, options.tokens.options());
        } else {
            image = golden.input("image");
            if (dim > 0) {
                options.tokens = golden.input("guide_feat");
            }
        }
        const SegmenterOutput output = net->forward(image, options);
        if (output.logits.size() == 1) {
            run.outputs["logits"] = output.logits[0];
        } else {
            for (std::size_t i = 0; i < output.logits.size(); ++i) {
                run.outputs["logits." + std::to_string(i)] = output.logits[i];
            }
        }
        if (output.guide.defined()) {
            run.outputs["guide"] = output.guide;
        }
        return run;
    };
}

const ModelRegistration tokenBook("tokenbook", runTokenBook);
const ModelRegistration segGuidino("seg_guidino_decoder", networkCase("seg-guidino"));
const ModelRegistration guidinoU("guidino_u", networkCase("guidino-u"));
const ModelRegistration guidinoW("guidino_w", networkCase("guidino-w"));
const ModelRegistration unet("unet", networkCase("unet"));
const ModelRegistration nnwnet("nnwnet", networkCase("nnwnet"));

std::vector<torch::Tensor> runProbe(GatedBackbone& network, const ProbeCase& probe)
{
    network.to(torch::kFloat64);
    fillProbe(network);
    network.eval();
    const torch::NoGradGuard noGrad;
    return network.forward({probe.input, {}});
}

ProbeFunction unetProbe(std::int64_t base, bool isBilinear)
{
    return [base, isBilinear](const ProbeCase& probe) {
        UNetOptions options;
        options.in_channels = probe.input.size(1);
        options.base_channels = base;
        options.bilinear = isBilinear;
        options.align_corners = isBilinear; // milesial's
        UNet network(options);
        return runProbe(network, probe);
    };
}

const ProbeRegistration unet64("unet64_milesial_convT", unetProbe(64, false));
const ProbeRegistration unet64Bilinear("unet64_milesial_bilinear", unetProbe(64, true));
const ProbeRegistration unet64Odd("unet64_milesial_convT_odd_size", unetProbe(64, false));
const ProbeRegistration unet32("unet32_guidino_convT", unetProbe(32, false));
const ProbeRegistration wnet("wnet2d_ds", [](const ProbeCase& probe) {
    WNetOptions options;
    options.in_channels = probe.input.size(1);
    WNet2D network(options);
    return runProbe(network, probe);
});

} // namespace

} // namespace guidino::nn::verify
