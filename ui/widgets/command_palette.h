// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <QLineEdit>
#include <QListWidget>

class QAction;

namespace guidino::ui {

class KeyMap;

/// Finds any command by parts of its name and runs it. Return runs what is chosen, Escape leaves.
/// Commands that cannot be run now are shown with the reason. Deletes itself.
class CommandPalette : public QDialog
{
    Q_OBJECT

public:
    CommandPalette(const KeyMap& keys, QWidget* parent);

    [[nodiscard]] QLineEdit& field() { return *m_field; }

    [[nodiscard]] QListWidget& list() { return *m_list; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void filter();
    void run();

    const KeyMap& m_keys;
    QLineEdit* m_field;
    QListWidget* m_list;
};

} // namespace guidino::ui
