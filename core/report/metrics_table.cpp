// SPDX-License-Identifier: Apache-2.0
#include "core/report/metrics_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace guidino::report {

namespace {

std::vector<std::string_view> partsOf(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

/// Whatever the locale.
std::optional<double> numberOf(std::string_view text)
{
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool isNumber = read.ec == std::errc() && read.ptr == text.data() + text.size();
    return isNumber && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

} // namespace

std::optional<std::size_t> MetricsTable::indexOf(std::string_view column) const
{
    const auto found = std::find(columns.begin(), columns.end(), column);
    return found == columns.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - columns.begin()));
}

std::vector<std::optional<double>> MetricsTable::valuesOf(std::string_view column) const
{
    std::vector<std::optional<double>> values;
    if (const auto at = indexOf(column)) {
        for (const auto& row : rows) {
            values.push_back(row[*at]);
        }
    }
    return values;
}

MetricsTable metricsTableOf(std::string_view csv)
{
    MetricsTable table;
    for (std::string_view line : partsOf(csv, '\n')) {
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (line.empty()) {
            continue;
        }
        const auto cells = partsOf(line, ',');
        if (table.columns.empty()) {
            table.columns.assign(cells.begin(), cells.end());
            continue;
        }
        auto& row = table.rows.emplace_back(table.columns.size());
        for (std::size_t i = 0; i < std::min(row.size(), cells.size()); ++i) {
            row[i] = numberOf(cells[i]);
        }
    }
    return table;
}

} // namespace guidino::report
