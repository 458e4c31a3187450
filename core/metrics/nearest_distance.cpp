// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/nearest_distance.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace guidino::metrics {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Stands for "no target on this side of the column".
constexpr std::int32_t kFarRows = std::int32_t{1} << 29;
/// Columns looked at a time: a loop of fixed length that compilers turn into vectors.
constexpr int kBlock = 16;

/// Squared distances in steps of pixels, whole numbers, up to a diagonal of 30,000 pixels: twice
/// that squared, and a block more, is still an int32.
struct PixelSteps
{
    using Number = std::int32_t;
    static constexpr std::int32_t kFarSteps = 30'000;
    static constexpr Number kFar = kFarSteps * kFarSteps;

    [[nodiscard]] static bool fits(Rect area)
    {
        const std::int64_t width = area.width;
        const std::int64_t height = area.height;
        return width * width + height * height < kFar;
    }

    /// Of that many rows.
    [[nodiscard]] Number squaredRows(std::int32_t rows) const
    {
        const Number near = std::min(rows, kFarSteps);
        return near * near;
    }

    [[nodiscard]] Number squaredColumns(std::int32_t columns) const { return columns * columns; }

    [[nodiscard]] double distance(Number squared) const { return std::sqrt(squared) * scale; }

    double scale;
};

/// Squared distances in millimetres, where pixels are not square.
struct Millimetres
{
    using Number = double;
    static constexpr Number kFar = std::numeric_limits<double>::max() / 4;

    [[nodiscard]] Number squaredRows(std::int32_t rows) const
    {
        const double distance = rows * spacing.y;
        return rows >= kFarRows / 2 ? kFar : distance * distance;
    }

    [[nodiscard]] Number squaredColumns(std::int32_t columns) const
    {
        const double distance = columns * spacing.x;
        return distance * distance;
    }

    [[nodiscard]] double distance(Number squared) const { return std::sqrt(squared); }

    SpacingMm spacing;
};

/// Distances to the nearest target, row after row from the top.
///
/// For each column the nearest target rows above and below are known, so the squared distance along
/// the column is; what remains is the minimum over columns of that plus the squared distance along
/// the row. Surfaces mostly lie close together: looking outwards from a query until nothing nearer
/// is possible takes few steps. A row that has used up its share of steps goes on by the lower
/// envelope of parabolas (Felzenszwalb and Huttenlocher 2012, algorithm 1), so that the whole stays
/// linear.
template<typename Metric>
class NearestSearch
{
public:
    using Number = typename Metric::Number;

    /// `area` holds every target and every query.
    NearestSearch(const BitMask& targets, Rect area, Metric metric)
        : m_targets(targets)
        , m_area(area)
        , m_metric(metric)
        , m_above(size(area.width), -kFarRows)
        , m_below(size(area.width), kFarRows)
        , m_columns(size(area.width + 2 * kBlock), Metric::kFar)
        , m_alongRow(size(2 * (area.width + kBlock) + 1))
    {
        for (int i = 0; i < static_cast<int>(m_alongRow.size()); ++i) {
            m_alongRow[size(i)] = metric.squaredColumns(i - (area.width + kBlock));
        }
        // The next target of the same column, for each target: from the last one back.
        targets.forEach([&](int x, int y) { m_nextRows.push_back(packed(x, y)); });
        for (std::size_t i = m_nextRows.size(); i-- > 0;) {
            const auto [x, y] = m_nextRows[i];
            m_nextRows[i].y = m_below[size(x)];
            m_below[size(x)] = y;
        }
    }

    /// Squared distances of the queries of the next row; rows are asked for one after another from
    /// the area's top.
    template<typename Take>
    void nextRow(const BitMask& queries, Take take)
    {
        const int y = m_area.y + m_row++;
        const std::size_t first = m_nextTarget;
        m_targets.forEachOfRow(y, [&](int x) {
            m_above[size(x - m_area.x)] = y;
            ++m_nextTarget;
        });
        bool isPrepared = false;
        int steps = 32 * m_area.width;
        bool hasEnvelope = false;
        queries.forEachOfRow(y, [&](int imageX) {
            const int x = imageX - m_area.x;
            if (!isPrepared) {
                measureColumns(y);
                isPrepared = true;
            }
            if (steps <= 0 && !hasEnvelope) {
                buildEnvelope();
                hasEnvelope = true;
            }
            take(hasEnvelope ? envelopeAt(x) : searched(x, steps));
        });
        for (std::size_t i = first; i < m_nextTarget; ++i) {
            m_below[size(m_nextRows[i].x)] = m_nextRows[i].y;
        }
    }

private:
    static std::size_t size(int value) { return static_cast<std::size_t>(value); }

    [[nodiscard]] Point packed(int x, int y) const { return {x - m_area.x, y}; }

