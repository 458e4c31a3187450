// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>
#include <QLabel>
#include <QPushButton>

namespace guidino::ui {

class GuideController;
class PredictionController;
class Theme;
class TrainingController;

/// Stands over the canvas as long as an image is shown that looks unlike those the model was
/// trained on, says how far, and offers to train a starter model from the labelled images. It
/// cannot be closed: the model's figures do not hold for such an image.
class OutsideBanner : public QFrame
{
    Q_OBJECT

public:
    /// Lies at the lower edge of `canvas`, its parent.
    OutsideBanner(
        QWidget& canvas,
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

    QWidget& m_canvas;
    GuideController& m_guide;
    PredictionController& m_prediction;
    TrainingController& m_training;
    Theme& m_theme;
    QLabel* m_icon;
    QLabel* m_text;
    QPushButton* m_starter;
};

} // namespace guidino::ui
