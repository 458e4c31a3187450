// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/job_context.h"
#include "app/cli/options.h"
#include "core/base/result.h"

#include <filesystem>
#include <string>

/// What `train` does after the last epoch where its data is an nnU-Net fold's. A build without
/// image files does nothing there (fold_end_plain.cpp).
namespace guidino::cli {

/// Whether the data is a folder that `nnunet train` preprocessed.
[[nodiscard]] bool isFoldData(const std::filesystem::path& data);

/// A trained run folder and the data that it was trained on.
struct TrainedFold
{
    std::filesystem::path run;
    std::filesystem::path data;
    bool probabilities = false; ///< of the validation cases are kept
};

/// Whether the validation is there; false where it cannot be known.
[[nodiscard]] bool isFoldEnded(const TrainedFold& fold);

/// Validates where that was not done; returns a line for stdout, empty where nothing was to do.
/// Errors of validateFold().
[[nodiscard]] Result<std::string>
endFold(const TrainedFold& fold, const ComputeOptions& compute, RunContext& context);

} // namespace guidino::cli
