// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/tool_state.h"

#include <QAction>
#include <QKeySequence>
#include <QList>
#include <QObject>

#include <array>

class QMenuBar;
class QSettings;
class QToolBar;

namespace guidino::ui {

class DatasetController;
class EditController;
class KeyMap;
class PaneGrid;
class Theme;
class ViewSettings;
class WindowActions;

/// The actions of tools, of clean-up, of proposals and of the view, what they do, and where they
/// stand in the window's menus and tool strip. Those that cannot be used say why in their tool tip.
class ToolActions : public QObject
{
    Q_OBJECT

public:
    struct Services
    {
        WindowActions& window;
        Theme& theme;
        ToolState& tools;
        ViewSettings& view;
        DatasetController& dataset;
        EditController& edit;
        PaneGrid& canvas;
        KeyMap& keys;
        QSettings& settings;
    };

    ToolActions(const Services& services, QWidget& parent);

    [[nodiscard]] QAction* tool(ToolState::Tool tool) const
    {
        return m_tools[static_cast<std::size_t>(tool)];
    }

    /// Lost to the plain brush on all real predictions that were measured (docs/performance.md):
    /// off until the user turns experimental tools on.
    [[nodiscard]] static bool isExperimental(ToolState::Tool tool);

    void showExperimental(bool isShown);

    /// An action by its name, which is that of its keys; null where there is none.
    [[nodiscard]] QAction* named(const QString& name) const;

    void fillStrip(QToolBar& strip) const;
    /// Adds to the menus "editMenu", "viewMenu", "imageMenu", "labelMenu" and "helpMenu".
    void fillMenus(QMenuBar& bar) const;

    /// Which can be used, and why not.
    void refresh();

private:
    struct Text
    {
        const char* name;
        QString text;
        QString tip;
    };

    QAction* add(const Text& text, const QList<QKeySequence>& keys, const QString& icon = {});
    void makeTools();
    void makeCleanUp();
    void makeRegions();
    void makeView();
    void nameWindowActions();
    void connectTool(ToolState::Tool tool, QAction* action);

    Services m_services;
    QWidget& m_window;
    std::array<QAction*, ToolState::kToolCount> m_tools{};
    QList<QAction*> m_cleanUp;
    QAction* m_interpolate = nullptr;
    QList<QAction*> m_regions;
    QList<QAction*> m_proposal;
    QList<QAction*> m_view;
};

} // namespace guidino::ui
