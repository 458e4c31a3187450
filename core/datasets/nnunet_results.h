// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/datasets/dataset.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// Label images as nnU-Net keeps them (pixels are label numbers), and its post-processing
/// (BASELINES.md §7.7). Components are 8-connected; all of equally many pixels stay.
namespace guidino::datasets {

/// One step: pixels of these labels that are not in their largest component become background.
struct NnunetKeepLargest
{
    std::vector<int> labels; ///< taken together
    bool isRegion = false;   ///< a region of dataset.json, else single labels or all foreground

    friend bool operator==(const NnunetKeepLargest&, const NnunetKeepLargest&) = default;
};

using NnunetPostprocessing = std::vector<NnunetKeepLargest>;

/// `labels` after all steps in their order.
[[nodiscard]] Raster8 postprocessed(const Raster8& labels, const NnunetPostprocessing& steps);

/// What find-best found about one model, and how its predictions are to be finished.
struct NnunetChoice
{
    NnunetPostprocessing steps;
    double before = 0; ///< mean Dice of the foreground over all cases
    double after = 0;
};

/// Chooses steps on predictions whose references are known, as nnU-Net does: first the largest
/// component of all foreground, kept where the mean Dice rises and none of `foreground` gets worse;
/// then, with several, of each by itself where its own Dice rises. Files are PREDICTIONS/NAME and
/// REFERENCES/NAME. BadInput, NotFound name the file.
[[nodiscard]] Result<NnunetChoice> chooseNnunetPostprocessing(
    const std::filesystem::path& predictions,
    const std::filesystem::path& references,
    const std::vector<std::string>& names,
    const std::vector<std::vector<int>>& foreground,
    int threads = 2,
    const CancelToken& cancel = {});

/// Reads and writes {"postprocessing_fns": [...], "postprocessing_kwargs": [...]}. BadInput for a
/// function that is not known.
[[nodiscard]] std::string
postprocessingJson(const NnunetPostprocessing& steps, const std::filesystem::path& inputFolder);
[[nodiscard]] Result<NnunetPostprocessing>
readPostprocessing(const std::filesystem::path& postprocessingJson);

/// The same as the Python object that nnU-Net's apply_postprocessing reads (postprocessing.pkl).
[[nodiscard]] std::string postprocessingPickle(const NnunetPostprocessing& steps);

/// A label image: grey PNG of label numbers. NotFound, BadInput, CannotWrite.
[[nodiscard]] Result<Raster8> readLabelImage(const std::filesystem::path& file);
[[nodiscard]] Status writeLabelImage(const std::filesystem::path& png, const Raster8& labels);

/// Predicted masks MASKS/NAME.png (as `guidino predict` writes them) as label images OUT/NAME.png,
/// post-processed. `binaryLabel` above 0: any value above 0 is that label.
[[nodiscard]] Status writeLabelImages(
    const std::filesystem::path& masks,
    const std::filesystem::path& out,
    const std::vector<std::string>& names,
    int binaryLabel,
    const NnunetPostprocessing& steps = {});

/// The masks of a data set's samples as label images FOLDER/STEM.png, 255 written as `ignoreLabel`
/// (-1: left 255). BadInput names every file that cannot be read.
[[nodiscard]] Status writeReferences(
    const std::filesystem::path& folder,
    const Dataset& dataset,
    const std::vector<std::size_t>& samples,
    int threshold,
    int ignoreLabel,
    int threads);

} // namespace guidino::datasets
