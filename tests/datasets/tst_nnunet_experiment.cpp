// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/nnunet_experiment.h"
#include "tests/datasets/image_files.h"

#include <nlohmann/json.hpp>

using namespace guidino;
using namespace guidino::datasets;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

Raster8 filled(int width, int height, std::uint8_t value)
{
    Raster8 raster(width, height);
    for (std::uint8_t& pixel : raster.pixels()) {
        pixel = value;
    }
    return raster;
}

void write(const fs::path& file, const Raster8& raster)
{
    fs::create_directories(file.parent_path());
    const auto status = imaging::writePng(file, raster);
    REQUIRE_OK(status);
}

/// Five cases of two grey channels, 64 x 48; in each a frame of zeros around 40 x 40.
fs::path rawFolder(const fs::path& root)
{
    for (int i = 0; i < 5; ++i) {
        const std::string name = "case" + std::to_string(i);
        Raster8 first = filled(64, 48, 0);
        Raster8 label = filled(64, 48, 0);
        for (int y = 4; y < 44; ++y) {
            for (int x = 10; x < 50; ++x) {
                first.at(x, y, 0) = static_cast<std::uint8_t>(100 + 10 * i);
                label.at(x, y, 0) = y < 24 ? 1 : 0;
            }
        }
        write(root / "imagesTr" / (name + "_0000.png"), first);
        write(root / "imagesTr" / (name + "_0001.png"), first);
        write(root / "labelsTr" / (name + ".png"), label);
    }
    const Json json = {
        {"channel_names", {{"0", "CT"}, {"1", "grey"}}},
        {"labels", {{"background", 0}, {"organ", 1}}},
        {"numTraining", 5},
        {"file_ending", ".png"}};
    REQUIRE_OK(writeFileAtomically(root / "dataset.json", json.dump()));
    return root;
}

} // namespace

GD_TEST(fingerprintAndPlansOfARawFolder)
{
    const test::TemporaryFolder folder;
    const auto dataset = openDataset(rawFolder(folder.path() / "Dataset007_Test"));
    REQUIRE_OK(dataset);
    const auto made = planNnunet(*dataset);
    REQUIRE_OK(made);
    EXPECT_EQ(made->fingerprint.cases.size(), std::size_t{5});
    for (const auto& shape : made->fingerprint.shapes) {
        EXPECT(shape == (std::array<int, 2>{40, 40}));
    }
    EXPECT_NEAR(made->fingerprint.relativeSize, 1600.0 / (64 * 48), 1e-12);
    REQUIRE(made->fingerprint.intensities.size() == 2);
    EXPECT_NEAR(made->fingerprint.intensities[0].mean, 120, 1e-9);
    EXPECT_NEAR(made->fingerprint.intensities[0].std, std::sqrt(200.0), 1e-9);
    EXPECT_NEAR(made->fingerprint.intensities[0].median, 120, 0);
    EXPECT_NEAR(made->fingerprint.intensities[0].max, 140, 0);
    const Json plans = Json::parse(made->plansJson());
    EXPECT_EQ(plans["dataset_name"], "Dataset007_Test");
    const Json& two = plans["configurations"]["2d"];
    EXPECT_EQ(two["normalization_schemes"], (Json{"CTNormalization", "ZScoreNormalization"}));
    // The frame takes more than a quarter: z-score looks inside it alone.
    EXPECT_EQ(two["use_mask_for_norm"], (Json{false, true}));
    EXPECT_EQ(two["patch_size"], (Json{40, 40}));
    EXPECT_EQ(two["architecture"]["arch_kwargs"]["n_stages"], 4);
    EXPECT_EQ(two["architecture"]["arch_kwargs"]["features_per_stage"], (Json{32, 64, 128, 256}));
    EXPECT_EQ(two["architecture"]["arch_kwargs"]["strides"][0], (Json{1, 1}));
    EXPECT_EQ(two["batch_size"], 2);
    const Json splits = Json::parse(made->splitsJson());
    EXPECT_EQ(splits.size(), std::size_t{5});
    EXPECT_EQ(splits[1]["val"], (Json{"case4"})); // nnunet_fixtures.json, n = 5
    EXPECT_EQ(splits[1]["train"].size(), std::size_t{4});
    const Json description = Json::parse(made->datasetJson());
    EXPECT_EQ(description["labels"]["organ"], 1);
    EXPECT_EQ(description["numTraining"], 5);
    EXPECT_EQ(Json::parse(made->fingerprintJson())["shapes_after_crop"][0], (Json{1, 40, 40}));

    NnunetOptions residual;
    residual.planner = NnunetPlanner::ResEncL;
    residual.channels = {"rgb_to_0_1", "nonorm"};
    const auto large = planNnunet(*dataset, residual);
    REQUIRE_OK(large);
    const Json other = Json::parse(large->plansJson());
    EXPECT_EQ(other["plans_name"], "nnUNetResEncUNetLPlans");
    EXPECT(other["configurations"]["2d"]["architecture"]["arch_kwargs"].contains(
        "n_blocks_per_stage"));
    EXPECT_EQ(
        other["configurations"]["2d"]["normalization_schemes"],
        (Json{"RGBTo01Normalization", "NoNormalization"}));
}

