// SPDX-License-Identifier: Apache-2.0
#include "tests/app/cli.h"

#include <nlohmann/json.hpp>

using namespace guidino;
using namespace guidino::test;
namespace fs = std::filesystem;

namespace {

/// The words after "Subcommands:" of a help text.
std::vector<std::string> subcommandsIn(const std::string& help)
{
    std::vector<std::string> names;
    std::istringstream lines(help.substr(help.find("Subcommands:\n") + 13));
    for (std::string line; std::getline(lines, line) && line.starts_with("  ");) {
        names.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
    return names;
}

struct Row
{
    std::vector<std::string> arguments;
    int exitCode;
    std::string word; ///< in what the program says
};

void expectRows(const std::vector<Row>& rows)
{
    for (const Row& row : rows) {
        const Outcome outcome = cli(row.arguments);
        std::string words;
        for (const std::string& argument : row.arguments) {
            words += " " + argument;
        }
        if (outcome.exitCode != row.exitCode || !contains(outcome.err, row.word)
            || contains(outcome.err, "what()") || contains(outcome.err, "terminate called")) {
            fail(
                __FILE__,
                __LINE__,
                "guidino" + words + ": exit " + std::to_string(outcome.exitCode) + ", expected "
                    + std::to_string(row.exitCode) + " and '" + row.word + "': " + outcome.err);
        }
    }
}

} // namespace

/// The dynamic linker says which library each name of LibTorch is found in.
GD_TEST(libTorchUsesItsOwnBlas)
{
    const fs::path runtime = GUIDINO_BINARY_DIR "/lib/libguidino_runtime.so";
    if (!fs::exists(runtime)) {
        return; // a build without LibTorch
    }
    const TemporaryFolder folder;
    const Outcome outcome =
        cli({"models", "list"},
            {{"LD_DEBUG", "bindings"},
             {"LD_DEBUG_OUTPUT", (folder.path() / "bindings").string()},
             {"GUIDINO_HOME", folder.path().string()}});
    EXPECT_EQ(outcome.exitCode, 0);
    std::size_t ofTorch = 0;
    std::string foreign;
    for (const auto& entry : fs::directory_iterator(folder.path())) {
        std::ifstream lines(entry.path());
        for (std::string line; std::getline(lines, line);) {
            const std::size_t to = line.find(" to ");
            if (to == std::string::npos || !contains(line.substr(0, to), "libtorch_cpu.so")) {
                continue;
            }
            ++ofTorch;
            const std::string found = line.substr(to);
            if (contains(found, "libblas") || contains(found, "liblapack")) {
                foreign = found;
            }
        }
    }
    EXPECT(ofTorch > 1000);
    EXPECT_EQ(foreign, "");
}

GD_TEST(helpIsAlignedAndErrorsSayAllThatIsMissing)
{
    for (const auto& words :
         {std::vector<std::string>{"--help"}, {"nnunet", "--help"}, {"models", "--help"}}) {
        const std::string help = cli(words).out;
        std::istringstream lines(help.substr(help.find("Subcommands:\n") + 13));
        std::size_t column = 0;
        for (std::string line; std::getline(lines, line) && line.starts_with("  ");) {
            const std::size_t at = line.find_first_not_of(' ', line.find("  ", 2));
            column = column == 0 ? at : column;
            EXPECT_EQ(at, column);
        }
        EXPECT(column > 4);
    }
    expectRows({
        {{"experiment"},
         2,
         "guidino experiment: missing: matrix MATRIX.json (What to train); --out DIR (Folder of"},
        {{"nnunet", "evaluate", "--pred", "a"}, 2, "missing: --ref DIR (Folder of reference"},
    });
    const Outcome folders = cli(
        {"nnunet", "train", "1", "2d", "0"}, {{"nnUNet_preprocessed", ""}, {"nnUNet_results", ""}});
    EXPECT_EQ(folders.exitCode, 2);
    EXPECT(contains(folders.err, "--preprocessed DIR or $nnUNet_preprocessed (plans and"));
    EXPECT(contains(folders.err, "--results DIR or $nnUNet_results (models)"));
}

GD_TEST(everySubcommandHasHelpWithExamples)
{
    const Outcome top = cli({"--help"}, {{"GUIDINO_RUNTIME", "/nowhere"}});
    EXPECT_EQ(top.exitCode, 0);
    const auto names = subcommandsIn(top.out);
    EXPECT(names.size() >= 12);
    for (const std::string& name : names) {
        const Outcome help = cli({name, "--help"}, {{"GUIDINO_RUNTIME", "/nowhere"}});
        EXPECT_EQ(help.exitCode, 0);
        EXPECT_EQ(help.err, "");
        EXPECT(contains(help.out, "guidino " + name));
        EXPECT(contains(help.out, "Examples:\n  guidino " + name));
        EXPECT_EQ(cli({"help", name}).out, help.out);
        if (!contains(help.out, "Subcommands:")) {
            continue;
        }
        for (const std::string& inner : subcommandsIn(help.out)) {
            const Outcome innerHelp = cli({name, inner, "--help"});
            EXPECT_EQ(innerHelp.exitCode, 0);
            EXPECT(contains(innerHelp.out, "Examples:\n  guidino " + name + " " + inner));
        }
    }
}

GD_TEST(helpLoadsNoRuntime)
{
    // The dynamic linker tells each library that it opens.
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{"--help"}, {"train", "--help"}, {"version"}}) {
        const Outcome outcome = cli(arguments, {{"LD_DEBUG", "files"}});
        EXPECT_EQ(outcome.exitCode, 0);
        EXPECT(contains(outcome.err, "libc.so"));
        EXPECT(!contains(outcome.err, "torch"));
        EXPECT(!contains(outcome.err, "libc10"));
        EXPECT(!contains(outcome.err, "guidino_runtime"));
        EXPECT(!contains(outcome.err, "libQt"));
    }
    const auto environment = [] {
        auto result = fakeRuntime();
        result["LD_DEBUG"] = "files";
        return result;
    }();
    EXPECT(contains(cli({"devices"}, environment).err, "fake_runtime")); // the look works
}

