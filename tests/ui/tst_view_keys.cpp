// SPDX-License-Identifier: Apache-2.0
// What is seen (turned views, layers, display, mini-map) and keys (presets, editor, palette), in
// the real window.
#include "core/editing/brush_stroke.h"
#include "tests/ui/workbench_fixture.h"
#include "ui/canvas/guide_colors.h"
#include "ui/model/image_pyramid.h"
#include "ui/model/key_map.h"
#include "ui/model/key_table.h"
#include "ui/model/prediction.h"
#include "ui/model/read_out.h"
#include "ui/widgets/command_palette.h"
#include "ui/widgets/help_desk.h"
#include "ui/widgets/help_viewer.h"
#include "ui/widgets/key_editor.h"
#include "ui/widgets/review_desk.h"
#include "ui/widgets/review_page.h"
#include "ui/widgets/tool_actions.h"

#include <QDir>
#include <QDockWidget>
#include <QFileInfo>
#include <QLineEdit>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <cmath>
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

std::shared_ptr<const Prediction> squarePrediction()
{
    auto prediction = std::make_shared<Prediction>();
    Raster8 labels(200, 150);
    auto probability = std::make_shared<Raster16>(200, 150);
    for (int y = 20; y < 60; ++y) {
        for (int x = 120; x < 180; ++x) {
            labels.at(x, y) = 1;
            probability->at(x, y) = 65535;
        }
    }
    prediction->labels = LabelMap::fromRaster(labels);
    prediction->probability = probability;
    RasterF guide(20, 15);
    for (float& value : guide.pixels()) {
        value = 0.2F;
    }
    guide.at(2, 10) = 0.9F;
    prediction->guide = std::make_shared<GuideMap>(std::move(guide));
    return prediction;
}

} // namespace

class TestViewKeys : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void turnedViewsMapThereAndBack();
    void paintingInATurnedViewHitsThePixelsUnderThePointer();
    void turnedViewsShowTheTurnedPicture();
    void gCyclesTheLayersOfTheMainPane();
    void differenceAndProbabilityHaveTheirColours();
    void theDividerPartsLabelAndPrediction();
    void displayIsOfTheImageAndLeavesItsPixels();
    void sixteenBitsAreWindowedFromTheirOwnValues();
    void theMiniMapMovesTheView();
    void lengthsAreInMillimetresOnlyWhereKnown();
    void noPresetHasConflictsAndAllSurviveARestart();
    void aKeyMovesFromOneCommandToAnother();
    void theEditorNamesConflictsAndReservedKeys();
    void thePaletteRunsWhatIsTyped();
    void everyCommandOfTheWindowHasItsName();
    void theManualIsWhole();
    void helpOpensWhereOneWorks();
};

void TestViewKeys::turnedViewsMapThereAndBack()
{
    ViewTransform transform;
    const QSizeF view(640, 480);
    transform.setImageSize({300, 200}, view);
    for (int turn = 0; turn < 16; ++turn) {
        transform.rotate(turn % 3 == 0 ? 1 : -1, view);
        if (turn % 2 == 1) {
            transform.mirror(turn % 4 == 1 ? Qt::Horizontal : Qt::Vertical, view);
        }
        transform.zoomTo(1.0 + turn / 7.0, {100, 50}, view);
        for (const PointF& image : {PointF{0, 0}, PointF{300, 200}, PointF{12.5, 190.25}}) {
            const QPointF there = transform.viewFromImage(image, view);
            const PointF back = transform.imageFromView(there, view);
            QVERIFY(std::hypot(back.x - image.x, back.y - image.y) < 1e-9);
            const QPointF mapped =
                transform.viewFromImageTransform(view).map(QPointF(image.x, image.y));
            QVERIFY(std::hypot(mapped.x() - there.x(), mapped.y() - there.y()) < 1e-9);
        }
        transform.centreOn({150, 100}); // the image's border is not in the way
        const PointF before = transform.imageFromView({330, 250}, view);
        transform.zoomTo(transform.scale() * 1.3, {330, 250}, view);
        const PointF after = transform.imageFromView({330, 250}, view);
        QVERIFY(std::hypot(before.x - after.x, before.y - after.y) < 1e-9);
    }
    // What is on the left is on the right after a mirror, whatever came before.
    transform.setUpright(view);
    transform.rotate(1, view);
    const QPointF was = transform.viewFromImage({10, 20}, view);
    transform.mirror(Qt::Horizontal, view);
    const QPointF is = transform.viewFromImage({10, 20}, view);
    QVERIFY(std::abs(is.x() - (view.width() - was.x())) < 1e-9);
    QVERIFY(std::abs(is.y() - was.y()) < 1e-9);
}

