// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/npy.h"
#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/datasets/dataset.h"
#include "core/datasets/nnunet_model_plan.h"
#include "core/datasets/nnunet_results.h"

#include <filesystem>
#include <string>
#include <vector>

/// Ensembles of configurations as nnU-Net makes them: probabilities that were saved are averaged,
/// then labels are chosen (BASELINES.md §7.7).
namespace guidino::datasets {

/// Labels of probabilities [K, 1, H, W] or [K, H, W]: the largest of K, or, with regions, each
/// above ½ in the order of regions_class_order, later over earlier; K = 1 without regions: above ½.
/// BadInput: another number of channels than the labels want.
[[nodiscard]] Result<Raster8>
labelsOfProbabilities(const NpyArray& probabilities, const NnunetLabels& labels);

/// The mean of arrays of one shape, from files with the array `probabilities`. NotFound, BadInput
/// (names the file).
[[nodiscard]] Result<NpyArray> meanProbabilities(const std::vector<std::filesystem::path>& files);

/// What one case is made of and where it goes.
struct NnunetEnsembleCase
{
    std::string name;
    std::vector<std::filesystem::path> probabilities; ///< .npz of each member
};

/// OUT/CASE.png of all cases, post-processed; with `keepsProbabilities` OUT/CASE.npz, too.
/// BadInput, NotFound, CannotWrite, Cancelled.
[[nodiscard]] Status writeNnunetEnsemble(
    const std::filesystem::path& out,
    const std::vector<NnunetEnsembleCase>& cases,
    const NnunetLabels& labels,
    const NnunetPostprocessing& steps,
    bool keepsProbabilities,
    int threads,
    const CancelToken& cancel = {},
    const Progress& progress = {});

} // namespace guidino::datasets
