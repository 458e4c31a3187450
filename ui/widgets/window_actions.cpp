// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/window_actions.h"

#include "ui/widgets/theme.h"

#include <QActionGroup>
#include <QMenu>
#include <QMenuBar>
#include <QToolBar>
#include <QToolButton>
#include <QUndoGroup>

#include <utility>

namespace guidino::ui {

WindowActions::WindowActions(QWidget& window, Theme& theme, QUndoGroup& undoGroup)
    : QObject(&window)
    , m_window(window)
    , m_theme(theme)
{
    makeFileAndEdit(undoGroup);
    makeView();
    makeToolsAndModel();
}

QAction*
WindowActions::add(const QString& text, const QList<QKeySequence>& keys, const QString& icon)
{
    auto* action = new QAction(text, this);
    action->setShortcuts(keys);
    if (!icon.isEmpty()) {
        m_theme.setIcon(action, icon);
    }
    // The tool tip names the key, so that keys are learnt on the way.
    QString plain = text;
    plain.remove(QLatin1Char('&')).remove(QStringLiteral("…"));
    action->setToolTip(
        keys.isEmpty() ? plain
                       : tr("%1 (%2)").arg(plain, keys.first().toString(QKeySequence::NativeText)));
    m_window.addAction(action);
    return action;
}

void WindowActions::makeFileAndEdit(QUndoGroup& undoGroup)
{
    openFolder = add(
        tr("&Open folder…"), {QKeySequence(Qt::CTRL | Qt::Key_O)}, QStringLiteral("open-folder"));
    openFiles = add(tr("Open image &files…"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)});
    openSamples = add(tr("Open the sa&mple images"), {});
    save = add(tr("&Save masks"), {QKeySequence(Qt::CTRL | Qt::Key_S)}, QStringLiteral("save"));
    chooseLabelsFolder = add(tr("Save masks to another fo&lder…"), {});
    quit = add(tr("&Quit"), {QKeySequence(Qt::CTRL | Qt::Key_Q)});
    quit->setMenuRole(QAction::QuitRole);

    undo = undoGroup.createUndoAction(this, tr("Undo:"));
    undo->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Z));
    m_theme.setIcon(undo, QStringLiteral("undo"));
    redo = undoGroup.createRedoAction(this, tr("Redo:"));
    redo->setShortcuts(
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    m_theme.setIcon(redo, QStringLiteral("redo"));
    for (const auto& [action, nothing] :
         {std::pair(undo, tr("Nothing to undo in this image")),
          std::pair(redo, tr("Nothing to redo in this image"))}) {
        // An empty tip is the action's text, which names the step.
        const auto follow = [action = action, nothing = nothing] {
            action->setToolTip(action->isEnabled() ? QString() : nothing);
        };
        connect(action, &QAction::enabledChanged, action, follow);
        follow();
    }
    m_window.addActions({undo, redo});
    usePrediction = add(
        tr("&Use prediction as label"), {QKeySequence(Qt::Key_Return)}, QStringLiteral("accept"));
    clearLabels = add(tr("&Clear labels of this image"), {});
    search =
        add(tr("&Search images"), {QKeySequence(Qt::CTRL | Qt::Key_K)}, QStringLiteral("search"));
    previous = add(tr("&Previous image"), {QKeySequence(Qt::Key_A)}, QStringLiteral("previous"));
    next = add(tr("&Next image"), {QKeySequence(Qt::Key_D)}, QStringLiteral("next"));
}

void WindowActions::makeView()
{
    fit = add(tr("&Fit to window"), {QKeySequence(Qt::CTRL | Qt::Key_F)}, QStringLiteral("fit"));
    fullSize = add(tr("&100 %"), {QKeySequence(Qt::CTRL | Qt::Key_0)}, QStringLiteral("full-size"));
    zoomIn = add(tr("Zoom &in"), {QKeySequence(Qt::CTRL | Qt::Key_Plus)});
    zoomOut = add(tr("Zoom &out"), {QKeySequence(Qt::CTRL | Qt::Key_Minus)});
    fourUp = add(tr("All &four panes"), {QKeySequence(Qt::Key_F4)}, QStringLiteral("four-up"));
    imagePane = add(tr("&Image alone"), {QKeySequence(Qt::Key_F5)}, QStringLiteral("pane-image"));
    guidePane = add(tr("&Guide alone"), {QKeySequence(Qt::Key_F6)}, QStringLiteral("pane-guide"));
    predictionPane =
        add(tr("&Prediction alone"), {QKeySequence(Qt::Key_F7)}, QStringLiteral("pane-prediction"));
    labelPane = add(tr("&Label alone"), {QKeySequence(Qt::Key_F8)}, QStringLiteral("pane-label"));
    auto* panes = new QActionGroup(this);
    for (QAction* action : {fourUp, imagePane, guidePane, predictionPane, labelPane}) {
        action->setCheckable(true);
        panes->addAction(action);
    }
    fourUp->setChecked(true);
    toggleLabels = add(tr("&Show labels"), {QKeySequence(Qt::Key_S)}, QStringLiteral("eye"));
    toggleLabels->setCheckable(true);
    toggleLabels->setChecked(true);
    toggleOutline =
        add(tr("Masks as &outlines"), {QKeySequence(Qt::Key_O)}, QStringLiteral("outline"));
    toggleOutline->setCheckable(true);
    lightTheme = add(tr("&Light theme"), {}, QStringLiteral("theme"));
    lightTheme->setCheckable(true);
    about = add(tr("&About GuiDINO Workbench"), {}, QStringLiteral("info"));
    about->setMenuRole(QAction::AboutRole);
}

