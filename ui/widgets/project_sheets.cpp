// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/project_sheets.h"

#include "ui/model/dataset_controller.h"
#include "ui/model/project_controller.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLocale>
#include <QMessageBox>
#include <QPixmap>

#include <algorithm>

namespace guidino::ui {

namespace {

void empty(QVBoxLayout& layout)
{
    while (QLayoutItem* item = layout.takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->deleteLater();
        }
        delete item;
    }
}

QString timeText(const QDateTime& time)
{
    const QDateTime local = time.toLocalTime();
    const QString clock = QLocale().toString(local.time(), QLocale::ShortFormat);
    return local.date() == QDate::currentDate()
               ? clock
               : QLocale().toString(local.date(), QLocale::ShortFormat) + QLatin1Char(' ') + clock;
}

QString sizeText(qint64 bytes)
{
    return QLocale().formattedDataSize(bytes, 1);
}

QStringList wordsOf(const QString& text)
{
    QStringList words;
    for (const QString& word : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (!word.trimmed().isEmpty()) {
            words << word.trimmed();
        }
    }
    return words;
}

} // namespace

// ---- recovery ---------------------------------------------------------------------------------

RecoverySheet::RecoverySheet(
    ProjectTasks& tasks, DatasetController& dataset, Theme& theme, QWidget& area)
    : Sheet(tr("Recovered labels"), 540, theme, area)
    , m_tasks(tasks)
    , m_dataset(dataset)
    , m_text(makeText({}, "text", this))
    , m_rows(new QVBoxLayout)
    , m_discardAll(new QPushButton(tr("Go back to the saved labels of all"), this))
{
    m_text->setObjectName(QStringLiteral("recoveryText"));
    auto* keep = new QPushButton(tr("Keep what came back"), this);
    keep->setProperty("primary", true);
    keep->setObjectName(QStringLiteral("recoveryKeep"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_discardAll);
    buttons->addStretch(1);
    buttons->addWidget(keep);
    content().addWidget(m_text);
    content().addLayout(m_rows);
    content().addLayout(buttons);
    content().addStretch(1);
    connect(keep, &QPushButton::clicked, this, &Sheet::close);
    connect(m_discardAll, &QPushButton::clicked, this, [this] {
        for (const ImageId id : m_dataset.recovered()) {
            m_dataset.discardUnsaved(id);
        }
        close();
    });
    connect(&tasks, &ProjectTasks::recoveredShown, this, &RecoverySheet::add);
}

void RecoverySheet::start()
{
    empty(*m_rows);
    m_steps = 0;
    m_images = 0;
    m_last = {};
    refresh();
    open();
    m_tasks.showRecovered();
}

void RecoverySheet::refresh()
{
    m_text->setText(
        m_images == 0
            ? tr("Reading what came back…")
            : tr("%n stroke(s) that were not saved came back,", nullptr, m_steps) + QLatin1Char(' ')
                  + tr("in %n image(s), the last from %1.", nullptr, m_images).arg(timeText(m_last))
                  + QLatin1Char('\n')
                  + tr("On the left what was saved, on the right what came back."));
}

void RecoverySheet::add(const RecoveredPicture& picture)
{
    m_steps += picture.steps;
    ++m_images;
    m_last = m_last.isValid() ? std::max(m_last, picture.lastEdit) : picture.lastEdit;
    refresh();
    auto* row = new QWidget(this);
    auto* column = new QVBoxLayout(row);
    column->setContentsMargins(0, 8, 0, 0);
    auto* pictures = new QHBoxLayout;
    for (const auto& [image, name] :
         {std::pair(picture.saved, tr("saved labels of %1").arg(picture.name)),
          std::pair(picture.recovered, tr("recovered labels of %1").arg(picture.name))}) {
        auto* label = new QLabel(row);
        label->setPixmap(QPixmap::fromImage(image));
        label->setAccessibleName(name);
        label->setObjectName(QStringLiteral("recoveryPicture"));
        pictures->addWidget(label);
    }
    pictures->addStretch(1);
    auto* line = new QHBoxLayout;
    line->addWidget(
        makeText(
            picture.name + QStringLiteral("  ·  ") + tr("%n stroke(s)", nullptr, picture.steps)
                + QStringLiteral("  ·  ") + timeText(picture.lastEdit),
            "muted",
            row),
        1);
    auto* discard = new QPushButton(tr("Go back to saved"), row);
    discard->setToolTip(tr("Can be redone in the image's history"));
    line->addWidget(discard);
    column->addLayout(pictures);
    column->addLayout(line);
    connect(discard, &QPushButton::clicked, row, [this, discard, id = picture.image] {
        m_dataset.discardUnsaved(id);
        discard->setEnabled(false);
        discard->setText(tr("Back to saved"));
    });
    m_rows->addWidget(row);
}

// ---- backups ----------------------------------------------------------------------------------

BackupsSheet::BackupsSheet(
    ProjectTasks& tasks,
    ProjectController& project,
    QAction& backUpNow,
    Theme& theme,
    QWidget& area)
    : Sheet(tr("Backups"), 480, theme, area)
    , m_tasks(tasks)
    , m_project(project)
    , m_text(makeText({}, "muted", this))
    , m_rows(new QVBoxLayout)
    , m_now(new QPushButton(tr("Back up now"), this))
{
    m_now->setObjectName(QStringLiteral("sheetBackUpNow"));
    content().addWidget(m_text);
    content().addLayout(m_rows);
    content().addWidget(m_now, 0, Qt::AlignLeft);
    content().addStretch(1);
    const auto follow = [this, &backUpNow] {
        m_now->setEnabled(backUpNow.isEnabled());
        m_now->setToolTip(
            backUpNow.isEnabled() ? tr("Copies the project's database as it is now, and checks it")
                                  : backUpNow.toolTip());
    };
    follow();
    connect(&backUpNow, &QAction::changed, m_now, follow);
    connect(m_now, &QPushButton::clicked, &backUpNow, &QAction::trigger);
    connect(&project, &ProjectController::backedUp, this, [this] {
        if (isVisible() && m_folder == m_project.folder()) {
            m_tasks.listBackups(m_folder);
        }
    });
    connect(&tasks, &ProjectTasks::backupsListed, this, &BackupsSheet::list);
    connect(&tasks, &ProjectTasks::restored, this, &Sheet::close);
}

void BackupsSheet::start(const QString& folder)
{
    m_folder = folder;
    // Another project's are looked at from the start page: it is not open.
    m_now->setVisible(m_project.isOpen() && folder == m_project.folder());
    empty(*m_rows);
    m_text->setText(tr("Reading the backups of %1…").arg(folder));
    open();
    m_tasks.listBackups(folder);
}

void BackupsSheet::list(const QString& folder, const std::vector<project::BackupInfo>& backups)
{
    empty(*m_rows);
    m_text->setText(
        backups.empty()
            ? tr(
                "There are no backups yet. One is made each hour of work, and the last seven stay.")
            : tr("The last seven verified backups of %1. Going back keeps the present state as a "
                 "backup, too.")
                  .arg(folder));
    for (const project::BackupInfo& backup : backups) {
        auto* row = new QWidget(this);
        auto* layout = new QHBoxLayout(row);
        layout->setContentsMargins(0, 4, 0, 4);
        layout->addWidget(
            makeText(
                timeText(backup.created) + QStringLiteral("  ·  ")
                    + tr("%n image(s)", nullptr, static_cast<int>(backup.images))
                    + QStringLiteral("  ·  ")
                    + tr("%n revision(s)", nullptr, static_cast<int>(backup.revisions))
                    + QStringLiteral("  ·  ")
                    + tr("%n decision(s)", nullptr, static_cast<int>(backup.decisions)),
                "text",
                row),
            1);
        auto* restore = new QPushButton(tr("Go back to this…"), row);
        restore->setObjectName(QStringLiteral("restoreBackup"));
        layout->addWidget(restore);
        connect(restore, &QPushButton::clicked, this, [this, folder, file = backup.file] {
            auto* question = new QMessageBox(
                QMessageBox::Question,
                tr("Go back to this backup?"),
                tr("The project becomes what it was then. Its present state is kept as a backup."),
                QMessageBox::NoButton,
                this);
            question->setAttribute(Qt::WA_DeleteOnClose);
            const QAbstractButton* yes =
                question->addButton(tr("Go back"), QMessageBox::DestructiveRole);
            question->addButton(QMessageBox::Cancel);
            connect(question, &QMessageBox::buttonClicked, this, [=, this](QAbstractButton* one) {
                if (one == yes) {
                    m_tasks.restore(folder, file);
                }
            });
            question->open();
        });
        m_rows->addWidget(row);
    }
}

// ---- portable copies --------------------------------------------------------------------------

TransferSheet::TransferSheet(
    ProjectTasks& tasks, const QString& projectsFolder, Theme& theme, QWidget& area)
    : Sheet(tr("Portable copy"), 460, theme, area)
    , m_tasks(tasks)
    , m_projectsFolder(projectsFolder)
    , m_text(makeText({}, "text", this))
    , m_path(new QLineEdit(this))
    , m_withImages(new QCheckBox(tr("With the images"), this))
    , m_withModels(new QCheckBox(tr("With the models of the project"), this))
    , m_outcome(makeText({}, "muted", this))
    , m_progress(new QProgressBar(this))
    , m_go(new QPushButton(this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
{
    m_path->setObjectName(QStringLiteral("transferPath"));
    m_go->setObjectName(QStringLiteral("transferGo"));
    m_outcome->setObjectName(QStringLiteral("transferOutcome"));
    m_withImages->setObjectName(QStringLiteral("transferImages"));
    m_withImages->setChecked(true);
    m_withImages->setToolTip(
        tr("Without them the receiver needs the same images; they are found by their content"));
    m_withModels->setChecked(true);
    m_go->setProperty("primary", true);
    m_path->setAccessibleName(tr("File or folder"));
    auto* row = new QHBoxLayout;
    row->addWidget(m_path, 1);
    auto* browse = new QPushButton(tr("Choose…"), this);
    row->addWidget(browse);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_go);
    content().addWidget(m_text);
    content().addLayout(row);
    content().addWidget(m_withImages);
    content().addWidget(m_withModels);
    content().addWidget(m_outcome);
    content().addWidget(m_progress);
    content().addLayout(buttons);
    content().addStretch(1);
    connect(browse, &QPushButton::clicked, this, [this] {
        auto* dialog = new QFileDialog(this, tr("Portable copy"), m_path->text());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        if (m_archive.isEmpty()) {
            dialog->setAcceptMode(QFileDialog::AcceptSave);
            dialog->setDefaultSuffix(QStringLiteral("gdino"));
        } else {
            dialog->setFileMode(QFileDialog::Directory);
        }
        connect(dialog, &QFileDialog::fileSelected, m_path, &QLineEdit::setText);
        dialog->open();
    });
    connect(m_path, &QLineEdit::textChanged, this, &TransferSheet::refresh);
    connect(m_go, &QPushButton::clicked, this, &TransferSheet::go);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_tasks.isRunning()) {
            m_tasks.cancel();
        } else {
            close();
        }
    });
    connect(&tasks, &ProjectTasks::runningChanged, this, &TransferSheet::refresh);
    connect(&tasks, &ProjectTasks::progressed, this, [this](qint64 done, qint64 total) {
        constexpr int kSteps = 1000;
        m_progress->setRange(0, kSteps);
        m_progress->setValue(total > 0 ? static_cast<int>(done * kSteps / total) : 0);
    });
    connect(
        &tasks,
        &ProjectTasks::exported,
        this,
        [this](const QString& file, int files, qint64 bytes, const QStringList& missing) {
            QString text = tr("%1 holds %n file(s), %2.", nullptr, files)
                               .arg(QFileInfo(file).fileName(), sizeText(bytes));
            if (!missing.isEmpty()) {
                text += QLatin1Char('\n')
                        + tr(
                            "%n image(s) are missing and left out.",
                            nullptr,
                            static_cast<int>(missing.size()));
            }
            m_outcome->setText(text);
        });
    connect(&tasks, &ProjectTasks::imported, this, &Sheet::close);
    refresh();
}

