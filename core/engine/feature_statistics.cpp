// SPDX-License-Identifier: Apache-2.0
#include "core/engine/feature_statistics.h"

#include "core/engine/guarded.h"
#include "core/nn/data/preprocess.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace guidino::engine {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kImageFeatures = 12;
constexpr std::int64_t kTrainingImages = 512;
constexpr std::int64_t kValidationImages = 256;
constexpr std::int64_t kBatch = 8;
/// The farthest validation images are often faulty ones, and would let everything in.
constexpr double kInsideShare = 0.98;
/// Few images know little of their spread: no scale is smaller than this share of the mean scale.
constexpr double kScaleFloor = 0.1;

torch::Tensor spread(const torch::Tensor& images, std::int64_t most)
{
    if (!images.defined() || images.size(0) <= most) {
        return images;
    }
    const torch::Tensor positions =
        torch::linspace(0, static_cast<double>(images.size(0) - 1), most, torch::kFloat64)
            .round()
            .to(torch::kInt64);
    return images.index_select(0, positions);
}

torch::Tensor featuresOfAll(
    nn::Segmenter& model,
    const nn::SystemConfig& config,
    const std::string& device,
    const torch::Tensor& images,
    JobContext& context)
{
    std::vector<torch::Tensor> rows;
    const std::int64_t count = images.defined() ? images.size(0) : 0;
    for (std::int64_t first = 0; first < count; first += kBatch) {
        if (context.isCancelled()) {
            throw ErrorException{Error{ErrorCode::Cancelled, "Cancelled.", {}}};
        }
        context.progress({"statistics", first, count, -1, ""});
        const torch::Tensor batch =
            images.slice(0, first, std::min(first + kBatch, count)).to(torch::Device(device));
        const torch::Tensor normalised = nn::normalise(config.preprocessing, nn::unitImage(batch))
                                             .contiguous(torch::MemoryFormat::ChannelsLast);
        torch::Tensor tokens;
        if (config.guide.source != "none") {
            nn::ForwardOptions options;
            options.want_tokens = true;
            tokens = model.forward(normalised, options).tokens;
        }
        rows.push_back(featuresOf(normalised, tokens));
    }
    return rows.empty() ? torch::Tensor() : torch::cat(rows, 0);
}

std::vector<double> vectorOf(const torch::Tensor& row)
{
    const torch::Tensor flat = row.to(torch::kFloat64).contiguous();
    return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

/// Six digits are more than the figures hold, and keep config.json short.
double rounded(double value)
{
    if (value == 0 || !std::isfinite(value)) {
        return 0;
    }
    const double unit = std::pow(10.0, 5 - std::floor(std::log10(std::abs(value))));
    return std::round(value * unit) / unit;
}

} // namespace

double FeatureStatistics::distanceOf(const std::vector<double>& features) const
{
    if (features.size() != mean.size() || features.size() < kImageFeatures) {
        return -1;
    }
    const auto meanSquare = [&](std::size_t begin, std::size_t end) {
        double sum = 0;
        for (std::size_t i = begin; i < end; ++i) {
            const double z = (features[i] - mean[i]) / scale[i];
            sum += z * z;
        }
        return sum / static_cast<double>(end - begin);
    };
    const double image = meanSquare(0, kImageFeatures);
    if (features.size() == kImageFeatures) {
        return std::sqrt(image);
    }
    return std::sqrt((image + meanSquare(kImageFeatures, features.size())) / 2);
}

torch::Tensor featuresOf(const torch::Tensor& images, const torch::Tensor& tokens)
{
    const torch::Tensor x = images.to(torch::kFloat32);
    const torch::Tensor right = (x.slice(3, 1) - x.slice(3, 0, -1)).abs().mean({2, 3});
    const torch::Tensor below = (x.slice(2, 1) - x.slice(2, 0, -1)).abs().mean({2, 3});
    std::vector<torch::Tensor> parts = {
        x.mean({2, 3}), x.std(c10::IntArrayRef{2, 3}, /*unbiased=*/false), right, below};
    if (tokens.defined()) {
        parts.push_back(tokens.to(torch::kFloat32).mean({2, 3}));
    }
    return torch::cat(parts, 1).to(torch::kCPU, torch::kFloat64);
}

