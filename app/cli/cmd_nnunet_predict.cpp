// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/job_context.h"
#include "app/cli/nnunet_commands.h"
#include "app/cli/nnunet_place.h"
#include "app/cli/runtime_library.h"
#include "app/cli/terminal.h"
#include "core/base/file.h"
#include "core/base/threads.h"
#include "core/datasets/nnunet_ensemble.h"
#include "core/datasets/nnunet_trained.h"
#include "core/engine/nnunet.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>

namespace guidino::cli {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

struct PredictOptions
{
    NnunetPlaceOptions place;
    datasets::NnunetModelName model;
    fs::path folder; ///< the model's; instead of the data set
    std::vector<std::string> folds;
    std::string checkpoint = datasets::kNnunetFinal;
    fs::path postprocessing;
    fs::path input;
    engine::NnunetPredictRequest request;
    bool isPlain = false;
    double step = 0.5;
    ComputeOptions compute;
};

void addOptions(CLI::App& parser, PredictOptions& options)
{
    parser
        .add_option(
            "--input,-i",
            options.input,
            "Folder of CASE_0000.png, CASE_0001.png ..., or of any images CASE.*")
        ->type_name("DIR")
        ->required();
    parser.add_option("--out,-o", options.request.out, "Folder for CASE.png")
        ->type_name("DIR")
        ->required();
    CLI::Option* model =
        parser
            .add_option(
                "--model,-m", options.folder, "Model's folder TRAINER__PLANS__CONFIGURATION")
            ->type_name("DIR");
    parser
        .add_option("--dataset,-d", options.place.dataset, "Instead: DatasetNNN_Name or its number")
        ->type_name("DATASET")
        ->excludes(model);
    parser.add_option("--configuration,-c", options.model.configuration, "Of the data set's model")
        ->type_name("NAME")
        ->excludes(model);
    parser.add_option("--plans,-p", options.model.plans, "Of the data set's model")
        ->type_name("NAME")
        ->excludes(model);
    parser.add_option("--trainer", options.model.trainer, "Of the data set's model")
        ->type_name("NAME")
        ->excludes(model);
    addNnunetFolders(parser, options.place.folders);
    parser
        .add_option(
            "--folds,-f",
            options.folds,
            "Folds whose logits are averaged; all that are trained if absent")
        ->type_name("FOLD");
    parser.add_option("--checkpoint", options.checkpoint, "checkpoint_final or checkpoint_best")
        ->type_name("NAME")
        ->check(CLI::IsMember({datasets::kNnunetFinal, datasets::kNnunetBest}));
    parser.add_flag(
        "--save-probabilities",
        options.request.probabilities,
        "Write CASE.npz and CASE.pkl, too, which ensembles are made of");
    parser.add_flag(
        "--save-overlays",
        options.request.overlays,
        "Write overlay/CASE.jpg, too: the labels in colour over the image");
    parser
        .add_option(
            "--postprocessing", options.postprocessing, "postprocessing.json to finish labels by")
        ->type_name("FILE");
    parser.add_flag(
        "--disable-tta", options.isPlain, "No mean over mirrored views: four times faster");
    parser
        .add_option("--step-size", options.step, "Of windows, as a share of the patch: 0.05 to 1")
        ->type_name("X")
        ->check(CLI::Range(0.05, 1.0));
    parser.add_flag(
        "--continue",
        options.request.keepsExisting,
        "Cases whose files are there stay as they are");
    parser.add_option("--precision", options.request.precision, "fp32 or bf16")
        ->type_name("NAME")
        ->check(CLI::IsMember({"fp32", "bf16"}));
    addComputeOptions(parser, options.compute);
}

/// The bundles of the folds that were asked for, or of all that are there.
Result<std::vector<fs::path>>
bundlesOf(const datasets::NnunetTrained& trained, const PredictOptions& options)
{
    std::vector<datasets::NnunetFoldName> folds;
    for (const std::string& text : options.folds) {
        const auto fold = datasets::parseNnunetFold(text);
        GD_TRY(fold);
        folds.push_back(*fold);
    }
    return datasets::nnunetModelsOf(trained, folds, options.checkpoint);
}

/// What nnU-Net's other tools look for beside predictions.
Status writeRecords(const PredictOptions& options)
{
    for (const char* name : {"plans.json", "dataset.json"}) {
        const auto text = readFile(options.folder / name, std::uint64_t{64} << 20);
        GD_TRY(text);
        GD_TRY(writeFileAtomically(options.request.out / name, *text));
    }
    Json models = Json::array();
    for (const fs::path& model : options.request.models) {
        models.push_back(model.string());
    }
    const Json record{
        {"program", std::string("guidino ") + GUIDINO_VERSION},
        {"input", options.input.string()},
        {"models", std::move(models)},
        {"step_size", options.step},
        {"mirroring", options.request.mirror},
        {"precision", options.request.precision},
        {"postprocessing", options.postprocessing.string()},
        {"save_probabilities", options.request.probabilities},
        {"save_overlays", options.request.overlays}};
    return writeFileAtomically(
        options.request.out / "predict_from_raw_data_args.json", record.dump(4) + "\n");
}

Status prepare(PredictOptions& options)
{
    if (options.folder.empty()) {
        if (options.place.dataset.empty()) {
            return Error{
                ErrorCode::Usage,
                "--model or --dataset is missing: what to predict with\nTry 'guidino nnunet "
                "predict --help'.",
                {}};
        }
        const auto place = findPlace(options.place);
        GD_TRY(place);
        options.folder = place->model(options.model);
        std::error_code ignored;
        if (!fs::exists(options.folder, ignored)) {
            return noModel(place->results(), "model '" + options.model.folderName() + "'");
        }
    }
    GD_TRY(requireExisting(options.folder, "nnunet predict"));
    const auto trained = datasets::readNnunetTrained(options.folder);
    GD_TRY(trained);
    auto cases = datasets::listNnunetInputs(options.input, trained->fileEnding);
    GD_TRY(cases);
    options.request.cases = std::move(*cases);
    auto bundles = bundlesOf(*trained, options);
    GD_TRY(bundles);
    options.request.models = std::move(*bundles);
    if (!options.postprocessing.empty()) {
        auto steps = datasets::readPostprocessing(options.postprocessing);
        GD_TRY(steps);
        options.request.postprocessing = std::move(*steps);
    }
    options.request.mirror = !options.isPlain;
    // A step of the whole patch would leave windows side by side; more than 95 % overlap never
    // ends.
    options.request.overlap = std::clamp(1 - options.step, 0.0, 0.95);
    options.request.device = options.compute.device;
    options.request.threads = options.compute.threads;
    return {};
}

struct FolderOptions
{
    std::vector<fs::path> inputs;
    fs::path out;
    fs::path dataset;
    fs::path postprocessing;
    bool keepsProbabilities = false;
    int threads = 0;
};

/// Files of one ending right in a folder, without the ending.
std::set<std::string> stemsIn(const fs::path& folder, const std::string& ending)
{
    std::set<std::string> stems;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        if (entry.path().extension() == ending) {
            stems.insert(entry.path().stem().string());
        }
    }
    return stems;
}

