// SPDX-License-Identifier: Apache-2.0
#include "ui/model/report_pdf.h"

#include "core/report/html.h"

#include <QFont>
#include <QImage>
#include <QPageLayout> // layout-ok: of Qt Gui, no layout of widgets
#include <QPageSize>
#include <QPainter>
#include <QPainterPath>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QSaveFile>

#include <algorithm>
#include <numeric>
#include <vector>

namespace guidino::ui {

namespace {

constexpr int kDpi = 150;
const QColor kInk(0x1c, 0x1c, 0x1c);
const QColor kMuted(0x66, 0x66, 0x66);
const QColor kLine(0xd0, 0xd0, 0xd0);

QString text(const std::string& value)
{
    return QString::fromStdString(value);
}

/// Lays a report out from top to bottom, page by page. Lengths are device pixels at 150 dpi.
class Pages
{
public:
    explicit Pages(QPdfWriter& writer, QString footer)
        : m_writer(writer)
        , m_painter(&writer)
        , m_footer(std::move(footer))
    {
        m_painter.setRenderHint(QPainter::Antialiasing);
        m_painter.setRenderHint(QPainter::SmoothPixmapTransform);
        finishPage();
    }

    void title(const QString& value)
    {
        draw(value, 17, true, kInk);
        m_y += 4;
    }

    void heading(const QString& value)
    {
        need(120);
        m_y += 22;
        draw(value, 12, true, kInk);
        m_y += 4;
    }

    void paragraph(const QString& value, const QColor& color = kInk)
    {
        draw(value, 9, false, color);
    }

    void notice(const QString& value)
    {
        const QRectF box(0, m_y + 6, width(), 36);
        m_painter.fillRect(box, QColor(0xff, 0xf3, 0xd6));
        m_painter.setPen(QColor(0x6a, 0x48, 0x00));
        setFont(9, true);
        m_painter.drawText(box.adjusted(12, 0, -12, 0), Qt::AlignVCenter, value);
        m_y = box.bottom() + 10;
    }

    /// Cells that do not fit are cut with an ellipsis; the CSV has them whole.
    void table(const report::Table& table)
    {
        heading(text(table.caption));
        const std::vector<qreal> widths = columnWidths(table);
        headerRow(table, widths);
        for (const auto& row : table.rows) {
            if (m_y + kRow > bottom()) {
                newPage();
                headerRow(table, widths);
            }
            setFont(7.5, false);
            m_painter.setPen(kInk);
            qreal x = 0;
            for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
                cell(text(row[i]), x, widths[i]);
                x += widths[i];
            }
            m_y += kRow;
            m_painter.setPen(QPen(kLine, 1));
            m_painter.drawLine(QPointF(0, m_y), QPointF(width(), m_y));
        }
    }

    void pictures(const report::CaseRow& row)
    {
        constexpr qreal gap = 16;
        const auto count = static_cast<qreal>(std::max<std::size_t>(3, row.pictures.size()));
        const qreal side = (width() - gap * (count - 1)) / count;
        qreal height = 0;
        for (const report::PictureCell& one : row.pictures) {
            height = std::max(height, side * one.size.height / std::max(1, one.size.width));
        }
        height = std::min(height, side);
        need(height + 74);
        m_y += 8;
        setFont(9, true);
        m_painter.setPen(kInk);
        m_painter.drawText(QRectF(0, m_y, width(), 22), Qt::AlignVCenter, text(row.name));
        setFont(8.5, false);
        m_painter.setPen(kMuted);
        m_painter.drawText(
            QRectF(130, m_y, width() - 130, 22), Qt::AlignVCenter, text(row.figures));
        m_y += 26;
        qreal x = 0;
        for (const report::PictureCell& one : row.pictures) {
            picture(one, QRectF(x, m_y, side, height));
            x += side + gap;
        }
        m_y += height + 24;
    }

    void newPage()
    {
        m_writer.newPage();
        ++m_page;
        m_y = 0;
        finishPage();
    }

