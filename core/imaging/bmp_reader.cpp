// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/codec.h"

#include <bit>

namespace guidino::imaging {

namespace {

enum class Compression : std::uint32_t {
    None = 0,
    Rle8 = 1,
    Rle4 = 2,
    Bitfields = 3,
    AlphaBitfields = 6
};

struct BmpHeader
{
    std::int64_t width = 0;
    std::int64_t height = 0;
    bool isTopDown = false;
    unsigned bits = 0;
    Compression compression = Compression::None;
    std::uint32_t masks[4] = {0, 0, 0, 0};
    std::size_t pixelOffset = 0;
    std::vector<Colour> palette;
    std::optional<SpacingMm> spacingMm;
};

class LittleEndian
{
public:
    explicit LittleEndian(Bytes bytes)
        : m_bytes(bytes)
    {}

    [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t count) const
    {
        if (at > m_bytes.size() || m_bytes.size() - at < count) {
            throw CodecError("truncated BMP: the file ends in its header");
        }
        std::uint32_t value = 0;
        for (std::size_t i = count; i > 0; --i) {
            value = value << 8U | m_bytes[at + i - 1];
        }
        return value;
    }

    [[nodiscard]] std::int64_t signedNumber(std::size_t at) const
    {
        return static_cast<std::int32_t>(number(at, 4));
    }

private:
    Bytes m_bytes;
};

void readPalette(
    const LittleEndian& file, BmpHeader& header, std::size_t at, std::size_t entryBytes)
{
    const std::size_t count = at < header.pixelOffset ? (header.pixelOffset - at) / entryBytes : 0;
    const std::size_t limit = std::min<std::size_t>(count, std::size_t{1} << header.bits);
    for (std::size_t i = 0; i < limit; ++i) {
        const std::size_t entry = at + i * entryBytes;
        header.palette.push_back(
            {static_cast<std::uint8_t>(file.number(entry + 2, 1)),
             static_cast<std::uint8_t>(file.number(entry + 1, 1)),
             static_cast<std::uint8_t>(file.number(entry, 1))});
    }
    if (header.palette.empty()) {
        throw CodecError("damaged BMP: its palette is missing");
    }
}

void readMasks(const LittleEndian& file, BmpHeader& header, std::size_t infoBytes)
{
    if (header.compression == Compression::Bitfields
        || header.compression == Compression::AlphaBitfields) {
        const bool hasAlpha = infoBytes >= 56 || header.compression == Compression::AlphaBitfields;
        for (std::size_t i = 0; i < (hasAlpha ? 4U : 3U); ++i) {
            header.masks[i] = file.number(54 + 4 * i, 4);
        }
    } else if (header.bits == 16) {
        header.masks[0] = 0x7C00;
        header.masks[1] = 0x03E0;
        header.masks[2] = 0x001F;
    } else {
        // The fourth byte of a plain 32-bit pixel means nothing.
        header.masks[0] = 0xFF0000;
        header.masks[1] = 0x00FF00;
        header.masks[2] = 0x0000FF;
    }
    for (const std::uint32_t mask : {header.masks[0], header.masks[1], header.masks[2]}) {
        if (mask == 0) {
            throw CodecError("damaged BMP: a colour has no bits");
        }
    }
}

BmpHeader readHeader(Bytes bytes)
{
    const LittleEndian file(bytes);
    BmpHeader header;
    header.pixelOffset = file.number(10, 4);
    const std::size_t infoBytes = file.number(14, 4);
    if (infoBytes == 12) {
        header.width = file.number(18, 2);
        header.height = file.number(20, 2);
        header.bits = file.number(24, 2);
    } else if (infoBytes >= 40 && infoBytes <= 1024) {
        header.width = file.signedNumber(18);
        header.height = file.signedNumber(22);
        header.bits = file.number(28, 2);
        header.compression = static_cast<Compression>(file.number(30, 4));
        header.spacingMm = spacingFromPixelsPerMm(
            static_cast<double>(file.signedNumber(38)) / 1000.0,
            static_cast<double>(file.signedNumber(42)) / 1000.0);
    } else {
        throw CodecError("damaged BMP: its header has an unknown length");
    }
    header.isTopDown = header.height < 0;
    header.height = header.isTopDown ? -header.height : header.height;
    checkSize(header.width, header.height);
    const bool isKnownDepth = header.bits == 1 || header.bits == 4 || header.bits == 8
                              || header.bits == 16 || header.bits == 24 || header.bits == 32;
    const bool isMatching = header.compression == Compression::None
                            || (header.compression == Compression::Rle8 && header.bits == 8)
                            || (header.compression == Compression::Rle4 && header.bits == 4)
                            || ((header.compression == Compression::Bitfields
                                 || header.compression == Compression::AlphaBitfields)
                                && (header.bits == 16 || header.bits == 32));
    if (!isKnownDepth || !isMatching) {
        throw CodecError(
            "BMP with " + std::to_string(header.bits) + " bits and compression "
            + std::to_string(static_cast<std::uint32_t>(header.compression)) + " is not supported");
    }
    if (header.bits <= 8) {
        readPalette(file, header, 14 + infoBytes, infoBytes == 12 ? 3 : 4);
    } else if (header.bits != 24) {
        readMasks(file, header, infoBytes);
    }
    return header;
}

/// Run-length coded indices; pixels that the runs leave out are 0.
void readRuns(Bytes data, const BmpHeader& header, Raster8& indices)
{
    const bool isNibbles = header.compression == Compression::Rle4;
    std::size_t at = 0;
    int x = 0;
    int y = 0;
    const auto next = [&]() -> unsigned {
        if (at >= data.size()) {
            throw CodecError("truncated BMP: the file ends too early");
        }
        return data[at++];
    };
    const auto put = [&](unsigned value) {
        if (x < indices.width() && y < indices.height()) {
            indices.at(x, header.isTopDown ? y : indices.height() - 1 - y) =
                static_cast<std::uint8_t>(value);
        }
        ++x;
    };
    const auto nibble = [isNibbles](unsigned byte, unsigned i) {
        return !isNibbles ? byte : i % 2 == 0 ? byte >> 4U : byte & 15U;
    };
    while (true) {
        const unsigned count = next();
        const unsigned value = next();
        if (count > 0) {
            for (unsigned i = 0; i < count; ++i) {
                put(nibble(value, i));
            }
        } else if (value == 0) {
            x = 0;
            ++y;
        } else if (value == 1) {
            return;
        } else if (value == 2) {
            x += static_cast<int>(next());
            y += static_cast<int>(next());
        } else {
            unsigned byte = 0;
            for (unsigned i = 0; i < value; ++i) {
                byte = !isNibbles || i % 2 == 0 ? next() : byte;
                put(nibble(byte, i));
            }
            const unsigned bytesUsed = isNibbles ? (value + 1) / 2 : value;
            at += bytesUsed % 2;
        }
        if (y > indices.height()) {
            throw CodecError("damaged BMP: more rows than its header says");
        }
    }
}

void readIndices(Bytes data, const BmpHeader& header, std::size_t stride, Raster8& indices)
{
    for (int y = 0; y < indices.height(); ++y) {
        const int stored = header.isTopDown ? y : indices.height() - 1 - y;
        const std::uint8_t* row = data.data() + static_cast<std::size_t>(stored) * stride;
        for (int x = 0; x < indices.width(); ++x) {
            const std::size_t bit = static_cast<std::size_t>(x) * header.bits;
            const unsigned shift = 8 - header.bits - static_cast<unsigned>(bit % 8);
            indices.at(x, y) =
                static_cast<std::uint8_t>((row[bit / 8] >> shift) & ((1U << header.bits) - 1));
        }
    }
}

std::uint8_t field(std::uint32_t pixel, std::uint32_t mask)
{
    const std::uint64_t value = (pixel & mask) >> static_cast<unsigned>(std::countr_zero(mask));
    const std::uint64_t most = mask >> static_cast<unsigned>(std::countr_zero(mask));
    return static_cast<std::uint8_t>((value * 255 + most / 2) / most);
}

void readColours(Bytes data, const BmpHeader& header, std::size_t stride, Raster8& pixels)
{
    const std::size_t bytes = header.bits / 8;
    bool isAllTransparent = pixels.channels() == 4;
    for (int y = 0; y < pixels.height(); ++y) {
        const int stored = header.isTopDown ? y : pixels.height() - 1 - y;
        const std::uint8_t* in = data.data() + static_cast<std::size_t>(stored) * stride;
        std::uint8_t* out = pixels.row(y);
        for (int x = 0; x < pixels.width(); ++x, in += bytes, out += pixels.channels()) {
            if (header.bits == 24) {
                out[0] = in[2];
                out[1] = in[1];
                out[2] = in[0];
                continue;
            }
            std::uint32_t pixel = 0;
            for (std::size_t i = bytes; i > 0; --i) {
                pixel = pixel << 8U | in[i - 1];
            }
            for (int channel = 0; channel < pixels.channels(); ++channel) {
                out[channel] = field(pixel, header.masks[channel]);
            }
            isAllTransparent = isAllTransparent && out[pixels.channels() - 1] == 0;
        }
    }
    // Writers that know no alpha leave its bits 0: nobody saves a picture without anything in it.
    if (isAllTransparent) {
        for (std::size_t i = 3; i < pixels.pixels().size(); i += 4) {
            pixels.data()[i] = 255;
        }
    }
}

} // namespace

Decoded decodeBmp(Bytes bytes, Extent extent)
{
    const BmpHeader header = readHeader(bytes);
    Decoded decoded;
    decoded.info.format = "bmp";
    decoded.info.size = {static_cast<int>(header.width), static_cast<int>(header.height)};
    decoded.info.isPalette = header.bits <= 8;
    decoded.info.hasAlpha = header.masks[3] != 0;
    decoded.info.channels = decoded.info.isPalette ? 1 : decoded.info.hasAlpha ? 4 : 3;
    decoded.info.bitDepth = header.bits < 8 ? static_cast<int>(header.bits) : 8;
    decoded.info.palette = header.palette;
    decoded.info.spacingMm = header.spacingMm;
    if (extent == Extent::HeaderOnly) {
        return decoded;
    }
    if (header.pixelOffset > bytes.size()) {
        throw CodecError("truncated BMP: the file ends before its pixels");
    }
    const Bytes data = bytes.subspan(header.pixelOffset);
    const std::size_t stride = (static_cast<std::size_t>(header.width) * header.bits + 31) / 32 * 4;
    const bool isRuns =
        header.compression == Compression::Rle8 || header.compression == Compression::Rle4;
    // The padding of the last row may be missing.
    const std::size_t lastRow = (static_cast<std::size_t>(header.width) * header.bits + 7) / 8;
    if (!isRuns && data.size() < stride * (static_cast<std::size_t>(header.height) - 1) + lastRow) {
        throw CodecError("truncated BMP: the file ends too early");
    }
    if (isRuns
        && static_cast<double>(header.width) * static_cast<double>(header.height)
               > 1e6 + 255.0 * static_cast<double>(data.size())) {
        throw CodecError("truncated BMP: too short for its size in pixels");
    }
    decoded.pixels8 =
        Raster8(decoded.info.size.width, decoded.info.size.height, decoded.info.channels);
    if (isRuns) {
        readRuns(data, header, decoded.pixels8);
    } else if (header.bits <= 8) {
        readIndices(data, header, stride, decoded.pixels8);
    } else {
        readColours(data, header, stride, decoded.pixels8);
    }
    if (header.bits <= 8) {
        for (const std::uint8_t index : decoded.pixels8.pixels()) {
            if (index >= header.palette.size()) {
                throw CodecError(
                    "damaged BMP: a pixel has palette index " + std::to_string(index)
                    + ", but the palette has " + std::to_string(header.palette.size())
                    + " colours");
            }
        }
    }
    return decoded;
}

} // namespace guidino::imaging
