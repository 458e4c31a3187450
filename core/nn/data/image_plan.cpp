// SPDX-License-Identifier: Apache-2.0
#include "core/nn/data/image_plan.h"

#include "core/nn/data/spline_resize.h"

#include <torch/torch.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace guidino::nn {

namespace {

constexpr const char* kSeparators = " ,";

/// Words between separators; empty ones are left out.
std::vector<std::string> wordsOf(const std::string& text, const std::string& separators)
{
    std::vector<std::string> words;
    for (std::size_t at = text.find_first_not_of(separators); at != std::string::npos;) {
        const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(separators, end);
    }
    return words;
}

template<typename Number>
std::vector<Number> numbersOf(const std::string& text, const char* key)
{
    std::vector<Number> numbers;
    for (const std::string& word : wordsOf(text, kSeparators)) {
        Number value{};
        const auto end = std::from_chars(word.data(), word.data() + word.size(), value);
        TORCH_CHECK(
            end.ec == std::errc() && end.ptr == word.data() + word.size(),
            "network.",
            key,
            ": '",
            word,
            "' is no number");
        numbers.push_back(value);
    }
    return numbers;
}

template<typename T>
T optionOr(const NetworkConfig& config, const char* key, T fallback)
{
    const auto found = config.options.find(key);
    return found == config.options.end() ? fallback : std::get<T>(found->second);
}

torch::Tensor normalisedChannel(
    const ImagePlan& plan, std::size_t channel, const torch::Tensor& x, const torch::Tensor& inside)
{
    constexpr double kSmallest = 1e-8; // nnU-Net's divisor
    const std::string& scheme = plan.schemes[channel];
    if (scheme == "NoNormalization") {
        return x;
    }
    if (scheme == "RGBTo01Normalization") {
        return x / 255.0;
    }
    if (scheme == "RescaleTo01Normalization") {
        const torch::Tensor low = x.min();
        return (x - low) / (x.max() - low).clamp_min(kSmallest);
    }
    if (scheme == "CTNormalization") {
        const auto& [mean, deviation, low, high] = plan.intensities[channel];
        return (x.clamp(low, high) - mean) / std::max(deviation, kSmallest);
    }
    TORCH_CHECK(scheme == "ZScoreNormalization", "the normalisation '", scheme, "' is not known");
    const bool isMasked = plan.useMask[channel];
    const torch::Tensor counted = isMasked ? x.masked_select(inside) : x.flatten();
    if (counted.numel() == 0) {
        return x;
    }
    const torch::Tensor exact = counted.to(torch::kFloat64);
    const double mean = exact.mean().item<double>();
    const double deviation = std::sqrt((exact - mean).square().mean().item<double>());
    const torch::Tensor scaled = (x - mean) / std::max(deviation, kSmallest);
    return isMasked ? torch::where(inside, scaled, x) : scaled;
}

std::int64_t rescaled(std::int64_t side, double spacing)
{
    return std::max<std::int64_t>(
        1, static_cast<std::int64_t>(std::nearbyint(static_cast<double>(side) / spacing)));
}

/// The smallest rectangle around what is true; all of it where nothing is.
Rect boundsOf(const torch::Tensor& mask)
{
    const auto range = [&mask](std::int64_t along) {
        const torch::Tensor found = torch::nonzero(mask.any(along)).flatten();
        const std::int64_t side = mask.size(1 - along);
        return found.numel() == 0
                   ? std::pair(std::int64_t{0}, side)
                   : std::pair(found[0].item<std::int64_t>(), found[-1].item<std::int64_t>() + 1);
    };
    const auto [top, bottom] = range(1);
    const auto [left, right] = range(0);
    return {
        static_cast<int>(left),
        static_cast<int>(top),
        static_cast<int>(right - left),
        static_cast<int>(bottom - top)};
}

torch::Tensor cropped(const torch::Tensor& x, const Rect& rect)
{
    return x.narrow(-2, rect.y, rect.height).narrow(-1, rect.x, rect.width);
}

} // namespace

std::optional<ImagePlan> imagePlan(const NetworkConfig& config)
{
    const OptionNumbers patch = optionOr(config, "patch", OptionNumbers{});
    if (patch.empty()) {
        return std::nullopt;
    }
    TORCH_CHECK(patch.size() == 2, "network.patch is [vertical, horizontal]");
    ImagePlan plan;
    plan.patch = {patch[0], patch[1]};
    const auto text = [&config](const char* key) { return optionOr(config, key, std::string()); };
    plan.schemes = wordsOf(text("normalization_schemes"), kSeparators);
    const auto channels = static_cast<std::size_t>(config.in_channels);
    TORCH_CHECK(
        plan.schemes.size() == channels,
        "network.normalization_schemes names ",
        plan.schemes.size(),
        " schemes, network.in_channels is ",
        channels);
    for (const std::int64_t one : optionOr(config, "use_mask_for_norm", OptionNumbers{})) {
        plan.useMask.push_back(one != 0);
    }
    plan.useMask.resize(channels, false);
    const auto spacing = numbersOf<double>(text("spacing"), "spacing");
    if (!spacing.empty()) {
        TORCH_CHECK(
            spacing.size() == 2 && spacing[0] > 0 && spacing[1] > 0,
            "network.spacing is two numbers above 0");
        plan.spacing = {spacing[0], spacing[1]};
    }
    const auto intensities = numbersOf<double>(text("intensities"), "intensities");
    TORCH_CHECK(
        intensities.empty() || intensities.size() == 4 * channels,
        "network.intensities holds four numbers for each channel");
    for (std::size_t c = 0; c < channels; ++c) {
        const bool isGiven = !intensities.empty();
        TORCH_CHECK(
            isGiven || plan.schemes[c] != "CTNormalization",
            "CTNormalization needs network.intensities");
        plan.intensities.push_back(
            isGiven ? std::array<
                double,
                4>{intensities[4 * c], intensities[4 * c + 1], intensities[4 * c + 2], intensities[4 * c + 3]}
                    : std::array<double, 4>{});
    }
    for (const std::string& region : wordsOf(text("regions"), ";")) {
        plan.regions.push_back(numbersOf<int>(region, "regions"));
    }
    for (const std::int64_t label : optionOr(config, "region_labels", OptionNumbers{})) {
        plan.regionLabels.push_back(static_cast<int>(label));
    }
    TORCH_CHECK(
        plan.regions.size() == plan.regionLabels.size()
            && (plan.regions.empty()
                || plan.regions.size() == static_cast<std::size_t>(config.num_classes)),
        "network.regions, network.region_labels and network.num_classes must be as many");
    return plan;
}

