// SPDX-License-Identifier: Apache-2.0
#include "core/engine/training_run.h"

#include "core/base/file.h"
#include "core/base/file_copy.h"
#include "core/base/log.h"
#include "core/base/threads.h"
#include "core/datasets/nnunet_pack_index.h"
#include "core/engine/bundle.h"
#include "core/engine/config.h"
#include "core/engine/devices.h"
#include "core/engine/feature_statistics.h"
#include "core/engine/guarded.h"
#include "core/engine/memory_budget.h"
#include "core/engine/nnunet_pack.h"
#include "core/engine/nnunet_validation.h"
#include "core/engine/plugins.h"
#include "core/engine/preflight.h"
#include "core/engine/token_cache.h"
#include "core/engine/training_data.h"
#include "core/engine/training_plan.h"
#include "core/engine/training_validation.h"
#include "core/nn/backbones/cost.h"
#include "core/nn/train/autocast.h"
#include "core/nn/train/checkpoint.h"
#include "core/nn/train/trainer.h"
#include "core/nn/train/trainer_parts.h"

#include <unistd.h>

#include <c10/core/CachingDeviceAllocator.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <memory>
#include <optional>

namespace guidino::engine {

namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

/// Smaller batches tell batch norms less than the statistics that a trained model brings along.
/// From models/demo with quick-finetune (batch 4): on the 24 samples validation DSC 0.749 before,
/// 0.807 with frozen statistics and 0.759 without; the 6 test samples 0.734 before, 0.729 and
/// 0.694.
constexpr int kBatchNormImages = 16;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Nine digits: more than any figure holds, the same on every machine. NaN is an empty field.
std::string csvNumber(double value)
{
    if (!std::isfinite(value)) {
        return {};
    }
    std::array<char, 64> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 9);
    return {text.data(), end.ptr};
}

std::string csvOf(const std::vector<nn::HistoryRow>& history)
{
    std::string text;
    for (const auto& [name, value] : history.back()) {
        text += (text.empty() ? "" : ",") + name;
    }
    for (const nn::HistoryRow& row : history) {
        text += '\n';
        bool isFirst = true;
        for (const auto& [name, ignored] : history.back()) {
            text += isFirst ? "" : ",";
            isFirst = false;
            for (const auto& [column, value] : row) {
                if (column == name) {
                    text += csvNumber(value);
                }
            }
        }
    }
    return text + "\n";
}

constexpr double kMiB = 1024.0 * 1024.0;

/// What this process holds of the machine's memory now; 0 where the system does not say.
double residentMiB()
{
    std::ifstream statm("/proc/self/statm");
    double size = 0;
    double resident = 0;
    statm >> size >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / kMiB;
}

/// The most that was set aside on the device since the last call; NaN where it does not say.
double takePeakDeviceMiB(const torch::Device& device)
{
    try {
        const c10::DeviceIndex index = device.has_index() ? device.index() : c10::DeviceIndex{0};
        c10::DeviceAllocator* allocator = c10::getDeviceAllocator(device.type());
        const auto all = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
        const auto peak = allocator->getDeviceStats(index).reserved_bytes[all].peak;
        allocator->resetPeakStats(index);
        return static_cast<double>(peak) / kMiB;
    } catch (const c10::Error&) {
        return std::numeric_limits<double>::quiet_NaN();
    }
}

/// One training from a request to its outcome. Members are set in the order of run()'s steps.
class TrainingRun
{
public:
    TrainingRun(const TrainRequest& request, JobContext& context)
        : m_request(request)
        , m_context(context)
        , m_out(request.out)
    {}

    TrainOutcome run()
    {
        checkFolder();
        chooseConfig();
        m_isNnunet = datasets::isNnunetPack(m_request.data);
        checkNormalisation();
        chooseMachine();
        valueOrThrow(makeFolder(m_out)); // a place that cannot be written to is known at once
        if (m_isContinued) {
            m_stored = nn::loadNewestCheckpoint(m_out);
            if (m_stored && m_stored->state.is_finished && hasItsModels()
                && (m_stored->state.stopped_early
                    || m_stored->state.epoch >= m_config.training.epochs)) {
                return outcomeOf(m_stored->state); // finished: nothing is touched
            }
        }
        makeTheModel();
        m_data = valueOrThrow(
            openTrainingData(m_request, m_config, m_bundle.classes, m_threads, m_context));
        for (const std::string& warning : m_data.warnings) {
            m_context.warning(warning);
        }
        if (m_stored && m_stored->state.identity != m_data.sha256) {
            throw ErrorException{Error{
                ErrorCode::BadInput,
                m_out.string()
                    + ": the data is not that with which this run was begun; it cannot "
                      "be continued. Start a new run, with --init to keep its model.",
                {}}};
        }
        prepareRecords();
        return train();
    }

