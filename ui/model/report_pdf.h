// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/report/metric_report.h"

#include <QString>

namespace guidino::ui {

/// The metric report as a PDF of A4 pages, atomically: summary, pictures of the worst cases with
/// their outlines, the table of all images, definitions. Any thread. CannotWrite.
[[nodiscard]] Status writeReportPdf(const report::MetricReport& report, const QString& file);

} // namespace guidino::ui
