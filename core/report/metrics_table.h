// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guidino::report {

/// metrics.csv of a run: a row a validation. Fields that hold no number are nothing.
struct MetricsTable
{
    std::vector<std::string> columns;
    std::vector<std::vector<std::optional<double>>> rows; ///< each as long as `columns`

    /// Nothing where there is no such column.
    [[nodiscard]] std::optional<std::size_t> indexOf(std::string_view column) const;

    /// One value a row; empty where there is no such column.
    [[nodiscard]] std::vector<std::optional<double>> valuesOf(std::string_view column) const;
};

/// Of the file's text. Lines that end too early are filled up, what is too much is left out.
[[nodiscard]] MetricsTable metricsTableOf(std::string_view csv);

} // namespace guidino::report