void TestViewKeys::paintingInATurnedViewHitsThePixelsUnderThePointer()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.tools.setRadiusPx(9);
    ToolActions& actions = bench.window.toolActions();
    for (const char* name :
         {"rotateRight", "rotateRight", "flipHorizontal", "rotateLeft", "flipVertical"}) {
        actions.named(QLatin1String(name))->trigger();
        const QPoint a = bench.viewOf(kLabel, 60, 50);
        const QPoint b = bench.viewOf(kLabel, 140, 90);
        bench.drag(kLabel, {a, b});
        const PointF from = bench.imageOf(kLabel, a);
        const PointF to = bench.imageOf(kLabel, b);
        for (int y = 0; y < 150; ++y) {
            for (int x = 0; x < 200; ++x) {
                QCOMPARE(
                    bench.shown().labels().at(x, y) == 1, editing::coversPixel(from, to, 9, x, y));
            }
        }
        bench.key(Qt::Key_Z, Qt::ControlModifier);
    }
}

void TestViewKeys::turnedViewsShowTheTurnedPicture()
{
    const SyntheticFolder folder(1, 1);
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.view.setMiniMapShown(false);
    bench.view.setScaleBarShown(false);
    CanvasView& pane = bench.pane(PaneRole::Label);
    QHash<QString, QRgb> seen;
    const QList<QPoint> places{{70, 55}, {60, 110}, {150, 45}, {75, 70}, {110, 75}};
    for (int turn = 0; turn < 8; ++turn) {
        const QImage picture = pane.grab().toImage();
        for (const QPoint& place : places) {
            const QRgb color = picture.pixel(bench.viewOf(kLabel, place.x(), place.y()));
            const QString key = QStringLiteral("%1,%2").arg(place.x()).arg(place.y());
            if (!seen.contains(key)) {
                seen.insert(key, color);
            }
            const QRgb first = seen.value(key);
            // Edges fall otherwise on the pixels of the screen; the places are inside and outside.
            QVERIFY2(
                std::abs(qGray(first) - qGray(color)) < 45,
                qPrintable(QStringLiteral("turn %1 at %2").arg(turn).arg(key)));
        }
        if (turn == 3) {
            bench.window.canvas().mirror(Qt::Horizontal);
        } else {
            bench.window.canvas().rotate(1);
        }
    }
}

void TestViewKeys::gCyclesTheLayersOfTheMainPane()
{
    const SyntheticFolder folder(1, 1);
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.shown().setPrediction(squarePrediction());
    QSet<QByteArray> pictures;
    QList<ViewSettings::MainLayer> layers;
    for (int i = 0; i < 8; ++i) {
        layers.append(bench.view.mainLayer());
        const QImage picture = bench.pane(PaneRole::Image).grab().toImage();
        // Without the title, which names the layer.
        const QImage body = picture.copy(0, 40, picture.width(), picture.height() - 80);
        pictures.insert(QByteArray(
            reinterpret_cast<const char*>(body.constBits()),
            static_cast<qsizetype>(body.sizeInBytes())));
        bench.key(Qt::Key_G);
    }
    QCOMPARE(bench.view.mainLayer(), ViewSettings::MainLayer::Own);
    QCOMPARE(QSet<ViewSettings::MainLayer>(layers.begin(), layers.end()).size(), 8);
    QCOMPARE(pictures.size(), 7); // the image's own layer is none
}

