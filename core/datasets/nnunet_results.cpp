// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/nnunet_results.h"

#include "core/base/file.h"
#include "core/datasets/masks.h"
#include "core/datasets/parallel.h"
#include "core/imaging/contours.h"
#include "core/imaging/image_reader.h"
#include "core/imaging/image_writer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

namespace guidino::datasets {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr const char* kFunction = "remove_all_but_largest_component_from_segmentation";
constexpr const char* kModule = "nnunetv2.postprocessing.remove_connected_components";
constexpr const char* kArgument = "labels_or_regions";

Error bad(const fs::path& file, const std::string& what)
{
    return Error{ErrorCode::BadInput, file.string() + ": " + what + ".", {{"file", file.string()}}};
}

bool holds(const std::vector<int>& labels, int label)
{
    return std::find(labels.begin(), labels.end(), label) != labels.end();
}

Raster8 keptLargest(const Raster8& labels, const std::vector<int>& wanted)
{
    Raster8 mask(labels.width(), labels.height());
    for (std::size_t i = 0; i < labels.pixels().size(); ++i) {
        mask.pixels()[i] = holds(wanted, labels.pixels()[i]) ? 1 : 0;
    }
    const imaging::Components components = imaging::connectedComponents(mask);
    std::int64_t largest = 0;
    for (const imaging::Component& part : components.parts) {
        largest = std::max(largest, part.area);
    }
    Raster8 result = labels;
    for (std::size_t i = 0; i < labels.pixels().size(); ++i) {
        const int part = components.labels[i];
        if (part > 0 && components.parts[static_cast<std::size_t>(part - 1)].area < largest) {
            result.pixels()[i] = 0;
        }
    }
    return result;
}

/// True positives, false positives, false negatives.
using Counts = std::array<double, 3>;

Counts countsOf(const Raster8& prediction, const Raster8& reference, const std::vector<int>& labels)
{
    Counts counts{};
    for (std::size_t i = 0; i < reference.pixels().size(); ++i) {
        const bool isTrue = holds(labels, reference.pixels()[i]);
        const bool isFound = holds(labels, prediction.pixels()[i]);
        counts[0] += isTrue && isFound ? 1 : 0;
        counts[1] += isFound && !isTrue ? 1 : 0;
        counts[2] += isTrue && !isFound ? 1 : 0;
    }
    return counts;
}

/// Mean over the cases in which the class is, of each class; empty where it is in none.
struct Scores
{
    std::vector<std::optional<double>> classes;

    [[nodiscard]] double mean() const
    {
        double sum = 0;
        int count = 0;
        for (const auto& one : classes) {
            sum += one.value_or(0);
            count += one ? 1 : 0;
        }
        return count > 0 ? sum / count : 0;
    }
};

struct Case
{
    Raster8 prediction;
    Raster8 reference;
};

Scores scoresOf(
    const std::vector<Case>& cases,
    const std::vector<std::vector<int>>& foreground,
    const NnunetPostprocessing& steps)
{
    std::vector<double> sums(foreground.size());
    std::vector<int> counts(foreground.size());
    for (const Case& one : cases) {
        const Raster8 labels = postprocessed(one.prediction, steps);
        for (std::size_t k = 0; k < foreground.size(); ++k) {
            const Counts found = countsOf(labels, one.reference, foreground[k]);
            const double size = 2 * found[0] + found[1] + found[2];
            if (size > 0) {
                sums[k] += 2 * found[0] / size;
                ++counts[k];
            }
        }
    }
    Scores scores;
    for (std::size_t k = 0; k < foreground.size(); ++k) {
        scores.classes.push_back(counts[k] > 0 ? std::optional(sums[k] / counts[k]) : std::nullopt);
    }
    return scores;
}

} // namespace

Raster8 postprocessed(const Raster8& labels, const NnunetPostprocessing& steps)
{
    Raster8 result = labels;
    for (const NnunetKeepLargest& step : steps) {
        result = keptLargest(result, step.labels);
    }
    return result;
}

