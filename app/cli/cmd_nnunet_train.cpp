// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/job_context.h"
#include "app/cli/nnunet_commands.h"
#include "app/cli/nnunet_place.h"
#include "app/cli/nnunet_validation.h"
#include "app/cli/runtime_library.h"
#include "app/cli/terminal.h"
#include "core/base/file.h"
#include "core/base/file_copy.h"
#include "core/base/threads.h"
#include "core/datasets/nnunet_experiment.h"
#include "core/datasets/splits.h"
#include "core/engine/nnunet.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>
#include <system_error>

namespace guidino::cli {

namespace fs = std::filesystem;
using datasets::NnunetCaseFiles;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kExamples =
    "  guidino nnunet train 1 2d 0                                  fold 0 of Dataset001_...\n"
    "  guidino nnunet train Dataset001_Polyps 2d all --epochs 100\n"
    "  guidino nnunet train 1 2d 0 --continue                       go on after a stop\n"
    "  guidino nnunet train 1 2d 0 --plans nnUNetResEncUNetMPlans --npz\n"
    "\nPlans and preprocesses where that was not done yet. SIGINT (Ctrl-C) and SIGTERM finish the\n"
    "step, save, and exit with 5.\n";

struct TrainOptions
{
    NnunetPlaceOptions place;
    datasets::NnunetModelName model;
    std::string fold = "0";
    std::optional<int> epochs;
    std::optional<int> iterations;
    std::vector<std::string> settings;
    fs::path init;
    bool isContinued = false;
    bool writesProbabilities = false;
    bool onlyValidates = false;
    bool tensorboard = false;
    ComputeOptions compute;
    int nice = 0;
};

void addOptions(CLI::App& parser, TrainOptions& options)
{
    parser.add_option("dataset", options.place.dataset, "DatasetNNN_Name or its number")
        ->type_name("DATASET")
        ->required();
    parser.add_option("configuration", options.model.configuration, "Of the plans, such as 2d")
        ->type_name("CONFIGURATION")
        ->required();
    parser.add_option("fold", options.fold, "A fold from 0, or all")->type_name("FOLD")->required();
    addNnunetFolders(parser, options.place.folders);
    parser.add_option("--plans", options.model.plans, "Name of the plans")->type_name("NAME");
    parser
        .add_option(
            "--trainer",
            options.model.trainer,
            "First part of the model's folder; nnUNetTrainer_50epochs also sets the epochs")
        ->type_name("NAME");
    parser.add_option("--epochs", options.epochs, "1000 if absent")
        ->type_name("N")
        ->check(CLI::Range(1, 1000000));
    parser.add_option("--iterations", options.iterations, "Of one epoch; 250 if absent")
        ->type_name("N")
        ->check(CLI::Range(1, 1000000));
    parser.add_option("--set", options.settings, "Settings that override the plan's")
        ->type_name("PATH.KEY=VALUE");
    parser.add_option("--init", options.init, "Start from this bundle's weights")
        ->type_name("BUNDLE");
    parser.add_flag("--continue", options.isContinued, "Go on from the last checkpoint");
    parser.add_flag(
        "--npz",
        options.writesProbabilities,
        "Keep the validation's probabilities, which find-best needs for ensembles");
    parser.add_flag("--val", options.onlyValidates, "Train nothing: predict the validation again");
    parser.add_flag("--tensorboard", options.tensorboard, "Write event files of TensorBoard too");
    parser.add_option("--nice", options.nice, "Priority, 0 to 19: higher leaves more to others")
        ->type_name("N")
        ->check(CLI::Range(0, 19));
    addComputeOptions(parser, options.compute);
}

/// 50 of nnUNetTrainer_50epochs, as nnU-Net names such trainers.
std::optional<int> epochsOfTrainer(const std::string& trainer)
{
    const std::size_t bar = trainer.rfind('_');
    if (bar == std::string::npos) {
        return std::nullopt;
    }
    int value = 0;
    const char* end = trainer.data() + trainer.size();
    const auto read = std::from_chars(trainer.data() + bar + 1, end, value);
    const std::string rest(read.ptr, end);
    return read.ec == std::errc() && value > 0 && (rest == "epoch" || rest == "epochs")
               ? std::optional(value)
               : std::nullopt;
}

std::optional<datasets::NnunetPlanner> plannerOf(const std::string& plans)
{
    for (const auto planner :
         {datasets::NnunetPlanner::Plain,
          datasets::NnunetPlanner::ResEncM,
          datasets::NnunetPlanner::ResEncL,
          datasets::NnunetPlanner::ResEncXL}) {
        if (datasets::plansNameOf(planner) == plans) {
            return planner;
        }
    }
    return std::nullopt;
}

/// Everything before the first step, in nnU-Net's folders.
class Preparation
{
public:
    Preparation(const TrainOptions& options, NnunetPlace place)
        : m_options(options)
        , m_place(std::move(place))
        , m_model(m_place.model(options.model))
    {}

