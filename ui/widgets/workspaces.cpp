// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/workspaces.h"

#include "ui/model/key_map.h"
#include "ui/model/project_controller.h"
#include "ui/widgets/usable_action.h"

#include <QAction>
#include <QDockWidget>
#include <QEvent>
#include <QHBoxLayout>
#include <QMainWindow>
#include <QMenuBar>
#include <QSettings>
#include <QStackedWidget>
#include <QToolButton>

#include <array>
#include <initializer_list>
#include <utility>

namespace guidino::ui {

namespace {

QString layoutKey(bool isGuide)
{
    return isGuide ? QStringLiteral("workspaces/guide") : QStringLiteral("workspaces/annotate");
}

} // namespace

Workspaces::Workspaces(const Parts& parts)
    : QObject(&parts.window)
    , m_parts(parts)
    , m_tabs(new QWidget(&parts.window))
{
    annotate =
        add("workspaceAnnotate",
            tr("&Annotate"),
            Qt::Key_1,
            tr("Images, layers and tools: draw and correct labels"));
    guide =
        add("workspaceGuide",
            tr("Study the &guide"),
            Qt::Key_2,
            tr("Prototypes and what-if brush beside the panes"));
    report =
        add("workspaceReport",
            tr("&Report and export"),
            Qt::Key_5,
            tr("Masks, figures, worst cases and the model's card as files"));
    m_tabs->setObjectName(QStringLiteral("workspaceTabs"));
    auto* row = new QHBoxLayout(m_tabs);
    row->setContentsMargins(0, 0, 8, 0);
    row->setSpacing(2);
    for (const auto& [action, text] : std::initializer_list<std::pair<QAction*, QString>>{
             {annotate, tr("Annotate")},
             {guide, tr("Guide")},
             {&parts.dashboard, tr("Train")},
             {&parts.models, tr("Models")},
             {&parts.review, tr("Review")},
             {report, tr("Report")}}) {
        row->addWidget(addTab(*action, text));
    }
    parts.window.menuBar()->setCornerWidget(m_tabs, Qt::TopRightCorner);
    connect(annotate, &QAction::triggered, this, [this] {
        toCanvas();
        arrange(false);
    });
    connect(guide, &QAction::triggered, this, [this] {
        toCanvas();
        arrange(true);
    });
    connect(report, &QAction::triggered, &parts.exporting, &QAction::trigger);
    for (QAction* action :
         {&parts.dashboard,
          &parts.review,
          &parts.readers,
          &parts.models,
          &parts.mixer,
          &parts.guideBrush}) {
        connect(action, &QAction::toggled, this, &Workspaces::refresh);
    }
    connect(&parts.pages, &QStackedWidget::currentChanged, this, &Workspaces::refresh);
    connect(&parts.project, &ProjectController::opened, this, &Workspaces::refresh);
    connect(&parts.project, &ProjectController::closed, this, &Workspaces::refresh);
    parts.window.installEventFilter(this);
    refresh();
}

QAction* Workspaces::add(const char* name, const QString& text, Qt::Key digit, const QString& tip)
{
    auto* action = new QAction(text, this);
    action->setObjectName(QLatin1StringView(name));
    action->setShortcut(QKeySequence(Qt::CTRL | digit));
    action->setToolTip(
        tr("%1 (%2)").arg(tip, action->shortcut().toString(QKeySequence::NativeText)));
    m_parts.window.addAction(action);
    m_parts.keys.add(action);
    return action;
}

QToolButton* Workspaces::addTab(QAction& action, const QString& text)
{
    auto* button = new QToolButton(m_tabs);
    button->setObjectName(QStringLiteral("tab-") + action.objectName());
    button->setText(text);
    button->setAccessibleName(text);
    button->setCheckable(true);
    button->setAutoRaise(true);
    const auto follow = [button, &action] {
        button->setEnabled(action.isEnabled());
        button->setToolTip(action.toolTip());
    };
    follow();
    connect(&action, &QAction::changed, button, follow);
    connect(button, &QToolButton::clicked, this, [this, &action] {
        // The page that is shown already stays; one that lies below the dashboard comes back.
        if (!action.isChecked()) {
            action.trigger();
        } else if (m_parts.dashboard.isChecked() && &action != &m_parts.dashboard) {
            m_parts.dashboard.trigger();
        }
        refresh();
    });
    m_buttons.append(button);
    return button;
}

void Workspaces::toCanvas()
{
    for (QAction* page : {&m_parts.dashboard, &m_parts.models, &m_parts.review, &m_parts.readers}) {
        if (page->isChecked()) {
            page->trigger();
        }
    }
    if (m_parts.project.isOpen()) {
        m_parts.pages.setCurrentWidget(&m_parts.canvas);
        m_parts.canvas.setFocus();
    }
}

void Workspaces::arrange(bool isGuide)
{
    if (m_isGuide == isGuide && isGuide) {
        refresh();
        return;
    }
    if (m_parts.guideBrush.isChecked()) {
        m_parts.guideBrush.trigger();
    }
    if (m_isGuide == isGuide) {
        endMixer(); // it was called by its key
        refresh();
        return;
    }
    if (isGuide) {
        endMixer(); // not part of what is remembered of the other
    }
    m_parts.settings.setValue(layoutKey(m_isGuide), m_parts.window.saveState());
    m_isGuide = isGuide;
    const QByteArray known = m_parts.settings.value(layoutKey(isGuide)).toByteArray();
    if (!known.isEmpty()) {
        m_parts.window.restoreState(known);
    } else if (isGuide) {
        for (const char* name : {"training", "display", "history"}) {
            if (auto* dock = m_parts.window.findChild<QDockWidget*>(QLatin1StringView(name))) {
                dock->hide();
            }
        }
        if (!m_parts.mixer.isChecked()) {
            m_parts.mixer.trigger();
        }
    }
    if (!isGuide) {
        endMixer();
    }
    refresh();
}

void Workspaces::endMixer()
{
    if (m_parts.mixer.isChecked()) {
        m_parts.mixer.trigger();
    }
}

bool Workspaces::isGuideShown() const
{
    return m_isGuide || m_parts.mixer.isChecked() || m_parts.guideBrush.isChecked();
}

void Workspaces::refresh()
{
    const QString noProject =
        m_parts.project.isOpen() ? QString() : tr("Open a folder or a project first.");
    for (QAction* action : {annotate, guide, report}) {
        setUsable(action, noProject);
    }
    const bool isCanvas = m_parts.pages.currentWidget() == &m_parts.canvas;
    const bool isDashboard = m_parts.dashboard.isChecked();
    const bool isReview = m_parts.review.isChecked() || m_parts.readers.isChecked();
    const std::array<bool, 6> isShown{
        isCanvas && !isGuideShown() && !isReview,
        isCanvas && isGuideShown() && !isReview,
        isDashboard,
        m_parts.models.isChecked(),
        isReview && !isDashboard,
        false};
    for (qsizetype i = 0; i < m_buttons.size(); ++i) {
        m_buttons[i]->setChecked(isShown[static_cast<std::size_t>(i)]);
    }
}

bool Workspaces::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == &m_parts.window && event->type() == QEvent::Close && isGuideShown()) {
        toCanvas();
        arrange(false); // the window begins with this one
    }
    return QObject::eventFilter(watched, event);
}

} // namespace guidino::ui
