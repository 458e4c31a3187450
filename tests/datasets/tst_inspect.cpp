// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/inspect.h"
#include "tests/datasets/image_files.h"

#include <nlohmann/json.hpp>

#include <map>
#include <set>

using namespace guidino;
namespace fs = std::filesystem;
using test::disc;
using test::savePng;
using test::scene;

namespace {

datasets::InspectReport inspected(const fs::path& root)
{
    const auto dataset = datasets::openDataset(root);
    REQUIRE_OK(dataset);
    auto report = datasets::inspect(*dataset);
    REQUIRE_OK(report);
    return std::move(*report);
}

void cutShort(const fs::path& file)
{
    const auto bytes = readFile(file);
    REQUIRE_OK(bytes);
    test::saveText(file, bytes->substr(0, bytes->size() / 2));
}

} // namespace

GD_TEST(cleanFolder)
{
    const test::TemporaryFolder root;
    for (int i = 0; i < 5; ++i) {
        const std::string name = std::to_string(i) + ".png";
        savePng(root / "images" / name, scene(90, 70, static_cast<unsigned>(i)));
        savePng(root / "masks" / name, disc(90, 70, 15));
    }
    const auto report = inspected(root.path());
    EXPECT_EQ(report.pairs, 5U);
    EXPECT_EQ(report.images, 5U);
    EXPECT_EQ(report.masks, 5U);
    EXPECT_EQ(report.convention, "0/255");
    EXPECT_EQ(report.problems.size(), 0U);
    EXPECT(!report.hasErrors());
    EXPECT_EQ(report.sizes.at("90x70"), 5U);
    EXPECT_EQ(report.formats.at("png 8 bit 3 channels"), 5U);
    REQUIRE(report.classes.size() == 1);
    EXPECT_EQ(report.classes[0].images, 5U);
    EXPECT_NEAR(report.foregroundShare, 709.0 / 6300, 0.002);
    EXPECT(report.toText().find("no problems") != std::string::npos);
}

