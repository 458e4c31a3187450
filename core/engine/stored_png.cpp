// SPDX-License-Identifier: Apache-2.0
#include "core/engine/stored_png.h"

#include "core/base/crc32.h"
#include "core/base/file.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kStoredBlock = 65535; // RFC 1951, 3.2.4

/// Colour types of the PNG specification, 11.2.2.
enum ColourType : std::uint8_t { kGrey = 0, kRgb = 2, kIndexed = 3 };

std::string bigEndian(std::uint32_t value)
{
    return {
        static_cast<char>(value >> 24),
        static_cast<char>(value >> 16),
        static_cast<char>(value >> 8),
        static_cast<char>(value)};
}

void addChunk(std::string& file, const std::string& type, const std::string& data)
{
    const std::string body = type + data;
    file += bigEndian(static_cast<std::uint32_t>(data.size())) + body
            + bigEndian(crc32Of(0, body.data(), body.size()));
}

/// A zlib stream (RFC 1950) of stored blocks.
std::string storedStream(const std::string& data)
{
    std::string stream = "\x78\x01";
    std::size_t at = 0;
    do {
        const std::size_t size = std::min(kStoredBlock, data.size() - at);
        stream += at + size == data.size() ? '\1' : '\0';
        for (const std::size_t value : {size, ~size}) {
            stream += static_cast<char>(value & 0xFFU);
            stream += static_cast<char>((value >> 8) & 0xFFU);
        }
        stream.append(data, at, size);
        at += size;
    } while (at < data.size());
    std::uint32_t a = 1;
    std::uint32_t b = 0;
    for (const char byte : data) { // Adler-32
        a = (a + static_cast<std::uint8_t>(byte)) % 65521;
        b = (b + a) % 65521;
    }
    return stream + bigEndian((b << 16) | a);
}

template<typename T>
Status
write(const fs::path& png, const Raster<T>& image, ColourType type, const std::string& palette)
{
    std::string rows;
    const std::size_t perRow =
        static_cast<std::size_t>(image.width()) * static_cast<std::size_t>(image.channels());
    for (int y = 0; y < image.height(); ++y) {
        rows += '\0'; // no filter
        const T* row = image.data() + static_cast<std::size_t>(y) * perRow;
        for (std::size_t i = 0; i < perRow; ++i) {
            if constexpr (sizeof(T) == 2) {
                rows += static_cast<char>(row[i] >> 8);
            }
            rows += static_cast<char>(row[i] & 0xFFU);
        }
    }
    std::string file = "\x89PNG\r\n\x1a\n";
    std::string header = bigEndian(static_cast<std::uint32_t>(image.width()))
                         + bigEndian(static_cast<std::uint32_t>(image.height()));
    header += static_cast<char>(8 * sizeof(T));
    header += static_cast<char>(type);
    header.append(3, '\0'); // deflate, adaptive filters, not interlaced
    addChunk(file, "IHDR", header);
    if (!palette.empty()) {
        addChunk(file, "PLTE", palette);
    }
    addChunk(file, "IDAT", storedStream(rows));
    addChunk(file, "IEND", {});
    return writeFileAtomically(png, file);
}

} // namespace

Status writeStoredPng(const fs::path& png, const Raster8& image)
{
    return write(png, image, image.channels() == 3 ? kRgb : kGrey, {});
}

Status writeStoredPng(const fs::path& png, const Raster16& image)
{
    return write(png, image, kGrey, {});
}

Status writeStoredPng(
    const fs::path& png, const Raster8& indices, std::vector<std::array<std::uint8_t, 3>> palette)
{
    std::string colours;
    for (const auto& colour : palette) {
        for (const std::uint8_t part : colour) {
            colours += static_cast<char>(part);
        }
    }
    return write(png, indices, kIndexed, colours);
}

} // namespace guidino::engine
