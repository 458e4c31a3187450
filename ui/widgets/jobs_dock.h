// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/jobs/job_queue.h"

#include <QAction>
#include <QDockWidget>
#include <QList>
#include <QPushButton>
#include <QToolButton>

class QListView;
class QMainWindow;
class QMenu;
class QStackedWidget;

namespace guidino::ui {

class JobsController;
class Theme;

/// The jobs of the project: a bar and a line for each, what is proposed for those that ended, and
/// all that can be done with the chosen one. Enter or the button in its row does what is proposed;
/// a context menu has every verb. GUI thread only.
class JobsDock : public QDockWidget
{
    Q_OBJECT

public:
    /// `starters`: what an empty list offers, such as fine-tuning.
    JobsDock(
        JobsController& jobs, const QList<QAction*>& starters, Theme& theme, QMainWindow& window);

    QAction* toggle; ///< shows and hides the dock
    QAction* pause;  ///< pauses and resumes what runs

    /// Invalid: none.
    [[nodiscard]] JobId chosen() const;
    void choose(JobId id);

    [[nodiscard]] QListView& list() { return *m_list; }

private:
    void makeButtons();
    void refresh();
    void fillMenu(QMenu& menu, JobId id);
    void ask(JobId id, jobs::JobVerb verb);
    void confirmDiscard(JobId id);
    void showLog(JobId id);
    void askForChanges(JobId id);

    JobsController& m_jobs;
    Theme& m_theme;
    QStackedWidget* m_pages;
    QListView* m_list;
    QPushButton* m_proposal;
    QToolButton* m_dashboard;
    QToolButton* m_pauseButton;
    QToolButton* m_stop;
    QToolButton* m_cancel;
    QToolButton* m_more;
    QMenu* m_moreMenu;
};

} // namespace guidino::ui
