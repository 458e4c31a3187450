// SPDX-License-Identifier: Apache-2.0
#include "core/project/journal_codec.h"
#include "core/project/journal_writer.h"
#include "core/project/project_store.h"

#include <sys/wait.h>
#include <unistd.h>

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <random>

using namespace guidino;
using namespace guidino::project;

namespace {

LabelMap randomMap(int width, int height, unsigned seed)
{
    std::mt19937 generator(seed);
    Raster8 raster(width, height);
    for (std::uint8_t& value : raster.pixels()) {
        value = static_cast<std::uint8_t>(generator() % 3);
    }
    return LabelMap::fromRaster(raster);
}

JournalEntry
editOf(ImageId image, const LabelMap& before, const LabelMap& after, const QString& text)
{
    JournalEntry entry;
    entry.image = image;
    entry.text = text;
    for (std::size_t i = 0; i < before.tileCount(); ++i) {
        if (before.tile(i) != after.tile(i)) {
            entry.tiles.push_back({static_cast<std::uint32_t>(i), before.tile(i), after.tile(i)});
        }
    }
    return entry;
}

ImageRecord imageNamed(const QString& name)
{
    ImageRecord record;
    record.name = name;
    record.path = QStringLiteral("/pictures/") + name + QStringLiteral(".png");
    record.sha256 = QStringLiteral("hash-of-") + name;
    record.size = {200, 130};
    return record;
}

/// Changes the file behind the store's back, as a vandal would.
void vandalise(const QString& file, const QStringList& statements)
{
    {
        QSqlDatabase database =
            QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("vandal"));
        database.setDatabaseName(file);
        QVERIFY(database.open());
        for (const QString& statement : statements) {
            QSqlQuery query(database);
            QVERIFY2(query.exec(statement), qPrintable(statement));
        }
        database.close();
    }
    QSqlDatabase::removeDatabase(QStringLiteral("vandal"));
}

} // namespace

// Evaluates its argument once.
#define VERIFY_OK(result) \
    do { \
        const auto& gdResult = (result); \
        QVERIFY2(gdResult.has_value(), gdResult ? "" : gdResult.error().message.c_str()); \
    } while (false)

class ProjectTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void imagesSurviveReopening();
    void tenThousandImagesAreListedWithinASecondsWork();
    void aSecondWriterIsRefusedAndAReaderLetIn();
    void aLockLeftBehindByADeadProgramIsTaken();
    void revisionsAreKeptForEver();
    void theAuditTrailNoticesAChange();
    void guideCorrectionsTagsNotesAndClassesComeBack();
    void journalReplaysToTheSameState();
    void aKilledWriterLosesNothingFlushed();
    void pruningKeepsWhatIsUnsaved();
    void damagedBytesAreErrors();
    void otherFilesAreNoProjects();
    void backupsRotateAndOpen();
};

void ProjectTest::imagesSurviveReopening()
{
    const QTemporaryDir folder;
    ImageId first;
    {
        auto store =
            ProjectStore::create(folder.filePath(QStringLiteral("p")), QStringLiteral("Polyps"));
        VERIFY_OK(store);
        ImageRecord inside = imageNamed(QStringLiteral("inside"));
        inside.path = (*store)->folder() + QStringLiteral("/images/inside.png");
        auto ids = (*store)->addImages(
            {imageNamed(QStringLiteral("a")), inside, imageNamed(QStringLiteral("a"))});
        VERIFY_OK(ids);
        QCOMPARE(ids->at(0), ids->at(2));
        first = ids->at(0);
        VERIFY_OK((*store)->setSplit(first, QStringLiteral("train")));
        QVERIFY(!(*store)->setSplit(ImageId{999}, QStringLiteral("train")));
    }
    auto store = ProjectStore::open(folder.filePath(QStringLiteral("p")));
    VERIFY_OK(store);
    QCOMPARE((*store)->info(QStringLiteral("name")).value(), QStringLiteral("Polyps"));
    QCOMPARE((*store)->imageCount().value(), 2);
    const auto images = (*store)->images().value();
    QCOMPARE(images[0].split, QStringLiteral("train"));
    QCOMPARE(images[1].path, QStringLiteral("images/inside.png"));
    QCOMPARE(
        (*store)->absolutePath(images[1]),
        (*store)->folder() + QStringLiteral("/images/inside.png"));
    QCOMPARE((*store)->absolutePath(images[0]), QStringLiteral("/pictures/a.png"));
    QCOMPARE((*store)->imagesWithHash(QStringLiteral("hash-of-a")).value().size(), 1U);
    QVERIFY((*store)->image(ImageId{77}).error().code == ErrorCode::NotFound);
    VERIFY_OK((*store)->relocate(first, QStringLiteral("/elsewhere/a.png")));
    QCOMPARE((*store)->image(first).value().path, QStringLiteral("/elsewhere/a.png"));
}

