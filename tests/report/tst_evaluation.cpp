// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/imaging/image_writer.h"
#include "core/report/evaluation.h"
#include "tests/support/check.h"

#include <nlohmann/json.hpp>

using namespace guidino;
using namespace guidino::report;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// A filled rectangle of `value`.
Raster8 box(Size size, Rect rect, std::uint8_t value = 255)
{
    Raster8 mask(size.width, size.height);
    for (int y = rect.y; y < rect.bottom(); ++y) {
        for (int x = rect.x; x < rect.right(); ++x) {
            mask.at(x, y) = value;
        }
    }
    return mask;
}

void write(const fs::path& path, const Raster8& mask)
{
    fs::create_directories(path.parent_path());
    REQUIRE_OK(imaging::writePng(path, mask));
}

json summaryIn(const fs::path& folder)
{
    const auto text = readFile(folder / "summary.json");
    REQUIRE_OK(text);
    return json::parse(*text);
}

constexpr Size kSize{40, 30};

/// Four references, and predictions of which one is exact, one shifted by two, one empty.
void writeSmallSet(const fs::path& root)
{
    const Rect object{10, 10, 10, 10};
    for (const char* name : {"a", "b", "c", "d"}) {
        const bool isEmpty = std::string(name) == "d";
        write(
            root / "ref" / (std::string(name) + "_mask.png"),
            isEmpty ? Raster8(40, 30) : box(kSize, object));
    }
    write(root / "pred" / "masks" / "a.png", box(kSize, object));
    write(root / "pred" / "masks" / "b.png", box(kSize, {12, 10, 10, 10}));
    write(root / "pred" / "masks" / "c.png", Raster8(40, 30));
    write(root / "pred" / "masks" / "d.png", Raster8(40, 30));
}

EvaluateSpec specOf(const fs::path& root)
{
    EvaluateSpec spec;
    spec.predictions = root / "pred";
    spec.references = root / "ref";
    spec.out = root / "out";
    spec.bootstrap.samples = 100;
    return spec;
}

} // namespace

GD_TEST(foldersAreComparedByName)
{
    const test::TemporaryFolder root;
    writeSmallSet(root.path());
    const auto evaluation = evaluateFolders(specOf(root.path()));
    REQUIRE_OK(evaluation);
    EXPECT(evaluation->failures.empty() && evaluation->unpredicted.empty());
    REQUIRE(evaluation->cases.size() == 4);
    EXPECT_EQ(evaluation->cases[0].name, std::string("a"));
    // Shift by 2 of a 10-px square: 80 of 100 pixels agree.
    EXPECT_NEAR(evaluation->cases[1].mean("dsc").value_or(-1), 0.8, 1e-12);
    EXPECT_NEAR(evaluation->cases[1].mean("hd95").value_or(-1), 2.0, 1e-12);
    EXPECT_NEAR(evaluation->mean("dsc").value_or(-1), (1 + 0.8 + 0) / 3, 1e-12);

    const json summary = summaryIn(root / "out");
    EXPECT_NEAR(summary["mean"]["dsc"].get<double>(), 0.6, 1e-12);
    EXPECT_NEAR(summary["mean"]["hd95"].get<double>(), 1.0, 1e-12);
    for (const char* metric : {"dsc", "iou", "hd95", "assd", "nsd"}) {
        EXPECT(summary["mean"].contains(metric) && summary["classes"]["1"].contains(metric));
    }
    EXPECT_EQ(summary["per_image"].size(), std::size_t{4});
    EXPECT(summary["per_image"][2]["hd95"].is_null() && summary["per_image"][2]["dsc"] == 0.0);
    EXPECT(summary["per_image"][3]["dsc"].is_null());
    EXPECT_EQ(summary["empty"]["prediction"].get<int>(), 1);
    EXPECT_EQ(summary["empty"]["both"].get<int>(), 1);
    EXPECT_EQ(summary["empty"]["policy"].get<std::string>(), std::string("null"));
    EXPECT_EQ(summary["settings"]["hd95"].get<std::string>(), std::string("pooled"));
    EXPECT_EQ(summary["settings"]["unit"].get<std::string>(), std::string("px"));
    EXPECT_EQ(summary["classes"]["1"]["tp"].get<int>(), 180);
    const auto csv = readFile(root / "out" / "metrics.csv");
    REQUIRE_OK(csv);
    EXPECT_EQ(std::count(csv->begin(), csv->end(), '\n'), std::ptrdiff_t{5});
    EXPECT(csv->starts_with("name,class,dsc,iou,hd95"));
    EXPECT(describe(specOf(root.path()), *evaluation).find("dsc") != std::string::npos);
}

