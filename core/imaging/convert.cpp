// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/image_reader.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace guidino::imaging {

namespace {

// JPEG masks in colour differ by a few values between channels; real colours by far more.
constexpr int kLossyGreyTolerance = 24;

std::uint8_t to8(std::uint8_t value)
{
    return value;
}

std::uint8_t to8(std::uint16_t value)
{
    return static_cast<std::uint8_t>((value + 128U) / 257U);
}

std::uint8_t scaled(unsigned value, unsigned alpha)
{
    return static_cast<std::uint8_t>((value * alpha + 127U) / 255U);
}

/// Rec. 601; equal channels give their own value.
std::uint8_t luma(const std::uint8_t* rgb)
{
    return static_cast<std::uint8_t>(
        (299U * rgb[0] + 587U * rgb[1] + 114U * rgb[2] + 500U) / 1000U);
}

Raster8 expandPalette(const DecodedImage& image, const Raster8& indices)
{
    std::vector<Colour> colours = image.info.palette;
    for (std::size_t i = 0; i < colours.size() && i < image.paletteAlpha.size(); ++i) {
        for (std::uint8_t& value : colours[i]) {
            value = scaled(value, image.paletteAlpha[i]);
        }
    }
    Raster8 rgb(indices.width(), indices.height(), 3);
    std::uint8_t* out = rgb.data();
    for (const std::uint8_t index : indices.pixels()) {
        // Decoders refuse indices beyond the palette.
        out = std::copy_n(colours[index].begin(), 3, out);
    }
    return rgb;
}

/// 1 to 4 channels, 8 or 16 bit, as 1 (grey) or 3 channels without alpha.
template<typename T>
Raster8 flattened(const Raster<T>& pixels)
{
    const int channels = pixels.channels();
    const int colours = channels <= 2 ? 1 : 3;
    const bool hasAlpha = channels == 2 || channels == 4;
    Raster8 result(pixels.width(), pixels.height(), colours);
    const T* in = pixels.data();
    std::uint8_t* out = result.data();
    for (std::int64_t i = 0; i < pixels.size().area(); ++i, in += channels, out += colours) {
        const unsigned alpha = hasAlpha ? to8(in[colours]) : 255U;
        for (int channel = 0; channel < colours; ++channel) {
            out[channel] = scaled(to8(in[channel]), alpha);
        }
    }
    return result;
}

/// 1 or 3 channels of 8 bits: what the file shows, on black.
Raster8 shown(const DecodedImage& image)
{
    Raster8 result;
    if (const auto* deep = std::get_if<Raster16>(&image.pixels)) {
        result = flattened(*deep);
    } else {
        const auto& pixels = std::get<Raster8>(image.pixels);
        const bool isPlain = pixels.channels() == 1 || pixels.channels() == 3;
        result = image.info.isPalette ? expandPalette(image, pixels)
                 : isPlain            ? pixels
                                      : flattened(pixels);
    }
    result.spacingMm = image.info.spacingMm;
    return result;
}

Raster8 greyFromRgb(const Raster8& rgb)
{
    Raster8 grey(rgb.width(), rgb.height());
    grey.spacingMm = rgb.spacingMm;
    const std::uint8_t* in = rgb.data();
    for (std::uint8_t& value : grey.pixels()) {
        value = luma(in);
        in += 3;
    }
    return grey;
}

bool isGreyPicture(const Raster8& rgb, int tolerance)
{
    const std::uint8_t* in = rgb.data();
    for (std::int64_t i = 0; i < rgb.size().area(); ++i, in += 3) {
        const auto [low, high] = std::minmax({in[0], in[1], in[2]});
        if (high - low > tolerance) {
            return false;
        }
    }
    return true;
}

/// Small numbers are class indices and stay; else the full range is scaled.
Raster8 greyFrom16(const Raster16& deep)
{
    const auto pixels = deep.pixels();
    const bool areIndices =
        std::all_of(pixels.begin(), pixels.end(), [](std::uint16_t value) { return value <= 255; });
    Raster8 grey(deep.width(), deep.height());
    std::transform(pixels.begin(), pixels.end(), grey.data(), [areIndices](std::uint16_t value) {
        return areIndices ? static_cast<std::uint8_t>(value) : to8(value);
    });
    return grey;
}

MaskPixels maskFrom(DecodedImage image)
{
    MaskPixels mask;
    mask.isLossy = image.info.isLossy;
    if (image.info.isPalette && !image.info.paletteIsGrey) {
        mask.kind = MaskPixels::Kind::Indexed;
        mask.palette = image.info.palette;
        mask.pixels = std::move(std::get<Raster8>(image.pixels));
    } else if (const auto* deep = std::get_if<Raster16>(&image.pixels);
               deep != nullptr && deep->channels() == 1) {
        mask.pixels = greyFrom16(*deep);
    } else {
        auto* plain = std::get_if<Raster8>(&image.pixels);
        const bool isGrey = plain != nullptr && plain->channels() == 1 && !image.info.isPalette;
        mask.pixels = isGrey ? std::move(*plain) : shown(image);
        if (mask.pixels.channels() == 3) {
            if (isGreyPicture(mask.pixels, mask.isLossy ? kLossyGreyTolerance : 0)) {
                mask.pixels = greyFromRgb(mask.pixels);
            } else {
                mask.kind = MaskPixels::Kind::Rgb;
            }
        }
    }
    mask.pixels.spacingMm = image.info.spacingMm;
    mask.info = std::move(image.info);
    return mask;
}

} // namespace

Raster8 toRgb8(const DecodedImage& image)
{
    Raster8 pixels = shown(image);
    if (pixels.channels() == 3) {
        return pixels;
    }
    Raster8 rgb(pixels.width(), pixels.height(), 3);
    rgb.spacingMm = pixels.spacingMm;
    std::uint8_t* out = rgb.data();
    for (const std::uint8_t value : pixels.pixels()) {
        out = std::fill_n(out, 3, value);
    }
    return rgb;
}

Raster8 toGrey8(const DecodedImage& image)
{
    Raster8 pixels = shown(image);
    return pixels.channels() == 3 ? greyFromRgb(pixels) : pixels;
}

Result<MaskPixels> readMaskRaw(const std::filesystem::path& path)
{
    auto image = readImage(path);
    if (!image) {
        return std::move(image).error();
    }
    try {
        return maskFrom(std::move(*image));
    } catch (const std::bad_alloc&) {
        return Error{
            ErrorCode::OutOfMemory,
            path.string() + ": not enough memory for this mask",
            {{"file", path.string()}}};
    }
}

} // namespace guidino::imaging