void ProjectTest::tenThousandImagesAreListedWithinASecondsWork()
{
    const QTemporaryDir folder;
    auto store = ProjectStore::create(folder.filePath(QStringLiteral("p")), QStringLiteral("Many"));
    VERIFY_OK(store);
    std::vector<ImageRecord> records;
    for (int i = 0; i < 10000; ++i) {
        records.push_back(imageNamed(QString::number(i)));
    }
    // Names that would be something else in a statement.
    for (const char* name :
         {"O'Brien", "''", "a?b:c", "[x] $1 @n --", "x'); DROP TABLE image; --"}) {
        records.push_back(imageNamed(QString::fromLatin1(name)));
        records.back().mask = QStringLiteral("/masks/%1.png").arg(QLatin1String(name));
    }
    const auto ids = (*store)->addImages(records);
    VERIFY_OK(ids);
    const std::vector<ImageRecord> images = (*store)->images().value();
    QCOMPARE(images.size(), records.size());
    QCOMPARE(ids->size(), records.size());
    for (std::size_t i = 0; i < images.size(); ++i) {
        QCOMPARE(images[i].id, (*ids)[i]);
        QCOMPARE(images[i].name, records[i].name);
        QCOMPARE(images[i].path, records[i].path);
        QCOMPARE(images[i].mask, records[i].mask);
    }
    // Once more they are the same images, also where some are new among them.
    records.insert(records.begin() + 70, imageNamed(QStringLiteral("new")));
    const auto again = (*store)->addImages(records);
    VERIFY_OK(again);
    QCOMPARE((*store)->imageCount().value(), std::int64_t(records.size()));
    QCOMPARE((*again)[69], (*ids)[69]);
    QCOMPARE((*again)[71], (*ids)[70]);
    QCOMPARE(again->back(), ids->back());
}

void ProjectTest::aSecondWriterIsRefusedAndAReaderLetIn()
{
    const QTemporaryDir folder;
    auto store = ProjectStore::create(folder.path(), QStringLiteral("p"));
    VERIFY_OK(store);
    auto second = ProjectStore::open(folder.path());
    QVERIFY(!second);
    QVERIFY(second.error().code == ErrorCode::CannotWrite);
    QVERIFY(ProjectStore::lockOwner(folder.path()).has_value());
    auto reader = ProjectStore::open(folder.path(), OpenMode::ReadOnly);
    VERIFY_OK(reader);
    QVERIFY(
        (*reader)->setInfo(QStringLiteral("x"), QStringLiteral("y")).error().code
        == ErrorCode::CannotWrite);
    QVERIFY(!(*reader)->addImages({imageNamed(QStringLiteral("a"))}));
    QVERIFY(!(*reader)->setTags(ImageId{1}, {}));
    reader->reset();
    VERIFY_OK(ProjectStore::open(folder.path(), OpenMode::TakeOver));
    QVERIFY(
        ProjectStore::create(folder.path(), QStringLiteral("p")).error().code
        == ErrorCode::BadInput);
}

