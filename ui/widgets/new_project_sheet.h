// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/widgets/sheet.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>

namespace guidino::ui {

class ProjectTasks;

/// A new project from a folder or files: what was found there, with pictures, then the choices.
class NewProjectSheet : public Sheet
{
    Q_OBJECT

public:
    NewProjectSheet(
        ProjectTasks& tasks, const QString& projectsFolder, Theme& theme, QWidget& area);

    /// Looks into these paths and shows what is there.
    void start(const QStringList& paths);

private:
    void showPreview();
    void refresh();
    void make();
    [[nodiscard]] QString folder() const;

    ProjectTasks& m_tasks;
    QString m_projectsFolder;
    QLabel* m_found;
    QWidget* m_pictures;
    QHBoxLayout* m_pictureRow;
    QLabel* m_problems;
    QLineEdit* m_name;
    QLineEdit* m_where;
    QCheckBox* m_copies;
    QCheckBox* m_savesMasks;
    QLabel* m_reason;
    QProgressBar* m_progress;
    QPushButton* m_make;
    QPushButton* m_cancel;
};

} // namespace guidino::ui
