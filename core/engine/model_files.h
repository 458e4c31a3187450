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
/// empty. `architecture` empty: recognised by the keys. Errors: BadInput (not the tensors of that
/// network), Usage (unknown architecture).
[[nodiscard]] Result<std::string> importCheckpoint(
    const std::filesystem::path& file,
    const std::string& architecture,
    const std::filesystem::path& out);

/// A bundle as `safetensors` (a state dict under the names of the published code), `peft` (its
/// adapter's folder), `zip`, `folder`, or `bf16` (a folder whose weights take half the space,
/// rounded to bfloat16); empty: by the name of `out`.
[[nodiscard]] Result<std::string> exportBundle(
    const std::filesystem::path& model,
    const std::filesystem::path& out,
    const std::string& format);

} // namespace guidino::engine
