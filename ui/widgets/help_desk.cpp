// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/help_desk.h"

#include "ui/widgets/help_viewer.h"

#include <QApplication>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>

#include <utility>

namespace guidino::ui {

namespace {

/// Pages by the objectName() of what they are about; a name that begins so will do.
constexpr std::pair<const char*, const char*> kPages[] = {
    {"adjudicationPage", "readers"},
    {"auditDialog", "review"},
    {"backups", "projects"},
    {"classes", "projects"},
    {"dashboard", "fine-tuning"},
    {"exportDialog", "export"},
    {"fineTune", "fine-tuning"},
    {"images", "window"},
    {"jobs", "fine-tuning"},
    {"mixer", "guide"},
    {"models", "fine-tuning"},
    {"readersDialog", "readers"},
    {"reasonsDialog", "review"},
    {"redactionDialog", "export"},
    {"reviewPage", "review"},
    {"sheet", "projects"},
    {"training", "fine-tuning"},
    {"weightsPage", "fine-tuning"},
    {"welcome", "quick-start"},
    {"whatIf", "guide"},
    {"canvasArea", "window"},
};

} // namespace

HelpDesk::HelpDesk(QMainWindow& window, const KeyMap& keys)
    : QObject(&window)
    , manual(new QAction(tr("&Manual"), this))
    , keyList(new QAction(tr("List of all &keys"), this))
    , issues(new QAction(tr("Known &issues"), this))
    , m_window(window)
    , m_keys(keys)
{
    manual->setObjectName(QStringLiteral("manual"));
    manual->setShortcut(QKeySequence(Qt::Key_F1));
    manual->setShortcutContext(Qt::ApplicationShortcut); // in dialogs, too
    manual->setToolTip(tr("The page about what you are working in (F1)"));
    keyList->setObjectName(QStringLiteral("keyList"));
    issues->setObjectName(QStringLiteral("knownIssues"));
    window.addActions({manual, keyList, issues});
    connect(manual, &QAction::triggered, this, [this] {
        // Tool bars and menus are about what stands in the middle.
        const QString page = pageFor(QApplication::focusWidget());
        const bool isNone = page == QLatin1StringView("index");
        show(isNone ? pageFor(m_window.centralWidget()) : page);
    });
    connect(keyList, &QAction::triggered, this, [this] { show(QStringLiteral("keys")); });
    connect(issues, &QAction::triggered, this, [this] { show(QStringLiteral("known-issues")); });
    if (auto* menu = window.menuBar()->findChild<QMenu*>(QStringLiteral("helpMenu"))) {
        QAction* first = menu->actions().value(0);
        menu->insertActions(first, {manual, keyList, issues});
        menu->insertSeparator(first);
    }
}

QString HelpDesk::pageFor(const QWidget* widget)
{
    for (; widget != nullptr; widget = widget->parentWidget()) {
        const QString name = widget->objectName();
        for (const auto& [begin, page] : kPages) {
            if (!name.isEmpty() && name.startsWith(QLatin1StringView(begin))) {
                return QLatin1StringView(page);
            }
        }
    }
    return QStringLiteral("index");
}

HelpViewer* HelpDesk::viewer() const
{
    return m_viewer;
}

void HelpDesk::show(const QString& page)
{
    if (m_viewer == nullptr) {
        m_viewer = new HelpViewer(m_keys, &m_window);
    }
    m_viewer->showPage(page);
    m_viewer->show();
    m_viewer->raise();
    m_viewer->activateWindow();
}

} // namespace guidino::ui
