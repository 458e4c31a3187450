// SPDX-License-Identifier: Apache-2.0
// Projects in the real window: history over restarts, crashes, locks, wizards, lists, classes.
#include "core/project/archive.h"
#include "core/project/stored_annotation.h"
#include "tests/ui/workbench_fixture.h"
#include "ui/model/class_controller.h"
#include "ui/model/image_search.h"
#include "ui/model/label_files.h"
#include "ui/widgets/image_list_panel.h"
#include "ui/widgets/project_ui.h"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QHash>
#include <QLineEdit>
#include <QMessageBox>
#include <QMimeData>
#include <QProcess>
#include <QPushButton>
#include <QSignalSpy>

#include <unistd.h>

#include <csignal>
#include <cstdio>

using namespace guidino;
using namespace guidino::ui;

namespace {

constexpr PaneRole kLabel = PaneRole::Label;
constexpr int kPatienceMs = 60'000;

QString freshHome()
{
    static int count = 0;
    static const QTemporaryDir base;
    const QString home = base.filePath(QString::number(++count));
    QDir().mkpath(home);
    return home;
}

/// A stroke along y, by events of the window system.
void stroke(Workbench& bench, int y)
{
    bench.drag(kLabel, {bench.viewOf(kLabel, 40, y), bench.viewOf(kLabel, 140, y)});
}

void waitUntilKept(Workbench& bench)
{
    QVERIFY(bench.project.flush().has_value());
}

template<typename T>
T* part(Workbench& bench, const char* name)
{
    return bench.window.findChild<T*>(QString::fromLatin1(name));
}

/// Every background look into files has ended.
void waitUntilStored(Workbench& bench, int labelled)
{
    QTRY_COMPARE_WITH_TIMEOUT(
        std::count_if(
            bench.dataset.images().entries().begin(),
            bench.dataset.images().entries().end(),
            [](const ImageEntry& entry) { return entry.isStored; }),
        labelled,
        kPatienceMs);
}

/// The child of killedInMidStroke(): paints, and never ends on its own.
int runVictim(const QStringList& arguments)
{
    Workbench bench(arguments[2]);
    bench.open(arguments[3]);
    bench.tools.setRadiusPx(8);
    for (const int y : {40, 70, 100}) {
        stroke(bench, y);
    }
    if (!bench.project.flush()) {
        return 1;
    }
    QWindow* handle = bench.window.windowHandle();
    const auto at = [&](int x, int y) {
        return bench.pane(kLabel).mapTo(&bench.window, bench.viewOf(kLabel, x, y));
    };
    QTest::mouseMove(handle, at(60, 130));
    QTest::mousePress(handle, Qt::LeftButton, Qt::NoModifier, at(60, 130));
    QTest::mouseMove(handle, at(120, 130));
    std::printf("in mid-stroke %d\n", int{bench.shown().labels().at(90, 130)});
    std::fflush(stdout);
    return QApplication::exec();
}

} // namespace

class TestProjects : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        qunsetenv("GUIDINO_LOCAL_COPY");
        qputenv("GUIDINO_HOME", freshHome().toUtf8());
    }

    void historySurvivesARestart();
    void fiveHundredStepsStayAndStaySmall();
    void killedInMidStroke();
    void savingMakesARevisionOfTheMask();
    void discardedLabelsGoBackToTheMask();
    void searchesAndStates();
    void tagsAreGivenAndFound();
    void missingImagesAreShownAndFoundAgain();
    void aSecondWindowReadsOrTakesOver();
    void aNewProjectWithAPreview();
    void publishedDataSetsBecomeProjects_data();
    void publishedDataSetsBecomeProjects();
    void droppedFoldersOpenAndJoin();
    void portableCopiesGoOutAndComeIn();
    void classesChangeInAllImagesAndBack();
    void tenThousandImages();
    void aProjectThatCannotBeWrittenToIsShownForReading();
    void backupsAreGoneBackTo();
    void aNetworkFolderIsWorkedOnLocally();
};

void TestProjects::historySurvivesARestart()
{
    const SyntheticFolder folder(2, 0);
    const QString home = freshHome();
    LabelMap afterOne;
    LabelMap afterTwo;
    LabelMap afterThree;
    {
        Workbench bench(home);
        bench.open(folder.path());
        bench.tools.setRadiusPx(6);
        stroke(bench, 40);
        afterOne = bench.shown().labels();
        stroke(bench, 70);
        afterTwo = bench.shown().labels();
        stroke(bench, 100);
        afterThree = bench.shown().labels();
        bench.key(Qt::Key_Z, Qt::ControlModifier);
    }
    Workbench bench(home);
    bench.open(folder.path());
    QUndoStack& history = bench.shown().undoStack();
    QCOMPARE(history.count(), 3);
    QCOMPARE(history.index(), 2);
    QCOMPARE(history.undoText(), QStringLiteral("Brush, Object, 12 px (#2)"));
    QVERIFY(bench.shown().labels() == afterTwo);
    QVERIFY(bench.shown().isModified());
    bench.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(bench.shown().labels() == afterThree);
    history.setIndex(1); // a jump
    QVERIFY(bench.shown().labels() == afterOne);
    history.setIndex(0);
    QVERIFY(!hasLabels(bench.shown().labels()));
    QVERIFY(!bench.shown().isModified());
}

