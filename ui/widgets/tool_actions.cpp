// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/tool_actions.h"

#include "ui/canvas/pane_grid.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/edit_controller.h"
#include "ui/model/key_map.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/command_palette.h"
#include "ui/widgets/key_editor.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/usable_action.h"
#include "ui/widgets/window_actions.h"

#include <QActionGroup>
#include <QMenu>
#include <QMenuBar>
#include <QSettings>
#include <QToolBar>

#include <utility>

namespace guidino::ui {

namespace {

QKeySequence shifted(Qt::Key key)
{
    return QKeySequence(Qt::SHIFT | key);
}

QKeySequence controlled(Qt::Key key)
{
    return QKeySequence(Qt::CTRL | key);
}

} // namespace

ToolActions::ToolActions(const Services& services, QWidget& parent)
    : QObject(&parent)
    , m_services(services)
    , m_window(parent)
{
    makeTools();
    makeCleanUp();
    makeRegions();
    makeView();
    nameWindowActions();
    for (QAction* action : parent.actions()) {
        services.keys.add(action);
    }
    connect(&services.tools, &ToolState::changed, this, &ToolActions::refresh);
    connect(&services.dataset, &DatasetController::currentChanged, this, [this] {
        if (AnnotationDocument* shown = m_services.dataset.current()) {
            connect(
                shown,
                &AnnotationDocument::predictionChanged,
                this,
                &ToolActions::refresh,
                Qt::UniqueConnection);
        }
        refresh();
    });
    QAction* experimental =
        add({"experimentalTools",
             tr("E&xperimental tools"),
             tr("Tools that were slower than the brush on our test images, but may suit yours")},
            {});
    experimental->setCheckable(true);
    services.keys.add(experimental);
    const QString setting = QStringLiteral("experimentalTools");
    connect(experimental, &QAction::toggled, this, [this, setting](bool isOn) {
        m_services.settings.setValue(setting, isOn);
        showExperimental(isOn);
    });
    experimental->setChecked(services.settings.value(setting).toBool());
    showExperimental(experimental->isChecked());
    refresh();
}

QAction* ToolActions::add(const Text& text, const QList<QKeySequence>& keys, const QString& icon)
{
    auto* action = new QAction(text.text, this);
    action->setObjectName(QLatin1String(text.name));
    action->setShortcuts(keys);
    if (!icon.isEmpty()) {
        m_services.theme.setIcon(action, icon);
    }
    QString tip = text.tip.isEmpty() ? KeyMap::nameOf(*action) : text.tip;
    if (!keys.isEmpty()) {
        tip += QStringLiteral(" (%1)").arg(keys.first().toString(QKeySequence::NativeText));
    }
    action->setToolTip(tip);
    m_window.addAction(action);
    return action;
}

void ToolActions::connectTool(ToolState::Tool tool, QAction* action)
{
    ToolState& state = m_services.tools;
    m_tools[static_cast<std::size_t>(tool)] = action;
    action->setCheckable(true);
    connect(action, &QAction::triggered, &state, [&state, tool] { state.setTool(tool); });
    connect(&state, &ToolState::changed, action, [&state, action, tool] {
        if (state.tool() == tool) {
            action->setChecked(true);
        }
    });
}

void ToolActions::makeTools()
{
    using Tool = ToolState::Tool;
    const WindowActions& window = m_services.window;
    connectTool(Tool::Brush, window.brush);
    connectTool(Tool::Eraser, window.eraser);
    connectTool(Tool::Polygon, window.polygon);
    connectTool(Tool::Fill, window.fill);
    connectTool(Tool::Pan, window.pan);
    const auto make =
        [this](Tool tool, const Text& text, const QKeySequence& key, const QString& icon) {
            connectTool(tool, add(text, {key}, icon));
        };
    make(
        Tool::SmartBrush,
        {"smartBrush", tr("S&mart brush"), tr("Paints what looks like the place where you begin")},
        QKeySequence(Qt::Key_Q),
        QStringLiteral("smart-brush"));
    make(
        Tool::Superpixels,
        {"superpixels", tr("S&uperpixel brush"), tr("Paints whole patches of even colour")},
        QKeySequence(Qt::Key_Z),
        QStringLiteral("superpixels"));
    make(
        Tool::Ignore,
        {"ignore", tr("Ig&nore brush"), tr("Marks what shall count for nothing")},
        shifted(Qt::Key_I),
        QStringLiteral("ignore"));
    make(
        Tool::Lasso,
        {"lasso", tr("&Lasso"), tr("Fills what you encircle")},
        QKeySequence(Qt::Key_L),
        QStringLiteral("lasso"));
    make(
        Tool::Livewire,
        {"livewire",
         tr("Li&vewire"),
         tr("Click along an edge; the line follows it. Return closes")},
        QKeySequence(Qt::Key_K),
        QStringLiteral("livewire"));
    make(
        Tool::Wand,
        {"wand", tr("Magic &wand"), tr("Takes like colours; drag for more or less")},
        QKeySequence(Qt::Key_W),
        QStringLiteral("wand"));
    make(
        Tool::Threshold,
        {"threshold",
         tr("&Threshold in a box"),
         tr("Drag a box; takes a range of brightness in it")},
        shifted(Qt::Key_T),
        QStringLiteral("threshold"));
    make(
        Tool::GrabCut,
        {"grabCut", tr("&GrabCut in a box"), tr("Drag a box around an object to find its outline")},
        shifted(Qt::Key_W),
        QStringLiteral("grab-cut"));
    make(
        Tool::Prompt,
        {"prompt",
         tr("Pro&mpts"),
         tr("Click what belongs, right-click what does not, or drag a box. Return takes it")},
        QKeySequence(Qt::Key_T),
        QStringLiteral("prompt"));
    make(
        Tool::Split,
        {"split",
         tr("&Split an object"),
         tr("Click an object to part it at its waist, or draw a cut")},
        shifted(Qt::Key_P),
        QStringLiteral("split"));
    make(
        Tool::Region,
        {"region", tr("Move &objects"), tr("Drag an object; with Ctrl a copy. Delete removes it")},
        QKeySequence(Qt::Key_J),
        QStringLiteral("region"));
    make(
        Tool::AcceptBrush,
        {"acceptBrush", tr("&Accept by brush"), tr("Takes over the prediction where you brush")},
        shifted(Qt::Key_A),
        QStringLiteral("accept-brush"));
    make(
        Tool::Pick,
        {"pick", tr("P&ick the class"), tr("Takes the class under the pointer")},
        QKeySequence(Qt::Key_I),
        QStringLiteral("pick"));
    make(
        Tool::Ruler,
        {"ruler", tr("&Ruler"), tr("Drag for a length, click an object for its area")},
        shifted(Qt::Key_R),
        QStringLiteral("ruler"));
    auto* group = window.brush->actionGroup();
    for (QAction* action : m_tools) {
        group->addAction(action);
    }
    window.brush->setChecked(true);
}

bool ToolActions::isExperimental(ToolState::Tool tool)
{
    using Tool = ToolState::Tool;
    return tool == Tool::Prompt
           || tool == Tool::GrabCut; // docs/performance.md, "Tools on real pictures"
}

void ToolActions::showExperimental(bool isShown)
{
    for (int i = 0; i < ToolState::kToolCount; ++i) {
        const auto one = static_cast<ToolState::Tool>(i);
        if (isExperimental(one)) {
            tool(one)->setVisible(isShown); // its key goes with it
            if (!isShown && m_services.tools.tool() == one) {
                m_services.tools.setTool(ToolState::Tool::Brush);
            }
        }
    }
}

void ToolActions::makeCleanUp()
{
    EditController& edit = m_services.edit;
    const auto make =
        [&](const Text& text, const QList<QKeySequence>& keys, void (EditController::*method)()) {
            QAction* action = add(text, keys);
            connect(action, &QAction::triggered, &edit, method);
            m_cleanUp.append(action);
        };
    make(
        {"fillHoles", tr("Fill &holes"), tr("Fills the holes of the class in hand")},
        {shifted(Qt::Key_F)},
        &EditController::fillHoles);
    make(
        {"keepLargest", tr("Keep the &largest part"), {}},
        {shifted(Qt::Key_K)},
        &EditController::keepLargest);
    make(
        {"removeSmall",
         tr("Remove small &parts"),
         tr("Removes parts of less than 1 % of the class")},
        {shifted(Qt::Key_X)},
        &EditController::removeSmall);
    make({"smooth", tr("&Smooth the outline"), {}}, {shifted(Qt::Key_S)}, &EditController::smooth);
    make(
        {"grow", tr("&Grow"), tr("Moves the outline outwards")},
        {controlled(Qt::Key_BracketRight)},
        &EditController::grow);
    make(
        {"shrink", tr("Sh&rink"), tr("Moves the outline inwards")},
        {controlled(Qt::Key_BracketLeft)},
        &EditController::shrink);
    m_interpolate =
        add({"interpolate",
             tr("&Interpolate from the images around"),
             tr("In stacks and sequences: the shape between those of the nearest labelled images")},
            {shifted(Qt::Key_J)});
    connect(m_interpolate, &QAction::triggered, &edit, &EditController::interpolate);

    const auto propose = [&](const Text& text, const QList<QKeySequence>& keys, const auto& act) {
        QAction* action = add(text, keys);
        connect(action, &QAction::triggered, this, act);
        m_proposal.append(action);
    };
    propose(
        {"acceptRegion",
         tr("Accept the &object under the pointer"),
         tr("Takes over one predicted object; on background it removes the label's")},
        {QKeySequence(Qt::SHIFT | Qt::Key_Return)},
        [this] {
            if (const auto at = m_services.canvas.pointedAt()) {
                m_services.edit.acceptRegion(*at);
            }
        });
    propose(
        {"acceptClass", tr("Accept the &class in hand"), tr("Makes one class what the model says")},
        {QKeySequence(Qt::ALT | Qt::Key_Return)},
        [this] { m_services.edit.acceptClass(); });
    propose(
        {"dropProposal", tr("&Drop the proposal"), tr("Leaves the label as it is")},
        {QKeySequence(Qt::Key_Escape)},
        [this] { m_services.edit.dropProposal(); });
}

void ToolActions::makeRegions()
{
    const auto make = [&](const Text& text, const QList<QKeySequence>& keys, const auto& act) {
        QAction* action = add(text, keys);
        connect(action, &QAction::triggered, this, act);
        m_regions.append(action);
    };
    make(
        {"editContour",
         tr("&Edit the outline of the object under the pointer"),
         tr("Its outline becomes a polygon; Return puts it back")},
        {controlled(Qt::Key_E)},
        [this] { m_services.canvas.editContour(); });
    make(
        {"copyRegion", tr("&Copy the object under the pointer"), {}},
        {controlled(Qt::Key_C)},
        [this] { m_services.canvas.copyRegion(); });
    make(
        {"pasteRegion", tr("&Paste the object"), tr("Where it was; also into another image")},
        {controlled(Qt::Key_V)},
        [this] { m_services.canvas.paste(false); });
    make(
        {"pasteHere", tr("Paste the object at the pointer"), {}},
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V)},
        [this] { m_services.canvas.paste(true); });
    make(
        {"swapClass", tr("S&wap with background"), tr("Paints background, and back")},
        {QKeySequence(Qt::Key_X)},
        [this] { m_services.tools.swapWithBackground(); });
    make(
        {"lockClass", tr("&Lock the class"), tr("Locked classes are never changed, by nobody")},
        {controlled(Qt::Key_L)},
        [this] { m_services.edit.toggleLock(); });
    m_regions.last()->setCheckable(true);
}

