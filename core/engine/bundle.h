// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/nn/config.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace guidino::nn {
class Segmenter;
}

/// Model bundles: a folder or zip with config.json (system, classes, preprocessing, image
/// statistics, training record, hashes), weights.safetensors (network and TokenBook, never a DINO
/// backbone's own weights) and, with LoRA, adapter/ in PEFT's layout. Not thread-safe per bundle.
namespace guidino::engine {

/// One foreground class. Background is index 0 and is not listed.
struct BundleClass
{
    int index = 1;
    std::string name = "foreground";
    std::array<std::uint8_t, 3> colour = {255, 64, 64}; ///< RGB
};

/// The guide backbone that a bundle needs and does not hold.
struct BackboneReference
{
    std::string name;         ///< as registered; empty: none needed
    std::string architecture; ///< such as "vits16"
    std::string sha256;       ///< of the registered file
};

/// A model on disk: configuration, classes, preprocessing, training record; see readBundle().
struct Bundle
{
    nn::SystemConfig config;
    std::vector<BundleClass> classes = {BundleClass{}};
    BackboneReference backbone;
    std::string imageStatistics = "{}";   ///< JSON object: of the training images
    std::string modality;                 ///< of the training images, such as "dermatoscopy"
    std::string featureStatistics = "{}"; ///< JSON object: see FeatureStatistics
    std::string training = "{}";          ///< JSON object: the training record
    std::string sha256;                   ///< of weights.safetensors
    std::filesystem::path path;           ///< as opened: folder or zip
    std::filesystem::path
        folder; ///< where the files lie (a zip is unpacked until the last copy dies)
    std::shared_ptr<const void> unpacked; ///< keeps a zip's files alive
};

enum class WeightPrecision { Fp32, Bf16 };

/// Checks config.json and the weights' hash. Errors: NotFound, BadInput.
[[nodiscard]] Result<Bundle> readBundle(const std::filesystem::path& folderOrZip);

/// Writes the folder beside its place and exchanges the two: a reader sees the old bundle or the
/// new one. Fills the bundle's sha256, path and folder. With LoRA the adapter goes to adapter/.
/// Tensors of the guide backbone are left out, unless `config.guide.train_backbone` (then the
/// bundle carries the backbone's licence and says so). Errors: CannotWrite.
[[nodiscard]] Result<void> writeBundle(
    Bundle& bundle,
    nn::Segmenter& model,
    const std::filesystem::path& folder,
    WeightPrecision precision = WeightPrecision::Fp32);

/// Writes modality and feature statistics of a bundle that is a folder into its config.json; the
/// rest of the file stays as it is. Errors: Usage (a zip), CannotWrite.
[[nodiscard]] Result<void> writeBundleStatistics(const Bundle& bundle);

/// Packs a bundle's folder into one file, or copies a bundle's folder. Errors: CannotWrite.
[[nodiscard]] Result<void>
writeBundleZip(const Bundle& bundle, const std::filesystem::path& zipFile);

/// A model with fresh weights, seeded by the caller; the guide backbone's weights are loaded from
/// the model store and LoRA is attached. On the CPU, in evaluation mode. Errors: NotFound (backbone
/// not registered: says how to add it and that guide.source=self does without), Configuration.
[[nodiscard]] Result<std::shared_ptr<nn::Segmenter>> makeModel(const nn::SystemConfig& config);

/// The same with the bundle's weights, strictly: what is missing, unexpected or of another shape is
/// listed (BadInput). On `device` ("cpu", "cuda:0"), in evaluation mode, prepared for prediction
/// when `forPrediction` (TokenBook folded).
[[nodiscard]] Result<std::shared_ptr<nn::Segmenter>>
loadModel(const Bundle& bundle, const std::string& device = "cpu", bool forPrediction = true);

/// Loads the bundle's weights into a model that is there (fine-tuning, resume), strictly. Only
/// tensors are checked: names and shapes must agree.
[[nodiscard]] Result<void> loadWeights(const Bundle& bundle, nn::Segmenter& model);

/// The backbone that makeModel would load for a configuration; empty name where none is needed.
[[nodiscard]] Result<BackboneReference> backboneOf(const nn::SystemConfig& config);

} // namespace guidino::engine
