// SPDX-License-Identifier: Apache-2.0
#include "ui/model/image_pyramid.h"

#include "core/base/assert.h"

#include <algorithm>

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

ImagePyramid::ImagePyramid(std::shared_ptr<const Raster8> image)
{
    GD_ASSERT(image != nullptr && image->channels() == 3);
    m_levels.push_back(std::move(image));
    // 256 px fit any pane; below it a level saves nothing.
    while (std::max(m_levels.back()->width(), m_levels.back()->height()) > 256) {
        m_levels.push_back(halved(*m_levels.back()));
    }
}

int ImagePyramid::levelFor(double scale) const
{
    int level = 0;
    while (level + 1 < levelCount() && scale <= 0.5) {
        scale *= 2;
        ++level;
    }
    return level;
}

std::size_t ImagePyramid::memoryBytes() const
{
    std::size_t bytes = 0;
    for (const auto& level : m_levels) {
        bytes += level->pixels().size();
    }
    return bytes;
}

} // namespace guidino::ui
