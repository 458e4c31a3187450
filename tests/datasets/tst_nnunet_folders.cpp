// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/nnunet_case.h"
#include "core/datasets/nnunet_folders.h"
#include "core/datasets/nnunet_trained.h"
#include "tests/datasets/image_files.h"

#include <nlohmann/json.hpp>

#include <set>

using namespace guidino;
using namespace guidino::datasets;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

std::vector<std::string> namesUpTo(int count)
{
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) {
        names.push_back("case" + std::string(i < 10 ? "0" : "") + std::to_string(i));
    }
    return names;
}

bool mentions(const Error& error, const std::string& word)
{
    return error.message.find(word) != std::string::npos;
}

} // namespace

GD_TEST(dataSetsAreFoundByNumberOrName)
{
    const test::TemporaryFolder folder;
    NnunetFolders folders;
    folders.raw = folder / "raw";
    folders.results = folder / "results";
    fs::create_directories(folders.raw / "Dataset004_Polyps");
    fs::create_directories(folders.results / "Dataset012_Skin");
    fs::create_directories(folders.raw / "other");
    for (const auto& [wanted, name] : std::vector<std::pair<std::string, std::string>>{
             {"4", "Dataset004_Polyps"},
             {"004", "Dataset004_Polyps"},
             {"Dataset012_Skin", "Dataset012_Skin"}}) {
        const auto found = findNnunetDataset(folders, wanted);
        REQUIRE_OK(found);
        EXPECT_EQ(*found, name);
    }
    const auto none = findNnunetDataset(folders, "5");
    REQUIRE(!none);
    EXPECT(none.error().code == ErrorCode::NotFound && mentions(none.error(), "Dataset012_Skin"));
    fs::create_directories(folders.results / "Dataset004_Again");
    const auto several = findNnunetDataset(folders, "4");
    REQUIRE(!several);
    EXPECT(several.error().code == ErrorCode::BadInput);
}

GD_TEST(namesOfModelsAndFolds)
{
    const NnunetModelName name{"2d", "nnUNetResEncUNetMPlans", "nnUNetTrainer_5epochs"};
    EXPECT_EQ(name.folderName(), "nnUNetTrainer_5epochs__nnUNetResEncUNetMPlans__2d");
    const auto read = parseNnunetModelName(name.folderName());
    REQUIRE_OK(read);
    EXPECT(*read == name);
    EXPECT(!parseNnunetModelName("nnUNetTrainer__nnUNetPlans"));
    const auto all = parseNnunetFold("all");
    REQUIRE_OK(all);
    EXPECT_EQ(all->folderName(), "fold_all");
    EXPECT_EQ(foldsText({NnunetFoldName{0}, NnunetFoldName{1}, NnunetFoldName{4}}), "0_1_4");
    for (const char* wrong : {"", "-1", "x", "1.5"}) {
        const auto fold = parseNnunetFold(wrong);
        EXPECT(!fold && fold.error().code == ErrorCode::Usage);
    }
}

GD_TEST(foldsAreThoseOfTheFileOrDrawn)
{
    const auto names = namesUpTo(12);
    const auto text = nnunetSplitsJson(names);
    REQUIRE_OK(text);
    const test::TemporaryFolder folder;
    test::saveText(folder / "splits_final.json", *text);
    const auto splits = readNnunetSplits(folder / "splits_final.json");
    REQUIRE_OK(splits);
    REQUIRE(splits->size() == 5);
    std::set<std::string> validated;
    for (const NnunetFold& fold : *splits) {
        EXPECT_EQ(fold.train.size() + fold.val.size(), names.size());
        EXPECT(std::is_sorted(fold.train.begin(), fold.train.end()));
        validated.insert(fold.val.begin(), fold.val.end());
    }
    EXPECT_EQ(validated.size(), names.size()); // each case in exactly one list

    EXPECT(foldOf(*splits, names, {2}).val == (*splits)[2].val);
    const NnunetFold all = foldOf(*splits, names, {-1});
    EXPECT(all.train == names && all.val == names);
    const NnunetFold drawn = foldOf(*splits, names, {7});
    // RandomState(12345 + 7).choice(12, 9, replace=False) of NumPy
    std::vector<std::string> expected;
    for (const std::size_t i : {4U, 7U, 2U, 0U, 8U, 11U, 1U, 6U, 9U}) {
        expected.push_back(names[i]);
    }
    EXPECT(drawn.train == expected);
    EXPECT_EQ(drawn.val.size(), std::size_t{3});
    std::set<std::string> both(drawn.train.begin(), drawn.train.end());
    both.insert(drawn.val.begin(), drawn.val.end());
    EXPECT_EQ(both.size(), names.size());
    EXPECT(foldOf(*splits, names, {8}).val != drawn.val);

    EXPECT(!nnunetSplitsJson(namesUpTo(1)));
    const auto few = nnunetSplitsJson(namesUpTo(3));
    REQUIRE_OK(few);
    EXPECT_EQ(Json::parse(*few).size(), std::size_t{3});
}

