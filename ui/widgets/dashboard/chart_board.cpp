// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dashboard/chart_board.h"

#include "ui/model/chart_series.h"
#include "ui/model/notice.h"
#include "ui/model/run_board.h"
#include "ui/widgets/dashboard/chart_export.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QContextMenuEvent>
#include <QFileDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QScrollArea>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace guidino::ui {

namespace {

constexpr int kLeastWidth = 330; ///< of a chart
constexpr int kMostSmoothing = 99;
constexpr int kMostMarks = 200; ///< of each run: more are a wall

} // namespace

/// A shown run while charts are filled.
struct ChartBoard::Shown
{
    QString name;
    const RunCurves* curves = nullptr;
    int colour = 0;
};

ChartBoard::ChartBoard(RunBoard& runs, Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_runs(runs)
    , m_theme(theme)
    , m_scroll(new QScrollArea(this))
    , m_ground(new QWidget(m_scroll))
    , m_grid(new QGridLayout(m_ground))
    , m_empty(new QLabel(tr("The curves appear with the first values of the training."), this))
{
    const auto add = [this](const QString& text, const char* name) {
        auto* action = new QAction(text, this);
        action->setObjectName(QLatin1String(name));
        return action;
    };
    logScale = add(tr("&Logarithmic"), "dashboardLog");
    logScale->setCheckable(true);
    logScale->setToolTip(tr("Values on a logarithmic axis; those not above 0 are left out"));
    showEvents = add(tr("&Events"), "dashboardEvents");
    showEvents->setCheckable(true);
    showEvents->setChecked(true);
    showEvents->setToolTip(
        tr("Best models, steps of the learning rate, pauses and ends on the charts"));
    resetZoom = add(tr("&Whole run"), "dashboardWhole");
    resetZoom->setToolTip(tr("Drag over a chart to zoom into a part of the run; Ctrl and the wheel "
                             "zoom, too. This shows all of it again (double click, Home)"));
    saveSvg = add(tr("Charts as &SVG…"), "dashboardSaveSvg");
    savePng = add(tr("Charts as &PNG…"), "dashboardSavePng");
    saveCsv = add(tr("Values as &CSV…"), "dashboardSaveCsv");

    m_grid->setContentsMargins(8, 8, 8, 8);
    m_grid->setSpacing(8);
    m_ground->setObjectName(QStringLiteral("chartGround"));
    m_scroll->setWidget(m_ground);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setProperty("role", QStringLiteral("muted"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeTools());
    column->addWidget(m_empty, 1);
    column->addWidget(m_scroll, 1);

    connect(logScale, &QAction::toggled, this, [this](bool isLog) {
        for (RunChartView* chart : m_charts) {
            chart->setLog(isLog);
        }
    });
    connect(showEvents, &QAction::toggled, this, &ChartBoard::refresh);
    connect(resetZoom, &QAction::triggered, this, [this] { setRange(std::nullopt); });
    connect(
        saveSvg, &QAction::triggered, this, [this] { chooseFile(QStringLiteral("svg"), nullptr); });
    connect(
        savePng, &QAction::triggered, this, [this] { chooseFile(QStringLiteral("png"), nullptr); });
    connect(
        saveCsv, &QAction::triggered, this, [this] { chooseFile(QStringLiteral("csv"), nullptr); });
    connect(&theme, &Theme::changed, this, [this] {
        for (RunChartView* chart : m_charts) {
            chart->setStyle(ChartStyle::of(m_theme));
        }
    });
    setRange(std::nullopt);
}

QWidget* ChartBoard::makeTools()
{
    auto* bar = new QWidget(this);
    bar->setObjectName(QStringLiteral("dashboardTools"));
    bar->setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 6, 12, 6);
    row->setSpacing(8);
    auto* label = new QLabel(tr("Smoothing"), bar);
    label->setProperty("role", QStringLiteral("small"));
    m_slider = new QSlider(Qt::Horizontal, bar);
    m_slider->setObjectName(QStringLiteral("smoothing"));
    m_slider->setRange(0, kMostSmoothing);
    m_slider->setFixedWidth(120);
    m_slider->setAccessibleName(tr("Smoothing of the curves"));
    m_slider->setToolTip(
        tr("Exponential moving average; the values themselves stay as a faint line"));
    m_smoothText = new QLabel(bar);
    m_smoothText->setMinimumWidth(30);
    m_smoothText->setProperty("role", QStringLiteral("small"));
    m_axisBox = new QComboBox(bar);
    m_axisBox->setObjectName(QStringLiteral("dashboardAxis"));
    m_axisBox->setAccessibleName(tr("Horizontal axis"));
    for (const RunAxis axis : {RunAxis::Epoch, RunAxis::Step, RunAxis::Minutes}) {
        m_axisBox->addItem(titleOf(axis), static_cast<int>(axis));
    }
    const auto button = [bar](QAction* action) {
        auto* one = new QToolButton(bar);
        one->setDefaultAction(action);
        one->setProperty("chip", true);
        return one;
    };
    m_resetButton = button(resetZoom);
    auto* save = new QToolButton(bar);
    save->setObjectName(QStringLiteral("dashboardExport"));
    save->setText(tr("Export") + QStringLiteral(" ▾"));
    save->setToolTip(tr("Charts as pictures, values as a table"));
    save->setPopupMode(QToolButton::InstantPopup);
    save->setProperty("chip", true);
    auto* menu = new QMenu(save);
    menu->addActions({saveSvg, savePng, saveCsv});
    save->setMenu(menu);
    row->addWidget(label);
    row->addWidget(m_slider);
    row->addWidget(m_smoothText);
    row->addWidget(m_axisBox);
    row->addWidget(button(logScale));
    row->addWidget(button(showEvents));
    row->addWidget(m_resetButton);
    row->addStretch(1);
    row->addWidget(save);
    connect(
        m_slider, &QSlider::valueChanged, this, [this](int value) { setSmoothing(value / 100.0); });
    connect(m_axisBox, &QComboBox::activated, this, [this](int index) {
        setAxis(static_cast<RunAxis>(m_axisBox->itemData(index).toInt()));
    });
    m_smoothText->setText(tr("off"));
    return bar;
}

void ChartBoard::setSmoothing(double weight)
{
    m_smoothing = std::clamp(weight, 0.0, kMostSmoothing / 100.0);
    const int value = static_cast<int>(std::lround(m_smoothing * 100));
    if (m_slider->value() != value) {
        m_slider->setValue(value); // comes back here
        return;
    }
    m_smoothText->setText(value == 0 ? tr("off") : figureText(m_smoothing));
    refresh();
}

void ChartBoard::setAxis(RunAxis axis)
{
    m_axis = axis;
    m_axisBox->setCurrentIndex(m_axisBox->findData(static_cast<int>(axis)));
    m_range.reset();
    hover(std::nullopt);
    refresh();
    setRange(std::nullopt);
}

void ChartBoard::setRange(RunChartView::Range range)
{
    if (range && m_whole) { // not beyond the ends, and not to nothing
        const auto [low, high] = *m_whole;
        const double least = std::max(1e-6, (high - low) * 1e-5);
        double from = std::clamp(range->first, low, high - least);
        double to = std::clamp(range->second, from + least, high);
        if (range->first < low) {
            to = std::min(high, std::max(to, low + (range->second - range->first)));
        }
        from = std::min(from, to - least);
        range = from <= low && to >= high ? RunChartView::Range() : std::pair(from, to);
    }
    m_range = range;
    resetZoom->setEnabled(range.has_value());
    for (RunChartView* chart : m_charts) {
        chart->setRange(m_range, m_whole);
    }
}

void ChartBoard::hover(std::optional<double> x)
{
    m_hover = x;
    for (RunChartView* chart : m_charts) {
        chart->setHover(x);
    }
}

std::vector<ChartBoard::Shown> ChartBoard::shownRuns() const
{
    std::vector<Shown> shown;
    for (const std::size_t index : m_runs.shown()) {
        const RunBoard::Run& run = m_runs.runs()[index];
        shown.push_back({run.history->name(), &run.history->curves(), run.colour});
    }
    return shown;
}

void ChartBoard::refresh()
{
    const std::vector<Shown> runs = shownRuns();
    std::vector<const RunCurves*> curves;
    double last = 0;
    for (const Shown& run : runs) {
        curves.push_back(run.curves);
        for (const RunCurve& curve : run.curves->curves()) {
            if (!curve.at.empty()) {
                last = std::max(last, run.curves->place(curve, curve.at.size() - 1, m_axis));
            }
        }
    }
    m_whole = std::pair(0.0, last > 0 ? last : 1.0);
    const QList<RunChart> wanted = chartsOf(curves, runs.size() > 1);
    bool isNew = wanted.size() != m_charts.size();
    for (qsizetype i = 0; i < wanted.size() && !isNew; ++i) {
        isNew = m_charts[i]->content().id != wanted[i].id;
    }
    if (isNew) {
        QList<RunChartView*> old = m_charts;
        m_charts.clear();
        for (const RunChart& one : wanted) {
            const auto found =
                std::find_if(old.begin(), old.end(), [&one](const RunChartView* view) {
                    return view->content().id == one.id;
                });
            RunChartView* view = nullptr;
            if (found != old.end()) {
                view = *found;
                old.erase(found);
            } else {
                view = new RunChartView(m_ground);
                view->setStyle(ChartStyle::of(m_theme));
                view->setLog(logScale->isChecked());
                connect(view, &RunChartView::hovered, this, &ChartBoard::hover);
                connect(view, &RunChartView::rangeWanted, this, &ChartBoard::setRange);
            }
            m_charts.append(view);
        }
        qDeleteAll(old);
    }
    int lines = 0;
    for (qsizetype i = 0; i < wanted.size(); ++i) {
        m_charts[i]->setContent(wanted[i]);
        lines += static_cast<int>(wanted[i].lines.size() * static_cast<qsizetype>(runs.size()));
    }
    const int pointsEach = pointsForEach(m_smoothing > 0 ? 2 * lines : lines);
    for (RunChartView* chart : m_charts) {
        fillChart(*chart, runs, pointsEach);
    }
    if (isNew) {
        m_columns = 0;
    }
    arrange();
    m_empty->setVisible(m_charts.isEmpty());
    m_scroll->setVisible(!m_charts.isEmpty());
    for (QAction* action : {saveSvg, savePng, saveCsv}) {
        action->setEnabled(!m_charts.isEmpty());
    }
}

void ChartBoard::fillChart(RunChartView& view, const std::vector<Shown>& runs, int pointsEach)
{
    const bool isComparison = runs.size() > 1;
    QList<RunChartView::Line> lines;
    QList<RunChartView::Mark> marks;
    for (const Shown& run : runs) {
        int number = 0;
        for (const ChartLine& wanted : view.content().lines) {
            const RunCurve* curve = nullptr;
            for (const RunCurve& one : run.curves->curves()) {
                if (one.name == wanted.name && one.split.left(3) == wanted.split.left(3)) {
                    curve = &one;
                }
            }
            const int style = isComparison ? run.colour : number;
            ++number;
            if (curve == nullptr) {
                continue;
            }
            RunChartView::Line line;
            line.title = isComparison ? run.name : wanted.title;
            line.style = style;
            line.isThin = wanted.name == QLatin1String("loss"); // within epochs
            line.points = run.curves->points(*curve, m_axis);
            if (m_smoothing > 0) {
                line.raw = line.points;
                const std::vector<double> values = smoothed(curve->values, m_smoothing);
                for (std::size_t i = 0; i < values.size(); ++i) {
                    line.points[static_cast<qsizetype>(i)].setY(values[i]);
                }
            }
            lines.append(std::move(line));
        }
        if (showEvents->isChecked()) {
            const std::vector<RunMark> all = run.curves->marks();
            const std::size_t skipped = all.size() - std::min<std::size_t>(all.size(), kMostMarks);
            for (std::size_t i = skipped; i < all.size(); ++i) {
                const QString text = isComparison
                                         ? QStringLiteral("%1: %2").arg(run.name, textOf(all[i]))
                                         : textOf(all[i]);
                marks.append(
                    {run.curves->place(all[i], m_axis),
                     all[i].kind,
                     text,
                     isComparison ? run.colour : -1});
            }
        }
    }
    view.setMarks(std::move(marks));
    view.setLines(std::move(lines), titleOf(m_axis), pointsEach, m_range, m_whole);
}

RunChartView* ChartBoard::chart(const QString& id) const
{
    for (RunChartView* view : m_charts) {
        if (view->content().id == id) {
            return view;
        }
    }
    return nullptr;
}

int ChartBoard::drawnPoints() const
{
    int count = 0;
    for (const RunChartView* view : m_charts) {
        count += view->drawnPoints();
    }
    return count;
}

void ChartBoard::arrange()
{
    const int columns = std::clamp(width() / kLeastWidth, 1, 3);
    if (columns == m_columns) {
        return;
    }
    for (int column = 0; column < std::max(columns, m_columns); ++column) {
        m_grid->setColumnStretch(column, column < columns ? 1 : 0);
    }
    m_columns = columns;
    for (qsizetype i = 0; i < m_charts.size(); ++i) {
        m_grid->removeWidget(m_charts[i]);
        m_grid->addWidget(
            m_charts[i], static_cast<int>(i) / columns, static_cast<int>(i) % columns);
        m_charts[i]->show();
    }
}

void ChartBoard::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void ChartBoard::contextMenuEvent(QContextMenuEvent* event)
{
    RunChartView* under = nullptr;
    for (RunChartView* view : m_charts) {
        if (view->rect().contains(view->mapFromGlobal(event->globalPos()))) {
            under = view;
        }
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(resetZoom);
    if (under != nullptr) {
        menu->addSeparator();
        for (const auto& [text, kind] :
             {std::pair(tr("This chart as SVG…"), QStringLiteral("svg")),
              std::pair(tr("This chart as PNG…"), QStringLiteral("png")),
              std::pair(tr("Values of this chart as CSV…"), QStringLiteral("csv"))}) {
            QAction* action =
                menu->addAction(text, this, [this, kind = kind, id = under->content().id] {
                    chooseFile(kind, chart(id)); // charts come and go
                });
            action->setObjectName(QStringLiteral("dashboardThis.") + kind);
        }
    }
    menu->popup(event->globalPos());
}

void ChartBoard::chooseFile(const QString& kind, RunChartView* only)
{
    const RunHistory* current = m_runs.current();
    const QString stem = (current != nullptr ? current->name() : QStringLiteral("run"))
                         + (only != nullptr ? QLatin1Char('-') + only->content().id : QString());
    auto* dialog = new QFileDialog(this, tr("Export"));
    dialog->setObjectName(QStringLiteral("dashboardFile"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(QStringLiteral("%1 (*.%2)").arg(kind.toUpper(), kind));
    dialog->setDefaultSuffix(kind);
    dialog->selectFile(
        QString(stem).replace(QLatin1Char('/'), QLatin1Char('-')) + QLatin1Char('.') + kind);
    const QString id = only != nullptr ? only->content().id : QString();
    connect(dialog, &QFileDialog::fileSelected, this, [this, kind, id](const QString& file) {
        RunChartView* one = chart(id); // it may have gone meanwhile
        const QList<RunChartView*> charts = one != nullptr ? QList<RunChartView*>{one} : m_charts;
        Status status;
        if (kind == QLatin1String("svg")) {
            status = saveChartsAsSvg(charts, m_columns, file);
        } else if (kind == QLatin1String("png")) {
            status = saveChartsAsPng(charts, m_columns, file);
        } else {
            std::vector<ExportedRun> runs;
            for (const Shown& run : shownRuns()) {
                runs.push_back({run.name, run.curves});
            }
            status = saveText(
                valuesAsCsv(runs, one != nullptr ? one->content().lines : QList<ChartLine>()),
                file);
        }
        if (status) {
            Q_EMIT said(tr("Written: %1").arg(file), false);
        } else {
            Q_EMIT said(
                tr("The file was not written: %1").arg(sentenceFor(status.error().code)), true);
        }
    });
    dialog->open();
}

} // namespace guidino::ui
