// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/datasets/masks.h"
#include "core/imaging/image_reader.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

/// How masks.cpp finds a convention. Not for others: it shows imaging.
namespace guidino::datasets {

/// Grey pictures have brighter values than this; files of indices have none but 255 = ignore.
inline constexpr int kLargestIndex = 31;
inline constexpr std::uint8_t kIgnoreValue = 255;

[[nodiscard]] Result<MaskScheme> findScheme(
    std::span<const std::filesystem::path> masks,
    const std::vector<ClassInfo>& classes,
    const MaskOptions& options,
    const CancelToken& cancel);

/// What the picture shows at a pixel: palettes looked up, grey as three equal values.
[[nodiscard]] inline std::array<std::uint8_t, 3>
colorAt(const imaging::MaskPixels& mask, int x, int y)
{
    if (mask.kind == imaging::MaskPixels::Kind::Rgb) {
        return {mask.pixels.at(x, y, 0), mask.pixels.at(x, y, 1), mask.pixels.at(x, y, 2)};
    }
    const std::uint8_t value = mask.pixels.at(x, y);
    if (mask.kind == imaging::MaskPixels::Kind::Indexed) {
        return value < mask.palette.size() ? mask.palette[value] : std::array<std::uint8_t, 3>{};
    }
    return {value, value, value};
}

/// BadInput of kind size_mismatch, naming both files.
[[nodiscard]] Error sizeMismatch(const Sample& sample, Size image, Size mask);

} // namespace guidino::datasets