void ToolActions::makeView()
{
    ViewSettings& view = m_services.view;
    PaneGrid& canvas = m_services.canvas;
    const auto make = [&](const Text& text,
                          const QList<QKeySequence>& keys,
                          const QString& icon,
                          const auto& act) {
        QAction* action = add(text, keys, icon);
        connect(action, &QAction::triggered, this, act);
        m_view.append(action);
        return action;
    };
    make(
        {"cycleLayer",
         tr("&Next layer over the image"),
         tr("Image, label, prediction, guide, differences, probability in turn")},
        {QKeySequence(Qt::Key_G)},
        {},
        [&view] { view.cycleMainLayer(); });
    const auto turnOpacity = [&view](double by) {
        for (const PaneRole layer : {PaneRole::Label, PaneRole::Prediction, PaneRole::Guide}) {
            view.setOpacity(layer, view.opacity(layer) + by);
        }
    };
    make(
        {"opacityDown", tr("Layers more &transparent"), {}},
        {QKeySequence(Qt::Key_Minus)},
        {},
        [turnOpacity] { turnOpacity(-0.1); });
    make(
        {"opacityUp", tr("Layers more &opaque"), {}},
        {QKeySequence(Qt::Key_Equal)},
        {},
        [turnOpacity] { turnOpacity(0.1); });
    const auto toggle = [&](const Text& text,
                            const QList<QKeySequence>& keys,
                            const QString& icon,
                            bool (ViewSettings::*get)() const,
                            void (ViewSettings::*put)(bool)) {
        QAction* action =
            make(text, keys, icon, [&view, get, put] { (view.*put)(!(view.*get)()); });
        action->setCheckable(true);
        action->setChecked((view.*get)());
        connect(&view, &ViewSettings::layersChanged, action, [&view, action, get] {
            action->setChecked((view.*get)());
        });
    };
    toggle(
        {"swipe", tr("S&wipe label and prediction"), tr("A divider between label and prediction")},
        {shifted(Qt::Key_V)},
        QStringLiteral("swipe"),
        &ViewSettings::isSwiping,
        &ViewSettings::setSwiping);
    toggle(
        {"miniMap", tr("&Mini-map"), tr("A map of the image while it is zoomed")},
        {QKeySequence(Qt::Key_F9)},
        {},
        &ViewSettings::hasMiniMap,
        &ViewSettings::setMiniMapShown);
    toggle(
        {"scaleBar", tr("Scale &bar"), {}},
        {},
        {},
        &ViewSettings::hasScaleBar,
        &ViewSettings::setScaleBarShown);
    make(
        {"rotateRight", tr("&Rotate the view right"), {}},
        {controlled(Qt::Key_R)},
        QStringLiteral("rotate"),
        [&canvas] { canvas.rotate(1); });
    make(
        {"rotateLeft", tr("Rotate the view &left"), {}},
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R)},
        {},
        [&canvas] { canvas.rotate(-1); });
    make(
        {"flipHorizontal", tr("&Flip the view left to right"), {}},
        {controlled(Qt::Key_M)},
        QStringLiteral("flip"),
        [&canvas] { canvas.mirror(Qt::Horizontal); });
    make(
        {"flipVertical", tr("Flip the view &upside down"), {}},
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_M)},
        {},
        [&canvas] { canvas.mirror(Qt::Vertical); });
    make(
        {"upright", tr("View u&pright again"), {}},
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_0)},
        {},
        [&canvas] { canvas.setUpright(); });

    QAction* palette =
        add({"commandPalette", tr("&Command palette…"), tr("Find and run any command")},
            {controlled(Qt::Key_P)},
            QStringLiteral("search"));
    connect(palette, &QAction::triggered, this, [this] {
        auto* dialog = new CommandPalette(m_services.keys, &m_window);
        dialog->open();
    });
    QAction* keys =
        add({"editKeys", tr("&Keyboard shortcuts…"), {}}, {}, QStringLiteral("keyboard"));
    connect(keys, &QAction::triggered, this, [this] {
        auto* dialog = new KeyEditor(m_services.keys, &m_window);
        dialog->open();
    });
}

