// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dashboard/dashboard_page.h"

#include "ui/model/notice.h"
#include "ui/model/read_out.h"
#include "ui/model/run_board.h"
#include "ui/widgets/dashboard/chart_board.h"
#include "ui/widgets/dashboard/filmstrip.h"
#include "ui/widgets/dashboard/log_page.h"
#include "ui/widgets/dashboard/pin_dialog.h"
#include "ui/widgets/dashboard/record_page.h"
#include "ui/widgets/dashboard/run_list.h"
#include "ui/widgets/dashboard/state_text.h"
#include "ui/widgets/theme.h"

#include <QAction>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLocale>
#include <QSplitter>
#include <QStyle>
#include <QVBoxLayout>

namespace guidino::ui {

namespace {

bool isGoingOn(jobs::JobState state)
{
    return !jobs::isEnd(state) && state != jobs::JobState::Queued;
}

} // namespace

DashboardPage::DashboardPage(Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_runs(new RunBoard(this))
    , m_list(new RunList(*m_runs, theme, this))
    , m_charts(new ChartBoard(*m_runs, theme, this))
    , m_log(new LogPage(theme, this))
    , m_record(new RecordPage(this))
    , m_film(new Filmstrip(theme, this))
    , m_parts(new QStackedWidget(this))
    , m_splitter(new QSplitter(Qt::Horizontal, this))
    , m_empty(new QWidget(this))
    , m_emptyButton(new QToolButton(m_empty))
    , m_said(new QLabel(this))
{
    setObjectName(QStringLiteral("dashboardPage"));
    setAttribute(Qt::WA_StyledBackground);
    makeActions();
    m_parts->addWidget(m_charts);
    m_parts->addWidget(m_log);
    m_parts->addWidget(m_record);
    m_splitter->addWidget(m_list);
    m_splitter->addWidget(m_parts);
    m_splitter->addWidget(m_film);
    m_splitter->setHandleWidth(1);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(0, 0);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setStretchFactor(2, 0);
    m_splitter->setSizes({220, 820, 440});
    m_list->setMinimumWidth(150);
    m_film->setMinimumWidth(280);
    m_said->setWordWrap(true);
    m_said->setObjectName(QStringLiteral("dashboardSaid"));
    m_said->setContentsMargins(12, 4, 12, 4);
    m_said->hide();

    auto* none = new QVBoxLayout(m_empty);
    auto* text = new QLabel(
        tr("No training has run yet. Its curves, pinned cases, log and settings will stand here "
           "while it runs and afterwards."),
        m_empty);
    text->setProperty("role", QStringLiteral("muted"));
    text->setAlignment(Qt::AlignCenter);
    text->setWordWrap(true);
    m_emptyButton->setObjectName(QStringLiteral("dashboardStart"));
    m_emptyButton->setProperty("chip", true);
    m_emptyButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_emptyButton->hide();
    none->addStretch(1);
    none->addWidget(text);
    none->addWidget(m_emptyButton, 0, Qt::AlignCenter);
    none->addStretch(1);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    column->addWidget(m_said);
    column->addWidget(m_empty, 1);
    column->addWidget(m_splitter, 1);

    connect(m_runs, &RunBoard::currentChanged, this, &DashboardPage::takeCurrent);
    connect(m_runs, &RunBoard::changed, this, &DashboardPage::takeNews);
    connect(m_runs, &RunBoard::listChanged, this, [this] {
        if (isVisible()) {
            m_charts->refresh();
        }
    });
    connect(m_charts, &ChartBoard::said, this, &DashboardPage::say);
    connect(m_list, &RunList::said, this, &DashboardPage::say);
    connect(m_film, &Filmstrip::pinWanted, this, &DashboardPage::pinOthers);
    m_runs->setActive(false);
    m_splitter->hide();
    showPart(Part::Curves);
    refreshHeader();
}

DashboardPage::~DashboardPage() = default;

void DashboardPage::makeActions()
{
    const auto add = [this](const QString& text, const char* name) {
        auto* action = new QAction(text, this);
        action->setObjectName(QLatin1String(name));
        return action;
    };
    pause = add(tr("Pause"), "dashboardPause");
    stopAndKeep = add(tr("Stop, keep the best"), "dashboardStop");
    stopAndKeep->setToolTip(tr("Ends after this step; the best model so far stays"));
    back = add(tr("Back to the images"), "dashboardBack");
    back->setShortcut(QKeySequence(Qt::Key_Escape));
    back->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    back->setToolTip(tr("Back to the images (Esc)"));
    addAction(back);
    connect(pause, &QAction::triggered, this, [this] { command(false); });
    connect(stopAndKeep, &QAction::triggered, this, [this] { command(true); });
    connect(back, &QAction::triggered, this, &DashboardPage::leaveRequested);
}

QWidget* DashboardPage::makeHeader()
{
    auto* header = new QWidget(this);
    header->setObjectName(QStringLiteral("dashboardHeader"));
    header->setAttribute(Qt::WA_StyledBackground);
    const auto button = [header](QAction* action) {
        auto* one = new QToolButton(header);
        one->setDefaultAction(action);
        one->setProperty("chip", true);
        return one;
    };
    m_title = new QLabel(header);
    m_title->setProperty("role", QStringLiteral("title"));
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_state = new QLabel(header);
    m_state->setObjectName(QStringLiteral("dashboardState"));
    m_state->setProperty("role", QStringLiteral("badge"));
    m_progressText = new QLabel(header);
    m_progressText->setObjectName(QStringLiteral("dashboardProgress"));
    m_progressText->setProperty("role", QStringLiteral("muted"));
    m_progress = new QProgressBar(header);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(140);
    m_progress->setAccessibleName(tr("Progress of the training"));
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(12, 8, 12, 8);
    row->setSpacing(10);
    row->addWidget(button(back));
    row->addWidget(m_title);
    row->addWidget(m_state);
    row->addWidget(m_progress);
    row->addWidget(m_progressText);
    row->addStretch(1);
    m_commandButtons = {button(pause), button(stopAndKeep)};
    for (QToolButton* one : m_commandButtons) {
        row->addWidget(one);
    }
    row->addSpacing(12);
    auto* group = new QButtonGroup(this);
    for (const auto& [text, name, part] :
         {std::tuple(tr("Curves"), "dashboardCurves", Part::Curves),
          std::tuple(tr("Log"), "dashboardLog", Part::Log),
          std::tuple(tr("Run"), "dashboardRecord", Part::Record)}) {
        auto* one = new QToolButton(header);
        one->setText(text);
        one->setObjectName(QStringLiteral("part.") + QLatin1String(name));
        one->setCheckable(true);
        one->setProperty("chip", true);
        group->addButton(one);
        row->addWidget(one);
        m_partButtons.append(one);
        connect(one, &QToolButton::clicked, this, [this, part = part] { showPart(part); });
    }
    return header;
}

void DashboardPage::setEmptyAction(QAction* action)
{
    m_emptyButton->setDefaultAction(action);
    m_emptyButton->show();
}

void DashboardPage::showPart(Part part)
{
    const int index = static_cast<int>(part);
    m_partButtons[index]->setChecked(true);
    m_parts->setCurrentIndex(index);
    m_film->setVisible(part == Part::Curves);
    m_list->setVisible(part == Part::Curves);
    if (part == Part::Record && m_runs->current() != nullptr) {
        m_record->open(m_runs->current()->folder()); // it may have grown
    }
}

void DashboardPage::open(const std::filesystem::path& runFolder)
{
    m_runs->open(runFolder);
}

void DashboardPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_runs->setActive(true);
    m_charts->refresh();
}

void DashboardPage::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_runs->setActive(false);
}

