// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dashboard/record_page.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QVBoxLayout>

namespace guidino::ui {

RecordPage::RecordPage(QWidget* parent)
    : QWidget(parent)
    , m_words(new QLineEdit(this))
    , m_problem(new QLabel(this))
    , m_tree(new QTreeWidget(this))
    , m_command(new QPlainTextEdit(this))
    , m_copyCommand(new QPushButton(tr("Copy as command line"), this))
    , m_copyAll(new QPushButton(tr("Copy all"), this))
{
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    m_words->setObjectName(QStringLiteral("recordWords"));
    m_words->setPlaceholderText(tr("Filter: names and values"));
    m_words->setClearButtonEnabled(true);
    m_words->setAccessibleName(tr("Words that rows must have"));
    m_problem->setWordWrap(true);
    m_problem->setProperty("role", QStringLiteral("muted"));
    m_problem->setContentsMargins(12, 0, 12, 0);
    m_tree->setObjectName(QStringLiteral("recordTree"));
    m_tree->setAccessibleName(tr("Settings, data and versions of the run"));
    m_tree->setColumnCount(2);
    m_tree->setHeaderLabels({tr("Name"), tr("Value")});
    m_tree->setAlternatingRowColors(true);
    m_tree->setRootIsDecorated(false);
    m_tree->setIndentation(12);
    m_tree->header()->setSectionResizeMode(0, QHeaderView::Interactive);
    m_tree->header()->resizeSection(0, 300);
    m_tree->header()->setStretchLastSection(true);
    m_command->setObjectName(QStringLiteral("recordCommand"));
    m_command->setReadOnly(true);
    m_command->setAccessibleName(tr("Command that makes the same run again"));
    m_command->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_command->setMaximumHeight(72);
    m_copyCommand->setObjectName(QStringLiteral("copyCommand"));
    m_copyCommand->setToolTip(
        tr("The call of guidino that makes the same run, in a folder beside this one"));
    m_copyAll->setObjectName(QStringLiteral("copyRecord"));
    m_copyAll->setToolTip(tr("This page as text"));

    auto* tools = new QHBoxLayout;
    tools->setContentsMargins(12, 6, 12, 6);
    tools->setSpacing(8);
    tools->addWidget(m_words, 1);
    tools->addWidget(m_copyAll);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(12, 8, 12, 8);
    foot->setSpacing(8);
    foot->addWidget(m_command, 1);
    foot->addWidget(m_copyCommand, 0, Qt::AlignTop);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(tools);
    column->addWidget(m_problem);
    column->addWidget(m_tree, 1);
    column->addLayout(foot);

    connect(m_words, &QLineEdit::textChanged, this, &RecordPage::filter);
    connect(m_copyCommand, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_record.commandLine);
    });
    connect(m_copyAll, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_record.text());
    });
}

void RecordPage::open(const std::filesystem::path& runFolder)
{
    m_record = readRunRecord(runFolder);
    m_tree->clear();
    for (const RunRecord::Section& section : m_record.sections) {
        auto* top = new QTreeWidgetItem(m_tree, {section.title, {}});
        QFont strong = font();
        strong.setWeight(QFont::DemiBold);
        top->setFont(0, strong);
        top->setFirstColumnSpanned(true);
        for (const RunRecord::Row& row : section.rows) {
            auto* item = new QTreeWidgetItem(
                top, {row.name, row.value.isEmpty() ? QStringLiteral("–") : row.value});
            item->setToolTip(1, row.value);
            if (row.isChanged) {
                item->setFont(0, strong);
                item->setFont(1, strong);
                item->setToolTip(0, tr("Given for this run"));
            }
        }
        top->setExpanded(true);
    }
    m_problem->setText(m_record.problem);
    m_problem->setVisible(!m_record.problem.isEmpty());
    m_command->setPlainText(m_record.commandLine);
    m_command->setVisible(!m_record.commandLine.isEmpty());
    m_copyCommand->setVisible(!m_record.commandLine.isEmpty());
    filter();
}

void RecordPage::filter()
{
    const QStringList words = m_words->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
        QTreeWidgetItem* top = m_tree->topLevelItem(i);
        int shown = 0;
        for (int k = 0; k < top->childCount(); ++k) {
            QTreeWidgetItem* item = top->child(k);
            const QString text = item->text(0) + QLatin1Char(' ') + item->text(1);
            bool isWanted = true;
            for (const QString& word : words) {
                isWanted = isWanted && text.contains(word, Qt::CaseInsensitive);
            }
            item->setHidden(!isWanted);
            shown += isWanted ? 1 : 0;
        }
        top->setHidden(shown == 0);
    }
}

} // namespace guidino::ui
