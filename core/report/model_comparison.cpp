// SPDX-License-Identifier: Apache-2.0
#include "core/report/model_comparison.h"

#include "core/metrics/segmentation_metrics.h"

#include <algorithm>
#include <array>

namespace guidino::report {

namespace {

/// Scores are ratios of counts: what is equal in exact arithmetic differs by less than this.
constexpr double kRounding = 1e-12;

std::vector<int> classesOf(const Raster8& one, const Raster8& other)
{
    std::array<bool, 256> isThere{};
    for (const Raster8* raster : {&one, &other}) {
        for (const std::uint8_t value : raster->pixels()) {
            isThere[value] = true;
        }
    }
    std::vector<int> classes;
    for (int value = 1; value < kIgnoreLabel; ++value) {
        if (isThere[static_cast<std::size_t>(value)]) {
            classes.push_back(value);
        }
    }
    return classes;
}

bool counts(const ModelCase& one, const ModelComparisonOptions& options)
{
    return one.a && one.b && (options.countsOwnCases || !one.isFromModel);
}

ModelSummary summaryOf(
    const std::vector<double>& dsc,
    const std::vector<double>& hd95,
    const BootstrapOptions& options)
{
    const auto summarised = [](const std::vector<double>& values) {
        return *summarise(std::vector<std::optional<double>>(values.begin(), values.end()));
    };
    ModelSummary summary;
    summary.dsc = summarised(dsc);
    summary.interval =
        bootstrapMean(dsc, options).value_or(Interval{summary.dsc.mean, summary.dsc.mean});
    const Summary distance = summarised(hd95);
    summary.hd95Mean = distance.mean;
    summary.hd95Median = distance.median;
    return summary;
}

} // namespace

std::optional<CaseScore> scoreOf(const LabelMap& prediction, const LabelMap& reference)
{
    if (prediction.size() != reference.size() || reference.size().isEmpty()) {
        return std::nullopt;
    }
    const Raster8 predicted = prediction.toRaster();
    const Raster8 right = reference.toRaster();
    metrics::MetricOptions options;
    options.emptyPolicy = metrics::EmptyPolicy::Penalise;
    options.withAssd = false;
    options.withNsd = false;
    const std::vector<int> classes = classesOf(predicted, right);
    CaseScore score{classes.empty() ? 1.0 : 0.0, 0.0};
    for (const metrics::PairMetrics& pair :
         metrics::evaluateClasses(predicted, right, classes, options)) {
        const auto share = 1.0 / static_cast<double>(classes.size());
        score.dsc += share * pair.dsc.value_or(1.0); // all of it is to be ignored
        score.hd95 += share * pair.hd95.value_or(0.0);
    }
    return score;
}

std::optional<double> ModelCase::dscChange() const
{
    return a && b ? std::optional(b->dsc - a->dsc) : std::nullopt;
}

std::optional<double> ModelCase::hd95Change() const
{
    return a && b ? std::optional(b->hd95 - a->hd95) : std::nullopt;
}

ModelComparison
compareModels(std::span<const ModelCase> cases, const ModelComparisonOptions& options)
{
    ModelComparison result;
    std::vector<double> dscA;
    std::vector<double> dscB;
    std::vector<double> hd95A;
    std::vector<double> hd95B;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const ModelCase& one = cases[i];
        if (one.isFromModel && !options.countsOwnCases) {
            ++result.leftOut;
        } else if (!counts(one, options)) {
            ++result.unscored;
        } else {
            dscA.push_back(one.a->dsc);
            dscB.push_back(one.b->dsc);
            hd95A.push_back(one.a->hd95);
            hd95B.push_back(one.b->hd95);
            if (*one.dscChange() > kRounding) {
                result.better.push_back(i);
            } else if (*one.dscChange() < -kRounding) {
                result.worse.push_back(i);
            }
        }
    }
    result.counted = dscA.size();
    if (result.counted == 0) {
        return result;
    }
    result.a = summaryOf(dscA, hd95A, options.bootstrap);
    result.b = summaryOf(dscB, hd95B, options.bootstrap);
    const auto paired = [&](const std::vector<double>& before, const std::vector<double>& after) {
        return comparePaired(
            std::vector<std::optional<double>>(before.begin(), before.end()),
            std::vector<std::optional<double>>(after.begin(), after.end()),
            options.bootstrap);
    };
    result.dsc = paired(dscA, dscB);
    result.hd95 = paired(hd95A, hd95B);
    std::stable_sort(result.better.begin(), result.better.end(), [&](auto left, auto right) {
        return *cases[left].dscChange() > *cases[right].dscChange();
    });
    std::stable_sort(result.worse.begin(), result.worse.end(), [&](auto left, auto right) {
        return *cases[left].dscChange() < *cases[right].dscChange();
    });
    return result;
}

GateVerdict judgeGate(std::span<const ModelCase> cases, double limit)
{
    GateVerdict verdict;
    verdict.limit = limit;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const ModelCase& one = cases[i];
        if (one.isFromModel) {
            ++verdict.leftOut;
        } else if (!one.a || !one.b) {
            ++verdict.unscored;
        } else {
            ++verdict.checked;
            verdict.largestDrop = std::max(verdict.largestDrop, -*one.dscChange());
            if (-*one.dscChange() > limit + kRounding) {
                verdict.offenders.push_back(i);
            }
        }
    }
    std::stable_sort(
        verdict.offenders.begin(), verdict.offenders.end(), [&](auto left, auto right) {
            return *cases[left].dscChange() < *cases[right].dscChange();
        });
    return verdict;
}

} // namespace guidino::report
