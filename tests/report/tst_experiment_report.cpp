// SPDX-License-Identifier: Apache-2.0
// What `guidino experiment` tells of its cells: costs, and DSC drawn against them.
#include "core/base/file.h"
#include "core/report/experiment.h"
#include "core/report/metrics_table.h"
#include "tests/support/check.h"

#include <algorithm>
#include <cmath>
#include <regex>

using namespace guidino;
using namespace guidino::report;

namespace {

struct System
{
    const char* name;
    double millions;
    double dsc;
    bool isGuided;
    const char* family;
};

/// As crowded as a real experiment: seven differ by 5 % in size.
const std::vector<System> kSystems = {
    {"UNet", 1.94, 0.731, false, "unet"},
    {"GuiDINO-U", 2.01, 0.742, true, "unet"},
    {"nnU-Net", 2.9, 0.768, false, "nnunet"},
    {"guided-nnU-Net", 2.98, 0.771, true, "nnunet"},
    {"nnU-Net-ResEnc", 4.6, 0.775, false, "resenc"},
    {"nnWNet", 0.52, 0.709, false, "nnwnet"},
    {"GuiDINO-W", 0.58, 0.716, true, "nnwnet"},
    {"U-KAN", 1.83, 0.726, false, "ukan"},
    {"guided-U-KAN", 1.9, 0.734, true, "ukan"},
    {"SwinUNet", 6.9, 0.655, false, "swinunet"},
    {"guided-SwinUNet", 7.0, 0.668, true, "swinunet"},
    {"H2Former", 8.5, 0.702, false, "h2former"},
    {"guided-H2Former", 8.6, 0.705, true, "h2former"},
    {"SegDINO-random-ViT", 22.5, 0.642, false, ""},
    {"SegDINO-v2-random-ViT", 22.9, 0.648, false, ""},
    {"DINOv3-decoder-random-ViT", 23.4, 0.655, false, ""},
    {"MedDINOv3-random-ViT", 22.3, 0.638, false, ""},
    {"Seg-GuiDINO-random-ViT", 23.1, 0.651, true, ""},
    {"Seg-GuiDINO-LoRA-random-ViT", 23.2, 0.66, true, ""}};

ExperimentSpec specOf(const std::vector<System>& systems)
{
    ExperimentSpec spec;
    spec.data.push_back({"Polyps", {}, {}, {}, {}, {}});
    spec.sizes = {"native"};
    spec.metrics = {"dsc"};
    for (const System& system : systems) {
        ExperimentRun run{system.name, "Polyps", 1, {}, {}, {}, {}};
        run.cost.parameters = system.millions * 1e6;
        run.cost.secondsPerImage = 0.1 + system.dsc / 10; // no factor of ten between them
        run.network = {system.family, system.isGuided};
        spec.runs.push_back(std::move(run));
    }
    return spec;
}

std::vector<ExperimentTable> tablesOf(const std::vector<System>& systems)
{
    ExperimentTable table{"Polyps", "native", {}, {}, {}};
    for (const System& system : systems) {
        ExperimentFigure figure;
        figure.mean = system.dsc;
        figure.interval = Interval{system.dsc - 0.03, system.dsc + 0.027};
        table.variants.emplace_back(system.name);
        table.figures[system.name]["dsc"] = figure;
    }
    return {table};
}

/// The numbers of all elements that the pattern finds, by its brackets.
std::vector<std::vector<double>> numbersOf(const std::string& svg, const std::string& pattern)
{
    std::vector<std::vector<double>> all;
    const std::regex regex(pattern);
    for (std::sregex_iterator it(svg.begin(), svg.end(), regex), end; it != end; ++it) {
        auto& numbers = all.emplace_back();
        for (std::size_t i = 1; i < it->size(); ++i) {
            numbers.push_back(std::stod((*it)[i].str()));
        }
    }
    return all;
}

std::size_t countOf(const std::string& text, const std::string& part)
{
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

/// Names cover neither each other nor a marker and stay within the picture; how many there are.
std::size_t expectReadable(const std::string& svg, int line)
{
    const auto sizes = numbersOf(svg, "viewBox=\"0 0 ([0-9.]+) ([0-9.]+)\"");
    REQUIRE(sizes.size() == 1);
    const std::string number = "=\"([0-9.]+)\" ?";
    const auto boxes = numbersOf(
        svg, "class=\"ground\" x" + number + "y" + number + "width" + number + "height" + number);
    const auto markers =
        numbersOf(svg, "<circle class=\"[a-z]+\" cx" + number + "cy" + number + "r" + number);
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        const double left = boxes[i][0];
        const double top = boxes[i][1];
        const double right = left + boxes[i][2];
        const double bottom = top + boxes[i][3];
        if (left < 0 || top < 0 || right > sizes[0][0] || bottom > sizes[0][1]) {
            test::fail(__FILE__, line, "a name leaves the picture");
        }
        for (std::size_t k = 0; k < i; ++k) {
            const auto& b = boxes[k];
            if (left + 0.2 < b[0] + b[2] && b[0] + 0.2 < right && top + 0.2 < b[1] + b[3]
                && b[1] + 0.2 < bottom) {
                test::fail(__FILE__, line, "two names overlap");
            }
        }
        for (const auto& marker : markers) {
            const double dx = std::clamp(marker[0], left, right) - marker[0];
            const double dy = std::clamp(marker[1], top, bottom) - marker[1];
            if (dx * dx + dy * dy < marker[2] * marker[2]) {
                test::fail(__FILE__, line, "a name covers a marker");
            }
        }
    }
    for (const char* bad : {"nan", "inf", "\"-"}) {
        EXPECT_EQ(countOf(svg, bad), std::size_t{0});
    }
    EXPECT_EQ(countOf(svg, "<circle"), countOf(svg, "</circle>"));
    return boxes.size();
}

} // namespace

