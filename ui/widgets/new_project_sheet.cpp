// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/new_project_sheet.h"

#include "core/project/project_store.h"
#include "ui/model/project_tasks.h"
#include "ui/widgets/theme.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPixmap>

namespace guidino::ui {

NewProjectSheet::NewProjectSheet(
    ProjectTasks& tasks, const QString& projectsFolder, Theme& theme, QWidget& area)
    : Sheet(tr("New project"), 520, theme, area)
    , m_tasks(tasks)
    , m_projectsFolder(projectsFolder)
    , m_found(makeText({}, "text", this))
    , m_pictures(new QWidget(this))
    , m_pictureRow(new QHBoxLayout(m_pictures))
    , m_problems(makeText({}, "small", this))
    , m_name(new QLineEdit(this))
    , m_where(new QLineEdit(this))
    , m_copies(new QCheckBox(tr("Copy the images into the project"), this))
    , m_savesMasks(new QCheckBox(tr("Also save masks as files beside the images"), this))
    , m_reason(makeText({}, "small", this))
    , m_progress(new QProgressBar(this))
    , m_make(new QPushButton(tr("Make the project"), this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
{
    m_found->setObjectName(QStringLiteral("newProjectFound"));
    m_name->setObjectName(QStringLiteral("newProjectName"));
    m_where->setObjectName(QStringLiteral("newProjectWhere"));
    m_copies->setObjectName(QStringLiteral("newProjectCopies"));
    m_savesMasks->setObjectName(QStringLiteral("newProjectSavesMasks"));
    m_make->setObjectName(QStringLiteral("newProjectMake"));
    m_pictureRow->setContentsMargins(0, 0, 0, 0);
    m_pictureRow->setSpacing(4);
    m_make->setProperty("primary", true);
    m_copies->setToolTip(
        tr("Without this the project refers to the images where they are now, and finds them again "
           "when they are moved"));
    m_savesMasks->setToolTip(
        tr("A folder guidino-labels beside the images, for other programs; revisions are kept in "
           "the project in any case"));
    QVBoxLayout& column = content();
    column.addWidget(m_found);
    column.addWidget(m_pictures);
    column.addWidget(m_problems);
    column.addSpacing(8);
    const auto field = [&](const QString& label, QLineEdit* line) {
        QLabel* text = makeText(label, "heading", this);
        text->setBuddy(line);
        line->setAccessibleName(label);
        column.addWidget(text);
    };
    field(tr("NAME"), m_name);
    column.addWidget(m_name);
    field(tr("FOLDER OF THE PROJECT"), m_where);
    auto* row = new QHBoxLayout;
    row->addWidget(m_where, 1);
    auto* browse = new QPushButton(tr("Choose…"), this);
    row->addWidget(browse);
    column.addLayout(row);
    column.addWidget(m_copies);
    column.addWidget(m_savesMasks);
    column.addWidget(m_reason);
    column.addWidget(m_progress);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_make);
    column.addLayout(buttons);
    column.addStretch(1);
    connect(browse, &QPushButton::clicked, this, [this] {
        auto* dialog =
            new QFileDialog(this, tr("Folder in which the project is made"), m_projectsFolder);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& chosen) {
            m_where->setText(QDir(chosen).filePath(m_name->text().trimmed()));
        });
        dialog->open();
    });
    connect(m_name, &QLineEdit::textEdited, this, [this](const QString& name) {
        m_where->setText(QFileInfo(m_where->text()).absoluteDir().filePath(name.trimmed()));
        refresh();
    });
    connect(m_where, &QLineEdit::textChanged, this, &NewProjectSheet::refresh);
    connect(m_make, &QPushButton::clicked, this, &NewProjectSheet::make);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_tasks.isRunning()) {
            m_tasks.cancel();
        } else {
            close();
        }
    });
    connect(&tasks, &ProjectTasks::previewed, this, &NewProjectSheet::showPreview);
    connect(&tasks, &ProjectTasks::problemOccurred, this, [this](const Notice& notice) {
        if (isOpen() && m_tasks.lastPreview().dataset == nullptr) {
            m_found->setText(notice.text);
            m_problems->setText(notice.detail);
        }
    });
    connect(&tasks, &ProjectTasks::runningChanged, this, &NewProjectSheet::refresh);
    connect(&tasks, &ProjectTasks::made, this, &Sheet::close);
    connect(&tasks, &ProjectTasks::progressed, this, [this](qint64 done, qint64 total) {
        constexpr int kSteps = 1000;
        m_progress->setRange(0, kSteps);
        m_progress->setValue(total > 0 ? static_cast<int>(done * kSteps / total) : 0);
    });
    refresh();
}

