// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QList>
#include <QPen>

namespace guidino::ui {

class Theme;

/// How charts look: the theme's greys, and for lines the colours of Okabe and Ito ("Color Universal
/// Design", 2008), which people with any colour vision tell apart, each with a dash pattern of its
/// own, so that print in grey does as well.
struct ChartStyle
{
    QColor background;
    QColor text;
    QColor muted;
    QColor grid;
    QColor good;           ///< of marks
    QColor bad;            ///< of marks
    QList<QColor> colours; ///< of lines; the ones with the most contrast to the background first

    [[nodiscard]] static ChartStyle of(const Theme& theme);

    /// Dark on white, whatever the theme: for files.
    [[nodiscard]] static ChartStyle forPrint();

    /// The n-th line's pen, n ≥ 0: colour and dash; each combination comes once in a few dozen.
    [[nodiscard]] QPen linePen(int n, double width) const;
};

/// Ratio of the luminances of two colours as WCAG 2 defines it, 1 to 21.
[[nodiscard]] double contrastOf(const QColor& one, const QColor& other);

} // namespace guidino::ui
