// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace guidino::ui {

/// An RGB image and its halvings, for drawing at any zoom. Immutable; any thread may build and read
/// it. Level k is 2^-k of the image's size, rounded up; each pixel is the mean of the 2 × 2 below.
class ImagePyramid
{
public:
    /// `image` has three channels (RGB, uint8).
    explicit ImagePyramid(std::shared_ptr<const Raster8> image);

    [[nodiscard]] Size size() const { return m_levels.front()->size(); }

    [[nodiscard]] int levelCount() const { return static_cast<int>(m_levels.size()); }

    [[nodiscard]] const Raster8& level(int index) const
    {
        return *m_levels[static_cast<std::size_t>(index)];
    }

    /// The smallest level that still has at least `scale` of the image's resolution.
    [[nodiscard]] int levelFor(double scale) const;

    [[nodiscard]] std::size_t memoryBytes() const;

private:
    std::vector<std::shared_ptr<const Raster8>> m_levels;
};

} // namespace guidino::ui
