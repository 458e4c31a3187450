// SPDX-License-Identifier: Apache-2.0
#include "core/report/experiment.h"

#include "core/base/file.h"
#include "core/report/evaluation.h"
#include "core/report/html.h"
#include "core/report/json_values.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace guidino::report {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;
using Column = std::map<std::string, std::optional<double>>;

bool isDistance(const std::string& metric)
{
    return metric == "hd95" || metric == "hd100" || metric == "assd";
}

int digitsOf(const std::string& metric)
{
    return isDistance(metric) ? 2 : 4;
}

Result<Json> summaryOf(const fs::path& folder)
{
    const fs::path file = folder / "summary.json";
    const auto text = readFile(file);
    if (!text) {
        return text.error();
    }
    Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object() || !json.contains("per_image") || !json["per_image"].is_array()
        || !json.contains("mean") || !json["mean"].is_object()) {
        return Error{
            ErrorCode::BadInput, file.string() + ": not a summary of `guidino evaluate`", {}};
    }
    return json;
}

Column columnOf(const Json& summary, const std::string& metric)
{
    Column column;
    for (const Json& entry : summary["per_image"]) {
        if (entry.is_object() && entry.contains("name") && entry["name"].is_string()) {
            column[entry["name"].get<std::string>()] = numberAt(entry, metric);
        }
    }
    return column;
}

/// Each image's mean over the seeds where it is defined.
Column meanOf(const std::vector<Column>& seeds)
{
    Column mean;
    for (const Column& column : seeds) {
        for (const auto& [name, value] : column) {
            mean[name];
        }
    }
    for (auto& [name, value] : mean) {
        double sum = 0;
        int count = 0;
        for (const Column& column : seeds) {
            if (const auto found = column.find(name); found != column.end() && found->second) {
                sum += *found->second;
                ++count;
            }
        }
        if (count > 0) {
            value = sum / count;
        }
    }
    return mean;
}

std::optional<PairedComparison> compared(const Column& baseline, const Column& other)
{
    std::vector<std::optional<double>> before;
    std::vector<std::optional<double>> after;
    for (const auto& [name, value] : other) {
        if (const auto found = baseline.find(name); found != baseline.end()) {
            before.push_back(found->second);
            after.push_back(value);
        }
    }
    return comparePaired(before, after);
}

ExperimentFigure figureOf(const std::vector<std::optional<double>>& means, const Column& images)
{
    ExperimentFigure figure;
    figure.seeds = means.size();
    if (const auto summary = summarise(means)) {
        figure.mean = summary->mean;
        if (summary->count > 1) {
            figure.deviation = summary->deviation;
        }
    }
    std::vector<std::optional<double>> values;
    for (const auto& [name, value] : images) {
        values.push_back(value);
    }
    figure.interval = bootstrapMean(defined(values));
    return figure;
}

std::string csvNumber(std::optional<double> value)
{
    if (!value || !std::isfinite(*value)) {
        return {};
    }
    std::array<char, 64> text{};
    const auto end = std::to_chars(
        text.data(), text.data() + text.size(), *value, std::chars_format::general, 9);
    return {text.data(), end.ptr};
}

std::string csvText(const std::string& text)
{
    if (text.find_first_of(",\"\n") == std::string::npos) {
        return text;
    }
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    }
    return quoted + "\"";
}

std::string signedText(double value, int digits)
{
    return (value >= 0 ? "+" : "") + numberText(value, digits);
}

/// The cells of a variant's line: mean ± SD of each metric, then each difference.
std::vector<std::string> cellsOf(
    const ExperimentSpec& spec,
    const ExperimentTable& table,
    const std::string& variant,
    const std::string& plusMinus)
{
    std::vector<std::string> cells{variant};
    const auto& figures = table.figures.at(variant);
    for (const std::string& metric : spec.metrics) {
        const ExperimentFigure& figure = figures.at(metric);
        std::string cell = numberText(figure.mean, digitsOf(metric));
        if (figure.deviation) {
            cell += " " + plusMinus + " " + numberText(figure.deviation, digitsOf(metric));
        } else if (figure.interval) {
            cell += " [" + numberText(figure.interval->low, digitsOf(metric)) + ", "
                    + numberText(figure.interval->high, digitsOf(metric)) + "]";
        }
        cells.push_back(std::move(cell));
    }
    for (const std::string& metric : spec.metrics) {
        const auto& difference = figures.at(metric).difference;
        const int digits = digitsOf(metric);
        cells.push_back(
            !difference ? std::string()
                        : signedText(difference->meanDifference, digits) + " ["
                              + signedText(difference->interval.low, digits) + ", "
                              + signedText(difference->interval.high, digits) + "]");
    }
    cells.push_back(std::to_string(figures.begin()->second.seeds));
    return cells;
}

