// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/result.h"

#include <cstddef>
#include <filesystem>
#include <vector>

/// Pixels of one case as nnU-Net's NaturalImage2DIO gives them: numbers as in the files.
namespace guidino::datasets {

/// The channels of one case, row-major.
struct NnunetChannels
{
    Size size;
    std::vector<std::vector<float>> channels;
};

/// Channels of all files one after the other: grey 1, RGB 3, RGBA 4; 8 or 16 bits; palettes as RGB.
/// A single grey file where three are wanted counts for each. BadInput names the file: damaged,
/// another size than the first, another number of channels than `wanted`.
[[nodiscard]] Result<NnunetChannels>
readNnunetChannels(const std::vector<std::filesystem::path>& files, std::size_t wanted);

} // namespace guidino::datasets
