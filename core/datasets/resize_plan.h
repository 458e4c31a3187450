// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/base/resize_plan.h"

#include <cstdint>

namespace guidino::datasets {

using guidino::makeResizePlan;
using guidino::nameOf;
using guidino::ResizeMode;
using guidino::resizeModeNamed;
using guidino::ResizePlan;

/// Bilinear, antialiased where it shrinks (a triangle filter as wide as the scale), columns after
/// rows, each rounded to 8 bits: bit for bit what nn::resizeImage() makes of uint8 tensors, so that
/// packs, folders and predictions agree. `image` has plan.source's size and any channels.
[[nodiscard]] Raster8 resizeImage(const ResizePlan& plan, const Raster8& image);

/// The nearest pixel by centres; outside it is `outside`. One channel.
[[nodiscard]] Raster8
resizeMask(const ResizePlan& plan, const Raster8& mask, std::uint8_t outside = 0);

} // namespace guidino::datasets
