// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/audit_dialog.h"

#include "ui/model/project_controller.h"
#include "ui/widgets/theme.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QSaveFile>
#include <QVBoxLayout>

namespace guidino::ui {

AuditDialog::AuditDialog(ProjectController& project, Theme& theme, QWidget* parent)
    : QDialog(parent)
    , m_project(project)
    , m_theme(theme)
    , m_trail(new AuditTrail(this))
    , m_icon(new QLabel(this))
    , m_verdict(new QLabel(this))
    , m_table(new QTableView(this))
{
    setObjectName(QStringLiteral("auditDialog"));
    setWindowTitle(tr("Audit trail"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_verdict->setObjectName(QStringLiteral("auditVerdict"));
    m_verdict->setWordWrap(true);
    m_table->setModel(m_trail);
    m_table->setAccessibleName(tr("Decisions, the newest first"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(28);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setStretchLastSection(true);
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_icon, 0, Qt::AlignTop);
    head->addWidget(m_verdict, 1);
    auto* explanation = new QLabel(
        tr("Each decision carries the SHA-256 of itself and of the one before. Whoever changes or "
           "removes one breaks the chain. Taking a decision back adds a line; nothing is removed."),
        this);
    explanation->setWordWrap(true);
    explanation->setProperty("role", QStringLiteral("muted"));
    auto* again = new QPushButton(tr("Verify again"), this);
    auto* saveButton = new QPushButton(tr("Save as CSV…"), this);
    saveButton->setToolTip(tr("With the time spent on each image"));
    auto* closeButton = new QPushButton(tr("Close"), this);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(again);
    buttons->addWidget(saveButton);
    buttons->addStretch(1);
    buttons->addWidget(closeButton);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(12);
    layout->addLayout(head);
    layout->addWidget(explanation);
    layout->addWidget(m_table, 1);
    layout->addLayout(buttons);
    resize(920, 560);
    connect(again, &QPushButton::clicked, this, &AuditDialog::verify);
    connect(saveButton, &QPushButton::clicked, this, &AuditDialog::save);
    connect(closeButton, &QPushButton::clicked, this, &QDialog::close);
    connect(&project, &ProjectController::imageChanged, this, &AuditDialog::verify);
    connect(&project, &ProjectController::aboutToClose, this, &QDialog::close);
    connect(&theme, &Theme::changed, this, &AuditDialog::verify);
    verify();
}

void AuditDialog::verify()
{
    if (m_project.store() == nullptr) {
        return;
    }
    m_trail->read(*m_project.store());
    const bool isWhole = m_trail->status().has_value();
    m_icon->setPixmap(m_theme.icon(isWhole ? QStringLiteral("accept") : QStringLiteral("warning"))
                          .pixmap(20, 20));
    m_verdict->setText(
        isWhole ? tr("The chain holds: %n line(s), none changed.", nullptr, m_trail->rowCount())
        : m_trail->modelsBrokenAt() != 0
            ? tr("The trail of models is broken at entry %1: it was changed outside this program, "
                 "and nothing from there on can be relied upon.")
                  .arg(m_trail->modelsBrokenAt())
            : tr("The chain is broken at decision %1: it was changed outside this program, and "
                 "nothing from there on can be relied upon.")
                  .arg(m_trail->brokenAt()));
    m_verdict->setStyleSheet(
        QStringLiteral("font-weight: 600; color: %1;")
            .arg(m_theme.color(isWhole ? QStringLiteral("accepted") : QStringLiteral("rejected"))
                     .name()));
    m_table->resizeColumnsToContents();
}

void AuditDialog::save()
{
    auto* dialog = new QFileDialog(this, tr("Save the audit trail"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->setNameFilter(tr("CSV (%1)").arg(QStringLiteral("*.csv")));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& name) {
        QSaveFile file(name);
        const QByteArray content = m_trail->csv().toUtf8();
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size()
            || !file.commit()) {
            m_verdict->setText(tr("%1 could not be written: %2").arg(name, file.errorString()));
        }
    });
    dialog->open();
}

} // namespace guidino::ui
