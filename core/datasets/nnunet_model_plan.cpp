// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/nnunet_model_plan.h"

#include "core/base/file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace guidino::datasets {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::uint64_t kLargestFile = std::uint64_t{64} << 20;

Error bad(const std::string& source, const std::string& what)
{
    return Error{ErrorCode::BadInput, source + ": " + what + ".", {{"file", source}}};
}

Result<Json> readObject(const fs::path& file)
{
    const Result<std::string> text = readFile(file, kLargestFile);
    GD_TRY(text);
    Json json = Json::parse(*text, nullptr, false);
    if (json.is_discarded()) {
        return bad(file.string(), "is no JSON");
    }
    return json;
}

/// [[1, 1], [2, 2] ...] of the last two axes.
std::vector<AxisPair> pairsOf(const Json& list)
{
    std::vector<AxisPair> pairs;
    for (const Json& item : list) {
        pairs.push_back(
            item.is_array()
                ? AxisPair{item.at(0).get<std::int64_t>(), item.at(1).get<std::int64_t>()}
                : AxisPair{item.get<std::int64_t>(), item.get<std::int64_t>()});
    }
    return pairs;
}

/// One number for all, or a list of `count`.
std::vector<std::int64_t> numbersOf(const Json& value, std::size_t count)
{
    return value.is_array() ? value.get<std::vector<std::int64_t>>()
                            : std::vector<std::int64_t>(count, value.get<std::int64_t>());
}

/// A configuration with what it inherits; empty object where a name is not there.
Json inherited(const Json& configurations, const std::string& name, int depth = 0)
{
    if (!configurations.contains(name) || depth > 16) {
        return Json::object();
    }
    Json own = configurations.at(name);
    if (!own.contains("inherits_from")) {
        return own;
    }
    Json base = inherited(configurations, own.at("inherits_from").get<std::string>(), depth + 1);
    for (const auto& [key, value] : own.items()) {
        base[key] = value;
    }
    return base;
}

NnunetModelPlan planOf(const Json& json, const Json& two)
{
    NnunetModelPlan plan;
    plan.datasetName = json.at("dataset_name").get<std::string>();
    plan.plansName = json.at("plans_name").get<std::string>();
    plan.patch = {
        two.at("patch_size").at(0).get<std::int64_t>(),
        two.at("patch_size").at(1).get<std::int64_t>()};
    plan.batch = two.at("batch_size").get<std::int64_t>();
    plan.batchDice = two.value("batch_dice", true);
    const Json& network = two.at("architecture");
    const auto name = network.at("network_class_name").get<std::string>();
    plan.isResidual = name.ends_with(".ResidualEncoderUNet");
    const Json& arguments = network.at("arch_kwargs");
    const auto stages = arguments.at("n_stages").get<std::size_t>();
    plan.features = numbersOf(arguments.at("features_per_stage"), stages);
    plan.strides = pairsOf(arguments.at("strides"));
    plan.kernels = pairsOf(arguments.at("kernel_sizes"));
    plan.blocks = numbersOf(
        arguments.at(plan.isResidual ? "n_blocks_per_stage" : "n_conv_per_stage"), stages);
    plan.decoderConvs = numbersOf(arguments.at("n_conv_per_stage_decoder"), stages - 1);
    plan.convBias = arguments.value("conv_bias", true);
    plan.dataIdentifier = two.value("data_identifier", plan.plansName);
    if (const auto spacing = two.find("spacing"); spacing != two.end() && spacing->size() == 2) {
        plan.spacing = {spacing->at(0).get<double>(), spacing->at(1).get<double>()};
    }
    for (const auto& [key, ignored] : json.at("configurations").items()) {
        plan.configurations.push_back(key);
    }
    plan.schemes = two.at("normalization_schemes").get<std::vector<std::string>>();
    plan.useMask = two.at("use_mask_for_norm").get<std::vector<bool>>();
    const Json& channels = json.at("foreground_intensity_properties_per_channel");
    for (std::size_t c = 0; c < plan.schemes.size(); ++c) {
        const Json one = channels.value(std::to_string(c), Json::object());
        plan.intensities.push_back(
            {one.value("mean", 0.0),
             one.value("std", 1.0),
             one.value("percentile_00_5", 0.0),
             one.value("percentile_99_5", 0.0)});
    }
    return plan;
}

constexpr std::int64_t kSmallestSide = 32; ///< of images that networks take here

bool isKnownScheme(const std::string& scheme)
{
    constexpr std::array kSchemes = {
        "ZScoreNormalization",
        "RGBTo01Normalization",
        "RescaleTo01Normalization",
        "NoNormalization",
        "CTNormalization"};
    return std::find(kSchemes.begin(), kSchemes.end(), scheme) != kSchemes.end();
}

/// The shortest text that reads as the same number.
std::string textOf(double value)
{
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end.ptr};
}

template<typename Numbers>
std::string joined(const Numbers& numbers)
{
    std::string text;
    for (const auto& number : numbers) {
        text += (text.empty() ? "" : " ") + textOf(static_cast<double>(number));
    }
    return text;
}

