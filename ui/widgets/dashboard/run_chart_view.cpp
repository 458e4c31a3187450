// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dashboard/run_chart_view.h"

#include "ui/model/chart_series.h"

#include <QCategoryAxis>
#include <QChart>
#include <QGraphicsLayout>
#include <QKeyEvent>
#include <QLegend>
#include <QLineSeries>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <limits>

namespace guidino::ui {

namespace {

constexpr int kTop = 44; ///< title and legend
constexpr int kRight = 14;
constexpr int kFewPoints = 40; ///< each with a dot
constexpr int kLeastDrag = 5;
constexpr float kRawOpacity = 0.28F;

QFont sized(QFont font, int pixels, bool isStrong = false)
{
    font.setPixelSize(pixels);
    font.setWeight(isStrong ? QFont::DemiBold : QFont::Normal);
    return font;
}

void setTicks(QCategoryAxis& axis, const AxisTicks& ticks)
{
    const QStringList old = axis.categoriesLabels();
    for (const QString& label : old) {
        axis.remove(label);
    }
    axis.setRange(ticks.low, ticks.high);
    axis.setStartValue(ticks.low);
    QString last;
    for (std::size_t i = 0; i < ticks.values.size(); ++i) {
        const QString& label = ticks.labels[static_cast<qsizetype>(i)];
        if (label != last) { // an axis refuses the same label twice
            axis.append(label, ticks.values[i]);
            last = label;
        }
    }
}

} // namespace

RunChartView::RunChartView(QWidget* parent)
    : QChartView(parent)
    , m_style(ChartStyle::forPrint())
    , m_x(new QCategoryAxis(this))
    , m_y(new QCategoryAxis(this))
{
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(260, 190);
    QChart* plot = QChartView::chart();
    plot->legend()->hide();
    plot->setMargins({6, kTop, kRight, 2});
    plot->layout()->setContentsMargins(0, 0, 0, 0);
    plot->setBackgroundRoundness(0);
    plot->setBackgroundPen(Qt::NoPen);
    plot->addAxis(m_x, Qt::AlignBottom);
    plot->addAxis(m_y, Qt::AlignLeft);
    for (QCategoryAxis* axis : {m_x, m_y}) {
        axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
        axis->setLabelsFont(sized(font(), 11));
        axis->setTruncateLabels(false);
    }
    m_x->setGridLineVisible(false);
    tint();
}

void RunChartView::setContent(const RunChart& chart)
{
    m_content = chart;
    setObjectName(QStringLiteral("chart.") + chart.id);
    setAccessibleName(chart.title);
}

void RunChartView::setLines(
    QList<Line> lines, const QString& axis, int pointsEach, Range range, Range whole)
{
    m_lines = std::move(lines);
    m_range = range;
    m_whole = whole;
    m_axisTitle = axis;
    m_pointsEach = pointsEach;
    rebuild();
}

void RunChartView::setMarks(QList<Mark> marks)
{
    m_marks = std::move(marks);
    viewport()->update();
}

void RunChartView::setRange(Range range, Range whole)
{
    if (m_range != range || m_whole != whole) {
        m_range = range;
        m_whole = whole;
        rebuild();
    }
}

void RunChartView::setLog(bool isLog)
{
    if (m_isLog != isLog) {
        m_isLog = isLog;
        rebuild();
    }
}

void RunChartView::setStyle(const ChartStyle& style)
{
    m_style = style;
    tint();
}

void RunChartView::setHover(std::optional<double> x)
{
    if (m_hover != x) {
        m_hover = x;
        viewport()->update();
    }
}

QSize RunChartView::sizeHint() const
{
    return {380, 216};
}

double RunChartView::along(double value) const
{
    return m_isLog ? std::log10(value) : value;
}

double RunChartView::valueOf(double position) const
{
    return m_isLog ? std::pow(10.0, position) : position;
}

std::pair<double, double> RunChartView::shownRange() const
{
    return m_range ? *m_range : m_whole.value_or(std::pair(0.0, 1.0));
}

int RunChartView::drawnPoints() const
{
    int count = 0;
    for (const QLineSeries* series : m_series) {
        count += static_cast<int>(series->count());
    }
    return count;
}

/// All that is drawn, from the lines, the range and the kind of axis.
void RunChartView::rebuild()
{
    const auto [from, to] = shownRange();
    const auto wanted = static_cast<qsizetype>(2 * m_lines.size());
    while (m_series.size() < wanted) {
        auto* series = new QLineSeries(this);
        chart()->addSeries(series);
        series->attachAxis(m_x);
        series->attachAxis(m_y);
        m_series.append(series);
    }
    while (m_series.size() > wanted) {
        QLineSeries* series = m_series.takeLast();
        chart()->removeSeries(series);
        delete series;
    }
    double lowest = std::numeric_limits<double>::infinity();
    double highest = -lowest;
    m_leftOut = 0;
    const auto draw = [&](QLineSeries& series, const QList<QPointF>& points, bool isSeen) {
        const auto visible =
            pointsWithin({points.data(), static_cast<std::size_t>(points.size())}, from, to);
        QList<QPointF> places;
        places.reserve(static_cast<qsizetype>(visible.size()));
        for (const QPointF& point : visible) {
            if (m_isLog && point.y() <= 0) {
                ++m_leftOut;
                continue;
            }
            places.append({point.x(), along(point.y())});
            if (isSeen && point.x() >= from && point.x() <= to) {
                lowest = std::min(lowest, point.y());
                highest = std::max(highest, point.y());
            }
        }
        series.replace(
            thinned({places.data(), static_cast<std::size_t>(places.size())}, m_pointsEach));
    };
    for (qsizetype i = 0; i < m_lines.size(); ++i) {
        draw(*m_series[2 * i], m_lines[i].raw, true);
        draw(*m_series[2 * i + 1], m_lines[i].points, true);
    }
    fitAxes(lowest, highest);
    tint();
    viewport()->update();
}

void RunChartView::fitAxes(double lowest, double highest)
{
    const auto [from, to] = shownRange();
    AxisTicks across = linearTicks(from, to, std::max(2, width() / 90));
    // The range is what was chosen; only the labels are round.
    for (qsizetype i = static_cast<qsizetype>(across.values.size()) - 1; i >= 0; --i) {
        const double value = across.values[static_cast<std::size_t>(i)];
        if (value < from || value > to) {
            across.values.erase(across.values.begin() + i);
            across.labels.removeAt(i);
        }
    }
    across.low = from;
    across.high = std::max(to, from + 1e-9);
    setTicks(*m_x, across);
    const int count = std::max(2, (height() - kTop - 24) / 36);
    if (!(lowest <= highest)) {
        lowest = m_isLog ? 0.1 : 0;
        highest = 1;
    }
    if (m_isLog) {
        setTicks(*m_y, logTicks(lowest, highest, count));
        return;
    }
    if (m_content.low) {
        lowest = std::min(*m_content.low, lowest);
    }
    AxisTicks ticks = linearTicks(lowest, highest, count);
    if (m_content.high && highest <= *m_content.high && ticks.high > *m_content.high) {
        while (!ticks.values.empty() && ticks.values.back() > *m_content.high + 1e-9) {
            ticks.values.pop_back();
            ticks.labels.removeLast();
        }
        ticks.high = *m_content.high;
    }
    setTicks(*m_y, ticks);
}

void RunChartView::tint()
{
    QChart* plot = chart();
    plot->setBackgroundBrush(m_style.background);
    setBackgroundBrush(m_style.background);
    for (QCategoryAxis* axis : {m_x, m_y}) {
        axis->setLabelsColor(m_style.muted);
        axis->setLinePen(QPen(m_style.grid, 1));
        axis->setGridLinePen(QPen(m_style.grid, 1));
    }
    for (qsizetype i = 0; i < m_series.size(); ++i) {
        const Line& line = m_lines[i / 2];
        const bool isRaw = i % 2 == 0;
        QPen pen = m_style.linePen(line.style, line.isThin ? 1.2 : 2.0);
        if (isRaw) {
            pen.setWidthF(1);
            pen.setStyle(Qt::SolidLine);
            QColor faint = pen.color();
            faint.setAlphaF(kRawOpacity);
            pen.setColor(faint);
        }
        m_series[i]->setPen(pen);
        const bool hasDots = !isRaw && m_series[i]->count() <= kFewPoints && !line.isThin;
        m_series[i]->setPointsVisible(hasDots);
        m_series[i]->setMarkerSize(3.5);
    }
}

QPointF RunChartView::placeOf(double x, double y) const
{
    const QRectF area = chart()->plotArea();
    const double across = (x - m_x->min()) / (m_x->max() - m_x->min());
    const double up = (along(y) - m_y->min()) / (m_y->max() - m_y->min());
    return {area.left() + across * area.width(), area.bottom() - up * area.height()};
}

double RunChartView::dataAt(double viewX) const
{
    const QRectF area = chart()->plotArea();
    const double share = std::clamp((viewX - area.left()) / std::max(1.0, area.width()), 0.0, 1.0);
    return m_x->min() + share * (m_x->max() - m_x->min());
}

QStringList RunChartView::readOutAt(double x) const
{
    QStringList texts;
    for (const Line& line : m_lines) {
        const double value =
            valueAt({line.points.data(), static_cast<std::size_t>(line.points.size())}, x);
        if (std::isfinite(value)) {
            texts.append(QStringLiteral("%1 %2").arg(line.title, figureText(value)));
        }
    }
    return texts;
}

void RunChartView::paintInto(QPainter& painter, const QRectF& target, const ChartStyle& style)
{
    const ChartStyle before = std::exchange(m_style, style);
    m_hidesHover = true;
    tint();
    render(&painter, target, viewport()->rect(), Qt::KeepAspectRatio);
    m_hidesHover = false;
    m_style = before;
    tint();
}

// ---- the pointer and keys -------------------------------------------------------------------

void RunChartView::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    rebuild(); // as many labels as there is room for
}

