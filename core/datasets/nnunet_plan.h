// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// nnU-Net 2.8's decisions for 2D images as pure functions (BASELINES.md §7): planning, folds,
/// oversampling, the larger patch that augmentation cuts from. No files, no random state.
namespace guidino::datasets {

/// Which of nnU-Net's planners: the plain U-Net, or the residual encoders for 8, 24 and 40 GB.
enum class NnunetPlanner { Plain, ResEncM, ResEncL, ResEncXL };

struct NnunetPlanInput
{
    std::array<double, 2> median{}; ///< [height, width] of the images after cropping
    std::int64_t images = 0;        ///< numTraining
    std::int64_t channels = 3;
    std::int64_t labels = 2; ///< with the background
    NnunetPlanner planner = NnunetPlanner::Plain;
    double memoryGb = 0; ///< 0: the planner's own (8, 8, 24, 40)
};

using AxisPair = std::array<std::int64_t, 2>; ///< [vertical, horizontal]

/// Configuration `2d` of a plans file.
struct NnunetPlan
{
    AxisPair patch{};
    std::int64_t batch = 2;
    std::vector<AxisPair> strides; ///< of each stage, [1, 1] first
    std::vector<AxisPair> kernels;
    std::vector<std::int64_t> features;
    std::vector<std::int64_t> blocks;       ///< convolutions or residual blocks of a stage
    std::vector<std::int64_t> decoderConvs; ///< one fewer
    double estimate = 0;                    ///< elements of all feature maps of one image

    [[nodiscard]] std::size_t stages() const { return strides.size(); }
};

/// Spacing is the same on both axes (pixels). The median must be at least 1 × 1, images at least 1.
[[nodiscard]] NnunetPlan planNnunet2d(const NnunetPlanInput& input);

/// The validation positions (ascending) of each fold of n cases sorted by name: KFold, shuffled
/// with seed 12345. `folds` at least 2, at most n.
[[nodiscard]] std::vector<std::vector<std::size_t>>
nnunetFolds(std::size_t n, std::size_t folds = 5);

/// Training positions, in drawn order, of a fold beyond those of splits_final.json: four fifths of
/// n cases, drawn with seed 12345 + fold; the rest validates.
[[nodiscard]] std::vector<std::size_t> nnunetRandomFold(std::size_t n, std::uint32_t fold);

/// The samples of a batch whose patch must hold foreground.
[[nodiscard]] std::vector<std::size_t>
nnunetForcedForeground(std::size_t batch, double share = 0.33);

/// The patch that is cut from the image before rotation and scaling crop it to `patch`.
[[nodiscard]] AxisPair nnunetInitialPatch(const AxisPair& patch);

} // namespace guidino::datasets
