// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

/// Internal to the layer: where names of points stand so that each can be read.
namespace guidino::report {

/// A place in a plot, pixels from its upper left corner.
struct PlotPoint
{
    double x = 0;
    double y = 0;
};

struct PlotBox
{
    double left = 0;
    double top = 0;
    double right = 0;
    double bottom = 0;

    [[nodiscard]] bool overlaps(const PlotBox& other) const
    {
        return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
};

struct PlotLine
{
    PlotPoint from;
    PlotPoint to;
};

struct LabelTask
{
    struct Label
    {
        PlotPoint marker;
        double width = 0;
        double height = 0;
    };

    PlotBox frame; ///< no label leaves it
    std::vector<Label> labels;
    double markerRadius = 4;
    std::vector<PlotLine> lines; ///< covered only where nothing else is free
};

struct LabelPlace
{
    PlotBox box;
    std::optional<PlotLine> leader; ///< from the marker, where the label is away from it
};

/// A place for each label that overlaps no other label and no marker; nothing where there is no
/// room for it. Near its own marker before far, covering few lines, leaders that cross little.
/// Deterministic.
[[nodiscard]] std::vector<std::optional<LabelPlace>> placeLabels(const LabelTask& task);

} // namespace guidino::report