    Status run()
    {
        const auto fold = datasets::parseNnunetFold(m_options.fold);
        GD_TRY(fold);
        m_foldFolder = m_model / fold->folderName();
        if (!m_options.isContinued && !m_options.onlyValidates && isTrained()) {
            return Error{
                ErrorCode::Usage,
                "'" + m_foldFolder.string()
                    + "' is trained already: go on with --continue, or remove it",
                {}};
        }
        GD_TRY(findPlans());
        GD_TRY(readLabels());
        auto plan = datasets::readNnunetPlan(m_plansFile, m_options.model.configuration);
        GD_TRY(plan);
        m_plan = std::move(*plan);
        GD_TRY(listCases());
        GD_TRY(chooseFold(*fold));
        return writeModelFolder();
    }

    /// Whether the fold holds a training, finished or not.
    [[nodiscard]] bool isTrained() const
    {
        return isThere(m_foldFolder / "checkpoint-a") || isThere(m_foldFolder / "checkpoint-b")
               || isThere(m_foldFolder / "run.json");
    }

    [[nodiscard]] const fs::path& foldFolder() const { return m_foldFolder; }

    [[nodiscard]] fs::path configFile() const { return m_foldFolder / "nnunet.json"; }

    [[nodiscard]] fs::path splitsFile() const { return m_foldFolder / "fold.json"; }

    /// Apart from nnU-Net's own preprocessed files.
    [[nodiscard]] fs::path pack() const
    {
        return m_place.preprocessed() / ("guidino_" + m_plan.dataIdentifier);
    }

    /// Of the fold's list as it is now, with the raw data's files.
    [[nodiscard]] FoldValidation validation() const
    {
        FoldValidation validation;
        validation.fold = m_foldFolder;
        const std::set<std::string> wanted(m_fold.val.begin(), m_fold.val.end());
        for (const NnunetCaseFiles& one : m_cases) {
            if (wanted.contains(one.name)) {
                validation.cases.push_back(one);
            }
        }
        validation.foreground = m_labels.foreground();
        validation.ignoreLabel = m_labels.ignoreLabel;
        validation.references = m_place.references();
        validation.probabilities = m_options.writesProbabilities;
        return validation;
    }

    [[nodiscard]] engine::NnunetPackRequest packRequest() const
    {
        engine::NnunetPackRequest request;
        request.config = configFile();
        request.cases = m_cases;
        request.out = pack();
        request.foreground = m_labels.foreground();
        request.ignoreLabel = m_labels.ignoreLabel;
        request.references = m_place.references();
        request.classes = m_classes;
        request.threads = m_options.compute.threads;
        return request;
    }

private:
    /// PREPROCESSED/PLANS.json, made from the raw data where it is not there.
    Status findPlans()
    {
        const fs::path folder = m_place.preprocessed();
        m_plansFile = folder / (m_options.model.plans + ".json");
        if (isThere(m_plansFile)) {
            return {};
        }
        const auto planner = plannerOf(m_options.model.plans);
        if (!planner) {
            return Error{
                ErrorCode::NotFound,
                m_plansFile.string()
                    + ": there are no such plans, and no planner makes them "
                      "(known: nnUNetPlans, nnUNetResEncUNetMPlans, ...LPlans, "
                      "...XLPlans).",
                {{"file", m_plansFile.string()}}};
        }
        GD_TRY(requireRaw());
        datasets::OpenOptions open;
        open.layout = "nnunet";
        const auto dataset = datasets::openDataset(m_place.raw(), open);
        GD_TRY(dataset);
        datasets::NnunetOptions options;
        options.planner = *planner;
        options.name = m_place.name;
        options.threads = threadsFor(m_options.compute.threads);
        const auto experiment = datasets::planNnunet(*dataset, options, cancelOnSignals());
        GD_TRY(experiment);
        GD_TRY(makeFolder(folder));
        GD_TRY(writeFileAtomically(
            folder / "dataset_fingerprint.json", experiment->fingerprintJson()));
        GD_TRY(copyFile(m_place.raw() / "dataset.json", folder / "dataset.json"));
        GD_TRY(writeFileAtomically(m_plansFile, experiment->plansJson()));
        std::printf("planned   %s\n", m_plansFile.string().c_str());
        return {};
    }

