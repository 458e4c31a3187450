// SPDX-License-Identifier: Apache-2.0
// The window without a model: real events of the window system on the real window.
#include "core/editing/brush_stroke.h"
#include "core/imaging/image_reader.h"
#include "tests/ui/workbench_fixture.h"
#include "ui/model/image_list_model.h"
#include "ui/model/label_files.h"
#include "ui/model/review_controller.h"
#include "ui/widgets/image_list_panel.h"
#include "ui/widgets/lens_strip.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/project_ui.h"
#include "ui/widgets/review_desk.h"
#include "ui/widgets/review_page.h"

#include <QDialog>
#include <QDockWidget>
#include <QLabel>
#include <QSignalSpy>
#include <QToolButton>
#include <QWheelEvent>

#include <cmath>
#include <vector>

using namespace guidino;
using namespace guidino::ui;

class TestWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensAFolderInAKnownLayout();
    void masksOfMoreClassesAreRead();
    void problemsOfAFolderAreSaid();
    void aStrokeIsTheExpectedCapsule();
    void oneStrokeIsOneChange();
    void erasesWithRightButtonAndControl();
    void undoAndRedoByKeys();
    void masksAreSavedWithThesePixels();
    void switchingImagesKeepsEdits();
    void zoomKeepsThePointUnderThePointer();
    void panesAreLinked();
    void panesThatShowNoLabelsAreNotPainted();
    void spaceAndMiddleButtonMoveTheImage();
    void keysChooseToolsClassesAndPanes();
    void holdingVHidesLayers();
    void polygonAndFill();
    void aMessageDoesNotMoveTheImage();
    void unsavedLabelsSurviveTheEndOfTheProgram();
    void aFolderThatCannotBeWrittenIsSaidAndLosesNothing();
    void anUnreadableImageIsSaid();
    void bothThemesDraw();
    void tabsArrangeTheWindowByTask();
    void theTabOfThePageIsLit();
    void theFirstWindowFitsTheScreen();
    void whatIsReadOutIsCutAtItsEnd();
    void oneImageIsChosenWhateverKeyIsDown();
    void whatWasSavedIsSaid();

private:
    QTemporaryDir m_home;
};

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

/// Pixels of the map that differ from what a brush along these points makes of `before`.
int wrongPixels(
    const LabelMap& labels,
    const LabelMap& before,
    const QList<PointF>& points,
    double radius,
    int value)
{
    int wrong = 0;
    for (int y = 0; y < labels.size().height; ++y) {
        for (int x = 0; x < labels.size().width; ++x) {
            bool isCovered = false;
            for (qsizetype i = 0; i < points.size(); ++i) {
                isCovered = isCovered
                            || editing::coversPixel(
                                points[std::max<qsizetype>(i - 1, 0)], points[i], radius, x, y);
            }
            const int expected = isCovered ? value : before.at(x, y);
            wrong += labels.at(x, y) != expected ? 1 : 0;
        }
    }
    return wrong;
}

} // namespace

void TestWindow::opensAFolderInAKnownLayout()
{
    const SyntheticFolder folder;
    Workbench bench(freshHome());
    bench.open(folder.path());
    ImageListModel& images = bench.dataset.images();
    QCOMPARE(images.rowCount(), 4);
    QVERIFY(images.index(0).data(ImageListModel::LabelledRole).toBool());
    QVERIFY(!images.index(3).data(ImageListModel::LabelledRole).toBool());
    QCOMPARE(bench.shown().size().width, 200);
    QCOMPARE(int{bench.shown().labels().at(70, 55)}, 1);
    QTRY_VERIFY(!images.index(2).data(ImageListModel::ThumbnailRole).value<QImage>().isNull());
    QVERIFY(!bench.shown().isModified());
}

void TestWindow::masksOfMoreClassesAreRead()
{
    const SyntheticFolder folder(2, 0);
    for (int i = 0; i < 2; ++i) {
        QImage mask(200, 150, QImage::Format_Indexed8);
        mask.setColorTable({qRgb(0, 0, 0), qRgb(255, 0, 0), qRgb(0, 0, 255), qRgb(0, 255, 0)});
        mask.fill(0);
        mask.setPixel(10, 20, 1);
        mask.setPixel(11, 20, 2);
        mask.setPixel(12, 20, 3);
        mask.save(folder.path() + QStringLiteral("/masks/case%1.png").arg(i));
    }
    Workbench bench(freshHome());
    bench.open(folder.path());
    QCOMPARE(bench.dataset.classes().size(), 3);
    QCOMPARE(int{bench.shown().labels().at(11, 20)}, 2);
    bench.key(Qt::Key_3);
    QCOMPARE(int{bench.tools.labelClass()}, 3);
    bench.drag(kLabel, {bench.viewOf(kLabel, 100, 75), bench.viewOf(kLabel, 120, 75)});
    QCOMPARE(int{bench.shown().labels().at(110, 75)}, 3);
    QSignalSpy saved(&bench.dataset, &DatasetController::saved);
    bench.dataset.save();
    QTRY_COMPARE(saved.count(), 1);
    Workbench later(freshHome());
    later.open(folder.path());
    QVERIFY(later.shown().labels() == bench.shown().labels());
}

