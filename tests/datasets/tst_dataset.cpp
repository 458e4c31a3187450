// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/datasets/dataset.h"
#include "tests/support/check.h"

#include <unistd.h>

#include <algorithm>
#include <map>

using namespace guidino;
namespace fs = std::filesystem;
using datasets::Dataset;

namespace {

template<typename T>
ErrorCode codeOf(const Result<T>& result)
{
    REQUIRE(!result);
    return result.error().code;
}

/// Opening reads no pixels, so empty files will do.
void touch(const fs::path& file, const std::string& content = {})
{
    fs::create_directories(file.parent_path());
    if (!writeFileAtomically(file, content)) {
        std::abort();
    }
}

void touchAll(const fs::path& root, const std::vector<std::string>& files)
{
    for (const std::string& file : files) {
        touch(root / file);
    }
}

/// "name=mask name@split" in order.
std::string show(const Dataset& dataset)
{
    std::string text;
    for (const auto& sample : dataset.samples) {
        text += (text.empty() ? "" : " ") + sample.name;
        if (!sample.mask.empty()) {
            text += "=" + sample.mask.lexically_relative(dataset.root).generic_string();
        }
        text += sample.split.empty() ? "" : "@" + sample.split;
    }
    return text;
}

std::vector<std::string> kindsOf(const Dataset& dataset)
{
    std::vector<std::string> kinds;
    for (const auto& problem : dataset.problems) {
        kinds.push_back(problem.kind + ":" + problem.file);
    }
    std::sort(kinds.begin(), kinds.end());
    return kinds;
}

Dataset opened(const fs::path& root, const datasets::OpenOptions& options = {})
{
    auto dataset = datasets::openDataset(root, options);
    REQUIRE_OK(dataset);
    return std::move(*dataset);
}

datasets::OpenOptions
asked(const std::string& layout, const fs::path& images, const fs::path& masks, int fold)
{
    return {layout, images, masks, fold};
}

fs::path realData(const std::string& name)
{
    const fs::path folder = test::dataFolder();
    if (folder.empty() || !fs::is_directory(folder / name)) {
        throw test::Skip{"no " + name};
    }
    return folder / name;
}

} // namespace

GD_TEST(kvasirInThreeParts)
{
    const test::TemporaryFolder root;
    touchAll(
        root.path(),
        {"train/images/10.jpg",
         "train/images/2.jpg",
         "train/masks/2.jpg",
         "train/masks/10.jpg",
         "valid/images/1.jpg",
         "valid/masks/1.jpg",
         "test/images/1.jpg",
         "test/masks/1.jpg",
         "test/.DS_Store",
         "readme.txt"});
    const Dataset dataset = opened(root.path());
    EXPECT_EQ(dataset.layout, "kvasir");
    EXPECT_EQ(
        show(dataset),
        "test/images/1.jpg=test/masks/1.jpg@test train/images/2.jpg=train/masks/2.jpg@train "
        "train/images/10.jpg=train/masks/10.jpg@train "
        "valid/images/1.jpg=valid/masks/1.jpg@val");
    EXPECT(dataset.splits == std::vector<std::string>({"train", "val", "test"}));
    EXPECT_EQ(dataset.imageCount, 4U);
    EXPECT_EQ(dataset.maskCount, 4U);
    EXPECT(dataset.problems.empty());
    EXPECT_EQ(dataset.indicesOf("train").size(), 2U);
}

GD_TEST(kvasirInOneFolder)
{
    const test::TemporaryFolder root;
    touchAll(
        root.path(),
        {"Kvasir-SEG/images/a.jpg", "Kvasir-SEG/masks/a.jpg", "Kvasir-SEG/kavsir_bboxes.json"});
    EXPECT_EQ(opened(root.path()).layout, "kvasir");
    EXPECT_EQ(show(opened(root.path())), "images/a.jpg=masks/a.jpg");
}

