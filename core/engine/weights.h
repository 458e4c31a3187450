// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/nn/config.h"
#include "core/nn/dino/vit_load.h"
#include "core/nn/segmenter.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

/// Internal to the engine: state dicts of segmenters and guide backbones from files.
namespace guidino::engine {

/// Parameters and buffers by name. Without those of the guide backbone, unless `withBackbone`
/// (adapters are never among them).
[[nodiscard]] nn::TensorMap stateOf(nn::Segmenter& model, bool withBackbone);

/// Copies into the model, strictly: what is missing, unexpected or of another shape is listed, at
/// most ten of each (BadInput naming `source`). Other floating types are converted.
[[nodiscard]] Status loadState(
    nn::Segmenter& model, const nn::TensorMap& state, bool withBackbone, const std::string& source);

/// A ViT with the weights of a checkpoint and what the configuration says of it (coordinates'
/// augmentation). BadInput, NotFound.
[[nodiscard]] Result<std::shared_ptr<nn::VisionTransformer>>
loadBackbone(const std::filesystem::path& weights, const nn::GuideConfig& guide);

/// The network with the ViT (nullptr where the configuration needs none) and LoRA attached.
[[nodiscard]] std::shared_ptr<nn::Segmenter>
assembleModel(const nn::SystemConfig& config, std::shared_ptr<nn::VisionTransformer> vit);

/// Convolution weights in channels-last order; parameters without gradients.
void prepareForPrediction(nn::Segmenter& model);

[[nodiscard]] bool needsBackbone(const nn::SystemConfig& config);

/// A ViT's architecture, for model.json and config.json. Reading throws nlohmann's exceptions.
[[nodiscard]] nlohmann::ordered_json jsonOf(const nn::VitConfig& config);
[[nodiscard]] nn::VitConfig vitConfigFrom(const nlohmann::ordered_json& json);

} // namespace guidino::engine
