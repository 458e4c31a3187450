// SPDX-License-Identifier: Apache-2.0
#include "core/engine/architectures.h"

#include "core/engine/config.h"
#include "core/engine/config_json.h"
#include "core/engine/guarded.h"
#include "core/nn/backbones/cost.h"
#include "core/nn/backbones/registry.h"
#include "core/nn/dino/vit.h"
#include "core/nn/guide/guided_segmenter.h"

#include <torch/torch.h>

#include <algorithm>

namespace guidino::engine {

namespace {

/// The network as users get it: its configuration, or the registry's defaults.
nn::SystemConfig configOf(const nn::Architecture& one)
{
    const std::vector<std::string> names = configNames();
    for (const char* profile : {".fixed", ".parity"}) {
        if (std::find(names.begin(), names.end(), one.name + profile) != names.end()) {
            return valueOrThrow(loadSystemConfig(one.name + profile, "", {}));
        }
    }
    return valueOrThrow(parseSystemConfig("{\"system\": \"" + one.name + "\"}", one.name));
}

/// Only shapes count: zeros are made faster than random weights.
std::shared_ptr<nn::VisionTransformer> vitFor(const nn::SystemConfig& config)
{
    if (!nn::usesVit(config)) {
        return nullptr;
    }
    Result<nn::VitConfig> vit = nn::vitConfig(config.guide.backbone);
    if (!vit) {
        vit = nn::vitConfig(config.guide.source == "dinov2" ? "vits14" : "vits16");
    }
    auto made =
        std::make_shared<nn::VisionTransformer>(valueOrThrow(vit), /*is_initialised=*/false);
    const torch::NoGradGuard noGrad;
    for (torch::Tensor& parameter : made->parameters()) {
        parameter.zero_();
    }
    return made;
}

Json describe(const nn::Architecture& one, int size)
{
    const nn::SystemConfig config = configOf(one);
    const auto vit = vitFor(config);
    const std::int64_t backboneParameters = vit ? nn::parameterCount(*vit) : 0;
    nn::GuidedSegmenter model(config, vit ? vit->config().embed_dim : 0, vit);
    model.eval();
    const torch::Tensor image = torch::zeros({1, config.network.in_channels, size, size});
    nn::ForwardOptions options;
    const std::int64_t backbone =
        vit ? nn::multiplyAddsOf([&] { options.tokens = model.guideTokens(image); }) : 0;
    const std::int64_t network =
        nn::multiplyAddsOf([&] { static_cast<void>(model.forward(image, options)); });

    Json json;
    json["name"] = one.name;
    json["title"] = one.title;
    json["parameters"] = nn::parameterCount(model) - backboneParameters;
    json["multiply_adds"] = network + backbone;
    json["backbone"] = vit ? Json(vit->config().name) : Json(nullptr);
    json["backbone_parameters"] = backboneParameters;
    json["backbone_multiply_adds"] = backbone;
    json["guide"] = one.guide == nn::GuideUse::Never      ? "no"
                    : one.guide == nn::GuideUse::Optional ? "possible"
                                                          : "always";
    Json gates = Json::array();
    for (const nn::GatePlace place : model.network().gatePlaces()) {
        gates.push_back(nn::gatePlaceName(place));
    }
    json["gates"] = one.guide == nn::GuideUse::Never ? Json::array() : gates;
    json["deep_supervision"] = one.has_heads;
    json["size_rule"] = one.size_rule;
    json["source"] = one.source;
    return json;
}

} // namespace

Result<std::string> architecturesJson(int size, const std::string& only)
{
    return guarded("Listing architectures", [&]() -> Result<std::string> {
        if (size < 32 || size > 2048) {
            return Error{
                ErrorCode::Usage,
                "The size must be 32 to 2048 pixels, not " + std::to_string(size) + ".",
                {}};
        }
        if (!only.empty() && nn::findArchitecture(only) == nullptr) {
            const std::vector<std::string> names = nn::architectureNames();
            std::string message = "Unknown architecture '" + only + "'; the nearest is "
                                  + nearestOf(only, names) + ". Known:";
            for (const std::string& name : names) {
                message += " " + name;
            }
            return Error{ErrorCode::Usage, message + ".", {}};
        }
        Json json;
        json["size"] = size;
        json["architectures"] = Json::array();
        for (const std::string& name : nn::architectureNames()) { // with those of plug-ins
            if (only.empty() || only == name) {
                json["architectures"].push_back(describe(nn::architecture(name), size));
            }
        }
        return json.dump(2);
    });
}

} // namespace guidino::engine
