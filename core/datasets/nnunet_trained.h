// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/datasets/nnunet_folders.h"

#include <filesystem>
#include <string>
#include <vector>

/// What `guidino nnunet train` leaves of one configuration, to predict with.
namespace guidino::datasets {

inline constexpr const char* kNnunetFinal = "checkpoint_final";
inline constexpr const char* kNnunetBest = "checkpoint_best";

/// One fold and the models that are there of it.
struct NnunetTrainedFold
{
    NnunetFoldName name;
    bool hasFinal = false;
    bool hasBest = false;

    [[nodiscard]] bool has(const std::string& checkpoint) const
    {
        return checkpoint == kNnunetFinal ? hasFinal : checkpoint == kNnunetBest && hasBest;
    }
};

/// RESULTS/DatasetNNN_Name/TRAINER__PLANS__CONFIGURATION.
struct NnunetTrained
{
    std::filesystem::path folder;
    std::string fileEnding;               ///< of the images that it was trained on, such as .png
    std::vector<NnunetTrainedFold> folds; ///< 0, 1 ..., then "all"; each with one model at least
};

/// Looks at such a folder. NotFound: there is none. BadInput: it is none, with what is missing in
/// it and, where another folder near it seems to be meant, with that one's name.
[[nodiscard]] Result<NnunetTrained> readNnunetTrained(const std::filesystem::path& folder);

/// Folders of the models of these folds; without any, of all that have the checkpoint but "all",
/// which is a model of its own and taken only where no other is there. NotFound names a model that
/// is not there.
[[nodiscard]] Result<std::vector<std::filesystem::path>> nnunetModelsOf(
    const NnunetTrained& trained,
    const std::vector<NnunetFoldName>& folds,
    const std::string& checkpoint);

/// The cases of a folder to predict: as listNnunetImages(); where no file is named so, each image
/// file of any kind is a case that has its stem as its name. BadInput: no image, or two of one
/// stem.
[[nodiscard]] Result<std::vector<NnunetCaseFiles>>
listNnunetInputs(const std::filesystem::path& folder, const std::string& fileEnding);

} // namespace guidino::datasets
