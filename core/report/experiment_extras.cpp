// SPDX-License-Identifier: Apache-2.0
#include "core/report/experiment.h"

#include <algorithm>

namespace guidino::report {

namespace {

constexpr double kMillion = 1e6;
constexpr double kBillion = 1e9;
constexpr double kMebibyte = 1 << 20;
constexpr double kMilli = 1e3;

/// One kind of cost, in the unit in which people read it.
struct CostKind
{
    const char* column;
    std::optional<double> ExperimentCost::*value;
    double unit; ///< what is shown is divided by it
    int digits;
    bool isPlotted;
};

constexpr CostKind kCosts[] = {
    {"parameters (million)", &ExperimentCost::parameters, kMillion, 3, true},
    {"trainable (million)", &ExperimentCost::trainable, kMillion, 3, true},
    {"multiply-adds (billion)", &ExperimentCost::multiplyAdds, kBillion, 3, true},
    {"prediction (ms an image)", &ExperimentCost::secondsPerImage, 1 / kMilli, 1, true},
    {"training (s an epoch)", &ExperimentCost::secondsPerEpoch, 1, 1, false},
    {"peak memory (MiB)", &ExperimentCost::peakBytes, kMebibyte, 0, false},
};

std::vector<std::string> variantsOn(const ExperimentSpec& spec, const std::string& data)
{
    std::vector<std::string> variants;
    for (const ExperimentRun& run : spec.runs) {
        if (run.data == data
            && std::find(variants.begin(), variants.end(), run.variant) == variants.end()) {
            variants.push_back(run.variant);
        }
    }
    return variants;
}

/// Mean over the seeds, in the unit.
std::optional<double> costOf(
    const ExperimentSpec& spec,
    const std::string& data,
    const std::string& variant,
    const CostKind& kind)
{
    std::vector<std::optional<double>> values;
    for (const ExperimentRun& run : spec.runs) {
        if (run.data == data && run.variant == variant) {
            values.push_back(run.cost.*kind.value);
        }
    }
    const auto summary = summarise(values);
    return summary ? std::optional(summary->mean / kind.unit) : std::nullopt;
}

const ExperimentTable* tableOf(
    const std::vector<ExperimentTable>& tables, const std::string& data, const std::string& size)
{
    const auto found =
        std::find_if(tables.begin(), tables.end(), [&](const ExperimentTable& table) {
            return table.data == data && (size.empty() || table.size == size);
        });
    return found == tables.end() ? nullptr : &*found;
}

const ExperimentFigure* dscFigureOf(const ExperimentTable* table, const std::string& variant)
{
    if (table == nullptr) {
        return nullptr;
    }
    const auto figures = table->figures.find(variant);
    if (figures == table->figures.end()) {
        return nullptr;
    }
    const auto dsc = figures->second.find("dsc");
    return dsc == figures->second.end() ? nullptr : &dsc->second;
}

std::optional<double> dscOf(const ExperimentTable* table, const std::string& variant)
{
    const ExperimentFigure* figure = dscFigureOf(table, variant);
    return figure == nullptr ? std::nullopt : figure->mean;
}

ExperimentNetwork
networkOf(const ExperimentSpec& spec, const std::string& data, const std::string& variant)
{
    const auto found = std::find_if(spec.runs.begin(), spec.runs.end(), [&](const auto& run) {
        return run.data == data && run.variant == variant;
    });
    return found == spec.runs.end() ? ExperimentNetwork() : found->network;
}

/// Each system with a guide leads to the first of the same network without.
void joinPairs(std::vector<ScatterPoint>& points, const std::vector<std::string>& families)
{
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (std::size_t k = 0; k < points.size() && points[i].isGuided == true; ++k) {
            if (points[k].isGuided == false && !families[i].empty() && families[k] == families[i]) {
                points[i].joinedTo.push_back(k);
                break;
            }
        }
    }
}

} // namespace

std::vector<Table>
robustnessTables(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables)
{
    std::vector<Table> all;
    for (const ExperimentData& data : spec.data) {
        std::vector<const ExperimentData*> others;
        for (const ExperimentData& other : spec.data) {
            if (!other.trainedOn.empty() && other.trainedOn == data.name) {
                others.push_back(&other);
            }
        }
        if (others.empty()) {
            continue;
        }
        Table table;
        table.caption = "DSC on other images, trained on " + data.name;
        table.columns = {"system", "as it is"};
        for (const ExperimentData* other : others) {
            table.columns.push_back(other->shortName);
        }
        for (const std::string& variant : variantsOn(spec, data.name)) {
            std::vector<std::string> row{
                variant, numberText(dscOf(tableOf(tables, data.name, "native"), variant), 4)};
            for (const ExperimentData* other : others) {
                row.push_back(numberText(dscOf(tableOf(tables, other->name, ""), variant), 4));
            }
            table.rows.push_back(std::move(row));
        }
        all.push_back(std::move(table));
    }
    return all;
}

std::vector<Table> costTables(const ExperimentSpec& spec)
{
    std::vector<Table> all;
    for (const ExperimentData& data : spec.data) {
        Table table;
        table.caption = "Costs, trained on " + data.name;
        table.columns = {"system"};
        bool isAnyKnown = false;
        for (const CostKind& kind : kCosts) {
            table.columns.emplace_back(kind.column);
        }
        for (const std::string& variant : variantsOn(spec, data.name)) {
            std::vector<std::string> row{variant};
            for (const CostKind& kind : kCosts) {
                const auto value = costOf(spec, data.name, variant, kind);
                isAnyKnown |= value.has_value();
                row.push_back(numberText(value, kind.digits));
            }
            table.rows.push_back(std::move(row));
        }
        if (data.trainedOn.empty() && isAnyKnown) {
            all.push_back(std::move(table));
        }
    }
    return all;
}

std::vector<ScatterPlot>
costPlots(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables)
{
    std::vector<ScatterPlot> plots;
    for (const ExperimentData& data : spec.data) {
        if (!data.trainedOn.empty() || spec.sizes.empty()) {
            continue;
        }
        const ExperimentTable* table = tableOf(tables, data.name, spec.sizes.front());
        for (const CostKind& kind : kCosts) {
            if (!kind.isPlotted) {
                continue;
            }
            ScatterPlot plot;
            plot.title = data.name + ": DSC against " + kind.column;
            plot.xLabel = kind.column;
            plot.yLabel = "DSC, size " + spec.sizes.front();
            std::vector<std::string> families;
            for (const std::string& variant : variantsOn(spec, data.name)) {
                const ExperimentFigure* dsc = dscFigureOf(table, variant);
                const auto cost = costOf(spec, data.name, variant, kind);
                if (dsc == nullptr || !dsc->mean || !cost || *cost <= 0) {
                    continue;
                }
                const ExperimentNetwork network = networkOf(spec, data.name, variant);
                plot.points.push_back(
                    {variant, *cost, *dsc->mean, dsc->interval, network.isGuided, {}});
                families.push_back(network.family);
                if (dsc->interval) {
                    plot.note = "bars: 95 % bootstrap interval over images";
                }
            }
            joinPairs(plot.points, families);
            if (plot.points.size() > 1) {
                plots.push_back(std::move(plot));
            }
        }
    }
    return plots;
}

} // namespace guidino::report
