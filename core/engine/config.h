// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/nn/config.h"

#include <filesystem>
#include <string>
#include <vector>

/// Configurations and recipes as JSON. Keys are the names of the members in core/nn/config.h;
/// sections network, guide, lora, loss, preprocessing, data (with augmentation), training,
/// inference; besides them `system`, `profile`, `description` and `reported` (the paper's figures;
/// read by people). Any other key, a value of another type, out of range or not among the allowed
/// names is an error with its path ("training.batch_sise: unknown key; did you mean batch_size?").
/// Any thread.
///
/// Recipes are partial configurations, merged over one; their `profiles` {"parity": {...}} and
/// `systems`
/// {"guidino-w": {...}, "guidino-w-lora": {...}, "guidino-w.parity": {...}} hold what differs, the
/// special after the general.
namespace guidino::engine {

/// Folder with configs/ and recipes/: $GUIDINO_MODELS, else ../share/guidino/models beside the
/// library's folder, else the source tree's.
[[nodiscard]] std::filesystem::path modelsDataFolder();

/// The configuration `nameOrFile` ("guidino-u", "guidino-u.parity", or a .json file), then the
/// recipe (name, file or empty), then `settings` ("training.epochs=20"; the value is JSON, or text
/// where it is none). `folder` empty: modelsDataFolder(). Errors: Configuration.
[[nodiscard]] Result<nn::SystemConfig> loadSystemConfig(
    const std::string& nameOrFile,
    const std::string& recipe,
    const std::vector<std::string>& settings,
    const std::filesystem::path& folder = {});

/// The same on top of a configuration that is there already (a bundle's).
[[nodiscard]] Result<nn::SystemConfig> amendSystemConfig(
    const nn::SystemConfig& base,
    const std::string& recipe,
    const std::vector<std::string>& settings,
    const std::filesystem::path& folder = {});

/// All members, sections in the header's order, two spaces of indentation.
[[nodiscard]] std::string toJson(const nn::SystemConfig& config);

/// Members that the text does not name keep the header's values (with an augmentation preset: the
/// preset's). `sourceName` is for messages. Errors: Configuration.
[[nodiscard]] Result<nn::SystemConfig>
parseSystemConfig(const std::string& jsonText, const std::string& sourceName);

/// Names of the configurations ("guidino-u.fixed") and recipes in the folder, sorted.
[[nodiscard]] std::vector<std::string> configNames(const std::filesystem::path& folder = {});
[[nodiscard]] std::vector<std::string> recipeNames(const std::filesystem::path& folder = {});

} // namespace guidino::engine
