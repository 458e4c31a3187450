// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"
#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Reading of PNG, JPEG, TIFF, WebP and BMP files. The format is told by the content, never by the
/// name. Everything here may be called from any thread. Errors: NotFound (no such file), BadInput
/// (damaged, truncated, not an image, not supported, above 400 megapixels), OutOfMemory; the
/// message names the file and what is wrong with it. Damaged data never ends the program.
namespace guidino::imaging {

/// Larger images are refused from their header, before any pixel is read.
inline constexpr std::int64_t kMaxImagePixels = 400'000'000;

using Colour = std::array<std::uint8_t, 3>;

/// What the header of an image file says.
struct ImageInfo
{
    /// As displayed: EXIF or TIFF orientation is taken into account.
    Size size;
    /// Samples per pixel as stored: 1 grey or palette index, 2 grey + alpha, 3 RGB, 4 RGBA (or
    /// CMYK).
    int channels = 0;
    /// Bits per sample as stored: 1, 2, 4, 8 or 16.
    int bitDepth = 8;
    /// "png", "jpeg", "tiff", "webp" or "bmp".
    std::string format;
    bool hasAlpha = false;
    /// JPEG or lossy WebP: values near edges are not exact.
    bool isLossy = false;
    bool isPalette = false;
    /// The palette has greys only: the picture is a grey one, its indices mean nothing.
    bool paletteIsGrey = false;
    /// EXIF orientation 1..8 (1 = as stored).
    int orientation = 1;
    /// Only from tags that state a physical unit. 72, 96, 150 and 300 dpi are what programs write
    /// without knowing and are left out.
    std::optional<SpacingMm> spacingMm;
    std::vector<Colour> palette;
    /// Such as "JPEG data in a file named .png".
    std::vector<std::string> warnings;
};

/// Pixels as stored (orientation applied): palette indices stay indices in one channel, grey of 1,
/// 2 or 4 bits is stretched to 0..255, CMYK is turned into RGB; 16 bit only where the file has 16.
struct DecodedImage
{
    ImageInfo info;
    std::variant<Raster8, Raster16> pixels;
    /// Opacity of the first palette entries; those without one are opaque.
    std::vector<std::uint8_t> paletteAlpha;

    [[nodiscard]] bool is16Bit() const { return pixels.index() == 1; }
};

/// The header only; pixels are not checked.
[[nodiscard]] Result<ImageInfo> readImageInfo(const std::filesystem::path& path);

[[nodiscard]] Result<DecodedImage> readImage(const std::filesystem::path& path);

/// The same from memory; `name` is for messages and for the warning about a wrong name.
[[nodiscard]] Result<ImageInfo> decodeImageInfo(std::string_view bytes, const std::string& name);
[[nodiscard]] Result<DecodedImage> decodeImage(std::string_view bytes, const std::string& name);

/// [H, W, 3] uint8: palette expanded, grey copied to three channels, alpha composited on black,
/// 16 bit scaled to 8 (rounded v / 257).
[[nodiscard]] Result<Raster8> readRgb8(const std::filesystem::path& path);
[[nodiscard]] Raster8 toRgb8(const DecodedImage& image);

/// An image at 2^-halvings of its size, rounded up.
struct ReducedImage
{
    Raster8 pixels; ///< [H, W, 3]
    Size size;      ///< of the whole image
    int halvings = 0;
};

/// A first look at a large file in a fraction of the time: halved up to three times as long as its
/// longer side stays at `leastSide` or above. Nothing where the format cannot do it (all but JPEG)
/// or nothing is to be halved.
[[nodiscard]] Result<std::optional<ReducedImage>>
readRgb8Reduced(const std::filesystem::path& path, int leastSide);

/// [H, W, 1] uint8: luminance (Rec. 601) of the above; files of grey keep their values.
[[nodiscard]] Result<Raster8> readGrey8(const std::filesystem::path& path);
[[nodiscard]] Raster8 toGrey8(const DecodedImage& image);

/// [H, W, 1] uint16: 8 bit is scaled by 257, so that probability maps of either depth share a
/// scale.
[[nodiscard]] Result<Raster16> readGrey16(const std::filesystem::path& path);

/// A mask file before its convention is known.
struct MaskPixels
{
    enum class Kind {
        Grey,    ///< [H, W, 1] grey values; also palettes of greys, and RGB with equal channels
        Indexed, ///< [H, W, 1] indices into `palette`, which has colours
        Rgb,     ///< [H, W, 3] RGB
    };
    Kind kind = Kind::Grey;
    Raster8 pixels;
    /// Indexed only.
    std::vector<Colour> palette;
    /// Lossy formats have halos around edges: values near those meant.
    bool isLossy = false;
    /// Of the file as stored.
    ImageInfo info;
};

/// 16 bit grey: kept as numbers where none is above 255 (class indices), else scaled to 8 bits.
/// RGB whose channels are equal (within 24 in lossy files, then by luminance) is grey. Alpha is
/// composited on black.
[[nodiscard]] Result<MaskPixels> readMaskRaw(const std::filesystem::path& path);

/// Whether the name ends like an image's: .png .jpg .jpeg .jpe .jfif .tif .tiff .bmp .dib .webp, in
/// any case.
[[nodiscard]] bool hasImageExtension(const std::filesystem::path& path);

} // namespace guidino::imaging
