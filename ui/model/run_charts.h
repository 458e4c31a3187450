// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/run_curves.h"

#include <QList>
#include <QString>

#include <optional>
#include <vector>

/// Which curves stand together in one chart, and under which names.
namespace guidino::ui {

/// One line of a chart.
struct ChartLine
{
    QString name; ///< of the metric, as the worker calls it
    QString split;
    QString title; ///< translated
};

/// One chart of a dashboard.
struct RunChart
{
    QString id;    ///< stable, such as "loss"
    QString title; ///< translated
    QString unit;  ///< translated, such as "px"; may be empty
    QList<ChartLine> lines;
    std::optional<double> low;  ///< where the axis always begins
    std::optional<double> high; ///< beyond which it never goes
    bool isDetail = false;      ///< of the machine, not of the model: stands last
};

/// The charts that these runs have values for, in a fixed order; metrics that no chart knows get
/// one of their own. One chart a metric where several runs are compared (`isComparison`): colours
/// then tell the runs apart.
[[nodiscard]] QList<RunChart>
chartsOf(const std::vector<const RunCurves*>& runs, bool isComparison);

/// What a mark says, translated: "Checkpoint: 0.873".
[[nodiscard]] QString textOf(const RunMark& mark);

/// The name of an axis, translated.
[[nodiscard]] QString titleOf(RunAxis axis);

} // namespace guidino::ui