GD_TEST(wrongUsageIsTwo)
{
    expectRows(
        {{{}, 2, "Usage"},
         {{"trian"}, 2, "did you mean train"},
         {{"--nonsense"}, 2, "no subcommand"},
         {{"models"}, 2, "Usage"},
         {{"models", "lsit"}, 2, "did you mean list"},
         {{"devices", "--jsno"}, 2, "did you mean --json"},
         {{"devices", "extra"}, 2, "extra"},
         {{"train", "--confg", "x"}, 2, "did you mean --config"},
         {{"train"}, 2, "--out"},
         {{"train", "--out", "/tmp/x"}, 2, "--data"},
         {{"train", "--out", "/tmp/x", "--data", "/tmp"}, 2, "--config"},
         {{"train", "--job", "x", "--out", "y"}, 2, "exclude"},
         {{"train", "--config", "a", "--data", "/tmp", "--out", "/tmp/x", "--set", "epochs"},
          2,
          "path.key=value"},
         {{"train", "--threads", "many"}, 2, "--threads"},
         {{"train", "--threads", "-1"}, 2, "--threads"},
         {{"train", "--device", "tpu"}, 2, "tpu"},
         {{"train", "--config"}, 2, "--config"},
         {{"predict"}, 2, "--model"},
         {{"predict", "--model", "m", "--input", "/tmp"}, 2, "--out"},
         {{"predict", "--mode", "fast"}, 2, "--mode"},
         {{"predict", "--overlap", "2"}, 2, "--overlap"},
         {{"predict", "--mirror", "--no-mirror"}, 2, "mirror"},
         {{"predict", "--prototype-weights", "1,a"}, 2, "'a'"},
         {{"explain", "--groups", "0"}, 2, "--groups"},
         {{"verify"}, 2, "paths"},
         {{"verify", "--precision", "fp8", "/tmp"}, 2, "fp8"},
         {{"models", "add"}, 2, "--random"},
         {{"models", "add", "/bin/sh"}, 2, "licence"},
         {{"nnunet", "plan"}, 2, "data"},
         {{"nnunet", "plan", "/bin", "--planner", "huge"}, 2, "resenc-m"}});
}