FeatureStatistics
statisticsOfFeatures(const torch::Tensor& training, const torch::Tensor& validation)
{
    FeatureStatistics statistics;
    const torch::Tensor mean = training.mean(0);
    torch::Tensor scale = training.std(c10::IntArrayRef{0}, /*unbiased=*/false);
    // Image and token features have scales of their own.
    const std::int64_t count = scale.size(0);
    const auto floored = [&](std::int64_t begin, std::int64_t end) {
        const torch::Tensor part = scale.slice(0, begin, end);
        const double least = std::max(kScaleFloor * part.mean().item<double>(), 1e-9);
        return part.clamp_min(least);
    };
    scale = count > kImageFeatures
                ? torch::cat({floored(0, kImageFeatures), floored(kImageFeatures, count)})
                : floored(0, count);
    statistics.mean = vectorOf(mean);
    statistics.scale = vectorOf(scale);
    std::transform(
        statistics.mean.begin(), statistics.mean.end(), statistics.mean.begin(), rounded);
    std::transform(
        statistics.scale.begin(), statistics.scale.end(), statistics.scale.begin(), rounded);
    statistics.images = static_cast<int>(training.size(0));
    const bool hasValidation = validation.defined() && validation.size(0) > 0;
    statistics.validationImages = hasValidation ? static_cast<int>(validation.size(0)) : 0;
    const torch::Tensor& measured = hasValidation ? validation : training;
    std::vector<double> distances;
    for (std::int64_t i = 0; i < measured.size(0); ++i) {
        distances.push_back(statistics.distanceOf(vectorOf(measured[i])));
    }
    std::sort(distances.begin(), distances.end());
    if (!distances.empty()) {
        const double last = kInsideShare * static_cast<double>(distances.size() - 1);
        statistics.limit = rounded(distances[static_cast<std::size_t>(std::ceil(last))]);
    }
    return statistics;
}

FeatureStatistics measureFeatures(
    nn::Segmenter& model,
    const nn::SystemConfig& config,
    const std::string& device,
    const torch::Tensor& training,
    const torch::Tensor& validation,
    JobContext& context)
{
    const torch::NoGradGuard noGrad;
    const torch::Tensor seen =
        featuresOfAll(model, config, device, spread(training, kTrainingImages), context);
    if (!seen.defined() || seen.size(0) < 2) {
        return {};
    }
    return statisticsOfFeatures(
        seen, featuresOfAll(model, config, device, spread(validation, kValidationImages), context));
}

std::string textOf(const FeatureStatistics& statistics)
{
    if (statistics.isEmpty()) {
        return "{}";
    }
    return Json{
        {"version", 1},
        {"images", statistics.images},
        {"validation_images", statistics.validationImages},
        {"limit", statistics.limit},
        {"mean", statistics.mean},
        {"scale", statistics.scale}}
        .dump();
}

FeatureStatistics featureStatisticsFrom(const std::string& text)
{
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) {
        return {};
    }
    FeatureStatistics statistics;
    try {
        if (json.value("version", 0) != 1) {
            return {};
        }
        statistics.images = json.value("images", 0);
        statistics.validationImages = json.value("validation_images", 0);
        statistics.limit = json.at("limit").get<double>();
        statistics.mean = json.at("mean").get<std::vector<double>>();
        statistics.scale = json.at("scale").get<std::vector<double>>();
    } catch (const nlohmann::json::exception&) {
        return {};
    }
    const bool isWhole =
        statistics.mean.size() >= kImageFeatures
        && statistics.mean.size() == statistics.scale.size()
        && std::all_of(statistics.scale.begin(), statistics.scale.end(), [](double scale) {
               return scale > 0;
           });
    return isWhole ? statistics : FeatureStatistics();
}

std::string modalityOfLayout(const std::string& layout)
{
    if (layout == "isic2017") {
        return "dermatoscopy";
    }
    if (layout == "kvasir") {
        return "endoscopy";
    }
    return layout == "tn3k" ? "ultrasound" : "";
}

} // namespace guidino::engine
