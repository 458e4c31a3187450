// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/engine/bundle.h"
#include "core/engine/predictor.h"

#include <filesystem>
#include <vector>

/// Internal to the engine: images in, rasters of predictions out. A build without imaging
/// (image_output_plain.cpp) reads no image files and writes pictures as uncompressed PNG.
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

/// ".jpg", or ".png" without imaging: of overlays and previews.
[[nodiscard]] const char* pictureExtension();

/// The labels in their colours over the image.
[[nodiscard]] Status writeOverlay(
    const std::filesystem::path& picture,
    const Raster8& image,
    const Raster8& labels,
    const Bundle& bundle);

/// The image, small enough for a page.
[[nodiscard]] Status writePreview(const std::filesystem::path& picture, const Raster8& rgb);

/// A signed map in [−largest, largest] from blue over white to red, PNG in the image's aspect.
[[nodiscard]] Status
writeSignedMap(const std::filesystem::path& png, const RasterF& map, float largest, Size image);

/// The part of `rect` that lies in the image, as PNG.
[[nodiscard]] Status
writeCrop(const std::filesystem::path& png, const Raster8& rgb, const Rect& rect);

} // namespace guidino::engine
