// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace guidino::ui {

/// An RGB image and its halvings, for drawing at any zoom. Immutable; any thread may build and read
/// it. Level k is 2^-k of the image's size, rounded up; each pixel is the mean of the 2 × 2 below.
class ImagePyramid
{
public:
    /// `image` has three channels (RGB, uint8). `deep`: the same in 16 bits, [H, W, 1..4] with 2
    /// and 4 having opacity, where the file has them.
    explicit ImagePyramid(
        std::shared_ptr<const Raster8> image, std::shared_ptr<const Raster16> deep = nullptr);

    /// A first look at an image of that size: `coarse` is its level `first`, finer ones are missing.
    [[nodiscard]] static std::shared_ptr<const ImagePyramid>
    preview(std::shared_ptr<const Raster8> coarse, Size size, int first);

    /// Its finest levels are missing; the whole image follows.
    [[nodiscard]] bool isPreview() const { return m_first > 0; }

    /// Null for files of 8 bits.
    [[nodiscard]] const std::shared_ptr<const Raster16>& deep() const { return m_deep; }

    /// The 16-bit values of [low, high] (shares of the range) spread over 8 bits; none are lost
    /// that the window shows. Needs deep().
    [[nodiscard]] std::shared_ptr<const ImagePyramid> windowed(double low, double high) const;

    /// The window that leaves out the darkest hundredth and the lightest thousandth of the values;
    /// scanners of 10 or 12 bits use a small part of 16. {0, 1} without deep().
    [[nodiscard]] std::pair<double, double> usedRange() const;

    [[nodiscard]] Size size() const { return m_size; }

    [[nodiscard]] int levelCount() const { return m_first + static_cast<int>(m_levels.size()); }

    /// `index` as levelFor() gives it.
    [[nodiscard]] const Raster8& level(int index) const
    {
        return *m_levels[static_cast<std::size_t>(index - m_first)];
    }

    /// As the file says.
    [[nodiscard]] const std::optional<SpacingMm>& spacingMm() const
    {
        return m_levels.front()->spacingMm;
    }

    /// The smallest level that still has at least `scale` of the image's resolution, or the finest
    /// that there is.
    [[nodiscard]] int levelFor(double scale) const;

    [[nodiscard]] std::size_t memoryBytes() const;

private:
    ImagePyramid(std::shared_ptr<const Raster8> finest, Size size, int first);

    Size m_size;
    int m_first = 0; // level that m_levels begins with
    std::vector<std::shared_ptr<const Raster8>> m_levels;
    std::shared_ptr<const Raster16> m_deep;
};

} // namespace guidino::ui
