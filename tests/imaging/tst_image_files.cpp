// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/imaging/image_reader.h"
#include "core/imaging/image_writer.h"
#include "tests/support/check.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

using namespace guidino;
using namespace guidino::imaging;

namespace {

constexpr int kWidth = 20;
constexpr int kHeight = 14;

std::filesystem::path fixture(const std::string& name)
{
    return std::filesystem::path(GUIDINO_SOURCE_DIR) / "tests" / "data" / "images" / name;
}

/// The picture of make_images.py.
Raster8 expectedRgb()
{
    Raster8 rgb(kWidth, kHeight, 3);
    for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < kWidth; ++x) {
            rgb.at(x, y, 0) = static_cast<std::uint8_t>(12 * x);
            rgb.at(x, y, 1) = static_cast<std::uint8_t>(17 * y);
            rgb.at(x, y, 2) = static_cast<std::uint8_t>(255 - 6 * (x + y));
        }
    }
    return rgb;
}

int greyAt(int x, int y)
{
    return 12 * x + y;
}

int labelAt(int x, int y)
{
    return (x / 5 + y / 5) % 4;
}

int alphaAt(int x, int y)
{
    return (x + y) * 7;
}

template<typename T>
int largestDifference(const Raster<T>& a, const Raster<T>& b)
{
    if (a.size() != b.size() || a.channels() != b.channels()) {
        return 1 << 20;
    }
    int largest = 0;
    for (std::size_t i = 0; i < a.pixels().size(); ++i) {
        largest = std::max(largest, std::abs(a.data()[i] - b.data()[i]));
    }
    return largest;
}

template<typename Expected>
int largestGreyDifference(const Raster8& grey, Expected expected)
{
    if (grey.size() != Size{kWidth, kHeight} || grey.channels() != 1) {
        return 1 << 20;
    }
    int largest = 0;
    for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < kWidth; ++x) {
            largest = std::max(largest, std::abs(grey.at(x, y) - expected(x, y)));
        }
    }
    return largest;
}

void expectRgb(const std::string& name, int tolerance)
{
    const auto image = readRgb8(fixture(name));
    REQUIRE_OK(image);
    const int difference = largestDifference(*image, expectedRgb());
    if (difference > tolerance) {
        test::fail(__FILE__, __LINE__, name + " differs by " + std::to_string(difference));
    }
}

std::string errorOf(const std::filesystem::path& path)
{
    const auto image = readImage(path);
    if (image) {
        return "no error";
    }
    EXPECT(image.error().code == ErrorCode::BadInput);
    EXPECT(image.error().message.find(path.filename().string()) != std::string::npos);
    return image.error().message;
}

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

GD_TEST(losslessFormatsGiveEveryValue)
{
    for (const char* name :
         {"rgb.png",
          "interlaced.png",
          "rgb16.png",
          "rgb_none.tif",
          "rgb_lzw.tif",
          "rgb_deflate.tif",
          "rgb_packbits.tif",
          "rgb_strips.tif",
          "rgb_planar.tif",
          "rgb_tiles.tif",
          "plain32.bmp",
          "lossless.webp",
          "rgb.bmp",
          "plain32.bmp"}) {
        expectRgb(name, 0);
    }
    expectRgb("rgb565_top_down.bmp", 8);
}

GD_TEST(lossyFormatsComeNear)
{
    expectRgb("rgb.jpg", 8);
    expectRgb("progressive.jpg", 8);
    expectRgb("jpeg_named.png", 24);
    expectRgb("ycbcr.tif", 10);
    expectRgb("lossy.webp", 40);
    // Pillow's CMYK is 255 - RGB without black.
    expectRgb("cmyk.jpg", 24);
}

GD_TEST(greysKeepTheirValues)
{
    for (const char* name : {"grey.png", "grey.bmp"}) {
        const auto image = readGrey8(fixture(name));
        REQUIRE_OK(image);
        EXPECT_EQ(largestGreyDifference(*image, greyAt), 0);
    }
    const auto white = readGrey8(fixture("white_is_zero.tif"));
    REQUIRE_OK(white);
    EXPECT_EQ(largestGreyDifference(*white, greyAt), 0);
    const auto jpeg = readGrey8(fixture("grey.jpg"));
    REQUIRE_OK(jpeg);
    EXPECT(largestGreyDifference(*jpeg, greyAt) <= 8);
    for (const char* name : {"bits1.png", "bits1.tif", "bits1.bmp"}) {
        const auto image = readGrey8(fixture(name));
        REQUIRE_OK(image);
        EXPECT_EQ(
            largestGreyDifference(*image, [](int x, int y) { return labelAt(x, y) > 1 ? 255 : 0; }),
            0);
    }
}

