// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QPointF>
#include <QString>

#include <span>
#include <vector>

/// Curves made ready for drawing: smoothed, thinned, with places for the labels of their axes. Pure
/// functions of numbers. Any thread.
namespace guidino::ui {

/// Points of all lines together that are drawn at most, however long the runs are.
constexpr int kMostDrawnPoints = 10'000;

/// How many points each of so many lines may have: together never more than kMostDrawnPoints, and
/// at least four each while there are fewer than 2,500 lines.
[[nodiscard]] int pointsForEach(int lines);

/// Exponential moving average with the bias of its start removed, as TensorBoard has it:
/// s_i = w · s_(i−1) + (1 − w) · v_i from s = 0, shown as s_i / (1 − w^i). `weight` w in [0, 1): 0
/// gives the values. The first value stays, and a constant stays constant. Values are finite.
[[nodiscard]] std::vector<double> smoothed(std::span<const double> values, double weight);

/// At most `most` (≥ 4) of the points, for a line that looks the same: equal columns along x, of
/// each its first, lowest, highest and last point (M4: Jugel et al., VLDB 2014). The order, both
/// ends and both extremes of the whole stay. `points` in rising order of x.
[[nodiscard]] QList<QPointF> thinned(std::span<const QPointF> points, int most);

/// The points from x = `low` to `high`, with one more on each side, so that lines go on to the
/// edges. `points` in rising order of x.
[[nodiscard]] std::span<const QPointF>
pointsWithin(std::span<const QPointF> points, double low, double high);

/// The y of a line at x, between its points by a straight line; NaN before its first and after its
/// last point, and where there is none.
[[nodiscard]] double valueAt(std::span<const QPointF> points, double x);

/// Where the labels of an axis stand.
struct AxisTicks
{
    double low = 0; ///< of the axis: at or below the lowest value
    double high = 1;
    std::vector<double> values;
    QList<QString> labels; ///< in the user's locale
};

/// Round places, 1, 2 or 5 times a power of ten apart, about `count` of them, around all of
/// [low, high]. A range without extent is widened.
[[nodiscard]] AxisTicks linearTicks(double low, double high, int count);

/// The same for an axis of log10(value), low and high > 0: ticks at powers of ten, and at 2 and 5
/// times them where the range is short. `low`, `high` and `values` are logarithms, `labels` are
/// not.
[[nodiscard]] AxisTicks logTicks(double low, double high, int count);

/// At most three significant digits below 1000, powers of ten where the number is very small or
/// large, in the user's locale: "0.0835", "1,024", "3.2e-05".
[[nodiscard]] QString figureText(double value);

} // namespace guidino::ui
