// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/pack.h"
#include "tests/datasets/image_files.h"

#include <nlohmann/json.hpp>

using namespace guidino;
namespace fs = std::filesystem;
using datasets::ResizeMode;
using test::savePng;

namespace {

datasets::Dataset madeDataset(const fs::path& root, int count)
{
    for (int i = 0; i < count; ++i) {
        const std::string name = std::to_string(i) + ".png";
        savePng(root / "images" / name, test::scene(60 + 8 * i, 48, static_cast<unsigned>(i)));
        savePng(root / "masks" / name, test::disc(60 + 8 * i, 48, 10 + i));
    }
    auto dataset = datasets::openDataset(root);
    REQUIRE_OK(dataset);
    return std::move(*dataset);
}

struct Opened
{
    nlohmann::json header;
    std::string data;
};

Opened openedPack(const fs::path& path)
{
    const auto bytes = readFile(path);
    REQUIRE_OK(bytes);
    std::size_t length = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        length |= static_cast<std::size_t>(static_cast<unsigned char>((*bytes)[i])) << (8 * i);
    }
    EXPECT_EQ((8 + length) % 64, 0U);
    return {nlohmann::json::parse(bytes->substr(8, length)), bytes->substr(8 + length)};
}

} // namespace

GD_TEST(resizeGeometry)
{
    using datasets::makeResizePlan;
    const Size wide{400, 200};
    const Size target{100, 100};
    EXPECT(makeResizePlan(wide, target, ResizeMode::Squash).targetRect == (Rect{0, 0, 100, 100}));
    EXPECT(
        makeResizePlan(wide, target, ResizeMode::Letterbox).targetRect == (Rect{0, 25, 100, 50}));
    EXPECT(makeResizePlan(wide, target, ResizeMode::Crop).sourceRect == (Rect{100, 0, 200, 200}));
    EXPECT(
        makeResizePlan(wide, target, ResizeMode::Squash, Rect{10, 20, 300, 100}).sourceRect
        == (Rect{10, 20, 300, 100}));
    EXPECT_EQ(datasets::resizeModeNamed("letterbox").value(), ResizeMode::Letterbox);
    EXPECT(!datasets::resizeModeNamed("stretch"));
}

GD_TEST(resizedPixels)
{
    // 4 -> 2: each target pixel is a triangle over four pixels: weights 1, 3, 3, 1 over 8 inside.
    Raster8 line(4, 1, 1, {0, 80, 160, 240});
    const auto plan = datasets::makeResizePlan({4, 1}, {2, 1}, ResizeMode::Squash);
    const Raster8 half = datasets::resizeImage(plan, line);
    // Left: (3·0 + 3·80 + 1·160) / 7 = 57.1
    EXPECT_EQ(int(half.at(0, 0)), 57);
    EXPECT_EQ(int(half.at(1, 0)), 183);
    const Raster8 mask = datasets::resizeMask(plan, Raster8(4, 1, 1, {1, 2, 3, 4}));
    EXPECT_EQ(int(mask.at(0, 0)), 2);
    EXPECT_EQ(int(mask.at(1, 0)), 4);
    const Raster8 scene = test::scene(50, 40, 3);
    EXPECT(
        datasets::resizeImage(
            datasets::makeResizePlan({50, 40}, {50, 40}, ResizeMode::Squash), scene)
        == scene);
    const Raster8 boxed = datasets::resizeImage(
        datasets::makeResizePlan({50, 40}, {32, 32}, ResizeMode::Letterbox), scene);
    EXPECT_EQ(int(boxed.at(5, 0)), 0);
    EXPECT(boxed.at(5, 16) != 0);
}

