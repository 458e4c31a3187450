// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/codec.h"

#include <cmath>

namespace guidino::imaging {

namespace {

constexpr std::size_t kOrientationTag = 0x0112;

/// Reads numbers of either byte order out of a block; beyond its end they are 0.
struct ByteReader
{
    Bytes bytes;
    bool isBigEndian = false;

    [[nodiscard]] std::size_t number(std::size_t at, std::size_t count) const
    {
        if (at > bytes.size() || bytes.size() - at < count) {
            return 0;
        }
        std::size_t value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t byte = bytes[at + (isBigEndian ? i : count - 1 - i)];
            value = value << 8U | byte;
        }
        return value;
    }
};

/// For each orientation: does the displayed x run along the stored y, and which stored axes run
/// backwards (TIFF 6.0, tag 274).
struct Transform
{
    bool isTransposed;
    bool flipX;
    bool flipY;
};

constexpr Transform kTransforms[9] = {
    {false, false, false},
    {false, false, false},
    {false, true, false},
    {false, true, true},
    {false, false, true},
    {true, false, false},
    {true, false, true},
    {true, true, true},
    {true, true, false},
};

template<typename T>
Raster<T> orientedRaster(Raster<T> raster, int orientation)
{
    if (orientation <= 1 || orientation > 8 || raster.isEmpty()) {
        return raster;
    }
    const Transform transform = kTransforms[orientation];
    const int width = transform.isTransposed ? raster.height() : raster.width();
    const int height = transform.isTransposed ? raster.width() : raster.height();
    const int channels = raster.channels();
    Raster<T> result(width, height, channels);
    result.spacingMm = raster.spacingMm;
    for (int y = 0; y < height; ++y) {
        T* out = result.row(y);
        for (int x = 0; x < width; ++x, out += channels) {
            int storedX = transform.isTransposed ? y : x;
            int storedY = transform.isTransposed ? x : y;
            storedX = transform.flipX ? raster.width() - 1 - storedX : storedX;
            storedY = transform.flipY ? raster.height() - 1 - storedY : storedY;
            const T* in = raster.row(storedY) + static_cast<std::ptrdiff_t>(storedX) * channels;
            std::copy(in, in + channels, out);
        }
    }
    return result;
}

} // namespace

int exifOrientation(Bytes exif)
{
    if (exif.size() < 8) {
        return 1;
    }
    ByteReader reader{exif, exif[0] == 'M'};
    const bool isTiff =
        (exif[0] == 'M' || exif[0] == 'I') && exif[0] == exif[1] && reader.number(2, 2) == 42;
    if (!isTiff) {
        return 1;
    }
    const std::size_t directory = reader.number(4, 4);
    const std::size_t entries = reader.number(directory, 2);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t entry = directory + 2 + i * 12;
        if (reader.number(entry, 2) != kOrientationTag) {
            continue;
        }
        const std::size_t type = reader.number(entry + 2, 2);
        const std::size_t value = reader.number(entry + 8, type == 4 ? 4 : 2);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

std::optional<SpacingMm> spacingFromPixelsPerMm(double x, double y)
{
    constexpr double kMmPerInch = 25.4;
    if (!(x > 0 && y > 0) || !std::isfinite(x) || !std::isfinite(y)) {
        return std::nullopt;
    }
    for (const double habitual : {72.0, 96.0, 150.0, 300.0}) {
        // 0.3 dpi: PNG stores whole pixels per metre.
        if (std::abs(x * kMmPerInch - habitual) < 0.3
            && std::abs(y * kMmPerInch - habitual) < 0.3) {
            return std::nullopt;
        }
    }
    return SpacingMm{1 / x, 1 / y};
}

Raster8 oriented(Raster8 raster, int orientation)
{
    return orientedRaster(std::move(raster), orientation);
}

Raster16 oriented(Raster16 raster, int orientation)
{
    return orientedRaster(std::move(raster), orientation);
}

} // namespace guidino::imaging
