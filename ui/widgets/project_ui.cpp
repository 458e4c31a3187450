// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/project_ui.h"

#include "ui/model/dataset_controller.h"
#include "ui/model/project_controller.h"
#include "ui/widgets/classes_sheet.h"
#include "ui/widgets/image_list_panel.h"
#include "ui/widgets/main_window.h"
#include "ui/widgets/new_project_sheet.h"
#include "ui/widgets/project_sheets.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/usable_action.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QLocale>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>

namespace guidino::ui {

ProjectUi::ProjectUi(
    MainWindow& window,
    const WindowServices& services,
    ImageListPanel& images,
    QAction& samples,
    QWidget& area)
    : QObject(&window)
    , m_window(window)
    , m_services(services)
    , m_images(images)
    , m_tasks(services.project, services.dataset)
    , m_classes(services.project, services.dataset)
    , m_recent(services.settings)
{
    makeActions();
    m_start = new StartPage(
        {&samples, newProject, openProject, addWeights}, services.settings, services.theme, &area);
    makeSheets(area);
    connectProject();
    connectTasks();
    connect(&images, &ImageListPanel::contextRequested, this, &ProjectUi::showImageMenu);
    connect(m_start, &StartPage::openRequested, this, [this](const QString& folder) {
        m_window.open({folder});
    });
    connect(m_start, &StartPage::backupsRequested, m_backups, &BackupsSheet::start);
    refresh();
}

ProjectUi::~ProjectUi() = default;

QAction* ProjectUi::make(const char* name, const QString& text, const QKeySequence& key)
{
    auto* action = new QAction(text, this);
    action->setObjectName(QLatin1StringView(name));
    action->setShortcut(key);
    m_window.addAction(action);
    return action;
}

void ProjectUi::makeActions()
{
    newProject = make("newProject", tr("&New project…"), QKeySequence(Qt::CTRL | Qt::Key_N));
    openProject = make("openProject", tr("Open pro&ject…"));
    addImages = make("addImages", tr("&Add images…"));
    locateImages = make("locateImages", tr("&Find missing images…"));
    exportCopy = make("exportCopy", tr("Export a &portable copy…"));
    importCopy = make("importCopy", tr("&Import a portable copy…"));
    backUpNow = make("backUpNow", tr("&Back up now"));
    showBackups = make("showBackups", tr("Bac&kups…"));
    editClasses = make("editClasses", tr("&Classes…"));
    editTags = make("editTags", tr("&Tags of the selected images…"));
    addWeights = make("addWeights", tr("Add DINOv3 or DINOv2 &weights…"));
    showStart = make("showStart", tr("&Start page"));
    connect(newProject, &QAction::triggered, this, [this] {
        chooseFolder(tr("Folder of images for the new project"), [this](const QString& folder) {
            startNewProject({folder});
        });
    });
    connect(openProject, &QAction::triggered, this, &ProjectUi::chooseProject);
    connect(addImages, &QAction::triggered, this, [this] {
        chooseFolder(tr("Folder of images to add"), [this](const QString& folder) {
            m_tasks.addImages({folder});
        });
    });
    connect(locateImages, &QAction::triggered, this, [this] {
        chooseFolder(
            tr("Folder below which the missing images are"),
            [this](const QString& folder) { m_tasks.locate(folder); });
    });
    connect(exportCopy, &QAction::triggered, this, [this] {
        m_transfer->startExport(m_services.project.name());
    });
    connect(importCopy, &QAction::triggered, this, &ProjectUi::chooseArchive);
    connect(backUpNow, &QAction::triggered, &m_services.project, &ProjectController::backUp);
    connect(showBackups, &QAction::triggered, this, [this] {
        m_backups->start(m_services.project.folder());
    });
    connect(editClasses, &QAction::triggered, this, [this] { m_classesSheet->start(); });
    connect(editTags, &QAction::triggered, this, [this] {
        std::vector<ImageId> ids = m_images.selectedIds();
        if (ids.empty() && m_services.dataset.current() != nullptr) {
            ids.push_back(m_services.dataset.current()->id());
        }
        if (!ids.empty()) {
            m_tags->start(ids);
        }
    });
    connect(showStart, &QAction::triggered, this, [this] {
        m_start->refresh();
        Q_EMIT startRequested();
    });
}

void ProjectUi::makeSheets(QWidget& area)
{
    Theme& theme = m_services.theme;
    const QString projects = m_services.project.projectsFolder();
    m_newProject = new NewProjectSheet(m_tasks, projects, theme, area);
    m_recovery = new RecoverySheet(m_tasks, m_services.dataset, theme, area);
    m_backups = new BackupsSheet(m_tasks, m_services.project, *backUpNow, theme, area);
    m_transfer = new TransferSheet(m_tasks, projects, theme, area);
    m_tags = new TagsSheet(m_services.dataset, theme, area);
    m_classesSheet = new ClassesSheet(m_classes, m_services.project, theme, area);
}

void ProjectUi::connectProject()
{
    ProjectController& project = m_services.project;
    connect(&project, &ProjectController::lockedByOther, this, &ProjectUi::askAboutLock);
    connect(&project, &ProjectController::archiveGiven, m_transfer, &TransferSheet::startImport);
    connect(&m_services.dataset, &DatasetController::opened, this, [this] {
        m_recent.add({m_services.project.folder(), m_services.project.name()});
        refresh();
        refreshVocabulary();
        if (!m_services.dataset.recovered().empty()) {
            m_recovery->start();
        }
    });
    connect(&project, &ProjectController::closed, this, &ProjectUi::refresh);
    connect(&project, &ProjectController::classesChanged, this, &ProjectUi::refreshVocabulary);
    connect(&project, &ProjectController::imageChanged, this, [this] {
        // Many images change in a row; the words are read once.
        if (!m_isVocabularyOld) {
            m_isVocabularyOld = true;
            QMetaObject::invokeMethod(
                this,
                [this] {
                    m_isVocabularyOld = false;
                    refreshVocabulary();
                },
                Qt::QueuedConnection);
        }
    });
}

void ProjectUi::connectTasks()
{
    connect(&m_tasks, &ProjectTasks::problemOccurred, this, &ProjectUi::problemOccurred);
    connect(&m_classes, &ClassController::problemOccurred, this, &ProjectUi::problemOccurred);
    const auto tell =
        [this](const QString& text, const QString& detail, Notice::Severity severity) {
            Q_EMIT problemOccurred(
                {severity, text, detail, Notice::Action::None, QStringLiteral("task")});
        };
    connect(&m_tasks, &ProjectTasks::added, this, [tell](int count) {
        tell(
            count > 0 ? tr("%n image(s) were added.", nullptr, count)
                      : tr("All of these images are in the project already."),
            {},
            Notice::Severity::Info);
    });
    connect(&m_tasks, &ProjectTasks::located, this, [tell](int found, int missing) {
        tell(
            missing == 0 ? tr("All missing images were found.")
                         : tr("%n image(s) were found.", nullptr, found) + QLatin1Char(' ')
                               + tr("%n are still missing.", nullptr, missing),
            {},
            missing == 0 ? Notice::Severity::Info : Notice::Severity::Warning);
    });
    connect(
        &m_tasks, &ProjectTasks::made, this, [tell](const QString& folder, const QStringList& bad) {
            if (!bad.isEmpty()) {
                tell(
                    tr("%n image(s) could not be copied and stay where they are.",
                       nullptr,
                       static_cast<int>(bad.size())),
                    folder + QLatin1Char('\n') + bad.mid(0, 12).join(QLatin1Char('\n')),
                    Notice::Severity::Warning);
            }
        });
}

void ProjectUi::fillMenu(QMenu& menu) const
{
    menu.addActions({newProject, openProject, importCopy});
    menu.addSeparator();
    menu.addActions({addImages, locateImages, editTags, editClasses});
    menu.addSeparator();
    menu.addActions({exportCopy, backUpNow, showBackups});
    menu.addSeparator();
    menu.addActions({addWeights, showStart});
}

void ProjectUi::startNewProject(const QStringList& paths)
{
    m_newProject->start(paths);
}

bool ProjectUi::act(Notice::Action action)
{
    switch (action) {
    case Notice::Action::ShowRecovered:
        m_recovery->start();
        return true;
    case Notice::Action::LocateImages:
        locateImages->trigger();
        return true;
    case Notice::Action::TakeOver:
        m_services.project.reopen(project::OpenMode::TakeOver);
        return true;
    default:
        return false;
    }
}

void ProjectUi::refresh()
{
    const bool isOpen = m_services.project.isOpen();
    const bool canWrite = isOpen && !m_services.project.isReadOnly();
    const QString noProject = tr("Open a project or a folder first.");
    const QString readOnly = tr("The project is open for reading only.");
    for (QAction* action : {addImages, locateImages, backUpNow, editTags}) {
        setUsable(action, canWrite ? QString() : isOpen ? readOnly : noProject);
    }
    for (QAction* action : {exportCopy, showBackups, editClasses}) {
        setUsable(action, isOpen ? QString() : noProject);
    }
}

void ProjectUi::refreshVocabulary()
{
    const auto tags = m_services.project.store() != nullptr ? m_services.project.store()->allTags()
                                                            : Result<QStringList>(QStringList());
    m_images.setVocabulary(m_services.project.classes(), tags ? *tags : QStringList());
}

void ProjectUi::askAboutLock(const QStringList& paths, const project::LockOwner& owner)
{
    auto* question = new QMessageBox(
        QMessageBox::Question,
        tr("Somebody works on this project"),
        tr("%1 on %2 has it open since %3.")
            .arg(
                owner.user,
                owner.host,
                QLocale().toString(owner.since.toLocalTime(), QLocale::ShortFormat)),
        QMessageBox::NoButton,
        &m_window);
    question->setInformativeText(
        tr("Reading only changes nothing. Taking over is for a program that no longer runs: if it "
           "still does, what is done there meanwhile may be lost."));
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setObjectName(QStringLiteral("lockQuestion"));
    const QAbstractButton* reading =
        question->addButton(tr("Open for reading only"), QMessageBox::AcceptRole);
    const QAbstractButton* takeOver =
        question->addButton(tr("Take over"), QMessageBox::DestructiveRole);
    question->setEscapeButton(question->addButton(QMessageBox::Cancel));
    connect(question, &QMessageBox::buttonClicked, this, [=, this](QAbstractButton* button) {
        if (button == reading) {
            m_services.project.open(paths, project::OpenMode::ReadOnly);
        } else if (button == takeOver) {
            m_services.project.open(paths, project::OpenMode::TakeOver);
        }
    });
    question->open();
}

void ProjectUi::chooseFolder(const QString& title, const std::function<void(const QString&)>& then)
{
    auto* dialog = new QFileDialog(&m_window, title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, then);
    dialog->open();
}

void ProjectUi::chooseProject()
{
    auto* dialog =
        new QFileDialog(&m_window, tr("Open a project"), m_services.project.projectsFolder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilter(
        tr("Projects and portable copies (%1)").arg(QStringLiteral("project.db *.gdino")));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        m_window.open({file});
    });
    dialog->open();
}

void ProjectUi::chooseArchive()
{
    auto* dialog = new QFileDialog(&m_window, tr("Import a portable copy"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilter(tr("Portable copies (%1)").arg(QStringLiteral("*.gdino")));
    connect(dialog, &QFileDialog::fileSelected, m_transfer, &TransferSheet::startImport);
    dialog->open();
}

void ProjectUi::showImageMenu(QPoint position)
{
    auto* shown = new QMenu(&m_window);
    shown->setAttribute(Qt::WA_DeleteOnClose);
    shown->addActions({editTags, locateImages});
    shown->popup(position);
}

} // namespace guidino::ui
