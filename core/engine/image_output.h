// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/engine/bundle.h"
#include "core/engine/predictor.h"

#include <filesystem>
#include <vector>

/// Internal to the engine: images in, rasters of predictions out. Needs imaging.
namespace guidino::engine {

/// An image as models see it, with the part that counts where the model crops black borders.
struct LoadedImage
{
    Raster8 rgb;
    std::optional<Rect> content;
    std::vector<std::string> warnings;
};

[[nodiscard]] Result<LoadedImage>
loadImage(const std::filesystem::path& file, const nn::PreprocessingConfig& preprocessing);

/// A guide to use instead: PNG of 8 or 16 bits, or NPY [h, w] or [G, h, w] in [0, 1]. BadInput for
/// values outside.
[[nodiscard]] Result<RasterF> loadGuide(const std::filesystem::path& file);

/// One class: grey 0 and 255; more: indexed with the classes' colours.
[[nodiscard]] Status
writeLabels(const std::filesystem::path& png, const Raster8& labels, const Bundle& bundle);

/// Class indices as they are: indexed with the classes' colours, whatever their number.
[[nodiscard]] Status
writeLabelIndices(const std::filesystem::path& png, const Raster8& labels, const Bundle& bundle);

/// 16 bit grey, 65535 = 1.
[[nodiscard]] Status writeProbability(const std::filesystem::path& png, const RasterF& probability);

/// 8 bit grey, 255 = 1.
[[nodiscard]] Status writeGuidePng(const std::filesystem::path& png, const RasterF& guide);

/// NPY [h, w], or [G, h, w] where there is more than one channel.
[[nodiscard]] Status writeMapNpy(const std::filesystem::path& npy, const RasterF& map);

/// The labels in their colours over the image, as JPEG.
[[nodiscard]] Status writeOverlay(
    const std::filesystem::path& jpeg,
    const Raster8& image,
    const Raster8& labels,
    const Bundle& bundle);

} // namespace guidino::engine
