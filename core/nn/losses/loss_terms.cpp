// SPDX-License-Identifier: Apache-2.0
#include "core/nn/losses/loss_terms.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace guidino::nn {

torch::Tensor softDiceLoss(
    const torch::Tensor& probabilities,
    const torch::Tensor& target,
    const torch::Tensor& weight,
    const DiceOptions& options)
{
    torch::Tensor p = probabilities;
    torch::Tensor y = target;
    if (!options.background && p.size(1) > 1) {
        p = p.slice(1, 1);
        y = y.slice(1, 1);
    }
    const std::vector<std::int64_t> axes =
        options.batch ? std::vector<std::int64_t>{0, 2, 3} : std::vector<std::int64_t>{2, 3};
    const torch::Tensor weighted = p * weight;
    const torch::Tensor intersection = (weighted * y).sum(axes);
    const torch::Tensor sums = options.squared
                                   ? (weighted * p).sum(axes) + (y * y * weight).sum(axes)
                                   : weighted.sum(axes) + (y * weight).sum(axes);
    const torch::Tensor dice =
        (2 * intersection + options.smooth) / (sums + options.smooth).clamp_min(1e-8);
    return -dice.mean();
}

torch::Tensor crossEntropyMap(const torch::Tensor& logits, const torch::Tensor& label)
{
    if (logits.size(1) == 1) {
        // max(z, 0) − z·y + log(1 + exp(−|z|))
        return torch::binary_cross_entropy_with_logits(
            logits, label.to(logits.scalar_type()), {}, {}, at::Reduction::None);
    }
    return -torch::log_softmax(logits, 1).gather(1, label);
}

torch::Tensor weightedMean(const torch::Tensor& value, const torch::Tensor& weight)
{
    const torch::Tensor w = weight.expand_as(value);
    return (value * w).sum() / w.sum().clamp_min(1e-8);
}

torch::Tensor topkMean(const torch::Tensor& value, const torch::Tensor& weight, double percent)
{
    const torch::Tensor weighted = (value * weight).masked_select(weight > 0);
    if (weighted.numel() == 0) {
        return (value * weight).sum(); // 0 with a graph
    }
    const auto wanted =
        static_cast<std::int64_t>(static_cast<double>(weighted.numel()) * percent / 100.0);
    const std::int64_t k = std::clamp<std::int64_t>(wanted, 1, weighted.numel());
    return std::get<0>(torch::topk(weighted, k, -1, true, false)).mean();
}

torch::Tensor
marginMean(const torch::Tensor& logits, const torch::Tensor& label, const torch::Tensor& weight)
{
    torch::Tensor margin;
    if (logits.size(1) == 1) {
        margin = 2 * torch::sigmoid(logits) - 1;
    } else {
        const torch::Tensor p = torch::softmax(logits, 1);
        margin = p.gather(1, label) - p.slice(1, 0, 1);
    }
    return weightedMean(1 - margin * (label > 0).to(logits.scalar_type()), weight);
}

torch::Tensor boundaryHinge(
    const torch::Tensor& logits,
    const torch::Tensor& target,
    const torch::Tensor& weight,
    const HingeOptions& options)
{
    TORCH_CHECK(
        options.kernel >= 1 && options.kernel % 2 == 1,
        "loss.boundary_kernel must be odd, not ",
        options.kernel);
    torch::Tensor z = logits;
    torch::Tensor y = target;
    const std::int64_t classes = logits.size(1);
    if (classes > 1) {
        std::vector<torch::Tensor> odds;
        for (std::int64_t c = 1; c < classes; ++c) {
            const torch::Tensor rest =
                torch::cat({logits.slice(1, 0, c), logits.slice(1, c + 1)}, 1);
            odds.push_back(logits.slice(1, c, c + 1) - torch::logsumexp(rest, 1, true));
        }
        z = torch::cat(odds, 1);
        y = y.slice(1, 1);
    }
    const torch::Tensor hinge = torch::relu(options.margin - (2 * y - 1) * z);
    if (!options.boundary_only) {
        return weightedMean(hinge, weight);
    }
    const std::int64_t k = options.kernel;
    const auto dilated = [k](const torch::Tensor& map) {
        return torch::max_pool2d(map, {k, k}, {1, 1}, {k / 2, k / 2});
    };
    const torch::Tensor touchesIgnored = dilated((weight <= 0).to(z.scalar_type())) > 0;
    const torch::Tensor isBand =
        ((dilated(y) + dilated(-y)) > 0).logical_and(touchesIgnored.logical_not());
    const torch::Tensor band = isBand.to(z.scalar_type()) * weight;
    return (hinge * band).sum() / band.sum().clamp_min(1);
}

GuideTargetMap guideTarget(
    const torch::Tensor& foreground,
    const torch::Tensor& weight,
    c10::IntArrayRef grid,
    GuideTarget kind)
{
    if (kind == GuideTarget::Nearest) {
        return {
            torch::upsample_nearest2d(foreground, grid), torch::upsample_nearest2d(weight, grid)};
    }
    const torch::Tensor share = torch::adaptive_avg_pool2d(weight, grid);
    const torch::Tensor covered = torch::adaptive_avg_pool2d(foreground * weight, grid);
    return {covered / share.clamp_min(1e-8), share};
}

torch::Tensor guideBceMap(const torch::Tensor& guide, const torch::Tensor& target)
{
    constexpr double kClamp = 1e-6;
    const torch::Tensor g = guide.clamp(kClamp, 1 - kClamp);
    return -(target * torch::log(g) + (1 - target) * torch::log1p(-g));
}

} // namespace guidino::nn
