// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/surface_distance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace guidino::metrics {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Stands for "no target in this column"; its square stays far inside an int64 and a double.
constexpr std::int32_t kFar = std::int32_t{1} << 29;

/// Marked cells of a grid.
struct Grid
{
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> cells;

    Grid(int columns, int rows)
        : width(columns)
        , height(rows)
        , cells(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows))
    {}

    [[nodiscard]] const std::uint8_t* row(int y) const { return cells.data() + offset(y); }

    [[nodiscard]] std::uint8_t* row(int y) { return cells.data() + offset(y); }

    [[nodiscard]] std::size_t offset(int y) const
    {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    }
};

Rect boundsOf(const Raster8& mask)
{
    Rect bounds;
    for (int y = 0; y < mask.height(); ++y) {
        const std::uint8_t* row = mask.row(y);
        const std::uint8_t* end = row + mask.width();
        const auto isOn = [](std::uint8_t value) { return value != 0; };
        const std::uint8_t* first = std::find_if(row, end, isOn);
        if (first == end) {
            continue;
        }
        const std::uint8_t* last = end;
        while (*(last - 1) == 0) {
            --last;
        }
        bounds =
            bounds.united({static_cast<int>(first - row), y, static_cast<int>(last - first), 1});
    }
    return bounds;
}

/// Everything outside `crop` is empty, so nothing beyond it matters.
Grid cropped(const Raster8& mask, Rect crop)
{
    Grid grid(crop.width, crop.height);
    for (int y = 0; y < crop.height; ++y) {
        const std::uint8_t* in = mask.row(crop.y + y) + crop.x;
        std::transform(in, in + crop.width, grid.row(y), [](std::uint8_t value) {
            return static_cast<std::uint8_t>(value != 0 ? 1 : 0);
        });
    }
    return grid;
}

Grid bordersOf(const Grid& mask)
{
    Grid borders(mask.width, mask.height);
    const std::vector<std::uint8_t> empty(static_cast<std::size_t>(mask.width));
    for (int y = 0; y < mask.height; ++y) {
        const std::uint8_t* row = mask.row(y);
        const std::uint8_t* above = y > 0 ? mask.row(y - 1) : empty.data();
        const std::uint8_t* below = y + 1 < mask.height ? mask.row(y + 1) : empty.data();
        std::uint8_t* out = borders.row(y);
        const int last = mask.width - 1;
        for (int x = 1; x < last; ++x) {
            out[x] = static_cast<std::uint8_t>(
                row[x] & ~(row[x - 1] & row[x + 1] & above[x] & below[x]));
        }
        // Beyond the crop is outside.
        out[0] = row[0];
        out[last] = row[last];
    }
    return borders;
}

/// For each cell the vertical distance to the nearest target of its column, in cells.
std::vector<std::int32_t> columnDistances(const Grid& targets)
{
    std::vector<std::int32_t> distances(targets.cells.size());
    const auto width = static_cast<std::size_t>(targets.width);
    for (int y = 0; y < targets.height; ++y) {
        const std::uint8_t* row = targets.row(y);
        std::int32_t* out = distances.data() + targets.offset(y);
        for (std::size_t x = 0; x < width; ++x) {
            const std::int32_t before =
                y > 0 ? out[static_cast<std::ptrdiff_t>(x) - targets.width] + 1 : kFar;
            out[x] = row[x] != 0 ? 0 : before;
        }
    }
    for (int y = targets.height - 2; y >= 0; --y) {
        std::int32_t* out = distances.data() + targets.offset(y);
        for (std::size_t x = 0; x < width; ++x) {
            out[x] = std::min(out[x], out[x + width] + 1);
        }
    }
    return distances;
}

/// Squared distances along one row by the lower envelope of parabolas (Felzenszwalb and
/// Huttenlocher 2012, algorithm 1).
class RowEnvelope
{
public:
    RowEnvelope(int width, SpacingMm spacing)
        : m_width(width)
        , m_spacing(spacing)
        , m_places(static_cast<std::size_t>(width))
        , m_starts(static_cast<std::size_t>(width) + 1)
    {}

