// SPDX-License-Identifier: Apache-2.0
// What stands on a chart besides its lines: title, legend, marks, cross-hair.
#include "ui/model/chart_series.h"
#include "ui/widgets/dashboard/run_chart_view.h"

#include <QCategoryAxis>
#include <QChart>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace guidino::ui {

namespace {

constexpr int kSample = 22; ///< length of a line in the legend
constexpr int kGap = 12;
constexpr double kNear = 6; ///< of a mark to the cross-hair, in pixels

QFont sized(QFont font, int pixels, bool isStrong = false)
{
    font.setPixelSize(pixels);
    font.setWeight(isStrong ? QFont::DemiBold : QFont::Normal);
    return font;
}

/// A shape of 8 pixels around the origin for each kind: colour never tells alone.
QPainterPath shapeOf(RunMark::Kind kind)
{
    QPainterPath path;
    switch (kind) {
    case RunMark::Kind::Checkpoint:
        path.addPolygon(QPolygonF{QPointF(0, -4), QPointF(4, 3), QPointF(-4, 3)});
        path.closeSubpath();
        break;
    case RunMark::Kind::LearningRate:
        path.addPolygon(QPolygonF{QPointF(0, 4), QPointF(4, -3), QPointF(-4, -3)});
        path.closeSubpath();
        break;
    case RunMark::Kind::Paused:
        path.addRect(-3.5, -4, 2.5, 8);
        path.addRect(1, -4, 2.5, 8);
        break;
    case RunMark::Kind::Resumed:
        path.addPolygon(QPolygonF{QPointF(-3, -4), QPointF(4, 0), QPointF(-3, 4)});
        path.closeSubpath();
        break;
    case RunMark::Kind::Continued:
        path.addPolygon(QPolygonF{QPointF(-4, -4), QPointF(0, 0), QPointF(-4, 4)});
        path.closeSubpath();
        path.addPolygon(QPolygonF{QPointF(0, -4), QPointF(4, 0), QPointF(0, 4)});
        path.closeSubpath();
        break;
    case RunMark::Kind::Stopped:
        path.addRect(-3.5, -3.5, 7, 7);
        break;
    case RunMark::Kind::Cancelled:
    case RunMark::Kind::Failed:
        path.addPolygon(QPolygonF{
            QPointF(-4, -2.6),
            QPointF(-2.6, -4),
            QPointF(0, -1.4),
            QPointF(2.6, -4),
            QPointF(4, -2.6),
            QPointF(1.4, 0),
            QPointF(4, 2.6),
            QPointF(2.6, 4),
            QPointF(0, 1.4),
            QPointF(-2.6, 4),
            QPointF(-4, 2.6),
            QPointF(-1.4, 0)});
        path.closeSubpath();
        break;
    case RunMark::Kind::Finished:
        path.addEllipse(QPointF(0, 0), 3.5, 3.5);
        break;
    }
    return path;
}

} // namespace

void RunChartView::drawForeground(QPainter* painter, const QRectF&)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    paintTitle(*painter);
    paintLegend(*painter);
    paintMarks(*painter);
    if (!m_hidesHover) {
        paintSelection(*painter);
        paintHover(*painter);
        if (hasFocus()) {
            painter->setPen(QPen(m_style.muted, 1));
            painter->setBrush(Qt::NoBrush);
            painter->drawRect(QRectF(viewport()->rect()).adjusted(0.5, 0.5, -0.5, -0.5));
        }
    }
    painter->restore();
}

