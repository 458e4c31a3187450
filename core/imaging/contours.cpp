// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/contours.h"

#include "core/imaging/opencv_view.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>

namespace guidino::imaging {

namespace {

Raster8 binary(const Raster8& mask, std::uint8_t inside = 1)
{
    Raster8 result(mask.width(), mask.height());
    result.spacingMm = mask.spacingMm;
    std::transform(
        mask.pixels().begin(), mask.pixels().end(), result.data(), [inside](std::uint8_t value) {
            return value != 0 ? inside : std::uint8_t{0};
        });
    return result;
}

/// The mask made of the components that `keeps` accepts.
template<typename Keeps>
Raster8 filtered(const Raster8& mask, const Components& components, Keeps keeps)
{
    std::vector<std::uint8_t> kept{0};
    for (std::size_t i = 0; i < components.parts.size(); ++i) {
        kept.push_back(keeps(i) ? 1 : 0);
    }
    Raster8 result(mask.width(), mask.height());
    result.spacingMm = mask.spacingMm;
    std::transform(
        components.labels.begin(), components.labels.end(), result.data(), [&](int label) {
            return kept[static_cast<std::size_t>(label)];
        });
    return result;
}

/// cv::MORPH_ELLIPSE is lopsided at small sizes; this is the disc dx² + dy² <= r² + r (a pixel's
/// centre is half a pixel inside its edge).
cv::Mat disc(int radius)
{
    const int side = 2 * radius + 1;
    cv::Mat kernel(side, side, CV_8U, cv::Scalar(0));
    for (int y = -radius; y <= radius; ++y) {
        for (int x = -radius; x <= radius; ++x) {
            if (x * x + y * y <= radius * radius + radius) {
                kernel.at<std::uint8_t>(y + radius, x + radius) = 1;
            }
        }
    }
    return kernel;
}

Raster8 morphed(const Raster8& mask, int radius, bool grows)
{
    Raster8 result = binary(mask);
    if (radius <= 0 || mask.isEmpty()) {
        return result;
    }
    const Raster8 source = result;
    cv::Mat out = viewOf(result);
    const cv::Point centre(-1, -1);
    const int border = cv::BORDER_CONSTANT;
    if (grows) {
        cv::dilate(viewOf(source), out, disc(radius), centre, 1, border, cv::Scalar(0));
    } else {
        cv::erode(viewOf(source), out, disc(radius), centre, 1, border, cv::Scalar(0));
    }
    return result;
}

bool isInside(const Raster8& mask, int x, int y)
{
    return x >= 0 && y >= 0 && x < mask.width() && y < mask.height() && mask.at(x, y) != 0;
}

/// Walks pixel edges with the inside on the right. Directions: 0 right, 1 down, 2 left, 3 up.
class EdgeTracer
{
public:
    explicit EdgeTracer(const Raster8& mask)
        : m_mask(mask)
        , m_isTopDone(mask.pixels().size(), false)
        , m_isBottomDone(mask.pixels().size(), false)
    {}

    std::vector<Contour> trace()
    {
        std::vector<Contour> contours;
        for (int y = 0; y < m_mask.height(); ++y) {
            for (int x = 0; x < m_mask.width(); ++x) {
                // In reading order an object shows a top edge first, and its whole outline is
                // walked then; a hole shows the bottom edge of the pixel above it first, so a
                // bottom edge that is not walked yet starts a hole.
                if (isInside(m_mask, x, y) && !isInside(m_mask, x, y - 1)
                    && !m_isTopDone[at(x, y)]) {
                    contours.push_back(walk({x, y}, 0));
                }
                if (isInside(m_mask, x, y) && !isInside(m_mask, x, y + 1)
                    && !m_isBottomDone[at(x, y)]) {
                    contours.push_back(walk({x + 1, y + 1}, 2));
                    contours.back().isHole = true;
                }
            }
        }
        return contours;
    }

private:
    [[nodiscard]] std::size_t at(int x, int y) const
    {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(m_mask.width())
               + static_cast<std::size_t>(x);
    }

    void mark(Point corner, int direction)
    {
        if (direction == 0) {
            m_isTopDone[at(corner.x, corner.y)] = true;
        } else if (direction == 2) {
            m_isBottomDone[at(corner.x - 1, corner.y - 1)] = true;
        }
    }

    /// The next direction at a corner: right turn first, so that diagonal neighbours are apart
    /// (4-connected objects).
    [[nodiscard]] int turn(Point corner, int direction) const
    {
        // The two pixels ahead of the corner, on the right and the left of the walk.
        static constexpr std::array<Point, 4> kRight{{{0, 0}, {-1, 0}, {-1, -1}, {0, -1}}};
        static constexpr std::array<Point, 4> kLeft{{{0, -1}, {0, 0}, {-1, 0}, {-1, -1}}};
        const auto d = static_cast<std::size_t>(direction);
        const bool right = isInside(m_mask, corner.x + kRight[d].x, corner.y + kRight[d].y);
        const bool left = isInside(m_mask, corner.x + kLeft[d].x, corner.y + kLeft[d].y);
        if (!right) {
            return (direction + 1) % 4;
        }
        return left ? (direction + 3) % 4 : direction;
    }

