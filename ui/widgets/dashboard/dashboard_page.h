// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/job_state.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QWidget>

#include <filesystem>

class QAction;
class QSplitter;

namespace guidino::ui {

class ChartBoard;
class Filmstrip;
class LogPage;
class RecordPage;
class RunBoard;
class RunList;
class Theme;

/// A training on one page: its state and progress, its curves beside those of other runs, the
/// pinned cases epoch by epoch, its log, and all that it was made of. Works from run folders alone,
/// live or finished. Reads nothing while it is hidden.
class DashboardPage : public QWidget
{
    Q_OBJECT

public:
    enum class Part { Curves, Log, Record };
    Q_ENUM(Part)

    explicit DashboardPage(Theme& theme, QWidget* parent = nullptr);
    ~DashboardPage() override;

    /// Looks at this run.
    void open(const std::filesystem::path& runFolder);

    /// What an empty dashboard offers, such as to start a training.
    void setEmptyAction(QAction* action);

    void showPart(Part part);

    [[nodiscard]] RunBoard& runs() { return *m_runs; }
    [[nodiscard]] ChartBoard& charts() { return *m_charts; }
    [[nodiscard]] Filmstrip& film() { return *m_film; }
    [[nodiscard]] LogPage& logPage() { return *m_log; }
    [[nodiscard]] RecordPage& recordPage() { return *m_record; }

    QAction* pause;       ///< or go on
    QAction* stopAndKeep; ///< end well, with the best model so far
    QAction* back;

Q_SIGNALS:
    void leaveRequested();

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    [[nodiscard]] QWidget* makeHeader();
    void makeActions();
    void takeCurrent();
    void takeNews();
    void refreshHeader();
    void say(const QString& text, bool isError);
    void pinOthers();
    void command(bool isStop);

    Theme& m_theme;
    RunBoard* m_runs;
    RunList* m_list;
    ChartBoard* m_charts;
    LogPage* m_log;
    RecordPage* m_record;
    Filmstrip* m_film;
    QStackedWidget* m_parts;
    QSplitter* m_splitter;
    QWidget* m_empty;
    QToolButton* m_emptyButton;
    QLabel* m_title = nullptr;
    QLabel* m_state = nullptr;
    QLabel* m_progressText = nullptr;
    QProgressBar* m_progress = nullptr;
    QLabel* m_said;
    QList<QToolButton*> m_commandButtons; ///< pause, stop
    QList<QToolButton*> m_partButtons;
    jobs::JobState m_lastState = jobs::JobState::Queued;
};

} // namespace guidino::ui
