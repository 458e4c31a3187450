// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/datasets/dataset.h"
#include "core/nn/data/pack.h"

#include <filesystem>

/// Internal to the engine.
namespace guidino::engine {

/// A pack as a data set, so that lists are made and found in one way only. Its samples have no
/// files: Sample::name is the pack's name of the image.
[[nodiscard]] datasets::Dataset datasetOf(const nn::Pack& pack, const std::filesystem::path& path);

} // namespace guidino::engine
