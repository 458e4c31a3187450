// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/key_editor.h"

#include "ui/model/key_map.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QSignalBlocker>
#include <QStringList>
#include <QVBoxLayout>

namespace guidino::ui {

KeyEditor::KeyEditor(KeyMap& keys, QWidget* parent)
    : QDialog(parent)
    , m_keys(keys)
    , m_presets(new QComboBox(this))
    , m_filter(new QLineEdit(this))
    , m_list(new QTreeWidget(this))
    , m_key(new QKeySequenceEdit(this))
    , m_hint(new QLabel(this))
    , m_assign(new QPushButton(tr("&Assign"), this))
    , m_reset(new QPushButton(tr("&Default"), this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Keyboard shortcuts"));
    for (const KeyMap::Preset preset :
         {KeyMap::Preset::GuiDino,
          KeyMap::Preset::Slicer,
          KeyMap::Preset::ItkSnap,
          KeyMap::Preset::LabelMe}) {
        m_presets->addItem(KeyMap::nameOf(preset), static_cast<int>(preset));
    }
    m_presets->setCurrentIndex(static_cast<int>(keys.preset()));
    m_presets->setAccessibleName(tr("Keys like those of"));
    m_filter->setPlaceholderText(tr("Search commands or keys"));
    m_filter->setAccessibleName(m_filter->placeholderText());
    m_filter->setClearButtonEnabled(true);
    m_list->setColumnCount(2);
    m_list->setHeaderLabels({tr("Command"), tr("Keys")});
    m_list->setRootIsDecorated(false);
    m_list->setAccessibleName(tr("Commands and their keys"));
    m_list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_key->setAccessibleName(tr("New keys"));
    m_hint->setWordWrap(true);
    m_hint->setMinimumHeight(m_hint->fontMetrics().lineSpacing() * 2);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    auto* top = new QHBoxLayout;
    top->addWidget(m_presets);
    top->addWidget(m_filter, 1);
    layout->addLayout(top);
    layout->addWidget(m_list, 1);
    auto* row = new QHBoxLayout;
    row->addWidget(m_key, 1);
    row->addWidget(m_assign);
    row->addWidget(m_reset);
    layout->addLayout(row);
    layout->addWidget(m_hint);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    layout->addWidget(buttons);
    resize(560, 560);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_presets, &QComboBox::activated, this, [this](int index) {
        m_keys.usePreset(static_cast<KeyMap::Preset>(m_presets->itemData(index).toInt()));
    });
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        for (int i = 0; i < m_list->topLevelItemCount(); ++i) {
            QTreeWidgetItem* item = m_list->topLevelItem(i);
            const bool isWanted = item->text(0).contains(text, Qt::CaseInsensitive)
                                  || item->text(1).contains(text, Qt::CaseInsensitive);
            item->setHidden(!isWanted);
        }
    });
    connect(m_list, &QTreeWidget::currentItemChanged, this, &KeyEditor::showChosen);
    connect(m_key, &QKeySequenceEdit::keySequenceChanged, this, &KeyEditor::check);
    connect(m_assign, &QPushButton::clicked, this, &KeyEditor::assign);
    connect(m_reset, &QPushButton::clicked, this, [this] {
        if (QAction* action = chosen()) {
            m_keys.reset(action);
        }
    });
    connect(&keys, &KeyMap::changed, this, &KeyEditor::fill);
    fill();
}

QAction* KeyEditor::chosen() const
{
    const QTreeWidgetItem* item = m_list->currentItem();
    if (item != nullptr) {
        for (const KeyMap::Entry& entry : m_keys.entries()) {
            if (entry.id == item->data(0, Qt::UserRole).toString()) {
                return entry.action;
            }
        }
    }
    return nullptr;
}

void KeyEditor::fill()
{
    const QAction* before = chosen();
    const QString kept = before != nullptr ? before->objectName() : QString();
    m_list->clear();
    for (const KeyMap::Entry& entry : m_keys.entries()) {
        if (entry.action == nullptr) {
            continue;
        }
        QStringList keys;
        for (const QKeySequence& key : entry.action->shortcuts()) {
            keys.append(key.toString(QKeySequence::NativeText));
        }
        const QString mode = KeyMap::nameOf(entry.scope);
        const QString name = KeyMap::nameOf(*entry.action);
        auto* item = new QTreeWidgetItem(
            m_list,
            {mode.isEmpty() ? name : tr("%1: %2").arg(mode, name),
             keys.join(QStringLiteral(", "))});
        item->setData(0, Qt::UserRole, entry.id);
        if (entry.id == kept) {
            m_list->setCurrentItem(item);
        }
    }
    m_presets->setCurrentIndex(static_cast<int>(m_keys.preset()));
    showChosen();
}

void KeyEditor::showChosen()
{
    const QAction* action = chosen();
    m_key->setEnabled(action != nullptr);
    m_reset->setEnabled(action != nullptr);
    m_reset->setToolTip(
        action != nullptr ? tr("The keys that the chosen set has for it")
                          : tr("Choose a command."));
    const QSignalBlocker quiet(m_key);
    m_key->setKeySequence(action != nullptr ? action->shortcut() : QKeySequence());
    check();
}

void KeyEditor::check()
{
    const QAction* action = chosen();
    const QKeySequence sequence = m_key->keySequence();
    const QString reserved = KeyMap::reasonReserved(sequence);
    QStringList names;
    for (const QAction* other : m_keys.conflicts(sequence, action)) {
        names.append(KeyMap::nameOf(*other));
    }
    m_assign->setEnabled(action != nullptr && reserved.isEmpty());
    m_assign->setToolTip(
        action == nullptr     ? tr("Choose a command.")
        : !reserved.isEmpty() ? reserved
                              : tr("Gives the command these keys"));
    if (!reserved.isEmpty()) {
        m_hint->setText(reserved);
    } else if (!names.isEmpty()) {
        m_hint->setText(tr("In use for: %1. Assign takes the key from there.")
                            .arg(names.join(QStringLiteral(", "))));
    } else {
        m_hint->setText(
            action != nullptr ? tr("Press the new keys in the field, then Assign.")
                              : tr("Choose a command."));
    }
}

void KeyEditor::assign()
{
    QAction* action = chosen();
    if (action == nullptr) {
        return;
    }
    const QKeySequence sequence = m_key->keySequence();
    // Further keys of the command stay.
    QList<QKeySequence> keys = action->shortcuts();
    if (keys.isEmpty()) {
        keys.append(sequence);
    } else {
        keys.first() = sequence;
    }
    keys.removeAll(QKeySequence());
    m_keys.setKeys(action, keys);
}

} // namespace guidino::ui
