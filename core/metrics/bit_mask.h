// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"

#include <bit>
#include <cstdint>
#include <vector>

namespace guidino::metrics {

/// A binary mask of one bit a pixel: an eighth of the memory of bytes, and 64 pixels a step. Rows
/// begin with a new word; bit i of word w is pixel 64 · w + i; bits beyond the width are 0. A
/// value; any thread.
class BitMask
{
public:
    BitMask() = default;
    /// All 0.
    BitMask(int width, int height);

    /// 1 where the labels [H, W, 1] have the value.
    [[nodiscard]] static BitMask ofValue(const Raster8& labels, std::uint8_t value);
    /// 1 where the mask [H, W, 1] is not 0.
    [[nodiscard]] static BitMask ofNonzero(const Raster8& mask);

    [[nodiscard]] int width() const { return m_width; }

    [[nodiscard]] int height() const { return m_height; }

    [[nodiscard]] std::size_t wordsPerRow() const { return m_wordsPerRow; }

    [[nodiscard]] const std::uint64_t* row(int y) const
    {
        return m_words.data() + static_cast<std::size_t>(y) * m_wordsPerRow;
    }

    [[nodiscard]] std::uint64_t* row(int y)
    {
        return m_words.data() + static_cast<std::size_t>(y) * m_wordsPerRow;
    }

    [[nodiscard]] bool at(int x, int y) const
    {
        return ((row(y)[static_cast<std::size_t>(x) / 64] >> (static_cast<unsigned>(x) % 64)) & 1U)
               != 0;
    }

    /// How many are 1.
    [[nodiscard]] std::int64_t count() const { return countCommon(*this, *this); }

    /// How many are 1 in both, which are of one size.
    [[nodiscard]] static std::int64_t countCommon(const BitMask& a, const BitMask& b);
    /// The smallest rectangle that holds every 1; empty without one.
    [[nodiscard]] Rect bounds() const;
    /// Those with a 4-neighbour that is 0; beyond the mask is 0.
    [[nodiscard]] BitMask border() const;
    /// Clears what is 1 in the other, which is of the same size.
    void subtract(const BitMask& other);
    /// Sets what is 1 in both others, which are of the same size.
    void uniteCommon(const BitMask& a, const BitMask& b);

    /// visit(x, y) for each 1, in reading order.
    template<typename Visit>
    void forEach(Visit visit) const
    {
        for (int y = 0; y < m_height; ++y) {
            forEachOfRow(y, [&](int x) { visit(x, y); });
        }
    }

    /// visit(x) for each 1 of a row, from the left.
    template<typename Visit>
    void forEachOfRow(int y, Visit visit) const
    {
        const std::uint64_t* words = row(y);
        for (std::size_t w = 0; w < m_wordsPerRow; ++w) {
            for (std::uint64_t rest = words[w]; rest != 0; rest &= rest - 1) {
                visit(static_cast<int>(w) * 64 + std::countr_zero(rest));
            }
        }
    }

private:
    int m_width = 0;
    int m_height = 0;
    std::size_t m_wordsPerRow = 0;
    std::vector<std::uint64_t> m_words;
};

} // namespace guidino::metrics
