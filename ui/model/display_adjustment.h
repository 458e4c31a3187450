// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace guidino::ui {

/// How an image is shown: a window of its values and what of its channels. Its pixels stay as they
/// are. Default: as stored.
struct DisplayAdjustment
{
    enum class Channel { Colour, Red, Green, Blue, Luminance };

    double low = 0;   ///< share of the value range that is shown black
    double high = 1;  ///< that is shown white; > low
    double gamma = 1; ///< > 1: darker parts lighter
    bool isInverted = false;
    Channel channel = Channel::Colour;

    [[nodiscard]] bool isPlain() const { return *this == DisplayAdjustment{}; }

    /// What each stored value is shown as.
    [[nodiscard]] std::array<std::uint8_t, 256> table() const;

    friend bool operator==(const DisplayAdjustment&, const DisplayAdjustment&) = default;
};

} // namespace guidino::ui