    void build(const std::int32_t* column)
    {
        m_column = column;
        m_count = 0;
        for (int x = 0; x < m_width; ++x) {
            if (column[x] >= kFar) {
                continue;
            }
            double start = -kInfinity;
            while (m_count > 0) {
                start = crossing(m_places[m_count - 1], x);
                if (start > m_starts[m_count - 1]) {
                    break;
                }
                --m_count;
                start = -kInfinity;
            }
            m_places[m_count] = x;
            m_starts[m_count] = start;
            ++m_count;
        }
        m_current = 0;
    }

    /// x must not fall between calls after one build().
    [[nodiscard]] double squaredAt(int x)
    {
        if (m_count == 0) {
            return kInfinity;
        }
        while (m_current + 1 < m_count && m_starts[m_current + 1] <= x) {
            ++m_current;
        }
        return squared(m_places[m_current], x);
    }

    [[nodiscard]] double squared(int place, int x) const
    {
        const double dx = (x - place) * m_spacing.x;
        return dx * dx + height(place);
    }

private:
    [[nodiscard]] double height(int place) const
    {
        const double dy = m_column[place] * m_spacing.y;
        return dy * dy;
    }

    /// Where the parabola of b gets below that of a, a < b.
    [[nodiscard]] double crossing(int a, int b) const
    {
        const double square = m_spacing.x * m_spacing.x;
        return ((height(b) - height(a)) / square + static_cast<double>(b) * b
                - static_cast<double>(a) * a)
               / (2.0 * (b - a));
    }

    int m_width;
    SpacingMm m_spacing;
    const std::int32_t* m_column = nullptr;
    std::vector<int> m_places;
    std::vector<double> m_starts;
    std::size_t m_count = 0;
    std::size_t m_current = 0;
};

/// Distance of each marked query to the nearest target, in reading order.
std::vector<double> distancesAt(const Grid& queries, const Grid& targets, SpacingMm spacing)
{
    const std::vector<std::int32_t> columns = columnDistances(targets);
    RowEnvelope envelope(targets.width, spacing);
    std::vector<double> result;
    const double squareX = spacing.x * spacing.x;
    for (int y = 0; y < queries.height; ++y) {
        const std::uint8_t* row = queries.row(y);
        const std::int32_t* column = columns.data() + targets.offset(y);
        // Surfaces mostly lie close together: looking outwards from a query until nothing nearer is
        // possible takes a few steps. A row that has used up its share of steps goes on by
        // envelope, so that the whole stays linear.
        int steps = 4 * queries.width;
        bool hasEnvelope = false;
        for (int x = 0; x < queries.width; ++x) {
            if (row[x] == 0) {
                continue;
            }
            if (steps <= 0 && !hasEnvelope) {
                envelope.build(column);
                hasEnvelope = true;
            }
            if (hasEnvelope) {
                result.push_back(std::sqrt(envelope.squaredAt(x)));
                continue;
            }
            const auto squaredAt = [&](int place) {
                const double dy = column[place] * spacing.y;
                return column[place] >= kFar ? kInfinity : dy * dy;
            };
            double best = squaredAt(x);
            for (int dx = 1; static_cast<double>(dx) * dx * squareX < best; ++dx) {
                const bool hasLeft = x - dx >= 0;
                const bool hasRight = x + dx < queries.width;
                if (!hasLeft && !hasRight) {
                    break;
                }
                --steps;
                const double along = dx * spacing.x;
                const double left = hasLeft ? squaredAt(x - dx) : kInfinity;
                const double right = hasRight ? squaredAt(x + dx) : kInfinity;
                best = std::min(best, along * along + std::min(left, right));
            }
            result.push_back(std::sqrt(best));
        }
    }
    return result;
}

/// The crop that holds both masks; empty where both are.
Rect unionBounds(const Raster8& prediction, const Raster8& reference)
{
    return boundsOf(prediction).united(boundsOf(reference));
}

DirectedDistances sorted(std::vector<double> distances)
{
    std::sort(distances.begin(), distances.end());
    return {std::move(distances), {}};
}

/// Nodes between pixels, one more each way than pixels: which contour length passes each.
struct ContourNodes
{
    Grid nodes;
    std::vector<double> lengths;
};