void RunChartView::paintTitle(QPainter& painter) const
{
    const QFont strong = sized(font(), 13, true);
    const QFont small = sized(font(), 11);
    QStringList parts;
    if (!m_content.unit.isEmpty()) {
        parts.append(m_content.unit);
    }
    parts.append(QStringLiteral("→ %1").arg(m_axisTitle));
    if (m_isLog) {
        parts.append(tr("log"));
    }
    if (m_leftOut > 0) {
        parts.append(tr("%n value(s) not above 0 left out", nullptr, m_leftOut));
    }
    painter.setFont(small);
    const QString aside = parts.join(QStringLiteral(" · "));
    const int asideWidth = QFontMetrics(small).horizontalAdvance(aside);
    const int room = viewport()->width() - 24 - (asideWidth > 0 ? asideWidth + 8 : 0);
    const QFontMetrics metrics(strong);
    const QString title = metrics.elidedText(m_content.title, Qt::ElideRight, room);
    painter.setFont(strong);
    painter.setPen(m_style.text);
    painter.drawText(QPointF(12, 18), title);
    painter.setFont(small);
    painter.setPen(m_style.muted);
    painter.drawText(QPointF(12 + metrics.horizontalAdvance(title) + 8, 18), aside);
}

void RunChartView::paintLegend(QPainter& painter) const
{
    const QFont small = sized(font(), 11);
    const QFontMetrics metrics(small);
    painter.setFont(small);
    const double right = viewport()->width() - 12;
    const auto textOf = [](const Line& line, bool hasValue) {
        return hasValue && !line.points.isEmpty()
                   ? line.title + QStringLiteral("  ") + figureText(line.points.last().y())
                   : line.title;
    };
    // Where there is no room for the last values, the names matter more.
    double wanted = 12 - kGap;
    double ofNames = wanted;
    for (const Line& line : m_lines) {
        wanted += kSample + 5 + metrics.horizontalAdvance(textOf(line, true)) + kGap;
        ofNames += kSample + 5 + metrics.horizontalAdvance(line.title) + kGap;
    }
    const bool hasValues = wanted <= right;
    const bool isCut = !hasValues && ofNames > right;
    double x = 12;
    const double y = 34;
    qsizetype hidden = 0;
    const double share = (right - x) / std::max<double>(1, static_cast<double>(m_lines.size()));
    const int room = std::max(48, static_cast<int>(share) - kSample - 5 - kGap);
    for (const Line& line : m_lines) {
        const QString whole = textOf(line, hasValues);
        const QString text = isCut ? metrics.elidedText(whole, Qt::ElideMiddle, room) : whole;
        const double width = kSample + 5 + metrics.horizontalAdvance(text);
        if (x + width > right || hidden > 0) {
            ++hidden;
            continue;
        }
        painter.setPen(m_style.linePen(line.style, line.isThin ? 1.2 : 2.0));
        painter.drawLine(QPointF(x, y - 4), QPointF(x + kSample, y - 4));
        painter.setPen(m_style.muted);
        painter.drawText(QPointF(x + kSample + 5, y), text);
        x += width + kGap;
    }
    if (hidden > 0 && x < right) {
        painter.setPen(m_style.muted);
        painter.drawText(QPointF(x, y), QStringLiteral("+%1").arg(hidden));
    }
}

void RunChartView::paintMarks(QPainter& painter) const
{
    const QRectF area = chart()->plotArea();
    // Of the checkpoints only the last is the best one; those before it are small.
    qsizetype best = -1;
    for (qsizetype i = 0; i < m_marks.size(); ++i) {
        if (m_marks[i].kind == RunMark::Kind::Checkpoint) {
            best = i;
        }
    }
    const bool isOfOne = std::none_of(
        m_marks.begin(), m_marks.end(), [](const Mark& mark) { return mark.style >= 0; });
    for (qsizetype i = 0; i < m_marks.size(); ++i) {
        const Mark& mark = m_marks[i];
        if (mark.x < m_x->min() || mark.x > m_x->max()) {
            continue;
        }
        const double x = placeOf(mark.x, valueOf(m_y->min())).x();
        const bool isCheckpoint = mark.kind == RunMark::Kind::Checkpoint;
        const bool isSmall = isCheckpoint && (i != best || !isOfOne);
        QColor colour = mark.style >= 0 ? m_style.linePen(mark.style, 1).color() : m_style.muted;
        if (mark.style < 0 && isCheckpoint) {
            colour = m_style.good;
        } else if (mark.style < 0 && mark.kind == RunMark::Kind::Failed) {
            colour = m_style.bad;
        }
        if (!isSmall) {
            QPen pen(colour, 1);
            pen.setDashPattern({2, 3});
            painter.setPen(pen);
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        }
        painter.save();
        painter.translate(x, isCheckpoint ? area.bottom() - 4 : area.top() + 4);
        const double scale = isSmall ? 0.7 : 1.1;
        painter.scale(scale, scale);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawPath(shapeOf(mark.kind));
        painter.restore();
    }
}

