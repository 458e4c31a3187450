// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/nn/segmenter.h"

/// Internal to the engine: pixels as tensors and back.
namespace guidino::engine {

/// [1, H, W, C] uint8 or float32, a view of the raster's memory: the raster must outlive it and
/// must not be written to through it.
[[nodiscard]] torch::Tensor tensorOf(const Raster8& raster);
[[nodiscard]] torch::Tensor tensorOf(const RasterF& raster);

/// From [H, W] or [H, W, C] of any float type.
[[nodiscard]] RasterF rasterOf(const torch::Tensor& map);

/// From [H, W] or [H, W, C] of bool or whole numbers below 256.
[[nodiscard]] Raster8 bytesOf(const torch::Tensor& bytes);

} // namespace guidino::engine
