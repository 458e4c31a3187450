// SPDX-License-Identifier: Apache-2.0
// The pictures of a build without imaging: what image_output.cpp does, as far as it needs no codec.
#include "core/engine/image_output.h"
#include "core/engine/output_maps.h"
#include "core/engine/stored_png.h"

#include <algorithm>
#include <cmath>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

constexpr double kFill = 0.35; // of imaging's overlays

Error readsPacksOnly(const fs::path& file)
{
    return Error{
        ErrorCode::BadInput,
        file.string()
            + ": this build reads no image files. Use packs (`guidino data pack`), and "
              "NPY files for guides.",
        {{"file", file.string()}}};
}

std::uint8_t byteOf(double value)
{
    return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

} // namespace

Result<LoadedImage> loadImage(const fs::path& file, const nn::PreprocessingConfig& /*unused*/)
{
    return readsPacksOnly(file);
}

Result<RasterF> loadGuide(const fs::path& file)
{
    return file.extension() == ".npy" ? loadGuideNpy(file) : readsPacksOnly(file);
}

Status writeLabels(const fs::path& png, const Raster8& labels, const Bundle& bundle)
{
    return bundle.config.network.num_classes > 1 ? writeLabelIndices(png, labels, bundle)
                                                 : writeStoredPng(png, foregroundMask(labels));
}

Status writeLabelIndices(const fs::path& png, const Raster8& labels, const Bundle& bundle)
{
    return writeStoredPng(png, labels, paletteOf(bundle));
}

Status writeProbability(const fs::path& png, const RasterF& probability)
{
    return writeStoredPng(png, scaledTo16(probability));
}

Status writeGuidePng(const fs::path& png, const RasterF& guide)
{
    return writeStoredPng(png, scaledTo8(guide));
}

const char* pictureExtension()
{
    return ".png";
}

Status writeOverlay(
    const fs::path& picture, const Raster8& image, const Raster8& labels, const Bundle& bundle)
{
    const auto palette = paletteOf(bundle);
    Raster8 result = image;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const std::size_t label = labels.at(x, y);
            for (int c = 0; label > 0 && label < palette.size() && c < image.channels(); ++c) {
                const double colour = palette[label][static_cast<std::size_t>(c)];
                result.at(x, y, c) = byteOf(kFill * colour + (1 - kFill) * image.at(x, y, c));
            }
        }
    }
    return writeStoredPng(picture, result);
}

Status writePreview(const fs::path& picture, const Raster8& rgb)
{
    return writeStoredPng(picture, rgb);
}

Status writeSignedMap(const fs::path& png, const RasterF& map, float largest, Size /*image*/)
{
    Raster8 picture(map.width(), map.height(), 3);
    for (int y = 0; y < map.height(); ++y) {
        for (int x = 0; x < map.width(); ++x) {
            const double value = std::clamp(map.at(x, y) / largest, -1.0F, 1.0F);
            const double pale = 255 * (1 - std::abs(value));
            picture.at(x, y, 0) = byteOf(value > 0 ? 255 : pale);
            picture.at(x, y, 1) = byteOf(pale);
            picture.at(x, y, 2) = byteOf(value < 0 ? 255 : pale);
        }
    }
    return writeStoredPng(png, picture);
}

Status writeCrop(const fs::path& png, const Raster8& rgb, const Rect& rect)
{
    const Rect part = rect.intersected({0, 0, rgb.width(), rgb.height()});
    Raster8 crop(part.width, part.height, rgb.channels());
    for (int y = 0; y < part.height; ++y) {
        for (int x = 0; x < part.width; ++x) {
            for (int c = 0; c < rgb.channels(); ++c) {
                crop.at(x, y, c) = rgb.at(part.x + x, part.y + y, c);
            }
        }
    }
    return writeStoredPng(png, crop);
}

} // namespace guidino::engine
