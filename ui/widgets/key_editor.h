// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>
#include <QDialog>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>

namespace guidino::ui {

class KeyMap;

/// All commands with their keys: choose one, press other keys. Keys in use elsewhere are named
/// before they are taken over. Presets replace all. Deletes itself.
class KeyEditor : public QDialog
{
    Q_OBJECT

public:
    KeyEditor(KeyMap& keys, QWidget* parent);

    [[nodiscard]] QTreeWidget& list() { return *m_list; }

    [[nodiscard]] QKeySequenceEdit& keyField() { return *m_key; }

    [[nodiscard]] QPushButton& assignButton() { return *m_assign; }

    [[nodiscard]] QComboBox& presets() { return *m_presets; }

    [[nodiscard]] QString hint() const { return m_hint->text(); }

private:
    [[nodiscard]] class QAction* chosen() const;
    void fill();
    void showChosen();
    void check();
    void assign();

    KeyMap& m_keys;
    QComboBox* m_presets;
    QLineEdit* m_filter;
    QTreeWidget* m_list;
    QKeySequenceEdit* m_key;
    QLabel* m_hint;
    QPushButton* m_assign;
    QPushButton* m_reset;
};

} // namespace guidino::ui
