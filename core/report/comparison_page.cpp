// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/datasets/dataset.h"
#include "core/datasets/pairing.h"
#include "core/report/evaluation.h"
#include "core/report/evaluation_inputs.h"
#include "core/report/json_values.h"
#include "core/report/metrics_table.h"
#include "core/report/outline_source.h"
#include "core/report/report_page.h"
#include "core/report/statistics.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace guidino::report {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kPredictionColour = "#00c8ff";
constexpr const char* kReferenceColour = "#ffb000";
/// Larger files are shown by predict's overlay picture instead, so that the page stays small.
constexpr std::uintmax_t kLargestPictureBytes = 3'000'000;

Result<Json> readSummary(const fs::path& folder)
{
    if (folder.empty()) {
        return Json();
    }
    const fs::path file = folder / "summary.json";
    const auto text = readFile(file);
    if (!text) {
        return text.error();
    }
    Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object() || !json.contains("per_image") || !json["per_image"].is_array()) {
        return Error{
            ErrorCode::BadInput, file.string() + ": not a summary of `guidino evaluate`", {}};
    }
    return json;
}

/// per_image by name.
std::map<std::string, Json> casesOf(const Json& summary)
{
    std::map<std::string, Json> cases;
    for (const Json& entry : memberOf(summary, "per_image")) {
        if (entry.is_object() && memberOf(entry, "name").is_string()) {
            cases[entry["name"].get<std::string>()] = entry;
        }
    }
    return cases;
}

/// A metric of all images that stand in both summaries, in the same order.
struct MetricColumns
{
    std::vector<std::optional<double>> before;
    std::vector<std::optional<double>> after;
};

MetricColumns columnsOf(const Json& before, const Json& after, const std::string& metric)
{
    const auto old = casesOf(before);
    MetricColumns columns;
    for (const auto& [name, entry] : casesOf(after)) {
        if (const auto found = old.find(name); found != old.end()) {
            columns.before.push_back(numberAt(found->second, metric));
            columns.after.push_back(numberAt(entry, metric));
        }
    }
    return columns;
}

std::string signedText(double value)
{
    return (value >= 0 ? "+" : "") + numberText(value);
}

