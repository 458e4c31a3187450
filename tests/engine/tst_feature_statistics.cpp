// SPDX-License-Identifier: Apache-2.0
#include "core/engine/feature_statistics.h"
#include "tests/engine/engine_support.h"

#include <random>

using namespace guidino;
using namespace guidino::engine;
using namespace guidino::test;

namespace {

/// Noise of full contrast: nothing like a disc on a quiet ground.
Raster8 noise(int width, int height)
{
    std::mt19937 random(9);
    Raster8 image(width, height, 3);
    for (std::uint8_t& value : image.pixels()) {
        value = static_cast<std::uint8_t>(random() % 256);
    }
    return image;
}

} // namespace

GD_TEST(distancesAreOfTheTrainingImagesSpread)
{
    torch::manual_seed(1);
    const torch::Tensor training = torch::randn({200, 20}, torch::kFloat64) * 3 + 5;
    const torch::Tensor validation = torch::randn({50, 20}, torch::kFloat64) * 3 + 5;
    const FeatureStatistics statistics = statisticsOfFeatures(training, validation);
    EXPECT_EQ(statistics.images, 200);
    EXPECT_EQ(statistics.validationImages, 50);
    EXPECT_NEAR(statistics.mean[3], 5, 0.8);
    EXPECT_NEAR(statistics.scale[3], 3, 0.5);
    EXPECT(statistics.limit > 1 && statistics.limit < 2.5);
    EXPECT(statistics.distanceOf(std::vector<double>(20, 5.0)) < 0.3);
    EXPECT(statistics.distanceOf(std::vector<double>(20, 20.0)) > statistics.limit);
    EXPECT(statistics.distanceOf(std::vector<double>(19, 5.0)) < 0); // of another model
    // A channel that never changed in training does not make everything infinitely far.
    torch::Tensor constant = training.clone();
    constant.select(1, 15).fill_(2);
    const FeatureStatistics floored = statisticsOfFeatures(constant, {});
    EXPECT(floored.scale[15] > 0.05);
    EXPECT_EQ(floored.validationImages, 0);
    EXPECT(floored.limit > 0);
}

GD_TEST(statisticsGoThroughText)
{
    torch::manual_seed(2);
    const FeatureStatistics statistics =
        statisticsOfFeatures(torch::randn({30, 16}, torch::kFloat64), {});
    const FeatureStatistics back = featureStatisticsFrom(textOf(statistics));
    EXPECT(back.mean == statistics.mean && back.scale == statistics.scale);
    EXPECT_EQ(back.limit, statistics.limit);
    EXPECT(textOf({}) == "{}");
    for (const char* damaged :
         {"",
          "{}",
          "[]",
          R"({"version": 2, "mean": [], "scale": [], "limit": 1})",
          R"({"version": 1, "mean": [1, 2], "scale": [1], "limit": 1})",
          R"({"version": 1, "mean": "none", "scale": [1], "limit": 1})"}) {
        EXPECT(featureStatisticsFrom(damaged).isEmpty());
    }
}

GD_TEST(sessionsTellOtherImagesApart)
{
    const UserFolder user;
    writeTinyBundle(user / "m", tinyConfig("guidino-u"));
    std::filesystem::create_directories(user / "data" / "images");
    Json lists;
    for (const std::string split : {"train", "val"}) {
        for (int i = 0; i < 12; ++i) {
            const std::string name = "images/" + split + std::to_string(i) + ".png";
            REQUIRE_OK(imaging::writePng(
                user / "data" / name, discImage(90, 70, split == "train" ? i : 100 + i)));
            lists[split].push_back({{"name", name}});
        }
    }
    Json splits{{"version", 1}, {"seed", 1}, {"lists", lists}};
    REQUIRE_OK(writeFileAtomically(user / "splits.json", splits.dump()));
    const auto open = [&] {
        auto session = guidino_runtime_v1()->openSession(user / "m", "cpu", 0);
        REQUIRE_OK(session);
        return std::move(*session);
    };
    JobContext context;
    Session::Request request;
    request.outFolder = user / "out";
    REQUIRE_OK(imaging::writePng(user / "disc.png", discImage(90, 70, 3))); // it was trained on
    REQUIRE_OK(imaging::writePng(user / "noise.png", noise(96, 72)));
    request.image = user / "disc.png";
    const auto before = open()->predict(request, context);
    REQUIRE_OK(before);
    EXPECT(before->featureDistance < 0 && before->featureLimit < 0);

    CalibrateRequest calibrate;
    calibrate.model = user / "m";
    calibrate.data = user / "data";
    calibrate.splits = user / "splits.json";
    calibrate.modality = "dermatoscopy";
    calibrate.device = "cpu";
    const auto calibrated = guidino_runtime_v1()->modelsCalibrate(calibrate, context);
    REQUIRE_OK(calibrated);
    EXPECT_EQ(Json::parse(*calibrated)["images"], 12);
    EXPECT_EQ(Json::parse(*calibrated)["validation_images"], 12);

    const auto session = open();
    const Json description = Json::parse(session->describe());
    EXPECT_EQ(description["modality"], "dermatoscopy");
    EXPECT_EQ(description["feature_statistics"], true);
    const auto inside = session->predict(request, context);
    REQUIRE_OK(inside);
    EXPECT(inside->featureDistance >= 0);
    EXPECT(inside->featureDistance <= inside->featureLimit);
    const auto again = session->predict(request, context);
    REQUIRE_OK(again);
    EXPECT_EQ(again->featureDistance, inside->featureDistance);
    request.image = user / "noise.png";
    const auto outside = session->predict(request, context);
    REQUIRE_OK(outside);
    EXPECT(outside->featureDistance > outside->featureLimit);
    // A painted guide says nothing about the image.
    request.guide = outside->guide;
    const auto painted = session->predict(request, context);
    REQUIRE_OK(painted);
    EXPECT_EQ(painted->featureDistance, outside->featureDistance);
}

GD_TEST_MAIN()
