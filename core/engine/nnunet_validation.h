// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/runtime.h"
#include "core/engine/training_data.h"
#include "core/nn/losses/segmentation_loss.h"
#include "core/nn/segmenter.h"
#include "core/nn/train/checkpoint.h"

#include <torch/types.h> // layout-ok: internal header of the engine, seen by its sources only

#include <cstdint>
#include <vector>

namespace guidino::engine {

/// nnU-Net's measure between epochs: random patches of the validation cases, drawn as in training
/// but not augmented; true and false positives and false negatives are summed over all of them
/// ("pseudo Dice", BASELINES.md §7.5). Used by one thread; references must outlive it.
class NnunetValidation
{
public:
    NnunetValidation(
        const nn::SystemConfig& config,
        const TrainingData& data,
        torch::Device device,
        JobContext& context);

    /// Columns val_loss, dsc (mean over the classes that occurred) and, with more than one class or
    /// region, dsc_NAME. Empty when cancelled.
    [[nodiscard]] nn::HistoryRow measure(nn::Segmenter& model, std::int64_t epoch);

private:
    const nn::SystemConfig& m_config;
    const TrainingData& m_data;
    torch::Device m_device;
    JobContext& m_context;
    std::vector<std::vector<int>> m_regions;
    nn::SegmentationLoss m_loss;
    torch::ScalarType m_precision;
};

} // namespace guidino::engine
