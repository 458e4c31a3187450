// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/job_context.h"
#include "app/cli/options.h"
#include "core/base/result.h"
#include "core/datasets/nnunet_folders.h"

#include <filesystem>
#include <string>
#include <vector>

/// How the training of an nnU-Net fold ends, whether `nnunet train`, `train` or a stored job did
/// it: whole validation cases predicted with the last weights, and their summary.json.
namespace guidino::cli {

struct FoldValidation
{
    std::filesystem::path fold; ///< run folder; holds checkpoint_final, gets validation
    std::vector<datasets::NnunetCaseFiles> cases;
    std::vector<std::vector<int>> foreground; ///< labels, or the labels of each region
    int ignoreLabel = -1;
    std::filesystem::path references; ///< folder of label images CASE.png
    bool probabilities = false;       ///< keep CASE.npz, too

    [[nodiscard]] std::filesystem::path folder() const { return fold / "validation"; }
};

/// Of the list `val` in the run folder's splits.json, with files as the pack that it was trained on
/// names them. NotFound, BadInput: either says too little.
[[nodiscard]] Result<FoldValidation>
foldValidationOf(const std::filesystem::path& fold, const std::filesystem::path& pack);

/// Whether its files are there and newer than the weights.
[[nodiscard]] bool isDone(const FoldValidation& validation);

/// Does it; returns the mean Dice of the foreground. Errors of predicting and of
/// report::summarise(); BadInput where cases could not be read.
[[nodiscard]] Result<double>
validateFold(const FoldValidation& validation, const ComputeOptions& compute, RunContext& context);

/// What stdout tells of it.
[[nodiscard]] std::string diceLine(const FoldValidation& validation, double dice);

} // namespace guidino::cli
