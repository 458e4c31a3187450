// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/near_duplicates.h"
#include "core/imaging/image_reader.h"
#include "core/imaging/resize.h"
#include "tests/datasets/image_files.h"

#include <map>
#include <set>

using namespace guidino;
using datasets::NearDuplicate;

namespace {

std::vector<NearDuplicate> foundIn(
    const std::vector<Raster8>& images,
    double threshold = datasets::NearDuplicateOptions().threshold)
{
    datasets::NearDuplicateFinder finder(images.size(), {threshold, 2});
    for (std::size_t i = 0; i < images.size(); ++i) {
        finder.add(i, images[i]);
    }
    auto found = finder.find();
    REQUIRE_OK(found);
    return std::move(*found);
}

/// The picture with a caption of stripes, a filled box and a black frame.
Raster8 withOverlays(const Raster8& image)
{
    Raster8 result(image.width() + 60, image.height() + 20, 3);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            for (int c = 0; c < 3; ++c) {
                const bool isStripe = y > 6 && y < 16 && x < 90 && x % 6 < 3;
                const bool isBox = y > image.height() * 2 / 3 && x < image.width() / 4;
                result.at(x + 50, y + 10, c) = isStripe ? std::uint8_t{255}
                                               : isBox  ? std::uint8_t(c == 1 ? 200 : 30)
                                                        : image.at(x, y, c);
            }
        }
    }
    return result;
}

/// Darker and with less contrast.
Raster8 dimmed(Raster8 image)
{
    for (std::uint8_t& value : image.pixels()) {
        value = static_cast<std::uint8_t>(30 + value * 6 / 10);
    }
    return image;
}

} // namespace

GD_TEST(copiesAreFound)
{
    std::vector<Raster8> images;
    constexpr int kCount = 24;
    for (unsigned i = 0; i < kCount; ++i) {
        images.push_back(test::scene(300, 240, 100 + i));
    }
    const std::map<std::string, Raster8> changed = {
        {"half size", imaging::resizeSmooth(images[0], {150, 120})},
        {"squashed", imaging::resizeSmooth(images[0], {200, 200})},
        {"double size", imaging::resizeSmooth(images[0], {600, 480})},
        {"crop", imaging::crop(images[0], {40, 30, 200, 170})},
        {"corner", imaging::crop(images[0], {0, 0, 180, 150})},
        {"dimmed", dimmed(images[0])},
        {"overlays", withOverlays(images[0])},
        {"dimmed crop", dimmed(imaging::crop(images[0], {30, 20, 240, 200}))}};
    for (const auto& [what, copy] : changed) {
        std::vector<Raster8> all = images;
        all.push_back(copy);
        const auto found = foundIn(all);
        if (found.size() != 1 || found[0].a != 0 || found[0].b != kCount) {
            test::fail(__FILE__, __LINE__, what + ": " + std::to_string(found.size()) + " pairs");
        }
    }
}

GD_TEST(differentPicturesAreNot)
{
    std::vector<Raster8> images;
    for (unsigned i = 0; i < 60; ++i) {
        // The same frame and caption around each.
        images.push_back(withOverlays(test::scene(220, 180, 500 + i)));
    }
    EXPECT_EQ(foundIn(images).size(), 0U);
}

GD_TEST(plainAndTinyPictures)
{
    std::vector<Raster8> images = {
        Raster8(64, 64, 3),
        Raster8(64, 64, 3),
        Raster8(1, 1, 3),
        Raster8(3, 400, 1),
        Raster8(),
        test::scene(40, 40, 1)};
    EXPECT_EQ(foundIn(images).size(), 0U);
    EXPECT_EQ(foundIn({}).size(), 0U);
}

GD_TEST(searchIsCancelled)
{
    datasets::NearDuplicateFinder finder(2);
    finder.add(0, test::scene(60, 60, 1));
    finder.add(1, test::scene(60, 60, 1));
    CancelToken cancel;
    cancel.cancel();
    const auto found = finder.find(cancel);
    REQUIRE(!found);
    EXPECT_EQ(found.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(finder.find()->size(), 1U);
    EXPECT_NEAR(finder.find()->front().score, 1.0, 1e-6);
}

GD_TEST(chainsBecomeOneGroup)
{
    datasets::Dataset dataset;
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
        datasets::Sample sample;
        sample.name = name;
        dataset.samples.push_back(sample);
    }
    dataset.samples[3].group = "p1";
    dataset.samples[4].group = "p1";
    datasets::groupByNearDuplicates(dataset, {{0, 2, 1}, {2, 4, 1}});
    std::string groups;
    for (const auto& sample : dataset.samples) {
        groups += sample.group + ",";
    }
    EXPECT_EQ(groups, "a,,a,a,a,,");
}

/// Known pairs of Kvasir-SEG, checked by eye: parts of the test images shown again, at another
/// size, with another frame or from a neighbouring moment.
GD_TEST(knownPairsOfKvasir)
{
    const auto folder = test::dataFolder() / "kvasir-seg";
    if (!std::filesystem::is_directory(folder)) {
        throw test::Skip{"no kvasir-seg"};
    }
    const std::vector<std::string> names = {
#include "tests/datasets/kvasir_pairs.inc"
    };
    std::vector<Raster8> images;
    for (const std::string& name : names) {
        auto image = imaging::readRgb8(folder / name);
        REQUIRE_OK(image);
        images.push_back(std::move(*image));
    }
    std::set<std::pair<std::size_t, std::size_t>> found;
    for (const NearDuplicate& pair : foundIn(images)) {
        found.emplace(pair.a, pair.b);
    }
    for (std::size_t i = 0; i + 1 < names.size(); i += 2) {
        if (!found.contains({i, i + 1})) {
            test::fail(__FILE__, __LINE__, names[i] + " and " + names[i + 1] + " not found");
        }
    }
    EXPECT_EQ(found.size(), names.size() / 2);
}

GD_TEST_MAIN()
