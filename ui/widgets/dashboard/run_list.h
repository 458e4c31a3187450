// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QListWidget>
#include <QPushButton>
#include <QWidget>

namespace guidino::ui {

class RunBoard;
class Theme;

/// The runs that can be shown, each with the line that stands for it, its state and its best score.
/// A tick lays a run over the charts; a double click looks at it alone.
class RunList : public QWidget
{
    Q_OBJECT

public:
    RunList(RunBoard& runs, Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] QListWidget& list() { return *m_list; }

    void refresh();

Q_SIGNALS:
    void said(const QString& text, bool isError);

private:
    void chooseFolder();
    void take(QListWidgetItem* item);

    RunBoard& m_runs;
    Theme& m_theme;
    QListWidget* m_list;
    QPushButton* m_add;
    bool m_isFilling = false;
};

} // namespace guidino::ui
