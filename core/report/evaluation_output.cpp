// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/metrics/guide_metrics.h"
#include "core/report/evaluation.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace guidino::report {

namespace {

using Json = nlohmann::ordered_json;

/// Undefined is null: JSON has no NaN.
Json valueJson(std::optional<double> value)
{
    return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

const std::vector<std::string>& wantedMetrics(const EvaluateSpec& spec)
{
    return spec.wanted.empty() ? metricNames() : spec.wanted;
}

Json settingsJson(const EvaluateSpec& spec, const Evaluation& evaluation)
{
    const auto& options = spec.metrics;
    Json settings{
        {"predictions", spec.predictions.string()},
        {"references", spec.references.string()},
        {"hd95", nameOf(options.hd95)},
        {"assd", options.assd == metrics::AssdDefinition::Pooled ? "pooled" : "mean_of_means"},
        {"nsd", options.nsd == metrics::NsdDefinition::Pixels ? "pixels" : "contour_length"},
        {"nsd_tolerance", options.nsdTolerance},
        {"unit", options.spacingMm ? "mm" : "px"},
        {"size",
         spec.size
             ? Json(std::to_string(spec.size->height) + "x" + std::to_string(spec.size->width))
             : Json("native")},
        {"empty_policy", nameOf(options.emptyPolicy)},
        {"prediction_masks", evaluation.predictionMasks},
        {"reference_masks", evaluation.referenceMasks},
        {"classes", evaluation.classIndices.size() + 1},
        {"mask_threshold", spec.maskThreshold},
        {"bootstrap_samples", spec.bootstrap.samples},
        {"confidence", spec.bootstrap.confidence},
        {"seed", spec.bootstrap.seed},
    };
    settings["metrics"] = wantedMetrics(spec);
    settings["spacing"] = options.spacingMm
                              ? Json{{"x", options.spacingMm->x}, {"y", options.spacingMm->y}}
                              : Json(nullptr);
    settings["splits"] = spec.splits.empty() ? Json(nullptr) : Json(spec.splits.string());
    settings["split"] = spec.splitName.empty() ? Json(nullptr) : Json(spec.splitName);
    return settings;
}

Json intervalJson(const std::vector<std::optional<double>>& values, const BootstrapOptions& options)
{
    const auto interval = bootstrapMean(defined(values), options);
    return interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
}

Json classJson(const EvaluateSpec& spec, const Evaluation& evaluation, int index)
{
    Json json;
    Json counts;
    Json intervals;
    for (const std::string& metric : metricNames()) {
        const auto values = evaluation.column(metric, index);
        const auto summary = summarise(values);
        json[metric] = valueJson(summary ? std::optional(summary->mean) : std::nullopt);
        counts[metric] = summary ? summary->count : std::size_t{0};
        intervals[metric] = intervalJson(values, spec.bootstrap);
    }
    metrics::ConfusionCounts total;
    for (const CaseResult& result : evaluation.cases) {
        if (const auto found = result.classes.find(index); found != result.classes.end()) {
            total += found->second.counts;
        }
    }
    json["count"] = std::move(counts);
    json["interval"] = std::move(intervals);
    json["tp"] = total.tp;
    json["fp"] = total.fp;
    json["fn"] = total.fn;
    json["tn"] = total.tn;
    return json;
}

Json pairJson(const metrics::PairMetrics& pair)
{
    Json json;
    for (const std::string& metric : metricNames()) {
        json[metric] = valueJson(valueOf(pair, metric));
    }
    json["tp"] = pair.counts.tp;
    json["fp"] = pair.counts.fp;
    json["fn"] = pair.counts.fn;
    json["tn"] = pair.counts.tn;
    json["empty"] = nameOf(pair.emptyCase);
    return json;
}

Json caseJson(const CaseResult& result)
{
    Json json{
        {"name", result.name},
        {"prediction", result.prediction.string()},
        {"reference", result.reference.string()},
        {"width", result.size.width},
        {"height", result.size.height},
    };
    for (const std::string& metric : metricNames()) {
        json[metric] = valueJson(result.mean(metric));
    }
    for (const auto& [index, pair] : result.classes) {
        json["classes"][std::to_string(index)] = pairJson(pair);
    }
    if (result.guide) {
        json["guide"] = {
            {"auroc", valueJson(result.guide->auroc)},
            {"best_dsc", valueJson(result.guide->bestDsc)},
            {"best_threshold", valueJson(result.guide->bestThreshold)},
            {"hit", result.guide->isHit ? Json(*result.guide->isHit) : Json(nullptr)},
        };
    }
    return json;
}

/// The columns of the guide's scores, case by case.
struct GuideColumns
{
    std::vector<std::optional<double>> auroc;
    std::vector<std::optional<double>> bestDsc;
    std::vector<std::optional<double>> hit;
    /// Of cases where both the guide's best DSC and the prediction's DSC are defined.
    std::vector<double> guideDsc;
    std::vector<double> predictionDsc;
};

std::optional<GuideColumns> guideColumns(const Evaluation& evaluation)
{
    GuideColumns columns;
    for (const CaseResult& result : evaluation.cases) {
        if (!result.guide) {
            continue;
        }
        const GuideScore& score = *result.guide;
        columns.auroc.push_back(score.auroc);
        columns.bestDsc.push_back(score.bestDsc);
        columns.hit.push_back(score.isHit ? std::optional(*score.isHit ? 1.0 : 0.0) : std::nullopt);
        const auto dsc = result.mean("dsc");
        if (score.bestDsc && dsc) {
            columns.guideDsc.push_back(*score.bestDsc);
            columns.predictionDsc.push_back(*dsc);
        }
    }
    return columns.auroc.empty() ? std::nullopt : std::optional(columns);
}

std::optional<double> meanOf(const std::vector<std::optional<double>>& values)
{
    const auto summary = summarise(values);
    return summary ? std::optional(summary->mean) : std::nullopt;
}

Json guideJson(const GuideColumns& columns)
{
    return {
        {"images", columns.auroc.size()},
        {"auroc", valueJson(meanOf(columns.auroc))},
        {"best_dsc", valueJson(meanOf(columns.bestDsc))},
        {"pointing_hits", valueJson(meanOf(columns.hit))},
        {"pearson", valueJson(metrics::pearson(columns.guideDsc, columns.predictionDsc))},
        {"spearman", valueJson(metrics::spearman(columns.guideDsc, columns.predictionDsc))},
    };
}

Json summaryJson(const EvaluateSpec& spec, const Evaluation& evaluation)
{
    Json summary;
    summary["settings"] = settingsJson(spec, evaluation);
    for (const std::string& metric : metricNames()) {
        summary["mean"][metric] = valueJson(evaluation.mean(metric));
        summary["interval"][metric] = intervalJson(evaluation.column(metric), spec.bootstrap);
    }
    summary["images"] = evaluation.cases.size();
    summary["classes"] = Json::object();
    for (const int index : evaluation.classIndices) {
        summary["classes"][std::to_string(index)] = classJson(spec, evaluation, index);
    }
    summary["per_image"] = Json::array();
    for (const CaseResult& result : evaluation.cases) {
        summary["per_image"].push_back(caseJson(result));
    }
    summary["empty"] = {
        {"policy", nameOf(spec.metrics.emptyPolicy)},
        {"prediction", evaluation.empty.prediction},
        {"reference", evaluation.empty.reference},
        {"both", evaluation.empty.both},
    };
    if (const auto columns = guideColumns(evaluation)) {
        summary["guide"] = guideJson(*columns);
    }
    summary["unpredicted"] = evaluation.unpredicted;
    summary["failures"] = Json::array();
    for (const CaseFailure& failure : evaluation.failures) {
        summary["failures"].push_back(
            {{"file", failure.file}, {"kind", failure.kind}, {"message", failure.message}});
    }
    return summary;
}

std::string csvText(const std::string& text)
{
    if (text.find_first_of(",\"\n\r") == std::string::npos) {
        return text;
    }
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c;
        if (c == '"') {
            quoted += c;
        }
    }
    return quoted + '"';
}

std::string csvNumber(std::optional<double> value)
{
    if (!value || !std::isfinite(*value)) {
        return {};
    }
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", *value);
    return text;
}

std::string csvOf(const Evaluation& evaluation)
{
    std::string csv = "name,class";
    for (const std::string& metric : metricNames()) {
        csv += "," + metric;
    }
    csv += ",tp,fp,fn,tn,empty,guide_auroc,guide_best_dsc,guide_hit\n";
    for (const CaseResult& result : evaluation.cases) {
        for (const auto& [index, pair] : result.classes) {
            csv += csvText(result.name) + "," + std::to_string(index);
            for (const std::string& metric : metricNames()) {
                csv += "," + csvNumber(valueOf(pair, metric));
            }
            for (const std::int64_t count :
                 {pair.counts.tp, pair.counts.fp, pair.counts.fn, pair.counts.tn}) {
                csv += "," + std::to_string(count);
            }
            csv += std::string(",") + nameOf(pair.emptyCase);
            const GuideScore score = result.guide.value_or(GuideScore{});
            csv += "," + csvNumber(score.auroc) + "," + csvNumber(score.bestDsc) + ",";
            csv += score.isHit ? (*score.isHit ? "1" : "0") : "";
            csv += "\n";
        }
    }
    return csv;
}

std::string padded(const std::string& text, std::size_t width)
{
    return text.size() < width ? text + std::string(width - text.size(), ' ') : text;
}

std::string fixed(std::optional<double> value)
{
    if (!value) {
        return "-";
    }
    char text[32];
    std::snprintf(text, sizeof text, "%.4f", *value);
    return text;
}

} // namespace

