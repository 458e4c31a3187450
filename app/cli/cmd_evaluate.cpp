// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/terminal.h"
#include "core/base/file.h"
#include "core/report/evaluation.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <sstream>
#include <string_view>

namespace guidino::cli {

namespace {

constexpr const char* kExamples =
    "  guidino evaluate --pred results/ --ref photos/masks --out evaluation/\n"
    "  guidino evaluate --pred results/ --ref kvasir/ --split test --size 256x256 --out e/ --json\n"
    "  guidino evaluate --pred results/ --ref masks/ --metrics hd95\n"
    "  guidino evaluate --pred results/ --ref masks/ --guide results/guide --hd95 max --out e/\n"
    "\nHD95 is 'pooled' as MedPy, 'max' as MONAI, 'deepmind' or 'guidino'; empty masks: 'null'\n"
    "leaves undefined values out of means, 'penalise' counts them as worst, 'drop' leaves out the\n"
    "pair. Writes summary.json and metrics.csv.\n";

struct EvaluateOptions
{
    report::EvaluateSpec spec;
    std::string hd95 = "pooled";
    std::string nsd = "pixels";
    std::string empty = "null";
    std::string size = "native";
    std::string spacing;
    std::string metrics;
    bool json = false;
};

void addOptions(CLI::App& parser, EvaluateOptions& options)
{
    report::EvaluateSpec& spec = options.spec;
    parser.add_option("--pred", spec.predictions, "Predict folder, or any folder of masks")
        ->type_name("DIR")
        ->required();
    parser.add_option("--ref", spec.references, "Folder of reference masks, or a data set")
        ->type_name("DIR")
        ->required();
    parser.add_option("--out", spec.out, "Folder for summary.json and metrics.csv")
        ->type_name("DIR");
    parser.add_option("--guide", spec.guides, "Guides to judge by themselves: a folder by stem")
        ->type_name("DIR");
    parser.add_option("--splits", spec.splits, "splits.json with the list to compare")
        ->type_name("FILE");
    parser.add_option("--split", spec.splitName, "Only this list, such as test")->type_name("NAME");
    parser
        .add_option(
            "--metrics",
            options.metrics,
            "Only these, by comma: dsc, iou, hd95, assd, nsd, precision, recall, hd100")
        ->type_name("LIST");
    parser.add_option("--hd95", options.hd95, "Definition of HD95")
        ->type_name("NAME")
        ->check(CLI::IsMember({"pooled", "max", "deepmind", "guidino"}));
    parser.add_option("--nsd", options.nsd, "What a surface is in NSD")
        ->type_name("NAME")
        ->check(CLI::IsMember({"pixels", "contour"}));
    parser
        .add_option(
            "--nsd-tolerance", spec.metrics.nsdTolerance, "Tolerance of NSD, in pixels or mm")
        ->type_name("X")
        ->check(CLI::Range(0.0, 1e6));
    parser.add_option("--empty", options.empty, "What pairs with an empty mask count as")
        ->type_name("NAME")
        ->check(CLI::IsMember({"null", "penalise", "drop"}));
    parser.add_option("--size", options.size, "native, or HxW to compare at")->type_name("SIZE");
    parser.add_option("--spacing", options.spacing, "Pixel distance in mm: one number, or X,Y")
        ->type_name("MM");
    parser.add_option("--classes", spec.classCount, "Classes with background; 0: as the masks say")
        ->type_name("N")
        ->check(CLI::Range(0, 255));
    parser.add_option("--threshold", spec.maskThreshold, "Grey masks: foreground is brighter")
        ->type_name("N")
        ->check(CLI::Range(0, 254));
    parser.add_option("--threads", spec.threads, "CPU threads; 0: as many as there are cores")
        ->type_name("N")
        ->check(CLI::Range(0, 4096));
    addJsonOption(parser, options.json);
}

Error usage(const std::string& message)
{
    return Error{ErrorCode::Usage, message + "\nTry 'guidino evaluate --help'.", {}};
}

/// The numbers of "A<separator>B"; false where the text is not wholly that.
template<typename T>
bool readPair(std::string_view text, char separator, T& first, T& second)
{
    const std::size_t at = text.find(separator);
    const auto read = [](std::string_view part, T& value) {
        const auto end = part.data() + part.size();
        const auto parsed = std::from_chars(part.data(), end, value);
        return parsed.ec == std::errc() && parsed.ptr == end && value > 0;
    };
    return at != std::string_view::npos && read(text.substr(0, at), first)
           && read(text.substr(at + 1), second);
}

Status complete(EvaluateOptions& options)
{
    report::EvaluateSpec& spec = options.spec;
    const auto hd95 = metrics::hd95DefinitionFrom(options.hd95);
    const auto empty = metrics::emptyPolicyFrom(options.empty);
    if (!hd95 || !empty) {
        return !hd95 ? hd95.error() : empty.error();
    }
    spec.metrics.hd95 = *hd95;
    spec.metrics.emptyPolicy = *empty;
    spec.metrics.nsd = options.nsd == "contour" ? metrics::NsdDefinition::ContourLength
                                                : metrics::NsdDefinition::Pixels;
    std::istringstream names(options.metrics);
    for (std::string name; std::getline(names, name, ',');) {
        spec.wanted.push_back(name);
    }
    if (options.size != "native") {
        Size size;
        if (!readPair(options.size, 'x', size.height, size.width) || size.area() > 400'000'000) {
            return usage(
                "--size: '" + options.size + "' is neither native nor HxW such as 256x256");
        }
        spec.size = size;
    }
    if (!options.spacing.empty()) {
        const bool isPair = options.spacing.find(',') != std::string::npos;
        SpacingMm spacing;
        if (!readPair(
                isPair ? options.spacing : options.spacing + "," + options.spacing,
                ',',
                spacing.x,
                spacing.y)) {
            return usage("--spacing: '" + options.spacing + "' is not MM or X,Y");
        }
        spec.metrics.spacingMm = spacing;
    }
    GD_TRY(requireExisting(spec.predictions, "--pred"));
    GD_TRY(requireExisting(spec.references, "--ref"));
    if (!spec.guides.empty()) {
        GD_TRY(requireExisting(spec.guides, "--guide"));
    }
    if (!spec.splits.empty()) {
        GD_TRY(requireExisting(spec.splits, "--splits"));
    }
    if (spec.out.empty() && options.json) {
        return usage("--json prints summary.json: it needs --out");
    }
    return {};
}

} // namespace

int runEvaluate(const Arguments& arguments)
{
    EvaluateOptions options;
    const auto parser = makeParser(
        "evaluate",
        "Compares predicted masks with reference masks: DSC, IoU, HD95, ASSD, NSD per image and\n"
        "class; with --guide also how well the guide alone finds the object.",
        kExamples);
    addOptions(*parser, options);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    if (const auto status = complete(options); !status) {
        return fail(status.error());
    }
    options.spec.cancel = cancelOnSignals();
    const auto evaluation = report::evaluateFolders(options.spec);
    if (!evaluation) {
        return fail(evaluation.error());
    }
    if (options.json) {
        const auto summary = readFile(options.spec.out / "summary.json");
        if (!summary) {
            return fail(summary.error());
        }
        std::fwrite(summary->data(), 1, summary->size(), stdout);
    } else {
        std::printf("%s", report::describe(options.spec, *evaluation).c_str());
    }
    if (evaluation->failures.empty()) {
        return 0;
    }
    std::string message =
        std::to_string(evaluation->failures.size()) + " files could not be compared:";
    for (const report::CaseFailure& failure : evaluation->failures) {
        message += "\n  " + failure.message;
    }
    return fail(Error{ErrorCode::BadInput, message, {}});
}

} // namespace guidino::cli