    [[nodiscard]] const nn::SystemConfig& config() const { return m_config; }

private:
    void checkFolder()
    {
        if (m_out.empty()) {
            fail(ErrorCode::Usage, "No run folder was given (--out).");
        }
        const bool isRun = isThere(m_out / "run.json");
        if (isRun && !m_request.resume) {
            fail(
                ErrorCode::Usage,
                m_out.string()
                    + " holds a run already: continue it with --resume, or choose "
                      "another folder.");
        }
        m_isContinued = isRun && m_request.resume;
        if (m_request.resume && !isRun) {
            m_context.warning(m_out.string() + " holds no run yet: a new one is begun.");
        }
    }

    void chooseConfig()
    {
        TrainingPlan plan = valueOrThrow(planTraining(
            m_request, m_isContinued ? valueOrThrow(readFile(m_out / "run.json")) : std::string()));
        m_config = std::move(plan.config);
        m_start = std::move(plan.start);
        if (m_start) {
            m_initSha256 = m_start->sha256;
            m_bundle.classes = m_start->classes;
        } else {
            m_bundle.classes.clear(); // those of the data, not a bundle's default
        }
    }

    void checkNormalisation() const
    {
        if (!m_isNnunet && m_config.preprocessing.normalisation == "nnunet") {
            fail(
                ErrorCode::Configuration,
                "The configuration is of an nnU-Net plan: `guidino nnunet train` trains it. For "
                "other data set preprocessing.normalisation (zscore is nearest).");
        }
    }

    /// Of the best model so far; nnU-Net's name in its folders.
    [[nodiscard]] fs::path bestFolder() const
    {
        return m_out / (m_isNnunet ? "checkpoint_best" : "best");
    }

    /// False where a training was ended between its last checkpoint and what is written from it.
    [[nodiscard]] bool hasItsModels() const
    {
        return !m_isNnunet || isThere(m_out / "checkpoint_final" / "config.json");
    }

    void chooseMachine()
    {
        m_device = valueOrThrow(chooseDevice(m_request.device));
        if (m_config.training.precision == "fp16" && m_device == "cpu") {
            fail(
                ErrorCode::Configuration,
                "training.precision: fp16 needs a GPU; on the CPU use bf16 or fp32.");
        }
        m_precision = nn::precisionInUse(m_config.training.precision, torch::Device(m_device));
        if (m_precision != m_config.training.precision) {
            m_context.warning(
                "This processor has no fast bfloat16 arithmetic: training computes in fp32.");
        }
        // Before any thread of LibTorch is made: they inherit it.
        at::globalContext().setFlushDenormal(true);
        useThreads(m_request.threads);
        m_threads = threadsFor(m_request.threads);
        if (m_device != "cpu") {
            at::globalContext().setBenchmarkCuDNN(true);
        }
    }

    void makeTheModel()
    {
        m_context.progress({"model", 0, 1, -1, m_config.system});
        torch::manual_seed(static_cast<std::uint64_t>(m_config.training.seed));
        m_model = valueOrThrow(makeModel(m_config));
        if (m_start) {
            valueOrThrow(loadWeights(*m_start, *m_model));
        }
        m_bundle.config = m_config;
        m_bundle.backbone = valueOrThrow(backboneOf(m_config));
    }

    void prepareRecords()
    {
        m_bundle.classes = m_data.classes;
        m_bundle.imageStatistics = m_data.imageStatistics;
        m_bundle.modality = modalityOfLayout(m_data.layout);
        if (m_bundle.modality.empty() && m_start) {
            m_bundle.modality = m_start->modality;
        }
        std::int64_t parameters = 0;
        for (const torch::Tensor& parameter : m_model->parameters()) {
            parameters += parameter.numel();
        }
        Json classes = Json::array();
        for (const BundleClass& item : m_data.classes) {
            classes.push_back({{"index", item.index}, {"name", item.name}});
        }
        m_record = Json{
            {"version", 1},
            {"program", GUIDINO_VERSION},
            {"libtorch", TORCH_VERSION},
            {"device", m_device},
            {"threads", m_threads},
            {"precision", m_precision},
            {"parameters", parameters},
            {"data",
             {{"path", m_request.data.string()},
              {"layout", m_data.layout},
              {"sha256", m_data.sha256},
              {"train", m_data.train.names.size()},
              {"validation", m_data.validation.names.size()},
              {"classes", std::move(classes)}}},
            {"init", {{"path", m_request.init.string()}, {"sha256", m_initSha256}}},
            {"backbone", {{"name", m_bundle.backbone.name}, {"sha256", m_bundle.backbone.sha256}}},
            {"recipe", m_request.recipe},
            {"settings", m_request.settings},
            {"plugins", Json::parse(neededPlugins(m_config))},
            {"config", Json::parse(toJson(m_config))}};
        valueOrThrow(makeFolder(m_out / "previews"));
        if (!isThere(m_out / "splits.json")) {
            valueOrThrow(datasets::writeSplits(m_out / "splits.json", m_data.splits));
        }
    }