void TestWindow::problemsOfAFolderAreSaid()
{
    const SyntheticFolder folder;
    QVERIFY(QFile::copy(
        folder.path() + QStringLiteral("/masks/case0.png"),
        folder.path() + QStringLiteral("/masks/somebody-else.png")));
    Workbench bench(freshHome());
    bench.open(folder.path());
    QVERIFY(bench.window.messages().isVisible());
    QVERIFY(bench.window.messages().shown().detail.contains(QStringLiteral("somebody-else")));
    bench.window.open({folder.path() + QStringLiteral("/no/such/folder")});
    QTRY_COMPARE(bench.window.messages().shown().action, Notice::Action::OpenFolder);
    QVERIFY(bench.dataset.current() != nullptr); // what was open stays open
}

void TestWindow::aStrokeIsTheExpectedCapsule()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    for (const double radius : {1.0, 12.5, 40.0}) {
        const LabelMap before = bench.shown().labels();
        bench.tools.setRadiusPx(radius);
        const QList<QPoint> path{
            bench.viewOf(kLabel, 50, 40),
            bench.viewOf(kLabel, 120, 60),
            bench.viewOf(kLabel, 90, 120)};
        bench.drag(kLabel, path);
        QList<PointF> points;
        for (const QPoint& position : path) {
            points.append(bench.imageOf(kLabel, position));
        }
        QCOMPARE(wrongPixels(bench.shown().labels(), before, points, radius, 1), 0);
        QVERIFY(!(bench.shown().labels() == before));
    }
}

void TestWindow::oneStrokeIsOneChange()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.tools.setRadiusPx(10);
    QSignalSpy changes(&bench.shown(), &AnnotationDocument::labelsChanged);
    QSignalSpy controllerChanges(&bench.dataset, &DatasetController::labelsChanged);
    QList<QPoint> path;
    for (int x = 30; x < 170; x += 2) {
        path.append(bench.viewOf(kLabel, x, 75));
    }
    bench.drag(kLabel, path);
    QCOMPARE(changes.count(), 1);
    QCOMPARE(controllerChanges.count(), 1);
    QCOMPARE(bench.shown().undoStack().count(), 1);
    QCOMPARE(bench.shown().undoStack().undoText(), QStringLiteral("Brush, Object, 20 px (#1)"));
    // A stroke over what is painted already changes nothing, and is no step.
    bench.drag(kLabel, path);
    QCOMPARE(changes.count(), 1);
    QCOMPARE(bench.shown().undoStack().count(), 1);
}

void TestWindow::erasesWithRightButtonAndControl()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.tools.setRadiusPx(20);
    const QPoint at = bench.viewOf(kLabel, 100, 75);
    const QPoint beside = bench.viewOf(kLabel, 104, 75);
    for (const auto& [button, modifiers] :
         {std::pair(Qt::RightButton, Qt::NoModifier),
          std::pair(Qt::LeftButton, Qt::ControlModifier)}) {
        bench.drag(kLabel, {at, beside});
        QCOMPARE(int{bench.shown().labels().at(100, 75)}, 1);
        bench.drag(kLabel, {at, beside}, button, modifiers);
        QCOMPARE(int{bench.shown().labels().at(100, 75)}, 0);
        QVERIFY(!hasLabels(bench.shown().labels()));
    }
    bench.key(Qt::Key_E);
    QCOMPARE(bench.tools.tool(), ToolState::Tool::Eraser);
    bench.drag(kLabel, {at, beside}, Qt::LeftButton, Qt::ControlModifier); // the inverse paints
    QCOMPARE(int{bench.shown().labels().at(100, 75)}, 1);
    bench.drag(kLabel, {at, beside});
    QVERIFY(!hasLabels(bench.shown().labels()));
}