GD_TEST(sixteenBitsAreKept)
{
    for (const char* name : {"grey16.png", "grey16.tif", "grey16_big_endian.tif"}) {
        const auto image = readImage(fixture(name));
        REQUIRE_OK(image);
        REQUIRE(image->is16Bit());
        EXPECT_EQ(image->info.bitDepth, 16);
        const auto& pixels = std::get<Raster16>(image->pixels);
        EXPECT_EQ(pixels.at(19, 13), 19 * 3000 + 13 * 7);
        EXPECT_EQ(pixels.at(3, 1), 3 * 3000 + 7);
        const auto grey = readGrey16(fixture(name));
        REQUIRE_OK(grey);
        EXPECT(*grey == pixels);
        const Raster8 shallow = toGrey8(*image);
        EXPECT_EQ(shallow.at(19, 13), (19 * 3000 + 13 * 7 + 128) / 257);
    }
    const auto shallow = readGrey16(fixture("grey.png"));
    REQUIRE_OK(shallow);
    EXPECT_EQ(shallow->at(5, 2), greyAt(5, 2) * 257);
}

GD_TEST(alphaIsCompositedOnBlack)
{
    const Raster8 rgb = expectedRgb();
    for (const char* name : {"rgba.png", "rgba.tif", "rgba.webp", "rgba.bmp"}) {
        const auto info = readImageInfo(fixture(name));
        REQUIRE_OK(info);
        EXPECT(info->hasAlpha);
        EXPECT_EQ(info->channels, 4);
        const auto image = readRgb8(fixture(name));
        REQUIRE_OK(image);
        REQUIRE(image->size() == rgb.size());
        EXPECT_EQ(image->at(7, 9, 1), (rgb.at(7, 9, 1) * alphaAt(7, 9) + 127) / 255);
        EXPECT_EQ(image->at(0, 0, 2), 0);
    }
    const auto grey = readGrey8(fixture("grey_alpha.png"));
    REQUIRE_OK(grey);
    EXPECT_EQ(grey->at(7, 9), (greyAt(7, 9) * alphaAt(7, 9) + 127) / 255);
    const auto palette = readRgb8(fixture("palette_alpha.png"));
    REQUIRE_OK(palette);
    EXPECT_EQ(palette->at(0, 0, 2), 0);   // label 0: transparent
    EXPECT_EQ(palette->at(5, 0, 0), 128); // label 1: red at half opacity
    EXPECT_EQ(palette->at(10, 0, 1), 255);
}

GD_TEST(palettesStayIndicesInMasks)
{
    for (const char* name :
         {"palette2.png",
          "palette4.png",
          "palette8.png",
          "palette.tif",
          "palette.bmp",
          "rle8.bmp"}) {
        const auto mask = readMaskRaw(fixture(name));
        REQUIRE_OK(mask);
        EXPECT(mask->kind == MaskPixels::Kind::Indexed);
        EXPECT_EQ(largestGreyDifference(mask->pixels, labelAt), 0);
        REQUIRE(mask->palette.size() >= 4);
        EXPECT((mask->palette[1] == Colour{255, 0, 0}));
        EXPECT((mask->palette[3] == Colour{0, 0, 255}));
        EXPECT(mask->info.isPalette && !mask->info.paletteIsGrey);
        const auto rgb = readRgb8(fixture(name));
        REQUIRE_OK(rgb);
        EXPECT_EQ(rgb->at(15, 0, 2), 255); // label 3: blue
    }
    const auto bits1 = readMaskRaw(fixture("palette1.png"));
    REQUIRE_OK(bits1);
    EXPECT_EQ(
        largestGreyDifference(bits1->pixels, [](int x, int y) { return labelAt(x, y) % 2; }), 0);
}

GD_TEST(paletteOfGreysIsAGreyPicture)
{
    const auto mask = readMaskRaw(fixture("palette_grey.png"));
    REQUIRE_OK(mask);
    EXPECT(mask->info.paletteIsGrey);
    EXPECT(mask->kind == MaskPixels::Kind::Grey);
    EXPECT_EQ(
        largestGreyDifference(
            mask->pixels, [](int x, int y) { return labelAt(x, y) > 1 ? 255 : 0; }),
        0);
}

