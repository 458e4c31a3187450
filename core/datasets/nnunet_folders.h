// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/datasets/nnunet_model_plan.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

/// nnU-Net's three folders and the names in them (BASELINES.md §7.1, §7.4).
namespace guidino::datasets {

/// Where raw data, preprocessed data and results lie; empty where nothing was said.
struct NnunetFolders
{
    std::filesystem::path raw;
    std::filesystem::path preprocessed;
    std::filesystem::path results;
};

/// The environment's nnUNet_raw, nnUNet_preprocessed and nnUNet_results for those that are empty.
void completeFromEnvironment(NnunetFolders& folders);

/// The name DatasetNNN_Name that a number ("4", "004") or the name itself means, in any of the
/// folders. NotFound says what is there; BadInput: several have the number.
[[nodiscard]] Result<std::string>
findNnunetDataset(const NnunetFolders& folders, const std::string& nameOrNumber);

/// A trained model's folder below results/DatasetNNN_Name: TRAINER__PLANS__CONFIGURATION.
struct NnunetModelName
{
    std::string configuration = "2d";
    std::string plans = "nnUNetPlans";
    std::string trainer = "nnUNetTrainer";

    [[nodiscard]] std::string folderName() const;
    friend bool operator==(const NnunetModelName&, const NnunetModelName&) = default;
};

/// The parts of such a name. BadInput.
[[nodiscard]] Result<NnunetModelName> parseNnunetModelName(const std::string& folderName);

/// "all" or a number from 0.
struct NnunetFoldName
{
    int number = 0; ///< −1: all

    /// fold_0, fold_all.
    [[nodiscard]] std::string folderName() const;
    [[nodiscard]] std::string text() const; ///< 0, all
};

/// Usage.
[[nodiscard]] Result<NnunetFoldName> parseNnunetFold(const std::string& text);

/// "0_1_2_3_4", as in crossval_results_folds_0_1_2_3_4.
[[nodiscard]] std::string foldsText(const std::vector<NnunetFoldName>& folds);

/// One case: its channels' files in order and, for training, its label image.
struct NnunetCaseFiles
{
    std::string name;
    std::vector<std::filesystem::path> images;
    std::filesystem::path label; ///< empty: none
};

/// The cases of a raw data set: imagesTr with labelsTr, or those that dataset.json lists under
/// "dataset". Sorted as Python sorts texts. BadInput names cases without images or a label.
[[nodiscard]] Result<std::vector<NnunetCaseFiles>>
listNnunetTraining(const std::filesystem::path& dataset, const NnunetLabels& labels);

/// The cases of a folder of images CASE_0000.png, CASE_0001.png ... BadInput: none, or channels
/// missing between others.
[[nodiscard]] Result<std::vector<NnunetCaseFiles>>
listNnunetImages(const std::filesystem::path& folder, const std::string& fileEnding);

/// splits_final.json of sorted case names: five folds, fewer with fewer cases. BadInput below two.
[[nodiscard]] Result<std::string> nnunetSplitsJson(const std::vector<std::string>& cases);

/// The lists of a fold: of the file's, of all cases for "all", else four fifths drawn by the fold's
/// number, as nnU-Net does beyond the file's folds.
[[nodiscard]] NnunetFold foldOf(
    const std::vector<NnunetFold>& splits,
    const std::vector<std::string>& cases,
    const NnunetFoldName& fold);

} // namespace guidino::datasets
