// SPDX-License-Identifier: Apache-2.0
// `guidino experiment`: a small matrix through the real program and runtime, to its tables.
#include "core/imaging/image_reader.h"
#include "tests/app/cli.h"
#include "tests/datasets/image_files.h"

#include <nlohmann/json.hpp>

using namespace guidino;
using namespace guidino::test;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

Process::Environment environment(const TemporaryFolder& folder)
{
    return {{"GUIDINO_HOME", (folder / "home").string()}};
}

/// Six pictures with masks; two of them are the list "test".
void makeData(const TemporaryFolder& folder)
{
    Json lists;
    for (int i = 0; i < 6; ++i) {
        const std::string stem = "case" + std::to_string(i);
        savePng(folder / ("data/images/" + stem + ".png"), scene(48, 40, unsigned(i)));
        savePng(folder / ("data/masks/" + stem + ".png"), disc(48, 40, 8 + i));
        const char* list = i < 3 ? "train" : i < 4 ? "val" : "test";
        lists[list].push_back({{"name", "images/" + stem + ".png"}, {"sha256", ""}});
    }
    saveText(folder / "lists.json", Json{{"version", 1}, {"seed", 0}, {"lists", lists}}.dump());
}

Json matrix()
{
    return {
        {"title", "Two widths"},
        {"systems",
         {{"narrow", {{"config", "unet"}, {"settings", {"network.base_channels=4"}}}},
          {"wide", {{"config", "unet"}, {"settings", {"network.base_channels=6"}}}}}},
        {"data", {{"discs", {{"path", "data"}, {"splits", "lists.json"}}}}},
        {"seeds", {1, 2}},
        {"common", {"training.epochs=1", "data.image_size=32"}},
        {"sizes", {"native", "32x32"}},
        {"metrics", {"dsc", "hd95"}},
        {"pictures", 1}};
}

Outcome experiment(
    const TemporaryFolder& folder, const Json& json, const std::vector<std::string>& more = {})
{
    saveText(folder / "matrix.json", json.dump(2));
    std::vector<std::string> words{
        "experiment", (folder / "matrix.json").string(), "--out", (folder / "out").string()};
    words.insert(words.end(), more.begin(), more.end());
    return cli(words, environment(folder));
}

std::vector<std::string> linesOf(const fs::path& file)
{
    std::vector<std::string> lines;
    std::istringstream text(textOf(file));
    for (std::string line; std::getline(text, line);) {
        lines.push_back(line);
    }
    return lines;
}

} // namespace

GD_TEST(aMatrixBecomesTables)
{
    const TemporaryFolder folder;
    makeData(folder);
    const Outcome outcome = experiment(folder, matrix(), {"--json", "--jobs", "2"});
    if (outcome.exitCode != 0) {
        fail(__FILE__, __LINE__, outcome.err);
    }
    REQUIRE(outcome.exitCode == 0);
    EXPECT_EQ(Json::parse(outcome.out).at("done").get<int>(), 4);
    const fs::path out = folder / "out";
    const auto lines = linesOf(out / "results.csv");
    REQUIRE(lines.size() == 9); // a head, and 2 sizes x 2 systems x 2 metrics
    EXPECT(lines[1].starts_with("discs,native,narrow,dsc,2,"));
    EXPECT(lines[1].ends_with(",,,,,")); // the baseline has no difference
    EXPECT(lines[3].starts_with("discs,native,wide,dsc,2,"));
    EXPECT(!lines[3].ends_with(",,,,,"));
    EXPECT(
        contains(textOf(out / "results.md"), "## discs, size 32x32; differences against narrow"));
    EXPECT(contains(textOf(out / "results.tex"), "\\begin{tabular}{lrrrrr}"));
    const std::string page = textOf(out / "index.html");
    EXPECT(contains(page, "wide, DSC"));
    EXPECT(contains(page, "Research use only"));
    const fs::path cell = out / "cells" / "wide__discs__s2";
    EXPECT(fs::exists(cell / "run" / "best" / "config.json"));
    EXPECT(fs::exists(cell / "evaluation-32x32" / "summary.json"));
    const Json record = Json::parse(textOf(cell / "cell.json"));
    EXPECT(record.at("done").get<bool>());
    EXPECT(record.at("peak_memory_bytes").get<double>() > 1e7);
    // Only what was predicted is of the list "test".
    EXPECT(fs::exists(cell / "predictions" / "masks" / "case5.png"));
    EXPECT(!fs::exists(cell / "predictions" / "masks" / "case0.png"));

    // Again: nothing is trained anew; a new seed is added to what is there.
    const auto before = fs::last_write_time(cell / "run" / "metrics.csv");
    Json more = matrix();
    more["seeds"] = {1, 2, 3};
    more["systems"].erase("wide");
    EXPECT_EQ(experiment(folder, more).exitCode, 0);
    EXPECT(fs::last_write_time(cell / "run" / "metrics.csv") == before);
    EXPECT(linesOf(out / "results.csv")[1].starts_with("discs,native,narrow,dsc,3,"));

    // Cells that were made with other settings are not mixed in.
    more["common"] = {"training.epochs=2", "data.image_size=32"};
    const Outcome other = experiment(folder, more);
    EXPECT_EQ(other.exitCode, 2);
    EXPECT(contains(other.err, "other settings"));
}

