// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/nnunet_experiment.h"

#include "core/base/file.h"
#include "core/datasets/masks.h"
#include "core/datasets/nnunet_case.h"
#include "core/datasets/nnunet_folders.h"
#include "core/datasets/parallel.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace guidino::datasets {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

Error bad(const fs::path& file, const std::string& what)
{
    return Error{ErrorCode::BadInput, file.string() + ": " + what + ".", {{"file", file.string()}}};
}

double medianOf(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return n == 0 ? 0 : n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/// How often each value occurs; images have at most 16 bits.
using Histogram = std::map<int, double>;

struct CaseMeasure
{
    std::array<int, 2> shape{};
    double relativeSize = 1;
    std::vector<Histogram> foreground; ///< by channel, shares of the case's foreground
    std::optional<Error> error;
};

CaseMeasure measure(const Sample& sample, const MaskReader& masks, std::size_t wanted)
{
    CaseMeasure result;
    std::vector<fs::path> files = {sample.image};
    files.insert(files.end(), sample.moreChannels.begin(), sample.moreChannels.end());
    const Result<NnunetChannels> image = readNnunetChannels(files, wanted);
    if (!image) {
        result.error = image.error();
        return result;
    }
    const Result<Raster8> mask = masks.read(sample);
    if (!mask) {
        result.error = mask.error();
        return result;
    }
    const Size size = image->size;
    if (!(mask->size() == size)) {
        result.error = bad(sample.mask, "is of another size than its image");
        return result;
    }
    int top = size.height;
    int bottom = -1;
    int left = size.width;
    int right = -1;
    for (const std::vector<float>& channel : image->channels) {
        for (int y = 0; y < size.height; ++y) {
            for (int x = 0; x < size.width; ++x) {
                if (channel[static_cast<std::size_t>(y * size.width + x)] != 0) {
                    top = std::min(top, y);
                    bottom = std::max(bottom, y);
                    left = std::min(left, x);
                    right = std::max(right, x);
                }
            }
        }
    }
    // A black picture is not cropped.
    result.shape = bottom < 0 ? std::array<int, 2>{size.height, size.width}
                              : std::array<int, 2>{bottom - top + 1, right - left + 1};
    result.relativeSize =
        static_cast<double>(result.shape[0]) * result.shape[1] / static_cast<double>(size.area());
    double count = 0;
    for (const std::uint8_t label : mask->pixels()) {
        count += label > 0 && label < 255 ? 1 : 0;
    }
    result.foreground.resize(image->channels.size());
    for (std::size_t c = 0; c < image->channels.size() && count > 0; ++c) {
        const std::vector<float>& channel = image->channels[c];
        for (std::size_t i = 0; i < channel.size(); ++i) {
            const std::uint8_t label = mask->pixels()[i];
            if (label > 0 && label < 255) {
                result.foreground[c][static_cast<int>(channel[i])] += 1 / count;
            }
        }
    }
    return result;
}

NnunetIntensities summary(const Histogram& histogram)
{
    NnunetIntensities result;
    double total = 0;
    double sum = 0;
    for (const auto& [value, share] : histogram) {
        total += share;
        sum += share * value;
    }
    if (total <= 0) {
        return result;
    }
    result.mean = sum / total;
    double squares = 0;
    for (const auto& [value, share] : histogram) {
        squares += share * (value - result.mean) * (value - result.mean);
    }
    result.std = std::sqrt(squares / total);
    result.min = histogram.begin()->first;
    result.max = histogram.rbegin()->first;
    const auto percentile = [&](double wanted) {
        double seen = 0;
        for (const auto& [value, share] : histogram) {
            seen += share / total;
            if (seen >= wanted) {
                return static_cast<double>(value);
            }
        }
        return result.max;
    };
    result.median = percentile(0.5);
    result.percentile005 = percentile(0.005);
    result.percentile995 = percentile(0.995);
    return result;
}

/// What a dataset.json beside the images says, or what the images and masks are.
Result<NnunetDescription>
describe(const Dataset& dataset, const NnunetOptions& options, const MaskReader& masks)
{
    NnunetDescription result;
    for (const ClassInfo& one : masks.scheme().classes) {
        result.labels.labels.emplace_back(
            one.index == 0 ? "background" : one.name, std::vector<int>{one.index});
    }
    result.labels.channels = {"R", "G", "B"};
    const fs::path file = dataset.root / "dataset.json";
    std::error_code ignored;
    if (dataset.layout == "nnunet" && fs::exists(file, ignored)) {
        Result<NnunetLabels> labels = readNnunetLabels(file);
        GD_TRY(labels);
        result.labels = std::move(*labels);
        result.name = fs::weakly_canonical(dataset.root, ignored).filename().string();
    }
    if (!options.channels.empty()) {
        result.labels.channels = options.channels;
    }
    if (!options.name.empty()) {
        result.name = options.name;
    }
    return result;
}

Json intensitiesJson(const std::vector<NnunetIntensities>& intensities)
{
    Json json = Json::object();
    for (std::size_t c = 0; c < intensities.size(); ++c) {
        const NnunetIntensities& one = intensities[c];
        json[std::to_string(c)] = {
            {"max", one.max},
            {"mean", one.mean},
            {"median", one.median},
            {"min", one.min},
            {"percentile_00_5", one.percentile005},
            {"percentile_99_5", one.percentile995},
            {"std", one.std}};
    }
    return json;
}

struct PlannerNames
{
    const char* planner;
    const char* plans;
};

PlannerNames namesOf(NnunetPlanner planner)
{
    switch (planner) {
    case NnunetPlanner::ResEncM:
        return {"nnUNetPlannerResEncM", "nnUNetResEncUNetMPlans"};
    case NnunetPlanner::ResEncL:
        return {"nnUNetPlannerResEncL", "nnUNetResEncUNetLPlans"};
    case NnunetPlanner::ResEncXL:
        return {"nnUNetPlannerResEncXL", "nnUNetResEncUNetXLPlans"};
    default:
        return {"ExperimentPlanner", "nnUNetPlans"};
    }
}

Json architectureJson(const NnunetPlan& plan, bool isResidual)
{
    Json arguments;
    arguments["n_stages"] = plan.stages();
    arguments["features_per_stage"] = plan.features;
    arguments["conv_op"] = "torch.nn.modules.conv.Conv2d";
    arguments["kernel_sizes"] = plan.kernels;
    arguments["strides"] = plan.strides;
    arguments[isResidual ? "n_blocks_per_stage" : "n_conv_per_stage"] = plan.blocks;
    arguments["n_conv_per_stage_decoder"] = plan.decoderConvs;
    arguments["conv_bias"] = true;
    arguments["norm_op"] = "torch.nn.modules.instancenorm.InstanceNorm2d";
    arguments["norm_op_kwargs"] = {{"eps", 1e-5}, {"affine", true}};
    arguments["dropout_op"] = nullptr;
    arguments["dropout_op_kwargs"] = nullptr;
    arguments["nonlin"] = "torch.nn.LeakyReLU";
    arguments["nonlin_kwargs"] = {{"inplace", true}};
    Json json;
    json["network_class_name"] = std::string("dynamic_network_architectures.architectures.unet.")
                                 + (isResidual ? "ResidualEncoderUNet" : "PlainConvUNet");
    json["arch_kwargs"] = std::move(arguments);
    json["_kw_requires_import"] = {"conv_op", "norm_op", "dropout_op", "nonlin"};
    return json;
}

} // namespace