GD_TEST(casesAreListedWithTheirChannels)
{
    const test::TemporaryFolder folder;
    for (const char* name : {"b_0001.png", "a_1_0000.png", "b_0000.png", "a_1_0001.png", "x.png"}) {
        test::saveText(folder / ("imagesTr/" + std::string(name)), "");
    }
    const auto cases = listNnunetImages(folder / "imagesTr", ".png");
    REQUIRE_OK(cases);
    REQUIRE(cases->size() == 2);
    EXPECT_EQ((*cases)[0].name, "a_1");
    EXPECT_EQ((*cases)[1].images[1].filename().string(), "b_0001.png");

    const auto labels = parseNnunetLabels(
        R"({"channel_names": {"0": "R"}, "labels": {"background": 0, "polyp": 1}})",
        "dataset.json");
    REQUIRE_OK(labels);
    test::saveText(folder / "dataset.json", "{}");
    test::saveText(folder / "labelsTr/b.png", "");
    const auto missing = listNnunetTraining(folder.path(), *labels);
    REQUIRE(!missing);
    EXPECT(mentions(missing.error(), "a_1.png"));
    test::saveText(folder / "labelsTr/a_1.png", "");
    REQUIRE_OK(listNnunetTraining(folder.path(), *labels));

    fs::remove(folder / "imagesTr/b_0000.png");
    const auto gap = listNnunetImages(folder / "imagesTr", ".png");
    REQUIRE(!gap);
    EXPECT(mentions(gap.error(), "b: channel 0"));

    // Cases that dataset.json names lie where it says.
    test::saveText(folder / "elsewhere/one.png", "");
    test::saveText(
        folder / "dataset.json",
        R"({"dataset": {"one": {"images": ["elsewhere/one.png"], "label": "elsewhere/one.png"}}})");
    const auto listed = listNnunetTraining(folder.path(), *labels);
    REQUIRE_OK(listed);
    EXPECT_EQ(listed->size(), std::size_t{1});
    test::saveText(folder / "dataset.json", R"({"dataset": {"one": {"images": 3}}})");
    EXPECT(!listNnunetTraining(folder.path(), *labels));
}

GD_TEST(channelsAreReadAsNumbers)
{
    const test::TemporaryFolder folder;
    const Raster8 colours = test::scene(20, 12, 3);
    test::savePng(folder / "a_0000.png", colours);
    Raster16 deep(20, 12);
    deep.at(3, 2) = 40000;
    test::savePng(folder / "a_0001.png", deep);
    const auto both = readNnunetChannels({folder / "a_0000.png", folder / "a_0001.png"}, 4);
    REQUIRE_OK(both);
    EXPECT_EQ(both->channels[1][20 * 5 + 7], static_cast<float>(colours.at(7, 5, 1)));
    EXPECT_EQ(both->channels[3][20 * 2 + 3], 40000.0F);
    const auto wrong = readNnunetChannels({folder / "a_0000.png"}, 2);
    REQUIRE(!wrong);
    EXPECT(mentions(wrong.error(), "3 channels"));
    const auto grey = readNnunetChannels({folder / "a_0001.png"}, 3);
    REQUIRE_OK(grey);
    EXPECT(grey->channels[0] == grey->channels[2]);
    test::savePng(folder / "b_0001.png", Raster8(21, 12));
    EXPECT(!readNnunetChannels({folder / "a_0000.png", folder / "b_0001.png"}, 4));
}

