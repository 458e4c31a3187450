// SPDX-License-Identifier: Apache-2.0
#include "core/nn/losses/segmentation_loss.h"

#include "core/nn/extension/names.h"
#include "core/nn/guide/full_precision.h"
#include "core/nn/losses/loss_terms.h"

#include <torch/torch.h>

#include <cmath>
#include <utility>

namespace guidino::nn {

namespace {

// What all heads and the guide share, at the mask's resolution.
struct Mask
{
    torch::Tensor label;  // [B, 1, H, W] int64, ignored pixels 0
    torch::Tensor weight; // [B, 1, H, W], ignored pixels 0
};

struct HeadParts
{
    torch::Tensor dice;
    torch::Tensor ce;
};

/// `largestLabel`: the largest label that may stand there.
Mask maskOf(const LossInput& input, int largestLabel, const torch::Tensor& logits) // or guide
{
    const torch::Tensor& target = input.target;
    TORCH_CHECK(
        target.dim() == 3 && target.size(0) == logits.size(0),
        "a loss target is [B, H, W] for the logits' batch, not ",
        target.sizes());
    const torch::Tensor label = target.unsqueeze(1).to(logits.device(), torch::kInt64);
    const torch::Tensor isValid = label != kIgnoreLabel;
    Mask mask;
    mask.label = label.masked_fill(isValid.logical_not(), 0);
    mask.weight = isValid.to(logits.scalar_type());
    if (input.weights.defined()) {
        TORCH_CHECK(
            input.weights.sizes() == target.sizes(),
            "loss weights must be as large as the target, not ",
            input.weights.sizes());
        mask.weight =
            mask.weight * input.weights.unsqueeze(1).to(logits.device(), logits.scalar_type());
    }
    // Elsewhere the range is the data set's business: looking would wait for the device.
    if (logits.is_cpu()) {
        const std::int64_t largest = mask.label.max().item<std::int64_t>();
        TORCH_CHECK(
            largest <= largestLabel,
            "the target has class ",
            largest,
            ", the network has ",
            largestLabel + 1,
            " with background");
    }
    return mask;
}

// [B, K, H, W]; K = 1: the foreground.
torch::Tensor oneHot(const torch::Tensor& label, std::int64_t classes, torch::ScalarType type)
{
    if (classes == 1) {
        return label.to(type);
    }
    torch::Tensor hot = torch::zeros(
        {label.size(0), classes, label.size(2), label.size(3)},
        torch::TensorOptions().device(label.device()).dtype(type));
    return hot.scatter_(1, label, 1.0);
}

Mask resized(const Mask& mask, const torch::Tensor& logits, bool isLegacy)
{
    const c10::IntArrayRef size = logits.sizes().slice(2);
    if (mask.label.sizes().slice(2) == size) {
        return mask;
    }
    const auto nearest = [&](const torch::Tensor& map) {
        return isLegacy ? torch::upsample_nearest2d(map, size)
                        : torch::_upsample_nearest_exact2d(map, size);
    };
    return {nearest(mask.label.to(logits.scalar_type())).to(torch::kInt64), nearest(mask.weight)};
}

HeadParts headParts(
    const torch::Tensor& logits,
    const Mask& mask,
    const LossConfig& config,
    const std::vector<std::vector<int>>& regions)
{
    HeadParts parts;
    const std::int64_t classes = logits.size(1);
    if (!regions.empty()) {
        const torch::Tensor target =
            regionTargets(mask.label.squeeze(1), regions, logits.scalar_type());
        if (config.segmentation.rfind("dice_", 0) == 0) {
            DiceOptions options;
            options.batch = config.batch_dice;
            options.background = true; // no output is the background's
            options.smooth = config.dice_smooth;
            parts.dice = softDiceLoss(torch::sigmoid(logits), target, mask.weight, options);
        }
        parts.ce = weightedMean(
            torch::binary_cross_entropy_with_logits(logits, target, {}, {}, at::Reduction::None)
                .mean(1, true),
            mask.weight);
        return parts;
    }
    if (config.segmentation.rfind("dice_", 0) == 0) {
        DiceOptions options;
        options.batch = config.batch_dice;
        options.background = config.dice_background;
        options.smooth = config.dice_smooth;
        options.squared = config.dice_squared;
        parts.dice = softDiceLoss(
            classes == 1 ? torch::sigmoid(logits) : torch::softmax(logits, 1),
            oneHot(mask.label, classes, logits.scalar_type()),
            mask.weight,
            options);
    }
    const torch::Tensor entropy = crossEntropyMap(logits, mask.label);
    parts.ce = config.segmentation == "dice_topk"
                   ? topkMean(entropy, mask.weight, config.topk_percent)
                   : weightedMean(entropy, mask.weight);
    return parts;
}

// What the user painted, over the mask's target.
GuideTargetMap corrected(
    const GuideTargetMap& fromMask,
    const torch::Tensor& correction,
    c10::IntArrayRef grid,
    double paintedWeight)
{
    const auto type = fromMask.target.scalar_type();
    const torch::Tensor code = correction.unsqueeze(1).to(fromMask.target.device());
    const torch::Tensor attend = (code == kGuideAttend).to(type);
    const torch::Tensor painted = attend + (code == kGuideIgnore).to(type);
    GuideTargetMap paint = guideTarget(attend, painted, grid, GuideTarget::Area);
    paint.weight = paint.weight * paintedWeight;
    const torch::Tensor masked =
        torch::adaptive_avg_pool2d((code == kGuideFromMask).to(type), grid) * fromMask.weight;
    const torch::Tensor weight = paint.weight + masked;
    const torch::Tensor target =
        (paint.target * paint.weight + fromMask.target * masked) / weight.clamp_min(1e-8);
    return {target, weight};
}

// The guide's target for guides [B, G, h, w].
GuideTargetMap targetOf(
    const LossInput& input, const Mask& mask, const torch::Tensor& guide, const LossConfig& config)
{
    const std::int64_t guides = guide.size(1);
    const auto type = guide.scalar_type();
    // One guide: any foreground class; several: one each.
    const torch::Tensor foreground =
        guides == 1 ? (mask.label > 0).to(type) : oneHot(mask.label, guides + 1, type).slice(1, 1);
    const bool isNearest = config.guide_target == "nearest";
    GuideTargetMap target = guideTarget(
        foreground,
        mask.weight.to(type),
        guide.sizes().slice(2),
        isNearest ? GuideTarget::Nearest : GuideTarget::Area);
    if (input.guide_correction.defined()) {
        TORCH_CHECK(
            input.guide_correction.dim() == 3 && input.guide_correction.size(0) == guide.size(0),
            "a guide correction is [B, h, w], not ",
            input.guide_correction.sizes());
        target = corrected(
            target, input.guide_correction, guide.sizes().slice(2), input.guide_correction_weight);
    }
    return target;
}

torch::Tensor
prototypeLoss(const LossInput& input, const GuideTargetMap& target, const LossConfig& config)
{
    torch::Tensor sum = torch::zeros({}, target.target.options());
    const auto guides = static_cast<std::int64_t>(input.output.prototypes.size());
    for (std::int64_t i = 0; i < guides; ++i) {
        const PrototypeUse& use = input.output.prototypes[static_cast<std::size_t>(i)];
        const std::int64_t n = use.book.size(0);
        if (n < 2) {
            continue;
        }
        if (config.prototype_diversity > 0) {
            const torch::Tensor unit = torch::nn::functional::normalize(
                use.book.to(target.target.scalar_type()),
                torch::nn::functional::NormalizeFuncOptions().dim(1));
            const torch::Tensor above =
                torch::relu(torch::matmul(unit, unit.t()) - config.prototype_margin);
            const torch::Tensor squares = above * above;
            sum = sum
                  + (squares.sum() - squares.diagonal().sum()) / static_cast<double>(n * (n - 1))
                        * config.prototype_diversity;
        }
        if (config.prototype_information > 0) {
            const torch::Tensor weight = (target.target * target.weight)
                                             .slice(1, std::min(i, target.target.size(1) - 1))
                                             .slice(1, 0, 1); // [B, 1, h, w]
            const torch::Tensor mass = weight.sum();
            const torch::Tensor mean =
                (use.responsibilities * weight).sum({0, 2, 3}) / mass.clamp_min(1e-6);
            const auto entropy = [](const torch::Tensor& p, std::int64_t dim) {
                return -(p * torch::log(p.clamp_min(1e-12))).sum(dim);
            };
            // Entropy of the mean alone would be content with tokens that go a little with all.
            const torch::Tensor within =
                (entropy(use.responsibilities, 1).unsqueeze(1) * weight).sum()
                / mass.clamp_min(1e-6);
            const torch::Tensor information = entropy(mean, 0) - within;
            // A batch without an object says nothing about who sees objects.
            const torch::Tensor isThere = (mass > 1e-3).to(mean.scalar_type());
            sum = sum
                  + (std::log(static_cast<double>(n)) - information) * isThere
                        * config.prototype_information;
        }
    }
    return sum;
}

torch::Tensor marginTerm(const LossTermInput& input)
{
    return marginMean(input.logits, input.label, input.weight);
}

torch::Tensor
guideLoss(const torch::Tensor& guide, const GuideTargetMap& target, const LossConfig& config)
{
    const torch::Tensor difference = guide - target.target;
    const torch::Tensor map =
        config.guide == "mse" ? difference * difference : guideBceMap(guide, target.target);
    return weightedMean(map, target.weight);
}

} // namespace

torch::Tensor regionTargets(
    const torch::Tensor& labels,
    const std::vector<std::vector<int>>& regions,
    torch::ScalarType type)
{
    std::vector<torch::Tensor> channels;
    for (const std::vector<int>& region : regions) {
        torch::Tensor isInside = torch::zeros_like(labels, torch::kBool);
        for (const int label : region) {
            isInside = isInside.logical_or(labels == label);
        }
        channels.push_back(isInside);
    }
    return torch::stack(channels, 1).to(type);
}

SegmentationLoss::SegmentationLoss(
    const LossConfig& config, int num_classes, std::vector<std::vector<int>> regions)
    : m_config(config)
    , m_numClasses(num_classes)
    , m_regions(std::move(regions))
{
    TORCH_CHECK(
        m_regions.empty() || m_regions.size() == static_cast<std::size_t>(num_classes),
        "a loss of regions has one output for each region");
    TORCH_CHECK(num_classes >= 1, "a loss needs at least one class");
    const std::string& kind = config.segmentation;
    TORCH_CHECK(
        kind == "dice_bce" || kind == "dice_ce" || kind == "dice_topk" || kind == "bce"
            || kind == "ce",
        "loss.segmentation: unknown '",
        kind,
        "' (dice_bce, dice_ce, dice_topk, bce, ce)");
    TORCH_CHECK(
        config.guide == "bce" || config.guide == "mse",
        "loss.guide: unknown '",
        config.guide,
        "' (bce, mse)");
    TORCH_CHECK(
        config.guide_target == "area" || config.guide_target == "nearest",
        "loss.guide_target: unknown '",
        config.guide_target,
        "' (area, nearest)");
    TORCH_CHECK(
        config.deep_supervision == "normalised" || config.deep_supervision == "guidino"
            || config.deep_supervision == "nnunet",
        "loss.deep_supervision: unknown '",
        config.deep_supervision,
        "' (normalised, nnunet, guidino)");
    TORCH_CHECK(
        config.topk_percent > 0 && config.topk_percent <= 100,
        "loss.topk_percent must be in (0, 100], not ",
        config.topk_percent);
    for (const auto& [name, weight] : config.terms) {
        const LossTerm function =
            name == "margin" ? LossTerm(marginTerm) : extensions().lossTerm(name);
        TORCH_CHECK(
            function, "loss.terms: unknown '", name, "' (", c10::Join(", ", lossTermNames()), ")");
        m_terms.push_back({weight, function});
    }
}

std::vector<double> SegmentationLoss::headWeights(std::size_t n) const
{
    std::vector<double> weights(n);
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
        // nnU-Net leaves the coarsest head out (BASELINES.md §7.5), unless it is the only one.
        const bool isLeftOut = m_config.deep_supervision == "nnunet" && i > 0 && i + 1 == n;
        weights[i] = isLeftOut ? 0 : std::pow(0.5, static_cast<double>(i));
        sum += weights[i];
    }
    for (double& weight : weights) {
        weight /= sum;
    }
    // PIPELINE.md §2.6: the published wrapper adds the main head's criterion once more and takes
    // its share out.
    if (m_config.deep_supervision == "guidino" && n > 0) {
        weights[0] = 1;
    }
    return weights;
}

