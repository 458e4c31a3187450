// SPDX-License-Identifier: Apache-2.0
// Documents, commands and maps of the window's model, without a widget.
#include "core/imaging/image_writer.h"
#include "ui/model/annotation_document.h"
#include "ui/model/image_pyramid.h"
#include "ui/model/label_files.h"
#include "ui/model/prediction.h"
#include "ui/model/prompt_controller.h"
#include "ui/model/read_out.h"
#include "ui/model/tool_state.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace guidino;
using namespace guidino::ui;

class TestUiModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void strokesAreUndoableAndTellOnce();
    void paintingSignalsArePooled();
    void anEscapedStrokeLeavesNothing();
    void commandsOutliveTheirDocument();
    void rulesReachTheStroke();
    void numbersOfStepsNeverComeTwice();
    void pyramidKeepsMeansAndSizes();
    void aFirstLookIsThePictureCoarse();
    void promptsAreAnsweredByTheObjectsUnderThem();
    void guideReadsAndRanks();
    void maskConventionsAreRead();
    void masksOfOneAndOfMoreClassesAreWritten();
    void durationsAreWords();
};

void TestUiModel::strokesAreUndoableAndTellOnce()
{
    DocumentTable table;
    AnnotationDocument& document = table.create(ImageId{1}, {100, 80});
    QSignalSpy changed(&document, &AnnotationDocument::labelsChanged);
    QSignalSpy modified(&document, &AnnotationDocument::modifiedChanged);
    document.beginStroke(1, 5, {20, 20}, {});
    const PointF next{60, 40};
    document.continueStroke({&next, 1});
    QCOMPARE(changed.count(), 0);
    document.commitStroke(UndoText::brush(QStringLiteral("Polyp"), 10));
    QCOMPARE(changed.count(), 1);
    QCOMPARE(modified.count(), 1);
    QCOMPARE(document.undoStack().undoText(), QStringLiteral("Brush, Polyp, 10 px (#1)"));
    const LabelMap painted = document.labels();
    document.undoStack().undo();
    QVERIFY(document.labels() == LabelMap(Size{100, 80}));
    QVERIFY(!document.isModified());
    document.undoStack().redo();
    QVERIFY(document.labels() == painted);
    QCOMPARE(changed.count(), 3);
    document.markSaved();
    QVERIFY(!document.isModified());
    document.undoStack().undo();
    QVERIFY(document.isModified());
}

void TestUiModel::paintingSignalsArePooled()
{
    DocumentTable table;
    AnnotationDocument& document = table.create(ImageId{1}, {100, 80});
    QSignalSpy painted(&document, &AnnotationDocument::labelsPainted);
    document.beginStroke(1, 5, {20, 20}, {});
    for (int x = 20; x < 80; ++x) {
        const PointF next{static_cast<double>(x), 40};
        document.continueStroke({&next, 1});
    }
    QCOMPARE(painted.count(), 0);
    QTRY_COMPARE(painted.count(), 1);
    QVERIFY(painted.first().first().toRect().contains(QRect(20, 36, 60, 8)));
    document.commitStroke(UndoText::eraser(10));
}

void TestUiModel::anEscapedStrokeLeavesNothing()
{
    DocumentTable table;
    AnnotationDocument& document = table.create(ImageId{1}, {100, 80});
    document.beginStroke(1, 5, {20, 20}, {});
    QVERIFY(hasLabels(document.labels()));
    document.cancelStroke();
    QVERIFY(!hasLabels(document.labels()));
    QCOMPARE(document.undoStack().count(), 0);
    // Undo in the middle of a stroke drops the stroke first.
    document.beginStroke(1, 5, {20, 20}, {});
    document.commitStroke(UndoText::eraser(1));
    document.beginStroke(1, 5, {70, 50}, {});
    document.undoStack().undo();
    QVERIFY(!hasLabels(document.labels()));
    QVERIFY(!document.isStroking());
}

void TestUiModel::commandsOutliveTheirDocument()
{
    DocumentTable table;
    AnnotationDocument& document = table.create(ImageId{1}, {100, 80});
    QSignalSpy changed(&document, &AnnotationDocument::labelsChanged);
    document.beginStroke(1, 5, {20, 20}, {});
    document.commitStroke(UndoText::eraser(1));
    QCOMPARE(changed.count(), 1);
    table.clear();
    QVERIFY(table.document(ImageId{1}) == nullptr);
}

void TestUiModel::rulesReachTheStroke()
{
    DocumentTable table;
    AnnotationDocument& document = table.create(ImageId{1}, {100, 80});
    editing::EditRules rules;
    rules.region = Rect{0, 0, 30, 80};
    document.beginStroke(1, 20, {30, 40}, rules);
    document.commitStroke(UndoText::eraser(1));
    QCOMPARE(int{document.labels().at(29, 40)}, 1);
    QCOMPARE(int{document.labels().at(30, 40)}, 0);
}