GD_TEST(packHoldsWhatDecodingGives)
{
    const test::TemporaryFolder root;
    datasets::Dataset dataset = madeDataset(root.path(), 20);
    dataset.samples[2].group = "p";
    const auto masks = datasets::MaskReader::sniff(dataset);
    REQUIRE_OK(masks);
    const auto splits = datasets::randomSplit(dataset, {0.5, 0.5, 0}, 1);
    REQUIRE_OK(splits);
    for (const ResizeMode mode : {ResizeMode::Squash, ResizeMode::Letterbox, ResizeMode::Crop}) {
        const datasets::DecodeOptions options{32, mode, false};
        std::size_t done = 0;
        REQUIRE_OK(datasets::writePack(
            root / "data.safetensors",
            dataset,
            *splits,
            *masks,
            options,
            {},
            [&](std::size_t at, std::size_t) { done = at; }));
        EXPECT_EQ(done, 20U);
        const Opened pack = openedPack(root / "data.safetensors");
        const auto& facts = pack.header["__metadata__"];
        EXPECT_EQ(facts["guidino_pack"], "1");
        EXPECT_EQ(facts["resize"], nameOf(mode));
        EXPECT(pack.header["images"]["shape"] == nlohmann::json({20, 32, 32, 3}));
        EXPECT(pack.header["masks"]["shape"] == nlohmann::json({20, 32, 32}));
        EXPECT_EQ(pack.header["masks"]["data_offsets"][1], pack.data.size());
        const auto names = nlohmann::json::parse(facts["names"].get<std::string>());
        const auto groups = nlohmann::json::parse(facts["groups"].get<std::string>());
        const auto hashes = nlohmann::json::parse(facts["hashes"].get<std::string>());
        const auto sizes = nlohmann::json::parse(facts["native_sizes"].get<std::string>());
        const auto lists = nlohmann::json::parse(facts["splits"].get<std::string>());
        const auto classes = nlohmann::json::parse(facts["classes"].get<std::string>());
        EXPECT_EQ(names.size(), 20U);
        EXPECT_EQ(hashes.size(), 20U);
        EXPECT_EQ(groups[2], "p");
        EXPECT(sizes[1] == nlohmann::json({68, 48}));
        EXPECT_EQ(lists["train"].size(), 10U);
        EXPECT_EQ(classes.size(), 1U);
        for (std::size_t i = 0; i < 20; ++i) {
            EXPECT_EQ(names[i], dataset.samples[i].name);
            const auto decoded = datasets::decodeSample(dataset.samples[i], *masks, options);
            REQUIRE_OK(decoded);
            const auto pixels = decoded->image.pixels();
            EXPECT(std::equal(
                pixels.begin(),
                pixels.end(),
                reinterpret_cast<const std::uint8_t*>(pack.data.data()) + i * 32 * 32 * 3));
            const auto labels = decoded->mask.pixels();
            EXPECT(std::equal(
                labels.begin(),
                labels.end(),
                reinterpret_cast<const std::uint8_t*>(pack.data.data()) + 20 * 32 * 32 * 3
                    + i * 32 * 32));
            EXPECT(std::count(labels.begin(), labels.end(), 1) > 20);
        }
    }
}

GD_TEST(badFilesAreNamedAndNothingIsWritten)
{
    const test::TemporaryFolder root;
    datasets::Dataset dataset = madeDataset(root.path(), 4);
    test::saveText(root / "images/1.png", "text");
    savePng(root / "masks/2.png", test::disc(9, 9, 3));
    const auto masks = datasets::MaskReader::sniff(dataset);
    REQUIRE_OK(masks);
    const auto first =
        datasets::writePack(root / "data.safetensors", dataset, {}, *masks, {32, {}, false});
    REQUIRE(!first);
    EXPECT_EQ(first.error().code, ErrorCode::BadInput);
    EXPECT(first.error().message.find("1.png") != std::string::npos);
    savePng(root / "images/1.png", test::scene(68, 48, 1));
    const auto second =
        datasets::writePack(root / "data.safetensors", dataset, {}, *masks, {32, {}, false});
    REQUIRE(!second);
    EXPECT(second.error().message.find("2.png") != std::string::npos);
    EXPECT(!fs::exists(root / "data.safetensors"));
    savePng(root / "masks/2.png", test::disc(76, 48, 3));
    REQUIRE_OK(
        datasets::writePack(root / "data.safetensors", dataset, {}, *masks, {32, {}, false}));
    const auto nowhere =
        datasets::writePack(root / "no/such/data", dataset, {}, *masks, {32, {}, false});
    REQUIRE(!nowhere);
    EXPECT_EQ(nowhere.error().code, ErrorCode::CannotWrite);
    CancelToken cancel;
    cancel.cancel();
    const auto cancelled =
        datasets::writePack(root / "x", dataset, {}, *masks, {32, {}, false}, cancel);
    REQUIRE(!cancelled);
    EXPECT_EQ(cancelled.error().code, ErrorCode::Cancelled);
}

GD_TEST(blackBordersAreCropped)
{
    const test::TemporaryFolder root;
    Raster8 image(80, 60, 3);
    const Raster8 inner = test::scene(50, 40, 5);
    Raster8 mask(80, 60);
    for (int y = 0; y < 40; ++y) {
        for (int x = 0; x < 50; ++x) {
            for (int c = 0; c < 3; ++c) {
                image.at(x + 20, y + 10, c) =
                    static_cast<std::uint8_t>(std::max<int>(inner.at(x, y, c), 60));
            }
            mask.at(x + 20, y + 10) = 255;
        }
    }
    savePng(root / "images/a.png", image);
    savePng(root / "masks/a.png", mask);
    const auto dataset = datasets::openDataset(root.path());
    REQUIRE_OK(dataset);
    const auto decoded = datasets::decodeSample(
        dataset->samples[0], datasets::MaskReader(), {32, ResizeMode::Squash, true});
    REQUIRE_OK(decoded);
    EXPECT(decoded->content == (Rect{20, 10, 50, 40}));
    EXPECT_EQ(std::count(decoded->mask.pixels().begin(), decoded->mask.pixels().end(), 1), 32 * 32);
}

GD_TEST_MAIN()