GD_TEST(resultsDoNotDependOnThreads)
{
    const test::TemporaryFolder root;
    writeSmallSet(root.path());
    EvaluateSpec spec = specOf(root.path());
    spec.threads = 1;
    REQUIRE_OK(evaluateFolders(spec));
    const json one = summaryIn(root / "out");
    spec.threads = 4;
    REQUIRE_OK(evaluateFolders(spec));
    EXPECT(summaryIn(root / "out") == one);
}

GD_TEST(optionsReachTheMetrics)
{
    const test::TemporaryFolder root;
    writeSmallSet(root.path());
    EvaluateSpec spec = specOf(root.path());
    spec.metrics.emptyPolicy = metrics::EmptyPolicy::Penalise;
    spec.metrics.spacingMm = SpacingMm{0.5, 0.5};
    auto evaluation = evaluateFolders(spec);
    REQUIRE_OK(evaluation);
    EXPECT_NEAR(evaluation->cases[1].mean("hd95").value_or(-1), 1.0, 1e-12);
    EXPECT_NEAR(evaluation->cases[2].mean("hd95").value_or(-1), 25.0, 1e-12);
    EXPECT_NEAR(evaluation->cases[3].mean("dsc").value_or(-1), 1.0, 0);
    const json summary = summaryIn(root / "out");
    EXPECT_EQ(summary["settings"]["unit"].get<std::string>(), std::string("mm"));
    spec.metrics = {};
    spec.size = Size{80, 60};
    evaluation = evaluateFolders(spec);
    REQUIRE_OK(evaluation);
    EXPECT_NEAR(evaluation->cases[1].mean("hd95").value_or(-1), 4.0, 1e-12);
    const json resized = summaryIn(root / "out");
    EXPECT_EQ(resized["settings"]["size"].get<std::string>(), std::string("60x80"));
}

GD_TEST(whatCannotBeComparedIsListed)
{
    const test::TemporaryFolder root;
    writeSmallSet(root.path());
    write(root / "pred" / "masks" / "b.png", box({20, 15}, {5, 5, 5, 5}));
    write(root / "pred" / "masks" / "extra.png", box(kSize, {1, 1, 2, 2}));
    REQUIRE_OK(writeFileAtomically(root / "pred" / "masks" / "c.png", "no picture"));
    write(root / "ref" / "later_mask.png", box(kSize, {1, 1, 2, 2}));
    const auto evaluation = evaluateFolders(specOf(root.path()));
    REQUIRE_OK(evaluation);
    EXPECT_EQ(evaluation->cases.size(), std::size_t{2});
    REQUIRE(evaluation->failures.size() == 3);
    std::map<std::string, std::string> byKind;
    for (const CaseFailure& failure : evaluation->failures) {
        byKind[failure.kind] = failure.message;
    }
    EXPECT(byKind["size_mismatch"].find("20 x 15") != std::string::npos);
    EXPECT(byKind["missing_reference"].find("extra.png") != std::string::npos);
    EXPECT(byKind["unreadable"].find("c.png") != std::string::npos);
    EXPECT(evaluation->unpredicted == std::vector<std::string>{"later_mask"});
    EXPECT_EQ(summaryIn(root / "out")["failures"].size(), std::size_t{3});
}

