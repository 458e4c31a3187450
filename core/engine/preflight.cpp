// SPDX-License-Identifier: Apache-2.0
#include "core/engine/preflight.h"

#include "core/engine/bundle.h"
#include "core/engine/devices.h"
#include "core/engine/guarded.h"
#include "core/engine/memory_budget.h"
#include "core/engine/training_data.h"
#include "core/engine/training_plan.h"
#include "core/nn/data/presets.h"
#include "core/nn/guide/key_table.h"
#include "core/nn/train/trainer.h"
#include "core/nn/train/trainer_parts.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace guidino::engine {

namespace {

using Clock = std::chrono::steady_clock;

/// Of what is free a training may take so much: other programs move, too.
constexpr double kShare = 0.92;
/// Of that, a setting that is advised: it must still fit when it is measured anew, on a machine
/// whose free memory has changed a little.
constexpr double kAdvisedShare = 0.85;
constexpr int kSmallBatch = 2; ///< batch norms need two
constexpr int kSmallestSide = 64;
constexpr int kSideStep = 32; ///< multiples that all networks take
constexpr int kMostTries = 8;
constexpr std::int64_t kStoredViews = 4; ///< of each image, where tokens are cached (trainer.cpp)

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What two steps took.
struct Measured
{
    double first = 0;
    double second = 0;
    double perValidationImage = 0;
    std::uint64_t peak = 0;
    bool tokensAreCached = false;
};

nn::TrainingSet madeUpImages(int count, int side, int classes)
{
    nn::TrainingSet set;
    set.images = torch::randint(0, 256, {count, side, side, 3}, torch::kUInt8);
    set.masks = torch::zeros({count, side, side}, torch::kUInt8);
    const int foreground = std::max(1, classes - 1);
    const int stripe = std::max(1, side / (2 * foreground));
    for (int value = 1; value <= foreground; ++value) {
        const int from = std::min(side - 1, side / 4 + (value - 1) * stripe);
        const int length = std::min(stripe, side - from);
        set.masks.narrow(1, from, length).narrow(2, side / 4, side / 2).fill_(value);
    }
    for (int i = 0; i < count; ++i) {
        set.names.push_back("made up " + std::to_string(i));
    }
    return set;
}

/// Trains two steps of a fresh model and validates one batch.
class TwoSteps
{
public:
    TwoSteps(
        const TrainRequest& request,
        const std::string& device,
        std::optional<Bundle> start,
        JobContext& context)
        : m_device(device)
        , m_start(std::move(start))
        , m_context(context)
    {
        at::globalContext().setFlushDenormal(true);
        useThreads(request.threads);
        if (m_device != "cpu") {
            at::globalContext().setBenchmarkCuDNN(true);
        }
    }