std::string plansNameOf(NnunetPlanner planner)
{
    return namesOf(planner).plans;
}

std::string NnunetExperiment::plansName() const
{
    return plansNameOf(planner);
}

std::array<double, 2> NnunetFingerprint::medianShape() const
{
    std::array<double, 2> median{};
    for (const std::size_t axis : {0U, 1U}) {
        std::vector<double> sides;
        for (const std::array<int, 2>& shape : shapes) {
            sides.push_back(shape[axis]);
        }
        median[axis] = medianOf(std::move(sides));
    }
    return median;
}

std::string nnunetScheme(const std::string& channel)
{
    std::string name = channel;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
        return static_cast<char>(std::tolower(letter));
    });
    return name == "ct"               ? "CTNormalization"
           : name == "nonorm"         ? "NoNormalization"
           : name == "rescale_to_0_1" ? "RescaleTo01Normalization"
           : name == "rgb_to_0_1"     ? "RGBTo01Normalization"
                                      : "ZScoreNormalization";
}

Result<NnunetExperiment> planNnunet(
    const Dataset& dataset,
    const NnunetOptions& options,
    const CancelToken& cancel,
    const Progress& progress)
{
    std::vector<const Sample*> samples;
    for (const std::size_t i : dataset.pairs()) {
        if (dataset.samples[i].split != "test") { // nnU-Net plans on imagesTr
            samples.push_back(&dataset.samples[i]);
        }
    }
    if (samples.empty()) {
        return bad(dataset.root, "has no image with a mask to plan on");
    }
    std::sort(samples.begin(), samples.end(), [](const Sample* a, const Sample* b) {
        return a->stem < b->stem; // as Python sorts texts
    });
    MaskOptions maskOptions;
    maskOptions.threshold = options.threshold;
    maskOptions.threads = options.threads;
    const Result<MaskReader> masks = MaskReader::sniff(dataset, maskOptions, cancel);
    GD_TRY(masks);
    Result<NnunetDescription> description = describe(dataset, options, *masks);
    GD_TRY(description);
    std::vector<CaseMeasure> measures(samples.size());
    if (!forEachParallel(samples.size(), options.threads, cancel, progress, [&](std::size_t i) {
            measures[i] = measure(*samples[i], *masks, description->labels.channels.size());
        })) {
        return Error{ErrorCode::Cancelled, "Planning was cancelled.", {}};
    }
    NnunetExperiment result;
    result.planner = options.planner;
    result.description = std::move(*description);
    std::vector<Histogram> foreground(result.description.labels.channels.size());
    std::vector<double> relative;
    for (std::size_t i = 0; i < measures.size(); ++i) {
        if (measures[i].error) {
            return *measures[i].error;
        }
        result.fingerprint.cases.push_back(samples[i]->stem);
        result.fingerprint.shapes.push_back(measures[i].shape);
        relative.push_back(measures[i].relativeSize);
        for (std::size_t c = 0; c < foreground.size(); ++c) {
            for (const auto& [value, share] : measures[i].foreground[c]) {
                foreground[c][value] += share;
            }
        }
    }
    for (const Histogram& histogram : foreground) {
        result.fingerprint.intensities.push_back(summary(histogram));
    }
    result.fingerprint.relativeSize = medianOf(relative);
    for (const std::string& channel : result.description.labels.channels) {
        result.schemes.push_back(nnunetScheme(channel));
        // Black frames (ultrasound, dermoscopy) stay out of the z-score where they are large.
        result.useMask.push_back(
            result.schemes.back() == "ZScoreNormalization"
            && result.fingerprint.relativeSize < 0.75);
    }
    NnunetPlanInput input;
    input.median = result.fingerprint.medianShape();
    input.images = static_cast<std::int64_t>(samples.size());
    input.channels = static_cast<std::int64_t>(result.description.labels.channels.size());
    input.labels = static_cast<std::int64_t>(result.description.labels.labels.size());
    input.planner = options.planner;
    input.memoryGb = options.memoryGb;
    result.plan = planNnunet2d(input);
    return result;
}

