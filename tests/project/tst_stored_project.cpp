// SPDX-License-Identifier: Apache-2.0
// What a project gives back: old formats, working labels with their history, lists, backups, and
// local copies for places where the database cannot lie.
#include "core/project/backups.h"
#include "core/project/journal_codec.h"
#include "core/project/journal_writer.h"
#include "core/project/project_store.h"
#include "core/project/stored_annotation.h"
#include "core/project/working_copy.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <memory>

using namespace guidino;
using namespace guidino::project;

namespace {

constexpr Size kSize{100, 80};

/// All of one class above a line, background below.
LabelMap bandOf(int rows, std::uint8_t value)
{
    Raster8 raster(kSize.width, kSize.height);
    for (int y = 0; y < rows; ++y) {
        for (int x = 0; x < kSize.width; ++x) {
            raster.at(x, y) = value;
        }
    }
    return LabelMap::fromRaster(raster);
}

JournalEntry editOf(ImageId image, const LabelMap& before, const LabelMap& after)
{
    JournalEntry entry;
    entry.image = image;
    entry.text = QStringLiteral("Brush");
    for (std::size_t i = 0; i < before.tileCount(); ++i) {
        entry.tiles.push_back({static_cast<std::uint32_t>(i), before.tile(i), after.tile(i)});
    }
    return entry;
}

JournalEntry lineOf(ImageId image, JournalKind kind, RevisionId revision = {})
{
    JournalEntry entry;
    entry.image = image;
    entry.kind = kind;
    entry.revision = revision;
    return entry;
}

ImageRecord imageNamed(const QString& name)
{
    ImageRecord record;
    record.name = name;
    record.path = QStringLiteral("/pictures/%1.png").arg(name);
    record.mask = QStringLiteral("/masks/%1.png").arg(name);
    record.labelFile = name + QStringLiteral(".png");
    return record;
}

RevisionRecord revisionOf(ImageId image, RevisionKind kind, const QString& author = {})
{
    RevisionRecord record;
    record.image = image;
    record.kind = kind;
    record.author = author;
    return record;
}

} // namespace

// Evaluates its argument once.
#define VERIFY_OK(result) \
    do { \
        const auto& gdResult = (result); \
        QVERIFY2(gdResult.has_value(), gdResult ? "" : gdResult.error().message.c_str()); \
    } while (false)

class StoredProjectTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        qunsetenv("GUIDINO_LOCAL_COPY");
        m_home = std::make_unique<QTemporaryDir>();
        qputenv("GUIDINO_HOME", m_home->filePath(QStringLiteral("home")).toUtf8());
        m_folder = m_home->filePath(QStringLiteral("p"));
    }

    void aProjectOfTheFirstVersionIsBroughtForward();
    void aProjectOfTheSecondVersionIsBroughtForward();
    void anOlderProjectIsNotOpenedForReadingOnly();
    void labelsComeFromTheLastMarkAndTheJournal();
    void undoneStepsOfAnEarlierSessionStayInTheHistory();
    void aRevisionWithoutItsMarkLosesNothing();
    void labelsOfOtherReadersAreNoWorkingCopy();
    void goingBackToTheSavedStateIsWrittenAsLines();
    void statesAndClassesOfTheList();
    void jobsAndContents();
    void aBackupComesBackAndThePresentStaysOne();
    void aDamagedProjectIsRestored();
    void networkFoldersAreWorkedOnAsALocalCopy();
    void whatCouldNotBeWrittenBackIsTakenUp();
    void changesOfBothSidesAreKept();
    void synchronisedFoldersAreKnown();

