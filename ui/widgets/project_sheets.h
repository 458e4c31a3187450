// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/project/backups.h"
#include "ui/model/project_tasks.h"
#include "ui/widgets/sheet.h"

#include <QAction>
#include <QCheckBox>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>

#include <vector>

namespace guidino::ui {

class DatasetController;
class ProjectController;

/// What came back after the program had ended unexpectedly: for each image what was saved beside
/// what was recovered. Recovered labels stay unless the user goes back to the saved ones.
class RecoverySheet : public Sheet
{
    Q_OBJECT

public:
    RecoverySheet(ProjectTasks& tasks, DatasetController& dataset, Theme& theme, QWidget& area);

    void start();

private:
    void add(const RecoveredPicture& picture);
    void refresh();

    ProjectTasks& m_tasks;
    DatasetController& m_dataset;
    QLabel* m_text;
    QVBoxLayout* m_rows;
    QPushButton* m_discardAll;
    int m_steps = 0;
    int m_images = 0;
    QDateTime m_last;
};

/// Earlier states of a project, each of which can be gone back to.
class BackupsSheet : public Sheet
{
    Q_OBJECT

public:
    /// `backUpNow` makes one of the open project.
    BackupsSheet(
        ProjectTasks& tasks,
        ProjectController& project,
        QAction& backUpNow,
        Theme& theme,
        QWidget& area);

    void start(const QString& folder);

private:
    void list(const QString& folder, const std::vector<project::BackupInfo>& backups);

    ProjectTasks& m_tasks;
    ProjectController& m_project;
    QString m_folder; // of the project whose backups are shown
    QLabel* m_text;
    QVBoxLayout* m_rows;
    QPushButton* m_now;
};

/// A portable copy, out or in, with its progress.
class TransferSheet : public Sheet
{
    Q_OBJECT

public:
    TransferSheet(ProjectTasks& tasks, const QString& projectsFolder, Theme& theme, QWidget& area);

    /// Asks what goes into the copy of the open project.
    void startExport(const QString& projectName);

    /// Asks where the copy shall become a project.
    void startImport(const QString& file);

private:
    void refresh();
    void go();

    ProjectTasks& m_tasks;
    QString m_projectsFolder;
    QString m_archive; // that is imported; empty: an export
    QLabel* m_text;
    QLineEdit* m_path;
    QCheckBox* m_withImages;
    QCheckBox* m_withModels;
    QLabel* m_outcome;
    QProgressBar* m_progress;
    QPushButton* m_go;
    QPushButton* m_cancel;
};

/// Tags of the selected images.
class TagsSheet : public Sheet
{
    Q_OBJECT

public:
    TagsSheet(DatasetController& dataset, Theme& theme, QWidget& area);

    void start(const std::vector<ImageId>& images);

private:
    void apply();

    DatasetController& m_dataset;
    std::vector<ImageId> m_ids;
    QLabel* m_text;
    QLineEdit* m_add;
    QLineEdit* m_remove;
};

} // namespace guidino::ui
