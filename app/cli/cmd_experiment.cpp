// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cmd_experiment.h"

#include "app/cli/experiment_runner.h"
#include "app/cli/terminal.h"
#include "core/base/file.h"
#include "core/report/experiment.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace guidino::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* kExamples =
    "  guidino experiment matrix.json --out study/\n"
    "  guidino experiment matrix.json --out study/ --jobs 4\n"
    "\nThe file names systems, data, settings and seeds; all combinations are trained:\n"
    "  {\"systems\": {\"unet\": \"unet\",\n"
    "               \"ours\": {\"config\": \"guidino-u\", \"settings\": "
    "[\"guide.source=self\"]}},\n"
    "   \"data\": {\"polyps\": {\"path\": \"kvasir\", \"splits\": \"lists.json\", \"test\": "
    "\"test\"}},\n"
    "   \"settings\": {\"plain\": [], \"fast\": [\"training.learning_rate=0.001\"]},\n"
    "   \"seeds\": [1, 2, 3], \"common\": [\"training.epochs=20\"], \"recipe\": \"\",\n"
    "   \"sizes\": [\"native\", \"256x256\"], \"metrics\": [\"dsc\", \"iou\", \"hd95\"],\n"
    "   \"baseline\": \"unet, plain\", \"pictures\": 6,\n"
    "   \"corruptions\": [\"blur-3\", \"jpeg-3\"]}\n"
    "The trained systems are also tried on corrupted copies of the test images, and on what a "
    "data\n"
    "set names in \"also\": {\"other\": {\"path\": \"ddti\", \"test\": \"\"}}.\n"
    "The same command goes on after a stop. Writes results.csv, results.md, results.tex, plots/ "
    "and\n"
    "index.html; each combination lies in cells/NAME.\n";

report::ExperimentCost costOf(const fs::path& folder, const CellOutcome& outcome)
{
    report::ExperimentCost cost = report::readCost(folder / "run", folder / "predictions");
    if (outcome.peakBytes > 0) {
        cost.peakBytes = static_cast<double>(outcome.peakBytes);
    }
    return cost;
}

std::string nameOn(const MatrixData& data, const MatrixTest& other)
{
    return data.name + " on " + other.name;
}

/// What is there of the cells, for the tables.
report::ExperimentSpec specOf(
    const Matrix& matrix,
    const std::vector<MatrixCell>& cells,
    const std::vector<CellOutcome>& outcomes,
    const fs::path& out)
{
    report::ExperimentSpec spec;
    spec.title = matrix.title;
    spec.sizes = matrix.sizes;
    spec.metrics = matrix.metrics;
    spec.baseline = matrix.baseline;
    spec.pictures = matrix.pictures;
    spec.out = out;
    for (const MatrixData& data : matrix.data) {
        spec.data.push_back({data.name, data.testPath, data.testSplits, data.test, {}, {}});
    }
    for (const MatrixData& data : matrix.data) {
        for (const MatrixTest& other : data.others) {
            spec.data.push_back(
                {nameOn(data, other),
                 other.corruption.empty() ? other.path : corruptedFolder(out, data, other),
                 other.splits,
                 other.test,
                 data.name,
                 other.name});
        }
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (!outcomes[i].isDone) {
            spec.notes.push_back(
                "Not done: " + cells[i].name + " (exit code " + std::to_string(outcomes[i].exitCode)
                + "): " + outcomes[i].problem);
            continue;
        }
        const fs::path folder = cellFolder(out, cells[i]);
        report::ExperimentRun run{
            cells[i].variant,
            matrix.data[cells[i].data].name,
            cells[i].seed,
            folder / "predictions",
            {},
            costOf(folder, outcomes[i]),
            report::readNetwork(folder / "run")};
        run.network.family += "\n" + matrix.settings[cells[i].setting].name; // others train else
        for (const std::string& size : matrix.sizes) {
            run.evaluations[size] = folder / ("evaluation-" + size);
        }
        spec.runs.push_back(std::move(run));
        for (const MatrixTest& other : matrix.data[cells[i].data].others) {
            const fs::path place = otherFolder(out, cells[i], other);
            spec.runs.push_back(
                {cells[i].variant,
                 nameOn(matrix.data[cells[i].data], other),
                 cells[i].seed,
                 place / "predictions",
                 {{"native", place / "evaluation"}},
                 {}});
        }
    }
    if (std::find(spec.sizes.begin(), spec.sizes.end(), "native") == spec.sizes.end()) {
        for (const MatrixData& data : matrix.data) {
            if (!data.others.empty()) { // those are judged at native size
                spec.sizes.emplace_back("native");
                break;
            }
        }
    }
    return spec;
}

