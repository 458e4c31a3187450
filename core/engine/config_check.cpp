// SPDX-License-Identifier: Apache-2.0
#include "core/engine/config_json.h"
#include "core/nn/backbones/registry.h"
#include "core/nn/extension/names.h"

namespace guidino::engine {

Status checkTogether(const nn::SystemConfig& config, const std::string& source)
{
    const auto problem = [&source](const std::string& key, const std::string& message) {
        return Status(
            Error{ErrorCode::Configuration, source + ": " + key + ": " + message, {{"key", key}}});
    };
    const nn::Architecture& known = nn::architecture(config.system);
    const std::string& from = config.guide.source;
    if (known.guide == nn::GuideUse::Never && from != "none") {
        return problem(
            "guide.source",
            config.system
                + " has no guide: it must be none. The guided networks are guidino-u and "
                  "guidino-w.");
    }
    const bool needsGuide = known.guide == nn::GuideUse::Always;
    if (known.reads_tokens
        && (from == "self" || nn::isExtensionSource(from) || (from == "none" && needsGuide))) {
        return problem(
            "guide.source",
            config.system + " decodes the features of a ViT: it must be dinov3 or dinov2"
                + (needsGuide ? "" : ", or none for no guide")
                + ". `guidino models add --random vits16 --seed 0` registers a random ViT for "
                  "tests.");
    }
    if (config.guide.source != "none" && config.guide.gates.empty()) {
        return problem("guide.gates", "must name at least one place, such as bottleneck.");
    }
    if (config.lora.enabled && !nn::usesVit(config)) {
        return problem("lora.enabled", "LoRA adapts a ViT: guide.source must be dinov3 or dinov2.");
    }
    if (config.lora.enabled && config.lora.targets.empty()) {
        return problem("lora.targets", "must name at least one of q, k, v, o, mlp.");
    }
    if (config.data.validation_fraction + config.data.test_fraction >= 1) {
        return problem(
            "data.validation_fraction",
            "validation and test together must leave images to train on.");
    }
    const nn::AugmentationConfig& augmentation = config.data.augmentation;
    if (augmentation.preset == "nnunet" && (augmentation.saturation > 0 || augmentation.hue > 0)) {
        return problem(
            "data.augmentation.hue",
            "the preset nnunet changes normalised images, which have no colours: hue and "
            "saturation must be 0.");
    }
    if (config.loss.boundary_kernel % 2 == 0) {
        return problem("loss.boundary_kernel", "must be odd.");
    }
    return {};
}

} // namespace guidino::engine