void RunChartView::paintSelection(QPainter& painter) const
{
    if (!m_pressed || m_isPanning) {
        return;
    }
    const QRectF area = chart()->plotArea();
    const auto [left, right] = std::minmax({m_pressed->x(), m_dragged.x()});
    QRectF chosen(QPointF(left, area.top()), QPointF(right, area.bottom()));
    chosen = chosen.intersected(area);
    QColor fill = m_style.text;
    fill.setAlphaF(0.12F);
    painter.fillRect(chosen, fill);
    painter.setPen(QPen(m_style.text, 1));
    painter.drawLine(chosen.topLeft(), chosen.bottomLeft());
    painter.drawLine(chosen.topRight(), chosen.bottomRight());
}

void RunChartView::paintHover(QPainter& painter) const
{
    if (!m_hover || *m_hover < m_x->min() || *m_hover > m_x->max()) {
        return;
    }
    const QRectF area = chart()->plotArea();
    const double x = placeOf(*m_hover, valueOf(m_y->min())).x();
    painter.setPen(QPen(m_style.muted, 1));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    struct Row
    {
        QString text;
        int style = -1;
    };
    QList<Row> rows{{QStringLiteral("%1 %2").arg(m_axisTitle, figureText(*m_hover)), -1}};
    for (const Line& line : m_lines) {
        const double value =
            valueAt({line.points.data(), static_cast<std::size_t>(line.points.size())}, *m_hover);
        if (!std::isfinite(value)) {
            continue;
        }
        if (!m_isLog || value > 0) {
            painter.setPen(QPen(m_style.background, 1.5));
            painter.setBrush(m_style.linePen(line.style, 1).color());
            painter.drawEllipse(placeOf(*m_hover, value), 4, 4);
        }
        rows.append({QStringLiteral("%1  %2").arg(line.title, figureText(value)), line.style});
    }
    for (const Mark& mark : m_marks) {
        if (std::abs(placeOf(mark.x, valueOf(m_y->min())).x() - x) <= kNear) {
            rows.append({mark.text, mark.style});
        }
    }
    if (!underMouse() && !hasFocus()) {
        return; // the dots do; the box stands where one looks
    }
    const QFont small = sized(font(), 11);
    const QFontMetrics metrics(small);
    double width = 0;
    for (const Row& row : rows) {
        width = std::max(
            width,
            static_cast<double>(
                metrics.horizontalAdvance(row.text) + (row.style >= 0 ? kSample + 6 : 0)));
    }
    const double lineHeight = metrics.height() + 1;
    QRectF box(
        x + 10, area.top() + 6, width + 16, lineHeight * static_cast<double>(rows.size()) + 10);
    if (box.right() > area.right()) {
        box.moveRight(x - 10);
    }
    box.moveLeft(std::max(2.0, box.left()));
    QColor ground = m_style.background;
    ground.setAlphaF(0.94F);
    painter.setPen(QPen(m_style.grid, 1));
    painter.setBrush(ground);
    painter.drawRoundedRect(box, 4, 4);
    painter.setFont(small);
    double y = box.top() + 5 + metrics.ascent();
    for (const Row& row : rows) {
        double left = box.left() + 8;
        if (row.style >= 0) {
            painter.setPen(m_style.linePen(row.style, 2));
            painter.drawLine(QPointF(left, y - 4), QPointF(left + kSample, y - 4));
            left += kSample + 6;
        }
        painter.setPen(m_style.text);
        painter.drawText(QPointF(left, y), row.text);
        y += lineHeight;
    }
}

} // namespace guidino::ui
