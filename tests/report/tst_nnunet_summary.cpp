// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/image_writer.h"
#include "core/report/nnunet_summary.h"
#include "tests/support/check.h"

#include <nlohmann/json.hpp>

using namespace guidino;
using namespace guidino::report;
namespace fs = std::filesystem;

namespace {

/// A label image of 4 x 2 pixels.
void write(const fs::path& file, const std::vector<std::uint8_t>& labels)
{
    fs::create_directories(file.parent_path());
    const auto status = imaging::writePng(file, Raster8(4, 2, 1, labels));
    REQUIRE_OK(status);
}

} // namespace

GD_TEST(regionsCountTheirLabelsTogether)
{
    const test::TemporaryFolder folder;
    write(folder.path() / "ref" / "a.png", {1, 2, 0, 0, 0, 0, 0, 0});
    write(folder.path() / "pred" / "a.png", {2, 2, 1, 0, 0, 0, 0, 0});
    write(folder.path() / "ref" / "b.png", {1, 1, 1, 1, 1, 1, 1, 1});
    NnunetEvaluation evaluation;
    evaluation.predictions = folder.path() / "pred";
    evaluation.references = folder.path() / "ref";
    evaluation.labels = {2};
    evaluation.regions = {{1, 2}};
    evaluation.names = {"a.png"}; // b has no prediction
    const auto summary = summarise(evaluation);
    REQUIRE_OK(summary);
    const auto json = nlohmann::json::parse(summary->text);
    EXPECT_EQ(json["metric_per_case"].size(), std::size_t{1});
    EXPECT_EQ(json["mean"]["(1, 2)"]["TP"], 2.0);
    EXPECT_EQ(json["mean"]["(1, 2)"]["FP"], 1.0);
    EXPECT_NEAR(json["mean"]["2"]["Dice"].get<double>(), 2.0 / 3, 1e-12);
    EXPECT_NEAR(summary->dice, (0.8 + 2.0 / 3) / 2, 1e-12);
}

GD_TEST(countsByHand)
{
    const test::TemporaryFolder folder;
    write(folder.path() / "ref" / "a.png", {1, 1, 1, 0, 0, 0, 0, 3});
    write(folder.path() / "pred" / "a.png", {1, 1, 0, 1, 0, 0, 0, 1});
    write(folder.path() / "ref" / "b.png", {0, 0, 0, 0, 0, 0, 0, 0});
    write(folder.path() / "pred" / "b.png", {0, 0, 0, 0, 0, 0, 0, 0});
    NnunetEvaluation evaluation;
    evaluation.predictions = folder.path() / "pred";
    evaluation.references = folder.path() / "ref";
    evaluation.labels = {1, 2};
    evaluation.ignoreLabel = 3;
    const auto text = nnunetSummary(evaluation);
    REQUIRE_OK(text);
    EXPECT(text->find("\"Dice\": NaN") != std::string::npos); // as Python writes it
    std::string plain = *text;
    for (std::size_t at = plain.find("NaN"); at != std::string::npos; at = plain.find("NaN")) {
        plain.replace(at, 3, "null");
    }
    const auto json = nlohmann::json::parse(plain);
    const auto& one = json["metric_per_case"][0]["metrics"]["1"];
    EXPECT_EQ(one["TP"], 2);
    EXPECT_EQ(one["FP"], 1); // the ignored pixel does not count
    EXPECT_EQ(one["FN"], 1);
    EXPECT_EQ(one["TN"], 3);
    EXPECT_EQ(one["n_pred"], 3);
    EXPECT_EQ(one["n_ref"], 3);
    EXPECT_NEAR(one["Dice"].get<double>(), 4.0 / 6, 1e-12);
    EXPECT_NEAR(one["IoU"].get<double>(), 0.5, 1e-12);
    // The second case has label 1 in neither, so it is left out of the mean; label 2 is nowhere.
    EXPECT_NEAR(json["mean"]["1"]["Dice"].get<double>(), 4.0 / 6, 1e-12);
    EXPECT_NEAR(json["mean"]["1"]["TP"].get<double>(), 1.0, 1e-12);
    EXPECT(json["mean"]["2"]["Dice"].is_null());
    EXPECT(json["foreground_mean"]["Dice"].is_null());
    EXPECT_NEAR(json["foreground_mean"]["TP"].get<double>(), 0.5, 1e-12);
    EXPECT(json["metric_per_case"][0]["reference_file"].get<std::string>().ends_with("a.png"));
}

GD_TEST(whatIsMissingIsNamed)
{
    const test::TemporaryFolder folder;
    write(folder.path() / "ref" / "a.png", {1, 1, 1, 0, 0, 0, 0, 0});
    fs::create_directories(folder.path() / "pred");
    NnunetEvaluation evaluation;
    evaluation.predictions = folder.path() / "pred";
    evaluation.references = folder.path() / "ref";
    evaluation.labels = {1};
    const auto missing = nnunetSummary(evaluation);
    REQUIRE(!missing);
    EXPECT(missing.error().message.find("pred/a.png") != std::string::npos);
    const auto status =
        imaging::writePng(folder.path() / "pred" / "a.png", Raster8(2, 2, 1, {0, 0, 0, 0}));
    REQUIRE_OK(status);
    const auto wrong = nnunetSummary(evaluation);
    REQUIRE(!wrong);
    EXPECT(wrong.error().message.find("2 x 2") != std::string::npos);
}

GD_TEST_MAIN()