void TestProjects::fiveHundredStepsStayAndStaySmall()
{
    const SyntheticFolder folder(1, 0);
    const QString home = freshHome();
    LabelMap painted;
    {
        Workbench bench(home);
        bench.open(folder.path());
        AnnotationDocument& document = bench.shown();
        for (int i = 0; i < 510; ++i) {
            document.beginStroke(
                static_cast<std::uint8_t>(1 + i % 2), 3, {5.0 + i % 190, 5.0 + i / 4}, {});
            document.commitStroke(UndoText::eraser(i));
        }
        painted = document.labels();
        QCOMPARE(document.undoStack().count(), 500);
        // Old steps get packed: 500 as tiles would be more than 4 MB.
        QTRY_VERIFY_WITH_TIMEOUT(document.historyBytes() < 1'500'000, kPatienceMs);
    }
    Workbench bench(home);
    bench.open(folder.path());
    AnnotationDocument& document = bench.shown();
    QVERIFY(document.labels() == painted);
    QCOMPARE(document.undoStack().count(), 500);
    QTRY_VERIFY_WITH_TIMEOUT(document.historyBytes() < 1'500'000, kPatienceMs);
    document.undoStack().setIndex(0);
    int left = 0; // of the ten oldest strokes
    for (int y = 0; y < 150; ++y) {
        for (int x = 0; x < 200; ++x) {
            left += document.labels().at(x, y) != 0 ? 1 : 0;
            QVERIFY(document.labels().at(x, y) == 0 || x < 20);
        }
    }
    QVERIFY(left > 0);
    document.undoStack().setIndex(500);
    QVERIFY(document.labels() == painted);
}

void TestProjects::killedInMidStroke()
{
    const SyntheticFolder folder(2, 1);
    const QString home = freshHome();
    QProcess victim;
    victim.start(
        QCoreApplication::applicationFilePath(), {QStringLiteral("--victim"), home, folder.path()});
    QByteArray said;
    QTRY_VERIFY_WITH_TIMEOUT(
        (said += victim.readAllStandardOutput()).contains("in mid-stroke 1"), kPatienceMs);
    ::kill(static_cast<pid_t>(victim.processId()), SIGKILL);
    QVERIFY(victim.waitForFinished(kPatienceMs));

    Workbench bench(home);
    bench.open(folder.path()); // the dead program's lock is no obstacle
    const LabelMap& labels = bench.shown().labels();
    QCOMPARE(bench.shown().undoStack().count(), 3);
    for (const int y : {40, 70, 100}) {
        QCOMPARE(int{labels.at(90, y)}, 1);
    }
    QCOMPARE(int{labels.at(60, 130)}, 0); // what had not ended was no stroke
    QCOMPARE(bench.dataset.recovered().size(), 1U);
    // Said, and shown with pictures side by side that differ.
    QTRY_COMPARE_WITH_TIMEOUT(
        bench.window.findChildren<QLabel*>(QStringLiteral("recoveryPicture")).size(),
        2,
        kPatienceMs);
    const auto pictures = bench.window.findChildren<QLabel*>(QStringLiteral("recoveryPicture"));
    QVERIFY(pictures[0]->pixmap().toImage() != pictures[1]->pixmap().toImage());
    QVERIFY(part<QLabel>(bench, "recoveryText")->text().contains(QStringLiteral("3 stroke")));
    // Going back leads to the imported mask, and can be redone.
    bench.dataset.discardUnsaved(bench.shown().id());
    QVERIFY(!bench.shown().isModified());
    QCOMPARE(int{bench.shown().labels().at(130, 100)}, 0);
    QCOMPARE(int{bench.shown().labels().at(70, 55)}, 1);
    bench.shown().undoStack().redo();
    QVERIFY(bench.shown().isModified());
}

