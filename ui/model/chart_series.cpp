// SPDX-License-Identifier: Apache-2.0
#include "ui/model/chart_series.h"

#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace guidino::ui {

namespace {

/// Numbers of a decimal fraction that is needed to tell multiples of `step` apart.
int decimalsOf(double step)
{
    return std::clamp(-static_cast<int>(std::floor(std::log10(step) + 1e-9)), 0, 12);
}

/// 1, 2 or 5 times a power of ten, at least `least`.
double roundStep(double least)
{
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= least * (1 - 1e-9)) {
            return factor * power;
        }
    }
    return 10 * power;
}

/// "0.50" says no more than "0.5".
QString withoutTrailingZeros(QString number, const QLocale& locale)
{
    const QString point = locale.decimalPoint();
    if (number.contains(point)) {
        while (number.endsWith(locale.zeroDigit())) {
            number.chop(1);
        }
        if (number.endsWith(point)) {
            number.chop(point.size());
        }
    }
    return number;
}

bool isBelow(const QPointF& point, double x)
{
    return point.x() < x;
}

} // namespace

int pointsForEach(int lines)
{
    return std::max(4, kMostDrawnPoints / std::max(1, lines));
}

std::vector<double> smoothed(std::span<const double> values, double weight)
{
    std::vector<double> result(values.begin(), values.end());
    if (weight <= 0) {
        return result;
    }
    double sum = 0;
    double bias = 1; // weight to the power of the number of values
    for (double& value : result) {
        sum = weight * sum + (1 - weight) * value;
        bias *= weight;
        value = sum / (1 - bias);
    }
    return result;
}

QList<QPointF> thinned(std::span<const QPointF> points, int most)
{
    const auto limit = static_cast<std::size_t>(std::max(4, most));
    if (points.size() <= limit) {
        return {points.begin(), points.end()};
    }
    const std::size_t columns = limit / 4;
    const double first = points.front().x();
    const double width = points.back().x() - first;
    QList<QPointF> result;
    result.reserve(static_cast<qsizetype>(4 * columns));
    const auto columnOf = [&](const QPointF& point) {
        if (!(width > 0)) {
            return std::size_t{0};
        }
        const double share = (point.x() - first) / width;
        return std::min(
            columns - 1, static_cast<std::size_t>(share * static_cast<double>(columns)));
    };
    for (std::size_t begin = 0; begin < points.size();) {
        const std::size_t column = columnOf(points[begin]);
        std::size_t lowest = begin;
        std::size_t highest = begin;
        std::size_t end = begin;
        for (; end < points.size() && columnOf(points[end]) == column; ++end) {
            lowest = points[end].y() < points[lowest].y() ? end : lowest;
            highest = points[end].y() > points[highest].y() ? end : highest;
        }
        std::array<std::size_t, 4> chosen{begin, lowest, highest, end - 1};
        std::sort(chosen.begin(), chosen.end());
        const auto last = std::unique(chosen.begin(), chosen.end());
        for (auto place = chosen.begin(); place != last; ++place) {
            result.append(points[*place]);
        }
        begin = end;
    }
    return result;
}

std::span<const QPointF> pointsWithin(std::span<const QPointF> points, double low, double high)
{
    const auto begin = std::lower_bound(points.begin(), points.end(), low, isBelow);
    const auto end = std::upper_bound(
        begin, points.end(), high, [](double x, const QPointF& point) { return x < point.x(); });
    const std::ptrdiff_t from = std::max<std::ptrdiff_t>(0, begin - points.begin() - 1);
    const std::ptrdiff_t to = std::min<std::ptrdiff_t>(
        static_cast<std::ptrdiff_t>(points.size()), end - points.begin() + 1);
    return points.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
}

double valueAt(std::span<const QPointF> points, double x)
{
    const auto after = std::lower_bound(points.begin(), points.end(), x, isBelow);
    if (after == points.end()) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (after->x() == x) {
        return after->y();
    }
    if (after == points.begin()) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    const QPointF& before = *(after - 1);
    const double share = (x - before.x()) / (after->x() - before.x());
    return before.y() + share * (after->y() - before.y());
}

