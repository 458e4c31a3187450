// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/training_panel.h"

#include "ui/model/dataset_controller.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/read_out.h"
#include "ui/model/training_controller.h"
#include "ui/widgets/theme.h"

#include <QChart>
#include <QChartView>
#include <QGraphicsLayout>
#include <QHBoxLayout>
#include <QLegend>
#include <QLineSeries>
#include <QLocale>
#include <QToolButton>
#include <QVBoxLayout>
#include <QValueAxis>

#include <algorithm>

namespace guidino::ui {

namespace {

/// More points than this cost time and show nothing.
constexpr int kMostPoints = 1000;

QList<QPointF> thinned(const QList<QPointF>& points)
{
    if (points.size() <= kMostPoints) {
        return points;
    }
    QList<QPointF> some;
    const double step = static_cast<double>(points.size() - 1) / (kMostPoints - 1);
    for (int i = 0; i < kMostPoints; ++i) {
        some.append(points[static_cast<qsizetype>(i * step)]);
    }
    return some;
}

/// The training's loss and the validation's Dice, under the names that workers use.
bool isLoss(const MetricSeries& series)
{
    return series.name == QLatin1String("loss") && series.split != QLatin1String("validation");
}

bool isDice(const MetricSeries& series)
{
    return series.name == QLatin1String("dsc");
}

} // namespace

TrainingPanel::TrainingPanel(
    TrainingController& training,
    PredictionController& prediction,
    DatasetController& dataset,
    Theme& theme,
    QWidget* parent)
    : QWidget(parent)
    , m_training(training)
    , m_prediction(prediction)
    , m_theme(theme)
    , m_summary(new QLabel(this))
    , m_compare(new QPushButton(tr("Compare and adopt…"), this))
    , m_start(new QPushButton(tr("Fine-tune…"), this))
    , m_progress(new QProgressBar(this))
    , m_time(new QLabel(this))
    , m_keep(new QPushButton(tr("Stop and keep"), this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
    , m_score(new QLabel(this))
    , m_chart(new QChart)
    , m_chartView(new QChartView(m_chart, this))
    , m_loss(new QLineSeries(this))
    , m_dice(new QLineSeries(this))
    , m_steps(new QValueAxis(this))
    , m_lossAxis(new QValueAxis(this))
    , m_diceAxis(new QValueAxis(this))
{
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    m_summary->setWordWrap(true);
    m_summary->setProperty("role", QStringLiteral("muted"));
    m_start->setProperty("primary", true);
    m_start->setObjectName(QStringLiteral("fineTune"));
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress of the training"));
    m_time->setProperty("role", QStringLiteral("small"));
    m_score->setProperty("role", QStringLiteral("small"));
    m_keep->setObjectName(QStringLiteral("stopAndKeep"));
    m_keep->setToolTip(tr("Ends after this step and uses the best model so far"));
    m_cancel->setToolTip(tr("Ends the training and forgets what it learnt"));
    makeChart();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 12);
    layout->setSpacing(8);
    layout->addWidget(m_summary);
    layout->addWidget(m_compare);
    layout->addWidget(m_start);
    layout->addWidget(m_progress);
    layout->addWidget(m_time);
    auto* ends = new QHBoxLayout;
    ends->setSpacing(8);
    ends->addWidget(m_keep, 1);
    ends->addWidget(m_cancel, 1);
    layout->addLayout(ends);
    layout->addWidget(m_chartView, 1);
    layout->addWidget(m_score);
    layout->addStretch(0);

    m_compare->setObjectName(QStringLiteral("compareTrained"));
    m_compare->setToolTip(tr("Shows what it does better and worse than the model in use"));
    connect(m_compare, &QPushButton::clicked, this, &TrainingPanel::modelsRequested);
    connect(m_start, &QPushButton::clicked, this, &TrainingPanel::start);
    connect(m_keep, &QPushButton::clicked, &training, &TrainingController::stopAndKeep);
    connect(m_cancel, &QPushButton::clicked, &training, &TrainingController::cancel);
    connect(&training, &TrainingController::stateChanged, this, &TrainingPanel::refresh);
    connect(&training, &TrainingController::progressed, this, &TrainingPanel::refreshProgress);
    connect(&training, &TrainingController::seriesChanged, this, &TrainingPanel::refreshChart);
    connect(&prediction, &PredictionController::modelChanged, this, &TrainingPanel::refresh);
    connect(&dataset, &DatasetController::opened, this, &TrainingPanel::refresh);
    connect(&dataset, &DatasetController::labelsChanged, this, &TrainingPanel::refresh);
    connect(&theme, &Theme::changed, this, &TrainingPanel::tint);
    tint();
    refresh();
}

void TrainingPanel::start()
{
    Q_EMIT sheetRequested();
}

void TrainingPanel::offerDashboard(QAction& action)
{
    auto* button = new QToolButton(this);
    button->setDefaultAction(&action);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setProperty("chip", true);
    layout()->addWidget(button);
}

void TrainingPanel::makeChart()
{
    m_chart->addSeries(m_loss);
    m_chart->addSeries(m_dice);
    m_chart->addAxis(m_steps, Qt::AlignBottom);
    m_chart->addAxis(m_lossAxis, Qt::AlignLeft);
    m_chart->addAxis(m_diceAxis, Qt::AlignRight);
    m_loss->setName(tr("Loss"));
    m_dice->setName(tr("DSC, validation"));
    m_loss->attachAxis(m_steps);
    m_loss->attachAxis(m_lossAxis);
    m_dice->attachAxis(m_steps);
    m_dice->attachAxis(m_diceAxis);
    m_dice->setPointsVisible(true);
    m_dice->setMarkerSize(4);
    m_steps->setTickCount(3);
    m_steps->setLabelFormat(QStringLiteral("%.0f"));
    m_lossAxis->setTickCount(3);
    m_lossAxis->setLabelFormat(QStringLiteral("%.2g"));
    m_diceAxis->setTickCount(3);
    m_diceAxis->setRange(0, 1);
    m_diceAxis->setLabelFormat(QStringLiteral("%.1f"));
    m_diceAxis->setGridLineVisible(false);
    m_chart->setMargins({0, 0, 0, 0});
    m_chart->layout()->setContentsMargins(0, 0, 0, 0);
    m_chart->setBackgroundRoundness(0);
    m_chart->legend()->setAlignment(Qt::AlignTop);
    m_chart->legend()->setMarkerShape(QLegend::MarkerShapeCircle);
    m_chartView->setRenderHint(QPainter::Antialiasing);
    m_chartView->setFrameShape(QFrame::NoFrame);
    m_chartView->setMinimumHeight(170);
    m_chartView->setAccessibleName(tr("Curves of loss and validation"));
}

void TrainingPanel::tint()
{
    const QColor panel = m_theme.color(QStringLiteral("panel"));
    const QColor muted = m_theme.color(QStringLiteral("muted"));
    m_chart->setBackgroundBrush(panel);
    m_chart->setBackgroundPen(Qt::NoPen);
    m_chartView->setBackgroundBrush(panel);
    m_loss->setPen(QPen(m_theme.color(QStringLiteral("text")), 1.5));
    m_dice->setPen(QPen(m_theme.color(QStringLiteral("accepted")), 2));
    QFont small = font();
    small.setPixelSize(11);
    m_chart->legend()->setFont(small);
    m_chart->legend()->setLabelColor(muted);
    for (QValueAxis* axis : {m_steps, m_lossAxis, m_diceAxis}) {
        axis->setLabelsFont(small);
        axis->setLabelsColor(muted);
        axis->setLinePen(QPen(m_theme.color(QStringLiteral("border")), 1));
        axis->setGridLinePen(QPen(m_theme.color(QStringLiteral("border")), 1));
    }
}

void TrainingPanel::refresh()
{
    const bool isActive = m_training.isActive();
    const QString reason = m_training.reasonUnavailable();
    m_start->setEnabled(reason.isEmpty());
    m_start->setToolTip(
        reason.isEmpty() ? tr("Teaches the model your labels, on this computer") : reason);
    m_compare->setVisible(
        m_training.state() == TrainingController::State::Finished && m_training.isBettered());
    m_progress->setVisible(isActive);
    m_time->setVisible(isActive);
    m_keep->setVisible(isActive);
    m_cancel->setVisible(isActive);
    m_keep->setEnabled(m_training.state() == TrainingController::State::Running);
    m_chartView->setVisible(!m_training.series().isEmpty());
    m_score->setVisible(!m_training.series().isEmpty());
    const int labelled = m_training.labelledCount();
    const QString model = m_prediction.modelName();
    switch (m_training.state()) {
    case TrainingController::State::Finished:
        m_summary->setText(
            m_training.isBettered()
                ? tr("Finished. The new model is offered: compare it with the one in use, then "
                     "adopt it.")
                : tr("Finished. No epoch was better on the validation images than the model it "
                     "started from: there is no new model to adopt."));
        break;
    case TrainingController::State::Failed:
        m_summary->setText(
            tr("The last training failed. Your labels and the model are unchanged."));
        break;
    default:
        if (!reason.isEmpty() && !isActive) {
            m_summary->setText(reason);
        } else if (model.isEmpty()) {
            m_summary->setText(
                tr("A new model learns from %n labelled image(s).", nullptr, labelled));
        } else {
            m_summary->setText(
                tr("The model %1 goes on learning from %n labelled image(s).", nullptr, labelled)
                    .arg(model));
        }
    }
    refreshProgress();
}

void TrainingPanel::refreshProgress()
{
    const protocol::Progress& progress = m_training.progress();
    if (m_training.state() == TrainingController::State::Preparing) {
        m_progress->setRange(0, 0);
        m_time->setText(tr("Writing the labelled images…"));
        return;
    }
    if (m_training.state() == TrainingController::State::Stopping) {
        m_time->setText(tr("Ending after this step…"));
        return;
    }
    if (progress.total <= 0) {
        m_progress->setRange(0, 0);
        m_time->setText(tr("Starting…"));
        return;
    }
    constexpr int kSteps = 1000;
    m_progress->setRange(0, kSteps);
    m_progress->setValue(static_cast<int>(kSteps * progress.step / progress.total));
    const QString left = durationText(progress.secondsLeft);
    const QLocale locale;
    const QString percent = locale.toString(
        100.0 * static_cast<double>(progress.step) / static_cast<double>(progress.total), 'f', 0);
    m_time->setText(
        left.isEmpty() ? tr("%1 % done").arg(percent)
                       : tr("%1 % done, %2 left").arg(percent, left));
}

void TrainingPanel::refreshChart()
{
    QList<QPointF> loss;
    QList<QPointF> dice;
    for (const MetricSeries& series : m_training.series()) {
        if (isLoss(series)) {
            loss = series.points;
        } else if (isDice(series)) {
            dice = series.points;
        }
    }
    m_loss->replace(thinned(loss));
    m_dice->replace(thinned(dice));
    double last = 1;
    double highest = 0;
    for (const QPointF& point : loss) {
        last = std::max(last, point.x());
        highest = std::max(highest, point.y());
    }
    for (const QPointF& point : dice) {
        last = std::max(last, point.x());
    }
    m_steps->setRange(0, last);
    m_lossAxis->setRange(0, highest > 0 ? highest : 1);
    const bool hasCurves = !loss.isEmpty() || !dice.isEmpty();
    m_chartView->setVisible(hasCurves);
    m_score->setVisible(hasCurves);
    const QLocale locale;
    if (!dice.isEmpty()) {
        m_score->setText(tr("DSC on the held-out images: %1")
                             .arg(locale.toString(dice.constLast().y(), 'f', 3)));
    } else {
        m_score->clear();
    }
}

} // namespace guidino::ui
