// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/options.h"
#include "core/base/result.h"
#include "core/datasets/nnunet_folders.h"
#include "core/datasets/nnunet_model_plan.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// Where things of one data set lie in nnU-Net's folders, for the `nnunet` subcommands.
namespace guidino::cli {

/// Options of all of them.
struct NnunetPlaceOptions
{
    datasets::NnunetFolders folders;
    std::string dataset; ///< name or number
};

/// --raw, --preprocessed, --results.
void addNnunetFolders(CLI::App& parser, datasets::NnunetFolders& folders);

/// One data set's folders.
struct NnunetPlace
{
    datasets::NnunetFolders folders;
    std::string name; ///< DatasetNNN_Name

    [[nodiscard]] std::filesystem::path raw() const { return folders.raw / name; }

    [[nodiscard]] std::filesystem::path preprocessed() const { return folders.preprocessed / name; }

    [[nodiscard]] std::filesystem::path results() const { return folders.results / name; }

    [[nodiscard]] std::filesystem::path references() const
    {
        return preprocessed() / "gt_segmentations";
    }

    [[nodiscard]] std::filesystem::path model(const datasets::NnunetModelName& model) const
    {
        return results() / model.folderName();
    }
};

/// Usage: a folder is named neither by option nor by environment. NotFound, BadInput: the data set.
[[nodiscard]] Result<NnunetPlace> findPlace(const NnunetPlaceOptions& options);

/// NotFound: what is looked for among a data set's models, which ones are there, and how to train
/// one.
[[nodiscard]] Error noModel(const std::filesystem::path& results, const std::string& what);

/// Index and name of each class, without the background.
using NnunetClasses = std::vector<std::pair<int, std::string>>;

/// BadInput: label numbers with gaps, which a softmax has no outputs for.
[[nodiscard]] Result<NnunetClasses>
classesOf(const datasets::NnunetLabels& labels, const std::filesystem::path& source);

} // namespace guidino::cli
