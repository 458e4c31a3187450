// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/imaging/image_reader.h"

#include <filesystem>
#include <string>
#include <vector>

/// Writing of image files. Atomic: readers see the old file or the whole new one. Any thread.
/// Errors: CannotWrite (folder read-only, disk full), Internal (a raster that the format cannot
/// hold).
namespace guidino::imaging {

/// 1 channel grey, 2 grey + alpha, 3 RGB, 4 RGBA. `spacingMm` becomes pHYs.
[[nodiscard]] Status writePng(const std::filesystem::path& path, const Raster8& image);
[[nodiscard]] Status writePng(const std::filesystem::path& path, const Raster16& image);
[[nodiscard]] Result<std::string> encodePng(const Raster8& image);
[[nodiscard]] Result<std::string> encodePng(const Raster16& image);

/// One channel of indices; each must be below palette.size() <= 256.
[[nodiscard]] Status writeIndexedPng(
    const std::filesystem::path& path, const Raster8& indices, const std::vector<Colour>& palette);
[[nodiscard]] Result<std::string>
encodeIndexedPng(const Raster8& indices, const std::vector<Colour>& palette);

/// Black for 0, then 20 well-distinguishable colours, repeated: a palette for `count` classes with
/// background. Entry 255, if asked for, is white.
[[nodiscard]] std::vector<Colour> defaultPalette(int count = 256);

/// 1 or 3 channels; quality 1..100.
[[nodiscard]] Status
writeJpeg(const std::filesystem::path& path, const Raster8& image, int quality = 90);
[[nodiscard]] Result<std::string> encodeJpeg(const Raster8& image, int quality = 90);

/// 3 or 4 channels (1 is written as 3); quality 1..100, or 0 for lossless.
[[nodiscard]] Status
writeWebp(const std::filesystem::path& path, const Raster8& image, int quality = 90);
[[nodiscard]] Result<std::string> encodeWebp(const Raster8& image, int quality = 90);

} // namespace guidino::imaging
