// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/label_map.h"
#include "core/report/statistics.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Two models on the same images: what changed, by how much, and whether a new model may take the
/// place of the old one. Values only; any thread.
namespace guidino::report {

/// How well a prediction agrees with its reference, as one pair of figures.
struct CaseScore
{
    double dsc = 0;  ///< [0, 1]
    double hd95 = 0; ///< pixels, pooled definition

    friend bool operator==(const CaseScore&, const CaseScore&) = default;
};

/// Mean over the foreground classes that the reference or the prediction has. A class that only one
/// of them has counts with DSC 0 and the image's diagonal; where both are empty the case is right:
/// DSC 1, HD95 0. Pixels to be ignored in the reference count for nothing. nullopt where the sizes
/// differ.
[[nodiscard]] std::optional<CaseScore>
scoreOf(const LabelMap& prediction, const LabelMap& reference);

/// One image.
struct ModelCase
{
    std::int64_t image = 0;
    std::string name;
    std::optional<CaseScore> a;
    std::optional<CaseScore> b;
    /// The reference began as a prediction of one of the two models or of a model that one descends
    /// from: judging by it would be judging a model by itself.
    bool isFromModel = false;

    /// After - before: above 0 is better for DSC, below 0 for HD95. nullopt until both are scored.
    [[nodiscard]] std::optional<double> dscChange() const;
    [[nodiscard]] std::optional<double> hd95Change() const;
};

struct ModelComparisonOptions
{
    bool countsOwnCases = false; ///< also those that are `isFromModel`
    BootstrapOptions bootstrap;
};

/// One model's DSC over the cases that count.
struct ModelSummary
{
    Summary dsc;
    Interval interval; ///< of the mean; equal ends for one case
    double hd95Mean = 0;
    double hd95Median = 0;
};

/// What a comparison found.
struct ModelComparison
{
    std::size_t counted = 0;  ///< cases that both models were scored on and that count
    std::size_t leftOut = 0;  ///< because they are `isFromModel`
    std::size_t unscored = 0; ///< not predicted by both, or not readable
    std::optional<ModelSummary> a;
    std::optional<ModelSummary> b;
    std::optional<PairedComparison> dsc; ///< from two cases on
    std::optional<PairedComparison> hd95;
    std::vector<std::size_t> better; ///< indexes of cases by DSC, the largest change first
    std::vector<std::size_t> worse;
};

[[nodiscard]] ModelComparison
compareModels(std::span<const ModelCase> cases, const ModelComparisonOptions& options = {});

/// Whether a model may take the place of another.
struct GateVerdict
{
    double limit = 0;
    std::size_t checked = 0;            ///< cases that it was decided by
    std::size_t leftOut = 0;            ///< because they are `isFromModel`
    std::size_t unscored = 0;           ///< nothing is decided while there are some
    std::vector<std::size_t> offenders; ///< indexes, the largest drop first
    double largestDrop = 0;             ///< of DSC; 0 where none dropped

    /// Every case was looked at and none drops by more than the limit. Without a case nothing was
    /// shown, which is no pass.
    [[nodiscard]] bool isPassed() const
    {
        return checked > 0 && unscored == 0 && offenders.empty();
    }
};

/// `a` is the model in use, `b` the one that wants its place. A drop of just the limit passes.
[[nodiscard]] GateVerdict judgeGate(std::span<const ModelCase> cases, double limit);

} // namespace guidino::report
