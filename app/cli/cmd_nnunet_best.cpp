// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/nnunet_commands.h"
#include "app/cli/nnunet_place.h"
#include "app/cli/terminal.h"
#include "core/base/file.h"
#include "core/base/threads.h"
#include "core/report/nnunet_selection.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace guidino::cli {

namespace fs = std::filesystem;
using datasets::NnunetModelName;

namespace {

struct BestOptions
{
    NnunetPlaceOptions place;
    std::vector<std::string> configurations;
    std::vector<std::string> plans;
    std::vector<std::string> trainers;
    std::vector<std::string> folds = {"0", "1", "2", "3", "4"};
    bool isSingle = false;
    bool json = false;
    int threads = 0;
};

void addOptions(CLI::App& parser, BestOptions& options)
{
    parser.add_option("dataset", options.place.dataset, "DatasetNNN_Name or its number")
        ->type_name("DATASET")
        ->required();
    addNnunetFolders(parser, options.place.folders);
    parser
        .add_option(
            "--configurations,-c", options.configurations, "To compare; all trained if absent")
        ->type_name("NAME");
    parser.add_option("--plans,-p", options.plans, "To compare; all trained if absent")
        ->type_name("NAME");
    parser.add_option("--trainers", options.trainers, "To compare; all trained if absent")
        ->type_name("NAME");
    parser.add_option("--folds,-f", options.folds, "Folds of the cross-validation; 0 1 2 3 4")
        ->type_name("FOLD");
    parser.add_flag("--disable-ensembling", options.isSingle, "Compare single models only");
    parser.add_option("--threads", options.threads, "CPU threads; 0: as many as there are cores")
        ->type_name("N")
        ->check(CLI::Range(0, 4096));
    addJsonOption(parser, options.json);
}

/// The model folders of the results that were asked for, sorted.
Result<std::vector<NnunetModelName>> modelsOf(const BestOptions& options, const fs::path& results)
{
    const auto isWanted = [](const std::vector<std::string>& list, const std::string& name) {
        return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
    };
    std::vector<NnunetModelName> models;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(results, ignored)) {
        const auto name = datasets::parseNnunetModelName(entry.path().filename().string());
        if (name && entry.is_directory(ignored)
            && isWanted(options.configurations, name->configuration)
            && isWanted(options.plans, name->plans) && isWanted(options.trainers, name->trainer)) {
            models.push_back(*name);
        }
    }
    if (models.empty()) {
        return noModel(results, "trained model of these names");
    }
    std::sort(models.begin(), models.end(), [](const auto& a, const auto& b) {
        return a.folderName() < b.folderName();
    });
    return models;
}

int find(const BestOptions& options)
{
    const auto place = findPlace(options.place);
    if (!place) {
        return fail(place.error());
    }
    report::NnunetSelectionRequest request;
    request.results = place->results();
    request.references = place->references();
    request.allowsEnsembles = !options.isSingle;
    request.threads = threadsFor(options.threads);
    auto models = modelsOf(options, request.results);
    if (!models) {
        return fail(models.error());
    }
    request.models = std::move(*models);
    const auto labels = datasets::readNnunetLabels(place->preprocessed() / "dataset.json");
    if (!labels) {
        return fail(labels.error());
    }
    request.labels = *labels;
    for (const std::string& text : options.folds) {
        const auto fold = datasets::parseNnunetFold(text);
        if (!fold) {
            return fail(fold.error());
        }
        request.folds.push_back(*fold);
    }
    const auto selection = report::selectNnunetModel(request, cancelOnSignals());
    if (!selection) {
        return fail(selection.error());
    }
    const std::string information = report::inferenceInformation(*selection, request, place->name);
    const std::string instructions =
        report::inferenceInstructions(*selection, request, place->name);
    for (const auto& [name, text] :
         {std::pair("inference_information.json", information),
          std::pair("inference_instructions.txt", instructions)}) {
        if (const auto status = writeFileAtomically(request.results / name, text); !status) {
            return fail(status.error());
        }
    }
    for (const std::string& note : selection->notes) {
        std::fprintf(stderr, "guidino: warning: %s\n", note.c_str());
    }
    if (options.json) {
        std::fputs(information.c_str(), stdout);
        return 0;
    }
    for (const report::NnunetCandidate& candidate : selection->candidates) {
        std::printf("%.4f    %s\n", candidate.dice, candidate.name.c_str());
    }
    std::printf("\nbest      %s\n", selection->chosen().name.c_str());
    std::printf(
        "Dice      %.4f, %.4f after post-processing\n\n",
        selection->chosen().dice,
        selection->after);
    std::fputs(instructions.c_str(), stdout);
    return 0;
}

} // namespace

int runNnunetFindBest(const Arguments& arguments)
{
    BestOptions options;
    const auto parser = makeParser(
        "nnunet find-best",
        "Compares the trained configurations and ensembles of two by what their folds predicted\n"
        "for their validation cases, chooses post-processing on the same, writes nnU-Net's\n"
        "inference_information.json and prints the commands that predict with the best.",
        "  guidino nnunet find-best 1 -c 2d\n"
        "  guidino nnunet find-best Dataset001_Polyps --folds 0 1 --disable-ensembling\n");
    addOptions(*parser, options);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    return find(options);
}

} // namespace guidino::cli
