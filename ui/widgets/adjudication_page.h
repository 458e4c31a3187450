// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/canvas/review_view.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QWidget>

#include <vector>

namespace guidino::ui {

class AdjudicationController;
class DatasetController;
class ProjectController;
class Theme;

/// Two readers side by side in one picture: where they differ, how much, and whose labels each
/// place takes. A click on a place takes the other reader's; by keys, the arrows go from place to
/// place and Space takes the other's.
class AdjudicationPage : public QWidget
{
    Q_OBJECT

public:
    AdjudicationPage(
        AdjudicationController& controller,
        ProjectController& project,
        DatasetController& dataset,
        Theme& theme,
        QWidget* parent = nullptr);

    [[nodiscard]] ReviewView& view() { return *m_view; }

    [[nodiscard]] QTableWidget& table() { return *m_table; }

Q_SIGNALS:
    void leaveRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* makeStrip();
    QWidget* makeSide();
    void refreshTable();
    void addHeading(const QString& text);
    void addCase(int index);
    void refreshPicture();
    void refreshPlace();
    void goToPlace(int step);
    [[nodiscard]] QString consensusText() const;

    AdjudicationController& m_controller;
    ProjectController& m_project;
    DatasetController& m_dataset;
    Theme& m_theme;
    ReviewView* m_view;
    QComboBox* m_first;
    QComboBox* m_second;
    QLabel* m_summary;
    QTableWidget* m_table;
    QLabel* m_case;
    QPushButton* m_takeFirst;
    QPushButton* m_takeSecond;
    QPushButton* m_majority;
    QPushButton* m_staple;
    QPushButton* m_store;
    QPushButton* m_settle;
    std::vector<int> m_caseOfRow; ///< of the table; -1: the heading of a group
    int m_place = -1;             ///< of disagreement, by keys; none yet
};

} // namespace guidino::ui
