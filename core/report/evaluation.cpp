// SPDX-License-Identifier: Apache-2.0
#include "core/report/evaluation.h"

#include "core/base/threads.h"
#include "core/datasets/masks.h"
#include "core/metrics/guide_metrics.h"
#include "core/report/evaluation_inputs.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>

namespace guidino::report {

namespace {

using metrics::PairMetrics;

std::string textOf(Size size)
{
    return std::to_string(size.width) + " x " + std::to_string(size.height);
}

std::string kindOf(const Error& error)
{
    for (const auto& [key, value] : error.context) {
        if (key == "kind") {
            return value;
        }
    }
    return "unreadable";
}

/// What comparing one pair gives: a result or a failure.
struct Outcome
{
    std::optional<CaseResult> result;
    std::vector<CaseFailure> failures;
};

bool isWanted(const EvaluateSpec& spec, std::string_view metric)
{
    return spec.wanted.empty()
           || std::find(spec.wanted.begin(), spec.wanted.end(), metric) != spec.wanted.end();
}

/// Leaves out the work for what nobody asked for.
metrics::MetricOptions metricOptions(const EvaluateSpec& spec)
{
    metrics::MetricOptions options = spec.metrics;
    options.withHausdorff =
        options.withHausdorff && (isWanted(spec, "hd95") || isWanted(spec, "hd100"));
    options.withAssd = options.withAssd && isWanted(spec, "assd");
    options.withNsd = options.withNsd && isWanted(spec, "nsd");
    return options;
}

void forgetUnwanted(const EvaluateSpec& spec, PairMetrics& pair)
{
    const std::pair<const char*, std::optional<double>*> values[] = {
        {"dsc", &pair.dsc},
        {"iou", &pair.iou},
        {"hd95", &pair.hd95},
        {"assd", &pair.assd},
        {"nsd", &pair.nsd},
        {"precision", &pair.precision},
        {"recall", &pair.recall},
        {"hd100", &pair.hd100},
    };
    for (const auto& [name, value] : values) {
        if (!isWanted(spec, name)) {
            value->reset();
        }
    }
}

Status checkWanted(const EvaluateSpec& spec)
{
    const auto& names = metricNames();
    for (const std::string& metric : spec.wanted) {
        if (std::find(names.begin(), names.end(), metric) == names.end()) {
            std::string known;
            for (const std::string& name : names) {
                known += (known.empty() ? "" : ", ") + name;
            }
            return Error{
                ErrorCode::Usage,
                "the metric '" + metric + "' is unknown; choose of: " + known,
                {}};
        }
    }
    return {};
}

class Comparer
{
public:
    Comparer(
        const EvaluateSpec& spec,
        const datasets::MaskReader& predictions,
        const datasets::MaskReader& references,
        std::vector<int> classIndices)
        : m_spec(spec)
        , m_predictions(predictions)
        , m_references(references)
        , m_classIndices(std::move(classIndices))
    {}

    [[nodiscard]] Outcome compare(const EvaluationPair& pair) const
    {
        Outcome outcome;
        auto reference = m_references.read(pair.reference);
        auto prediction = m_predictions.read(pair.prediction);
        if (!reference) {
            outcome.failures.push_back(failure(pair.reference, reference.error()));
        }
        if (!prediction) {
            outcome.failures.push_back(failure(pair.prediction, prediction.error()));
        }
        if (!outcome.failures.empty()) {
            return outcome;
        }
        if (m_spec.size) {
            *reference = nearestResized(*reference, *m_spec.size);
            *prediction = nearestResized(*prediction, *m_spec.size);
        } else if (reference->size() != prediction->size()) {
            outcome.failures.push_back(
                {pair.prediction.string(),
                 "size_mismatch",
                 pair.prediction.string() + ": the prediction is " + textOf(prediction->size())
                     + " pixels, but its reference " + pair.reference.string() + " is "
                     + textOf(reference->size())
                     + "; predict at native size, or compare with --size HxW"});
            return outcome;
        }
        outcome.result.emplace();
        CaseResult& result = *outcome.result;
        result.name = pair.name;
        result.prediction = pair.prediction;
        result.reference = pair.reference;
        result.size = reference->size();
        auto all = metrics::evaluateClasses(
            *prediction, *reference, m_classIndices, metricOptions(m_spec));
        for (std::size_t i = 0; i < m_classIndices.size(); ++i) {
            forgetUnwanted(m_spec, all[i]);
            result.classes[m_classIndices[i]] = all[i];
        }
        if (!pair.guide.empty()) {
            addGuide(pair, *reference, outcome);
        }
        return outcome;
    }

private:
    static CaseFailure failure(const std::filesystem::path& file, const Error& error)
    {
        return {file.string(), kindOf(error), error.message};
    }

