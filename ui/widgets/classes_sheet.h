// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/widgets/sheet.h"

#include <QPushButton>

namespace guidino::ui {

class ClassController;
class ProjectController;

/// The classes of the project: names, colours, locks, numbers; adding, merging, deleting. Each
/// change can be taken back here, as long as the project is open.
class ClassesSheet : public Sheet
{
    Q_OBJECT

public:
    ClassesSheet(ClassController& classes, ProjectController& project, Theme& theme, QWidget& area);

    void start();

private:
    void refresh();
    [[nodiscard]] QWidget* makeRow(int index);
    void fillMenu(QPushButton& button, int index);

    ClassController& m_classes;
    ProjectController& m_project;
    Theme& m_theme;
    QVBoxLayout* m_rows;
    QLabel* m_outcome;
    QPushButton* m_add;
    QPushButton* m_undo;
    QPushButton* m_redo;
};

} // namespace guidino::ui
