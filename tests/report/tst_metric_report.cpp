// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/report/metric_report.h"
#include "tests/support/check.h"

#include <nlohmann/json.hpp>

using namespace guidino;
using namespace guidino::report;

namespace {

Raster8 square(int x, int y, int side)
{
    Raster8 raster(40, 30);
    for (int j = y; j < y + side; ++j) {
        for (int i = x; i < x + side; ++i) {
            raster.at(i, j) = 1;
        }
    }
    return raster;
}

MetricCase caseOf(const std::string& name, const Raster8& judged, const Raster8& reference)
{
    MetricCase one;
    one.name = name;
    one.imageSha256 = std::string(64, 'a');
    one.judged = "prediction";
    one.reference = "Ada, drawn";
    one.verdict = "accepted";
    one.size = reference.size();
    one.classes[1] = metrics::evaluatePair(judged, reference);
    return one;
}

MetricReport sample()
{
    MetricReport report;
    report.created = "2026-01-02T03:04:05Z";
    report.program = "test 1";
    report.models = {{"demo", std::string(64, 'b')}};
    report.classNames[1] = "polyp";
    report.cases.push_back(caseOf("case-0001", square(5, 5, 10), square(5, 5, 10)));
    report.cases.push_back(caseOf("case-0002", square(10, 5, 10), square(5, 5, 10)));
    report.cases.push_back(caseOf("case-0003", square(5, 5, 10), square(5, 5, 0)));
    report.leftOut = {{"case-0004", "rejected"}};
    return report;
}

} // namespace

GD_TEST(theWorstComeFirst)
{
    const MetricReport report = sample();
    const auto worst = worstCases(report.cases, 2);
    REQUIRE(worst.size() == 2);
    EXPECT_EQ(worst[0], std::size_t{2}); // DSC 0: the reference is empty
    EXPECT_EQ(worst[1], std::size_t{1}); // half overlap
    EXPECT_EQ(worstCases(report.cases, 9).size(), std::size_t{3});
}

GD_TEST(figuresAreThoseOfTheDefinitions)
{
    const auto json = nlohmann::json::parse(metricJson(sample()));
    EXPECT(json["notice"].get<std::string>().find("not a medical device") != std::string::npos);
    const auto& second = json["per_image"][1]["classes"]["1"];
    EXPECT_EQ(second["dsc"].get<double>(), 0.5);
    EXPECT_EQ(second["reference_area"].get<double>(), 100.0);
    EXPECT_EQ(second["class_name"].get<std::string>(), std::string("polyp"));
    EXPECT(json["per_image"][2]["classes"]["1"]["hd95"].is_null());
    EXPECT_EQ(json["mean"]["1"]["dsc"].get<double>(), 0.5); // of 1, 0.5 and 0
    EXPECT_EQ(json["left_out"][0]["reason"].get<std::string>(), std::string("rejected"));
    EXPECT_EQ(json["models"][0]["sha256"].get<std::string>(), std::string(64, 'b'));
}

GD_TEST(millimetresAreSummarisedApart)
{
    MetricReport report = sample();
    report.cases[1].spacingMm = SpacingMm{0.5, 0.5};
    report.cases[1].classes[1] = metrics::evaluatePair(
        square(10, 5, 10), square(5, 5, 10), 1, {.spacingMm = SpacingMm{0.5, 0.5}});
    EXPECT_EQ(report.cases[1].referenceArea(1), 25.0);
    const auto json = nlohmann::json::parse(metricJson(report));
    EXPECT(json["mean"]["1"].contains("hd95_mm"));
    EXPECT(json["mean"]["1"].contains("hd95_px"));
    EXPECT_EQ(json["mean"]["1"]["hd95_px"].get<double>(), 0.0); // of the exact case alone
    EXPECT_EQ(json["mean"]["1"]["dsc"].get<double>(), 0.5);     // of all
    EXPECT_EQ(json["per_image"][1]["unit"].get<std::string>(), std::string("mm"));
}

GD_TEST(spreadsheetsRunNothing)
{
    MetricReport report = sample();
    report.classNames[1] = "=HYPERLINK(\"x\")";
    report.cases[0].name = "a, \"b\"";
    const std::string csv = metricCsv(report);
    EXPECT(csv.find("\n\"a, \"\"b\"\"\",") != std::string::npos);
    EXPECT(csv.find(",\"'=HYPERLINK(\"\"x\"\")\"") != std::string::npos);
    EXPECT(csv.find(",=") == std::string::npos);
}

GD_TEST(thePageIsWholeAndSelfContained)
{
    const auto folder = std::filesystem::temp_directory_path() / "guidino-tst-metric-report";
    std::filesystem::remove_all(folder);
    MetricReport report = sample();
    report.classNames[1] = "<polyp>";
    report.worst.push_back({"case-0002", "DSC 0.500", {}});
    REQUIRE(writeMetricReport(report, folder).has_value());
    const std::string html = readFile(folder / "report.html").value();
    EXPECT(html.find("Research use only, not a medical device") != std::string::npos);
    EXPECT(html.find("&lt;polyp&gt;") != std::string::npos);
    EXPECT(html.find("<polyp>") == std::string::npos);
    EXPECT(html.find("http") == std::string::npos);
    EXPECT(html.find(std::string(64, 'b')) != std::string::npos);
    EXPECT(html.find("as MedPy") != std::string::npos);
    EXPECT(readFile(folder / "report.csv").value() == metricCsv(report));
    EXPECT(readFile(folder / "report.json").value() == metricJson(report));
    // A folder that cannot be made is an error, not a crash.
    EXPECT(!writeMetricReport(report, folder / "report.csv" / "below").has_value());
    std::filesystem::remove_all(folder);
}

GD_TEST_MAIN()