std::vector<std::string> headOf(const ExperimentSpec& spec, const std::string& difference)
{
    std::vector<std::string> head{"system"};
    for (const std::string& metric : spec.metrics) {
        head.push_back(metric);
    }
    for (const std::string& metric : spec.metrics) {
        head.push_back(difference + metric);
    }
    head.emplace_back("seeds");
    return head;
}

std::string captionOf(const ExperimentSpec& spec, const ExperimentTable& table)
{
    return table.data + ", size " + table.size + "; differences against " + spec.baseline
           + " with 95 % bootstrap intervals over images";
}

std::string latexText(const std::string& text)
{
    std::string result;
    for (const char c : text) {
        if (std::string("&%$#_{}").find(c) != std::string::npos) {
            result += '\\';
            result += c;
        } else if (c == '\\') {
            result += "\\textbackslash{}";
        } else if (c == '~' || c == '^') {
            result += std::string("\\") + c + "{}";
        } else {
            result += c;
        }
    }
    return result;
}

std::string joined(const std::vector<std::string>& cells, const std::string& separator)
{
    std::string line;
    for (const std::string& cell : cells) {
        line += (line.empty() ? "" : separator) + cell;
    }
    return line;
}

/// What follows the tables of figures.
std::vector<Table>
extraTables(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables)
{
    std::vector<Table> all = robustnessTables(spec, tables);
    for (Table& table : costTables(spec)) {
        all.push_back(std::move(table));
    }
    return all;
}

std::string latexRow(const std::vector<std::string>& cells)
{
    std::vector<std::string> texts;
    for (const std::string& cell : cells) {
        texts.push_back(cell == "\xe2\x80\x93" ? "--" : latexText(cell));
    }
    return joined(texts, " & ") + " \\\\\n";
}

/// A name for a file.
std::string fileNameOf(const std::string& title)
{
    std::string name;
    for (const char c : title) {
        const bool isPlain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
        if (isPlain || (!name.empty() && name.back() != '-')) {
            name += isPlain ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '-';
        }
    }
    name.resize(name.find_last_not_of('-') + 1);
    return name;
}

} // namespace

Result<Column> perImage(const fs::path& evaluation, const std::string& metric)
{
    const auto summary = summaryOf(evaluation);
    if (!summary) {
        return summary.error();
    }
    return columnOf(*summary, metric);
}

Result<std::vector<ExperimentTable>> readExperiment(const ExperimentSpec& spec)
{
    for (const std::string& metric : spec.metrics) {
        const auto& known = metricNames();
        if (std::find(known.begin(), known.end(), metric) == known.end()) {
            return Error{
                ErrorCode::Usage,
                "unknown metric '" + metric + "' (known: " + joined(known, ", ") + ")",
                {}};
        }
    }
    std::vector<ExperimentTable> tables;
    for (const ExperimentData& data : spec.data) {
        for (const std::string& size : spec.sizes) {
            ExperimentTable table{data.name, size, data.trainedOn, {}, {}};
            std::map<std::string, std::vector<Json>> summaries;
            for (const ExperimentRun& run : spec.runs) {
                const auto evaluation = run.evaluations.find(size);
                if (run.data != data.name || evaluation == run.evaluations.end()) {
                    continue;
                }
                auto summary = summaryOf(evaluation->second);
                if (!summary) {
                    return std::move(summary).error();
                }
                if (!summaries.contains(run.variant)) {
                    table.variants.push_back(run.variant);
                }
                summaries[run.variant].push_back(std::move(*summary));
            }
            for (const std::string& metric : spec.metrics) {
                std::map<std::string, Column> columns;
                for (const auto& [variant, all] : summaries) {
                    std::vector<std::optional<double>> means;
                    std::vector<Column> seeds;
                    for (const Json& summary : all) {
                        means.push_back(numberAt(summary["mean"], metric));
                        seeds.push_back(columnOf(summary, metric));
                    }
                    columns[variant] = meanOf(seeds);
                    table.figures[variant][metric] = figureOf(means, columns[variant]);
                }
                const auto baseline = columns.find(spec.baseline);
                for (const auto& [variant, column] : columns) {
                    if (baseline != columns.end() && variant != spec.baseline) {
                        table.figures[variant][metric].difference =
                            compared(baseline->second, column);
                    }
                }
            }
            if (!table.variants.empty()) {
                tables.push_back(std::move(table));
            }
        }
    }
    return tables;
}

