// SPDX-License-Identifier: Apache-2.0
// The window without eyes and without a mouse: names for screen readers, reasons in tool tips, and
// the tabulator key, screen by screen.
#include "tests/ui/workbench_fixture.h"
#include "ui/widgets/finetune_sheet.h"
#include "ui/widgets/project_ui.h"
#include "ui/widgets/review_desk.h"
#include "ui/widgets/tool_actions.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSet>
#include <QTextEdit>
#include <QToolButton>

#include <iterator>

using namespace guidino;
using namespace guidino::ui;

namespace {

const QString kStandIn = QStringLiteral(GUIDINO_BINARY_DIR "/tests/standin_guidino");

/// Something that a user operates, and no inner part of Qt's own.
bool isControl(const QWidget& widget)
{
    const QWidget* parent = widget.parentWidget();
    const bool isInner =
        widget.objectName().startsWith(QLatin1String("qt_"))
        || qobject_cast<const QComboBox*>(parent) != nullptr
        || qobject_cast<const QAbstractSpinBox*>(parent) != nullptr
        || (qobject_cast<const QAbstractItemView*>(parent) != nullptr
            && qobject_cast<const QAbstractButton*>(&widget) != nullptr)
        || (parent != nullptr && parent->inherits("QComboBoxPrivateContainer"))
        || (qobject_cast<const QLineEdit*>(parent) != nullptr) || widget.inherits("QHeaderView")
        || widget.inherits("QTabBar") || qobject_cast<const QScrollBar*>(&widget) != nullptr
        || widget.testAttribute(Qt::WA_TransparentForMouseEvents); // a picture in a button
    return !isInner
           && (qobject_cast<const QAbstractButton*>(&widget) != nullptr
               || qobject_cast<const QLineEdit*>(&widget) != nullptr
               || qobject_cast<const QComboBox*>(&widget) != nullptr
               || qobject_cast<const QAbstractSpinBox*>(&widget) != nullptr
               || qobject_cast<const QAbstractSlider*>(&widget) != nullptr
               || qobject_cast<const QAbstractItemView*>(&widget) != nullptr
               || qobject_cast<const QTextEdit*>(&widget) != nullptr
               || qobject_cast<const QPlainTextEdit*>(&widget) != nullptr
               || qobject_cast<const CanvasView*>(&widget) != nullptr);
}

QList<QWidget*> visibleControls()
{
    QList<QWidget*> controls;
    for (QWidget* top : QApplication::topLevelWidgets()) {
        if (!top->isVisible()) {
            continue;
        }
        for (QWidget* widget : top->findChildren<QWidget*>()) {
            if (widget->isVisible() && widget->window() == top && isControl(*widget)) {
                controls.append(widget);
            }
        }
    }
    return controls;
}

QString described(const QWidget& widget)
{
    QStringList way;
    for (const QWidget* one = &widget; one != nullptr; one = one->parentWidget()) {
        way.prepend(
            QString::fromLatin1(one->metaObject()->className()) + QLatin1Char(' ')
            + one->objectName());
    }
    const auto* button = qobject_cast<const QAbstractButton*>(&widget);
    return way.join(QStringLiteral(" > "))
           + (button != nullptr ? QStringLiteral(": ") + button->text() : QString());
}

QString nameOf(QWidget& widget)
{
    QAccessibleInterface* face = QAccessible::queryAccessibleInterface(&widget);
    return face != nullptr ? face->text(QAccessible::Name) : QString();
}

/// A page, sheet, dialog or dock, and what brings it up.
struct Screen
{
    const char* name;
    const char* action; ///< of the window; empty: as it is
};

constexpr Screen kScreens[] = {
    {"canvas", ""},
    {"mixer", "guideMixer"},
    {"what-if", "guideBrush"},
    {"jobs", "toggleJobs"},
    {"classes", "editClasses"},
    {"tags", "editTags"},
    {"backups", "showBackups"},
    {"portable copy", "exportCopy"},
    {"fine-tuning", "fineTune"},
    {"a folder to predict", "predictFolder"},
    {"weights", "weightsPage"},
    {"keys", "editKeys"},
    {"palette", "commandPalette"},
    {"about", "about"},
    {"manual", "manual"},
    {"export", "export"},
    {"audit", "auditTrail"},
    {"burned-in", "redact"},
    {"readers", "splitReaders"},
    {"comparison of readers", "compareReaders"},
    {"models", "showModels"},
    {"dashboard", "openDashboard"},
    {"review", "reviewDesk"},
    {"start page", "showStart"}};

QAction* actionNamed(Workbench& bench, const QString& name)
{
    for (QAction* action : bench.window.actions()) {
        if (action->objectName() == name) {
            return action;
        }
    }
    return nullptr;
}

/// A window with a project, a prediction, and labels of some images.
struct Desk
{
    Desk()
        : folder(6, 4)
        , bench(home.path(), kStandIn)
    {
        bench.open(folder.path());
        bench.prediction.setModel(QStringLiteral("/models/demo"));
        [&] { QTRY_COMPARE(bench.prediction.state(), PredictionController::State::Ready); }();
        bench.key(Qt::Key_R);
        [&] { QTRY_VERIFY(bench.shown().prediction() != nullptr); }();
    }

    void bringUp(const Screen& screen)
    {
        if (*screen.action != '\0') {
            QAction* action = actionNamed(bench, QLatin1String(screen.action));
            QVERIFY2(action != nullptr, screen.action);
            QVERIFY2(action->isEnabled(), screen.action);
            action->trigger();
        }
        QTest::qWait(250); // sheets slide in
    }

    const QTemporaryDir home;
    const SyntheticFolder folder;
    Workbench bench;
};

} // namespace