LossParts SegmentationLoss::operator()(const LossInput& input) const
{
    const FullPrecision fullPrecision;
    TORCH_CHECK(
        !input.output.logits.empty() || input.output.guide.defined(),
        "a loss needs logits or a guide");
    std::vector<torch::Tensor> heads;
    for (const torch::Tensor& logits : input.output.logits) {
        TORCH_CHECK(
            logits.dim() == 4 && logits.size(1) == m_numClasses,
            "the loss expects logits [B, ",
            m_numClasses,
            ", H, W], not ",
            logits.sizes());
        heads.push_back(logits.to(fullPrecisionOf(logits)));
    }
    const torch::Tensor main =
        heads.empty() ? input.output.guide.to(fullPrecisionOf(input.output.guide)) : heads[0];
    const int largest = m_regions.empty() ? std::max(m_numClasses, 2) - 1 : kIgnoreLabel - 1;
    const Mask mask = maskOf(input, largest, main);
    const bool isLegacy = m_config.deep_supervision == "guidino";
    const std::vector<double> weights = headWeights(heads.size());

    LossParts parts;
    const torch::Tensor zero = torch::zeros({}, main.options().requires_grad(false));
    parts.boundary = zero;
    parts.guide = zero;
    parts.prototypes = zero;
    parts.terms = zero;
    if (heads.empty()) {
        parts.total = parts.dice = parts.ce = zero;
    }
    for (std::size_t i = 0; i < heads.size(); ++i) {
        if (weights[i] == 0) {
            continue;
        }
        const HeadParts head =
            headParts(heads[i], resized(mask, heads[i], isLegacy), m_config, m_regions);
        torch::Tensor sum = head.ce * m_config.ce_weight;
        if (head.dice.defined()) {
            sum = sum + head.dice * m_config.dice_weight;
        }
        if (i == 0) {
            parts.dice = head.dice.defined() ? head.dice.detach() : zero;
            parts.ce = head.ce.detach();
        }
        sum = sum * weights[i];
        parts.total = i == 0 ? sum : parts.total + sum;
    }
    parts.segmentation = parts.total.detach();
    if (!m_terms.empty() && !heads.empty()) {
        const Mask own = resized(mask, main, isLegacy);
        torch::Tensor sum = zero;
        for (const Term& term : m_terms) {
            sum = sum + term.function({main, own.label, own.weight}) * term.weight;
        }
        parts.total = parts.total + sum;
        parts.terms = sum.detach();
    }
    if (m_config.boundary_weight > 0 && !heads.empty()) {
        HingeOptions options;
        options.kernel = m_config.boundary_kernel;
        options.margin = m_config.boundary_margin;
        options.boundary_only = m_config.boundary_only;
        const Mask own = resized(mask, main, isLegacy);
        const torch::Tensor hinge = boundaryHinge(
            main, oneHot(own.label, m_numClasses, main.scalar_type()), own.weight, options);
        parts.total = parts.total + hinge * m_config.boundary_weight;
        parts.boundary = hinge.detach();
    }
    if (input.output.guide.defined() && (m_config.guide_weight > 0 || wantsPrototypes())) {
        const torch::Tensor guide = input.output.guide.to(fullPrecisionOf(input.output.guide));
        TORCH_CHECK(guide.dim() == 4, "a guide is [B, G, h, w], not ", guide.sizes());
        const GuideTargetMap target = targetOf(input, mask, guide, m_config);
        if (m_config.guide_weight > 0) {
            const torch::Tensor loss = guideLoss(guide, target, m_config);
            parts.total = parts.total + loss * m_config.guide_weight;
            parts.guide = loss.detach();
        }
        if (wantsPrototypes()) {
            const torch::Tensor apart = prototypeLoss(input, target, m_config);
            parts.total = parts.total + apart;
            parts.prototypes = apart.detach();
        }
    }
    return parts;
}

bool SegmentationLoss::wantsPrototypes() const
{
    return m_config.prototype_diversity > 0 || m_config.prototype_information > 0;
}

} // namespace guidino::nn
