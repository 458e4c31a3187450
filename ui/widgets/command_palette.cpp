// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/command_palette.h"

#include "ui/model/key_map.h"

#include <QAction>
#include <QApplication>
#include <QKeyEvent>
#include <QPointer>
#include <QTimer>
#include <QVBoxLayout>

namespace guidino::ui {

CommandPalette::CommandPalette(const KeyMap& keys, QWidget* parent)
    : QDialog(parent)
    , m_keys(keys)
    , m_field(new QLineEdit(this))
    , m_list(new QListWidget(this))
{
    setObjectName(QStringLiteral("commandPalette"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Command palette"));
    setAccessibleName(windowTitle());
    m_field->setPlaceholderText(tr("Type a command"));
    m_field->setAccessibleName(tr("Type a command"));
    m_field->setClearButtonEnabled(true);
    m_list->setAccessibleName(tr("Commands"));
    m_list->setUniformItemSizes(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(8);
    layout->addWidget(m_field);
    layout->addWidget(m_list);
    resize(520, 400);
    m_field->installEventFilter(this);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_field, &QLineEdit::returnPressed, this, &CommandPalette::run);
    connect(m_list, &QListWidget::itemActivated, this, &CommandPalette::run);
    for (const KeyMap::Entry& entry : keys.entries()) {
        const bool isOfMode = entry.scope != KeyMap::Scope::Window;
        if (entry.action == nullptr || !entry.action->isVisible()
            || (isOfMode && !entry.action->isEnabled())) {
            continue;
        }
        const QString key = entry.action->shortcut().toString(QKeySequence::NativeText);
        QString text = KeyMap::nameOf(*entry.action);
        if (!entry.action->isEnabled()) {
            const QString why = entry.action->toolTip(); // with or without the name
            text = why.startsWith(text) ? why : tr("%1: %2").arg(text, why);
        }
        auto* item = new QListWidgetItem(
            entry.action->icon(), key.isEmpty() ? text : tr("%1    %2").arg(text, key), m_list);
        item->setData(Qt::UserRole, entry.id);
        if (!entry.action->isEnabled()) {
            item->setForeground(palette().brush(QPalette::Disabled, QPalette::Text));
        }
    }
    m_list->sortItems();
    filter();
    m_field->setFocus();
}

void CommandPalette::filter()
{
    const QStringList words = m_field->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    int first = -1;
    for (int row = 0; row < m_list->count(); ++row) {
        QListWidgetItem* item = m_list->item(row);
        bool isWanted = true;
        for (const QString& word : words) {
            isWanted = isWanted && item->text().contains(word, Qt::CaseInsensitive);
        }
        item->setHidden(!isWanted);
        if (isWanted && first < 0) {
            first = row;
        }
    }
    m_list->setCurrentRow(first);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const bool isMove = key == Qt::Key_Down || key == Qt::Key_Up || key == Qt::Key_PageDown
                            || key == Qt::Key_PageUp;
        if (isMove) {
            QApplication::sendEvent(m_list, event);
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void CommandPalette::run()
{
    const QListWidgetItem* item = m_list->currentItem();
    if (item == nullptr || item->isHidden()) {
        return;
    }
    const QString id = item->data(Qt::UserRole).toString();
    for (const KeyMap::Entry& entry : m_keys.entries()) {
        if (entry.id == id && entry.action != nullptr && entry.action->isEnabled()) {
            // After this dialog has gone, since the command may open another.
            QTimer::singleShot(0, entry.action, [action = QPointer<QAction>(entry.action)] {
                if (action != nullptr) {
                    action->trigger();
                }
            });
            accept();
            return;
        }
    }
}

} // namespace guidino::ui