void TestWindow::undoAndRedoByKeys()
{
    const SyntheticFolder folder(1, 1);
    Workbench bench(freshHome());
    bench.open(folder.path());
    const LabelMap first = bench.shown().labels();
    bench.drag(kLabel, {bench.viewOf(kLabel, 150, 100), bench.viewOf(kLabel, 180, 120)});
    const LabelMap second = bench.shown().labels();
    bench.drag(
        kLabel, {bench.viewOf(kLabel, 20, 20), bench.viewOf(kLabel, 60, 90)}, Qt::RightButton);
    const LabelMap third = bench.shown().labels();
    QVERIFY(!(first == second) && !(second == third));
    bench.key(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(bench.shown().labels() == second);
    bench.key(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(bench.shown().labels() == first);
    QVERIFY(!bench.shown().isModified());
    bench.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(bench.shown().labels() == second);
    bench.key(Qt::Key_Y, Qt::ControlModifier);
    QVERIFY(bench.shown().labels() == third);
}

void TestWindow::masksAreSavedWithThesePixels()
{
    const SyntheticFolder folder(2, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.drag(kLabel, {bench.viewOf(kLabel, 60, 60), bench.viewOf(kLabel, 120, 90)});
    QVERIFY(bench.shown().isModified());
    QSignalSpy saved(&bench.dataset, &DatasetController::saved);
    bench.key(Qt::Key_S, Qt::ControlModifier);
    QTRY_COMPARE(saved.count(), 1);
    QVERIFY(!bench.shown().isModified());
    const QString file = folder.path() + QStringLiteral("/guidino-labels/case0.png");
    const auto mask = imaging::readMaskRaw(file.toStdString());
    QVERIFY(mask.has_value());
    int wrong = 0;
    for (int y = 0; y < 150; ++y) {
        for (int x = 0; x < 200; ++x) {
            wrong += mask->pixels.at(x, y) != (bench.shown().labels().at(x, y) != 0 ? 255 : 0);
        }
    }
    QCOMPARE(wrong, 0);
    // The saved mask comes back when the folder is opened again.
    Workbench later(freshHome());
    later.open(folder.path());
    QVERIFY(later.shown().labels() == bench.shown().labels());
    QVERIFY(!later.shown().isModified());
}

void TestWindow::switchingImagesKeepsEdits()
{
    const SyntheticFolder folder;
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.drag(kLabel, {bench.viewOf(kLabel, 150, 20), bench.viewOf(kLabel, 180, 40)});
    const ImageId first = bench.shown().id();
    const LabelMap labels = bench.shown().labels();
    bench.key(Qt::Key_D);
    QTRY_VERIFY(bench.dataset.current() != nullptr && bench.shown().id() != first);
    QVERIFY(!(bench.shown().labels() == labels));
    // Undo belongs to the image that is shown.
    bench.key(Qt::Key_Z, Qt::ControlModifier);
    bench.key(Qt::Key_A);
    QTRY_COMPARE(bench.shown().id(), first);
    QVERIFY(bench.shown().labels() == labels);
    QCOMPARE(bench.shown().undoStack().count(), 1);
    bench.key(Qt::Key_A); // no image before the first
    QTest::qWait(10);
    QCOMPARE(bench.shown().id(), first);
}

void TestWindow::zoomKeepsThePointUnderThePointer()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    CanvasView& pane = bench.pane(PaneRole::Image);
    const QPointF at(pane.width() * 0.3, pane.height() * 0.7);
    const ViewTransform& transform = bench.window.canvas().transform();
    const PointF before = transform.imageFromView(at, pane.size());
    for (const int notches : {3, 2, -4, 7}) {
        const double scale = transform.scale();
        QWheelEvent wheel(
            at,
            pane.mapToGlobal(at),
            {},
            {0, 120 * notches},
            Qt::NoButton,
            Qt::NoModifier,
            Qt::NoScrollPhase,
            false);
        QApplication::sendEvent(&pane, &wheel);
        const PointF after = transform.imageFromView(at, pane.size());
        QVERIFY(std::hypot(after.x - before.x, after.y - before.y) < 1e-6);
        QVERIFY(notches > 0 ? transform.scale() > scale : transform.scale() < scale);
    }
    bench.key(Qt::Key_0, Qt::ControlModifier);
    QCOMPARE(transform.scale() * pane.devicePixelRatioF(), 1.0);
    bench.key(Qt::Key_F, Qt::ControlModifier);
    QVERIFY(transform.isFitting());
}

void TestWindow::panesAreLinked()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.window.canvas().zoomIn();
    bench.window.canvas().zoomIn();
    const QPoint from(100, 100);
    bench.drag(PaneRole::Guide, {from, from + QPoint(37, -23)}); // this pane moves the image
    QTest::qWait(20);
    // Without layers all panes draw the same pixels, away from titles and buttons.
    bench.view.setLayerVisible(PaneRole::Label, false);
    bench.view.setMiniMapShown(false);
    bench.view.setScaleBarShown(false);
    const QImage image = bench.pane(PaneRole::Image).grab().toImage();
    const QImage label = bench.pane(PaneRole::Label).grab().toImage();
    int wrong = 0;
    int different = 0;
    for (int y = 60; y < std::min(image.height(), label.height()) - 60; y += 3) {
        for (int x = 10; x < std::min(image.width(), label.width()) - 10; x += 3) {
            // Panes may differ by a pixel in size, and so edges by half a pixel.
            int least = 255;
            for (const QPoint shift : {QPoint(0, 0), {0, 1}, {0, -1}, {1, 0}, {-1, 0}}) {
                const QRgb other = label.pixel(x + shift.x(), y + shift.y());
                least = std::min(least, std::abs(qGray(image.pixel(x, y)) - qGray(other)));
            }
            wrong += least > 70;
            different += image.pixel(x, y) != image.pixel(10, 60);
        }
    }
    QVERIFY(wrong * 200 < different); // the crosshair may be in the way
    QVERIFY(different > 0);
    // The crosshair of the others stands where the pointer is.
    QSignalSpy pointed(&bench.window.canvas(), &PaneGrid::pointed);
    QTest::mouseMove(
        bench.window.windowHandle(),
        bench.pane(PaneRole::Image).mapTo(&bench.window, QPoint(80, 90)));
    QTRY_VERIFY(!pointed.isEmpty());
}

void TestWindow::panesThatShowNoLabelsAreNotPainted()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    for (const PaneRole role : {PaneRole::Image, PaneRole::Guide}) {
        bench.drag(role, {QPoint(80, 80), QPoint(120, 90)});
        QVERIFY(!hasLabels(bench.shown().labels()));
    }
    bench.drag(PaneRole::Prediction, {bench.viewOf(PaneRole::Prediction, 90, 70), QPoint(120, 90)});
    QVERIFY(hasLabels(bench.shown().labels()));
}