GD_TEST(metricsTablesCopeWithWhatRunsLeave)
{
    const MetricsTable table = metricsTableOf(
        "epoch,step,dsc,train_seconds\r\n1,10,0.5,2.5\r\n2,20,,3.5\n\n3,30,inf,abc\n4,40,0.75\n"
        "5,50,1e-1,4,17");
    REQUIRE(table.columns.size() == 4);
    REQUIRE(table.rows.size() == 5);
    using Values = std::vector<std::optional<double>>;
    EXPECT(table.valuesOf("epoch") == (Values{1, 2, 3, 4, 5}));
    EXPECT(table.valuesOf("dsc") == (Values{0.5, std::nullopt, std::nullopt, 0.75, 0.1}));
    EXPECT(table.valuesOf("train_seconds") == (Values{2.5, 3.5, std::nullopt, std::nullopt, 4}));
    EXPECT(table.valuesOf("seconds").empty());
    EXPECT(metricsTableOf("").columns.empty());
    EXPECT(metricsTableOf("epoch,dsc\n").rows.empty());
}

GD_TEST(costsAreReadFromTheFilesOfACell)
{
    const test::TemporaryFolder folder;
    const auto put = [&folder](const std::string& name, const std::string& text) {
        REQUIRE_OK(makeFolder((folder / name).parent_path()));
        REQUIRE_OK(writeFileAtomically(folder / name, text));
    };
    put("run/run.json",
        R"({"parameters": 1000, "trainable_parameters": 400, "multiply_adds": 2e9})");
    put("run/metrics.csv", "epoch,train_seconds\n1,9\n2,5\n3,6\n");
    put("predictions/predictions.json",
        R"({"images": [{"seconds": 0.25}, {"seconds": "long"}, {"seconds": 0.75}, 7]})");
    const ExperimentCost cost = readCost(folder / "run", folder / "predictions");
    EXPECT(cost.parameters == 1000);
    EXPECT(cost.trainable == 400);
    EXPECT(cost.multiplyAdds == 2e9);
    EXPECT(cost.secondsPerEpoch == 6);
    EXPECT(cost.secondsPerImage == 0.5);
    EXPECT(!cost.peakBytes);
    // A packed fold of nnU-Net's has no multiply-adds; damaged files say nothing.
    put("run/run.json", R"({"parameters": 1000, "multiply_adds": null)");
    put("predictions/predictions.json", R"({"images": {"a": 1}})");
    const ExperimentCost less = readCost(folder / "run", folder / "predictions");
    EXPECT(!less.parameters && !less.multiplyAdds && !less.secondsPerImage);
    const ExperimentCost none = readCost(folder / "nowhere", folder / "nowhere");
    EXPECT(!none.parameters && !none.secondsPerEpoch);
}