void NewProjectSheet::start(const QStringList& paths)
{
    m_found->setText(tr("Looking at %1…").arg(paths.value(0)));
    m_problems->clear();
    m_pictures->hide();
    m_progress->setRange(0, 0);
    m_name->clear();
    open();
    m_tasks.preview(paths);
    refresh();
}

void NewProjectSheet::showPreview()
{
    if (!isOpen()) {
        return;
    }
    const DatasetPreview& preview = m_tasks.lastPreview();
    QStringList classes;
    for (const LabelClass& one : preview.classes) {
        classes << one.name;
    }
    QStringList lines{
        tr("%n image(s)", nullptr, preview.images) + QStringLiteral(", ")
            + tr("%n with a mask", nullptr, preview.masks),
        tr("Layout: %1").arg(preview.layout),
        tr("Classes: %1").arg(classes.join(QStringLiteral(", ")))};
    if (!preview.splits.isEmpty()) {
        lines << tr("Splits: %1").arg(preview.splits.join(QStringLiteral(", ")));
    }
    m_found->setText(lines.join(QLatin1Char('\n')));
    constexpr int kMost = 6;
    m_problems->setText(
        preview.problems.isEmpty()
            ? QString()
            : tr("%n file(s) cannot be used:", nullptr, static_cast<int>(preview.problems.size()))
                  + QLatin1Char('\n') + preview.problems.mid(0, kMost).join(QLatin1Char('\n')));
    while (QLayoutItem* item = m_pictureRow->takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->deleteLater();
        }
        delete item;
    }
    constexpr int kSide = 74;
    const double ratio = devicePixelRatioF();
    const int side = qRound(kSide * ratio);
    for (const QImage& picture : preview.pictures) {
        auto* label = new QLabel(m_pictures);
        QPixmap small = QPixmap::fromImage(
            picture.scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation));
        small.setDevicePixelRatio(ratio);
        label->setPixmap(small);
        m_pictureRow->addWidget(label);
    }
    m_pictureRow->addStretch(1);
    m_pictures->setVisible(!preview.pictures.isEmpty());
    m_name->setText(preview.title);
    m_where->setText(QDir(m_projectsFolder).filePath(preview.title));
    m_savesMasks->setChecked(preview.masks > 0);
    refresh();
    m_name->setFocus();
    m_name->selectAll();
}

QString NewProjectSheet::folder() const
{
    return m_where->text().trimmed();
}

void NewProjectSheet::refresh()
{
    const bool isRunning = m_tasks.isRunning();
    QString reason;
    const QDir target(folder());
    const bool hasPreview = m_tasks.lastPreview().dataset != nullptr;
    if (isRunning || !hasPreview) {
        reason = QString(); // what is wrong stands above
    } else if (m_name->text().trimmed().isEmpty()) {
        reason = tr("Give the project a name.");
    } else if (folder().isEmpty()) {
        reason = tr("Choose the folder in which the project is made.");
    } else if (project::ProjectStore::isProject(folder())) {
        reason = tr("There is a project in this folder already. Choose another name.");
    } else if (target.exists() && !target.isEmpty()) {
        reason = tr("This folder is not empty. Choose another name.");
    }
    m_reason->setText(reason);
    m_make->setEnabled(!isRunning && hasPreview && reason.isEmpty());
    m_make->setToolTip(
        isRunning     ? tr("The folder is being read.")
        : !hasPreview ? tr("Choose a folder with images first.")
                      : reason);
    m_progress->setVisible(isRunning);
    m_cancel->setText(isRunning ? tr("Cancel") : tr("Close"));
}

void NewProjectSheet::make()
{
    NewProject choices;
    choices.folder = folder();
    choices.name = m_name->text().trimmed();
    choices.copiesImages = m_copies->isChecked();
    if (m_savesMasks->isChecked()) {
        choices.labelsFolder =
            QDir(m_tasks.lastPreview().root).filePath(QStringLiteral("guidino-labels"));
    }
    m_tasks.make(choices);
}

} // namespace guidino::ui
