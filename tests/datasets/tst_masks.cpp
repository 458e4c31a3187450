// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/masks.h"
#include "core/imaging/resize.h"
#include "tests/datasets/image_files.h"

#include <set>

using namespace guidino;
namespace fs = std::filesystem;
using datasets::MaskConvention;
using datasets::MaskReader;
using test::disc;
using test::savePng;

namespace {

constexpr int kSide = 40;

std::vector<fs::path> maskFiles(const fs::path& folder, int count)
{
    std::vector<fs::path> files;
    for (int i = 0; i < count; ++i) {
        files.push_back(folder / (std::to_string(i) + ".png"));
    }
    return files;
}

MaskReader sniffed(
    const std::vector<fs::path>& files,
    const std::vector<datasets::ClassInfo>& classes = {},
    const datasets::MaskOptions& options = {})
{
    auto reader = MaskReader::sniff(files, classes, options);
    REQUIRE_OK(reader);
    return std::move(*reader);
}

std::set<int> valuesOf(const Result<Raster8>& labels)
{
    REQUIRE_OK(labels);
    return {labels->pixels().begin(), labels->pixels().end()};
}

/// The "kind" of an error.
std::string kindOf(const Result<Raster8>& labels)
{
    REQUIRE(!labels);
    EXPECT_EQ(labels.error().code, ErrorCode::BadInput);
    for (const auto& [key, value] : labels.error().context) {
        if (key == "kind") {
            return value;
        }
    }
    return {};
}

std::size_t countOf(const Raster8& labels, int value)
{
    return static_cast<std::size_t>(
        std::count(labels.pixels().begin(), labels.pixels().end(), value));
}

/// Colours of a table for indices.
Raster8 painted(const Raster8& indices, const std::vector<imaging::Colour>& colors)
{
    Raster8 image(indices.width(), indices.height(), 3);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            for (int c = 0; c < 3; ++c) {
                image.at(x, y, c) = colors[indices.at(x, y)][static_cast<std::size_t>(c)];
            }
        }
    }
    return image;
}

/// Classes 1 and 2 as a disc in a disc.
Raster8 twoClasses(int radius)
{
    Raster8 mask = disc(kSide, kSide, radius, 1);
    const Raster8 inner = disc(kSide, kSide, radius / 2, 2);
    for (std::size_t i = 0; i < mask.pixels().size(); ++i) {
        mask.pixels()[i] = std::max(mask.pixels()[i], inner.pixels()[i]);
    }
    return mask;
}

} // namespace

GD_TEST(zeroAnd255)
{
    const test::TemporaryFolder root;
    const auto files = maskFiles(root.path(), 6);
    for (int i = 0; i < 6; ++i) {
        savePng(files[static_cast<std::size_t>(i)], disc(kSide, kSide, 3 * i));
    }
    const MaskReader reader = sniffed(files);
    EXPECT_EQ(reader.scheme().describe(), "0/255");
    EXPECT_EQ(reader.classCount(), 2);
    EXPECT(valuesOf(reader.read(files[3])) == std::set<int>({0, 1}));
    // A 0/1 mask among them would be read as empty.
    savePng(files[2], disc(kSide, kSide, 6, 1));
    EXPECT_EQ(kindOf(sniffed(files).read(files[2])), "mixed_convention");
}

GD_TEST(zeroAndOne)
{
    const test::TemporaryFolder root;
    const auto files = maskFiles(root.path(), 6);
    for (std::size_t i = 0; i < 6; ++i) {
        savePng(files[i], disc(kSide, kSide, 8, 1));
    }
    savePng(files[5], Raster8(kSide, kSide));
    EXPECT_EQ(sniffed(files).scheme().describe(), "indices 0/1");
    EXPECT(valuesOf(sniffed(files).read(files[0])) == std::set<int>({0, 1}));
    EXPECT(valuesOf(sniffed(files).read(files[5])) == std::set<int>({0}));
    // 255 alone is not "ignore" where nothing else is ignored.
    savePng(files[4], disc(kSide, kSide, 8, 255));
    EXPECT_EQ(kindOf(sniffed(files).read(files[4])), "mixed_convention");
    savePng(files[4], disc(kSide, kSide, 8, 7));
    EXPECT_EQ(kindOf(sniffed(files).read(files[4])), "unknown_value");
    EXPECT(valuesOf(sniffed(files).read(files[0])) == std::set<int>({0, 1}));
}