/// What the plan says of images, as options of the network.
void addImagePlan(
    Json& network, const NnunetModelPlan& plan, const NnunetLabels& labels, const AxisPair& patch)
{
    network["patch"] = patch;
    std::string schemes;
    std::string intensities;
    Json useMask = Json::array();
    for (std::size_t c = 0; c < plan.schemes.size(); ++c) {
        schemes += (c == 0 ? "" : " ") + plan.schemes[c];
        intensities += (c == 0 ? "" : ", ") + joined(plan.intensities[c]);
        useMask.push_back(c < plan.useMask.size() && plan.useMask[c] ? 1 : 0);
    }
    network["normalization_schemes"] = schemes;
    network["use_mask_for_norm"] = std::move(useMask);
    network["intensities"] = intensities;
    network["spacing"] = joined(plan.spacing);
    if (labels.hasRegions()) {
        std::string regions;
        for (const std::vector<int>& region : labels.foreground()) {
            regions += (regions.empty() ? "" : "; ") + joined(region);
        }
        network["regions"] = regions;
        network["region_labels"] = labels.regionsClassOrder;
    }
}

Json pairsJson(const std::vector<AxisPair>& pairs)
{
    Json json = Json::array();
    for (const AxisPair& pair : pairs) {
        json.push_back({pair[0], pair[1]});
    }
    return json;
}

} // namespace

bool NnunetLabels::hasRegions() const
{
    return std::any_of(
        labels.begin(), labels.end(), [](const auto& label) { return label.second.size() > 1; });
}

std::vector<std::vector<int>> NnunetLabels::foreground() const
{
    std::vector<std::vector<int>> result;
    for (const auto& [name, values] : labels) {
        const bool isBackground = values.size() == 1 && values[0] == 0;
        if (!isBackground && name != "ignore") {
            result.push_back(values);
        }
    }
    return result;
}

Result<NnunetLabels> parseNnunetLabels(const std::string& text, const std::string& source)
{
    const Json json = Json::parse(text, nullptr, false);
    const char* key =
        json.is_object() && json.contains("channel_names") ? "channel_names" : "modality";
    if (!json.is_object() || !json.contains(key) || !json[key].is_object()
        || !json.contains("labels") || !json["labels"].is_object()) {
        return bad(source, "needs the objects \"channel_names\" and \"labels\" of nnU-Net");
    }
    NnunetLabels result;
    for (std::size_t i = 0; i < json[key].size(); ++i) {
        const auto found = json[key].find(std::to_string(i));
        if (found == json[key].end() || !found->is_string()) {
            return bad(
                source,
                std::string(key) + " must count from \"0\"; there is no text for \""
                    + std::to_string(i) + "\"");
        }
        result.channels.push_back(found->get<std::string>());
    }
    for (const auto& [name, value] : json["labels"].items()) {
        std::vector<int> values;
        const Json list = value.is_array() ? value : Json::array({value});
        for (const Json& one : list) {
            if (!one.is_number_integer() || one.get<int>() < 0 || one.get<int>() > 254) {
                return bad(
                    source,
                    "labels." + name + " must be a whole number from 0 to 254 or a list of them");
            }
            values.push_back(one.get<int>());
        }
        if (values.empty()) {
            return bad(source, "labels." + name + " is an empty list");
        }
        if (name == "ignore") {
            result.ignoreLabel = values[0];
        }
        result.labels.emplace_back(name, std::move(values));
    }
    if (result.foreground().empty()) {
        return bad(source, "labels names nothing but the background");
    }
    result.fileEnding = json.value("file_ending", result.fileEnding);
    if (json.contains("regions_class_order") && json["regions_class_order"].is_array()) {
        for (const Json& one : json["regions_class_order"]) {
            if (!one.is_number_integer()) {
                return bad(source, "regions_class_order must be whole numbers");
            }
            result.regionsClassOrder.push_back(one.get<int>());
        }
    }
    if (result.hasRegions() && result.regionsClassOrder.size() != result.foreground().size()) {
        return bad(
            source,
            "with regions (lists of labels) regions_class_order must hold "
                + std::to_string(result.foreground().size()) + " labels, one for each");
    }
    return result;
}

Result<NnunetLabels> readNnunetLabels(const fs::path& datasetJson)
{
    const Result<std::string> text = readFile(datasetJson, kLargestFile);
    GD_TRY(text);
    return parseNnunetLabels(*text, datasetJson.string());
}

