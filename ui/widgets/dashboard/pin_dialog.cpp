// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dashboard/pin_dialog.h"

#include "ui/model/notice.h"
#include "ui/model/run_record.h"

#include <QDialogButtonBox>
#include <QFileInfo>
#include <QVBoxLayout>

namespace guidino::ui {

PinDialog::PinDialog(
    const std::filesystem::path& runFolder,
    const QStringList& pinned,
    bool isRunning,
    QWidget* parent)
    : QDialog(parent)
    , m_folder(runFolder)
    , m_words(new QLineEdit(this))
    , m_list(new QListWidget(this))
    , m_note(new QLabel(this))
    , m_keep(new QPushButton(tr("Pin"), this))
    , m_isRunning(isRunning)
{
    setObjectName(QStringLiteral("pinDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Pin validation images"));
    resize(420, 480);
    m_words->setPlaceholderText(tr("Filter by name"));
    m_words->setClearButtonEnabled(true);
    m_words->setAccessibleName(tr("Words that names must have"));
    m_list->setObjectName(QStringLiteral("pinList"));
    m_list->setAccessibleName(tr("Validation images"));
    m_note->setWordWrap(true);
    m_note->setProperty("role", QStringLiteral("muted"));
    const QList<QString> images = validationImages(runFolder);
    for (const QString& image : images) {
        auto* item = new QListWidgetItem(QFileInfo(image).completeBaseName(), m_list);
        item->setData(Qt::UserRole, image);
        item->setToolTip(image);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(pinned.contains(item->text()) ? Qt::Checked : Qt::Unchecked);
    }
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_keep->setProperty("primary", true);
    m_keep->setObjectName(QStringLiteral("pinKeep"));
    m_keep->setDefault(true);
    buttons->addButton(m_keep, QDialogButtonBox::AcceptRole);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(8);
    column->addWidget(m_words);
    column->addWidget(m_list, 1);
    column->addWidget(m_note);
    column->addWidget(buttons);
    connect(m_words, &QLineEdit::textChanged, this, &PinDialog::filter);
    connect(m_list, &QListWidget::itemChanged, this, &PinDialog::refresh);
    connect(buttons, &QDialogButtonBox::accepted, this, &PinDialog::keep);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    refresh();
}

void PinDialog::filter(const QString& words)
{
    for (int i = 0; i < m_list->count(); ++i) {
        QListWidgetItem* item = m_list->item(i);
        item->setHidden(!item->text().contains(words.trimmed(), Qt::CaseInsensitive));
    }
}

void PinDialog::refresh()
{
    int count = 0;
    for (int i = 0; i < m_list->count(); ++i) {
        count += m_list->item(i)->checkState() == Qt::Checked ? 1 : 0;
    }
    m_keep->setEnabled(count > 0 && count <= kMostPinned);
    if (m_list->count() == 0) {
        m_note->setText(tr("The run has no list of its validation images yet."));
    } else if (count > kMostPinned) {
        m_note->setText(tr("At most %n image(s) can be pinned.", nullptr, kMostPinned));
    } else if (m_isRunning) {
        m_note->setText(
            tr("%n image(s) pinned. They are shown from the next validation on; what "
               "was shown before stays.",
               nullptr,
               count));
    } else {
        m_note->setText(
            tr("%n image(s) pinned. The run has ended: they are shown where it goes on.",
               nullptr,
               count));
    }
}

void PinDialog::keep()
{
    QList<QString> images;
    for (int i = 0; i < m_list->count(); ++i) {
        if (m_list->item(i)->checkState() == Qt::Checked) {
            images.append(m_list->item(i)->data(Qt::UserRole).toString());
        }
    }
    if (const Status status = pinImages(m_folder, images); !status) {
        Q_EMIT said(
            tr("The pinned cases were not kept: %1").arg(sentenceFor(status.error().code)), true);
    }
    accept();
}

} // namespace guidino::ui
