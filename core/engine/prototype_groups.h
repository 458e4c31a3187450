// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"
#include "core/engine/predictor.h"
#include "core/nn/segmenter.h"

#include <cstddef>
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
    /// The group of the same book whose direction is most alike, and the cosine between the two;
    /// -1 and 0 for the only group of its book. Near 1: the groups say the same.
    std::vector<int> nearest;
    std::vector<double> nearestSimilarity;
    double effectiveDirections = 0; ///< mean over the books
};

/// Groups prototypes by direction (k-means on unit vectors, farthest-first start: no randomness),
/// at most `groups` a book. Empty for models without a guide. Empty groups are left out.
[[nodiscard]] PrototypeGroups groupPrototypes(nn::Segmenter& model, int groups);

/// [L, D] unit vectors: a book's view of tokens [1, D, h, w], row-major.
[[nodiscard]] torch::Tensor
projectedTokens(nn::Segmenter& model, int book, const torch::Tensor& tokens);

/// A token of an image that points a group's way.
struct GroupMatch
{
    Rect area;             ///< in the image, not empty
    double similarity = 0; ///< cosine between the token and the group's centre
};

/// The `most` best tokens of one image for each group, best first. Needs a prediction with tokens;
/// tokens that lie outside of the image are left out.
[[nodiscard]] std::vector<std::vector<GroupMatch>> bestTokens(
    nn::Segmenter& model,
    const PrototypeGroups& groups,
    const Prediction& prediction,
    std::size_t most);

/// Sum of the maps of a group's prototypes.
[[nodiscard]] RasterF
groupMap(const std::vector<RasterF>& prototypeMaps, const std::vector<int>& members);

} // namespace guidino::engine
