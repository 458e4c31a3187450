// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/pairing.h"
#include "tests/support/check.h"

#include <algorithm>
#include <random>
#include <set>

using namespace guidino;
using datasets::Pairing;
using Paths = std::vector<std::filesystem::path>;

namespace {

/// "image=mask" lines, then "image=" and "=mask" for what is left, in the order of names.
std::string show(const Pairing& pairing, const Paths& images, const Paths& masks)
{
    std::vector<std::string> lines;
    for (const auto& pair : pairing.pairs) {
        lines.push_back(images[pair.image].string() + "=" + masks[pair.mask].string());
    }
    for (const std::size_t image : pairing.lonelyImages) {
        lines.push_back(images[image].string() + "=");
    }
    for (const std::size_t mask : pairing.lonelyMasks) {
        lines.push_back("=" + masks[mask].string());
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) {
        text += line + " ";
    }
    return text;
}

std::string paired(const Paths& images, const Paths& masks)
{
    return show(datasets::pairByName(images, masks), images, masks);
}

} // namespace

GD_TEST(sameStem)
{
    EXPECT_EQ(
        paired({"i/a.jpg", "i/b.png"}, {"m/b.png", "m/a.png"}), "i/a.jpg=m/a.png i/b.png=m/b.png ");
    EXPECT_EQ(paired({"A.JPG"}, {"a.png"}), "A.JPG=a.png ");
    EXPECT_EQ(paired({"a.png", "A.png"}, {"A.bmp", "a.bmp"}), "A.png=A.bmp a.png=a.bmp ");
    EXPECT_EQ(paired({"v.nii.gz"}, {"v.nii"}), "v.nii.gz=v.nii ");
}

GD_TEST(oneWordDropped)
{
    EXPECT_EQ(paired({"x.jpg"}, {"x_mask.png"}), "x.jpg=x_mask.png ");
    EXPECT_EQ(
        paired(
            {"ISIC_0000001.jpg", "ISIC_0000002.jpg"},
            {"ISIC_0000002_segmentation.png", "ISIC_0000001_segmentation.png"}),
        "ISIC_0000001.jpg=ISIC_0000001_segmentation.png "
        "ISIC_0000002.jpg=ISIC_0000002_segmentation.png ");
    EXPECT_EQ(paired({"7.png"}, {"gt-7.png"}), "7.png=gt-7.png ");
    EXPECT_EQ(paired({"x_fram.png"}, {"x.png"}), "x_fram.png=x.png ");
    EXPECT_EQ(
        paired({"benign (1).png"}, {"benign (1)_mask.png"}), "benign (1).png=benign (1)_mask.png ");
}

GD_TEST(oneWordDroppedFromEach)
{
    EXPECT_EQ(paired({"x_fram.jpg"}, {"x_mask.png"}), "x_fram.jpg=x_mask.png ");
    EXPECT_EQ(
        paired({"test_1_img.png", "test_2_img.png"}, {"test_2_gt.png", "test_1_gt.png"}),
        "test_1_img.png=test_1_gt.png test_2_img.png=test_2_gt.png ");
    EXPECT_EQ(paired({"image_003.png"}, {"003_label.png"}), "image_003.png=003_label.png ");
}

GD_TEST(conventionsMayMix)
{
    EXPECT_EQ(
        paired(
            {"a.png", "b_fram.png", "c.png", "d.png"},
            {"a.png", "b_mask.png", "c_segmentation.png", "d_mask.png"}),
        "a.png=a.png b_fram.png=b_mask.png c.png=c_segmentation.png d.png=d_mask.png ");
}

GD_TEST(namesOfDifferentThingsDoNotPair)
{
    // Numbers are never dropped: `img_1` is no `img_2`.
    EXPECT_EQ(paired({"img_1.png"}, {"img_2.png"}), "=img_2.png img_1.png= ");
    EXPECT_EQ(
        paired({"ISIC_1.jpg"}, {"ISIC_2_segmentation.png"}),
        "=ISIC_2_segmentation.png ISIC_1.jpg= ");
    EXPECT_EQ(paired({"p1_img.png"}, {"p2_img.png"}), "=p2_img.png p1_img.png= ");
    // Two words are one too many.
    EXPECT_EQ(paired({"x.png"}, {"x_left_mask.png"}), "=x_left_mask.png x.png= ");
    // Words of both sides name things.
    EXPECT_EQ(
        paired({"7_left.png", "8_right.png"}, {"7_right.png", "8_right.png"}),
        "7_left.png= 8_right.png=8_right.png =7_right.png ");
    // Not unique: none is guessed.
    EXPECT_EQ(
        paired({"x_red.png", "x_blue.png"}, {"x_mask.png"}), "=x_mask.png x_blue.png= x_red.png= ");
}

