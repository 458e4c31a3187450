// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace guidino::datasets {

/// Called with what is done and the whole; from one thread at a time, not always the caller's.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

/// One image of a data set, with its mask where it has one.
struct Sample
{
    std::string name; ///< path of the image below the root, with `/`: unique in the data set
    std::string stem; ///< name of outputs; not unique across splits (TN3K numbers both from 0000)
    std::filesystem::path image;
    std::filesystem::path mask; ///< empty: no mask
    std::vector<std::filesystem::path>
        moreChannels;  ///< nnU-Net: files of channels 1, 2 ... beside `image`
    std::string group; ///< stays together in splits; empty: a group of its own
    std::string split; ///< train, val, test, or empty where the folders do not say
};

/// Something wrong with one file; never stops the rest. Kinds: unpaired_image, unpaired_mask,
/// unreadable, unsupported, wrong_extension, size_mismatch, unknown_value, mixed_convention,
/// empty_mask, duplicate, near_duplicate, black_border, burned_in_text, split.
struct Problem
{
    std::string file; ///< path below the root where it lies there
    std::string kind;
    std::string message;

    /// Makes the file unusable for training. The other kinds are warnings.
    [[nodiscard]] bool isError() const;
};

/// A class that masks mark. Index 0 is the background.
struct ClassInfo
{
    int index = 0;
    std::string name;
    std::array<std::uint8_t, 3> color{}; ///< RGB
    bool isMaskColor = false; ///< masks paint the class in this colour; else it is for display only

    friend bool operator==(const ClassInfo&, const ClassInfo&) = default;
};

/// What openDataset() found: names only, no file's content was read but JSON and lists.
struct Dataset
{
    std::string layout; ///< one of layoutNames()
    std::filesystem::path root;
    std::vector<Sample> samples;     ///< sorted by name, numbers by value
    std::vector<std::string> splits; ///< those present, in the order train, val, test
    std::vector<std::filesystem::path> lonelyMasks; ///< masks without an image
    std::vector<Problem> problems;
    std::vector<ClassInfo> classes; ///< from dataset.json, labels.json or classes.txt; else empty
    std::size_t imageCount = 0;     ///< images found
    std::size_t maskCount = 0;      ///< masks found, paired or not

    /// Positions of the samples of a split; of all for an empty name.
    [[nodiscard]] std::vector<std::size_t> indicesOf(std::string_view split) const;

    [[nodiscard]] std::size_t pairCount() const;

    /// Positions of the samples that have a mask.
    [[nodiscard]] std::vector<std::size_t> pairs() const;
};

/// What is asked of a data set instead of found.
struct OpenOptions
{
    std::string layout;           ///< empty: find it. Else one of layoutNames()
    std::filesystem::path images; ///< folder of images, below the root or absolute; empty: find it
    std::filesystem::path masks;  ///< folder of masks, below the root or absolute; empty: find it
    int fold = 0; ///< TN3K: which `tn3k-trainval-fold*.json` tells train from val; -1: none
};

/// kvasir, isic2017, tn3k, segdino, nnunet, folders (images and masks side by side), flat (one
/// folder with suffixes), plain (images without masks), file (a single image).
[[nodiscard]] const std::vector<std::string>& layoutNames();

/// Finds images and masks below a folder, or opens a single image file.
/// NotFound: no such folder. BadInput: it cannot be read, holds no images, or is not of the layout
/// asked for. Usage: unknown layout name. Single files that fit nowhere become problems.
[[nodiscard]] Result<Dataset>
openDataset(const std::filesystem::path& root, const OpenOptions& options = {});

/// The image files right in a folder, sorted with numbers by value. NotFound, BadInput.
[[nodiscard]] Result<std::vector<std::filesystem::path>>
listImages(const std::filesystem::path& folder);

/// By extension: png, jpg, jpeg, jpe, jfif, tif, tiff, bmp, webp in any case.
[[nodiscard]] bool isImageFile(const std::filesystem::path& file);

/// Order of names in which numbers compare by value: 2 before 10.
[[nodiscard]] bool naturalLess(std::string_view a, std::string_view b);

} // namespace guidino::datasets
