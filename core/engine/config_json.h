// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/nn/config.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

/// Internal to the configuration's sources: the mirror between JSON and core/nn/config.h.
namespace guidino::engine {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json jsonOf(const nn::SystemConfig& config);

/// Reads a whole configuration. `extraKeys` are allowed besides the sections and ignored.
[[nodiscard]] Result<nn::SystemConfig> configFromJson(
    const Json& json, const std::string& source, const std::vector<std::string>& extraKeys = {});

/// Checks keys, types, ranges and names of a part of a configuration; not how they fit together.
[[nodiscard]] Status checkPart(
    const Json& json, const std::string& source, const std::vector<std::string>& extraKeys = {});

/// What no single key can tell: a guided system without a source, LoRA without a ViT ...
[[nodiscard]] Status checkTogether(const nn::SystemConfig& config, const std::string& source);

/// Objects member by member, all else replaced. An augmentation with a preset replaces the older
/// one.
void mergeOver(Json& base, const Json& patch);

/// "; did you mean training.batch_size?" for an unknown path.
[[nodiscard]] std::string nearestKeyHint(const std::string& path);

/// The member of `known` with the smallest edit distance; empty where `known` is.
[[nodiscard]] std::string nearestOf(const std::string& word, const std::vector<std::string>& known);

[[nodiscard]] Result<Json> parseJsonObject(const std::string& text, const std::string& source);

} // namespace guidino::engine
