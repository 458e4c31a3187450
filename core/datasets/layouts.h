// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/datasets/dataset.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// The finders of the layouts; used by openDataset() alone.
namespace guidino::datasets::layouts {

using Path = std::filesystem::path;

/// What lies right in a folder, hidden files left out, sorted with numbers by value.
struct Listing
{
    std::vector<Path> folders;
    std::vector<Path> images; ///< files with an image extension
    std::vector<Path> others; ///< other files
};

/// BadInput with the system's reason.
[[nodiscard]] Result<Listing> list(const Path& folder);

/// The image files in a folder and below it. BadInput.
[[nodiscard]] Result<std::vector<Path>> listDeep(const Path& folder);

/// Lower case without separators: "Ground_Truth" -> "groundtruth".
[[nodiscard]] std::string plainName(const Path& path);

/// train, val or test for the names that folders have (training, valid, dev ...), else empty.
[[nodiscard]] std::string splitNamed(std::string_view plain);

/// A folder of images and its folder of masks (empty: none).
struct FolderPair
{
    Path images;
    Path masks;
};

/// The two folders among those of a listing whose names say images and masks. Empty where none.
[[nodiscard]] FolderPair folderPairOf(const Listing& listing);

/// Pairs two folders, subfolder by subfolder, and adds what it finds. Subfolders named like splits
/// set the split where `split` is empty.
[[nodiscard]] Status addFolders(Dataset& dataset, const FolderPair& folders, std::string split);

/// Pairs files of one folder by suffixes, and of each folder below it where `deep`.
[[nodiscard]] Status addFlat(Dataset& dataset, const Path& folder, std::string split, bool deep);

/// Pairs two lists and adds them.
void addLists(
    Dataset& dataset,
    const std::vector<Path>& images,
    const std::vector<Path>& masks,
    const std::string& split);

[[nodiscard]] Status addIsic(Dataset& dataset, const Listing& listing);
[[nodiscard]] Status addTn3k(Dataset& dataset, const Listing& listing, int fold);
[[nodiscard]] Status addNnunet(Dataset& dataset, const Listing& listing);

/// {train,valid,test}/ with images and masks in two folders or one.
[[nodiscard]] Status addSplitFolders(Dataset& dataset, const Listing& listing);

/// Classes from dataset.json, labels.json, classes.json, classes.txt, labels.txt or labelmap.txt.
void readClasses(Dataset& dataset);

/// The path below the root with `/`; the whole path where it lies elsewhere.
[[nodiscard]] std::string nameBelow(const Path& root, const Path& file);

} // namespace guidino::datasets::layouts
