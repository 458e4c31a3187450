// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/run_charts.h"
#include "ui/widgets/dashboard/run_chart_view.h"

#include <QAction>
#include <QScrollArea>
#include <QWidget>

#include <map>
#include <memory>
#include <optional>

class QComboBox;
class QGridLayout;
class QLabel;
class QSlider;
class QToolButton;

namespace guidino::ui {

class RunBoard;
class Theme;

/// All charts of the shown runs, with what is common to them: smoothing, kind of axes, zoom,
/// cross-hair, events, and their way out as files. However many runs and lines are shown, no more
/// than kMostDrawnPoints points are drawn in all.
class ChartBoard : public QWidget
{
    Q_OBJECT

public:
    ChartBoard(RunBoard& runs, Theme& theme, QWidget* parent = nullptr);

    /// Takes over what the runs say now.
    void refresh();

    /// Charts from left to right, top to bottom.
    [[nodiscard]] QList<RunChartView*> charts() const { return m_charts; }

    [[nodiscard]] RunChartView* chart(const QString& id) const;

    [[nodiscard]] int drawnPoints() const;

    void setSmoothing(double weight);
    [[nodiscard]] double smoothing() const { return m_smoothing; }

    void setAxis(RunAxis axis);
    void setRange(RunChartView::Range range);
    [[nodiscard]] RunChartView::Range range() const { return m_range; }

    // For menus, keys and tests.
    QAction* logScale;
    QAction* showEvents;
    QAction* resetZoom;
    QAction* saveSvg;
    QAction* savePng;
    QAction* saveCsv;

Q_SIGNALS:
    /// A file was written (info), or could not be (error).
    void said(const QString& text, bool isError);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    struct Shown;

    [[nodiscard]] std::vector<Shown> shownRuns() const;
    [[nodiscard]] QWidget* makeTools();
    void fillChart(RunChartView& view, const std::vector<Shown>& runs, int pointsEach);
    void arrange();
    void chooseFile(const QString& kind, RunChartView* only);
    void hover(std::optional<double> x);

    RunBoard& m_runs;
    Theme& m_theme;
    QScrollArea* m_scroll;
    QWidget* m_ground;
    QGridLayout* m_grid;
    QSlider* m_slider = nullptr;
    QLabel* m_smoothText = nullptr;
    QComboBox* m_axisBox = nullptr;
    QToolButton* m_resetButton = nullptr;
    QLabel* m_empty;
    QList<RunChartView*> m_charts;
    RunAxis m_axis = RunAxis::Epoch;
    RunChartView::Range m_range;
    RunChartView::Range m_whole;
    double m_smoothing = 0;
    int m_columns = 0;
    std::optional<double> m_hover;
};

} // namespace guidino::ui
