// SPDX-License-Identifier: Apache-2.0
// The mask pairs of metrics_cases.json, as a case of `guidino verify` each.
#include "core/metrics/segmentation_metrics.h"
#include "core/metrics/surface_distance.h"
#include "core/nn/verify/verify.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <optional>

namespace guidino::engine {

namespace {

using nlohmann::json;
using nn::verify::CaseResult;

constexpr double kTolerance = 1e-6;      // the file has nine decimals
constexpr double kMonaiTolerance = 1e-5; // MONAI computes in float32

Raster8 maskFrom(const json& runs, int width, int height)
{
    Raster8 mask(width, height);
    for (const json& run : runs) {
        const auto start = run.at(0).get<std::int64_t>();
        const auto length = run.at(1).get<std::int64_t>();
        for (std::int64_t i = start; i < start + length; ++i) {
            mask.pixels()[static_cast<std::size_t>(i)] = 1;
        }
    }
    return mask;
}

/// Collects the first disagreement and the largest error of one pair of masks.
class PairCheck
{
public:
    explicit PairCheck(const json& expected)
        : m_expected(expected)
    {}

    /// "nan", "inf" and the tools' exceptions all mean: not defined.
    void value(
        const std::string& tool,
        const std::string& key,
        std::optional<double> actual,
        double tolerance = kTolerance)
    {
        const json& wanted = m_expected.at(tool).at(key);
        const bool isDefined = actual && std::isfinite(*actual);
        bool agrees = !wanted.is_number() && !isDefined;
        if (wanted.is_number() && isDefined) {
            const double error = std::abs(*actual - wanted.get<double>());
            m_worst = std::max(m_worst, error);
            agrees = error <= tolerance;
        }
        if (!agrees && m_problem.empty()) {
            m_problem = tool + "." + key + " is "
                        + (isDefined ? std::to_string(*actual) : "undefined") + ", expected "
                        + wanted.dump();
        }
    }

    [[nodiscard]] CaseResult result(const std::string& name) const
    {
        std::array<char, 64> worst{};
        std::snprintf(worst.data(), worst.size(), "largest error %.1e", m_worst);
        return m_problem.empty() ? CaseResult{name, "ok", worst.data()}
                                 : CaseResult{name, "failed", m_problem};
    }

private:
    const json& m_expected;
    std::string m_problem;
    double m_worst = 0;
};

void checkDistances(
    PairCheck& check, const Raster8& prediction, const Raster8& reference, SpacingMm spacing)
{
    const auto borders = metrics::borderDistances(prediction, reference, spacing);
    check.value("medpy", "hd", borders.maxPercentile(100));
    check.value("medpy", "hd95", borders.pooledPercentile(95));
    check.value("medpy", "asd_pred_to_gt", borders.fromPrediction.mean());
    check.value("medpy", "asd_gt_to_pred", borders.fromReference.mean());
    check.value("medpy", "assd_pooled_v0.5.2", borders.pooledMean());
    check.value("medpy", "assd_mean_of_means_v0.4", borders.meanOfMeans());
    check.value("monai", "hd", borders.maxPercentile(100), kMonaiTolerance);
    check.value("monai", "hd95", borders.maxPercentile(95), kMonaiTolerance);
    check.value("monai", "assd", borders.pooledMean(), kMonaiTolerance);
    check.value("monai", "asd_pred_to_gt", borders.fromPrediction.mean(), kMonaiTolerance);
    const auto contours = metrics::contourDistances(prediction, reference, spacing);
    check.value("deepmind", "hd100", contours.maxPercentile(100));
    check.value("deepmind", "hd95", contours.maxWeightedPercentile(95));
    check.value("deepmind", "asd_gt_to_pred", contours.fromReference.mean());
    check.value("deepmind", "asd_pred_to_gt", contours.fromPrediction.mean());
    for (const auto& [text, tolerance] : {std::pair{"0.5", 0.5}, {"1.0", 1.0}, {"2.0", 2.0}}) {
        const std::string suffix = text;
        check.value(
            "monai",
            "nsd_" + suffix,
            borders.normalisedSurfaceDistance(tolerance),
            kMonaiTolerance);
        check.value(
            "monai",
            "nsd_subvoxel_" + suffix,
            contours.normalisedSurfaceDistance(tolerance),
            kMonaiTolerance);
        check.value("deepmind", "nsd_" + suffix, contours.normalisedSurfaceDistance(tolerance));
    }
}

CaseResult verifyPair(const json& entry)
{
    const int width = entry.at("width").get<int>();
    const int height = entry.at("height").get<int>();
    const Raster8 prediction = maskFrom(entry.at("pred_rle"), width, height);
    const Raster8 reference = maskFrom(entry.at("gt_rle"), width, height);
    std::optional<SpacingMm> spacing;
    if (!entry.at("spacing").is_null()) { // (row, column)
        spacing = SpacingMm{
            entry.at("spacing").at(1).get<double>(), entry.at("spacing").at(0).get<double>()};
    }
    PairCheck check(entry.at("expected"));
    const metrics::ConfusionCounts counts = metrics::countConfusion(prediction, reference);
    check.value("counts", "TP", double(counts.tp));
    check.value("counts", "FP", double(counts.fp));
    check.value("counts", "FN", double(counts.fn));
    check.value("counts", "TN", double(counts.tn));
    check.value("nnunet", "Dice", counts.dsc());
    check.value("nnunet", "IoU", counts.iou());
    checkDistances(check, prediction, reference, spacing.value_or(SpacingMm{}));

    // GuiDINO's evaluation gives the diagonal where one mask is empty, and nothing for two.
    const bool isOneEmpty = counts.emptyCase() == metrics::EmptyCase::PredictionEmpty
                            || counts.emptyCase() == metrics::EmptyCase::ReferenceEmpty;
    metrics::MetricOptions options;
    options.hd95 = metrics::Hd95Definition::GuiDino;
    options.spacingMm = spacing;
    options.emptyPolicy = isOneEmpty ? metrics::EmptyPolicy::Penalise : metrics::EmptyPolicy::Null;
    const metrics::PairMetrics pair = metrics::evaluatePair(prediction, reference, 1, options);
    check.value("guidino_offline", "hd95", pair.hd95);
    const auto filled =
        metrics::filledDistances(prediction, reference, spacing.value_or(SpacingMm{}));
    check.value("guidino_offline", "asd", isOneEmpty ? pair.assd : filled.pooledMean());
    return check.result(entry.at("name").get<std::string>());
}

std::vector<CaseResult> verifyMetrics(const nn::verify::GoldenFile& golden)
{
    std::vector<CaseResult> results;
    const json content = json::parse(golden.json);
    for (const json& entry : content.at("cases")) {
        results.push_back(verifyPair(entry));
    }
    return results;
}

const nn::verify::FileRegistration registration("metrics_cases", "", verifyMetrics);

} // namespace

} // namespace guidino::engine