void TestUiModel::pyramidKeepsMeansAndSizes()
{
    Raster8 image(1001, 601, 3);
    for (int y = 0; y < 601; ++y) {
        for (int x = 0; x < 1001; ++x) {
            image.at(x, y, 0) = static_cast<std::uint8_t>(x % 2 == 0 ? 100 : 200);
            image.at(x, y, 1) = 50;
            image.at(x, y, 2) = static_cast<std::uint8_t>(y % 256);
        }
    }
    const ImagePyramid pyramid(std::make_shared<const Raster8>(image));
    QCOMPARE(pyramid.levelCount(), 3);
    QCOMPARE(pyramid.level(1).width(), 501);
    QCOMPARE(pyramid.level(2).height(), 151);
    QCOMPARE(int{pyramid.level(1).at(10, 10, 0)}, 150);
    QCOMPARE(int{pyramid.level(2).at(10, 10, 1)}, 50);
    QCOMPARE(pyramid.levelFor(1.0), 0);
    QCOMPARE(pyramid.levelFor(0.5), 1);
    QCOMPARE(pyramid.levelFor(0.3), 1);
    QCOMPARE(pyramid.levelFor(0.01), 2);
}

void TestUiModel::numbersOfStepsNeverComeTwice()
{
    DocumentTable table;
    AnnotationDocument& document = table.create(ImageId{1}, {100, 80});
    const auto stroke = [&document](int i) {
        document.beginStroke(static_cast<std::uint8_t>(1 + i % 2), 3, {20.0 + i % 40, 30}, {});
        document.commitStroke(UndoText::eraser(6));
    };
    for (int i = 0; i < 510; ++i) {
        stroke(i);
    }
    QCOMPARE(document.undoStack().count(), 500);
    QVERIFY(document.undoStack().undoText().endsWith(QStringLiteral("(#510)")));
    document.undoStack().undo();
    document.undoStack().undo();
    stroke(1);
    QVERIFY(document.undoStack().undoText().endsWith(QStringLiteral("(#509)")));
    document.undoStack().setIndex(0);
    stroke(0);
    QVERIFY(document.undoStack().undoText().endsWith(QStringLiteral("(#11)")));
    QCOMPARE(UndoText::numberOf(QStringLiteral("Radierer, 6 px (#41)")), 41);
    QCOMPARE(UndoText::numberOf(QStringLiteral("Back to the saved labels")), 0);
}

void TestUiModel::aFirstLookIsThePictureCoarse()
{
    QTemporaryDir folder;
    Raster8 image(4001, 3002, 3);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            image.at(x, y, 0) = static_cast<std::uint8_t>(x / 16);
            image.at(x, y, 1) = static_cast<std::uint8_t>(y / 12);
            image.at(x, y, 2) = 90;
        }
    }
    const std::filesystem::path file = folder.filePath(QStringLiteral("large.jpg")).toStdString();
    QVERIFY(imaging::writeJpeg(file, image, 95).has_value());
    const auto look = readImagePreview(file).value();
    QVERIFY(look != nullptr && look->isPreview());
    const auto whole = readImagePyramid(file).value();
    QVERIFY(!whole->isPreview());
    QVERIFY(look->size() == whole->size());
    QCOMPARE(look->levelCount(), whole->levelCount());
    const int finest = look->levelFor(1.0);
    QVERIFY(finest > 0);
    for (int level = finest; level < look->levelCount(); ++level) {
        const Raster8& coarse = look->level(level);
        const Raster8& exact = whole->level(level);
        QVERIFY(coarse.size() == exact.size());
        int worst = 0;
        for (int y = 2; y < coarse.height() - 2; ++y) {
            for (int x = 2; x < coarse.width() - 2; ++x) {
                worst = std::max(worst, std::abs(coarse.at(x, y, 0) - exact.at(x, y, 0)));
            }
        }
        QVERIFY2(worst <= 6, qPrintable(QString::number(worst)));
    }
    // Small ones and other formats are read whole at once.
    const std::filesystem::path small = folder.filePath(QStringLiteral("small.jpg")).toStdString();
    QVERIFY(imaging::writeJpeg(small, Raster8(800, 600, 3), 90).has_value());
    QVERIFY(readImagePreview(small).value() == nullptr);
    QVERIFY(!readImagePreview(folder.filePath(QStringLiteral("none.jpg")).toStdString()));
}

