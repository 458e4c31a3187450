// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>
#include <QLabel>
#include <QPushButton>

namespace guidino::ui {

class GuideController;
class PaneGrid;
class PredictionController;
class Theme;
class TrainingController;

/// Stands over the canvas as long as an image is shown that looks unlike those the model was
/// trained on, says how far, and offers to train a starter model once there are labels for it. It
/// cannot be closed: the model's figures do not hold for such an image. It lies over the pane of
/// the prediction, which it is about, so that labels can be drawn everywhere; where that pane is
/// not shown, in the lower left corner.
class OutsideBanner : public QFrame
{
    Q_OBJECT

public:
    /// A child of `canvas`.
    OutsideBanner(
        PaneGrid& canvas,
        GuideController& guide,
        PredictionController& prediction,
        TrainingController& training,
        Theme& theme);

Q_SIGNALS:
    void starterWanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void place();

    PaneGrid& m_canvas;
    GuideController& m_guide;
    PredictionController& m_prediction;
    TrainingController& m_training;
    Theme& m_theme;
    QLabel* m_icon;
    QLabel* m_text;
    QPushButton* m_starter;
};

} // namespace guidino::ui
