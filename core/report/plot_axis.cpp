// SPDX-License-Identifier: Apache-2.0
#include "core/report/plot_axis.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace guidino::report {

namespace {

constexpr double kNarrowDecade = 110; ///< pixels; within, numbers at 1, 2 and 5 come too close
constexpr int kMostDecimals = 5;
constexpr double kLongest = 1e6; ///< of numbers that are written out
constexpr double kEdge = 1e-9;   ///< of rounding at an axis' end

/// Without an exponent where people write none.
std::string tickText(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

/// 1, 2 or 5 times a power of ten, not below.
double niceStep(double rough)
{
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= rough) {
            return factor * power;
        }
    }
    return 10 * power;
}

} // namespace

std::string shortNumber(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

std::vector<Tick> linearTicks(const Axis& axis, int steps)
{
    std::vector<Tick> ticks;
    const double step = niceStep((axis.high - axis.low) / steps);
    const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + kEdge)));
    const auto textOf = [&](double value) {
        char text[32];
        std::snprintf(text, sizeof text, "%.*f", decimals, value);
        const bool isShort = decimals <= kMostDecimals && std::abs(value) < kLongest;
        return isShort ? std::string(text) : shortNumber(value);
    };
    for (double value = std::ceil(axis.low / step - kEdge) * step; value <= axis.high + step * 1e-6;
         value += step) {
        const double shown = std::abs(value) < step * 1e-6 ? 0 : value;
        ticks.push_back({value, textOf(shown)});
    }
    return ticks;
}

std::vector<Tick> logarithmicTicks(const Axis& axis)
{
    std::vector<Tick> ticks;
    const bool isWide = axis.pixel(1) - axis.pixel(0) < kNarrowDecade;
    for (double decade = std::floor(axis.low); decade <= axis.high; decade += 1) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            const double value = decade + std::log10(factor);
            if (value >= axis.low - kEdge && value <= axis.high + kEdge) {
                const bool hasText = factor == 1.0 || !isWide;
                ticks.push_back(
                    {value, hasText ? tickText(factor * std::pow(10.0, decade)) : std::string()});
            }
        }
    }
    return ticks;
}

} // namespace guidino::report