GD_TEST(masksTellTheirKind)
{
    const auto colour = readMaskRaw(fixture("rgb.png"));
    REQUIRE_OK(colour);
    EXPECT(colour->kind == MaskPixels::Kind::Rgb);
    EXPECT(colour->pixels == expectedRgb());
    const test::TemporaryFolder folder;
    Raster8 equal(8, 8, 3);
    std::fill_n(equal.data(), 3 * 20, std::uint8_t{255});
    REQUIRE_OK(writePng(folder / "equal.png", equal));
    const auto grey = readMaskRaw(folder / "equal.png");
    REQUIRE_OK(grey);
    EXPECT(grey->kind == MaskPixels::Kind::Grey && grey->pixels.channels() == 1);
    EXPECT_EQ(grey->pixels.at(0, 0), 255);
    REQUIRE_OK(writeJpeg(folder / "lossy.jpg", equal, 75));
    const auto lossy = readMaskRaw(folder / "lossy.jpg");
    REQUIRE_OK(lossy);
    EXPECT(lossy->isLossy && lossy->kind == MaskPixels::Kind::Grey);
    Raster16 indices(4, 4);
    indices.at(1, 1) = 3;
    REQUIRE_OK(writePng(folder / "indices.png", indices));
    const auto deep = readMaskRaw(folder / "indices.png");
    REQUIRE_OK(deep);
    EXPECT_EQ(deep->pixels.at(1, 1), 3);
    indices.at(2, 2) = 65535;
    REQUIRE_OK(writePng(folder / "full.png", indices));
    const auto full = readMaskRaw(folder / "full.png");
    REQUIRE_OK(full);
    EXPECT_EQ(full->pixels.at(2, 2), 255);
    EXPECT_EQ(full->pixels.at(1, 1), 0);
}

GD_TEST(orientationsShowTheSamePicture)
{
    // Stored: 24 x 16, white in the top left, red in the bottom left corner. Where each orientation
    // shows the white corner, from TIFF 6.0: row and column of the stored first row and column.
    struct Expected
    {
        int orientation;
        Point white;
        Point red;
    };
    const Expected all[] = {
        {1, {2, 2}, {2, 13}},
        {2, {21, 2}, {21, 13}},
        {3, {21, 13}, {21, 2}},
        {4, {2, 13}, {2, 2}},
        {5, {2, 2}, {13, 2}},
        {6, {13, 2}, {2, 2}},
        {7, {13, 21}, {2, 21}},
        {8, {2, 21}, {13, 21}},
    };
    for (const Expected& expected : all) {
        const std::string name = "exif" + std::to_string(expected.orientation) + ".jpg";
        const auto info = readImageInfo(fixture(name));
        REQUIRE_OK(info);
        const bool isTurned = expected.orientation >= 5;
        EXPECT((info->size == (isTurned ? Size{16, 24} : Size{24, 16})));
        EXPECT_EQ(info->orientation, expected.orientation);
        const auto image = readRgb8(fixture(name));
        REQUIRE_OK(image);
        REQUIRE(image->size() == info->size);
        EXPECT(image->at(expected.white.x, expected.white.y, 1) > 200);
        EXPECT(image->at(expected.red.x, expected.red.y, 0) > 200);
        EXPECT(image->at(expected.red.x, expected.red.y, 1) < 60);
    }
    const Raster8 rgb = expectedRgb();
    for (const auto& [name, x, y] :
         {std::tuple{"exif6.png", 13, 0}, {"orientation8.tif", 0, 19}, {"exif3.webp", 19, 13}}) {
        const auto image = readRgb8(fixture(name));
        REQUIRE_OK(image);
        REQUIRE(x < image->width() && y < image->height());
        EXPECT_EQ(image->at(x, y, 2), rgb.at(0, 0, 2));
        EXPECT_EQ(image->at(x, y, 0), rgb.at(0, 0, 0));
    }
}

GD_TEST(headersTellDepthPagesAndSpacing)
{
    const auto pages = readImageInfo(fixture("pages.tif"));
    REQUIRE_OK(pages);
    REQUIRE(!pages->warnings.empty());
    EXPECT(contains(pages->warnings.back(), "several pages"));
    const auto first = readGrey8(fixture("pages.tif"));
    REQUIRE_OK(first);
    EXPECT_EQ(largestGreyDifference(*first, greyAt), 0);
    const auto spacing = readImageInfo(fixture("spacing.tif"));
    REQUIRE_OK(spacing);
    REQUIRE(spacing->spacingMm.has_value());
    EXPECT_NEAR(spacing->spacingMm->x, 0.2, 1e-9);
    EXPECT_NEAR(spacing->spacingMm->y, 0.4, 1e-9);
    const test::TemporaryFolder folder;
    Raster8 image(3, 2);
    image.spacingMm = SpacingMm{0.05, 0.1};
    REQUIRE_OK(writePng(folder / "s.png", image));
    const auto read = readImage(folder / "s.png");
    REQUIRE_OK(read);
    REQUIRE(std::get<Raster8>(read->pixels).spacingMm.has_value());
    EXPECT_NEAR(read->info.spacingMm->x, 0.05, 1e-6);
    EXPECT_NEAR(read->info.spacingMm->y, 0.1, 1e-6);
}

