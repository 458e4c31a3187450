// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/segmentation_metrics.h"

#include "core/metrics/surface_distance.h"

#include <array>
#include <cmath>
#include <string>

namespace guidino::metrics {

namespace {

template<typename Enum, std::size_t N>
Result<Enum> fromName(const std::array<Enum, N>& values, std::string_view name, const char* what)
{
    std::string known;
    for (const Enum value : values) {
        if (name == nameOf(value)) {
            return value;
        }
        known += std::string(known.empty() ? "" : ", ") + nameOf(value);
    }
    return Error{
        ErrorCode::Usage,
        std::string(what) + " '" + std::string(name) + "' is unknown; choose one of: " + known,
        {}};
}

std::optional<double> ratio(std::int64_t numerator, std::int64_t denominator)
{
    if (denominator == 0) {
        return std::nullopt;
    }
    return static_cast<double>(numerator) / static_cast<double>(denominator);
}

/// 1 where the raster has the class and the reference is not ignored.
Raster8 binaryMask(
    const Raster8& labels,
    const Raster8& reference,
    std::uint8_t classIndex,
    std::optional<std::uint8_t> ignoreLabel)
{
    Raster8 mask(labels.width(), labels.height());
    const std::uint8_t* in = labels.data();
    const std::uint8_t* truth = reference.data();
    std::uint8_t* out = mask.data();
    const std::size_t count = mask.pixels().size();
    const bool hasIgnore = ignoreLabel.has_value();
    const std::uint8_t ignore = ignoreLabel.value_or(0);
    for (std::size_t i = 0; i < count; ++i) {
        const bool isIgnored = hasIgnore && truth[i] == ignore;
        out[i] = static_cast<std::uint8_t>(in[i] == classIndex && !isIgnored ? 1 : 0);
    }
    return mask;
}

bool areComparable(const Raster8& prediction, const Raster8& reference)
{
    return prediction.size() == reference.size() && prediction.channels() == 1
           && reference.channels() == 1;
}

void setAll(PairMetrics& metrics, std::optional<double> overlap, std::optional<double> distance)
{
    metrics.dsc = overlap;
    metrics.iou = overlap;
    metrics.nsd = overlap;
    metrics.hd95 = distance;
    metrics.hd100 = distance;
    metrics.assd = distance;
}

/// What a pair with an empty mask gets, by policy.
void applyPolicy(PairMetrics& metrics, Size size, const MetricOptions& options)
{
    const SpacingMm spacing = options.spacingMm.value_or(SpacingMm{});
    const double diagonal = std::hypot(size.width * spacing.x, size.height * spacing.y);
    const bool isBoth = metrics.emptyCase == EmptyCase::BothEmpty;
    switch (options.emptyPolicy) {
    case EmptyPolicy::Null:
        if (isBoth) {
            setAll(metrics, std::nullopt, std::nullopt);
        } else {
            setAll(metrics, 0.0, std::nullopt);
        }
        break;
    case EmptyPolicy::Penalise:
        setAll(metrics, isBoth ? 1.0 : 0.0, isBoth ? 0.0 : diagonal);
        break;
    case EmptyPolicy::Drop:
        setAll(metrics, std::nullopt, std::nullopt);
        metrics.precision.reset();
        metrics.recall.reset();
        break;
    }
    if (!options.withDistances) {
        metrics.nsd.reset();
        metrics.hd95.reset();
        metrics.hd100.reset();
        metrics.assd.reset();
    }
}

void addDistances(
    PairMetrics& metrics,
    const Raster8& predicted,
    const Raster8& expected,
    const MetricOptions& options)
{
    const SpacingMm spacing = options.spacingMm.value_or(SpacingMm{});
    const SurfaceDistances borders = borderDistances(predicted, expected, spacing);
    std::optional<SurfaceDistances> contours;
    if (options.hd95 == Hd95Definition::DeepMind || options.nsd == NsdDefinition::ContourLength) {
        contours = contourDistances(predicted, expected, spacing);
    }
    switch (options.hd95) {
    case Hd95Definition::Pooled:
        metrics.hd95 = borders.pooledPercentile(95);
        metrics.hd100 = borders.maxPercentile(100);
        break;
    case Hd95Definition::Max:
        metrics.hd95 = borders.maxPercentile(95);
        metrics.hd100 = borders.maxPercentile(100);
        break;
    case Hd95Definition::DeepMind:
        metrics.hd95 = contours->maxWeightedPercentile(95);
        metrics.hd100 = contours->maxPercentile(100);
        break;
    case Hd95Definition::GuiDino: {
        const SurfaceDistances filled = filledDistances(predicted, expected, spacing);
        metrics.hd95 = filled.pooledPercentile(95);
        metrics.hd100 = filled.maxPercentile(100);
        break;
    }
    }
    metrics.assd =
        options.assd == AssdDefinition::Pooled ? borders.pooledMean() : borders.meanOfMeans();
    metrics.nsd = options.nsd == NsdDefinition::Pixels
                      ? borders.normalisedSurfaceDistance(options.nsdTolerance)
                      : contours->normalisedSurfaceDistance(options.nsdTolerance);
}

} // namespace

const char* nameOf(Hd95Definition definition)
{
    switch (definition) {
    case Hd95Definition::Pooled:
        return "pooled";
    case Hd95Definition::Max:
        return "max";
    case Hd95Definition::DeepMind:
        return "deepmind";
    case Hd95Definition::GuiDino:
        return "guidino";
    }
    return "";
}

const char* nameOf(EmptyPolicy policy)
{
    switch (policy) {
    case EmptyPolicy::Null:
        return "null";
    case EmptyPolicy::Penalise:
        return "penalise";
    case EmptyPolicy::Drop:
        return "drop";
    }
    return "";
}

const char* nameOf(EmptyCase emptyCase)
{
    switch (emptyCase) {
    case EmptyCase::None:
        return "none";
    case EmptyCase::PredictionEmpty:
        return "prediction";
    case EmptyCase::ReferenceEmpty:
        return "reference";
    case EmptyCase::BothEmpty:
        return "both";
    }
    return "";
}

Result<Hd95Definition> hd95DefinitionFrom(std::string_view name)
{
    return fromName(
        std::array{
            Hd95Definition::Pooled,
            Hd95Definition::Max,
            Hd95Definition::DeepMind,
            Hd95Definition::GuiDino},
        name,
        "HD95 definition");
}

Result<EmptyPolicy> emptyPolicyFrom(std::string_view name)
{
    return fromName(
        std::array{EmptyPolicy::Null, EmptyPolicy::Penalise, EmptyPolicy::Drop},
        name,
        "policy for empty masks");
}

std::optional<double> ConfusionCounts::dsc() const
{
    return ratio(2 * tp, 2 * tp + fp + fn);
}

std::optional<double> ConfusionCounts::iou() const
{
    return ratio(tp, tp + fp + fn);
}

std::optional<double> ConfusionCounts::precision() const
{
    return ratio(tp, tp + fp);
}

std::optional<double> ConfusionCounts::recall() const
{
    return ratio(tp, tp + fn);
}

std::optional<double> ConfusionCounts::specificity() const
{
    return ratio(tn, tn + fp);
}

EmptyCase ConfusionCounts::emptyCase() const
{
    const bool isPredictionEmpty = tp + fp == 0;
    const bool isReferenceEmpty = tp + fn == 0;
    if (isPredictionEmpty && isReferenceEmpty) {
        return EmptyCase::BothEmpty;
    }
    return isPredictionEmpty  ? EmptyCase::PredictionEmpty
           : isReferenceEmpty ? EmptyCase::ReferenceEmpty
                              : EmptyCase::None;
}

ConfusionCounts& ConfusionCounts::operator+=(const ConfusionCounts& other)
{
    tp += other.tp;
    fp += other.fp;
    fn += other.fn;
    tn += other.tn;
    return *this;
}

ConfusionCounts countConfusion(
    const Raster8& prediction,
    const Raster8& reference,
    int classIndex,
    std::optional<std::uint8_t> ignoreLabel)
{
    ConfusionCounts counts;
    if (!areComparable(prediction, reference)) {
        return counts;
    }
    const auto wanted = static_cast<std::uint8_t>(classIndex);
    const int ignore = ignoreLabel ? *ignoreLabel : -1;
    // Row by row in small integers, so that the compiler can use its widest ones.
    for (int y = 0; y < reference.height(); ++y) {
        const std::uint8_t* in = prediction.row(y);
        const std::uint8_t* truth = reference.row(y);
        std::int32_t both = 0;
        std::int32_t predicted = 0;
        std::int32_t expected = 0;
        std::int32_t counted = 0;
        for (int x = 0; x < reference.width(); ++x) {
            const int isCounted = truth[x] != ignore ? 1 : 0;
            const int isPredicted = (in[x] == wanted ? 1 : 0) & isCounted;
            const int isExpected = (truth[x] == wanted ? 1 : 0) & isCounted;
            both += isPredicted & isExpected;
            predicted += isPredicted;
            expected += isExpected;
            counted += isCounted;
        }
        counts += {both, predicted - both, expected - both, counted - predicted - expected + both};
    }
    return counts;
}

PairMetrics evaluatePair(
    const Raster8& prediction,
    const Raster8& reference,
    int classIndex,
    const MetricOptions& options)
{
    PairMetrics metrics;
    metrics.counts = countConfusion(prediction, reference, classIndex, options.ignoreLabel);
    metrics.emptyCase = metrics.counts.emptyCase();
    metrics.dsc = metrics.counts.dsc();
    metrics.iou = metrics.counts.iou();
    metrics.precision = metrics.counts.precision();
    metrics.recall = metrics.counts.recall();
    if (metrics.emptyCase != EmptyCase::None) {
        applyPolicy(metrics, reference.size(), options);
    } else if (options.withDistances) {
        const auto wanted = static_cast<std::uint8_t>(classIndex);
        addDistances(
            metrics,
            binaryMask(prediction, reference, wanted, options.ignoreLabel),
            binaryMask(reference, reference, wanted, options.ignoreLabel),
            options);
    }
    return metrics;
}

PairMetrics evaluatePair(
    const LabelMap& prediction,
    const LabelMap& reference,
    int classIndex,
    const MetricOptions& options)
{
    return evaluatePair(prediction.toRaster(), reference.toRaster(), classIndex, options);
}

std::vector<PairMetrics> evaluateClasses(
    const Raster8& prediction,
    const Raster8& reference,
    std::span<const int> classIndices,
    const MetricOptions& options)
{
    std::vector<PairMetrics> all;
    for (const int classIndex : classIndices) {
        all.push_back(evaluatePair(prediction, reference, classIndex, options));
    }
    return all;
}

} // namespace guidino::metrics
