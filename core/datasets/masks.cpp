// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/masks.h"

#include "core/datasets/mask_survey.h"
#include "core/datasets/pairing.h"
#include "core/imaging/image_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace guidino::datasets {

namespace {

using imaging::MaskPixels;
using Color = std::array<std::uint8_t, 3>;

/// Colours of lossy files are near those meant.
constexpr int kLossyColorDistance = 60;

std::string hexOf(const Color& color)
{
    char text[8];
    std::snprintf(text, sizeof text, "#%02X%02X%02X", color[0], color[1], color[2]);
    return text;
}

Error bad(const std::filesystem::path& file, const char* kind, const std::string& what)
{
    return Error{ErrorCode::BadInput, file.string() + ": " + what, {{"kind", kind}}};
}

Error outside(const std::filesystem::path& file, const std::string& value, const MaskScheme& scheme)
{
    return bad(
        file,
        "unknown_value",
        "the mask has the value " + value + ", but this data set's classes are " + scheme.describe()
            + ". Correct the mask, or name its classes in labels.json beside the images");
}

Result<Raster8>
readGrey(const std::filesystem::path& file, const MaskPixels& mask, const MaskScheme& scheme)
{
    if (mask.kind == MaskPixels::Kind::Indexed) {
        // The colours' brightness is what the picture shows.
        Raster8 grey = mask.pixels;
        for (std::uint8_t& value : grey.pixels()) {
            const Color color = value < mask.palette.size() ? mask.palette[value] : Color{};
            value = *std::max_element(color.begin(), color.end());
        }
        MaskPixels shown;
        shown.pixels = std::move(grey);
        return readGrey(file, shown, scheme);
    }
    if (mask.kind == MaskPixels::Kind::Rgb) {
        return bad(
            file,
            "mixed_convention",
            "the mask is in colours, but the others are grey pictures (" + scheme.describe() + ")");
    }
    Raster8 result(mask.pixels.width(), mask.pixels.height());
    // Two plain loops over bytes, which compilers turn into vectors: reading takes most of the time
    // of comparing two masks.
    std::uint8_t brightest = 0;
    for (const std::uint8_t value : mask.pixels.pixels()) {
        brightest = std::max(brightest, value);
    }
    const auto threshold = static_cast<std::uint8_t>(std::clamp(scheme.threshold, 0, 255));
    std::transform(
        mask.pixels.pixels().begin(),
        mask.pixels.pixels().end(),
        result.pixels().begin(),
        [threshold](std::uint8_t value) {
            return static_cast<std::uint8_t>(value > threshold ? 1 : 0);
        });
    // By the threshold such a mask would be empty without a word.
    if (!mask.isLossy && brightest > 0 && brightest <= kLargestIndex
        && brightest <= scheme.threshold) {
        return bad(
            file,
            "mixed_convention",
            "the mask has values up to " + std::to_string(brightest)
                + ", but the others are 0/255: multiply its values by 255");
    }
    return result;
}

Result<Raster8>
readIndices(const std::filesystem::path& file, const MaskPixels& mask, const MaskScheme& scheme)
{
    if (mask.kind == MaskPixels::Kind::Rgb) {
        return bad(
            file,
            "mixed_convention",
            "the mask is in colours, but the others hold indices (" + scheme.describe() + ")");
    }
    std::array<std::uint8_t, 256> table{};
    std::array<bool, 256> isKnown{};
    for (const auto& [value, index] : scheme.classOfValue) {
        table[static_cast<std::size_t>(value)] = static_cast<std::uint8_t>(index);
        isKnown[static_cast<std::size_t>(value)] = true;
    }
    if (scheme.usesIgnore) {
        table[kIgnoreValue] = kIgnoreValue;
        isKnown[kIgnoreValue] = true;
    }
    std::array<std::size_t, 256> counts{};
    for (const std::uint8_t value : mask.pixels.pixels()) {
        ++counts[value];
    }
    for (std::size_t value = 0; value < counts.size(); ++value) {
        if (counts[value] == 0 || isKnown[value]) {
            continue;
        }
        const bool isBinary = counts[0] + counts[kIgnoreValue] == mask.pixels.pixels().size();
        if (value == kIgnoreValue && isBinary) {
            return bad(
                file,
                "mixed_convention",
                "the mask is 0/255, but the others are " + scheme.describe());
        }
        return outside(file, std::to_string(value), scheme);
    }
    Raster8 result(mask.pixels.width(), mask.pixels.height());
    std::transform(
        mask.pixels.pixels().begin(),
        mask.pixels.pixels().end(),
        result.pixels().begin(),
        [&](std::uint8_t value) { return table[value]; });
    return result;
}

int distance(const Color& a, const Color& b)
{
    int sum = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        sum = std::max(sum, std::abs(static_cast<int>(a[i]) - static_cast<int>(b[i])));
    }
    return sum;
}

