// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/corruptions.h"
#include "core/imaging/image_content.h"
#include "core/imaging/image_reader.h"
#include "core/imaging/image_writer.h"
#include "core/imaging/overlay.h"
#include "core/imaging/resize.h"
#include "tests/support/check.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <set>

using namespace guidino;
using namespace guidino::imaging;

namespace {

/// Smooth blobs with corners between them: something that keypoints can hold on to.
Raster8 texture(unsigned seed, Size size)
{
    std::mt19937 random(seed);
    Raster8 coarse(size.width / 12, size.height / 12);
    for (std::uint8_t& value : coarse.pixels()) {
        value = static_cast<std::uint8_t>(random());
    }
    return resizeBilinear(coarse, size);
}

/// How many keypoints of `a` have a counterpart in `b`.
double matchedShare(const Raster8& a, const Raster8& b)
{
    const auto pointsA = keypoints(a);
    const auto pointsB = keypoints(b);
    int matched = 0;
    for (const Keypoint& point : pointsA) {
        matched += std::any_of(
                       pointsB.begin(),
                       pointsB.end(),
                       [&](const Keypoint& other) { return similarity(point, other) > 0.92F; })
                       ? 1
                       : 0;
    }
    return pointsA.empty() ? 0 : static_cast<double>(matched) / static_cast<double>(pointsA.size());
}

} // namespace

GD_TEST(nearestTakesPixelCentresAndUndoesItself)
{
    Raster8 image(4, 2);
    std::copy_n(std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6, 7, 8}.begin(), 8, image.data());
    const Raster8 half = resizeNearest(image, {2, 1});
    EXPECT_EQ(half.at(0, 0), 6);
    EXPECT_EQ(half.at(1, 0), 8);
    for (const Size size : {Size{8, 4}, {13, 7}, {12, 6}, {401, 199}}) {
        EXPECT(resizeNearest(resizeNearest(image, size), image.size()) == image);
    }
    EXPECT(resizeNearest(image, {0, 5}).isEmpty());
    EXPECT(resizeNearest(Raster8(), {3, 3}).size() == (Size{3, 3}));
}

GD_TEST(shrinkingAveragesAndGrowingInterpolates)
{
    Raster8 stripes(64, 64);
    for (int y = 0; y < 64; ++y) {
        for (int x = 0; x < 64; ++x) {
            stripes.at(x, y) = x % 2 == 0 ? 0 : 200;
        }
    }
    const Raster8 small = resizeSmooth(stripes, {16, 16});
    EXPECT(
        std::all_of(small.pixels().begin(), small.pixels().end(), [](int v) { return v == 100; }));
    // Grown along y, shrunk along x: still averaged.
    const Raster8 mixed = resizeSmooth(stripes, {16, 100});
    EXPECT(
        std::all_of(mixed.pixels().begin(), mixed.pixels().end(), [](int v) { return v == 100; }));
    RasterF ramp(2, 1);
    ramp.at(1, 0) = 1;
    const RasterF grown = resizeSmooth(ramp, {4, 1});
    EXPECT_NEAR(grown.at(0, 0), 0.0, 1e-6);
    EXPECT_NEAR(grown.at(1, 0), 0.25, 1e-6);
    EXPECT_NEAR(grown.at(2, 0), 0.75, 1e-6);
    EXPECT_NEAR(grown.at(3, 0), 1.0, 1e-6);
    stripes.spacingMm = SpacingMm{0.1, 0.2};
    EXPECT_NEAR(resizeSmooth(stripes, {16, 32}).spacingMm->x, 0.4, 1e-12);
    EXPECT((fittedSize({1000, 500}, {100, 100}) == Size{100, 50}));
    EXPECT((fittedSize({10, 5}, {100, 100}) == Size{10, 5}));
    EXPECT((fittedSize({10000, 2}, {100, 100}) == Size{100, 1}));
    EXPECT((crop(stripes, {60, 60, 10, 10}).size() == Size{4, 4}));
    const Raster8 part = crop(stripes, {1, 0, 2, 2});
    EXPECT_EQ(part.at(0, 0), 200);
}

