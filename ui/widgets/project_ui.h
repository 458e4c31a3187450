// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/project/project_types.h"
#include "ui/model/class_controller.h"
#include "ui/model/notice.h"
#include "ui/model/project_tasks.h"
#include "ui/widgets/start_page.h"

#include <QAction>
#include <QList>
#include <QObject>
#include <QPoint>

#include <functional>

class QMenu;

namespace guidino::ui {

class BackupsSheet;
class ClassesSheet;
class ImageListPanel;
class MainWindow;
class NewProjectSheet;
class RecoverySheet;
class TagsSheet;
class TransferSheet;
struct WindowServices;

/// Everything in the window that has to do with projects as wholes: the actions of the Project
/// menu, the start page, sheets, and what is asked when somebody else has a project open.
class ProjectUi : public QObject
{
    Q_OBJECT

public:
    /// `area`: what sheets slide over. `samples`: the action that opens the sample project.
    ProjectUi(
        MainWindow& window,
        const WindowServices& services,
        ImageListPanel& images,
        QAction& samples,
        QWidget& area);
    ~ProjectUi() override;

    [[nodiscard]] StartPage& startPage() { return *m_start; }

    [[nodiscard]] ProjectTasks& tasks() { return m_tasks; }

    [[nodiscard]] ClassController& classes() { return m_classes; }

    void fillMenu(QMenu& menu) const;

    /// Shows what folders and files would become, and makes a project of them.
    void startNewProject(const QStringList& paths);

    /// What a message offered; false where it is none of this class's.
    bool act(Notice::Action action);

    // Of the Project menu.
    QAction* newProject;
    QAction* openProject;
    QAction* addImages;
    QAction* locateImages;
    QAction* exportCopy;
    QAction* importCopy;
    QAction* backUpNow;
    QAction* showBackups;
    QAction* editClasses;
    QAction* editTags;
    QAction* addWeights; ///< connected by the window: the page belongs to the guide
    QAction* showStart;

Q_SIGNALS:
    void problemOccurred(const guidino::ui::Notice& notice);
    /// The start page is asked for.
    void startRequested();

private:
    QAction* make(const char* name, const QString& text, const QKeySequence& key = {});
    void makeActions();
    void makeSheets(QWidget& area);
    void connectProject();
    void connectTasks();
    void refresh();
    void refreshVocabulary();
    void askAboutLock(const QStringList& paths, const project::LockOwner& owner);
    void chooseFolder(const QString& title, const std::function<void(const QString&)>& then);
    void chooseProject();
    void chooseArchive();
    void showImageMenu(QPoint position);

    MainWindow& m_window;
    const WindowServices& m_services;
    ImageListPanel& m_images;
    ProjectTasks m_tasks;
    ClassController m_classes;
    RecentProjects m_recent;
    StartPage* m_start;
    NewProjectSheet* m_newProject;
    RecoverySheet* m_recovery;
    BackupsSheet* m_backups;
    TransferSheet* m_transfer;
    TagsSheet* m_tags;
    ClassesSheet* m_classesSheet;
    bool m_isVocabularyOld = false;
};

} // namespace guidino::ui
