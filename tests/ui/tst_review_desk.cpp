// SPDX-License-Identifier: Apache-2.0
// The review in the real window, by keys and mouse: decide, undo, correct, export, split, merge.
#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/imaging/image_reader.h"
#include "core/project/archive.h"
#include "core/project/reader_package.h"
#include "core/project/redaction.h"
#include "core/project/review_state.h"
#include "core/project/review_value.h"
#include "tests/ui/workbench_fixture.h"
#include "ui/model/export_controller.h"
#include "ui/model/key_map.h"
#include "ui/model/review_controller.h"
#include "ui/model/review_scan.h"
#include "ui/widgets/adjudication_page.h"
#include "ui/widgets/audit_dialog.h"
#include "ui/widgets/path_field.h"
#include "ui/widgets/reasons_dialog.h"
#include "ui/widgets/redaction_dialog.h"
#include "ui/widgets/review_desk.h"
#include "ui/widgets/review_page.h"
#include "ui/widgets/tool_actions.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDockWidget>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QPushButton>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTableWidget>
#include <QToolButton>

using namespace guidino;
using namespace guidino::ui;

namespace {

const Size kSize{200, 150};
constexpr int kLongMs = 60000;

LabelMap withRect(const Rect& rect)
{
    Raster8 raster(kSize.width, kSize.height);
    for (int y = rect.y; y < rect.bottom(); ++y) {
        for (int x = rect.x; x < rect.right(); ++x) {
            raster.at(x, y) = 1;
        }
    }
    return LabelMap::fromRaster(raster);
}

/// A window on a fresh project of so many images, each with a prediction and its signals.
struct Desk
{
    explicit Desk(int count)
        : folder(count, 0)
        , bench(home.path())
    {
        bench.project.setAuthor(QStringLiteral("Ada"));
        bench.open(folder.path());
        QTRY_VERIFY_WITH_TIMEOUT(isHashed(), kLongMs);
        for (const ImageEntry& entry : bench.dataset.images().entries()) {
            images.push_back(entry.id);
            const auto index = static_cast<int>(images.size()) - 1;
            predict(entry.id, {40 + index, 30, 50 + index % 5, 40}, index == 7 ? 0.05 : 0.9);
        }
    }

    bool isHashed()
    {
        const auto& entries = bench.dataset.images().entries();
        return !entries.empty()
               && std::all_of(entries.begin(), entries.end(), [](const ImageEntry& entry) {
                      return entry.isHashed;
                  });
    }

    /// A reader draws a rectangle and accepts it.
    void read(ImageId image, const QString& reader, const Rect& rect)
    {
        bench.project.setAuthor(reader);
        project::RevisionRecord record;
        record.image = image;
        record.author = reader;
        record.origin = QStringLiteral("drawn");
        const auto revision = bench.project.addRevision(record, withRect(rect));
        QVERIFY(revision.has_value());
        const auto decided = bench.project.change(image, [&](project::ProjectStore& store) {
            return project::acceptRevision(store, *revision, reader);
        });
        QVERIFY(decided.has_value());
    }

    void predict(ImageId image, const Rect& rect, double guideIou)
    {
        project::RevisionRecord record;
        record.image = image;
        record.kind = project::RevisionKind::Prediction;
        record.model = QStringLiteral("0123456789abcdef");
        const LabelMap labels = withRect(rect);
        const auto id = bench.project.addRevision(record, labels);
        QVERIFY(id.has_value());
        project::ReviewSignals found = project::reviewSignals({labels});
        found.revision = *id;
        found.guideIou = guideIou;
        QVERIFY(bench.project
                    .setInfo(
                        QStringLiteral("review/signals/%1").arg(image.value),
                        QString::fromUtf8(project::toJson(found)))
                    .has_value());
    }

    ReviewController& review() { return bench.window.review().review(); }

    ReviewPage& page() { return bench.window.review().page(); }

    /// Enters the desk by its key and waits for the first image.
    void enter()
    {
        bench.key(Qt::Key_4, Qt::ControlModifier);
        QTRY_VERIFY(review().isActive());
        QTRY_VERIFY(review().document() != nullptr);
        QVERIFY(page().isVisible());
    }

    /// Presses an answer's key once the image is there.
    void answer(int key)
    {
        QTRY_VERIFY(review().document() != nullptr);
        bench.key(key);
    }

    project::ReviewStatus statusOf(ImageId image, const QString& reader = {}) const
    {
        const project::ProjectStore& store = *bench.project.store();
        return project::reviewStatus(
            store.revisions(image).value(), store.decisions(image).value(), reader);
    }

    QTemporaryDir home;
    SyntheticFolder folder;
    Workbench bench;
    std::vector<ImageId> images;
};

template<typename T>
T* childOf(QWidget& window, const char* name)
{
    T* found = window.findChild<T*>(QLatin1String(name));
    if (found == nullptr) {
        qFatal("no %s", name);
    }
    return found;
}

void typeInto(QWidget* field, const QString& text)
{
    auto* edit = qobject_cast<QLineEdit*>(field);
    if (edit == nullptr) {
        edit = field->findChild<QLineEdit*>();
    }
    QVERIFY(edit != nullptr);
    edit->setFocus();
    edit->selectAll();
    QTest::keyClicks(edit, text);
}

} // namespace

class ReviewDeskTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void twentyImagesAreReviewedByKeys();
    void decisionsAreTakenBack();
    void correctingComesBackToTheSamePlace();
    void notesArePinnedWhereThePointerIs();
    void reasonsCanBeSwitchedOff();
    void masksAndReportAreExported();
    void aCancelledExportLeavesNothing();
    void boxesAreDrawnAndBlackenTheExport();
    void aSecondReaderIsBlinded();
    void splitReadMergeAndAdjudicate();
    void whatBothDrewAlikeIsApartAndSettledAtOnce();
    void threeReadersMakeAConsensus();
    void aLocalCopyIsWhatIsExportedAndCompared();
    void keysReasonsAndOrderAreTheReaders();
    void whatIsNotDecidedIsFoundFromTheCanvas();
    void aTrailBrokenByHandIsFound();
    void closingDuringTheReviewKeepsTheLayout();
};

void ReviewDeskTest::twentyImagesAreReviewedByKeys()
{
    Desk desk(20);
    desk.enter();
    // The image whose guide disagrees comes first, and says so.
    QCOMPARE(desk.review().current()->image, desk.images[7]);
    QCOMPARE(
        childOf<QLabel>(desk.page(), "firstReason")->text(),
        QStringLiteral("guide and prediction disagree (IoU 0.05)"));
    QVERIFY(!desk.bench.window.findChild<QDockWidget*>(QStringLiteral("images"))->isVisible());
    QVERIFY(!childOf<QLabel>(desk.page(), "caseName")->text().contains(QStringLiteral("case7")));

    QSet<qint64> seen;
    for (int i = 0; i < 20; ++i) {
        QTRY_VERIFY(desk.review().document() != nullptr);
        const ImageId image = desk.review().current()->image;
        QVERIFY(!seen.contains(image.value)); // it goes on by itself
        seen.insert(image.value);
        if (i % 4 == 1) {
            desk.bench.key(Qt::Key_6);
            QCOMPARE(desk.review().reason(), QStringLiteral("Image quality"));
            QVERIFY(childOf<QToolButton>(desk.page(), "reason6")->isChecked());
            desk.bench.key(Qt::Key_N);
        } else if (i % 4 == 2) {
            desk.bench.key(Qt::Key_U);
        } else {
            desk.bench.key(Qt::Key_Y);
        }
        QCOMPARE(desk.review().decidedCount(), i + 1);
    }
    const project::ProjectStore& store = *desk.bench.project.store();
    const auto decisions = store.allDecisions().value();
    QCOMPARE(decisions.size(), 20U);
    QVERIFY(store.verifyAuditTrail().has_value());
    QCOMPARE(decisions[1].reason, QStringLiteral("Image quality"));
    QVERIFY(decisions[2].reason.isEmpty()); // a reason holds for one answer
    QCOMPARE(decisions[0].reader, QStringLiteral("Ada"));
    int accepted = 0;
    for (const ImageId image : desk.images) {
        const project::ReviewStatus status = desk.statusOf(image);
        if (status.state == project::ReviewState::Accepted) {
            ++accepted;
            const auto reference = store.revision(status.reference).value();
            QCOMPARE(reference.kind, project::RevisionKind::Human);
            QCOMPARE(reference.origin, QStringLiteral("accepted"));
            QCOMPARE(reference.model, QStringLiteral("0123456789abcdef"));
        } else {
            QVERIFY(!status.reference.isValid());
        }
    }
    QCOMPARE(accepted, 10);
    QCOMPARE(desk.bench.dataset.modifiedCount(), 0); // what was accepted is stored
    QVERIFY(desk.bench.window.messages().shown().text.contains(QStringLiteral("decided")));

    desk.bench.key(Qt::Key_Escape);
    QVERIFY(!desk.review().isActive());
    QVERIFY(desk.bench.window.findChild<QDockWidget*>(QStringLiteral("images"))->isVisible());
}

