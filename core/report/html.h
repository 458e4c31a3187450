// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"
#include "core/base/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Pieces of self-contained HTML: everything inline, no script, no network, light and dark.
namespace guidino::report {

/// "data:image/png;base64,…" of a PNG, JPEG, WebP, GIF or SVG file. NotFound, BadInput.
[[nodiscard]] Result<std::string> dataUri(const std::filesystem::path& image);

/// A number for people: `digits` after the point, "–" where it is not defined.
[[nodiscard]] std::string numberText(std::optional<double> value, int digits = 3);

/// Cells are text and become escaped; numbers are aligned to the right.
struct Table
{
    std::string caption;
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
};

[[nodiscard]] std::string htmlOf(const Table& table);

/// One curve or cloud of a plot.
struct Series
{
    std::string name;
    std::vector<std::pair<double, double>> points;
    bool isLine = true; ///< else dots
};

/// A small plot with axes, as inline SVG. Points that are not finite are left out.
struct Plot
{
    std::string title;
    std::string xLabel;
    std::string yLabel;
    std::vector<Series> series;
    std::optional<std::pair<double, double>> yRange; ///< nullopt: from the points
    bool hasDiagonal = false;                        ///< y = x, for before/after clouds
};

[[nodiscard]] std::string svgOf(const Plot& plot);

/// SVG path data of the outline of the pixels of `labels` [H, W, 1] that are `label`, along pixel
/// edges.
[[nodiscard]] std::string outlinePath(const Raster8& labels, int label);

/// A whole document. `body` is HTML; the header says "Research use only, not a medical device".
[[nodiscard]] std::string htmlDocument(const std::string& title, const std::string& body);

} // namespace guidino::report
