// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <string>

/// Internal to the engine: what `guidino models architectures` answers.
namespace guidino::engine {

/// {"size", "architectures": [{"name", "title", "parameters", "multiply_adds", "guide",
/// "backbone", "backbone_parameters", "backbone_multiply_adds", "size_rule", "gates", "source"}]}:
/// every network of the registry as its configuration has it (the `fixed` profile where there is
/// one), for one image of 3 channels and `size` × `size` pixels. `parameters` are the network's and
/// the TokenBook's, those of the ViT are counted apart. `only`: one name, or empty for all.
/// Errors: Usage (an unknown name, a size out of 32 .. 2048).
[[nodiscard]] Result<std::string> architecturesJson(int size, const std::string& only);

} // namespace guidino::engine
