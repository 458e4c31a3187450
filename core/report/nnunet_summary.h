// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace guidino::report {

/// What nnU-Net's own evaluation compares: two folders of label images with equal names, whose
/// pixels are label numbers.
struct NnunetEvaluation
{
    std::filesystem::path predictions;
    std::filesystem::path references;
    std::vector<int> labels; ///< foreground labels
    /// Labels taken together (nnU-Net's regions), scored beside them under keys such as "(1, 2)".
    std::vector<std::vector<int>> regions;
    std::vector<std::string> names; ///< file names to compare; empty: all references
    int ignoreLabel = -1;           ///< pixels of this reference label do not count; -1: none

    /// Labels and regions of what datasets::NnunetLabels::foreground() gives.
    void addForeground(const std::vector<std::vector<int>>& groups);
};

/// The numbers of one label in one case (BASELINES.md §7.8).
struct NnunetCounts
{
    std::int64_t truePositive = 0;
    std::int64_t falsePositive = 0;
    std::int64_t falseNegative = 0;
    std::int64_t trueNegative = 0;

    [[nodiscard]] double dice() const; ///< NaN where the label is in neither
    [[nodiscard]] double iou() const;  ///< NaN where the label is in neither
};

/// A summary.json and the number that models are chosen by.
struct NnunetSummary
{
    std::string text;
    double dice = 0; ///< foreground_mean; NaN where a label is in no case
};

/// As nnunetSummary().
[[nodiscard]] Result<NnunetSummary> summarise(const NnunetEvaluation& evaluation);

/// nnU-Net 2.8's summary.json: foreground_mean, mean, metric_per_case. Undefined values are written
/// as NaN, as Python does, so that its tools read them. BadInput (names the file: damaged, of
/// another size, no reference, a reference without a prediction), NotFound.
[[nodiscard]] Result<std::string> nnunetSummary(const NnunetEvaluation& evaluation);

} // namespace guidino::report