GD_TEST(jpegHalos)
{
    const test::TemporaryFolder root;
    std::vector<fs::path> files;
    const Raster8 mask = disc(kSide, kSide, 12);
    for (int i = 0; i < 4; ++i) {
        files.push_back(root / (std::to_string(i) + ".jpg"));
        REQUIRE_OK(imaging::writeJpeg(files.back(), mask, 80));
    }
    const MaskReader reader = sniffed(files);
    EXPECT_EQ(reader.scheme().describe(), "0/255 with halos (foreground > 127)");
    const auto labels = reader.read(files[0]);
    REQUIRE_OK(labels);
    // The halo does not count: the area is that of the disc within a few pixels.
    EXPECT_NEAR(double(countOf(*labels, 1)), double(countOf(mask, 255)), 12);
    // As published code reads them, everything above 0 counts.
    const auto loose = sniffed(files, {}, {0, 0, 2}).read(files[0]);
    REQUIRE_OK(loose);
    EXPECT(countOf(*loose, 1) > countOf(*labels, 1) + 20);
}

GD_TEST(greyPicturesAreThresholded)
{
    const test::TemporaryFolder root;
    const auto files = maskFiles(root.path(), 3);
    for (std::size_t i = 0; i < 3; ++i) {
        Raster8 mask = disc(kSide, kSide, 9);
        mask.at(0, 0) = 127;
        mask.at(1, 0) = 128;
        savePng(files[i], mask);
    }
    const auto labels = sniffed(files).read(files[0]);
    REQUIRE_OK(labels);
    EXPECT_EQ(labels->at(0, 0), 0);
    EXPECT_EQ(labels->at(1, 0), 1);
    // 16 bit.
    Raster16 deep(kSide, kSide);
    deep.at(5, 5) = 65535;
    deep.at(6, 5) = 30000;
    savePng(files[2], deep);
    const auto scaled = sniffed(files).read(files[2]);
    REQUIRE_OK(scaled);
    EXPECT_EQ(countOf(*scaled, 1), 1U);
    EXPECT_EQ(scaled->at(5, 5), 1);
}

GD_TEST(palettes)
{
    const test::TemporaryFolder root;
    const auto files = maskFiles(root.path(), 5);
    const auto write =
        [&](std::size_t i, const Raster8& indices, const std::vector<imaging::Colour>& palette) {
            REQUIRE_OK(imaging::writeIndexedPng(files[i], indices, palette));
        };
    const std::vector<imaging::Colour> colors = {{0, 0, 0}, {255, 0, 0}, {0, 255, 0}, {9, 9, 99}};
    for (std::size_t i = 0; i < 5; ++i) {
        write(i, twoClasses(12), colors);
    }
    EXPECT_EQ(sniffed(files).scheme().describe(), "palette indices 0..2");
    EXPECT(valuesOf(sniffed(files).read(files[0])) == std::set<int>({0, 1, 2}));
    Raster8 odd = twoClasses(12);
    odd.at(0, 0) = 3;
    write(4, odd, colors);
    EXPECT_EQ(kindOf(sniffed(files).read(files[4])), "unknown_value");
    // The same colours under other numbers: colours count.
    write(4, twoClasses(12), {{0, 0, 0}, {0, 255, 0}, {255, 0, 0}});
    const MaskReader mixed = sniffed(files);
    EXPECT_EQ(nameOf(mixed.scheme().convention), std::string("colors"));
    EXPECT(
        mixed.read(files[4])->at(kSide / 2, kSide / 2)
        != mixed.read(files[0])->at(kSide / 2, kSide / 2));
    EXPECT_EQ(mixed.classCount(), 3);
}

GD_TEST(palettesOfGreysAreGreyPictures)
{
    const test::TemporaryFolder root;
    const auto files = maskFiles(root.path(), 3);
    for (const fs::path& file : files) {
        // Index 0 is white: taken as indices, inside and outside would change places.
        REQUIRE_OK(imaging::writeIndexedPng(
            file, disc(kSide, kSide, 10, 1), {{255, 255, 255}, {0, 0, 0}}));
    }
    const MaskReader reader = sniffed(files);
    EXPECT_EQ(reader.scheme().describe(), "0/255");
    const auto labels = reader.read(files[0]);
    REQUIRE_OK(labels);
    EXPECT_EQ(labels->at(kSide / 2, kSide / 2), 0);
    EXPECT_EQ(labels->at(0, 0), 1);
}

