// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/geometry.h"
#include "core/base/result.h"
#include "core/metrics/segmentation_metrics.h"
#include "core/report/statistics.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Predictions against references, folder against folder: what `guidino evaluate` does.
namespace guidino::report {

/// What to compare, and how.
struct EvaluateSpec
{
    /// A predict folder (its `masks/` is used) or any folder of masks.
    std::filesystem::path predictions;
    /// A folder of masks, or the root of a data set.
    std::filesystem::path references;
    /// Where summary.json and metrics.csv go; empty: nowhere.
    std::filesystem::path out;
    /// Soft maps to judge by themselves (STEM.npy, else STEM.png), or a predict folder; empty:
    /// none.
    std::filesystem::path guides;
    /// A splits.json; only the images of its list `splitName` count. Empty: all. Without a file,
    /// `splitName` is a split of the data set's own folders.
    std::filesystem::path splits;
    std::string splitName;
    /// Predictions and references are brought to this size (nearest pixel); nullopt: native.
    std::optional<Size> size;
    /// With background; 0: as the masks say.
    int classCount = 0;
    /// Grey masks: foreground is brighter.
    int maskThreshold = 127;
    metrics::MetricOptions metrics;
    /// Of metricNames(): what is computed and reported; the rest is null. Empty: all.
    std::vector<std::string> wanted;
    BootstrapOptions bootstrap;
    /// 0: as many as there are processors.
    int threads = 0;
    CancelToken cancel;
};

/// How well a soft map finds the object by itself (union of the foreground classes).
struct GuideScore
{
    std::optional<double> auroc;
    std::optional<double> bestDsc;
    std::optional<double> bestThreshold;
    std::optional<bool> isHit; ///< the map's maximum lies inside the object
};

/// One image.
struct CaseResult
{
    std::string name; ///< stem of the reference's image or, without one, of the prediction
    std::filesystem::path prediction;
    std::filesystem::path reference;
    Size size; ///< at which it was compared
    std::map<int, metrics::PairMetrics> classes;
    std::optional<GuideScore> guide;

    /// Mean over the classes where it is defined. `metric`: dsc, iou, hd95, hd100, assd, nsd,
    /// precision, recall.
    [[nodiscard]] std::optional<double> mean(const std::string& metric) const;
};

/// A file that could not be compared.
struct CaseFailure
{
    std::string file;
    std::string kind; ///< unreadable, size_mismatch, unknown_value, missing_reference ...
    std::string message;
};

/// Pairs with empty masks, over all classes.
struct EmptyCounts
{
    std::size_t prediction = 0;
    std::size_t reference = 0;
    std::size_t both = 0;
};

/// All that was measured.
struct Evaluation
{
    std::vector<CaseResult> cases;     ///< sorted by name, numbers by value
    std::vector<CaseFailure> failures; ///< not empty: exit code 3
    /// References without a prediction: images that were not predicted. A warning.
    std::vector<std::string> unpredicted;
    std::vector<int> classIndices;
    EmptyCounts empty;
    std::string predictionMasks; ///< convention found, such as "0/255"
    std::string referenceMasks;

    /// A metric of all cases: of one class, or (0) of the case's mean over classes.
    [[nodiscard]] std::vector<std::optional<double>>
    column(const std::string& metric, int classIndex = 0) const;

    /// Mean over the classes of each class's mean over the images where it is defined.
    [[nodiscard]] std::optional<double> mean(const std::string& metric) const;
};

/// dsc, iou, hd95, assd, nsd, precision, recall, hd100: the columns of metrics.csv.
[[nodiscard]] const std::vector<std::string>& metricNames();
[[nodiscard]] std::optional<double>
valueOf(const metrics::PairMetrics& metrics, const std::string& metric);

/// Compares what pairs by name and writes `out`. Files that cannot be compared end up in
/// `failures`; the rest goes on. NotFound: a folder is not there. BadInput: nothing pairs, or no
/// mask is readable. Usage: a list that the splits file does not have, a metric that is unknown. CannotWrite, Cancelled.
[[nodiscard]] Result<Evaluation> evaluateFolders(const EvaluateSpec& spec);

/// Writes summary.json and metrics.csv into spec.out. evaluateFolders() does it already.
[[nodiscard]] Status writeEvaluation(const EvaluateSpec& spec, const Evaluation& evaluation);

/// A table for a terminal: mean and 95 % interval of each metric, counts, warnings.
[[nodiscard]] std::string describe(const EvaluateSpec& spec, const Evaluation& evaluation);

} // namespace guidino::report