void TestWindow::spaceAndMiddleButtonMoveTheImage()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    const ViewTransform& transform = bench.window.canvas().transform();
    const QPoint at = bench.viewOf(kLabel, 100, 75);
    PointF centre = transform.centre();
    bench.drag(kLabel, {at, at + QPoint(20, 10)}, Qt::MiddleButton);
    QVERIFY(std::abs(transform.centre().x - (centre.x - 20 / transform.scale())) < 1e-6);
    centre = transform.centre();
    bench.pane(kLabel).setFocus();
    QTest::keyPress(bench.window.windowHandle(), Qt::Key_Space);
    bench.drag(kLabel, {at, at + QPoint(-15, 5)});
    QTest::keyRelease(bench.window.windowHandle(), Qt::Key_Space);
    QVERIFY(std::abs(transform.centre().x - (centre.x + 15 / transform.scale())) < 1e-6);
    QVERIFY(!hasLabels(bench.shown().labels()));
}

void TestWindow::keysChooseToolsClassesAndPanes()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.tools.setRadiusPx(20);
    bench.key(Qt::Key_BracketRight);
    QCOMPARE(bench.tools.radiusPx(), 24.0);
    bench.key(Qt::Key_BracketLeft);
    QCOMPARE(bench.tools.radiusPx(), 20.0);
    for (int i = 0; i < 60; ++i) {
        bench.key(Qt::Key_BracketRight);
    }
    QCOMPARE(bench.tools.radiusPx(), editing::kMaxBrushRadiusPx);
    for (int i = 0; i < 80; ++i) {
        bench.key(Qt::Key_BracketLeft);
    }
    QCOMPARE(bench.tools.radiusPx(), editing::kMinBrushRadiusPx);
    bench.key(Qt::Key_0);
    QCOMPARE(int{bench.tools.labelClass()}, 0);
    bench.key(Qt::Key_7); // no such class
    QCOMPARE(int{bench.tools.labelClass()}, 0);
    bench.key(Qt::Key_1);
    QCOMPARE(int{bench.tools.labelClass()}, 1);
    for (const auto& [key, role] :
         {std::pair(Qt::Key_F5, PaneRole::Image),
          std::pair(Qt::Key_F6, PaneRole::Guide),
          std::pair(Qt::Key_F7, PaneRole::Prediction),
          std::pair(Qt::Key_F8, PaneRole::Label)}) {
        bench.key(key);
        for (const PaneRole other :
             {PaneRole::Image, PaneRole::Guide, PaneRole::Prediction, PaneRole::Label}) {
            QCOMPARE(bench.pane(other).isVisible(), other == role);
        }
    }
    bench.key(Qt::Key_F4);
    QVERIFY(bench.pane(PaneRole::Guide).isVisible());
    bench.key(Qt::Key_S);
    QVERIFY(!bench.view.isLayerVisible(PaneRole::Label));
    bench.key(Qt::Key_S);
    bench.key(Qt::Key_O);
    QCOMPARE(bench.view.maskStyle(), ViewSettings::MaskStyle::Outline);
    bench.key(Qt::Key_P);
    QCOMPARE(bench.tools.tool(), ToolState::Tool::Polygon);
    bench.key(Qt::Key_B);
    QCOMPARE(bench.tools.tool(), ToolState::Tool::Brush);
}