void TestProjects::savingMakesARevisionOfTheMask()
{
    const SyntheticFolder folder(2, 2);
    Workbench bench(freshHome());
    bench.open(folder.path());
    waitUntilStored(bench, 2);
    const project::ProjectStore& store = *bench.project.store();
    QTRY_VERIFY_WITH_TIMEOUT(
        !store.images()->front().sha256.isEmpty() && store.images()->back().size.width == 200,
        kPatienceMs);                                  // hashes and sizes come by themselves
    QCOMPARE(store.revisions(ImageId{2})->size(), 1U); // imported without being shown
    stroke(bench, 120);
    QSignalSpy saved(&bench.dataset, &DatasetController::saved);
    bench.key(Qt::Key_S, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(saved.count(), 1, kPatienceMs);
    const auto revisions = store.revisions(bench.shown().id()).value();
    QCOMPARE(revisions.size(), 2U);
    QCOMPARE(revisions[0].kind, project::RevisionKind::Imported);
    QCOMPARE(revisions[1].kind, project::RevisionKind::Human);
    QCOMPARE(revisions[1].parent, revisions[0].id);
    QCOMPARE(revisions[1].author, bench.project.author());
    QVERIFY(*store.revisionLabels(revisions[1].id) == bench.shown().labels());
    const ImageEntry& entry = bench.dataset.images().entry(0);
    QVERIFY(
        *readLabelFile(bench.dataset.labelSourceOf(entry).saved, {200, 150})
        == bench.shown().labels());
    // Without a folder for them there are no mask files, and labels are saved all the same.
    bench.dataset.setLabelsFolder({});
    stroke(bench, 20);
    bench.dataset.save();
    QTRY_COMPARE_WITH_TIMEOUT(saved.count(), 2, kPatienceMs);
    QVERIFY(!bench.shown().isModified());
}

void TestProjects::discardedLabelsGoBackToTheMask()
{
    const SyntheticFolder folder(1, 1);
    const QString home = freshHome();
    LabelMap mask;
    {
        Workbench bench(home);
        bench.open(folder.path());
        mask = bench.shown().labels();
        stroke(bench, 120);
        bench.dataset.discardUnsaved();
        QVERIFY(bench.shown().labels() == mask);
        QCOMPARE(bench.dataset.modifiedCount(), 0);
    }
    Workbench bench(home);
    bench.open(folder.path());
    QVERIFY(bench.shown().labels() == mask);
    QVERIFY(!bench.shown().isModified());
    QVERIFY(bench.dataset.recovered().empty()); // a proper end is no crash
}

void TestProjects::searchesAndStates()
{
    const LabelClasses classes{
        {1, QStringLiteral("Polyp"), Qt::red}, {2, QStringLiteral("Surgical tool"), Qt::blue}};
    ImageEntry entry;
    entry.stem = QStringLiteral("lesion_07");
    entry.name = QStringLiteral("images/lesion_07.png");
    entry.split = QStringLiteral("train");
    entry.group = QStringLiteral("P12");
    entry.tags = QStringList{QStringLiteral("Hard"), QStringLiteral("second look")};
    entry.classes = {2};
    entry.isLabelled = true;
    entry.score = 0.4;
    const auto finds = [&](const char* text) {
        return ImageSearch(QString::fromUtf8(text), classes).matches(entry, 11);
    };
    for (const char* text :
         {"",
          "lesion",
          "LESION_0[5-9]",
          "#12",
          "label::2",
          "label::\"surgical tool\"",
          "-label::polyp",
          "tag::hard tag::\"second look\"",
          "state::labelled",
          "state::open",
          "checked::0",
          "score::[0,0.5]",
          "split::train group::p12",
          "-state::missing",
          "lesion -#3"}) {
        QVERIFY2(finds(text), text);
    }
    for (const char* text :
         {"lesion_1",
          "#11",
          "label::polyp",
          "label::none",
          "label::unknown",
          "tag::easy",
          "state::unlabelled",
          "state::accepted",
          "checked::1",
          "score::[0.5,1]",
          "split::test",
          "-lesion",
          "[unclosed"}) {
        QVERIFY2(!finds(text), text);
    }
    entry.verdict = project::Verdict::Accepted;
    QVERIFY(finds("checked::1") && finds("state::accepted") && !finds("state::open"));
}

void TestProjects::tagsAreGivenAndFound()
{
    const SyntheticFolder folder(4, 2);
    const QString home = freshHome();
    {
        Workbench bench(home);
        bench.open(folder.path());
        auto* list = part<QAbstractItemView>(bench, "imageList");
        list->selectionModel()->select(
            QItemSelection(list->model()->index(1, 0), list->model()->index(2, 0)),
            QItemSelectionModel::ClearAndSelect);
        bench.window.projectUi().editTags->trigger();
        part<QLineEdit>(bench, "tagsAdd")->setText(QStringLiteral("hard, night shift"));
        QTest::mouseClick(part<QPushButton>(bench, "tagsApply"), Qt::LeftButton);
        auto* search = part<QLineEdit>(bench, "imageSearch");
        QTest::keyClicks(search, QStringLiteral("tag::\"night shift\""));
        QTRY_COMPARE(list->model()->rowCount(), 2);
        search->clear();
        QTest::keyClicks(search, QStringLiteral("-tag::hard state::labelled"));
        QTRY_COMPARE(list->model()->rowCount(), 1);
    }
    Workbench bench(home);
    bench.open(folder.path());
    QCOMPARE(
        bench.dataset.images().entry(2).tags,
        (QStringList{QStringLiteral("hard"), QStringLiteral("night shift")}));
}

void TestProjects::missingImagesAreShownAndFoundAgain()
{
    const SyntheticFolder folder(3, 3);
    const QString home = freshHome();
    const QTemporaryDir elsewhere;
    {
        Workbench bench(home);
        bench.open(folder.path());
        waitUntilStored(bench, 3);
        QTRY_VERIFY_WITH_TIMEOUT(
            !bench.project.store()->images()->at(2).sha256.isEmpty(), kPatienceMs);
    }
    const QString images = folder.path() + QStringLiteral("/images/");
    // One moved, one moved and renamed, and a decoy with the right name and other content.
    QVERIFY(QDir(elsewhere.path()).mkpath(QStringLiteral("deep/er")));
    QVERIFY(QFile::rename(
        images + QStringLiteral("case1.png"),
        elsewhere.filePath(QStringLiteral("deep/er/renamed.png"))));
    QVERIFY(QFile::copy(
        images + QStringLiteral("case0.png"), elsewhere.filePath(QStringLiteral("case1.png"))));
    QVERIFY(QFile::rename(
        images + QStringLiteral("case2.png"), elsewhere.filePath(QStringLiteral("case2.png"))));
    Workbench bench(home);
    bench.open(folder.path());
    QTRY_VERIFY_WITH_TIMEOUT(bench.dataset.images().entry(1).isMissing, kPatienceMs);
    QCOMPARE(bench.dataset.images().rowCount(), 3); // shown, not dropped
    // The survey tells of them in its own time, and a notice of the masks that lost their images
    // may lie above.
    const auto offersToFindThem = [&bench] {
        bench.window.messages().clear(QStringLiteral("dataset"));
        return bench.window.messages().shown().action == Notice::Action::LocateImages;
    };
    QTRY_VERIFY_WITH_TIMEOUT(offersToFindThem(), kPatienceMs);
    auto* states = part<QComboBox>(bench, "imageStates");
    states->setCurrentIndex(states->count() - 1);
    QTRY_COMPARE(part<QAbstractItemView>(bench, "imageList")->model()->rowCount(), 2);
    QSignalSpy located(&bench.window.projectUi().tasks(), &ProjectTasks::located);
    bench.window.projectUi().tasks().locate(elsewhere.path());
    QTRY_COMPARE_WITH_TIMEOUT(located.count(), 1, kPatienceMs);
    QCOMPARE(located.first().at(0).toInt(), 2);
    QCOMPARE(located.first().at(1).toInt(), 0);
    QVERIFY(bench.dataset.images().entry(1).image.filename() == "renamed.png");
    bench.dataset.show(1);
    QTRY_VERIFY_WITH_TIMEOUT(
        bench.dataset.current() != nullptr && bench.shown().id() == ImageId{2}, kPatienceMs);
    QVERIFY(hasLabels(bench.shown().labels()));
}

void TestProjects::aSecondWindowReadsOrTakesOver()
{
    const SyntheticFolder folder(1, 0);
    const QString home = freshHome();
    auto first = std::make_unique<Workbench>(home);
    first->open(folder.path());
    stroke(*first, 60);
    waitUntilKept(*first);
    Workbench second(home);
    second.window.open({folder.path()});
    const auto question = [&] {
        return second.window.findChild<QMessageBox*>(QStringLiteral("lockQuestion"));
    };
    const auto answer = [&](QMessageBox::ButtonRole role) {
        for (QAbstractButton* button : question()->buttons()) {
            if (question()->buttonRole(button) == role) {
                QTest::mouseClick(button, Qt::LeftButton);
                return;
            }
        }
    };
    QTRY_VERIFY_WITH_TIMEOUT(question() != nullptr && question()->isVisible(), kPatienceMs);
    QVERIFY(question()->text().contains(qEnvironmentVariable("USER", QStringLiteral("unknown"))));
    answer(QMessageBox::AcceptRole);
    QTRY_VERIFY_WITH_TIMEOUT(second.dataset.current() != nullptr, kPatienceMs);
    QVERIFY(second.project.isReadOnly());
    QVERIFY(second.shown().labels() == first->shown().labels());
    QTRY_VERIFY(question() == nullptr);
    QTest::qWait(20);
    stroke(second, 100);
    QVERIFY(second.shown().labels() == first->shown().labels()); // nothing can be painted
    QCOMPARE(second.shown().undoStack().count(), 1);
    QVERIFY(!second.window.projectUi().addImages->isEnabled());
    QVERIFY(!second.project.setTags(ImageId{1}, {QStringLiteral("x")}));
    QCOMPARE(second.window.messages().shown().action, Notice::Action::TakeOver);
    first.reset();
    second.project.reopen(project::OpenMode::TakeOver);
    QTRY_VERIFY_WITH_TIMEOUT(
        second.dataset.current() != nullptr && !second.project.isReadOnly(), kPatienceMs);
    QTest::qWait(20);
    stroke(second, 100);
    QCOMPARE(second.shown().undoStack().count(), 2);
}

void TestProjects::aNewProjectWithAPreview()
{
    const SyntheticFolder folder(4, 2);
    const QString home = freshHome();
    Workbench bench(home);
    bench.window.projectUi().startNewProject({folder.path()});
    auto* make = part<QPushButton>(bench, "newProjectMake");
    auto* name = part<QLineEdit>(bench, "newProjectName");
    QTRY_VERIFY_WITH_TIMEOUT(make->isEnabled(), kPatienceMs);
    const QString found = part<QLabel>(bench, "newProjectFound")->text();
    QVERIFY2(found.contains(QStringLiteral("4 image")), qPrintable(found));
    QVERIFY2(found.contains(QStringLiteral("2 with a mask")), qPrintable(found));
    name->setFocus();
    name->selectAll();
    QTest::keyClicks(name, QStringLiteral("Clinic"));
    const QString target = part<QLineEdit>(bench, "newProjectWhere")->text();
    QVERIFY(target.endsWith(QStringLiteral("/Clinic")));
    part<QCheckBox>(bench, "newProjectCopies")->setChecked(true);
    part<QCheckBox>(bench, "newProjectSavesMasks")->setChecked(false);
    QTest::keyClick(name, Qt::Key_Return); // is the sheet's, whatever the canvas does with it
    QTRY_VERIFY_WITH_TIMEOUT(bench.dataset.current() != nullptr, kPatienceMs);
    QCOMPARE(bench.project.name(), QStringLiteral("Clinic"));
    QCOMPARE(bench.project.folder(), target);
    QVERIFY(bench.window.windowTitle().contains(QStringLiteral("Clinic")));
    QCOMPARE(QDir(target + QStringLiteral("/images")).entryList(QDir::Files).size(), 4);
    QVERIFY(bench.dataset.labelsFolder().empty());
    waitUntilStored(bench, 2);
    QCOMPARE(RecentProjects(bench.settings).list().first().folder, target);
    // A project of that name cannot be made twice.
    bench.window.projectUi().startNewProject({folder.path()});
    QTRY_VERIFY_WITH_TIMEOUT(make->isEnabled(), kPatienceMs);
    name->selectAll();
    QTest::keyClicks(name, QStringLiteral("Clinic"));
    QVERIFY(!make->isEnabled());
    // The project opens by its folder, too.
    Workbench later(home);
    bench.project.close();
    later.open(target);
    QCOMPARE(later.dataset.images().rowCount(), 4);
}

void TestProjects::publishedDataSetsBecomeProjects_data()
{
    QTest::addColumn<QStringList>("folders"); // of images, of masks
    QTest::addColumn<QString>("maskEnd");
    QTest::addColumn<QString>("source"); // below the shared data, where they are
    QTest::addColumn<QString>("layout");
    QTest::addColumn<QString>("beside"); // what the published archive holds, too
    QTest::newRow("ISIC 2017")
        << QStringList{QStringLiteral("ISIC-2017_Validation_Data"), QStringLiteral("ISIC-2017_Validation_Part1_GroundTruth")}
        << QStringLiteral("_segmentation.png") << QStringLiteral("isic-2017")
        << QStringLiteral("isic2017") << QStringLiteral("LICENSE.txt");
    QTest::newRow("Kvasir-SEG") << QStringList{QStringLiteral("images"), QStringLiteral("masks")}
                                << QStringLiteral(".jpg") << QStringLiteral("kvasir-seg/test")
                                << QStringLiteral("kvasir") << QStringLiteral("kavsir_bboxes.json");
}

void TestProjects::publishedDataSetsBecomeProjects()
{
    QFETCH(QStringList, folders);
    QFETCH(QString, maskEnd);
    QFETCH(QString, source);
    QFETCH(QString, layout);
    QFETCH(QString, beside);
    // The first of the published files where they are, else samples under their names.
    constexpr int kImages = 8;
    QString data = qEnvironmentVariable("GUIDINO_DATA");
    if (data.isEmpty()) {
        data = QStringLiteral(GUIDINO_SOURCE_DIR "/../shared/data");
    }
    QDir from(data + QLatin1Char('/') + source);
    const bool isPublished = from.exists(folders[0]);
    if (!isPublished) {
        from.setPath(QStringLiteral(GUIDINO_SOURCE_DIR "/resources/samples"));
    }
    const QTemporaryDir place;
    const QDir folder(place.filePath(QStringLiteral("data")));
    for (const QString& one : folders) {
        QVERIFY(folder.mkpath(one));
    }
    QHash<QString, QImage> masks;
    const QString imageFolder = isPublished ? folders[0] : QStringLiteral("images");
    for (const QString& name : QDir(from.filePath(imageFolder))
                                   .entryList({QStringLiteral("*.jpg")}, QDir::Files, QDir::Name)
                                   .mid(0, kImages)) {
        const QString stem = name.chopped(4);
        const QString image = from.filePath(imageFolder + QLatin1Char('/') + name);
        const QString mask = from.filePath(
            isPublished ? folders[1] + QLatin1Char('/') + stem + maskEnd
                        : QStringLiteral("masks/") + stem + QStringLiteral(".png"));
        const QString target = folder.filePath(folders[1] + QLatin1Char('/') + stem + maskEnd);
        QVERIFY(QFile::copy(image, folder.filePath(folders[0] + QLatin1Char('/') + name)));
        QVERIFY(isPublished ? QFile::copy(mask, target) : QImage(mask).save(target));
        masks.insert(stem, QImage(target).convertToFormat(QImage::Format_Grayscale8));
    }
    QCOMPARE(masks.size(), kImages);
    QVERIFY(QFile(folder.filePath(beside)).open(QIODevice::WriteOnly));

    Workbench bench(freshHome());
    bench.window.projectUi().startNewProject({folder.path()});
    auto* make = part<QPushButton>(bench, "newProjectMake");
    QTRY_VERIFY_WITH_TIMEOUT(make->isEnabled(), kPatienceMs);
    const QString found = part<QLabel>(bench, "newProjectFound")->text();
    QVERIFY2(found.contains(QStringLiteral("8 image")), qPrintable(found));
    QVERIFY2(found.contains(QStringLiteral("8 with a mask")), qPrintable(found));
    QVERIFY2(found.contains(layout), qPrintable(found));
    QTest::mouseClick(make, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(bench.dataset.current() != nullptr, kPatienceMs);
    waitUntilStored(bench, kImages);
    QCOMPARE(bench.dataset.classes().size(), 1);
    for (int row = 0; row < kImages; ++row) {
        bench.dataset.show(row);
        const ImageEntry& entry = bench.dataset.images().entry(row);
        QTRY_VERIFY_WITH_TIMEOUT(
            bench.dataset.current() != nullptr && bench.shown().id() == entry.id, kPatienceMs);
        const QImage& mask = masks[entry.stem];
        QCOMPARE(bench.shown().size().width, mask.width());
        QCOMPARE(bench.shown().size().height, mask.height());
        int wrong = 0;
        for (int y = 0; y < mask.height(); ++y) {
            for (int x = 0; x < mask.width(); ++x) {
                const bool isInside = qGray(mask.pixel(x, y)) > 127; // JPEG masks are no 0 and 255
                wrong += (bench.shown().labels().at(x, y) == 1) != isInside ? 1 : 0;
            }
        }
        QCOMPARE(wrong, 0);
        QVERIFY(hasLabels(bench.shown().labels()));
    }
}

void TestProjects::droppedFoldersOpenAndJoin()
{
    const SyntheticFolder one(2, 0);
    const SyntheticFolder other(3, 3);
    Workbench bench(freshHome());
    const auto drop = [&](const QString& path, Qt::KeyboardModifiers modifiers) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(400, 300), Qt::CopyAction, &data, Qt::LeftButton, modifiers);
        QApplication::sendEvent(&bench.window, &enter);
        QDropEvent event(QPointF(400, 300), Qt::CopyAction, &data, Qt::LeftButton, modifiers);
        QApplication::sendEvent(&bench.window, &event);
    };
    drop(one.path(), Qt::NoModifier);
    QTRY_VERIFY_WITH_TIMEOUT(bench.dataset.current() != nullptr, kPatienceMs);
    QSignalSpy added(&bench.window.projectUi().tasks(), &ProjectTasks::added);
    drop(other.path(), Qt::ShiftModifier);
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, kPatienceMs);
    QCOMPARE(bench.dataset.images().rowCount(), 5);
    waitUntilStored(bench, 3);
    drop(other.path(), Qt::ShiftModifier); // they are there already
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 2, kPatienceMs);
    QCOMPARE(bench.dataset.images().rowCount(), 5);
}

