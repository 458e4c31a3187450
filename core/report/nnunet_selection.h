// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/datasets/nnunet_folders.h"
#include "core/datasets/nnunet_model_plan.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

/// nnU-Net's choice of configuration or ensemble and of post-processing, made on the predictions of
/// the cross-validation alone (BASELINES.md §7.7).
namespace guidino::report {

/// What is compared.
struct NnunetSelectionRequest
{
    std::filesystem::path results;    ///< of the data set: holds TRAINER__PLANS__CONFIGURATION
    std::filesystem::path references; ///< gt_segmentations
    datasets::NnunetLabels labels;
    std::vector<datasets::NnunetModelName> models;
    std::vector<datasets::NnunetFoldName> folds;
    bool allowsEnsembles = true; ///< pairs of models, from probabilities of their validations
    int threads = 2;
};

/// One model, or an ensemble of two.
struct NnunetCandidate
{
    std::string name; ///< the model's folder, or ensemble___A___B___FOLDS
    std::vector<datasets::NnunetModelName> models;
    std::filesystem::path folder; ///< merged predictions and summary.json
    double dice = 0;              ///< mean of the foreground; NaN where a label is in no case
};

struct NnunetSelection
{
    std::vector<NnunetCandidate> candidates; ///< models first, in the request's order
    std::size_t best = 0;                    ///< the first with the largest Dice
    double after = 0;                        ///< the best's Dice after the chosen post-processing
    std::vector<std::string> notes;          ///< ensembles that were left out, and why

    [[nodiscard]] const NnunetCandidate& chosen() const { return candidates[best]; }
};

/// Merges the folds' validations into MODEL/crossval_results_folds_FOLDS, makes the ensembles below
/// RESULTS/ensembles, scores all, and chooses post-processing for the best: postprocessing.json,
/// postprocessing.pkl and postprocessed/ in its folder. NotFound names a validation that is missing
/// and how to make it; BadInput: a case that two folds validate; Cancelled, CannotWrite.
[[nodiscard]] Result<NnunetSelection>
selectNnunetModel(const NnunetSelectionRequest& request, const CancelToken& cancel = {});

/// nnU-Net's inference_information.json.
[[nodiscard]] std::string inferenceInformation(
    const NnunetSelection& selection,
    const NnunetSelectionRequest& request,
    const std::string& dataset);

/// The commands that predict, ensemble and finish new images with the choice.
[[nodiscard]] std::string inferenceInstructions(
    const NnunetSelection& selection,
    const NnunetSelectionRequest& request,
    const std::string& dataset);

} // namespace guidino::report
