// SPDX-License-Identifier: Apache-2.0
#include "app/cli/fold_end.h"

#include "app/cli/nnunet_validation.h"
#include "core/datasets/nnunet_pack_index.h"

namespace guidino::cli {

namespace {

Result<FoldValidation> validationOf(const TrainedFold& fold)
{
    auto validation = foldValidationOf(fold.run, fold.data);
    if (validation) {
        validation->probabilities = fold.probabilities;
    }
    return validation;
}

} // namespace

bool isFoldData(const std::filesystem::path& data)
{
    return datasets::isNnunetPack(data);
}

bool isFoldEnded(const TrainedFold& fold)
{
    const auto validation = validationOf(fold);
    return validation && isDone(*validation);
}

Result<std::string>
endFold(const TrainedFold& fold, const ComputeOptions& compute, RunContext& context)
{
    const auto validation = validationOf(fold);
    GD_TRY(validation);
    if (isDone(*validation)) {
        return std::string();
    }
    const auto dice = validateFold(*validation, compute, context);
    GD_TRY(dice);
    return diceLine(*validation, *dice);
}

} // namespace guidino::cli
