// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/nnunet_commands.h"
#include "app/cli/nnunet_place.h"
#include "app/cli/terminal.h"
#include "core/base/file.h"
#include "core/base/threads.h"
#include "core/datasets/dataset.h"
#include "core/datasets/nnunet_experiment.h"
#include "core/datasets/nnunet_model_plan.h"
#include "core/report/nnunet_summary.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

namespace guidino::cli {

namespace fs = std::filesystem;

namespace {

const std::map<std::string, datasets::NnunetPlanner> kPlanners = {
    {"plain", datasets::NnunetPlanner::Plain},
    {"resenc-m", datasets::NnunetPlanner::ResEncM},
    {"resenc-l", datasets::NnunetPlanner::ResEncL},
    {"resenc-xl", datasets::NnunetPlanner::ResEncXL}};

Status writeAll(const datasets::NnunetExperiment& experiment, const fs::path& out)
{
    GD_TRY(makeFolder(out));
    GD_TRY(writeFileAtomically(out / "plans.json", experiment.plansJson()));
    GD_TRY(writeFileAtomically(out / "dataset.json", experiment.datasetJson()));
    GD_TRY(writeFileAtomically(out / "dataset_fingerprint.json", experiment.fingerprintJson()));
    return writeFileAtomically(out / "splits_final.json", experiment.splitsJson());
}

/// A folder stays; a number or name is looked for in nnU-Net's raw folder, and its plans belong
/// into the preprocessed one. `isNnunets`: they go there, where nnU-Net reads them by their name.
Status findData(datasets::NnunetFolders folders, fs::path& data, fs::path& out, bool& isNnunets)
{
    std::error_code ignored;
    const std::string text = data.string();
    if (fs::exists(data, ignored) || text.find('/') != std::string::npos) {
        return requireExisting(data, "nnunet plan");
    }
    datasets::completeFromEnvironment(folders);
    if (folders.raw.empty()) {
        return Error{
            ErrorCode::NotFound,
            "nnunet plan: there is no folder '" + text
                + "'; for a number or name of nnU-Net's raw folder set --raw or $nnUNet_raw",
            {}};
    }
    const auto name = datasets::findNnunetDataset(folders, text);
    GD_TRY(name);
    data = folders.raw / *name;
    if (out.empty() && !folders.preprocessed.empty()) {
        out = folders.preprocessed / *name;
        isNnunets = true;
    }
    return requireExisting(data, "nnunet plan");
}

int runPlan(const Arguments& arguments)
{
    fs::path data;
    fs::path out;
    datasets::NnunetFolders folders;
    datasets::OpenOptions open;
    datasets::NnunetOptions options;
    std::string planner = "plain";
    bool json = false;
    const auto parser = makeParser(
        "nnunet plan",
        "Measures a data set as nnU-Net does and plans its 2D network: patch, batch, stages,\n"
        "normalisation, five folds. Reads nnU-Net's raw layout and every other that guidino reads.",
        "  guidino nnunet plan Dataset001_Polyps --out preprocessed/Dataset001_Polyps\n"
        "  guidino nnunet plan 1\n"
        "  guidino nnunet plan Kvasir-SEG --planner resenc-m --json\n");
    parser
        ->add_option(
            "data", data, "Folder of a data set, or a number or name in nnU-Net's raw folder")
        ->type_name("DATASET")
        ->required();
    addNnunetFolders(*parser, folders);
    parser
        ->add_option(
            "--out",
            out,
            "Folder for plans.json, dataset.json, dataset_fingerprint.json "
            "and splits_final.json; of a number or name $nnUNet_preprocessed/NAME if absent")
        ->type_name("DIR");
    parser->add_option("--planner", planner, "plain, resenc-m, resenc-l or resenc-xl")
        ->type_name("NAME")
        ->check(CLI::IsMember(kPlanners));
    parser->add_option("--memory", options.memoryGb, "GPU memory to plan for, in GB")
        ->type_name("GB")
        ->check(CLI::Range(1.0, 1024.0));
    parser->add_option("--name", options.name, "DatasetNNN_Name")->type_name("NAME");
    parser
        ->add_option(
            "--channels",
            options.channels,
            "Channel names, which choose the normalisation (R G B: z-score; rgb_to_0_1: / 255)")
        ->type_name("NAME");
    parser->add_option("--layout", open.layout, "Layout; found automatically if absent")
        ->type_name("NAME")
        ->check(CLI::IsMember(datasets::layoutNames()));
    parser->add_option("--labels", open.masks, "Folder of masks")->type_name("DIR");
    parser->add_option("--threshold", options.threshold, "Grey masks: foreground is brighter")
        ->type_name("N")
        ->check(CLI::Range(0, 254));
    parser->add_option("--threads", options.threads, "CPU threads; 0: as many as there are cores")
        ->type_name("N")
        ->check(CLI::Range(0, 4096));
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    bool isNnunets = false;
    if (const auto status = findData(folders, data, out, isNnunets); !status) {
        return fail(status.error());
    }
    options.planner = kPlanners.at(planner);
    options.threads = threadsFor(options.threads);
    const auto dataset = datasets::openDataset(data, open);
    if (!dataset) {
        return fail(dataset.error());
    }
    const auto experiment = datasets::planNnunet(*dataset, options);
    if (!experiment) {
        return fail(experiment.error());
    }
    if (!out.empty()) {
        if (const auto status = writeAll(*experiment, out); !status) {
            return fail(status.error());
        }
        if (isNnunets) {
            const fs::path file = out / (experiment->plansName() + ".json");
            if (const auto status = writeFileAtomically(file, experiment->plansJson()); !status) {
                return fail(status.error());
            }
        }
    }
    if (json) {
        std::fputs(experiment->plansJson().c_str(), stdout);
        return 0;
    }
    const datasets::NnunetPlan& plan = experiment->plan;
    const auto median = experiment->fingerprint.medianShape();
    std::printf("images    %zu\n", experiment->fingerprint.cases.size());
    std::printf("median    %g x %g\n", median[0], median[1]);
    std::printf(
        "patch     %lld x %lld\n",
        static_cast<long long>(plan.patch[0]),
        static_cast<long long>(plan.patch[1]));
    std::printf("batch     %lld\n", static_cast<long long>(plan.batch));
    std::printf("stages    %zu\n", plan.stages());
    std::string schemes;
    for (const std::string& scheme : experiment->schemes) {
        schemes += (schemes.empty() ? "" : " ") + scheme;
    }
    std::printf("channels  %s\n", schemes.c_str());
    if (!out.empty()) {
        std::printf("written   %s\n", out.string().c_str());
    }
    return 0;
}

/// Foreground labels and regions, and the label to ignore, of a dataset.json.
Status readLabels(const fs::path& file, report::NnunetEvaluation& evaluation)
{
    const auto labels = datasets::readNnunetLabels(file);
    GD_TRY(labels);
    evaluation.ignoreLabel = labels->ignoreLabel;
    evaluation.addForeground(labels->foreground());
    return {};
}

int runEvaluateFolder(const Arguments& arguments)
{
    report::NnunetEvaluation evaluation;
    fs::path description;
    fs::path out;
    const auto parser = makeParser(
        "nnunet evaluate",
        "Compares predicted label images with references and writes nnU-Net's summary.json.",
        "  guidino nnunet evaluate --pred predictions/ --ref Dataset001_Polyps/labelsTs \\\n"
        "    --dataset-json Dataset001_Polyps/dataset.json\n");
    parser->add_option("--pred", evaluation.predictions, "Folder of predicted label images")
        ->type_name("DIR")
        ->required();
    parser->add_option("--ref", evaluation.references, "Folder of reference label images")
        ->type_name("DIR")
        ->required();
    CLI::Option* file =
        parser->add_option("--dataset-json", description, "dataset.json with the labels")
            ->type_name("FILE");
    parser->add_option("--labels", evaluation.labels, "Foreground labels instead")
        ->type_name("N")
        ->check(CLI::Range(1, 254))
        ->excludes(file);
    parser->add_option("--out", out, "File to write; summary.json in --pred if absent")
        ->type_name("FILE");
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    for (const fs::path& folder : {evaluation.predictions, evaluation.references}) {
        if (const auto status = requireExisting(folder, "nnunet evaluate"); !status) {
            return fail(status.error());
        }
    }
    if (description.empty() && evaluation.labels.empty()) {
        description = evaluation.references.parent_path() / "dataset.json";
    }
    if (!description.empty()) {
        if (const auto status = readLabels(description, evaluation); !status) {
            return fail(status.error());
        }
    }
    const auto summary = report::nnunetSummary(evaluation);
    if (!summary) {
        return fail(summary.error());
    }
    const fs::path target = out.empty() ? evaluation.predictions / "summary.json" : out;
    if (const auto status = writeFileAtomically(target, *summary); !status) {
        return fail(status.error());
    }
    std::printf("written   %s\n", target.string().c_str());
    return 0;
}

} // namespace

int runNnunet(const Arguments& arguments)
{
    return runSubcommandOf(
        "nnunet",
        "Plans, trains, predicts and compares 2D experiments as nnU-Net 2.8 does, in its folders.\n"
        "They are named by --raw, --preprocessed and --results, or once for all by the variables\n"
        "nnUNet_raw, nnUNet_preprocessed and nnUNet_results (docs/nnunet.md).",
        {{"plan", "Measure a data set and plan its network", runPlan},
         {"train", "Train a fold of a configuration", runNnunetTrain},
         {"predict", "Predict images with the trained folds", runNnunetPredict},
         {"find-best", "Compare configurations and ensembles", runNnunetFindBest},
         {"ensemble", "Average predictions of several models", runNnunetEnsemble},
         {"postprocess", "Finish label images as find-best chose", runNnunetPostprocess},
         {"evaluate", "Write nnU-Net's summary.json of predictions", runEvaluateFolder}},
        "  guidino nnunet plan 1                  Dataset001_... of the raw data\n"
        "  guidino nnunet train 1 2d 0\n"
        "  guidino nnunet predict -i imagesTs -o predictions -d 1\n"
        "  guidino nnunet find-best 1\n"
        "\nThese look into the folders of\n"
        "  export nnUNet_raw=~/nnunet/raw nnUNet_preprocessed=~/nnunet/preprocessed "
        "nnUNet_results=~/nnunet/results\n",
        arguments);
}

} // namespace guidino::cli
