// SPDX-License-Identifier: Apache-2.0
#include "core/editing/superpixels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>

namespace guidino::editing {

namespace {

constexpr int kRounds = 6;
/// Weight of place against colour: a patch of a step's side may differ by this much in colour. The
/// usual choice in the paper for 8-bit Lab is 10 to 20.
constexpr double kCompactness = 12;

struct Centre
{
    double x = 0;
    double y = 0;
    std::array<double, 3> lab{};
};

/// Puts the rests of each patch that are not connected with its largest part to the neighbour on
/// their left or above, and numbers the parts anew.
std::vector<int> connectedPatches(const std::vector<int>& raw, Size size, int smallest, int& count)
{
    std::vector<int> result(raw.size(), -1);
    std::vector<std::size_t> members;
    count = 0;
    const auto width = static_cast<std::size_t>(size.width);
    for (std::size_t start = 0; start < raw.size(); ++start) {
        if (result[start] >= 0) {
            continue;
        }
        int neighbour = -1; // a part that is complete already
        if (start % width > 0) {
            neighbour = result[start - 1];
        } else if (start >= width) {
            neighbour = result[start - width];
        }
        members.assign(1, start);
        result[start] = count;
        for (std::size_t next = 0; next < members.size(); ++next) {
            const std::size_t p = members[next];
            const std::size_t x = p % width;
            const auto visit = [&](std::size_t q) {
                if (result[q] < 0 && raw[q] == raw[start]) {
                    result[q] = count;
                    members.push_back(q);
                }
            };
            if (x > 0) {
                visit(p - 1);
            }
            if (x + 1 < width) {
                visit(p + 1);
            }
            if (p >= width) {
                visit(p - width);
            }
            if (p + width < raw.size()) {
                visit(p + width);
            }
        }
        if (static_cast<int>(members.size()) < smallest && neighbour >= 0) {
            for (const std::size_t p : members) {
                result[p] = neighbour;
            }
        } else {
            ++count;
        }
    }
    return result;
}

} // namespace

Superpixels::Superpixels(const ColourWindow& window, int sidePx)
    : m_size(window.lab.size())
{
    m_place.step = window.step;
    m_place.extent = window.extent;
    const int width = m_size.width;
    const int height = m_size.height;
    if (m_size.isEmpty()) {
        return;
    }
    const int step = std::max(2, sidePx);
    const int columns = std::max(1, (width + step / 2) / step);
    const int rows = std::max(1, (height + step / 2) / step);
    std::vector<Centre> centres;
    for (int j = 0; j < rows; ++j) {
        for (int i = 0; i < columns; ++i) {
            Centre centre;
            centre.x = (i + 0.5) * width / columns;
            centre.y = (j + 0.5) * height / rows;
            const std::uint8_t* lab = window.lab.row(static_cast<int>(centre.y))
                                      + 3 * static_cast<std::ptrdiff_t>(centre.x);
            std::copy_n(lab, 3, centre.lab.begin());
            centres.push_back(centre);
        }
    }
    const auto pixels = static_cast<std::size_t>(m_size.area());
    std::vector<int> patches(pixels, 0);
    const double placeWeight = kCompactness * kCompactness / (static_cast<double>(step) * step);
    for (int round = 0; round < kRounds; ++round) {
        std::vector<Centre> sums(centres.size());
        std::vector<double> counts(centres.size());
        for (int y = 0; y < height; ++y) {
            const int nearRow = std::min(rows - 1, y * rows / height);
            for (int x = 0; x < width; ++x) {
                const int nearColumn = std::min(columns - 1, x * columns / width);
                const std::uint8_t* lab = window.lab.row(y) + 3 * static_cast<std::ptrdiff_t>(x);
                double best = std::numeric_limits<double>::infinity();
                std::size_t own = 0;
                for (int j = std::max(0, nearRow - 1); j <= std::min(rows - 1, nearRow + 1); ++j) {
                    for (int i = std::max(0, nearColumn - 1);
                         i <= std::min(columns - 1, nearColumn + 1);
                         ++i) {
                        const auto index = static_cast<std::size_t>(j * columns + i);
                        const Centre& centre = centres[index];
                        const double dx = x + 0.5 - centre.x;
                        const double dy = y + 0.5 - centre.y;
                        double distance = placeWeight * (dx * dx + dy * dy);
                        for (std::size_t c = 0; c < 3; ++c) {
                            distance += (lab[c] - centre.lab[c]) * (lab[c] - centre.lab[c]);
                        }
                        if (distance < best) {
                            best = distance;
                            own = index;
                        }
                    }
                }
                patches
                    [static_cast<std::size_t>(y) * static_cast<std::size_t>(width)
                     + static_cast<std::size_t>(x)] = static_cast<int>(own);
                Centre& sum = sums[own];
                sum.x += x + 0.5;
                sum.y += y + 0.5;
                for (std::size_t c = 0; c < 3; ++c) {
                    sum.lab[c] += lab[c];
                }
                counts[own] += 1;
            }
        }
        for (std::size_t i = 0; i < centres.size(); ++i) {
            if (counts[i] == 0) {
                continue;
            }
            centres[i].x = sums[i].x / counts[i];
            centres[i].y = sums[i].y / counts[i];
            for (std::size_t c = 0; c < 3; ++c) {
                centres[i].lab[c] = sums[i].lab[c] / counts[i];
            }
        }
    }
    int count = 0;
    m_patches = connectedPatches(patches, {width, height}, step * step / 4, count);
    m_places.resize(static_cast<std::size_t>(count));
    m_areas.resize(static_cast<std::size_t>(count));
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const int patch = ofPixel({x, y});
            Rect& place = m_places[static_cast<std::size_t>(patch)];
            place = place.united({x, y, 1, 1});
            ++m_areas[static_cast<std::size_t>(patch)];
        }
    }
}

