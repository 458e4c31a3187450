// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace guidino::nn {

/// The tensors of a foreign checkpoint under their own names, and what else was in it.
struct Checkpoint
{
    /// safetensors, huggingface (folder), peft (folder), torch-zip, torch-legacy
    std::string format;

    /// By the file's own keys, nested dicts joined by dots. CPU, the file's own dtype. Views of the
    /// mapped file where possible: clone() before writing to one.
    std::map<std::string, torch::Tensor> tensors;

    /// Which entry of a pickled dict the tensors came from, such as "state_dict", "teacher",
    /// "network_weights" or "optimizer.state"; empty: the dict itself.
    std::string root;

    /// Metadata of a safetensors file; of a pickle what was beside the tensors: numbers and texts
    /// as they are ("epoch": "12"), the rest described ("optimizer_state": "dict of 2"), nested
    /// names joined by dots.
    std::map<std::string, std::string> info;

    /// Text of config.json or adapter_config.json of a folder.
    std::string config_json;
};

struct CheckpointOptions
{
    /// Entry of a pickled dict to take the tensors from; empty: found by its usual names
    /// (state_dict, teacher, network_weights, model ...), else the dict with the most tensors.
    std::string root;

    /// Globals of a pickle ("module.name") that are left out instead of refused.
    std::vector<std::string> drop_globals;
};

/// Reads a safetensors file, a Hugging Face folder (config.json with model.safetensors, its shards
/// or pytorch_model.bin), a PEFT folder (adapter_config.json with adapter_model.safetensors), a
/// torch.save file in zip or legacy format. Recognised by content, not by name. Pickles go through
/// the restricted unpickler (core/nn/io/unpickler.h): nothing in the file is ever run. BadInput
/// names the file and what is wrong; NotFound where there is none. Any thread.
[[nodiscard]] Result<Checkpoint>
readCheckpoint(const std::filesystem::path& path, const CheckpointOptions& options = {});

} // namespace guidino::nn
