// SPDX-License-Identifier: Apache-2.0
// Every tool in the real window, by events of the window system, against pixels.
#include "core/editing/brush_stroke.h"
#include "core/editing/fill.h"
#include "tests/ui/workbench_fixture.h"
#include "ui/canvas/tools/tool_factory.h"
#include "ui/model/prediction.h"
#include "ui/widgets/tool_actions.h"

#include <QPointingDevice>
#include <QTabletEvent>

#include <cmath>
#include <functional>
#include <memory>

using namespace guidino;
using namespace guidino::ui;

namespace {

constexpr PaneRole kLabel = PaneRole::Label;

QString freshHome()
{
    static int count = 0;
    static const QTemporaryDir base;
    const QString home = base.filePath(QString::number(++count));
    QDir().mkpath(home);
    return home;
}

/// The dark disc of SyntheticFolder's first image.
bool isDisc(int x, int y)
{
    const double dx = (x + 0.5 - 70) / 30;
    const double dy = (y + 0.5 - 55) / 25;
    return dx * dx + dy * dy <= 1;
}

double diceOf(const LabelMap& labels, std::uint8_t value, const std::function<bool(int, int)>& is)
{
    double both = 0;
    double sum = 0;
    for (int y = 0; y < labels.size().height; ++y) {
        for (int x = 0; x < labels.size().width; ++x) {
            const bool found = labels.at(x, y) == value;
            both += found && is(x, y) ? 1 : 0;
            sum += (found ? 1 : 0) + (is(x, y) ? 1 : 0);
        }
    }
    return sum > 0 ? 2 * both / sum : 1;
}

int countOf(const LabelMap& labels, int value)
{
    const Raster8 raster = labels.toRaster();
    return static_cast<int>(std::count(raster.pixels().begin(), raster.pixels().end(), value));
}

LabelMap discMap(int dx = 0, std::uint8_t value = 1)
{
    Raster8 raster(200, 150);
    for (int y = 0; y < 150; ++y) {
        for (int x = 0; x < 200; ++x) {
            raster.at(x, y) = isDisc(x - dx, y) ? value : std::uint8_t{0};
        }
    }
    return LabelMap::fromRaster(raster);
}

std::shared_ptr<const Prediction> predictionOf(const LabelMap& labels)
{
    auto prediction = std::make_shared<Prediction>();
    prediction->labels = labels;
    auto probability = std::make_shared<Raster16>(labels.size().width, labels.size().height);
    for (int y = 0; y < labels.size().height; ++y) {
        for (int x = 0; x < labels.size().width; ++x) {
            probability->at(x, y) = labels.at(x, y) != 0 ? 60000 : 5000;
        }
    }
    prediction->probability = probability;
    RasterF guide(8, 6);
    for (int y = 0; y < 6; ++y) {
        for (int x = 0; x < 8; ++x) {
            guide.at(x, y) = labels.at(x * 25 + 12, y * 25 + 12) != 0 ? 0.8F : 0.3F;
        }
    }
    prediction->guide = std::make_shared<GuideMap>(std::move(guide));
    return prediction;
}

/// The window with one image without labels.
struct Bench
{
    explicit Bench(int images = 1, int masks = 0)
        : folder(images, masks)
        , bench(freshHome())
    {
        bench.open(folder.path());
    }

    [[nodiscard]] QPoint at(int x, int y) { return bench.viewOf(kLabel, x, y); }

    void click(int x, int y, Qt::MouseButton button = Qt::LeftButton, Qt::KeyboardModifiers m = {})
    {
        bench.drag(kLabel, {at(x, y)}, button, m);
    }

    /// Moves the pointer there; whether the pane knows it already (a busy machine needs a moment).
    [[nodiscard]] bool isPointedAt(int x, int y)
    {
        QTest::mouseMove(
            bench.window.windowHandle(), bench.pane(kLabel).mapTo(&bench.window, at(x, y)));
        const auto pointed = bench.pane(kLabel).pointedAt();
        return pointed && std::hypot(pointed->x - x, pointed->y - y) < 2;
    }

    [[nodiscard]] const LabelMap& labels() { return bench.shown().labels(); }

    void trigger(const char* name)
    {
        bench.window.toolActions().named(QLatin1String(name))->trigger();
    }

    SyntheticFolder folder;
    Workbench bench;
};

} // namespace

