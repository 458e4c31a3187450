// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/config.h"
#include "core/nn/data/batch_source.h"
#include "core/nn/losses/schedule.h"
#include "core/nn/losses/segmentation_loss.h"
#include "core/nn/segmenter.h"
#include "core/nn/train/checkpoint.h"

#include <torch/optim/optimizer.h>
#include <torch/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace guidino::nn {

class GuidedSegmenter;
class TrainedWeights;
struct AugmentedBatch;

/// What a training sees, at training size, on the CPU (may be a mapped file: it is only read).
struct TrainingSet
{
    torch::Tensor images; ///< [N, H, W, 3] uint8
    torch::Tensor masks;  ///< [N, H, W] uint8: 0..K−1, for one class 0 and 1; 255 = ignore
    std::vector<std::string> names; ///< N, for messages
    double correction_weight = 1;   ///< of what was painted, against what the masks say
    torch::Tensor corrections =
        {}; ///< [N, H, W] uint8: painted guides, kGuide… codes; undefined: none
    /// Draws batches itself; images and masks are undefined then, names are those of its cases, and
    /// TrainingConfig::iterations_per_epoch says how many batches an epoch has.
    std::shared_ptr<const BatchSource> source = {};
};

/// After each optimizer step.
struct StepReport
{
    std::int64_t epoch = 0; ///< 0-based
    std::int64_t stepInEpoch = 0;
    std::int64_t stepsPerEpoch = 0;
    std::int64_t step = 0;  ///< done in all
    std::int64_t steps = 0; ///< of the whole training
    double loss = 0;
};

/// How the trainer asks and tells; every function may be empty. Called from run()'s thread. An
/// exception ends run() and passes through.
struct TrainerHooks
{
    std::function<bool()> isCancelled;
    std::function<bool()> isPaused;
    std::function<bool()> stopAndKeep;
    std::function<void(const StepReport&)> stepDone;

    /// Measures the model, which is in evaluation mode, prepared for inference, with averaged
    /// weights where there are any. Returns columns of the curve; the one of
    /// TrainingConfig::select_by ("dsc", "iou", "hd95"; "loss" means "val_loss", "ema_dsc" is
    /// averaged here from "dsc") must be among them; "last" needs none.
    std::function<HistoryRow(Segmenter&, std::int64_t epoch)> validate;

    /// Tokens [B, D, h, w] of a frozen guide backbone for normalised images; empty: the model's own
    /// guideTokens(). Asked only for views that come back.
    std::function<torch::Tensor(Segmenter&, const torch::Tensor& images)> tokens;

    /// The model as validated is the best so far; its own score (of "ema_dsc" the DSC of this
    /// validation). Epoch −1: the initial model.
    std::function<void(Segmenter&, double score, std::int64_t epoch)> improved;

    /// The curve has a new row.
    std::function<void(const std::vector<HistoryRow>&)> rowAdded;

    /// Time to keep a checkpoint.
    std::function<void(const TrainingCheckpoint&)> save;
};

enum class TrainingEnd {
    Finished,
    StoppedEarly, ///< early_stop validations without a better one
    Kept,         ///< the user asked to stop and keep the best
    Cancelled,    ///< checkpoint written, may be continued
};

/// The loss became infinite or not a number. what() names the step and the files of the batch.
class NonFiniteLoss : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/// Trains one segmenter (PIPELINE.md §3): shuffled batches, augmentation on the device, mixed
/// precision, accumulation, clipping, averaged weights, schedule by epoch, validation, early stop.
///
/// Where only the TokenBook learns (training.update = tokenbook) and its tokens come from a frozen
/// ViT, the network is not run: the guide alone is trained, by its own loss, on tokens that are
/// computed once. The columns of the network's loss are undefined then.
///
/// Deterministic: order, augmentation and dropout of a step depend on seed, epoch and step only, so
/// a training that was cancelled and restored continues bit for bit on the CPU. Not thread-safe;
/// run() blocks. Throws c10::Error, NonFiniteLoss and what hooks throw.
class Trainer
{
public:
    /// The model is moved to the device and to channels-last.
    Trainer(
        SystemConfig config,
        std::shared_ptr<Segmenter> model,
        TrainingSet data,
        torch::Device device,
        TrainerHooks hooks);
    ~Trainer();

