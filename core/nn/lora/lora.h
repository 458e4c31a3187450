// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/nn/config.h"
#include "core/nn/dino/vit.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// Low-rank adapters on a ViT (PIPELINE.md §2.5), with PEFT's parameters and files. Adapters hang
/// on the fused projections as rows; each keeps PEFT's lora_A [r, in] and lora_B [out, r].
namespace guidino::nn {

/// Hangs fresh adapters (A kaiming-uniform with a = √5, B zero: the model's output does not change)
/// on every block and freezes everything else (requires_grad false). Targets: any of q, k, v, o,
/// mlp. Throws c10::Error for another target, a rank below 1, or adapters that are there already.
void addLora(VisionTransformer& vit, const LoraConfig& config);

/// Takes all adapters off; merged ones are unmerged first.
void removeLora(VisionTransformer& vit);

[[nodiscard]] bool hasLora(const VisionTransformer& vit);

/// Rank, alpha, dropout and targets of what hangs on the first block.
[[nodiscard]] LoraConfig loraConfig(const VisionTransformer& vit);

/// The adapters' parameters, A and B in turn, block by block.
[[nodiscard]] std::vector<torch::Tensor> loraParameters(const VisionTransformer& vit);

/// Adds the update to the weights (for prediction and export) and takes it out again, bit for bit.
void mergeLora(VisionTransformer& vit);
void unmergeLora(VisionTransformer& vit);

/// The adapters under PEFT's file keys, "base_model.model.layer.0.attention.q_proj.lora_A.weight".
/// Tensors are the parameters themselves.
[[nodiscard]] std::map<std::string, torch::Tensor> loraTensors(const VisionTransformer& vit);

/// Hangs adapters on the model from tensors under PEFT's keys (also with ".default") and the text
/// of adapter_config.json. Strict; what is not a plain LoRA (DoRA, biases, modules_to_save) is
/// refused. Adapters that were there are replaced.
[[nodiscard]] Status setLora(
    VisionTransformer& vit,
    const std::map<std::string, torch::Tensor>& tensors,
    const std::string& adapter_config);

/// Reads a PEFT folder (adapter_config.json, adapter_model.safetensors).
[[nodiscard]] Status readLora(VisionTransformer& vit, const std::filesystem::path& folder);

/// Writes a PEFT folder that peft's PeftModel.from_pretrained() reads; `base` is its
/// base_model_name_or_path. Each file is replaced atomically.
[[nodiscard]] Status writeLora(
    const VisionTransformer& vit,
    const std::filesystem::path& folder,
    const std::string& base = "");

} // namespace guidino::nn