Table metricTable(const Json& before, const Json& after)
{
    Table table{
        "Metrics (mean over images)",
        {"metric",
         "before",
         "after",
         "difference",
         "95 % interval",
         "better / worse",
         "p (Wilcoxon)"},
        {}};
    for (const std::string& metric : metricNames()) {
        const auto old = numberAt(memberOf(before, "mean"), metric);
        const auto now = numberAt(memberOf(after, "mean"), metric);
        const MetricColumns columns = columnsOf(before, after, metric);
        const auto paired = comparePaired(columns.before, columns.after);
        std::vector<std::string> row{metric, numberText(old), numberText(now)};
        if (paired) {
            row.push_back(signedText(paired->meanDifference));
            row.push_back(
                "[" + signedText(paired->interval.low) + ", " + signedText(paired->interval.high)
                + "]");
            const bool isDistance = metric == "hd95" || metric == "hd100" || metric == "assd";
            const std::size_t better = isDistance ? paired->worse : paired->better;
            const std::size_t worse = isDistance ? paired->better : paired->worse;
            row.push_back(std::to_string(better) + " / " + std::to_string(worse));
            row.push_back(numberText(paired->wilcoxonP));
        } else {
            row.insert(row.end(), 4, numberText(std::nullopt));
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::optional<Table> guideTable(const Json& before, const Json& after)
{
    const Json& old = memberOf(before, "guide");
    const Json& now = memberOf(after, "guide");
    if (!old.is_object() && !now.is_object()) {
        return std::nullopt;
    }
    Table table{"The guide alone", {"figure", "before", "after"}, {}};
    const std::pair<const char*, const char*> figures[] = {
        {"auroc", "AUROC"},
        {"best_dsc", "best-threshold DSC"},
        {"pointing_hits", "pointing hits"},
        {"pearson", "correlation with the prediction's DSC"}};
    for (const auto& [key, label] : figures) {
        table.rows.push_back(
            {label, numberText(numberAt(old, key)), numberText(numberAt(now, key))});
    }
    return table;
}

/// metrics.csv of a run as curves over epochs, those whose names contain `part`.
Plot curvesOf(const std::string& csv, const std::string& title, const std::string& part)
{
    Plot plot;
    plot.title = title;
    plot.xLabel = "epoch";
    const MetricsTable table = metricsTableOf(csv);
    const auto epochs = table.valuesOf("epoch");
    for (const std::string& name : table.columns) {
        Series series{name, {}, true};
        const auto values = table.valuesOf(name);
        for (std::size_t i = 0; i < epochs.size(); ++i) {
            if (epochs[i] && values[i]) {
                series.points.emplace_back(*epochs[i], *values[i]);
            }
        }
        plot.series.push_back(std::move(series));
    }
    std::erase_if(plot.series, [&](const Series& series) {
        return series.name.find(part) == std::string::npos || series.points.empty();
    });
    if (plot.series.size() > 4) {
        plot.series.resize(4);
    }
    return plot;
}

void addPlots(const ComparisonSpec& spec, const Json& before, const Json& after, PageSpec& page)
{
    if (!spec.run.empty()) {
        if (const auto csv = readFile(spec.run / "metrics.csv")) {
            for (const auto& [title, part] :
                 {std::pair{"Loss of the fine-tuning", "loss"}, {"Validation DSC", "dsc"}}) {
                Plot plot = curvesOf(*csv, title, part);
                if (!plot.series.empty()) {
                    page.plots.push_back(std::move(plot));
                }
            }
        }
    }
    const MetricColumns dsc = columnsOf(before, after, "dsc");
    Series cloud{"images", {}, false};
    for (std::size_t i = 0; i < dsc.before.size(); ++i) {
        if (dsc.before[i] && dsc.after[i]) {
            cloud.points.emplace_back(*dsc.before[i], *dsc.after[i]);
        }
    }
    if (!cloud.points.empty()) {
        Plot plot;
        plot.title = "DSC of each image";
        plot.xLabel = "before";
        plot.yLabel = "after";
        plot.series.push_back(std::move(cloud));
        plot.hasDiagonal = true;
        page.plots.push_back(std::move(plot));
    }
}

/// The files of one case in all folders.
struct CaseFiles
{
    std::string name;
    fs::path image;
    fs::path reference;
    fs::path before;
    fs::path after;
    fs::path guide;
};

fs::path firstThere(const std::vector<fs::path>& candidates)
{
    std::error_code ignored;
    for (const fs::path& candidate : candidates) {
        if (fs::is_regular_file(candidate, ignored)) {
            return candidate;
        }
    }
    return {};
}

Result<std::vector<CaseFiles>> caseFiles(const ComparisonSpec& spec)
{
    std::map<std::string, CaseFiles> cases;
    for (const fs::path& mask : masksIn(spec.before)) {
        cases[datasets::stemOf(mask)].before = mask;
    }
    for (const fs::path& mask : masksIn(spec.after)) {
        cases[datasets::stemOf(mask)].after = mask;
    }
    std::vector<CaseFiles> result;
    std::vector<fs::path> names;
    for (auto& [stem, files] : cases) {
        files.name = stem;
        files.guide = firstThere(
            {spec.after / "guide" / (stem + ".png"), spec.before / "guide" / (stem + ".png")});
        result.push_back(files);
        names.emplace_back(stem);
    }
    if (spec.data.empty()) {
        return result;
    }
    auto references = collectReferences(spec.data, {}, {});
    if (!references) {
        return std::move(references).error();
    }
    std::vector<fs::path> keys;
    for (const ReferenceCase& reference : *references) {
        keys.push_back(reference.image.empty() ? reference.mask : reference.image);
    }
    const auto pairing = datasets::pairByName(names, keys);
    for (const auto& pair : pairing.pairs) {
        result[pair.image].image = (*references)[pair.mask].image;
        result[pair.image].reference = (*references)[pair.mask].mask;
    }
    return result;
}

/// The image itself, or predict's overlay where the image is too large or nothing that browsers
/// show.
fs::path pictureOf(const ComparisonSpec& spec, const CaseFiles& files)
{
    std::error_code ignored;
    const std::string extension = files.image.extension().string();
    const bool isTiff =
        extension == ".tif" || extension == ".tiff" || extension == ".TIF" || extension == ".TIFF";
    if (!files.image.empty() && !isTiff
        && fs::file_size(files.image, ignored) <= kLargestPictureBytes) {
        return files.image;
    }
    const fs::path overlay = firstThere(
        {spec.after / "overlay" / (files.name + ".jpg"),
         spec.before / "overlay" / (files.name + ".jpg")});
    return overlay.empty() ? files.image : overlay;
}

/// Sources of outlines of the three kinds of masks.
struct Outlines
{
    OutlineSource before;
    OutlineSource after;
    OutlineSource reference;
};

CaseRow rowOf(const ComparisonSpec& spec, const CaseFiles& files, const Outlines& outlines)
{
    CaseRow row;
    row.name = files.name;
    const fs::path picture = pictureOf(spec, files);
    // All cells of a row are drawn at one size, that of the reference's outline.
    PictureCell reference{"reference", picture, {}, {}};
    outlines.reference.addTo(reference, files.reference);
    PictureCell before{"prediction before", picture, {}, reference.size};
    outlines.before.addTo(before, files.before);
    PictureCell after{"prediction after", picture, {}, before.size};
    outlines.after.addTo(after, files.after);
    row.pictures.push_back({"image", picture, {}, after.size});
    if (!files.guide.empty()) {
        row.pictures.push_back({"guide", files.guide, {}, after.size});
    }
    if (!files.before.empty()) {
        before.size = after.size;
        row.pictures.push_back(std::move(before));
    }
    if (!files.after.empty()) {
        row.pictures.push_back(std::move(after));
    }
    if (!files.reference.empty()) {
        row.pictures.push_back(std::move(reference));
    }
    return row;
}

std::string figuresOf(const Json& before, const Json& after)
{
    std::string text;
    for (const char* metric : {"dsc", "iou", "hd95"}) {
        const auto old = numberAt(before, metric);
        const auto now = numberAt(after, metric);
        if (old || now) {
            text += (text.empty() ? "" : " \xc2\xb7 ") + std::string(metric) + " " + numberText(old)
                    + " \xe2\x86\x92 " + numberText(now);
        }
    }
    return text;
}

std::string settingsText(const Json& summary)
{
    const Json& settings = memberOf(summary, "settings");
    const auto text = [&](const char* key) {
        const Json& value = memberOf(settings, key);
        return value.is_string() ? value.get<std::string>()
               : value.is_null() ? std::string("?")
                                 : value.dump();
    };
    return "HD95 " + text("hd95") + ", distances in " + text("unit") + " at size " + text("size")
           + ", NSD tolerance " + text("nsd_tolerance") + ", empty masks: " + text("empty_policy")
           + ".";
}

Status checkFolders(const ComparisonSpec& spec)
{
    std::error_code ignored;
    for (const fs::path& folder :
         {spec.before,
          spec.after,
          spec.evaluationBefore,
          spec.evaluationAfter,
          spec.data,
          spec.run}) {
        if (!folder.empty() && !fs::is_directory(folder, ignored)) {
            return Error{
                ErrorCode::NotFound,
                folder.string() + ": no such folder",
                {{"file", folder.string()}}};
        }
    }
    return {};
}

} // namespace

Status writeComparisonPage(const ComparisonSpec& spec)
{
    GD_TRY(checkFolders(spec));
    auto before = readSummary(spec.evaluationBefore);
    if (!before) {
        return std::move(before).error();
    }
    auto after = readSummary(spec.evaluationAfter);
    if (!after) {
        return std::move(after).error();
    }
    auto files = caseFiles(spec);
    if (!files) {
        return std::move(files).error();
    }
    PageSpec page;
    page.title = spec.title;
    const auto oldCases = casesOf(*before);
    const auto newCases = casesOf(*after);
    page.paragraphs.push_back(
        std::to_string(std::max(oldCases.size(), newCases.size())) + " images were evaluated. "
        + settingsText(after->is_object() ? *after : *before));
    page.tables.push_back(metricTable(*before, *after));
    if (auto guide = guideTable(*before, *after)) {
        page.tables.push_back(std::move(*guide));
    }
    addPlots(spec, *before, *after, page);
    std::vector<fs::path> references;
    for (const CaseFiles& file : *files) {
        if (!file.reference.empty()) {
            references.push_back(file.reference);
        }
    }
    const Outlines outlines{
        {masksIn(spec.before), kPredictionColour},
        {masksIn(spec.after), kPredictionColour},
        {std::move(references), kReferenceColour}};
    for (const CaseFiles& file : *files) {
        if (static_cast<int>(page.cases.size()) >= spec.maxCases) {
            page.notes.push_back(
                "Only the first " + std::to_string(spec.maxCases) + " of "
                + std::to_string(files->size()) + " cases are shown.");
            break;
        }
        CaseRow row = rowOf(spec, file, outlines);
        const auto old = oldCases.find(file.name);
        const auto now = newCases.find(file.name);
        row.figures = figuresOf(
            old == oldCases.end() ? Json() : old->second,
            now == newCases.end() ? Json() : now->second);
        page.cases.push_back(std::move(row));
    }
    return writeRunPage(page, spec.out);
}

} // namespace guidino::report
