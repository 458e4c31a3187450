// SPDX-License-Identifier: Apache-2.0
#include "core/report/metric_report.h"

#include "core/base/file.h"
#include "core/report/evaluation.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace guidino::report {

namespace {

using Json = nlohmann::ordered_json;

/// What the report shows of each pair.
constexpr const char* kMetrics[] = {"dsc", "iou", "hd95", "assd"};

constexpr const char* kNotice = "Research use only, not a medical device.";

Json valueJson(std::optional<double> value)
{
    return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

/// Shortest text that reads back to the same number, whatever the locale; empty where undefined.
std::string plain(std::optional<double> value)
{
    if (!value || !std::isfinite(*value)) {
        return {};
    }
    char text[32];
    const auto end = std::to_chars(std::begin(text), std::end(text), *value).ptr;
    return {text, end};
}

std::string csvField(const std::string& text)
{
    const bool isFormula =
        !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
    std::string field = isFormula ? "'" + text : text;
    if (field.find_first_of(",\"\n\r") == std::string::npos) {
        return field;
    }
    std::string quoted = "\"";
    for (const char c : field) {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return quoted + "\"";
}

std::string className(const MetricReport& report, int index)
{
    const auto found = report.classNames.find(index);
    return found == report.classNames.end() ? "class " + std::to_string(index) : found->second;
}

std::vector<int> classesOf(const MetricReport& report)
{
    std::vector<int> classes;
    for (const MetricCase& one : report.cases) {
        for (const auto& [index, pair] : one.classes) {
            if (std::find(classes.begin(), classes.end(), index) == classes.end()) {
                classes.push_back(index);
            }
        }
    }
    std::sort(classes.begin(), classes.end());
    return classes;
}

/// A metric of one class of all images that are measured in one unit.
std::vector<std::optional<double>>
column(const MetricReport& report, const std::string& metric, int classIndex, bool inMillimetres)
{
    std::vector<std::optional<double>> values;
    for (const MetricCase& one : report.cases) {
        const auto found = one.classes.find(classIndex);
        if (found != one.classes.end() && one.spacingMm.has_value() == inMillimetres) {
            values.push_back(valueOf(found->second, metric));
        }
    }
    return values;
}

bool isDistance(const std::string& metric)
{
    return metric == "hd95" || metric == "assd";
}

/// Shares are the same in both units; distances are summarised unit by unit.
std::vector<std::optional<double>> summaryColumn(
    const MetricReport& report, const std::string& metric, int classIndex, bool inMillimetres)
{
    auto values = column(report, metric, classIndex, inMillimetres);
    if (!isDistance(metric)) {
        const auto others = column(report, metric, classIndex, !inMillimetres);
        values.insert(values.end(), others.begin(), others.end());
    }
    return values;
}

bool hasUnit(const MetricReport& report, bool inMillimetres)
{
    return std::any_of(report.cases.begin(), report.cases.end(), [&](const MetricCase& one) {
        return one.spacingMm.has_value() == inMillimetres;
    });
}

void addSummaryRows(const MetricReport& report, int classIndex, Table& table)
{
    for (const std::string metric : kMetrics) {
        for (const bool inMillimetres : {false, true}) {
            if (isDistance(metric) ? !hasUnit(report, inMillimetres) : inMillimetres) {
                continue;
            }
            const auto values = summaryColumn(report, metric, classIndex, inMillimetres);
            const auto summary = summarise(values);
            const auto interval = bootstrapMean(defined(values), report.bootstrap);
            std::string name = metric;
            std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
                return static_cast<char>(std::toupper(c));
            });
            if (isDistance(metric)) {
                name += inMillimetres ? " (mm)" : " (px)";
            }
            table.rows.push_back(
                {className(report, classIndex),
                 name,
                 numberText(summary ? std::optional(summary->mean) : std::nullopt),
                 interval ? numberText(interval->low) + " to " + numberText(interval->high) : "–",
                 numberText(summary ? std::optional(summary->median) : std::nullopt),
                 numberText(summary ? std::optional(summary->smallest) : std::nullopt),
                 numberText(summary ? std::optional(summary->largest) : std::nullopt),
                 std::to_string(summary ? summary->count : 0)});
        }
    }
}

std::string areaText(double area)
{
    return numberText(area, area == std::floor(area) ? 0 : 2);
}

Table imagesTable(const MetricReport& report)
{
    Table table{
        "Images",
        {"Case",
         "Class",
         "DSC",
         "IoU",
         "HD95",
         "ASSD",
         "Unit",
         "Reference area",
         "Judged area",
         "Review",
         "Reference",
         "Judged"},
        {}};
    for (const MetricCase& one : report.cases) {
        for (const auto& [index, pair] : one.classes) {
            table.rows.push_back(
                {one.name,
                 className(report, index),
                 numberText(pair.dsc),
                 numberText(pair.iou),
                 numberText(pair.hd95, 2),
                 numberText(pair.assd, 2),
                 one.spacingMm ? "mm, mm²" : "px",
                 areaText(one.referenceArea(index)),
                 areaText(one.judgedArea(index)),
                 one.verdict,
                 one.reference,
                 one.judged});
        }
    }
    return table;
}

Json caseJson(const MetricReport& report, const MetricCase& one)
{
    Json json{
        {"name", one.name},
        {"image_sha256", one.imageSha256},
        {"width", one.size.width},
        {"height", one.size.height},
        {"unit", one.spacingMm ? "mm" : "px"},
        {"judged", one.judged},
        {"reference", one.reference},
        {"review", one.verdict}};
    json["spacing_mm"] =
        one.spacingMm ? Json{{"x", one.spacingMm->x}, {"y", one.spacingMm->y}} : Json(nullptr);
    for (const char* metric : kMetrics) {
        json[metric] = valueJson(one.mean(metric));
    }
    Json classes = Json::object();
    for (const auto& [index, pair] : one.classes) {
        Json& entry = classes[std::to_string(index)];
        entry["class_name"] = className(report, index);
        for (const char* metric : kMetrics) {
            entry[metric] = valueJson(valueOf(pair, metric));
        }
        entry["reference_area"] = one.referenceArea(index);
        entry["judged_area"] = one.judgedArea(index);
        entry["empty"] = nameOf(pair.emptyCase);
    }
    json["classes"] = std::move(classes);
    return json;
}

} // namespace