void TestProjects::portableCopiesGoOutAndComeIn()
{
    const SyntheticFolder folder(3, 2);
    const QString home = freshHome();
    Workbench bench(home);
    bench.open(folder.path());
    waitUntilStored(bench, 2);
    stroke(bench, 120);
    const LabelMap labels = bench.shown().labels();
    bench.window.projectUi().exportCopy->trigger();
    const QString archive = home + QStringLiteral("/copy.gdino");
    part<QLineEdit>(bench, "transferPath")->setText(archive);
    auto* go = part<QPushButton>(bench, "transferGo");
    QTest::mouseClick(go, Qt::LeftButton);
    QSignalSpy exported(&bench.window.projectUi().tasks(), &ProjectTasks::exported);
    QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, kPatienceMs);
    QCOMPARE(exported.first().at(1).toInt(), 4); // the database and three images
    // Somebody else gets it.
    Workbench other(freshHome());
    other.window.open({archive});
    auto* path = part<QLineEdit>(other, "transferPath");
    const QString target = path->text();
    QVERIFY(target.endsWith(QStringLiteral("/copy")));
    QTest::mouseClick(part<QPushButton>(other, "transferGo"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(other.dataset.current() != nullptr, kPatienceMs);
    QVERIFY(other.shown().labels() == labels); // with the stroke that was not saved
    QCOMPARE(other.shown().undoStack().count(), 1);
    QVERIFY(other.dataset.recovered().empty()); // the original is open, which is no crash
    QVERIFY(
        QString::fromStdString(other.dataset.images().entry(0).image.string()).startsWith(target));
    // A damaged copy is refused, and nothing is left of it.
    QFile file(archive);
    QVERIFY(file.open(QIODevice::ReadWrite));
    file.seek(file.size() / 2);
    file.write(QByteArray(64, 'x'));
    file.close();
    other.window.open({archive});
    path->setText(target + QStringLiteral("-again"));
    QSignalSpy problems(&other.window.projectUi(), &ProjectUi::problemOccurred);
    QTest::mouseClick(part<QPushButton>(other, "transferGo"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(problems.count(), 1, kPatienceMs);
    QVERIFY(!QFile::exists(target + QStringLiteral("-again")));
}

void TestProjects::classesChangeInAllImagesAndBack()
{
    const SyntheticFolder folder(6, 6);
    const QString home = freshHome();
    Workbench bench(home);
    bench.open(folder.path());
    waitUntilStored(bench, 6);
    ClassController& classes = bench.window.projectUi().classes();
    const int tool = classes.add(QStringLiteral("Tool"));
    QCOMPARE(tool, 2);
    classes.rename(1, QStringLiteral("Polyp"));
    classes.setColor(2, QColor(10, 200, 30));
    QCOMPARE(bench.dataset.classes()[0].name, QStringLiteral("Polyp"));
    QCOMPARE(bench.dataset.classes()[1].color, QColor(10, 200, 30));
    QVERIFY(bench.dataset.document(ImageId{6}) == nullptr); // never shown
    QSignalSpy changed(&classes, &ClassController::labelsChanged);
    classes.merge(1, 2);
    QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 1, kPatienceMs);
    QCOMPARE(changed.first().first().toInt(), 6);
    QCOMPARE(bench.dataset.classes().size(), 1);
    QCOMPARE(int{bench.shown().labels().at(70, 55)}, 2);
    QCOMPARE(bench.dataset.modifiedCount(), 6);
    waitUntilKept(bench);
    const auto sixth = [&] {
        return project::readAnnotation(*bench.project.store(), ImageId{6}, {200, 150}).value();
    };
    QCOMPARE(int{sixth().labels.at(145, 80)}, 2);
    // Painted afterwards: stays when the merge is taken back.
    bench.tools.setLabelClass(2);
    stroke(bench, 130);
    classes.undoStack().undo();
    waitUntilKept(bench);
    QCOMPARE(bench.dataset.classes().size(), 2);
    QCOMPARE(int{bench.shown().labels().at(70, 55)}, 1);
    QCOMPARE(int{bench.shown().labels().at(90, 130)}, 2);
    QCOMPARE(int{sixth().labels.at(145, 80)}, 1);
    classes.undoStack().redo();
    QTRY_VERIFY_WITH_TIMEOUT(!classes.isBusy(), kPatienceMs);
    classes.renumber(2, 9);
    QTRY_VERIFY_WITH_TIMEOUT(!classes.isBusy(), kPatienceMs);
    QCOMPARE(int{bench.shown().labels().at(70, 55)}, 9);
    classes.setLocked(9, true);
    classes.remove(9);
    QCOMPARE(bench.dataset.classes().size(), 1); // locked
    QVERIFY(!classes.reasonAgainst(9).isEmpty());
    classes.setLocked(9, false);
    classes.remove(9);
    QTRY_VERIFY_WITH_TIMEOUT(!classes.isBusy(), kPatienceMs);
    QVERIFY(!hasLabels(bench.shown().labels()));
    while (classes.undoStack().canUndo()) {
        classes.undoStack().undo();
    }
    waitUntilKept(bench);
    QCOMPARE(int{bench.shown().labels().at(70, 55)}, 1);
    QCOMPARE(int{sixth().labels.at(145, 80)}, 1);
    QCOMPARE(bench.dataset.classes().size(), 1);
    QCOMPARE(bench.dataset.classes()[0].name, binaryClasses()[0].name);
}

void TestProjects::tenThousandImages()
{
    // A project of 10,000 images (or more, to measure), of which a hundred are there.
    bool isGiven = false;
    const int wanted = qEnvironmentVariableIntValue("GUIDINO_TEST_IMAGES", &isGiven);
    const int imageCount = isGiven ? wanted : 10'000;
    const QTemporaryDir folder;
    std::vector<project::ImageRecord> records;
    QImage image(64, 48, QImage::Format_RGB32);
    for (int i = 0; i < imageCount; ++i) {
        project::ImageRecord record;
        record.name = QStringLiteral("case%1").arg(i, 6, 10, QLatin1Char('0'));
        record.path = folder.filePath(record.name + QStringLiteral(".png"));
        if (i < 100) {
            image.fill(QColor(i, 2 * i, 255 - i));
            QVERIFY(image.save(record.path));
        }
        records.push_back(record);
    }
    const QString home = freshHome();
    const QString target = home + QStringLiteral("/many");
    QVERIFY(project::ProjectStore::create(target, QStringLiteral("Many"))
                .value()
                ->addImages(records)
                .has_value());
    records.clear();
    Workbench bench(home);
    QElapsedTimer clock;
    clock.start();
    bench.window.open({target});
    QTRY_COMPARE_WITH_TIMEOUT(bench.dataset.images().rowCount(), imageCount, kPatienceMs);
    auto* list = part<QAbstractItemView>(bench, "imageList");
    list->repaint();
    qInfo("%d images listed and painted after %lld ms", imageCount, clock.elapsed());
    ImageListModel& images = bench.dataset.images();
    QTRY_VERIFY_WITH_TIMEOUT(
        !images.index(3).data(ImageListModel::ThumbnailRole).value<QImage>().isNull(), kPatienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(images.entry(imageCount - 1).isMissing, kPatienceMs);
    clock.restart();
    auto* search = part<QLineEdit>(bench, "imageSearch");
    search->setText(QStringLiteral("case00001"));
    QCOMPARE(list->model()->rowCount(), 10);
    qInfo("searched after %lld ms", clock.elapsed());
    search->setText(QStringLiteral("#10000"));
    QCOMPARE(list->model()->rowCount(), 1);
    search->clear();
    list->scrollToBottom();
    list->repaint();
    bench.dataset.show(99);
    QTRY_VERIFY_WITH_TIMEOUT(
        bench.dataset.current() != nullptr && bench.shown().id() == ImageId{100}, kPatienceMs);
}

void TestProjects::aProjectThatCannotBeWrittenToIsShownForReading()
{
    // Permissions do not bind root: this test is nobody then.
    struct Nobody
    {
        Nobody() { isRoot = ::geteuid() == 0 && ::seteuid(65534) == 0; }
        ~Nobody()
        {
            if (isRoot) {
                (void)!::seteuid(0);
            }
        }
        bool isRoot = false;
    };
    const Nobody nobody;
    const SyntheticFolder folder(2, 1);
    const QTemporaryDir home;
    QString project;
    {
        Workbench bench(home.path());
        bench.open(folder.path());
        stroke(bench, 70);
        waitUntilKept(bench);
        bench.dataset.save();
        QTRY_COMPARE(bench.dataset.modifiedCount(), 0);
        project = bench.project.folder();
    }
    const auto reading = QFile::ReadOwner | QFile::ExeOwner;
    QVERIFY(QFile::setPermissions(project, reading));
    {
        Workbench bench(home.path());
        bench.open(project);
        QVERIFY(bench.project.isReadOnly());
        const Notice& notice = bench.window.messages().shown();
        QVERIFY2(
            notice.text.contains(QStringLiteral("cannot be written to")), qPrintable(notice.text));
        QCOMPARE(notice.action, Notice::Action::None); // there is nobody to take it over from
        QVERIFY(bench.window.windowTitle().contains(QStringLiteral("read only")));
        QCOMPARE(int(bench.shown().labels().at(90, 70)), 1); // what was saved is there
        const int steps = bench.shown().undoStack().count();
        stroke(bench, 100);
        QCOMPARE(bench.shown().undoStack().count(), steps);
        QVERIFY(!bench.window.projectUi().backUpNow->isEnabled());
    }
    QCOMPARE(
        QDir(project).entryList({QStringLiteral("*-shm"), QStringLiteral("*.lock")}).size(), 0);
    QVERIFY(QFile::setPermissions(project, reading | QFile::WriteOwner));
    Workbench bench(home.path());
    bench.open(project);
    QVERIFY(!bench.project.isReadOnly());
}

void TestProjects::backupsAreGoneBackTo()
{
    const SyntheticFolder folder(2, 0);
    const QString home = freshHome();
    Workbench bench(home);
    bench.open(folder.path());
    const QString project = bench.project.folder();
    QVERIFY(bench.project.setTags(ImageId{1}, {QStringLiteral("before")}).has_value());
    stroke(bench, 70);
    waitUntilKept(bench);
    // The empty sheet has the button that fills it.
    bench.window.projectUi().showBackups->trigger();
    const auto button = [&] { return part<QPushButton>(bench, "restoreBackup"); };
    auto* now = part<QPushButton>(bench, "sheetBackUpNow");
    QVERIFY(now != nullptr);
    QTRY_VERIFY(now->isVisible() && now->isEnabled());
    QTRY_VERIFY(!bench.window.projectUi().tasks().isRunning());
    QVERIFY(button() == nullptr);
    QTest::mouseClick(now, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(button() != nullptr, kPatienceMs);
    QCOMPARE(
        QDir(project + QStringLiteral("/backups")).entryList({QStringLiteral("*.db")}).size(), 1);
    QVERIFY(bench.project.setTags(ImageId{1}, {QStringLiteral("after")}).has_value());
    QSignalSpy restored(&bench.window.projectUi().tasks(), &ProjectTasks::restored);
    QTest::mouseClick(button(), Qt::LeftButton);
    auto* question = bench.window.findChild<QMessageBox*>();
    QVERIFY(question != nullptr);
    for (QAbstractButton* one : question->buttons()) {
        if (question->buttonRole(one) == QMessageBox::DestructiveRole) {
            QTest::mouseClick(one, Qt::LeftButton);
            break;
        }
    }
    QTRY_COMPARE_WITH_TIMEOUT(restored.count(), 1, kPatienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(bench.dataset.current() != nullptr, kPatienceMs);
    QCOMPARE(bench.dataset.images().entry(0).tags, QStringList{QStringLiteral("before")});
    QVERIFY(bench.dataset.recovered().empty());
    QCOMPARE(project::listBackups(project).size(), 2U);
}

void TestProjects::aNetworkFolderIsWorkedOnLocally()
{
    qputenv("GUIDINO_LOCAL_COPY", "always");
    const SyntheticFolder folder(2, 1);
    const QString home = freshHome();
    LabelMap labels;
    QString place;
    {
        Workbench bench(home);
        bench.open(folder.path());
        place = bench.project.folder();
        QVERIFY(bench.project.store()->isLocalCopy());
        stroke(bench, 120);
        labels = bench.shown().labels();
        QVERIFY(!QFile::exists(place + QStringLiteral("/project.db-wal")));
    }
    qputenv("GUIDINO_LOCAL_COPY", "never");
    Workbench bench(home);
    bench.open(folder.path());
    QCOMPARE(bench.project.folder(), place);
    QVERIFY(bench.shown().labels() == labels);
    QCOMPARE(bench.shown().undoStack().count(), 1);
}

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    if (QApplication::arguments().value(1) == QLatin1StringView("--victim")) {
        return runVictim(QApplication::arguments());
    }
    TestProjects test;
    QTEST_SET_MAIN_SOURCE_PATH
    return QTest::qExec(&test, argc, argv);
}

#include "tst_projects.moc"
