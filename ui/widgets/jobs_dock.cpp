// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/jobs_dock.h"

#include "ui/model/jobs_controller.h"
#include "ui/widgets/job_dialogs.h"
#include "ui/widgets/job_row.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/usable_action.h"

#include <QDesktopServices>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QMainWindow>
#include <QMenu>
#include <QMessageBox>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

namespace guidino::ui {

using jobs::Job;
using jobs::JobState;
using jobs::JobVerb;

JobsDock::JobsDock(
    JobsController& jobs, const QList<QAction*>& starters, Theme& theme, QMainWindow& window)
    : QDockWidget(tr("Jobs"), &window)
    , toggle(toggleViewAction())
    , pause(new QAction(tr("&Pause or resume jobs"), this))
    , m_jobs(jobs)
    , m_theme(theme)
    , m_pages(new QStackedWidget(this))
    , m_list(new QListView(m_pages))
    , m_proposal(new QPushButton(m_pages))
    , m_dashboard(new QToolButton(m_pages))
    , m_pauseButton(new QToolButton(m_pages))
    , m_stop(new QToolButton(m_pages))
    , m_cancel(new QToolButton(m_pages))
    , m_more(new QToolButton(m_pages))
    , m_moreMenu(new QMenu(m_more))
{
    setObjectName(QStringLiteral("jobs"));
    setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetClosable);
    toggle->setObjectName(QStringLiteral("toggleJobs"));
    toggle->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_J));
    toggle->setToolTip(tr("Trainings and other work in the background (Ctrl+J)"));
    pause->setObjectName(QStringLiteral("pauseJobs"));
    pause->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P));
    pause->setToolTip(tr("Pauses all running jobs, or lets them go on (Ctrl+Shift+P)"));
    window.addActions({toggle, pause});

    auto* empty = new QWidget(m_pages);
    empty->setObjectName(QStringLiteral("panelContent"));
    auto* column = new QVBoxLayout(empty);
    column->setContentsMargins(16, 12, 16, 12);
    auto* hint = new QLabel(
        tr("Trainings, predictions of whole folders and exports appear here. They go on when the "
           "window is closed."),
        empty);
    hint->setWordWrap(true);
    column->addWidget(hint);
    auto* buttons = new QHBoxLayout;
    for (QAction* starter : starters) {
        auto* button = new QToolButton(empty);
        button->setDefaultAction(starter);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        buttons->addWidget(button);
    }
    buttons->addStretch(1);
    column->addLayout(buttons);
    column->addStretch(1);
    m_pages->addWidget(empty);

    auto* page = new QWidget(m_pages);
    page->setObjectName(QStringLiteral("panelContent"));
    auto* rows = new QVBoxLayout(page);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    m_list->setObjectName(QStringLiteral("jobList"));
    m_list->setAccessibleName(tr("Jobs"));
    m_list->setAccessibleDescription(tr("Enter does what is proposed for the chosen job."));
    m_list->setModel(&jobs);
    m_list->setMouseTracking(true);
    m_list->setUniformItemSizes(true);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setFrameShape(QFrame::NoFrame);
    constexpr int kTwoRows = 94; // what runs and what waits
    m_list->setMinimumHeight(kTwoRows);
    auto* row = new JobRow(theme, m_list);
    m_list->setItemDelegate(row);
    rows->addWidget(m_list, 1);
    makeButtons();
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(8, 6, 8, 6);
    bar->addWidget(m_proposal);
    bar->addStretch(1);
    for (QToolButton* button : {m_dashboard, m_pauseButton, m_stop, m_cancel, m_more}) {
        bar->addWidget(button);
    }
    rows->addLayout(bar);
    m_pages->addWidget(page);
    setWidget(m_pages);

    connect(row, &JobRow::proposalClicked, this, [this](const QModelIndex& index) {
        m_jobs.act(m_jobs.idOf(index.row()));
    });
    connect(row, &JobRow::dashboardClicked, this, [this](const QModelIndex& index) {
        m_jobs.showDashboard(m_jobs.idOf(index.row()));
    });
    connect(m_list, &QListView::activated, this, [this](const QModelIndex& index) {
        m_jobs.act(m_jobs.idOf(index.row()));
    });
    connect(m_list, &QListView::customContextMenuRequested, this, [this](QPoint at) {
        if (const JobId id = m_jobs.idOf(m_list->indexAt(at).row()); id.isValid()) {
            QMenu* menu = new QMenu(this);
            menu->setAttribute(Qt::WA_DeleteOnClose);
            fillMenu(*menu, id);
            menu->popup(m_list->viewport()->mapToGlobal(at));
        }
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
        refresh();
    });
    connect(pause, &QAction::triggered, &jobs, &JobsController::togglePause);
    connect(&jobs, &JobsController::stateChanged, this, &JobsDock::refresh);
    connect(&jobs, &JobsController::logRequested, this, &JobsDock::showLog);
    connect(&jobs, &JobsController::settingsRequested, this, &JobsDock::askForChanges);
    refresh();
}

