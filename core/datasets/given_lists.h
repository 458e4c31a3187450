// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/datasets/dataset.h"
#include "core/datasets/splits.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace guidino::datasets {

/// The lists of a splits.json, else (empty path) those that the data set's folders give. Errors of
/// readSplits() and resolve().
[[nodiscard]] Result<SplitIndices>
givenLists(const Dataset& dataset, const std::filesystem::path& splits);

/// The images of one of them; all of the data set where `list` is empty. BadInput, saying which
/// lists there are.
[[nodiscard]] Result<std::vector<std::size_t>>
imagesOfList(const Dataset& dataset, const std::filesystem::path& splits, const std::string& list);

} // namespace guidino::datasets
