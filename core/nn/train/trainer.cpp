// SPDX-License-Identifier: Apache-2.0
#include "core/nn/train/trainer.h"

#include "core/nn/backbones/published.h"
#include "core/nn/data/augment.h"
#include "core/nn/data/preprocess.h"
#include "core/nn/data/presets.h"
#include "core/nn/data/random.h"
#include "core/nn/guide/guided_segmenter.h"
#include "core/nn/guide/key_table.h"
#include "core/nn/train/autocast.h"
#include "core/nn/train/spline_group.h"
#include "core/nn/train/trained_weights.h"
#include "core/nn/train/trainer_parts.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <thread>
#include <utility>

namespace guidino::nn {

namespace {

using Clock = std::chrono::steady_clock;

/// What TrainingState::sums adds up, in this order.
enum Sum : std::size_t {
    kTotal,
    kDice,
    kCe,
    kGuide,
    kBoundary,
    kGuideMean,
    kGuideStd,
    kPrototypes,
    kTerms,
    kSums
};

/// Streams of the seed, so that order, augmentation and dropout are independent.
enum Stream : std::uint64_t { kOrder = 1, kAugment = 2, kDropout = 3, kSource = 4 };

/// Tokens of a frozen guide backbone are kept up to this size.
constexpr std::int64_t kTokenBytesLimit = std::int64_t{2} << 30;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Of each image with augmentation, where a frozen ViT's tokens are all that its pixels are needed
/// for: enough to vary, few enough to be computed once (ARCHITECTURE.md, "Frozen features").
constexpr std::size_t kStoredViews = 4;

/// How many augmented views each image has in all; 0: a new one each time.
std::size_t storedViews(const SystemConfig& config, bool isBackboneFrozen)
{
    if (isIdentity(config.data.augmentation)) {
        return 1;
    }
    return isBackboneFrozen && config.training.update != "all" ? kStoredViews : 0;
}

} // namespace

struct Trainer::Batch
{
    torch::Tensor images;                ///< [B, 3, H, W], normalised; undefined where isKept()
    torch::Tensor masks;                 ///< [B, H, W] int64
    torch::Tensor corrections;           ///< [B, H, W] uint8, or undefined
    std::vector<std::int64_t> positions; ///< in the training set; empty: of a source
    std::vector<std::string> names;      ///< of a source
    std::vector<std::size_t> views;      ///< number of each image's view among all stored ones
    std::uint64_t dropoutSeed = 0;
};

Trainer::Trainer(
    SystemConfig config,
    std::shared_ptr<Segmenter> model,
    TrainingSet data,
    torch::Device device,
    TrainerHooks hooks)
    : m_config(std::move(config))
    , m_model(std::move(model))
    , m_data(std::move(data))
    , m_device(device)
    , m_hooks(std::move(hooks))
    , m_loss(m_config.loss, m_config.network.num_classes, regionsOf(m_config.network))
    , m_precision(precisionFromName(m_config.training.precision, device))
    , m_lastSave(Clock::now())
{
    checkTrainingSet(m_data, m_config.training);
    prepareModel();
    m_state.sums.assign(kSums, 0.0);
}

Trainer::~Trainer() = default;

void Trainer::prepareModel()
{
    const TrainingConfig& training = m_config.training;
    m_model->to(m_device);
    toChannelsLast(*m_model);
    bool isBackboneFrozen = m_model->guideBackbone() != nullptr;
    for (auto& item : m_model->named_parameters()) {
        if (isGuideBackboneKey(item.key())) {
            const bool isLora = item.key().find("lora_") != std::string::npos;
            const bool isLearned =
                isLora || (m_config.guide.train_backbone && item.value().is_floating_point());
            item.value().set_requires_grad(isLearned);
        }
    }
    m_groups = parameterGroups(*m_model, training);
    const auto& options = m_config.network.options;
    if (const auto rate = options.find(kKanLearningRate); rate != options.end()) {
        separateSplineLayers(m_groups, std::get<double>(rate->second));
    }
    for (const auto& item : m_model->named_parameters()) {
        isBackboneFrozen &= !(isGuideBackboneKey(item.key()) && item.value().requires_grad());
    }
    m_optimizer = makeOptimizer(m_groups, training);
    m_weights = std::make_unique<TrainedWeights>(*m_model, training.ema);
    m_keepsTokens = isBackboneFrozen && !m_config.guide.rope_augmentation
                    && storedViews(m_config, isBackboneFrozen) > 0;
    m_views = storedViews(m_config, m_keepsTokens);
    m_tokens.resize(m_data.names.size() * std::max<std::size_t>(1, m_views));
    auto* guided = dynamic_cast<GuidedSegmenter*>(m_model.get());
    if (training.update == "tokenbook" && isBackboneFrozen && guided != nullptr
        && guided->guide() != nullptr && !guided->guide()->books().empty()
        && m_config.loss.guide_weight > 0) {
        m_guideAlone = guided;
        m_targets.resize(m_tokens.size());
        m_targetCorrections.resize(m_tokens.size());
    }
}

std::int64_t Trainer::batchesPerEpoch() const
{
    const TrainingConfig& training = m_config.training;
    if (training.iterations_per_epoch > 0) {
        return training.iterations_per_epoch;
    }
    const std::int64_t images = m_data.images.size(0);
    if (training.drop_last) {
        return std::max<std::int64_t>(1, images / training.batch_size);
    }
    return (images + training.batch_size - 1) / training.batch_size;
}

std::int64_t Trainer::stepsPerEpoch() const
{
    const std::int64_t accumulate = std::max(1, m_config.training.accumulate);
    return (batchesPerEpoch() + accumulate - 1) / accumulate;
}

void Trainer::restore(const TrainingCheckpoint& checkpoint)
{
    m_weights->read(checkpoint.tensors);
    readOptimizer(*m_optimizer, m_groups, checkpoint.tensors);
    m_state = checkpoint.state;
    if (m_state.sums.size() >= kPrototypes && m_state.sums.size() < kSums) {
        m_state.sums.resize(kSums, 0.0); // of before these parts were summed
    }
    // More epochs than before: what was the end is not the end any more.
    m_state.is_finished = m_state.stopped_early || m_state.epoch >= m_config.training.epochs;
    TORCH_CHECK(m_state.sums.size() == kSums, "the checkpoint's sums are of another version");
}

TrainingCheckpoint Trainer::checkpoint()
{
    TrainingCheckpoint result{m_state, {}};
    m_weights->write(result.tensors);
    writeOptimizer(*m_optimizer, m_groups, result.tensors);
    return result;
}

void Trainer::saveNow()
{
    ++m_state.sequence;
    if (m_hooks.save) {
        m_hooks.save(checkpoint());
    }
    m_lastSave = Clock::now();
}

Trainer::Next Trainer::askUser() const
{
    const auto asks = [](const std::function<bool()>& question) { return question && question(); };
    while (asks(m_hooks.isPaused) && !asks(m_hooks.isCancelled) && !asks(m_hooks.stopAndKeep)) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    if (asks(m_hooks.isCancelled)) {
        return Next::Stop;
    }
    return asks(m_hooks.stopAndKeep) ? Next::Keep : Next::Go;
}

TrainingEnd Trainer::run()
{
    // Denormals of a converged network cost more than the network (each takes a trap on x86).
    at::globalContext().setFlushDenormal(true);
    if (m_measuresInitial && m_state.step == 0 && m_state.history.empty() && !validateNow(true)) {
        return TrainingEnd::Cancelled;
    }
    while (!m_state.is_finished && m_state.epoch < m_config.training.epochs) {
        beginEpoch();
        const std::int64_t steps = stepsPerEpoch();
        while (m_state.step_in_epoch < steps) {
            const Next next = askUser();
            if (next == Next::Stop) {
                saveNow();
                return TrainingEnd::Cancelled;
            }
            if (next == Next::Keep) {
                if (m_state.history.empty() && !validateNow()) {
                    saveNow();
                    return TrainingEnd::Cancelled;
                }
                m_state.is_finished = m_state.stopped_early = true;
                saveNow();
                return TrainingEnd::Kept;
            }
            const auto start = Clock::now();
            trainStep();
            m_state.epoch_seconds += secondsSince(start);
        }
        if (!closeEpoch(m_state.epoch + 1 == m_config.training.epochs)) {
            saveNow();
            return TrainingEnd::Cancelled;
        }
    }
    return m_state.stopped_early ? TrainingEnd::StoppedEarly : TrainingEnd::Finished;
}

void Trainer::shuffleOrder()
{
    const TrainingConfig& training = m_config.training;
    const auto needed = static_cast<std::size_t>(
        training.iterations_per_epoch > 0
            ? std::int64_t{training.iterations_per_epoch} * training.batch_size
            : m_data.images.size(0));
    SplitMix random(mixSeed(
        {static_cast<std::uint64_t>(training.seed),
         kOrder,
         static_cast<std::uint64_t>(m_state.epoch)}));
    m_order.clear();
    while (m_order.size() < needed) {
        const auto more = shuffledIndices(m_data.names.size(), random);
        m_order.insert(m_order.end(), more.begin(), more.end());
    }
    m_order.resize(needed);
}

void Trainer::beginEpoch()
{
    const TrainingConfig& training = m_config.training;
    if (!m_data.source) {
        shuffleOrder();
    }
    if (training.schedule == "plateau") {
        m_rateScale = plateauScale(
            training, scoresOf(m_state.history, training.select_by), isLarger(training.select_by));
    }
    setLearningRates(
        *m_optimizer, m_groups, training, static_cast<double>(m_state.epoch), m_rateScale);
    applyModes();
}

void Trainer::applyModes()
{
    m_model->train(true);
    // Statistics of a layer whose weights are frozen are part of what is frozen.
    for (const auto& module : m_model->modules()) {
        if (auto* norm = module->as<torch::nn::BatchNorm2dImpl>();
            norm != nullptr
            && (m_freezesBatchNorm || (norm->weight.defined() && !norm->weight.requires_grad()))) {
            norm->eval();
        }
    }
}

/// Tokens and targets are there: the images need not be made again.
bool Trainer::isKept(const Batch& batch) const
{
    return m_guideAlone != nullptr && m_keepsTokens
           && std::all_of(batch.views.begin(), batch.views.end(), [this](std::size_t view) {
                  return m_tokens[view].defined() && m_targets[view].defined();
              });
}

void Trainer::takeKeptTargets(Batch& batch) const
{
    std::vector<torch::Tensor> masks;
    std::vector<torch::Tensor> corrections;
    for (const std::size_t view : batch.views) {
        masks.push_back(m_targets[view]);
        if (m_targetCorrections[view].defined()) {
            corrections.push_back(m_targetCorrections[view]);
        }
    }
    batch.masks = torch::stack(masks).to(torch::kInt64);
    if (!corrections.empty()) {
        batch.corrections = torch::stack(corrections);
    }
}

std::uint64_t Trainer::seedOf(std::uint64_t stream, std::int64_t number) const
{
    return mixSeed(
        {static_cast<std::uint64_t>(m_config.training.seed),
         stream,
         static_cast<std::uint64_t>(m_state.epoch),
         static_cast<std::uint64_t>(number)});
}

Trainer::Batch Trainer::sourcedBatch(std::int64_t number) const
{
    SourcedBatch drawn =
        m_data.source->batch(m_config.training.batch_size, seedOf(kSource, number), m_device);
    Batch batch;
    batch.dropoutSeed = seedOf(kDropout, number);
    batch.images = drawn.images.contiguous(torch::MemoryFormat::ChannelsLast);
    batch.masks = drawn.masks.to(torch::kInt64);
    batch.names = std::move(drawn.names);
    return batch;
}

Trainer::Batch Trainer::takeBatch(std::int64_t number)
{
    if (m_data.source) {
        return sourcedBatch(number);
    }
    const TrainingConfig& training = m_config.training;
    Batch batch;
    const auto first = number * training.batch_size;
    const auto last =
        std::min(first + training.batch_size, static_cast<std::int64_t>(m_order.size()));
    batch.positions.assign(m_order.begin() + first, m_order.begin() + last);
    batch.dropoutSeed = seedOf(kDropout, number);
    const std::size_t views = std::max<std::size_t>(1, m_views);
    const std::size_t view = static_cast<std::size_t>(m_state.epoch) % views;
    for (const std::int64_t position : batch.positions) {
        batch.views.push_back(static_cast<std::size_t>(position) * views + view);
    }
    if (isKept(batch)) {
        takeKeptTargets(batch);
        return batch;
    }
    const torch::Tensor indices = torch::tensor(batch.positions);
    const auto chosen = [&](const torch::Tensor& all) {
        return all.defined() ? all.index_select(0, indices).to(m_device) : torch::Tensor();
    };
    AugmentedBatch augmented{
        unitImage(chosen(m_data.images)), chosen(m_data.masks), chosen(m_data.corrections)};
    const bool isUnit = augmentsUnitImages(m_config.data.augmentation);
    if (!isUnit) {
        augmented.images = normalise(m_config.preprocessing, augmented.images);
    }
    augmented = this->augmented(augmented, seedOf(kAugment, number), batch);
    if (isUnit) {
        augmented.images = normalise(m_config.preprocessing, augmented.images);
    }
    batch.images = augmented.images.contiguous(torch::MemoryFormat::ChannelsLast);
    batch.masks = augmented.masks.to(torch::kInt64);
    batch.corrections = augmented.corrections;
    const bool keepsTargets = m_guideAlone != nullptr && m_keepsTokens;
    for (std::size_t i = 0; keepsTargets && i < batch.views.size(); ++i) {
        const auto at = static_cast<std::int64_t>(i);
        m_targets[batch.views[i]] = augmented.masks[at].clone();
        if (augmented.corrections.defined()) {
            m_targetCorrections[batch.views[i]] = augmented.corrections[at].clone();
        }
    }
    return batch;
}

/// New draws for the whole batch, or each image's stored view of this epoch.
AugmentedBatch
Trainer::augmented(const AugmentedBatch& plain, std::uint64_t seed, const Batch& batch) const
{
    const AugmentationConfig& config = m_config.data.augmentation;
    const Augmenter augmenter(config, augmentsUnitImages(config));
    if (m_views <= 1) {
        return augmenter.apply(plain.images, plain.masks, seed, plain.corrections);
    }
    std::vector<torch::Tensor> images;
    std::vector<torch::Tensor> masks;
    std::vector<torch::Tensor> corrections;
    for (std::size_t i = 0; i < batch.views.size(); ++i) {
        const auto one = [i](const torch::Tensor& all) {
            return all.defined() ? all.narrow(0, static_cast<std::int64_t>(i), 1).clone()
                                 : torch::Tensor();
        };
        const AugmentedBatch result = augmenter.apply(
            one(plain.images),
            one(plain.masks),
            mixSeed({static_cast<std::uint64_t>(m_config.training.seed), kAugment, batch.views[i]}),
            one(plain.corrections));
        images.push_back(result.images);
        masks.push_back(result.masks);
        if (result.corrections.defined()) {
            corrections.push_back(result.corrections);
        }
    }
    return {
        torch::cat(images),
        torch::cat(masks),
        corrections.empty() ? torch::Tensor() : torch::cat(corrections)};
}

torch::Tensor Trainer::tokensOf(const Batch& batch)
{
    if (!m_keepsTokens) {
        return {};
    }
    const auto isKept = [this](std::size_t view) { return m_tokens[view].defined(); };
    if (!std::all_of(batch.views.begin(), batch.views.end(), isKept)) {
        const torch::NoGradGuard noGrad;
        const AutocastScope scope(m_device, m_precision);
        const torch::Tensor tokens = m_hooks.tokens ? m_hooks.tokens(*m_model, batch.images)
                                                    : m_model->guideTokens(batch.images);
        if (!tokens.defined()
            || tokens[0].numel() * static_cast<std::int64_t>(tokens.element_size())
                       * static_cast<std::int64_t>(m_tokens.size())
                   > kTokenBytesLimit) {
            m_keepsTokens = false;
            m_tokens.clear();
            m_targets.assign(m_targets.size(), {});
            m_targetCorrections.assign(m_targetCorrections.size(), {});
            return tokens;
        }
        for (std::size_t i = 0; i < batch.views.size(); ++i) {
            m_tokens[batch.views[i]] = tokens[static_cast<std::int64_t>(i)].clone();
        }
        return tokens;
    }
    std::vector<torch::Tensor> tokens;
    for (const std::size_t view : batch.views) {
        tokens.push_back(m_tokens[view]);
    }
    return torch::stack(tokens);
}

void Trainer::trainStep()
{
    const std::int64_t accumulate = std::max(1, m_config.training.accumulate);
    const std::int64_t first = m_state.step_in_epoch * accumulate;
    const std::int64_t last = std::min(first + accumulate, batchesPerEpoch());
    if (m_config.training.schedule_by == "step") {
        const double share =
            static_cast<double>(m_state.step_in_epoch) / static_cast<double>(stepsPerEpoch());
        setLearningRates(
            *m_optimizer,
            m_groups,
            m_config.training,
            static_cast<double>(m_state.epoch) + share,
            m_rateScale);
    }
    m_optimizer->zero_grad();
    for (std::int64_t number = first; number < last; ++number) {
        forwardBackward(takeBatch(number), 1.0 / static_cast<double>(last - first));
    }
    optimizerStep();
    ++m_state.step;
    ++m_state.step_in_epoch;
    m_weights->average(m_state.step);
    if (m_hooks.stepDone) {
        const std::int64_t steps = stepsPerEpoch();
        m_hooks.stepDone(
            {m_state.epoch,
             m_state.step_in_epoch,
             steps,
             m_state.step,
             steps * m_config.training.epochs,
             m_state.sums[kTotal]
                 / static_cast<double>(std::max<std::int64_t>(1, m_state.batches))});
    }
}

SegmenterOutput Trainer::outputOf(const Batch& batch)
{
    ForwardOptions options;
    options.tokens = tokensOf(batch);
    options.want_prototypes = m_loss.wantsPrototypes();
    const AutocastScope scope(m_device, m_precision);
    if (m_guideAlone == nullptr) {
        return m_model->forward(batch.images, options);
    }
    const torch::Tensor tokens =
        options.tokens.defined() ? options.tokens : m_model->guideTokens(batch.images);
    return m_guideAlone->guideOf(tokens, {batch.masks.size(1), batch.masks.size(2)}, options);
}

void Trainer::forwardBackward(const Batch& batch, double share)
{
    torch::manual_seed(batch.dropoutSeed);
    LossInput input;
    input.output = outputOf(batch);
    input.target = batch.masks;
    input.guide_correction = batch.corrections;
    input.guide_correction_weight = m_data.correction_weight;
    const LossParts parts = m_loss(input);
    const torch::Tensor& guide = input.output.guide;
    const torch::Tensor zero = torch::zeros({}, parts.total.options());
    torch::Tensor guideMean = zero;
    torch::Tensor guideStd = zero;
    if (guide.defined()) {
        guideMean = guide.detach().mean();
        guideStd = guide.detach().std(false);
    }
    const auto number = [&](const torch::Tensor& part) {
        return part.defined() ? part.detach().to(torch::kFloat32) : zero.to(torch::kFloat32);
    };
    // One transfer: on a GPU each would wait for the device.
    const torch::Tensor values = torch::stack({number(parts.total),
                                               number(parts.dice),
                                               number(parts.ce),
                                               number(parts.guide),
                                               number(parts.boundary),
                                               number(guideMean),
                                               number(guideStd),
                                               number(parts.prototypes),
                                               number(parts.terms)})
                                     .cpu();
    const float* numbers = values.data_ptr<float>();
    if (!std::isfinite(numbers[kTotal])) {
        std::string names;
        for (const std::string& name : batch.names) {
            names += (names.empty() ? "" : ", ") + name;
        }
        for (const std::int64_t i : batch.positions) {
            names += (names.empty() ? "" : ", ") + m_data.names[static_cast<std::size_t>(i)];
        }
        throw NonFiniteLoss(
            "The loss is not finite at step " + std::to_string(m_state.step + 1) + " (epoch "
            + std::to_string(m_state.epoch + 1) + "). Files of the batch: " + names
            + ". Look at these files, or lower training.learning_rate or set training.clip_norm.");
    }
    for (std::size_t i = 0; i < kSums; ++i) {
        m_state.sums[i] += numbers[i];
    }
    ++m_state.batches;
    const double scale = m_precision == torch::kFloat16 ? m_state.loss_scale : 1.0;
    (parts.total * (share * scale)).backward();
}

void Trainer::optimizerStep()
{
    std::vector<torch::Tensor> parameters;
    std::vector<torch::Tensor> gradients;
    for (const ParameterGroup& group : m_groups) {
        for (const torch::Tensor& parameter : group.parameters) {
            if (parameter.grad().defined()) {
                parameters.push_back(parameter);
                gradients.push_back(parameter.grad());
            }
        }
    }
    if (m_precision == torch::kFloat16) {
        // The gradients were scaled up to stay above float16's smallest numbers; a step whose
        // gradients overflowed is left out and the scale halved (growth every 2000 good steps).
        const auto options = torch::TensorOptions(torch::kFloat32).device(m_device);
        torch::Tensor hasOverflown = torch::zeros({1}, options);
        const torch::Tensor inverse = torch::full({1}, 1.0 / m_state.loss_scale, options);
        at::_amp_foreach_non_finite_check_and_unscale_(gradients, hasOverflown, inverse);
        if (hasOverflown.item<float>() > 0) {
            m_state.loss_scale = std::max(1.0, m_state.loss_scale / 2);
            m_state.good_steps = 0;
            return;
        }
        if (++m_state.good_steps % 2000 == 0) {
            m_state.loss_scale *= 2;
        }
    }
    if (m_config.training.clip_norm > 0) {
        torch::nn::utils::clip_grad_norm_(parameters, m_config.training.clip_norm);
    }
    m_optimizer->step();
}

HistoryRow Trainer::trainRow(bool isInitial) const
{
    const auto batches = static_cast<double>(std::max<std::int64_t>(1, m_state.batches));
    const auto mean = [&](Sum sum) {
        const bool isUnknown =
            isInitial || (m_guideAlone != nullptr && (sum == kDice || sum == kCe));
        return isUnknown ? std::numeric_limits<double>::quiet_NaN() : m_state.sums[sum] / batches;
    };
    HistoryRow row{
        {"epoch", isInitial ? 0.0 : static_cast<double>(m_state.epoch + 1)},
        {"step", static_cast<double>(m_state.step)},
        {"train_loss", mean(kTotal)},
        {"train_dice", -mean(kDice)},
        {"train_ce", mean(kCe)}};
    const bool hasGuide =
        m_config.guide.source != "none" && (isInitial || m_state.sums[kGuideMean] != 0);
    if (hasGuide) {
        row.emplace_back("train_guide", mean(kGuide));
    }
    if (m_config.loss.boundary_weight > 0) {
        row.emplace_back("train_boundary", mean(kBoundary));
    }
    if (m_loss.wantsPrototypes()) {
        row.emplace_back("train_prototypes", mean(kPrototypes));
    }
    if (!m_config.loss.terms.empty()) {
        row.emplace_back("train_terms", mean(kTerms));
    }
    row.emplace_back(
        "lr",
        scaledLearningRate(
            m_config.training,
            m_groups.front().base_learning_rate,
            static_cast<double>(m_state.epoch),
            m_rateScale));
    if (hasGuide) {
        row.emplace_back("guide_mean", mean(kGuideMean));
        row.emplace_back("guide_std", mean(kGuideStd));
    }
    return row;
}

bool Trainer::closeEpoch(bool isLast)
{
    const int every = std::max(1, m_config.training.validate_every);
    const bool isValidated = isLast || (m_state.epoch + 1) % every == 0;
    if (isValidated && !validateNow()) {
        return false;
    }
    const int patience = m_config.training.early_stop;
    m_state.stopped_early = patience > 0 && m_state.stale >= patience && !isLast;
    m_state.is_finished = isLast || m_state.stopped_early;
    ++m_state.epoch;
    m_state.step_in_epoch = 0;
    m_state.sums.assign(kSums, 0.0);
    m_state.batches = 0;
    m_state.epoch_seconds = 0;
    // Short epochs without a validation need no checkpoint each.
    if (isValidated || secondsSince(m_lastSave) > 30) {
        saveNow();
    }
    return true;
}

bool Trainer::validateNow(bool isInitial)
{
    const auto start = Clock::now();
    const std::int64_t epoch = isInitial ? -1 : m_state.epoch;
    HistoryRow row = trainRow(isInitial);
    HistoryRow measured;
    m_model->eval();
    m_weights->showAverage();
    m_model->prepareInference();
    if (m_hooks.validate) {
        const torch::NoGradGuard noGrad;
        measured = m_hooks.validate(*m_model, epoch);
        if (measured.empty()) {
            m_weights->putBack();
            applyModes();
            return false;
        }
        const std::string& selectBy = m_config.training.select_by;
        const auto [score, shown] = scored(measured, m_state.history, selectBy, epoch);
        const bool isBetter =
            m_state.history.empty() || std::isnan(m_state.best_score)
            || (isLarger(selectBy) ? score > m_state.best_score : score < m_state.best_score);
        if (isBetter) {
            m_state.best_score = score;
            m_state.best_epoch = epoch;
            m_state.stale = 0;
            if (m_hooks.improved) {
                m_hooks.improved(*m_model, shown, epoch);
            }
        } else {
            ++m_state.stale;
        }
    }
    m_weights->putBack();
    applyModes();
    row.insert(row.end(), measured.begin(), measured.end());
    const double images = static_cast<double>(m_state.batches) * m_config.training.batch_size;
    row.emplace_back("train_seconds", m_state.epoch_seconds);
    row.emplace_back("validation_seconds", secondsSince(start));
    row.emplace_back(
        "images_per_second", m_state.epoch_seconds > 0 ? images / m_state.epoch_seconds : 0);
    m_state.history.push_back(std::move(row));
    if (m_hooks.rowAdded) {
        m_hooks.rowAdded(m_state.history);
    }
    return true;
}

} // namespace guidino::nn
