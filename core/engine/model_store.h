// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/nn/config.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// The user's registered models: userDataFolder()/models/NAME/ with model.json (kind, architecture,
/// hash, origin, licence acceptance) and the weights, or a bundle. Any thread; writers of two
/// processes do not disturb each other (atomic folder replace).
namespace guidino::engine {

/// One entry of the model store.
struct StoredModel
{
    std::string name;
    std::string kind;              ///< "backbone", "bundle"
    std::string architecture;      ///< "vits16" ..., or a bundle's system
    std::string sha256;            ///< of the weights file
    std::string origin;            ///< file name that it came from, or "random seed N"
    std::string licence;           ///< name of the accepted licence; empty where none is needed
    std::string licenceAccepted;   ///< UTC time
    std::filesystem::path weights; ///< file or Hugging Face folder
    std::filesystem::path folder;
    nn::VitConfig vit; ///< of a backbone
};

[[nodiscard]] Result<std::vector<StoredModel>> listStoredModels();

/// By name; a backbone also by its architecture where exactly one such is registered. NotFound
/// lists what is there and says how to add one.
[[nodiscard]] Result<StoredModel> findStoredModel(const std::string& name);

/// The registered backbone that `guide.backbone` means: a name, an architecture or a path of a
/// checkpoint. NotFound says how to add one and, when `selfWouldDo`, that --set guide.source=self
/// does without.
[[nodiscard]] Result<StoredModel> findBackbone(const std::string& nameOrPath, bool selfWouldDo);

/// Checks names and shapes, copies, records hash and acceptance. A bundle is copied as it is; a
/// backbone needs `acceptLicence`, except DINOv2 (Apache-2.0).
[[nodiscard]] Result<StoredModel>
addModel(const std::filesystem::path& fileOrFolder, const std::string& name, bool acceptLicence);

/// A ViT with weights drawn from the seed: for tests, controls and benchmarks. Equal seeds give
/// equal files.
[[nodiscard]] Result<StoredModel>
addRandomModel(const std::string& architecture, const std::string& name, std::int64_t seed);

[[nodiscard]] Result<void> removeModel(const std::string& name);

/// A bundle's folder or zip by path, or by the name of a registered bundle. NotFound lists both.
[[nodiscard]] Result<std::filesystem::path> findBundle(const std::filesystem::path& nameOrPath);

} // namespace guidino::engine
