// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/datasets/given_lists.h"
#include "core/datasets/reported_lists.h"
#include "core/datasets/splits.h"
#include "tests/support/check.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace guidino;
namespace fs = std::filesystem;
using datasets::Dataset;
using datasets::SplitIndices;
using datasets::SplitLists;

namespace {

template<typename T>
ErrorCode codeOf(const Result<T>& result)
{
    REQUIRE(!result);
    return result.error().code;
}

/// `count` pairs in groups of the given size; content differs from file to file.
Dataset makeDataset(const fs::path& root, int count, int groupSize = 1)
{
    Dataset dataset;
    dataset.root = root;
    for (int i = 0; i < count; ++i) {
        datasets::Sample sample;
        sample.stem = "img" + std::to_string(i);
        sample.name = "images/" + sample.stem + ".png";
        sample.image = root / sample.name;
        sample.mask = root / "masks" / (sample.stem + ".png");
        if (groupSize > 1) {
            sample.group = "patient " + std::to_string(i / groupSize);
        }
        dataset.samples.push_back(sample);
    }
    return dataset;
}

void writeImages(const Dataset& dataset)
{
    for (const auto& sample : dataset.samples) {
        fs::create_directories(sample.image.parent_path());
        REQUIRE_OK(writeFileAtomically(sample.image, "content of " + sample.stem));
    }
}

std::vector<std::string> namesOf(const Dataset& dataset, const std::vector<std::size_t>& indices)
{
    std::vector<std::string> names;
    for (const std::size_t index : indices) {
        names.push_back(dataset.samples[index].name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// The position that the only entry of "train" stands for.
std::size_t firstOf(const Dataset& dataset, const SplitLists& lists)
{
    const auto found = datasets::resolve(dataset, lists);
    REQUIRE_OK(found);
    return (*found)["train"].at(0);
}

} // namespace

GD_TEST(sharesAreKept)
{
    const Dataset dataset = makeDataset("/none", 200);
    const auto split = datasets::randomSplit(dataset, {0.7, 0.2, 0.1}, 42);
    REQUIRE_OK(split);
    EXPECT_EQ((*split)["train"].size(), 140U);
    EXPECT_EQ((*split)["val"].size(), 40U);
    EXPECT_EQ((*split)["test"].size(), 20U);
    std::set<std::size_t> all;
    for (const auto& [name, members] : split->lists) {
        all.insert(members.begin(), members.end());
    }
    EXPECT_EQ(all.size(), 200U);
}

GD_TEST(groupsStayTogether)
{
    Dataset dataset = makeDataset("/none", 103, 7);
    std::mt19937 random(3);
    std::shuffle(dataset.samples.begin(), dataset.samples.end(), random);
    for (std::int64_t seed = 0; seed < 20; ++seed) {
        const auto split = datasets::randomSplit(dataset, {0.6, 0.2, 0.2}, seed);
        REQUIRE_OK(split);
        std::map<std::string, std::set<std::string>> listsOfGroup;
        for (const auto& [name, members] : split->lists) {
            for (const std::size_t index : members) {
                listsOfGroup[dataset.samples[index].group].insert(name);
            }
        }
        for (const auto& [group, lists] : listsOfGroup) {
            EXPECT_EQ(lists.size(), 1U);
        }
        EXPECT((*split)["val"].size() >= 14 && (*split)["val"].size() <= 28);
    }
}

GD_TEST(sameSeedSameSplitInAnyOrder)
{
    const Dataset dataset = makeDataset("/none", 50, 3);
    Dataset shuffled = dataset;
    std::mt19937 random(5);
    std::shuffle(shuffled.samples.begin(), shuffled.samples.end(), random);
    const auto a = datasets::randomSplit(dataset, {0.8, 0.2, 0}, 7);
    const auto b = datasets::randomSplit(shuffled, {0.8, 0.2, 0}, 7);
    const auto c = datasets::randomSplit(dataset, {0.8, 0.2, 0}, 8);
    REQUIRE_OK(a);
    REQUIRE_OK(b);
    REQUIRE_OK(c);
    EXPECT(namesOf(dataset, (*a)["val"]) == namesOf(shuffled, (*b)["val"]));
    EXPECT(namesOf(dataset, (*a)["val"]) != namesOf(dataset, (*c)["val"]));
    // Written down, so that a change of the generator is seen.
    const auto first = datasets::randomSplit(makeDataset("/none", 5), {0.6, 0.4, 0}, 42);
    REQUIRE_OK(first);
    EXPECT_EQ((*first)["val"].size(), 2U);
}

GD_TEST(smallSetsGetEveryPart)
{
    const auto split = datasets::randomSplit(makeDataset("/none", 3), {0.9, 0.05, 0.05}, 1);
    REQUIRE_OK(split);
    EXPECT_EQ(split->lists.size(), 3U);
    const auto one = datasets::randomSplit(makeDataset("/none", 1), {0.8, 0.2, 0}, 1);
    REQUIRE_OK(one);
    EXPECT_EQ((*one)["train"].size(), 1U);
    EXPECT_EQ(
        codeOf(datasets::randomSplit(makeDataset("/none", 3), {-1, 1, 0}, 1)), ErrorCode::Usage);
    EXPECT_EQ(
        codeOf(datasets::randomSplit(makeDataset("/none", 3), {0, 0, 0}, 1)), ErrorCode::Usage);
    EXPECT_EQ(
        codeOf(datasets::randomSplit(makeDataset("/none", 0), {1, 0, 0}, 1)), ErrorCode::BadInput);
}

GD_TEST(foldersGiveTheSplit)
{
    Dataset dataset = makeDataset("/none", 20);
    for (std::size_t i = 0; i < 20; ++i) {
        dataset.samples[i].split = i < 15 ? "train" : "test";
    }
    const auto split = datasets::splitOf(dataset, {0.8, 0.2, 0}, 1);
    REQUIRE_OK(split);
    EXPECT_EQ((*split)["train"].size(), 12U);
    EXPECT_EQ((*split)["val"].size(), 3U);
    EXPECT_EQ((*split)["test"].size(), 5U);
    dataset.samples[0].split = "val";
    EXPECT_EQ((*datasets::splitOf(dataset, {0.8, 0.2, 0}, 1))["val"].size(), 1U);
    EXPECT_EQ((*datasets::splitOf(makeDataset("/none", 10), {0.8, 0.2, 0}, 1))["val"].size(), 2U);
}

GD_TEST(filesComeBackEqual)
{
    const test::TemporaryFolder root;
    const Dataset dataset = makeDataset(root.path(), 9);
    writeImages(dataset);
    const auto split = datasets::randomSplit(dataset, {0.6, 0.4, 0}, -5);
    REQUIRE_OK(split);
    const auto lists = datasets::listsOf(dataset, *split, -5);
    REQUIRE_OK(lists);
    REQUIRE_OK(datasets::writeSplits(root / "splits.json", *lists));
    const auto read = datasets::readSplits(root / "splits.json");
    REQUIRE_OK(read);
    EXPECT(*read == *lists);
    EXPECT_EQ(read->find("val")->size(), (*split)["val"].size());
    EXPECT_EQ(read->find("val")->front().sha256.size(), 64U);
    const auto resolved = datasets::resolve(dataset, *read);
    REQUIRE_OK(resolved);
    EXPECT((*resolved)["val"] == (*split)["val"]);
    EXPECT(resolved->warnings.empty());
    REQUIRE_OK(datasets::writeSplits(root / "empty.json", SplitLists()));
    EXPECT(*datasets::readSplits(root / "empty.json") == SplitLists());
}

GD_TEST(imagesAreFoundByContentThenByName)
{
    const test::TemporaryFolder root;
    Dataset dataset = makeDataset(root.path(), 4);
    writeImages(dataset);
    SplitLists lists;
    lists.lists = {{"train", {{"elsewhere/renamed.png", sha256Of("content of img2")}}}};
    EXPECT_EQ(firstOf(dataset, lists), 2U);
    // Two names have changed places: content decides.
    lists.lists = {{"train", {{"images/img0.png", sha256Of("content of img1")}}}};
    EXPECT_EQ(firstOf(dataset, lists), 1U);
    lists.lists = {{"train", {{"images/img3.png", sha256Of("other content")}}}};
    const auto changed = datasets::resolve(dataset, lists);
    REQUIRE_OK(changed);
    EXPECT_EQ((*changed)["train"].at(0), 3U);
    EXPECT_EQ(changed->warnings.size(), 1U);
    lists.lists = {{"train", {{"other/img1.jpg", ""}}}};
    EXPECT_EQ(firstOf(dataset, lists), 1U);

    lists.lists = {{"train", {{"images/gone.png", ""}, {"images/img0.png", ""}}}};
    const auto missing = datasets::resolve(dataset, lists);
    REQUIRE(!missing);
    EXPECT_EQ(codeOf(missing), ErrorCode::BadInput);
    EXPECT(missing.error().message.find("images/gone.png") != std::string::npos);
    lists.lists = {{"train", {{"images/img0.png", ""}}}, {"val", {{"images/img0.png", ""}}}};
    EXPECT(!datasets::resolve(dataset, lists));
    // A stem that occurs twice, as in TN3K, names nothing.
    dataset.samples[0].stem = dataset.samples[1].stem;
    lists.lists = {{"train", {{"img1.png", ""}}}};
    EXPECT(!datasets::resolve(dataset, lists));
}

GD_TEST(otherListsMayOverlap)
{
    const test::TemporaryFolder root;
    const Dataset dataset = makeDataset(root.path(), 3);
    SplitLists lists;
    lists.lists = {
        {"test", {{"images/img0.png", ""}, {"images/img1.png", ""}}},
        {"test_part", {{"images/img1.png", ""}}}};
    const auto found = datasets::resolve(dataset, lists);
    REQUIRE_OK(found);
    EXPECT_EQ((*found)["test"].size(), 2U);
    EXPECT_EQ((*found)["test_part"].size(), 1U);
}

GD_TEST(ourOwnLists)
{
    const fs::path resources = fs::path(GUIDINO_SOURCE_DIR) / "resources";
    const auto samples = datasets::openDataset(resources / "samples");
    REQUIRE_OK(samples);
    EXPECT_EQ(samples->pairCount(), 36U);
    const auto lists = datasets::readSplits(resources / "samples" / "splits.json");
    REQUIRE_OK(lists);
    const auto split = datasets::resolve(*samples, *lists);
    REQUIRE_OK(split);
    EXPECT(split->warnings.empty());
    EXPECT_EQ((*split)["train"].size(), 24U);
    EXPECT_EQ((*split)["val"].size(), 6U);
    EXPECT_EQ((*split)["test"].size(), 6U);
    if (test::dataFolder().empty()) {
        return;
    }
    for (const char* name : {"kvasir-seg", "isic-2017"}) {
        const auto dataset = datasets::openDataset(test::dataFolder() / name);
        REQUIRE_OK(dataset);
        const auto reported =
            datasets::readSplits(resources / "splits" / (std::string(name) + ".json"));
        REQUIRE_OK(reported);
        const auto found = datasets::resolve(*dataset, *reported);
        REQUIRE_OK(found);
        EXPECT(found->warnings.empty());
        EXPECT_EQ((*found)["val"].size(), 200U);
        EXPECT((*found)["train"].size() > 600);
    }
}

GD_TEST(listsAreOfAFileElseOfTheFolders)
{
    const test::TemporaryFolder folder;
    Dataset dataset = makeDataset(folder.path(), 4);
    writeImages(dataset);
    dataset.samples[1].split = dataset.samples[3].split = "test";
    dataset.samples[0].split = "train";
    dataset.splits = {"train", "test"};
    using Positions = std::vector<std::size_t>;
    EXPECT(*datasets::imagesOfList(dataset, {}, "test") == (Positions{1, 3}));
    EXPECT(*datasets::imagesOfList(dataset, {}, "") == (Positions{0, 1, 2, 3}));
    const auto unknown = datasets::imagesOfList(dataset, {}, "val");
    EXPECT(codeOf(unknown) == ErrorCode::BadInput);
    EXPECT(unknown.error().message.find("(it has: train, test)") != std::string::npos);

    const fs::path file = folder / "mine.json";
    SplitLists lists;
    lists.lists = {{"val", {{"images/img2.png", ""}}}, {"none", {}}};
    REQUIRE_OK(datasets::writeSplits(file, lists));
    EXPECT(*datasets::imagesOfList(dataset, file, "val") == Positions{2});
    EXPECT(datasets::imagesOfList(dataset, file, "none")->empty());
    const auto other = datasets::imagesOfList(dataset, file, "test");
    EXPECT(codeOf(other) == ErrorCode::BadInput);
    EXPECT(other.error().message.find("mine.json has no split 'test'") != std::string::npos);
    EXPECT(codeOf(datasets::givenLists(dataset, folder / "x.json")) == ErrorCode::NotFound);
}

GD_TEST(damagedListsAreRefused)
{
    const test::TemporaryFolder root;
    EXPECT_EQ(codeOf(datasets::readSplits(root / "none.json")), ErrorCode::NotFound);
    for (const char* text :
         {"",
          "[]",
          "{\"version\": 1}",
          "{\"lists\": {}}",
          R"({"version": 9, "lists": {}})",
          R"({"version": 1, "lists": {"train": 3}})",
          R"({"version": 1, "lists": {"train": [{"sha256": "x"}]}})",
          R"({"version": 1, "lists": {"train": [{"name": 1}]}})"}) {
        REQUIRE_OK(writeFileAtomically(root / "splits.json", text));
        const auto read = datasets::readSplits(root / "splits.json");
        REQUIRE(!read);
        EXPECT_EQ(codeOf(read), ErrorCode::Configuration);
    }
    REQUIRE_OK(writeFileAtomically(
        root / "splits.json", R"({"version": 1, "lists": {"train": ["a.png"]}})"));
    const auto byHand = datasets::readSplits(root / "splits.json");
    REQUIRE_OK(byHand);
    EXPECT_EQ(byHand->find("train")->at(0).name, "a.png");
    REQUIRE_OK(writeFileAtomically(
        root / "splits.json",
        R"({"version": 1, "lists": {"training": ["a.png"], "validation": ["b.png"], "test": []}})"));
    const auto otherNames = datasets::readSplits(root / "splits.json");
    REQUIRE_OK(otherNames);
    EXPECT_EQ(otherNames->find("train")->at(0).name, "a.png");
    EXPECT_EQ(otherNames->find("val")->at(0).name, "b.png");
    EXPECT_EQ(
        codeOf(datasets::writeSplits(root / "no/such/splits.json", {})), ErrorCode::CannotWrite);
}

GD_TEST(groupsFromATable)
{
    const test::TemporaryFolder root;
    Dataset dataset = makeDataset(root.path(), 3);
    REQUIRE_OK(writeFileAtomically(
        root / "meta.csv",
        "\xEF\xBB\xBFimage,\"patient, id\"\r\nimg0,A\r\nimg1.png,\"B \"\"x\"\"\"\r\n"
        "images/img2.png,A\r\n"));
    REQUIRE_OK(datasets::groupByTable(dataset, root / "meta.csv", "patient, id"));
    EXPECT_EQ(dataset.samples[0].group, "A");
    EXPECT_EQ(dataset.samples[1].group, "B \"x\"");
    EXPECT_EQ(dataset.samples[2].group, "A");
    EXPECT_EQ(codeOf(datasets::groupByTable(dataset, root / "meta.csv", "case")), ErrorCode::Usage);
    EXPECT_EQ(
        codeOf(datasets::groupByTable(dataset, root / "no.csv", "case")), ErrorCode::NotFound);
    REQUIRE_OK(writeFileAtomically(root / "semi.csv", "p;file\n1;img0\n2;img1\n"));
    EXPECT_EQ(
        codeOf(datasets::groupByTable(dataset, root / "semi.csv", "p", "file")),
        ErrorCode::BadInput);
}

GD_TEST(groupsFromAPattern)
{
    Dataset dataset = makeDataset("/none", 12);
    REQUIRE_OK(datasets::groupByPattern(dataset, "img(\\d)"));
    EXPECT_EQ(dataset.samples[1].group, "1");
    EXPECT_EQ(dataset.samples[11].group, "1");
    REQUIRE_OK(datasets::groupByPattern(dataset, "img"));
    EXPECT_EQ(dataset.samples[3].group, "img");
    EXPECT_EQ(codeOf(datasets::groupByPattern(dataset, "(")), ErrorCode::Usage);
    EXPECT_EQ(codeOf(datasets::groupByPattern(dataset, "img1")), ErrorCode::BadInput);
}

/// What shows the scene of a reported image is neither trained on nor selected by.
GD_TEST(reportedListsShareNoScene)
{
    Dataset dataset;
    dataset.root = "data";
    const char* parts[] = {
        "train", "train", "train", "train", "train", "val", "val", "test", "test"};
    for (std::size_t i = 0; i < 9; ++i) {
        datasets::Sample sample;
        sample.name = sample.stem = "image" + std::to_string(i);
        sample.mask = "mask";
        sample.split = parts[i];
        dataset.samples.push_back(sample);
    }
    const std::vector<datasets::NearDuplicate> pairs{{0, 7, 0.9}, {1, 2, 0.8}, {5, 8, 0.7}};
    using Positions = std::vector<std::size_t>;
    const auto lists = datasets::reportedLists(dataset, pairs, {});
    REQUIRE_OK(lists);
    EXPECT((*lists)["train"] == (Positions{1, 2, 3, 4}));
    EXPECT((*lists)["val"] == Positions{6});
    EXPECT((*lists)["test"] == (Positions{7, 8}));

    datasets::ReportedOptions options;
    options.select = 1;
    const auto drawn = datasets::reportedLists(dataset, pairs, options);
    REQUIRE_OK(drawn);
    REQUIRE((*drawn)["val"].size() == 1);
    const std::size_t chosen = (*drawn)["val"].front();
    EXPECT(chosen == 3 || chosen == 4); // 1 and 2 show one scene
    EXPECT_EQ((*drawn)["train"].size(), 3U);
    options.select = 3;
    EXPECT(!datasets::reportedLists(dataset, pairs, options));

    options.select.reset();
    options.kept = {2, 0};
    const auto kept = datasets::reportedLists(dataset, pairs, options);
    REQUIRE_OK(kept);
    EXPECT((*kept)["val"] == Positions{2}); // 0 shows a reported scene
    EXPECT((*kept)["train"] == (Positions{3, 4}));

    options = {};
    options.reported = "val";
    const auto other = datasets::reportedLists(dataset, pairs, options);
    EXPECT(!other); // nothing is left for selection
}

GD_TEST_MAIN()