Result<std::vector<datasets::NnunetEnsembleCase>> ensembleCases(const std::vector<fs::path>& inputs)
{
    const std::set<std::string> names = stemsIn(inputs.front(), ".npz");
    if (names.empty()) {
        return Error{
            ErrorCode::BadInput,
            inputs.front().string()
                + ": holds no .npz; predict with --save-probabilities what is to be averaged.",
            {{"file", inputs.front().string()}}};
    }
    for (const fs::path& input : inputs) {
        if (stemsIn(input, ".npz") != names) {
            return Error{
                ErrorCode::BadInput,
                input.string() + ": holds .npz of other cases than " + inputs.front().string()
                    + ".",
                {{"file", input.string()}}};
        }
    }
    std::vector<datasets::NnunetEnsembleCase> cases;
    for (const std::string& name : names) {
        datasets::NnunetEnsembleCase one{name, {}};
        for (const fs::path& input : inputs) {
            one.probabilities.push_back(input / (name + ".npz"));
        }
        cases.push_back(std::move(one));
    }
    return cases;
}

} // namespace

int runNnunetPredict(const Arguments& arguments)
{
    PredictOptions options;
    const auto parser = makeParser(
        "nnunet predict",
        "Predicts images as nnU-Net does: Gaussian windows with half a patch between, mean over\n"
        "four mirrored views and over the folds, back to native size. Writes label images.",
        "  guidino nnunet predict -i imagesTs -o predictions -d 1 -c 2d -f 0 1 2 3 4\n"
        "  guidino nnunet predict -i imagesTs -o out -m "
        "results/Dataset001_Polyps/nnUNetTrainer__nnUNetPlans__2d \\\n"
        "    --save-probabilities --disable-tta\n");
    addOptions(*parser, options);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    if (const auto status = prepare(options); !status) {
        return fail(status.error());
    }
    const auto runtime = loadNnunetRuntime();
    if (!runtime) {
        return fail(runtime.error());
    }
    RunContext context(cancelOnSignals(), nullptr);
    const auto outcome = (*runtime)->predict(options.request, context);
    if (!outcome) {
        return context.finish(outcome.error(), {});
    }
    if (const auto status = writeRecords(options); !status) {
        return context.finish(status.error(), {});
    }
    if (!outcome->failures.empty()) {
        std::string text = std::to_string(outcome->failures.size()) + " of "
                           + std::to_string(options.request.cases.size())
                           + " cases could not be predicted:";
        for (const engine::FailedFile& failure : outcome->failures) {
            text += "\n  " + failure.message;
        }
        return context.finish(Error{ErrorCode::BadInput, text, {}}, {});
    }
    const int code = context.finish({}, "finished");
    std::printf(
        "predicted %lld cases: %s\n",
        static_cast<long long>(outcome->predicted),
        options.request.out.c_str());
    return code;
}