GD_TEST(colourMapsRunFromEndToEnd)
{
    EXPECT((colourAt(ColourMap::Viridis, 0) == Colour{68, 1, 84}));
    EXPECT((colourAt(ColourMap::Viridis, 1) == Colour{253, 231, 37}));
    EXPECT((colourAt(ColourMap::Magma, 7) == Colour{252, 253, 191}));
    EXPECT((colourAt(ColourMap::Grey, 0.5) == Colour{128, 128, 128}));
    EXPECT(
        (colourAt(ColourMap::Viridis, std::numeric_limits<double>::quiet_NaN())
         == Colour{68, 1, 84}));
    // Perceptual maps grow brighter all along.
    for (const ColourMap map : {ColourMap::Viridis, ColourMap::Magma, ColourMap::Grey}) {
        double before = -1;
        for (int i = 0; i <= 100; ++i) {
            const Colour c = colourAt(map, i / 100.0);
            const double luma = 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2];
            EXPECT(luma >= before - 1.5);
            before = luma;
        }
    }
    RasterF values(3, 1);
    values.at(1, 0) = 0.5F;
    values.at(2, 0) = 2.0F;
    const Raster8 mapped = colourMapped(values, ColourMap::Grey);
    EXPECT_EQ(mapped.at(1, 0, 2), 128);
    EXPECT_EQ(mapped.at(2, 0, 0), 255);
}

GD_TEST(overlaysShowLabels)
{
    const Raster8 image(12, 12);
    Raster8 labels(12, 12);
    for (int y = 2; y < 10; ++y) {
        for (int x = 2; x < 10; ++x) {
            labels.at(x, y) = 1;
        }
    }
    labels.at(0, 0) = 255;
    OverlayStyle style;
    style.colours = {{0, 0, 0}, {200, 100, 0}};
    style.fillOpacity = 0.5;
    style.outlineWidth = 1;
    const Raster8 shown = overlayLabels(image, labels, style);
    REQUIRE(shown.channels() == 3);
    EXPECT_EQ(shown.at(2, 2, 0), 200);
    EXPECT_EQ(shown.at(5, 5, 0), 100);
    EXPECT_EQ(shown.at(5, 5, 1), 50);
    EXPECT_EQ(shown.at(0, 0, 0), 0);
    RasterF heat(12, 12);
    const Raster8 heated = overlayHeat(image, heat, ColourMap::Viridis, 0.5);
    EXPECT_EQ(heated.at(3, 3, 2), 42);
    const Raster8 strip = sideBySide({image, Raster8(24, 12, 3), Raster8()}, 24, 4);
    EXPECT((strip.size() == Size{24 + 4 + 48, 24}));
    EXPECT_EQ(strip.at(25, 5, 0), 255);
    EXPECT_EQ(strip.at(30, 5, 0), 0);
    const auto palette = defaultPalette();
    EXPECT_EQ(palette.size(), std::size_t{256});
    EXPECT_EQ(std::set<Colour>(palette.begin(), palette.begin() + 21).size(), std::size_t{21});
}

GD_TEST(blackBordersAreFound)
{
    Raster8 image = texture(1, {100, 80});
    EXPECT((contentRectangle(Raster8(30, 20)) == Rect{0, 0, 30, 20}));
    Raster8 bordered(140, 120, 3);
    std::mt19937 random(2);
    for (std::uint8_t& value : bordered.pixels()) {
        value = static_cast<std::uint8_t>(random() % 12);
    }
    for (int y = 0; y < 80; ++y) {
        for (int x = 0; x < 100; ++x) {
            for (int c = 0; c < 3; ++c) {
                bordered.at(x + 25, y + 10, c) = static_cast<std::uint8_t>(40 + image.at(x, y) / 2);
            }
        }
    }
    EXPECT((contentRectangle(bordered) == Rect{25, 10, 100, 80}));
}

GD_TEST(textIsNoticed)
{
    // Ten digits of a seven-segment display, 7 x 13 pixels, bright on dark.
    Raster8 image(200, 100);
    std::fill(image.pixels().begin(), image.pixels().end(), std::uint8_t{20});
    const auto bar = [&](int x, int y, int width, int height) {
        for (int dy = 0; dy < height; ++dy) {
            std::fill_n(&image.at(x, y + dy), width, std::uint8_t{240});
        }
    };
    for (int digit = 0; digit < 8; ++digit) {
        const int x = 20 + digit * 12;
        bar(x, 30, 7, 2);
        bar(x, 36, 7, 2);
        bar(x + 5, 30, 2, 13);
        if (digit % 2 == 0) {
            bar(x, 30, 2, 7);
        }
    }
    const auto lines = findTextLines(image);
    REQUIRE(lines.size() == 1);
    EXPECT(lines[0].width > 80 && lines[0].height <= 16 && lines[0].y >= 28);
    EXPECT(findTextLines(texture(4, {200, 150})).empty());
}

GD_TEST(hashesToleratesScaleAndBrightness)
{
    const Raster8 image = texture(11, {240, 180});
    Raster8 other = resizeSmooth(image, {120, 90});
    for (std::uint8_t& value : other.pixels()) {
        value = static_cast<std::uint8_t>(value / 2 + 60);
    }
    EXPECT(std::popcount(differenceHash(image) ^ differenceHash(other)) <= 4);
    EXPECT(std::popcount(differenceHash(image) ^ differenceHash(texture(12, {240, 180}))) > 16);
}