    static void addGuide(const EvaluationPair& pair, const Raster8& reference, Outcome& outcome)
    {
        auto guide = readSoftMap(pair.guide);
        if (!guide) {
            outcome.failures.push_back(failure(pair.guide, guide.error()));
            return;
        }
        const RasterF map = bilinearResized(*guide, reference.size());
        std::vector<float> scores;
        std::vector<std::uint8_t> isInside;
        for (std::size_t i = 0; i < map.pixels().size(); ++i) {
            const std::uint8_t label = reference.data()[i];
            if (label != kIgnoreLabel) {
                scores.push_back(map.data()[i]);
                isInside.push_back(label != 0 ? 1 : 0);
            }
        }
        GuideScore score;
        score.auroc = metrics::auroc(scores, isInside);
        if (const auto best = metrics::bestThresholdDsc(scores, isInside)) {
            score.bestDsc = best->dsc;
            score.bestThreshold = best->threshold;
        }
        score.isHit = metrics::pointingHit(scores, isInside);
        outcome.result->guide = score;
    }

    const EvaluateSpec& m_spec;
    const datasets::MaskReader& m_predictions;
    const datasets::MaskReader& m_references;
    std::vector<int> m_classIndices;
};

/// Runs over all pairs with several threads; order does not depend on them.
Result<std::vector<Outcome>> compareAll(
    const EvaluateSpec& spec, const Comparer& comparer, const std::vector<EvaluationPair>& pairs)
{
    std::vector<Outcome> outcomes(pairs.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < pairs.size() && !spec.cancel.isCancelled(); i = next++) {
            try {
                outcomes[i] = comparer.compare(pairs[i]);
            } catch (const std::exception& problem) {
                outcomes[i].failures.push_back(
                    {pairs[i].prediction.string(),
                     "unreadable",
                     pairs[i].prediction.string() + ": " + problem.what()});
            }
        }
    };
    const auto wanted = static_cast<unsigned>(threadsFor(spec.threads));
    const std::size_t count =
        std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(pairs.size(), 1));
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < count; ++i) {
        threads.emplace_back(work);
    }
    work();
    for (std::thread& thread : threads) {
        thread.join();
    }
    if (spec.cancel.isCancelled()) {
        return Error{ErrorCode::Cancelled, "the evaluation was cancelled", {}};
    }
    return outcomes;
}

Result<datasets::MaskReader> sniffed(
    const EvaluateSpec& spec,
    const std::vector<std::filesystem::path>& masks,
    const std::vector<datasets::ClassInfo>& classes)
{
    datasets::MaskOptions options;
    options.threshold = spec.maskThreshold;
    options.classCount = spec.classCount;
    options.threads = spec.threads > 0 ? spec.threads : options.threads;
    return datasets::MaskReader::sniff(masks, classes, options, spec.cancel);
}

void countEmpty(Evaluation& evaluation)
{
    for (const CaseResult& result : evaluation.cases) {
        for (const auto& [index, pair] : result.classes) {
            evaluation.empty.prediction +=
                pair.emptyCase == metrics::EmptyCase::PredictionEmpty ? 1 : 0;
            evaluation.empty.reference +=
                pair.emptyCase == metrics::EmptyCase::ReferenceEmpty ? 1 : 0;
            evaluation.empty.both += pair.emptyCase == metrics::EmptyCase::BothEmpty ? 1 : 0;
        }
    }
}

