// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QToolButton>
#include <QWidget>

#include <filesystem>

namespace guidino::ui {

class RunLog;
class Theme;

/// The log of the run that is looked at: filtered by words and severity, following its end.
class LogPage : public QWidget
{
    Q_OBJECT

public:
    explicit LogPage(Theme& theme, QWidget* parent = nullptr);

    void open(const std::filesystem::path& runFolder);

    [[nodiscard]] RunLog& log() { return *m_log; }

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void follow();
    void copy();

    RunLog* m_log;
    QLineEdit* m_words;
    QComboBox* m_least;
    QToolButton* m_followEnd;
    QLabel* m_counts;
    QListView* m_view;
    QPushButton* m_openFile;
    std::filesystem::path m_folder;
};

} // namespace guidino::ui