void TestWindow::holdingVHidesLayers()
{
    const SyntheticFolder folder(1, 1);
    Workbench bench(freshHome());
    bench.open(folder.path());
    CanvasView& pane = bench.pane(kLabel);
    pane.setFocus();
    const QPoint at = bench.viewOf(kLabel, 70, 55);
    const QRgb with = pane.grab().toImage().pixel(at);
    QTest::keyPress(bench.window.windowHandle(), Qt::Key_V);
    const QRgb without = pane.grab().toImage().pixel(at);
    QTest::keyRelease(bench.window.windowHandle(), Qt::Key_V);
    QVERIFY(with != without);
    QCOMPARE(pane.grab().toImage().pixel(at), with);
    QCOMPARE(without, bench.pane(PaneRole::Image).grab().toImage().pixel(at));
}

void TestWindow::polygonAndFill()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.key(Qt::Key_P);
    for (const QPoint& corner :
         {bench.viewOf(kLabel, 20, 20),
          bench.viewOf(kLabel, 120, 20),
          bench.viewOf(kLabel, 120, 110)}) {
        bench.drag(kLabel, {corner});
    }
    bench.pane(kLabel).setFocus();
    bench.key(Qt::Key_Return);
    QCOMPARE(int{bench.shown().labels().at(100, 40)}, 1);
    QCOMPARE(int{bench.shown().labels().at(40, 100)}, 0);
    bench.key(Qt::Key_F);
    bench.drag(kLabel, {bench.viewOf(kLabel, 40, 100)});
    QCOMPARE(int{bench.shown().labels().at(199, 149)}, 1);
    bench.key(Qt::Key_Z, Qt::ControlModifier);
    bench.key(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(!hasLabels(bench.shown().labels()));
}

void TestWindow::aMessageDoesNotMoveTheImage()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    const QPoint before = bench.viewOf(kLabel, 100, 75);
    const QRect pane = bench.pane(kLabel).geometry();
    bench.key(Qt::Key_P);
    bench.drag(kLabel, {bench.viewOf(kLabel, 20, 20)});
    bench.drag(kLabel, {bench.viewOf(kLabel, 120, 20)});
    MessageBar& bar = bench.window.messages();
    bar.show({Notice::Severity::Info, QStringLiteral("A training ended"), {}, {}, {}});
    QTest::qWait(20);
    QVERIFY(bar.isVisible() && bar.height() > 10 && bar.width() > 300);
    QCOMPARE(bench.pane(kLabel).geometry(), pane);
    QCOMPARE(bench.viewOf(kLabel, 100, 75), before);
    bench.drag(kLabel, {bench.viewOf(kLabel, 120, 110)});
    bench.pane(kLabel).setFocus();
    bench.key(Qt::Key_Return);
    QCOMPARE(int{bench.shown().labels().at(100, 40)}, 1);
    QCOMPARE(int{bench.shown().labels().at(40, 100)}, 0);
    // It can be read and closed, and a page without images makes room for it.
    const QRect inner = bar.rect().adjusted(8, 2, -8, -2); // beside the docks' splitters
    for (const QPoint& corner : {inner.topLeft(), inner.bottomRight()}) {
        const QWidget* seen = bench.window.childAt(bar.mapTo(&bench.window, corner));
        QVERIFY2(
            seen == &bar || bar.isAncestorOf(seen),
            qPrintable(QLatin1StringView(seen->metaObject()->className()) + seen->objectName()));
    }
    auto* close = bar.findChild<QToolButton*>();
    QVERIFY(close != nullptr);
    QCOMPARE(bench.window.childAt(close->mapTo(&bench.window, close->rect().center())), close);
    Q_EMIT bench.window.projectUi().startRequested();
    QVERIFY(!bench.window.canvas().isVisible());
    const auto topOf = [&bench](const QWidget& part, int y) {
        return part.mapTo(&bench.window, QPoint(0, y)).y();
    };
    QTRY_COMPARE(topOf(bench.window.projectUi().startPage(), 0), topOf(bar, bar.height()));
    QTest::mouseClick(close, Qt::LeftButton);
    QVERIFY(!bar.isVisible());
}

void TestWindow::unsavedLabelsSurviveTheEndOfTheProgram()
{
    const SyntheticFolder folder(2, 0);
    const QString home = freshHome();
    LabelMap labels;
    {
        Workbench bench(home);
        bench.open(folder.path());
        QSignalSpy kept(&bench.dataset, &DatasetController::kept);
        bench.drag(kLabel, {bench.viewOf(kLabel, 60, 60), bench.viewOf(kLabel, 120, 90)});
        labels = bench.shown().labels();
        QTRY_COMPARE_WITH_TIMEOUT(kept.count(), 1, 1000); // within a second, without saving
    }
    Workbench bench(home);
    bench.open(folder.path());
    QVERIFY(bench.shown().labels() == labels);
    QVERIFY(bench.shown().isModified());
    QVERIFY(bench.window.messages().isVisible());
    QSignalSpy saved(&bench.dataset, &DatasetController::saved);
    bench.dataset.save();
    QTRY_COMPARE(saved.count(), 1);
    bench.dataset.flush();
    QCOMPARE(bench.dataset.modifiedCount(), 0);
    QVERIFY(bench.project.store()->imagesWithUnsavedEdits().value().empty());
}