GD_TEST(missingFilesAreThree)
{
    expectRows(
        {{{"train", "--config", "a", "--data", "/nope", "--out", "/tmp/x"}, 3, "--data"},
         {{"train", "--config", "/nope.json", "--data", "/tmp", "--out", "/tmp/x"},
          3,
          "/nope.json"},
         {{"train", "--config", "a", "--init", "/no/pe", "--data", "/tmp", "--out", "/tmp/x"},
          3,
          "/no/pe"},
         {{"train", "--config", "a", "--splits", "/nope", "--data", "/tmp", "--out", "/tmp/x"},
          3,
          "--splits"},
         {{"train", "--job", "/nope/job.json"}, 3, "/nope/job.json"},
         {{"train", "--resume", "--out", "/nope"}, 3, "/nope"},
         {{"predict", "--model", "/no/pe", "--input", "/tmp", "--out", "/tmp/x"}, 3, "/no/pe"},
         {{"predict", "--model", "m", "--input", "/nope", "--out", "/tmp/x"}, 3, "/nope"},
         {{"predict", "--model", "m", "--input", "/tmp", "--guide", "/nope", "--out", "/tmp/x"},
          3,
          "--guide"},
         {{"explain", "--model", "m", "--input", "/nope", "--out", "/tmp/x"}, 3, "/nope"},
         {{"verify", "/nope"}, 3, "/nope"},
         {{"serve", "--model", "/no/pe"}, 3, "/no/pe"},
         {{"models", "add", "/nope"}, 3, "/nope"},
         {{"models", "show", "/no/pe"}, 3, "/no/pe"},
         {{"gui", "/nope"}, 3, "/nope"}});
}

GD_TEST(aMissingOrWrongRuntimeIsExplained)
{
    const Outcome missing = cli({"devices"}, {{"GUIDINO_RUNTIME", "/nowhere/lib.so"}});
    EXPECT_EQ(missing.exitCode, 70);
    EXPECT(contains(missing.err, "/nowhere/lib.so"));
    EXPECT(contains(missing.err, "./run"));
    const TemporaryFolder folder;
    writeText(folder / "broken.so", "no library");
    const Outcome broken = cli({"devices"}, {{"GUIDINO_RUNTIME", (folder / "broken.so").string()}});
    EXPECT_EQ(broken.exitCode, 70);
    EXPECT(contains(broken.err, "does not load"));
}

GD_TEST(devicesAreListed)
{
    const Outcome people = cli({"devices"});
    EXPECT_EQ(people.exitCode, 0);
    EXPECT(contains(people.out, "CPU, fake, 16.0 GiB, 8.0 GiB free\n"));
    EXPECT(contains(people.out, "(not used: driver too old)"));
    const Outcome json = cli({"devices", "--json"});
    EXPECT(contains(json.out, "\"free_bytes\": 8589934592"));
    EXPECT_EQ(json.out[0], '[');
}

GD_TEST(aFullDiskBehindStdoutIsSix)
{
    if (!fs::exists("/dev/full")) {
        throw Skip{"no /dev/full"};
    }
    Process process(cliWords({"devices"}), fakeRuntime(), "/dev/full");
    const Outcome outcome = process.finish();
    EXPECT_EQ(outcome.exitCode, 6);
    EXPECT(contains(outcome.err, "cannot write"));
}

