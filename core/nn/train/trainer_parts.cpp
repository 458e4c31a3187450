// SPDX-License-Identifier: Apache-2.0
#include "core/nn/train/trainer_parts.h"

#include "core/nn/data/image_plan.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace guidino::nn {

bool isLarger(const std::string& selectBy)
{
    return selectBy == "dsc" || selectBy == "iou" || selectBy == "last" || selectBy == "ema_dsc";
}

namespace {

std::string columnOf(const std::string& selectBy)
{
    return selectBy == "loss" ? "val_loss" : selectBy == "last" ? "epoch" : selectBy;
}

} // namespace

double scoreOf(const HistoryRow& row, const std::string& selectBy)
{
    const std::string column = columnOf(selectBy);
    for (const auto& [name, value] : row) {
        if (name == column) {
            return value;
        }
    }
    TORCH_CHECK(false, "training.select_by: the validation has no column '", column, "'");
}

std::vector<double> scoresOf(const std::vector<HistoryRow>& history, const std::string& selectBy)
{
    std::vector<double> scores;
    for (const HistoryRow& row : history) {
        scores.push_back(scoreOf(row, selectBy));
    }
    return scores;
}

namespace {

/// "ema_dsc" after a validation with this DSC: a moving average that keeps 0.9 of what stood before
/// (nnU-Net's, BASELINES.md §7.5), so that one lucky validation on a few images does not choose the
/// checkpoint. Begins with the first DSC of the curve; one that is not defined changes nothing.
double averagedDsc(const std::vector<HistoryRow>& history, double dsc)
{
    constexpr double kKept = 0.9;
    double average = std::numeric_limits<double>::quiet_NaN();
    const auto add = [&average](double value) {
        if (!std::isnan(value)) {
            average = std::isnan(average) ? value : kKept * average + (1 - kKept) * value;
        }
    };
    for (const HistoryRow& row : history) {
        add(scoreOf(row, "dsc"));
    }
    add(dsc);
    return average;
}

} // namespace

const HistoryRow* rowAfter(const std::vector<HistoryRow>& history, std::int64_t epoch)
{
    const auto found = std::find_if(history.begin(), history.end(), [epoch](const HistoryRow& row) {
        return scoreOf(row, "last") == static_cast<double>(epoch + 1);
    });
    return found != history.end() ? &*found : nullptr;
}

Score scored(
    HistoryRow& measured,
    const std::vector<HistoryRow>& history,
    const std::string& selectBy,
    std::int64_t epoch)
{
    if (selectBy == "last") {
        const auto number = static_cast<double>(epoch + 1);
        return {number, number};
    }
    if (selectBy == "ema_dsc") {
        const double dsc = scoreOf(measured, shownMetric(selectBy));
        const double average = averagedDsc(history, dsc);
        measured.emplace_back(selectBy, average);
        return {average, dsc};
    }
    const double score = scoreOf(measured, selectBy);
    return {score, score};
}

std::string measuredColumn(const std::string& selectBy)
{
    return columnOf(shownMetric(selectBy));
}

const std::string& shownMetric(const std::string& selectBy)
{
    static const std::string dsc = "dsc";
    return selectBy == "ema_dsc" ? dsc : selectBy;
}

double bestShownScore(const TrainingState& state, const std::string& selectBy)
{
    if (shownMetric(selectBy) != selectBy) {
        if (const HistoryRow* row = rowAfter(state.history, state.best_epoch)) {
            return scoreOf(*row, shownMetric(selectBy));
        }
    }
    return state.best_score;
}

std::vector<std::vector<int>> regionsOf(const NetworkConfig& network)
{
    const auto plan = imagePlan(network);
    return plan ? plan->regions : std::vector<std::vector<int>>{};
}

void checkTrainingSet(const TrainingSet& data, const TrainingConfig& training)
{
    if (data.source) {
        TORCH_CHECK(
            training.iterations_per_epoch > 0,
            "training.iterations_per_epoch must be above 0: batches are drawn without end");
        return;
    }
    TORCH_CHECK(
        data.images.dim() == 4 && data.images.size(3) == 3
            && data.images.scalar_type() == torch::kUInt8,
        "training images are [N, H, W, 3] bytes");
    TORCH_CHECK(
        data.images.size(0) > 0 && data.masks.dim() == 3
            && data.masks.size(0) == data.images.size(0)
            && static_cast<std::size_t>(data.images.size(0)) == data.names.size(),
        "each training image needs a mask and a name");
    TORCH_CHECK(
        !data.corrections.defined() || data.corrections.sizes() == data.masks.sizes(),
        "guide corrections are as large as the masks");
}

void toChannelsLast(torch::nn::Module& model)
{
    const torch::NoGradGuard noGrad;
    for (torch::Tensor& parameter : model.parameters()) {
        if (parameter.dim() == 4) {
            parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
        }
    }
}

} // namespace guidino::nn
