// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/config.h"

#include <optional>
#include <string>
#include <vector>

namespace guidino::nn {

/// The named start values of data.augmentation: `none`, `guidino` (PIPELINE.md §3.2 with noise of
/// at most 0.1, §5 D15) and `nnunet` (BASELINES.md §7.6). nullopt for any other name. A
/// configuration names its preset first; keys that it gives besides replace single values.
[[nodiscard]] std::optional<AugmentationConfig> augmentationPreset(const std::string& name);

/// The names that augmentationPreset knows.
[[nodiscard]] std::vector<std::string> augmentationPresetNames();

/// True when no operation has a probability above zero: batches pass unchanged.
[[nodiscard]] bool isIdentity(const AugmentationConfig& config);

} // namespace guidino::nn