int runNnunetEnsemble(const Arguments& arguments)
{
    FolderOptions options;
    const auto parser = makeParser(
        "nnunet ensemble",
        "Averages the probabilities (CASE.npz) of several predictions and writes label images.",
        "  guidino nnunet ensemble -i predictions-a predictions-b -o predictions\n");
    parser->add_option("--input,-i", options.inputs, "Folders of predictions with probabilities")
        ->type_name("DIR")
        ->required()
        ->expected(2, 64);
    parser->add_option("--out,-o", options.out, "Folder for CASE.png")
        ->type_name("DIR")
        ->required();
    parser
        ->add_option(
            "--dataset-json", options.dataset, "With the labels; of the first folder if absent")
        ->type_name("FILE");
    parser
        ->add_option(
            "--postprocessing", options.postprocessing, "postprocessing.json to finish labels by")
        ->type_name("FILE");
    parser->add_flag(
        "--save-probabilities", options.keepsProbabilities, "Write the averaged CASE.npz, too");
    parser->add_option("--threads", options.threads, "CPU threads; 0: as many as there are cores")
        ->type_name("N")
        ->check(CLI::Range(0, 4096));
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    const auto work = [&]() -> Status {
        for (const fs::path& input : options.inputs) {
            GD_TRY(requireExisting(input, "nnunet ensemble"));
        }
        const fs::path description =
            options.dataset.empty() ? options.inputs.front() / "dataset.json" : options.dataset;
        const auto labels = datasets::readNnunetLabels(description);
        GD_TRY(labels);
        datasets::NnunetPostprocessing steps;
        if (!options.postprocessing.empty()) {
            auto read = datasets::readPostprocessing(options.postprocessing);
            GD_TRY(read);
            steps = std::move(*read);
        }
        const auto cases = ensembleCases(options.inputs);
        GD_TRY(cases);
        GD_TRY(datasets::writeNnunetEnsemble(
            options.out,
            *cases,
            *labels,
            steps,
            options.keepsProbabilities,
            threadsFor(options.threads),
            cancelOnSignals()));
        for (const char* name : {"plans.json", "dataset.json"}) {
            const fs::path file = options.inputs.front() / name;
            std::error_code ignored;
            if (fs::exists(file, ignored)) {
                const auto text = readFile(file, std::uint64_t{64} << 20);
                GD_TRY(text);
                GD_TRY(writeFileAtomically(options.out / name, *text));
            }
        }
        return {};
    };
    if (const auto status = work(); !status) {
        return fail(status.error());
    }
    std::printf("written   %s\n", options.out.c_str());
    return 0;
}

int runNnunetPostprocess(const Arguments& arguments)
{
    fs::path input;
    fs::path out;
    fs::path file;
    const auto parser = makeParser(
        "nnunet postprocess",
        "Applies the post-processing that find-best chose to label images.",
        "  guidino nnunet postprocess -i predictions -o finished --postprocessing "
        "postprocessing.json\n");
    parser->add_option("--input,-i", input, "Folder of label images")->type_name("DIR")->required();
    parser->add_option("--out,-o", out, "Folder to write to")->type_name("DIR")->required();
    parser->add_option("--postprocessing", file, "postprocessing.json")
        ->type_name("FILE")
        ->required();
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    const auto work = [&]() -> Status {
        GD_TRY(requireExisting(input, "nnunet postprocess"));
        const auto steps = datasets::readPostprocessing(file);
        GD_TRY(steps);
        const std::set<std::string> names = stemsIn(input, ".png");
        if (names.empty()) {
            return Error{
                ErrorCode::BadInput, input.string() + ": holds no label image (.png).", {}};
        }
        GD_TRY(makeFolder(out));
        for (const std::string& name : names) {
            const auto labels = datasets::readLabelImage(input / (name + ".png"));
            GD_TRY(labels);
            GD_TRY(datasets::writeLabelImage(
                out / (name + ".png"), datasets::postprocessed(*labels, *steps)));
        }
        return {};
    };
    if (const auto status = work(); !status) {
        return fail(status.error());
    }
    std::printf("written   %s\n", out.c_str());
    return 0;
}

} // namespace guidino::cli
