// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/engine/runtime.h"

/// Internal to the engine: `guidino predict`. Needs imaging.
namespace guidino::engine {

/// Predicts a file, a folder or a data set into O/masks, O/guide, O/probability, O/overlay and
/// O/predictions.json. A file that cannot be read becomes a failure of the outcome; the rest goes
/// on. Errors: those of opening model and input, Cancelled (with what was done so far in
/// predictions.json), CannotWrite, memory.
[[nodiscard]] Result<PredictOutcome>
predictFolder(const PredictRequest& request, JobContext& context);

/// One image of an input and the name of its outputs.
struct InputImage
{
    std::filesystem::path file;
    std::string stem; ///< unique in the list
    std::string name; ///< path below the input
};

/// Images of a file, folder or data set, of one split where `split` names one.
[[nodiscard]] Result<std::vector<InputImage>> listInput(
    const std::filesystem::path& input,
    const std::string& layout,
    const std::string& split,
    const std::filesystem::path& splits);

} // namespace guidino::engine
