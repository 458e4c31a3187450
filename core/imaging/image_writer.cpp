// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/image_writer.h"

#include "core/base/file.h"

#include <algorithm>

namespace guidino::imaging {

namespace {

Status writeEncoded(const std::filesystem::path& path, const Result<std::string>& bytes)
{
    if (!bytes) {
        Error error = bytes.error();
        error.message = path.string() + ": " + error.message;
        return error;
    }
    return writeFileAtomically(path, *bytes);
}

} // namespace

Status writePng(const std::filesystem::path& path, const Raster8& image)
{
    return writeEncoded(path, encodePng(image));
}

Status writePng(const std::filesystem::path& path, const Raster16& image)
{
    return writeEncoded(path, encodePng(image));
}

Status writeIndexedPng(
    const std::filesystem::path& path, const Raster8& indices, const std::vector<Colour>& palette)
{
    return writeEncoded(path, encodeIndexedPng(indices, palette));
}

Status writeJpeg(const std::filesystem::path& path, const Raster8& image, int quality)
{
    return writeEncoded(path, encodeJpeg(image, quality));
}

Status writeWebp(const std::filesystem::path& path, const Raster8& image, int quality)
{
    return writeEncoded(path, encodeWebp(image, quality));
}

std::vector<Colour> defaultPalette(int count)
{
    // After Sasha Trubetskoy's list of 20 simple, distinct colours (public domain), the most
    // distinct ones first.
    static constexpr Colour kDistinct[] = {
        {230, 25, 75},   {60, 180, 75},   {255, 225, 25},  {0, 130, 200},   {245, 130, 48},
        {145, 30, 180},  {70, 240, 240},  {240, 50, 230},  {210, 245, 60},  {250, 190, 212},
        {0, 128, 128},   {220, 190, 255}, {170, 110, 40},  {255, 250, 200}, {128, 0, 0},
        {170, 255, 195}, {128, 128, 0},   {255, 215, 180}, {0, 0, 128},     {128, 128, 128},
    };
    std::vector<Colour> palette;
    for (int i = 0; i < std::clamp(count, 1, 256); ++i) {
        if (i == 0) {
            palette.push_back({0, 0, 0});
        } else if (i == 255) {
            palette.push_back({255, 255, 255});
        } else {
            palette.push_back(kDistinct[static_cast<std::size_t>(i - 1) % std::size(kDistinct)]);
        }
    }
    return palette;
}

} // namespace guidino::imaging