    Contour walk(Point start, int direction)
    {
        static constexpr std::array<Point, 4> kStep{{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};
        Contour contour;
        Point corner = start;
        const int firstDirection = direction;
        do {
            mark(corner, direction);
            corner.x += kStep[static_cast<std::size_t>(direction)].x;
            corner.y += kStep[static_cast<std::size_t>(direction)].y;
            const int next = turn(corner, direction);
            if (next != direction) {
                contour.points.push_back(corner);
            }
            direction = next;
        } while (corner != start || direction != firstDirection);
        return contour;
    }

    const Raster8& m_mask;
    std::vector<bool> m_isTopDone;
    std::vector<bool> m_isBottomDone;
};

} // namespace

Components connectedComponents(const Raster8& mask, Connectivity connectivity)
{
    Components result;
    if (mask.isEmpty()) {
        return result;
    }
    cv::Mat labels;
    cv::Mat stats;
    cv::Mat centroids;
    const int count = cv::connectedComponentsWithStats(
        viewOf(mask), labels, stats, centroids, static_cast<int>(connectivity), CV_32S);
    result.labels.assign(labels.ptr<int>(), labels.ptr<int>() + labels.total());
    for (int i = 1; i < count; ++i) {
        Component part;
        part.bounds = {
            stats.at<int>(i, cv::CC_STAT_LEFT),
            stats.at<int>(i, cv::CC_STAT_TOP),
            stats.at<int>(i, cv::CC_STAT_WIDTH),
            stats.at<int>(i, cv::CC_STAT_HEIGHT)};
        part.area = stats.at<int>(i, cv::CC_STAT_AREA);
        // OpenCV's pixel centres are at whole numbers.
        part.centroid = {centroids.at<double>(i, 0) + 0.5, centroids.at<double>(i, 1) + 0.5};
        result.parts.push_back(part);
    }
    return result;
}

Raster8 keepLargest(const Raster8& mask, Connectivity connectivity)
{
    const Components components = connectedComponents(mask, connectivity);
    const auto largest = std::max_element(
        components.parts.begin(),
        components.parts.end(),
        [](const Component& a, const Component& b) { return a.area < b.area; });
    const auto index = static_cast<std::size_t>(largest - components.parts.begin());
    return filtered(mask, components, [index](std::size_t i) { return i == index; });
}

Raster8 removeSmall(const Raster8& mask, std::int64_t minArea, Connectivity connectivity)
{
    const Components components = connectedComponents(mask, connectivity);
    return filtered(
        mask, components, [&](std::size_t i) { return components.parts[i].area >= minArea; });
}

Raster8 fillHoles(const Raster8& mask, std::int64_t maxArea)
{
    Raster8 outside(mask.width(), mask.height());
    std::transform(
        mask.pixels().begin(), mask.pixels().end(), outside.data(), [](std::uint8_t value) {
            return static_cast<std::uint8_t>(value == 0 ? 1 : 0);
        });
    const Components components = connectedComponents(outside, Connectivity::Four);
    const Raster8 holes = filtered(mask, components, [&](std::size_t i) {
        const Component& part = components.parts[i];
        const bool reachesBorder = part.bounds.x == 0 || part.bounds.y == 0
                                   || part.bounds.right() == mask.width()
                                   || part.bounds.bottom() == mask.height();
        return !reachesBorder && (maxArea < 0 || part.area <= maxArea);
    });
    Raster8 result = binary(mask);
    std::transform(
        result.pixels().begin(),
        result.pixels().end(),
        holes.pixels().begin(),
        result.data(),
        [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a | b); });
    return result;
}

Raster8 dilate(const Raster8& mask, int radius)
{
    return morphed(mask, radius, true);
}

Raster8 erode(const Raster8& mask, int radius)
{
    return morphed(mask, radius, false);
}

Raster8 outline(const Raster8& mask, int width)
{
    Raster8 rest = binary(mask);
    Raster8 result = rest;
    for (int i = 0; i < width; ++i) {
        const Raster8 before = rest;
        for (int y = 0; y < before.height(); ++y) {
            for (int x = 0; x < before.width(); ++x) {
                const bool isCore = isInside(before, x - 1, y) && isInside(before, x + 1, y)
                                    && isInside(before, x, y - 1) && isInside(before, x, y + 1);
                rest.at(x, y) = before.at(x, y) != 0 && isCore ? 1 : 0;
            }
        }
    }
    for (std::size_t i = 0; i < result.pixels().size(); ++i) {
        result.data()[i] = static_cast<std::uint8_t>(result.data()[i] & ~rest.data()[i]);
    }
    return result;
}

std::vector<Contour> traceContours(const Raster8& mask)
{
    return EdgeTracer(mask).trace();
}

Rect boundsOf(const Raster8& mask)
{
    int left = mask.width();
    int right = -1;
    int top = mask.height();
    int bottom = -1;
    for (int y = 0; y < mask.height(); ++y) {
        const std::uint8_t* row = mask.row(y);
        for (int x = 0; x < mask.width(); ++x) {
            if (row[x] != 0) {
                left = std::min(left, x);
                right = std::max(right, x);
                top = std::min(top, y);
                bottom = y;
            }
        }
    }
    return right < 0 ? Rect{} : Rect{left, top, right - left + 1, bottom - top + 1};
}

} // namespace guidino::imaging