GD_TEST(networksAreToldFromTheirGuides)
{
    const test::TemporaryFolder folder;
    const auto networkOf = [&folder](const std::string& config) {
        REQUIRE_OK(writeFileAtomically(folder / "run.json", "{\"config\": " + config + "}"));
        return readNetwork(folder.path());
    };
    const ExperimentNetwork plain = networkOf(
        R"({"system": "unet", "network": {"base_channels": 16}, "guide": {"source": "none"}})");
    const ExperimentNetwork guided = networkOf(
        R"({"system": "guidino-u", "network": {"base_channels": 16}, "guide": {"source": "self"}})");
    const ExperimentNetwork wider = networkOf(
        R"({"system": "guidino-u", "network": {"base_channels": 32}, "guide": {"source": "self"}})");
    EXPECT(plain.isGuided == false && guided.isGuided == true);
    EXPECT_EQ(plain.family, guided.family);
    EXPECT(wider.family != guided.family);
    EXPECT(networkOf(R"({"system": 7})").family.empty());
    EXPECT(!networkOf("[]").isGuided);
    EXPECT(readNetwork(folder / "nowhere").family.empty());
}

GD_TEST(everySystemOfACostPlotCanBeRead)
{
    const auto plots = costPlots(specOf(kSystems), tablesOf(kSystems));
    REQUIRE(plots.size() == 2); // parameters and times are known
    EXPECT_EQ(plots[0].title, "Polyps: DSC against parameters (million)");
    REQUIRE(plots[0].points.size() == kSystems.size());
    EXPECT(plots[0].points[0].joinedTo.empty());
    EXPECT(plots[0].points[1].joinedTo == std::vector<std::size_t>{0});
    EXPECT(plots[0].points[12].joinedTo == std::vector<std::size_t>{11});
    EXPECT(plots[0].points[17].joinedTo.empty()); // of an unknown network
    const std::string svg = svgDocumentOf(plots[0]);
    EXPECT_EQ(expectReadable(svg, __LINE__), kSystems.size());
    for (const System& system : kSystems) {
        EXPECT_EQ(countOf(svg, std::string(">") + system.name + "</text>"), std::size_t{1});
    }
    EXPECT_EQ(countOf(svg, "class=\"bar\""), 3 * kSystems.size()); // a bar and two caps
    EXPECT_EQ(countOf(svg, "class=\"pair\""), std::size_t{7});     // six, and the key
    EXPECT_EQ(countOf(svg, "class=\"hollow\""), std::size_t{12});  // eleven, and the key
    for (const char* text :
         {">Polyps: DSC against parameters (million)</text>",
          ">parameters (million), logarithmic scale</text>",
          ">DSC, size native</text>",
          ">0.5</text>",
          ">20</text>",
          ">0.70</text>",
          ">with guide</text>",
          ">without</text>",
          ">the same network</text>",
          ">bars: 95 % bootstrap interval over images</text>",
          "<title>UNet: 0.7310 [0.7010, 0.7580]; parameters (million) 1.94</title>"}) {
        if (countOf(svg, text) != 1) {
            test::fail(__FILE__, __LINE__, std::string("not once: ") + text);
        }
    }
    const std::string times = svgDocumentOf(plots[1]);
    EXPECT_EQ(countOf(times, "logarithmic"), std::size_t{0});
    EXPECT_EQ(countOf(times, ">prediction (ms an image)</text>"), std::size_t{1});
    expectReadable(times, __LINE__);
    // One system is nothing to compare.
    EXPECT(costPlots(specOf({kSystems[0]}), tablesOf({kSystems[0]})).empty());
}

GD_TEST(scatterPlotsCopeWithAnyPoints)
{
    ScatterPlot plot;
    plot.title = "a <b>";
    plot.xLabel = "x";
    expectReadable(svgDocumentOf(plot), __LINE__);
    plot.points = {
        {"one & only", 3, 0.5, Interval{std::nan(""), 1}, {}, {5}},
        {"zero", 0, 0.5, {}, {}, {}},
        {"undefined", 2, std::nan(""), {}, {}, {0}}};
    const std::string one = svgDocumentOf(plot);
    EXPECT_EQ(expectReadable(one, __LINE__), std::size_t{1});
    EXPECT_EQ(countOf(one, ">one &amp; only</text>"), std::size_t{1});
    EXPECT_EQ(countOf(one, "<b>"), std::size_t{0});
    // Where there are too many for all names, none overlaps another.
    plot.points.clear();
    for (int i = 0; i < 120; ++i) {
        plot.points.push_back(
            {"a variant with a long name, number " + std::to_string(i),
             1 + 0.001 * (i % 5),
             0.8 + 0.0001 * (i % 7),
             {},
             {},
             {}});
    }
    EXPECT(expectReadable(svgDocumentOf(plot), __LINE__) > 20);
    // Of a long title the end stays.
    plot.title = std::string(200, 'x') + ": DSC against size";
    EXPECT_EQ(countOf(svgDocumentOf(plot), "x: DSC against size</text>"), std::size_t{1});
}

GD_TEST_MAIN()
