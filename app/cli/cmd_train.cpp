// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/fold_end.h"
#include "app/cli/job_context.h"
#include "app/cli/runtime_library.h"
#include "app/cli/terminal.h"
#include "core/base/file.h"
#include "core/protocol/job_spec.h"
#include "core/protocol/run_folder.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

namespace guidino::cli {

namespace fs = std::filesystem;
using protocol::RunFolder;
using protocol::RunPaths;
using protocol::TrainSpec;

namespace {

constexpr const char* kExamples =
    "  guidino train --config guidino-u --set guide.source=self --data photos/ --out run1\n"
    "  guidino train --config unet --recipe scripts-kvasir --data kvasir/ --out run2 \\\n"
    "                --set training.epochs=20 training.batch_size=8\n"
    "  guidino train --init run1/best --data more/ --out run3    fine-tune a model\n"
    "  guidino train --resume --out run1                         go on after a stop\n"
    "  guidino train --dry-run --init demo --data more/          will it fit, how long?\n"
    "\nSIGINT (Ctrl-C) and SIGTERM finish the step, save, and exit with 5.\n";

struct TrainOptions
{
    TrainSpec spec;
    fs::path out;
    fs::path job;
    bool resume = false;
    bool dryRun = false;
    int nice = 0;
    ComputeOptions compute;

