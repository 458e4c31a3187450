// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace guidino::datasets {

/// Which images and masks belong together, as positions in the two given lists.
struct Pairing
{
    /// Positions of an image and its mask.
    struct Pair
    {
        std::size_t image = 0;
        std::size_t mask = 0;

        friend bool operator==(const Pair&, const Pair&) = default;
    };

    std::vector<Pair> pairs;               ///< ascending by image; one to one
    std::vector<std::size_t> lonelyImages; ///< ascending
    std::vector<std::size_t> lonelyMasks;  ///< ascending
};

/// The one pairing rule of the product. Only file stems count, in this order:
///   1. the same stem (exact, then ignoring case);
///   2. equal after one word is dropped from one of the two (`x` / `x_mask`, `x` /
///      `x_segmentation`, `gt_x` / `x`);
///   3. equal after one word is dropped from each (`x_fram` / `x_mask`, `x_img` / `x_gt`).
/// A word stands at the start or the end, is set off by `_`, `-`, `.` or a space, and holds no
/// digit: numbers name things and are never dropped. Where several candidates are left in step 2,
/// masks named like masks come first, then the order of names; in step 3 a name that is not unique,
/// or a word that is used on both sides (`left_1` / `right_1`), pairs nothing. One to one. The same
/// input gives the same pairs in whatever order it is listed.
[[nodiscard]] Pairing pairByName(
    std::span<const std::filesystem::path> images, std::span<const std::filesystem::path> masks);

/// For one folder that holds both: tells masks from images by a word that masks carry (`mask`,
/// `gt`, `segmentation` ... or any word W for which `x_W` stands beside `x` more often than not),
/// and returns positions in `files`: `pairs` as above, files that are nobody's mask are images.
/// Where nothing pairs, all files are images.
[[nodiscard]] Pairing pairInOneFolder(std::span<const std::filesystem::path> files);

/// The name without folder and extension; `.nii.gz` counts as one extension.
[[nodiscard]] std::string stemOf(const std::filesystem::path& file);

/// Whether a word says "this is a mask": mask, gt, seg, segmentation, label, annotation ...
[[nodiscard]] bool isMaskWord(std::string_view word);

} // namespace guidino::datasets