std::string NnunetExperiment::plansJson() const
{
    const PlannerNames names = namesOf(planner);
    const std::array<double, 2> median = fingerprint.medianShape();
    Json json;
    json["dataset_name"] = description.name;
    json["plans_name"] = names.plans;
    json["original_median_spacing_after_transp"] = {999.0, 1.0, 1.0};
    json["original_median_shape_after_transp"] = {
        1, static_cast<int>(median[0]), static_cast<int>(median[1])};
    json["image_reader_writer"] = "NaturalImage2DIO";
    json["transpose_forward"] = {0, 1, 2};
    json["transpose_backward"] = {0, 1, 2};
    Json two;
    two["data_identifier"] = "nnUNetPlans_2d"; // the planners share preprocessed data
    two["preprocessor_name"] = "DefaultPreprocessor";
    two["batch_size"] = plan.batch;
    two["patch_size"] = plan.patch;
    two["median_image_size_in_voxels"] = median;
    two["spacing"] = {1.0, 1.0};
    two["normalization_schemes"] = schemes;
    two["use_mask_for_norm"] = useMask;
    const auto resampling = [](bool isSeg, int order) {
        return Json{
            {"is_seg", isSeg}, {"order", order}, {"order_z", 0}, {"force_separate_z", nullptr}};
    };
    for (const char* kind : {"data", "seg", "probabilities"}) {
        two[std::string("resampling_fn_") + kind] = "resample_data_or_seg_to_shape";
    }
    two["resampling_fn_data_kwargs"] = resampling(false, 3);
    two["resampling_fn_seg_kwargs"] = resampling(true, 1);
    two["resampling_fn_probabilities_kwargs"] = resampling(false, 1);
    two["architecture"] = architectureJson(plan, planner != NnunetPlanner::Plain);
    two["batch_dice"] = true;
    json["configurations"]["2d"] = std::move(two);
    json["experiment_planner_used"] = names.planner;
    json["label_manager"] = "LabelManager";
    json["foreground_intensity_properties_per_channel"] = intensitiesJson(fingerprint.intensities);
    return json.dump(4) + "\n";
}

std::string NnunetExperiment::datasetJson() const
{
    Json json;
    json["channel_names"] = Json::object();
    const NnunetLabels& labels = description.labels;
    for (std::size_t i = 0; i < labels.channels.size(); ++i) {
        json["channel_names"][std::to_string(i)] = labels.channels[i];
    }
    json["labels"] = Json::object();
    for (const auto& [name, values] : labels.labels) {
        json["labels"][name] = values.size() == 1 ? Json(values[0]) : Json(values);
    }
    if (!labels.regionsClassOrder.empty()) {
        json["regions_class_order"] = labels.regionsClassOrder;
    }
    json["numTraining"] = fingerprint.cases.size();
    json["file_ending"] = labels.fileEnding;
    return json.dump(4) + "\n";
}

std::string NnunetExperiment::fingerprintJson() const
{
    Json json;
    json["foreground_intensity_properties_per_channel"] = intensitiesJson(fingerprint.intensities);
    json["median_relative_size_after_cropping"] = fingerprint.relativeSize;
    json["shapes_after_crop"] = Json::array();
    json["spacings"] = Json::array();
    for (const std::array<int, 2>& shape : fingerprint.shapes) {
        json["shapes_after_crop"].push_back({1, shape[0], shape[1]});
        json["spacings"].push_back({999.0, 1.0, 1.0});
    }
    return json.dump(4) + "\n";
}

std::string NnunetExperiment::splitsJson() const
{
    return nnunetSplitsJson(fingerprint.cases).value_or("[]\n");
}

} // namespace guidino::datasets