private:
    [[nodiscard]] std::unique_ptr<ProjectStore> made()
    {
        auto store = ProjectStore::create(m_folder, QStringLiteral("Made"));
        if (!store || !(*store)->addImages({imageNamed(QStringLiteral("a"))})) {
            return nullptr;
        }
        return std::move(store).value();
    }

    void write(const ProjectStore& store, std::vector<JournalEntry> entries)
    {
        JournalWriter writer(store.databaseFile());
        for (JournalEntry& entry : entries) {
            writer.append(std::move(entry));
        }
        VERIFY_OK(writer.flush());
    }

    std::unique_ptr<QTemporaryDir> m_home;
    QString m_folder;
    const ImageId m_image{1};
};

void StoredProjectTest::aProjectOfTheFirstVersionIsBroughtForward()
{
    QDir().mkpath(m_folder);
    const QString database = m_folder + QStringLiteral("/project.db");
    QVERIFY(QFile::copy(
        QStringLiteral(GUIDINO_SOURCE_DIR "/tests/project/data/version1/project.db"), database));
    QFile::setPermissions(database, QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    auto store = ProjectStore::open(m_folder);
    VERIFY_OK(store);
    QCOMPARE((*store)->info(QStringLiteral("name")).value(), QStringLiteral("Polyps of spring"));
    const auto images = (*store)->images().value();
    QCOMPARE(images.size(), 3U);
    QCOMPARE(images[0].group, QStringLiteral("P1"));
    QCOMPARE(images[0].mask, QString());
    VERIFY_OK((*store)->verifyAuditTrail());
    const auto states = (*store)->imageStates().value();
    QCOMPARE(states.size(), 2U);
    QCOMPARE(states[0].human, RevisionId{2});
    QVERIFY(states[0].hasUnsavedEdits);
    QCOMPARE(states[0].verdict, std::optional(Verdict::Accepted));
    QCOMPARE(states[1].tags, QStringList{QStringLiteral("hard")});
    QVERIFY(states[1].hasOpenNotes);
    const auto annotation = readAnnotation(**store, m_image, kSize);
    VERIFY_OK(annotation);
    QCOMPARE(annotation->base, RevisionId{2});
    QVERIFY(annotation->saved == bandOf(10, 2));
    QCOMPARE(int{annotation->labels.at(5, 5)}, 1);
    QCOMPARE(int{annotation->labels.at(90, 5)}, 2); // the other tile was not touched
    QCOMPARE(annotation->unsavedSteps, 1);
    QCOMPARE(annotation->steps.front().text, QStringLiteral("Brush, Polyp, 10 px"));
    // What the new version added can be used.
    VERIFY_OK((*store)->addImages({imageNamed(QStringLiteral("b"))}));
    VERIFY_OK((*store)->addRevision(revisionOf(ImageId{2}, RevisionKind::Human), bandOf(3, 7)));
    QCOMPARE((*store)->imageState(ImageId{2})->classes, std::vector<std::uint8_t>{7});
    store->reset();
    VERIFY_OK(ProjectStore::open(m_folder, OpenMode::ReadOnly)); // now it is of this version
}

void StoredProjectTest::aProjectOfTheSecondVersionIsBroughtForward()
{
    QDir().mkpath(m_folder);
    const QString database = m_folder + QStringLiteral("/project.db");
    QVERIFY(QFile::copy(
        QStringLiteral(GUIDINO_SOURCE_DIR "/tests/project/data/version2/project.db"), database));
    QFile::setPermissions(database, QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    auto store = ProjectStore::open(m_folder);
    VERIFY_OK(store);
    const auto models = (*store)->models().value();
    QCOMPARE(models.size(), 1U);
    QCOMPARE(models[0].name, QStringLiteral("demo"));
    QCOMPARE(models[0].run, QString());
    QVERIFY((*store)->modelEvents().value().empty());
    const auto revisions = (*store)->revisions(ImageId{2}).value();
    QCOMPARE(sourcesOf(revisions, RevisionId{4}), QStringList{models[0].sha256});
    const auto annotation = readAnnotation(**store, m_image, kSize);
    VERIFY_OK(annotation);
    QCOMPARE(annotation->unsavedSteps, 1);
    QCOMPARE(annotation->steps.front().model, QString());
    QCOMPARE((*store)->unsavedSources(m_image).value(), QStringList());
    ModelEvent event;
    event.model = models[0].sha256;
    event.deed = ModelDeed::Adopted;
    VERIFY_OK((*store)->addModelEvent(event));
    VERIFY_OK((*store)->verifyAuditTrail());
}

void StoredProjectTest::anOlderProjectIsNotOpenedForReadingOnly()
{
    QDir().mkpath(m_folder);
    QVERIFY(QFile::copy(
        QStringLiteral(GUIDINO_SOURCE_DIR "/tests/project/data/version1/project.db"),
        m_folder + QStringLiteral("/project.db")));
    const auto store = ProjectStore::open(m_folder, OpenMode::ReadOnly);
    QVERIFY(!store);
    QCOMPARE(store.error().code, ErrorCode::BadInput);
}

void StoredProjectTest::labelsComeFromTheLastMarkAndTheJournal()
{
    const auto store = made();
    const LabelMap none(kSize);
    const auto first =
        store->addRevision(revisionOf(m_image, RevisionKind::Imported), bandOf(4, 1));
    VERIFY_OK(first);
    QVERIFY(readAnnotation(*store, m_image, kSize)->labels == bandOf(4, 1));
    const auto second = store->addRevision(revisionOf(m_image, RevisionKind::Human), bandOf(8, 1));
    write(
        *store,
        {editOf(m_image, bandOf(4, 1), bandOf(8, 1)),
         lineOf(m_image, JournalKind::Save, *second),
         editOf(m_image, bandOf(8, 1), bandOf(12, 1)),
         editOf(m_image, bandOf(12, 1), bandOf(20, 2)),
         lineOf(m_image, JournalKind::Undo)});
    const auto read = readAnnotation(*store, m_image, kSize);
    VERIFY_OK(read);
    QVERIFY(read->labels == bandOf(12, 1));
    QVERIFY(read->saved == bandOf(8, 1));
    QCOMPARE(read->steps.size(), 3U);
    QCOMPARE(read->index, 2);
    QCOMPARE(read->savedIndex, 1);
    QCOMPARE(read->unsavedSteps, 3);
    // An image of another size: what is stored does not fit and is left out.
    QCOMPARE(readAnnotation(*store, m_image, {10, 10})->labels.size().width, 10);
}

void StoredProjectTest::undoneStepsOfAnEarlierSessionStayInTheHistory()
{
    const auto store = made();
    const LabelMap none(kSize);
    write(
        *store,
        {editOf(m_image, none, bandOf(4, 1)),
         lineOf(m_image, JournalKind::Save, {}),
         lineOf(m_image, JournalKind::Undo),
         editOf(m_image, none, bandOf(6, 1))});
    const auto read = readAnnotation(*store, m_image, kSize);
    VERIFY_OK(read);
    QVERIFY(read->labels == bandOf(6, 1));
    QCOMPARE(read->steps.size(), 1U);
    QCOMPARE(read->savedIndex, -1); // the saved step was undone and replaced
}

void StoredProjectTest::aRevisionWithoutItsMarkLosesNothing()
{
    // The program died between storing the revision and marking it.
    const auto store = made();
    const LabelMap none(kSize);
    write(
        *store, {editOf(m_image, none, bandOf(4, 1)), editOf(m_image, bandOf(4, 1), bandOf(9, 1))});
    VERIFY_OK(store->addRevision(revisionOf(m_image, RevisionKind::Human), bandOf(4, 1)));
    const auto read = readAnnotation(*store, m_image, kSize);
    QVERIFY(read->labels == bandOf(9, 1));
    QCOMPARE(read->unsavedSteps, 2);
}

void StoredProjectTest::labelsOfOtherReadersAreNoWorkingCopy()
{
    const auto store = made();
    VERIFY_OK(store->addRevision(revisionOf(m_image, RevisionKind::Imported), bandOf(4, 1)));
    VERIFY_OK(store->addRevision(
        revisionOf(m_image, RevisionKind::Imported, QStringLiteral("grace")), bandOf(30, 1)));
    QVERIFY(readAnnotation(*store, m_image, kSize)->labels == bandOf(4, 1));
}

void StoredProjectTest::goingBackToTheSavedStateIsWrittenAsLines()
{
    const auto store = made();
    const LabelMap none(kSize);
    const auto saved = store->addRevision(revisionOf(m_image, RevisionKind::Human), bandOf(8, 1));
    write(
        *store,
        {editOf(m_image, none, bandOf(8, 1)),
         lineOf(m_image, JournalKind::Save, *saved),
         editOf(m_image, bandOf(8, 1), bandOf(12, 1)),
         editOf(m_image, bandOf(12, 1), bandOf(15, 1))});
    auto read = readAnnotation(*store, m_image, kSize);
    write(*store, entriesBackToSaved(m_image, *read, QStringLiteral("Back")));
    read = readAnnotation(*store, m_image, kSize);
    QVERIFY(read->labels == bandOf(8, 1));
    QCOMPARE(read->unsavedSteps, 0);
    QCOMPARE(read->index, 1);
    QCOMPARE(read->steps.size(), 3U); // what was discarded can be redone
    QVERIFY(store->imagesWithUnsavedEdits()->empty());
    // Where the history does not lead there, an edit does.
    write(*store, {lineOf(m_image, JournalKind::Undo), editOf(m_image, none, bandOf(2, 2))});
    read = readAnnotation(*store, m_image, kSize);
    QCOMPARE(read->savedIndex, -1);
    write(*store, entriesBackToSaved(m_image, *read, QStringLiteral("Back")));
    read = readAnnotation(*store, m_image, kSize);
    QVERIFY(read->labels == bandOf(8, 1));
    QCOMPARE(read->steps.back().text, QStringLiteral("Back"));
}

void StoredProjectTest::statesAndClassesOfTheList()
{
    const auto store = made();
    VERIFY_OK(store->addImages({imageNamed(QStringLiteral("b")), imageNamed(QStringLiteral("c"))}));
    QVERIFY(store->imageStates()->empty());
    const auto human = store->addRevision(revisionOf(m_image, RevisionKind::Human), bandOf(4, 3));
    DecisionRecord decision;
    decision.image = m_image;
    decision.revision = *human;
    decision.verdict = Verdict::Unsure;
    VERIFY_OK(store->addDecision(decision));
    VERIFY_OK(store->setTags(ImageId{3}, {QStringLiteral("b"), QStringLiteral("a")}));
    VERIFY_OK(store->setGuideCorrection(ImageId{3}, bandOf(2, 1), {}));
    const auto states = store->imageStates().value();
    QCOMPARE(states.size(), 2U);
    QCOMPARE(states[0].classes, std::vector<std::uint8_t>{3});
    QCOMPARE(states[0].verdict, std::optional(Verdict::Unsure));
    QCOMPARE(states[0].decided, *human);
    QCOMPARE(states[1].tags, (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
    QVERIFY(states[1].hasGuideCorrection);
    decision.verdict = Verdict::Withdrawn;
    VERIFY_OK(store->addDecision(decision));
    QVERIFY(!store->imageState(m_image)->verdict);
    QCOMPARE(store->allTags().value(), (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
}

void StoredProjectTest::jobsAndContents()
{
    const auto store = made();
    VERIFY_OK(store->setContents({{m_image, QStringLiteral("abc"), {640, 480}}}));
    QCOMPARE(store->image(m_image)->sha256, QStringLiteral("abc"));
    QCOMPARE(store->image(m_image)->size.height, 480);
    QCOMPARE(store->image(m_image)->mask, QStringLiteral("/masks/a.png"));
    const auto job = store->addJob(
        {0, QStringLiteral("fine-tune"), QStringLiteral("/runs/1"), QStringLiteral("running"), {}});
    VERIFY_OK(job);
    VERIFY_OK(store->setJobState(*job, QStringLiteral("finished")));
    QCOMPARE(store->jobs()->front().state, QStringLiteral("finished"));
}

void StoredProjectTest::aBackupComesBackAndThePresentStaysOne()
{
    auto store = made();
    const auto backup = store->backUp();
    VERIFY_OK(backup);
    VERIFY_OK(store->addImages({imageNamed(QStringLiteral("b"))}));
    // Not while somebody works on it.
    const Status refused = restoreBackup(m_folder, *backup);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::CannotWrite);
    store.reset();
    QCOMPARE(listBackups(m_folder).front().images, 1);
    VERIFY_OK(restoreBackup(m_folder, *backup));
    QCOMPARE(ProjectStore::open(m_folder).value()->imageCount().value(), 1);
    const auto backups = listBackups(m_folder);
    QCOMPARE(backups.size(), 2U);
    QVERIFY(std::any_of(
        backups.begin(), backups.end(), [](const BackupInfo& one) { return one.images == 2; }));
}

void StoredProjectTest::aDamagedProjectIsRestored()
{
    auto store = made();
    const auto backup = store->backUp();
    store.reset();
    QFile database(m_folder + QStringLiteral("/project.db"));
    QVERIFY(database.open(QIODevice::WriteOnly));
    database.write(QByteArray(5000, 'x'));
    database.close();
    QVERIFY(!ProjectStore::open(m_folder));
    QFile broken(m_folder + QStringLiteral("/backups/project-00000000.db"));
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("no database");
    broken.close();
    QCOMPARE(listBackups(m_folder).size(), 1U);
    QCOMPARE(restoreBackup(m_folder, broken.fileName()).error().code, ErrorCode::BadInput);
    VERIFY_OK(restoreBackup(m_folder, *backup));
    QCOMPARE(ProjectStore::open(m_folder).value()->imageCount().value(), 1);
    QVERIFY(!QDir(m_folder + QStringLiteral("/backups"))
                 .entryList({QStringLiteral("project-damaged-*")})
                 .isEmpty());
}

void StoredProjectTest::networkFoldersAreWorkedOnAsALocalCopy()
{
    qputenv("GUIDINO_LOCAL_COPY", "always");
    auto store = made();
    QVERIFY(store != nullptr);
    QVERIFY(store->isLocalCopy());
    QVERIFY(!store->databaseFile().startsWith(m_folder));
    VERIFY_OK(store->addImages({imageNamed(QStringLiteral("b"))}));
    {
        // A reader of the folder sees what was written back, and leaves nothing behind.
        auto reader = ProjectStore::open(m_folder, OpenMode::ReadOnly);
        VERIFY_OK(reader);
        QCOMPARE((*reader)->imageCount().value(), 0);
        VERIFY_OK(writeBack(store->databaseFile(), m_folder));
        QCOMPARE(ProjectStore::open(m_folder, OpenMode::ReadOnly).value()->imageCount().value(), 2);
        const auto beside = ProjectStore::openReader(m_folder, store->databaseFile());
        QCOMPARE((*beside)->imageCount().value(), 2);
    }
    VERIFY_OK(store->addImages({imageNamed(QStringLiteral("c"))}));
    store.reset();
    QVERIFY(!QFile::exists(m_folder + QStringLiteral("/project.db-wal")));
    qputenv("GUIDINO_LOCAL_COPY", "never");
    QCOMPARE(ProjectStore::open(m_folder).value()->imageCount().value(), 3);
}

void StoredProjectTest::whatCouldNotBeWrittenBackIsTakenUp()
{
    qputenv("GUIDINO_LOCAL_COPY", "always");
    auto store = made();
    const QString local = store->databaseFile();
    VERIFY_OK(writeBack(local, m_folder));
    VERIFY_OK(store->addImages({imageNamed(QStringLiteral("b"))}));
    // As after a crash: the local copy is ahead and was not written back.
    const QString saved = m_home->filePath(QStringLiteral("ahead.db"));
    const QDir folder = QFileInfo(local).absoluteDir();
    {
        const auto reader = ProjectStore::openReader(m_folder, local);
        VERIFY_OK(writeBack(local, m_home->filePath(QStringLiteral("."))));
    }
    QFile::rename(m_home->filePath(QStringLiteral("project.db")), saved);
    const QByteArray remote = [&] {
        QFile file(m_folder + QStringLiteral("/project.db"));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }();
    store.reset();
    QFile back(m_folder + QStringLiteral("/project.db"));
    QVERIFY(back.open(QIODevice::WriteOnly));
    back.write(remote);
    back.close();
    QFile::remove(local);
    QVERIFY(QFile::copy(saved, local));
    QFile base(folder.filePath(QStringLiteral("base.sha256")));
    QVERIFY(base.open(QIODevice::WriteOnly));
    base.write(QCryptographicHash::hash(remote, QCryptographicHash::Sha256).toHex());
    base.close();
    QFile dirty(folder.filePath(QStringLiteral("dirty")));
    QVERIFY(dirty.open(QIODevice::WriteOnly));
    dirty.close();
    auto again = ProjectStore::open(m_folder);
    VERIFY_OK(again);
    QCOMPARE((*again)->imageCount().value(), 2);
    QVERIFY((*again)->keptAside().isEmpty());
    again->reset();
    QVERIFY(!QFile::exists(dirty.fileName()));
    qputenv("GUIDINO_LOCAL_COPY", "never");
    QCOMPARE(ProjectStore::open(m_folder).value()->imageCount().value(), 2);
}

void StoredProjectTest::changesOfBothSidesAreKept()
{
    qputenv("GUIDINO_LOCAL_COPY", "always");
    auto store = made();
    const QString local = store->databaseFile();
    VERIFY_OK(store->addImages({imageNamed(QStringLiteral("here"))}));
    store.reset();
    // Here: a left-over copy that was not written back. There: the project went on.
    QFile dirty(QFileInfo(local).absoluteDir().filePath(QStringLiteral("dirty")));
    QVERIFY(dirty.open(QIODevice::WriteOnly));
    dirty.close();
    qputenv("GUIDINO_LOCAL_COPY", "never");
    {
        auto there = ProjectStore::open(m_folder);
        VERIFY_OK(there);
        VERIFY_OK((*there)->addImages(
            {imageNamed(QStringLiteral("there")), imageNamed(QStringLiteral("more"))}));
    }
    qputenv("GUIDINO_LOCAL_COPY", "always");
    auto again = ProjectStore::open(m_folder);
    VERIFY_OK(again);
    QCOMPARE((*again)->imageCount().value(), 4);
    QVERIFY(QFile::exists((*again)->keptAside()));
    QCOMPARE(listBackups(m_folder).front().images, 2);
}

void StoredProjectTest::synchronisedFoldersAreKnown()
{
    const QString box = m_home->filePath(QStringLiteral("Dropbox (Clinic)/study"));
    QVERIFY(QDir().mkpath(box));
    QCOMPARE(folderKindOf(box), FolderKind::Synchronised);
    const QString marked = m_home->filePath(QStringLiteral("shared/study"));
    QVERIFY(QDir().mkpath(marked + QStringLiteral("/new")));
    QCOMPARE(folderKindOf(marked), FolderKind::Local);
    QVERIFY(QDir().mkpath(m_home->filePath(QStringLiteral("shared/.stfolder"))));
    QCOMPARE(folderKindOf(marked + QStringLiteral("/new/not/there/yet")), FolderKind::Synchronised);
}

QTEST_GUILESS_MAIN(StoredProjectTest)
#include "tst_stored_project.moc"
