// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/run_charts.h"
#include "ui/widgets/dashboard/chart_style.h"

#include <QChartView>
#include <QList>
#include <QPointF>
#include <QString>

#include <optional>
#include <utility>

class QCategoryAxis;
class QLineSeries;

namespace guidino::ui {

/// One chart of the dashboard: lines with their legend, marks of events, a cross-hair with a
/// read-out, zoom along x by dragging. All charts of a board share their x range and cross-hair: a
/// chart asks for them by signals and is told. Draws at most the points that its budget allows.
class RunChartView : public QChartView
{
    Q_OBJECT

public:
    struct Line
    {
        QString title;
        int style = 0; ///< of ChartStyle::linePen()
        bool isThin = false;
        QList<QPointF> points; ///< as shown, rising in x
        QList<QPointF> raw;    ///< unsmoothed behind it; empty: the same
    };

    struct Mark
    {
        double x = 0;
        RunMark::Kind kind = RunMark::Kind::Checkpoint;
        QString text;
        int style = -1; ///< of the run it belongs to; −1: only one run
    };

    using Range = std::optional<std::pair<double, double>>;

    explicit RunChartView(QWidget* parent = nullptr);

    void setContent(const RunChart& chart);
    [[nodiscard]] const RunChart& content() const { return m_content; }

    /// `axis` names the x axis. `pointsEach`: what each line, and each line behind it, may have.
    /// Ranges as of setRange().
    void setLines(QList<Line> lines, const QString& axis, int pointsEach, Range range, Range whole);
    [[nodiscard]] const QList<Line>& lines() const { return m_lines; }

    void setMarks(QList<Mark> marks);

    /// Nothing: all there is, or `whole`, which is that of all charts.
    void setRange(Range range, Range whole);

    void setLog(bool isLog);
    void setStyle(const ChartStyle& style);

    /// The cross-hair, of this or another chart.
    void setHover(std::optional<double> x);

    /// How many points are in the chart's series now.
    [[nodiscard]] int drawnPoints() const;

    /// What the read-out says at x, a line each: "DSC 0.873".
    [[nodiscard]] QStringList readOutAt(double x) const;

    /// Draws the chart without cross-hair, in these colours, into a rectangle.
    void paintInto(QPainter& painter, const QRectF& target, const ChartStyle& style);

    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void hovered(std::optional<double> x);
    /// Nothing: all.
    void rangeWanted(guidino::ui::RunChartView::Range range);

protected:
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void rebuild();
    void fitAxes(double lowest, double highest);
    void tint();
    void zoom(double factor, double around);
    void step(int direction);
    [[nodiscard]] std::pair<double, double> shownRange() const;
    [[nodiscard]] double valueOf(double position) const;
    [[nodiscard]] QPointF placeOf(double x, double y) const;
    [[nodiscard]] double dataAt(double viewX) const;
    [[nodiscard]] double along(double value) const; ///< value or its logarithm
    void paintTitle(QPainter& painter) const;
    void paintLegend(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintHover(QPainter& painter) const;
    void paintSelection(QPainter& painter) const;

    RunChart m_content;
    QList<Line> m_lines;
    QList<Mark> m_marks;
    QString m_axisTitle;
    ChartStyle m_style;
    QCategoryAxis* m_x;
    QCategoryAxis* m_y;
    QList<QLineSeries*> m_series; ///< raw before its line
    Range m_range;
    Range m_whole;
    std::optional<double> m_hover;
    std::optional<QPointF> m_pressed;
    QPointF m_dragged;
    bool m_isPanning = false;
    bool m_isLog = false;
    bool m_hidesHover = false;
    int m_pointsEach = 1000;
    int m_leftOut = 0; ///< values ≤ 0 on a logarithmic axis
};

} // namespace guidino::ui