void RunChartView::mousePressEvent(QMouseEvent* event)
{
    setFocus();
    if (event->button() == Qt::LeftButton || event->button() == Qt::MiddleButton) {
        m_pressed = event->position();
        m_dragged = event->position();
        m_isPanning =
            event->button() == Qt::MiddleButton || event->modifiers().testFlag(Qt::ShiftModifier);
        event->accept();
        return;
    }
    QChartView::mousePressEvent(event);
}

void RunChartView::mouseMoveEvent(QMouseEvent* event)
{
    const QRectF area = chart()->plotArea();
    if (m_pressed) {
        if (m_isPanning) {
            const double shift = dataAt(m_dragged.x()) - dataAt(event->position().x());
            const auto [from, to] = shownRange();
            Q_EMIT rangeWanted(std::pair(from + shift, to + shift));
        }
        m_dragged = event->position();
        viewport()->update();
    }
    const bool isInside = area.adjusted(-4, -4, 4, 4).contains(event->position());
    Q_EMIT hovered(isInside ? std::optional(dataAt(event->position().x())) : std::nullopt);
}

void RunChartView::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_pressed) {
        QChartView::mouseReleaseEvent(event);
        return;
    }
    const QPointF pressed = *std::exchange(m_pressed, std::nullopt);
    const bool isDrag = std::abs(event->position().x() - pressed.x()) >= kLeastDrag;
    if (isDrag && !m_isPanning) {
        const auto [low, high] = std::minmax({dataAt(pressed.x()), dataAt(event->position().x())});
        if (high > low) {
            Q_EMIT rangeWanted(std::pair(low, high));
        }
    }
    viewport()->update();
}