Result<NnunetChoice> chooseNnunetPostprocessing(
    const fs::path& predictions,
    const fs::path& references,
    const std::vector<std::string>& names,
    const std::vector<std::vector<int>>& foreground,
    int threads,
    const CancelToken& cancel)
{
    std::vector<Case> cases(names.size());
    std::vector<std::optional<Error>> problems(names.size());
    const bool isWhole = forEachParallel(names.size(), threads, cancel, {}, [&](std::size_t i) {
        auto prediction = readLabelImage(predictions / names[i]);
        auto reference = readLabelImage(references / names[i]);
        if (!prediction || !reference) {
            problems[i] = prediction ? reference.error() : prediction.error();
        } else if (!(prediction->size() == reference->size())) {
            problems[i] = bad(predictions / names[i], "is not of the size of its reference");
        } else {
            cases[i] = {std::move(*prediction), std::move(*reference)};
        }
    });
    if (!isWhole) {
        return Error{ErrorCode::Cancelled, "Choosing the post-processing was cancelled.", {}};
    }
    for (const auto& problem : problems) {
        if (problem) {
            return *problem;
        }
    }
    NnunetChoice choice;
    Scores now = scoresOf(cases, foreground, {});
    choice.before = now.mean();
    const auto consider = [&](NnunetKeepLargest step, const auto& isAccepted) {
        NnunetPostprocessing steps = choice.steps;
        steps.push_back(std::move(step));
        const Scores then = scoresOf(cases, foreground, steps);
        if (isAccepted(now, then)) {
            choice.steps = std::move(steps);
            now = then;
        }
    };
    std::vector<int> all;
    for (const std::vector<int>& labels : foreground) {
        for (const int label : labels) {
            if (!holds(all, label)) {
                all.push_back(label);
            }
        }
    }
    std::sort(all.begin(), all.end());
    const bool hasRegions = std::any_of(
        foreground.begin(), foreground.end(), [](const auto& labels) { return labels.size() > 1; });
    consider({all, hasRegions}, [](const Scores& before, const Scores& after) {
        for (std::size_t k = 0; k < before.classes.size(); ++k) {
            if (after.classes[k].value_or(0) < before.classes[k].value_or(0)) {
                return false;
            }
        }
        return after.mean() > before.mean();
    });
    for (std::size_t k = 0; foreground.size() > 1 && k < foreground.size(); ++k) {
        consider(
            {foreground[k], foreground[k].size() > 1},
            [k](const Scores& before, const Scores& after) {
                return after.classes[k].value_or(0) > before.classes[k].value_or(0);
            });
    }
    choice.after = now.mean();
    return choice;
}

std::string postprocessingJson(const NnunetPostprocessing& steps, const fs::path& inputFolder)
{
    Json json;
    json["input_folder"] = inputFolder.string();
    json["postprocessing_fns"] = Json::array();
    json["postprocessing_kwargs"] = Json::array();
    for (const NnunetKeepLargest& step : steps) {
        json["postprocessing_fns"].push_back(kFunction);
        Json labels = step.labels.size() == 1 ? Json(step.labels[0]) : Json(step.labels);
        if (step.isRegion) { // a list of regions, of which this is the one
            labels = Json::array({step.labels});
        }
        json["postprocessing_kwargs"].push_back({{kArgument, std::move(labels)}});
    }
    return json.dump(4) + "\n";
}

Result<NnunetPostprocessing> readPostprocessing(const fs::path& file)
{
    const Result<std::string> text = readFile(file, std::uint64_t{16} << 20);
    GD_TRY(text);
    NnunetPostprocessing steps;
    try {
        const Json json = Json::parse(*text);
        const Json& functions = json.at("postprocessing_fns");
        for (std::size_t i = 0; i < functions.size(); ++i) {
            if (functions[i].get<std::string>() != kFunction) {
                return bad(file, "the function " + functions[i].dump() + " is not known");
            }
            const Json& labels = json.at("postprocessing_kwargs").at(i).at(kArgument);
            NnunetKeepLargest step;
            for (const Json& one : labels.is_array() ? labels : Json::array({labels})) {
                step.isRegion |= one.is_array();
                for (const Json& label : one.is_array() ? one : Json::array({one})) {
                    step.labels.push_back(label.get<int>());
                }
            }
            steps.push_back(std::move(step));
        }
    } catch (const nlohmann::json::exception& exception) {
        return bad(file, std::string("is no postprocessing.json of nnU-Net: ") + exception.what());
    }
    return steps;
}