    /// What is learned is known once the trainer has chosen it.
    void writeRunRecord(const torch::Device& device)
    {
        std::int64_t trainable = 0;
        for (const torch::Tensor& parameter : m_model->parameters()) {
            trainable += parameter.requires_grad() ? parameter.numel() : 0;
        }
        m_record["trainable_parameters"] = trainable;
        if (!m_isNnunet) { // its patches have a size of their own, a batch of them any number
            const int side = m_config.data.image_size;
            const torch::Tensor image =
                torch::zeros({1, m_config.network.in_channels, side, side}, device);
            m_model->eval(); // nothing random is drawn, no statistics change
            m_record["multiply_adds"] = nn::multiplyAddsOf([&] {
                nn::ForwardOptions options;
                options.tokens = m_model->guideTokens(image);
                (void)m_model->forward(image, options);
            });
            m_model->train();
        }
        valueOrThrow(writeFileAtomically(m_out / "run.json", m_record.dump(2) + "\n"));
    }

    TrainOutcome train()
    {
        const torch::Device device(m_device);
        m_tokenCache = TokenCache::forBundle(m_bundle, m_device, m_precision);
        std::optional<TrainingValidation> validation;
        std::optional<NnunetValidation> patches;
        Measure measure;
        if (m_isNnunet) {
            patches.emplace(m_config, m_data, device, m_context);
            measure = [&](nn::Segmenter& model, std::int64_t epoch) {
                return patches->measure(model, epoch);
            };
        } else {
            validation.emplace(m_bundle, m_data, device, m_threads, m_tokenCache.get(), m_context);
            validation->pinPreviews(m_request.previewImages, m_out / "previews");
            measure = [&](nn::Segmenter& model, std::int64_t epoch) {
                return validation->measure(model, epoch);
            };
        }
        nn::Trainer trainer(m_config, m_model, m_data.train, device, hooks(std::move(measure)));
        writeRunRecord(device);
        if (m_stored) {
            trainer.restore(*m_stored);
            if (const nn::HistoryRow* start = nn::rowAfter(m_stored->state.history, -1)) {
                m_startScore = nn::scoreOf(*start, nn::shownMetric(m_config.training.select_by));
            }
            m_stored.reset();
        }
        trainer.setIdentity(m_data.sha256);
        if (m_start) {
            trainer.beginWithInitialModel();
            if (m_config.training.batch_size < kBatchNormImages) {
                trainer.freezeBatchNorm();
            }
        }
        m_started = m_lastReport = Clock::now();
        m_firstStep = trainer.state().step;
        const nn::TrainingEnd end = trainer.run();
        if (end == nn::TrainingEnd::Cancelled) {
            fail(
                ErrorCode::Cancelled,
                "Training stopped at step " + std::to_string(trainer.state().step)
                    + "; continue it with --resume.");
        }
        if (m_start && trainer.state().best_epoch < 0) {
            m_context.warning(
                "No epoch was better on the validation images than the model that training began "
                "with: best/ holds that model.");
        }
        if (m_isNnunet) {
            writeFinal(trainer.state());
        } else {
            describeFeatures();
        }
        return outcomeOf(trainer.state());
    }

    /// nnU-Net predicts with the weights of the last epoch.
    void writeFinal(const nn::TrainingState& state)
    {
        m_model->eval();
        m_bundle.training =
            trainingRecord(nn::bestShownScore(state, m_config.training.select_by), state.epoch - 1);
        valueOrThrow(writeBundle(m_bundle, *m_model, m_out / "checkpoint_final"));
    }