    [[nodiscard]] bool isEnded() { return m_painter.end(); }

private:
    static constexpr qreal kRow = 24;
    static constexpr qreal kFooter = 40;

    [[nodiscard]] qreal width() const { return m_writer.width(); }

    [[nodiscard]] qreal bottom() const { return m_writer.height() - kFooter; }

    void setFont(double points, bool isBold)
    {
        QFont font = m_painter.font();
        font.setPointSizeF(points);
        font.setBold(isBold);
        m_painter.setFont(font);
    }

    void need(qreal height)
    {
        if (m_y + height > bottom()) {
            newPage();
        }
    }

    void draw(const QString& value, double points, bool isBold, const QColor& color)
    {
        setFont(points, isBold);
        QRectF box(0, 0, width(), 1e6);
        box = m_painter.boundingRect(box, Qt::TextWordWrap, value);
        need(box.height());
        setFont(points, isBold);
        m_painter.setPen(color);
        m_painter.drawText(QRectF(0, m_y, width(), box.height()), Qt::TextWordWrap, value);
        m_y += box.height() + 4;
    }

    void finishPage()
    {
        setFont(7.5, false);
        m_painter.setPen(kMuted);
        const QRectF line(0, m_writer.height() - 26, width(), 24);
        m_painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, m_footer);
        m_painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, QString::number(m_page));
    }

    std::vector<qreal> columnWidths(const report::Table& table)
    {
        setFont(7.5, true);
        std::vector<qreal> widths(table.columns.size(), 0);
        const auto consider = [&](std::size_t column, const QString& value) {
            if (column < widths.size()) {
                widths[column] = std::max(
                    widths[column],
                    std::min(
                        m_painter.fontMetrics().horizontalAdvance(value) + 20.0, width() * 0.55));
            }
        };
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            consider(i, text(table.columns[i]));
        }
        for (const auto& row : table.rows) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                consider(i, text(row[i]));
            }
        }
        const qreal all = std::accumulate(widths.begin(), widths.end(), 0.0);
        for (qreal& one : widths) {
            one *= table.columns.size() == 1 || all > width() ? width() / all : 1;
        }
        return widths;
    }

    void headerRow(const report::Table& table, const std::vector<qreal>& widths)
    {
        need(2 * kRow);
        setFont(7.5, true);
        m_painter.setPen(kMuted);
        qreal x = 0;
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            cell(text(table.columns[i]), x, widths[i]);
            x += widths[i];
        }
        m_y += kRow;
        m_painter.setPen(QPen(kMuted, 1));
        m_painter.drawLine(QPointF(0, m_y), QPointF(width(), m_y));
    }

    void cell(const QString& value, qreal x, qreal columnWidth)
    {
        const QRectF box(x + 2, m_y, columnWidth - 8, kRow);
        m_painter.drawText(
            box,
            Qt::AlignLeft | Qt::AlignVCenter,
            m_painter.fontMetrics().elidedText(
                value, Qt::ElideRight, static_cast<int>(box.width())));
    }

    void picture(const report::PictureCell& cell, const QRectF& box)
    {
        const QImage image(QString::fromStdString(cell.image.string()));
        if (image.isNull()) {
            return;
        }
        QSizeF fitted(image.size());
        fitted.scale(box.size(), Qt::KeepAspectRatio);
        const QRectF target(box.topLeft(), fitted);
        m_painter.drawImage(target, image);
        const qreal scale = fitted.width() / image.width();
        for (const auto& [data, color] : cell.outlines) {
            m_painter.save();
            m_painter.translate(target.topLeft());
            m_painter.scale(scale, scale);
            QPen pen(QColor(text(color)), 2.4);
            pen.setCosmetic(true);
            m_painter.setPen(pen);
            m_painter.setBrush(Qt::NoBrush);
            m_painter.drawPath(outlineOf(text(data)));
            m_painter.restore();
        }
        setFont(7, false);
        m_painter.setPen(kMuted);
        m_painter.drawText(
            QRectF(target.left(), target.bottom() + 2, box.width(), 20),
            Qt::AlignLeft | Qt::AlignVCenter,
            text(cell.caption));
    }

    /// SVG path data of report::outlinePath(): M, L, H, V (upper and lower case) and Z.
    static QPainterPath outlineOf(const QString& data)
    {
        static const QRegularExpression token(QStringLiteral("([MLHVZmlhvz])|(-?[0-9.]+)"));
        QPainterPath path;
        QChar command;
        std::vector<double> numbers;
        auto matches = token.globalMatch(data);
        const auto flush = [&] {
            QPointF at = path.currentPosition();
            const bool isRelative = command.isLower();
            const char16_t kind = command.toUpper().unicode();
            if ((kind == u'M' || kind == u'L') && numbers.size() >= 2) {
                for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
                    const QPointF point(numbers[i], numbers[i + 1]);
                    const QPointF to = isRelative ? path.currentPosition() + point : point;
                    if (kind == u'M' && i == 0) {
                        path.moveTo(to);
                    } else {
                        path.lineTo(to);
                    }
                }
            } else if (kind == u'H' || kind == u'V') {
                for (const double number : numbers) {
                    at = path.currentPosition();
                    (kind == u'H' ? at.rx() : at.ry()) =
                        isRelative ? (kind == u'H' ? at.x() : at.y()) + number : number;
                    path.lineTo(at);
                }
            } else if (kind == u'Z') {
                path.closeSubpath();
            }
            numbers.clear();
        };
        while (matches.hasNext()) {
            const auto match = matches.next();
            if (match.hasCaptured(1) && !match.captured(1).isEmpty()) {
                flush();
                command = match.captured(1).at(0);
            } else {
                numbers.push_back(match.captured(2).toDouble());
            }
        }
        flush();
        return path;
    }

    QPdfWriter& m_writer;
    QPainter m_painter;
    QString m_footer;
    qreal m_y = 0;
    int m_page = 1;
};

} // namespace