void TestViewKeys::differenceAndProbabilityHaveTheirColours()
{
    const SyntheticFolder folder(1, 1);
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.shown().setPrediction(squarePrediction());
    const auto colorAt = [&](int x, int y) {
        return QColor(bench.pane(PaneRole::Image)
                          .grab()
                          .toImage()
                          .pixel(bench.viewOf(PaneRole::Image, x, y)));
    };
    bench.view.setMainLayer(ViewSettings::MainLayer::Difference);
    const QColor label = bench.dataset.classes().first().color;
    const QColor other = CanvasView::predictionColor(label);
    QVERIFY(std::abs(colorAt(70, 55).hsvHue() - label.hsvHue()) < 12);  // label only
    QVERIFY(std::abs(colorAt(150, 40).hsvHue() - other.hsvHue()) < 12); // prediction only
    bench.view.setMainLayer(ViewSettings::MainLayer::None);
    const QColor ground = colorAt(20, 130);
    bench.view.setMainLayer(ViewSettings::MainLayer::Difference);
    QCOMPARE(colorAt(20, 130), ground); // they agree
    bench.view.setMainLayer(ViewSettings::MainLayer::Probability);
    const QColor sure(probabilityColors()[255]);
    QVERIFY(std::abs(colorAt(150, 40).lightness() - sure.lightness()) < 40);
    QVERIFY(colorAt(20, 130).lightness() < 70);
    // An edit is in the difference at once.
    bench.view.setMainLayer(ViewSettings::MainLayer::Difference);
    bench.tools.setRadiusPx(8);
    bench.drag(kLabel, {bench.viewOf(kLabel, 150, 40)});
    bench.view.setMainLayer(ViewSettings::MainLayer::None);
    const QColor plain = colorAt(150, 40);
    bench.view.setMainLayer(ViewSettings::MainLayer::Difference);
    QCOMPARE(colorAt(150, 40), plain);
}

void TestViewKeys::theDividerPartsLabelAndPrediction()
{
    const SyntheticFolder folder(1, 1);
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.shown().setPrediction(squarePrediction());
    bench.key(Qt::Key_V, Qt::ShiftModifier);
    QVERIFY(bench.view.isSwiping());
    const auto isLabelAt = [&](int x, int y) {
        const QColor with(bench.pane(kLabel).grab().toImage().pixel(bench.viewOf(kLabel, x, y)));
        const QColor without(bench.pane(PaneRole::Image)
                                 .grab()
                                 .toImage()
                                 .pixel(bench.viewOf(PaneRole::Image, x, y)));
        return std::abs(with.hsvHue() - without.hsvHue()) > 10
               || std::abs(with.lightness() - without.lightness()) > 10;
    };
    QVERIFY(isLabelAt(70, 55));  // label on the left
    QVERIFY(isLabelAt(150, 40)); // prediction on the right
    // Figures that come meanwhile leave window and panes as they are.
    const QSize window = bench.window.size();
    const QSize pane = bench.pane(kLabel).size();
    for (int attempt = 0; attempt < 3 && bench.view.swipePosition() >= 0.05; ++attempt) {
        const int height = bench.pane(kLabel).height();
        const int divider = qRound(bench.view.swipePosition() * bench.pane(kLabel).width());
        bench.drag(
            kLabel,
            {QPoint(divider, height / 3), QPoint(divider / 2, height / 3), QPoint(6, height / 3)});
    }
    QCOMPARE(bench.window.size(), window);
    QCOMPARE(bench.pane(kLabel).size(), pane);
    QVERIFY(bench.view.swipePosition() < 0.05);
    QVERIFY(!isLabelAt(70, 55)); // no prediction there
    QVERIFY(bench.shown().undoStack().count() == 0);
}