    /// Throws what a training throws, OutOfMemory among it.
    Measured run(nn::SystemConfig config, int batch)
    {
        m_context.progress({"measure", m_tries++, 0, -1, "batch size " + std::to_string(batch)});
        releaseCachedMemory(m_device);
        forgetPeak(m_device);
        const int classes = config.network.num_classes;
        const int side = config.data.image_size;
        if (config.preprocessing.normalisation == "nnunet") {
            config.preprocessing.normalisation = "none"; // what is made up has no frame to crop
        }
        // One step an epoch, so that the second meets what the first left behind.
        nn::TrainingConfig& training = config.training;
        training.batch_size = batch;
        training.accumulate = 1;
        training.epochs = 2;
        training.iterations_per_epoch = 1;
        training.validate_every = 2;
        training.early_stop = 0;
        training.learning_rate = 1e-9; // noise must not make the loss overflow
        training.lora_learning_rate = 1e-9;
        training.backbone_learning_rate = 1e-9;
        training.warmup_epochs = 0;
        const bool mayKeepTokens =
            training.update != "all" || nn::isIdentity(config.data.augmentation);
        if (mayKeepTokens) {
            config.data.augmentation =
                *nn::augmentationPreset("none"); // the second step meets the views of the first
        }
        auto model = valueOrThrow(makeModel(config));
        if (m_start) {
            // A size of its own changes no weight; a configuration of its own may.
            valueOrThrow(loadWeights(*m_start, *model));
        }
        Measured measured;
        auto before = Clock::now();
        nn::TrainerHooks hooks;
        hooks.isCancelled = [this] { return m_context.isCancelled(); };
        hooks.stepDone = [&](const nn::StepReport& report) {
            finishDevice();
            (report.step == 1 ? measured.first : measured.second) = secondsSince(before);
            before = Clock::now();
        };
        const torch::Device device(m_device);
        hooks.validate = [&](nn::Segmenter& shown, std::int64_t) -> nn::HistoryRow {
            const torch::Tensor images = torch::zeros({batch, 3, side, side}, device);
            (void)shown.forward(images);
            finishDevice();
            const auto begin = Clock::now();
            (void)shown.forward(images);
            finishDevice();
            measured.perValidationImage = secondsSince(begin) / batch;
            return {{nn::measuredColumn(config.training.select_by), 0.0}};
        };
        nn::Trainer trainer(
            config, model, madeUpImages(batch, side, classes), device, std::move(hooks));
        bool isFrozen = model->guideBackbone() != nullptr && !config.guide.rope_augmentation;
        for (const auto& item : model->named_parameters()) {
            isFrozen &= !(nn::isGuideBackboneKey(item.key()) && item.value().requires_grad());
        }
        measured.tokensAreCached = isFrozen && mayKeepTokens;
        before = Clock::now();
        if (trainer.run() == nn::TrainingEnd::Cancelled) {
            throw ErrorException{Error{ErrorCode::Cancelled, "The measurement was cancelled.", {}}};
        }
        measured.peak = peakMemory(m_device);
        return measured;
    }

    /// Nothing where it does not fit: memory ran out, or more was used than there is to be had.
    std::optional<Measured> tried(const nn::SystemConfig& config, int batch, std::uint64_t limit)
    {
        const auto result =
            guarded("Measuring", [&]() -> Result<Measured> { return run(config, batch); });
        releaseCachedMemory(m_device);
        if (!result) {
            const ErrorCode code = result.error().code;
            if (code == ErrorCode::OutOfMemory || code == ErrorCode::OutOfDeviceMemory) {
                m_failedAt = peakMemory(m_device) + requestedBytes(result.error().message);
                return std::nullopt;
            }
            throw ErrorException{result.error()};
        }
        if (limit > 0 && static_cast<double>(result->peak) > kShare * static_cast<double>(limit)) {
            m_failedAt = result->peak;
            return std::nullopt;
        }
        return *result;
    }

    /// Bytes that the last try that did not fit wanted at least.
    [[nodiscard]] std::uint64_t failedAt() const { return m_failedAt; }

private:
    void finishDevice() const
    {
        if (m_device != "cpu") {
            torch::cuda::synchronize(torch::Device(m_device).index());
        }
    }