class TestTools : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keysChooseEachTool();
    void wandTakesTheDiscAndDraggingSetsItsTolerance();
    void grabCutAndThresholdWorkInABox();
    void promptsAreTakenByReturnAndDroppedByEscape();
    void livewireFollowsTheRim();
    void lassoIsItsPolygon();
    void smartBrushAndSuperpixelsStayOnTheDisc();
    void brushFillsHolesIgnoresAndChangesSize();
    void lockedClassesStayWhateverTheTool();
    void penPressureAndEraserEnd();
    void polygonCornersMoveBeforeReturn();
    void anObjectBecomesAnOutlineAndBack();
    void objectsMoveCopyAndTravelToAnotherImage();
    void splitCutsByLineAndByClick();
    void thresholdsTakeExactlyTheirRange();
    void aWandsDragReachesAsFarAsItsTolerance();
    void whatMayBePaintedOverIsRespected();
    void cleanUpActsOnTheClassInHand();
    void theLargestPartIsKept();
    void shapesAreInterpolatedBetweenImages();
    void proposalsAreTakenInParts();
    void pickTakesTheClassAndGivesTheToolBack();
    void escapeDropsWhatIsBegun();
};

void TestTools::keysChooseEachTool()
{
    Bench b;
    ToolActions& actions = b.bench.window.toolActions();
    // What lost to the brush is off, its key too, until it is wanted.
    b.bench.key(Qt::Key_T);
    QCOMPARE(b.bench.tools.tool(), ToolState::Tool::Brush);
    QVERIFY(!actions.tool(ToolState::Tool::Prompt)->isVisible());
    QVERIFY(actions.tool(ToolState::Tool::SmartBrush)->isVisible());
    actions.named(QStringLiteral("experimentalTools"))->trigger();
    QVERIFY(actions.tool(ToolState::Tool::Prompt)->isVisible());
    for (int i = 0; i < ToolState::kToolCount; ++i) {
        const auto tool = static_cast<ToolState::Tool>(i);
        QAction* action = actions.tool(tool);
        QVERIFY2(action != nullptr, qPrintable(QString::number(i)));
        QVERIFY(!action->icon().isNull());
        QVERIFY(!action->shortcut().isEmpty());
        QVERIFY(!action->toolTip().isEmpty());
        QCOMPARE(makeTool(tool) == nullptr, tool == ToolState::Tool::Pan);
        if (tool == ToolState::Tool::AcceptBrush) {
            QVERIFY(!action->isEnabled()); // no prediction, and the tip says so
            QVERIFY(action->toolTip().contains(QStringLiteral("Run the model")));
            continue;
        }
        const QKeyCombination key = action->shortcut()[0];
        b.bench.key(key.key(), key.keyboardModifiers());
        QCOMPARE(b.bench.tools.tool(), tool);
        QVERIFY(action->isChecked());
    }
}

void TestTools::wandTakesTheDiscAndDraggingSetsItsTolerance()
{
    Bench b;
    b.bench.tools.setTool(ToolState::Tool::Wand);
    b.click(70, 55);
    QVERIFY(diceOf(b.labels(), 1, isDisc) > 0.9); // pixels of the rim have mixed colours
    QCOMPARE(b.bench.shown().undoStack().count(), 1);
    QVERIFY(b.bench.shown().undoStack().undoText().contains(QStringLiteral("Wand")));
    QVERIFY(b.bench.shown().undoStack().undoText().endsWith(QStringLiteral("(#1)")));
    b.click(70, 55, Qt::RightButton); // takes away again
    QCOMPARE(countOf(b.labels(), 1), 0);
    const double before = b.bench.tools.tolerance();
    b.bench.drag(kLabel, {b.at(70, 55), b.at(90, 55), b.at(150, 55)});
    QVERIFY(b.bench.tools.tolerance() > 2 * before);
}

