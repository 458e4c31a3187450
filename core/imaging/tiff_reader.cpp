// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/codec.h"

#include <tiffio.h>

#include <algorithm>
#include <bit>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>

namespace guidino::imaging {

namespace {

/// The file as libtiff sees it, and its first complaint.
struct TiffSource
{
    Bytes bytes;
    std::uint64_t position = 0;
    std::string message;
    bool endedEarly = false; ///< more was asked for than there is
};

extern "C" {

tmsize_t tiffRead(thandle_t handle, void* target, tmsize_t count)
{
    auto* source = static_cast<TiffSource*>(handle);
    const auto wanted = static_cast<std::uint64_t>(std::max<tmsize_t>(count, 0));
    source->endedEarly |= source->position + wanted > source->bytes.size();
    if (count <= 0 || source->position >= source->bytes.size()) {
        return 0;
    }
    const std::uint64_t taken = std::min(wanted, source->bytes.size() - source->position);
    std::memcpy(target, source->bytes.data() + source->position, taken);
    source->position += taken;
    return static_cast<tmsize_t>(taken);
}

tmsize_t tiffWrite(thandle_t /*handle*/, void* /*data*/, tmsize_t /*count*/)
{
    return 0;
}

toff_t tiffSeek(thandle_t handle, toff_t offset, int whence)
{
    auto* source = static_cast<TiffSource*>(handle);
    const toff_t base = whence == SEEK_CUR   ? source->position
                        : whence == SEEK_END ? source->bytes.size()
                                             : 0;
    source->position = base + offset;
    return source->position;
}

int tiffClose(thandle_t /*handle*/)
{
    return 0;
}

toff_t tiffSize(thandle_t handle)
{
    return static_cast<TiffSource*>(handle)->bytes.size();
}

int tiffError(
    TIFF* /*tiff*/, void* data, const char* /*module*/, const char* format, va_list values)
{
    auto* source = static_cast<TiffSource*>(data);
    if (source->message.empty()) {
        char text[256];
        std::vsnprintf(text, sizeof text, format, values);
        source->message = text;
    }
    return 1;
}

/// Unknown private tags are normal in this field.
int tiffWarning(TIFF* /*tiff*/, void* /*data*/, const char* /*m*/, const char* /*f*/, va_list /*v*/)
{
    return 1;
}

} // extern "C"

struct TiffDeleter
{
    void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};

using TiffPointer = std::unique_ptr<TIFF, TiffDeleter>;

struct TiffHeader
{
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint16_t bits = 1;
    std::uint16_t samples = 1;
    std::uint16_t format = SAMPLEFORMAT_UINT;
    std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
    std::uint16_t planar = PLANARCONFIG_CONTIG;
    std::uint16_t orientation = ORIENTATION_TOPLEFT;
    std::uint16_t compression = COMPRESSION_NONE;
    /// EXTRASAMPLE_* of the first extra sample; -1 = none.
    int alphaKind = -1;
    bool hasPalette = false;
    std::optional<SpacingMm> spacingMm;
    std::vector<Colour> palette;
};

[[noreturn]] void fail(const TiffSource& source, const std::string& fallback)
{
    if (source.endedEarly) { // libtiff's own words name its insides
        throw CodecError("truncated TIFF: the file ends too early");
    }
    throw CodecError(
        "damaged or truncated TIFF: " + (source.message.empty() ? fallback : source.message));
}

void readPalette(TIFF* tiff, TiffHeader& header)
{
    std::uint16_t* red = nullptr;
    std::uint16_t* green = nullptr;
    std::uint16_t* blue = nullptr;
    if (header.bits > 8 || TIFFGetField(tiff, TIFFTAG_COLORMAP, &red, &green, &blue) == 0) {
        throw CodecError("TIFF with a palette that is missing or has more than 256 colours");
    }
    header.hasPalette = true;
    const int count = 1 << header.bits;
    // Old writers stored 8-bit values (TIFF FAQ); then nothing is above 255.
    bool is16Bit = false;
    for (int i = 0; i < count; ++i) {
        is16Bit = is16Bit || red[i] > 255 || green[i] > 255 || blue[i] > 255;
    }
    const auto to8 = [is16Bit](std::uint16_t value) {
        return static_cast<std::uint8_t>(is16Bit ? (value + 128) / 257 : value);
    };
    for (int i = 0; i < count; ++i) {
        header.palette.push_back({to8(red[i]), to8(green[i]), to8(blue[i])});
    }
}

TiffHeader readHeader(TIFF* tiff)
{
    TiffHeader header;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &header.width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &header.height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &header.bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &header.samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &header.format);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &header.photometric);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &header.planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &header.orientation);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &header.compression);
    std::uint16_t extraCount = 0;
    std::uint16_t* extraKinds = nullptr;
    if (TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &extraCount, &extraKinds) != 0 && extraCount > 0) {
        header.alphaKind = extraKinds[0];
    }
    float x = 0;
    float y = 0;
    std::uint16_t unit = RESUNIT_NONE;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
    if (unit != RESUNIT_NONE && TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x) != 0
        && TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y) != 0) {
        const double mm = unit == RESUNIT_INCH ? 25.4 : 10.0;
        header.spacingMm = spacingFromPixelsPerMm(x / mm, y / mm);
    }
    if (header.photometric == PHOTOMETRIC_PALETTE) {
        readPalette(tiff, header);
    }
    return header;
}

