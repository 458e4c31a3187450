// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/datasets/nnunet_plan.h"

#include <array>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// nnU-Net's plans.json, dataset.json and splits_final.json as values, and a 2D configuration of
/// them as one of ours (BASELINES.md §7).
namespace guidino::datasets {

/// What dataset.json says of labels and channels. A label that is a list of several is a region.
struct NnunetLabels
{
    std::vector<std::string> channels;                            ///< names in their order
    std::vector<std::pair<std::string, std::vector<int>>> labels; ///< in the file's order, with the
                                                                  ///< background
    std::vector<int> regionsClassOrder;                           ///< where there are regions
    int ignoreLabel = -1;                                         ///< -1: none
    std::string fileEnding = ".png";

    [[nodiscard]] bool hasRegions() const;

    /// What is predicted and scored, without background and ignore: a label each, or the labels of
    /// each region.
    [[nodiscard]] std::vector<std::vector<int>> foreground() const;
};

/// BadInput names the file and what is wrong in it.
[[nodiscard]] Result<NnunetLabels> readNnunetLabels(const std::filesystem::path& datasetJson);
[[nodiscard]] Result<NnunetLabels>
parseNnunetLabels(const std::string& text, const std::string& sourceName);

/// A 2D configuration of a plans file.
struct NnunetModelPlan
{
    std::string datasetName;
    std::string plansName;
    std::string configuration = "2d";
    AxisPair patch{};
    std::int64_t batch = 2;
    bool batchDice = true;
    bool isResidual = false;
    bool convBias = true;
    std::vector<std::int64_t> features;
    std::vector<AxisPair> strides;
    std::vector<AxisPair> kernels;
    std::vector<std::int64_t> blocks;
    std::vector<std::int64_t> decoderConvs;
    std::vector<std::string> schemes; ///< of normalisation, by channel
    std::vector<bool> useMask;
    std::vector<std::array<double, 4>> intensities; ///< by channel: mean, std, 0.5 %, 99.5 %
    std::array<double, 2> spacing = {1, 1};  ///< [vertical, horizontal]; that of the files is 1
    std::string dataIdentifier;              ///< folder of the preprocessed data
    std::vector<std::string> configurations; ///< all of the file
};

/// Follows `inherits_from`. BadInput: no plans of nnU-Net 2; a configuration that is not there
/// (says which are) or not 2D; a network other than its two U-Nets.
[[nodiscard]] Result<NnunetModelPlan>
readNnunetPlan(const std::filesystem::path& plansJson, const std::string& configuration = "2d");

/// How long to train.
struct NnunetSchedule
{
    int epochs = 1000;
    int iterations = 250; ///< of one epoch
};

/// One of our configurations (JSON) that trains and predicts as nnU-Net does: system nnunet or
/// nnunet-resenc, patches, SGD, deep supervision, windows, mirroring, and all that the plan says of
/// images (core/nn/data/image_plan.h). Patches are at least 32 pixels high and wide. BadInput:
/// other channels than the plans name, an unknown normalisation.
[[nodiscard]] Result<std::string> configOfNnunetPlan(
    const NnunetModelPlan& plan, const NnunetLabels& labels, const NnunetSchedule& schedule);

/// Case names of one fold.
struct NnunetFold
{
    std::vector<std::string> train;
    std::vector<std::string> val;
};

/// splits_final.json. BadInput.
[[nodiscard]] Result<std::vector<NnunetFold>>
readNnunetSplits(const std::filesystem::path& splitsJson);

} // namespace guidino::datasets
