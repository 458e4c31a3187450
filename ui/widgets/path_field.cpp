// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/path_field.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QPushButton>

namespace guidino::ui {

PathField::PathField(Kind kind, const QString& name, const QString& filter, QWidget* parent)
    : QWidget(parent)
    , m_kind(kind)
    , m_name(name)
    , m_filter(filter)
    , m_edit(new QLineEdit(this))
{
    m_edit->setAccessibleName(name);
    setFocusProxy(m_edit);
    auto* browse = new QPushButton(tr("Choose…"), this);
    browse->setAccessibleName(tr("Choose: %1").arg(name));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_edit, 1);
    row->addWidget(browse);
    connect(m_edit, &QLineEdit::textChanged, this, [this] { Q_EMIT pathChanged(path()); });
    connect(browse, &QPushButton::clicked, this, &PathField::choose);
}

void PathField::choose()
{
    auto* dialog = new QFileDialog(this, m_name, path());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (!m_filter.isEmpty()) {
        dialog->setNameFilter(m_filter);
    }
    switch (m_kind) {
    case Kind::NewFolder:
        dialog->setFileMode(QFileDialog::Directory);
        break;
    case Kind::OpenFile:
        dialog->setFileMode(QFileDialog::ExistingFile);
        break;
    case Kind::SaveFile:
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setDefaultSuffix(QStringLiteral("gdino"));
        break;
    }
    connect(dialog, &QFileDialog::fileSelected, this, &PathField::setPath);
    dialog->open();
}

} // namespace guidino::ui