AxisTicks linearTicks(double low, double high, int count)
{
    if (!(high - low > 1e-12 * std::max(std::abs(low), std::abs(high)))) {
        const double half = low == 0 ? 0.5 : std::abs(low) * 0.05;
        low -= half;
        high += half;
    }
    const double step = roundStep((high - low) / std::max(1, count));
    AxisTicks ticks;
    ticks.low = std::floor(low / step + 1e-9) * step;
    ticks.high = std::ceil(high / step - 1e-9) * step;
    const auto steps = static_cast<int>(std::lround((ticks.high - ticks.low) / step));
    const bool isWide = std::max(std::abs(ticks.low), std::abs(ticks.high)) >= 1e6 || step < 1e-4;
    const QLocale locale;
    for (int i = 0; i <= steps; ++i) {
        double value = ticks.low + i * step;
        if (std::abs(value) < step * 1e-6) {
            value = 0; // not −0
        }
        ticks.values.push_back(value);
        ticks.labels.append(
            isWide ? figureText(value) : locale.toString(value, 'f', decimalsOf(step)));
    }
    return ticks;
}

AxisTicks logTicks(double low, double high, int count)
{
    double from = std::log10(low);
    double to = std::log10(high);
    if (to - from < 0.05) {
        from -= 0.1;
        to += 0.1;
    }
    AxisTicks ticks;
    ticks.low = from - 0.02 * (to - from);
    ticks.high = to + 0.02 * (to - from);
    const std::vector<double> coarse{1};
    const std::vector<double> fine{1, 2, 5};
    const std::vector<double> finest{1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9};
    const double decades = to - from;
    const std::vector<double>& factors = decades >= count - 1 ? coarse
                                         : decades > 0.9      ? fine
                                                              : finest;
    const int every = std::max(1, static_cast<int>(std::ceil(decades / std::max(1, count))));
    for (int power = static_cast<int>(std::floor(ticks.low));
         power <= static_cast<int>(std::ceil(ticks.high));
         ++power) {
        if (factors.size() == 1 && power % every != 0) {
            continue;
        }
        for (const double factor : factors) {
            const double place = power + std::log10(factor);
            if (place >= ticks.low && place <= ticks.high) {
                ticks.values.push_back(place);
                ticks.labels.append(figureText(factor * std::pow(10.0, power)));
            }
        }
    }
    if (ticks.values.size() < 2) { // less than from one such place to the next
        ticks.values.clear();
        ticks.labels.clear();
        const AxisTicks plain = linearTicks(low, high, count);
        for (std::size_t i = 0; i < plain.values.size(); ++i) {
            const double place = plain.values[i] > 0 ? std::log10(plain.values[i]) : ticks.low - 1;
            if (place >= ticks.low && place <= ticks.high) {
                ticks.values.push_back(place);
                ticks.labels.append(plain.labels[static_cast<qsizetype>(i)]);
            }
        }
    }
    return ticks;
}

QString figureText(double value)
{
    const QLocale locale;
    if (!std::isfinite(value)) {
        return QStringLiteral("–");
    }
    const double size = std::abs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e6)) {
        const QString text = locale.toString(value, 'e', 2);
        const qsizetype exponent = text.indexOf(QLatin1Char('e'), 0, Qt::CaseInsensitive);
        return exponent < 0
                   ? text
                   : withoutTrailingZeros(text.left(exponent), locale) + text.mid(exponent);
    }
    if (size >= 1000 || size == std::floor(size)) {
        return locale.toString(value, 'f', 0);
    }
    const int whole = static_cast<int>(std::floor(std::log10(size))) + 1;
    return withoutTrailingZeros(locale.toString(value, 'f', std::clamp(3 - whole, 0, 6)), locale);
}

} // namespace guidino::ui
