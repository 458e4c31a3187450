// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/notice.h"

#include <QAction>
#include <QList>
#include <QString>
#include <QWidget>

class QSettings;
class QVBoxLayout;

namespace guidino::ui {

class Theme;

/// A project that was open before.
struct RecentProject
{
    QString folder;
    QString name;
};

/// Projects that were open, the latest first; kept in the settings. Those that are gone stay in the
/// list, for a drive that is not plugged in comes back.
class RecentProjects
{
public:
    explicit RecentProjects(QSettings& settings)
        : m_settings(settings)
    {}

    [[nodiscard]] QList<RecentProject> list() const;

    void add(const RecentProject& project);

    void remove(const QString& folder);

private:
    void write(const QList<RecentProject>& projects);

    QSettings& m_settings;
};

/// What is seen before anything is open: four ways to begin, and the projects that were open.
class StartPage : public QWidget
{
    Q_OBJECT

public:
    /// The actions behind the cards: sample project, new project, open project, add weights.
    struct Cards
    {
        QAction* samples;
        QAction* newProject;
        QAction* openProject;
        QAction* weights;
    };

    StartPage(const Cards& cards, QSettings& settings, Theme& theme, QWidget* parent = nullptr);

    /// Shows the recent projects as they are now.
    void refresh();

Q_SIGNALS:
    void openRequested(const QString& folder);
    void backupsRequested(const QString& folder);

private:
    [[nodiscard]] QWidget*
    makeCard(QAction& action, const QString& icon, const QString& title, const QString& text);
    [[nodiscard]] QWidget* makeRecent(const RecentProject& project);

    RecentProjects m_recent;
    Theme& m_theme;
    QWidget* m_recentBox;
    QVBoxLayout* m_recentRows;
};

} // namespace guidino::ui