void TestTools::grabCutAndThresholdWorkInABox()
{
    Bench b;
    b.bench.tools.setTool(ToolState::Tool::GrabCut);
    b.bench.drag(kLabel, {b.at(25, 15), b.at(60, 60), b.at(115, 95)});
    QVERIFY(diceOf(b.labels(), 1, isDisc) > 0.95);
    b.bench.key(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(countOf(b.labels(), 1), 0);
    b.bench.tools.setTool(ToolState::Tool::Threshold);
    b.bench.drag(kLabel, {b.at(25, 15), b.at(60, 60), b.at(115, 95)});
    QVERIFY(diceOf(b.labels(), 1, isDisc) > 0.97);
    QVERIFY(b.bench.tools.thresholdHigh() > 40 && b.bench.tools.thresholdHigh() < 175);
}

void TestTools::promptsAreTakenByReturnAndDroppedByEscape()
{
    Bench b;
    b.bench.tools.setTool(ToolState::Tool::Prompt);
    b.click(70, 55);
    QCOMPARE(countOf(b.labels(), 1), 0); // only proposed yet
    b.bench.key(Qt::Key_Escape);
    b.bench.key(Qt::Key_Return);
    QCOMPARE(countOf(b.labels(), 1), 0);
    b.click(70, 55);
    b.bench.key(Qt::Key_Return);
    QVERIFY(diceOf(b.labels(), 1, isDisc) > 0.9);
    b.click(70, 55, Qt::RightButton); // alone: what it means goes
    b.bench.key(Qt::Key_Return);
    QVERIFY(countOf(b.labels(), 1) < 100);
    b.bench.drag(kLabel, {b.at(25, 15), b.at(115, 95)});
    b.bench.key(Qt::Key_Return);
    QVERIFY(diceOf(b.labels(), 1, isDisc) > 0.9);
}

void TestTools::livewireFollowsTheRim()
{
    Bench b;
    b.bench.tools.setTool(ToolState::Tool::Livewire);
    for (const QPoint& p : {QPoint(100, 55), QPoint(70, 80), QPoint(40, 55), QPoint(70, 30)}) {
        b.click(p.x(), p.y());
    }
    QCOMPARE(countOf(b.labels(), 1), 0);
    b.bench.key(Qt::Key_Return);
    QVERIFY2(
        diceOf(b.labels(), 1, isDisc) > 0.95,
        qPrintable(QString::number(diceOf(b.labels(), 1, isDisc))));
    QCOMPARE(b.bench.shown().undoStack().count(), 1);
}

void TestTools::lassoIsItsPolygon()
{
    Bench b;
    b.bench.tools.setTool(ToolState::Tool::Lasso);
    QList<QPoint> way;
    for (int i = 0; i < 40; ++i) {
        const double angle = i * M_PI / 20;
        way << b.at(
            static_cast<int>(100 + 60 * std::cos(angle)),
            static_cast<int>(75 + 45 * std::sin(angle)));
    }
    b.bench.drag(kLabel, way);
    std::vector<PointF> corners;
    for (const QPoint& point : way) {
        corners.push_back(b.bench.imageOf(kLabel, point));
    }
    LabelMap expected({200, 150});
    editing::LabelEdit edit(expected);
    editing::fillPolygon(edit, corners, 1);
    QVERIFY(edit.commit().has_value());
    QVERIFY(b.labels() == expected);
}

void TestTools::smartBrushAndSuperpixelsStayOnTheDisc()
{
    for (const auto tool : {ToolState::Tool::SmartBrush, ToolState::Tool::Superpixels}) {
        Bench b;
        b.bench.tools.setTool(tool);
        b.bench.tools.setRadiusPx(14);
        QList<QPoint> way;
        for (int i = 0; i <= 32; ++i) {
            const double angle = i * M_PI / 16;
            way << b.at(
                static_cast<int>(70 + 20 * std::cos(angle)),
                static_cast<int>(55 + 16 * std::sin(angle)));
        }
        b.bench.drag(kLabel, way);
        int outside = 0;
        for (int y = 0; y < 150; ++y) {
            for (int x = 0; x < 200; ++x) {
                outside += b.labels().at(x, y) == 1 && !isDisc(x, y) ? 1 : 0;
            }
        }
        QVERIFY2(
            countOf(b.labels(), 1) > 1200, qPrintable(QString::number(countOf(b.labels(), 1))));
        // Less than a pixel along the rim of 173 pixels.
        QVERIFY2(outside < 120, qPrintable(QString::number(outside)));
        QCOMPARE(b.bench.shown().undoStack().count(), 1);
    }
}

void TestTools::brushFillsHolesIgnoresAndChangesSize()
{
    Bench b;
    b.bench.tools.setRadiusPx(4);
    // F in the middle of a stroke fills the ring that it made.
    QWindow* handle = b.bench.window.windowHandle();
    const auto inWindow = [&](int x, int y) {
        return b.bench.pane(kLabel).mapTo(&b.bench.window, b.at(x, y));
    };
    QTest::mousePress(handle, Qt::LeftButton, {}, inWindow(140, 75));
    for (int i = 1; i <= 40; ++i) {
        const double angle = i * M_PI / 20;
        QTest::mouseMove(
            handle,
            inWindow(
                static_cast<int>(100 + 40 * std::cos(angle)),
                static_cast<int>(75 + 40 * std::sin(angle))));
    }
    QCOMPARE(int{b.labels().at(100, 75)}, 0);
    b.bench.key(Qt::Key_F);
    QCOMPARE(b.bench.tools.tool(), ToolState::Tool::Brush); // not the fill tool
    QTest::mouseRelease(handle, Qt::LeftButton, {}, inWindow(140, 75));
    QCOMPARE(int{b.labels().at(100, 75)}, 1);
    QCOMPARE(b.bench.shown().undoStack().count(), 1);
    b.bench.key(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(countOf(b.labels(), 1), 0);

    b.bench.tools.setTool(ToolState::Tool::Ignore);
    b.click(50, 50);
    QCOMPARE(int{b.labels().at(50, 50)}, int{kIgnoreLabel});

    b.bench.tools.setTool(ToolState::Tool::Brush);
    const int steps = b.bench.shown().undoStack().count();
    const QPoint start = b.at(60, 60);
    b.bench.drag(
        kLabel,
        {start, start + QPoint(60, 0), start + QPoint(120, 0)},
        Qt::LeftButton,
        Qt::AltModifier);
    QVERIFY(std::abs(b.bench.tools.radiusPx() - 8) < 0.01); // 120 pixels double it
    QCOMPARE(b.bench.shown().undoStack().count(), steps);

    b.bench.tools.setZoomScaled(true);
    const double scale = b.bench.window.canvas().transform().scale();
    b.click(150, 100);
    const PointF centre = b.bench.imageOf(kLabel, b.at(150, 100));
    const double radius = 8 / scale;
    for (int y = 80; y < 120; ++y) {
        for (int x = 130; x < 170; ++x) {
            const bool isIn = std::hypot(x + 0.5 - centre.x, y + 0.5 - centre.y) <= radius;
            QCOMPARE(b.labels().at(x, y) == 1, isIn);
        }
    }
}

void TestTools::lockedClassesStayWhateverTheTool()
{
    Bench b;
    b.bench.shown().resetLabels(discMap());
    b.bench.key(Qt::Key_L, Qt::ControlModifier);
    QVERIFY(b.bench.tools.rules().lockedClasses.test(1));
    const LabelMap before = b.labels();
    b.bench.shown().setPrediction(predictionOf(discMap(30, 2)));
    for (int i = 0; i < ToolState::kToolCount; ++i) {
        b.bench.tools.setTool(static_cast<ToolState::Tool>(i));
        b.click(70, 55, Qt::RightButton);
        b.bench.drag(kLabel, {b.at(50, 40), b.at(90, 70)}, Qt::RightButton);
        b.bench.key(Qt::Key_Escape);
        b.bench.tools.setTool(ToolState::Tool::Brush);
    }
    for (const char* action : {"fillHoles", "keepLargest", "shrink", "smooth", "acceptClass"}) {
        b.trigger(action);
    }
    b.bench.shown().usePrediction(b.bench.tools.rules());
    for (int y = 0; y < 150; ++y) {
        for (int x = 0; x < 200; ++x) {
            if (before.at(x, y) == 1) {
                QCOMPARE(int{b.labels().at(x, y)}, 1);
            }
        }
    }
    QCOMPARE(countOf(b.labels(), 1), countOf(before, 1));
    QVERIFY(countOf(b.labels(), 2) > 100); // what is not locked was taken
}

void TestTools::penPressureAndEraserEnd()
{
    Bench b;
    b.bench.tools.setRadiusPx(20);
    const QPointingDevice pen(
        QStringLiteral("pen"),
        1,
        QInputDevice::DeviceType::Stylus,
        QPointingDevice::PointerType::Pen,
        QInputDevice::Capability::Position | QInputDevice::Capability::Pressure,
        1,
        3);
    const QPointingDevice eraser(
        QStringLiteral("eraser"),
        2,
        QInputDevice::DeviceType::Stylus,
        QPointingDevice::PointerType::Eraser,
        QInputDevice::Capability::Position | QInputDevice::Capability::Pressure,
        1,
        3);
    const auto send =
        [&](const QPointingDevice& device, QEvent::Type type, QPoint at, double pressure) {
            const QPointF global = b.bench.pane(kLabel).mapToGlobal(QPointF(at));
            QTabletEvent event(
                type,
                &device,
                at,
                global,
                pressure,
                0,
                0,
                0,
                0,
                0,
                {},
                type == QEvent::TabletMove ? Qt::NoButton : Qt::LeftButton,
                type == QEvent::TabletRelease ? Qt::NoButton : Qt::LeftButton);
            QApplication::sendEvent(&b.bench.pane(kLabel), &event);
            return event.isAccepted();
        };
    const auto dab = [&](const QPointingDevice& device, int x, int y, double pressure) {
        QVERIFY(send(device, QEvent::TabletPress, b.at(x, y), pressure));
        QVERIFY(send(device, QEvent::TabletRelease, b.at(x, y), 0));
    };
    dab(pen, 60, 75, 1.0);
    const int full = countOf(b.labels(), 1);
    QVERIFY(std::abs(full - M_PI * 400) < 40);
    dab(pen, 140, 75, 0.5);
    const int half = countOf(b.labels(), 1) - full;
    QVERIFY(std::abs(half - M_PI * 144) < 30); // 20 · (0.2 + 0.8 / 2)
    dab(eraser, 60, 75, 1.0);
    QCOMPARE(countOf(b.labels(), 1), half);
    QCOMPARE(b.bench.shown().undoStack().count(), 3);
    b.bench.tools.setPressureUsed(false);
    dab(pen, 60, 75, 0.3);
    QVERIFY(std::abs(countOf(b.labels(), 1) - half - full) < 40);
}

void TestTools::polygonCornersMoveBeforeReturn()
{
    Bench b;
    b.bench.tools.setTool(ToolState::Tool::Polygon);
    b.click(50, 30);
    b.click(150, 30);
    b.click(150, 120);
    b.click(60, 60);
    b.bench.drag(kLabel, {b.at(60, 60), b.at(55, 90), b.at(50, 120)}); // the last corner
    b.bench.key(Qt::Key_Return);
    std::vector<PointF> corners;
    for (const QPoint& p : {QPoint(50, 30), QPoint(150, 30), QPoint(150, 120), QPoint(50, 120)}) {
        corners.push_back(b.bench.imageOf(kLabel, b.at(p.x(), p.y())));
    }
    LabelMap expected({200, 150});
    editing::LabelEdit edit(expected);
    editing::fillPolygon(edit, corners, 1);
    QVERIFY(edit.commit().has_value());
    QVERIFY(b.labels() == expected);
    b.bench.key(Qt::Key_Z, Qt::ControlModifier);
    // Smooth: rounder and larger than the quadrilateral.
    b.bench.tools.setPolygonSmooth(true);
    for (const QPoint& p : {QPoint(50, 30), QPoint(150, 30), QPoint(150, 120), QPoint(50, 120)}) {
        b.click(p.x(), p.y());
    }
    b.bench.key(Qt::Key_Return);
    QVERIFY(countOf(b.labels(), 1) > countOf(expected, 1) + 500);
}

void TestTools::anObjectBecomesAnOutlineAndBack()
{
    Bench b;
    Raster8 ring = discMap().toRaster();
    for (int y = 50; y < 60; ++y) {
        for (int x = 65; x < 75; ++x) {
            ring.at(x, y) = 0;
        }
    }
    b.bench.shown().resetLabels(LabelMap::fromRaster(ring));
    const LabelMap before = b.labels();
    QTRY_VERIFY(b.isPointedAt(50, 55));
    b.trigger("editContour");
    QCOMPARE(b.bench.tools.tool(), ToolState::Tool::Polygon);
    b.bench.key(Qt::Key_Return);
    QVERIFY(diceOf(b.labels(), 1, [&](int x, int y) { return before.at(x, y) == 1; }) > 0.97);
    QCOMPARE(int{b.labels().at(70, 55)}, 0); // the hole is a hole still
    QVERIFY(b.bench.shown().undoStack().undoText().contains(QStringLiteral("contour")));
}

void TestTools::objectsMoveCopyAndTravelToAnotherImage()
{
    Bench b(2, 0);
    b.bench.shown().resetLabels(discMap());
    b.bench.tools.setTool(ToolState::Tool::Region);
    const int area = countOf(b.labels(), 1);
    b.bench.drag(kLabel, {b.at(70, 55), b.at(90, 60), b.at(130, 75)});
    QCOMPARE(countOf(b.labels(), 1), area);
    QVERIFY(diceOf(b.labels(), 1, [](int x, int y) { return isDisc(x - 60, y - 20); }) > 0.97);
    b.bench.drag(
        kLabel, {b.at(130, 75), b.at(80, 60), b.at(50, 50)}, Qt::LeftButton, Qt::ControlModifier);
    QVERIFY(countOf(b.labels(), 1) > 3 * area / 2); // two of them
    b.bench.key(Qt::Key_Delete);
    QVERIFY(std::abs(countOf(b.labels(), 1) - area) < area / 5);
    // Ctrl+C, next image, Ctrl+V.
    QTRY_VERIFY(b.isPointedAt(130, 75));
    b.bench.key(Qt::Key_C, Qt::ControlModifier);
    const LabelMap first = b.labels();
    b.bench.dataset.showNext();
    QTRY_VERIFY(b.bench.shown().image() != nullptr);
    QTRY_COMPARE(countOf(b.labels(), 1), 0);
    b.bench.key(Qt::Key_V, Qt::ControlModifier);
    QVERIFY(countOf(b.labels(), 1) > 0);
    for (int y = 0; y < 150; ++y) {
        for (int x = 0; x < 200; ++x) {
            if (b.labels().at(x, y) != 0) {
                QCOMPARE(int{first.at(x, y)}, 1);
            }
        }
    }
}

void TestTools::splitCutsByLineAndByClick()
{
    Bench b;
    Raster8 two(200, 150);
    for (int y = 0; y < 150; ++y) {
        for (int x = 0; x < 200; ++x) {
            two.at(x, y) =
                std::hypot(x - 70, y - 75) < 30 || std::hypot(x - 118, y - 75) < 28 ? 1 : 0;
        }
    }
    b.bench.tools.setTool(ToolState::Tool::Split);
    for (const bool isLine : {false, true}) {
        b.bench.shown().resetLabels(LabelMap::fromRaster(two));
        if (isLine) {
            b.bench.drag(kLabel, {b.at(70, 30), b.at(70, 75), b.at(70, 120)});
        } else {
            b.click(70, 75);
        }
        const editing::Region left = editing::regionAt(b.labels(), {50, 75});
        QVERIFY(left.area() > 1000);
        QVERIFY(!left.contains(125, 75));
    }
}

void TestTools::thresholdsTakeExactlyTheirRange()
{
    Bench b;
    b.bench.tools.setTool(ToolState::Tool::Threshold);
    b.bench.tools.setThresholdAuto(false);
    const Raster8& pixels = b.bench.shown().image()->level(0);
    const auto isDark = [&](int x, int y) { return pixels.at(x, y) < 100; };
    for (const bool isLow : {true, false}) {
        b.bench.tools.setThreshold(isLow ? 0 : 101, isLow ? 100 : 255);
        b.bench.drag(kLabel, {b.at(20, 10), b.at(60, 60), b.at(120, 100)});
        for (int y = 0; y < 150; ++y) {
            for (int x = 0; x < 200; ++x) {
                if (x > 21 && x < 118 && y > 11 && y < 98) { // surely inside the box
                    QCOMPARE(b.labels().at(x, y) == 1, isDark(x, y) == isLow);
                } else if (x < 18 || x > 122 || y < 8 || y > 102) { // surely outside
                    QCOMPARE(int{b.labels().at(x, y)}, 0);
                }
            }
        }
        b.bench.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(countOf(b.labels(), 1), 0);
    }
}

void TestTools::aWandsDragReachesAsFarAsItsTolerance()
{
    Bench b;
    b.bench.key(Qt::Key_F8); // the label alone: room to drag
    QTest::qWait(50);
    b.bench.tools.setTool(ToolState::Tool::Wand);
    const QPoint from = b.at(20, 140);
    const QPoint to = from + QPoint(300, -300);
    QWindow* handle = b.bench.window.windowHandle();
    const auto inWindow = [&](QPoint at) {
        return b.bench.pane(kLabel).mapTo(&b.bench.window, at);
    };
    // Escape in the middle of it leaves nothing.
    QTest::mousePress(handle, Qt::LeftButton, {}, inWindow(from));
    QTest::mouseMove(handle, inWindow(to));
    b.bench.key(Qt::Key_Escape);
    QTest::mouseRelease(handle, Qt::LeftButton, {}, inWindow(to));
    QCOMPARE(countOf(b.labels(), 1), 0);
    // Back to where one began is the tolerance of before: the ground without the disc.
    b.bench.tools.setTolerance(16);
    b.bench.drag(kLabel, {from, to, from + QPoint(4, 0)});
    QVERIFY(b.bench.tools.tolerance() < 20);
    QCOMPARE(int{b.labels().at(70, 55)}, 0);
    QCOMPARE(int{b.labels().at(199, 0)}, 1);
    QVERIFY(countOf(b.labels(), 1) < 200 * 150 - 2000);
    b.bench.key(Qt::Key_Z, Qt::ControlModifier);
    b.bench.tools.setTolerance(16);
    b.bench.drag(kLabel, {from, from + QPoint(100, -100), to});
    QCOMPARE(b.bench.tools.tolerance(), 255.0);
    QCOMPARE(countOf(b.labels(), 1), 200 * 150); // all colours are like each other
    b.bench.key(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(countOf(b.labels(), 1), 0);
}

void TestTools::whatMayBePaintedOverIsRespected()
{
    Bench b;
    b.bench.tools.setLabelClass(2);
    b.bench.tools.setRadiusPx(10);
    const LabelMap before = discMap();
    for (const auto mode :
         {editing::PaintOver::Everything,
          editing::PaintOver::Background,
          editing::PaintOver::Labelled}) {
        b.bench.shown().resetLabels(before);
        b.bench.tools.setPaintOver(mode);
        b.bench.drag(kLabel, {b.at(20, 55), b.at(120, 55)}); // across the disc
        int onDisc = 0;
        int beside = 0;
        for (int y = 0; y < 150; ++y) {
            for (int x = 0; x < 200; ++x) {
                if (b.labels().at(x, y) == 2) {
                    (before.at(x, y) == 1 ? onDisc : beside) += 1;
                }
            }
        }
        QCOMPARE(onDisc > 0, mode != editing::PaintOver::Background);
        QCOMPARE(beside > 0, mode != editing::PaintOver::Labelled);
    }
}

void TestTools::cleanUpActsOnTheClassInHand()
{
    Bench b;
    Raster8 raster = discMap().toRaster();
    raster.at(70, 55) = 0;
    raster.at(150, 100) = 1;
    for (int y = 18; y < 31; ++y) {
        raster.at(70, y) = 1; // a spike
    }
    b.bench.shown().resetLabels(LabelMap::fromRaster(raster));
    b.bench.key(Qt::Key_F, Qt::ShiftModifier);
    QCOMPARE(int{b.labels().at(70, 55)}, 1);
    b.bench.key(Qt::Key_X, Qt::ShiftModifier);
    QCOMPARE(int{b.labels().at(150, 100)}, 0);
    const int area = countOf(b.labels(), 1);
    b.bench.key(Qt::Key_BracketRight, Qt::ControlModifier);
    QVERIFY(countOf(b.labels(), 1) > area + 200);
    b.bench.key(Qt::Key_BracketLeft, Qt::ControlModifier);
    QVERIFY(std::abs(countOf(b.labels(), 1) - area) < 60);
    b.bench.key(Qt::Key_S, Qt::ShiftModifier);
    QVERIFY(b.bench.shown().undoStack().undoText().contains(QStringLiteral("Smooth")));
    QVERIFY(b.bench.shown().undoStack().undoText().endsWith(QStringLiteral("(#5)")));
    // The history goes to any step.
    b.bench.shown().undoStack().setIndex(0);
    QVERIFY(b.labels() == LabelMap::fromRaster(raster));
    b.bench.key(Qt::Key_0); // the background has nothing to clean up, and the tip says so
    QAction* grow = b.bench.window.toolActions().named(QStringLiteral("grow"));
    QVERIFY(!grow->isEnabled());
    QVERIFY(grow->toolTip().contains(QStringLiteral("Choose a class")));
    b.bench.key(Qt::Key_X);
    QCOMPARE(int{b.bench.tools.labelClass()}, 1);
    QVERIFY(grow->isEnabled());
    QVERIFY(!grow->toolTip().contains(QStringLiteral("Choose a class")));
}

void TestTools::theLargestPartIsKept()
{
    Bench b;
    Raster8 raster = discMap().toRaster();
    for (int y = 110; y < 140; ++y) {
        for (int x = 150; x < 180; ++x) {
            raster.at(x, y) = x < 165 ? std::uint8_t{1} : std::uint8_t{2};
        }
    }
    b.bench.shown().resetLabels(LabelMap::fromRaster(raster));
    b.bench.key(Qt::Key_K, Qt::ShiftModifier);
    for (int y = 110; y < 140; ++y) {
        for (int x = 150; x < 180; ++x) {
            raster.at(x, y) = x < 165 ? std::uint8_t{0} : std::uint8_t{2}; // other classes stay
        }
    }
    QVERIFY(b.labels() == LabelMap::fromRaster(raster));
    QVERIFY(b.bench.shown().undoStack().undoText().contains(QStringLiteral("Keep largest")));
}

void TestTools::shapesAreInterpolatedBetweenImages()
{
    const SyntheticFolder folder(4, 3);
    QVERIFY(QFile::remove(folder.path() + QStringLiteral("/masks/case1.png")));
    Workbench bench(freshHome());
    bench.open(folder.path());
    QAction* interpolate = bench.window.toolActions().named(QStringLiteral("interpolate"));
    QVERIFY(!interpolate->isEnabled()); // nothing lies before the first
    QVERIFY(interpolate->toolTip().contains(QStringLiteral("before")));
    bench.dataset.show(1);
    QTRY_VERIFY(bench.dataset.current() != nullptr && bench.shown().id() == ImageId{2});
    QCOMPARE(countOf(bench.shown().labels(), 1), 0);
    QTRY_VERIFY(interpolate->isEnabled());
    // What lies there already stays.
    bench.tools.setLabelClass(2);
    bench.tools.setRadiusPx(5);
    bench.drag(kLabel, {bench.viewOf(kLabel, 85, 60)});
    const int other = countOf(bench.shown().labels(), 2);
    bench.tools.setLabelClass(1);
    bench.key(Qt::Key_J, Qt::ShiftModifier);
    QVERIFY2(
        diceOf(bench.shown().labels(), 1, [](int x, int y) { return isDisc(x - 15, y - 5); })
            > 0.97,
        qPrintable(QString::number(countOf(bench.shown().labels(), 1))));
    QCOMPARE(countOf(bench.shown().labels(), 2), other);
    QVERIFY(bench.shown().undoStack().undoText().contains(QStringLiteral("Interpolate")));
    bench.key(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(countOf(bench.shown().labels(), 1), 0);
    bench.dataset.show(3);
    QTRY_VERIFY(bench.dataset.current() != nullptr && bench.shown().id() == ImageId{4});
    QVERIFY(!interpolate->isEnabled()); // none after the last
}

void TestTools::proposalsAreTakenInParts()
{
    Bench b;
    Raster8 predicted = discMap().toRaster();
    for (int y = 100; y < 130; ++y) {
        for (int x = 140; x < 180; ++x) {
            predicted.at(x, y) = 1;
        }
    }
    const auto prediction = predictionOf(LabelMap::fromRaster(predicted));
    QVERIFY(!b.bench.shown().hasProposal());
    b.bench.shown().setPrediction(prediction);
    QVERIFY(b.bench.shown().hasProposal());
    // By brush.
    b.bench.key(Qt::Key_A, Qt::ShiftModifier);
    QCOMPARE(b.bench.tools.tool(), ToolState::Tool::AcceptBrush);
    b.bench.tools.setRadiusPx(5);
    b.bench.drag(kLabel, {b.at(30, 55), b.at(70, 55)});
    const int brushed = countOf(b.labels(), 1);
    QVERIFY(brushed > 200 && brushed < 500);
    for (int y = 0; y < 150; ++y) {
        for (int x = 0; x < 200; ++x) {
            QVERIFY(b.labels().at(x, y) == 0 || predicted.at(x, y) == 1);
        }
    }
    // One object.
    QTRY_VERIFY(b.isPointedAt(160, 115));
    b.trigger("acceptRegion");
    QCOMPARE(countOf(b.labels(), 1), brushed + 30 * 40);
    // A class, then all, which closes the proposal.
    b.trigger("acceptClass");
    QVERIFY(b.labels() == prediction->labels);
    b.bench.key(Qt::Key_Return);
    QVERIFY(!b.bench.shown().hasProposal());
    b.bench.shown().setPrediction(prediction);
    b.bench.tools.setTool(ToolState::Tool::Brush);
    b.bench.key(Qt::Key_Escape);
    QVERIFY(!b.bench.shown().hasProposal());
    QVERIFY(b.bench.shown().prediction() != nullptr); // still to be seen
}

void TestTools::pickTakesTheClassAndGivesTheToolBack()
{
    Bench b;
    b.bench.shown().resetLabels(discMap(0, 3));
    b.bench.tools.setTool(ToolState::Tool::Wand);
    b.bench.key(Qt::Key_I);
    b.click(70, 55);
    QCOMPARE(int{b.bench.tools.labelClass()}, 3);
    QCOMPARE(b.bench.tools.tool(), ToolState::Tool::Wand);
}

void TestTools::escapeDropsWhatIsBegun()
{
    Bench b;
    for (const auto tool :
         {ToolState::Tool::Polygon, ToolState::Tool::Livewire, ToolState::Tool::Prompt}) {
        b.bench.tools.setTool(tool);
        for (const QPoint& p : {QPoint(40, 30), QPoint(120, 30), QPoint(80, 100)}) {
            b.click(p.x(), p.y());
        }
        b.bench.key(Qt::Key_Escape);
        b.bench.key(Qt::Key_Return);
        QCOMPARE(countOf(b.labels(), 1), 0);
        // Another tool in hand drops it, too.
        for (const QPoint& p : {QPoint(40, 30), QPoint(120, 30), QPoint(80, 100)}) {
            b.click(p.x(), p.y());
        }
        b.bench.key(Qt::Key_B);
        b.bench.tools.setTool(tool);
        b.bench.key(Qt::Key_Return);
        QCOMPARE(countOf(b.labels(), 1), 0);
    }
}

QTEST_MAIN(TestTools)
#include "tst_tools.moc"