void TestWindow::aFolderThatCannotBeWrittenIsSaidAndLosesNothing()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    // A file where the folder should be: nothing can be written below it, whoever tries.
    QFile blocker(folder.path() + QStringLiteral("/blocked"));
    QVERIFY(blocker.open(QIODevice::WriteOnly));
    bench.dataset.setLabelsFolder(
        (folder.path() + QStringLiteral("/blocked/labels")).toStdString());
    bench.drag(kLabel, {bench.viewOf(kLabel, 60, 60), bench.viewOf(kLabel, 120, 90)});
    const LabelMap labels = bench.shown().labels();
    QSignalSpy problems(&bench.dataset, &DatasetController::problemOccurred);
    QSignalSpy saved(&bench.dataset, &DatasetController::saved);
    bench.dataset.save();
    QTRY_COMPARE(saved.count(), 1); // the end is told, and that nothing came of it
    QCOMPARE(saved.at(0).at(0).toInt(), 0);
    QCOMPARE(problems.count(), 1);
    QCOMPARE(bench.window.messages().shown().action, Notice::Action::ChooseLabelsFolder);
    QVERIFY(bench.shown().isModified());
    QVERIFY(bench.shown().labels() == labels);
    bench.dataset.setLabelsFolder((folder.path() + QStringLiteral("/elsewhere")).toStdString());
    bench.dataset.save();
    QTRY_COMPARE(saved.count(), 2);
    QCOMPARE(saved.at(1).at(0).toInt(), 1);
    QVERIFY(QFile::exists(folder.path() + QStringLiteral("/elsewhere/case0.png")));
}

void TestWindow::anUnreadableImageIsSaid()
{
    const SyntheticFolder folder(2, 0);
    QFile broken(folder.path() + QStringLiteral("/images/case1.png"));
    QVERIFY(broken.open(QIODevice::ReadWrite));
    broken.resize(broken.size() / 2);
    broken.close();
    Workbench bench(freshHome());
    bench.open(folder.path());
    QSignalSpy problems(&bench.dataset, &DatasetController::problemOccurred);
    bench.dataset.show(1);
    QTRY_VERIFY(!bench.dataset.images().entry(1).problem.isEmpty());
    QTRY_VERIFY(!problems.isEmpty());
    QVERIFY(bench.window.messages().isVisible());
    bench.dataset.show(0);
    QTRY_VERIFY(bench.dataset.current() != nullptr);
}

void TestWindow::bothThemesDraw()
{
    const SyntheticFolder folder;
    Workbench bench(freshHome());
    bench.open(folder.path());
    const QImage dark = bench.window.grab().toImage();
    bench.theme.apply(false);
    QTest::qWait(20);
    const QImage light = bench.window.grab().toImage();
    const QPoint chrome(bench.window.width() - 40, bench.window.height() - 60);
    QVERIFY(qGray(light.pixel(chrome)) > qGray(dark.pixel(chrome)) + 100);
    bench.theme.apply(true);
}