void ToolActions::nameWindowActions()
{
    const WindowActions& w = m_services.window;
    const QList<std::pair<QAction*, const char*>> names{
        {w.openFolder, "openFolder"},
        {w.openFiles, "openFiles"},
        {w.openSamples, "openSamples"},
        {w.save, "save"},
        {w.chooseLabelsFolder, "chooseLabelsFolder"},
        {w.quit, "quit"},
        {w.undo, "undo"},
        {w.redo, "redo"},
        {w.usePrediction, "acceptProposal"},
        {w.clearLabels, "clearLabels"},
        {w.search, "search"},
        {w.previous, "previous"},
        {w.next, "next"},
        {w.fit, "fit"},
        {w.fullSize, "fullSize"},
        {w.zoomIn, "zoomIn"},
        {w.zoomOut, "zoomOut"},
        {w.fourUp, "fourUp"},
        {w.imagePane, "imagePane"},
        {w.guidePane, "guidePane"},
        {w.predictionPane, "predictionPane"},
        {w.labelPane, "labelPane"},
        {w.toggleLabels, "toggleLabels"},
        {w.toggleOutline, "toggleOutline"},
        {w.lightTheme, "lightTheme"},
        {w.brush, "brush"},
        {w.eraser, "eraser"},
        {w.polygon, "polygon"},
        {w.fill, "fill"},
        {w.pan, "pan"},
        {w.growBrush, "growBrush"},
        {w.shrinkBrush, "shrinkBrush"},
        {w.predict, "predict"},
        {w.predictFolder, "predictFolder"},
        {w.chooseModel, "chooseModel"},
        {w.useDemoModel, "useDemoModel"},
        {w.restartWorker, "restartWorker"},
        {w.fineTune, "fineTune"},
        {w.stopTraining, "stopTraining"},
        {w.about, "about"}};
    for (const auto& [action, name] : names) {
        if (action->objectName().isEmpty()) {
            action->setObjectName(QLatin1String(name));
        }
    }
    for (qsizetype i = 0; i < w.classes.size(); ++i) {
        w.classes[i]->setObjectName(QStringLiteral("class%1").arg(i));
    }
}

