// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

/// Internal to the layer: axes of plots.
namespace guidino::report {

/// A range of values along a range of pixels.
struct Axis
{
    double low = 0;
    double high = 1;
    double from = 0; ///< pixel of low
    double to = 1;   ///< pixel of high

    [[nodiscard]] double pixel(double value) const
    {
        return from + (value - low) / (high - low) * (to - from);
    }
};

/// Four digits at most, in the C locale: for coordinates.
[[nodiscard]] std::string shortNumber(double value);

/// A place of an axis and what stands there.
struct Tick
{
    double value = 0;
    std::string text; ///< empty: a line only
};

/// At multiples of 1, 2 or 5 times a power of ten, at most `steps` steps between the ends.
[[nodiscard]] std::vector<Tick> linearTicks(const Axis& axis, int steps = 5);

/// Of a horizontal axis of decimal logarithms: 1, 2 and 5 of each decade; where decades are narrow
/// numbers at their begins only.
[[nodiscard]] std::vector<Tick> logarithmicTicks(const Axis& axis);

} // namespace guidino::report
