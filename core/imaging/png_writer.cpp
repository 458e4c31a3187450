// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/image_writer.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <csetjmp>
#include <new>

namespace guidino::imaging {

namespace {

/// State that outlives libpng's long jumps.
struct PngState
{
    png_structp png = nullptr;
    png_infop info = nullptr;
    std::string bytes;
    std::string message;
    bool isOutOfMemory = false;

    ~PngState() { png_destroy_write_struct(&png, &info); }
};

struct PngSpec
{
    int width = 0;
    int height = 0;
    int bitDepth = 8;
    int colourType = PNG_COLOR_TYPE_GRAY;
    const std::uint8_t* pixels = nullptr;
    std::size_t rowBytes = 0;
    /// Few values in large areas: filters only cost time, here and at every reading.
    bool isFlat = false;
    const png_color* palette = nullptr;
    int paletteSize = 0;
    png_uint_32 pixelsPerMetreX = 0;
    png_uint_32 pixelsPerMetreY = 0;
};

void onError(png_structp png, png_const_charp message)
{
    static_cast<PngState*>(png_get_error_ptr(png))->message = message;
    png_longjmp(png, 1);
}

void onWarning(png_structp /*png*/, png_const_charp /*message*/) {}

void onWrite(png_structp png, png_bytep data, std::size_t count)
{
    auto* state = static_cast<PngState*>(png_get_io_ptr(png));
    try {
        state->bytes.append(reinterpret_cast<const char*>(data), count);
    } catch (const std::bad_alloc&) {
        state->isOutOfMemory = true;
    }
    if (state->isOutOfMemory) {
        png_error(png, "out of memory");
    }
}

void onFlush(png_structp /*png*/) {}

/// false: see state.message.
bool write(PngState& state, const PngSpec& spec)
{
    if (setjmp(png_jmpbuf(state.png)) != 0) { // NOLINT(cert-err52-cpp): libpng's interface
        return false;
    }
    png_set_write_fn(state.png, &state, onWrite, onFlush);
    // Masks and guides are flat: level 6 costs twice the time of 4 for a few per cent.
    png_set_compression_level(state.png, 4);
    if (spec.isFlat) {
        png_set_filter(state.png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    }
    png_set_user_limits(state.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(
        state.png,
        state.info,
        static_cast<png_uint_32>(spec.width),
        static_cast<png_uint_32>(spec.height),
        spec.bitDepth,
        spec.colourType,
        PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT,
        PNG_FILTER_TYPE_DEFAULT);
    if (spec.paletteSize > 0) {
        png_set_PLTE(state.png, state.info, spec.palette, spec.paletteSize);
    }
    if (spec.pixelsPerMetreX > 0) {
        png_set_pHYs(
            state.png,
            state.info,
            spec.pixelsPerMetreX,
            spec.pixelsPerMetreY,
            PNG_RESOLUTION_METER);
    }
    png_write_info(state.png, state.info);
    if (spec.bitDepth == 16 && std::endian::native == std::endian::little) {
        png_set_swap(state.png);
    }
    for (int y = 0; y < spec.height; ++y) {
        png_write_row(state.png, spec.pixels + static_cast<std::size_t>(y) * spec.rowBytes);
    }
    png_write_end(state.png, state.info);
    return true;
}

Result<std::string> encode(const PngSpec& spec)
{
    PngState state;
    state.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, onError, onWarning);
    state.info = state.png == nullptr ? nullptr : png_create_info_struct(state.png);
    if (state.info == nullptr || !write(state, spec)) {
        if (state.info == nullptr || state.isOutOfMemory) {
            return Error{ErrorCode::OutOfMemory, "not enough memory to encode a PNG", {}};
        }
        return Error{ErrorCode::Internal, "cannot encode a PNG: " + state.message, {}};
    }
    return std::move(state.bytes);
}

/// Masks have only a few values.
bool hasFewValues(const Raster8& image)
{
    std::array<bool, 256> isSeen{};
    for (const std::uint8_t value : image.pixels()) {
        isSeen[value] = true;
    }
    return image.channels() == 1 && std::count(isSeen.begin(), isSeen.end(), true) <= 16;
}

bool hasFewValues(const Raster16& /*image*/)
{
    return false;
}

template<typename T>
Result<std::string> encodeRaster(const Raster<T>& image)
{
    static constexpr int kColourTypes[] = {
        PNG_COLOR_TYPE_GRAY,
        PNG_COLOR_TYPE_GRAY_ALPHA,
        PNG_COLOR_TYPE_RGB,
        PNG_COLOR_TYPE_RGB_ALPHA};
    if (image.isEmpty() || image.channels() < 1 || image.channels() > 4) {
        return Error{ErrorCode::Internal, "a PNG needs pixels of 1 to 4 channels", {}};
    }
    PngSpec spec;
    spec.width = image.width();
    spec.height = image.height();
    spec.bitDepth = static_cast<int>(8 * sizeof(T));
    spec.colourType = kColourTypes[image.channels() - 1];
    spec.pixels = reinterpret_cast<const std::uint8_t*>(image.data());
    spec.rowBytes = static_cast<std::size_t>(image.width())
                    * static_cast<std::size_t>(image.channels()) * sizeof(T);
    spec.isFlat = hasFewValues(image);
    if (image.spacingMm && image.spacingMm->x > 0 && image.spacingMm->y > 0) {
        spec.pixelsPerMetreX = static_cast<png_uint_32>(std::lround(1000 / image.spacingMm->x));
        spec.pixelsPerMetreY = static_cast<png_uint_32>(std::lround(1000 / image.spacingMm->y));
    }
    return encode(spec);
}

} // namespace

Result<std::string> encodePng(const Raster8& image)
{
    return encodeRaster(image);
}

Result<std::string> encodePng(const Raster16& image)
{
    return encodeRaster(image);
}

Result<std::string> encodeIndexedPng(const Raster8& indices, const std::vector<Colour>& palette)
{
    if (indices.isEmpty() || indices.channels() != 1 || palette.empty() || palette.size() > 256) {
        return Error{
            ErrorCode::Internal, "an indexed PNG needs one channel and 1 to 256 colours", {}};
    }
    const auto pixels = indices.pixels();
    const std::uint8_t largest = *std::max_element(pixels.begin(), pixels.end());
    if (largest >= palette.size()) {
        return Error{
            ErrorCode::Internal,
            "index " + std::to_string(largest) + " is beyond the palette of "
                + std::to_string(palette.size()) + " colours",
            {}};
    }
    std::vector<png_color> colours;
    for (const Colour& colour : palette) {
        colours.push_back({colour[0], colour[1], colour[2]});
    }
    PngSpec spec;
    spec.width = indices.width();
    spec.height = indices.height();
    spec.colourType = PNG_COLOR_TYPE_PALETTE;
    spec.pixels = indices.data();
    spec.rowBytes = static_cast<std::size_t>(indices.width());
    spec.palette = colours.data();
    spec.paletteSize = static_cast<int>(colours.size());
    return encode(spec);
}

} // namespace guidino::imaging