void ProjectTest::aLockLeftBehindByADeadProgramIsTaken()
{
    const QTemporaryDir folder;
    VERIFY_OK(ProjectStore::create(folder.path(), QStringLiteral("p")));
    const pid_t child = ::fork();
    if (child == 0) {
        auto store = ProjectStore::open(folder.path());
        ::_exit(store ? (::raise(SIGKILL), 0) : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    QVERIFY(WIFSIGNALED(status));
    QVERIFY(QFile::exists(folder.filePath(QStringLiteral("project.lock"))));
    QVERIFY(!ProjectStore::lockOwner(folder.path()).has_value());
    VERIFY_OK(ProjectStore::open(folder.path()));
}

void ProjectTest::revisionsAreKeptForEver()
{
    const QTemporaryDir folder;
    auto store = ProjectStore::create(folder.path(), QStringLiteral("p"));
    VERIFY_OK(store);
    const ImageId image = (*store)->addImages({imageNamed(QStringLiteral("a"))}).value().front();
    const LabelMap first = randomMap(200, 130, 1);
    const LabelMap second = randomMap(200, 130, 2);
    const auto prediction = (*store)->addRevision(
        {{}, image, RevisionKind::Prediction, {}, QStringLiteral("model"), {}, {}, {}, {}}, first);
    VERIFY_OK(prediction);
    const auto human = (*store)->addRevision(
        {{},
         image,
         RevisionKind::Human,
         QStringLiteral("Ada"),
         QStringLiteral("model"),
         *prediction,
         QStringLiteral("accepted"),
         {},
         {}},
        second);
    VERIFY_OK(human);
    QVERIFY((*store)->revisionLabels(*prediction).value() == first);
    QVERIFY((*store)->revisionLabels(*human).value() == second);
    QCOMPARE((*store)->revisions(image).value().size(), 2U);
    const auto newest = (*store)->newestRevision(image, RevisionKind::Human).value();
    QVERIFY(newest.has_value());
    QCOMPARE(newest->author, QStringLiteral("Ada"));
    QCOMPARE(newest->parent, *prediction);
    QCOMPARE(newest->origin, QStringLiteral("accepted"));
    QVERIFY(!(*store)->newestRevision(image, RevisionKind::Imported).value().has_value());
    QVERIFY((*store)->revisionLabels(RevisionId{99}).error().code == ErrorCode::NotFound);
    QVERIFY(!(*store)->addRevision(
        {{}, ImageId{42}, RevisionKind::Human, {}, {}, {}, {}, {}, {}}, first));
}

void ProjectTest::theAuditTrailNoticesAChange()
{
    const QTemporaryDir folder;
    {
        auto store = ProjectStore::create(folder.path(), QStringLiteral("p"));
        VERIFY_OK(store);
        const ImageId image =
            (*store)->addImages({imageNamed(QStringLiteral("a"))}).value().front();
        for (int i = 0; i < 5; ++i) {
            VERIFY_OK((*store)->addDecision(
                {0,
                 image,
                 RevisionId{1},
                 Verdict::Accepted,
                 QStringLiteral("Ada"),
                 QString::number(i),
                 1.5,
                 {},
                 {}}));
        }
        VERIFY_OK((*store)->verifyAuditTrail());
        QCOMPARE((*store)->decisions(image).value().size(), 5U);
    }
    vandalise(
        folder.filePath(QStringLiteral("project.db")),
        {QStringLiteral("DROP TRIGGER decision_is_kept"),
         QStringLiteral("UPDATE decision SET verdict = 2 WHERE id = 3")});
    auto store = ProjectStore::open(folder.path());
    VERIFY_OK(store);
    const Status status = (*store)->verifyAuditTrail();
    QVERIFY(!status);
    QVERIFY(status.error().code == ErrorCode::CheckFailed);
    QVERIFY(status.error().message.find("decision 3") != std::string::npos);
}

void ProjectTest::guideCorrectionsTagsNotesAndClassesComeBack()
{
    const QTemporaryDir folder;
    auto store = ProjectStore::create(folder.path(), QStringLiteral("p"));
    VERIFY_OK(store);
    const ImageId image = (*store)->addImages({imageNamed(QStringLiteral("a"))}).value().front();
    QVERIFY(!(*store)->guideCorrection(image).value().has_value());
    const LabelMap codes = randomMap(16, 16, 5);
    VERIFY_OK((*store)->setGuideCorrection(image, codes, QStringLiteral("Ada")));
    QVERIFY((*store)->guideCorrection(image).value().value() == codes);
    VERIFY_OK((*store)->removeGuideCorrection(image));
    QVERIFY(!(*store)->guideCorrection(image).value().has_value());
    VERIFY_OK((*store)->setTags(image, {QStringLiteral("flat"), QStringLiteral("blurred")}));
    QCOMPARE(
        (*store)->tags(image).value(),
        QStringList({QStringLiteral("blurred"), QStringLiteral("flat")}));
    const auto note = (*store)->addNote(
        {0, image, 12.5, 8, QStringLiteral("border unclear"), QStringLiteral("Ada"), {}, false});
    VERIFY_OK(note);
    VERIFY_OK((*store)->setNoteResolved(*note, true));
    QVERIFY((*store)->notes(image).value().front().isResolved);
    const std::vector<ClassRecord> classes{
        {1, QStringLiteral("polyp"), 0xe69f00, false},
        {7, QStringLiteral("instrument"), 0x56b4e9, true}};
    VERIFY_OK((*store)->setClasses(classes));
    QVERIFY((*store)->classes().value() == classes);
}

void ProjectTest::journalReplaysToTheSameState()
{
    const QTemporaryDir folder;
    auto store = ProjectStore::create(folder.path(), QStringLiteral("p"));
    VERIFY_OK(store);
    const ImageId image = (*store)->addImages({imageNamed(QStringLiteral("a"))}).value().front();
    std::vector<LabelMap> states{LabelMap(Size{200, 130})};
    {
        JournalWriter writer((*store)->databaseFile());
        QSignalSpy written(&writer, &JournalWriter::written);
        for (unsigned i = 0; i < 20; ++i) {
            states.push_back(randomMap(200, 130, i));
            writer.append(
                editOf(image, states[i], states[i + 1], QStringLiteral("stroke %1").arg(i)));
        }
        VERIFY_OK(writer.flush());
        QCOMPARE(writer.pending(), 0);
        QTRY_VERIFY(!written.isEmpty());
    }
    const auto entries = (*store)->journal(image).value();
    QCOMPARE(entries.size(), 20U);
    LabelMap map = states.front();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        applyTiles(map, entries[i].tiles);
        QVERIFY(map == states[i + 1]);
        QCOMPARE(entries[i].text, QStringLiteral("stroke %1").arg(i));
    }
    for (std::size_t i = entries.size(); i > 0; --i) {
        revertTiles(map, entries[i - 1].tiles);
        QVERIFY(map == states[i - 1]);
    }
    QCOMPARE((*store)->imagesWithUnsavedEdits().value(), std::vector<ImageId>{image});
}

void ProjectTest::aKilledWriterLosesNothingFlushed()
{
    const QTemporaryDir folder;
    ImageId image;
    {
        auto store = ProjectStore::create(folder.path(), QStringLiteral("p"));
        VERIFY_OK(store);
        image = (*store)->addImages({imageNamed(QStringLiteral("a"))}).value().front();
    }
    int pipe[2];
    QVERIFY(::pipe(pipe) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        auto store = ProjectStore::open(folder.path());
        if (!store) {
            ::_exit(1);
        }
        JournalWriter writer((*store)->databaseFile());
        LabelMap before(Size{200, 130});
        for (unsigned i = 0;; ++i) {
            const LabelMap after = randomMap(200, 130, i);
            writer.append(editOf(image, before, after, QString::number(i)));
            if (writer.flush()) {
                const char flushed = 1;
                (void)!::write(pipe[1], &flushed, 1);
            }
            before = after;
        }
    }
    ::close(pipe[1]);
    char buffer[64];
    int flushed = 0;
    while (flushed < 30) {
        const ssize_t count = ::read(pipe[0], buffer, sizeof buffer);
        QVERIFY(count > 0);
        flushed += static_cast<int>(count);
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    for (ssize_t count = 0; (count = ::read(pipe[0], buffer, sizeof buffer)) > 0;) {
        flushed += static_cast<int>(count);
    }
    ::close(pipe[0]);
    auto store = ProjectStore::open(folder.path());
    VERIFY_OK(store);
    const auto entries = (*store)->journal(image);
    VERIFY_OK(entries);
    QVERIFY2(static_cast<int>(entries->size()) >= flushed, "a flushed stroke was lost");
    for (std::size_t i = 0; i < entries->size(); ++i) {
        QCOMPARE(entries->at(i).text, QString::number(i));
    }
}

void ProjectTest::pruningKeepsWhatIsUnsaved()
{
    const QTemporaryDir folder;
    auto store = ProjectStore::create(folder.path(), QStringLiteral("p"));
    VERIFY_OK(store);
    const ImageId image = (*store)->addImages({imageNamed(QStringLiteral("a"))}).value().front();
    JournalWriter writer((*store)->databaseFile());
    LabelMap before(Size{200, 130});
    for (unsigned i = 0; i < 12; ++i) {
        const LabelMap after = randomMap(200, 130, i);
        writer.append(editOf(image, before, after, QString::number(i)));
        before = after;
        if (i == 7) {
            JournalEntry save;
            save.image = image;
            save.kind = JournalKind::Save;
            save.revision = RevisionId{1};
            writer.append(save);
        }
    }
    VERIFY_OK(writer.flush());
    VERIFY_OK((*store)->pruneJournal(image, 2));
    // Edits 8..11 came after the save and stay although only two were asked for.
    const auto entries = (*store)->journal(image).value();
    QCOMPARE(entries.front().kind, JournalKind::Save);
    QCOMPARE(entries.size(), 5U);
}

void ProjectTest::damagedBytesAreErrors()
{
    const LabelMap map = randomMap(200, 130, 9);
    const QByteArray good = encodeLabels(map);
    QVERIFY(decodeLabels(good).value() == map);
    for (qsizetype cut = 0; cut < good.size(); cut += 97) {
        QVERIFY(!decodeLabels(good.left(cut)));
        QVERIFY(!decodeTiles(good.left(cut)));
    }
    QByteArray huge = good;
    huge[0] = '\x7f';
    QVERIFY(!decodeLabels(huge));
    QVERIFY(!decodeLabels(QByteArray()));
}

void ProjectTest::otherFilesAreNoProjects()
{
    const QTemporaryDir folder;
    QVERIFY(ProjectStore::open(folder.path()).error().code == ErrorCode::NotFound);
    QFile text(folder.filePath(QStringLiteral("project.db")));
    QVERIFY(text.open(QIODevice::WriteOnly));
    text.write(QByteArray(5000, 'x'));
    text.close();
    QVERIFY(ProjectStore::open(folder.path()).error().code == ErrorCode::BadInput);
    text.remove();
    vandalise(text.fileName(), {QStringLiteral("CREATE TABLE other (x)")});
    QVERIFY(ProjectStore::open(folder.path()).error().code == ErrorCode::BadInput);
    text.remove();
    VERIFY_OK(ProjectStore::create(folder.path(), QStringLiteral("p")));
    vandalise(text.fileName(), {QStringLiteral("PRAGMA user_version = 99")});
    const auto newer = ProjectStore::open(folder.path());
    QVERIFY(newer.error().code == ErrorCode::BadInput);
    QVERIFY(newer.error().message.find("newer version") != std::string::npos);
}

void ProjectTest::backupsRotateAndOpen()
{
    const QTemporaryDir folder;
    auto store = ProjectStore::create(folder.path(), QStringLiteral("p"));
    VERIFY_OK(store);
    VERIFY_OK((*store)->addImages({imageNamed(QStringLiteral("a"))}));
    for (int i = 0; i < 9; ++i) {
        VERIFY_OK((*store)->backUp(7));
        QTest::qSleep(3);
    }
    const QStringList backups = (*store)->backups();
    QCOMPARE(backups.size(), 7);
    const QTemporaryDir restored;
    QVERIFY(QFile::copy(backups.front(), restored.filePath(QStringLiteral("project.db"))));
    auto copy = ProjectStore::open(restored.path());
    VERIFY_OK(copy);
    QCOMPARE((*copy)->imageCount().value(), 1);
}

QTEST_GUILESS_MAIN(ProjectTest)
#include "tst_project.moc"