void TestViewKeys::displayIsOfTheImageAndLeavesItsPixels()
{
    const SyntheticFolder folder(2, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    const auto lightness = [&](int x, int y) {
        return qGray(bench.pane(PaneRole::Image)
                         .grab()
                         .toImage()
                         .pixel(bench.viewOf(PaneRole::Image, x, y)));
    };
    const int before = lightness(70, 55);
    const Raster8 pixels = bench.shown().image()->level(0);
    DisplayAdjustment display;
    display.high = 0.5;
    bench.shown().setDisplay(display);
    QVERIFY(lightness(70, 55) > before + 20);
    display.isInverted = true;
    bench.shown().setDisplay(display);
    QVERIFY(lightness(20, 130) < 60);
    display = {};
    display.channel = DisplayAdjustment::Channel::Blue;
    bench.shown().setDisplay(display);
    QVERIFY(std::abs(lightness(20, 130) - 160) < 4); // of QColor(200, 170, 160)
    QVERIFY(bench.shown().image()->level(0) == pixels);
    bench.dataset.showNext();
    QTRY_VERIFY(bench.shown().image() != nullptr);
    QTRY_VERIFY(bench.shown().display().isPlain());
    const auto table = DisplayAdjustment{}.table();
    for (int i = 0; i < 256; ++i) {
        QCOMPARE(int{table[static_cast<std::size_t>(i)]}, i);
    }
}

void TestViewKeys::sixteenBitsAreWindowedFromTheirOwnValues()
{
    // A scanner of 12 bits: a ramp from 0 to 3990 of 65535, which 8 bits would show in 16 greys.
    const SyntheticFolder folder(1, 0);
    QImage ramp(200, 150, QImage::Format_Grayscale16);
    for (int y = 0; y < 150; ++y) {
        for (int x = 0; x < 200; ++x) {
            reinterpret_cast<quint16*>(ramp.scanLine(y))[x] = static_cast<quint16>(20 * x);
        }
    }
    QVERIFY(ramp.save(folder.path() + QStringLiteral("/images/case0.png")));
    Workbench bench(freshHome());
    bench.open(folder.path());
    QTRY_VERIFY(bench.shown().image() != nullptr);
    QVERIFY(bench.shown().image()->deep() != nullptr);
    const auto greyAt = [&](int x) { return int{bench.shown().shownImage()->level(0).at(x, 75)}; };
    QVERIFY(greyAt(2) < 6 && greyAt(197) > 248); // its own range at first
    QSet<int> greys;
    for (int x = 0; x < 200; ++x) {
        greys.insert(greyAt(x));
    }
    QVERIFY(greys.size() > 180); // each step is seen
    DisplayAdjustment display = bench.shown().display();
    display.low = 2000 / 65535.0;
    display.high = 2400 / 65535.0;
    bench.shown().setDisplay(display);
    QCOMPARE(greyAt(99), 0);
    QVERIFY(std::abs(greyAt(110) - 128) < 3);
    QCOMPARE(greyAt(121), 255);
    const QImage pane = bench.pane(PaneRole::Image).grab().toImage();
    QVERIFY(qGray(pane.pixel(bench.viewOf(PaneRole::Image, 40, 100))) < 10);
    QVERIFY(qGray(pane.pixel(bench.viewOf(PaneRole::Image, 160, 100))) > 245);
    bench.shown().setDisplay({}); // as stored
    QVERIFY(greyAt(199) < 20);
}

void TestViewKeys::theMiniMapMovesTheView()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.key(Qt::Key_F8);
    QTest::qWait(20);
    ViewTransform& transform = bench.window.canvas().transform();
    const QSizeF view = bench.pane(kLabel).size();
    transform.zoomTo(12, {view.width() / 2, view.height() / 2}, view);
    const PointF before = transform.centre();
    // Its middle is the image's middle, its left end the image's left end.
    const QPoint left(bench.pane(kLabel).width() - 8 - 132 + 4, bench.pane(kLabel).height() - 80);
    bench.drag(kLabel, {left});
    QVERIFY(transform.centre().x < before.x - 60);
    QCOMPARE(bench.shown().undoStack().count(), 0);
    bench.key(Qt::Key_F9);
    QVERIFY(!bench.view.hasMiniMap());
}