    /// Squared distances along the columns, at a row.
    void measureColumns(int y)
    {
        const std::int32_t* above = m_above.data();
        const std::int32_t* below = m_below.data();
        Number* out = m_columns.data() + kBlock;
        const int width = m_area.width;
        const Metric metric = m_metric;
        for (int x = 0; x < width; ++x) {
            out[x] = metric.squaredRows(std::min(y - above[x], below[x] - y));
        }
    }

    [[nodiscard]] Number searched(int x, int& steps) const
    {
        const Number* columns = m_columns.data() + kBlock + x;
        const Number* alongRow = m_alongRow.data() + m_area.width + kBlock;
        Number best = columns[0];
        for (int dx = 1; alongRow[dx] < best; dx += kBlock) {
            const bool hasLeft = x - dx >= 0;
            const bool hasRight = x + dx < m_area.width;
            if (!hasLeft && !hasRight) {
                break;
            }
            steps -= 2 * kBlock;
            if (hasLeft) {
                const int begin = 1 - dx - kBlock;
                best = std::min(best, nearestOf(columns + begin, alongRow + begin));
            }
            if (hasRight) {
                best = std::min(best, nearestOf(columns + dx, alongRow + dx));
            }
        }
        return best;
    }

    static Number nearestOf(const Number* columns, const Number* alongRow)
    {
        Number best = Metric::kFar;
        for (int i = 0; i < kBlock; ++i) {
            best = std::min(best, columns[i] + alongRow[i]);
        }
        return best;
    }

    void buildEnvelope()
    {
        m_places.clear();
        m_starts.clear();
        m_current = 0;
        for (int x = 0; x < m_area.width; ++x) {
            if (columnAt(x) >= Metric::kFar) {
                continue;
            }
            double start = -kInfinity;
            while (!m_places.empty()) {
                start = crossing(m_places.back(), x);
                if (start > m_starts.back()) {
                    break;
                }
                m_places.pop_back();
                m_starts.pop_back();
                start = -kInfinity;
            }
            m_places.push_back(x);
            m_starts.push_back(start);
        }
    }

    /// x must not fall between calls after one buildEnvelope().
    [[nodiscard]] Number envelopeAt(int x)
    {
        while (m_current + 1 < m_places.size() && m_starts[m_current + 1] <= x) {
            ++m_current;
        }
        const int place = m_places[m_current];
        return m_metric.squaredColumns(x - place) + columnAt(place);
    }

    [[nodiscard]] Number columnAt(int x) const { return m_columns[size(x + kBlock)]; }

    /// Where the parabola of b gets below that of a, a < b.
    [[nodiscard]] double crossing(int a, int b) const
    {
        const auto rise = static_cast<double>(columnAt(b)) - static_cast<double>(columnAt(a));
        return (rise / static_cast<double>(m_metric.squaredColumns(1)) + static_cast<double>(b) * b
                - static_cast<double>(a) * a)
               / (2.0 * (b - a));
    }

    const BitMask& m_targets;
    Rect m_area;
    Metric m_metric;
    /// Rows of the nearest target at or above, at or below, by column.
    std::vector<std::int32_t> m_above;
    std::vector<std::int32_t> m_below;
    /// Squared distance along each column, with kBlock far ones on each side.
    std::vector<Number> m_columns;
    /// Squared distance along the row, of -(width + kBlock) .. width + kBlock columns.
    std::vector<Number> m_alongRow;
    /// Targets in reading order: column within the area, and row of the next one below it.
    std::vector<Point> m_nextRows;
    std::size_t m_nextTarget = 0;
    int m_row = 0;
    /// The envelope's parabolas: whose they are, and from where on each is lowest.
    std::vector<int> m_places;
    std::vector<double> m_starts;
    std::size_t m_current = 0;
};

template<typename Metric>
std::vector<double>
distancesBy(Metric metric, const BitMask& queries, const BitMask& targets, Rect area)
{
    std::vector<double> distances;
    NearestSearch<Metric> search(targets, area, metric);
    for (int y = 0; y < area.height; ++y) {
        search.nextRow(queries, [&](typename Metric::Number squared) {
            distances.push_back(metric.distance(squared));
        });
    }
    return distances;
}

} // namespace

std::vector<double>
nearestDistances(const BitMask& queries, const BitMask& targets, SpacingMm spacing)
{
    const Rect targetArea = targets.bounds();
    if (targetArea.isEmpty()) {
        return std::vector<double>(static_cast<std::size_t>(queries.count()), kInfinity);
    }
    const Rect area = targetArea.united(queries.bounds());
    if (spacing.x == spacing.y && PixelSteps::fits(area)) {
        return distancesBy(PixelSteps{spacing.x}, queries, targets, area);
    }
    return distancesBy(Millimetres{spacing}, queries, targets, area);
}

} // namespace guidino::metrics