    Trainer(const Trainer&) = delete;
    Trainer& operator=(const Trainer&) = delete;

    /// Continues from here. Throws c10::Error naming tensors that are missing, unexpected or of
    /// another shape.
    void restore(const TrainingCheckpoint& checkpoint);

    TrainingEnd run();

    [[nodiscard]] const TrainingState& state() const { return m_state; }

    /// The model as it is, before any step, is validated first (row with epoch 0) and is the one to
    /// beat: what a fine-tuning ends with is never worse on the validation images than what it
    /// began with. Not for models with fresh weights.
    void beginWithInitialModel() { m_measuresInitial = true; }

    /// Batch norms normalise by the statistics that they have, and these stay: for fine-tuning with
    /// batches too small to learn statistics from.
    void freezeBatchNorm() { m_freezesBatchNorm = true; }

    /// Kept in checkpoints, see TrainingState::identity.
    void setIdentity(std::string identity) { m_state.identity = std::move(identity); }

    [[nodiscard]] std::int64_t stepsPerEpoch() const;

private:
    struct Batch;
    enum class Next { Go, Stop, Keep };

    void prepareModel();
    void beginEpoch();
    [[nodiscard]] Next askUser() const;
    void trainStep();
    Batch takeBatch(std::int64_t number);
    AugmentedBatch
    augmented(const AugmentedBatch& plain, std::uint64_t seed, const Batch& batch) const;
    [[nodiscard]] bool isKept(const Batch& batch) const;
    void takeKeptTargets(Batch& batch) const;
    void shuffleOrder();
    [[nodiscard]] std::uint64_t seedOf(std::uint64_t stream, std::int64_t number) const;
    Batch sourcedBatch(std::int64_t number) const;
    torch::Tensor tokensOf(const Batch& batch);
    [[nodiscard]] SegmenterOutput outputOf(const Batch& batch);
    void forwardBackward(const Batch& batch, double share);
    void optimizerStep();
    [[nodiscard]] bool closeEpoch(bool isLast);
    [[nodiscard]] bool validateNow(bool isInitial = false);
    [[nodiscard]] HistoryRow trainRow(bool isInitial) const;
    void applyModes();
    void saveNow();
    TrainingCheckpoint checkpoint();
    [[nodiscard]] std::int64_t batchesPerEpoch() const;

    SystemConfig m_config;
    std::shared_ptr<Segmenter> m_model;
    TrainingSet m_data;
    torch::Device m_device;
    TrainerHooks m_hooks;
    SegmentationLoss m_loss;
    torch::ScalarType m_precision;
    std::vector<ParameterGroup> m_groups;
    std::unique_ptr<torch::optim::Optimizer> m_optimizer;
    std::unique_ptr<TrainedWeights> m_weights;
    std::vector<std::int64_t> m_order;
    std::vector<torch::Tensor> m_tokens;     ///< by image and view, where they may be kept
    GuidedSegmenter* m_guideAlone = nullptr; ///< the model, where nothing but its TokenBook learns
    std::vector<torch::Tensor> m_targets;    ///< masks beside m_tokens, where no image is needed
    std::vector<torch::Tensor> m_targetCorrections;
    bool m_keepsTokens = false;
    bool m_measuresInitial = false;
    bool m_freezesBatchNorm = false;
    double m_rateScale = 1;  ///< of schedule plateau, for this epoch
    std::size_t m_views = 1; ///< stored views of each image; see storedViews()
    TrainingState m_state;
    std::chrono::steady_clock::time_point m_lastSave;
};

} // namespace guidino::nn