    std::string m_device;
    std::optional<Bundle> m_start;
    JobContext& m_context;
    std::int64_t m_tries = 0;
    std::uint64_t m_failedAt = 0;
};

/// Bytes at a batch size, from two smaller ones: what grows with it grows evenly.
std::uint64_t extrapolated(int a, std::uint64_t atA, int b, std::uint64_t atB, int batch)
{
    const double slope =
        std::max(0.0, (static_cast<double>(atB) - static_cast<double>(atA)) / (b - a));
    return static_cast<std::uint64_t>(static_cast<double>(atB) + slope * (batch - b));
}

/// What becomes of the training as it was asked for.
struct Trial
{
    std::optional<Measured> measured; ///< nothing: it does not fit
    std::uint64_t needed = 0;
    int likelyBatch = 0; ///< that should fit, where the asked one does not
};

/// Small batches first: a machine that swaps, or whose kernel kills programs, is of no use to
/// anybody.
Trial tryAsAsked(TwoSteps& steps, const nn::SystemConfig& config, std::uint64_t limit)
{
    const int batch = std::max(1, config.training.batch_size);
    Trial trial;
    trial.likelyBatch = batch / 2;
    const int small = std::min(kSmallBatch, batch);
    if (batch > small && limit > 0) {
        const auto first = steps.tried(config, small, limit);
        if (!first) {
            trial.needed = steps.failedAt();
            trial.likelyBatch = small / 2;
            return trial;
        }
        // If nothing were fixed, it would grow so much.
        const double most = static_cast<double>(first->peak) * batch / small;
        if (most > kShare * static_cast<double>(limit)) {
            // Step by step towards what was asked: the nearer, the less a guess is off.
            int before = small;
            std::uint64_t atBefore = first->peak;
            int now = std::min(2 * small, batch);
            while (now > before && now < batch) {
                const auto measured = steps.tried(config, now, limit);
                if (!measured) {
                    trial.needed = std::max(
                        steps.failedAt(),
                        static_cast<std::uint64_t>(static_cast<double>(atBefore) * batch / before));
                    trial.likelyBatch = before;
                    return trial;
                }
                const std::uint64_t atNow = measured->peak;
                const auto share = [&](int wanted) {
                    return static_cast<double>(extrapolated(before, atBefore, now, atNow, wanted))
                           / static_cast<double>(limit);
                };
                if (share(batch) <= kShare) {
                    break;
                }
                if (2 * now >= batch || share(2 * now) > kShare) {
                    trial.needed = extrapolated(before, atBefore, now, atNow, batch);
                    trial.likelyBatch = now;
                    while (2 * trial.likelyBatch < batch
                           && share(2 * trial.likelyBatch) <= kAdvisedShare * kShare) {
                        trial.likelyBatch *= 2;
                    }
                    return trial;
                }
                before = now;
                atBefore = atNow;
                now *= 2;
            }
        }
    }
    trial.measured = steps.tried(config, batch, limit);
    trial.needed = trial.measured ? trial.measured->peak : std::max(trial.needed, steps.failedAt());
    return trial;
}

/// A batch size from `likely` down, else a smaller image, that two steps go well with.
std::optional<std::pair<std::string, std::string>>
firstThatFits(TwoSteps& steps, const nn::SystemConfig& config, std::uint64_t limit, int likely)
{
    limit = static_cast<std::uint64_t>(kAdvisedShare * static_cast<double>(limit));
    const int least = config.training.batch_size > 1 ? 1 : 2;
    for (int batch = std::min(likely, config.training.batch_size - 1); batch >= least; batch /= 2) {
        try {
            if (steps.tried(config, batch, limit)) {
                return std::pair(std::string("training.batch_size"), std::to_string(batch));
            }
        } catch (const ErrorException& exception) {
            if (exception.error.code == ErrorCode::Cancelled || batch > 1) {
                throw;
            }
            break; // some networks cannot train on one image
        }
    }
    nn::SystemConfig smaller = config;
    for (int i = 0; i < kMostTries; ++i) {
        const int side = smaller.data.image_size / 2 / kSideStep * kSideStep;
        if (side < kSmallestSide) {
            break;
        }
        smaller.data.image_size = side;
        if (steps.tried(smaller, std::max(1, config.training.batch_size), limit)) {
            return std::pair(std::string("data.image_size"), std::to_string(side));
        }
    }
    return std::nullopt;
}

std::string labelOf(const std::string& device)
{
    for (const DeviceInfo& info : findDevices()) {
        if (info.name == device) {
            return info.label;
        }
    }
    return device;
}

} // namespace

