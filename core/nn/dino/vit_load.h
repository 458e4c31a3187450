// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/nn/dino/vit.h"
#include "core/nn/io/checkpoint.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace guidino::nn {

using TensorMap = std::map<std::string, torch::Tensor>;

/// Who wrote the keys of a ViT's state dict.
enum class VitKeys { Meta, HuggingFace, Timm };

/// A state dict in Meta's names, and what was read from it.
struct VitState
{
    TensorMap tensors; ///< by a VisionTransformer's names; half types as float32
    VitConfig config;  ///< from shapes and, where there is one, config.json
    VitKeys keys = VitKeys::Meta;
    bool is_meddino = false;          ///< MedDINOv3's settings were taken (ε 1e-6, bfloat16 RoPE)
    std::vector<std::string> dropped; ///< heads and other keys that are known not to matter
};

struct VitLoadOptions
{
    VitConfig::RopePeriods rope_periods = VitConfig::RopePeriods::Analytic;

    /// DINOv2; unset: by the file's own format (PIPELINE.md §1.6).
    std::optional<VitConfig::PositionInterpolation> position_interpolation;
};

/// Recognises Meta's, Hugging Face's (also transformers 5's `model.` prefix), timm's and
/// MedDINOv3's files of DINOv3, Meta's (also block-chunked) and Hugging Face's of DINOv2; takes
/// prefixes and heads off, joins q, k, v, converts half types to float32, and infers the
/// architecture. BadInput where the keys are of no ViT.
[[nodiscard]] Result<VitState>
readVitState(const Checkpoint& checkpoint, const VitLoadOptions& options = {});

/// A model with the checkpoint's weights. Strict: BadInput lists keys that are missing, unexpected
/// or of another shape.
[[nodiscard]] Result<std::shared_ptr<VisionTransformer>>
loadVit(const Checkpoint& checkpoint, const VitLoadOptions& options = {});

/// Copies weights (in Meta's names) into a model, strictly, K's bias masked (PIPELINE.md §1.2).
[[nodiscard]] Status loadVitState(VisionTransformer& vit, const TensorMap& meta);

/// The model's weights in Meta's names (its state dict without adapters, merged ones included).
[[nodiscard]] TensorMap toMeta(VisionTransformer& vit);

/// The same in Hugging Face's names (transformers 4's form); and its config.json.
[[nodiscard]] TensorMap toHuggingFace(VisionTransformer& vit);
[[nodiscard]] std::string huggingFaceConfig(const VitConfig& config);

/// Prefix, in Hugging Face's names, of a block's linear layer: ("attention.q_proj", rows of the
/// fused matrix ...). See core/nn/lora.
struct VitSite
{
    std::string name; ///< path inside the block, such as "attention.q_proj", "mlp.up_proj"
    std::shared_ptr<VitLinear> linear;
    std::int64_t first_row = 0;
    std::int64_t rows = 0;
};

/// Every linear map of a block as Hugging Face cuts them, and the block's own prefix.
[[nodiscard]] std::vector<VitSite> sitesOf(const VisionTransformer& vit, int block);
[[nodiscard]] std::string huggingFaceBlock(const VitConfig& config, int block);

} // namespace guidino::nn
