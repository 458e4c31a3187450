// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/result.h"

#include <optional>
#include <string_view>

/// How images become those of another size: numbers alone, for rasters (core/datasets) and tensors
/// (core/nn) alike, so that packs, folders, training and prediction agree.
namespace guidino {

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

/// Whatever the mode, it is: take `sourceRect` of the image, scale it to `targetRect`'s size, put
/// it at `targetRect` into a target of zeros; undoing is the same the other way round, and what
/// lies outside `sourceRect` is background.
struct ResizePlan
{
    Size source;
    Size target;
    Rect sourceRect;
    Rect targetRect;

    /// Target pixels for one source pixel.
    [[nodiscard]] double scaleX() const { return double(targetRect.width) / sourceRect.width; }

    [[nodiscard]] double scaleY() const { return double(targetRect.height) / sourceRect.height; }

    friend bool operator==(const ResizePlan&, const ResizePlan&) = default;
};

/// Sizes are not empty. With `content` (without black borders, say) the mode holds for that part of
/// the image; one that is empty or outside of it counts as none.
[[nodiscard]] ResizePlan makeResizePlan(
    Size source, Size target, ResizeMode mode, const std::optional<Rect>& content = std::nullopt);

} // namespace guidino
