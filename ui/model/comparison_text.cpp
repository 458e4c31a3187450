// SPDX-License-Identifier: Apache-2.0
#include "ui/model/comparison_text.h"

#include <QLocale>
#include <QStringList>

#include <cmath>

namespace guidino::ui {

QString ComparisonText::number(double value, int digits)
{
    QString text = QLocale().toString(value, 'f', digits);
    if (text.startsWith(QLatin1Char('-'))) {
        text.replace(0, 1, QChar(0x2212));
    }
    return text;
}

QString ComparisonText::change(double value, int digits)
{
    const QString text = number(value, digits);
    const bool isNothing = std::abs(value) < 0.5 * std::pow(10, -digits);
    return isNothing ? number(0, digits) : value > 0 ? QLatin1Char('+') + text : text;
}

QString ComparisonText::nameOf(ComparisonController::Set set)
{
    switch (set) {
    case ComparisonController::Set::Locked:
        return tr("Locked images");
    case ComparisonController::Set::Validation:
        return tr("Validation images");
    case ComparisonController::Set::Corrected:
        return tr("Corrected images");
    case ComparisonController::Set::Labelled:
        return tr("All labelled images");
    }
    return {};
}

QString ComparisonText::imagesOf(ComparisonController::Set set, int count)
{
    switch (set) {
    case ComparisonController::Set::Locked:
        return tr("%n locked image(s)", nullptr, count);
    case ComparisonController::Set::Validation:
        return tr("%n validation image(s)", nullptr, count);
    case ComparisonController::Set::Corrected:
        return tr("%n corrected image(s)", nullptr, count);
    case ComparisonController::Set::Labelled:
        return tr("%n labelled image(s)", nullptr, count);
    }
    return {};
}

QString ComparisonText::statement(
    const report::ModelComparison& found, ComparisonController::Set set, const Names& names)
{
    const auto count = static_cast<int>(found.counted);
    if ((!found.a || !found.b) && found.leftOut > 0) {
        return tr("None of these images can judge these models.");
    }
    if (!found.a || !found.b) {
        return tr("No image is scored with both models yet.");
    }
    const QString images = imagesOf(set, count);
    if (!found.dsc) {
        return tr("On %1 %2 has DSC %3 and %4 has %5: one image proves nothing.")
            .arg(images, names.a, number(found.a->dsc.mean), names.b, number(found.b->dsc.mean));
    }
    const double change = found.dsc->meanDifference;
    const report::Interval& interval = found.dsc->interval;
    if (interval.low <= 0 && interval.high >= 0) {
        return tr("On %1 no difference is shown: %2 is at %3 DSC against %4 (95 % interval %5 to "
                  "%6).")
            .arg(
                images,
                names.b,
                ComparisonText::change(change),
                names.a,
                ComparisonText::change(interval.low),
                ComparisonText::change(interval.high));
    }
    const bool isBetter = change > 0;
    return (isBetter ? tr("On %1 %2 is better by %3 DSC (95 % interval %4 to %5).")
                     : tr("On %1 %2 is worse by %3 DSC (95 % interval %4 to %5)."))
        .arg(
            images,
            names.b,
            number(std::abs(change)),
            number(isBetter ? interval.low : -interval.high),
            number(isBetter ? interval.high : -interval.low));
}

QString ComparisonText::probability(const report::ModelComparison& found)
{
    if (!found.dsc) {
        return {};
    }
    const double p = found.dsc->wilcoxonP;
    const QString figure = p < 0.001 ? tr("p < 0.001") : tr("p = %1").arg(number(p, 3));
    if (found.dsc->better + found.dsc->worse == 0) {
        return tr("All images score the same with both.");
    }
    const int inHundred = static_cast<int>(std::lround(100 * p));
    if (p < 0.05) {
        return inHundred < 1
                   ? tr("Chance alone would bring such ranks in less than 1 of 100 such "
                        "comparisons (Wilcoxon signed-rank test, %1).")
                         .arg(figure)
                   : tr("Chance alone would bring such ranks in %1 of 100 such comparisons "
                        "(Wilcoxon signed-rank test, %2).")
                         .arg(inHundred)
                         .arg(figure);
    }
    return tr("Chance alone would bring such ranks in %1 of 100 such comparisons, so it may be "
              "chance (Wilcoxon signed-rank test, %2).")
        .arg(inHundred)
        .arg(figure);
}

QString ComparisonText::leftOut(const report::ModelComparison& found, bool countsOwnCases)
{
    QStringList parts;
    if (found.leftOut > 0 && !countsOwnCases) {
        parts << tr(
            "%n image(s) left out: their references began as predictions of one of these "
            "models or of a model that it descends from, and would judge it by itself.",
            nullptr,
            static_cast<int>(found.leftOut));
    }
    if (found.unscored > 0) {
        parts << tr("%n image(s) without a score.", nullptr, static_cast<int>(found.unscored));
    }
    return parts.join(QLatin1Char(' '));
}

QString ComparisonText::caution(ComparisonController::Set set, int lockedLooks)
{
    switch (set) {
    case ComparisonController::Set::Locked:
        return tr(
            "The locked images were looked at %n time(s). The more often models are chosen by "
            "them, the less they prove.",
            nullptr,
            lockedLooks);
    case ComparisonController::Set::Validation:
        return tr("Checkpoints are picked on validation images: they flatter a trained model a "
                  "little.");
    case ComparisonController::Set::Corrected:
    case ComparisonController::Set::Labelled:
        return tr("Models may have trained on these images: this shows what they learnt, not what "
                  "they are worth on new ones.");
    }
    return {};
}

} // namespace guidino::ui
