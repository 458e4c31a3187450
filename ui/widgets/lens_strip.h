// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>
#include <QSlider>
#include <QWidget>

namespace guidino::ui {

class GuideController;
class Theme;

/// The guide lens's figures above the panes: how guide, prediction and label of the shown image
/// agree, at a threshold of the guide that can be moved. Says when they are about a changed guide.
class LensStrip : public QWidget
{
    Q_OBJECT

public:
    LensStrip(GuideController& guide, Theme& theme, QWidget* parent = nullptr);

    /// Of the place under the pointer; empty: none.
    /// Cut at its end where there is no room; the status bar has it whole.
    void setReadOut(const QString& text);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void showReadOut();

    GuideController& m_guide;
    Theme& m_theme;
    QLabel* m_trial;
    QLabel* m_hint;
    QLabel* m_thresholdText;
    QSlider* m_threshold;
    QLabel* m_iou;
    QLabel* m_dsc;
    QLabel* m_auroc;
    QLabel* m_readOut;
    QString m_values; ///< of the read-out, whole
};

} // namespace guidino::ui