GD_TEST(formatIsToldByContent)
{
    const auto info = readImageInfo(fixture("jpeg_named.png"));
    REQUIRE_OK(info);
    EXPECT_EQ(info->format, std::string("jpeg"));
    REQUIRE(info->warnings.size() == 1);
    EXPECT_EQ(info->warnings[0], std::string("JPEG data in a file named .png"));
    EXPECT(contains(errorOf(fixture("text.png")), "not an image"));
    EXPECT(readImage(fixture("absent.png")).error().code == ErrorCode::NotFound);
    EXPECT(!readImage(fixture("")));
    EXPECT(
        hasImageExtension("a/b.PNG") && hasImageExtension("c.tiff") && !hasImageExtension("d.txt"));
}

GD_TEST(badFilesAreErrors)
{
    EXPECT(contains(errorOf(fixture("huge.png")), "400 megapixels"));
    EXPECT(!readImageInfo(fixture("huge.png")));
    EXPECT(contains(errorOf(fixture("bad_index.png")), "palette index 5"));
    EXPECT(contains(errorOf(fixture("float.tif")), "floating-point"));
    EXPECT(contains(errorOf(fixture("animated.webp")), "animated"));
    const test::TemporaryFolder folder;
    REQUIRE_OK(writeFileAtomically(folder / "empty.png", ""));
    EXPECT(contains(errorOf(folder / "empty.png"), "empty"));
}

GD_TEST(truncatedFilesAreErrors)
{
    const test::TemporaryFolder folder;
    for (const auto& entry : std::filesystem::directory_iterator(fixture(""))) {
        const auto info = readImageInfo(entry.path());
        if (!info || !readImage(entry.path())) {
            continue;
        }
        const auto bytes = readFile(entry.path());
        REQUIRE_OK(bytes);
        const auto path = folder / entry.path().filename().string();
        // A TIFF's directory may lie anywhere, even behind data that nothing refers to; the missing
        // tail matters only where there was some: cut half.
        for (const std::size_t length : {bytes->size() / 2, bytes->size() - bytes->size() / 8}) {
            REQUIRE_OK(writeFileAtomically(path, bytes->substr(0, length)));
            const auto image = readImage(path);
            const bool isLate = length > bytes->size() / 2;
            const bool mayStillBeWhole =
                isLate && (info->format == "tiff" || info->format == "webp");
            if (image && !mayStillBeWhole) {
                test::fail(
                    __FILE__,
                    __LINE__,
                    path.string() + " of " + std::to_string(length) + " bytes was read");
            }
        }
    }
}

GD_TEST(writtenFilesAreReadBack)
{
    const test::TemporaryFolder folder;
    std::mt19937 random(7);
    for (int channels = 1; channels <= 4; ++channels) {
        Raster8 image(33, 17, channels);
        for (std::uint8_t& value : image.pixels()) {
            value = static_cast<std::uint8_t>(random());
        }
        REQUIRE_OK(writePng(folder / "a.png", image));
        const auto read = readImage(folder / "a.png");
        REQUIRE_OK(read);
        EXPECT(std::get<Raster8>(read->pixels) == image);
        Raster16 deep(33, 17, channels);
        for (std::uint16_t& value : deep.pixels()) {
            value = static_cast<std::uint16_t>(random());
        }
        REQUIRE_OK(writePng(folder / "b.png", deep));
        const auto readDeep = readImage(folder / "b.png");
        REQUIRE_OK(readDeep);
        EXPECT(std::get<Raster16>(readDeep->pixels) == deep);
        if (channels == 3) {
            REQUIRE_OK(writeWebp(folder / "c.webp", image, 0));
            const auto webp = readImage(folder / "c.webp");
            REQUIRE_OK(webp);
            EXPECT(std::get<Raster8>(webp->pixels) == image);
        }
    }
    const Raster8 rgb = expectedRgb();
    REQUIRE_OK(writeJpeg(folder / "d.jpg", rgb, 100));
    const auto jpeg = readRgb8(folder / "d.jpg");
    REQUIRE_OK(jpeg);
    EXPECT(largestDifference(*jpeg, rgb) <= 24);
    REQUIRE_OK(writeWebp(folder / "e.webp", rgb, 95));
    REQUIRE_OK(readRgb8(folder / "e.webp"));
    Raster8 indices(9, 5);
    indices.at(4, 2) = 255;
    indices.at(1, 1) = 2;
    REQUIRE_OK(writeIndexedPng(folder / "f.png", indices, defaultPalette()));
    const auto mask = readMaskRaw(folder / "f.png");
    REQUIRE_OK(mask);
    EXPECT(mask->kind == MaskPixels::Kind::Indexed);
    EXPECT(mask->pixels == indices);
    EXPECT(mask->palette == defaultPalette());
    EXPECT(!writeIndexedPng(folder / "g.png", indices, defaultPalette(4)));
    EXPECT(!std::filesystem::exists(folder / "g.png"));
    EXPECT(writePng("/nonexistent/folder/a.png", rgb).error().code == ErrorCode::CannotWrite);
    EXPECT(!encodePng(Raster8()));
    EXPECT(!encodeJpeg(Raster8(2, 2, 4)));
}