Status writeReportPdf(const report::MetricReport& report, const QString& file)
{
    QSaveFile output(file);
    const auto failed = [&]() {
        return Error{
            ErrorCode::CannotWrite,
            "cannot write '" + file.toStdString() + "': " + output.errorString().toStdString(),
            {{"file", file.toStdString()}}};
    };
    if (!output.open(QIODevice::WriteOnly)) {
        return failed();
    }
    {
        QPdfWriter writer(&output);
        writer.setResolution(kDpi);
        writer.setTitle(text(report.title));
        writer.setCreator(text(report.program));
        writer.setPageLayout(QPageLayout(
            QPageSize(QPageSize::A4),
            QPageLayout::Landscape,
            QMarginsF(14, 14, 14, 12),
            QPageLayout::Millimeter));
        Pages pages(writer, QStringLiteral("Research use only, not a medical device."));
        pages.title(text(report.title));
        QString line = QStringLiteral("%1 images").arg(report.cases.size());
        if (!report.project.empty()) {
            line += QStringLiteral(" of the project ") + text(report.project);
        }
        pages.paragraph(
            line + QStringLiteral(". Made ") + text(report.created) + QStringLiteral(" by ")
                + text(report.program) + QStringLiteral("."),
            kMuted);
        pages.notice(QStringLiteral("Research use only, not a medical device."));
        const std::vector<report::Table> tables = report::metricTables(report);
        pages.table(tables.front());
        if (!report.worst.empty()) {
            pages.heading(QStringLiteral("Worst cases"));
            for (const report::CaseRow& row : report.worst) {
                pages.pictures(row);
            }
        }
        for (std::size_t i = 1; i < tables.size(); ++i) {
            pages.table(tables[i]);
        }
        if (!pages.isEnded()) {
            return failed();
        }
    }
    return output.commit() ? Status() : Status(failed());
}

} // namespace guidino::ui