QAction* ToolActions::named(const QString& name) const
{
    for (const KeyMap::Entry& entry : m_services.keys.entries()) {
        if (entry.id == name) {
            return entry.action;
        }
    }
    return nullptr;
}

void ToolActions::refresh()
{
    const QString noImage =
        m_services.dataset.current() == nullptr ? tr("Open an image first.") : QString();
    const QString noEdit = m_services.edit.reasonNoEdit();
    const QString noProposal = m_services.edit.reasonNoProposal();
    for (QAction* action : m_cleanUp) {
        setUsable(action, noEdit);
    }
    for (QAction* action : m_proposal) {
        setUsable(action, noProposal);
    }
    for (QAction* action : m_view) {
        setUsable(action, noImage);
    }
    for (QAction* action : m_regions) {
        const bool isPaste = action->objectName().startsWith(QLatin1String("paste"));
        const bool isEmpty = isPaste && !m_services.tools.clipboard();
        setUsable(
            action, noImage.isEmpty() && isEmpty ? tr("Copy an object first (Ctrl+C).") : noImage);
    }
    setUsable(tool(ToolState::Tool::AcceptBrush), noProposal);
    setUsable(m_interpolate, m_services.edit.reasonNoInterpolation());
    m_regions.last()->setChecked(
        m_services.tools.rules().lockedClasses.test(m_services.tools.labelClass()));
}