void JobsDock::makeButtons()
{
    m_proposal->setObjectName(QStringLiteral("jobProposal"));
    connect(m_proposal, &QPushButton::clicked, this, [this] { m_jobs.act(chosen()); });
    const auto make = [](QToolButton* button, const QString& text, const char* name) {
        button->setText(text);
        button->setObjectName(QLatin1StringView(name));
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setFocusPolicy(Qt::StrongFocus);
    };
    make(m_dashboard, tr("Show dashboard"), "jobDashboard");
    m_dashboard->setToolTip(tr("Curves, pinned cases, log and settings of this training"));
    connect(m_dashboard, &QToolButton::clicked, this, [this] { m_jobs.showDashboard(chosen()); });
    make(m_pauseButton, JobsController::textOf(JobVerb::Pause), "jobPause");
    connect(m_pauseButton, &QToolButton::clicked, this, [this] {
        const JobId id = chosen();
        ask(id, m_jobs.queue().can(id, JobVerb::Pause) ? JobVerb::Pause : JobVerb::Resume);
    });
    make(m_stop, JobsController::textOf(JobVerb::StopAndKeep), "jobStopAndKeep");
    m_stop->setToolTip(tr("Ends after this step; the best model so far is the result"));
    connect(m_stop, &QToolButton::clicked, this, [this] { ask(chosen(), JobVerb::StopAndKeep); });
    make(m_cancel, JobsController::textOf(JobVerb::Cancel), "jobCancel");
    m_cancel->setToolTip(tr("Ends; what was reached stays and can be resumed"));
    connect(m_cancel, &QToolButton::clicked, this, [this] { ask(chosen(), JobVerb::Cancel); });
    make(m_more, tr("More"), "jobMore");
    m_more->setAccessibleName(tr("More to do with the chosen job"));
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_more->setMenu(m_moreMenu);
    connect(m_moreMenu, &QMenu::aboutToShow, this, [this] {
        m_moreMenu->clear();
        fillMenu(*m_moreMenu, chosen());
    });
}

JobId JobsDock::chosen() const
{
    return m_jobs.idOf(m_list->currentIndex().row());
}

void JobsDock::choose(JobId id)
{
    m_list->setCurrentIndex(m_jobs.index(m_jobs.rowOf(id)));
}

void JobsDock::refresh()
{
    m_pages->setCurrentIndex(m_jobs.rowCount() > 0 ? 1 : 0);
    if (!m_list->currentIndex().isValid() && m_jobs.rowCount() > 0) {
        m_list->setCurrentIndex(m_jobs.index(0));
    }
    const int active = m_jobs.activeCount();
    const int waiting = m_jobs.waitingCount();
    setWindowTitle(
        active + waiting == 0 ? tr("Jobs")
        : waiting == 0        ? tr("Jobs (%n running)", nullptr, active)
                              : tr("Jobs (%1 running, %2 waiting)").arg(active).arg(waiting));
    const JobId id = chosen();
    const JobProposal proposal = m_jobs.proposalOf(id);
    m_proposal->setVisible(proposal.kind != JobProposal::Kind::None);
    m_proposal->setText(proposal.text);
    m_dashboard->setVisible(m_jobs.hasDashboard(id));
    const jobs::JobQueue& queue = m_jobs.queue();
    const Job* job = queue.job(id);
    const bool isPaused = job != nullptr && job->state() == JobState::Paused;
    m_pauseButton->setText(JobsController::textOf(isPaused ? JobVerb::Resume : JobVerb::Pause));
    m_pauseButton->setEnabled(isPaused || queue.can(id, JobVerb::Pause));
    m_pauseButton->setVisible(job != nullptr && job->isActive());
    m_stop->setEnabled(queue.can(id, JobVerb::StopAndKeep));
    m_stop->setVisible(
        job != nullptr && job->isActive()
        && std::holds_alternative<protocol::TrainSpec>(job->spec));
    m_cancel->setEnabled(queue.can(id, JobVerb::Cancel));
    m_cancel->setVisible(job != nullptr && (job->isActive() || job->isWaiting()));
    m_more->setEnabled(job != nullptr);
    setUsable(pause, active > 0 ? QString() : tr("No job runs."));
}