void TestWindow::tabsArrangeTheWindowByTask()
{
    const SyntheticFolder folder(2, 1);
    const QString home = freshHome();
    const auto isThere = [](Workbench& bench, const char* name) {
        const auto* dock = bench.window.findChild<QDockWidget*>(QLatin1StringView(name));
        return dock != nullptr && !dock->isHidden();
    };
    const auto tab = [](Workbench& bench, const char* name) {
        return bench.window.findChild<QToolButton*>(
            QStringLiteral("tab-") + QLatin1StringView(name));
    };
    {
        Workbench bench(home);
        QVERIFY(!tab(bench, "workspaceGuide")->isEnabled());
        QVERIFY(tab(bench, "workspaceGuide")->toolTip().contains(QStringLiteral("Open a")));
        bench.open(folder.path());
        QVERIFY(tab(bench, "workspaceAnnotate")->isChecked());
        QVERIFY(isThere(bench, "images") && !isThere(bench, "mixer"));
        bench.key(Qt::Key_2, Qt::ControlModifier);
        QVERIFY(tab(bench, "workspaceGuide")->isChecked());
        QVERIFY(isThere(bench, "mixer") && !isThere(bench, "history"));
        // The tab says what is shown, also where that came by its own key.
        bench.key(Qt::Key_1, Qt::ControlModifier);
        QVERIFY(tab(bench, "workspaceAnnotate")->isChecked() && !isThere(bench, "mixer"));
        bench.key(Qt::Key_M, Qt::ShiftModifier);
        QVERIFY(isThere(bench, "mixer") && isThere(bench, "history"));
        QVERIFY(tab(bench, "workspaceGuide")->isChecked());
        QVERIFY(!tab(bench, "workspaceAnnotate")->isChecked());
        QTest::mouseClick(tab(bench, "workspaceAnnotate"), Qt::LeftButton);
        QVERIFY(tab(bench, "workspaceAnnotate")->isChecked() && !isThere(bench, "mixer"));
        bench.key(Qt::Key_M, Qt::ShiftModifier);
        bench.key(Qt::Key_M, Qt::ShiftModifier);
        QVERIFY(tab(bench, "workspaceAnnotate")->isChecked());
        bench.key(Qt::Key_2, Qt::ControlModifier);
        QVERIFY(isThere(bench, "mixer") && !isThere(bench, "history"));
        // Each keeps its own arrangement.
        bench.window.findChild<QDockWidget*>(QStringLiteral("images"))->hide();
        bench.key(Qt::Key_1, Qt::ControlModifier);
        QVERIFY(isThere(bench, "images") && isThere(bench, "history"));
        QVERIFY(!isThere(bench, "mixer"));
        QTest::mouseClick(tab(bench, "workspaceGuide"), Qt::LeftButton);
        QVERIFY(!isThere(bench, "images") && isThere(bench, "mixer"));
        // Pages of their own, and from one straight to another.
        QTest::mouseClick(tab(bench, "reviewDesk"), Qt::LeftButton);
        QVERIFY(tab(bench, "reviewDesk")->isChecked());
        QVERIFY(!bench.window.canvas().isVisible());
        bench.key(Qt::Key_1, Qt::ControlModifier);
        QVERIFY(bench.window.canvas().isVisible());
        QVERIFY(isThere(bench, "images") && tab(bench, "workspaceAnnotate")->isChecked());
        bench.key(Qt::Key_3, Qt::ControlModifier);
        QVERIFY(tab(bench, "openDashboard")->isChecked());
        QTest::mouseClick(tab(bench, "openDashboard"), Qt::LeftButton); // stays
        QVERIFY(tab(bench, "openDashboard")->isChecked());
        bench.key(Qt::Key_2, Qt::ControlModifier);
        QVERIFY(bench.window.canvas().isVisible() && isThere(bench, "mixer"));
        bench.window.close();
    }
    Workbench bench(home);
    bench.open(folder.path());
    QVERIFY(tab(bench, "workspaceAnnotate")->isChecked());
    QVERIFY(isThere(bench, "images") && !isThere(bench, "mixer"));
    bench.key(Qt::Key_5, Qt::ControlModifier);
    auto* dialog = bench.window.findChild<QDialog*>(QStringLiteral("exportDialog"));
    QVERIFY(dialog != nullptr && dialog->isVisible());
    dialog->close();
}

/// From each page to each other: its tab is lit, docks and tools are away, and back on the canvas
/// they are as they were.
void TestWindow::theTabOfThePageIsLit()
{
    const SyntheticFolder folder(2, 1);
    Workbench bench(freshHome());
    bench.open(folder.path());
    struct Page
    {
        const char* action;
        const char* tab;
    };
    const std::vector<Page> pages{
        {"openDashboard", "openDashboard"},
        {"showModels", "showModels"},
        {"reviewDesk", "reviewDesk"},
        {"compareReaders", "reviewDesk"}};
    const auto lit = [&bench] {
        QStringList names;
        const QList<QToolButton*> tabs =
            bench.window.findChild<QWidget*>(QStringLiteral("workspaceTabs"))
                ->findChildren<QToolButton*>();
        for (const QToolButton* tab : tabs) {
            if (tab->isChecked()) {
                names << tab->objectName().mid(4);
            }
        }
        return names.join(QLatin1Char(' '));
    };
    const auto shownBeside = [&bench] {
        QStringList names;
        for (const QDockWidget* dock : bench.window.findChildren<QDockWidget*>()) {
            if (!dock->isHidden()) {
                names << dock->objectName();
            }
        }
        for (const char* bar : {"topBar", "toolStrip"}) {
            if (!bench.window.findChild<QWidget*>(QLatin1StringView(bar))->isHidden()) {
                names << QLatin1StringView(bar);
            }
        }
        names.sort();
        return names;
    };
    const auto trigger = [&bench](const char* name) {
        bench.window.findChild<QAction*>(QLatin1StringView(name))->trigger();
    };
    const QStringList onCanvas = shownBeside();
    QVERIFY(onCanvas.contains(QStringLiteral("images")));
    QVERIFY(onCanvas.contains(QStringLiteral("topBar")));
    for (const Page& from : pages) {
        for (const Page& to : pages) {
            const QByteArray way = QByteArray(from.action) + " > " + to.action;
            trigger(from.action);
            QVERIFY2(lit() == QLatin1StringView(from.tab), (way + ": " + lit().toUtf8()).data());
            QVERIFY2(!shownBeside().contains(QStringLiteral("images")), way.data());
            if (&from != &to) {
                trigger(to.action);
                QVERIFY2(lit() == QLatin1StringView(to.tab), (way + ": " + lit().toUtf8()).data());
                QVERIFY2(!bench.window.canvas().isVisible(), way.data());
                QVERIFY2(!shownBeside().contains(QStringLiteral("images")), way.data());
            }
            trigger("workspaceAnnotate");
            QVERIFY2(lit() == QStringLiteral("workspaceAnnotate"), (way + lit().toUtf8()).data());
            QVERIFY2(bench.window.canvas().isVisible(), way.data());
            QVERIFY2(
                shownBeside() == onCanvas,
                (way + ": " + shownBeside().join(QLatin1Char(' ')).toUtf8()).data());
        }
    }
    // The dashboard lies above the review: its tab, or its key, brings it back.
    trigger("reviewDesk");
    trigger("openDashboard");
    bench.key(Qt::Key_4, Qt::ControlModifier);
    QCOMPARE(lit(), QStringLiteral("reviewDesk"));
    QVERIFY(bench.window.review().review().isActive());
    trigger("openDashboard");
    QTest::mouseClick(
        bench.window.findChild<QToolButton*>(QStringLiteral("tab-reviewDesk")), Qt::LeftButton);
    QCOMPARE(lit(), QStringLiteral("reviewDesk"));
    QVERIFY(bench.window.review().page().isVisible());
}

