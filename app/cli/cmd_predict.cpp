// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/job_context.h"
#include "app/cli/runtime_library.h"
#include "app/cli/terminal.h"
#include "core/protocol/job_spec.h"
#include "core/protocol/run_folder.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <sstream>

namespace guidino::cli {

namespace fs = std::filesystem;
using protocol::PredictSpec;
using protocol::RunFolder;

namespace {

constexpr const char* kExamples =
    "  guidino predict --model run1/best --input photo.png --out results/\n"
    "  guidino predict --model demo --input photos/ --out results/ --mode sliding --mirror\n"
    "  guidino predict --model demo --input kvasir/ --split test --out results/\n"
    "\nWrites masks/STEM.png at native size, guide/STEM.png and .npy, probability/STEM.png\n"
    "(16 bit), overlay/STEM.jpg and predictions.json. A bad file never stops the rest: it is\n"
    "listed, and the exit code is 3.\n";

struct PredictOptions
{
    PredictSpec spec;
    fs::path job;
    ComputeOptions compute;
    bool mirror = false;
    bool noMirror = false;
    double overlap = -1;
    std::string weights;
    bool noProbability = false;
    bool noOverlay = false;
    int nice = 0;
    bool json = false;
};

void addOptions(CLI::App& parser, PredictOptions& options)
{
    PredictSpec& spec = options.spec;
    parser.add_option("--model", spec.model, "Bundle folder or zip, or a registered name")
        ->type_name("BUNDLE");
    parser.add_option("--input", spec.input, "Image, folder of images or data set")
        ->type_name("PATH");
    parser.add_option("--out", spec.out, "Folder to write to")->type_name("DIR");
    parser
        .add_option("--layout", spec.layout, "Layout of the input; found automatically if absent")
        ->type_name("NAME");
    parser.add_option("--split", spec.split, "Only this list of a data set with splits")
        ->type_name("NAME");
    parser.add_option("--splits", spec.splits, "splits.json to take the list from")
        ->type_name("FILE");
    parser.add_option("--mode", spec.mode, "whole or sliding; as the bundle says if absent")
        ->type_name("MODE")
        ->check(CLI::IsMember({"whole", "sliding"}));
    CLI::Option* mirror =
        parser.add_flag("--mirror", options.mirror, "Average over mirrored views");
    parser.add_flag("--no-mirror", options.noMirror, "One view only")->excludes(mirror);
    parser.add_option("--overlap", options.overlap, "Of sliding windows, 0 to 0.95")
        ->type_name("SHARE")
        ->check(CLI::Range(0.0, 0.95));
    parser.add_option("--precision", spec.precision, "fp32 or bf16")
        ->type_name("NAME")
        ->check(CLI::IsMember({"fp32", "bf16"}));
    parser.add_flag(
        "--flatten-guide", spec.flattenGuide, "Replace each guide by its mean (control)");
    parser.add_option("--guide", spec.guide, "Guide, or folder of guides by stem, to use instead")
        ->type_name("PATH");
    parser
        .add_option(
            "--prototype-weights", options.weights, "N numbers set off by commas, 0 = muted")
        ->type_name("W,W,...");
    parser.add_flag("--no-probability", options.noProbability, "Do not write probability/");
    parser.add_flag("--no-overlay", options.noOverlay, "Do not write overlay/");
    parser.add_option("--job", options.job, "Run folder's job.json instead of all these options")
        ->type_name("FILE");
    parser.add_option("--nice", options.nice, "Priority, 0 to 19: higher leaves more to others")
        ->type_name("N")
        ->check(CLI::Range(0, 19));
    addComputeOptions(parser, options.compute);
    addJsonOption(parser, options.json);
}

Error usage(const std::string& message)
{
    return Error{ErrorCode::Usage, message + "\nTry 'guidino predict --help'.", {}};
}

Result<std::vector<double>> numbersOf(const std::string& text)
{
    std::vector<double> numbers;
    std::istringstream stream(text);
    stream.imbue(std::locale::classic());
    for (std::string part; std::getline(stream, part, ',');) {
        std::istringstream item(part);
        item.imbue(std::locale::classic());
        double value = 0;
        if (!(item >> value) || !(item >> std::ws).eof()) {
            return usage("--prototype-weights: '" + part + "' is no number");
        }
        numbers.push_back(value);
    }
    return numbers;
}

Status checkFiles(const PredictSpec& spec)
{
    GD_TRY(requireExisting(spec.input, "--input"));
    if (!isName(spec.model.string())) {
        GD_TRY(requireExisting(spec.model, "--model"));
    }
    if (!spec.splits.empty()) {
        GD_TRY(requireExisting(spec.splits, "--splits"));
    }
    if (!spec.guide.empty()) {
        GD_TRY(requireExisting(spec.guide, "--guide"));
    }
    return {};
}

Result<PredictSpec> specOf(PredictOptions& options)
{
    PredictSpec& spec = options.spec;
    if (!options.job.empty()) {
        auto job = protocol::readJob(options.job);
        if (!job) {
            return std::move(job).error();
        }
        auto* predict = std::get_if<PredictSpec>(&*job);
        if (predict == nullptr) {
            return Error{
                ErrorCode::Configuration, "'" + options.job.string() + "' is no prediction", {}};
        }
        if (predict->out.empty()) {
            predict->out = absolutePath(options.job).parent_path();
        }
        spec = std::move(*predict);
    } else {
        spec.device = options.compute.device;
        spec.threads = options.compute.threads;
        if (options.mirror || options.noMirror) {
            spec.mirror = options.mirror;
        }
        if (options.overlap >= 0) {
            spec.overlap = options.overlap;
        }
        spec.writeProbability = !options.noProbability;
        spec.writeOverlay = !options.noOverlay;
        auto weights = numbersOf(options.weights);
        if (!weights) {
            return std::move(weights).error();
        }
        spec.prototypeWeights = std::move(weights).value();
    }
    if (spec.model.empty() || spec.input.empty() || spec.out.empty()) {
        return usage(std::string(
            spec.model.empty()   ? "--model is missing: the bundle that segments"
            : spec.input.empty() ? "--input is missing: what to segment"
                                 : "--out is missing: the folder to write to"));
    }
    GD_TRY(checkFiles(spec));
    return spec;
}

engine::PredictRequest requestOf(const PredictSpec& spec)
{
    engine::PredictRequest request;
    request.model = spec.model;
    request.input = spec.input;
    request.out = spec.out;
    request.layout = spec.layout;
    request.split = spec.split;
    request.splits = spec.splits;
    request.mode = spec.mode;
    request.mirror = spec.mirror;
    request.overlap = spec.overlap;
    request.device = spec.device;
    request.precision = spec.precision;
    request.threads = spec.threads;
    request.flattenGuide = spec.flattenGuide;
    request.guide = spec.guide;
    request.prototypeWeights = spec.prototypeWeights;
    request.writeProbability = spec.writeProbability;
    request.writeOverlay = spec.writeOverlay;
    return request;
}

void print(const engine::PredictOutcome& outcome, const fs::path& out, bool json)
{
    if (json) {
        auto failures = nlohmann::ordered_json::array();
        for (const engine::FailedFile& failure : outcome.failures) {
            failures.push_back({{"file", failure.file}, {"message", failure.message}});
        }
        const nlohmann::ordered_json object{
            {"predicted", outcome.predicted}, {"out", out.string()}, {"failures", failures}};
        std::printf(
            "%s\n",
            object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
        return;
    }
    std::printf(
        "predicted %lld images: %s\n", static_cast<long long>(outcome.predicted), out.c_str());
}

int work(const PredictSpec& spec, const fs::path& runFolder, bool json)
{
    const CancelToken cancel = cancelOnSignals();
    std::unique_ptr<RunFolder> run;
    if (!runFolder.empty()) {
        auto opened = RunFolder::open(runFolder, GUIDINO_VERSION);
        if (!opened) {
            return fail(opened.error());
        }
        run = std::move(opened).value();
    }
    RunContext context(cancel, std::move(run));
    const auto runtime = loadRuntime();
    if (!runtime) {
        return context.finish(runtime.error(), {});
    }
    const auto outcome = (*runtime)->predict(requestOf(spec), context);
    if (!outcome) {
        return context.finish(outcome.error(), {});
    }
    protocol::JobResult result;
    result.path = (spec.out / "predictions.json").string();
    context.send(result);
    print(*outcome, spec.out, json);
    if (outcome->failures.empty()) {
        return context.finish({}, "finished");
    }
    std::string message =
        std::to_string(outcome->failures.size()) + " of "
        + std::to_string(outcome->predicted + static_cast<std::int64_t>(outcome->failures.size()))
        + " images could not be predicted:";
    for (const engine::FailedFile& failure : outcome->failures) {
        message += "\n  " + failure.message;
    }
    message.resize(std::min<std::size_t>(message.size(), 16000)); // one line of the protocol
    return context.finish(Error{ErrorCode::BadInput, message, {}}, {});
}

} // namespace

int runPredict(const Arguments& arguments)
{
    PredictOptions options;
    const auto parser =
        makeParser("predict", "Segments images with a model: masks, guides, overlays.", kExamples);
    addOptions(*parser, options);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    if (const auto status = refuseBesideJob(*parser, {"--model", "--input", "--out"}); !status) {
        return fail(status.error());
    }
    const auto spec = specOf(options);
    if (!spec) {
        return fail(spec.error());
    }
    if (options.nice > 0) {
        setNice(options.nice);
    }
    const fs::path runFolder =
        options.job.empty() ? fs::path() : absolutePath(options.job).parent_path();
    return work(*spec, runFolder, options.json);
}

} // namespace guidino::cli