void TestViewKeys::lengthsAreInMillimetresOnlyWhereKnown()
{
    QLocale::setDefault(QLocale::c());
    QCOMPARE(lengthText(3, 4, {}), QStringLiteral("5.0 px"));
    QCOMPARE(lengthText(30, 40, SpacingMm{0.1, 0.1}), QStringLiteral("5.00 mm (50.0 px)"));
    QCOMPARE(areaText(200, {}), QStringLiteral("200 px²"));
    QCOMPARE(areaText(200, SpacingMm{0.5, 0.2}), QStringLiteral("20.0 mm² (200 px²)"));
}

void TestViewKeys::noPresetHasConflictsAndAllSurviveARestart()
{
    const QString home = freshHome();
    for (const KeyMap::Preset preset :
         {KeyMap::Preset::GuiDino,
          KeyMap::Preset::Slicer,
          KeyMap::Preset::ItkSnap,
          KeyMap::Preset::LabelMe}) {
        {
            Workbench bench(home);
            KeyMap& keys = bench.window.keys();
            keys.usePreset(preset);
            QVERIFY(keys.entries().size() > 60);
            for (const KeyMap::Entry& entry : keys.entries()) {
                for (const QKeySequence& key : entry.action->shortcuts()) {
                    QVERIFY2(KeyMap::reasonReserved(key).isEmpty(), qPrintable(key.toString()));
                    const QList<QAction*> others = keys.conflicts(key, entry.action);
                    QVERIFY2(
                        others.isEmpty(),
                        qPrintable(
                            QStringLiteral("%1: %2 is also %3")
                                .arg(
                                    KeyMap::nameOf(preset),
                                    key.toString(),
                                    others.isEmpty() ? QString() : others.first()->objectName())));
                }
            }
        }
        Workbench again(home);
        QCOMPARE(again.window.keys().preset(), preset);
        if (preset == KeyMap::Preset::Slicer) {
            QCOMPARE(
                again.window.toolActions().named(QStringLiteral("lasso"))->shortcut(),
                QKeySequence(Qt::Key_D));
        }
    }
}

void TestViewKeys::aKeyMovesFromOneCommandToAnother()
{
    const QString home = freshHome();
    {
        Workbench bench(home);
        ToolActions& actions = bench.window.toolActions();
        QAction* polygon = actions.named(QStringLiteral("polygon"));
        QAction* lasso = actions.named(QStringLiteral("lasso"));
        bench.window.keys().setKeys(polygon, {QKeySequence(Qt::Key_L)});
        QCOMPARE(polygon->shortcut(), QKeySequence(Qt::Key_L));
        QVERIFY(lasso->shortcuts().isEmpty());
        QVERIFY(polygon->toolTip().endsWith(QStringLiteral("(L)")));
        const SyntheticFolder folder(1, 0);
        bench.open(folder.path());
        bench.key(Qt::Key_L);
        QCOMPARE(bench.tools.tool(), ToolState::Tool::Polygon);
    }
    Workbench later(home);
    ToolActions& actions = later.window.toolActions();
    QAction* polygon = actions.named(QStringLiteral("polygon"));
    QCOMPARE(polygon->shortcut(), QKeySequence(Qt::Key_L));
    QVERIFY(actions.named(QStringLiteral("lasso"))->shortcuts().isEmpty());
    later.window.keys().usePreset(KeyMap::Preset::GuiDino);
    QCOMPARE(polygon->shortcut(), QKeySequence(Qt::Key_P));
    QCOMPARE(actions.named(QStringLiteral("lasso"))->shortcut(), QKeySequence(Qt::Key_L));
}