GD_TEST(systemsAreTriedOnOtherImagesAndTheirCostsAreTold)
{
    const TemporaryFolder folder;
    makeData(folder);
    for (int i = 0; i < 2; ++i) {
        const std::string stem = "else" + std::to_string(i);
        savePng(folder / ("other/images/" + stem + ".png"), scene(40, 40, unsigned(i + 20)));
        savePng(folder / ("other/masks/" + stem + ".png"), disc(40, 40, 9));
    }
    Json json = matrix();
    json["seeds"] = {1};
    json["sizes"] = {"32x32"};
    json["metrics"] = {"dsc"};
    json["corruptions"] = {"noise-5", "crop-2"};
    json["data"]["discs"]["also"] = {{"strangers", {{"path", "other"}, {"test", ""}}}};
    const Outcome outcome = experiment(folder, json);
    if (outcome.exitCode != 0) {
        fail(__FILE__, __LINE__, outcome.err);
    }
    REQUIRE(outcome.exitCode == 0);
    const fs::path out = folder / "out";
    // The copies of the test images lie once, with masks of their size.
    const fs::path noisy = out / "data" / "discs__noise-5" / "images" / "case5.png";
    const auto copy = imaging::readRgb8(noisy);
    REQUIRE(copy.has_value());
    EXPECT(copy->size() == (Size{48, 40}));
    EXPECT(!fs::exists(noisy.parent_path() / "case0.png"));
    const auto cropped = imaging::readRgb8(out / "data" / "discs__crop-2" / "images" / "case4.png");
    const auto mask = imaging::readGrey8(out / "data" / "discs__crop-2" / "masks" / "case4.png");
    REQUIRE(cropped.has_value() && mask.has_value());
    EXPECT(cropped->size() == (Size{38, 32}) && mask->size() == cropped->size());
    const fs::path cell = out / "cells" / "wide__discs__s1";
    EXPECT(fs::exists(cell / "on-strangers" / "predictions" / "masks" / "else1.png"));
    EXPECT(fs::exists(cell / "on-crop-2" / "evaluation" / "summary.json"));
    const std::string text = textOf(out / "results.md");
    EXPECT(contains(text, "## DSC on other images, trained on discs"));
    EXPECT(contains(text, "| system | as it is | noise-5 | crop-2 | strangers |"));
    EXPECT(contains(text, "## Costs, trained on discs"));
    EXPECT(!contains(text, "## discs on noise-5"));
    const std::string csv = textOf(out / "results.csv");
    EXPECT(contains(csv, "discs on strangers,native,wide,dsc,1,"));
    EXPECT(contains(
        textOf(out / "plots" / "discs-dsc-against-parameters-million.svg"), ">narrow</text>"));
    EXPECT(contains(textOf(out / "index.html"), "DSC against multiply-adds"));
    // What the tables say is what the runs wrote down.
    const Json run = Json::parse(textOf(cell / "run" / "run.json"));
    EXPECT_EQ(run.at("trainable_parameters").get<int>(), run.at("parameters").get<int>());
    EXPECT(run.at("multiply_adds").get<double>() > 1e6);

    json["corruptions"] = {"fog-3"};
    EXPECT(contains(experiment(folder, json).err, "unknown corruption 'fog'"));
    json["corruptions"] = {"blur-9"};
    EXPECT_EQ(experiment(folder, json).exitCode, 2);
}

GD_TEST(aFailedCellStopsNoOther)
{
    const TemporaryFolder folder;
    makeData(folder);
    Json json = matrix();
    json["systems"]["wide"]["settings"] = {"network.base_chanels=6"};
    json["seeds"] = {1};
    json["sizes"] = {"native"};
    const Outcome outcome = experiment(folder, json);
    EXPECT_EQ(outcome.exitCode, 2);
    EXPECT(contains(outcome.err, "base_chanels"));
    EXPECT(contains(textOf(folder / "out" / "results.md"), "Not done: wide__discs__s1"));
    EXPECT(linesOf(folder / "out" / "results.csv")[1].starts_with("discs,native,narrow,dsc,1,"));
}

GD_TEST(mistakesNameTheirPlace)
{
    const TemporaryFolder folder;
    makeData(folder);
    const auto refuse = [&](const std::function<void(Json&)>& change, const std::string& part) {
        Json json = matrix();
        change(json);
        const Outcome outcome = experiment(folder, json);
        EXPECT_EQ(outcome.exitCode, 2);
        if (!contains(outcome.err, part)) {
            fail(__FILE__, __LINE__, "no '" + part + "' in: " + outcome.err);
        }
    };
    refuse(
        [](Json& j) { j["sedes"] = {1}; },
        "matrix.sedes: unknown key; the nearest known key is seeds");
    refuse([](Json& j) { j["seeds"] = {"a"}; }, "seeds");
    refuse([](Json& j) { j.erase("data"); }, "data is missing");
    refuse([](Json& j) { j["systems"]["narrow"] = Json::object(); }, "systems.narrow");
    refuse([](Json& j) { j["systems"]["a/b"] = "unet"; }, "a/b");
    refuse([](Json& j) { j["common"] = {"epochs"}; }, "path.key=value");
    refuse([](Json& j) { j["baseline"] = "tall"; }, "tall");
    refuse([](Json& j) { j["data"]["discs"]["pth"] = "x"; }, "data.discs.pth");
    Json json = matrix();
    json["data"]["discs"]["path"] = "nowhere";
    EXPECT_EQ(experiment(folder, json).exitCode, 3);
    const Outcome list = experiment(folder, matrix(), {"--list"});
    EXPECT_EQ(list.out, "narrow__discs__s1\nwide__discs__s1\nnarrow__discs__s2\nwide__discs__s2\n");
}

GD_TEST_MAIN()
