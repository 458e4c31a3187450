// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/nnunet_model_plan.h"
#include "core/datasets/nnunet_results.h"
#include "tests/datasets/image_files.h"

#include <nlohmann/json.hpp>

using namespace guidino;
using namespace guidino::datasets;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

/// Squares of a label: x, y, side.
void paint(Raster8& raster, int x0, int y0, int side, std::uint8_t label)
{
    for (int y = y0; y < y0 + side; ++y) {
        for (int x = x0; x < x0 + side; ++x) {
            raster.at(x, y, 0) = label;
        }
    }
}

int count(const Raster8& raster, int label)
{
    int n = 0;
    for (const std::uint8_t value : raster.pixels()) {
        n += value == label ? 1 : 0;
    }
    return n;
}

const char* const kDataset = R"({"channel_names": {"0": "R", "1": "G", "2": "B"},
    "labels": {"background": 0, "whole": [1, 2], "core": 2, "ignore": 3},
    "regions_class_order": [1, 2], "numTraining": 4, "file_ending": ".png"})";

Json plans(const std::string& scheme)
{
    const Json architecture = {
        {"network_class_name", "dynamic_network_architectures.architectures.unet.PlainConvUNet"},
        {"arch_kwargs",
         {{"n_stages", 3},
          {"features_per_stage", {32, 64, 128}},
          {"kernel_sizes", {{3, 3}, {3, 3}, {3, 3}}},
          {"strides", {{1, 1}, {2, 2}, {1, 2}}},
          {"n_conv_per_stage", {2, 2, 2}},
          {"n_conv_per_stage_decoder", {2, 2}},
          {"conv_bias", true}}}};
    Json two = {
        {"batch_size", 7},
        {"patch_size", {64, 128}},
        {"batch_dice", true},
        {"normalization_schemes", {scheme, scheme, scheme}},
        {"use_mask_for_norm", {false, false, false}},
        {"architecture", architecture}};
    Json wide = {{"inherits_from", "2d"}, {"patch_size", {128, 128}}};
    Json volume = two;
    volume["patch_size"] = {16, 64, 64};
    Json intensities;
    for (const char* channel : {"0", "1", "2"}) {
        intensities[channel] = {
            {"mean", 51}, {"std", 25.5}, {"percentile_00_5", 0}, {"percentile_99_5", 204}};
    }
    return {
        {"dataset_name", "Dataset001_A"},
        {"plans_name", "nnUNetPlans"},
        {"configurations", {{"2d", two}, {"2d_wide", wide}, {"3d_fullres", volume}}},
        {"foreground_intensity_properties_per_channel", intensities}};
}

} // namespace

GD_TEST(theLargestComponentStays)
{
    Raster8 labels(20, 20);
    paint(labels, 0, 0, 5, 1);
    paint(labels, 10, 10, 4, 1);
    paint(labels, 5, 5, 2, 2); // touches the first by a corner
    paint(labels, 15, 0, 2, 2);
    const Raster8 each = postprocessed(labels, {{{1}, false}, {{2}, false}});
    EXPECT_EQ(count(each, 1), 25);
    EXPECT_EQ(count(each, 2), 8); // both are equally large
    const Raster8 all = postprocessed(labels, {{{1, 2}, false}});
    EXPECT_EQ(count(all, 1), 25);
    EXPECT_EQ(count(all, 2), 4);
    EXPECT_EQ(all.at(5, 5, 0), 2);
}

GD_TEST(stepsAreTakenWhereTheyHelp)
{
    const test::TemporaryFolder folder;
    std::vector<std::string> names;
    for (int i = 0; i < 3; ++i) {
        Raster8 reference(32, 32);
        paint(reference, 4, 4, 10, 1);
        paint(reference, 22, 22, 4, 2);
        paint(reference, 22, 2, 4, 2); // label 2 has two parts
        Raster8 prediction = reference;
        paint(prediction, 28, 14, 2, 1); // label 1 has a false island
        names.push_back("case" + std::to_string(i) + ".png");
        fs::create_directories(folder / "pred");
        fs::create_directories(folder / "ref");
        REQUIRE_OK(writeLabelImage(folder / "pred" / names.back(), prediction));
        REQUIRE_OK(writeLabelImage(folder / "ref" / names.back(), reference));
    }
    const auto choice =
        chooseNnunetPostprocessing(folder / "pred", folder / "ref", names, {{1}, {2}});
    REQUIRE_OK(choice);
    EXPECT(choice->steps == (NnunetPostprocessing{{{1}, false}}));
    EXPECT(choice->before < 1);
    EXPECT_NEAR(choice->after, 1, 1e-12);

    const fs::path file = folder / "postprocessing.json";
    const NnunetPostprocessing steps = {{{1, 2}, false}, {{2}, false}, {{1, 2}, true}};
    REQUIRE_OK(writeFileAtomically(file, postprocessingJson(steps, folder.path())));
    const auto read = readPostprocessing(file);
    REQUIRE_OK(read);
    EXPECT(*read == steps);
    const Json json = Json::parse(postprocessingJson(steps, folder.path()));
    EXPECT_EQ(json["postprocessing_kwargs"][0]["labels_or_regions"], (Json{1, 2}));
    EXPECT_EQ(json["postprocessing_kwargs"][1]["labels_or_regions"], 2);
    EXPECT_EQ(json["postprocessing_kwargs"][2]["labels_or_regions"], (Json{Json{1, 2}}));
    EXPECT(
        postprocessingPickle(steps).find("remove_connected_components\nremove_all")
        != std::string::npos);
    REQUIRE_OK(writeFileAtomically(file, R"({"postprocessing_fns": ["f"]})"));
    EXPECT(!readPostprocessing(file));
}

