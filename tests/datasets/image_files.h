// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/file.h"
#include "core/imaging/image_writer.h"
#include "tests/support/check.h"

#include <cmath>
#include <cstdint>
#include <random>
#include <string>

/// Synthetic pictures and masks for the tests of data sets.
namespace guidino::test {

/// A picture with detail at all scales: smoothed noise of several octaves, other for each seed.
inline Raster8 scene(int width, int height, unsigned seed, int channels = 3)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> uniform(-1, 1);
    RasterF sum(width, height, channels);
    float strength = 60;
    for (int cells = 3; cells <= 48; cells *= 2) {
        RasterF grid(cells + 2, cells + 2, channels);
        for (float& value : grid.pixels()) {
            value = uniform(random) * strength;
        }
        for (int y = 0; y < height; ++y) {
            const float v =
                static_cast<float>(y) * static_cast<float>(cells) / static_cast<float>(height);
            const int row = static_cast<int>(v);
            for (int x = 0; x < width; ++x) {
                const float u =
                    static_cast<float>(x) * static_cast<float>(cells) / static_cast<float>(width);
                const int column = static_cast<int>(u);
                const float a = u - static_cast<float>(column);
                const float b = v - static_cast<float>(row);
                for (int c = 0; c < channels; ++c) {
                    sum.at(x, y, c) +=
                        (1 - b)
                            * ((1 - a) * grid.at(column, row, c) + a * grid.at(column + 1, row, c))
                        + b
                              * ((1 - a) * grid.at(column, row + 1, c)
                                 + a * grid.at(column + 1, row + 1, c));
                }
            }
        }
        strength *= 0.6F;
    }
    Raster8 image(width, height, channels);
    for (std::size_t i = 0; i < image.pixels().size(); ++i) {
        image.pixels()[i] =
            static_cast<std::uint8_t>(std::clamp(std::lround(sum.pixels()[i] + 128), 0L, 255L));
    }
    return image;
}

/// A disc of `inside` on zeros.
inline Raster8 disc(int width, int height, int radius, std::uint8_t inside = 255)
{
    Raster8 mask(width, height);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const int dx = x - width / 2;
            const int dy = y - height / 2;
            mask.at(x, y) = dx * dx + dy * dy <= radius * radius ? inside : 0;
        }
    }
    return mask;
}

template<typename Image>
void savePng(const std::filesystem::path& path, const Image& image)
{
    std::filesystem::create_directories(path.parent_path());
    REQUIRE_OK(imaging::writePng(path, image));
}

inline void saveText(const std::filesystem::path& path, const std::string& text)
{
    std::filesystem::create_directories(path.parent_path());
    REQUIRE_OK(writeFileAtomically(path, text));
}

} // namespace guidino::test
