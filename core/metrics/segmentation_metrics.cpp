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

/// A pair as binary masks, without what is ignored.
struct BinaryPair
{
    BitMask predicted;
    BitMask expected;
    std::int64_t ignored = 0;

    BinaryPair(
        const Raster8& prediction,
        const Raster8& reference,
        int classIndex,
        std::optional<std::uint8_t> ignoreLabel)
        : predicted(BitMask::ofValue(prediction, static_cast<std::uint8_t>(classIndex)))
        , expected(BitMask::ofValue(reference, static_cast<std::uint8_t>(classIndex)))
    {
        if (ignoreLabel) {
            const BitMask left = BitMask::ofValue(reference, *ignoreLabel);
            ignored = left.count();
            if (ignored > 0) {
                predicted.subtract(left);
                expected.subtract(left);
            }
        }
    }

    [[nodiscard]] ConfusionCounts counts() const
    {
        const std::int64_t area = static_cast<std::int64_t>(expected.width()) * expected.height();
        const std::int64_t both = BitMask::countCommon(predicted, expected);
        const std::int64_t onlyPredicted = predicted.count() - both;
        const std::int64_t onlyExpected = expected.count() - both;
        return {
            both,
            onlyPredicted,
            onlyExpected,
            area - ignored - both - onlyPredicted - onlyExpected};
    }
};

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
    if (!options.withDistances || !options.withNsd) {
        metrics.nsd.reset();
    }
    if (!options.withDistances || !options.withHausdorff) {
        metrics.hd95.reset();
        metrics.hd100.reset();
    }
    if (!options.withDistances || !options.withAssd) {
        metrics.assd.reset();
    }
}

void addHausdorff(
    PairMetrics& metrics,
    const BinaryPair& pair,
    const std::optional<SurfaceDistances>& borders,
    const std::optional<SurfaceDistances>& contours,
    const MetricOptions& options)
{
    switch (options.hd95) {
    case Hd95Definition::Pooled:
        metrics.hd95 = borders->pooledPercentile(95);
        metrics.hd100 = borders->maxPercentile(100);
        break;
    case Hd95Definition::Max:
        metrics.hd95 = borders->maxPercentile(95);
        metrics.hd100 = borders->maxPercentile(100);
        break;
    case Hd95Definition::DeepMind:
        metrics.hd95 = contours->maxWeightedPercentile(95);
        metrics.hd100 = contours->maxPercentile(100);
        break;
    case Hd95Definition::GuiDino: {
        const SurfaceDistances filled =
            filledDistances(pair.predicted, pair.expected, options.spacingMm.value_or(SpacingMm{}));
        metrics.hd95 = filled.pooledPercentile(95);
        metrics.hd100 = filled.maxPercentile(100);
        break;
    }
    }
}

void addDistances(PairMetrics& metrics, const BinaryPair& pair, const MetricOptions& options)
{
    const SpacingMm spacing = options.spacingMm.value_or(SpacingMm{});
    const bool needsBorders =
        options.withAssd
        || (options.withHausdorff
            && (options.hd95 == Hd95Definition::Pooled || options.hd95 == Hd95Definition::Max))
        || (options.withNsd && options.nsd == NsdDefinition::Pixels);
    const bool needsContours = (options.withHausdorff && options.hd95 == Hd95Definition::DeepMind)
                               || (options.withNsd && options.nsd == NsdDefinition::ContourLength);
    std::optional<SurfaceDistances> borders;
    std::optional<SurfaceDistances> contours;
    if (needsBorders) {
        borders = borderDistances(pair.predicted, pair.expected, spacing);
    }
    if (needsContours) {
        contours = contourDistances(pair.predicted, pair.expected, spacing);
    }
    if (options.withHausdorff) {
        addHausdorff(metrics, pair, borders, contours, options);
    }
    if (options.withAssd) {
        metrics.assd =
            options.assd == AssdDefinition::Pooled ? borders->pooledMean() : borders->meanOfMeans();
    }
    if (options.withNsd) {
        metrics.nsd = options.nsd == NsdDefinition::Pixels
                          ? borders->normalisedSurfaceDistance(options.nsdTolerance)
                          : contours->normalisedSurfaceDistance(options.nsdTolerance);
    }
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
    if (!areComparable(prediction, reference)) {
        return {};
    }
    return BinaryPair(prediction, reference, classIndex, ignoreLabel).counts();
}

PairMetrics evaluatePair(
    const Raster8& prediction,
    const Raster8& reference,
    int classIndex,
    const MetricOptions& options)
{
    PairMetrics metrics;
    std::optional<BinaryPair> pair;
    if (areComparable(prediction, reference)) {
        pair.emplace(prediction, reference, classIndex, options.ignoreLabel);
        metrics.counts = pair->counts();
    }
    metrics.emptyCase = metrics.counts.emptyCase();
    metrics.dsc = metrics.counts.dsc();
    metrics.iou = metrics.counts.iou();
    metrics.precision = metrics.counts.precision();
    metrics.recall = metrics.counts.recall();
    if (metrics.emptyCase != EmptyCase::None) {
        applyPolicy(metrics, reference.size(), options);
    } else if (options.withDistances) {
        addDistances(metrics, *pair, options);
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