void checkSupported(const TiffHeader& header)
{
    const bool isKnownDepth = header.bits == 1 || header.bits == 2 || header.bits == 4
                              || header.bits == 8 || header.bits == 16;
    if (!isKnownDepth
        || (header.format != SAMPLEFORMAT_UINT && header.format != SAMPLEFORMAT_VOID)) {
        const char* kind = header.format == SAMPLEFORMAT_IEEEFP ? " floating-point"
                           : header.format == SAMPLEFORMAT_INT  ? " signed"
                                                                : "";
        throw CodecError(
            "TIFF with " + std::to_string(header.bits) + kind
            + " bits per sample; convert it to 8 or 16 unsigned bits");
    }
    if (header.samples == 0 || header.samples > 64) {
        throw CodecError("TIFF with " + std::to_string(header.samples) + " samples per pixel");
    }
}

/// Grey, RGB and palette are read sample by sample; the rest is left to libtiff's own conversion.
bool isPlain(const TiffHeader& header)
{
    switch (header.photometric) {
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_MINISWHITE:
        return true;
    case PHOTOMETRIC_PALETTE:
        return header.samples == 1;
    case PHOTOMETRIC_RGB:
        return header.samples >= 3 && header.bits >= 8;
    default:
        return false;
    }
}

/// One block (strip or tile) unpacked into the raster: `into` is its place, `first` its first
/// channel, `samples` the channels interleaved in it.
template<typename T>
void placeBlock(
    const std::vector<std::uint8_t>& block,
    std::size_t rowBytes,
    const TiffHeader& header,
    Rect into,
    std::pair<int, int> firstAndSamples,
    Raster<T>& raster)
{
    const auto [first, samples] = firstAndSamples;
    const unsigned bits = header.bits;
    const unsigned mask = bits >= 8 ? 0xFFU : (1U << bits) - 1;
    const unsigned stretch = header.hasPalette || bits >= 8 ? 1 : 255 / mask;
    for (int y = into.y; y < into.bottom(); ++y) {
        const std::uint8_t* row = block.data() + static_cast<std::size_t>(y - into.y) * rowBytes;
        for (int x = into.x; x < into.right(); ++x) {
            for (int sample = 0; sample < samples; ++sample) {
                const int channel = first + sample;
                if (channel >= raster.channels()) {
                    continue;
                }
                const auto index =
                    static_cast<std::size_t>(x - into.x) * static_cast<std::size_t>(samples)
                    + static_cast<std::size_t>(sample);
                if constexpr (sizeof(T) == 2) {
                    T value = 0;
                    std::memcpy(&value, row + index * 2, 2);
                    raster.at(x, y, channel) = value;
                } else {
                    const std::size_t bit = index * bits;
                    const unsigned shift = 8 - bits - static_cast<unsigned>(bit % 8);
                    const unsigned value =
                        bits == 8 ? row[index]
                                  : (static_cast<unsigned>(row[bit / 8]) >> shift) & mask;
                    raster.at(x, y, channel) = static_cast<T>(value * stretch);
                }
            }
        }
    }
}

