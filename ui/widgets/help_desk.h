// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAction>
#include <QObject>
#include <QPointer>
#include <QString>

class QMainWindow;

namespace guidino::ui {

class HelpViewer;
class KeyMap;

/// Opens the manual: its contents from the menu Help, and by F1 the page about what the user works
/// in, in whichever of the program's windows that is.
class HelpDesk : public QObject
{
    Q_OBJECT

public:
    HelpDesk(QMainWindow& window, const KeyMap& keys);

    QAction* manual;  ///< F1: the page about what has the focus
    QAction* keyList; ///< the page with all keys
    QAction* issues;  ///< the page of known issues

    /// The page about a widget, by the names of it and of what it stands in.
    [[nodiscard]] static QString pageFor(const QWidget* widget);

    /// Null while it is closed.
    [[nodiscard]] HelpViewer* viewer() const;

    void show(const QString& page);

private:
    QMainWindow& m_window;
    const KeyMap& m_keys;
    QPointer<HelpViewer> m_viewer;
};

} // namespace guidino::ui
