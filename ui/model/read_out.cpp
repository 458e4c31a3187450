// SPDX-License-Identifier: Apache-2.0
#include "ui/model/read_out.h"

#include "ui/model/annotation_document.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include <cmath>

namespace guidino::ui {

namespace {

QString translated(const char* source, int n = -1)
{
    return QCoreApplication::translate("guidino::ui::ReadOut", source, nullptr, n);
}

} // namespace

QString readOutAt(const AnnotationDocument& document, const LabelClasses& classes, PointF image)
{
    const int x = static_cast<int>(std::floor(image.x));
    const int y = static_cast<int>(std::floor(image.y));
    if (!document.labels().bounds().contains({x, y})) {
        return {};
    }
    const QLocale locale;
    QStringList parts{QStringLiteral("%1, %2").arg(x).arg(y)};
    if (const auto& prediction = document.shownPrediction()) {
        if (prediction->guide != nullptr) {
            const double value = prediction->guide->valueAt(
                image.x / document.size().width, image.y / document.size().height);
            parts << translated(
                         QT_TRANSLATE_NOOP("guidino::ui::ReadOut", "guide %1 (p%2 of the image)"))
                         .arg(locale.toString(value, 'f', 2))
                         .arg(prediction->guide->percentileOf(value));
        }
        if (prediction->probability != nullptr) {
            const double value = prediction->probability->at(x, y) / 65535.0;
            parts << translated(QT_TRANSLATE_NOOP("guidino::ui::ReadOut", "prediction %1"))
                         .arg(locale.toString(value, 'f', 2));
        } else {
            parts << translated(QT_TRANSLATE_NOOP("guidino::ui::ReadOut", "prediction %1"))
                         .arg(classNameOf(classes, prediction->labels.at(x, y)));
        }
    }
    parts << translated(QT_TRANSLATE_NOOP("guidino::ui::ReadOut", "label %1"))
                 .arg(classNameOf(classes, document.labels().at(x, y)));
    return parts.join(QStringLiteral("  ·  "));
}

QString durationText(double seconds)
{
    if (seconds < 0) {
        return {};
    }
    if (seconds < 10) {
        return translated(QT_TRANSLATE_NOOP("guidino::ui::ReadOut", "a few seconds"));
    }
    if (seconds < 55) {
        return translated(QT_TRANSLATE_NOOP("guidino::ui::ReadOut", "about %1 s"))
            .arg(10 * std::lround(seconds / 10));
    }
    const long minutes = std::lround(seconds / 60);
    if (minutes < 60) {
        return translated(QT_TRANSLATE_NOOP("guidino::ui::ReadOut", "about %1 min")).arg(minutes);
    }
    return translated(QT_TRANSLATE_NOOP("guidino::ui::ReadOut", "about %1 h %2 min"))
        .arg(minutes / 60)
        .arg(minutes % 60);
}

QString lengthText(double dx, double dy, const std::optional<SpacingMm>& spacing)
{
    const QLocale locale;
    const QString pixels = translated(QT_TRANSLATE_NOOP("guidino::ui::ReadOut", "%1 px"))
                               .arg(locale.toString(std::hypot(dx, dy), 'f', 1));
    if (!spacing) {
        return pixels;
    }
    const double length = std::hypot(dx * spacing->x, dy * spacing->y);
    return translated(QT_TRANSLATE_NOOP("guidino::ui::ReadOut", "%1 mm (%2)"))
        .arg(locale.toString(length, 'f', length < 10 ? 2 : 1), pixels);
}

QString areaText(std::int64_t pixels, const std::optional<SpacingMm>& spacing)
{
    const QLocale locale;
    const QString plain = translated(QT_TRANSLATE_NOOP("guidino::ui::ReadOut", "%1 px²"))
                              .arg(locale.toString(static_cast<qlonglong>(pixels)));
    if (!spacing) {
        return plain;
    }
    const double area = static_cast<double>(pixels) * spacing->x * spacing->y;
    return translated(QT_TRANSLATE_NOOP("guidino::ui::ReadOut", "%1 mm² (%2)"))
        .arg(locale.toString(area, 'f', area < 10 ? 2 : 1), plain);
}

} // namespace guidino::ui