void TestUiModel::promptsAreAnsweredByTheObjectsUnderThem()
{
    Raster8 said(60, 40);
    for (int y = 5; y < 15; ++y) {
        for (int x = 5; x < 20; ++x) {
            said.at(x, y) = 1;
            said.at(x + 30, y + 15) = 1;
        }
    }
    const LabelMap predicted = LabelMap::fromRaster(said);
    PromptRequest request{ImageId{7}, {{{10, 10}, true}, {{50, 35}, false}}, {}};
    editing::Region object = PromptController::objectOf(predicted, request);
    QVERIFY(object.bounds() == (Rect{5, 5, 15, 10}));
    QCOMPARE(object.area(), std::int64_t{150});
    request.prompts = {{{30, 3}, true}}; // nothing was predicted there
    QCOMPARE(PromptController::objectOf(predicted, request).area(), std::int64_t{0});
    request.box = Rect{38, 18, 10, 30}; // what lies in it, and no more
    object = PromptController::objectOf(predicted, request);
    QVERIFY(object.bounds() == (Rect{38, 20, 10, 10}));

    ToolState tools;
    QSignalSpy answered(&tools, &ToolState::promptAnswered);
    tools.setPromptRequest(request);
    PromptRequest older = request;
    older.box.reset();
    tools.setPromptAnswer(older, object);
    QVERIFY(tools.promptAnswer() == nullptr); // something else was asked meanwhile
    tools.setPromptAnswer(request, object);
    QCOMPARE(answered.count(), 1);
    QVERIFY(tools.promptAnswer() != nullptr);
    tools.setPromptRequest({});
    QVERIFY(tools.promptAnswer() == nullptr);
}

void TestUiModel::guideReadsAndRanks()
{
    RasterF values(4, 2);
    for (int i = 0; i < 8; ++i) {
        values.pixels()[static_cast<std::size_t>(i)] = static_cast<float>(i) / 10;
    }
    const GuideMap guide(values);
    // At the middle of a token its own value, half-way between two their mean.
    QVERIFY(std::abs(guide.valueAt(0.375, 0.25) - 0.1) < 1e-6);
    QVERIFY(std::abs(guide.valueAt(0.5, 0.25) - 0.15) < 1e-6);
    QVERIFY(std::abs(guide.valueAt(0.375, 0.5) - 0.3) < 1e-6);
    QCOMPARE(guide.percentileOf(0.0), 0);
    QCOMPARE(guide.percentileOf(0.4), 50);
    QCOMPARE(guide.percentileOf(0.9), 100);
    QVERIFY(guide.low() < guide.high());
    QCOMPARE(guide.smooth().width(), 32);
    const GuideMap flat{RasterF(3, 3)};
    QVERIFY(flat.high() - flat.low() >= 0.019F);
}

void TestUiModel::maskConventionsAreRead()
{
    const QTemporaryDir folder;
    const auto file = [&](const char* name) {
        return std::filesystem::path(folder.path().toStdString()) / name;
    };
    Raster8 pixels(3, 1);
    const auto write = [&](const char* name, std::uint8_t a, std::uint8_t b, std::uint8_t c) {
        pixels.at(0, 0) = a;
        pixels.at(1, 0) = b;
        pixels.at(2, 0) = c;
        QVERIFY(imaging::writePng(file(name), pixels).has_value());
    };
    const auto read = [&](const char* name) { return readLabelFile(file(name), {3, 1}); };
    write("binary.png", 0, 255, 0);
    QCOMPARE(int{read("binary.png")->at(1, 0)}, 1);
    write("ones.png", 0, 1, 1);
    QCOMPARE(int{read("ones.png")->at(2, 0)}, 1);
    write("classes.png", 0, 1, 2);
    QCOMPARE(int{read("classes.png")->at(2, 0)}, 2);
    write("soft.png", 120, 128, 250);
    QCOMPARE(int{read("soft.png")->at(0, 0)}, 0);
    QCOMPARE(int{read("soft.png")->at(1, 0)}, 1);
    write("ignore.png", 1, 2, 255);
    QCOMPARE(int{read("ignore.png")->at(2, 0)}, 255);
    const auto wrong = readLabelFile(file("binary.png"), {4, 1});
    QVERIFY(!wrong.has_value());
    QCOMPARE(wrong.error().code, ErrorCode::BadInput);
    QVERIFY(wrong.error().message.find("binary.png") != std::string::npos);
}

void TestUiModel::masksOfOneAndOfMoreClassesAreWritten()
{
    const QTemporaryDir folder;
    const std::filesystem::path root(folder.path().toStdString());
    Raster8 pixels(130, 70);
    pixels.at(100, 60) = 1;
    const LabelMap binary = LabelMap::fromRaster(pixels);
    QVERIFY(writeLabelFile(root / "deep" / "a.png", binary, binaryClasses()).has_value());
    QVERIFY(*readLabelFile(root / "deep" / "a.png", {130, 70}) == binary);
    pixels.at(5, 5) = 3;
    pixels.at(6, 5) = kIgnoreLabel;
    const LabelMap classes = LabelMap::fromRaster(pixels);
    QVERIFY(writeLabelFile(root / "b.png", classes, binaryClasses()).has_value());
    QVERIFY(*readLabelFile(root / "b.png", {130, 70}) == classes);
}

void TestUiModel::durationsAreWords()
{
    QCOMPARE(durationText(-1), QString());
    QCOMPARE(durationText(3), QStringLiteral("a few seconds"));
    QCOMPARE(durationText(42), QStringLiteral("about 40 s"));
    QCOMPARE(durationText(240), QStringLiteral("about 4 min"));
    QCOMPARE(durationText(5000), QStringLiteral("about 1 h 23 min"));
}

QTEST_MAIN(TestUiModel)
#include "tst_ui_model.moc"
