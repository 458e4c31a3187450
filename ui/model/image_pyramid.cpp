// SPDX-License-Identifier: Apache-2.0
#include "ui/model/image_pyramid.h"

#include "core/base/assert.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace guidino::ui {

namespace {

std::shared_ptr<const Raster8> halved(const Raster8& image)
{
    const int width = (image.width() + 1) / 2;
    const int height = (image.height() + 1) / 2;
    auto half = std::make_shared<Raster8>(width, height, 3);
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* upper = image.row(2 * y);
        const std::uint8_t* lower = image.row(std::min(2 * y + 1, image.height() - 1));
        std::uint8_t* target = half->row(y);
        for (int x = 0; x < width; ++x) {
            const int left = 2 * x * 3;
            const int right = std::min(2 * x + 1, image.width() - 1) * 3;
            for (int c = 0; c < 3; ++c) {
                const int sum =
                    upper[left + c] + upper[right + c] + lower[left + c] + lower[right + c];
                target[x * 3 + c] = static_cast<std::uint8_t>((sum + 2) / 4);
            }
        }
    }
    return half;
}

} // namespace

ImagePyramid::ImagePyramid(
    std::shared_ptr<const Raster8> image, std::shared_ptr<const Raster16> deep)
    : ImagePyramid(image, image->size(), 0)
{
    m_deep = std::move(deep);
}

ImagePyramid::ImagePyramid(std::shared_ptr<const Raster8> finest, Size size, int first)
    : m_size(size)
    , m_first(first)
{
    GD_ASSERT(finest != nullptr && finest->channels() == 3);
    m_levels.push_back(std::move(finest));
    // 256 px fit any pane; below it a level saves nothing.
    while (std::max(m_levels.back()->width(), m_levels.back()->height()) > 256) {
        m_levels.push_back(halved(*m_levels.back()));
    }
}

std::shared_ptr<const ImagePyramid>
ImagePyramid::preview(std::shared_ptr<const Raster8> coarse, Size size, int first)
{
    return std::shared_ptr<const ImagePyramid>(new ImagePyramid(std::move(coarse), size, first));
}

std::shared_ptr<const ImagePyramid> ImagePyramid::windowed(double low, double high) const
{
    GD_ASSERT(m_deep != nullptr);
    const double first = 65535 * low;
    const double width = std::max(65535 * (high - low), 1.0);
    std::vector<std::uint8_t> table(65536);
    for (std::size_t i = 0; i < table.size(); ++i) {
        const double share = std::clamp((static_cast<double>(i) - first) / width, 0.0, 1.0);
        table[i] = static_cast<std::uint8_t>(std::lround(255 * share));
    }
    const int channels = m_deep->channels();
    const bool isGrey = channels < 3;
    auto shown = std::make_shared<Raster8>(m_deep->width(), m_deep->height(), 3);
    shown->spacingMm = m_levels.front()->spacingMm;
    const auto count = static_cast<std::size_t>(m_deep->size().area());
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint16_t* source = m_deep->data() + i * static_cast<std::size_t>(channels);
        std::uint8_t* target = shown->data() + 3 * i;
        for (std::size_t c = 0; c < 3; ++c) {
            target[c] = table[source[isGrey ? 0 : c]];
        }
    }
    return std::make_shared<const ImagePyramid>(std::move(shown), m_deep);
}

std::pair<double, double> ImagePyramid::usedRange() const
{
    if (m_deep == nullptr || m_deep->isEmpty()) {
        return {0.0, 1.0};
    }
    const int channels = m_deep->channels();
    const int colours = channels < 3 ? 1 : 3;
    std::vector<std::int64_t> histogram(65536);
    const auto count = static_cast<std::size_t>(m_deep->size().area());
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint16_t* source = m_deep->data() + i * static_cast<std::size_t>(channels);
        for (int c = 0; c < colours; ++c) {
            ++histogram[source[c]];
        }
    }
    const auto total = static_cast<std::int64_t>(count) * colours;
    int low = 0;
    for (std::int64_t sum = histogram[0]; sum <= total / 100 && low < 65534;) {
        sum += histogram[static_cast<std::size_t>(++low)];
    }
    int high = 65535;
    for (std::int64_t sum = histogram[65535]; sum <= total / 1000 && high > low + 1;) {
        sum += histogram[static_cast<std::size_t>(--high)];
    }
    return {low / 65535.0, high / 65535.0};
}

int ImagePyramid::levelFor(double scale) const
{
    int level = 0;
    while (level + 1 < levelCount() && scale <= 0.5) {
        scale *= 2;
        ++level;
    }
    return std::max(level, m_first);
}

std::size_t ImagePyramid::memoryBytes() const
{
    std::size_t bytes = 0;
    for (const auto& level : m_levels) {
        bytes += level->pixels().size();
    }
    if (m_deep != nullptr) {
        bytes += 2 * m_deep->pixels().size();
    }
    return bytes;
}

} // namespace guidino::ui