GD_TEST(isic2017)
{
    const test::TemporaryFolder root;
    touchAll(
        root.path(),
        {"ISIC-2017_Training_Data/ISIC_0000001.jpg",
         "ISIC-2017_Training_Data/ISIC_0000001_superpixels.png",
         "ISIC-2017_Training_Data/ISIC-2017_Training_Data_metadata.csv",
         "ISIC-2017_Training_Part1_GroundTruth/ISIC_0000001_segmentation.png",
         "ISIC-2017_Training_Part2_GroundTruth/ISIC_0000001_features.json",
         "ISIC-2017_Validation_Data/ISIC_0000002.jpg",
         "ISIC-2017_Validation_Part1_GroundTruth/ISIC_0000002_segmentation.png",
         "ISIC-2017_Test_v2_Data/ISIC_0000003.jpg",
         "ISIC-2017_Test_v2_Part1_GroundTruth/ISIC_0000003_segmentation.png"});
    const Dataset dataset = opened(root.path());
    EXPECT_EQ(dataset.layout, "isic2017");
    EXPECT_EQ(dataset.pairCount(), 3U);
    EXPECT_EQ(dataset.imageCount, 3U);
    EXPECT(dataset.splits == std::vector<std::string>({"train", "val", "test"}));
    EXPECT(dataset.problems.empty());
    EXPECT_EQ(dataset.samples[0].split, "test");
    EXPECT_EQ(dataset.samples[0].stem, "ISIC_0000003");
}

GD_TEST(tn3kKeepsEqualNumbersApart)
{
    const test::TemporaryFolder root;
    for (int i = 0; i < 12; ++i) {
        char name[16];
        std::snprintf(name, sizeof name, "%04d.jpg", i);
        touch(root / ("trainval-image/" + std::string(name)));
        touch(root / ("trainval-mask/" + std::string(name)));
        if (i < 3) {
            touch(root / ("test-image/" + std::string(name)));
            touch(root / ("test-mask/" + std::string(name)));
        }
    }
    const std::string fold0 = R"({"train": [0, 2, 3, 4, 5, 6, 7, 8, 9, 11], "val": [1, 10]})";
    touch(root / "tn3k-trainval-fold0.json", fold0);
    touch(root / "tn3k-trainval-fold1.json", R"({"train": [0, 1, 99], "val": [1]})");
    const Dataset dataset = opened(root.path());
    EXPECT_EQ(dataset.layout, "tn3k");
    EXPECT_EQ(dataset.pairCount(), 15U);
    EXPECT_EQ(dataset.indicesOf("train").size(), 10U);
    EXPECT_EQ(dataset.indicesOf("test").size(), 3U);
    REQUIRE(dataset.indicesOf("val").size() == 2);
    EXPECT_EQ(dataset.samples[dataset.indicesOf("val")[0]].name, "trainval-image/0001.jpg");
    EXPECT_EQ(dataset.samples[dataset.indicesOf("val")[1]].name, "trainval-image/0010.jpg");
    EXPECT(dataset.problems.empty());
    // 99 is no image; 1 is in both lists.
    EXPECT_EQ(opened(root.path(), asked("", "", "", 1)).problems.size(), 2U);
    EXPECT_EQ(opened(root.path(), asked("", "", "", -1)).indicesOf("train").size(), 12U);
    const auto missing = datasets::openDataset(root.path(), asked("", "", "", 3));
    REQUIRE(!missing);
    EXPECT_EQ(codeOf(missing), ErrorCode::BadInput);
    touch(root / "tn3k-trainval-fold0.json", "[1, 2");
    EXPECT(!datasets::openDataset(root.path()));
}

GD_TEST(segdino)
{
    const test::TemporaryFolder root;
    touchAll(
        root.path(),
        {"train/image/a.png", "train/mask/a.png", "test/image/a.png", "test/mask/a.png"});
    const Dataset dataset = opened(root.path());
    EXPECT_EQ(dataset.layout, "segdino");
    EXPECT_EQ(
        show(dataset),
        "test/image/a.png=test/mask/a.png@test train/image/a.png=train/mask/a.png@train");
}

GD_TEST(nnunetRaw)
{
    const test::TemporaryFolder root;
    touchAll(
        root.path(),
        {"imagesTr/liver_1_0000.png",
         "imagesTr/liver_1_0001.png",
         "imagesTr/liver_2_0000.png",
         "imagesTr/stray.png",
         "labelsTr/liver_1.png",
         "labelsTr/liver_2.png",
         "imagesTs/liver_3_0000.png"});
    touch(
        root / "dataset.json",
        R"({"channel_names": {"0": "R"}, "labels": {"background": 0, "liver": 1, "tumour": 2,
              "ignore": 3}, "numTraining": 2, "file_ending": ".png"})");
    const Dataset dataset = opened(root.path());
    EXPECT_EQ(dataset.layout, "nnunet");
    EXPECT_EQ(
        show(dataset),
        "imagesTr/liver_1_0000.png=labelsTr/liver_1.png@train "
        "imagesTr/liver_2_0000.png=labelsTr/liver_2.png@train "
        "imagesTs/liver_3_0000.png@test");
    EXPECT_EQ(dataset.samples[0].moreChannels.size(), 1U);
    EXPECT_EQ(dataset.samples[0].stem, "liver_1");
    REQUIRE(dataset.classes.size() == 3);
    EXPECT_EQ(dataset.classes[2].name, "tumour");
    EXPECT(kindsOf(dataset) == std::vector<std::string>({"unsupported:imagesTr/stray.png"}));

    const test::TemporaryFolder volumes;
    touchAll(volumes.path(), {"imagesTr/a_0000.nii.gz", "labelsTr/a.nii.gz"});
    EXPECT(!datasets::openDataset(volumes.path()));
}