double MetricCase::referenceArea(int classIndex) const
{
    const auto found = classes.find(classIndex);
    if (found == classes.end()) {
        return 0;
    }
    const auto& counts = found->second.counts;
    return static_cast<double>(counts.tp + counts.fn)
           * (spacingMm ? spacingMm->x * spacingMm->y : 1);
}

double MetricCase::judgedArea(int classIndex) const
{
    const auto found = classes.find(classIndex);
    if (found == classes.end()) {
        return 0;
    }
    const auto& counts = found->second.counts;
    return static_cast<double>(counts.tp + counts.fp)
           * (spacingMm ? spacingMm->x * spacingMm->y : 1);
}

std::optional<double> MetricCase::mean(const std::string& metric) const
{
    std::vector<std::optional<double>> values;
    for (const auto& [index, pair] : classes) {
        values.push_back(valueOf(pair, metric));
    }
    const auto summary = summarise(values);
    return summary ? std::optional(summary->mean) : std::nullopt;
}

std::vector<std::size_t> worstCases(const std::vector<MetricCase>& cases, std::size_t count)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        if (cases[i].mean("dsc")) {
            order.push_back(i);
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return *cases[a].mean("dsc") < *cases[b].mean("dsc");
    });
    order.resize(std::min(order.size(), count));
    return order;
}

std::vector<std::string> definitionsOf(const metrics::MetricOptions& options)
{
    std::vector<std::string> lines{
        "DSC = 2TP / (2TP + FP + FN); IoU = TP / (TP + FP + FN); pixels marked \"ignore\" (255) in "
        "the reference count for nothing."};
    switch (options.hd95) {
    case metrics::Hd95Definition::Pooled:
        lines.emplace_back("HD95: 95th percentile of the border distances of both directions "
                           "together (as MedPy).");
        break;
    case metrics::Hd95Definition::Max:
        lines.emplace_back("HD95: the larger of the two directions' 95th percentiles (as MONAI).");
        break;
    case metrics::Hd95Definition::DeepMind:
        lines.emplace_back("HD95: contour nodes weighted by contour length, the larger direction "
                           "(as surface-distance).");
        break;
    case metrics::Hd95Definition::GuiDino:
        lines.emplace_back("HD95: pooled, distances to the other filled mask (as GuiDINO's "
                           "evaluation).");
        break;
    }
    lines.emplace_back(
        options.assd == metrics::AssdDefinition::Pooled
            ? "ASSD: mean of all border distances of both directions."
            : "ASSD: mean of the two directions' mean border distances.");
    lines.emplace_back("Distances and areas are in pixels; in millimetres where the image file "
                       "states its spacing.");
    switch (options.emptyPolicy) {
    case metrics::EmptyPolicy::Null:
        lines.emplace_back("Where one mask of a pair is empty, DSC and IoU are 0 and distances are "
                           "undefined (–); where both are, everything is undefined. Undefined "
                           "values are left out of means.");
        break;
    case metrics::EmptyPolicy::Penalise:
        lines.emplace_back("Where one mask of a pair is empty, DSC and IoU are 0 and distances are "
                           "the image's diagonal; where both are, agreement is perfect.");
        break;
    case metrics::EmptyPolicy::Drop:
        lines.emplace_back("Pairs with an empty mask are left out.");
        break;
    }
    lines.emplace_back("Intervals: 95 % percentile bootstrap of the mean over images.");
    return lines;
}

