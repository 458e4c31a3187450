// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/config.h"

#include <cstdint>
#include <map>
#include <string>

namespace at {
class Tensor;
}

/// What the published programs of SwinUNet and H2Former settle when they build a network, keep in
/// its state dict and begin it with.
namespace guidino::nn {

/// ukan's option for the learning rate of its spline layers; 0: as all others.
inline constexpr const char* kKanLearningRate = "kan_learning_rate";

/// Windows of 256 pixels: what a window_size of 0 means where nobody settled it.
inline constexpr std::int64_t kSwinWindow = 8;
inline constexpr std::int64_t kH2FormerWindow = 16;

/// Sets options that follow from the size of the training images and are left open (window_size =
/// 0). To be done once, when a configuration is made: a bundle keeps what its weights were made
/// for.
void settleOptions(SystemConfig& config);

/// Buffers of the reference's state dict that ours has no need to keep (attn_mask,
/// relative_position_index), by the names there, for images of data.image_size. Empty for other
/// networks.
[[nodiscard]] std::map<std::string, at::Tensor> publishedBuffers(const SystemConfig& config);

/// What a classifier's checkpoint (ImageNet: Swin-T for swinunet, ResNet-34 for h2former) gives the
/// network, by our names, names that the network does not have among them. Empty: the checkpoint
/// is of no such classifier, or the network begins with none.
[[nodiscard]] std::map<std::string, at::Tensor>
fromClassifier(const std::string& system, const std::map<std::string, at::Tensor>& tensors);

} // namespace guidino::nn
