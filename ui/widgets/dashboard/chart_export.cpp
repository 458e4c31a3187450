// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dashboard/chart_export.h"

#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>

#include <algorithm>
#include <array>
#include <charconv>

namespace guidino::ui {

namespace {

constexpr int kBetween = 8;

/// Where each chart stands, and how large all is.
struct Sheet
{
    QList<QRectF> places;
    QSize size;
};

Sheet sheetOf(const QList<RunChartView*>& charts, int columns)
{
    Sheet sheet;
    int x = kBetween;
    int y = kBetween;
    int rowHeight = 0;
    int right = 0;
    for (qsizetype i = 0; i < charts.size(); ++i) {
        const QSize size = charts[i]->viewport()->size();
        sheet.places.append(QRectF(x, y, size.width(), size.height()));
        rowHeight = std::max(rowHeight, size.height());
        x += size.width() + kBetween;
        right = std::max(right, x);
        if ((i + 1) % std::max(1, columns) == 0 || i + 1 == charts.size()) {
            x = kBetween;
            y += rowHeight + kBetween;
            rowHeight = 0;
        }
    }
    sheet.size = QSize(std::max(1, right), std::max(1, y));
    return sheet;
}

void paint(const QList<RunChartView*>& charts, const Sheet& sheet, QPainter& painter)
{
    const ChartStyle style = ChartStyle::forPrint();
    painter.fillRect(QRect(QPoint(0, 0), sheet.size), style.background);
    for (qsizetype i = 0; i < charts.size(); ++i) {
        charts[i]->paintInto(painter, sheet.places[i], style);
    }
}

Status save(const QByteArray& content, const QString& file)
{
    QSaveFile target(file);
    if (!target.open(QIODevice::WriteOnly) || target.write(content) != content.size()
        || !target.commit()) {
        return Error{
            ErrorCode::CannotWrite,
            "cannot write '" + file.toStdString() + "': " + target.errorString().toStdString(),
            {{"file", file.toStdString()}}};
    }
    return {};
}

/// The shortest text that is read as the same number.
std::string numberText(double value)
{
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end.ptr};
}

std::string cell(const QString& text)
{
    std::string plain = text.toStdString();
    if (plain.find_first_of(",\"\r\n") == std::string::npos) {
        return plain;
    }
    std::string quoted = "\"";
    for (const char letter : plain) {
        quoted += letter == '"' ? "\"\"" : std::string(1, letter);
    }
    return quoted + "\"";
}

} // namespace

Status saveChartsAsSvg(const QList<RunChartView*>& charts, int columns, const QString& file)
{
    const Sheet sheet = sheetOf(charts, columns);
    QByteArray content;
    QBuffer buffer(&content);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(sheet.size);
    generator.setViewBox(QRect(QPoint(0, 0), sheet.size));
    generator.setTitle(QStringLiteral("GuiDINO Workbench"));
    QPainter painter(&generator);
    paint(charts, sheet, painter);
    painter.end();
    buffer.close();
    return save(content, file);
}

Status
saveChartsAsPng(const QList<RunChartView*>& charts, int columns, const QString& file, double scale)
{
    const Sheet sheet = sheetOf(charts, columns);
    QImage image(sheet.size * scale, QImage::Format_RGB32);
    image.setDevicePixelRatio(scale);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    paint(charts, sheet, painter);
    painter.end();
    QByteArray content;
    QBuffer buffer(&content);
    buffer.open(QIODevice::WriteOnly);
    if (!image.save(&buffer, "PNG")) {
        return Error{ErrorCode::Internal, "the picture of the charts cannot be encoded", {}};
    }
    buffer.close();
    return save(content, file);
}

std::string valuesAsCsv(const std::vector<ExportedRun>& runs, const QList<ChartLine>& lines)
{
    std::string text = "run,metric,split,step,epoch,seconds,value\n";
    for (const ExportedRun& run : runs) {
        for (const RunCurve& curve : run.curves->curves()) {
            const bool isWanted =
                lines.isEmpty()
                || std::any_of(lines.begin(), lines.end(), [&](const ChartLine& line) {
                       return line.name == curve.name && line.split.left(3) == curve.split.left(3);
                   });
            if (!isWanted) {
                continue;
            }
            const std::string head =
                cell(run.name) + "," + cell(curve.name) + "," + cell(curve.split) + ",";
            const QList<QPointF> steps = run.curves->points(curve, RunAxis::Step);
            const QList<QPointF> epochs = run.curves->points(curve, RunAxis::Epoch);
            for (std::size_t i = 0; i < curve.values.size(); ++i) {
                const auto at = static_cast<qsizetype>(i);
                text += head + numberText(steps[at].x()) + "," + numberText(epochs[at].x()) + ","
                        + numberText(curve.seconds[i]) + "," + numberText(curve.values[i]) + "\n";
            }
        }
    }
    return text;
}

Status saveText(const std::string& text, const QString& file)
{
    return save(QByteArray(text.data(), static_cast<qsizetype>(text.size())), file);
}

} // namespace guidino::ui
