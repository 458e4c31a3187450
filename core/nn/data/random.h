// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <numeric>
#include <utility>
#include <vector>

namespace guidino::nn {

/// A small generator whose numbers are the same with every compiler and standard library
/// (SplitMix64, Steele, Lea and Flood 2014). State is one number, so that "the draws of epoch e,
/// step s" need no stored state: seed with mixSeed({seed, e, s}).
class SplitMix
{
public:
    explicit SplitMix(std::uint64_t seed)
        : m_state(seed)
    {}

    std::uint64_t next()
    {
        std::uint64_t z = (m_state += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }

    /// [0, 1).
    double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    /// [low, high).
    double uniform(double low, double high) { return low + (high - low) * uniform(); }

    bool chance(double probability) { return uniform() < probability; }

    /// 0 .. count − 1; count >= 1.
    std::uint64_t below(std::uint64_t count) { return next() % count; }

private:
    std::uint64_t m_state;
};

/// One seed from several numbers; the order counts.
[[nodiscard]] inline std::uint64_t mixSeed(std::initializer_list<std::uint64_t> parts)
{
    std::uint64_t seed = 0x243F6A8885A308D3ULL;
    for (const std::uint64_t part : parts) {
        seed = SplitMix(seed ^ (part + 0x9E3779B97F4A7C15ULL)).next();
    }
    return seed;
}

/// 0 .. count − 1 in random order (Fisher-Yates).
[[nodiscard]] inline std::vector<std::int64_t> shuffledIndices(std::size_t count, SplitMix& random)
{
    std::vector<std::int64_t> indices(count);
    std::iota(indices.begin(), indices.end(), 0);
    for (std::size_t i = count; i > 1; --i) {
        std::swap(indices[i - 1], indices[random.below(i)]);
    }
    return indices;
}

} // namespace guidino::nn
