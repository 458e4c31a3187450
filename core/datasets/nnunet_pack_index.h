// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/datasets/nnunet_folders.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// pack.json: what a folder of cases that `guidino nnunet train` preprocessed says of itself.
namespace guidino::datasets {

/// {"guidino_nnunet_pack": 1, "plan", "ignore", "classes": [{"index", "name"}, ...],
/// "ignore_label", "foreground": [[label, ...], ...], "references", "cases": [{"name", "key",
/// "images"}, ...]}
struct NnunetPackIndex
{
    struct Case
    {
        std::string name;
        std::string key; ///< hash of the files and the plan that it was made of
        std::vector<std::filesystem::path> images; ///< its channels in order
    };

    std::string plan; ///< hash of what all preprocessed images depend on
    std::vector<std::pair<int, std::string>> classes; ///< index and name, without the background
    bool hasIgnore = false;                           ///< some pixels count nowhere
    int ignoreLabel = -1;                             ///< their label in the references; −1: none
    std::vector<std::vector<int>> foreground;         ///< labels, or the labels of each region
    std::filesystem::path references;                 ///< folder of label images CASE.png
    std::vector<Case> cases;

    [[nodiscard]] const Case* find(const std::string& name) const;

    /// Whether it says what a validation of whole cases needs: packs that an older version made do
    /// not.
    [[nodiscard]] bool knowsFiles() const { return !references.empty() && !foreground.empty(); }
};

/// Whether the folder is such a pack, good or damaged.
[[nodiscard]] bool isNnunetPack(const std::filesystem::path& folder);

/// FOLDER/pack.json. NotFound, BadInput (damaged, of another version).
[[nodiscard]] Result<NnunetPackIndex> readNnunetPackIndex(const std::filesystem::path& folder);

/// `references` is written as seen from the folder, so that both may move together. CannotWrite.
[[nodiscard]] Status
writeNnunetPackIndex(const std::filesystem::path& folder, const NnunetPackIndex& index);

/// A case of the list with its image files. BadInput names cases that the pack does not hold.
[[nodiscard]] Result<std::vector<NnunetCaseFiles>> casesOfPack(
    const std::filesystem::path& folder,
    const NnunetPackIndex& index,
    const std::vector<std::string>& names);

} // namespace guidino::datasets
