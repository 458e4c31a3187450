// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace guidino {

/// Pixel distance in millimetres along x and y.
struct SpacingMm
{
    double x = 1;
    double y = 1;

    friend bool operator==(const SpacingMm&, const SpacingMm&) = default;
};

/// Pixels in memory: row-major, channels interleaved (HWC), rows without padding. Value type; large
/// images are passed as std::shared_ptr<const Raster<T>>. T is uint8_t, uint16_t or float.
template<typename T>
class Raster
{
public:
    Raster() = default;

    /// Zero-filled. width, height >= 0, channels >= 1.
    Raster(int width, int height, int channels = 1)
        : m_size{width, height}
        , m_channels(channels)
        , m_pixels(
              static_cast<std::size_t>(width) * static_cast<std::size_t>(height)
              * static_cast<std::size_t>(channels))
    {}

    /// Takes over `pixels`, whose length is width · height · channels.
    Raster(int width, int height, int channels, std::vector<T> pixels)
        : m_size{width, height}
        , m_channels(channels)
        , m_pixels(std::move(pixels))
    {
        assert(
            m_pixels.size()
            == static_cast<std::size_t>(width) * static_cast<std::size_t>(height)
                   * static_cast<std::size_t>(channels));
    }

    [[nodiscard]] int width() const { return m_size.width; }

    [[nodiscard]] int height() const { return m_size.height; }

    [[nodiscard]] Size size() const { return m_size; }

    [[nodiscard]] int channels() const { return m_channels; }

    [[nodiscard]] bool isEmpty() const { return m_size.isEmpty(); }

    [[nodiscard]] T* data() { return m_pixels.data(); }

    [[nodiscard]] const T* data() const { return m_pixels.data(); }

    [[nodiscard]] std::span<T> pixels() { return m_pixels; }

    [[nodiscard]] std::span<const T> pixels() const { return m_pixels; }

    /// First element of row y.
    [[nodiscard]] T* row(int y) { return m_pixels.data() + offset(0, y); }

    [[nodiscard]] const T* row(int y) const { return m_pixels.data() + offset(0, y); }

    [[nodiscard]] T& at(int x, int y, int channel = 0)
    {
        return m_pixels[offset(x, y) + static_cast<std::size_t>(channel)];
    }

    [[nodiscard]] const T& at(int x, int y, int channel = 0) const
    {
        return m_pixels[offset(x, y) + static_cast<std::size_t>(channel)];
    }

    /// Pixel distance, if the file told it.
    std::optional<SpacingMm> spacingMm;

    friend bool operator==(const Raster& a, const Raster& b)
    {
        return a.m_size == b.m_size && a.m_channels == b.m_channels && a.m_pixels == b.m_pixels;
    }

private:
    [[nodiscard]] std::size_t offset(int x, int y) const
    {
        return (static_cast<std::size_t>(y) * static_cast<std::size_t>(m_size.width)
                + static_cast<std::size_t>(x))
               * static_cast<std::size_t>(m_channels);
    }

    Size m_size;
    int m_channels = 1;
    std::vector<T> m_pixels;
};

using Raster8 = Raster<std::uint8_t>;
using Raster16 = Raster<std::uint16_t>;
using RasterF = Raster<float>;

} // namespace guidino
