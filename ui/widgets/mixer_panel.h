// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/match_pictures.h"

#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWidget>

#include <vector>

namespace guidino::ui {

class GuideController;
class MixerStrip;
class Theme;

/// The prototypes of the guide as a mixer: a strip a group, how many directions they really have,
/// and the check that the shown shares make up the guide. It speaks of shares of the guide, never
/// of reasons for a diagnosis.
class MixerPanel : public QWidget
{
    Q_OBJECT

public:
    MixerPanel(GuideController& guide, Theme& theme, QWidget* parent = nullptr);

    /// While true, a click into a pane pins the place by which groups are ordered.
    [[nodiscard]] bool isPinning() const { return m_pick->isChecked(); }

    void endPinning() { m_pick->setChecked(false); }

    /// Strips from top to bottom.
    [[nodiscard]] std::vector<MixerStrip*> strips() const;

Q_SIGNALS:
    void pinningChanged(bool isPinning);

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void refresh();
    void refreshOrder();
    void refreshCheck();
    void refreshDirections();
    [[nodiscard]] static QString nameOf(int group);

    GuideController& m_guide;
    Theme& m_theme;
    MatchPictures m_pictures;
    QLabel* m_directions;
    QLabel* m_order;
    QToolButton* m_pick;
    QToolButton* m_unpin;
    QLabel* m_empty;
    QWidget* m_list;
    QVBoxLayout* m_listLayout;
    std::vector<MixerStrip*> m_strips; // by group
    QLabel* m_check;
    QPushButton* m_reset;
    QPushButton* m_search;
};

} // namespace guidino::ui