std::optional<double> meanOf(const std::vector<std::optional<double>>& values)
{
    const std::vector<double> known = defined(values);
    if (known.empty()) {
        return std::nullopt;
    }
    return std::accumulate(known.begin(), known.end(), 0.0) / static_cast<double>(known.size());
}

} // namespace

const std::vector<std::string>& metricNames()
{
    static const std::vector<std::string> names{
        "dsc", "iou", "hd95", "assd", "nsd", "precision", "recall", "hd100"};
    return names;
}

std::optional<double> valueOf(const PairMetrics& pair, const std::string& metric)
{
    const std::pair<const char*, std::optional<double>> values[] = {
        {"dsc", pair.dsc},
        {"iou", pair.iou},
        {"hd95", pair.hd95},
        {"assd", pair.assd},
        {"nsd", pair.nsd},
        {"precision", pair.precision},
        {"recall", pair.recall},
        {"hd100", pair.hd100},
    };
    for (const auto& [name, value] : values) {
        if (metric == name) {
            return value;
        }
    }
    return std::nullopt;
}

std::optional<double> CaseResult::mean(const std::string& metric) const
{
    std::vector<std::optional<double>> values;
    for (const auto& [index, pair] : classes) {
        values.push_back(valueOf(pair, metric));
    }
    return meanOf(values);
}

std::vector<std::optional<double>>
Evaluation::column(const std::string& metric, int classIndex) const
{
    std::vector<std::optional<double>> values;
    for (const CaseResult& result : cases) {
        if (classIndex == 0) {
            values.push_back(result.mean(metric));
            continue;
        }
        const auto found = result.classes.find(classIndex);
        values.push_back(
            found == result.classes.end() ? std::nullopt : valueOf(found->second, metric));
    }
    return values;
}

std::optional<double> Evaluation::mean(const std::string& metric) const
{
    std::vector<std::optional<double>> means;
    for (const int index : classIndices) {
        means.push_back(meanOf(column(metric, index)));
    }
    return meanOf(means);
}

Result<Evaluation> evaluateFolders(const EvaluateSpec& spec)
{
    GD_TRY(checkWanted(spec));
    auto inputs = collectInputs(spec);
    if (!inputs) {
        return std::move(inputs).error();
    }
    std::vector<std::filesystem::path> predictions;
    std::vector<std::filesystem::path> references;
    for (const EvaluationPair& pair : inputs->pairs) {
        predictions.push_back(pair.prediction);
        references.push_back(pair.reference);
    }
    auto referenceReader = sniffed(spec, references, {});
    if (!referenceReader) {
        return std::move(referenceReader).error();
    }
    // Predictions of several classes may lack some of them; the references know them all.
    auto predictionReader = referenceReader->classCount() > 2
                                ? sniffed(spec, predictions, referenceReader->scheme().classes)
                                : sniffed(spec, predictions, {});
    if (!predictionReader) {
        return std::move(predictionReader).error();
    }
    Evaluation evaluation;
    evaluation.predictionMasks = predictionReader->scheme().describe();
    evaluation.referenceMasks = referenceReader->scheme().describe();
    const int classCount = std::max(
        {2, spec.classCount, referenceReader->classCount(), predictionReader->classCount()});
    for (int index = 1; index < classCount; ++index) {
        evaluation.classIndices.push_back(index);
    }
    const Comparer comparer(spec, *predictionReader, *referenceReader, evaluation.classIndices);
    auto outcomes = compareAll(spec, comparer, inputs->pairs);
    if (!outcomes) {
        return std::move(outcomes).error();
    }
    evaluation.failures = std::move(inputs->failures);
    evaluation.unpredicted = std::move(inputs->unpredicted);
    for (Outcome& outcome : *outcomes) {
        if (outcome.result) {
            evaluation.cases.push_back(std::move(*outcome.result));
        }
        evaluation.failures.insert(
            evaluation.failures.end(), outcome.failures.begin(), outcome.failures.end());
    }
    countEmpty(evaluation);
    if (!spec.out.empty()) {
        GD_TRY(writeEvaluation(spec, evaluation));
    }
    return evaluation;
}

} // namespace guidino::report