    /// The best model says what its images look like, so that others can be told from them.
    void describeFeatures()
    {
        Bundle best = valueOrThrow(readBundle(bestFolder()));
        const std::shared_ptr<nn::Segmenter> model = valueOrThrow(loadModel(best, m_device));
        best.featureStatistics = textOf(measureFeatures(
            *model, m_config, m_device, m_data.train.images, m_data.validation.images, m_context));
        valueOrThrow(writeBundleStatistics(best));
    }

    using Measure = std::function<nn::HistoryRow(nn::Segmenter&, std::int64_t)>;

    nn::TrainerHooks hooks(Measure measure)
    {
        nn::TrainerHooks hooks;
        hooks.isCancelled = [this] { return m_context.isCancelled(); };
        hooks.isPaused = [this] { return m_context.isPaused(); };
        hooks.stopAndKeep = [this] { return m_context.stopAndKeep(); };
        hooks.stepDone = [this](const nn::StepReport& report) { reportStep(report); };
        hooks.validate = [this, measure](nn::Segmenter& model, std::int64_t epoch) {
            nn::HistoryRow row = measure(model, epoch);
            if (!row.empty()) {
                row.emplace_back("memory_mib", residentMiB());
                if (m_device != "cpu") {
                    row.emplace_back(
                        "device_memory_mib", takePeakDeviceMiB(torch::Device(m_device)));
                }
            }
            return row;
        };
        if (m_tokenCache) {
            hooks.tokens = [this](nn::Segmenter& model, const torch::Tensor& images) {
                return m_tokenCache->tokensOf(model, images);
            };
        }
        hooks.improved = [this](nn::Segmenter& model, double score, std::int64_t epoch) {
            if (epoch < 0) {
                m_startScore = score;
            }
            m_bundle.training = trainingRecord(score, epoch);
            valueOrThrow(writeBundle(m_bundle, model, bestFolder()));
            m_context.checkpoint(bestFolder(), epoch + 1, score);
        };
        hooks.rowAdded = [this](const std::vector<nn::HistoryRow>& history) {
            valueOrThrow(writeFileAtomically(m_out / "metrics.csv", csvOf(history)));
            reportRow(history.back());
        };
        hooks.save = [this](const nn::TrainingCheckpoint& checkpoint) {
            valueOrThrow(nn::saveCheckpoint(m_out, checkpoint));
        };
        return hooks;
    }

    void reportStep(const nn::StepReport& report)
    {
        const double seconds = secondsSince(m_started);
        const auto done = static_cast<double>(report.step - m_firstStep);
        const double left =
            done > 0 ? seconds / done * static_cast<double>(report.steps - report.step) : -1;
        m_context.progress(
            {"train",
             report.step,
             report.steps,
             left,
             "epoch " + std::to_string(report.epoch + 1) + "/"
                 + std::to_string(m_config.training.epochs)});
        if (secondsSince(m_lastReport) >= 1 || report.stepInEpoch == report.stepsPerEpoch) {
            m_lastReport = Clock::now();
            m_context.metric("loss", report.loss, report.step, "train");
        }
    }

    void reportRow(const nn::HistoryRow& row)
    {
        std::int64_t epoch = 0;
        std::string line;
        for (const auto& [name, value] : row) {
            if (name == "epoch") {
                epoch = static_cast<std::int64_t>(value);
                continue;
            }
            if (name != "step" && std::isfinite(value)) {
                const bool isTrain = name.starts_with("train_") || name == "lr"
                                     || name.starts_with("guide_") || name == "images_per_second"
                                     || name.ends_with("memory_mib");
                m_context.metric(name, value, epoch, isTrain ? "train" : "val");
            }
            if (name == "train_loss" || name == "val_loss" || name == "dsc" || name == "iou"
                || name == "hd95" || name == "ema_dsc") {
                std::array<char, 64> text{};
                (void)std::snprintf(text.data(), text.size(), "  %s %.4f", name.c_str(), value);
                line += text.data();
            }
        }
        logInfo("epoch " + std::to_string(epoch) + line);
    }

    [[nodiscard]] std::string trainingRecord(double score, std::int64_t epoch) const
    {
        const nn::TrainingConfig& training = m_config.training;
        Json record{
            {"program", GUIDINO_VERSION},
            {"layout", m_data.layout},
            {"data_sha256", m_data.sha256},
            {"train_images", m_data.train.names.size()},
            {"validation_images", m_data.validation.names.size()},
            {"epoch", epoch + 1},
            {"epochs", training.epochs},
            {"metric", nn::shownMetric(training.select_by)},
            {"selected_by", training.select_by},
            {"score", score},
            {"seed", training.seed},
            {"init_sha256", m_initSha256}};
        // What the model that it began from scores on the same images: without it nobody can tell
        // whether the score is good.
        if (m_startScore && training.select_by != "last") {
            record["start_score"] = *m_startScore;
        }
        return record.dump();
    }

