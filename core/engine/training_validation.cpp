// SPDX-License-Identifier: Apache-2.0
#include "core/engine/training_validation.h"

#include "core/engine/guarded.h"
#include "core/engine/image_output.h"
#include "core/engine/parallel.h"
#include "core/engine/tensor_raster.h"
#include "core/metrics/segmentation_metrics.h"
#include "core/nn/guide/key_table.h"
#include "core/nn/train/autocast.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>

namespace guidino::engine {

namespace {

constexpr std::size_t kBatch = 8;
constexpr std::int64_t kTokenBytesLimit = std::int64_t{1} << 30;

/// A mean of what is defined.
struct Mean
{
    double sum = 0;
    std::int64_t count = 0;

    void add(const std::optional<double>& value)
    {
        if (value) {
            sum += *value;
            ++count;
        }
    }

    [[nodiscard]] std::optional<double> defined() const
    {
        return count > 0 ? std::optional<double>(value()) : std::nullopt;
    }

    [[nodiscard]] double value() const
    {
        return count > 0 ? sum / static_cast<double>(count)
                         : std::numeric_limits<double>::quiet_NaN();
    }
};

bool isBackboneFrozen(nn::Segmenter& model)
{
    if (model.guideBackbone() == nullptr) {
        return false;
    }
    for (const auto& item : model.named_parameters()) {
        if (nn::isGuideBackboneKey(item.key()) && item.value().requires_grad()) {
            return false;
        }
    }
    return true;
}

} // namespace

/// Of one class.
struct TrainingValidation::Sums
{
    Mean dsc;
    Mean iou;
    Mean hd95;
};

torch::Tensor labelsOf(const torch::Tensor& probabilities, double threshold)
{
    if (probabilities.size(1) == 1) {
        return (probabilities.select(1, 0) > threshold).to(torch::kUInt8);
    }
    return probabilities.argmax(1).to(torch::kUInt8);
}

TrainingValidation::TrainingValidation(
    const Bundle& bundle,
    const TrainingData& data,
    torch::Device device,
    int threads,
    TokenCache* tokenCache,
    JobContext& context)
    : m_bundle(bundle)
    , m_config(bundle.config)
    , m_data(data)
    , m_device(device)
    , m_threads(threads)
    , m_tokenCache(tokenCache)
    , m_context(context)
    , m_loss(m_config.loss, m_config.network.num_classes)
    , m_precision(nn::precisionFromName(m_config.training.precision, device))
    , m_previews(data, m_config.inference.threshold, context)
    , m_tokens((data.cases.size() + kBatch - 1) / kBatch)
{}

nn::SegmenterOutput
TrainingValidation::predict(nn::Segmenter& model, const torch::Tensor& images, std::size_t first)
{
    const nn::AutocastScope scope(m_device, m_precision);
    nn::ForwardOptions options;
    torch::Tensor& tokens = m_tokens[first / kBatch];
    if (m_keepsTokens && !tokens.defined()) {
        tokens = m_tokenCache != nullptr ? m_tokenCache->tokensOf(model, images)
                                         : model.guideTokens(images);
    }
    options.tokens = m_keepsTokens ? tokens : torch::Tensor();
    return model.forward(images, options);
}

nn::HistoryRow TrainingValidation::measure(nn::Segmenter& model, std::int64_t epoch)
{
    const torch::NoGradGuard noGrad;
    m_previews.followPins();
    const std::size_t count = m_data.cases.size();
    m_keepsTokens = isBackboneFrozen(model)
                    && static_cast<std::int64_t>(count) * m_config.data.image_size
                               * m_config.data.image_size * 6
                           < kTokenBytesLimit;
    std::vector<Sums> sums(m_data.classes.size());
    double loss = 0;
    std::optional<Predictor> sliding;
    if (m_config.inference.mode == "sliding") {
        PredictorOptions options;
        options.device = m_device.str();
        options.mode = "sliding";
        options.mirror = false; // four times the work, for the same ranking of epochs
        options.precision = m_precision == torch::kFloat32 ? "fp32" : "bf16";
        options.isTraining = true;
        // Not owned: the model outlives this call.
        sliding = valueOrThrow(Predictor::create(
            m_bundle, std::shared_ptr<nn::Segmenter>(std::shared_ptr<void>(), &model), options));
    }
    for (std::size_t first = 0; first < count; first += kBatch) {
        if (m_context.isCancelled()) {
            return {};
        }
        const auto size = static_cast<std::int64_t>(std::min(kBatch, count - first));
        const auto start = static_cast<std::int64_t>(first);
        const torch::Tensor bytes = m_data.validation.images.narrow(0, start, size);
        const torch::Tensor images =
            nn::normalise(m_config.preprocessing, nn::unitImage(bytes.to(m_device)))
                .contiguous(torch::MemoryFormat::ChannelsLast);
        nn::LossInput input;
        input.output = predict(model, images, first);
        input.target = m_data.validation.masks.narrow(0, start, size).to(m_device, torch::kInt64);
        loss += m_loss(input).total.item<double>() * static_cast<double>(size);
        const torch::Tensor logits = input.output.logits[0].to(torch::kFloat32);
        const torch::Tensor probabilities =
            (logits.size(1) == 1 ? logits.sigmoid() : logits.softmax(1)).cpu();
        std::vector<Raster8> labels;
        for (std::size_t i = 0; sliding && i < static_cast<std::size_t>(size); ++i) {
            labels.push_back(slidingLabels(*sliding, first + i));
        }
        score(sliding ? labels : wholeLabels(probabilities, first), first, sums);
        writePreviews(bytes, input.output, probabilities, first, epoch);
        m_context.progress(
            {"validate",
             static_cast<std::int64_t>(first) + size,
             static_cast<std::int64_t>(count),
             -1,
             "epoch " + std::to_string(epoch + 1)});
    }
    m_previews.writeScores(epoch);
    Mean dsc;
    Mean iou;
    Mean hd95;
    nn::HistoryRow row{{"val_loss", loss / static_cast<double>(count)}};
    for (const Sums& sum : sums) {
        for (auto [all, one] :
             {std::pair{&dsc, &sum.dsc}, std::pair{&iou, &sum.iou}, std::pair{&hd95, &sum.hd95}}) {
            all->sum += one->sum;
            all->count += one->count;
        }
    }
    row.emplace_back("dsc", dsc.value());
    row.emplace_back("iou", iou.value());
    row.emplace_back("hd95", hd95.value());
    if (sums.size() > 1) {
        for (std::size_t k = 0; k < sums.size(); ++k) {
            row.emplace_back("dsc_" + m_data.classes[k].name, sums[k].dsc.value());
        }
    }
    return row;
}

/// The file is read again each time: native images of a whole list would not fit into memory.
Raster8 TrainingValidation::slidingLabels(Predictor& predictor, std::size_t position) const
{
    const ValidationCase& item = m_data.cases[position];
    LoadedImage loaded;
    if (item.file.empty()) {
        loaded.rgb = bytesOf(m_data.validation.images[static_cast<std::int64_t>(position)]);
    } else {
        loaded = valueOrThrow(loadImage(item.file, m_config.preprocessing));
    }
    PredictionInput input;
    input.image = &loaded.rgb;
    input.content = item.content;
    const auto isCancelled = [this] { return m_context.isCancelled(); };
    return valueOrThrow(predictor.predict(input, isCancelled)).labels;
}

std::vector<Raster8>
TrainingValidation::wholeLabels(const torch::Tensor& probabilities, std::size_t first) const
{
    const auto size = static_cast<std::size_t>(probabilities.size(0));
    const double threshold = m_config.inference.threshold;
    std::vector<Raster8> labels;
    for (std::size_t i = 0; i < size; ++i) {
        const ValidationCase& item = m_data.cases[first + i];
        torch::Tensor map = probabilities.narrow(0, static_cast<std::int64_t>(i), 1);
        if (item.isNative) {
            map = nn::undoMap(item.plan, map);
        }
        labels.push_back(bytesOf(labelsOf(map, threshold)[0]));
    }
    return labels;
}

void TrainingValidation::score(
    const std::vector<Raster8>& labels, std::size_t first, std::vector<Sums>& sums)
{
    const std::size_t size = labels.size();
    metrics::MetricOptions options;
    if (m_config.training.select_by == "hd95") {
        // A model that predicts nothing must not win by leaving no distance to measure.
        options.emptyPolicy = metrics::EmptyPolicy::Penalise;
    }
    std::vector<std::vector<metrics::PairMetrics>> results(size);
    parallelFor(size, static_cast<std::size_t>(m_threads), [&](std::size_t i) {
        const Raster8 reference = m_data.cases[first + i].mask.unpacked();
        for (const BundleClass& item : m_data.classes) {
            results[i].push_back(metrics::evaluatePair(labels[i], reference, item.index, options));
        }
    });
    for (std::size_t i = 0; i < size; ++i) {
        Sums ofCase;
        for (std::size_t k = 0; k < results[i].size(); ++k) {
            for (Sums* target : {&sums[k], &ofCase}) {
                target->dsc.add(results[i][k].dsc);
                target->iou.add(results[i][k].iou);
                target->hd95.add(results[i][k].hd95);
            }
        }
        m_previews.note(
            first + i, {ofCase.dsc.defined(), ofCase.iou.defined(), ofCase.hd95.defined()});
    }
}

void TrainingValidation::writePreviews(
    const torch::Tensor& bytes,
    const nn::SegmenterOutput& output,
    const torch::Tensor& probabilities,
    std::size_t first,
    std::int64_t epoch)
{
    for (std::int64_t i = 0; i < bytes.size(0); ++i) {
        const std::size_t position = first + static_cast<std::size_t>(i);
        if (m_previews.isWanted(position)) {
            m_previews.write(
                position,
                bytes[i],
                output.guide_used.defined() ? output.guide_used.narrow(0, i, 1) : torch::Tensor(),
                probabilities.narrow(0, i, 1),
                epoch);
        }
    }
}

} // namespace guidino::engine
