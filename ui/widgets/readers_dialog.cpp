// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/readers_dialog.h"

#include "core/project/redaction.h"
#include "ui/model/notice.h"
#include "ui/model/project_controller.h"
#include "ui/model/readers_controller.h"
#include "ui/model/review_controller.h"
#include "ui/model/review_text.h"
#include "ui/widgets/path_field.h"

#include <QDir>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QStandardPaths>
#include <QTabWidget>
#include <QVBoxLayout>

namespace guidino::ui {

namespace {

QLabel* mutedText(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setWordWrap(true);
    label->setProperty("role", QStringLiteral("muted"));
    return label;
}

} // namespace

ReadersDialog::ReadersDialog(
    ReadersController& controller,
    ProjectController& project,
    ReviewController& review,
    QWidget* parent)
    : QDialog(parent)
    , m_controller(controller)
    , m_project(project)
    , m_review(review)
    , m_result(new QLabel(this))
    , m_conflicts(new QTableWidget(0, 2, this))
    , m_progress(new QProgressBar(this))
    , m_compare(new QPushButton(tr("Compare the readers"), this))
    , m_close(new QPushButton(tr("Close"), this))
{
    setObjectName(QStringLiteral("readersDialog"));
    setWindowTitle(tr("Readers"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* tabs = new QTabWidget(this);
    tabs->addTab(makeSplit(), tr("Split for a reader"));
    tabs->addTab(makeMerge(), tr("Merge a reader's work"));
    m_result->setObjectName(QStringLiteral("readersResult"));
    m_result->setWordWrap(true);
    m_conflicts->setObjectName(QStringLiteral("mergeConflicts"));
    m_conflicts->setAccessibleName(tr("What does not agree"));
    m_conflicts->setHorizontalHeaderLabels({tr("Case"), tr("What does not agree")});
    m_conflicts->verticalHeader()->hide();
    m_conflicts->horizontalHeader()->setStretchLastSection(true);
    m_conflicts->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_conflicts->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_conflicts->setShowGrid(false);
    m_conflicts->hide();
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_compare);
    buttons->addStretch(1);
    buttons->addWidget(m_close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(12);
    layout->addWidget(tabs);
    layout->addWidget(m_progress);
    layout->addWidget(m_result);
    layout->addWidget(m_conflicts, 1);
    layout->addLayout(buttons);
    setMinimumWidth(600);
    connect(m_compare, &QPushButton::clicked, this, [this] {
        Q_EMIT compareRequested();
        close();
    });
    connect(m_close, &QPushButton::clicked, this, &ReadersDialog::reject);
    connect(&controller, &ReadersController::busyChanged, this, &ReadersDialog::refresh);
    connect(&controller, &ReadersController::progressed, this, [this](qint64 done, qint64 total) {
        m_progress->setRange(0, static_cast<int>(total));
        m_progress->setValue(static_cast<int>(done));
    });
    connect(&controller, &ReadersController::packed, this, &ReadersDialog::showPacked);
    connect(&controller, &ReadersController::merged, this, &ReadersDialog::showMerged);
    connect(&project, &ProjectController::aboutToClose, this, &QDialog::close);
    refresh();
}

QWidget* ReadersDialog::makeSplit()
{
    auto* page = new QWidget(this);
    m_reader = new QLineEdit(page);
    m_reader->setObjectName(QStringLiteral("packageReader"));
    m_reader->setAccessibleName(tr("Name of the reader"));
    m_reader->setPlaceholderText(tr("Name or code of the reader"));
    m_selection = new QComboBox(page);
    m_selection->setAccessibleName(tr("Images for the reader"));
    m_selection->addItems(
        {tr("All images"), tr("Images that are not decided"), tr("Images that are decided")});
    m_predictions = new QCheckBox(tr("With predictions to judge and correct"), page);
    m_predictions->setChecked(true);
    m_target = new PathField(
        PathField::Kind::SaveFile,
        tr("Package to write"),
        tr("Packages (%1)").arg(QStringLiteral("*.gdino")),
        page);
    m_target->setObjectName(QStringLiteral("packageTarget"));
    m_target->setPath(QDir(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation))
                          .filePath(QStringLiteral("reader.gdino")));
    m_pack = new QPushButton(tr("Write the package"), page);
    m_pack->setObjectName(QStringLiteral("writePackage"));
    m_pack->setProperty("primary", true);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(8);
    form->addRow(tr("Reader"), m_reader);
    form->addRow(tr("Images"), m_selection);
    form->addRow(m_predictions);
    form->addRow(tr("Package"), m_target);
    auto* layout = new QVBoxLayout(page);
    layout->setSpacing(12);
    layout->addWidget(mutedText(
        tr("The reader gets the pictures under pseudonyms, redacted and without EXIF, and nothing "
           "of what others drew, decided or noted."),
        page));
    layout->addLayout(form);
    layout->addWidget(m_pack, 0, Qt::AlignRight);
    layout->addStretch(1);
    connect(m_reader, &QLineEdit::textChanged, this, &ReadersDialog::refresh);
    connect(m_target, &PathField::pathChanged, this, &ReadersDialog::refresh);
    connect(m_pack, &QPushButton::clicked, this, &ReadersDialog::pack);
    return page;
}

QWidget* ReadersDialog::makeMerge()
{
    auto* page = new QWidget(this);
    m_source = new PathField(
        PathField::Kind::OpenFile,
        tr("Package of the reader"),
        tr("Packages (%1)").arg(QStringLiteral("*.gdino")),
        page);
    m_source->setObjectName(QStringLiteral("packageSource"));
    m_merge = new QPushButton(tr("Merge"), page);
    m_merge->setObjectName(QStringLiteral("mergePackage"));
    m_merge->setProperty("primary", true);
    auto* layout = new QVBoxLayout(page);
    layout->setSpacing(12);
    layout->addWidget(mutedText(
        tr("Labels, decisions, notes and guide corrections find their images by content and stay "
           "the reader's own. Nothing that is here is changed; merging twice adds nothing."),
        page));
    layout->addWidget(m_source);
    layout->addWidget(m_merge, 0, Qt::AlignRight);
    layout->addStretch(1);
    connect(m_source, &PathField::pathChanged, this, &ReadersDialog::refresh);
    connect(m_merge, &QPushButton::clicked, this, [this] { m_controller.merge(m_source->path()); });
    return page;
}

void ReadersDialog::pack()
{
    project::ReaderPackage package;
    package.reader = m_reader->text().trimmed();
    package.withPredictions = m_predictions->isChecked();
    if (m_selection->currentIndex() > 0) {
        m_review.rank();
        for (const ReviewController::Item& one : m_review.queue()) {
            if (one.isOpen() == (m_selection->currentIndex() == 1)) {
                package.images.push_back(one.image);
            }
        }
        if (package.images.empty()) {
            m_result->setText(tr("There is no such image."));
            return;
        }
    }
    m_controller.pack(package, m_target->path());
}

void ReadersDialog::showPacked(
    const Result<project::ReaderPackageOutcome>& outcome, const QString& file)
{
    if (!outcome) {
        m_result->setText(
            tr("The package was not written. %1").arg(sentenceFor(outcome.error().code)));
        m_result->setToolTip(QString::fromStdString(outcome.error().message));
        return;
    }
    QString text =
        tr("%n image(s) are in %1.", nullptr, outcome->images).arg(QDir::toNativeSeparators(file));
    if (!outcome->leftOut.isEmpty()) {
        text += QLatin1Char('\n')
                + tr(
                    "%n image(s) could not be read and are not in it.",
                    nullptr,
                    static_cast<int>(outcome->leftOut.size()));
    }
    m_result->setText(text);
}

void ReadersDialog::showMerged(const Result<project::MergeOutcome>& outcome)
{
    m_conflicts->setRowCount(0);
    m_conflicts->setVisible(outcome && !outcome->conflicts.empty());
    if (!outcome) {
        m_result->setText(
            outcome.error().code == ErrorCode::CheckFailed
                ? tr("Nothing was merged: the audit trail of this package was changed.")
                : tr("Not everything was merged. %1").arg(sentenceFor(outcome.error().code)));
        m_result->setToolTip(QString::fromStdString(outcome.error().message));
        return;
    }
    m_result->setText(tr("%1: %2 images, %3 label maps, %4 decisions, %5 notes, %6 guide "
                         "corrections are new; %7 conflicts.")
                          .arg(outcome->reader)
                          .arg(outcome->images)
                          .arg(outcome->revisions)
                          .arg(outcome->decisions)
                          .arg(outcome->notes)
                          .arg(outcome->guides)
                          .arg(outcome->conflicts.size()));
    for (const project::MergeConflict& one : outcome->conflicts) {
        const int row = m_conflicts->rowCount();
        m_conflicts->insertRow(row);
        m_conflicts->setItem(
            row,
            0,
            new QTableWidgetItem(one.image.isValid() ? project::pseudonymOf(one.image) : one.name));
        m_conflicts->setItem(row, 1, new QTableWidgetItem(ReviewText::conflict(one)));
    }
    m_conflicts->resizeColumnToContents(0);
    m_review.rank();
}

void ReadersDialog::refresh()
{
    const bool isBusy = m_controller.isBusy();
    m_progress->setVisible(isBusy);
    if (!isBusy) {
        m_progress->setRange(0, 0);
    }
    m_close->setText(isBusy ? tr("Cancel") : tr("Close"));
    QString why;
    if (m_reader->text().trimmed().isEmpty()) {
        why = tr("Name the reader first");
    } else if (m_target->path().isEmpty()) {
        why = tr("Name the package first");
    }
    m_pack->setEnabled(!isBusy && why.isEmpty());
    m_pack->setToolTip(why);
    m_merge->setEnabled(!isBusy && !m_source->path().isEmpty() && !m_project.isReadOnly());
    m_merge->setToolTip(
        m_project.isReadOnly() ? tr("The project is open for reading only") : QString());
}

void ReadersDialog::reject()
{
    if (m_controller.isBusy()) {
        m_controller.cancel();
        return;
    }
    QDialog::reject();
}

} // namespace guidino::ui
