// SPDX-License-Identifier: Apache-2.0
#include "app/cli/nnunet_validation.h"

#include "app/cli/runtime_library.h"
#include "core/base/file.h"
#include "core/base/file_copy.h"
#include "core/datasets/nnunet_pack_index.h"
#include "core/datasets/splits.h"
#include "core/engine/nnunet.h"
#include "core/report/nnunet_summary.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <system_error>
#include <utility>

namespace guidino::cli {

namespace fs = std::filesystem;
using datasets::NnunetCaseFiles;

namespace {

fs::path finalModel(const FoldValidation& validation)
{
    return validation.fold / "checkpoint_final";
}

/// A stopped validation loses no training; an image that is gone needs the user.
Error explained(Error error)
{
    if (error.code == ErrorCode::Cancelled) {
        error.message += " The fold is trained; continue it to have it validated.";
    }
    return error;
}

Error unreadable(const std::vector<engine::FailedFile>& failures)
{
    std::string text = "The fold is trained, but " + std::to_string(failures.size())
                       + " of its validation cases could not be predicted:";
    for (const engine::FailedFile& one : failures) {
        text += "\n  " + one.message;
    }
    return Error{
        ErrorCode::BadInput,
        text
            + "\nPut the images back where they were, or run `guidino nnunet train` with --val, "
              "which looks for them in the raw data.",
        {{"file", failures.front().file}}};
}

} // namespace

Result<FoldValidation> foldValidationOf(const fs::path& fold, const fs::path& pack)
{
    const auto index = datasets::readNnunetPackIndex(pack);
    GD_TRY(index);
    if (!index->knowsFiles()) {
        return Error{
            ErrorCode::BadInput,
            (pack / "pack.json").string()
                + ": does not say where the images and labels of its cases lie, because an older "
                  "version made it; `guidino nnunet train` of the same data set completes it.",
            {{"file", (pack / "pack.json").string()}}};
    }
    const auto lists = datasets::readSplits(fold / "splits.json");
    GD_TRY(lists);
    std::vector<std::string> names;
    if (const auto* list = lists->find("val")) {
        for (const datasets::SplitEntry& entry : *list) {
            names.push_back(entry.name);
        }
    }
    auto cases = datasets::casesOfPack(pack, *index, names);
    GD_TRY(cases);
    FoldValidation validation;
    validation.fold = fold;
    validation.cases = std::move(*cases);
    validation.foreground = index->foreground;
    validation.ignoreLabel = index->ignoreLabel;
    validation.references = index->references;
    return validation;
}

bool isDone(const FoldValidation& validation)
{
    std::error_code ignored;
    const fs::path summary = validation.folder() / "summary.json";
    const fs::path weights = finalModel(validation) / "weights.safetensors";
    if (!isThere(summary)
        || fs::last_write_time(summary, ignored) < fs::last_write_time(weights, ignored)) {
        return false;
    }
    return !validation.probabilities
           || std::all_of(
               validation.cases.begin(), validation.cases.end(), [&](const NnunetCaseFiles& one) {
                   return isThere(validation.folder() / (one.name + ".npz"));
               });
}

Result<double>
validateFold(const FoldValidation& validation, const ComputeOptions& compute, RunContext& context)
{
    const auto runtime = loadNnunetRuntime();
    GD_TRY(runtime);
    engine::NnunetPredictRequest request;
    request.models = {finalModel(validation)};
    request.cases = validation.cases;
    request.out = validation.folder();
    request.probabilities = validation.probabilities;
    request.device = compute.device;
    request.threads = compute.threads;
    auto outcome = (*runtime)->predict(request, context);
    if (!outcome) {
        return explained(std::move(outcome).error());
    }
    if (!outcome->failures.empty()) {
        return unreadable(outcome->failures);
    }
    report::NnunetEvaluation evaluation;
    evaluation.predictions = validation.folder();
    evaluation.references = validation.references;
    evaluation.ignoreLabel = validation.ignoreLabel;
    evaluation.addForeground(validation.foreground);
    for (const NnunetCaseFiles& one : validation.cases) {
        evaluation.names.push_back(one.name + ".png");
    }
    const auto summary = report::summarise(evaluation);
    GD_TRY(summary);
    GD_TRY(writeFileAtomically(validation.folder() / "summary.json", summary->text));
    return summary->dice;
}

std::string diceLine(const FoldValidation& validation, double dice)
{
    std::array<char, 32> number{};
    (void)std::snprintf(number.data(), number.size(), "%.4f", dice);
    return std::string("mean validation Dice ") + number.data() + ": "
           + validation.folder().string();
}

} // namespace guidino::cli
