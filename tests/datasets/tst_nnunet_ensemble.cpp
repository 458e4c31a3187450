// SPDX-License-Identifier: Apache-2.0
#include "core/base/npz.h"
#include "core/datasets/nnunet_ensemble.h"
#include "tests/datasets/image_files.h"

using namespace guidino;
using namespace guidino::datasets;
namespace fs = std::filesystem;

namespace {

NnunetLabels labelsOf(const std::string& labels, const std::string& more = {})
{
    const auto parsed = parseNnunetLabels(
        R"({"channel_names": {"0": "R"}, "labels": )" + labels + more + "}", "dataset.json");
    REQUIRE_OK(parsed);
    return *parsed;
}

NpyArray arrayOf(const std::vector<std::int64_t>& shape, const std::vector<float>& values)
{
    return {shape, values};
}

std::vector<int> pixelsOf(const Raster8& raster)
{
    return {raster.pixels().begin(), raster.pixels().end()};
}

} // namespace

GD_TEST(labelsAreTheLargestOrTheRegionsInOrder)
{
    const NnunetLabels classes = labelsOf(R"({"background": 0, "b": 2, "a": 1})");
    const auto largest = labelsOfProbabilities(
        arrayOf({3, 1, 1, 4}, {.5F, .2F, .4F, .1F, .3F, .5F, .2F, .1F, .2F, .3F, .4F, .8F}),
        classes);
    REQUIRE_OK(largest);
    EXPECT((pixelsOf(*largest) == std::vector<int>{0, 1, 0, 2})); // of equal ones the first

    const NnunetLabels regions = labelsOf(
        R"({"background": 0, "whole": [1, 2], "core": 2})", R"(, "regions_class_order": [1, 2])");
    const auto overlapping =
        labelsOfProbabilities(arrayOf({2, 1, 3}, {.9F, .6F, .5F, .6F, .4F, .1F}), regions);
    REQUIRE_OK(overlapping);
    EXPECT((pixelsOf(*overlapping) == std::vector<int>{2, 1, 0}));

    EXPECT(!labelsOfProbabilities(arrayOf({2, 1, 3}, std::vector<float>(6)), classes));
    EXPECT(!labelsOfProbabilities(arrayOf({6}, std::vector<float>(6)), regions));
}

GD_TEST(ensemblesAverageProbabilities)
{
    const test::TemporaryFolder folder;
    const NnunetLabels labels = labelsOf(R"({"background": 0, "a": 1})");
    // Each model alone says background, background and background; together the second is a.
    const auto write = [&](const std::string& name, const std::vector<float>& foreground) {
        std::vector<float> values;
        for (const float p : foreground) {
            values.push_back(1 - p);
        }
        values.insert(values.end(), foreground.begin(), foreground.end());
        REQUIRE_OK(writeNpz(folder / name, "probabilities", {2, 1, 1, 3}, values));
    };
    write("one.npz", {.1F, .95F, .4F});
    write("two.npz", {.3F, .45F, .1F});
    const auto mean = meanProbabilities({folder / "one.npz", folder / "two.npz"});
    REQUIRE_OK(mean);
    EXPECT_NEAR(mean->values[3], 0.2, 1e-6);
    EXPECT_NEAR(mean->values[4], 0.7, 1e-6);
    const std::vector<NnunetEnsembleCase> cases = {
        {"case", {folder / "one.npz", folder / "two.npz"}}};
    REQUIRE_OK(writeNnunetEnsemble(folder / "out", cases, labels, {}, true, 1));
    const auto written = readLabelImage(folder / "out" / "case.png");
    REQUIRE_OK(written);
    EXPECT((pixelsOf(*written) == std::vector<int>{0, 1, 0}));
    const auto again = readNpz(folder / "out" / "case.npz", "probabilities");
    REQUIRE_OK(again);
    EXPECT(again->values == mean->values);

    REQUIRE_OK(
        writeNpz(folder / "three.npz", "probabilities", {2, 1, 1, 2}, std::vector<float>(4)));
    const auto unlike = meanProbabilities({folder / "one.npz", folder / "three.npz"});
    REQUIRE(!unlike);
    EXPECT(unlike.error().message.find("three.npz") != std::string::npos);
    EXPECT(!meanProbabilities({folder / "none.npz"}));
}

GD_TEST_MAIN()
