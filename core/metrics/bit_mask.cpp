// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/bit_mask.h"

#include <algorithm>
#include <cstring>

namespace guidino::metrics {

namespace {

constexpr std::uint64_t kLowBitOfBytes = 0x0101010101010101U;
constexpr std::uint64_t kLowBitsOfBytes = 0x7f7f7f7f7f7f7f7fU;

/// Bit i of the result: byte i of the word is 0.
std::uint64_t zeroBytes(std::uint64_t word)
{
    const std::uint64_t highBits =
        ~(((word & kLowBitsOfBytes) + kLowBitsOfBytes) | word | kLowBitsOfBytes);
    // Gathers the lowest bit of each byte into the top byte.
    return ((highBits >> 7U) * 0x0102040810204080U) >> 56U;
}

/// Words of a row from its bytes: a bit is 1 where the byte is `value`, or not, for `isInverted`.
void packRow(
    const std::uint8_t* bytes, int width, std::uint8_t value, bool isInverted, std::uint64_t* words)
{
    const std::uint64_t wanted = kLowBitOfBytes * value;
    const std::uint64_t flip = isInverted ? 0xffU : 0U;
    const auto packed = [&](const std::uint8_t* eight) {
        std::uint64_t word = 0;
        std::memcpy(&word, eight, sizeof word);
        if constexpr (std::endian::native == std::endian::big) {
            std::reverse(
                reinterpret_cast<std::uint8_t*>(&word), reinterpret_cast<std::uint8_t*>(&word + 1));
        }
        return zeroBytes(word ^ wanted) ^ flip;
    };
    int x = 0;
    for (; x + 64 <= width; x += 64) {
        std::uint64_t word = 0;
        for (std::size_t part = 0; part < 8; ++part) {
            word |= packed(bytes + x + part * 8) << (part * 8);
        }
        *words++ = word;
    }
    if (x < width) {
        std::uint64_t word = 0;
        for (int i = x; i < width; ++i) {
            const bool isOn = (bytes[i] == value) != isInverted;
            word |= static_cast<std::uint64_t>(isOn ? 1 : 0) << static_cast<unsigned>(i - x);
        }
        *words = word;
    }
}

BitMask packed(const Raster8& raster, std::uint8_t value, bool isInverted)
{
    BitMask mask(raster.width(), raster.height());
    for (int y = 0; y < raster.height(); ++y) {
        packRow(raster.row(y), raster.width(), value, isInverted, mask.row(y));
    }
    return mask;
}

} // namespace

BitMask::BitMask(int width, int height)
    : m_width(width)
    , m_height(height)
    , m_wordsPerRow((static_cast<std::size_t>(width) + 63) / 64)
    , m_words(m_wordsPerRow * static_cast<std::size_t>(height))
{}

BitMask BitMask::ofValue(const Raster8& labels, std::uint8_t value)
{
    return packed(labels, value, false);
}

BitMask BitMask::ofNonzero(const Raster8& mask)
{
    return packed(mask, 0, true);
}

std::int64_t BitMask::countCommon(const BitMask& a, const BitMask& b)
{
    std::int64_t sum = 0;
    const std::size_t size = a.m_words.size();
    // Bits are counted within bytes, and bytes summed over 16 words (at most 128 a byte) before
    // they are added up: no instruction beyond the oldest is needed, and loops become vectors.
    constexpr std::size_t kBlock = 16;
    for (std::size_t begin = 0; begin < size; begin += kBlock) {
        const std::size_t end = std::min(begin + kBlock, size);
        std::uint64_t bytes = 0;
        for (std::size_t i = begin; i < end; ++i) {
            std::uint64_t word = a.m_words[i] & b.m_words[i];
            word -= (word >> 1U) & 0x5555555555555555U;
            word = (word & 0x3333333333333333U) + ((word >> 2U) & 0x3333333333333333U);
            bytes += (word + (word >> 4U)) & 0x0f0f0f0f0f0f0f0fU;
        }
        const std::uint64_t pairs =
            (bytes & 0x00ff00ff00ff00ffU) + ((bytes >> 8U) & 0x00ff00ff00ff00ffU);
        sum += static_cast<std::int64_t>((pairs * 0x0001000100010001U) >> 48U);
    }
    return sum;
}

Rect BitMask::bounds() const
{
    int top = -1;
    int bottom = 0;
    std::vector<std::uint64_t> columns(m_wordsPerRow);
    for (int y = 0; y < m_height; ++y) {
        const std::uint64_t* words = row(y);
        std::uint64_t any = 0;
        for (std::size_t w = 0; w < m_wordsPerRow; ++w) {
            any |= words[w];
            columns[w] |= words[w];
        }
        if (any != 0) {
            top = top < 0 ? y : top;
            bottom = y + 1;
        }
    }
    if (top < 0) {
        return {};
    }
    const auto isOn = [](std::uint64_t word) { return word != 0; };
    const auto first = std::find_if(columns.begin(), columns.end(), isOn);
    const auto last = std::find_if(columns.rbegin(), columns.rend(), isOn);
    const int left = static_cast<int>(first - columns.begin()) * 64 + std::countr_zero(*first);
    const int right = static_cast<int>(columns.rend() - last) * 64 - std::countl_zero(*last);
    return {left, top, right - left, bottom - top};
}

BitMask BitMask::border() const
{
    BitMask result(m_width, m_height);
    const std::vector<std::uint64_t> empty(m_wordsPerRow);
    for (int y = 0; y < m_height; ++y) {
        const std::uint64_t* words = row(y);
        const std::uint64_t* above = y > 0 ? row(y - 1) : empty.data();
        const std::uint64_t* below = y + 1 < m_height ? row(y + 1) : empty.data();
        std::uint64_t* out = result.row(y);
        for (std::size_t w = 0; w < m_wordsPerRow; ++w) {
            const std::uint64_t before = w > 0 ? words[w - 1] >> 63U : 0U;
            const std::uint64_t after = w + 1 < m_wordsPerRow ? words[w + 1] << 63U : 0U;
            const std::uint64_t left = (words[w] << 1U) | before;
            const std::uint64_t right = (words[w] >> 1U) | after;
            out[w] = words[w] & ~(left & right & above[w] & below[w]);
        }
    }
    return result;
}

void BitMask::subtract(const BitMask& other)
{
    for (std::size_t i = 0; i < m_words.size(); ++i) {
        m_words[i] &= ~other.m_words[i];
    }
}

void BitMask::uniteCommon(const BitMask& a, const BitMask& b)
{
    for (std::size_t i = 0; i < m_words.size(); ++i) {
        m_words[i] |= a.m_words[i] & b.m_words[i];
    }
}

} // namespace guidino::metrics
