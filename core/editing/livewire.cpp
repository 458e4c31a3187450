// SPDX-License-Identifier: Apache-2.0
#include "core/editing/livewire.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace guidino::editing {

Livewire::Livewire(const ColourWindow& window)
    : m_size(window.lab.size())
{
    m_place.step = window.step;
    m_place.extent = window.extent;
    const int width = m_size.width;
    const int height = m_size.height;
    const auto count = static_cast<std::size_t>(m_size.area());
    std::vector<float> gradients(count);
    double sum = 0;
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* above = window.lab.row(std::max(0, y - 1));
        const std::uint8_t* here = window.lab.row(y);
        const std::uint8_t* below = window.lab.row(std::min(height - 1, y + 1));
        for (int x = 0; x < width; ++x) {
            const int left = 3 * std::max(0, x - 1);
            const int right = 3 * std::min(width - 1, x + 1);
            const double across = colourDistance(here + left, here + right);
            const double down = colourDistance(above + 3 * x, below + 3 * x);
            const double gradient = std::hypot(across, down);
            gradients[static_cast<std::size_t>(y * width + x)] = static_cast<float>(gradient);
            sum += gradient;
        }
    }
    const auto scale =
        static_cast<float>(count > 0 ? std::max(sum / static_cast<double>(count), 1.0) : 1.0);
    m_cost.resize(count);
    std::transform(gradients.begin(), gradients.end(), m_cost.begin(), [scale](float gradient) {
        const float ratio = gradient / scale;
        return 0.01F + 1 / (1 + ratio * ratio);
    });
    if (count > 0) {
        setSeed({m_place.extent.x, m_place.extent.y});
    }
}

Point Livewire::clamped(Point point) const
{
    return {
        std::clamp(point.x, m_place.extent.x, m_place.extent.right() - 1),
        std::clamp(point.y, m_place.extent.y, m_place.extent.bottom() - 1)};
}

int Livewire::indexOf(Point point) const
{
    const Point pixel = m_place.pixelAt(point);
    return pixel.y * m_size.width + pixel.x;
}

void Livewire::setSeed(Point seed)
{
    if (m_size.isEmpty()) {
        return;
    }
    m_seed = clamped(seed);
    m_total.assign(m_cost.size(), std::numeric_limits<float>::infinity());
    m_from.assign(m_cost.size(), -1);
    m_isDone.assign(m_cost.size(), false);
    const int start = indexOf(m_seed);
    m_total[static_cast<std::size_t>(start)] = 0;
    m_heap.assign(1, {0.0F, start});
}

std::vector<Point> Livewire::pathTo(Point target)
{
    if (m_size.isEmpty()) {
        return {};
    }
    const int end = indexOf(clamped(target));
    const int width = m_size.width;
    const int height = m_size.height;
    while (!m_isDone[static_cast<std::size_t>(end)] && !m_heap.empty()) {
        std::pop_heap(m_heap.begin(), m_heap.end(), std::greater<>());
        const auto [total, index] = m_heap.back();
        m_heap.pop_back();
        if (m_isDone[static_cast<std::size_t>(index)]) {
            continue;
        }
        m_isDone[static_cast<std::size_t>(index)] = true;
        const int x = index % width;
        const int y = index / width;
        for (int dy = -1; dy <= 1; ++dy) {
            for (int dx = -1; dx <= 1; ++dx) {
                const int nx = x + dx;
                const int ny = y + dy;
                if ((dx == 0 && dy == 0) || nx < 0 || ny < 0 || nx >= width || ny >= height) {
                    continue;
                }
                const auto next = static_cast<std::size_t>(ny * width + nx);
                const float length = dx != 0 && dy != 0 ? 1.4142F : 1.0F;
                const float candidate = total + length * m_cost[next];
                if (!m_isDone[next] && candidate < m_total[next]) {
                    m_total[next] = candidate;
                    m_from[next] = index;
                    m_heap.emplace_back(candidate, static_cast<int>(next));
                    std::push_heap(m_heap.begin(), m_heap.end(), std::greater<>());
                }
            }
        }
    }
    std::vector<Point> path;
    for (int index = end; index >= 0; index = m_from[static_cast<std::size_t>(index)]) {
        path.push_back(m_place.imageAt({index % width, index / width}));
    }
    std::reverse(path.begin(), path.end());
    path.front() = m_seed;
    path.back() = clamped(target); // to the pixel, whatever the window's step
    return path;
}

Point Livewire::snapped(Point point, int reachPx) const
{
    if (m_size.isEmpty()) {
        return point;
    }
    const Point start = clamped(point);
    float lowest = m_cost[static_cast<std::size_t>(indexOf(start))];
    const Point middle = m_place.pixelAt(start);
    Point best = middle;
    const int reach = std::max(1, reachPx / m_place.step);
    const Rect all{0, 0, m_size.width, m_size.height};
    for (int dy = -reach; dy <= reach; ++dy) {
        for (int dx = -reach; dx <= reach; ++dx) {
            const Point candidate{middle.x + dx, middle.y + dy};
            if (dx * dx + dy * dy > reach * reach || !all.contains(candidate)) {
                continue;
            }
            const float cost =
                m_cost[static_cast<std::size_t>(candidate.y * m_size.width + candidate.x)];
            if (cost < lowest) {
                lowest = cost;
                best = candidate;
            }
        }
    }
    return best == middle ? start : m_place.imageAt(best);
}

} // namespace guidino::editing
