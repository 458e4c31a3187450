// SPDX-License-Identifier: Apache-2.0
#include "core/report/nnunet_summary.h"

#include "core/datasets/dataset.h"
#include "core/datasets/masks.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <map>

namespace guidino::report {

namespace {

using Json = nlohmann::json; // keys sorted, as nnU-Net writes them
namespace fs = std::filesystem;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// JSON has no NaN; Python's writer and reader have.
constexpr const char* kNanText = "__not_a_number__";

Json number(double value)
{
    return std::isnan(value) ? Json(kNanText) : Json(value);
}

using Metrics = std::map<std::string, double>;

Metrics metricsOf(const NnunetCounts& counts)
{
    const auto real = [](std::int64_t value) { return static_cast<double>(value); };
    return {
        {"Dice", counts.dice()},
        {"IoU", counts.iou()},
        {"TP", real(counts.truePositive)},
        {"FP", real(counts.falsePositive)},
        {"FN", real(counts.falseNegative)},
        {"TN", real(counts.trueNegative)},
        {"n_pred", real(counts.falsePositive + counts.truePositive)},
        {"n_ref", real(counts.falseNegative + counts.truePositive)}};
}

Json jsonOf(const Metrics& metrics)
{
    Json json = Json::object();
    for (const auto& [name, value] : metrics) {
        json[name] = number(value);
    }
    return json;
}

/// Mean over cases without the undefined ones; over labels with them.
class Mean
{
public:
    explicit Mean(bool skipsUndefined)
        : m_skips(skipsUndefined)
    {}

    void add(const Metrics& metrics)
    {
        for (const auto& [name, value] : metrics) {
            if (m_skips && std::isnan(value)) {
                continue;
            }
            m_sums[name] += value;
            ++m_counts[name];
        }
    }

    [[nodiscard]] Metrics value(const Metrics& names) const
    {
        Metrics result;
        for (const auto& [name, ignored] : names) {
            const auto found = m_sums.find(name);
            result[name] = found == m_sums.end() ? kNan : found->second / m_counts.at(name);
        }
        return result;
    }

private:
    bool m_skips;
    std::map<std::string, double> m_sums;
    std::map<std::string, int> m_counts;
};

/// Label images whose pixels are class indices.
datasets::MaskReader labelReader()
{
    datasets::MaskScheme scheme;
    scheme.convention = datasets::MaskConvention::Indexed;
    for (int value = 0; value <= 255; ++value) {
        scheme.classOfValue[value] = value;
        if (value < 255) {
            datasets::ClassInfo one;
            one.index = value;
            one.name = std::to_string(value);
            scheme.classes.push_back(one);
        }
    }
    return datasets::MaskReader(scheme);
}

using Group = std::vector<int>; // labels that count as one

/// As Python writes them: 1, or (1, 2).
std::string keyOf(const Group& group)
{
    std::string key;
    for (const int label : group) {
        key += (key.empty() ? "" : ", ") + std::to_string(label);
    }
    return group.size() == 1 ? key : "(" + key + ")";
}

NnunetCounts
countsOf(const Raster8& prediction, const Raster8& reference, const Group& group, int ignored)
{
    std::array<bool, 256> isMember{};
    for (const int label : group) {
        isMember.at(static_cast<std::size_t>(label)) = true;
    }
    NnunetCounts counts;
    for (std::size_t i = 0; i < reference.pixels().size(); ++i) {
        const int truth = reference.pixels()[i];
        if (truth == ignored) {
            continue;
        }
        const bool isTrue = isMember[static_cast<std::size_t>(truth)];
        const bool isFound = isMember[prediction.pixels()[i]];
        std::int64_t& count = isTrue    ? (isFound ? counts.truePositive : counts.falseNegative)
                              : isFound ? counts.falsePositive
                                        : counts.trueNegative;
        ++count;
    }
    return counts;
}

} // namespace

void NnunetEvaluation::addForeground(const std::vector<std::vector<int>>& groups)
{
    for (const std::vector<int>& group : groups) {
        if (group.size() == 1) {
            labels.push_back(group[0]);
        } else {
            regions.push_back(group);
        }
    }
}

double NnunetCounts::dice() const
{
    const std::int64_t sum = 2 * truePositive + falsePositive + falseNegative;
    return sum == 0 ? kNan : 2.0 * static_cast<double>(truePositive) / static_cast<double>(sum);
}

double NnunetCounts::iou() const
{
    const std::int64_t sum = truePositive + falsePositive + falseNegative;
    return sum == 0 ? kNan : static_cast<double>(truePositive) / static_cast<double>(sum);
}

Result<std::string> nnunetSummary(const NnunetEvaluation& evaluation)
{
    auto summary = summarise(evaluation);
    GD_TRY(summary);
    return std::move(summary->text);
}

Result<NnunetSummary> summarise(const NnunetEvaluation& evaluation)
{
    std::vector<fs::path> references;
    for (const std::string& name : evaluation.names) {
        references.push_back(evaluation.references / name);
    }
    if (references.empty()) {
        auto all = datasets::listImages(evaluation.references);
        GD_TRY(all);
        references = std::move(*all);
    }
    const datasets::MaskReader reader = labelReader();
    std::vector<Group> groups;
    for (const int label : evaluation.labels) {
        groups.push_back({label});
    }
    groups.insert(groups.end(), evaluation.regions.begin(), evaluation.regions.end());
    std::vector<Mean> means(groups.size(), Mean(true));
    const Metrics names = metricsOf({});
    Json cases = Json::array();
    for (const fs::path& file : references) {
        const fs::path predicted = evaluation.predictions / file.filename();
        std::error_code ignored;
        if (!fs::exists(predicted, ignored)) {
            return Error{
                ErrorCode::BadInput,
                predicted.string() + ": there is no prediction of that name for the reference.",
                {{"file", predicted.string()}}};
        }
        const auto reference = reader.read(file);
        GD_TRY(reference);
        const auto prediction = reader.read(predicted);
        GD_TRY(prediction);
        if (!(reference->size() == prediction->size())) {
            return Error{
                ErrorCode::BadInput,
                predicted.string() + ": is " + std::to_string(prediction->width()) + " x "
                    + std::to_string(prediction->height()) + ", the reference "
                    + std::to_string(reference->width()) + " x "
                    + std::to_string(reference->height()) + ".",
                {{"file", predicted.string()}}};
        }
        Json metrics = Json::object();
        for (std::size_t k = 0; k < groups.size(); ++k) {
            const Metrics one =
                metricsOf(countsOf(*prediction, *reference, groups[k], evaluation.ignoreLabel));
            means[k].add(one);
            metrics[keyOf(groups[k])] = jsonOf(one);
        }
        cases.push_back(
            {{"metrics", std::move(metrics)},
             {"prediction_file", predicted.string()},
             {"reference_file", file.string()}});
    }
    Json json;
    Mean foreground(false);
    json["mean"] = Json::object();
    for (std::size_t k = 0; k < groups.size(); ++k) {
        const Metrics mean = means[k].value(names);
        foreground.add(mean);
        json["mean"][keyOf(groups[k])] = jsonOf(mean);
    }
    const Metrics overall = foreground.value(names);
    json["foreground_mean"] = jsonOf(overall);
    json["metric_per_case"] = std::move(cases);
    std::string text = json.dump(4);
    const std::string quoted = std::string("\"") + kNanText + "\"";
    for (std::size_t at = text.find(quoted); at != std::string::npos; at = text.find(quoted, at)) {
        text.replace(at, quoted.size(), "NaN");
    }
    return NnunetSummary{text + "\n", overall.at("Dice")};
}

} // namespace guidino::report