void ToolActions::fillStrip(QToolBar& strip) const
{
    using Tool = ToolState::Tool;
    const QList<QList<Tool>> groups{
        {Tool::Brush, Tool::Eraser, Tool::SmartBrush, Tool::Superpixels, Tool::Ignore},
        {Tool::Polygon, Tool::Lasso, Tool::Livewire},
        {Tool::Fill, Tool::Wand, Tool::Threshold, Tool::GrabCut, Tool::Prompt},
        {Tool::Split, Tool::Region, Tool::AcceptBrush},
        {Tool::Pick, Tool::Ruler, Tool::Pan}};
    for (const QList<Tool>& group : groups) {
        if (&group != &groups.first()) {
            strip.addSeparator();
        }
        for (const Tool one : group) {
            strip.addAction(tool(one));
        }
    }
}

void ToolActions::fillMenus(QMenuBar& bar) const
{
    const auto extend = [&bar](const char* name, const QList<QAction*>& actions) {
        if (auto* menu = bar.findChild<QMenu*>(QLatin1String(name))) {
            menu->addSeparator();
            menu->addActions(actions);
        }
    };
    extend("editMenu", m_proposal);
    extend(
        "editMenu", {named(QStringLiteral("commandPalette")), named(QStringLiteral("editKeys"))});
    extend("viewMenu", m_view);
    QList<QAction*> tools;
    for (QAction* action : m_tools) {
        if (action->parent() == this) {
            tools.append(action);
        }
    }
    extend("labelMenu", tools);
    extend("labelMenu", {named(QStringLiteral("experimentalTools"))});
    extend("labelMenu", m_regions);
    extend("labelMenu", m_cleanUp);
    extend("labelMenu", {m_interpolate});
}

} // namespace guidino::ui
