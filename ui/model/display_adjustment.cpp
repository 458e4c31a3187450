// SPDX-License-Identifier: Apache-2.0
#include "ui/model/display_adjustment.h"

#include <algorithm>
#include <cmath>

namespace guidino::ui {

std::array<std::uint8_t, 256> DisplayAdjustment::table() const
{
    std::array<std::uint8_t, 256> values{};
    const double width = std::max(high - low, 1.0 / 255);
    for (int i = 0; i < 256; ++i) {
        double share = std::clamp((i / 255.0 - low) / width, 0.0, 1.0);
        share = std::pow(share, 1 / std::clamp(gamma, 0.1, 10.0));
        share = isInverted ? 1 - share : share;
        values[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(std::lround(255 * share));
    }
    return values;
}

} // namespace guidino::ui
