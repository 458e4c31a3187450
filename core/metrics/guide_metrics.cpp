// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/guide_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace guidino::metrics {

namespace {

struct Scored
{
    float score;
    bool isInside;
};

/// Descending by score; what is not a number comes last.
std::vector<Scored>
sortedScores(std::span<const float> scores, std::span<const std::uint8_t> isInside)
{
    std::vector<Scored> all(std::min(scores.size(), isInside.size()));
    for (std::size_t i = 0; i < all.size(); ++i) {
        const float score =
            std::isnan(scores[i]) ? -std::numeric_limits<float>::infinity() : scores[i];
        all[i] = {score, isInside[i] != 0};
    }
    std::sort(
        all.begin(), all.end(), [](const Scored& a, const Scored& b) { return a.score > b.score; });
    return all;
}

/// Calls visit(score, inside, outside) for each distinct score, descending.
template<typename Visit>
void forEachScore(const std::vector<Scored>& all, Visit visit)
{
    for (std::size_t i = 0; i < all.size();) {
        const float score = all[i].score;
        double inside = 0;
        double outside = 0;
        for (; i < all.size() && all[i].score == score; ++i) {
            (all[i].isInside ? inside : outside) += 1;
        }
        visit(score, inside, outside);
    }
}

std::vector<double> midRanks(std::span<const double> values)
{
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return values[a] < values[b];
    });
    std::vector<double> ranks(values.size());
    for (std::size_t i = 0; i < order.size();) {
        std::size_t end = i;
        while (end < order.size() && values[order[end]] == values[order[i]]) {
            ++end;
        }
        for (std::size_t k = i; k < end; ++k) {
            ranks[order[k]] = static_cast<double>(i + end - 1) / 2 + 1;
        }
        i = end;
    }
    return ranks;
}

} // namespace

std::optional<double> auroc(std::span<const float> scores, std::span<const std::uint8_t> isInside)
{
    double insideAbove = 0;
    double area = 0;
    double outsideTotal = 0;
    forEachScore(sortedScores(scores, isInside), [&](float, double inside, double outside) {
        area += outside * (insideAbove + inside / 2);
        insideAbove += inside;
        outsideTotal += outside;
    });
    if (insideAbove <= 0 || outsideTotal <= 0) {
        return std::nullopt;
    }
    return area / (insideAbove * outsideTotal);
}

std::optional<ThresholdDsc>
bestThresholdDsc(std::span<const float> scores, std::span<const std::uint8_t> isInside)
{
    const auto all = sortedScores(scores, isInside);
    const auto total = static_cast<double>(
        std::count_if(all.begin(), all.end(), [](const Scored& value) { return value.isInside; }));
    if (total <= 0) {
        return std::nullopt;
    }
    ThresholdDsc best;
    double truePositives = 0;
    double positives = 0;
    forEachScore(all, [&](float score, double inside, double outside) {
        truePositives += inside;
        positives += inside + outside;
        const double dsc = 2 * truePositives / (positives + total);
        if (dsc > best.dsc) {
            best = {dsc, static_cast<double>(score)};
        }
    });
    return best;
}

std::optional<bool>
pointingHit(std::span<const float> scores, std::span<const std::uint8_t> isInside)
{
    const std::size_t count = std::min(scores.size(), isInside.size());
    float largest = -std::numeric_limits<float>::infinity();
    bool hasInside = false;
    for (std::size_t i = 0; i < count; ++i) {
        largest = scores[i] > largest ? scores[i] : largest;
        hasInside = hasInside || isInside[i] != 0;
    }
    if (!hasInside) {
        return std::nullopt;
    }
    std::size_t maxima = 0;
    std::size_t hits = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (scores[i] == largest) {
            ++maxima;
            hits += isInside[i] != 0 ? 1 : 0;
        }
    }
    return maxima > 0 && 2 * hits >= maxima;
}

std::optional<double> pearson(std::span<const double> a, std::span<const double> b)
{
    const std::size_t count = std::min(a.size(), b.size());
    if (count < 2) {
        return std::nullopt;
    }
    const auto meanOf = [count](std::span<const double> values) {
        return std::accumulate(
                   values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count), 0.0)
               / static_cast<double>(count);
    };
    const double meanA = meanOf(a);
    const double meanB = meanOf(b);
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (std::size_t i = 0; i < count; ++i) {
        product += (a[i] - meanA) * (b[i] - meanB);
        squaresA += (a[i] - meanA) * (a[i] - meanA);
        squaresB += (b[i] - meanB) * (b[i] - meanB);
    }
    // Equal values may leave squares of rounding errors.
    const auto isFlat = [count](std::span<const double> values) {
        const auto [low, high] = std::ranges::minmax(values.first(count));
        return low == high;
    };
    if (isFlat(a) || isFlat(b) || !(squaresA > 0 && squaresB > 0)) {
        return std::nullopt;
    }
    return std::clamp(product / std::sqrt(squaresA * squaresB), -1.0, 1.0);
}

std::optional<double> spearman(std::span<const double> a, std::span<const double> b)
{
    const std::size_t count = std::min(a.size(), b.size());
    return pearson(midRanks(a.first(count)), midRanks(b.first(count)));
}

} // namespace guidino::metrics