int Superpixels::at(Point point) const
{
    return ofPixel(m_place.pixelAt(point));
}

Region Superpixels::region(int patch) const
{
    const Rect place = m_places[static_cast<std::size_t>(patch)];
    Raster8 mask(place.width, place.height);
    for (int y = 0; y < place.height; ++y) {
        for (int x = 0; x < place.width; ++x) {
            mask.at(x, y) = ofPixel({place.x + x, place.y + y}) == patch ? 1 : 0;
        }
    }
    return inImage(m_place, mask, {place.x, place.y});
}

Region Superpixels::covered(const Region& region) const
{
    const Rect wanted = region.bounds().intersected(m_place.extent);
    if (wanted.isEmpty()) {
        return {};
    }
    const Point from = m_place.pixelAt({wanted.x, wanted.y});
    const Point to = m_place.pixelAt({wanted.right() - 1, wanted.bottom() - 1});
    std::map<int, int> inside; // pixels of each patch that are in the region
    for (int y = from.y; y <= to.y; ++y) {
        for (int x = from.x; x <= to.x; ++x) {
            const Point place = m_place.imageAt({x, y});
            if (region.contains(place.x, place.y)) {
                ++inside[ofPixel({x, y})];
            }
        }
    }
    Rect bounds;
    for (auto one = inside.begin(); one != inside.end();) {
        const auto patch = static_cast<std::size_t>(one->first);
        if (2 * one->second < m_areas[patch]) {
            one = inside.erase(one);
        } else {
            bounds = bounds.united(m_places[patch]);
            ++one;
        }
    }
    if (bounds.isEmpty()) {
        return {};
    }
    Raster8 mask(bounds.width, bounds.height);
    for (int y = 0; y < bounds.height; ++y) {
        for (int x = 0; x < bounds.width; ++x) {
            mask.at(x, y) = inside.contains(ofPixel({bounds.x + x, bounds.y + y})) ? 1 : 0;
        }
    }
    return inImage(m_place, mask, {bounds.x, bounds.y});
}

} // namespace guidino::editing