    [[nodiscard]] Status requireRaw() const
    {
        return isThere(m_place.raw() / "dataset.json")
                   ? Status()
                   : Status(Error{
                       ErrorCode::NotFound,
                       (m_place.raw() / "dataset.json").string()
                           + ": there is no such file; nnU-Net's raw data (--raw, $nnUNet_raw) "
                             "hold dataset.json, imagesTr and labelsTr.",
                       {{"file", (m_place.raw() / "dataset.json").string()}}});
    }

    Status readLabels()
    {
        m_datasetFile = m_place.preprocessed() / "dataset.json";
        if (!isThere(m_datasetFile)) {
            GD_TRY(requireRaw());
            GD_TRY(copyFile(m_place.raw() / "dataset.json", m_datasetFile));
        }
        auto labels = datasets::readNnunetLabels(m_datasetFile);
        GD_TRY(labels);
        m_labels = std::move(*labels);
        if (m_labels.fileEnding != ".png") {
            return Error{
                ErrorCode::BadInput,
                m_datasetFile.string() + ": file_ending is " + m_labels.fileEnding
                    + "; images and labels must be .png to be trained and predicted here.",
                {{"file", m_datasetFile.string()}}};
        }
        auto classes = classesOf(m_labels, m_datasetFile);
        GD_TRY(classes);
        m_classes = std::move(*classes);
        return {};
    }

    Status listCases()
    {
        GD_TRY(requireRaw());
        auto cases = datasets::listNnunetTraining(m_place.raw(), m_labels);
        GD_TRY(cases);
        m_cases = std::move(*cases);
        GD_TRY(makeFolder(m_place.references()));
        for (const NnunetCaseFiles& one : m_cases) {
            const fs::path copy = m_place.references() / (one.name + m_labels.fileEnding);
            std::error_code ignored;
            if (!isThere(copy) || fs::file_size(copy, ignored) != fs::file_size(one.label, ignored)
                || fs::last_write_time(copy, ignored) < fs::last_write_time(one.label, ignored)) {
                GD_TRY(copyFile(one.label, copy));
            }
        }
        return {};
    }

    /// The lists of splits_final.json, made or copied where it is not there.
    Status chooseFold(const datasets::NnunetFoldName& fold)
    {
        std::vector<std::string> names;
        for (const NnunetCaseFiles& one : m_cases) {
            names.push_back(one.name);
        }
        std::vector<datasets::NnunetFold> splits;
        if (fold.number >= 0) {
            const fs::path file = m_place.preprocessed() / "splits_final.json";
            const fs::path given = m_place.raw() / "splits_final.json";
            if (!isThere(file)) {
                if (isThere(given)) {
                    GD_TRY(copyFile(given, file));
                } else {
                    const auto made = datasets::nnunetSplitsJson(names);
                    GD_TRY(made);
                    GD_TRY(writeFileAtomically(file, *made));
                }
            }
            auto read = datasets::readNnunetSplits(file);
            GD_TRY(read);
            splits = std::move(*read);
            GD_TRY(checkNames(splits, names, file));
        }
        m_fold = datasets::foldOf(splits, names, fold);
        if (m_fold.train.empty() || m_fold.val.empty()) {
            return Error{
                ErrorCode::BadInput,
                "The fold " + fold.text() + " has no case to train on, or none to validate.",
                {}};
        }
        return {};
    }

    static Status checkNames(
        const std::vector<datasets::NnunetFold>& splits,
        const std::vector<std::string>& names,
        const fs::path& file)
    {
        const std::set<std::string> known(names.begin(), names.end());
        std::set<std::string> missing;
        for (const datasets::NnunetFold& fold : splits) {
            for (const auto* list : {&fold.train, &fold.val}) {
                std::copy_if(
                    list->begin(),
                    list->end(),
                    std::inserter(missing, missing.end()),
                    [&known](const std::string& name) { return !known.contains(name); });
            }
        }
        if (missing.empty()) {
            return {};
        }
        std::string text;
        for (const std::string& name : missing) {
            text += (text.empty() ? "" : ", ") + name;
        }
        return Error{
            ErrorCode::BadInput,
            file.string() + ": names cases that the data set does not have: " + text
                + ". Remove the file to have it made anew.",
            {{"file", file.string()}}};
    }