class TestAccessible : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyScreenIsForAll_data();
    void everyScreenIsForAll();
    void actionsSayWhyFromTheStart();
    void theTabulatorGoesRound();
    void theListIsWalkedByArrows();
};

void TestAccessible::everyScreenIsForAll_data()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < std::size(kScreens); ++i) {
        QTest::newRow(kScreens[i].name) << static_cast<int>(i);
    }
}

void TestAccessible::everyScreenIsForAll()
{
    QFETCH(int, index);
    Desk desk;
    desk.bringUp(kScreens[index]);
    const QList<QWidget*> controls = visibleControls();
    QVERIFY(controls.size() > 3);
    QSet<const QAction*> actions;
    for (const QAction* action : desk.bench.window.actions()) {
        actions.insert(action);
    }
    QStringList problems;
    for (QWidget* control : controls) {
        const QString who = described(*control);
        if (nameOf(*control).trimmed().isEmpty()) {
            problems << QStringLiteral("no name: ") + who;
        }
        const auto* button = qobject_cast<QAbstractButton*>(control);
        if (!control->isEnabled()) {
            QString plain = button != nullptr ? button->text() : QString();
            plain.remove(QLatin1Char('&'));
            const bool isOfDisabled = !control->parentWidget()->isEnabled();
            if (button != nullptr && !isOfDisabled
                && (button->toolTip().isEmpty() || button->toolTip() == plain)) {
                problems << QStringLiteral("does not say why not: ") + who;
            }
            continue;
        }
        // What is in a menu or has a key needs no tabulator.
        const auto* tool = qobject_cast<QToolButton*>(control);
        const bool isAction = tool != nullptr && actions.contains(tool->defaultAction());
        static const QRegularExpression key(QStringLiteral("\\([^()]+\\)\\s*$"));
        const bool saysItsKey =
            button != nullptr
            && (key.match(button->text()).hasMatch() || key.match(button->toolTip()).hasMatch());
        const bool isByArrows = button != nullptr && button->autoExclusive(); // from the chosen one
        if ((control->focusPolicy() & Qt::TabFocus) == 0 && !isAction && !saysItsKey
            && !isByArrows) {
            problems << QStringLiteral("not reached by keys: ") + who;
        }
    }
    QVERIFY2(problems.isEmpty(), qPrintable(problems.join(QLatin1Char('\n'))));
}

void TestAccessible::actionsSayWhyFromTheStart()
{
    const QTemporaryDir home;
    const SyntheticFolder folder(2, 0);
    Workbench bench(home.path());
    const auto check = [&bench](const char* when) {
        for (const QAction* action : bench.window.actions()) {
            if (action->isEnabled() || !action->isVisible()) {
                continue;
            }
            // What can be undone stands in the text itself.
            const QString name = action->objectName();
            if (name == QLatin1String("undo") || name == QLatin1String("redo")) {
                continue;
            }
            QString plain = action->text();
            plain.remove(QLatin1Char('&')).remove(QStringLiteral("…"));
            QString tip = action->toolTip();
            tip.remove(
                QStringLiteral(" (") + action->shortcut().toString(QKeySequence::NativeText)
                + QLatin1Char(')'));
            QVERIFY2(
                !tip.isEmpty() && tip != plain,
                qPrintable(QString::fromLatin1(when) + QStringLiteral(": ") + name));
        }
    };
    check("without a project");
    bench.open(folder.path());
    check("without a model");
}

void TestAccessible::theTabulatorGoesRound()
{
    Desk desk;
    QSet<QWidget*> seen;
    desk.bench.pane(PaneRole::Label).setFocus();
    QWidget* first = QApplication::focusWidget();
    QVERIFY(first != nullptr);
    for (int i = 0; i < 400; ++i) {
        QWidget* focus = QApplication::focusWidget();
        QVERIFY(focus != nullptr && focus->isVisible());
        if (seen.contains(focus)) {
            break; // no trap: it came round
        }
        seen.insert(focus);
        desk.bench.key(Qt::Key_Tab);
    }
    QCOMPARE(QApplication::focusWidget(), first);
    int missed = 0;
    for (QWidget* control : visibleControls()) {
        const bool wantsTab = (control->focusPolicy() & Qt::TabFocus) == Qt::TabFocus
                              && control->isEnabled() && control->window() == &desk.bench.window;
        // One button of a group stands for all: arrows go on from it.
        const auto* button = qobject_cast<QAbstractButton*>(control);
        const bool isInGroup = button != nullptr && button->group() != nullptr;
        const bool isPane =
            qobject_cast<CanvasView*>(control) != nullptr; // one of four stands for all
        if (wantsTab && !isInGroup && !isPane && !seen.contains(control)) {
            ++missed;
            qInfo("missed: %s", qPrintable(described(*control)));
        }
    }
    QCOMPARE(missed, 0);
}

void TestAccessible::theListIsWalkedByArrows()
{
    Desk desk;
    auto* list = desk.bench.window.findChild<QAbstractItemView*>(QStringLiteral("imageList"));
    QVERIFY(list != nullptr);
    list->setFocus();
    const ImageId first = desk.bench.shown().id();
    desk.bench.key(Qt::Key_Down);
    desk.bench.key(Qt::Key_Return);
    QTRY_VERIFY(desk.bench.dataset.current() != nullptr && !(desk.bench.shown().id() == first));
    const QString said = list->model()->index(1, 0).data(Qt::AccessibleTextRole).toString();
    QVERIFY2(said.contains(QStringLiteral("labelled")), qPrintable(said));
}

QTEST_MAIN(TestAccessible)
#include "tst_accessible.moc"
