// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/start_page.h"

#include "core/project/project_store.h"
#include "ui/widgets/sheet.h"
#include "ui/widgets/theme.h"

#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>

namespace guidino::ui {

namespace {

constexpr int kMostRecent = 8;
const char* const kKey = "recentProjects";

} // namespace

QList<RecentProject> RecentProjects::list() const
{
    QList<RecentProject> projects;
    const int count = m_settings.beginReadArray(QLatin1StringView(kKey));
    for (int i = 0; i < count; ++i) {
        m_settings.setArrayIndex(i);
        projects.append(
            {m_settings.value(QStringLiteral("folder")).toString(),
             m_settings.value(QStringLiteral("name")).toString()});
    }
    m_settings.endArray();
    return projects;
}

void RecentProjects::write(const QList<RecentProject>& projects)
{
    m_settings.remove(QLatin1StringView(kKey));
    m_settings.beginWriteArray(QLatin1StringView(kKey));
    for (qsizetype i = 0; i < projects.size(); ++i) {
        m_settings.setArrayIndex(static_cast<int>(i));
        m_settings.setValue(QStringLiteral("folder"), projects[i].folder);
        m_settings.setValue(QStringLiteral("name"), projects[i].name);
    }
    m_settings.endArray();
}

void RecentProjects::add(const RecentProject& project)
{
    QList<RecentProject> projects = list();
    projects.removeIf([&](const RecentProject& one) { return one.folder == project.folder; });
    projects.prepend(project);
    write(projects.mid(0, kMostRecent));
}

void RecentProjects::remove(const QString& folder)
{
    QList<RecentProject> projects = list();
    projects.removeIf([&](const RecentProject& one) { return one.folder == folder; });
    write(projects);
}

StartPage::StartPage(const Cards& cards, QSettings& settings, Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_recent(settings)
    , m_theme(theme)
    , m_recentBox(new QWidget(this))
    , m_recentRows(new QVBoxLayout(m_recentBox))
{
    setObjectName(QStringLiteral("welcome"));
    setAttribute(Qt::WA_StyledBackground);
    auto* column = new QWidget(this);
    constexpr int kWidth = 720;
    column->setMaximumWidth(kWidth);
    auto* layout = new QVBoxLayout(column);
    layout->setSpacing(16);
    layout->addWidget(makeText(tr("Review, correct and teach segmentations"), "title", column));
    layout->addWidget(makeText(
        tr("See where a model looks (guide), what it would mark (prediction) and what you marked "
           "(label), side by side. Correct with a brush, then fine-tune the model on this "
           "computer. No image leaves it."),
        "muted",
        column));
    auto* grid = new QGridLayout;
    grid->setSpacing(12);
    grid->addWidget(
        makeCard(
            *cards.samples,
            QStringLiteral("pane-image"),
            tr("Open the sample project"),
            tr("36 skin images with masks and a small model: try everything at once.")),
        0,
        0);
    grid->addWidget(
        makeCard(
            *cards.newProject,
            QStringLiteral("open-folder"),
            tr("New project from a folder"),
            tr("Any known layout, with or without masks. You see a preview first.")),
        0,
        1);
    grid->addWidget(
        makeCard(
            *cards.openProject,
            QStringLiteral("save"),
            tr("Open a project"),
            tr("A project folder, or a portable copy (.gdino) from somebody else.")),
        1,
        0);
    grid->addWidget(
        makeCard(
            *cards.weights,
            QStringLiteral("model"),
            tr("Add DINOv3 or DINOv2 weights"),
            tr("Better guides. Why, how in three steps, and what works without.")),
        1,
        1);
    layout->addLayout(grid);
    m_recentRows->setContentsMargins(0, 0, 0, 0);
    m_recentRows->setSpacing(4);
    layout->addWidget(m_recentBox);
    layout->addWidget(makeText(
        tr("Or drop a folder, image files or a .gdino file here. Research use only, not a medical "
           "device."),
        "small",
        column));
    auto* middle = new QHBoxLayout;
    middle->addStretch(1);
    middle->addWidget(column, 8);
    middle->addStretch(1);
    auto* outer = new QVBoxLayout(this);
    outer->addStretch(1);
    outer->addLayout(middle);
    outer->addStretch(1);
    refresh();
}

QWidget*
StartPage::makeCard(QAction& action, const QString& icon, const QString& title, const QString& text)
{
    auto* card = new QPushButton(this);
    card->setProperty("card", true);
    card->setAccessibleName(title);
    card->setAccessibleDescription(text);
    card->setObjectName(QStringLiteral("card-") + icon);
    card->setCursor(Qt::PointingHandCursor);
    auto* row = new QHBoxLayout(card);
    row->setContentsMargins(16, 14, 16, 14);
    row->setSpacing(14);
    auto* picture = new QToolButton(card);
    picture->setAttribute(Qt::WA_TransparentForMouseEvents);
    picture->setFocusPolicy(Qt::NoFocus);
    picture->setAccessibleName(title);
    m_theme.setIcon(picture, icon);
    picture->setIconSize({28, 28});
    row->addWidget(picture, 0, Qt::AlignTop);
    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    for (QLabel* label : {makeText(title, "card", card), makeText(text, "muted", card)}) {
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
        words->addWidget(label);
    }
    row->addLayout(words, 1);
    constexpr int kHeight = 92;
    card->setMinimumHeight(kHeight);
    const auto follow = [card, &action] {
        card->setEnabled(action.isEnabled());
        card->setToolTip(action.toolTip());
    };
    follow();
    connect(card, &QPushButton::clicked, &action, &QAction::trigger);
    connect(&action, &QAction::changed, card, follow);
    return card;
}

QWidget* StartPage::makeRecent(const RecentProject& project)
{
    auto* row = new QWidget(m_recentBox);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    const bool isThere = project::ProjectStore::isProject(project.folder);
    auto* open = new QPushButton(
        fontMetrics().elidedText(
            project.name + QStringLiteral("   ") + project.folder, Qt::ElideMiddle, 520),
        row);
    open->setProperty("row", true);
    open->setObjectName(QStringLiteral("recent"));
    open->setEnabled(isThere);
    open->setToolTip(isThere ? project.folder : tr("%1 is not there now.").arg(project.folder));
    connect(open, &QPushButton::clicked, this, [this, project] {
        Q_EMIT openRequested(project.folder);
    });
    auto* backups = new QPushButton(tr("Backups…"), row);
    backups->setProperty("row", true);
    backups->setEnabled(QFileInfo(project.folder).isDir());
    backups->setToolTip(tr("Go back to an earlier state of %1").arg(project.name));
    connect(backups, &QPushButton::clicked, this, [this, project] {
        Q_EMIT backupsRequested(project.folder);
    });
    auto* forget = new QToolButton(row);
    forget->setToolTip(tr("Take %1 off this list; the project stays").arg(project.name));
    forget->setAccessibleName(tr("Take off the list"));
    m_theme.setIcon(forget, QStringLiteral("cancel"));
    connect(forget, &QToolButton::clicked, this, [this, project] {
        m_recent.remove(project.folder);
        refresh();
    });
    layout->addWidget(open, 1);
    layout->addWidget(backups);
    layout->addWidget(forget);
    return row;
}

void StartPage::refresh()
{
    while (QLayoutItem* item = m_recentRows->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->deleteLater();
        }
        delete item;
    }
    const QList<RecentProject> projects = m_recent.list();
    m_recentBox->setVisible(!projects.isEmpty());
    if (!projects.isEmpty()) {
        m_recentRows->addWidget(makeText(tr("RECENT PROJECTS"), "heading", m_recentBox));
    }
    for (const RecentProject& project : projects) {
        m_recentRows->addWidget(makeRecent(project));
    }
}

} // namespace guidino::ui
