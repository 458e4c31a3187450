// SPDX-License-Identifier: Apache-2.0
#include "core/engine/image_output.h"

#include "core/engine/output_maps.h"
#include "core/imaging/image_content.h"
#include "core/imaging/image_reader.h"
#include "core/imaging/image_writer.h"
#include "core/imaging/overlay.h"
#include "core/imaging/resize.h"

#include <algorithm>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

constexpr Size kPreview{512, 512};

} // namespace

Result<LoadedImage> loadImage(const fs::path& file, const nn::PreprocessingConfig& preprocessing)
{
    const Result<imaging::DecodedImage> decoded = imaging::readImage(file);
    if (!decoded) {
        return decoded.error();
    }
    LoadedImage image;
    image.warnings = decoded->info.warnings;
    image.rgb = imaging::toRgb8(*decoded);
    if (preprocessing.crop_black_border) {
        const Rect content = imaging::contentRectangle(image.rgb);
        if (content != Rect{0, 0, image.rgb.width(), image.rgb.height()}) {
            image.content = content;
        }
    }
    return image;
}

Result<RasterF> loadGuide(const fs::path& file)
{
    if (file.extension() != ".npy") {
        const Result<Raster16> grey = imaging::readGrey16(file);
        if (!grey) {
            return grey.error();
        }
        RasterF guide(grey->width(), grey->height());
        std::transform(
            grey->pixels().begin(), grey->pixels().end(), guide.pixels().begin(), [](auto value) {
                return static_cast<float>(value) / 65535.0F;
            });
        return guide;
    }
    return loadGuideNpy(file);
}

Status writeLabels(const fs::path& png, const Raster8& labels, const Bundle& bundle)
{
    if (bundle.config.network.num_classes > 1) {
        return imaging::writeIndexedPng(png, labels, paletteOf(bundle));
    }
    return imaging::writePng(png, foregroundMask(labels));
}

Status writeLabelIndices(const fs::path& png, const Raster8& labels, const Bundle& bundle)
{
    return imaging::writeIndexedPng(png, labels, paletteOf(bundle));
}

Status writeProbability(const fs::path& png, const RasterF& probability)
{
    return imaging::writePng(png, scaledTo16(probability));
}

Status writeGuidePng(const fs::path& png, const RasterF& guide)
{
    return imaging::writePng(png, scaledTo8(guide));
}

const char* pictureExtension()
{
    return ".jpg";
}

Status writeOverlay(
    const fs::path& picture, const Raster8& image, const Raster8& labels, const Bundle& bundle)
{
    imaging::OverlayStyle style;
    style.colours = paletteOf(bundle);
    return imaging::writeJpeg(picture, imaging::overlayLabels(image, labels, style));
}

Status writePreview(const fs::path& picture, const Raster8& rgb)
{
    return imaging::writeJpeg(picture, imaging::thumbnail(rgb, kPreview), 85);
}

Status writeSignedMap(const fs::path& png, const RasterF& map, float largest, Size image)
{
    const Size shown = imaging::fittedSize(image, kPreview);
    return imaging::writePng(
        png,
        imaging::colourMapped(
            imaging::resizeSmooth(map, shown), imaging::ColourMap::Diverging, -largest, largest));
}

Status writeCrop(const fs::path& png, const Raster8& rgb, const Rect& rect)
{
    return imaging::writePng(
        png, imaging::crop(rgb, rect.intersected({0, 0, rgb.width(), rgb.height()})));
}

} // namespace guidino::engine
