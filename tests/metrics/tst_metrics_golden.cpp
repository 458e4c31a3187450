// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/metrics/segmentation_metrics.h"
#include "core/metrics/surface_distance.h"
#include "tests/support/check.h"

#include <nlohmann/json.hpp>

using namespace guidino;
using namespace guidino::metrics;
using nlohmann::json;

namespace {

// The file has nine decimals; MONAI computes in float32.
constexpr double kTolerance = 2e-9;
constexpr double kMonaiTolerance = 2e-6;

struct GoldenCase
{
    std::string name;
    Raster8 prediction;
    Raster8 reference;
    std::optional<SpacingMm> spacing;
    json expected;
};

Raster8 fromRuns(const json& runs, int width, int height)
{
    Raster8 mask(width, height);
    for (const json& run : runs) {
        std::fill_n(mask.data() + run[0].get<int>(), run[1].get<int>(), std::uint8_t{1});
    }
    return mask;
}

std::vector<GoldenCase> goldenCases()
{
    const auto folder = test::goldenFolder();
    if (folder.empty() || !std::filesystem::exists(folder / "metrics_cases.json")) {
        throw test::Skip{"no metrics_cases.json"};
    }
    const auto text = readFile(folder / "metrics_cases.json");
    REQUIRE_OK(text);
    std::vector<GoldenCase> all;
    const json document = json::parse(*text);
    for (const json& entry : document["cases"]) {
        const int width = entry["width"];
        const int height = entry["height"];
        GoldenCase golden{
            entry["name"],
            fromRuns(entry["pred_rle"], width, height),
            fromRuns(entry["gt_rle"], width, height),
            {},
            entry["expected"]};
        if (entry["spacing"].is_array()) {
            // NumPy's order: rows first.
            golden.spacing = SpacingMm{entry["spacing"][1], entry["spacing"][0]};
        }
        all.push_back(std::move(golden));
    }
    REQUIRE(all.size() == 24);
    return all;
}

/// Infinite, "not a number" and the tools' exceptions are all "not defined" here.
void expectValue(
    const GoldenCase& golden,
    const char* tool,
    const std::string& key,
    std::optional<double> actual,
    double tolerance = kTolerance)
{
    const json& value = golden.expected.at(tool).at(key);
    const bool agrees = value.is_number()
                            ? actual && std::abs(*actual - value.get<double>()) <= tolerance
                            : !actual || !std::isfinite(*actual);
    if (!agrees) {
        test::fail(
            __FILE__,
            __LINE__,
            golden.name + " " + tool + "." + key + " is "
                + (actual ? test::show(*actual) : std::string("undefined")) + ", expected "
                + value.dump());
    }
}

SpacingMm spacingOf(const GoldenCase& golden)
{
    return golden.spacing.value_or(SpacingMm{});
}

constexpr std::pair<const char*, double> kTolerances[] = {{"0.5", 0.5}, {"1.0", 1.0}, {"2.0", 2.0}};

} // namespace

GD_TEST(countsAndOverlapsMatch)
{
    for (const GoldenCase& golden : goldenCases()) {
        const ConfusionCounts counts = countConfusion(golden.prediction, golden.reference);
        const json& expected = golden.expected["counts"];
        EXPECT_EQ(counts.tp, expected["TP"].get<std::int64_t>());
        EXPECT_EQ(counts.fp, expected["FP"].get<std::int64_t>());
        EXPECT_EQ(counts.fn, expected["FN"].get<std::int64_t>());
        EXPECT_EQ(counts.tn, expected["TN"].get<std::int64_t>());
        expectValue(golden, "nnunet", "Dice", counts.dsc());
        expectValue(golden, "nnunet", "IoU", counts.iou());
    }
}

GD_TEST(medPyMatches)
{
    for (const GoldenCase& golden : goldenCases()) {
        const auto borders =
            borderDistances(golden.prediction, golden.reference, spacingOf(golden));
        expectValue(golden, "medpy", "hd", borders.maxPercentile(100));
        expectValue(golden, "medpy", "hd95", borders.pooledPercentile(95));
        expectValue(golden, "medpy", "asd_pred_to_gt", borders.fromPrediction.mean());
        expectValue(golden, "medpy", "asd_gt_to_pred", borders.fromReference.mean());
        expectValue(golden, "medpy", "assd_pooled_v0.5.2", borders.pooledMean());
        expectValue(golden, "medpy", "assd_mean_of_means_v0.4", borders.meanOfMeans());
    }
}