Status checkData(const Matrix& matrix)
{
    for (const MatrixData& data : matrix.data) {
        GD_TRY(requireExisting(data.path, "data." + data.name + ".path"));
        GD_TRY(requireExisting(data.testPath, "data." + data.name + ".test_path"));
        for (const MatrixTest& other : data.others) {
            if (other.corruption.empty()) {
                GD_TRY(requireExisting(other.path, "data." + data.name + ".also." + other.name));
            }
        }
        for (const fs::path& splits : {data.splits, data.testSplits}) {
            if (!splits.empty()) {
                GD_TRY(requireExisting(splits, "data." + data.name + ".splits"));
            }
        }
    }
    return {};
}

} // namespace

int runExperiment(const Arguments& arguments)
{
    fs::path file;
    RunnerOptions options;
    bool isListed = false;
    bool json = false;
    const auto parser = makeParser(
        "experiment",
        "Trains and evaluates systems x data x settings x seeds, and compares them.",
        kExamples);
    parser->add_option("matrix", file, "What to train")->type_name("MATRIX.json")->required();
    parser->add_option("--out", options.out, "Folder of the experiment")
        ->type_name("DIR")
        ->required();
    parser->add_option("--jobs", options.jobs, "Trainings at once, where memory allows")
        ->type_name("N")
        ->check(CLI::Range(1, 256));
    parser
        ->add_option(
            "--threads", options.threads, "CPU threads of each; 0: the cores, divided by --jobs")
        ->type_name("N")
        ->check(CLI::Range(0, 4096));
    parser->add_flag("--list", isListed, "Only list the combinations");
    addPluginOption(*parser);
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    if (const auto status = requireExisting(file, "experiment"); !status) {
        return fail(status.error());
    }
    const auto matrix = readMatrix(file);
    if (!matrix) {
        return fail(matrix.error());
    }
    const std::vector<MatrixCell> cells = cellsOf(*matrix);
    if (isListed) {
        for (const MatrixCell& cell : cells) {
            std::printf("%s\n", cell.name.c_str());
        }
        return 0;
    }
    if (const auto status = checkData(*matrix); !status) {
        return fail(status.error());
    }
    const CancelToken cancel = cancelOnSignals();
    ProgressLine line;
    const auto outcomes = runCells(*matrix, cells, options, cancel, line);
    line.clear();
    if (!outcomes) {
        return fail(outcomes.error());
    }
    const report::ExperimentSpec spec = specOf(*matrix, cells, *outcomes, options.out);
    if (const auto status = report::writeExperiment(spec); !status) {
        return fail(status.error());
    }
    std::size_t done = 0;
    int code = 0;
    for (const CellOutcome& outcome : *outcomes) {
        done += outcome.isDone ? 1 : 0;
        code = code == 0 ? outcome.exitCode : code;
    }
    if (json) {
        const nlohmann::ordered_json answer{
            {"done", done},
            {"failed", cells.size() - done},
            {"results", (options.out / "results.csv").string()},
            {"page", (options.out / "index.html").string()}};
        std::printf("%s\n", answer.dump(2).c_str());
    } else if (const auto text = readFile(options.out / "results.md")) {
        std::printf("%s\npage: %s\n", text->c_str(), (options.out / "index.html").c_str());
    }
    return code;
}

} // namespace guidino::cli
