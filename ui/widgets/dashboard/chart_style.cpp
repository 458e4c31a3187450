// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dashboard/chart_style.h"

#include "ui/widgets/theme.h"

#include <algorithm>
#include <cmath>

namespace guidino::ui {

namespace {

constexpr QRgb kOrange = 0xFFE69F00;
constexpr QRgb kSkyBlue = 0xFF56B4E9;
constexpr QRgb kGreen = 0xFF009E73;
constexpr QRgb kYellow = 0xFFF0E442;
constexpr QRgb kBlue = 0xFF0072B2;
constexpr QRgb kVermillion = 0xFFD55E00;
constexpr QRgb kPurple = 0xFFCC79A7;

/// Black is the table's eighth colour; on dark grounds white stands for it.
QList<QColor> coloursOn(bool isDark)
{
    const QList<QRgb> table =
        isDark ? QList<QRgb>{kSkyBlue, kOrange, kGreen, 0xFFF2F2F2, kPurple, kYellow, kVermillion}
               : QList<QRgb>{kBlue, kVermillion, kGreen, 0xFF000000, kPurple, kSkyBlue, kOrange};
    QList<QColor> colours;
    for (const QRgb value : table) {
        colours.append(QColor::fromRgb(value));
    }
    return colours;
}

/// In widths of the line.
const QList<QList<qreal>>& dashes()
{
    static const QList<QList<qreal>> patterns{
        {}, {5, 2.5}, {1.5, 2}, {6, 2, 1.5, 2}, {9, 3}, {3, 1.5, 3, 4}, {6, 2, 1.5, 2, 1.5, 2}};
    return patterns;
}

double luminanceOf(const QColor& colour)
{
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF())
           + 0.0722 * linear(colour.blueF());
}

} // namespace

double contrastOf(const QColor& one, const QColor& other)
{
    const double a = luminanceOf(one);
    const double b = luminanceOf(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

ChartStyle ChartStyle::of(const Theme& theme)
{
    return {
        theme.color(QStringLiteral("panel")),
        theme.color(QStringLiteral("text")),
        theme.color(QStringLiteral("muted")),
        theme.color(QStringLiteral("border")),
        theme.color(QStringLiteral("accepted")),
        theme.color(QStringLiteral("rejected")),
        coloursOn(theme.isDark())};
}

ChartStyle ChartStyle::forPrint()
{
    return {
        QColor(Qt::white),
        QColor(QRgb{0xFF1B1B1B}),
        QColor(QRgb{0xFF5C5C5C}),
        QColor(QRgb{0xFFD8D8D8}),
        QColor(QRgb{0xFF00785A}),
        QColor(QRgb{0xFFB34E00}),
        coloursOn(false)};
}

QPen ChartStyle::linePen(int n, double width) const
{
    const qsizetype count = colours.size();
    const qsizetype round = n / count;
    QPen pen(colours[n % count], width);
    pen.setCapStyle(Qt::FlatCap);
    pen.setJoinStyle(Qt::RoundJoin);
    // The next round through the colours begins one pattern later.
    const QList<qreal>& dash = dashes()[(n % count + round) % dashes().size()];
    if (!dash.isEmpty()) {
        pen.setDashPattern(dash);
    }
    return pen;
}

} // namespace guidino::ui