Result<Raster8>
readColors(const std::filesystem::path& file, const MaskPixels& mask, const MaskScheme& scheme)
{
    Raster8 result(mask.pixels.width(), mask.pixels.height());
    // Neighbours mostly have the same colour, and there are few colours in all.
    std::map<Color, int> known = scheme.classOfColor;
    Color last{};
    int lastClass = -1;
    for (int y = 0; y < result.height(); ++y) {
        for (int x = 0; x < result.width(); ++x) {
            const Color color = colorAt(mask, x, y);
            if (lastClass < 0 || color != last) {
                auto found = known.find(color);
                if (found == known.end() && mask.isLossy) {
                    const auto nearest = std::min_element(
                        scheme.classOfColor.begin(),
                        scheme.classOfColor.end(),
                        [&](const auto& a, const auto& b) {
                            return distance(a.first, color) < distance(b.first, color);
                        });
                    // Edges between classes are mixtures: the nearest class is as good as any.
                    found = known.emplace(color, nearest->second).first;
                }
                if (found == known.end()) {
                    return outside(
                        file,
                        hexOf(color) + " at (" + std::to_string(x) + ", " + std::to_string(y) + ")",
                        scheme);
                }
                last = color;
                lastClass = found->second;
            }
            result.at(x, y) = static_cast<std::uint8_t>(lastClass);
        }
    }
    return result;
}

} // namespace

const char* nameOf(MaskConvention convention)
{
    switch (convention) {
    case MaskConvention::Grey:
        return "grey";
    case MaskConvention::Indexed:
        return "indexed";
    case MaskConvention::Palette:
        return "palette";
    case MaskConvention::Colors:
        return "colors";
    }
    return "grey";
}

std::string MaskScheme::describe() const
{
    if (convention == MaskConvention::Grey) {
        return hasHalos ? "0/255 with halos (foreground > " + std::to_string(threshold) + ")"
                        : "0/255";
    }
    std::string text;
    if (convention == MaskConvention::Colors) {
        for (const auto& [color, index] : classOfColor) {
            text += (text.empty() ? "" : " ") + hexOf(color);
        }
        return "colours " + text;
    }
    std::vector<int> values;
    for (const auto& [value, index] : classOfValue) {
        values.push_back(value);
    }
    const bool isRun = !values.empty() && values.front() == 0
                       && values.back() == static_cast<int>(values.size()) - 1;
    if (isRun) {
        text = values.size() == 2 ? "0/1" : "0.." + std::to_string(values.back());
    } else {
        for (const int value : values) {
            text += (text.empty() ? "" : ", ") + std::to_string(value);
        }
    }
    text = (convention == MaskConvention::Palette ? "palette indices " : "indices ") + text;
    return usesIgnore ? text + ", 255 = ignore" : text;
}

MaskReader::MaskReader(int threshold)
{
    m_scheme.threshold = threshold;
    m_scheme.classes = {{0, "background", {}, false}, {1, "foreground", {255, 64, 64}, false}};
}

MaskReader::MaskReader(MaskScheme scheme)
    : m_scheme(std::move(scheme))
{}

Result<MaskReader>
MaskReader::sniff(const Dataset& dataset, const MaskOptions& options, const CancelToken& cancel)
{
    std::vector<std::filesystem::path> masks;
    for (const Sample& sample : dataset.samples) {
        if (!sample.mask.empty()) {
            masks.push_back(sample.mask);
        }
    }
    return sniff(masks, dataset.classes, options, cancel);
}

Result<MaskReader> MaskReader::sniff(
    std::span<const std::filesystem::path> masks,
    const std::vector<ClassInfo>& classes,
    const MaskOptions& options,
    const CancelToken& cancel)
{
    auto scheme = findScheme(masks, classes, options, cancel);
    if (!scheme) {
        return std::move(scheme).error();
    }
    return MaskReader(std::move(*scheme));
}

Result<Raster8> MaskReader::read(const std::filesystem::path& mask) const
{
    auto raw = imaging::readMaskRaw(mask);
    if (!raw) {
        return std::move(raw).error();
    }
    switch (m_scheme.convention) {
    case MaskConvention::Grey:
        return readGrey(mask, *raw, m_scheme);
    case MaskConvention::Indexed:
    case MaskConvention::Palette:
        return readIndices(mask, *raw, m_scheme);
    case MaskConvention::Colors:
        return readColors(mask, *raw, m_scheme);
    }
    return readGrey(mask, *raw, m_scheme);
}

Result<Raster8> MaskReader::read(const Sample& sample) const
{
    auto labels = read(sample.mask);
    if (!labels) {
        return labels;
    }
    const auto info = imaging::readImageInfo(sample.image);
    if (!info) {
        return info.error();
    }
    if (labels->size() != info->size) {
        return sizeMismatch(sample, info->size, labels->size());
    }
    return labels;
}

Error sizeMismatch(const Sample& sample, Size image, Size mask)
{
    const auto text = [](Size size) {
        return std::to_string(size.width) + " x " + std::to_string(size.height);
    };
    return bad(
        sample.mask,
        "size_mismatch",
        "the mask is " + text(mask) + " pixels, but its image " + sample.image.string() + " is "
            + text(image));
}

} // namespace guidino::datasets