void TestViewKeys::theEditorNamesConflictsAndReservedKeys()
{
    Workbench bench(freshHome());
    bench.window.toolActions().named(QStringLiteral("editKeys"))->trigger();
    auto* editor = bench.window.findChild<KeyEditor*>();
    QVERIFY(editor != nullptr);
    QTreeWidgetItem* polygon = nullptr;
    for (int i = 0; i < editor->list().topLevelItemCount(); ++i) {
        if (editor->list().topLevelItem(i)->data(0, Qt::UserRole) == QStringLiteral("polygon")) {
            polygon = editor->list().topLevelItem(i);
        }
    }
    QVERIFY(polygon != nullptr);
    editor->list().setCurrentItem(polygon);
    editor->keyField().setKeySequence(QKeySequence(Qt::Key_B));
    QVERIFY(editor->hint().contains(QStringLiteral("Brush")));
    QVERIFY(editor->assignButton().isEnabled());
    editor->keyField().setKeySequence(QKeySequence(Qt::Key_F1));
    QVERIFY(!editor->assignButton().isEnabled());
    editor->keyField().setKeySequence(QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_Q));
    QVERIFY(!editor->assignButton().isEnabled());
    editor->keyField().setKeySequence(QKeySequence(Qt::SHIFT | Qt::Key_F12));
    QTest::mouseClick(&editor->assignButton(), Qt::LeftButton);
    QCOMPARE(
        bench.window.toolActions().named(QStringLiteral("polygon"))->shortcut(),
        QKeySequence(Qt::SHIFT | Qt::Key_F12));
}

void TestViewKeys::thePaletteRunsWhatIsTyped()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    bench.key(Qt::Key_P, Qt::ControlModifier);
    auto* palette = bench.window.findChild<CommandPalette*>();
    QVERIFY(palette != nullptr);
    QTest::keyClicks(&palette->field(), QStringLiteral("polyg"));
    QTest::keyClick(&palette->field(), Qt::Key_Return);
    QTRY_COMPARE(bench.tools.tool(), ToolState::Tool::Polygon);
    QTRY_VERIFY(bench.window.findChild<CommandPalette*>() == nullptr);
    // What cannot be done says why, and Return leaves it alone.
    bench.window.activateWindow();
    QTRY_VERIFY(bench.window.isActiveWindow());
    bench.key(Qt::Key_P, Qt::ControlModifier);
    palette = bench.window.findChild<CommandPalette*>();
    QVERIFY(palette != nullptr);
    QTest::keyClicks(&palette->field(), QStringLiteral("accept by brush"));
    QVERIFY(palette->list().currentItem()->text().contains(QStringLiteral("Run the model")));
    QTest::keyClick(&palette->field(), Qt::Key_Return);
    QCOMPARE(bench.tools.tool(), ToolState::Tool::Polygon);
    QVERIFY(palette->isVisible());
    // By its name, too, where the tip says nothing but the reason.
    palette->field().setText(QStringLiteral("use as label"));
    QVERIFY(palette->list().currentItem() != nullptr);
    QCOMPARE(
        palette->list().currentItem()->text().section(QLatin1Char('('), 0, 0).trimmed(),
        QStringLiteral("Use as label: Run the model first"));
}

void TestViewKeys::everyCommandOfTheWindowHasItsName()
{
    Workbench bench(freshHome());
    QSet<QString> names;
    const QList<QAction*> actions = bench.window.actions();
    QVERIFY(actions.size() > 80);
    for (const QAction* action : actions) {
        QVERIFY2(!action->objectName().isEmpty(), qPrintable(action->text()));
        QVERIFY2(!names.contains(action->objectName()), qPrintable(action->objectName()));
        names.insert(action->objectName());
    }
    // All of them are in the editor, but help, which stays on F1, and the keys of modes beside.
    for (const char* name :
         {"reviewDesk", "nextUnreviewed", "guideMixer", "newProject", "export"}) {
        QVERIFY2(bench.window.toolActions().named(QLatin1StringView(name)) != nullptr, name);
    }
    const KeyMap& keys = bench.window.keys();
    for (const QAction* action : actions) {
        const bool isKnown = std::any_of(
            keys.entries().begin(), keys.entries().end(), [action](const KeyMap::Entry& entry) {
                return entry.action == action;
            });
        QVERIFY2(
            isKnown || action->objectName() == QLatin1StringView("manual"),
            qPrintable(action->objectName()));
    }
}