ContourNodes contourNodes(const Grid& mask, SpacingMm spacing)
{
    // surface-distance, lookup_tables.create_table_neighbour_code_to_contour_length: corners cut
    // diagonally, straight runs along an axis, two opposite corners two cuts. Bits: 8 = upper left,
    // 4 = upper right, 2 = lower left, 1 = lower right.
    const double diagonal = 0.5 * std::hypot(spacing.x, spacing.y);
    std::array<double, 16> length{};
    for (const std::size_t code : {1U, 2U, 4U, 8U, 7U, 11U, 13U, 14U}) {
        length[code] = diagonal;
    }
    length[6] = length[9] = 2 * diagonal;
    length[12] = length[3] = spacing.x;
    length[10] = length[5] = spacing.y;

    ContourNodes result{Grid(mask.width + 1, mask.height + 1), {}};
    const auto at = [&](int x, int y) -> std::size_t {
        const bool isIn = x >= 0 && y >= 0 && x < mask.width && y < mask.height;
        return isIn ? mask.row(y)[x] : 0U;
    };
    for (int y = 0; y <= mask.height; ++y) {
        for (int x = 0; x <= mask.width; ++x) {
            const std::size_t code =
                at(x - 1, y - 1) * 8 + at(x, y - 1) * 4 + at(x - 1, y) * 2 + at(x, y);
            if (code != 0 && code != 15) {
                result.nodes.row(y)[x] = 1;
                result.lengths.push_back(length[code]);
            }
        }
    }
    return result;
}

DirectedDistances weighted(const std::vector<double>& distances, const std::vector<double>& lengths)
{
    std::vector<std::pair<double, double>> pairs(distances.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        pairs[i] = {distances[i], lengths[i]};
    }
    std::sort(pairs.begin(), pairs.end());
    DirectedDistances result;
    for (const auto& [distance, length] : pairs) {
        result.distances.push_back(distance);
        result.weights.push_back(length);
    }
    return result;
}

/// numpy.percentile's default: linear between the two nearest ranks.
template<typename At>
double linearPercentile(std::size_t count, double percent, At at)
{
    const double rank = percent / 100 * static_cast<double>(count - 1);
    const auto lower = std::min(static_cast<std::size_t>(rank), count - 1);
    const std::size_t upper = std::min(lower + 1, count - 1);
    const double share = rank - static_cast<double>(lower);
    const double low = at(lower);
    const double high = at(upper);
    return low == high ? low : low + (high - low) * share; // also where both are infinite
}

std::optional<double> larger(std::optional<double> a, std::optional<double> b)
{
    if (!a || !b) {
        return std::nullopt;
    }
    return std::max(*a, *b);
}

} // namespace

std::optional<double> DirectedDistances::mean() const
{
    if (distances.empty()) {
        return std::nullopt;
    }
    if (weights.empty()) {
        return std::accumulate(distances.begin(), distances.end(), 0.0)
               / static_cast<double>(distances.size());
    }
    const double sum = std::inner_product(distances.begin(), distances.end(), weights.begin(), 0.0);
    return sum / std::accumulate(weights.begin(), weights.end(), 0.0);
}

std::optional<double> DirectedDistances::percentile(double percent) const
{
    if (distances.empty()) {
        return std::nullopt;
    }
    return linearPercentile(
        distances.size(), percent, [this](std::size_t i) { return distances[i]; });
}

std::optional<double> DirectedDistances::weightedPercentile(double percent) const
{
    if (distances.empty()) {
        return std::nullopt;
    }
    const auto weightAt = [this](std::size_t i) { return weights.empty() ? 1.0 : weights[i]; };
    double whole = 0;
    for (std::size_t i = 0; i < distances.size(); ++i) {
        whole += weightAt(i);
    }
    double sum = 0;
    for (std::size_t i = 0; i < distances.size(); ++i) {
        sum += weightAt(i);
        if (sum / whole >= percent / 100) {
            return distances[i];
        }
    }
    return distances.back();
}

std::pair<double, double> DirectedDistances::weightWithin(double tolerance) const
{
    double within = 0;
    double whole = 0;
    for (std::size_t i = 0; i < distances.size(); ++i) {
        const double weight = weights.empty() ? 1.0 : weights[i];
        whole += weight;
        within += distances[i] <= tolerance ? weight : 0.0;
    }
    return {within, whole};
}

