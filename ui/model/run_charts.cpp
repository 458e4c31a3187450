// SPDX-License-Identifier: Apache-2.0
#include "ui/model/run_charts.h"

#include "ui/model/chart_series.h"

#include <QCoreApplication>

#include <algorithm>

namespace guidino::ui {

namespace {

QString translated(const char* source)
{
    return QCoreApplication::translate("guidino::ui::RunCharts", source);
}

struct KnownLine
{
    const char* name;
    const char* split;
    const char* title;
};

struct KnownChart
{
    const char* id;
    const char* title;
    const char* unit;
    std::vector<KnownLine> lines;
    std::optional<double> low;
    std::optional<double> high;
    bool isDetail = false;
};

/// The names are those of metrics.csv.
const std::vector<KnownChart>& knownCharts()
{
    static const std::vector<KnownChart> charts{
        {"loss",
         QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Loss"),
         "",
         {{"train_loss", "train", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Training")},
          {"val_loss", "val", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Validation")},
          {"loss", "train", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Within the epoch")}},
         {},
         {}},
        {"parts",
         QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Parts of the training loss"),
         "",
         {{"train_ce", "train", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Cross entropy")},
          {"train_dice", "train", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Soft Dice")},
          {"train_guide", "train", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Guide")},
          {"train_boundary",
           "train",
           QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Boundary hinge")},
          {"train_prototypes", "train", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Prototypes")},
          {"train_terms", "train", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Further terms")}},
         {},
         {}},
        {"overlap",
         QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "DSC and IoU on the validation images"),
         "",
         {{"dsc", "val", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "DSC")},
          {"iou", "val", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "IoU")}},
         {},
         1.0},
        {"hd95",
         QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "HD95 on the validation images"),
         QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "px"),
         {{"hd95", "val", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "HD95")}},
         {},
         {}},
        {"lr",
         QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Learning rate"),
         "",
         {{"lr", "train", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Learning rate")}},
         {},
         {}},
        {"guide",
         QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Guide on the training images"),
         "",
         {{"guide_mean", "train", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Mean")},
          {"guide_std",
           "train",
           QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Standard deviation")}},
         {},
         1.0},
        {"speed",
         QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Speed"),
         QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "images/s"),
         {{"images_per_second",
           "train",
           QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Images per second")}},
         0.0,
         {},
         true},
        {"memory",
         QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Memory"),
         QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "MiB"),
         {{"memory_mib", "train", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Process")},
          {"device_memory_mib",
           "train",
           QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "GPU, highest")}},
         0.0,
         {},
         true},
        {"time",
         QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Time of an epoch"),
         QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "s"),
         {{"train_seconds", "train", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Training")},
          {"validation_seconds", "val", QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Validation")}},
         0.0,
         {},
         true}};
    return charts;
}

/// "val" and "validation" are the same.
bool isSplit(const QString& split, const QString& wanted)
{
    return split.left(3) == wanted.left(3);
}

const RunCurve* curveIn(const RunCurves& run, const QString& name, const QString& split)
{
    for (const RunCurve& curve : run.curves()) {
        if (curve.name == name && isSplit(curve.split, split)) {
            return &curve;
        }
    }
    return nullptr;
}

RunChart chartOf(const KnownChart& known, const std::vector<const RunCurves*>& runs)
{
    RunChart chart{
        QLatin1String(known.id),
        translated(known.title),
        *known.unit == '\0' ? QString() : translated(known.unit),
        {},
        known.low,
        known.high,
        known.isDetail};
    for (const KnownLine& line : known.lines) {
        const QString name = QLatin1String(line.name);
        for (const RunCurves* run : runs) {
            if (const RunCurve* curve = curveIn(*run, name, QLatin1String(line.split))) {
                chart.lines.append({name, curve->split, translated(line.title)});
                break;
            }
        }
    }
    return chart;
}

bool isKnown(const RunCurve& curve)
{
    return std::any_of(
        knownCharts().begin(), knownCharts().end(), [&curve](const KnownChart& chart) {
            return std::any_of(
                chart.lines.begin(), chart.lines.end(), [&curve](const KnownLine& line) {
                    return curve.name == QLatin1String(line.name)
                           && isSplit(curve.split, QLatin1String(line.split));
                });
        });
}

/// DSC by class in one chart, all else that no chart knows by itself.
QList<RunChart> otherCharts(const std::vector<const RunCurves*>& runs)
{
    const QString ofClass = QStringLiteral("dsc_");
    RunChart classes{
        QStringLiteral("classes"),
        translated(QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "DSC by class")),
        {},
        {},
        {},
        1.0,
        false};
    QList<RunChart> others;
    const auto isThere = [](const QList<ChartLine>& lines, const RunCurve& curve) {
        return std::any_of(lines.begin(), lines.end(), [&curve](const ChartLine& line) {
            return line.name == curve.name && line.split == curve.split;
        });
    };
    for (const RunCurves* run : runs) {
        for (const RunCurve& curve : run->curves()) {
            if (isKnown(curve)) {
                continue;
            }
            if (curve.name.startsWith(ofClass)) {
                if (!isThere(classes.lines, curve)) {
                    classes.lines.append({curve.name, curve.split, curve.name.mid(ofClass.size())});
                }
            } else if (std::none_of(others.begin(), others.end(), [&](const RunChart& chart) {
                           return isThere(chart.lines, curve);
                       })) {
                others.append(
                    {curve.split + QLatin1Char('/') + curve.name,
                     curve.name,
                     {},
                     {{curve.name, curve.split, curve.name}},
                     {},
                     {},
                     true});
            }
        }
    }
    if (!classes.lines.isEmpty()) {
        others.prepend(classes);
    }
    return others;
}

} // namespace

QList<RunChart> chartsOf(const std::vector<const RunCurves*>& runs, bool isComparison)
{
    QList<RunChart> charts;
    for (const KnownChart& known : knownCharts()) {
        charts.append(chartOf(known, runs));
    }
    charts.append(otherCharts(runs));
    std::stable_partition(
        charts.begin(), charts.end(), [](const RunChart& chart) { return !chart.isDetail; });
    if (isComparison) { // which run is the best comes first
        std::stable_partition(charts.begin(), charts.end(), [](const RunChart& chart) {
            return chart.id == QLatin1String("overlap") || chart.id == QLatin1String("hd95")
                   || chart.id == QLatin1String("classes");
        });
    }
    QList<RunChart> filled;
    for (const RunChart& chart : charts) {
        if (!isComparison || chart.lines.size() <= 1) {
            if (!chart.lines.isEmpty()) {
                filled.append(chart);
            }
            continue;
        }
        for (const ChartLine& line : chart.lines) {
            RunChart single = chart;
            single.id += QLatin1Char('.') + line.name;
            single.title = chart.id == QLatin1String("overlap")
                               ? line.title
                               : translated(QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "%1: %2"))
                                     .arg(chart.title, line.title);
            single.lines = {line};
            filled.append(single);
        }
    }
    return filled;
}

QString textOf(const RunMark& mark)
{
    switch (mark.kind) {
    case RunMark::Kind::Checkpoint:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Best model so far: %1"))
            .arg(figureText(mark.value));
    case RunMark::Kind::LearningRate:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Learning rate %1"))
            .arg(figureText(mark.value));
    case RunMark::Kind::Paused:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Paused"));
    case RunMark::Kind::Resumed:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Resumed"));
    case RunMark::Kind::Continued:
        return translated(
            QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Continued from a checkpoint"));
    case RunMark::Kind::Stopped:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Stopped and kept"));
    case RunMark::Kind::Cancelled:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Cancelled"));
    case RunMark::Kind::Failed:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Failed"));
    case RunMark::Kind::Finished:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Finished"));
    }
    return {};
}

QString titleOf(RunAxis axis)
{
    switch (axis) {
    case RunAxis::Epoch:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Epoch"));
    case RunAxis::Step:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Step"));
    case RunAxis::Minutes:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::RunCharts", "Minutes"));
    }
    return {};
}

} // namespace guidino::ui