void TestWindow::theFirstWindowFitsTheScreen()
{
    QCOMPARE(MainWindow::firstSize({2560, 1440}), QSize(1480, 920));
    const QSize small = MainWindow::firstSize({1366, 768});
    QVERIFY(small.width() < 1366 && small.width() > 1300);
    QVERIFY(small.height() < 768 && small.height() > 680);
}

void TestWindow::whatIsReadOutIsCutAtItsEnd()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    auto* strip = bench.window.findChild<LensStrip*>();
    auto* label = strip->findChild<QLabel*>(QStringLiteral("lensReadOut"));
    const QString text = QStringLiteral("119, 138  ·  label Background").repeated(12);
    strip->setReadOut(text);
    QVERIFY2(label->text().startsWith(QStringLiteral("119, 138")), qPrintable(label->text()));
    const auto fits = [label] {
        return label->text().endsWith(QStringLiteral("…"))
               && label->fontMetrics().horizontalAdvance(label->text()) <= label->width();
    };
    QVERIFY(fits());
    // Also where the room becomes less afterwards: right-aligned, 119 would read 9.
    const int before = label->width();
    bench.window.resize(1000, 800);
    QTRY_VERIFY(label->width() < before);
    QVERIFY(fits());
    QVERIFY2(label->text().startsWith(QStringLiteral("119, 138")), qPrintable(label->text()));
}

void TestWindow::oneImageIsChosenWhateverKeyIsDown()
{
    const SyntheticFolder folder(4, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    auto* panel = bench.window.findChild<ImageListPanel*>();
    bench.key(Qt::Key_D);
    QTRY_COMPARE(bench.dataset.images().currentRow(), 1);
    QTRY_COMPARE(panel->selectedIds().size(), std::size_t{1});
    // The review begins with the first image, which has been read while Ctrl is still down.
    QTest::keyPress(bench.window.windowHandle(), Qt::Key_Control, Qt::ControlModifier);
    bench.key(Qt::Key_4, Qt::ControlModifier);
    QTRY_COMPARE(bench.dataset.images().currentRow(), 0);
    QTest::keyRelease(bench.window.windowHandle(), Qt::Key_Control);
    QTest::qWait(20);
    QCOMPARE(panel->selectedIds().size(), std::size_t{1});
    QVERIFY(panel->selectedIds().front() == bench.shown().id());
}

void TestWindow::whatWasSavedIsSaid()
{
    const SyntheticFolder folder(2, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    const auto* label = bench.window.findChild<QLabel*>(QStringLiteral("savedReadOut"));
    QCOMPARE(label->text(), QStringLiteral("Nothing to save"));
    QSignalSpy kept(&bench.dataset, &DatasetController::kept);
    bench.drag(PaneRole::Label, {bench.viewOf(PaneRole::Label, 60, 50)});
    QTRY_VERIFY(!kept.isEmpty());
    QVERIFY2(label->text().contains(QStringLiteral("to save, kept")), qPrintable(label->text()));
    kept.clear();
    QSignalSpy saved(&bench.dataset, &DatasetController::saved);
    bench.key(Qt::Key_S, Qt::ControlModifier);
    QTRY_COMPARE(saved.count(), 1);
    QTRY_VERIFY(!kept.isEmpty()); // the journal's mark
    QVERIFY2(label->text().startsWith(QStringLiteral("Saved")), qPrintable(label->text()));
    bench.drag(PaneRole::Label, {bench.viewOf(PaneRole::Label, 120, 50)});
    QTRY_VERIFY(label->text().contains(QStringLiteral("to save, kept")));
}

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