void TransferSheet::startExport(const QString& projectName)
{
    m_archive.clear();
    m_text->setText(
        tr("One file with everything that was drawn, decided and noted, with checksums, to take "
           "along or to send."));
    m_path->setText(QDir::home().filePath(projectName + QStringLiteral(".gdino")));
    m_go->setText(tr("Write the copy"));
    m_withImages->show();
    m_withModels->show();
    m_outcome->clear();
    open();
    refresh();
}

void TransferSheet::startImport(const QString& file)
{
    m_archive = file;
    m_text->setText(
        tr("%1 becomes a project in this folder. Each file is checked before anything is used.")
            .arg(QFileInfo(file).fileName()));
    m_path->setText(QDir(m_projectsFolder).filePath(QFileInfo(file).completeBaseName()));
    m_go->setText(tr("Import"));
    m_withImages->hide();
    m_withModels->hide();
    m_outcome->clear();
    open();
    refresh();
}

void TransferSheet::refresh()
{
    const bool isRunning = m_tasks.isRunning();
    QString reason;
    const QFileInfo target(m_path->text());
    if (!m_archive.isEmpty() && target.isDir() && !QDir(target.filePath()).isEmpty()) {
        reason = tr("This folder is not empty. Choose another one.");
    }
    m_go->setEnabled(!isRunning && reason.isEmpty() && !m_path->text().trimmed().isEmpty());
    m_go->setToolTip(reason);
    if (!reason.isEmpty()) {
        m_outcome->setText(reason);
    }
    m_progress->setVisible(isRunning);
    m_cancel->setText(isRunning ? tr("Cancel") : tr("Close"));
}

