// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string>

/// Internal to the engine: what `guidino models` does with files. Answers are JSON texts.
namespace guidino::engine {

/// Any checkpoint, bundle (also a registered model's name) or adapter: {"file", "kind", "format",
/// "architecture", "parameters", "tensors": [{"name", "shape", "dtype"}], "info", ...}. Errors:
/// those of the readers.
[[nodiscard]] Result<std::string> showModelFile(const std::filesystem::path& file);

/// The registered models: {"folder", "models": [...]}.
[[nodiscard]] Result<std::string> listModelsJson();

/// Converts a foreign checkpoint to a bundle at `out`, or to a registered bundle where `out` is
/// empty. `architecture` empty: recognised by the keys. An ImageNet classifier that a network can
/// begin with (Swin-T for swinunet, ResNet-34 for h2former) makes a bundle to train from, whose
/// other weights are fresh; the answer lists what was filled. Errors: BadInput (not the tensors of
/// that network), Usage (unknown architecture).
[[nodiscard]] Result<std::string> importCheckpoint(
    const std::filesystem::path& file,
    const std::string& architecture,
    const std::filesystem::path& out);

} // namespace guidino::engine
