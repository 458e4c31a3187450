// SPDX-License-Identifier: Apache-2.0
#include "core/engine/output_maps.h"

#include "core/base/npy.h"
#include "core/engine/image_output.h"

#include <algorithm>
#include <cmath>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

Error badGuide(const fs::path& file, const std::string& what)
{
    return Error{ErrorCode::BadInput, file.string() + ": " + what + ".", {{"file", file.string()}}};
}

template<typename T>
Raster<T> scaled(const RasterF& map, float largest)
{
    Raster<T> result(map.width(), map.height());
    std::transform(
        map.pixels().begin(), map.pixels().end(), result.pixels().begin(), [largest](float value) {
            return static_cast<T>(std::lround(std::clamp(value, 0.0F, 1.0F) * largest));
        });
    return result;
}

} // namespace

std::vector<std::array<std::uint8_t, 3>> paletteOf(const Bundle& bundle)
{
    std::vector<std::array<std::uint8_t, 3>> palette(1);
    for (const BundleClass& one : bundle.classes) {
        palette.resize(std::max(palette.size(), static_cast<std::size_t>(one.index) + 1));
        palette[static_cast<std::size_t>(one.index)] = one.colour;
    }
    return palette;
}

Raster8 foregroundMask(const Raster8& labels)
{
    Raster8 mask(labels.width(), labels.height());
    std::transform(
        labels.pixels().begin(),
        labels.pixels().end(),
        mask.pixels().begin(),
        [](std::uint8_t label) { return label == 0 ? std::uint8_t{0} : std::uint8_t{255}; });
    return mask;
}

Raster8 scaledTo8(const RasterF& map)
{
    return scaled<std::uint8_t>(map, 255.0F);
}

Raster16 scaledTo16(const RasterF& map)
{
    return scaled<std::uint16_t>(map, 65535.0F);
}

Result<RasterF> loadGuideNpy(const fs::path& file)
{
    const Result<NpyArray> array = readNpy(file);
    if (!array) {
        return array.error();
    }
    const std::size_t dimensions = array->shape.size();
    if ((dimensions != 2 && dimensions != 3) || array->values.empty()) {
        return badGuide(file, "a guide must have the shape [h, w] or [G, h, w]");
    }
    const bool isInside = std::all_of(array->values.begin(), array->values.end(), [](float value) {
        return value >= -1e-6F && value <= 1 + 1e-6F; // false for NaN
    });
    if (!isInside) {
        return badGuide(file, "a guide must have values from 0 to 1");
    }
    const auto channels = dimensions == 3 ? array->shape[0] : 1;
    const auto height = array->shape[dimensions - 2];
    const auto width = array->shape[dimensions - 1];
    if (height > 65536 || width > 65536 || channels > 255) {
        return badGuide(file, "the guide is too large");
    }
    RasterF guide(static_cast<int>(width), static_cast<int>(height), static_cast<int>(channels));
    for (std::int64_t c = 0; c < channels; ++c) {
        for (std::int64_t i = 0; i < height * width; ++i) {
            guide.data()[i * channels + c] =
                array->values[static_cast<std::size_t>(c * height * width + i)];
        }
    }
    return guide;
}

Status writeMapNpy(const fs::path& npy, const RasterF& map)
{
    const std::int64_t height = map.height();
    const std::int64_t width = map.width();
    const std::int64_t channels = map.channels();
    if (channels == 1) {
        return writeNpy(npy, {height, width}, map.pixels());
    }
    std::vector<float> planes(map.pixels().size());
    for (std::int64_t c = 0; c < channels; ++c) {
        for (std::int64_t i = 0; i < height * width; ++i) {
            planes[static_cast<std::size_t>(c * height * width + i)] = map.data()[i * channels + c];
        }
    }
    return writeNpy(npy, {channels, height, width}, planes);
}

} // namespace guidino::engine
