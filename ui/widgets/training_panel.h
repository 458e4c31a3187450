// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAction>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QWidget>

class QChart;
class QChartView;
class QLineSeries;
class QValueAxis;

namespace guidino::ui {

class DatasetController;
class PredictionController;
class Theme;
class TrainingController;

/// Fine-tuning: what it will learn from, the button, and while it runs its progress, its curves and
/// the two ways to end it.
class TrainingPanel : public QWidget
{
    Q_OBJECT

public:
    TrainingPanel(
        TrainingController& training,
        PredictionController& prediction,
        DatasetController& dataset,
        Theme& theme,
        QWidget* parent = nullptr);

    /// Asks for the sheet that plans a training.
    void start();

    /// A button below the curve that leads to the whole dashboard.
    void offerDashboard(QAction& action);

Q_SIGNALS:
    void sheetRequested();
    /// The model that a training made is to be looked at.
    void modelsRequested();

private:
    void makeChart();
    void refresh();
    void refreshProgress();
    void refreshChart();
    void tint();

    TrainingController& m_training;
    PredictionController& m_prediction;
    Theme& m_theme;
    QLabel* m_summary;
    QPushButton* m_compare; ///< after a training
    QPushButton* m_start;
    QProgressBar* m_progress;
    QLabel* m_time;
    QPushButton* m_keep;
    QPushButton* m_cancel;
    QLabel* m_score;
    QChart* m_chart;
    QChartView* m_chartView;
    QLineSeries* m_loss;
    QLineSeries* m_dice;
    QValueAxis* m_steps;
    QValueAxis* m_lossAxis;
    QValueAxis* m_diceAxis;
};

} // namespace guidino::ui