    /// The model's and the fold's files that are not the training's.
    Status writeModelFolder()
    {
        GD_TRY(makeFolder(m_foldFolder));
        GD_TRY(copyFile(m_plansFile, m_model / "plans.json"));
        GD_TRY(copyFile(m_datasetFile, m_model / "dataset.json"));
        const fs::path fingerprint = m_place.preprocessed() / "dataset_fingerprint.json";
        if (isThere(fingerprint)) {
            GD_TRY(copyFile(fingerprint, m_model / "dataset_fingerprint.json"));
        }
        if (isTrained() && isThere(configFile()) && isThere(splitsFile())) {
            return {}; // a training goes on with what it began with
        }
        datasets::NnunetSchedule schedule;
        schedule.epochs = m_options.epochs.value_or(
            epochsOfTrainer(m_options.model.trainer).value_or(schedule.epochs));
        schedule.iterations = m_options.iterations.value_or(schedule.iterations);
        const auto config = datasets::configOfNnunetPlan(m_plan, m_labels, schedule);
        GD_TRY(config);
        GD_TRY(writeFileAtomically(configFile(), *config));
        datasets::SplitLists lists;
        for (const auto& [name, cases] :
             {std::pair(std::string("train"), m_fold.train),
              std::pair(std::string("val"), m_fold.val)}) {
            std::vector<datasets::SplitEntry> entries;
            for (const std::string& one : cases) {
                entries.push_back({one, {}});
            }
            lists.lists.emplace_back(name, std::move(entries));
        }
        return datasets::writeSplits(splitsFile(), lists);
    }

    const TrainOptions& m_options;
    NnunetPlace m_place;
    fs::path m_model;
    fs::path m_foldFolder;
    fs::path m_plansFile;
    fs::path m_datasetFile;
    datasets::NnunetLabels m_labels;
    NnunetClasses m_classes;
    datasets::NnunetModelPlan m_plan;
    std::vector<NnunetCaseFiles> m_cases;
    datasets::NnunetFold m_fold;
};

/// Preprocessed cases; only what changed is made anew.
int makePack(const Preparation& preparation)
{
    const auto runtime = loadNnunetRuntime();
    if (!runtime) {
        return fail(runtime.error());
    }
    RunContext context(cancelOnSignals(), nullptr);
    const auto outcome = (*runtime)->pack(preparation.packRequest(), context);
    if (!outcome) {
        return context.finish(outcome.error(), {});
    }
    return context.finish({}, "finished");
}

int trainFold(const TrainOptions& options, const Preparation& preparation)
{
    Arguments words = {
        "--config",
        preparation.configFile().string(),
        "--data",
        preparation.pack().string(),
        "--splits",
        preparation.splitsFile().string(),
        "--out",
        preparation.foldFolder().string(),
        "--device",
        options.compute.device,
        "--threads",
        std::to_string(options.compute.threads)};
    if (!options.init.empty()) {
        words.insert(words.end(), {"--init", options.init.string()});
    }
    std::vector<std::string> settings = options.settings;
    if (options.isContinued) { // of a fresh fold they are in its configuration
        if (options.epochs) {
            settings.push_back("training.epochs=" + std::to_string(*options.epochs));
        }
        if (options.iterations) {
            settings.push_back(
                "training.iterations_per_epoch=" + std::to_string(*options.iterations));
        }
        words.emplace_back("--resume");
    }
    if (options.writesProbabilities) {
        settings.push_back("validation.probabilities=true");
    }
    for (const std::string& setting : settings) {
        words.insert(words.end(), {"--set", setting});
    }
    if (options.tensorboard) {
        words.emplace_back("--tensorboard");
    }
    if (options.nice > 0) {
        words.insert(words.end(), {"--nice", std::to_string(options.nice)});
    }
    return runTrain(words);
}

/// --val
int onlyValidate(const TrainOptions& options, const Preparation& preparation)
{
    const FoldValidation validation = preparation.validation();
    if (const auto status = requireExisting(validation.fold / "checkpoint_final", "nnunet train");
        !status) {
        return fail(status.error());
    }
    RunContext context(cancelOnSignals(), nullptr);
    const auto dice = validateFold(validation, options.compute, context);
    const int code = context.finish(dice ? Status() : Status(dice.error()), "finished");
    if (code == 0) {
        std::printf("%s\n", diceLine(validation, *dice).c_str());
    }
    return code;
}

} // namespace

int runNnunetTrain(const Arguments& arguments)
{
    TrainOptions options;
    const auto parser = makeParser(
        "nnunet train",
        "Trains one fold of a 2D configuration as nnU-Net does, in its folders: patches of\n"
        "preprocessed images, SGD, deep supervision, 1000 epochs of 250 iterations; then predicts\n"
        "the fold's validation cases and writes validation/summary.json.",
        kExamples);
    addOptions(*parser, options);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    auto place = findPlace(options.place);
    if (!place) {
        return fail(place.error());
    }
    Preparation preparation(options, std::move(*place));
    if (const auto status = preparation.run(); !status) {
        return fail(status.error());
    }
    if (options.onlyValidates) {
        return onlyValidate(options, preparation);
    }
    if (const int code = makePack(preparation); code != 0) {
        return code;
    }
    return trainFold(options, preparation);
}

} // namespace guidino::cli