void DashboardPage::takeCurrent()
{
    const RunHistory* current = m_runs->current();
    m_empty->setVisible(current == nullptr);
    m_splitter->setVisible(current != nullptr);
    if (current == nullptr) {
        m_said->hide();
        refreshHeader();
        return;
    }
    m_said->hide();
    m_log->open(current->folder());
    m_record->open(current->folder());
    m_film->open(current->folder());
    m_charts->setRange(std::nullopt);
    takeNews();
}

void DashboardPage::takeNews()
{
    const RunHistory* current = m_runs->current();
    if (current == nullptr) {
        return;
    }
    m_charts->refresh();
    m_film->follow(current->curves().previews(), current->curves().epochs());
    if (current->state() != m_lastState) {
        m_lastState = current->state();
        m_record->open(current->folder());
    }
    refreshHeader();
}

void DashboardPage::refreshHeader()
{
    const RunHistory* current = m_runs->current();
    const bool isThere = current != nullptr;
    m_title->setText(isThere ? current->name() : tr("Training dashboard"));
    m_state->setVisible(isThere);
    const jobs::JobState state = isThere ? current->state() : jobs::JobState::Queued;
    const bool isActive = isThere && current->isLoaded() && isGoingOn(state);
    m_progress->setVisible(isActive);
    pause->setEnabled(isActive);
    stopAndKeep->setEnabled(isActive);
    for (QToolButton* one : m_commandButtons) {
        one->setVisible(isActive);
    }
    pause->setText(state == jobs::JobState::Paused ? tr("Go on") : tr("Pause"));
    pause->setToolTip(
        state == jobs::JobState::Paused ? tr("The training goes on where it was")
                                        : tr("Pauses between two steps"));
    if (!isThere) {
        m_progressText->clear();
        return;
    }
    const bool isLoading = !current->isLoaded();
    m_state->setText(isLoading ? tr("reading…") : stateWithShape(state));
    const char* verdict = state == jobs::JobState::Finished ? "accepted"
                          : jobs::isEnd(state) && state != jobs::JobState::Cancelled && !isLoading
                              ? "rejected"
                              : "";
    if (m_state->property("verdict").toString() != QLatin1String(verdict)) {
        m_state->setProperty("verdict", QLatin1String(verdict));
        m_state->style()->unpolish(m_state);
        m_state->style()->polish(m_state);
    }
    QStringList parts;
    const protocol::Progress& progress = current->progress();
    const QLocale locale;
    if (isActive && progress.total > 0) {
        m_progress->setRange(0, 1000);
        m_progress->setValue(static_cast<int>(1000 * progress.step / progress.total));
        const QString left = durationText(progress.secondsLeft);
        if (!left.isEmpty()) {
            parts.append(tr("%1 left").arg(left));
        }
    }
    if (const RunCurve* loss = current->curves().find(QStringLiteral("train_loss"))) {
        const int epochs = current->curves().epochs();
        parts.prepend(
            epochs > 0 ? tr("epoch %1 of %2").arg(loss->at.back()).arg(epochs)
                       : tr("epoch %1").arg(loss->at.back()));
    }
    if (isThere && !isActive && current->curves().seconds() > 0) {
        parts.append(tr("took %1").arg(durationText(current->curves().seconds())));
    }
    if (current->curves().sessions() > 1) {
        parts.append(tr("%n session(s)", nullptr, current->curves().sessions()));
    }
    if (current->damagedLines() > 0) {
        parts.append(tr(
            "%n damaged line(s) passed over", nullptr, static_cast<int>(current->damagedLines())));
    }
    if (!isActive && !isLoading) {
        if (const QString advice = adviceText(current->end()); !advice.isEmpty()) {
            parts.append(advice);
        }
    }
    m_progressText->setText(parts.join(QStringLiteral(" · ")));
    m_progressText->setToolTip(QString::fromStdString(current->end().failure.message));
}

