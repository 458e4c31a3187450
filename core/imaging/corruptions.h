// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"
#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Pictures made worse on purpose, to see how far a model's masks suffer. Strengths are those of
/// ImageNet-C (Hendrycks and Dietterich, 2019: arXiv 1903.12261) where it has the kind.
/// Deterministic: the same picture, kind, severity and seed give the same pixels. Any thread.
namespace guidino::imaging {

/// What is done to a picture.
enum class Corruption {
    Blur,       ///< Gaussian; σ of 1, 2, 3, 4 or 6 pixels where the shorter side has 224
    Noise,      ///< Gaussian; σ of 0.08, 0.12, 0.18, 0.26 or 0.38 of the range
    Jpeg,       ///< compression of quality 25, 18, 15, 10 or 7
    Brightness, ///< value (the largest channel) raised by 0.1 to 0.5 of the range
    Crop,       ///< the part that keeps 0.9, 0.8, 0.7, 0.6 or 0.5 of each side, anywhere
};

/// "blur", "noise", "jpeg", "brightness", "crop".
[[nodiscard]] const std::vector<std::string>& corruptionNames();

/// Usage: an unknown name; the message lists the known ones.
[[nodiscard]] Result<Corruption> corruptionNamed(std::string_view name);

/// What Crop keeps of a picture; the whole for an empty one. Severity 1 .. 5.
[[nodiscard]] Rect keptOf(Size size, int severity, std::uint64_t seed);

/// The picture, [H, W, 1 or 3] in and out (Crop: its size is that of keptOf()). Severity 1 (weak)
/// .. 5. Usage: another severity. Internal: JPEG cannot be encoded.
[[nodiscard]] Result<Raster8>
corrupt(const Raster8& image, Corruption kind, int severity, std::uint64_t seed);

} // namespace guidino::imaging