void TestViewKeys::theManualIsWhole()
{
    Workbench bench(freshHome());
    const QDir folder(QStringLiteral(GUIDINO_SOURCE_DIR "/docs/manual"));
    static const QRegularExpression link(QStringLiteral("\\]\\(([^)#]+)\\)"));
    for (const auto& [page, title] : HelpViewer::pages()) {
        QFile file(folder.filePath(page + QStringLiteral(".md")));
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(page));
        const QString text = QString::fromUtf8(file.readAll());
        QVERIFY2(text.startsWith(QStringLiteral("# ")), qPrintable(page));
        const bool isInside = page == QLatin1StringView("keys")
                              || QFile::exists(QStringLiteral(":/manual/%1.md").arg(page));
        QVERIFY2(isInside, qPrintable(page));
        for (auto found = link.globalMatch(text); found.hasNext();) {
            const QString target = found.next().captured(1);
            QVERIFY2(!target.contains(QLatin1Char(':')), qPrintable(target)); // no network
            QVERIFY2(QFileInfo::exists(folder.filePath(target)), qPrintable(page + target));
            QVERIFY2(
                target == QLatin1StringView("keys.md")
                    || QFile::exists(QStringLiteral(":/manual/") + target),
                qPrintable(target));
        }
    }
    for (const QFileInfo& picture : folder.entryInfoList({QStringLiteral("*.png")})) {
        QVERIFY2(picture.size() <= 200 * 1024, qPrintable(picture.fileName()));
        QVERIFY2(!QImage(picture.filePath()).isNull(), qPrintable(picture.fileName()));
    }
    // The table of keys is that of the program (docs/manual/make_screenshots keys).
    QFile keys(folder.filePath(QStringLiteral("keys.md")));
    QVERIFY(keys.open(QIODevice::ReadOnly));
    QCOMPARE(QString::fromUtf8(keys.readAll()), keysAsMarkdown(bench.window.keys()));
}

void TestViewKeys::helpOpensWhereOneWorks()
{
    const SyntheticFolder folder(1, 0);
    Workbench bench(freshHome());
    bench.open(folder.path());
    auto* help = bench.window.findChild<HelpDesk*>();
    QVERIFY(help != nullptr);
    bench.key(Qt::Key_F1);
    QVERIFY(help->viewer() != nullptr && help->viewer()->isVisible());
    QCOMPARE(help->viewer()->page(), QStringLiteral("window"));
    QVERIFY(help->viewer()->browser().toPlainText().contains(QStringLiteral("Proposals")));
    // Links lead to other pages, and nowhere else.
    help->viewer()->showPage(QStringLiteral("index"));
    help->viewer()->browser().setSource(QUrl(QStringLiteral("guide.md")));
    QCOMPARE(help->viewer()->page(), QStringLiteral("guide"));
    help->viewer()->browser().setSource(QUrl(QStringLiteral("https://example.org/a.md")));
    QCOMPARE(help->viewer()->page(), QStringLiteral("guide"));
    help->viewer()->showPage(QStringLiteral("keys"));
    QVERIFY(help->viewer()->browser().toPlainText().contains(QStringLiteral("Review desk")));
    auto* field = help->viewer()->findChild<QLineEdit*>(QStringLiteral("manualSearch"));
    field->setText(QStringLiteral("STAPLE"));
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(help->viewer()->browser().textCursor().hasSelection());
    help->viewer()->close();
    bench.window.activateWindow();
    QTRY_VERIFY(bench.window.isActiveWindow());
    bench.key(Qt::Key_G, Qt::ShiftModifier);
    QDockWidget* dock = bench.window.findChild<QDockWidget*>(QStringLiteral("whatIf"));
    QVERIFY(dock != nullptr);
    QCOMPARE(HelpDesk::pageFor(dock->widget()), QStringLiteral("guide"));
    QCOMPARE(HelpDesk::pageFor(&bench.window.review().page()), QStringLiteral("review"));
    QCOMPARE(HelpDesk::pageFor(nullptr), QStringLiteral("index"));
}

QTEST_MAIN(TestViewKeys)
#include "tst_view_keys.moc"
