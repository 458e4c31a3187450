// SPDX-License-Identifier: Apache-2.0
#include "ui/model/label_files.h"

#include "core/base/file.h"
#include "core/datasets/masks.h"
#include "core/imaging/image_reader.h"
#include "core/imaging/image_writer.h"
#include "core/project/project_store.h"

#include <algorithm>
#include <array>
#include <system_error>

namespace guidino::ui {

namespace {

/// More grey levels than this are no class indices: a photograph of a mask, or a lossy one.
constexpr int kMaxClassIndex = 63;

Error wrongSize(const std::filesystem::path& file, Size has, Size wants)
{
    const auto text = [](Size size) {
        return std::to_string(size.width) + " x " + std::to_string(size.height);
    };
    return Error{
        ErrorCode::BadInput,
        file.string() + ": the mask has " + text(has) + " pixels, its image " + text(wants)
            + "; both must have one size",
        {}};
}

} // namespace

Result<std::shared_ptr<const ImagePyramid>> readImagePyramid(const std::filesystem::path& file)
{
    Result<imaging::DecodedImage> image = imaging::readImage(file);
    if (!image) {
        return std::move(image).error();
    }
    auto rgb = std::make_shared<const Raster8>(imaging::toRgb8(*image));
    std::shared_ptr<const Raster16> deep;
    if (image->is16Bit()) {
        deep = std::make_shared<const Raster16>(std::get<Raster16>(std::move(image->pixels)));
    }
    return std::make_shared<const ImagePyramid>(std::move(rgb), std::move(deep));
}

Result<std::shared_ptr<const ImagePyramid>> readImagePreview(const std::filesystem::path& file)
{
    constexpr int kLeastSide = 1600; // of the picture; a pane has about as many device pixels
    auto reduced = imaging::readRgb8Reduced(file, kLeastSide);
    if (!reduced) {
        return std::move(reduced).error();
    }
    if (!reduced->has_value()) {
        return std::shared_ptr<const ImagePyramid>();
    }
    return ImagePyramid::preview(
        std::make_shared<const Raster8>(std::move((*reduced)->pixels)),
        (*reduced)->size,
        (*reduced)->halvings);
}

Result<Size> readImageSize(const std::filesystem::path& file)
{
    Result<imaging::ImageInfo> info = imaging::readImageInfo(file);
    if (!info) {
        return std::move(info).error();
    }
    return info->size;
}

Result<LabelMap> readLabelFile(const std::filesystem::path& file, Size size)
{
    Result<imaging::MaskPixels> mask = imaging::readMaskRaw(file);
    if (!mask) {
        return std::move(mask).error();
    }
    Raster8& pixels = mask->pixels;
    if (pixels.size() != size) {
        return wrongSize(file, pixels.size(), size);
    }
    if (mask->kind == imaging::MaskPixels::Kind::Rgb) {
        return Error{
            ErrorCode::BadInput,
            file.string() + ": the mask is a colour picture; grey or indexed masks can be opened",
            {}};
    }
    if (mask->kind == imaging::MaskPixels::Kind::Grey) {
        std::array<bool, 256> isUsed{};
        for (const std::uint8_t value : pixels.pixels()) {
            isUsed[value] = true;
        }
        const bool isIndices =
            !mask->isLossy
            && std::none_of(
                isUsed.begin() + kMaxClassIndex + 1,
                isUsed.end() - 1,
                [](bool used) { return used; })
            && std::any_of(isUsed.begin() + 1, isUsed.end() - 1, [](bool used) { return used; });
        if (!isIndices) {
            for (std::uint8_t& value : pixels.pixels()) {
                value = value > 127 ? 1 : 0;
            }
        }
    }
    return LabelMap::fromRaster(pixels);
}

FoundLabels findLabels(const LabelSource& source, Size size)
{
    // A connection of its own: the store of the window belongs to the GUI thread.
    auto store = project::ProjectStore::openReader(source.project, source.database);
    auto stored = store ? project::readAnnotation(**store, source.image, size)
                        : Result<project::StoredAnnotation>(std::move(store).error());
    if (stored && !stored->base.isValid() && stored->steps.empty()) {
        return findMask(source, size);
    }
    FoundLabels found;
    if (stored) {
        found.labels = stored->labels;
        found.stored = std::move(stored).value();
    } else {
        found.labels = LabelMap(size);
        found.error = std::move(stored).error();
    }
    return found;
}

FoundLabels findMask(const LabelSource& source, Size size)
{
    FoundLabels found;
    found.labels = LabelMap(size);
    std::error_code ignored;
    const bool isSaved = !source.saved.empty() && std::filesystem::exists(source.saved, ignored);
    if (!isSaved && source.mask.empty()) {
        return found;
    }
    const auto read = [&]() -> Result<LabelMap> {
        if (isSaved || source.reader == nullptr) {
            return readLabelFile(isSaved ? source.saved : source.mask, size);
        }
        Result<Raster8> pixels = source.reader->read(source.mask);
        if (!pixels) {
            return std::move(pixels).error();
        }
        if (pixels->size() != size) {
            return wrongSize(source.mask, pixels->size(), size);
        }
        return LabelMap::fromRaster(*pixels);
    };
    Result<LabelMap> labels = read();
    if (labels) {
        found.labels = std::move(labels).value();
        found.isFromFile = true;
    } else {
        found.error = std::move(labels).error();
    }
    return found;
}

Result<LabelMap> readIndexFile(const std::filesystem::path& file)
{
    Result<imaging::MaskPixels> mask = imaging::readMaskRaw(file);
    if (!mask) {
        return std::move(mask).error();
    }
    if (mask->pixels.channels() != 1) {
        return Error{ErrorCode::BadInput, file.string() + ": not a map of class indices", {}};
    }
    return LabelMap::fromRaster(mask->pixels);
}

Status writeLabelFile(
    const std::filesystem::path& file, const LabelMap& labels, const LabelClasses& classes)
{
    GD_TRY(makeFolder(file.parent_path()));
    Raster8 pixels = labels.toRaster();
    std::array<bool, 256> isUsed{};
    for (const std::uint8_t value : pixels.pixels()) {
        isUsed[value] = true;
    }
    const bool isBinary =
        classes.size() <= 1
        && std::none_of(isUsed.begin() + 2, isUsed.end(), [](bool used) { return used; });
    if (isBinary) {
        for (std::uint8_t& value : pixels.pixels()) {
            value = value != 0 ? 255 : 0;
        }
        return imaging::writePng(file, pixels);
    }
    std::vector<imaging::Colour> palette = imaging::defaultPalette(256);
    for (const LabelClass& labelClass : classes) {
        const QColor& color = labelClass.color;
        palette[labelClass.index] = {
            static_cast<std::uint8_t>(color.red()),
            static_cast<std::uint8_t>(color.green()),
            static_cast<std::uint8_t>(color.blue())};
    }
    return imaging::writeIndexedPng(file, pixels, palette);
}

Status writeIndexFile(const std::filesystem::path& file, const LabelMap& labels)
{
    GD_TRY(makeFolder(file.parent_path()));
    return imaging::writeIndexedPng(file, labels.toRaster(), imaging::defaultPalette(256));
}

int largestClassOf(const LabelMap& labels)
{
    int largest = 0;
    for (std::size_t i = 0; i < labels.tileCount(); ++i) {
        for (const std::uint8_t value : *labels.tile(i)) {
            if (value != kIgnoreLabel) {
                largest = std::max<int>(largest, value);
            }
        }
    }
    return largest;
}

bool hasLabels(const LabelMap& labels)
{
    for (std::size_t i = 0; i < labels.tileCount(); ++i) {
        const LabelMap::Tile& tile = *labels.tile(i);
        if (std::any_of(tile.begin(), tile.end(), [](std::uint8_t value) { return value != 0; })) {
            return true;
        }
    }
    return false;
}

} // namespace guidino::ui
