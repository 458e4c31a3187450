// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/decode.h"

#include "core/datasets/mask_survey.h"
#include "core/imaging/image_content.h"
#include "core/imaging/image_reader.h"

#include <utility>

namespace guidino::datasets {

namespace {

Result<Raster8> decodeImage(const Sample& sample, std::vector<std::string>& warnings)
{
    if (sample.moreChannels.empty()) {
        const auto decoded = imaging::readImage(sample.image);
        if (!decoded) {
            return decoded.error();
        }
        for (const std::string& warning : decoded->info.warnings) {
            warnings.push_back(sample.image.string() + ": " + warning);
        }
        return imaging::toRgb8(*decoded);
    }
    if (sample.moreChannels.size() > 2) {
        return Error{
            ErrorCode::BadInput,
            sample.image.string() + ": has " + std::to_string(sample.moreChannels.size() + 1)
                + " channel files; at most three can be read as one image",
            {{"kind", "unsupported"}}};
    }
    auto first = imaging::readGrey8(sample.image);
    if (!first) {
        return first;
    }
    Raster8 image(first->width(), first->height(), 3);
    const auto put = [&](const Raster8& grey, int channel) {
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                image.at(x, y, channel) = grey.at(x, y);
            }
        }
    };
    put(*first, 0);
    for (std::size_t i = 0; i < sample.moreChannels.size(); ++i) {
        auto grey = imaging::readGrey8(sample.moreChannels[i]);
        if (!grey) {
            return grey;
        }
        if (grey->size() != image.size()) {
            return Error{
                ErrorCode::BadInput,
                sample.moreChannels[i].string() + ": not of the size of " + sample.image.string(),
                {{"kind", "size_mismatch"}}};
        }
        put(*grey, static_cast<int>(i) + 1);
    }
    return image;
}

} // namespace

Result<Raster8> decodeImage(const Sample& sample)
{
    std::vector<std::string> unused;
    return decodeImage(sample, unused);
}

Result<DecodedSample>
decodeSample(const Sample& sample, const MaskReader& masks, const DecodeOptions& options)
{
    DecodedSample decoded;
    auto image = decodeImage(sample, decoded.warnings);
    if (!image) {
        return std::move(image).error();
    }
    decoded.nativeSize = image->size();
    decoded.content = options.cropBlackBorder ? imaging::contentRectangle(*image)
                                              : Rect{0, 0, image->width(), image->height()};
    const ResizePlan plan = makeResizePlan(
        image->size(), {options.size, options.size}, options.resize, decoded.content);
    decoded.image = resizeImage(plan, *image);
    if (!sample.mask.empty()) {
        auto mask = masks.read(sample.mask);
        if (!mask) {
            return std::move(mask).error();
        }
        if (mask->size() != image->size()) {
            return sizeMismatch(sample, image->size(), mask->size());
        }
        decoded.mask = resizeMask(plan, *mask);
    }
    return decoded;
}

} // namespace guidino::datasets
