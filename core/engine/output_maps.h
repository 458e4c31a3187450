// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/engine/bundle.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

/// Internal to the engine: what image_output.cpp and image_output_plain.cpp have in common.
namespace guidino::engine {

/// Colours by class index, the background black.
[[nodiscard]] std::vector<std::array<std::uint8_t, 3>> paletteOf(const Bundle& bundle);

/// 0 → 0, anything else → 255.
[[nodiscard]] Raster8 foregroundMask(const Raster8& labels);

/// [0, 1] → 0 .. 255 or 65535, clamped and rounded.
[[nodiscard]] Raster8 scaledTo8(const RasterF& map);
[[nodiscard]] Raster16 scaledTo16(const RasterF& map);

/// loadGuide() of an NPY file.
[[nodiscard]] Result<RasterF> loadGuideNpy(const std::filesystem::path& file);

} // namespace guidino::engine