GD_TEST(monaiMatches)
{
    for (const GoldenCase& golden : goldenCases()) {
        const auto borders =
            borderDistances(golden.prediction, golden.reference, spacingOf(golden));
        expectValue(golden, "monai", "hd", borders.maxPercentile(100), kMonaiTolerance);
        expectValue(golden, "monai", "hd95", borders.maxPercentile(95), kMonaiTolerance);
        expectValue(golden, "monai", "assd", borders.pooledMean(), kMonaiTolerance);
        expectValue(
            golden, "monai", "asd_pred_to_gt", borders.fromPrediction.mean(), kMonaiTolerance);
        const auto contours =
            contourDistances(golden.prediction, golden.reference, spacingOf(golden));
        for (const auto& [text, tolerance] : kTolerances) {
            expectValue(
                golden,
                "monai",
                std::string("nsd_") + text,
                borders.normalisedSurfaceDistance(tolerance),
                kMonaiTolerance);
            expectValue(
                golden,
                "monai",
                std::string("nsd_subvoxel_") + text,
                contours.normalisedSurfaceDistance(tolerance),
                kMonaiTolerance);
        }
    }
}

GD_TEST(deepMindMatches)
{
    for (const GoldenCase& golden : goldenCases()) {
        const auto contours =
            contourDistances(golden.prediction, golden.reference, spacingOf(golden));
        expectValue(golden, "deepmind", "hd100", contours.maxPercentile(100));
        expectValue(golden, "deepmind", "hd95", contours.maxWeightedPercentile(95));
        expectValue(golden, "deepmind", "asd_gt_to_pred", contours.fromReference.mean());
        expectValue(golden, "deepmind", "asd_pred_to_gt", contours.fromPrediction.mean());
        for (const auto& [text, tolerance] : kTolerances) {
            expectValue(
                golden,
                "deepmind",
                std::string("nsd_") + text,
                contours.normalisedSurfaceDistance(tolerance));
        }
    }
}

GD_TEST(guiDinoMatches)
{
    for (const GoldenCase& golden : goldenCases()) {
        MetricOptions options;
        options.hd95 = Hd95Definition::GuiDino;
        options.spacingMm = golden.spacing;
        // Its evaluation gives the image's diagonal where one mask is empty, and nothing for two.
        const bool isOneEmpty = golden.name == "empty_pred" || golden.name == "empty_gt";
        options.emptyPolicy = isOneEmpty ? EmptyPolicy::Penalise : EmptyPolicy::Null;
        const PairMetrics metrics = evaluatePair(golden.prediction, golden.reference, 1, options);
        expectValue(golden, "guidino_offline", "hd95", metrics.hd95);
        if (isOneEmpty) {
            expectValue(golden, "guidino_offline", "asd", metrics.assd);
        } else {
            const auto filled =
                filledDistances(golden.prediction, golden.reference, spacingOf(golden));
            expectValue(golden, "guidino_offline", "asd", filled.pooledMean());
        }
    }
}

GD_TEST(definitionsAreReachedByName)
{
    const std::pair<const char*, const char*> all[] = {
        {"pooled", "medpy"},
        {"max", "monai"},
        {"deepmind", "deepmind"},
        {"guidino", "guidino_offline"}};
    for (const GoldenCase& golden : goldenCases()) {
        if (golden.name.find("empty") != std::string::npos) {
            continue;
        }
        for (const auto& [name, tool] : all) {
            MetricOptions options;
            const auto definition = hd95DefinitionFrom(name);
            REQUIRE_OK(definition);
            options.hd95 = *definition;
            options.spacingMm = golden.spacing;
            const PairMetrics metrics =
                evaluatePair(golden.prediction, golden.reference, 1, options);
            expectValue(golden, tool, "hd95", metrics.hd95, kMonaiTolerance);
        }
    }
}

GD_TEST_MAIN()
