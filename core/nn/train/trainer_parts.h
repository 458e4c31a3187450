// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/train/trainer.h"

#include <string>
#include <vector>

/// What the trainer asks of its data, its curve and its model that needs no state of its own.
namespace guidino::nn {

/// Whether more is better of what TrainingConfig::select_by names.
[[nodiscard]] bool isLarger(const std::string& selectBy);

/// The column that TrainingConfig::select_by names. Throws c10::Error where the row lacks it.
[[nodiscard]] double scoreOf(const HistoryRow& row, const std::string& selectBy);

/// The validations so far, as training.select_by sees them.
[[nodiscard]] std::vector<double>
scoresOf(const std::vector<HistoryRow>& history, const std::string& selectBy);

/// Labels of each output where the network's plan has regions; else empty.
[[nodiscard]] std::vector<std::vector<int>> regionsOf(const NetworkConfig& network);

/// Throws c10::Error for images, masks, names and corrections that do not belong together, and for
/// a source without a number of iterations.
void checkTrainingSet(const TrainingSet& data, const TrainingConfig& training);

/// What a person is told about a checkpoint that was chosen by `selectBy`: an average over epochs
/// says nothing about the one model, so for "ema_dsc" its own "dsc".
[[nodiscard]] const std::string& shownMetric(const std::string& selectBy);

/// The validation after `epoch` (−1: of the initial model); nullptr where there was none.
[[nodiscard]] const HistoryRow*
rowAfter(const std::vector<HistoryRow>& history, std::int64_t epoch);

/// The column that a validation must bring for it; for "last", which needs none, any name.
[[nodiscard]] std::string measuredColumn(const std::string& selectBy);

/// A validation as the choice of checkpoints sees it and as a person is told it.
struct Score
{
    double value = 0;
    double shown = 0;
};

/// Of the validation after `epoch` (−1: of the initial model); "ema_dsc" becomes a column of it.
/// Throws c10::Error where a column lacks.
[[nodiscard]] Score scored(
    HistoryRow& measured,
    const std::vector<HistoryRow>& history,
    const std::string& selectBy,
    std::int64_t epoch);

/// That metric of the best checkpoint so far.
[[nodiscard]] double bestShownScore(const TrainingState& state, const std::string& selectBy);

/// Parameters in channels-last order, so that convolutions need not reorder them at each step.
void toChannelsLast(torch::nn::Module& model);

} // namespace guidino::nn
