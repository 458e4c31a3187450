// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/engine/runtime.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace guidino::nn {
struct Pack;
struct PreprocessingConfig;
} // namespace guidino::nn

/// Internal to the engine: `guidino predict`. Without imaging only packs are read.
namespace guidino::engine {

struct LoadedImage;

/// Predicts a file, a folder, a data set or a pack into O/masks, O/guide, O/probability, O/overlay
/// and O/predictions.json. While it runs O/predictions.part.jsonl has a line for each image that is
/// done; a run that finds one of the same model and settings does not predict those again. A file that cannot be read becomes a failure of the outcome; the rest
/// goes on. Errors: those of opening model and input, Cancelled (with what was done so far in
/// predictions.json), CannotWrite, memory.
[[nodiscard]] Result<PredictOutcome>
predictFolder(const PredictRequest& request, JobContext& context);

/// One image of an input and the name of its outputs.
struct InputImage
{
    std::filesystem::path file; ///< of a pack: the pack
    std::string stem;           ///< unique in the list
    std::string name;           ///< path below the input, or the pack's name of it
    std::int64_t packed = -1;   ///< position in the pack
};

/// The images of an input, and the pack where they lie in one.
struct InputSet
{
    std::vector<InputImage> images;
    std::shared_ptr<const nn::Pack> pack;
};

/// Images of a file, folder, data set or pack, of one split where `split` names one.
[[nodiscard]] Result<InputSet> listInput(
    const std::filesystem::path& input,
    const std::string& layout,
    const std::string& split,
    const std::filesystem::path& splits);

/// Reads one of them. A pack's images are as they were packed: native size is the pack's.
[[nodiscard]] Result<LoadedImage> loadInput(
    const InputSet& input, std::size_t position, const nn::PreprocessingConfig& preprocessing);

} // namespace guidino::engine