GD_TEST(foldersOfManyNames)
{
    for (const auto& [images, masks] : std::map<std::string, std::string>{
             {"images", "masks"},
             {"image", "label"},
             {"imgs", "Ground_Truth"},
             {"JPEGImages", "SegmentationClass"},
             {"input", "annotations"}}) {
        const test::TemporaryFolder root;
        touchAll(
            root.path(),
            {images + "/a.jpg",
             images + "/b.jpg",
             masks + "/a_mask.png",
             masks + "/z.png",
             "predictions/a.png"});
        const Dataset dataset = opened(root.path());
        EXPECT_EQ(dataset.layout, "folders");
        EXPECT_EQ(dataset.pairCount(), 1U);
        EXPECT_EQ(dataset.imageCount, 2U);
        EXPECT_EQ(dataset.maskCount, 2U);
        EXPECT(
            kindsOf(dataset)
            == std::vector<std::string>(
                {"unpaired_image:" + images + "/b.jpg", "unpaired_mask:" + masks + "/z.png"}));
    }
}

GD_TEST(foldersMayNest)
{
    const test::TemporaryFolder root;
    touchAll(
        root.path(),
        {"images/train/1.png", "images/test/1.png", "masks/train/1.png", "masks/test/1.png"});
    EXPECT_EQ(
        show(opened(root.path())),
        "images/test/1.png=masks/test/1.png@test images/train/1.png=masks/train/1.png@train");
    // Images with their masks in a folder beneath.
    const test::TemporaryFolder own;
    touchAll(own.path(), {"1.png", "2.png", "masks/1.png"});
    EXPECT_EQ(show(opened(own.path())), "1.png=masks/1.png 2.png");
    EXPECT_EQ(opened(own.path()).problems.size(), 1U);
}

GD_TEST(flatAndPlain)
{
    const test::TemporaryFolder flat;
    touchAll(flat.path(), {"a.jpg", "a_mask.png", "b.jpg", "b_mask.png", "notes.txt"});
    EXPECT_EQ(opened(flat.path()).layout, "flat");
    EXPECT_EQ(show(opened(flat.path())), "a.jpg=a_mask.png b.jpg=b_mask.png");
    const test::TemporaryFolder classes;
    touchAll(
        classes.path(),
        {"benign/b (1).png",
         "benign/b (1)_mask.png",
         "malignant/m (1).png",
         "malignant/m (1)_mask.png"});
    EXPECT_EQ(opened(classes.path()).pairCount(), 2U);
    const test::TemporaryFolder plain;
    touchAll(plain.path(), {"a.jpg", "b.PNG"});
    EXPECT_EQ(opened(plain.path()).layout, "plain");
    EXPECT_EQ(show(opened(plain.path())), "a.jpg b.PNG");
    EXPECT(opened(plain.path()).problems.empty());
    EXPECT_EQ(opened(flat.path(), asked("plain", "", "", 0)).samples.size(), 4U);
    EXPECT_EQ(opened(plain / "a.jpg").layout, "file");
}

GD_TEST(askedFoldersOverride)
{
    const test::TemporaryFolder root;
    touchAll(root.path(), {"images/a.png", "masks/a.png", "expert2/a.png", "photos/b.png"});
    EXPECT_EQ(show(opened(root.path(), asked("", "", "expert2", 0))), "images/a.png=expert2/a.png");
    EXPECT_EQ(show(opened(root.path(), asked("", "photos", "masks", 0))), "photos/b.png");
}

