// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"
#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace guidino::datasets {

/// `preprocessing.resize` of configurations and bundles.
enum class ResizeMode {
    Squash,    ///< all of the image over all of the target; the aspect is not kept
    Letterbox, ///< all of the image, aspect kept, centred, zeros around it
    Crop,      ///< the largest centred part of the image with the target's aspect
};

/// "squash", "letterbox" or "crop".
[[nodiscard]] const char* nameOf(ResizeMode mode);

/// Usage: none of these names.
[[nodiscard]] Result<ResizeMode> resizeModeNamed(std::string_view name);

/// How an image of one size becomes one of another: `sourceRect` of the image is scaled to
/// `targetRect`'s size and put there, into zeros. The same geometry as nn::ResizePlan, for images
/// that are not tensors yet.
struct ResizePlan
{
    Size source;
    Size target;
    Rect sourceRect;
    Rect targetRect;

    friend bool operator==(const ResizePlan&, const ResizePlan&) = default;
};

/// Sizes are not empty. With `content` (without black borders, say) the mode holds for that part.
[[nodiscard]] ResizePlan makeResizePlan(
    Size source, Size target, ResizeMode mode, const std::optional<Rect>& content = std::nullopt);

/// Bilinear, antialiased where it shrinks (a triangle filter as wide as the scale), columns after
/// rows, each rounded to 8 bits: bit for bit what nn::resizeImage() makes of uint8 tensors, so that
/// packs, folders and predictions agree. `image` has plan.source's size and any channels.
[[nodiscard]] Raster8 resizeImage(const ResizePlan& plan, const Raster8& image);

/// The nearest pixel by centres; outside it is `outside`. One channel.
[[nodiscard]] Raster8
resizeMask(const ResizePlan& plan, const Raster8& mask, std::uint8_t outside = 0);

} // namespace guidino::datasets