    /// Whether anything but the run folder was given.
    [[nodiscard]] bool hasSpec() const
    {
        return !spec.config.empty() || !spec.data.empty() || !spec.init.empty();
    }
};

void addOptions(CLI::App& parser, TrainOptions& options)
{
    TrainSpec& spec = options.spec;
    parser.add_option("--config", spec.config, "Configuration: SYSTEM[.PROFILE] or a JSON file")
        ->type_name("CONFIG");
    parser.add_option("--data", spec.data, "Data set: a folder or a pack")->type_name("PATH");
    parser.add_option("--out", options.out, "Run folder to make")->type_name("DIR");
    parser.add_option("--recipe", spec.recipe, "Training recipe: a name or a JSON file")
        ->type_name("RECIPE");
    parser.add_option("--set", spec.settings, "Settings that override configuration and recipe")
        ->type_name("PATH.KEY=VALUE")
        ->check([](const std::string& text) {
            const std::size_t at = text.find('=');
            const bool isSetting = at != std::string::npos && at > 0;
            return isSetting ? std::string() : "'" + text + "' is not of the form path.key=value";
        });
    parser.add_option("--init", spec.init, "Start from this bundle")->type_name("BUNDLE");
    parser.add_option("--layout", spec.layout, "Layout of the data; found automatically if absent")
        ->type_name("NAME");
    parser.add_option("--labels", spec.labels, "Folder of masks, if not beside the images")
        ->type_name("DIR");
    parser.add_option("--splits", spec.splits, "splits.json with the lists to use")
        ->type_name("FILE");
    parser
        .add_option(
            "--guide-corrections",
            spec.guideCorrections,
            "Folder of painted guides STEM.png or .npy: 0 ignore, 1 attend, 2 as the mask, 255 "
            "unspecified")
        ->type_name("DIR");
    parser
        .add_option(
            "--guide-correction-weight",
            spec.guideCorrectionWeight,
            "Weight of what was painted, against what the masks say")
        ->type_name("X")
        ->check(CLI::Range(0.0, 1e6));
    parser.add_option("--preview", spec.previewImages, "Stems of images to show while training")
        ->type_name("STEM");
    parser.add_flag(
        "--tensorboard",
        spec.tensorboard,
        "Write event files of TensorBoard into the run folder too (also: --set "
        "training.tensorboard=true)");
    parser.add_flag(
        "--dry-run",
        options.dryRun,
        "Train nothing: measure memory and time with two steps on made-up images, and print them "
        "as JSON; exit code 4 where the training does not fit");
    parser.add_flag("--resume", options.resume, "Go on from the last checkpoint of the run folder");
    parser.add_option("--job", options.job, "Run folder's job.json instead of all these options")
        ->type_name("FILE");
    parser.add_option("--nice", options.nice, "Priority, 0 to 19: higher leaves more to others")
        ->type_name("N")
        ->check(CLI::Range(0, 19));
    addComputeOptions(parser, options.compute);
}

Error usage(const std::string& message)
{
    return Error{ErrorCode::Usage, message + "\nTry 'guidino train --help'.", {}};
}

constexpr std::string_view kTensorboard = "training.tensorboard=";
constexpr std::string_view kProbabilities = "validation.probabilities=";

/// The last such setting's value, if there is one.
Result<std::optional<bool>>
flagAmong(const std::vector<std::string>& settings, std::string_view key)
{
    std::optional<bool> flag;
    for (const std::string& setting : settings) {
        if (!setting.starts_with(key)) {
            continue;
        }
        const std::string value = setting.substr(key.size());
        if (value != "true" && value != "false") {
            return usage(
                std::string(key.substr(0, key.size() - 1)) + " is true or false, not '" + value
                + "'");
        }
        flag = value == "true";
    }
    return flag;
}

void removeFrom(std::vector<std::string>& settings, std::string_view key)
{
    std::erase_if(settings, [&](const std::string& setting) { return setting.starts_with(key); });
}

/// What TensorBoard gets is no setting of the training, but may be asked for like one.
Status takeTensorboard(TrainSpec& spec)
{
    const auto flag = flagAmong(spec.settings, kTensorboard);
    GD_TRY(flag);
    spec.tensorboard = flag->value_or(spec.tensorboard);
    removeFrom(spec.settings, kTensorboard);
    return {};
}

/// Nor is what a fold of nnU-Net's keeps of its validation; a stored job keeps it as a setting.
Status checkProbabilities(const TrainSpec& spec)
{
    const auto flag = flagAmong(spec.settings, kProbabilities);
    GD_TRY(flag);
    if (*flag && !isFoldData(spec.data)) {
        return usage(
            "validation.probabilities is of nnU-Net's folds (guidino nnunet train --npz); '"
            + spec.data.string() + "' holds no preprocessed cases of nnU-Net's");
    }
    return {};
}

bool existsIn(const fs::path& folder, std::initializer_list<const char*> names)
{
    std::error_code ignored;
    return std::any_of(names.begin(), names.end(), [&](const char* name) {
        return fs::exists(folder / name, ignored);
    });
}

/// What was trained there, so that it must not be overwritten.
bool hasTraining(const fs::path& folder)
{
    return existsIn(folder, {"checkpoint-a", "checkpoint-b", "best", "metrics.csv"});
}

bool isRunFolder(const fs::path& folder)
{
    return hasTraining(folder) || existsIn(folder, {"job.json", "run.json", "messages.jsonl"});
}

/// Named files are made independent of the working folder; names stay names.
void makeAbsolute(TrainSpec& spec)
{
    const auto fileOrName = [](std::string& text) {
        if (!isName(text)) {
            text = absolutePath(text).string();
        }
    };
    fileOrName(spec.config);
    fileOrName(spec.recipe);
    spec.data = absolutePath(spec.data);
    spec.labels = absolutePath(spec.labels);
    spec.splits = absolutePath(spec.splits);
    spec.guideCorrections = absolutePath(spec.guideCorrections);
    std::error_code ignored;
    if (fs::exists(spec.init, ignored)) {
        spec.init = absolutePath(spec.init);
    }
}

Status checkFiles(const TrainSpec& spec)
{
    GD_TRY(requireExisting(spec.data, "--data"));
    if (!spec.labels.empty()) {
        GD_TRY(requireExisting(spec.labels, "--labels"));
    }
    if (!spec.splits.empty()) {
        GD_TRY(requireExisting(spec.splits, "--splits"));
    }
    if (!spec.guideCorrections.empty()) {
        GD_TRY(requireExisting(spec.guideCorrections, "--guide-corrections"));
    }
    for (const auto& [text, option] :
         {std::pair(spec.config, "--config"),
          std::pair(spec.recipe, "--recipe"),
          std::pair(spec.init.string(), "--init")}) {
        if (!text.empty() && !isName(text)) {
            GD_TRY(requireExisting(text, option));
        }
    }
    return {};
}

/// The job of the options: given by them, or found in the run folder.
Result<TrainSpec> specOf(TrainOptions& options)
{
    GD_TRY(takeTensorboard(options.spec));
    const bool isStored = !options.job.empty() || (options.resume && !options.hasSpec());
    if (!isStored) {
        if (options.spec.data.empty()) {
            return usage("--data is missing: the images with masks to train on");
        }
        if (options.spec.config.empty() && options.spec.init.empty()) {
            return usage("--config is missing: what to train (or --init, to go on from a bundle)");
        }
        options.spec.device = options.compute.device;
        options.spec.threads = options.compute.threads;
        GD_TRY(checkFiles(options.spec));
        GD_TRY(checkProbabilities(options.spec));
        makeAbsolute(options.spec);
        return options.spec;
    }
    const fs::path file = options.job.empty() ? RunPaths{options.out}.job() : options.job;
    auto spec = protocol::readJob(file);
    if (!spec) {
        return std::move(spec).error();
    }
    auto* train = std::get_if<TrainSpec>(&*spec);
    if (train == nullptr) {
        return Error{ErrorCode::Configuration, "'" + file.string() + "' is no training", {}};
    }
    if (!options.spec.settings.empty()) {
        return usage("--set needs --config or --init: the stored job has its own settings");
    }
    GD_TRY(takeTensorboard(*train));
    train->tensorboard = train->tensorboard || options.spec.tensorboard;
    GD_TRY(checkFiles(*train));
    GD_TRY(checkProbabilities(*train));
    return std::move(*train);
}

TrainedFold foldOf(const TrainSpec& spec, const fs::path& out)
{
    const auto flag = flagAmong(spec.settings, kProbabilities);
    return {out, spec.data, flag && flag->value_or(false)};
}

/// Whether the folder's last session ended with all epochs done, for the same job: then a resume
/// has nothing to do and changes nothing.
bool isFinished(const fs::path& folder, TrainSpec spec)
{
    if (isFoldData(spec.data) && !isFoldEnded(foldOf(spec, folder))) {
        return false;
    }
    auto stored = protocol::readJob(RunPaths{folder}.job());
    auto* train = stored ? std::get_if<TrainSpec>(&*stored) : nullptr;
    if (train == nullptr) {
        return false;
    }
    (void)takeTensorboard(*train);
    removeFrom(train->settings, kProbabilities);
    removeFrom(spec.settings, kProbabilities);
    train->device = spec.device;
    train->threads = spec.threads;
    train->previewImages = spec.previewImages;
    train->tensorboard = spec.tensorboard;
    if (!(*train == spec)) {
        return false;
    }
    protocol::RunReader reader(folder);
    std::optional<protocol::Bye> last;
    do {
        for (const auto& message : reader.poll()) {
            if (const auto* bye = std::get_if<protocol::Bye>(&message.body)) {
                last = *bye;
            } else if (std::holds_alternative<protocol::Hello>(message.body)) {
                last.reset();
            }
        }
    } while (!reader.isAtEnd());
    return last && last->exitCode == 0 && last->reason == "finished";
}

engine::TrainRequest requestOf(const TrainSpec& spec, const fs::path& out, bool resume)
{
    engine::TrainRequest request;
    request.config = spec.config;
    request.recipe = spec.recipe;
    request.settings = spec.settings;
    removeFrom(request.settings, kProbabilities);
    request.data = spec.data;
    request.layout = spec.layout;
    request.labels = spec.labels;
    request.splits = spec.splits;
    request.guideCorrections = spec.guideCorrections;
    request.guideCorrectionWeight = spec.guideCorrectionWeight.value_or(1);
    request.out = out;
    request.init = spec.init;
    request.device = spec.device;
    request.resume = resume;
    request.threads = spec.threads;
    request.previewImages = spec.previewImages;
    return request;
}

/// What does not fit, in the words of an error.
Status judge(const std::string& answer)
{
    const nlohmann::json json = nlohmann::json::parse(answer, nullptr, false);
    if (!json.is_object() || json.value("fits", true)) {
        return {};
    }
    const auto gigabytes = [&json](const char* key) {
        std::array<char, 32> text{};
        (void)std::snprintf(text.data(), text.size(), "%.1f GB", json.value(key, 0.0) / 1e9);
        return std::string(text.data());
    };
    const bool isCpu = json.value("device", std::string()) == "cpu";
    Error error{
        isCpu ? ErrorCode::OutOfMemory : ErrorCode::OutOfDeviceMemory,
        "The training needs " + gigabytes("needed_bytes") + " on "
            + json.value("label", std::string("this device")) + ", " + gigabytes("free_bytes")
            + " are free.",
        {{"needed_bytes", std::to_string(json.value("needed_bytes", std::uint64_t{0}))},
         {"free_bytes", std::to_string(json.value("free_bytes", std::uint64_t{0}))}}};
    if (const auto advice = json.find("advice"); advice != json.end() && advice->is_object()) {
        for (const auto& [key, value] : advice->items()) {
            error.context.emplace_back("advice." + key, value.get<std::string>());
        }
    }
    return error;
}

/// Measures and prints. In a run folder its messages and `preflight.json` tell the same.
int workDry(const TrainSpec& spec, const fs::path& runFolder)
{
    std::unique_ptr<RunFolder> run;
    if (!runFolder.empty()) {
        auto opened = RunFolder::open(runFolder, GUIDINO_VERSION);
        if (!opened) {
            return fail(opened.error());
        }
        run = std::move(opened).value();
    }
    RunContext context(cancelOnSignals(), std::move(run));
    const auto answer = runPreflight(requestOf(spec, {}, false), context);
    if (!answer) {
        return context.finish(answer.error(), {});
    }
    std::printf("%s\n", answer->c_str());
    if (!runFolder.empty()) {
        if (auto written = writeFileAtomically(runFolder / "preflight.json", *answer + "\n");
            !written) {
            return context.finish(written, {});
        }
        context.send(protocol::JobResult{"preflight.json", 0, {}});
    }
    return context.finish(judge(*answer), "finished");
}

int work(const TrainSpec& spec, const fs::path& out, bool resume)
{
    const CancelToken cancel = cancelOnSignals();
    auto run = RunFolder::open(out, GUIDINO_VERSION);
    if (!run) {
        return fail(run.error());
    }
    RunContext context(cancel, std::move(run).value());
    if (spec.tensorboard) {
        context.wantEvents();
    }
    const auto runtime = loadRuntime();
    if (!runtime) {
        return context.finish(runtime.error(), {});
    }
    const auto outcome = (*runtime)->train(requestOf(spec, out, resume), context);
    if (!outcome) {
        return context.finish(outcome.error(), {});
    }
    protocol::JobResult result;
    const fs::path relative = absolutePath(outcome->best).lexically_relative(absolutePath(out));
    result.path = (relative.empty() ? outcome->best : relative).string();
    result.score = outcome->bestScore;
    context.send(result);
    Result<std::string> ending = std::string();
    if (isFoldData(spec.data)) {
        ending = endFold(foldOf(spec, out), {spec.device, spec.threads}, context);
    }
    const int code = context.finish(
        ending ? Status() : Status(ending.error()), context.stopAndKeep() ? "stopped" : "finished");
    std::printf(
        "best %s %.4f after %lld epochs%s: %s\n",
        outcome->metric.c_str(),
        outcome->bestScore,
        static_cast<long long>(outcome->epochs),
        outcome->stoppedEarly ? " (stopped early)" : "",
        outcome->best.c_str());
    if (ending && !ending->empty()) {
        std::printf("%s\n", ending->c_str());
    }
    return code;
}

/// After a failure before the first step: a corrected second try must find its folder free.
void removeEmptyRun(const fs::path& folder)
{
    if (hasTraining(folder)) {
        return;
    }
    std::error_code ignored;
    for (const char* name :
         {"job.json",
          "run.json",
          "messages.jsonl",
          "commands.jsonl",
          "worker.json",
          "log.txt",
          "splits.json"}) {
        fs::remove(folder / name, ignored);
    }
    fs::remove(folder / "previews", ignored); // these two only if empty
    fs::remove(folder, ignored);
}

} // namespace

int runTrain(const Arguments& arguments)
{
    TrainOptions options;
    const auto parser =
        makeParser("train", "Trains or fine-tunes a model on images with masks.", kExamples);
    addOptions(*parser, options);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    if (const auto status = refuseBesideJob(
            *parser, {"--config", "--data", "--out", "--init", "--set", "--recipe"});
        !status) {
        return fail(status.error());
    }
    if (options.job.empty() && options.out.empty() && !options.dryRun) {
        return fail(usage("--out is missing: the run folder to make"));
    }
    auto spec = specOf(options);
    if (!spec) {
        return fail(spec.error());
    }
    if (parser->count("--device") > 0) { // a stored job may go on elsewhere
        spec->device = options.compute.device;
    }
    if (parser->count("--threads") > 0) {
        spec->threads = options.compute.threads;
    }
    if (options.dryRun || spec->dryRun) {
        if (options.nice > 0) {
            setNice(options.nice);
        }
        const bool hasFolder = spec->dryRun && !options.job.empty();
        return workDry(*spec, hasFolder ? absolutePath(options.job).parent_path() : fs::path());
    }
    const bool isOwnJob = options.job.empty();
    const fs::path out =
        absolutePath(isOwnJob ? options.out : absolutePath(options.job).parent_path());
    if (options.resume && isFinished(out, *spec)) {
        std::printf("'%s' is finished: nothing to do\n", out.c_str());
        return 0;
    }
    if (!options.resume && (isOwnJob ? isRunFolder(out) : hasTraining(out))) {
        return fail(usage(
            "'" + out.string() + "' is a run already: go on with --resume, or name another --out"));
    }
    if (options.resume && isOwnJob && !isRunFolder(out)) {
        return fail(
            Error{ErrorCode::NotFound, "--resume: there is no run in '" + out.string() + "'", {}});
    }
    if (protocol::isWorkerAlive(out)) {
        return fail(usage("a worker is at work in '" + out.string() + "'"));
    }
    if (isOwnJob && !(options.resume && existsIn(out, {"job.json"}))) {
        if (const auto status = protocol::writeJob(out, *spec); !status) {
            return fail(status.error());
        }
    }
    if (options.nice > 0) {
        setNice(options.nice);
    }
    const int code = work(*spec, out, options.resume);
    if (code != 0 && isOwnJob && !options.resume) {
        removeEmptyRun(out);
    }
    return code;
}

} // namespace guidino::cli