/// Strips or tiles, one after the other. A block that is shorter than it must be is an error.
template<typename T>
void readBlocks(TIFF* tiff, const TiffSource& source, const TiffHeader& header, Raster<T>& raster)
{
    const bool isTiled = TIFFIsTiled(tiff) != 0;
    const bool isSeparate = header.planar == PLANARCONFIG_SEPARATE && header.samples > 1;
    std::uint32_t blockWidth = header.width;
    std::uint32_t blockHeight = header.height;
    if (isTiled) {
        TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &blockWidth);
        TIFFGetField(tiff, TIFFTAG_TILELENGTH, &blockHeight);
    } else {
        TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &blockHeight);
        blockHeight = std::min(blockHeight, header.height);
    }
    const tmsize_t blockBytes = isTiled ? TIFFTileSize(tiff) : TIFFStripSize(tiff);
    const tmsize_t rowBytes = isTiled ? TIFFTileRowSize(tiff) : TIFFScanlineSize(tiff);
    if (blockWidth == 0 || blockHeight == 0 || blockBytes <= 0 || rowBytes <= 0
        || blockBytes / rowBytes < static_cast<tmsize_t>(blockHeight)) {
        fail(source, "its strips or tiles have no size");
    }
    checkSize(blockWidth, blockHeight);
    std::vector<std::uint8_t> block(static_cast<std::size_t>(blockBytes));
    const int samples = isSeparate ? 1 : header.samples;
    const int planes = isSeparate ? std::min<int>(header.samples, raster.channels()) : 1;
    for (int plane = 0; plane < planes; ++plane) {
        for (std::uint32_t y = 0; y < header.height; y += blockHeight) {
            for (std::uint32_t x = 0; x < header.width; x += blockWidth) {
                const Rect into =
                    Rect{
                        static_cast<int>(x),
                        static_cast<int>(y),
                        static_cast<int>(blockWidth),
                        static_cast<int>(blockHeight)}
                        .intersected({0, 0, raster.width(), raster.height()});
                const auto sample = static_cast<std::uint16_t>(plane);
                const tmsize_t wanted = isTiled ? blockBytes : rowBytes * into.height;
                const tmsize_t got =
                    isTiled ? TIFFReadEncodedTile(
                        tiff, TIFFComputeTile(tiff, x, y, 0, sample), block.data(), blockBytes)
                            : TIFFReadEncodedStrip(
                                tiff, TIFFComputeStrip(tiff, y, sample), block.data(), wanted);
                if (got < wanted || !source.message.empty()) {
                    fail(source, "row " + std::to_string(y) + " is missing");
                }
                placeBlock(
                    block,
                    static_cast<std::size_t>(rowBytes),
                    header,
                    into,
                    {plane, samples},
                    raster);
            }
        }
    }
}

/// YCbCr, CMYK, Lab and others, by libtiff, as RGBA with associated alpha = composited on black.
Raster8 readConverted(TIFF* tiff, const TiffSource& source, const TiffHeader& header)
{
    char reason[1024] = {};
    if (TIFFRGBAImageOK(tiff, reason) == 0) {
        throw CodecError(std::string("TIFF that cannot be turned into RGB: ") + reason);
    }
    std::vector<std::uint32_t> rgba(
        static_cast<std::size_t>(header.width) * static_cast<std::size_t>(header.height));
    // As stored, first row first; orientation is applied by the caller.
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, static_cast<std::uint16_t>(ORIENTATION_TOPLEFT));
    if (TIFFReadRGBAImageOriented(
            tiff, header.width, header.height, rgba.data(), ORIENTATION_TOPLEFT, 1)
            == 0
        || !source.message.empty()) {
        fail(source, "pixels are missing");
    }
    Raster8 rgb(static_cast<int>(header.width), static_cast<int>(header.height), 3);
    std::uint8_t* out = rgb.data();
    for (const std::uint32_t pixel : rgba) {
        *out++ = static_cast<std::uint8_t>(TIFFGetR(pixel));
        *out++ = static_cast<std::uint8_t>(TIFFGetG(pixel));
        *out++ = static_cast<std::uint8_t>(TIFFGetB(pixel));
    }
    return rgb;
}