Status writeEvaluation(const EvaluateSpec& spec, const Evaluation& evaluation)
{
    GD_TRY(makeFolder(spec.out));
    // Names of files need not be UTF-8; the file stays readable with replacement characters.
    const std::string summary =
        summaryJson(spec, evaluation).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    GD_TRY(writeFileAtomically(spec.out / "summary.json", summary));
    return writeFileAtomically(spec.out / "metrics.csv", csvOf(evaluation));
}

std::string describe(const EvaluateSpec& spec, const Evaluation& evaluation)
{
    const auto& options = spec.metrics;
    const std::string unit = options.spacingMm ? "mm" : "px";
    std::string text = std::to_string(evaluation.cases.size()) + " images, masks "
                       + evaluation.predictionMasks + " against " + evaluation.referenceMasks
                       + "\n";
    text += padded("", 16) + padded("mean", 10) + padded("95 % interval", 22) + "images\n";
    for (const std::string& metric : wantedMetrics(spec)) {
        const auto values = evaluation.column(metric);
        const auto interval = bootstrapMean(defined(values), spec.bootstrap);
        std::string label = metric;
        if (metric == "hd95") {
            label += std::string(" ") + nameOf(options.hd95);
        } else if (metric == "nsd") {
            label += " " + csvNumber(options.nsdTolerance) + unit;
        }
        text +=
            padded(label, 16) + padded(fixed(evaluation.mean(metric)), 10)
            + padded(
                interval ? "[" + fixed(interval->low) + ", " + fixed(interval->high) + "]" : "-",
                22)
            + std::to_string(defined(values).size()) + "\n";
    }
    text += "distances in " + unit + "; empty masks (" + nameOf(options.emptyPolicy)
            + "): prediction " + std::to_string(evaluation.empty.prediction) + ", reference "
            + std::to_string(evaluation.empty.reference) + ", both "
            + std::to_string(evaluation.empty.both) + "\n";
    if (const auto columns = guideColumns(evaluation)) {
        text += "guide: AUROC " + fixed(meanOf(columns->auroc)) + ", best-threshold DSC "
                + fixed(meanOf(columns->bestDsc)) + ", pointing hits " + fixed(meanOf(columns->hit))
                + ", correlation with DSC "
                + fixed(metrics::pearson(columns->guideDsc, columns->predictionDsc)) + "\n";
    }
    if (!evaluation.unpredicted.empty()) {
        text += "warning: " + std::to_string(evaluation.unpredicted.size())
                + " references have no prediction, such as " + evaluation.unpredicted.front()
                + "\n";
    }
    for (const CaseFailure& failure : evaluation.failures) {
        text += "error: " + failure.message + "\n";
    }
    return text;
}

} // namespace guidino::report