GD_TEST(trainedFoldsAreFound)
{
    const test::TemporaryFolder folder;
    const fs::path dataset = folder / "Dataset001_Polyps";
    const fs::path model = dataset / "nnUNetTrainer__nnUNetPlans__2d";
    const auto says = [](const fs::path& where, const std::string& what) {
        const auto trained = readNnunetTrained(where);
        return !trained && mentions(trained.error(), where.string())
               && mentions(trained.error(), what);
    };
    EXPECT(readNnunetTrained(model).error().code == ErrorCode::NotFound);
    fs::create_directories(model);
    EXPECT(says(model, "plans.json, dataset.json and fold_0 (or another fold) are missing"));
    test::saveText(model / "plans.json", "{}");
    EXPECT(says(model, ": dataset.json and fold_0"));
    test::saveText(
        model / "dataset.json",
        R"({"channel_names": {"0": "R"}, "labels": {"background": 0, "polyp": 1},
            "file_ending": ".png"})");
    EXPECT(says(model, "fold_0 (or another fold) is missing"));
    test::saveText(model / "fold_0" / "checkpoint-a" / "config.json", "{}");
    EXPECT(says(model, "fold_0 has neither checkpoint_final nor checkpoint_best"));
    test::saveText(model / "fold_1" / "checkpoint_final.pth", "");
    EXPECT(says(model, "fold_1 has nnU-Net's own .pth"));
    for (const char* file :
         {"fold_2/checkpoint_best/config.json",
          "fold_all/checkpoint_final/config.json",
          "fold_10/checkpoint_final/config.json",
          "fold_10/checkpoint_best/config.json"}) {
        test::saveText(model / file, "{}");
    }
    const auto trained = readNnunetTrained(model / "");
    REQUIRE_OK(trained);
    EXPECT_EQ(trained->folder.string(), model.string());
    EXPECT_EQ(trained->fileEnding, ".png");
    REQUIRE(trained->folds.size() == 3);
    EXPECT_EQ(trained->folds[0].name.text(), "2");
    EXPECT(trained->folds[0].has("checkpoint_best") && !trained->folds[0].has("checkpoint_final"));
    EXPECT_EQ(trained->folds[1].name.text(), "10");
    EXPECT_EQ(trained->folds[2].name.text(), "all");

    // All folds with that checkpoint; "all" is a model of its own.
    const auto best = nnunetModelsOf(*trained, {}, kNnunetBest);
    REQUIRE_OK(best);
    REQUIRE(best->size() == 2);
    EXPECT_EQ((*best)[1].string(), (model / "fold_10" / "checkpoint_best").string());
    EXPECT_EQ(nnunetModelsOf(*trained, {}, kNnunetFinal)->size(), std::size_t{1});
    EXPECT_EQ(
        nnunetModelsOf(*trained, {NnunetFoldName{-1}}, kNnunetFinal)->front().string(),
        (model / "fold_all" / "checkpoint_final").string());
    const auto none = nnunetModelsOf(*trained, {NnunetFoldName{2}}, kNnunetFinal);
    REQUIRE(!none);
    EXPECT(none.error().code == ErrorCode::NotFound && mentions(none.error(), "fold_2"));

    // Folders that are easily taken for it name the right one.
    EXPECT(says(dataset, "it holds the models nnUNetTrainer__nnUNetPlans__2d; choose one"));
    EXPECT(says(model / "fold_10", "one fold of " + model.string()));
    EXPECT(says(model / "fold_10" / "checkpoint_best", "choose that folder"));
}

GD_TEST(imagesToPredictMayHaveAnyName)
{
    const test::TemporaryFolder folder;
    fs::create_directories(folder / "in");
    EXPECT(!listNnunetInputs(folder / "in", ".png"));
    for (const char* name : {"in/polyp 7.jpg", "in/IMG_0002.png", "in/notes.txt"}) {
        test::saveText(folder / name, "");
    }
    const auto any = listNnunetInputs(folder / "in", ".png");
    REQUIRE_OK(any);
    REQUIRE(any->size() == 2);
    EXPECT_EQ((*any)[0].name, "IMG_0002");
    EXPECT_EQ((*any)[1].images.front().filename().string(), "polyp 7.jpg");
    test::saveText(folder / "in/polyp 7.png", "");
    const auto twice = listNnunetInputs(folder / "in", ".png");
    REQUIRE(!twice);
    EXPECT(mentions(twice.error(), "polyp 7.jpg") && mentions(twice.error(), "polyp 7.png"));
    // Where one is named as nnU-Net names them, the others are none.
    test::saveText(folder / "in/case_0000.png", "");
    const auto named = listNnunetInputs(folder / "in", ".png");
    EXPECT(!named && mentions(named.error(), "IMG: channel 0 is missing"));
    fs::remove(folder / "in/IMG_0002.png");
    EXPECT_EQ(listNnunetInputs(folder / "in", ".png")->size(), std::size_t{1});
    EXPECT(listNnunetInputs(folder / "no", ".png").error().code == ErrorCode::NotFound);
}

GD_TEST_MAIN()
