// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/heat_map.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace guidino::ui {

namespace {

/// From takes away to adds; grey in the middle.
constexpr std::array<std::array<double, 3>, 5> kStops = {{
    {255, 178, 71},
    {158, 98, 28},
    {58, 58, 60},
    {103, 66, 190},
    {190, 164, 255},
}};

} // namespace

QRgb shareColor(double value)
{
    const double position = (std::clamp(value, -1.0, 1.0) + 1) / 2 * (kStops.size() - 1);
    const auto lower = std::min(static_cast<std::size_t>(position), kStops.size() - 2);
    const double weight = position - static_cast<double>(lower);
    const auto channel = [&](std::size_t c) {
        return static_cast<int>(
            std::lround(std::lerp(kStops[lower][c], kStops[lower + 1][c], weight)));
    };
    return qRgb(channel(0), channel(1), channel(2));
}

QImage heatMapOf(const RasterF& map, double range, int side, double aspect)
{
    const int width =
        aspect >= 1 ? side : std::max(1, static_cast<int>(std::lround(side * aspect)));
    const int height =
        aspect >= 1 ? std::max(1, static_cast<int>(std::lround(side / aspect))) : side;
    QImage image(width, height, QImage::Format_RGB32);
    if (map.isEmpty() || range <= 0) {
        image.fill(shareColor(0));
        return image;
    }
    for (int y = 0; y < height; ++y) {
        const double v =
            std::clamp((y + 0.5) / height * map.height() - 0.5, 0.0, map.height() - 1.0);
        const int y0 = static_cast<int>(v);
        const int y1 = std::min(y0 + 1, map.height() - 1);
        auto* row = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < width; ++x) {
            const double u =
                std::clamp((x + 0.5) / width * map.width() - 0.5, 0.0, map.width() - 1.0);
            const int x0 = static_cast<int>(u);
            const int x1 = std::min(x0 + 1, map.width() - 1);
            const double upper = std::lerp(double(map.at(x0, y0)), double(map.at(x1, y0)), u - x0);
            const double lower = std::lerp(double(map.at(x0, y1)), double(map.at(x1, y1)), u - x0);
            row[x] = shareColor(std::lerp(upper, lower, v - y0) / range);
        }
    }
    return image;
}

} // namespace guidino::ui