std::string csvOf(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables)
{
    std::string text =
        "data,size,system,metric,seeds,mean,sd,mean_low,mean_high,difference,low,high,p_wilcoxon,"
        "images\n";
    for (const ExperimentTable& table : tables) {
        for (const std::string& variant : table.variants) {
            for (const std::string& metric : spec.metrics) {
                const ExperimentFigure& figure = table.figures.at(variant).at(metric);
                const auto& d = figure.difference;
                const auto part = [&](auto get) {
                    return csvNumber(d ? std::optional<double>(get(*d)) : std::nullopt);
                };
                const auto bound = [&](double Interval::*end) {
                    return figure.interval ? std::optional<double>((*figure.interval).*end)
                                           : std::nullopt;
                };
                text += joined(
                            {csvText(table.data),
                             table.size,
                             csvText(variant),
                             metric,
                             std::to_string(figure.seeds)},
                            ",")
                        + "," + csvNumber(figure.mean) + "," + csvNumber(figure.deviation) + ","
                        + csvNumber(bound(&Interval::low)) + "," + csvNumber(bound(&Interval::high))
                        + "," + part([](const PairedComparison& c) { return c.meanDifference; })
                        + "," + part([](const PairedComparison& c) { return c.interval.low; }) + ","
                        + part([](const PairedComparison& c) { return c.interval.high; }) + ","
                        + part([](const PairedComparison& c) { return c.wilcoxonP; }) + ","
                        + (d ? std::to_string(d->count) : std::string()) + "\n";
            }
        }
    }
    return text;
}

std::string markdownOf(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables)
{
    std::string text = "# " + spec.title + "\n";
    for (const ExperimentTable& table : tables) {
        if (!table.trainedOn.empty()) {
            continue; // in one table for all, below
        }
        const auto head = headOf(spec, "\xce\x94 ");
        text += "\n## " + captionOf(spec, table) + "\n\n| " + joined(head, " | ") + " |\n|";
        for (std::size_t i = 0; i < head.size(); ++i) {
            text += i == 0 ? " --- |" : " ---: |";
        }
        text += "\n";
        for (const std::string& variant : table.variants) {
            text += "| " + joined(cellsOf(spec, table, variant, "\xc2\xb1"), " | ") + " |\n";
        }
    }
    for (const Table& table : extraTables(spec, tables)) {
        text += "\n## " + table.caption + "\n\n| " + joined(table.columns, " | ") + " |\n|";
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            text += i == 0 ? " --- |" : " ---: |";
        }
        for (const auto& row : table.rows) {
            text += "\n| " + joined(row, " | ") + " |";
        }
        text += "\n";
    }
    for (const std::string& note : spec.notes) {
        text += "\n- " + note;
    }
    return text + (spec.notes.empty() ? "" : "\n");
}

std::string latexOf(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables)
{
    std::string text = "% " + spec.title + "\n";
    for (const ExperimentTable& table : tables) {
        if (!table.trainedOn.empty()) {
            continue;
        }
        const auto head = headOf(spec, "@");
        text += "\\begin{table}\n\\centering\n\\caption{" + latexText(captionOf(spec, table))
                + "}\n\\begin{tabular}{l" + std::string(head.size() - 1, 'r') + "}\n\\hline\n";
        std::vector<std::string> cells;
        for (const std::string& cell : head) {
            cells.push_back(
                cell[0] == '@' ? "$\\Delta$ " + latexText(cell.substr(1)) : latexText(cell));
        }
        text += joined(cells, " & ") + " \\\\\n\\hline\n";
        for (const std::string& variant : table.variants) {
            cells.clear();
            for (const std::string& cell : cellsOf(spec, table, variant, "@")) {
                std::string escapedCell = latexText(cell);
                if (const std::size_t at = escapedCell.find('@'); at != std::string::npos) {
                    escapedCell.replace(at, 1, "$\\pm$");
                }
                cells.push_back(escapedCell == "\xe2\x80\x93" ? "--" : escapedCell);
            }
            text += joined(cells, " & ") + " \\\\\n";
        }
        text += "\\hline\n\\end{tabular}\n\\end{table}\n";
    }
    for (const Table& table : extraTables(spec, tables)) {
        text += "\\begin{table}\n\\centering\n\\caption{" + latexText(table.caption)
                + "}\n\\begin{tabular}{l" + std::string(table.columns.size() - 1, 'r')
                + "}\n\\hline\n" + latexRow(table.columns) + "\\hline\n";
        for (const auto& row : table.rows) {
            text += latexRow(row);
        }
        text += "\\hline\n\\end{tabular}\n\\end{table}\n";
    }
    return text;
}

Status writeExperiment(const ExperimentSpec& spec)
{
    const auto tables = readExperiment(spec);
    if (!tables) {
        return tables.error();
    }
    GD_TRY(makeFolder(spec.out));
    GD_TRY(writeFileAtomically(spec.out / "results.csv", csvOf(spec, *tables)));
    GD_TRY(writeFileAtomically(spec.out / "results.md", markdownOf(spec, *tables)));
    GD_TRY(writeFileAtomically(spec.out / "results.tex", latexOf(spec, *tables)));
    for (const ScatterPlot& plot : costPlots(spec, *tables)) {
        GD_TRY(makeFolder(spec.out / "plots"));
        GD_TRY(writeFileAtomically(
            spec.out / "plots" / (fileNameOf(plot.title) + ".svg"), svgDocumentOf(plot)));
    }
    return writeExperimentPage(spec, *tables);
}

} // namespace guidino::report
