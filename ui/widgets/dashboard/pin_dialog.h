// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>

#include <filesystem>

namespace guidino::ui {

/// Which validation images a training shows at each validation. Modal to nothing; deletes itself.
class PinDialog : public QDialog
{
    Q_OBJECT

public:
    /// Pictures of more cases cost too much at each validation.
    static constexpr int kMostPinned = 24;

    /// `pinned`: stems of those that are shown now; `isRunning`: the run goes on.
    PinDialog(
        const std::filesystem::path& runFolder,
        const QStringList& pinned,
        bool isRunning,
        QWidget* parent);

    [[nodiscard]] QListWidget& list() { return *m_list; }

Q_SIGNALS:
    void said(const QString& text, bool isError);

private:
    void filter(const QString& words);
    void refresh();
    void keep();

    std::filesystem::path m_folder;
    QLineEdit* m_words;
    QListWidget* m_list;
    QLabel* m_note;
    QPushButton* m_keep;
    bool m_isRunning;
};

} // namespace guidino::ui
