// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/overlay.h"

#include "core/base/label_map.h"
#include "core/imaging/contours.h"
#include "core/imaging/image_writer.h"
#include "core/imaging/resize.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace guidino::imaging {

namespace {

using Anchors = std::array<Colour, 17>;

// matplotlib's colour maps (CC0) at sixteenths; straight lines between them stay within 6 of 255.
constexpr Anchors kViridis{{
    {68, 1, 84},
    {72, 24, 106},
    {71, 45, 123},
    {66, 64, 134},
    {59, 82, 139},
    {51, 99, 141},
    {44, 114, 142},
    {38, 130, 142},
    {33, 145, 140},
    {31, 160, 136},
    {40, 174, 128},
    {63, 188, 115},
    {94, 201, 98},
    {132, 212, 75},
    {173, 220, 48},
    {216, 226, 25},
    {253, 231, 37},
}};
constexpr Anchors kMagma{{
    {0, 0, 4},
    {10, 8, 34},
    {29, 17, 71},
    {54, 16, 107},
    {81, 18, 124},
    {106, 28, 129},
    {131, 38, 129},
    {156, 46, 127},
    {183, 55, 121},
    {208, 65, 111},
    {231, 82, 99},
    {245, 107, 92},
    {252, 137, 97},
    {254, 167, 114},
    {254, 196, 136},
    {253, 226, 163},
    {252, 253, 191},
}};

Colour mixed(const Colour& from, const Colour& to, double share)
{
    Colour result{};
    for (std::size_t i = 0; i < 3; ++i) {
        result[i] = static_cast<std::uint8_t>(std::lround(from[i] + (to[i] - from[i]) * share));
    }
    return result;
}

Colour between(const Anchors& anchors, double value)
{
    const double position = value * static_cast<double>(anchors.size() - 1);
    const auto index = std::min(static_cast<std::size_t>(position), anchors.size() - 2);
    return mixed(anchors[index], anchors[index + 1], position - static_cast<double>(index));
}

Raster8 threeChannels(const Raster8& image)
{
    if (image.channels() == 3) {
        return image;
    }
    Raster8 rgb(image.width(), image.height(), 3);
    rgb.spacingMm = image.spacingMm;
    const std::uint8_t* in = image.data();
    std::uint8_t* out = rgb.data();
    for (std::int64_t i = 0; i < image.size().area(); ++i, in += image.channels()) {
        for (int channel = 0; channel < 3; ++channel) {
            *out++ = in[image.channels() > 3 ? channel : 0];
        }
    }
    return rgb;
}

void paint(std::uint8_t* pixel, const Colour& colour, double opacity)
{
    const Colour result = mixed({pixel[0], pixel[1], pixel[2]}, colour, opacity);
    std::copy(result.begin(), result.end(), pixel);
}

} // namespace

Colour colourAt(ColourMap map, double value)
{
    const double clamped = value > 0 ? std::min(value, 1.0) : 0.0; // NaN is not > 0
    switch (map) {
    case ColourMap::Viridis:
        return between(kViridis, clamped);
    case ColourMap::Magma:
        return between(kMagma, clamped);
    case ColourMap::Diverging: {
        constexpr Colour kBlue{33, 102, 172};
        constexpr Colour kWhite{247, 247, 247};
        constexpr Colour kRed{178, 24, 43};
        return clamped < 0.5 ? mixed(kBlue, kWhite, clamped * 2)
                             : mixed(kWhite, kRed, clamped * 2 - 1);
    }
    case ColourMap::Grey:
        break;
    }
    const auto grey = static_cast<std::uint8_t>(std::lround(clamped * 255));
    return {grey, grey, grey};
}

Raster8 colourMapped(const RasterF& values, ColourMap map, float low, float high)
{
    std::array<Colour, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        table[i] = colourAt(map, static_cast<double>(i) / 255);
    }
    const float scale = high > low ? 255.0F / (high - low) : 0.0F;
    Raster8 result(values.width(), values.height(), 3);
    result.spacingMm = values.spacingMm;
    const float* in = values.data();
    std::uint8_t* out = result.data();
    for (std::int64_t i = 0; i < values.size().area(); ++i, in += values.channels()) {
        const float position = (*in - low) * scale;
        const auto index = position > 0
                               ? static_cast<std::size_t>(std::min(position, 255.0F) + 0.5F)
                               : std::size_t{0};
        out = std::copy_n(table[index].begin(), 3, out);
    }
    return result;
}

Raster8 overlayLabels(const Raster8& image, const Raster8& labels, const OverlayStyle& style)
{
    Raster8 result = threeChannels(image);
    if (labels.size() != image.size()) {
        return result;
    }
    const std::vector<Colour> colours = style.colours.empty() ? defaultPalette() : style.colours;
    std::array<bool, 256> isUsed{};
    for (const std::uint8_t label : labels.pixels()) {
        isUsed[label] = true;
    }
    Raster8 mask(labels.width(), labels.height());
    for (std::size_t label = 1; label < kIgnoreLabel; ++label) {
        if (!isUsed[label]) {
            continue;
        }
        std::transform(
            labels.pixels().begin(),
            labels.pixels().end(),
            mask.data(),
            [label](std::uint8_t value) {
                return static_cast<std::uint8_t>(value == label ? 1 : 0);
            });
        const Raster8 edge = outline(mask, style.outlineWidth);
        const Colour& colour = colours[label % colours.size()];
        std::uint8_t* pixel = result.data();
        for (std::size_t i = 0; i < mask.pixels().size(); ++i, pixel += 3) {
            if (edge.data()[i] != 0) {
                std::copy(colour.begin(), colour.end(), pixel);
            } else if (mask.data()[i] != 0) {
                paint(pixel, colour, style.fillOpacity);
            }
        }
    }
    return result;
}

Raster8 overlayHeat(const Raster8& image, const RasterF& values, ColourMap map, double opacity)
{
    Raster8 result = threeChannels(image);
    if (values.size() != image.size()) {
        return result;
    }
    const Raster8 colours = colourMapped(values, map);
    for (std::int64_t i = 0; i < image.size().area(); ++i) {
        const std::uint8_t* colour = colours.data() + i * 3;
        paint(result.data() + i * 3, {colour[0], colour[1], colour[2]}, opacity);
    }
    return result;
}

Raster8 sideBySide(const std::vector<Raster8>& pictures, int height, int gap)
{
    std::vector<Raster8> scaled;
    int width = -gap;
    for (const Raster8& picture : pictures) {
        if (picture.isEmpty() || height <= 0) {
            continue;
        }
        const auto columns = static_cast<int>(
            std::lround(static_cast<double>(picture.width()) * height / picture.height()));
        scaled.push_back(resizeSmooth(threeChannels(picture), {std::max(1, columns), height}));
        width += scaled.back().width() + gap;
    }
    if (scaled.empty()) {
        return {};
    }
    Raster8 strip(width, height, 3);
    std::fill(strip.pixels().begin(), strip.pixels().end(), std::uint8_t{255});
    int left = 0;
    for (const Raster8& picture : scaled) {
        for (int y = 0; y < height; ++y) {
            std::copy_n(
                picture.row(y),
                static_cast<std::ptrdiff_t>(picture.width()) * 3,
                &strip.at(left, y));
        }
        left += picture.width() + gap;
    }
    return strip;
}

} // namespace guidino::imaging