std::string postprocessingPickle(const NnunetPostprocessing& steps)
{
    // Pickle's text form (protocol 0): (list of functions, list of keyword arguments).
    const auto number = [](int value) { return "I" + std::to_string(value) + "\n"; };
    std::string functions = "(l";
    std::string arguments = "(l";
    for (const NnunetKeepLargest& step : steps) {
        functions += std::string("c") + kModule + "\n" + kFunction + "\na";
        std::string labels;
        if (step.isRegion) {
            labels = "(l("; // [(1, 2)]
            for (const int label : step.labels) {
                labels += number(label);
            }
            labels += "ta";
        } else if (step.labels.size() == 1) {
            labels = number(step.labels[0]);
        } else {
            labels = "(l";
            for (const int label : step.labels) {
                labels += number(label) + "a";
            }
        }
        arguments += std::string("(dV") + kArgument + "\n" + labels + "sa";
    }
    return "(" + functions + arguments + "t.";
}

Result<Raster8> readLabelImage(const fs::path& file)
{
    const auto image = imaging::readImage(file);
    GD_TRY(image);
    if (image->info.isPalette) { // the picture is in colours; its numbers are the labels
        return bad(file, "is a palette image; label images of nnU-Net are grey");
    }
    const auto* grey = std::get_if<Raster8>(&image->pixels);
    if (grey == nullptr || grey->channels() != 1) {
        return bad(file, "is no grey image of 8 bits; label images of nnU-Net are");
    }
    return *grey;
}

Status writeLabelImage(const fs::path& png, const Raster8& labels)
{
    return imaging::writePng(png, labels);
}

Status writeLabelImages(
    const fs::path& masks,
    const fs::path& out,
    const std::vector<std::string>& names,
    int binaryLabel,
    const NnunetPostprocessing& steps)
{
    GD_TRY(makeFolder(out));
    MaskScheme scheme;
    scheme.convention = MaskConvention::Indexed;
    for (int value = 0; value <= 255; ++value) {
        const int label = binaryLabel > 0 && value > 0 ? binaryLabel : value;
        scheme.classOfValue[value] = label;
        if (value < 255) {
            ClassInfo one;
            one.index = value;
            scheme.classes.push_back(one);
        }
    }
    MaskScheme palette = scheme;
    palette.convention = MaskConvention::Palette;
    for (const std::string& name : names) {
        const fs::path file = masks / (name + ".png");
        const auto info = imaging::readImageInfo(file);
        GD_TRY(info);
        const Result<Raster8> labels = MaskReader(info->isPalette ? palette : scheme).read(file);
        GD_TRY(labels);
        GD_TRY(writeLabelImage(out / (name + ".png"), postprocessed(*labels, steps)));
    }
    return {};
}

Status writeReferences(
    const fs::path& folder,
    const Dataset& dataset,
    const std::vector<std::size_t>& samples,
    int threshold,
    int ignoreLabel,
    int threads)
{
    MaskOptions options;
    options.threshold = threshold;
    options.threads = threads;
    const Result<MaskReader> reader = MaskReader::sniff(dataset, options);
    GD_TRY(reader);
    GD_TRY(makeFolder(folder));
    std::vector<std::string> problems(samples.size());
    forEachParallel(samples.size(), threads, {}, {}, [&](std::size_t i) {
        const Sample& sample = dataset.samples[samples[i]];
        Result<Raster8> mask = reader->read(sample);
        if (!mask) {
            problems[i] = mask.error().message;
            return;
        }
        for (std::uint8_t& pixel : mask->pixels()) {
            if (pixel == 255 && ignoreLabel >= 0) {
                pixel = static_cast<std::uint8_t>(ignoreLabel);
            }
        }
        if (const Status status = writeLabelImage(folder / (sample.stem + ".png"), *mask);
            !status) {
            problems[i] = status.error().message;
        }
    });
    std::string text;
    for (const std::string& problem : problems) {
        text += problem.empty() ? "" : "\n  " + problem;
    }
    return text.empty()
               ? Status()
               : Status(Error{ErrorCode::BadInput, "Some masks cannot be used:" + text, {}});
}

} // namespace guidino::datasets
