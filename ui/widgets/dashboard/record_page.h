// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/run_record.h"

#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QWidget>

#include <filesystem>

namespace guidino::ui {

/// Every setting, data hash, version and seed of the run that is looked at, and the command that
/// makes the same run again.
class RecordPage : public QWidget
{
    Q_OBJECT

public:
    explicit RecordPage(QWidget* parent = nullptr);

    /// Reads the folder again.
    void open(const std::filesystem::path& runFolder);

    [[nodiscard]] const RunRecord& record() const { return m_record; }

private:
    void filter();

    RunRecord m_record;
    QLineEdit* m_words;
    QLabel* m_problem;
    QTreeWidget* m_tree;
    QPlainTextEdit* m_command;
    QPushButton* m_copyCommand;
    QPushButton* m_copyAll;
};

} // namespace guidino::ui
