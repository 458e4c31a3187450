// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Summaries of per-image figures. Deterministic: the same values and seed give the same result on
/// every machine. Any thread.
namespace guidino::report {

/// A range that holds the true value with a stated confidence.
struct Interval
{
    double low = 0;
    double high = 0;
};

/// Mean, spread and confidence of one column of figures.
struct Summary
{
    std::size_t count = 0; ///< values that are defined
    double mean = 0;
    double median = 0;
    double deviation = 0; ///< sample standard deviation; 0 for one value
    double smallest = 0;
    double largest = 0;
};

/// Of the defined values; nullopt where there are none.
[[nodiscard]] std::optional<Summary> summarise(std::span<const std::optional<double>> values);

/// The values that are defined.
[[nodiscard]] std::vector<double> defined(std::span<const std::optional<double>> values);

/// How to draw bootstrap samples.
struct BootstrapOptions
{
    int samples = 2000;
    double confidence = 0.95; ///< between 0 and 1
    std::uint64_t seed = 1;
};

/// Percentile bootstrap of the mean; nullopt below two values.
[[nodiscard]] std::optional<Interval>
bootstrapMean(std::span<const double> values, const BootstrapOptions& options = {});

/// Two systems on the same images.
struct PairedComparison
{
    std::size_t count = 0;     ///< images where both are defined
    double meanDifference = 0; ///< after - before
    Interval interval;         ///< of the difference, by paired bootstrap
    std::size_t better = 0;    ///< images where after > before
    std::size_t worse = 0;
    double bootstrapP = 1; ///< two-sided: twice the share of resampled means beyond 0
    double wilcoxonP = 1;  ///< two-sided signed-rank test
};

/// Both of one length, in the same order of images; nullopt below two common values.
[[nodiscard]] std::optional<PairedComparison> comparePaired(
    std::span<const std::optional<double>> before,
    std::span<const std::optional<double>> after,
    const BootstrapOptions& options = {});

/// How the distribution of the rank sum is had.
enum class WilcoxonMethod {
    Auto,        ///< exact up to 50 differences that are not zero, else approximate
    Exact,       ///< of all signs of the ranks; tied values share their mean rank
    Approximate, ///< normal, with tie correction, without continuity correction
};

/// Two-sided p of Wilcoxon's signed-rank test for differences; zeros (up to 1e-12) are dropped.
/// Without ties exact values are those of scipy.stats.wilcoxon (zero_method "wilcox", method
/// "exact"), with ties those of its permutation test; approximate ones those of its method
/// "approx". 1 where nothing differs.
[[nodiscard]] double wilcoxonSignedRank(
    std::span<const double> differences, WilcoxonMethod method = WilcoxonMethod::Auto);

} // namespace guidino::report