Result<NnunetModelPlan> readNnunetPlan(const fs::path& plansJson, const std::string& configuration)
{
    const Result<Json> json = readObject(plansJson);
    GD_TRY(json);
    const std::string source = plansJson.string();
    try {
        const Json& all = json->at("configurations");
        const Json two = inherited(all, configuration);
        if (two.empty()) {
            std::string names;
            for (const auto& [name, ignored] : all.items()) {
                names += (names.empty() ? "" : ", ") + name;
            }
            return bad(
                source, "has no configuration '" + configuration + "' (it has: " + names + ")");
        }
        if (two.at("patch_size").size() != 2) {
            return bad(
                source,
                "the configuration '" + configuration
                    + "' is of volumes; only 2D ones are trained");
        }
        const auto network = two.at("architecture").at("network_class_name").get<std::string>();
        if (!network.ends_with(".PlainConvUNet") && !network.ends_with(".ResidualEncoderUNet")) {
            return bad(
                source,
                "the network " + network
                    + " is not known; there are PlainConvUNet and ResidualEncoderUNet");
        }
        NnunetModelPlan plan = planOf(*json, two);
        plan.configuration = configuration;
        if (plan.schemes.empty()) {
            return bad(source, "names no normalisation");
        }
        return plan;
    } catch (const nlohmann::json::exception& exception) {
        return bad(source, std::string("is no plans file of nnU-Net 2: ") + exception.what());
    }
}

Result<std::string> configOfNnunetPlan(
    const NnunetModelPlan& plan, const NnunetLabels& labels, const NnunetSchedule& schedule)
{
    if (plan.schemes.size() != labels.channels.size()) {
        return bad(
            plan.plansName,
            "the plans are of " + std::to_string(plan.schemes.size())
                + " channels, dataset.json names " + std::to_string(labels.channels.size()));
    }
    for (const std::string& scheme : plan.schemes) {
        if (!isKnownScheme(scheme)) {
            return bad(plan.plansName, "the normalisation " + scheme + " is not known");
        }
    }
    const AxisPair patch = {
        std::max(plan.patch[0], kSmallestSide), std::max(plan.patch[1], kSmallestSide)};
    const bool hasRegions = labels.hasRegions();
    const std::vector<std::vector<int>> foreground = labels.foreground();
    Json json;
    json["description"] = "nnU-Net's " + plan.plansName + ", configuration " + plan.configuration
                          + ", of " + plan.datasetName + ".";
    json["system"] = plan.isResidual ? "nnunet-resenc" : "nnunet";
    json["profile"] = "parity";
    Json network = {
        {"in_channels", plan.schemes.size()},
        {"num_classes", foreground.size() + (hasRegions ? 0 : 1)},
        {"deep_supervision", true},
        {"architecture", plan.isResidual ? "residual" : "plain"},
        {"n_stages", plan.features.size()},
        {"features_per_stage", plan.features},
        {"strides", pairsJson(plan.strides)},
        {"kernel_sizes", pairsJson(plan.kernels)},
        {"n_conv_per_stage_decoder", plan.decoderConvs},
        {"conv_bias", plan.convBias}};
    network[plan.isResidual ? "n_blocks_per_stage" : "n_conv_per_stage"] = plan.blocks;
    addImagePlan(network, plan, labels, patch);
    json["network"] = std::move(network);
    json["guide"] = {{"source", "none"}, {"gates", {"bottleneck"}}};
    json["loss"] = {
        {"segmentation", hasRegions ? "dice_bce" : "dice_ce"},
        {"batch_dice", plan.batchDice},
        {"dice_background", hasRegions},
        {"dice_smooth", 1e-5},
        {"deep_supervision", "nnunet"}};
    json["preprocessing"] = {{"normalisation", "nnunet"}};
    const double longer = static_cast<double>(std::max(patch[0], patch[1]));
    const double shorter = static_cast<double>(std::min(patch[0], patch[1]));
    json["data"] = {
        {"image_size", std::clamp<std::int64_t>(std::max(patch[0], patch[1]), 32, 8192)},
        {"augmentation",
         {{"preset", "nnunet"}, {"rotation_degrees", longer / shorter > 1.5 ? 15 : 180}}}};
    json["training"] = {
        {"epochs", schedule.epochs},
        {"iterations_per_epoch", schedule.iterations},
        {"batch_size", plan.batch},
        {"optimizer", "sgd"},
        {"learning_rate", 0.01},
        {"momentum", 0.99},
        {"nesterov", true},
        {"weight_decay", 3e-5},
        {"schedule", "poly"},
        {"poly_power", 0.9},
        {"clip_norm", 12},
        {"precision", "fp32"},
        {"validate_every", 1},
        {"select_by", "ema_dsc"}};
    json["inference"] = {
        {"mode", "sliding"}, {"overlap", 0.5}, {"mirror", true}, {"threshold", 0.5}};
    return json.dump(2) + "\n";
}

Result<std::vector<NnunetFold>> readNnunetSplits(const fs::path& splitsJson)
{
    const Result<Json> json = readObject(splitsJson);
    GD_TRY(json);
    std::vector<NnunetFold> folds;
    try {
        for (const Json& one : *json) {
            NnunetFold fold;
            one.at("train").get_to(fold.train);
            one.at("val").get_to(fold.val);
            folds.push_back(std::move(fold));
        }
    } catch (const nlohmann::json::exception& exception) {
        return bad(
            splitsJson.string(),
            std::string("must be a list of {\"train\": [...], \"val\": [...]}: ")
                + exception.what());
    }
    if (folds.empty()) {
        return bad(splitsJson.string(), "holds no fold");
    }
    return folds;
}

} // namespace guidino::datasets