void WindowActions::makeToolsAndModel()
{
    brush = add(tr("&Brush"), {QKeySequence(Qt::Key_B)}, QStringLiteral("brush"));
    eraser = add(tr("&Eraser"), {QKeySequence(Qt::Key_E)}, QStringLiteral("eraser"));
    polygon = add(tr("&Polygon"), {QKeySequence(Qt::Key_P)}, QStringLiteral("polygon"));
    fill = add(tr("&Fill an area"), {QKeySequence(Qt::Key_F)}, QStringLiteral("fill"));
    pan = add(tr("&Move the image"), {QKeySequence(Qt::Key_H)}, QStringLiteral("pan"));
    auto* tools = new QActionGroup(this);
    for (QAction* action : {brush, eraser, polygon, fill, pan}) {
        action->setCheckable(true);
        tools->addAction(action);
    }
    brush->setChecked(true);
    shrinkBrush = add(tr("S&maller brush"), {QKeySequence(Qt::Key_BracketLeft)});
    growBrush = add(tr("&Larger brush"), {QKeySequence(Qt::Key_BracketRight)});
    for (int digit = 0; digit <= 9; ++digit) {
        classes.append(
            add(digit == 0 ? tr("Paint background") : tr("Paint class %1").arg(digit),
                {QKeySequence(Qt::Key_0 + digit)}));
    }
    predict = add(tr("&Run the model"), {QKeySequence(Qt::Key_R)}, QStringLiteral("predict"));
    predictFolder = add(tr("Predict a f&older…"), {});
    predictFolder->setToolTip(
        tr("A folder of images, into another folder, as a job in the background; also with the "
           "folds of nnU-Net results"));
    chooseModel = add(tr("&Choose a model…"), {}, QStringLiteral("model"));
    useDemoModel = add(tr("Use the &demo model"), {});
    restartWorker = add(tr("Re&start the model's process"), {});
    fineTune = add(tr("&Fine-tune"), {QKeySequence(Qt::CTRL | Qt::Key_T)}, QStringLiteral("train"));
    stopTraining = add(tr("Stop training and &keep"), {}, QStringLiteral("stop"));
}

void WindowActions::fillMenus(QMenuBar& bar, const QList<QAction*>& docks)
{
    QMenu* file = bar.addMenu(tr("&File"));
    file->setObjectName(QStringLiteral("fileMenu"));
    file->addActions({openFolder, openFiles, openSamples});
    file->addSeparator();
    file->addActions({save, chooseLabelsFolder});
    file->addSeparator();
    file->addAction(quit);
    QMenu* edit = bar.addMenu(tr("&Edit"));
    edit->setObjectName(QStringLiteral("editMenu"));
    edit->addActions({undo, redo});
    edit->addSeparator();
    edit->addActions({usePrediction, clearLabels});
    edit->addSeparator();
    edit->addAction(search);
    QMenu* view = bar.addMenu(tr("&View"));
    view->setObjectName(QStringLiteral("viewMenu"));
    view->addActions({fit, fullSize, zoomIn, zoomOut});
    view->addSeparator();
    view->addActions({fourUp, imagePane, guidePane, predictionPane, labelPane});
    view->addSeparator();
    view->addActions({toggleLabels, toggleOutline});
    view->addSeparator();
    view->addActions(docks);
    view->addSeparator();
    view->addAction(lightTheme);
    QMenu* image = bar.addMenu(tr("&Image"));
    image->setObjectName(QStringLiteral("imageMenu"));
    image->addActions({previous, next});
    QMenu* label = bar.addMenu(tr("&Label"));
    label->setObjectName(QStringLiteral("labelMenu"));
    label->addActions({brush, eraser, polygon, fill, pan});
    label->addSeparator();
    label->addActions({shrinkBrush, growBrush});
    QMenu* paint = label->addMenu(tr("Paint &with"));
    paint->addActions(classes);
    QMenu* model = bar.addMenu(tr("&Model"));
    model->setObjectName(QStringLiteral("modelMenu"));
    model->addActions({predict, predictFolder, chooseModel, useDemoModel, restartWorker});
    model->addSeparator();
    model->addActions({fineTune, stopTraining});
    review = bar.addMenu(tr("&Review"));
    QMenu* help = bar.addMenu(tr("&Help"));
    help->setObjectName(QStringLiteral("helpMenu"));
    help->addAction(about);
}

void WindowActions::fillTopBar(QToolBar& bar) const
{
    bar.addActions({openFolder, save});
    bar.addSeparator();
    bar.addActions({undo, redo});
    bar.addSeparator();
    bar.addActions({previous, next});
    bar.addSeparator();
    bar.addActions({fourUp, imagePane, guidePane, predictionPane, labelPane});
    bar.addSeparator();
    bar.addActions({fit, fullSize, toggleLabels, toggleOutline});
    auto* space = new QWidget(&bar);
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar.addWidget(space);
    bar.addActions({chooseModel, predict, usePrediction});
    bar.addSeparator();
    bar.addAction(lightTheme);
    for (QAction* action : {chooseModel, predict, usePrediction}) {
        if (auto* button = qobject_cast<QToolButton*>(bar.widgetForAction(action))) {
            button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        }
    }
}

} // namespace guidino::ui