std::string metricCsv(const MetricReport& report)
{
    std::string csv = "case,image_sha256,width,height,class,class_name,dsc,iou,hd95,assd,unit,"
                      "reference_area,judged_area,review,reference,judged\n";
    for (const MetricCase& one : report.cases) {
        for (const auto& [index, pair] : one.classes) {
            csv += csvField(one.name) + "," + csvField(one.imageSha256) + ","
                   + std::to_string(one.size.width) + "," + std::to_string(one.size.height) + ","
                   + std::to_string(index) + "," + csvField(className(report, index));
            for (const char* metric : kMetrics) {
                csv += "," + plain(valueOf(pair, metric));
            }
            csv += std::string(",") + (one.spacingMm ? "mm" : "px") + ","
                   + plain(one.referenceArea(index)) + "," + plain(one.judgedArea(index)) + ","
                   + csvField(one.verdict) + "," + csvField(one.reference) + ","
                   + csvField(one.judged) + "\n";
        }
    }
    return csv;
}

std::string metricJson(const MetricReport& report)
{
    Json json{
        {"notice", kNotice},
        {"title", report.title},
        {"project", report.project},
        {"created", report.created},
        {"program", report.program},
        {"hd95", nameOf(report.options.hd95)},
        {"empty_policy", nameOf(report.options.emptyPolicy)},
        {"definitions", definitionsOf(report.options)}};
    json["models"] = Json::array();
    for (const auto& [name, sha256] : report.models) {
        json["models"].push_back({{"name", name}, {"sha256", sha256}});
    }
    json["mean"] = Json::object();
    for (const int index : classesOf(report)) {
        Json& entry = json["mean"][std::to_string(index)];
        entry["class_name"] = className(report, index);
        for (const bool inMillimetres : {false, true}) {
            if (!hasUnit(report, inMillimetres)) {
                continue;
            }
            for (const char* metric : kMetrics) {
                const auto values = summaryColumn(report, metric, index, inMillimetres);
                const auto summary = summarise(values);
                const std::string key =
                    std::string(metric)
                    + (isDistance(metric) ? (inMillimetres ? "_mm" : "_px") : "");
                entry[key] = valueJson(summary ? std::optional(summary->mean) : std::nullopt);
            }
        }
    }
    json["per_image"] = Json::array();
    for (const MetricCase& one : report.cases) {
        json["per_image"].push_back(caseJson(report, one));
    }
    json["left_out"] = Json::array();
    for (const auto& [name, reason] : report.leftOut) {
        json["left_out"].push_back({{"name", name}, {"reason", reason}});
    }
    return json.dump(2) + "\n";
}

std::vector<Table> metricTables(const MetricReport& report)
{
    std::vector<Table> tables;
    Table summary{
        "Summary",
        {"Class", "Metric", "Mean", "95 % interval", "Median", "Smallest", "Largest", "Images"},
        {}};
    for (const int index : classesOf(report)) {
        addSummaryRows(report, index, summary);
    }
    tables.push_back(std::move(summary));
    tables.push_back(imagesTable(report));
    if (!report.leftOut.empty()) {
        Table left{"Not in this report", {"Case", "Why"}, {}};
        for (const auto& [name, reason] : report.leftOut) {
            left.rows.push_back({name, reason});
        }
        tables.push_back(std::move(left));
    }
    if (!report.models.empty()) {
        Table models{"Models", {"Name", "SHA-256"}, {}};
        for (const auto& [name, sha256] : report.models) {
            models.rows.push_back({name, sha256});
        }
        tables.push_back(std::move(models));
    }
    Table data{"Images by content", {"Case", "SHA-256 of the image file", "Pixels"}, {}};
    for (const MetricCase& one : report.cases) {
        data.rows.push_back(
            {one.name,
             one.imageSha256,
             std::to_string(one.size.width) + " × " + std::to_string(one.size.height)});
    }
    tables.push_back(std::move(data));
    Table definitions{"Definitions", {"How the figures are made"}, {}};
    for (const std::string& line : definitionsOf(report.options)) {
        definitions.rows.push_back({line});
    }
    tables.push_back(std::move(definitions));
    return tables;
}

Status writeMetricReport(const MetricReport& report, const std::filesystem::path& folder)
{
    PageSpec page;
    page.title = report.title;
    std::string line = std::to_string(report.cases.size()) + " images";
    if (!report.project.empty()) {
        line += " of the project " + report.project;
    }
    page.paragraphs.push_back(line + ". Made " + report.created + " by " + report.program + ".");
    page.tables = metricTables(report);
    page.cases = report.worst;
    page.notes = {kNotice};
    GD_TRY(makeFolder(folder));
    GD_TRY(writeRunPage(page, folder / "report.html"));
    GD_TRY(writeFileAtomically(folder / "report.csv", metricCsv(report)));
    return writeFileAtomically(folder / "report.json", metricJson(report));
}

} // namespace guidino::report
