// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QButtonGroup>
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>
#include <QWidget>

class QGridLayout;
class QVBoxLayout;

namespace guidino::ui {

class GuideController;
class PredictionController;
class Theme;
class ViewSettings;

/// The what-if brush's options, the presets, and the card that says what the changed guide did to
/// the prediction. A causal test, not a picture: it says plainly when nothing changed.
class WhatIfPanel : public QWidget
{
    Q_OBJECT

public:
    WhatIfPanel(
        GuideController& guide,
        PredictionController& prediction,
        ViewSettings& view,
        Theme& theme,
        QWidget* parent = nullptr);

private:
    void addBrush(QVBoxLayout* layout);
    void addPresets(QVBoxLayout* layout);
    void addCard(QVBoxLayout* layout);
    void addKeeping(QVBoxLayout* layout);
    void refreshBrush();
    void refreshAvailability();
    void refreshCard();
    void refreshKeeping();

    GuideController& m_guide;
    PredictionController& m_prediction;
    ViewSettings& m_view;
    Theme& m_theme;
    QLabel* m_reason;
    QButtonGroup* m_direction;
    QSlider* m_strength;
    QLabel* m_strengthText;
    QSlider* m_size;
    QLabel* m_sizeText;
    QPushButton* m_flat;
    QPushButton* m_label;
    QPushButton* m_inverted;
    QPushButton* m_eye;
    QWidget* m_card;
    QLabel* m_verdict;
    QLabel* m_area;
    QLabel* m_dsc;
    QLabel* m_shift;
    QLabel* m_time;
    QPushButton* m_clear;
    QPushButton* m_keep;
    QLabel* m_kept;
    QToolButton* m_remove;
};

} // namespace guidino::ui
