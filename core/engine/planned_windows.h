// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/nn/data/image_plan.h"
#include "core/nn/segmenter.h"

#include <torch/types.h> // layout-ok: internal header of the engine, seen by its sources only

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace guidino::engine {

/// The plan that a network's options hold, nullopt where it has none. Configuration: options that
/// do not fit together.
[[nodiscard]] Result<std::optional<nn::ImagePlan>> readImagePlan(const nn::NetworkConfig& network);

struct PlannedWindowOptions
{
    torch::Device device = torch::kCPU;
    double overlap = 0.5;
    bool mirror = true;
    bool isBf16 = false;
};

/// Logits [K, h, w] float32 (on the CPU) of an image of nnU-Net's frame [C, h, w] by windows of the
/// plan's patch, the mean over the models. Each model takes the same input and is on `device`.
/// `isCancelled` is asked once per window. Throws c10::Error, ErrorException (Cancelled).
[[nodiscard]] torch::Tensor plannedLogits(
    const nn::ImagePlan& plan,
    const torch::Tensor& image,
    const std::vector<std::shared_ptr<nn::Segmenter>>& models,
    const PlannedWindowOptions& options,
    const std::function<bool()>& isCancelled);

} // namespace guidino::engine