template<typename T>
void invert(Raster<T>& raster)
{
    for (int y = 0; y < raster.height(); ++y) {
        T* row = raster.row(y);
        for (int x = 0; x < raster.width(); ++x) {
            T& value = row[x * raster.channels()];
            value = static_cast<T>(~value);
        }
    }
}

/// Channels to keep: colour, and alpha where it is straight. Associated alpha is composited on
/// black already, so it is left out, like samples without a meaning.
int keptChannels(const TiffHeader& header)
{
    const int colours = header.photometric == PHOTOMETRIC_RGB ? 3 : 1;
    const bool hasStraightAlpha = header.alphaKind == EXTRASAMPLE_UNASSALPHA && !header.hasPalette;
    return colours + (hasStraightAlpha && header.samples > colours ? 1 : 0);
}

ImageInfo infoOf(TIFF* tiff, const TiffHeader& header)
{
    ImageInfo info;
    info.format = "tiff";
    info.size = {static_cast<int>(header.width), static_cast<int>(header.height)};
    info.channels = header.samples;
    info.bitDepth = header.bits;
    info.isPalette = header.hasPalette;
    info.palette = header.palette;
    info.hasAlpha =
        header.alphaKind == EXTRASAMPLE_UNASSALPHA || header.alphaKind == EXTRASAMPLE_ASSOCALPHA;
    info.orientation = header.orientation >= 1 && header.orientation <= 8 ? header.orientation : 1;
    info.spacingMm = header.spacingMm;
    info.isLossy =
        header.compression == COMPRESSION_JPEG || header.compression == COMPRESSION_OJPEG;
    if (isPlain(header) && header.samples > keptChannels(header) + (info.hasAlpha ? 1 : 0)) {
        info.warnings.push_back(
            std::to_string(header.samples) + " samples per pixel, of which "
            + std::to_string(keptChannels(header)) + " are read");
    }
    if (TIFFLastDirectory(tiff) == 0) {
        info.warnings.emplace_back("several pages, of which the first is read");
    }
    return info;
}

/// libtiff allocates strips by what the header claims; a small file cannot hold that much.
constexpr tmsize_t kMaxAllocation = tmsize_t{2} << 30;

} // namespace

Decoded decodeTiff(Bytes bytes, Extent extent)
{
    TiffSource source{bytes, 0, {}};
    const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(
        TIFFOpenOptionsAlloc(), TIFFOpenOptionsFree);
    if (options == nullptr) {
        throw std::bad_alloc();
    }
    TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kMaxAllocation);
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), tiffError, &source);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), tiffWarning, &source);
    const TiffPointer tiff(TIFFClientOpenExt(
        "image",
        "rm",
        &source,
        tiffRead,
        tiffWrite,
        tiffSeek,
        tiffClose,
        tiffSize,
        nullptr,
        nullptr,
        options.get()));
    if (tiff == nullptr) {
        fail(source, "its directory cannot be read");
    }
    const TiffHeader header = readHeader(tiff.get());
    checkSize(header.width, header.height);
    checkSupported(header);
    Decoded decoded;
    decoded.info = infoOf(tiff.get(), header);
    if (extent == Extent::HeaderOnly) {
        return decoded;
    }
    source.message.clear();
    const int width = static_cast<int>(header.width);
    const int height = static_cast<int>(header.height);
    if (!isPlain(header)) {
        decoded.pixels8 = readConverted(tiff.get(), source, header);
        decoded.info.isPalette = false;
        decoded.info.palette.clear();
        return decoded;
    }
    decoded.is16Bit = header.bits == 16;
    if (decoded.is16Bit) {
        decoded.pixels16 = Raster16(width, height, keptChannels(header));
        readBlocks(tiff.get(), source, header, decoded.pixels16);
    } else {
        decoded.pixels8 = Raster8(width, height, keptChannels(header));
        readBlocks(tiff.get(), source, header, decoded.pixels8);
    }
    if (header.photometric == PHOTOMETRIC_MINISWHITE) {
        decoded.is16Bit ? invert(decoded.pixels16) : invert(decoded.pixels8);
    }
    return decoded;
}

} // namespace guidino::imaging
