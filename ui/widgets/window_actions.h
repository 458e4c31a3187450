// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAction>
#include <QList>
#include <QObject>

class QMenu;
class QMenuBar;
class QToolBar;
class QUndoGroup;

namespace guidino::ui {

class Theme;

/// All actions of the window with their texts, keys and icons, and where they stand in menus and
/// tool bars. What they do is connected by the window.
class WindowActions : public QObject
{
    Q_OBJECT

public:
    WindowActions(QWidget& window, Theme& theme, QUndoGroup& undoGroup);

    /// `docks`: actions that show and hide the docks.
    void fillMenus(QMenuBar& bar, const QList<QAction*>& docks);
    void fillTopBar(QToolBar& bar) const;

    QAction* openFolder;
    QAction* openFiles;
    QAction* openSamples;
    QAction* save;
    QAction* chooseLabelsFolder;
    QAction* quit;
    QAction* undo;
    QAction* redo;
    QAction* usePrediction;
    QAction* clearLabels;
    QAction* search;
    QAction* previous;
    QAction* next;
    QAction* fit;
    QAction* fullSize;
    QAction* zoomIn;
    QAction* zoomOut;
    QAction* fourUp;
    QAction* imagePane;
    QAction* guidePane;
    QAction* predictionPane;
    QAction* labelPane;
    QAction* toggleLabels;
    QAction* toggleOutline;
    QAction* lightTheme;
    QAction* brush;
    QAction* eraser;
    QAction* polygon;
    QAction* fill;
    QAction* pan;
    QAction* growBrush;
    QAction* shrinkBrush;
    QAction* predict;
    QAction* predictFolder;
    QAction* chooseModel;
    QAction* useDemoModel;
    QAction* restartWorker;
    QAction* fineTune;
    QAction* stopTraining;
    QAction* about;
    QMenu* review = nullptr; ///< empty; the review desk fills it
    QList<QAction*> classes; ///< digits 0 to 9

private:
    QAction* add(const QString& text, const QList<QKeySequence>& keys, const QString& icon = {});
    void makeFileAndEdit(QUndoGroup& undoGroup);
    void makeView();
    void makeToolsAndModel();

    QWidget& m_window;
    Theme& m_theme;
};

} // namespace guidino::ui