    [[nodiscard]] TrainOutcome outcomeOf(const nn::TrainingState& state) const
    {
        return {
            bestFolder(),
            nn::bestShownScore(state, m_config.training.select_by),
            nn::shownMetric(m_config.training.select_by),
            state.epoch,
            state.stopped_early};
    }

    [[noreturn]] static void fail(ErrorCode code, std::string message)
    {
        throw ErrorException{Error{code, std::move(message), {}}};
    }

    const TrainRequest& m_request;
    JobContext& m_context;
    fs::path m_out;
    bool m_isContinued = false;
    bool m_isNnunet = false; ///< patches of nnU-Net's preprocessed data
    nn::SystemConfig m_config;
    std::optional<Bundle> m_start;
    std::string m_initSha256;
    std::optional<double> m_startScore; ///< of the initial model, before the first step
    std::string m_device;
    std::string m_precision; ///< fp32, bf16 or fp16, as computed
    Json m_record;           ///< run.json
    int m_threads = 1;
    std::optional<nn::TrainingCheckpoint> m_stored;
    std::shared_ptr<nn::Segmenter> m_model;
    Bundle m_bundle;
    TrainingData m_data;
    std::unique_ptr<TokenCache> m_tokenCache;
    Clock::time_point m_started;
    Clock::time_point m_lastReport;
    std::int64_t m_firstStep = 0;
};

/// What was needed, what there is, and a setting that was tried and fits.
Error withAdvice(
    Error error, const TrainRequest& request, const nn::SystemConfig& config, JobContext& context)
{
    for (const auto& [key, value] : error.context) {
        if (key.starts_with("advice.")) {
            return error;
        }
    }
    const std::string device = error.code == ErrorCode::OutOfMemory ? "cpu" : request.device;
    const std::string name = chooseDevice(device).value_or(std::string("cpu"));
    const MemoryBudget budget = memoryBudget(name);
    const std::uint64_t peak = std::max(peakMemory(name), budget.used);
    const std::uint64_t needed = peak + requestedBytes(error.message);
    error = withMemory(std::move(error), needed, budget.limit);
    releaseCachedMemory(name);
    if (datasets::isNnunetPack(
            request.data)) { // its images are not of one size: nothing to try with
        const int half = config.training.batch_size / 2;
        return half < 1 ? error
                        : std::move(error).with("advice.training.batch_size", std::to_string(half));
    }
    const auto advice = settingThatFits(request, config, context);
    if (!advice) {
        return error;
    }
    const std::string text = advice->first + "=" + advice->second;
    error.message += " Try --set " + text;
    if (advice->first == "training.batch_size") {
        const int batch = std::max(1, std::stoi(advice->second));
        const int times = (config.training.batch_size + batch - 1) / batch;
        error.message +=
            " (with training.accumulate=" + std::to_string(config.training.accumulate * times)
            + " the steps stay as they are)";
    }
    error.message += ".";
    return std::move(error).with("advice." + advice->first, advice->second);
}

/// A tenth of the learning rate is what helps most trainings that diverge.
Error withLowerRate(Error error, const nn::SystemConfig& config)
{
    std::array<char, 32> rate{};
    (void)std::snprintf(rate.data(), rate.size(), "%g", config.training.learning_rate / 10);
    return std::move(error).with("advice.training.learning_rate", rate.data());
}

} // namespace

Result<TrainOutcome> runTraining(const TrainRequest& request, JobContext& context)
{
    // By pointer: its memory is free again when a setting that fits is looked for.
    auto run = std::make_unique<TrainingRun>(request, context);
    auto outcome = guarded("Training", [&]() -> Result<TrainOutcome> {
        try {
            return run->run();
        } catch (const nn::NonFiniteLoss& exception) {
            return withLowerRate(Error{ErrorCode::BadInput, exception.what(), {}}, run->config());
        }
    });
    if (!outcome
        && (outcome.error().code == ErrorCode::OutOfMemory
            || outcome.error().code == ErrorCode::OutOfDeviceMemory)) {
        const nn::SystemConfig config = run->config();
        run.reset();
        return withAdvice(std::move(outcome).error(), request, config, context);
    }
    return outcome;
}

} // namespace guidino::engine
