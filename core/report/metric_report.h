// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/metrics/segmentation_metrics.h"
#include "core/report/report_page.h"
#include "core/report/statistics.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The metric report of a project: label maps judged against references, image by image and class
/// by class, as a page, a table and JSON. The caller has measured; names are already those that may
/// be shown. Any thread.
namespace guidino::report {

/// One image of the report.
struct MetricCase
{
    std::string name;
    std::string imageSha256;
    std::string judged;    ///< what was judged: "prediction", or a reader's name
    std::string reference; ///< where the reference came from: "Ada, drawn"
    std::string verdict;   ///< the review's: "accepted", "unreviewed" …
    Size size;
    std::optional<SpacingMm> spacingMm; ///< known: distances are in mm and areas in mm²
    std::map<int, metrics::PairMetrics> classes;

    /// Area in pixels, or mm² where the spacing is known.
    [[nodiscard]] double referenceArea(int classIndex) const;
    [[nodiscard]] double judgedArea(int classIndex) const;

    /// Mean over the classes where it is defined.
    [[nodiscard]] std::optional<double> mean(const std::string& metric) const;
};

/// Everything that a report says.
struct MetricReport
{
    std::string title = "Metric report";
    std::string project; ///< empty: not named
    std::string created; ///< ISO 8601
    std::string program; ///< name and version
    /// Models by name and SHA-256.
    std::vector<std::pair<std::string, std::string>> models;
    std::map<int, std::string> classNames;
    metrics::MetricOptions options;
    BootstrapOptions bootstrap;
    std::vector<MetricCase> cases;
    /// Images of the selection that are not in the report, and why.
    std::vector<std::pair<std::string, std::string>> leftOut;
    /// Pictures of the worst cases, worst first; names are those of `cases`.
    std::vector<CaseRow> worst;
};

/// Indices into `cases`, the smallest mean DSC first; cases where it is not defined are left out.
[[nodiscard]] std::vector<std::size_t>
worstCases(const std::vector<MetricCase>& cases, std::size_t count);

/// The definitions of the figures in words, one a line.
[[nodiscard]] std::vector<std::string> definitionsOf(const metrics::MetricOptions& options);

/// One row an image and class. Fields that a spreadsheet would run as formulas are disarmed.
[[nodiscard]] std::string metricCsv(const MetricReport& report);
[[nodiscard]] std::string metricJson(const MetricReport& report);
/// The tables of the page: summary by class, images, what was left out, models and definitions.
[[nodiscard]] std::vector<Table> metricTables(const MetricReport& report);

/// Writes report.html, report.csv and report.json into the folder, each atomically. CannotWrite.
[[nodiscard]] Status
writeMetricReport(const MetricReport& report, const std::filesystem::path& folder);

} // namespace guidino::report
