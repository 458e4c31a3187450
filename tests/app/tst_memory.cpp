// SPDX-License-Identifier: Apache-2.0
// Trainings that do not fit into memory, with the real runtime under a limit of the address space.
#include "core/imaging/image_writer.h"
#include "tests/app/cli.h"
#include "tests/datasets/image_files.h"

#include <nlohmann/json.hpp>

using namespace guidino;
using namespace guidino::test;
namespace fs = std::filesystem;

namespace {

/// Of the address space: LibTorch's own libraries take about a third.
constexpr const char* kLimitKib = "3600000";
constexpr int kPatienceSeconds = 240; ///< steps with gigabytes, on processors that others use

/// The program in a shell that limits its memory as a small machine would.
Outcome limited(const std::vector<std::string>& arguments)
{
    std::vector<std::string> words{
        "/bin/sh",
        "-c",
        std::string("ulimit -v ") + kLimitKib + "; exec \"$@\"",
        "sh",
        cliProgram()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    Process process(
        words,
        {{"OMP_NUM_THREADS", "1"},
         {"MKL_NUM_THREADS", "1"},
         {"GUIDINO_TOKEN_CACHE", "off"},
         // Each thread's arena reserves addresses that it may never use.
         {"MALLOC_ARENA_MAX", "1"}});
    return process.finish(kPatienceSeconds * 1000);
}

std::vector<std::string> words(const fs::path& data, const char* batch, const char* side)
{
    return {
        "train",
        "--config",
        "unet",
        "--data",
        data.string(),
        "--device",
        "cpu",
        "--threads",
        "1",
        "--set",
        "network.base_channels=4",
        "training.epochs=1",
        std::string("training.batch_size=") + batch,
        std::string("data.image_size=") + side};
}

/// Four images with masks; how many there are does not matter to what a step takes.
fs::path makeData(const fs::path& folder)
{
    for (int i = 0; i < 12; ++i) {
        const std::string stem = "case" + std::to_string(i);
        savePng(folder / "images" / (stem + ".png"), scene(64, 48, unsigned(i)));
        savePng(folder / "masks" / (stem + ".png"), disc(64, 48, 14));
    }
    return folder;
}

} // namespace

GD_TEST(aDryRunThatFitsTellsWhatItTakes)
{
    const TemporaryFolder folder;
    auto asked = words(makeData(folder / "data"), "2", "64");
    asked.emplace_back("--dry-run");
    const Outcome outcome = limited(asked);
    EXPECT_EQ(outcome.exitCode, 0);
    const auto report = nlohmann::json::parse(outcome.out, nullptr, false);
    REQUIRE(report.is_object());
    EXPECT(report["fits"].get<bool>());
    EXPECT_EQ(report["device"].get<std::string>(), "cpu");
    EXPECT_EQ(report["batch_size"].get<int>(), 2);
    EXPECT_EQ(report["image_size"].get<int>(), 64);
    EXPECT_EQ(report["train_images"].get<int>() + report["validation_images"].get<int>(), 12);
    EXPECT(report["seconds_per_step"].get<double>() > 0);
    EXPECT(report["seconds_in_all"].get<double>() > report["seconds_per_step"].get<double>());
    EXPECT(report["needed_bytes"].get<double>() > 1e7);
    EXPECT(report["needed_bytes"].get<double>() < report["free_bytes"].get<double>());
    EXPECT(report["advice"].empty());
    EXPECT(!fs::exists(folder / "run")); // nothing is left behind
}

GD_TEST(aDryRunThatDoesNotFitNamesASettingThatDoes)
{
    const TemporaryFolder folder;
    const fs::path data = makeData(folder / "data");
    auto asked = words(data, "128", "256");
    asked.emplace_back("--dry-run");
    const Outcome outcome = limited(asked);
    EXPECT_EQ(outcome.exitCode, 4);
    const auto report = nlohmann::json::parse(outcome.out, nullptr, false);
    REQUIRE(report.is_object());
    EXPECT(!report["fits"].get<bool>());
    EXPECT(report["needed_bytes"].get<double>() > report["free_bytes"].get<double>());
    REQUIRE(report["advice"].contains("training.batch_size"));
    const std::string batch = report["advice"]["training.batch_size"].get<std::string>();
    EXPECT(contains(outcome.err, "--set training.batch_size=" + batch));
    EXPECT(contains(outcome.err, "are free"));
    // The advice holds.
    auto again = words(data, batch.c_str(), "256");
    again.emplace_back("--dry-run");
    EXPECT_EQ(limited(again).exitCode, 0);
}

GD_TEST(aTrainingWithoutMemoryEndsWithFourAndAdvice)
{
    const TemporaryFolder folder;
    const fs::path data = makeData(folder / "data");
    auto asked = words(data, "8", "1536");
    asked.insert(asked.end(), {"--out", (folder / "run").string()});
    const Outcome outcome = limited(asked);
    EXPECT_EQ(outcome.exitCode, 4);
    EXPECT(contains(outcome.err, "memory is full"));
    EXPECT(contains(outcome.err, "needs at least"));
    EXPECT(contains(outcome.err, "are free"));
    EXPECT(contains(outcome.err, "try: --set "));
    EXPECT(!contains(outcome.err, "terminate"));
}

GD_TEST_MAIN()
