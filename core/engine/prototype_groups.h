// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/nn/segmenter.h"

#include <vector>

/// Internal to the engine: what the prototypes of a model's TokenBooks have in common.
namespace guidino::engine {

/// Prototypes that point the same way, over all TokenBooks of a model.
struct PrototypeGroups
{
    /// Prototypes of each group, ascending; numbered book by book.
    std::vector<std::vector<int>> members;
    torch::Tensor centres; ///< [groups, D] unit vectors
    std::vector<int> book; ///< TokenBook of each group: prototypes of two books never share a group
    double effectiveDirections = 0; ///< mean over the books
};

/// Groups prototypes by direction (k-means on unit vectors, farthest-first start: no randomness),
/// at most `groups` a book. Empty for models without a guide. Empty groups are left out.
[[nodiscard]] PrototypeGroups groupPrototypes(nn::Segmenter& model, int groups);

/// [L, D] unit vectors: a book's view of tokens [1, D, h, w], row-major.
[[nodiscard]] torch::Tensor
projectedTokens(nn::Segmenter& model, int book, const torch::Tensor& tokens);

/// Sum of the maps of a group's prototypes.
[[nodiscard]] RasterF
groupMap(const std::vector<RasterF>& prototypeMaps, const std::vector<int>& members);

} // namespace guidino::engine
