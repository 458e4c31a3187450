// SPDX-License-Identifier: Apache-2.0
#include "ui/model/prediction.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace guidino::ui {

namespace {

/// Catmull-Rom weights of the four neighbours at offset t in [0, 1) after the second.
std::array<float, 4> cubicWeights(float t)
{
    const float t2 = t * t;
    const float t3 = t2 * t;
    return {
        0.5F * (-t3 + 2 * t2 - t),
        0.5F * (3 * t3 - 5 * t2 + 2),
        0.5F * (-3 * t3 + 4 * t2 + t),
        0.5F * (t3 - t2)};
}

/// Interpolates along x by `factor` and transposes, so that two calls do both axes.
RasterF stretchedAndTransposed(const RasterF& source, int factor)
{
    const int width = source.width() * factor;
    RasterF target(source.height(), width);
    for (int x = 0; x < width; ++x) {
        const float position = (static_cast<float>(x) + 0.5F) / static_cast<float>(factor) - 0.5F;
        const int base = static_cast<int>(std::floor(position));
        const auto weights = cubicWeights(position - static_cast<float>(base));
        for (int y = 0; y < source.height(); ++y) {
            float sum = 0;
            for (int k = 0; k < 4; ++k) {
                const int column = std::clamp(base - 1 + k, 0, source.width() - 1);
                sum += weights[static_cast<std::size_t>(k)] * source.at(column, y);
            }
            target.at(y, x) = std::clamp(sum, 0.0F, 1.0F);
        }
    }
    return target;
}

} // namespace

GuideMap::GuideMap(RasterF values)
    : m_values(std::move(values))
{
    const int longest = std::max({m_values.width(), m_values.height(), 1});
    const int factor = std::clamp(256 / longest, 1, 8);
    m_smooth = stretchedAndTransposed(stretchedAndTransposed(m_values, factor), factor);
    m_sorted.assign(m_values.pixels().begin(), m_values.pixels().end());
    std::sort(m_sorted.begin(), m_sorted.end());
    if (!m_sorted.empty()) {
        const auto at = [this](double share) {
            return m_sorted[static_cast<std::size_t>(
                std::lround(share * static_cast<double>(m_sorted.size() - 1)))];
        };
        m_low = at(0.01);
        m_high = std::max(at(0.99), m_low + 0.02F);
    }
}

double GuideMap::valueAt(double u, double v) const
{
    if (m_values.isEmpty()) {
        return 0;
    }
    const double x = std::clamp(u * m_values.width() - 0.5, 0.0, m_values.width() - 1.0);
    const double y = std::clamp(v * m_values.height() - 0.5, 0.0, m_values.height() - 1.0);
    const int x0 = static_cast<int>(x);
    const int y0 = static_cast<int>(y);
    const int x1 = std::min(x0 + 1, m_values.width() - 1);
    const int y1 = std::min(y0 + 1, m_values.height() - 1);
    const double fx = x - x0;
    const double fy = y - y0;
    return (1 - fy) * ((1 - fx) * m_values.at(x0, y0) + fx * m_values.at(x1, y0))
           + fy * ((1 - fx) * m_values.at(x0, y1) + fx * m_values.at(x1, y1));
}

int GuideMap::percentileOf(double value) const
{
    if (m_sorted.empty()) {
        return 0;
    }
    const auto below =
        std::lower_bound(m_sorted.begin(), m_sorted.end(), static_cast<float>(value));
    return static_cast<int>(std::lround(
        100.0 * static_cast<double>(below - m_sorted.begin())
        / static_cast<double>(m_sorted.size())));
}

} // namespace guidino::ui