GD_TEST(verifyCountsAndExits)
{
    const TemporaryFolder folder;
    for (const char* name : {"ok", "failed", "unknown", "empty"}) {
        writeText(folder / name, "");
    }
    const auto path = [&](const char* name) { return (folder / name).string(); };
    const Outcome ok = cli({"verify", path("ok")});
    EXPECT_EQ(ok.exitCode, 0);
    EXPECT(ok.out.ends_with("\n1 ok, 0 failed, 0 unknown\n"));
    EXPECT_EQ(cli({"verify", path("ok"), path("failed")}).exitCode, 1);
    EXPECT_EQ(cli({"verify", path("ok"), path("unknown")}).exitCode, 1);
    EXPECT_EQ(cli({"verify", "--known-only", path("ok"), path("unknown")}).exitCode, 0);
    EXPECT_EQ(cli({"verify", "--known-only", path("unknown"), path("failed")}).exitCode, 1);
    EXPECT_EQ(cli({"verify", path("empty")}).exitCode, 1);
    const Outcome json = cli({"verify", "--json", path("failed")});
    EXPECT_EQ(json.exitCode, 1);
    EXPECT_EQ(
        json.out,
        "[\n  {\n    \"case\": \"failed case\",\n    \"status\": \"failed\",\n"
        "    \"error\": \"why \\\"so\\\"\"\n  }\n]\n");
    EXPECT_EQ(cli({"verify", "--json", path("empty")}).out, "[]\n");
}

GD_TEST(modelsAnswerForPeopleAndPrograms)
{
    EXPECT_EQ(cli({"models", "list"}).out, "name    bytes\nvits16  12\ndemo    3456\n");
    EXPECT(contains(cli({"models", "list", "--json"}).out, "{\"name\":\"vits16\",\"bytes\":12}"));
    EXPECT(contains(
        cli({"models", "add", "--random", "vits16", "--seed", "7"}).out, "vits16-random-7"));
    EXPECT_EQ(cli({"models", "add", "/bin/sh", "--accept-licence"}).exitCode, 0);
    EXPECT(contains(cli({"models", "show", "demo"}).out, "kind: bundle"));
    const auto table = cli({"models", "architectures", "--size", "512"}).out;
    EXPECT(contains(table, "at 512 x 512 pixels"));
    EXPECT(contains(table, "7,763,041") && contains(table, "12.07"));
}

GD_TEST(predictReportsFailures)
{
    const TemporaryFolder folder;
    writeText(folder / "good" / "a.png", "");
    writeText(folder / "bad" / "a.png", "");
    const auto words = [&](const char* input) {
        return std::vector<std::string>{
            "predict",
            "--model",
            "demo",
            "--input",
            (folder / input).string(),
            "--out",
            (folder / "out").string()};
    };
    const Outcome good = cli(words("good"));
    EXPECT_EQ(good.exitCode, 0);
    EXPECT(contains(good.out, "predicted 2 images"));
    const Outcome bad = cli(words("bad"));
    EXPECT_EQ(bad.exitCode, 3);
    EXPECT(contains(bad.err, "'a.png' is damaged"));
    auto full = words("good");
    full.insert(
        full.end(),
        {"--mirror", "--overlap", "0.5", "--prototype-weights", "1,0,0.5,2,3", "--json"});
    EXPECT(contains(cli(full).out, "\"predicted\": 5"));
}