void TransferSheet::go()
{
    m_outcome->clear();
    m_progress->setRange(0, 0);
    const QString path = QFileInfo(m_path->text().trimmed()).absoluteFilePath();
    if (m_archive.isEmpty()) {
        m_tasks.exportTo(path, m_withImages->isChecked(), m_withModels->isChecked());
    } else {
        m_tasks.importFrom(m_archive, path);
    }
}

// ---- tags -------------------------------------------------------------------------------------

TagsSheet::TagsSheet(DatasetController& dataset, Theme& theme, QWidget& area)
    : Sheet(tr("Tags"), 360, theme, area)
    , m_dataset(dataset)
    , m_text(makeText({}, "text", this))
    , m_add(new QLineEdit(this))
    , m_remove(new QLineEdit(this))
{
    m_add->setObjectName(QStringLiteral("tagsAdd"));
    m_remove->setObjectName(QStringLiteral("tagsRemove"));
    m_add->setAccessibleName(tr("Tags to add"));
    m_remove->setAccessibleName(tr("Tags to remove"));
    m_add->setPlaceholderText(tr("hard, second look"));
    auto* apply = new QPushButton(tr("Apply"), this);
    apply->setObjectName(QStringLiteral("tagsApply"));
    apply->setProperty("primary", true);
    content().addWidget(m_text);
    content().addWidget(makeText(tr("ADD (SEPARATED BY COMMAS)"), "heading", this));
    content().addWidget(m_add);
    content().addWidget(makeText(tr("REMOVE"), "heading", this));
    content().addWidget(m_remove);
    content().addWidget(apply, 0, Qt::AlignRight);
    content().addStretch(1);
    connect(apply, &QPushButton::clicked, this, &TagsSheet::apply);
}

void TagsSheet::start(const std::vector<ImageId>& images)
{
    m_ids = images;
    QStringList known;
    for (const ImageId id : images) {
        if (const int row = m_dataset.images().rowOf(id); row >= 0) {
            known << m_dataset.images().entry(row).tags;
        }
    }
    known.removeDuplicates();
    m_text->setText(
        tr("%n image(s)", nullptr, static_cast<int>(images.size()))
        + (known.isEmpty()
               ? QString()
               : QLatin1Char('\n') + tr("Tags now: %1").arg(known.join(QStringLiteral(", ")))));
    m_add->clear();
    m_remove->clear();
    open();
    m_add->setFocus();
}

void TagsSheet::apply()
{
    const QStringList added = wordsOf(m_add->text());
    const QStringList removed = wordsOf(m_remove->text());
    for (const ImageId id : m_ids) {
        const int row = m_dataset.images().rowOf(id);
        if (row < 0) {
            continue;
        }
        QStringList tags = m_dataset.images().entry(row).tags + added;
        tags.removeDuplicates();
        tags.removeIf([&removed](const QString& tag) { return removed.contains(tag); });
        if (!m_dataset.project().setTags(id, tags)) {
            return;
        }
    }
    close();
}

} // namespace guidino::ui
