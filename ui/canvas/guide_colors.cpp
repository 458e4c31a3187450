// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/guide_colors.h"

#include <algorithm>
#include <cmath>

namespace guidino::ui {

namespace {

struct OkLab
{
    double lightness;
    double a;
    double b;
};

int encoded(double linear)
{
    const double clamped = std::clamp(linear, 0.0, 1.0);
    const double value =
        clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * std::pow(clamped, 1 / 2.4) - 0.055;
    return static_cast<int>(std::lround(255 * value));
}

/// Björn Ottosson, "A perceptual color space for image processing", 2020.
QRgb toRgb(const OkLab& color)
{
    const double l = std::pow(color.lightness + 0.3963377774 * color.a + 0.2158037573 * color.b, 3);
    const double m = std::pow(color.lightness - 0.1055613458 * color.a - 0.0638541728 * color.b, 3);
    const double s = std::pow(color.lightness - 0.0894841775 * color.a - 1.2914855480 * color.b, 3);
    return qRgb(
        encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
        encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
        encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
}

struct Stop
{
    double lightness;
    double chroma;
    double hueDegrees;
};

/// Lightness is linear in the position.
std::array<QRgb, 256> makeColors(const std::array<Stop, 5>& stops)
{
    std::array<QRgb, 256> colors{};
    for (std::size_t i = 0; i < colors.size(); ++i) {
        const double lightness =
            stops.front().lightness
            + (stops.back().lightness - stops.front().lightness) * static_cast<double>(i) / 255.0;
        std::size_t k = 0;
        while (k + 2 < stops.size() && stops[k + 1].lightness < lightness) {
            ++k;
        }
        const double t =
            (lightness - stops[k].lightness) / (stops[k + 1].lightness - stops[k].lightness);
        const double chroma = std::lerp(stops[k].chroma, stops[k + 1].chroma, t);
        const double hue =
            std::lerp(stops[k].hueDegrees, stops[k + 1].hueDegrees, t) * 3.14159265358979 / 180;
        colors[i] = toRgb({lightness, chroma * std::cos(hue), chroma * std::sin(hue)});
    }
    return colors;
}

} // namespace

const std::array<QRgb, 256>& guideColors()
{
    // The third stop is the accent (L 0.606, C 0.219, h 293°).
    static const std::array<QRgb, 256> colors = makeColors(
        {{{0.16, 0.03, 280},
          {0.36, 0.15, 288},
          {0.606, 0.219, 293},
          {0.80, 0.13, 350},
          {0.97, 0.08, 450}}});
    return colors;
}

const std::array<QRgb, 256>& probabilityColors()
{
    static const std::array<QRgb, 256> colors = makeColors(
        {{{0.16, 0.03, 240},
          {0.36, 0.07, 225},
          {0.58, 0.10, 195},
          {0.80, 0.13, 150},
          {0.97, 0.10, 110}}});
    return colors;
}

} // namespace guidino::ui
