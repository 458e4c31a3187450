// SPDX-License-Identifier: Apache-2.0
#include "core/report/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace guidino::report {

namespace {

constexpr std::size_t kExactLimit = 50;
/// Differences of scores that are equal in exact arithmetic differ by less than this.
constexpr double kTie = 1e-12;

/// SplitMix64 (Steele et al. 2014): the standard library's distributions differ between platforms.
class Random
{
public:
    explicit Random(std::uint64_t seed)
        : m_state(seed)
    {}

    /// 0 .. bound - 1; the bias of below bound / 2^32 does not matter here.
    std::size_t below(std::size_t bound)
    {
        m_state += 0x9E3779B97F4A7C15ULL;
        std::uint64_t value = m_state;
        value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
        value ^= value >> 31U;
        return static_cast<std::size_t>(((value >> 32U) * bound) >> 32U);
    }

private:
    std::uint64_t m_state;
};

double meanOf(std::span<const double> values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Ascending means of resampled values.
std::vector<double> resampledMeans(std::span<const double> values, const BootstrapOptions& options)
{
    Random random(options.seed);
    std::vector<double> means;
    for (int i = 0; i < std::max(options.samples, 1); ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < values.size(); ++k) {
            sum += values[random.below(values.size())];
        }
        means.push_back(sum / static_cast<double>(values.size()));
    }
    std::sort(means.begin(), means.end());
    return means;
}

double percentileOf(const std::vector<double>& ascending, double share)
{
    const double rank = share * static_cast<double>(ascending.size() - 1);
    const auto lower = static_cast<std::size_t>(rank);
    const std::size_t upper = std::min(lower + 1, ascending.size() - 1);
    return ascending[lower]
           + (ascending[upper] - ascending[lower]) * (rank - static_cast<double>(lower));
}

Interval intervalOf(const std::vector<double>& means, double confidence)
{
    const double tail = (1 - std::clamp(confidence, 0.0, 1.0)) / 2;
    return {percentileOf(means, tail), percentileOf(means, 1 - tail)};
}

/// Chance that the sum of ranks with random signs is at most `sum`. Ranks are doubled, so that the
/// mean ranks of ties are whole numbers.
double exactTail(const std::vector<std::size_t>& doubledRanks, std::size_t doubledSum)
{
    const std::size_t most =
        std::accumulate(doubledRanks.begin(), doubledRanks.end(), std::size_t{0});
    std::vector<double> chance(most + 1);
    chance[0] = 1;
    std::size_t reached = 0;
    for (const std::size_t rank : doubledRanks) {
        reached += rank;
        for (std::size_t s = reached + 1; s-- > 0;) {
            chance[s] = (chance[s] + (s >= rank ? chance[s - rank] : 0)) / 2;
        }
    }
    return std::accumulate(
        chance.begin(),
        chance.begin() + static_cast<std::ptrdiff_t>(std::min(doubledSum, most)) + 1,
        0.0);
}

} // namespace

std::vector<double> defined(std::span<const std::optional<double>> values)
{
    std::vector<double> result;
    for (const auto& value : values) {
        if (value && std::isfinite(*value)) {
            result.push_back(*value);
        }
    }
    return result;
}

std::optional<Summary> summarise(std::span<const std::optional<double>> values)
{
    std::vector<double> known = defined(values);
    if (known.empty()) {
        return std::nullopt;
    }
    std::sort(known.begin(), known.end());
    Summary summary;
    summary.count = known.size();
    summary.mean = meanOf(known);
    summary.median = percentileOf(known, 0.5);
    summary.smallest = known.front();
    summary.largest = known.back();
    double squares = 0;
    for (const double value : known) {
        squares += (value - summary.mean) * (value - summary.mean);
    }
    summary.deviation =
        known.size() > 1 ? std::sqrt(squares / static_cast<double>(known.size() - 1)) : 0;
    return summary;
}

std::optional<Interval>
bootstrapMean(std::span<const double> values, const BootstrapOptions& options)
{
    if (values.size() < 2) {
        return std::nullopt;
    }
    return intervalOf(resampledMeans(values, options), options.confidence);
}

std::optional<PairedComparison> comparePaired(
    std::span<const std::optional<double>> before,
    std::span<const std::optional<double>> after,
    const BootstrapOptions& options)
{
    std::vector<double> differences;
    for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
        if (before[i] && after[i] && std::isfinite(*before[i]) && std::isfinite(*after[i])) {
            differences.push_back(*after[i] - *before[i]);
        }
    }
    if (differences.size() < 2) {
        return std::nullopt;
    }
    PairedComparison result;
    result.count = differences.size();
    result.meanDifference = meanOf(differences);
    for (const double difference : differences) {
        result.better += difference > 0 ? 1 : 0;
        result.worse += difference < 0 ? 1 : 0;
    }
    const std::vector<double> means = resampledMeans(differences, options);
    result.interval = intervalOf(means, options.confidence);
    const auto notAbove = std::upper_bound(means.begin(), means.end(), 0.0) - means.begin();
    const auto below = std::lower_bound(means.begin(), means.end(), 0.0) - means.begin();
    const auto count = static_cast<double>(means.size());
    const double lowTail = static_cast<double>(notAbove) / count;
    const double highTail = (count - static_cast<double>(below)) / count;
    result.bootstrapP = std::clamp(2 * std::min(lowTail, highTail), 1 / count, 1.0);
    result.wilcoxonP = wilcoxonSignedRank(differences);
    return result;
}

double wilcoxonSignedRank(std::span<const double> differences, WilcoxonMethod method)
{
    std::vector<double> values;
    std::copy_if(differences.begin(), differences.end(), std::back_inserter(values), [](double d) {
        return std::abs(d) > kTie;
    });
    const std::size_t count = values.size();
    if (count == 0) {
        return 1;
    }
    std::sort(
        values.begin(), values.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
    std::vector<std::size_t> doubledRanks;
    std::size_t doubledPositive = 0;
    double tieTerm = 0;
    for (std::size_t i = 0; i < count;) {
        std::size_t end = i + 1;
        while (end < count && std::abs(values[end]) - std::abs(values[i]) <= kTie) {
            ++end;
        }
        const std::size_t doubledRank = i + 1 + end;
        for (std::size_t k = i; k < end; ++k) {
            doubledRanks.push_back(doubledRank);
            doubledPositive += values[k] > 0 ? doubledRank : 0;
        }
        const auto tied = static_cast<double>(end - i);
        tieTerm += tied * tied * tied - tied;
        i = end;
    }
    const std::size_t doubledWhole = count * (count + 1);
    const std::size_t doubledSmaller = std::min(doubledPositive, doubledWhole - doubledPositive);
    if (method == WilcoxonMethod::Exact
        || (method == WilcoxonMethod::Auto && count <= kExactLimit)) {
        return std::min(1.0, 2 * exactTail(doubledRanks, doubledSmaller));
    }
    const auto n = static_cast<double>(count);
    const double variance = n * (n + 1) * (2 * n + 1) / 24 - tieTerm / 48;
    if (!(variance > 0)) {
        return 1;
    }
    const double z =
        (static_cast<double>(doubledSmaller) / 2 - n * (n + 1) / 4) / std::sqrt(variance);
    return std::min(1.0, std::erfc(-z / std::sqrt(2.0)));
}

} // namespace guidino::report