Result<Preflight> runPreflight(const TrainRequest& request, JobContext& context)
{
    return guarded("The dry run", [&]() -> Result<Preflight> {
        TrainingPlan plan = valueOrThrow(planTraining(request));
        const nn::SystemConfig& config = plan.config;
        const nn::TrainingConfig& training = config.training;
        Preflight result;
        result.device = valueOrThrow(chooseDevice(request.device));
        result.label = labelOf(result.device);
        if (training.precision == "fp16" && result.device == "cpu") {
            return Error{
                ErrorCode::Configuration,
                "training.precision: fp16 needs a GPU; on the CPU use bf16 or fp32.",
                {}};
        }
        result.batchSize = training.batch_size;
        result.imageSize = config.data.image_size;
        result.epochs = training.epochs;
        const TrainingCounts counts = valueOrThrow(countTrainingImages(request, config));
        result.trainImages = counts.train;
        result.validationImages = counts.validation;
        // The images of the data stay in the host's memory while it trains.
        const std::uint64_t images = static_cast<std::uint64_t>(counts.train + counts.validation)
                                     * static_cast<std::uint64_t>(result.imageSize)
                                     * static_cast<std::uint64_t>(result.imageSize) * 4;
        const std::uint64_t kept = result.device == "cpu" ? images : 0;
        result.freeBytes = memoryBudget(result.device).limit;
        const std::uint64_t limit =
            result.freeBytes == 0 ? 0 : result.freeBytes - std::min(result.freeBytes - 1, kept);
        TwoSteps steps(request, result.device, plan.start, context);
        const Trial trial = tryAsAsked(steps, config, limit);
        result.fits = trial.measured.has_value();
        result.neededBytes = trial.needed + kept;
        if (!trial.measured) {
            if (const auto advice = firstThatFits(steps, config, limit, trial.likelyBatch)) {
                result.advice.push_back(*advice);
            }
            return result;
        }
        const Measured& measured = *trial.measured;
        const std::int64_t accumulate = std::max(1, training.accumulate);
        const std::int64_t batches =
            training.iterations_per_epoch > 0
                ? training.iterations_per_epoch
                : (counts.train + training.batch_size - 1) / training.batch_size;
        result.stepsPerEpoch = (batches + accumulate - 1) / accumulate;
        result.tokensAreCached = measured.tokensAreCached;
        result.secondsPerStep = measured.second * static_cast<double>(accumulate);
        result.secondsOfFirstStep = measured.first * static_cast<double>(accumulate);
        result.secondsPerValidation =
            measured.perValidationImage * static_cast<double>(counts.validation);
        const auto validations = static_cast<double>(
            (training.epochs + training.validate_every - 1) / std::max(1, training.validate_every));
        result.secondsInAll = measured.second * static_cast<double>(batches * training.epochs)
                              + result.secondsPerValidation * validations;
        if (measured.tokensAreCached) { // each stored view is computed once
            const std::int64_t views = nn::isIdentity(config.data.augmentation) ? 1 : kStoredViews;
            const double once = std::max(0.0, measured.first - measured.second);
            result.secondsInAll +=
                once
                * static_cast<double>(batches * std::min<std::int64_t>(views, training.epochs));
        }
        return result;
    });
}

std::optional<std::pair<std::string, std::string>>
settingThatFits(const TrainRequest& request, const nn::SystemConfig& config, JobContext& context)
{
    const auto found = guarded(
        "Looking for a setting that fits",
        [&]() -> Result<std::optional<std::pair<std::string, std::string>>> {
            TrainingPlan plan = valueOrThrow(planTraining(request));
            const std::string device = valueOrThrow(chooseDevice(request.device));
            TwoSteps steps(request, device, plan.start, context);
            return firstThatFits(
                steps, config, memoryBudget(device).limit, config.training.batch_size / 2);
        });
    return found ? *found : std::nullopt;
}

std::string toJson(const Preflight& preflight)
{
    nlohmann::ordered_json advice = nlohmann::ordered_json::object();
    for (const auto& [key, value] : preflight.advice) {
        advice[key] = value;
    }
    return nlohmann::ordered_json{
        {"device", preflight.device},
        {"label", preflight.label},
        {"batch_size", preflight.batchSize},
        {"image_size", preflight.imageSize},
        {"train_images", preflight.trainImages},
        {"validation_images", preflight.validationImages},
        {"epochs", preflight.epochs},
        {"steps_per_epoch", preflight.stepsPerEpoch},
        {"seconds_per_step", preflight.secondsPerStep},
        {"seconds_of_first_step", preflight.secondsOfFirstStep},
        {"seconds_per_validation", preflight.secondsPerValidation},
        {"seconds_in_all", preflight.secondsInAll},
        {"tokens_are_cached", preflight.tokensAreCached},
        {"needed_bytes", preflight.neededBytes},
        {"free_bytes", preflight.freeBytes},
        {"fits", preflight.fits},
        {"advice", std::move(advice)}}
        .dump(2);
}

} // namespace guidino::engine

void guidino_preflight_v1(
    const guidino::engine::TrainRequest* request,
    guidino::engine::JobContext* context,
    guidino::Result<std::string>* answer)
{
    using namespace guidino::engine;
    const auto preflight = runPreflight(*request, *context);
    if (preflight) {
        *answer = toJson(*preflight);
    } else {
        *answer = preflight.error();
    }
}
