// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/codec.h"

#include <png.h>

#include <algorithm>
#include <bit>
#include <csetjmp>
#include <cstring>

namespace guidino::imaging {

namespace {

/// State that outlives libpng's long jumps. Functions between setjmp and the jump have no objects
/// with destructors.
struct PngState
{
    Bytes bytes;
    std::size_t position = 0;
    png_structp png = nullptr;
    png_infop info = nullptr;
    std::string message;
    std::vector<std::string> warnings;

    ~PngState() { png_destroy_read_struct(&png, &info, nullptr); }
};

struct PngHeader
{
    png_uint_32 width = 0;
    png_uint_32 height = 0;
    int bitDepth = 0;
    int colourType = 0;
    int passes = 1;
    int channels = 0;
    std::size_t rowBytes = 0;
    bool hasTransparency = false;
    png_colorp palette = nullptr;
    int paletteSize = 0;
    png_bytep paletteAlpha = nullptr;
    int paletteAlphaSize = 0;
    png_bytep exif = nullptr;
    png_uint_32 exifSize = 0;
    png_uint_32 pixelsPerMetreX = 0;
    png_uint_32 pixelsPerMetreY = 0;
};

void onError(png_structp png, png_const_charp message)
{
    static_cast<PngState*>(png_get_error_ptr(png))->message = message;
    png_longjmp(png, 1);
}

void onWarning(png_structp png, png_const_charp message)
{
    // Colour profiles are not used here, so their faults do not matter.
    const std::string_view text = message;
    if (text.find("iCCP") == std::string_view::npos
        && text.find("sRGB") == std::string_view::npos) {
        static_cast<PngState*>(png_get_error_ptr(png))->warnings.emplace_back(text);
    }
}

void onRead(png_structp png, png_bytep target, std::size_t count)
{
    auto* state = static_cast<PngState*>(png_get_io_ptr(png));
    if (state->bytes.size() - state->position < count) {
        png_error(png, "truncated");
    }
    std::memcpy(target, state->bytes.data() + state->position, count);
    state->position += count;
}

/// false: see state.message.
bool readHeader(PngState& state, PngHeader& header)
{
    if (setjmp(png_jmpbuf(state.png)) != 0) { // NOLINT(cert-err52-cpp): libpng's interface
        return false;
    }
    png_set_read_fn(state.png, &state, onRead);
    // Whatever the size, checkSize() decides.
    png_set_user_limits(state.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    // Each chunk has a CRC, which is checked; the second checksum over the same bytes only costs
    // time.
    png_set_option(state.png, PNG_IGNORE_ADLER32, PNG_OPTION_ON);
    png_read_info(state.png, state.info);
    png_get_IHDR(
        state.png,
        state.info,
        &header.width,
        &header.height,
        &header.bitDepth,
        &header.colourType,
        nullptr,
        nullptr,
        nullptr);
    header.hasTransparency = png_get_valid(state.png, state.info, PNG_INFO_tRNS) != 0;
    if (header.colourType == PNG_COLOR_TYPE_PALETTE) {
        png_get_PLTE(state.png, state.info, &header.palette, &header.paletteSize);
        if (header.hasTransparency) {
            png_get_tRNS(
                state.png, state.info, &header.paletteAlpha, &header.paletteAlphaSize, nullptr);
        }
    }
    png_get_eXIf_1(state.png, state.info, &header.exifSize, &header.exif);
    int unit = PNG_RESOLUTION_UNKNOWN;
    png_uint_32 x = 0;
    png_uint_32 y = 0;
    if (png_get_pHYs(state.png, state.info, &x, &y, &unit) != 0 && unit == PNG_RESOLUTION_METER) {
        header.pixelsPerMetreX = x;
        header.pixelsPerMetreY = y;
    }
    return true;
}

/// After this, rows are 8 or 16 bits a sample, native byte order.
bool prepareRows(PngState& state, PngHeader& header)
{
    if (setjmp(png_jmpbuf(state.png)) != 0) { // NOLINT(cert-err52-cpp): libpng's interface
        return false;
    }
    if (header.colourType == PNG_COLOR_TYPE_PALETTE) {
        png_set_packing(state.png);
    } else if (header.colourType == PNG_COLOR_TYPE_GRAY && header.bitDepth < 8) {
        png_set_expand_gray_1_2_4_to_8(state.png);
    }
    if (header.hasTransparency && header.colourType != PNG_COLOR_TYPE_PALETTE) {
        png_set_tRNS_to_alpha(state.png);
    }
    if (header.bitDepth == 16 && std::endian::native == std::endian::little) {
        png_set_swap(state.png);
    }
    header.passes = png_set_interlace_handling(state.png);
    png_read_update_info(state.png, state.info);
    header.channels = png_get_channels(state.png, state.info);
    header.rowBytes = png_get_rowbytes(state.png, state.info);
    return true;
}

bool readRows(PngState& state, const PngHeader& header, std::uint8_t* pixels)
{
    if (setjmp(png_jmpbuf(state.png)) != 0) { // NOLINT(cert-err52-cpp): libpng's interface
        return false;
    }
    for (int pass = 0; pass < header.passes; ++pass) {
        for (png_uint_32 y = 0; y < header.height; ++y) {
            png_read_row(state.png, pixels + y * header.rowBytes, nullptr);
        }
    }
    // Reads to IEND, so that a file that ends early is noticed.
    png_read_end(state.png, nullptr);
    return true;
}

ImageInfo infoOf(const PngState& state, const PngHeader& header)
{
    ImageInfo info;
    info.format = "png";
    info.size = {static_cast<int>(header.width), static_cast<int>(header.height)};
    info.bitDepth = header.bitDepth;
    const int channels = header.colourType == PNG_COLOR_TYPE_GRAY         ? 1
                         : header.colourType == PNG_COLOR_TYPE_PALETTE    ? 1
                         : header.colourType == PNG_COLOR_TYPE_GRAY_ALPHA ? 2
                         : header.colourType == PNG_COLOR_TYPE_RGB        ? 3
                                                                          : 4;
    info.isPalette = header.colourType == PNG_COLOR_TYPE_PALETTE;
    info.hasAlpha = header.hasTransparency || (header.colourType & PNG_COLOR_MASK_ALPHA) != 0;
    info.channels = channels + (header.hasTransparency && !info.isPalette ? 1 : 0);
    for (int i = 0; i < header.paletteSize; ++i) {
        const png_color& colour = header.palette[i];
        info.palette.push_back({colour.red, colour.green, colour.blue});
    }
    if (header.exif != nullptr && header.exifSize > 0) {
        info.orientation = exifOrientation({header.exif, header.exifSize});
    }
    info.spacingMm =
        spacingFromPixelsPerMm(header.pixelsPerMetreX / 1000.0, header.pixelsPerMetreY / 1000.0);
    info.warnings = state.warnings;
    return info;
}

void checkPaletteIndices(const Decoded& decoded)
{
    const auto pixels = decoded.pixels8.pixels();
    const auto largest = std::max_element(pixels.begin(), pixels.end());
    if (largest != pixels.end() && *largest >= decoded.info.palette.size()) {
        throw CodecError(
            "damaged PNG: a pixel has palette index " + std::to_string(*largest)
            + ", but the palette has " + std::to_string(decoded.info.palette.size()) + " colours");
    }
}

[[noreturn]] void fail(const PngState& state)
{
    const std::string& what = state.message;
    if (what.find("truncated") != std::string::npos
        || what.find("Not enough") != std::string::npos) {
        throw CodecError("truncated PNG: the file ends too early");
    }
    throw CodecError("damaged PNG: " + what);
}

} // namespace

Decoded decodePng(Bytes bytes, Extent extent)
{
    PngState state;
    state.bytes = bytes;
    state.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state, onError, onWarning);
    state.info = state.png == nullptr ? nullptr : png_create_info_struct(state.png);
    if (state.info == nullptr) {
        throw std::bad_alloc();
    }
    PngHeader header;
    if (!readHeader(state, header)) {
        fail(state);
    }
    checkSize(header.width, header.height);
    Decoded decoded;
    decoded.info = infoOf(state, header);
    decoded.paletteAlpha.assign(header.paletteAlpha, header.paletteAlpha + header.paletteAlphaSize);
    if (extent == Extent::HeaderOnly) {
        return decoded;
    }
    if (!prepareRows(state, header)) {
        fail(state);
    }
    // deflate cannot shrink by more than 1032 : 1; a small file that claims more is not worth the
    // memory. Rows below 8 bits have grown by at most 8 above, alpha at most doubled them.
    const auto rawBytes = static_cast<double>(header.rowBytes) * header.height / 16;
    if (rawBytes > 1032.0 * static_cast<double>(bytes.size())) {
        throw CodecError("truncated PNG: too short for its size in pixels");
    }
    decoded.is16Bit = header.bitDepth == 16;
    std::uint8_t* pixels = nullptr;
    if (decoded.is16Bit) {
        decoded.pixels16 =
            Raster16(decoded.info.size.width, decoded.info.size.height, header.channels);
        pixels = reinterpret_cast<std::uint8_t*>(decoded.pixels16.data());
    } else {
        decoded.pixels8 =
            Raster8(decoded.info.size.width, decoded.info.size.height, header.channels);
        pixels = decoded.pixels8.data();
    }
    if (!readRows(state, header, pixels)) {
        fail(state);
    }
    decoded.info.warnings = state.warnings;
    if (decoded.info.isPalette) {
        checkPaletteIndices(decoded);
    }
    return decoded;
}

} // namespace guidino::imaging
