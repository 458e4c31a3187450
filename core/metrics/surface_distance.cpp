// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/surface_distance.h"

#include "core/metrics/nearest_distance.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iterator>
#include <numeric>

namespace guidino::metrics {

namespace {

bool areOfOneSize(const BitMask& a, const BitMask& b)
{
    return a.width() == b.width() && a.height() == b.height();
}

DirectedDistances sorted(std::vector<double> distances)
{
    std::sort(distances.begin(), distances.end());
    return {std::move(distances), {}};
}

/// Nodes between pixels, one more each way than pixels: which contour length passes each.
struct ContourNodes
{
    BitMask nodes;
    /// In reading order of the nodes.
    std::vector<double> lengths;
};

ContourNodes contourNodes(const BitMask& mask, SpacingMm spacing)
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

    ContourNodes result{BitMask(mask.width() + 1, mask.height() + 1), {}};
    const std::vector<std::uint64_t> empty(mask.wordsPerRow());
    for (int y = 0; y <= mask.height(); ++y) {
        const std::uint64_t* above = y > 0 ? mask.row(y - 1) : empty.data();
        const std::uint64_t* below = y < mask.height() ? mask.row(y) : empty.data();
        std::uint64_t* out = result.nodes.row(y);
        const auto word = [&](const std::uint64_t* row, std::size_t w) {
            return w < mask.wordsPerRow() ? row[w] : 0U;
        };
        const auto before = [&](const std::uint64_t* row, std::size_t w) {
            return (word(row, w) << 1U) | (w > 0 ? row[w - 1] >> 63U : 0U);
        };
        for (std::size_t w = 0; w < result.nodes.wordsPerRow(); ++w) {
            const std::uint64_t corners[] = {
                before(above, w), word(above, w), before(below, w), word(below, w)};
            const std::uint64_t any = corners[0] | corners[1] | corners[2] | corners[3];
            out[w] = any & ~(corners[0] & corners[1] & corners[2] & corners[3]);
            for (std::uint64_t rest = out[w]; rest != 0; rest &= rest - 1) {
                const auto bit = static_cast<unsigned>(std::countr_zero(rest));
                const auto at = [bit](std::uint64_t corner) { return (corner >> bit) & 1U; };
                result.lengths.push_back(length
                                             [at(corners[0]) * 8 + at(corners[1]) * 4
                                              + at(corners[2]) * 2 + at(corners[3])]);
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
borderDistances(const BitMask& prediction, const BitMask& reference, SpacingMm spacing)
{
    if (!areOfOneSize(prediction, reference)) {
        return {};
    }
    const BitMask predicted = prediction.border();
    const BitMask expected = reference.border();
    return {
        sorted(nearestDistances(predicted, expected, spacing)),
        sorted(nearestDistances(expected, predicted, spacing))};
}

SurfaceDistances
filledDistances(const BitMask& prediction, const BitMask& reference, SpacingMm spacing)
{
    if (!areOfOneSize(prediction, reference)) {
        return {};
    }
    // Seen from outside the nearest inside pixel is a border pixel; seen from inside it is the
    // pixel itself. So few targets stand for the whole.
    const BitMask predicted = prediction.border();
    const BitMask expected = reference.border();
    BitMask nearPrediction = predicted;
    nearPrediction.uniteCommon(expected, prediction);
    BitMask nearReference = expected;
    nearReference.uniteCommon(predicted, reference);
    return {
        sorted(nearestDistances(predicted, nearReference, spacing)),
        sorted(nearestDistances(expected, nearPrediction, spacing))};
}

SurfaceDistances
contourDistances(const BitMask& prediction, const BitMask& reference, SpacingMm spacing)
{
    if (!areOfOneSize(prediction, reference)) {
        return {};
    }
    const ContourNodes predicted = contourNodes(prediction, spacing);
    const ContourNodes expected = contourNodes(reference, spacing);
    return {
        weighted(nearestDistances(predicted.nodes, expected.nodes, spacing), predicted.lengths),
        weighted(nearestDistances(expected.nodes, predicted.nodes, spacing), expected.lengths)};
}

SurfaceDistances
borderDistances(const Raster8& prediction, const Raster8& reference, SpacingMm spacing)
{
    return borderDistances(BitMask::ofNonzero(prediction), BitMask::ofNonzero(reference), spacing);
}

SurfaceDistances
filledDistances(const Raster8& prediction, const Raster8& reference, SpacingMm spacing)
{
    return filledDistances(BitMask::ofNonzero(prediction), BitMask::ofNonzero(reference), spacing);
}

SurfaceDistances
contourDistances(const Raster8& prediction, const Raster8& reference, SpacingMm spacing)
{
    return contourDistances(BitMask::ofNonzero(prediction), BitMask::ofNonzero(reference), spacing);
}

RasterF distanceTransform(const Raster8& mask, SpacingMm spacing)
{
    RasterF result(mask.width(), mask.height());
    const BitMask everywhere = BitMask::ofValue(Raster8(mask.width(), mask.height()), 0);
    const auto distances = nearestDistances(everywhere, BitMask::ofNonzero(mask), spacing);
    std::transform(distances.begin(), distances.end(), result.data(), [](double distance) {
        return static_cast<float>(distance);
    });
    return result;
}

} // namespace guidino::metrics
