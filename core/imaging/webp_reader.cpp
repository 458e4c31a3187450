// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/codec.h"

#include <webp/decode.h>

namespace guidino::imaging {

namespace {

/// Orientation out of the EXIF chunk of the RIFF container (WebP container specification).
int orientationOf(Bytes bytes)
{
    std::size_t at = 12;
    while (bytes.size() >= 8 && at <= bytes.size() - 8) {
        const Bytes chunk = bytes.subspan(at);
        const std::size_t size =
            static_cast<std::size_t>(chunk[4]) | static_cast<std::size_t>(chunk[5]) << 8U
            | static_cast<std::size_t>(chunk[6]) << 16U | static_cast<std::size_t>(chunk[7]) << 24U;
        if (size > chunk.size() - 8) {
            return 1;
        }
        if (chunk[0] == 'E' && chunk[1] == 'X' && chunk[2] == 'I' && chunk[3] == 'F') {
            Bytes exif = chunk.subspan(8, size);
            // Some writers keep the prefix that JPEG needs.
            if (exif.size() > 6 && exif[0] == 'E') {
                exif = exif.subspan(6);
            }
            return exifOrientation(exif);
        }
        at += 8 + size + size % 2;
    }
    return 1;
}

[[noreturn]] void fail(VP8StatusCode status)
{
    switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY:
        throw std::bad_alloc();
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
        throw CodecError("truncated WebP: the file ends too early");
    case VP8_STATUS_UNSUPPORTED_FEATURE:
        throw CodecError("WebP with a feature that is not supported");
    default:
        throw CodecError("damaged WebP");
    }
}

} // namespace

Decoded decodeWebp(Bytes bytes, Extent extent)
{
    WebPDecoderConfig config;
    if (WebPInitDecoderConfig(&config) == 0) {
        throw CodecError("libwebp has another version than its headers");
    }
    if (const auto status = WebPGetFeatures(bytes.data(), bytes.size(), &config.input);
        status != VP8_STATUS_OK) {
        fail(status);
    }
    checkSize(config.input.width, config.input.height);
    if (config.input.has_animation != 0) {
        throw CodecError("animated WebP; save one frame as a picture");
    }
    Decoded decoded;
    decoded.info.format = "webp";
    decoded.info.size = {config.input.width, config.input.height};
    decoded.info.hasAlpha = config.input.has_alpha != 0;
    decoded.info.channels = decoded.info.hasAlpha ? 4 : 3;
    decoded.info.bitDepth = 8;
    decoded.info.orientation = orientationOf(bytes);
    decoded.info.isLossy = config.input.format != 2;
    if (extent == Extent::HeaderOnly) {
        return decoded;
    }
    decoded.pixels8 =
        Raster8(decoded.info.size.width, decoded.info.size.height, decoded.info.channels);
    const int stride = decoded.info.size.width * decoded.info.channels;
    config.output.colorspace = decoded.info.hasAlpha ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = decoded.pixels8.data();
    config.output.u.RGBA.stride = stride;
    config.output.u.RGBA.size = decoded.pixels8.pixels().size();
    const VP8StatusCode status = WebPDecode(bytes.data(), bytes.size(), &config);
    WebPFreeDecBuffer(&config.output);
    if (status != VP8_STATUS_OK) {
        fail(status);
    }
    return decoded;
}

} // namespace guidino::imaging
