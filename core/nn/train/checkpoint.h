// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace guidino::nn {

/// One line of a run's curve: named numbers in the order of their columns; NaN = not defined.
using HistoryRow = std::vector<std::pair<std::string, double>>;

/// Where a training stands, as far as it is not in tensors.
struct TrainingState
{
    std::int64_t sequence = 0;      ///< number of the checkpoint; the larger one is the newer
    std::int64_t epoch = 0;         ///< 0-based: the epoch under way
    std::int64_t step_in_epoch = 0; ///< optimizer steps done in it
    std::int64_t step = 0;          ///< optimizer steps done in all
    std::vector<double> sums;       ///< of the epoch's losses so far
    std::int64_t batches = 0;       ///< in those sums
    double epoch_seconds = 0;       ///< spent in this epoch so far
    double best_score = 0;
    std::int64_t best_epoch = -1; ///< -1: no validation yet
    std::int64_t stale = 0;       ///< validations since the best one
    bool is_finished = false;
    bool stopped_early = false; ///< before the last epoch, by itself or by the user
    double loss_scale = 65536;  ///< fp16
    std::int64_t good_steps = 0;
    std::vector<HistoryRow> history;
    std::string identity; ///< what the caller wants to find unchanged on resuming
};

/// A training to be continued: `state` and tensors "model.NAME", "ema.NAME" and
/// "optimizer.NAME.KIND". Weights of a frozen guide backbone are not in it.
struct TrainingCheckpoint
{
    TrainingState state;
    std::map<std::string, torch::Tensor> tensors;
};

/// Writes into RUN/checkpoint-a or RUN/checkpoint-b, by turns of state.sequence:
/// tensors.safetensors first, then state.json with its hash. The other one stays valid whatever
/// happens meanwhile. Returns the folder. CannotWrite.
[[nodiscard]] Result<std::filesystem::path>
saveCheckpoint(const std::filesystem::path& run, const TrainingCheckpoint& checkpoint);

/// The newest of the two that is whole: state.json is readable and the tensors have the hash that
/// it names. nullopt where there is none. Tensors are copies, not views of the file.
[[nodiscard]] std::optional<TrainingCheckpoint>
loadNewestCheckpoint(const std::filesystem::path& run);

} // namespace guidino::nn