std::optional<double> SurfaceDistances::maxPercentile(double percent) const
{
    return larger(fromPrediction.percentile(percent), fromReference.percentile(percent));
}

std::optional<double> SurfaceDistances::pooledPercentile(double percent) const
{
    std::vector<double> all;
    std::merge(
        fromPrediction.distances.begin(),
        fromPrediction.distances.end(),
        fromReference.distances.begin(),
        fromReference.distances.end(),
        std::back_inserter(all));
    return DirectedDistances{std::move(all), {}}.percentile(percent);
}

std::optional<double> SurfaceDistances::maxWeightedPercentile(double percent) const
{
    return larger(
        fromPrediction.weightedPercentile(percent), fromReference.weightedPercentile(percent));
}

std::optional<double> SurfaceDistances::pooledMean() const
{
    const auto a = fromPrediction.distances.size();
    const auto b = fromReference.distances.size();
    if (a + b == 0) {
        return std::nullopt;
    }
    const double sum =
        std::accumulate(fromPrediction.distances.begin(), fromPrediction.distances.end(), 0.0)
        + std::accumulate(fromReference.distances.begin(), fromReference.distances.end(), 0.0);
    return sum / static_cast<double>(a + b);
}

std::optional<double> SurfaceDistances::meanOfMeans() const
{
    const auto a = fromPrediction.mean();
    const auto b = fromReference.mean();
    if (!a || !b) {
        return std::nullopt;
    }
    return (*a + *b) / 2;
}

std::optional<double> SurfaceDistances::normalisedSurfaceDistance(double tolerance) const
{
    const auto [withinA, wholeA] = fromPrediction.weightWithin(tolerance);
    const auto [withinB, wholeB] = fromReference.weightWithin(tolerance);
    if (wholeA + wholeB <= 0) {
        return std::nullopt;
    }
    return (withinA + withinB) / (wholeA + wholeB);
}

SurfaceDistances
borderDistances(const Raster8& prediction, const Raster8& reference, SpacingMm spacing)
{
    const Rect crop = unionBounds(prediction, reference);
    if (crop.isEmpty() || prediction.size() != reference.size()) {
        return {};
    }
    const Grid predicted = bordersOf(cropped(prediction, crop));
    const Grid expected = bordersOf(cropped(reference, crop));
    return {
        sorted(distancesAt(predicted, expected, spacing)),
        sorted(distancesAt(expected, predicted, spacing))};
}

SurfaceDistances
filledDistances(const Raster8& prediction, const Raster8& reference, SpacingMm spacing)
{
    const Rect crop = unionBounds(prediction, reference);
    if (crop.isEmpty() || prediction.size() != reference.size()) {
        return {};
    }
    const Grid predicted = cropped(prediction, crop);
    const Grid expected = cropped(reference, crop);
    return {
        sorted(distancesAt(bordersOf(predicted), expected, spacing)),
        sorted(distancesAt(bordersOf(expected), predicted, spacing))};
}

SurfaceDistances
contourDistances(const Raster8& prediction, const Raster8& reference, SpacingMm spacing)
{
    const Rect crop = unionBounds(prediction, reference);
    if (crop.isEmpty() || prediction.size() != reference.size()) {
        return {};
    }
    const ContourNodes predicted = contourNodes(cropped(prediction, crop), spacing);
    const ContourNodes expected = contourNodes(cropped(reference, crop), spacing);
    return {
        weighted(distancesAt(predicted.nodes, expected.nodes, spacing), predicted.lengths),
        weighted(distancesAt(expected.nodes, predicted.nodes, spacing), expected.lengths)};
}

RasterF distanceTransform(const Raster8& mask, SpacingMm spacing)
{
    RasterF result(mask.width(), mask.height());
    if (mask.isEmpty()) {
        return result;
    }
    const Grid targets = cropped(mask, {0, 0, mask.width(), mask.height()});
    const std::vector<std::int32_t> columns = columnDistances(targets);
    RowEnvelope envelope(targets.width, spacing);
    for (int y = 0; y < targets.height; ++y) {
        envelope.build(columns.data() + targets.offset(y));
        for (int x = 0; x < targets.width; ++x) {
            result.at(x, y) = static_cast<float>(std::sqrt(envelope.squaredAt(x)));
        }
    }
    return result;
}

} // namespace guidino::metrics
