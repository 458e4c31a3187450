// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/label_map.h"
#include "core/base/raster.h"
#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// How well a segmentation agrees with a reference. Values that are not defined are nullopt, never
/// NaN. Distances are in pixels, or in millimetres where a spacing is given. Any thread.
namespace guidino::metrics {

/// What "HD95" means (BASELINES section 9).
enum class Hd95Definition {
    Pooled,   ///< MedPy: 95th percentile of both directions' border distances together
    Max,      ///< MONAI: the larger of the two directions' 95th percentiles
    DeepMind, ///< surface-distance: contour nodes weighted by contour length, the larger direction
    GuiDino,  ///< GuiDINO's evaluation: pooled, but distance to the other *filled* mask
};

/// "pooled", "max", "deepmind", "guidino".
[[nodiscard]] const char* nameOf(Hd95Definition definition);
/// Usage names the four.
[[nodiscard]] Result<Hd95Definition> hd95DefinitionFrom(std::string_view name);

/// What a "surface" is in the normalised surface distance.
enum class NsdDefinition {
    Pixels,        ///< MONAI: share of border pixels within the tolerance
    ContourLength, ///< DeepMind: share of contour length
};

/// How the average symmetric surface distance is averaged.
enum class AssdDefinition {
    Pooled,      ///< MedPy 0.5.2, MONAI: mean of all border distances of both directions
    MeanOfMeans, ///< MedPy 0.4: mean of the two directions' means
};

/// What happens to pairs with an empty mask. DSC and IoU of a pair with one empty mask are 0
/// anyway.
enum class EmptyPolicy {
    /// What is 0/0 or has no border is nullopt and left out of means: the distances where one mask
    /// is
    /// empty, everything where both are.
    Null,
    /// One empty: distances are the image's diagonal, NSD 0. Both: DSC, IoU and NSD 1, distances 0.
    Penalise,
    /// Everything of a pair with an empty mask is nullopt and left out of means.
    Drop,
};

/// "null", "penalise", "drop".
[[nodiscard]] const char* nameOf(EmptyPolicy policy);
[[nodiscard]] Result<EmptyPolicy> emptyPolicyFrom(std::string_view name);

/// Which mask of a pair has no pixel of the class.
enum class EmptyCase { None, PredictionEmpty, ReferenceEmpty, BothEmpty };

/// "none", "prediction", "reference", "both".
[[nodiscard]] const char* nameOf(EmptyCase emptyCase);

/// Pixels by what was predicted and what is right.
struct ConfusionCounts
{
    std::int64_t tp = 0;
    std::int64_t fp = 0;
    std::int64_t fn = 0;
    std::int64_t tn = 0;

    /// 2TP / (2TP + FP + FN); nullopt where both are empty.
    [[nodiscard]] std::optional<double> dsc() const;
    /// TP / (TP + FP + FN); nullopt where both are empty.
    [[nodiscard]] std::optional<double> iou() const;
    /// TP / (TP + FP); nullopt without a predicted pixel.
    [[nodiscard]] std::optional<double> precision() const;
    /// TP / (TP + FN); nullopt without a reference pixel.
    [[nodiscard]] std::optional<double> recall() const;
    /// TN / (TN + FP); nullopt without a background pixel.
    [[nodiscard]] std::optional<double> specificity() const;
    [[nodiscard]] EmptyCase emptyCase() const;

    ConfusionCounts& operator+=(const ConfusionCounts& other);
    friend bool operator==(const ConfusionCounts&, const ConfusionCounts&) = default;
};

/// Which definitions hold; a report prints them all.
struct MetricOptions
{
    Hd95Definition hd95 = Hd95Definition::Pooled;
    AssdDefinition assd = AssdDefinition::Pooled;
    NsdDefinition nsd = NsdDefinition::Pixels;
    /// In pixels, or millimetres with a spacing.
    double nsdTolerance = 2.0;
    /// nullopt: distances in pixels.
    std::optional<SpacingMm> spacingMm;
    EmptyPolicy emptyPolicy = EmptyPolicy::Null;
    /// Pixels where the reference has this value count for nothing.
    std::optional<std::uint8_t> ignoreLabel = kIgnoreLabel;
    /// false: counts, DSC, IoU, precision and recall only.
    bool withDistances = true;
    /// Of the distances, which are computed: hd95 and hd100, assd, nsd. The others stay nullopt.
    bool withHausdorff = true;
    bool withAssd = true;
    bool withNsd = true;
};

/// One class of one prediction against its reference. hd95 and hd100 follow the chosen HD95
/// definition; assd is of border pixels; nsd follows its own definition.
struct PairMetrics
{
    ConfusionCounts counts;
    EmptyCase emptyCase = EmptyCase::None;
    std::optional<double> dsc;
    std::optional<double> iou;
    std::optional<double> precision;
    std::optional<double> recall;
    std::optional<double> hd95;
    std::optional<double> hd100;
    std::optional<double> assd;
    std::optional<double> nsd;
};

/// Pixels whose value is `classIndex` against all others. Both [H, W, 1], of one size (sizes that
/// differ are the caller's mistake and give empty metrics).
[[nodiscard]] PairMetrics evaluatePair(
    const Raster8& prediction,
    const Raster8& reference,
    int classIndex = 1,
    const MetricOptions& options = {});
[[nodiscard]] PairMetrics evaluatePair(
    const LabelMap& prediction,
    const LabelMap& reference,
    int classIndex = 1,
    const MetricOptions& options = {});

/// evaluatePair() for each of the classes.
[[nodiscard]] std::vector<PairMetrics> evaluateClasses(
    const Raster8& prediction,
    const Raster8& reference,
    std::span<const int> classIndices,
    const MetricOptions& options = {});

/// Counts alone; pixels where the reference has `ignoreLabel` are left out.
[[nodiscard]] ConfusionCounts countConfusion(
    const Raster8& prediction,
    const Raster8& reference,
    int classIndex = 1,
    std::optional<std::uint8_t> ignoreLabel = kIgnoreLabel);

} // namespace guidino::metrics
