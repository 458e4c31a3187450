// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace torch::nn {
class Module;
}

namespace guidino::nn {

/// Multiply-adds of what `work` computes on this thread: convolutions, transposed ones, matrix
/// products and attention, as LibTorch runs them. Element-wise work, norms and resampling do not
/// count (nor do they in the figures of papers). `work` runs once, without gradients.
[[nodiscard]] std::int64_t multiplyAddsOf(const std::function<void()>& work);

/// Numbers in the parameters (buffers are not among them), each tensor once.
[[nodiscard]] std::int64_t parameterCount(const torch::nn::Module& module);

} // namespace guidino::nn