GD_TEST(labelsAndRegionsOfADatasetJson)
{
    const auto labels = parseNnunetLabels(kDataset, "dataset.json");
    REQUIRE_OK(labels);
    EXPECT(labels->hasRegions());
    EXPECT(labels->foreground() == (std::vector<std::vector<int>>{{1, 2}, {2}}));
    EXPECT_EQ(labels->ignoreLabel, 3);
    for (const auto& [text, word] : std::vector<std::pair<std::string, std::string>>{
             {R"({"labels": {"background": 0}})", "channel_names"},
             {R"({"channel_names": {"0": "R"}, "labels": {"background": 0}})", "nothing but"},
             {R"({"channel_names": {"1": "R"}, "labels": {"background": 0, "a": 1}})", "\"0\""},
             {R"({"channel_names": {"0": "R"}, "labels": {"background": 0, "a": [1, 2]}})",
              "regions_class_order"},
             {R"({"channel_names": {"0": "R"}, "labels": {"background": 0, "a": "x"}})",
              "labels.a"}}) {
        const auto wrong = parseNnunetLabels(text, "dataset.json");
        REQUIRE(!wrong);
        EXPECT(wrong.error().message.find(word) != std::string::npos);
    }
}

GD_TEST(plansBecomeAConfiguration)
{
    const test::TemporaryFolder folder;
    const fs::path file = folder / "plans.json";
    REQUIRE_OK(writeFileAtomically(file, plans("ZScoreNormalization").dump()));
    const auto plan = readNnunetPlan(file);
    REQUIRE_OK(plan);
    EXPECT(plan->patch == (AxisPair{64, 128}));
    const auto labels = parseNnunetLabels(kDataset, "dataset.json");
    REQUIRE_OK(labels);
    const auto text = configOfNnunetPlan(*plan, *labels, {10, 20});
    REQUIRE_OK(text);
    const Json json = Json::parse(*text);
    EXPECT_EQ(json["system"], "nnunet");
    EXPECT_EQ(json["network"]["regions"], "1 2; 2");
    EXPECT_EQ(json["network"]["num_classes"], 2);
    EXPECT_EQ(json["network"]["strides"][2], (Json{1, 2}));
    EXPECT_EQ(json["loss"]["segmentation"], "dice_bce");
    EXPECT_EQ(json["data"]["augmentation"]["rotation_degrees"], 15); // twice as wide as high
    EXPECT_EQ(json["preprocessing"]["normalisation"], "nnunet");
    EXPECT_EQ(json["network"]["patch"], (Json{64, 128}));
    EXPECT_EQ(json["training"]["epochs"], 10);

    NnunetLabels plain = *labels;
    plain.labels = {{"background", {0}}, {"polyp", {1}}};
    plain.regionsClassOrder.clear();
    const auto two = configOfNnunetPlan(*plan, plain, {});
    REQUIRE_OK(two);
    EXPECT_EQ(Json::parse(*two)["network"]["num_classes"], 2);
    EXPECT_EQ(Json::parse(*two)["loss"]["segmentation"], "dice_ce");
    EXPECT_EQ(Json::parse(*two)["loss"]["dice_background"], false);

    const auto wide = readNnunetPlan(file, "2d_wide");
    REQUIRE_OK(wide);
    EXPECT(wide->patch == (AxisPair{128, 128}));
    EXPECT_EQ(wide->batch, std::int64_t{7});
    EXPECT(!readNnunetPlan(file, "3d_fullres"));
    const auto none = readNnunetPlan(file, "4d");
    REQUIRE(!none);
    EXPECT(none.error().message.find("2d_wide") != std::string::npos);

    REQUIRE_OK(writeFileAtomically(file, plans("CTNormalization").dump()));
    const auto ct = readNnunetPlan(file);
    REQUIRE_OK(ct);
    const auto ctText = configOfNnunetPlan(*ct, plain, {});
    REQUIRE_OK(ctText);
    const Json clipped = Json::parse(*ctText)["network"];
    EXPECT_EQ(clipped["intensities"], "51 25.5 0 204, 51 25.5 0 204, 51 25.5 0 204");
}

GD_TEST_MAIN()