GD_TEST(nothingToCompareIsAnError)
{
    const test::TemporaryFolder root;
    writeSmallSet(root.path());
    EvaluateSpec spec = specOf(root.path());
    spec.predictions = root / "absent";
    EXPECT(evaluateFolders(spec).error().code == ErrorCode::NotFound);
    write(root / "other" / "z9.png", box(kSize, {1, 1, 2, 2}));
    spec.predictions = root / "other";
    const auto evaluation = evaluateFolders(spec);
    REQUIRE(!evaluation);
    EXPECT(evaluation.error().code == ErrorCode::BadInput);
    EXPECT(evaluation.error().message.find("nothing to compare") != std::string::npos);
    spec = specOf(root.path());
    spec.splitName = "test";
    EXPECT(evaluateFolders(spec).error().code == ErrorCode::Usage);
}

GD_TEST(classesAreComparedOneByOne)
{
    const test::TemporaryFolder root;
    const auto palette = imaging::defaultPalette(4);
    const auto labels = [](int shift) {
        Raster8 map(40, 30);
        for (int y = 0; y < 10; ++y) {
            for (int x = 0; x < 10; ++x) {
                map.at(x + 2, y + 2) = 1;
                map.at(x + 20 + shift, y + 2) = 2;
            }
        }
        return map;
    };
    fs::create_directories(root / "ref");
    fs::create_directories(root / "pred");
    for (int i = 0; i < 5; ++i) {
        const std::string name = "case" + std::to_string(i) + ".png";
        REQUIRE_OK(imaging::writeIndexedPng(root / "ref" / name, labels(0), palette));
        REQUIRE_OK(imaging::writeIndexedPng(root / "pred" / name, labels(5), palette));
    }
    const auto evaluation = evaluateFolders(specOf(root.path()));
    REQUIRE_OK(evaluation);
    REQUIRE(evaluation->failures.empty());
    EXPECT((evaluation->classIndices == std::vector<int>{1, 2}));
    const json summary = summaryIn(root / "out");
    EXPECT_NEAR(summary["classes"]["1"]["dsc"].get<double>(), 1.0, 1e-12);
    EXPECT_NEAR(summary["classes"]["2"]["dsc"].get<double>(), 0.5, 1e-12);
    EXPECT_NEAR(summary["mean"]["dsc"].get<double>(), 0.75, 1e-12);
    EXPECT_NEAR(summary["per_image"][0]["classes"]["2"]["hd95"].get<double>(), 5.0, 1e-12);
}

GD_TEST(guidesAreJudgedByThemselves)
{
    const test::TemporaryFolder root;
    writeSmallSet(root.path());
    fs::create_directories(root / "pred" / "guide");
    // At token resolution, bright where the object is: column 1 of 4, row 1 of 3.
    std::vector<float> guide(12, 0.1F);
    guide[5] = 0.9F;
    for (const char* name : {"a", "b", "c", "d"}) {
        REQUIRE_OK(
            writeNpy(root / "pred" / "guide" / (std::string(name) + ".npy"), {1, 3, 4}, guide));
    }
    EvaluateSpec spec = specOf(root.path());
    spec.guides = root / "pred" / "guide";
    const auto evaluation = evaluateFolders(spec);
    REQUIRE_OK(evaluation);
    EXPECT(evaluation->failures.empty());
    REQUIRE(evaluation->cases[0].guide.has_value());
    EXPECT(evaluation->cases[0].guide->auroc.value_or(0) > 0.99);
    EXPECT(evaluation->cases[0].guide->isHit.value_or(false));
    EXPECT(!evaluation->cases[3].guide->auroc);
    const json summary = summaryIn(root / "out");
    EXPECT(summary["guide"]["auroc"].get<double>() > 0.99);
    EXPECT_NEAR(summary["guide"]["pointing_hits"].get<double>(), 1.0, 1e-12);
    EXPECT(summary["guide"]["pearson"].is_null()); // the guides are all alike
    fs::remove(root / "pred" / "guide" / "b.npy");
    REQUIRE_OK(imaging::writePng(root / "pred" / "guide" / "b.png", Raster8(4, 3)));
    fs::remove(root / "pred" / "guide" / "c.npy");
    const auto partly = evaluateFolders(spec);
    REQUIRE_OK(partly);
    REQUIRE(partly->failures.size() == 1);
    EXPECT_EQ(partly->failures[0].kind, std::string("missing_guide"));
    EXPECT_NEAR(partly->cases[1].guide->auroc.value_or(0), 0.5, 1e-12);
}