void DashboardPage::say(const QString& text, bool isError)
{
    m_said->setText((isError ? QStringLiteral("✕ ") : QStringLiteral("✓ ")) + text);
    m_said->show();
}

void DashboardPage::pinOthers()
{
    const RunHistory* current = m_runs->current();
    if (current == nullptr) {
        return;
    }
    QStringList pinned;
    for (const RunPreviews& one : current->curves().previews()) {
        pinned.append(one.image);
    }
    auto* dialog = new PinDialog(current->folder(), pinned, isGoingOn(current->state()), this);
    connect(dialog, &PinDialog::said, this, &DashboardPage::say);
    dialog->open();
}

void DashboardPage::command(bool isStop)
{
    const RunHistory* current = m_runs->current();
    if (current == nullptr) {
        return;
    }
    const bool isPaused = current->state() == jobs::JobState::Paused;
    const protocol::Command wanted = isStop     ? protocol::Command(protocol::StopAndKeep{})
                                     : isPaused ? protocol::Command(protocol::Resume{})
                                                : protocol::Command(protocol::Pause{});
    if (const Status sent = protocol::sendCommand(current->folder(), wanted); !sent) {
        say(sentenceFor(sent.error().code), true);
        return;
    }
    say(isStop     ? tr("The training ends after this step.")
        : isPaused ? tr("The training goes on.")
                   : tr("The training pauses after this step."),
        false);
}

} // namespace guidino::ui