GD_TEST(everyKindOfBadFile)
{
    const test::TemporaryFolder root;
    const auto image = [&](const std::string& name) { return root / ("images/" + name); };
    const auto mask = [&](const std::string& name) { return root / ("masks/" + name); };
    for (int i = 0; i < 16; ++i) {
        const std::string name = std::to_string(i) + ".png";
        savePng(image(name), scene(160, 120, static_cast<unsigned>(i)));
        savePng(mask(name), disc(160, 120, 20 + i));
    }
    cutShort(image("0.png"));
    test::saveText(image("1.png"), "this is text");
    cutShort(mask("2.png"));
    savePng(mask("3.png"), disc(80, 60, 9));
    savePng(mask("4.png"), Raster8(160, 120));
    savePng(mask("5.png"), disc(160, 120, 20, 3));
    fs::copy_file(image("6.png"), image("7.png"), fs::copy_options::overwrite_existing);
    Raster8 framed(200, 160, 3);
    const Raster8 inner = scene(120, 120, 50);
    for (int y = 0; y < 120; ++y) {
        for (int x = 0; x < 120; ++x) {
            for (int c = 0; c < 3; ++c) {
                framed.at(x + 40, y + 20, c) = std::max<std::uint8_t>(inner.at(x, y, c), 50);
            }
        }
    }
    savePng(image("8.png"), framed);
    savePng(mask("8.png"), disc(200, 160, 30));
    const auto jpeg = imaging::encodeJpeg(scene(160, 120, 51), 90);
    REQUIRE_OK(jpeg);
    test::saveText(image("9.png"), *jpeg);
    Raster8 dim = scene(160, 120, 10);
    for (std::uint8_t& value : dim.pixels()) {
        value = static_cast<std::uint8_t>(20 + value * 7 / 10);
    }
    savePng(image("11.png"), dim);
    savePng(image("alone.png"), scene(160, 120, 60));
    savePng(mask("nobody.png"), disc(160, 120, 9));
    fs::create_symlink("nowhere.png", image("12.tif"));

    const auto report = inspected(root.path());
    EXPECT_EQ(report.pairs, 16U);
    EXPECT_EQ(report.images, 18U);
    EXPECT_EQ(report.masks, 17U);
    EXPECT_EQ(report.blackBorders, 1U);
    std::multiset<std::string> found;
    for (const auto& problem : report.problems) {
        found.insert(problem.kind + " " + problem.file);
        EXPECT(!problem.message.empty());
    }
    const std::multiset<std::string> expected = {
        "unreadable images/0.png",
        "unreadable images/1.png",
        "unreadable masks/2.png",
        "size_mismatch masks/3.png",
        "empty_mask masks/4.png",
        "mixed_convention masks/5.png",
        "duplicate images/7.png",
        "black_border images/8.png",
        "wrong_extension images/9.png",
        "near_duplicate images/11.png",
        "unpaired_image images/alone.png",
        "unpaired_mask masks/nobody.png",
        "unpaired_image images/12.tif",
        "unreadable images/12.tif"};
    for (const std::string& line : expected) {
        if (!found.contains(line)) {
            test::fail(__FILE__, __LINE__, "not found: " + line);
        }
    }
    for (const std::string& line : found) {
        if (!expected.contains(line)) {
            test::fail(__FILE__, __LINE__, "not expected: " + line);
        }
    }
    EXPECT(report.hasErrors());
    EXPECT(report.problems.front().isError());
    EXPECT_EQ(report.duplicates.size(), 1U);

    const auto json = nlohmann::json::parse(report.toJson());
    EXPECT(json["pairs"].is_number_integer() && json["pairs"] == 16);
    EXPECT(json["images"].is_number_integer() && json["masks"].is_number_integer());
    REQUIRE(json["problems"].is_array());
    EXPECT_EQ(json["problems"].size(), report.problems.size());
    for (const auto& problem : json["problems"]) {
        EXPECT(
            problem["file"].is_string() && problem["kind"].is_string()
            && problem["message"].is_string());
    }
    EXPECT(report.toText().find("size_mismatch (1)") != std::string::npos);
}

GD_TEST(imagesAloneAndCancelling)
{
    const test::TemporaryFolder root;
    for (unsigned i = 0; i < 3; ++i) {
        savePng(root / (std::to_string(i) + ".png"), scene(40, 40, i));
    }
    const auto report = inspected(root.path());
    EXPECT_EQ(report.layout, "plain");
    EXPECT_EQ(report.pairs, 0U);
    EXPECT_EQ(report.images, 3U);
    EXPECT_EQ(report.problems.size(), 0U);
    EXPECT(nlohmann::json::parse(report.toJson())["convention"].is_null());
    CancelToken cancel;
    cancel.cancel();
    const auto cancelled = datasets::inspect(*datasets::openDataset(root.path()), {}, cancel, {});
    REQUIRE(!cancelled);
    EXPECT_EQ(cancelled.error().code, ErrorCode::Cancelled);
    std::size_t last = 0;
    REQUIRE_OK(datasets::inspect(
        *datasets::openDataset(root.path()), {}, {}, [&](std::size_t done, std::size_t total) {
            last = done * 10 + total;
        }));
    EXPECT_EQ(last, 33U);
}

GD_TEST(masksWithUnknownValues)
{
    const test::TemporaryFolder root;
    for (int i = 0; i < 6; ++i) {
        const std::string name = std::to_string(i) + ".png";
        savePng(root / "images" / name, scene(60, 60, static_cast<unsigned>(i)));
        savePng(root / "masks" / name, disc(60, 60, 15, i == 3 ? 9 : 1));
    }
    const auto report = inspected(root.path());
    EXPECT_EQ(report.convention, "indices 0/1");
    REQUIRE(report.problems.size() == 1);
    EXPECT_EQ(report.problems[0].kind, "unknown_value");
    EXPECT_EQ(report.problems[0].file, "masks/3.png");
}

GD_TEST_MAIN()
