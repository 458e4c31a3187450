// SPDX-License-Identifier: Apache-2.0
// The models of a project: their trail, their lineage, and what labels came from them.
#include "core/project/journal_writer.h"
#include "core/project/model_records.h"
#include "core/project/project_store.h"
#include "core/project/review_state.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace guidino;
using namespace guidino::project;

namespace {

constexpr Size kSize{64, 48};

ModelRecord modelNamed(const QString& sha256, const QString& parent = {})
{
    ModelRecord record;
    record.sha256 = sha256;
    record.name = sha256;
    record.parent = parent;
    return record;
}

ModelEvent eventOf(ModelDeed deed, const QString& model, const QString& other = {})
{
    ModelEvent event;
    event.deed = deed;
    event.model = model;
    event.other = other;
    return event;
}

RevisionRecord revisionOf(RevisionKind kind, const QString& model = {}, RevisionId parent = {})
{
    RevisionRecord record;
    record.image = ImageId{1};
    record.kind = kind;
    record.model = model;
    record.parent = parent;
    return record;
}

JournalEntry lineOf(JournalKind kind, const QString& model = {})
{
    JournalEntry entry;
    entry.image = ImageId{1};
    entry.kind = kind;
    entry.model = model;
    if (kind == JournalKind::Edit) {
        const LabelMap labels(kSize);
        entry.tiles = {{0, labels.tile(0), labels.tile(0)}};
    }
    return entry;
}

const QString kDemo = QStringLiteral("demo");
const QString kFirst = QStringLiteral("first");
const QString kSecond = QStringLiteral("second");

} // namespace

// Evaluates its argument once.
#define VERIFY_OK(result) \
    do { \
        const auto& gdResult = (result); \
        QVERIFY2(gdResult.has_value(), gdResult ? "" : gdResult.error().message.c_str()); \
    } while (false)

class ModelsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_home = std::make_unique<QTemporaryDir>();
        m_folder = m_home->filePath(QStringLiteral("p"));
        auto store = ProjectStore::create(m_folder, QStringLiteral("Made"));
        VERIFY_OK(store);
        m_store = std::move(store).value();
        ImageRecord image;
        image.name = QStringLiteral("a");
        image.path = QStringLiteral("/pictures/a.png");
        VERIFY_OK(m_store->addImages({image}));
    }

    void cleanup() { m_store.reset(); }

    void modelsAreKeptByTheirHash()
    {
        ModelRecord record = modelNamed(kFirst, kDemo);
        record.path = m_folder + QStringLiteral("/models/first");
        record.run = QStringLiteral("/elsewhere/run");
        record.added = QDateTime(QDate(2026, 3, 1), QTime(8, 0), Qt::UTC);
        VERIFY_OK(m_store->setModel(record));
        record.name = QStringLiteral("Model 1");
        record.record = QStringLiteral(R"({"score":0.9})");
        VERIFY_OK(m_store->setModel(record));
        const auto models = m_store->models().value();
        QCOMPARE(models.size(), 1U);
        QCOMPARE(models[0].name, QStringLiteral("Model 1"));
        QCOMPARE(models[0].path, record.path);
        QCOMPARE(models[0].run, record.run);
        QCOMPARE(models[0].parent, kDemo);
        QCOMPARE(models[0].record, record.record);
        QCOMPARE(models[0].added, record.added);
        QCOMPARE(m_store->setModel({}).error().code, ErrorCode::BadInput);
        // Inside the folder they move with it.
        QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("look"));
        {
            QSqlDatabase look = QSqlDatabase::database(QStringLiteral("look"), false);
            look.setDatabaseName(m_store->databaseFile());
            QVERIFY(look.open());
            QSqlQuery query(QStringLiteral("SELECT path FROM model"), look);
            QVERIFY(query.next());
            QCOMPARE(query.value(0).toString(), QStringLiteral("models/first"));
        }
        QSqlDatabase::removeDatabase(QStringLiteral("look"));
    }

    void statesFollowFromTheDeeds()
    {
        std::vector<ModelEvent> events;
        QCOMPARE(currentModelOf(events), QString());
        QCOMPARE(formerModelOf(events), QString());
        events.push_back(eventOf(ModelDeed::Offered, kFirst));
        QCOMPARE(stateOfModel(kFirst, events), ModelState::Offered);
        events.push_back(eventOf(ModelDeed::Adopted, kFirst, kDemo));
        QCOMPARE(currentModelOf(events), kFirst);
        QCOMPARE(formerModelOf(events), kDemo);
        QCOMPARE(stateOfModel(kFirst, events), ModelState::Current);
        QCOMPARE(stateOfModel(kDemo, events), ModelState::Retired);
        events.push_back(eventOf(ModelDeed::Adopted, kSecond, kFirst));
        QCOMPARE(formerModelOf(events), kFirst);
        QCOMPARE(stateOfModel(kFirst, events), ModelState::Retired);
        // Back once leads to the first, back again to the demo model.
        events.push_back(eventOf(ModelDeed::RolledBack, kFirst, kSecond));
        QCOMPARE(currentModelOf(events), kFirst);
        QCOMPARE(formerModelOf(events), kDemo);
        events.push_back(eventOf(ModelDeed::RolledBack, kDemo, kFirst));
        QCOMPARE(formerModelOf(events), QString());
        QCOMPARE(stateOfModel(kDemo, events), ModelState::Current);
        events.push_back(eventOf(ModelDeed::Restored, kSecond));
        QCOMPARE(stateOfModel(kSecond, events), ModelState::Offered);
        events.push_back(eventOf(ModelDeed::Retired, kSecond));
        QCOMPARE(stateOfModel(kSecond, events), ModelState::Retired);
        events.push_back(eventOf(ModelDeed::Looked, kSecond, kDemo));
        events.push_back(eventOf(ModelDeed::Looked, kSecond, kFirst));
        QCOMPARE(lockedLooksOf(events), 2);
        QCOMPARE(lockedLooksOf(events, kDemo), 1);
        QCOMPARE(stateOfModel(kSecond, events), ModelState::Retired);
    }

    void lineageEndsWhereRecordsGoRound()
    {
        const std::vector<ModelRecord> models{
            modelNamed(kFirst, kDemo), modelNamed(kSecond, kFirst)};
        QCOMPARE(lineageOf(kSecond, models), (std::set<QString>{kSecond, kFirst, kDemo}));
        QCOMPARE(lineageOf(kDemo, models), std::set<QString>{kDemo});
        const std::vector<ModelRecord> round{
            modelNamed(kFirst, kSecond), modelNamed(kSecond, kFirst)};
        QCOMPARE(lineageOf(kFirst, round), (std::set<QString>{kSecond, kFirst}));
        QVERIFY(lineageOf({}, models).empty());
    }

    void labelsKnowTheModelsTheyCameFrom()
    {
        const LabelMap labels(kSize);
        const auto predicted =
            m_store->addRevision(revisionOf(RevisionKind::Prediction, kFirst), labels);
        VERIFY_OK(predicted);
        const auto accepted = acceptRevision(*m_store, *predicted, QStringLiteral("ada"));
        VERIFY_OK(accepted);
        const auto drawn = m_store->addRevision(
            revisionOf(RevisionKind::Human, QStringLiteral("x,") + kSecond, accepted->revision),
            labels);
        VERIFY_OK(drawn);
        const auto fresh = m_store->addRevision(revisionOf(RevisionKind::Human), labels);
        VERIFY_OK(fresh);
        const auto revisions = m_store->revisions(ImageId{1}).value();
        QCOMPARE(sourcesOf(revisions, *drawn), (QStringList{QStringLiteral("x"), kSecond, kFirst}));
        QCOMPARE(sourcesOf(revisions, *fresh), QStringList());
        QCOMPARE(sourcesOf(revisions, RevisionId{99}), QStringList());
    }

    void editsInForceTellWhatTheyTook()
    {
        const auto write = [this](const std::vector<JournalEntry>& entries) {
            JournalWriter writer(m_store->databaseFile());
            for (const JournalEntry& entry : entries) {
                writer.append(entry);
            }
            VERIFY_OK(writer.flush());
        };
        using enum JournalKind;
        write({lineOf(Edit, kDemo), lineOf(Save), lineOf(Edit), lineOf(Edit, kFirst)});
        QCOMPARE(m_store->unsavedSources(ImageId{1}).value(), QStringList{kFirst});
        write({lineOf(Undo)});
        QCOMPARE(m_store->unsavedSources(ImageId{1}).value(), QStringList());
        write({lineOf(Redo), lineOf(Edit, kSecond), lineOf(Edit, kFirst)});
        QCOMPARE(m_store->unsavedSources(ImageId{1}).value(), (QStringList{kFirst, kSecond}));
        // Back beyond what was saved, and forward: nothing new is in force.
        write({lineOf(Save), lineOf(Undo), lineOf(Undo), lineOf(Redo)});
        QCOMPARE(m_store->unsavedSources(ImageId{1}).value(), QStringList());
        write({lineOf(Edit, kDemo)});
        QCOMPARE(m_store->unsavedSources(ImageId{1}).value(), QStringList{kDemo});
        QCOMPARE(m_store->journal(ImageId{1}).value().back().model, kDemo);
    }

    void theTrailIsKeptAndChained()
    {
        ModelEvent event = eventOf(ModelDeed::Adopted, kFirst, kDemo);
        event.author = QStringLiteral("ada");
        event.reason = QStringLiteral("one case has a wrong reference");
        const auto first = m_store->addModelEvent(event);
        VERIFY_OK(first);
        QVERIFY(!first->hash.isEmpty());
        VERIFY_OK(m_store->addModelEvent(eventOf(ModelDeed::RolledBack, kDemo, kFirst)));
        VERIFY_OK(m_store->verifyAuditTrail());
        const auto events = m_store->modelEvents().value();
        QCOMPARE(events.size(), 2U);
        QCOMPARE(events[0].reason, event.reason);
        QCOMPARE(events[0].details, QStringLiteral("{}"));
        QCOMPARE(events[1].deed, ModelDeed::RolledBack);
        QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("forge"));
        {
            QSqlDatabase forge = QSqlDatabase::database(QStringLiteral("forge"), false);
            forge.setDatabaseName(m_store->databaseFile());
            QVERIFY(forge.open());
            QSqlQuery query(forge);
            QVERIFY(!query.exec(QStringLiteral("UPDATE model_event SET reason = 'none'")));
            QVERIFY(!query.exec(QStringLiteral("DELETE FROM model_event")));
            QVERIFY(query.exec(QStringLiteral("DROP TRIGGER model_event_is_kept")));
            QVERIFY(query.exec(QStringLiteral("UPDATE model_event SET reason = '' WHERE id = 1")));
        }
        QSqlDatabase::removeDatabase(QStringLiteral("forge"));
        const Status broken = m_store->verifyAuditTrail();
        QVERIFY(!broken);
        QCOMPARE(broken.error().code, ErrorCode::CheckFailed);
        QCOMPARE(broken.error().context.front().first, std::string("model_event"));
    }

private:
    std::unique_ptr<QTemporaryDir> m_home;
    std::unique_ptr<ProjectStore> m_store;
    QString m_folder;
};

QTEST_GUILESS_MAIN(ModelsTest)
#include "tst_models.moc"
