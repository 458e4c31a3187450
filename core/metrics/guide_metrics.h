// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

/// How well a soft map (a guide, a probability) finds an object by itself, and correlations. Any
/// thread. `isInside` is nonzero for pixels of the object; both spans have one length.
namespace guidino::metrics {

/// Area under the ROC curve, ties counted half; nullopt without inside or without outside pixels.
[[nodiscard]] std::optional<double>
auroc(std::span<const float> scores, std::span<const std::uint8_t> isInside);

/// The best that thresholding reaches.
struct ThresholdDsc
{
    double dsc = 0;
    /// Inside = score >= threshold.
    double threshold = 0;
};

/// The largest DSC that any threshold reaches, exact (every distinct score is tried); nullopt
/// without inside pixels.
[[nodiscard]] std::optional<ThresholdDsc>
bestThresholdDsc(std::span<const float> scores, std::span<const std::uint8_t> isInside);

/// Whether the largest score lies inside the object (of equal maxima, the share that does is at
/// least half); nullopt without inside pixels.
[[nodiscard]] std::optional<bool>
pointingHit(std::span<const float> scores, std::span<const std::uint8_t> isInside);

/// nullopt below two values or without spread.
[[nodiscard]] std::optional<double> pearson(std::span<const double> a, std::span<const double> b);
/// Pearson of the mid-ranks.
[[nodiscard]] std::optional<double> spearman(std::span<const double> a, std::span<const double> b);

} // namespace guidino::metrics