GD_TEST(dataIsInspectedAndSplit)
{
    const fs::path isic = dataFolder() / "isic-2017-native";
    if (dataFolder().empty() || !fs::exists(isic)) {
        throw Skip{"no data folder"};
    }
    const Outcome report = cli({"data", "inspect", "--json", isic.string()});
    EXPECT_EQ(report.exitCode, 0);
    const auto json = nlohmann::json::parse(report.out, nullptr, false);
    REQUIRE(json.is_object());
    EXPECT_EQ(json["pairs"].get<int>(), 12);
    EXPECT_EQ(json["images"].get<int>(), 12);
    EXPECT_EQ(json["masks"].get<int>(), 12);
    EXPECT(json["problems"].is_array());
    EXPECT(contains(cli({"data", "inspect", isic.string()}).out, "12"));

    const TemporaryFolder folder;
    const std::string file = (folder / "splits.json").string();
    const std::vector<std::string> words = {
        "data",
        "split",
        isic.string(),
        "--out",
        file,
        "--fractions",
        "0.5",
        "0.25",
        "0.25",
        "--json"};
    const Outcome split = cli(words);
    EXPECT_EQ(split.exitCode, 0);
    EXPECT(contains(textOf(file), "sha256"));
    EXPECT_EQ(cli(words).exitCode, 2); // written once
    const Outcome pack = cli(
        {"data",
         "pack",
         isic.string(),
         "--size",
         "32",
         "--out",
         (folder / "x.safetensors").string()});
    EXPECT_EQ(pack.exitCode, 0);
    EXPECT(fs::file_size(folder / "x.safetensors") > 12 * 32 * 32 * 4);
}

GD_TEST(masksAreEvaluated)
{
    const fs::path tn3k = dataFolder() / "tn3k-degraded";
    if (dataFolder().empty() || !fs::exists(tn3k)) {
        throw Skip{"no data folder"};
    }
    const std::string predictions = (tn3k / "segdino_preds").string();
    const TemporaryFolder folder;
    const std::string out = (folder / "e").string();
    const Outcome outcome =
        cli({"evaluate", "--pred", predictions, "--ref", tn3k.string(), "--out", out, "--json"});
    EXPECT_EQ(outcome.exitCode, 0);
    EXPECT_EQ(outcome.out, textOf(folder / "e" / "summary.json"));
    EXPECT(fs::exists(folder / "e" / "metrics.csv"));
    const auto summary = nlohmann::json::parse(outcome.out, nullptr, false);
    REQUIRE(summary.is_object());
    EXPECT_NEAR(summary["mean"]["dsc"].get<double>(), 0.8346, 5e-4); // ../shared/data/README.md
    EXPECT_NEAR(summary["mean"]["iou"].get<double>(), 0.7429, 5e-4);
    EXPECT_EQ(summary["per_image"].size(), std::size_t{79});
    expectRows(
        {{{"evaluate", "--pred", predictions}, 2, "--ref"},
         {{"evaluate", "--pred", "/nope", "--ref", predictions}, 3, "--pred"},
         {{"evaluate", "--pred", predictions, "--ref", "/nope"}, 3, "--ref"},
         {{"evaluate", "--pred", "/tmp", "--ref", "/tmp", "--hd95", "median"}, 2, "median"},
         {{"evaluate", "--pred", "/tmp", "--ref", "/tmp", "--size", "256"}, 2, "256x256"},
         {{"evaluate", "--pred", "/tmp", "--ref", "/tmp", "--spacing", "0"}, 2, "--spacing"},
         {{"evaluate", "--pred", "/tmp", "--ref", "/tmp", "--empty", "no"}, 2, "--empty"},
         {{"report"}, 2, "--out"},
         {{"report", "--before", "/nope", "--out", out}, 3, "--before"}});
}

GD_TEST(badDataIsThree)
{
    const TemporaryFolder folder;
    fs::create_directories(folder / "empty");
    writeText(folder / "file", "");
    expectRows(
        {{{"data", "inspect", "/nope"}, 3, "/nope"},
         {{"data", "inspect", (folder / "empty").string()}, 3, "image"},
         {{"data", "inspect", "--layout", "rings", (folder / "empty").string()}, 2, "rings"},
         {{"data", "split", "/nope", "--out", (folder / "s.json").string()}, 3, "/nope"},
         {{"data", "split", (folder / "empty").string()}, 2, "--out"},
         {{"data", "pack", "/nope", "--out", (folder / "p").string()}, 3, "/nope"},
         {{"data", "pack", "--size", "1", "/tmp", "--out", (folder / "p").string()}, 2, "--size"}});
}

GD_TEST_MAIN()