void RunChartView::mouseDoubleClickEvent(QMouseEvent*)
{
    Q_EMIT rangeWanted(std::nullopt);
}

void RunChartView::leaveEvent(QEvent* event)
{
    QChartView::leaveEvent(event);
    Q_EMIT hovered(std::nullopt);
}

void RunChartView::wheelEvent(QWheelEvent* event)
{
    if (!event->modifiers().testFlag(Qt::ControlModifier)) {
        event->ignore(); // the board scrolls
        return;
    }
    zoom(std::pow(0.8, event->angleDelta().y() / 120.0), dataAt(event->position().x()));
    event->accept();
}

void RunChartView::zoom(double factor, double around)
{
    const auto [from, to] = shownRange();
    Q_EMIT rangeWanted(
        std::pair(around - (around - from) * factor, around + (to - around) * factor));
}

/// The cross-hair to the next or the last point of the first line.
void RunChartView::step(int direction)
{
    if (m_lines.isEmpty() || m_lines.first().points.isEmpty()) {
        return;
    }
    const QList<QPointF>& points = m_lines.first().points;
    const auto [from, to] = shownRange();
    if (!m_hover) {
        Q_EMIT hovered(std::clamp(points.last().x(), from, to));
        return;
    }
    const auto isBelow = [](const QPointF& point, double x) { return point.x() < x; };
    auto at = std::lower_bound(points.begin(), points.end(), *m_hover, isBelow);
    if (direction < 0) {
        at = at == points.begin() ? at : at - 1;
    } else if (at != points.end() && at->x() <= *m_hover) {
        ++at;
    }
    at = at == points.end() ? at - 1 : at;
    Q_EMIT hovered(std::clamp(at->x(), from, to));
}

void RunChartView::keyPressEvent(QKeyEvent* event)
{
    const auto [from, to] = shownRange();
    const double middle = m_hover.value_or((from + to) / 2);
    switch (event->key()) {
    case Qt::Key_Left:
        step(-1);
        break;
    case Qt::Key_Right:
        step(1);
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoom(0.8, middle);
        break;
    case Qt::Key_Minus:
        zoom(1.25, middle);
        break;
    case Qt::Key_Home:
        Q_EMIT rangeWanted(std::nullopt);
        break;
    default:
        QChartView::keyPressEvent(event);
    }
}

} // namespace guidino::ui