GD_TEST(errors)
{
    const test::TemporaryFolder root;
    EXPECT_EQ(codeOf(datasets::openDataset(root / "none")), ErrorCode::NotFound);
    EXPECT_EQ(codeOf(datasets::openDataset(root.path())), ErrorCode::BadInput);
    touch(root / "text.txt");
    EXPECT_EQ(codeOf(datasets::openDataset(root / "text.txt")), ErrorCode::BadInput);
    EXPECT_EQ(
        codeOf(datasets::openDataset(root.path(), asked("kvasr", "", "", 0))), ErrorCode::Usage);
    touch(root / "a.png");
    EXPECT_EQ(
        codeOf(datasets::openDataset(root.path(), asked("kvasir", "", "", 0))),
        ErrorCode::BadInput);
    EXPECT_EQ(
        codeOf(datasets::openDataset(root.path(), asked("nnunet", "", "", 0))),
        ErrorCode::BadInput);
    EXPECT(datasets::openDataset(root.path(), asked("Plain", "", "", 0)));
    touch(root / "images/b.png");
    fs::permissions(root / "images", fs::perms::none);
    if (geteuid() != 0) {
        const auto unreadable = datasets::openDataset(root.path());
        REQUIRE(!unreadable);
        EXPECT_EQ(unreadable.error().code, ErrorCode::BadInput);
        EXPECT(unreadable.error().message.find("cannot read the folder") != std::string::npos);
    }
    fs::permissions(root / "images", fs::perms::owner_all);
    // Folders named like a layout, images elsewhere.
    const test::TemporaryFolder hollow;
    touchAll(hollow.path(), {"images/readme.txt", "c.png"});
    EXPECT_EQ(show(opened(hollow.path())), "c.png");
}

GD_TEST(classNames)
{
    const test::TemporaryFolder root;
    touchAll(root.path(), {"images/a.png", "masks/a.png"});
    const auto classes = [&] {
        std::string text;
        for (const auto& entry : opened(root.path()).classes) {
            text += std::to_string(entry.index) + entry.name + (entry.isMaskColor ? "* " : " ");
        }
        return text;
    };
    EXPECT_EQ(classes(), "");
    touch(root / "labels.txt", "polyp\ntool\n");
    EXPECT_EQ(classes(), "0background 1polyp 2tool ");
    touch(root / "classes.txt", "0 0 0 void\n255 0 0 polyp\n");
    EXPECT_EQ(classes(), "0void* 1polyp* ");
    touch(root / "labelmap.txt", "# label:color\nbackground:0,0,0::\ntool:0,255,0::\n");
    EXPECT_EQ(classes(), "0background* 1tool* ");
    touch(root / "classes.json", R"([{"name": "cyst", "color": "#00ff00"}])");
    EXPECT_EQ(classes(), "0background* 1cyst* ");
    touch(root / "labels.json", R"({"1": "nodule"})");
    EXPECT_EQ(classes(), "0background 1nodule ");
    touch(root / "dataset.json", R"({"labels": {"0": "background", "1": "edema"}})");
    EXPECT_EQ(classes(), "0background 1edema ");
    touch(root / "dataset.json", "{broken");
    EXPECT_EQ(opened(root.path()).problems.size(), 1U);
    EXPECT_EQ(classes(), "0background 1nodule ");
}

GD_TEST(numbersSortByValue)
{
    std::vector<std::string> names = {"a10", "a2", "a02", "b1", "a", "a2b", "2", "10"};
    std::sort(names.begin(), names.end(), datasets::naturalLess);
    EXPECT(names == std::vector<std::string>({"2", "10", "a", "a02", "a2", "a2b", "a10", "b1"}));
}

GD_TEST(realKvasir)
{
    const Dataset dataset = opened(realData("kvasir-seg"));
    EXPECT_EQ(dataset.layout, "kvasir");
    EXPECT_EQ(dataset.indicesOf("train").size(), 700U);
    EXPECT_EQ(dataset.indicesOf("val").size(), 200U);
    EXPECT_EQ(dataset.indicesOf("test").size(), 50U);
    EXPECT_EQ(dataset.pairCount(), 950U);
    EXPECT(dataset.problems.empty());
}

GD_TEST(realIsic)
{
    const Dataset dataset = opened(realData("isic-2017"));
    EXPECT_EQ(dataset.layout, "isic2017");
    EXPECT_EQ(dataset.indicesOf("train").size(), 2000U);
    EXPECT_EQ(dataset.indicesOf("val").size(), 150U);
    EXPECT_EQ(dataset.pairCount(), 2150U);
    EXPECT(dataset.problems.empty());
    const Dataset native = opened(realData("isic-2017-native"));
    EXPECT_EQ(native.layout, "folders");
    EXPECT_EQ(native.pairCount(), 12U);
}

GD_TEST(realThyroid)
{
    EXPECT_EQ(opened(realData("ddti")).pairCount(), 637U);
    const Dataset degraded = opened(realData("tn3k-degraded"));
    EXPECT_EQ(degraded.pairCount(), 79U);
    EXPECT_EQ(degraded.maskCount, 79U);
    EXPECT(degraded.problems.empty());
}

GD_TEST_MAIN()
