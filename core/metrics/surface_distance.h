// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/metrics/bit_mask.h"

#include <optional>
#include <utility>
#include <vector>

/// Distances between the borders of two binary masks, exact and in linear time (Felzenszwalb and
/// Huttenlocher 2012). Any thread.
namespace guidino::metrics {

/// Distance from each border element of one mask to the other mask, with what each element weighs.
struct DirectedDistances
{
    /// Ascending.
    std::vector<double> distances;
    /// Contour length of each; empty where every element weighs 1 (pixels).
    std::vector<double> weights;

    /// Weighted mean; nullopt without elements.
    [[nodiscard]] std::optional<double> mean() const;
    /// NumPy's linear percentile, unweighted, 0..100; nullopt without elements.
    [[nodiscard]] std::optional<double> percentile(double percent) const;
    /// DeepMind's: the first distance whose cumulated weight reaches the share; no interpolation.
    [[nodiscard]] std::optional<double> weightedPercentile(double percent) const;
    /// Weight within the tolerance / whole weight, as (numerator, denominator).
    [[nodiscard]] std::pair<double, double> weightWithin(double tolerance) const;
};

/// Both directions, and the figures made of them.
struct SurfaceDistances
{
    DirectedDistances fromPrediction;
    DirectedDistances fromReference;

    /// The larger of the directed `percent` percentiles (MONAI); 100 = Hausdorff distance.
    [[nodiscard]] std::optional<double> maxPercentile(double percent) const;
    /// Of all distances together (MedPy).
    [[nodiscard]] std::optional<double> pooledPercentile(double percent) const;
    /// DeepMind's robust Hausdorff distance.
    [[nodiscard]] std::optional<double> maxWeightedPercentile(double percent) const;
    [[nodiscard]] std::optional<double> pooledMean() const;
    [[nodiscard]] std::optional<double> meanOfMeans() const;
    /// Share of both surfaces within the tolerance; nullopt where both are empty.
    [[nodiscard]] std::optional<double> normalisedSurfaceDistance(double tolerance) const;
};

/// Masks of one size, or rasters [H, W, 1] whose nonzero pixels are inside. Border pixel = inside
/// pixel with an outside 4-neighbour; beyond the image is outside (edge pixels are border).
/// Distances go to the nearest border pixel of the other mask. An empty mask has an empty list, and
/// distances to it are infinite.
[[nodiscard]] SurfaceDistances
borderDistances(const BitMask& prediction, const BitMask& reference, SpacingMm spacing = {1, 1});
[[nodiscard]] SurfaceDistances
borderDistances(const Raster8& prediction, const Raster8& reference, SpacingMm spacing = {1, 1});

/// The same pixels; distances go to the nearest inside pixel of the other mask (GuiDINO).
[[nodiscard]] SurfaceDistances
filledDistances(const BitMask& prediction, const BitMask& reference, SpacingMm spacing = {1, 1});
[[nodiscard]] SurfaceDistances
filledDistances(const Raster8& prediction, const Raster8& reference, SpacingMm spacing = {1, 1});

/// Nodes between pixels that the contour passes, weighted by its length in their 2 × 2 cell
/// (surface-distance 0.1, compute_surface_distances).
[[nodiscard]] SurfaceDistances
contourDistances(const BitMask& prediction, const BitMask& reference, SpacingMm spacing = {1, 1});
[[nodiscard]] SurfaceDistances
contourDistances(const Raster8& prediction, const Raster8& reference, SpacingMm spacing = {1, 1});

/// Exact Euclidean distance of every pixel to the nearest nonzero one, [H, W, 1] float32; all
/// infinite for an empty mask.
[[nodiscard]] RasterF distanceTransform(const Raster8& mask, SpacingMm spacing = {1, 1});

} // namespace guidino::metrics
