// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/imaging/image_reader.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Inside of imaging: one decoder a format. Each throws CodecError with a message that lacks only
/// the file's name, or std::bad_alloc; image_reader.cpp turns both into Results.
namespace guidino::imaging {

/// What is wrong with the bytes, without the file's name.
class CodecError : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/// More pixels than are read (kMaxImagePixels).
class TooLargeError : public CodecError
{
public:
    using CodecError::CodecError;
};

using Bytes = std::span<const std::uint8_t>;

/// How far to decode.
enum class Extent { HeaderOnly, Pixels };

/// What a decoder makes: pixels as stored, orientation not applied yet.
struct Decoded
{
    ImageInfo info;
    Raster8 pixels8;
    Raster16 pixels16;
    bool is16Bit = false;
    std::vector<std::uint8_t> paletteAlpha;
};

[[nodiscard]] Decoded decodePng(Bytes bytes, Extent extent);
[[nodiscard]] Decoded decodeJpeg(Bytes bytes, Extent extent);
/// At 2^-halvings of its size, rounded up, which costs a fraction of the time: the DCT of each
/// block is done at that size. `halvings` 1 to 3. info.size is that of the file.
[[nodiscard]] Decoded decodeJpegReduced(Bytes bytes, int halvings);
[[nodiscard]] Decoded decodeTiff(Bytes bytes, Extent extent);
[[nodiscard]] Decoded decodeWebp(Bytes bytes, Extent extent);
[[nodiscard]] Decoded decodeBmp(Bytes bytes, Extent extent);

/// Throws where a side is 0 or there are more than kMaxImagePixels.
void checkSize(std::int64_t width, std::int64_t height);

/// Orientation 1..8 from a TIFF-structured EXIF block ("II*" or "MM*" first); 1 where it has none
/// or is damaged.
[[nodiscard]] int exifOrientation(Bytes exif);

/// Pixel distance from a resolution; nothing for resolutions that programs write without knowing.
[[nodiscard]] std::optional<SpacingMm> spacingFromPixelsPerMm(double x, double y);

/// A raster as it is displayed under orientation 1..8.
[[nodiscard]] Raster8 oriented(Raster8 raster, int orientation);
[[nodiscard]] Raster16 oriented(Raster16 raster, int orientation);

} // namespace guidino::imaging