GD_TEST(realFilesAreRead)
{
    const auto data = test::dataFolder();
    if (data.empty()) {
        throw test::Skip{"no data folder"};
    }
    int count = 0;
    int unread = 0;
    for (const char* folder : {"kvasir-seg/test", "isic-2017-native", "ddti", "tn3k-degraded"}) {
        int perFolder = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(data / folder)) {
            if (!hasImageExtension(entry.path()) || ++perFolder > 24) {
                continue;
            }
            ++count;
            const auto image = readImage(entry.path());
            if (!image) {
                test::fail(__FILE__, __LINE__, image.error().message);
                ++unread;
            }
        }
    }
    EXPECT(count >= 60);
    EXPECT_EQ(unread, 0);
}

GD_TEST(aFirstLookIsTheFileHalved)
{
    const test::TemporaryFolder folder;
    Raster8 wide(1003, 601, 3);
    for (int y = 0; y < wide.height(); ++y) {
        for (int x = 0; x < wide.width(); ++x) {
            wide.at(x, y, 0) = static_cast<std::uint8_t>(x / 4);
            wide.at(x, y, 1) = static_cast<std::uint8_t>(y / 3);
            wide.at(x, y, 2) = 40;
        }
    }
    REQUIRE_OK(writeJpeg(folder / "wide.jpg", wide, 95));
    const auto whole = readRgb8(folder / "wide.jpg");
    REQUIRE_OK(whole);
    for (const auto& [leastSide, halvings] : {std::pair(501, 1), std::pair(250, 2), std::pair(100, 3), std::pair(1, 3)}) {
        const auto look = readRgb8Reduced(folder / "wide.jpg", leastSide);
        REQUIRE_OK(look);
        REQUIRE(look->has_value());
        EXPECT_EQ((*look)->halvings, halvings);
        EXPECT((*look)->size == wide.size());
        const int step = 1 << halvings;
        const Raster8& pixels = (*look)->pixels;
        EXPECT_EQ(pixels.width(), (wide.width() + step - 1) / step);
        EXPECT_EQ(pixels.height(), (wide.height() + step - 1) / step);
        int worst = 0;
        for (int y = 0; y + 1 < pixels.height(); ++y) {
            for (int x = 0; x + 1 < pixels.width(); ++x) {
                const int at = whole->at(step * x + step / 2, step * y + step / 2, 0);
                worst = std::max(worst, std::abs(pixels.at(x, y, 0) - at));
            }
        }
        EXPECT(worst <= 6);
    }
    EXPECT(!readRgb8Reduced(folder / "wide.jpg", 502)->has_value()); // nothing to halve
    REQUIRE_OK(writePng(folder / "wide.png", wide));
    EXPECT(!readRgb8Reduced(folder / "wide.png", 10)->has_value());
    EXPECT(!readRgb8Reduced(folder / "none.jpg", 10).has_value());
    const auto turned = readRgb8Reduced(fixture("exif6.jpg"), 4);
    const auto upright = readRgb8(fixture("exif6.jpg"));
    REQUIRE_OK(turned);
    REQUIRE_OK(upright);
    REQUIRE(turned->has_value());
    EXPECT((*turned)->size == upright->size());
    const int step = 1 << (*turned)->halvings;
    EXPECT_EQ((*turned)->pixels.width(), (upright->width() + step - 1) / step);
}

GD_TEST_MAIN()
