// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QObject>
#include <QString>

class QAction;
class QMainWindow;
class QSettings;
class QStackedWidget;
class QToolButton;

namespace guidino::ui {

class KeyMap;
class ProjectController;

/// The tasks of the window as tabs at the end of the menu bar (Ctrl+1 to Ctrl+5, Ctrl+Shift+C):
/// annotate, guide, train, models, review, report. Annotate and Guide arrange the docks beside the
/// canvas, each remembered; Train, Models and Review are pages of their own (the comparison of
/// readers belongs to Review), Report is the export. GUI thread only.
class Workspaces : public QObject
{
    Q_OBJECT

public:
    struct Parts
    {
        QMainWindow& window;
        QStackedWidget& pages;
        QWidget& canvas;
        QAction& dashboard; ///< shows and leaves the training dashboard; checked while it is shown
        QAction& review;    ///< the same of the review desk
        QAction& readers;   ///< the same of the comparison of readers
        QAction& models;    ///< the same of the models' page
        QAction& exporting;
        QAction& mixer;      ///< shows and hides the prototypes' dock
        QAction& guideBrush; ///< the same of the what-if brush
        ProjectController& project;
        QSettings& settings;
        KeyMap& keys;
    };

    explicit Workspaces(const Parts& parts);

    QAction* annotate;
    QAction* guide;
    QAction* report;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QAction* add(const char* name, const QString& text, Qt::Key digit, const QString& tip);
    QToolButton* addTab(QAction& action, const QString& text);
    void toCanvas();
    void arrange(bool isGuide);
    void endMixer();
    /// The docks are arranged for it, or one of its own was called by its key.
    [[nodiscard]] bool isGuideShown() const;
    void refresh();

    Parts m_parts;
    QWidget* m_tabs;
    QList<QToolButton*> m_buttons; ///< from left to right
    bool m_isGuide = false;        ///< how the docks beside the canvas are
};

} // namespace guidino::ui
