// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/datasets/dataset.h"
#include "core/datasets/nnunet_model_plan.h"
#include "core/datasets/nnunet_plan.h"

#include <array>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// nnU-Net's preparation of a 2D data set (BASELINES.md §7.1-7.4): what its fingerprint measures
/// and the files that nnU-Net 2.8 reads.
namespace guidino::datasets {

/// Intensities of the foreground of one channel, each case weighing the same.
struct NnunetIntensities
{
    double mean = 0;
    double median = 0;
    double std = 0;
    double min = 0;
    double max = 0;
    double percentile005 = 0; ///< 0.5 %
    double percentile995 = 0;
};

/// Of all cases with a label.
struct NnunetFingerprint
{
    std::vector<std::string> cases;             ///< sorted
    std::vector<std::array<int, 2>> shapes;     ///< [height, width] after cropping, by case
    std::vector<NnunetIntensities> intensities; ///< by channel
    double relativeSize = 1;                    ///< median of pixels after cropping / before

    [[nodiscard]] std::array<double, 2> medianShape() const;
};

/// What dataset.json says. For data in another layout it is made: channels R, G, B and the classes
/// of its masks.
struct NnunetDescription
{
    std::string name = "Dataset001_Images";
    NnunetLabels labels;
};

struct NnunetOptions
{
    NnunetPlanner planner = NnunetPlanner::Plain;
    double memoryGb = 0; ///< 0: the planner's own
    std::string name;    ///< DatasetNNN_Name; empty: of the folder, else Dataset001_Images
    std::vector<std::string> channels; ///< names instead of those of dataset.json
    int threshold = 127;               ///< of grey masks
    int threads = 2;
};

/// Everything that `guidino nnunet plan` decides.
struct NnunetExperiment
{
    NnunetDescription description;
    NnunetFingerprint fingerprint;
    NnunetPlan plan;
    std::vector<std::string> schemes; ///< of normalisation, by channel
    std::vector<bool> useMask;        ///< by channel

    /// plans.json, dataset.json, dataset_fingerprint.json, splits_final.json of nnU-Net 2.8.
    [[nodiscard]] std::string plansJson() const;
    [[nodiscard]] std::string datasetJson() const;
    [[nodiscard]] std::string fingerprintJson() const;
    [[nodiscard]] std::string splitsJson() const;

    [[nodiscard]] std::string plansName() const; ///< such as nnUNetPlans

    NnunetPlanner planner = NnunetPlanner::Plain;
};

/// Reads every image that has a mask once, in parallel. NotFound, BadInput (names the file; a
/// dataset.json that is not nnU-Net's; no case with a label), Cancelled, OutOfMemory.
[[nodiscard]] Result<NnunetExperiment> planNnunet(
    const Dataset& dataset,
    const NnunetOptions& options = {},
    const CancelToken& cancel = {},
    const Progress& progress = {});

/// nnU-Net's name of a planner's plans: nnUNetPlans, nnUNetResEncUNetMPlans ...
[[nodiscard]] std::string plansNameOf(NnunetPlanner planner);

/// nnU-Net's scheme of a channel by its name: CTNormalization, NoNormalization,
/// RescaleTo01Normalization, RGBTo01Normalization, else ZScoreNormalization.
[[nodiscard]] std::string nnunetScheme(const std::string& channel);

} // namespace guidino::datasets