void ReviewDeskTest::decisionsAreTakenBack()
{
    Desk desk(4);
    desk.enter();
    const ImageId first = desk.review().current()->image;
    const RevisionId baseBefore = desk.bench.dataset.baseOf(first);
    desk.answer(Qt::Key_Y);
    QTRY_VERIFY(desk.review().current()->image != first);
    QVERIFY(hasLabels(desk.bench.dataset.document(first)->labels()));
    const ImageId second = desk.review().current()->image;
    desk.answer(Qt::Key_N);
    QTRY_VERIFY(desk.review().current()->image != second);

    desk.bench.key(Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(desk.review().current()->image, second);
    QCOMPARE(desk.statusOf(second).state, project::ReviewState::Unreviewed);
    desk.bench.key(Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(desk.review().current()->image, first);
    QCOMPARE(desk.statusOf(first).state, project::ReviewState::Unreviewed);
    QVERIFY(!desk.statusOf(first).reference.isValid());
    // The canvas is as it was, too, and nothing of it is unsaved.
    QVERIFY(!hasLabels(desk.bench.dataset.document(first)->labels()));
    QCOMPARE(desk.bench.dataset.baseOf(first), baseBefore);
    QCOMPARE(desk.bench.dataset.modifiedCount(), 0);
    QVERIFY(!desk.review().canUndo());
    // All four steps are in the trail.
    QCOMPARE(desk.bench.project.store()->allDecisions().value().size(), 4U);
    QVERIFY(desk.bench.project.store()->verifyAuditTrail().has_value());
    desk.answer(Qt::Key_U);
    QTRY_COMPARE(desk.statusOf(first).state, project::ReviewState::Unsure);
}

void ReviewDeskTest::correctingComesBackToTheSamePlace()
{
    Desk desk(4);
    desk.enter();
    desk.answer(Qt::Key_N);
    QTRY_VERIFY(desk.review().document() != nullptr);
    const ImageId image = desk.review().current()->image;
    desk.bench.key(Qt::Key_E);
    QVERIFY(desk.review().isCorrecting());
    QVERIFY(desk.bench.window.canvas().isVisible());
    QVERIFY(!desk.page().isVisible());
    // One begins with what was judged: the prediction, and paints on.
    const LabelMap before = desk.bench.shown().labels();
    QVERIFY(hasLabels(before));
    desk.bench.key(Qt::Key_F8); // the label alone
    desk.bench.key(Qt::Key_B);
    QTest::qWait(50);
    desk.bench.drag(
        PaneRole::Label,
        {desk.bench.viewOf(PaneRole::Label, 120, 100),
         desk.bench.viewOf(PaneRole::Label, 150, 110)});
    QVERIFY(!(desk.bench.shown().labels() == before));
    const LabelMap painted = desk.bench.shown().labels();
    desk.bench.key(Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(!desk.review().isCorrecting());
    QVERIFY(desk.page().isVisible());
    QCOMPARE(desk.review().current()->image, image);
    QVERIFY(desk.review().current()->isOpen());
    const project::ProjectStore& store = *desk.bench.project.store();
    const auto revisions = store.revisions(image).value();
    QCOMPARE(revisions.size(), 2U);
    QCOMPARE(revisions[1].parent, revisions[0].id);
    QCOMPARE(store.revisionLabels(revisions[1].id).value(), painted);
    QCOMPARE(desk.review().subject().revision, revisions[1].id);
    desk.answer(Qt::Key_Y);
    QTRY_COMPARE(desk.statusOf(image).state, project::ReviewState::Accepted);
    QCOMPARE(desk.statusOf(image).reference, revisions[1].id);
    const auto origin = project::originOf(store.revisions(image).value(), revisions[1].id);
    QCOMPARE(origin.origin, QStringLiteral("accepted")); // it came from the model
    QCOMPARE(origin.model, QStringLiteral("0123456789abcdef"));
    QVERIFY(origin.isCorrected);

    // Editing it later reopens the case.
    desk.bench.key(Qt::Key_Escape);
    desk.bench.dataset.show(desk.bench.dataset.images().rowOf(image));
    QTRY_COMPARE(desk.bench.shown().id(), image);
    desk.bench.key(Qt::Key_F8);
    QTest::qWait(50);
    desk.bench.drag(
        PaneRole::Label,
        {desk.bench.viewOf(PaneRole::Label, 20, 20), desk.bench.viewOf(PaneRole::Label, 30, 20)});
    desk.bench.key(Qt::Key_S, Qt::ControlModifier);
    QTRY_COMPARE(desk.statusOf(image).state, project::ReviewState::Reopened);
}

void ReviewDeskTest::notesArePinnedWhereThePointerIs()
{
    Desk desk(2);
    desk.enter();
    const ImageId image = desk.review().current()->image;
    ReviewView& view = desk.page().view();
    const QPoint at = view.viewOf({60.5, 40.5}).toPoint();
    QTest::mouseMove(desk.bench.window.windowHandle(), view.mapTo(&desk.bench.window, at));
    desk.bench.key(Qt::Key_C);
    auto* edit = childOf<QLineEdit>(desk.page(), "noteEdit");
    QTRY_VERIFY(edit->isVisible() && edit->hasFocus());
    // Letters that are answers elsewhere are letters here.
    for (const int key : {Qt::Key_N, Qt::Key_Y, Qt::Key_U, Qt::Key_E}) {
        desk.bench.key(key);
    }
    QCOMPARE(edit->text(), QStringLiteral("nyue"));
    QCOMPARE(desk.review().decidedCount(), 0);
    desk.bench.key(Qt::Key_Return);
    QVERIFY(!edit->isVisible());
    const auto notes = desk.bench.project.store()->notes(image).value();
    QCOMPARE(notes.size(), 1U);
    QCOMPARE(notes[0].text, QStringLiteral("nyue"));
    QCOMPARE(notes[0].author, QStringLiteral("Ada"));
    QVERIFY(std::abs(notes[0].x - 60.5) < 1.5 && std::abs(notes[0].y - 40.5) < 1.5);
    desk.answer(Qt::Key_Y); // the page has the keys again
    QTRY_COMPARE(desk.review().decidedCount(), 1);
}

void ReviewDeskTest::reasonsCanBeSwitchedOff()
{
    Desk desk(8);
    // The largest by far comes first; with its reason switched off, the guide's disagreement does.
    desk.predict(desk.images[2], {2, 2, 190, 140}, 0.9);
    desk.enter();
    QCOMPARE(desk.review().current()->image, desk.images[2]);
    QCOMPARE(desk.review().current()->scores.front().reason, project::ReviewReason::Area);
    desk.review().setWanted(project::ReviewReason::Area, false);
    QCOMPARE(desk.review().queue().front().image, desk.images[7]);
    QCOMPARE(desk.review().queue().front().scores.front().reason, project::ReviewReason::Guide);
    // Outside the desk, N and Shift+N go along the same order.
    desk.bench.key(Qt::Key_Escape);
    desk.bench.dataset.show(0);
    QTRY_COMPARE(desk.bench.shown().id(), desk.images[0]);
    desk.bench.key(Qt::Key_N);
    QTRY_COMPARE(desk.bench.shown().id(), desk.images[7]);
    desk.bench.key(Qt::Key_N, Qt::ShiftModifier);
    QTRY_COMPARE(desk.bench.shown().id(), desk.images[0]);
}

void ReviewDeskTest::masksAndReportAreExported()
{
    Desk desk(4);
    desk.enter();
    desk.answer(Qt::Key_Y);
    desk.answer(Qt::Key_N);
    desk.answer(Qt::Key_Y);
    QTRY_COMPARE(desk.review().decidedCount(), 3);
    desk.bench.key(Qt::Key_Escape);
    desk.bench.key(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
    auto* dialog = desk.bench.window.findChild<QDialog*>(QStringLiteral("exportDialog"));
    QVERIFY(dialog != nullptr);
    auto* plan = childOf<QLabel>(*dialog, "exportPlan");
    QTRY_VERIFY_WITH_TIMEOUT(plan->text().contains(QStringLiteral("2 mask")), kLongMs);
    QVERIFY(plan->text().contains(QStringLiteral("rejected")));
    // What was accepted from the model does not judge it, unless that is wanted.
    QVERIFY(plan->text().contains(QStringLiteral("2 × its reference began as a prediction")));
    QVERIFY(plan->text().contains(QStringLiteral("a report on 0 image")));
    QTest::mouseClick(childOf<QCheckBox>(*dialog, "exportOwnCases"), Qt::LeftButton, {}, {8, 8});
    QTRY_VERIFY_WITH_TIMEOUT(plan->text().contains(QStringLiteral("a report on 2 image")), kLongMs);
    const QString out = desk.home.filePath(QStringLiteral("out"));
    typeInto(childOf<QWidget>(*dialog, "exportFolder"), out);
    QTest::mouseClick(childOf<QCheckBox>(*dialog, "exportImages"), Qt::LeftButton, {}, {8, 8});
    QTest::mouseClick(childOf<QPushButton>(*dialog, "exportStart"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(plan->text().startsWith(QStringLiteral("Written")), kLongMs);

    const project::ProjectStore& store = *desk.bench.project.store();
    int masks = 0;
    for (const ImageId image : desk.images) {
        const QString name = project::pseudonymOf(image);
        const QString mask = out + QStringLiteral("/masks/%1.png").arg(name);
        const project::ReviewStatus status = desk.statusOf(image);
        QCOMPARE(QFileInfo::exists(mask), status.reference.isValid());
        QVERIFY(QFileInfo::exists(out + QStringLiteral("/images/%1.png").arg(name)));
        if (!status.reference.isValid()) {
            continue;
        }
        ++masks;
        const Raster8 read = imaging::readGrey8(mask.toStdString()).value();
        const Raster8 labels = store.revisionLabels(status.reference).value().toRaster();
        QCOMPARE(read.width(), kSize.width);
        for (std::size_t i = 0; i < read.pixels().size(); ++i) {
            QCOMPARE(int(read.pixels()[i]), labels.pixels()[i] == 1 ? 255 : 0);
        }
    }
    QCOMPARE(masks, 2);
    QFile json(out + QStringLiteral("/report.json"));
    QVERIFY(json.open(QIODevice::ReadOnly));
    const QByteArray text = json.readAll();
    const QJsonObject report = QJsonDocument::fromJson(text).object();
    QCOMPARE(report[QStringLiteral("per_image")].toArray().size(), 2);
    QCOMPARE(
        report[QStringLiteral("mean")][QStringLiteral("1")][QStringLiteral("dsc")].toDouble(), 1.0);
    for (const char* name : {"report.html", "report.csv", "report.pdf", "export.json"}) {
        QFile file(out + QLatin1Char('/') + QLatin1String(name));
        QVERIFY2(file.open(QIODevice::ReadOnly), name);
        const QByteArray content = file.readAll();
        QVERIFY2(content.size() > 100, name);
        QVERIFY2(!content.contains("case0.png") && !content.contains("images/case"), name);
        QVERIFY2(!content.contains(desk.folder.path().toUtf8()), name);
    }
    QVERIFY(!QDir(out).exists(QStringLiteral(".pictures")));
    QVERIFY(text.contains("not a medical device"));
    // Nothing is overwritten: the same folder is refused before it begins.
    QVERIFY(!childOf<QPushButton>(*dialog, "exportStart")->isEnabled());
}

void ReviewDeskTest::aCancelledExportLeavesNothing()
{
    Desk desk(3);
    ExportRequest request;
    request.projectFolder = desk.bench.project.folder();
    request.folder = desk.home.filePath(QStringLiteral("never"));
    request.withImages = true;
    request.labels = ExportRequest::Labels::Prediction;
    request.progress = [token = request.cancel](int, int) { token.cancel(); };
    const auto result = runExport(request);
    QVERIFY(!result.has_value());
    QCOMPARE(result.error().code, ErrorCode::Cancelled);
    QVERIFY(!QFileInfo::exists(request.folder));
    QVERIFY(QDir(desk.home.path())
                .entryList({QStringLiteral(".guidino-export*")}, QDir::AllEntries | QDir::Hidden)
                .isEmpty());
}

void ReviewDeskTest::boxesAreDrawnAndBlackenTheExport()
{
    Desk desk(2);
    desk.bench.window.review().redact->trigger();
    auto* dialog = desk.bench.window.findChild<RedactionDialog*>();
    QVERIFY(dialog != nullptr);
    QVERIFY(QTest::qWaitForWindowExposed(dialog));
    ReviewView& view = dialog->view();
    const QPoint from = view.viewOf({0, 0}).toPoint();
    const QPoint to = view.viewOf({100, 30}).toPoint();
    QTest::mousePress(&view, Qt::LeftButton, {}, from);
    QTest::mouseMove(&view, (from + to) / 2);
    QTest::mouseMove(&view, to);
    QTest::mouseRelease(&view, Qt::LeftButton, {}, to);
    const auto regions = project::projectRedactions(*desk.bench.project.store()).value();
    QCOMPARE(regions.size(), 1U);
    QVERIFY(std::abs(regions[0].width - 0.5) < 0.02 && std::abs(regions[0].height - 0.2) < 0.02);

    ExportRequest request;
    request.projectFolder = desk.bench.project.folder();
    request.folder = desk.home.filePath(QStringLiteral("black"));
    request.withImages = true;
    request.withReport = false;
    request.labels = ExportRequest::Labels::Prediction;
    request.maskForm = ExportRequest::MaskForm::Indexed;
    const auto written = runExport(request);
    QVERIFY2(written.has_value(), written ? "" : written.error().message.c_str());
    const QString name = project::pseudonymOf(desk.images[1]);
    const Raster8 picture =
        imaging::readRgb8(
            (request.folder + QStringLiteral("/images/%1.png").arg(name)).toStdString())
            .value();
    QCOMPARE(int(picture.at(50, 15)), 0);
    QVERIFY(picture.at(150, 15) > 100);
    const auto mask =
        imaging::readMaskRaw(
            (request.folder + QStringLiteral("/masks/%1.png").arg(name)).toStdString())
            .value();
    QCOMPARE(mask.kind, imaging::MaskPixels::Kind::Indexed);
    QCOMPARE(int(mask.pixels.at(60, 50)), 1);
}

void ReviewDeskTest::aSecondReaderIsBlinded()
{
    Desk desk(3);
    desk.enter();
    const ImageId image = desk.review().current()->image;
    desk.answer(Qt::Key_E);
    desk.bench.key(Qt::Key_F8);
    QTest::qWait(50);
    desk.bench.drag(
        PaneRole::Label,
        {desk.bench.viewOf(PaneRole::Label, 150, 120),
         desk.bench.viewOf(PaneRole::Label, 170, 120)});
    desk.bench.key(Qt::Key_Return, Qt::ControlModifier);
    desk.answer(Qt::Key_Y);
    const auto adas = desk.statusOf(image).reference;
    QVERIFY(adas.isValid());
    desk.bench.key(Qt::Key_Escape);

    desk.bench.project.setAuthor(QStringLiteral("Bob"));
    desk.review().setBlinded(true);
    desk.enter();
    desk.review().show(image);
    QTRY_VERIFY(desk.review().document() != nullptr);
    QVERIFY(desk.review().current()->isOpen());
    QCOMPARE(desk.review().subject().kind, ReviewController::Subject::Kind::Prediction);
    // Correcting begins with the prediction, not with what Ada drew.
    desk.answer(Qt::Key_E);
    QCOMPARE(
        desk.bench.shown().labels(),
        desk.bench.project.store()
            ->revisionLabels(desk.bench.project.store()->revisions(image).value().front().id)
            .value());
    desk.bench.key(Qt::Key_Return, Qt::ControlModifier);
    desk.answer(Qt::Key_Y);
    QTRY_COMPARE(desk.statusOf(image, QStringLiteral("Bob")).state, project::ReviewState::Accepted);
    QCOMPARE(desk.statusOf(image, QStringLiteral("Ada")).reference, adas);
    QVERIFY(desk.statusOf(image).isContested);
}

void ReviewDeskTest::splitReadMergeAndAdjudicate()
{
    QTemporaryDir exchange;
    const QString out = exchange.filePath(QStringLiteral("for-bob.gdino"));
    const QString back = exchange.filePath(QStringLiteral("from-bob.gdino"));
    Desk desk(3);
    // Ada accepts all predictions.
    desk.enter();
    for (int i = 0; i < 3; ++i) {
        desk.answer(Qt::Key_Y);
        QTRY_COMPARE(desk.review().decidedCount(), i + 1);
    }
    desk.bench.key(Qt::Key_Escape);
    desk.bench.window.review().readers->trigger();
    auto* dialog = desk.bench.window.findChild<QDialog*>(QStringLiteral("readersDialog"));
    QVERIFY(dialog != nullptr && QTest::qWaitForWindowExposed(dialog));
    auto* write = childOf<QPushButton>(*dialog, "writePackage");
    QVERIFY(!write->isEnabled()); // no reader yet
    typeInto(childOf<QWidget>(*dialog, "packageReader"), QStringLiteral("Bob"));
    typeInto(childOf<QWidget>(*dialog, "packageTarget"), out);
    QTest::mouseClick(write, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(
        childOf<QLabel>(*dialog, "readersResult")->text().contains(QStringLiteral("3 image")),
        kLongMs);

    // Bob reads on his own machine: he corrects the first and accepts the others.
    {
        QTemporaryDir home;
        const QString folder = home.filePath(QStringLiteral("package"));
        QVERIFY(project::importProject(out, folder).has_value());
        Workbench bob(home.path());
        bob.project.setAuthor(QStringLiteral("Bob"));
        bob.open(folder);
        bob.key(Qt::Key_4, Qt::ControlModifier);
        ReviewController& review = bob.window.review().review();
        for (int i = 0; i < 3; ++i) {
            QTRY_VERIFY(review.document() != nullptr);
            if (i == 0) {
                bob.key(Qt::Key_E);
                bob.key(Qt::Key_F8);
                QTest::qWait(50);
                bob.drag(
                    PaneRole::Label,
                    {bob.viewOf(PaneRole::Label, 150, 120), bob.viewOf(PaneRole::Label, 175, 120)});
                bob.key(Qt::Key_Return, Qt::ControlModifier);
            }
            bob.key(Qt::Key_Y);
            QTRY_COMPARE(review.decidedCount(), i + 1);
        }
        QVERIFY(bob.project.flush().has_value());
        project::ExportOptions light;
        light.withImages = false;
        QVERIFY(project::exportProject(folder, back, light).has_value());
    }

    typeInto(childOf<QWidget>(*dialog, "packageSource"), back);
    QTest::mouseClick(childOf<QPushButton>(*dialog, "mergePackage"), Qt::LeftButton);
    auto* conflicts = childOf<QTableWidget>(*dialog, "mergeConflicts");
    QTRY_COMPARE_WITH_TIMEOUT(conflicts->rowCount(), 1, kLongMs);
    QVERIFY(conflicts->item(0, 1)->text().contains(QStringLiteral("Bob and Ada drew differently")));
    dialog->close();

    // The comparison shows all three, the contested one first.
    desk.bench.window.review().compare->trigger();
    AdjudicationPage& page = desk.bench.window.review().adjudication();
    QTRY_COMPARE_WITH_TIMEOUT(page.table().rowCount(), 2 + 3, kLongMs); // with two headings
    QCOMPARE(page.table().item(0, 0)->text(), QStringLiteral("TO BE SETTLED (1)"));
    QCOMPARE(page.table().item(1, 3)->text(), QStringLiteral("drawn differently"));
    QCOMPARE(page.table().item(2, 0)->text(), QStringLiteral("AGREED (2)"));
    QCOMPARE(page.table().item(3, 1)->text(), QStringLiteral("1.000"));
    QCOMPARE(page.table().item(3, 3)->text(), QStringLiteral("agreed"));
    QVERIFY(!childOf<QPushButton>(page, "settleAgreed")->isVisible()); // they accepted the same
    page.table().selectRow(1);
    ImageId contested;
    for (const ImageId image : desk.images) {
        if (desk.statusOf(image).isContested) {
            contested = image;
        }
    }
    QVERIFY(contested.isValid());
    QVERIFY(!desk.statusOf(contested).reference.isValid()); // nothing trains meanwhile
    QTRY_COMPARE(desk.bench.shown().id(), contested);
    QTest::qWait(20);
    // By keys: the arrows go from place to place, Space takes the other's, and back.
    desk.bench.window.activateWindow(); // a dialog was
    page.view().setFocus();
    QTRY_VERIFY(page.view().hasFocus());
    desk.bench.key(Qt::Key_Right);
    const QString place = page.view().accessibleDescription();
    QVERIFY2(place.startsWith(QStringLiteral("Place 1 of")), qPrintable(place));
    desk.bench.key(Qt::Key_Space);
    QVERIFY(page.view().accessibleDescription() != place);
    desk.bench.key(Qt::Key_Space);
    QCOMPARE(page.view().accessibleDescription(), place);
    // A click on Bob's stroke takes it.
    const QPoint stroke = page.view().viewOf({160.5, 120.5}).toPoint();
    QTest::mouseClick(&page.view(), Qt::LeftButton, {}, stroke);
    QTest::mouseClick(childOf<QPushButton>(page, "storeAdjudication"), Qt::LeftButton);
    QTRY_VERIFY(!desk.statusOf(contested).isContested);
    const project::ProjectStore& store = *desk.bench.project.store();
    const auto settled = store.revision(desk.statusOf(contested).reference).value();
    QCOMPARE(settled.origin, QStringLiteral("adjudicated"));
    QCOMPARE(int(store.revisionLabels(settled.id).value().at(160, 120)), 1);
    QVERIFY(store.verifyAuditTrail().has_value());
}

void ReviewDeskTest::threeReadersMakeAConsensus()
{
    Desk desk(2);
    const ImageId image = desk.images[0];
    const auto read = [&](const QString& reader, const Rect& rect) {
        desk.read(image, reader, rect);
    };
    read(QStringLiteral("Ada"), {40, 30, 50, 40});
    read(QStringLiteral("Bob"), {45, 30, 50, 40});
    desk.bench.window.review().compare->trigger();
    AdjudicationPage& page = desk.bench.window.review().adjudication();
    QTRY_COMPARE_WITH_TIMEOUT(page.table().rowCount(), 2, kLongMs);
    page.table().selectRow(1);
    QTRY_COMPARE(desk.bench.shown().id(), image);
    QTest::qWait(20);
    auto* majority = childOf<QPushButton>(page, "majority");
    QVERIFY(!majority->isEnabled()); // of two there is none
    QVERIFY(majority->toolTip().contains(QStringLiteral("three readers")));
    QVERIFY(childOf<QPushButton>(page, "staple")->isEnabled());

    read(QStringLiteral("Eve"), {50, 30, 50, 40});
    desk.bench.window.review().compare->trigger(); // leaves
    QVERIFY(!page.isVisible());
    desk.bench.window.review().compare->trigger();
    QVERIFY(page.isVisible());
    QTRY_COMPARE_WITH_TIMEOUT(page.table().rowCount(), 2, kLongMs);
    page.table().clearSelection();
    page.table().selectRow(1);
    QTRY_VERIFY(majority->isEnabled());
    QTest::mouseClick(majority, Qt::LeftButton);
    auto* store = childOf<QPushButton>(page, "storeAdjudication");
    QCOMPARE(store->text(), QStringLiteral("Store the majority"));
    const std::size_t before = desk.bench.project.store()->revisions(image).value().size();
    QTest::mouseClick(store, Qt::LeftButton);
    QTRY_VERIFY(!desk.statusOf(image).isContested);
    const project::ProjectStore& stored = *desk.bench.project.store();
    auto settled = stored.revision(desk.statusOf(image).reference).value();
    QCOMPARE(settled.origin, QStringLiteral("majority"));
    QVERIFY(stored.revisionLabels(settled.id).value() == withRect({45, 30, 50, 40}));
    // Nothing of the readers' is gone, and who took part is in the trail.
    QCOMPARE(stored.revisions(image).value().size(), before + 1);
    QVERIFY(
        stored.decisions(image).value().back().reason.contains(QStringLiteral("Ada, Bob, Eve")));

    QTRY_COMPARE_WITH_TIMEOUT(
        page.table().item(0, 0)->text(), QStringLiteral("SETTLED (1)"), kLongMs);
    page.table().clearSelection();
    page.table().selectRow(1);
    QTest::qWait(20);
    QTest::mouseClick(childOf<QPushButton>(page, "staple"), Qt::LeftButton);
    QTest::mouseClick(store, Qt::LeftButton);
    settled = stored.revision(desk.statusOf(image).reference).value();
    QCOMPARE(settled.origin, QStringLiteral("staple"));
    QVERIFY(stored.verifyAuditTrail().has_value());
}

void ReviewDeskTest::whatBothDrewAlikeIsApartAndSettledAtOnce()
{
    Desk desk(2);
    // Equal labels, drawn by each; and one image that they see differently.
    for (const char* reader : {"Ada", "Bob"}) {
        desk.read(desk.images[0], QLatin1String(reader), {40, 30, 50, 40});
    }
    desk.read(desk.images[1], QStringLiteral("Ada"), {40, 30, 50, 40});
    desk.read(desk.images[1], QStringLiteral("Bob"), {50, 30, 50, 40});
    QVERIFY(desk.statusOf(desk.images[0]).isContested);
    desk.bench.window.review().compare->trigger();
    AdjudicationPage& page = desk.bench.window.review().adjudication();
    QTRY_COMPARE_WITH_TIMEOUT(page.table().rowCount(), 4, kLongMs);
    QCOMPARE(page.table().item(0, 0)->text(), QStringLiteral("TO BE SETTLED (1)"));
    QCOMPARE(page.table().item(2, 0)->text(), QStringLiteral("AGREED (1)"));
    QCOMPARE(page.table().item(3, 3)->text(), QStringLiteral("agreed, not settled"));
    auto* settle = childOf<QPushButton>(page, "settleAgreed");
    QVERIFY(settle->isVisible() && settle->text().contains(QLatin1Char('1')));
    QTest::mouseClick(settle, Qt::LeftButton);
    QVERIFY(!desk.statusOf(desk.images[0]).isContested);
    QVERIFY(desk.statusOf(desk.images[1]).isContested); // that one needs somebody to look
    const project::ProjectStore& store = *desk.bench.project.store();
    const auto settled = store.revision(desk.statusOf(desk.images[0]).reference).value();
    QCOMPARE(settled.origin, QStringLiteral("adjudicated"));
    QVERIFY(store.revisionLabels(settled.id).value() == withRect({40, 30, 50, 40}));
    QTRY_COMPARE_WITH_TIMEOUT(
        page.table().item(2, 0)->text(), QStringLiteral("SETTLED (1)"), kLongMs);
    QVERIFY(!settle->isVisible());
    QVERIFY(store.verifyAuditTrail().has_value());
}

void ReviewDeskTest::aLocalCopyIsWhatIsExportedAndCompared()
{
    qputenv("GUIDINO_LOCAL_COPY", "always");
    {
        Desk desk(2);
        QVERIFY(desk.bench.project.store()->isLocalCopy());
        desk.enter();
        desk.answer(Qt::Key_Y);
        desk.answer(Qt::Key_Y);
        QTRY_COMPARE(desk.review().decidedCount(), 2);
        desk.bench.key(Qt::Key_Escape);
        // The folder's database does not know of it yet; the working copy does.
        const auto names =
            readersOf(desk.bench.project.folder(), desk.bench.project.databaseFile());
        QCOMPARE(names.value(), QStringList{QStringLiteral("Ada")});
        ExportController controller(desk.bench.project);
        std::optional<Result<ExportPlan>> plan;
        connect(
            &controller,
            &ExportController::planned,
            this,
            [&plan](const Result<ExportPlan>& answer) { plan = answer; });
        ExportRequest request;
        request.withReport = false;
        controller.plan(request);
        QTRY_VERIFY_WITH_TIMEOUT(plan.has_value(), kLongMs);
        QVERIFY2(plan->has_value(), *plan ? "" : plan->error().message.c_str());
        QCOMPARE((*plan)->masks, 2);
        project::ReaderPackage package;
        package.reader = QStringLiteral("Bob");
        package.database = desk.bench.project.databaseFile();
        const auto written = project::writeReaderPackage(
            desk.bench.project.folder(), desk.home.filePath(QStringLiteral("bob.gdino")), package);
        QVERIFY2(written.has_value(), written ? "" : written.error().message.c_str());
        QCOMPARE(written->images, 2);
    }
    qunsetenv("GUIDINO_LOCAL_COPY");
}

void ReviewDeskTest::keysReasonsAndOrderAreTheReaders()
{
    Desk desk(9);
    KeyMap& keys = desk.bench.window.keys();
    QAction* accept = desk.bench.window.toolActions().named(QStringLiteral("reviewAccept"));
    QVERIFY(accept != nullptr);
    keys.setKeys(accept, {QKeySequence(Qt::Key_J)});
    desk.enter();
    QVERIFY(childOf<QPushButton>(desk.page(), "acceptedButton")
                ->text()
                .contains(QStringLiteral("(J)")));
    desk.answer(Qt::Key_Y);
    QCOMPARE(desk.review().decidedCount(), 0);
    desk.answer(Qt::Key_J);
    QTRY_COMPARE(desk.review().decidedCount(), 1);
    // A reason's words are the project's.
    QTest::mouseClick(childOf<QToolButton>(desk.page(), "editReasons"), Qt::LeftButton);
    auto* dialog = desk.page().findChild<ReasonsDialog*>();
    QVERIFY(dialog != nullptr);
    dialog->field(3).setText(QStringLiteral("Hair"));
    dialog->field(9).clear();
    dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Save)->click();
    desk.bench.window.activateWindow();
    desk.page().setFocus();
    QTRY_VERIFY(desk.review().document() != nullptr);
    desk.bench.key(Qt::Key_9);
    QVERIFY(desk.review().reason().isEmpty());
    desk.bench.key(Qt::Key_3);
    QCOMPARE(desk.review().reason(), QStringLiteral("Hair"));
    QVERIFY(!childOf<QToolButton>(desk.page(), "reason9")->isVisible());
    // By keyboard, too; the next answer is an answer, whatever control had the focus.
    desk.review().setWanted(project::ReviewReason::Area, true);
    auto* first = desk.page().findChild<QToolButton*>(QStringLiteral("reviewOrder"));
    QVERIFY(first != nullptr && (first->focusPolicy() & Qt::TabFocus) != 0);
    for (QToolButton* one : desk.page().findChildren<QToolButton*>()) {
        if (one->objectName().startsWith(QLatin1StringView("dropReason")) && one->isVisible()) {
            one->setFocus(Qt::TabFocusReason);
            break;
        }
    }
    const int decided = desk.review().decidedCount();
    const QString reader = desk.review().reader();
    desk.bench.key(Qt::Key_U);
    QTRY_COMPARE(desk.review().decidedCount(), decided + 1);
    QTRY_VERIFY(desk.review().document() != nullptr);
    desk.bench.key(Qt::Key_U);
    QTRY_COMPARE(desk.review().decidedCount(), decided + 2);
    QCOMPARE(desk.review().reader(), reader);
    // One click drops a reason from the ranking, for good, and one brings all back.
    const QString drop = QStringLiteral("dropReason%1").arg(int(project::ReviewReason::Guide));
    auto* button = desk.page().findChild<QToolButton*>(drop);
    QVERIFY(button != nullptr);
    QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(!desk.review().isWanted(project::ReviewReason::Guide));
    for (const ReviewController::Item& item : desk.review().queue()) {
        for (const project::ReviewScore& score : item.scores) {
            QVERIFY(score.reason != project::ReviewReason::Guide);
        }
    }
    ReviewController other(desk.bench.project, desk.bench.dataset);
    other.rank();
    QVERIFY(!other.isWanted(project::ReviewReason::Guide));
    QTest::qWait(20); // layouts show what is new after a turn of the event loop
    QToolButton* again = nullptr;
    for (QToolButton* one : desk.page().findChildren<QToolButton*>()) {
        again = one->objectName() == QLatin1StringView("wantAllReasons") && one->isVisible()
                    ? one
                    : again;
    }
    QVERIFY(again != nullptr);
    QTest::mouseClick(again, Qt::LeftButton);
    QVERIFY(desk.review().isWanted(project::ReviewReason::Guide));
}

void ReviewDeskTest::whatIsNotDecidedIsFoundFromTheCanvas()
{
    Desk desk(5);
    project::DecisionRecord decision;
    decision.verdict = project::Verdict::Rejected;
    decision.reader = QStringLiteral("Ada");
    for (const int i : {1, 2, 4}) {
        decision.image = desk.images[static_cast<std::size_t>(i)];
        QVERIFY(desk.bench.project.decide(decision).has_value());
    }
    const auto go = [&](int key, int expected) {
        desk.bench.key(key, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(desk.bench.dataset.images().currentRow(), expected);
    };
    QCOMPARE(desk.bench.dataset.images().currentRow(), 0);
    go(Qt::Key_D, 3);
    go(Qt::Key_D, 0); // round
    go(Qt::Key_A, 3);
}

void ReviewDeskTest::aTrailBrokenByHandIsFound()
{
    Desk desk(3);
    desk.enter();
    desk.answer(Qt::Key_Y);
    desk.answer(Qt::Key_N);
    QTRY_COMPARE(desk.review().decidedCount(), 2);
    desk.bench.key(Qt::Key_Escape);
    desk.bench.window.review().audit->trigger();
    auto* dialog = desk.bench.window.findChild<AuditDialog*>();
    QVERIFY(dialog != nullptr);
    auto* verdict = childOf<QLabel>(*dialog, "auditVerdict");
    QVERIFY(verdict->text().contains(QStringLiteral("holds")));
    QCOMPARE(dialog->trail().rowCount(), 2);
    QVERIFY(dialog->trail().csv().contains(QStringLiteral(",rejected,")));
    {
        QSqlDatabase database =
            QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("vandal"));
        database.setDatabaseName(desk.bench.project.folder() + QStringLiteral("/project.db"));
        QVERIFY(database.open());
        QSqlQuery query(database);
        QVERIFY(query.exec(QStringLiteral("DROP TRIGGER decision_is_kept")));
        QVERIFY(query.exec(QStringLiteral("UPDATE decision SET verdict = 1 WHERE id = 2")));
        database.close();
    }
    QSqlDatabase::removeDatabase(QStringLiteral("vandal"));
    dialog->verify();
    QVERIFY2(
        verdict->text().contains(QStringLiteral("broken at decision 2")),
        qPrintable(verdict->text()));
}

void ReviewDeskTest::closingDuringTheReviewKeepsTheLayout()
{
    Desk desk(2);
    desk.enter();
    QVERIFY(!desk.bench.window.findChild<QDockWidget*>(QStringLiteral("images"))->isVisible());
    desk.bench.window.close();
    const QByteArray layout = desk.bench.settings.value(QStringLiteral("layout")).toByteArray();
    QVERIFY(!layout.isEmpty());
    QMainWindow other;
    auto* dock = new QDockWidget(&other);
    dock->setObjectName(QStringLiteral("images"));
    other.addDockWidget(Qt::LeftDockWidgetArea, dock);
    QVERIFY(other.restoreState(layout));
    QVERIFY(!dock->isHidden());
}

int main(int argc, char** argv)
{
    QApplication::setAttribute(Qt::AA_CompressHighFrequencyEvents, false);
    QApplication application(argc, argv);
    QApplication::setStyle(QStringLiteral("Fusion"));
    ReviewDeskTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_review_desk.moc"
