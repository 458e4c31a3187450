// SPDX-License-Identifier: Apache-2.0
#include "core/engine/nnunet_validation.h"

#include "core/nn/data/random.h"
#include "core/nn/train/autocast.h"
#include "core/nn/train/trainer_parts.h"

#include <torch/torch.h>

#include <algorithm>
#include <limits>
#include <string>

namespace guidino::engine {

namespace {

constexpr int kIterations = 50;           ///< at nnU-Net's 250 of an epoch
constexpr int kTrainingPerValidation = 5; ///< that ratio, for shorter epochs
constexpr std::uint64_t kStream = 5;      ///< apart from the trainer's

/// [B, K', H, W] of 0 and 1: what is predicted, or true, of each foreground class or region.
struct Hits
{
    torch::Tensor predicted;
    torch::Tensor target;
};

Hits hitsOf(
    const torch::Tensor& logits,
    const torch::Tensor& masks,
    const std::vector<std::vector<int>>& regions)
{
    if (!regions.empty()) {
        return {logits > 0, nn::regionTargets(masks, regions, torch::kBool)};
    }
    if (logits.size(1) == 1) {
        return {logits > 0, (masks == 1).unsqueeze(1)};
    }
    const torch::Tensor classes =
        torch::arange(1, logits.size(1), masks.options()).view({1, -1, 1, 1});
    return {logits.argmax(1, true) == classes, masks.unsqueeze(1) == classes};
}

} // namespace

NnunetValidation::NnunetValidation(
    const nn::SystemConfig& config,
    const TrainingData& data,
    torch::Device device,
    JobContext& context)
    : m_config(config)
    , m_data(data)
    , m_device(device)
    , m_context(context)
    , m_regions(nn::regionsOf(config.network))
    , m_loss(config.loss, config.network.num_classes, m_regions)
    , m_precision(nn::precisionFromName(config.training.precision, device))
{}

nn::HistoryRow NnunetValidation::measure(nn::Segmenter& model, std::int64_t epoch)
{
    const torch::NoGradGuard noGrad;
    const int count =
        std::clamp(m_config.training.iterations_per_epoch / kTrainingPerValidation, 1, kIterations);
    torch::Tensor sums; // [3, K']: true positives, false positives, false negatives
    torch::Tensor loss = torch::zeros({}, torch::TensorOptions(torch::kFloat64).device(m_device));
    for (int i = 0; i < count; ++i) {
        if (m_context.isCancelled()) {
            return {};
        }
        const nn::SourcedBatch batch = m_data.validation.source->batch(
            m_config.training.batch_size,
            nn::mixSeed(
                {static_cast<std::uint64_t>(m_config.training.seed),
                 kStream,
                 static_cast<std::uint64_t>(epoch),
                 static_cast<std::uint64_t>(i)}),
            m_device);
        nn::LossInput input;
        {
            const nn::AutocastScope scope(m_device, m_precision);
            input.output =
                model.forward(batch.images.contiguous(torch::MemoryFormat::ChannelsLast));
        }
        input.target = batch.masks.to(torch::kInt64);
        loss += m_loss(input).total.to(torch::kFloat64);
        const torch::Tensor valid = (input.target != nn::kIgnoreLabel).unsqueeze(1);
        const Hits hits = hitsOf(
            input.output.logits[0].to(torch::kFloat32),
            input.target.masked_fill(input.target == nn::kIgnoreLabel, 0),
            m_regions);
        const auto total = [&](const torch::Tensor& mask) {
            return mask.logical_and(valid).sum({0, 2, 3}, false, torch::kInt64);
        };
        const torch::Tensor now = torch::stack(
            {total(hits.predicted.logical_and(hits.target)),
             total(hits.predicted.logical_and(hits.target.logical_not())),
             total(hits.target.logical_and(hits.predicted.logical_not()))});
        sums = sums.defined() ? sums + now : now;
        m_context.progress({"validate", i + 1, count, -1, "epoch " + std::to_string(epoch + 1)});
    }
    const torch::Tensor counts = sums.to(torch::kCPU, torch::kFloat64);
    const std::int64_t classes = counts.size(1);
    nn::HistoryRow each;
    double sum = 0;
    int defined = 0;
    for (std::int64_t k = 0; k < classes; ++k) {
        const double hit = 2 * counts[0][k].item<double>();
        const double size = hit + counts[1][k].item<double>() + counts[2][k].item<double>();
        const double dice = size > 0 ? hit / size : std::numeric_limits<double>::quiet_NaN();
        const auto at = static_cast<std::size_t>(k);
        const std::string name =
            at < m_data.classes.size() ? m_data.classes[at].name : std::to_string(k + 1);
        each.emplace_back("dsc_" + name, dice);
        sum += size > 0 ? dice : 0;
        defined += size > 0 ? 1 : 0;
    }
    const double mean = defined > 0 ? sum / defined : 0;
    nn::HistoryRow row{{"val_loss", loss.item<double>() / count}, {"dsc", mean}};
    if (classes > 1) {
        row.insert(row.end(), each.begin(), each.end());
    }
    return row;
}

} // namespace guidino::engine