GD_TEST(keypointsSurviveCropScaleAndOverlay)
{
    const Raster8 image = texture(21, {240, 180});
    const Raster8 cropped = crop(image, {30, 20, 190, 150});
    const Raster8 smaller = resizeSmooth(image, {192, 144});
    Raster8 overlaid = image;
    for (int y = 60; y < 100; ++y) {
        std::fill_n(&overlaid.at(60, y), 80, std::uint8_t{255});
    }
    EXPECT(matchedShare(cropped, image) > 0.5);
    EXPECT(matchedShare(smaller, image) > 0.4);
    EXPECT(matchedShare(overlaid, image) > 0.5);
    EXPECT(matchedShare(texture(22, {240, 180}), image) < 0.15);
    EXPECT(keypoints(Raster8(100, 100)).empty());
    EXPECT(keypoints(Raster8()).empty());
}

GD_TEST(gradientsAreCentralDifferences)
{
    Raster8 ramp(5, 4);
    for (int y = 0; y < 4; ++y) {
        for (int x = 0; x < 5; ++x) {
            ramp.at(x, y) = static_cast<std::uint8_t>(10 * x + 3 * y);
        }
    }
    const RasterF slope = gradients(ramp);
    EXPECT_NEAR(slope.at(2, 1, 0), 10.0, 1e-6);
    EXPECT_NEAR(slope.at(2, 1, 1), 3.0, 1e-6);
    EXPECT_NEAR(slope.at(0, 0, 0), 5.0, 1e-6);
    EXPECT(blur(ramp, 0) == ramp);
}

GD_TEST(corruptionsGrowWithTheirSeverity)
{
    Raster8 image(96, 64, 3);
    std::mt19937 random(7);
    for (std::uint8_t& value : image.pixels()) {
        value = static_cast<std::uint8_t>(40 + random() % 100);
    }
    const auto distance = [&](const Raster8& other) {
        double sum = 0;
        for (std::size_t i = 0; i < image.pixels().size(); ++i) {
            sum += std::abs(double(image.pixels()[i]) - double(other.pixels()[i]));
        }
        return sum / static_cast<double>(image.pixels().size());
    };
    for (const char* name : {"blur", "noise", "jpeg", "brightness"}) {
        const auto kind = corruptionNamed(name);
        REQUIRE(kind.has_value());
        double before = 0;
        for (int severity = 1; severity <= 5; ++severity) {
            const auto worse = corrupt(image, *kind, severity, 3);
            REQUIRE(worse.has_value());
            EXPECT(worse->size() == image.size());
            EXPECT(distance(*worse) > before);
            before = distance(*worse);
            EXPECT(*corrupt(image, *kind, severity, 3) == *worse); // the same each time
        }
    }
    EXPECT(*corrupt(image, Corruption::Noise, 2, 3) != *corrupt(image, Corruption::Noise, 2, 4));
    // Brightness: the largest channel gains a tenth of the range, up to white.
    const auto bright = corrupt(image, Corruption::Brightness, 1, 0);
    for (int x = 0; x < 96; ++x) {
        int from = 0;
        int to = 0;
        for (int c = 0; c < 3; ++c) {
            from = std::max<int>(from, image.at(x, 9, c));
            to = std::max<int>(to, bright->at(x, 9, c));
        }
        EXPECT(std::abs(to - std::min(255.0, from + 25.5)) <= 1);
    }
    EXPECT_EQ(corrupt(image, Corruption::Blur, 6, 0).error().code, ErrorCode::Usage);
    EXPECT_EQ(corruptionNamed("fog").error().code, ErrorCode::Usage);
}

GD_TEST(aCropKeepsAPartOfThePicture)
{
    std::set<int> places;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Rect rect = keptOf({100, 50}, 5, seed);
        EXPECT(rect.width == 50 && rect.height == 25);
        EXPECT(rect.x >= 0 && rect.y >= 0 && rect.right() <= 100 && rect.bottom() <= 50);
        places.insert(rect.x);
    }
    EXPECT(places.size() > 10);
    const Raster8 image = texture(1, {120, 96});
    const Rect rect = keptOf(image.size(), 1, 4);
    EXPECT(*corrupt(image, Corruption::Crop, 1, 4) == crop(image, rect));
    EXPECT(keptOf({1, 1}, 5, 0) == (Rect{0, 0, 1, 1}));
}

GD_TEST_MAIN()
