// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "ui/widgets/dashboard/run_chart_view.h"

#include <QList>
#include <QString>

#include <filesystem>
#include <string>
#include <vector>

/// Charts as files. All write beside the target and rename. CannotWrite names the file.
namespace guidino::ui {

/// The charts in a grid as on the screen, dark on white; every chart of the size it has.
[[nodiscard]] Status
saveChartsAsSvg(const QList<RunChartView*>& charts, int columns, const QString& file);

/// The same as pixels, `scale` for each of the screen's.
[[nodiscard]] Status saveChartsAsPng(
    const QList<RunChartView*>& charts, int columns, const QString& file, double scale = 2);

/// One run for the table of values.
struct ExportedRun
{
    QString name;
    const RunCurves* curves = nullptr;
};

/// All values, not thinned and not smoothed: `run,metric,split,step,epoch,seconds,value`, numbers
/// in the C locale with all their digits. Only metrics of these lines; empty: all.
[[nodiscard]] std::string
valuesAsCsv(const std::vector<ExportedRun>& runs, const QList<ChartLine>& lines);

[[nodiscard]] Status saveText(const std::string& text, const QString& file);

} // namespace guidino::ui
