// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/statistics.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// Named points: systems by what they cost and what they reach.
namespace guidino::report {

struct ScatterPoint
{
    std::string name;
    double x = 0;
    double y = 0;
    std::optional<Interval> interval;  ///< of y
    std::optional<bool> isGuided;      ///< full or hollow marker; nothing: full, and no key
    std::vector<std::size_t> joinedTo; ///< positions of points that a thin line leads to
};

/// Readable in one colour. Points that are not finite, or not above 0 where x is logarithmic, are
/// left out.
struct ScatterPlot
{
    std::string title;
    std::string xLabel; ///< with its unit
    std::string yLabel;
    std::string note; ///< below the title, such as what the bars are
    std::vector<ScatterPoint> points;
};

/// Inline SVG. x is logarithmic where the points span more than a factor of ten. Names overlap no
/// other name and no marker and stay inside; those that find no room are told by the marker's tool
/// tip alone.
[[nodiscard]] std::string svgOf(const ScatterPlot& plot);

/// The same as a file of its own, black on white.
[[nodiscard]] std::string svgDocumentOf(const ScatterPlot& plot);

} // namespace guidino::report