GD_TEST(oneToOneAndTheRestReported)
{
    EXPECT_EQ(paired({"x.png"}, {"x_mask.png", "x.png"}), "=x_mask.png x.png=x.png ");
    EXPECT_EQ(paired({"x.png"}, {"x_old.png", "x_mask.png"}), "=x_old.png x.png=x_mask.png ");
    EXPECT_EQ(paired({"x.png", "x.jpg"}, {"x.bmp"}).substr(0, 6), "x.jpg=");
    EXPECT_EQ(paired({}, {"a.png"}), "=a.png ");
    EXPECT_EQ(paired({"a.png"}, {}), "a.png= ");
}

GD_TEST(everyFileIsReportedOnceInAnyOrder)
{
    std::mt19937 random(7);
    const std::vector<std::string> ends = {"", "_mask", "_img", "_gt", "_segmentation", "_1", "-a"};
    for (int round = 0; round < 200; ++round) {
        Paths images;
        Paths masks;
        for (int i = 0; i < 12; ++i) {
            const std::string stem = std::string(1, static_cast<char>('a' + random() % 5))
                                     + std::to_string(random() % 3);
            images.emplace_back("i/" + stem + ends[random() % ends.size()] + ".png");
            masks.emplace_back("m/" + stem + ends[random() % ends.size()] + ".png");
        }
        std::sort(images.begin(), images.end());
        images.erase(std::unique(images.begin(), images.end()), images.end());
        std::sort(masks.begin(), masks.end());
        masks.erase(std::unique(masks.begin(), masks.end()), masks.end());
        const Pairing pairing = datasets::pairByName(images, masks);
        std::multiset<std::size_t> seenImages(
            pairing.lonelyImages.begin(), pairing.lonelyImages.end());
        std::multiset<std::size_t> seenMasks(
            pairing.lonelyMasks.begin(), pairing.lonelyMasks.end());
        for (const auto& pair : pairing.pairs) {
            seenImages.insert(pair.image);
            seenMasks.insert(pair.mask);
        }
        REQUIRE(seenImages.size() == images.size());
        REQUIRE(seenMasks.size() == masks.size());
        REQUIRE(
            std::set<std::size_t>(seenImages.begin(), seenImages.end()).size() == images.size());
        REQUIRE(std::set<std::size_t>(seenMasks.begin(), seenMasks.end()).size() == masks.size());
        const std::string before = show(pairing, images, masks);
        std::shuffle(images.begin(), images.end(), random);
        std::shuffle(masks.begin(), masks.end(), random);
        EXPECT_EQ(paired(images, masks), before);
    }
}

GD_TEST(oneFolder)
{
    const auto inFolder = [](const Paths& files) {
        return show(datasets::pairInOneFolder(files), files, files);
    };
    EXPECT_EQ(
        inFolder({"a.jpg", "a_mask.png", "b.jpg", "b_segmentation.png", "c.jpg"}),
        "a.jpg=a_mask.png b.jpg=b_segmentation.png c.jpg= ");
    EXPECT_EQ(
        inFolder({"a_fram.png", "a_mask.png", "z_mask.png"}), "=z_mask.png a_fram.png=a_mask.png ");
    // A word of their own, told by what it stands beside.
    EXPECT_EQ(
        inFolder({"a1.png", "a1_tumour.png", "a2.png", "a2_tumour.png"}),
        "a1.png=a1_tumour.png a2.png=a2_tumour.png ");
    // The images' own name has a word that masks often have.
    EXPECT_EQ(inFolder({"lesion_1.png", "lesion_1_mask.png"}), "lesion_1.png=lesion_1_mask.png ");
    EXPECT_EQ(inFolder({"a.png", "b_mask.png"}), "a.png= b_mask.png= ");
    EXPECT_EQ(inFolder({"a.jpg", "a.png"}), "a.jpg= a.png= ");
}

GD_TEST_MAIN()