GD_TEST(regionsArePlannedWithTheirOrder)
{
    const test::TemporaryFolder folder;
    const fs::path root = rawFolder(folder.path() / "Dataset008_Regions");
    REQUIRE_OK(writeFileAtomically(
        root / "dataset.json",
        R"({"channel_names": {"0": "CT", "1": "grey"},
            "labels": {"background": 0, "whole": [1, 2], "core": 2},
            "regions_class_order": [1, 2], "numTraining": 5, "file_ending": ".png"})"));
    const auto dataset = openDataset(root);
    REQUIRE_OK(dataset);
    const auto made = planNnunet(*dataset);
    REQUIRE_OK(made);
    const Json description = Json::parse(made->datasetJson());
    EXPECT_EQ(description["labels"]["whole"], (Json{1, 2}));
    EXPECT_EQ(description["labels"]["core"], 2);
    EXPECT_EQ(description["regions_class_order"], (Json{1, 2}));
}

GD_TEST(mistakesNameTheFile)
{
    const test::TemporaryFolder folder;
    const fs::path root = rawFolder(folder.path() / "Dataset007_Test");
    const auto failure = [&root] {
        const auto dataset = openDataset(root);
        REQUIRE_OK(dataset);
        const auto made = planNnunet(*dataset);
        REQUIRE(!made);
        return made.error().message;
    };
    fs::remove(root / "imagesTr" / "case2_0001.png");
    EXPECT(failure().find("case2_0000.png") != std::string::npos);
    write(root / "imagesTr" / "case2_0001.png", filled(64, 40, 3));
    EXPECT(failure().find("differ in size") != std::string::npos);
    write(root / "imagesTr" / "case2_0001.png", filled(64, 48, 3));
    REQUIRE_OK(writeFileAtomically(root / "dataset.json", "{\"labels\": {\"background\": 0}}"));
    EXPECT(failure().find("channel_names") != std::string::npos);
}

GD_TEST(realPolyps)
{
    const fs::path root = test::dataFolder() / "kvasir-seg";
    if (!fs::exists(root)) {
        throw test::Skip{"kvasir-seg is not there"};
    }
    const auto dataset = openDataset(root);
    REQUIRE_OK(dataset);
    const auto made = planNnunet(*dataset);
    REQUIRE_OK(made);
    EXPECT(made->fingerprint.cases.size() > 10);
    EXPECT_EQ(made->description.labels.channels.size(), std::size_t{3});
    EXPECT_EQ(made->description.labels.labels.size(), std::size_t{2});
    const Json two = Json::parse(made->plansJson())["configurations"]["2d"];
    const auto median = made->fingerprint.medianShape();
    EXPECT(two["patch_size"][0].get<double>() > 0.5 * median[0]);
    EXPECT_EQ(two["patch_size"][0].get<int>() % 32, 0);
}

GD_TEST_MAIN()