PlannedImage plannedImage(const ImagePlan& plan, const torch::Tensor& values)
{
    TORCH_CHECK(
        values.dim() == 3 && values.size(0) == static_cast<std::int64_t>(plan.schemes.size()),
        "the plan is of images with ",
        plan.schemes.size(),
        " channels, this one has the shape ",
        values.sizes());
    PlannedImage result;
    result.native = {static_cast<int>(values.size(2)), static_cast<int>(values.size(1))};
    // nnU-Net fills holes of the mask in three dimensions; a single slice has none that are closed.
    const torch::Tensor inside = (values != 0).any(0);
    result.crop = boundsOf(inside);
    result.inside = cropped(inside, result.crop).contiguous();
    const torch::Tensor part = cropped(values, result.crop).to(torch::kFloat32);
    std::vector<torch::Tensor> channels;
    for (std::size_t c = 0; c < plan.schemes.size(); ++c) {
        channels.push_back(
            normalisedChannel(plan, c, part[static_cast<std::int64_t>(c)], result.inside));
    }
    result.image = splineResized(
                       torch::stack(channels).to(torch::kFloat32),
                       rescaled(result.crop.height, plan.spacing[0]),
                       rescaled(result.crop.width, plan.spacing[1]))
                       .contiguous();
    return result;
}

torch::Tensor plannedLabels(const PlannedImage& image, const torch::Tensor& labels)
{
    TORCH_CHECK(
        labels.dim() == 2 && labels.size(0) == image.native.height
            && labels.size(1) == image.native.width,
        "the labels are of another size than the image: ",
        labels.sizes());
    const torch::Tensor part = cropped(labels, image.crop).to(torch::kInt16);
    torch::Tensor codes = part + kLabelCode;
    codes.masked_fill_((part == 0).logical_and(image.inside.logical_not()), kOutsideCode);
    codes.masked_fill_(part == 255, 255);
    return labelsResized(
               codes.to(torch::kUInt8).contiguous(), image.image.size(1), image.image.size(2))
        .contiguous();
}

torch::Tensor labelsOfCodes(const torch::Tensor& codes)
{
    const torch::Tensor numbers = codes.to(torch::kInt16);
    return torch::where(numbers == 255, numbers, (numbers - kLabelCode).clamp_min(0))
        .to(torch::kUInt8);
}

torch::Tensor
nativeProbabilities(const ImagePlan& plan, const PlannedImage& image, const torch::Tensor& logits)
{
    torch::Tensor part = logits.to(torch::kFloat32).unsqueeze(0);
    if (part.size(2) != image.crop.height || part.size(3) != image.crop.width) {
        part = at::upsample_bilinear2d(
            part.contiguous(), {image.crop.height, image.crop.width}, false);
    }
    const bool isSigmoid = !plan.regions.empty() || logits.size(0) == 1;
    part = (isSigmoid ? part.sigmoid() : part.softmax(1)).squeeze(0);
    if (image.crop == Rect{0, 0, image.native.width, image.native.height}) {
        return part;
    }
    torch::Tensor whole =
        torch::zeros({part.size(0), image.native.height, image.native.width}, part.options());
    if (!isSigmoid) {
        whole[0].fill_(1);
    }
    cropped(whole, image.crop).copy_(part);
    return whole;
}

torch::Tensor plannedLabelsOf(const ImagePlan& plan, const torch::Tensor& probabilities)
{
    if (!plan.regions.empty()) {
        torch::Tensor labels = torch::zeros(
            {probabilities.size(1), probabilities.size(2)},
            probabilities.options().dtype(torch::kUInt8));
        for (std::size_t k = 0; k < plan.regionLabels.size(); ++k) {
            labels.masked_fill_(
                probabilities[static_cast<std::int64_t>(k)] > 0.5, plan.regionLabels[k]);
        }
        return labels;
    }
    return probabilities.size(0) == 1 ? (probabilities[0] > 0.5).to(torch::kUInt8)
                                      : probabilities.argmax(0).to(torch::kUInt8);
}

} // namespace guidino::nn
