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

std::optional<double> dscOf(const ExperimentTable* table, const std::string& variant)
{
    if (table == nullptr) {
        return std::nullopt;
    }
    const auto figures = table->figures.find(variant);
    if (figures == table->figures.end()) {
        return std::nullopt;
    }
    const auto dsc = figures->second.find("dsc");
    return dsc == figures->second.end() ? std::nullopt : dsc->second.mean;
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

std::vector<Plot> costPlots(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables)
{
    std::vector<Plot> plots;
    for (const ExperimentData& data : spec.data) {
        if (!data.trainedOn.empty() || spec.sizes.empty()) {
            continue;
        }
        const ExperimentTable* figures = tableOf(tables, data.name, spec.sizes.front());
        for (const CostKind& kind : kCosts) {
            if (!kind.isPlotted) {
                continue;
            }
            Plot plot;
            plot.title = data.name + ": DSC against " + kind.column;
            plot.xLabel = kind.column;
            plot.yLabel = "DSC";
            plot.isLogarithmic = true;
            for (const std::string& variant : variantsOn(spec, data.name)) {
                const auto dsc = dscOf(figures, variant);
                const auto cost = costOf(spec, data.name, variant, kind);
                if (dsc && cost && *cost > 0) {
                    plot.series.push_back({variant, {{*cost, *dsc}}, false, true});
                }
            }
            if (plot.series.size() > 1) {
                plots.push_back(std::move(plot));
            }
        }
    }
    return plots;
}

} // namespace guidino::report