GD_TEST(dataSetsAndListsRestrictTheReferences)
{
    const test::TemporaryFolder root;
    const Rect object{10, 10, 10, 10};
    json list = json::array();
    for (const char* name : {"a", "b", "c"}) {
        write(root / "data" / "images" / (std::string(name) + ".png"), Raster8(40, 30));
        write(root / "data" / "masks" / (std::string(name) + ".png"), box(kSize, object));
        write(root / "pred" / "masks" / (std::string(name) + ".png"), box(kSize, object));
    }
    const json splits{
        {"version", 1},
        {"seed", 1},
        {"lists",
         {{"test",
           {{{"name", "images/a.png"}, {"sha256", ""}},
            {{"name", "images/c.png"}, {"sha256", ""}}}}}}};
    REQUIRE_OK(writeFileAtomically(root / "splits.json", splits.dump()));
    EvaluateSpec spec = specOf(root.path());
    spec.references = root / "data";
    auto evaluation = evaluateFolders(spec);
    REQUIRE_OK(evaluation);
    EXPECT_EQ(evaluation->cases.size(), std::size_t{3});
    spec.splits = root / "splits.json";
    spec.splitName = "test";
    evaluation = evaluateFolders(spec);
    REQUIRE_OK(evaluation);
    EXPECT(evaluation->failures.empty());
    REQUIRE(evaluation->cases.size() == 2);
    EXPECT_EQ(evaluation->cases[1].name, std::string("c"));
    spec.references = root / "data" / "masks";
    evaluation = evaluateFolders(spec);
    REQUIRE_OK(evaluation);
    EXPECT_EQ(evaluation->cases.size(), std::size_t{2});
    spec.splitName = "validation";
    EXPECT(evaluateFolders(spec).error().code == ErrorCode::Usage);
}

GD_TEST(onlyTheMetricsAskedForAreReported)
{
    const test::TemporaryFolder root;
    writeSmallSet(root.path());
    EvaluateSpec spec = specOf(root.path());
    const auto all = evaluateFolders(spec);
    REQUIRE_OK(all);
    spec.wanted = {"hd95", "recall"};
    const auto some = evaluateFolders(spec);
    REQUIRE_OK(some);
    for (const std::string& metric : metricNames()) {
        const bool isAsked = metric == "hd95" || metric == "recall";
        EXPECT(some->mean(metric) == (isAsked ? all->mean(metric) : std::nullopt));
    }
    EXPECT_EQ(describe(spec, *some).find("assd"), std::string::npos);
    const json summary = summaryIn(root.path() / "out");
    EXPECT(summary["settings"]["metrics"] == json({"hd95", "recall"}));
    EXPECT(summary["mean"]["dsc"].is_null() && summary["mean"]["hd95"].is_number());
    EXPECT_EQ(summary["classes"]["1"]["tp"].get<int>(), 180);
    spec.wanted = {"hd"};
    const auto unknown = evaluateFolders(spec);
    REQUIRE(!unknown);
    EXPECT(unknown.error().code == ErrorCode::Usage);
    EXPECT(unknown.error().message.find("hd95") != std::string::npos);
}

GD_TEST(publishedPredictionsScoreAsStated)
{
    const auto folder = test::dataFolder() / "tn3k-degraded";
    if (test::dataFolder().empty() || !fs::is_directory(folder / "segdino_preds")) {
        throw test::Skip{"no tn3k-degraded"};
    }
    fs::path references;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_directory() && name.find("mask") != std::string::npos) {
            references = entry.path();
        }
    }
    REQUIRE(!references.empty());
    EvaluateSpec spec;
    spec.predictions = folder / "segdino_preds";
    spec.references = references;
    spec.metrics.withDistances = false;
    spec.bootstrap.samples = 10;
    const auto evaluation = evaluateFolders(spec);
    REQUIRE_OK(evaluation);
    EXPECT_EQ(evaluation->cases.size(), std::size_t{79});
    EXPECT_NEAR(evaluation->mean("dsc").value_or(-1), 0.8346, 0.00005);
    EXPECT_NEAR(evaluation->mean("iou").value_or(-1), 0.7429, 0.00005);
}

GD_TEST_MAIN()