GD_TEST(colors)
{
    const test::TemporaryFolder root;
    const auto files = maskFiles(root.path(), 5);
    const std::vector<imaging::Colour> colors = {{0, 0, 0}, {0, 0, 255}, {255, 0, 0}};
    for (const fs::path& file : files) {
        savePng(file, painted(twoClasses(14), colors));
    }
    const MaskReader reader = sniffed(files);
    EXPECT_EQ(reader.scheme().describe(), "colours #000000 #0000FF #FF0000");
    EXPECT(valuesOf(reader.read(files[0])) == std::set<int>({0, 1, 2}));
    EXPECT_EQ(reader.read(files[0])->at(kSide / 2, kSide / 2), 2);
    Raster8 odd = painted(twoClasses(14), colors);
    odd.at(3, 2, 1) = 200;
    savePng(files[4], odd);
    const auto refused = sniffed(files).read(files[4]);
    EXPECT_EQ(kindOf(refused), "unknown_value");
    EXPECT(refused.error().message.find("#00C800 at (3, 2)") != std::string::npos);
    // Named colours decide about class numbers.
    const MaskReader named = sniffed(
        files,
        {{0, "background", {}, true},
         {1, "vein", {255, 0, 0}, true},
         {2, "artery", {0, 0, 255}, true}});
    EXPECT_EQ(named.read(files[0])->at(kSide / 2, kSide / 2), 1);
    EXPECT_EQ(named.scheme().classes[1].name, "vein");
    // JPEG blurs colours; the nearest is meant.
    const Raster8 large = imaging::resizeNearest(twoClasses(14), {6 * kSide, 6 * kSide});
    std::vector<fs::path> lossy;
    for (int i = 0; i < 4; ++i) {
        lossy.push_back(root / (std::to_string(i) + ".jpg"));
        REQUIRE_OK(imaging::writeJpeg(lossy.back(), painted(large, colors), 92));
    }
    EXPECT_EQ(sniffed(lossy).classCount(), 3);
    EXPECT(valuesOf(sniffed(lossy).read(lossy[1])) == std::set<int>({0, 1, 2}));
}

GD_TEST(photographsAreNoMasks)
{
    const test::TemporaryFolder root;
    const auto files = maskFiles(root.path(), 4);
    for (std::size_t i = 0; i < 4; ++i) {
        savePng(files[i], test::scene(kSide, kSide, static_cast<unsigned>(i)));
    }
    const auto reader = MaskReader::sniff(files, {});
    REQUIRE(!reader || !reader->read(files[0]));
}

GD_TEST(namedClassesAreDefinitive)
{
    const test::TemporaryFolder root;
    const auto files = maskFiles(root.path(), 6);
    for (const fs::path& file : files) {
        savePng(file, twoClasses(12));
    }
    EXPECT_EQ(sniffed(files).scheme().describe(), "indices 0..2");
    const std::vector<datasets::ClassInfo> two = {
        {0, "background", {}, false}, {1, "x", {}, false}};
    EXPECT_EQ(kindOf(sniffed(files, two).read(files[0])), "unknown_value");
    EXPECT_EQ(kindOf(sniffed(files, {}, {127, 2, 1}).read(files[0])), "unknown_value");
    EXPECT_EQ(sniffed(files, {}, {127, 5, 1}).classCount(), 5);
    // 255 beside indices is "ignore".
    Raster8 withIgnore = twoClasses(12);
    withIgnore.at(0, 0) = 255;
    savePng(files[0], withIgnore);
    EXPECT(valuesOf(sniffed(files).read(files[0])) == std::set<int>({0, 1, 2, 255}));
}

GD_TEST(sizesMustAgree)
{
    const test::TemporaryFolder root;
    savePng(root / "image.png", test::scene(30, 20, 1));
    savePng(root / "mask.png", disc(kSide, kSide, 9));
    datasets::Sample sample;
    sample.image = root / "image.png";
    sample.mask = root / "mask.png";
    const auto labels = MaskReader().read(sample);
    EXPECT_EQ(kindOf(labels), "size_mismatch");
    EXPECT(labels.error().message.find("image.png is 30 x 20") != std::string::npos);
    EXPECT(labels.error().message.find("mask.png") != std::string::npos);
}

GD_TEST(unreadableMasks)
{
    const test::TemporaryFolder root;
    const auto files = maskFiles(root.path(), 3);
    for (const fs::path& file : files) {
        test::saveText(file, "no image");
    }
    EXPECT(!MaskReader::sniff(files, {}));
    savePng(files[1], disc(kSide, kSide, 9));
    EXPECT(!sniffed(files).read(files[0]));
    EXPECT(sniffed(files).read(files[1]));
    EXPECT(!MaskReader::sniff(std::vector<fs::path>(), {}));
    CancelToken cancel;
    cancel.cancel();
    const auto cancelled = MaskReader::sniff(files, {}, {}, cancel);
    REQUIRE(!cancelled);
    EXPECT_EQ(cancelled.error().code, ErrorCode::Cancelled);
}

GD_TEST_MAIN()
