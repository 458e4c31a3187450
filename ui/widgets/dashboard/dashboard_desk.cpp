// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dashboard/dashboard_desk.h"

#include "ui/model/run_board.h"
#include "ui/model/run_history.h"
#include "ui/model/training_controller.h"
#include "ui/widgets/dashboard/dashboard_page.h"
#include "ui/widgets/theme.h"

#include <QDockWidget>
#include <QEvent>
#include <QMenu>
#include <QMenuBar>
#include <QToolBar>

#include <system_error>
#include <utility>

namespace guidino::ui {

DashboardDesk::DashboardDesk(const Parts& parts)
    : QObject(&parts.window)
    , show(new QAction(tr("Training &dashboard"), this))
    , m_parts(parts)
    , m_page(new DashboardPage(parts.theme, &parts.pages))
{
    show->setObjectName(QStringLiteral("openDashboard"));
    show->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_3));
    show->setCheckable(true);
    show->setToolTip(tr("Curves, pinned cases, log and settings of trainings (%1)")
                         .arg(show->shortcut().toString(QKeySequence::NativeText)));
    parts.theme.setIcon(show, QStringLiteral("dashboard"));
    parts.window.addAction(show);
    parts.pages.addWidget(m_page);
    m_page->setEmptyAction(&parts.fineTune);
    connect(show, &QAction::triggered, this, [this](bool isWanted) {
        if (isWanted) {
            showLast();
        } else {
            leave();
        }
    });
    connect(m_page, &DashboardPage::leaveRequested, this, &DashboardDesk::leave);
    // Whoever else shows a page of the window leaves the dashboard, too.
    connect(&parts.pages, &QStackedWidget::currentChanged, this, [this] {
        if (!isShown()) {
            restore();
        }
    });
    // A training that is started from here is what one wants to see.
    connect(&parts.training, &TrainingController::stateChanged, this, [this] {
        if (isShown() && m_parts.training.isActive() && m_opened != m_parts.training.runFolder()) {
            showLast();
        }
    });
    if (auto* menu = parts.window.menuBar()->findChild<QMenu*>(QStringLiteral("modelMenu"))) {
        menu->addAction(show);
    }
    parts.window.installEventFilter(this);
}

DashboardDesk::~DashboardDesk() = default;

bool DashboardDesk::isShown() const
{
    return m_parts.pages.currentWidget() == m_page;
}

void DashboardDesk::setRunsFolder(const std::filesystem::path& folder)
{
    if (folder == m_runsFolder) {
        return;
    }
    m_runsFolder = folder;
    m_opened.clear();
    m_page->runs().clear();
    if (isShown()) {
        showLast();
    }
}

std::filesystem::path DashboardDesk::lastRun() const
{
    namespace fs = std::filesystem;
    if (const fs::path& own = m_parts.training.runFolder(); !own.empty() && isRunFolder(own)) {
        return own;
    }
    fs::path newest;
    fs::file_time_type time{};
    std::error_code problem;
    if (m_runsFolder.empty()) { // not the one where the program was started
        return {};
    }
    for (fs::directory_iterator entry(m_runsFolder, problem), none; !problem && entry != none;
         entry.increment(problem)) {
        std::error_code ignored;
        const auto changed = entry->last_write_time(ignored);
        if (!ignored && isRunFolder(entry->path()) && (newest.empty() || changed > time)) {
            newest = entry->path();
            time = changed;
        }
    }
    return newest;
}

void DashboardDesk::showLast()
{
    const std::filesystem::path folder = lastRun();
    if (!folder.empty() && folder != m_opened) {
        m_opened = folder;
        m_page->open(folder);
    }
    enter();
}

void DashboardDesk::showRun(const std::filesystem::path& runFolder)
{
    m_opened = runFolder;
    m_page->open(runFolder);
    enter();
}

void DashboardDesk::enter()
{
    if (isShown()) {
        show->setChecked(true);
        return;
    }
    Q_EMIT entering();
    show->setChecked(true);
    m_before = m_parts.pages.currentWidget();
    m_layout = m_parts.window.saveState();
    const auto docks = m_parts.window.findChildren<QDockWidget*>();
    for (QDockWidget* dock : docks) {
        dock->hide();
    }
    m_parts.tools.hide();
    if (auto* bar = m_parts.window.findChild<QToolBar*>(QStringLiteral("topBar"))) {
        bar->hide();
    }
    m_parts.pages.setCurrentWidget(m_page);
    m_page->setFocus();
}

void DashboardDesk::leave()
{
    if (isShown() && m_before != nullptr) {
        m_parts.pages.setCurrentWidget(m_before); // restore() follows
        m_before->setFocus();
    }
    show->setChecked(false);
}

void DashboardDesk::restore()
{
    show->setChecked(false);
    if (m_layout.isEmpty()) {
        return;
    }
    m_parts.window.restoreState(std::exchange(m_layout, {}));
    m_parts.tools.show();
    if (auto* bar = m_parts.window.findChild<QToolBar*>(QStringLiteral("topBar"))) {
        bar->show();
    }
}

bool DashboardDesk::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == &m_parts.window && event->type() == QEvent::Close) {
        leave(); // the window remembers its layout as it was before
    }
    return QObject::eventFilter(watched, event);
}

} // namespace guidino::ui
