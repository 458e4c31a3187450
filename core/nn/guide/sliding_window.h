// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace guidino::nn {

/// Starts of the windows along one axis.
enum class WindowPlan {
    Even,  ///< nnU-Net: evenly spread, round half to even
    Flush, ///< GuiDINO: multiples of the stride, the last one flushed to the border
};

/// Starts for an axis of `size` >= 1 px, window `window` px, at least `overlap` in [0, 1) shared by
/// neighbours. One start, 0, where the window covers the axis. Ascending, last = size − window.
[[nodiscard]] std::vector<std::int64_t> windowStarts(
    std::int64_t size, std::int64_t window, double overlap, WindowPlan plan = WindowPlan::Even);

/// [height, width] float32: Gaussian weights of a window, σ = side / 8 about side / 2 (integer),
/// peak 10, all > 0 (nnU-Net's importance map in closed form).
[[nodiscard]] torch::Tensor gaussianMap(std::int64_t height, std::int64_t width);

struct SlidingOptions
{
    std::int64_t window_height = 256;
    std::int64_t window_width = 256;
    double overlap = 0.5;
    bool mirror = false; ///< mean over the flips of no, both single and both axes
    WindowPlan plan = WindowPlan::Even;
    std::int64_t windows_per_call = 1; ///< windows that go through the network at once
};

/// [B, C, h, w] to [B, K, h, w]: logits, perhaps with further maps as channels. May throw to stop.
using WindowFunction = std::function<torch::Tensor(const torch::Tensor&)>;

/// The function's mean over the four mirrored versions of x, flipped back; float32.
[[nodiscard]] torch::Tensor mirrored(const torch::Tensor& x, const WindowFunction& function);

/// Runs `function` over all windows of an image [1, C, H, W] and blends by the Gaussian map in
/// float32. Images smaller than the window are padded with zeros (half before, half behind).
/// Returns [1, K, H, W] float32 on the image's device.
[[nodiscard]] torch::Tensor slideWindows(
    const torch::Tensor& image, const SlidingOptions& options, const WindowFunction& function);

} // namespace guidino::nn
