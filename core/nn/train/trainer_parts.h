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

/// "ema_dsc" after a validation with this DSC: a moving average that keeps 0.9 of what stood before
/// (nnU-Net's, BASELINES.md §7.5), so that one lucky validation on a few images does not choose the
/// checkpoint. Begins with the first DSC of the curve; one that is not defined changes nothing.
[[nodiscard]] double averagedDsc(const std::vector<HistoryRow>& history, double dsc);

/// What a person is told about a checkpoint that was chosen by `selectBy`: an average over epochs
/// says nothing about the one model, so for "ema_dsc" its own "dsc".
[[nodiscard]] const std::string& shownMetric(const std::string& selectBy);

/// That metric of the best checkpoint so far.
[[nodiscard]] double bestShownScore(const TrainingState& state, const std::string& selectBy);

/// Parameters in channels-last order, so that convolutions need not reorder them at each step.
void toChannelsLast(torch::nn::Module& model);

} // namespace guidino::nn
