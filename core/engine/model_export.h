// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string>

/// Internal to the engine: what `guidino models export` does.
namespace guidino::engine {

/// A bundle as
/// - `safetensors`: a state dict under the names of the published code, all its aliases and buffers
///   among them, so that strict loading there succeeds;
/// - `peft`: its adapter's folder;
/// - `torchscript` or `torchscript:SIDE` (else the training's size): the folded network traced at
///   one input size, normalised image [1, C, SIDE, SIDE] float32 to logits [1, K, SIDE, SIDE], with
///   guidino.json (classes, normalisation, configuration) among its extra files; it is run once
///   more and compared before it is kept;
/// - `zip`, `folder`, or `bf16` (a folder whose weights take half the space, rounded to bfloat16).
/// Empty: by the name of `out`. Answers JSON {"file", "format", "sha256", ...}.
///
/// Weights of a DINOv3 backbone, or what was made from them, go out only where the format ends with
/// `+backbone`, and with a notice of their licence inside the file and beside it. Errors: Usage
/// (that, an unknown format or size), BadInput (no adapter), CannotWrite, those of reading the
/// bundle.
[[nodiscard]] Result<std::string> exportBundle(
    const std::filesystem::path& model,
    const std::filesystem::path& out,
    const std::string& format);

} // namespace guidino::engine