void JobsDock::fillMenu(QMenu& menu, JobId id)
{
    const jobs::JobQueue& queue = m_jobs.queue();
    const Job* job = queue.job(id);
    if (job == nullptr) {
        return;
    }
    const auto add = [&](JobVerb verb, const QString& text = {}) {
        QAction* action = menu.addAction(text.isEmpty() ? JobsController::textOf(verb) : text);
        action->setEnabled(queue.can(id, verb));
        connect(action, &QAction::triggered, this, [this, id, verb] { ask(id, verb); });
        return action;
    };
    if (const JobProposal proposal = m_jobs.proposalOf(id);
        proposal.kind != JobProposal::Kind::None) {
        menu.setDefaultAction(menu.addAction(proposal.text, this, [this, id] { m_jobs.act(id); }));
        menu.addSeparator();
    }
    if (job->isActive()) {
        add(JobVerb::Pause);
        add(JobVerb::Resume);
        if (std::holds_alternative<protocol::TrainSpec>(job->spec)) {
            add(JobVerb::StopAndKeep);
        }
        add(JobVerb::EndAndResume);
        QAction* low = add(JobVerb::Yield);
        low->setCheckable(true);
        low->setChecked(job->isYielding);
    } else if (job->isWaiting()) {
        add(JobVerb::MoveUp);
        add(JobVerb::MoveDown);
    } else if (job->state() != JobState::Finished) {
        add(JobVerb::Resume);
        add(JobVerb::Retry);
    }
    menu.addSeparator();
    add(JobVerb::Duplicate);
    menu.addAction(tr("Rename…"), this, [this, id] {
        auto* dialog = makeRenameDialog(m_jobs, id, this);
        dialog->open();
    });
    if (m_jobs.hasDashboard(id)) {
        menu.addAction(tr("Show dashboard"), this, [this, id] { m_jobs.showDashboard(id); });
    }
    menu.addAction(tr("Show the log"), this, [this, id] { showLog(id); });
    menu.addAction(tr("Open its folder"), this, [this, id] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(m_jobs.queue().folderOf(id)));
    });
    menu.addSeparator();
    add(JobVerb::Cancel);
    QAction* discard = add(JobVerb::Discard);
    if (!discard->isEnabled() && !queue.isReadOnly()) {
        discard->setToolTip(tr("The model in use lies in its folder"));
        menu.setToolTipsVisible(true);
    }
    menu.addSeparator();
    QAction* held = menu.addAction(tr("Hold the queue"));
    held->setToolTip(tr("Nothing that waits is started"));
    held->setCheckable(true);
    held->setChecked(queue.isHeld());
    held->setEnabled(!queue.isReadOnly());
    connect(
        held, &QAction::triggered, this, [this](bool isHeld) { m_jobs.queue().setHeld(isHeld); });
}

void JobsDock::ask(JobId id, JobVerb verb)
{
    if (verb == JobVerb::Discard) {
        confirmDiscard(id);
    } else if (verb == JobVerb::Duplicate) {
        askForChanges(id);
    } else {
        m_jobs.perform(id, verb);
    }
}

void JobsDock::confirmDiscard(JobId id)
{
    const Job* job = m_jobs.queue().job(id);
    if (job == nullptr) {
        return;
    }
    const bool hasRun = job->started.isValid();
    if (!hasRun) {
        m_jobs.perform(id, JobVerb::Discard);
        return;
    }
    auto* question = new QMessageBox(
        QMessageBox::Question,
        tr("Discard the job?"),
        tr("%1 and all that it made are deleted: models, curves and pictures in its folder. This "
           "cannot be undone.")
            .arg(m_jobs.nameOf(id)),
        QMessageBox::NoButton,
        this);
    question->setObjectName(QStringLiteral("discardQuestion"));
    question->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* discard = question->addButton(tr("Discard"), QMessageBox::DestructiveRole);
    question->setDefaultButton(question->addButton(tr("Keep it"), QMessageBox::RejectRole));
    connect(question, &QMessageBox::buttonClicked, this, [=, this](QAbstractButton* button) {
        if (button == discard) {
            m_jobs.perform(id, JobVerb::Discard);
        }
    });
    question->open();
}

void JobsDock::showLog(JobId id)
{
    if (m_jobs.queue().job(id) != nullptr) {
        makeLogDialog(m_jobs, id, this)->show();
    }
}

void JobsDock::askForChanges(JobId id)
{
    if (m_jobs.queue().job(id) != nullptr) {
        makeCopyDialog(m_jobs, id, this)->open();
    }
}

} // namespace guidino::ui
