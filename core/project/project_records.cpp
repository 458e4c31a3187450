// SPDX-License-Identifier: Apache-2.0
// The parts of ProjectStore that hold what was drawn, decided and noted; and backups.
#include "core/base/sha256.h"
#include "core/project/journal_codec.h"
#include "core/project/project_store.h"
#include "core/project/schema.h"
#include "core/project/sql.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QVariant>

namespace guidino::project {

namespace {

QString orEmpty(const QString& text)
{
    return text.isNull() ? QStringLiteral("") : text;
}

qlonglong key(ImageId id)
{
    return static_cast<qlonglong>(id.value);
}

/// What a decision's hash covers: everything but its row number, after the hash of the decision
/// before it.
QString chainHash(const QString& before, const DecisionRecord& decision)
{
    const QStringList parts{
        before,
        QString::number(decision.image.value),
        QString::number(decision.revision.value),
        QString::number(static_cast<int>(decision.verdict)),
        decision.reader,
        decision.reason,
        QString::number(decision.secondsSpent, 'f', 3),
        toText(decision.created)};
    std::string text;
    for (const QString& part : parts) {
        const std::string field = part.toStdString();
        text += std::to_string(field.size()) + ":" + field + ";";
    }
    return QString::fromStdString(sha256Of(text));
}

} // namespace

Result<RevisionId> ProjectStore::addRevision(const RevisionRecord& revision, const LabelMap& labels)
{
    RevisionRecord record = revision;
    record.classes = classesIn(labels);
    return addRevision(record, encodeLabels(labels));
}

Result<RevisionId>
ProjectStore::addRevision(const RevisionRecord& revision, const QByteArray& encodedLabels)
{
    if (m_isReadOnly) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    const QDateTime created =
        revision.created.isValid() ? revision.created : QDateTime::currentDateTimeUtc();
    Transaction transaction(*m_connection);
    GD_TRY(transaction.begin());
    auto query = m_connection->run(
        QStringLiteral("INSERT INTO revision (image, kind, author, model, parent, origin, created, "
                       "labels) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
        {key(revision.image),
         static_cast<int>(revision.kind),
         orEmpty(revision.author),
         orEmpty(revision.model),
         static_cast<qlonglong>(revision.parent.value),
         orEmpty(revision.origin),
         toText(created),
         encodedLabels});
    if (!query) {
        return std::move(query).error();
    }
    const RevisionId id{query->lastInsertId().toLongLong()};
    const bool isWork = revision.kind == RevisionKind::Human
                        || (revision.kind == RevisionKind::Imported && revision.author.isEmpty());
    if (isWork) {
        GD_TRY(m_connection->run(
            QStringLiteral("DELETE FROM image_class WHERE image = ?"), {key(revision.image)}));
        for (const std::uint8_t value : revision.classes) {
            GD_TRY(m_connection->run(
                QStringLiteral("INSERT OR IGNORE INTO image_class (image, value) VALUES (?, ?)"),
                {key(revision.image), value}));
        }
    }
    GD_TRY(transaction.commit());
    return id;
}

Result<std::vector<RevisionRecord>>
ProjectStore::selectRevisions(const QString& where, const QVariantList& values) const
{
    auto query = m_connection->run(
        QStringLiteral(
            "SELECT id, image, kind, author, model, parent, origin, created FROM revision %1")
            .arg(where),
        values);
    if (!query) {
        return std::move(query).error();
    }
    std::vector<RevisionRecord> records;
    while (query->next()) {
        RevisionRecord record;
        record.id = RevisionId{query->value(0).toLongLong()};
        record.image = ImageId{query->value(1).toLongLong()};
        record.kind = static_cast<RevisionKind>(query->value(2).toInt());
        record.author = query->value(3).toString();
        record.model = query->value(4).toString();
        record.parent = RevisionId{query->value(5).toLongLong()};
        record.origin = query->value(6).toString();
        record.created = toTime(query->value(7));
        records.push_back(std::move(record));
    }
    return records;
}

Result<std::vector<RevisionRecord>> ProjectStore::revisions(ImageId image) const
{
    return selectRevisions(QStringLiteral("WHERE image = ? ORDER BY id"), {key(image)});
}

Result<std::vector<RevisionRecord>> ProjectStore::allRevisions() const
{
    return selectRevisions(QStringLiteral("ORDER BY id"), {});
}

Result<RevisionRecord> ProjectStore::revision(RevisionId id) const
{
    auto found =
        selectRevisions(QStringLiteral("WHERE id = ?"), {static_cast<qlonglong>(id.value)});
    if (!found) {
        return std::move(found).error();
    }
    if (found->empty()) {
        return Error{
            ErrorCode::NotFound,
            "there is no revision " + std::to_string(id.value) + " in this project",
            {}};
    }
    return found->front();
}

Result<std::optional<RevisionRecord>>
ProjectStore::newestRevision(ImageId image, RevisionKind kind) const
{
    auto found = selectRevisions(
        QStringLiteral("WHERE image = ? AND kind = ? ORDER BY id DESC LIMIT 1"),
        {key(image), static_cast<int>(kind)});
    if (!found) {
        return std::move(found).error();
    }
    return found->empty() ? std::optional<RevisionRecord>() : std::optional(found->front());
}

Result<LabelMap> ProjectStore::revisionLabels(RevisionId id) const
{
    auto query = m_connection->run(
        QStringLiteral("SELECT labels FROM revision WHERE id = ?"),
        {static_cast<qlonglong>(id.value)});
    if (!query) {
        return std::move(query).error();
    }
    if (!query->next()) {
        return Error{
            ErrorCode::NotFound,
            "there is no revision " + std::to_string(id.value) + " in this project",
            {}};
    }
    return decodeLabels(query->value(0).toByteArray());
}

Status ProjectStore::setGuideCorrection(ImageId image, const LabelMap& codes, const QString& author)
{
    return update(
        QStringLiteral(
            "INSERT INTO guide_correction (image, author, created, codes) VALUES (?, ?, ?, ?) ON "
            "CONFLICT (image) DO UPDATE "
            "SET author = excluded.author, created = excluded.created, codes = excluded.codes"),
        {key(image),
         orEmpty(author),
         toText(QDateTime::currentDateTimeUtc()),
         encodeLabels(codes)});
}

Status ProjectStore::removeGuideCorrection(ImageId image)
{
    return update(QStringLiteral("DELETE FROM guide_correction WHERE image = ?"), {key(image)});
}

Result<std::optional<LabelMap>> ProjectStore::guideCorrection(ImageId image) const
{
    auto query = m_connection->run(
        QStringLiteral("SELECT codes FROM guide_correction WHERE image = ?"), {key(image)});
    if (!query) {
        return std::move(query).error();
    }
    if (!query->next()) {
        return std::optional<LabelMap>();
    }
    auto codes = decodeLabels(query->value(0).toByteArray());
    if (!codes) {
        return std::move(codes).error();
    }
    return std::optional(std::move(codes).value());
}

Result<DecisionRecord> ProjectStore::addDecision(const DecisionRecord& decision)
{
    if (m_isReadOnly) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    Transaction transaction(*m_connection);
    GD_TRY(transaction.begin());
    auto last =
        m_connection->run(QStringLiteral("SELECT hash FROM decision ORDER BY id DESC LIMIT 1"));
    if (!last) {
        return std::move(last).error();
    }
    DecisionRecord record = decision;
    // Milliseconds are what is stored, so they are what is hashed.
    record.created = toTime(
        toText(decision.created.isValid() ? decision.created : QDateTime::currentDateTimeUtc()));
    record.hash = chainHash(last->next() ? last->value(0).toString() : QString(), record);
    auto query = m_connection->run(
        QStringLiteral("INSERT INTO decision (image, revision, verdict, reader, reason, seconds, "
                       "created, hash) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
        {key(record.image),
         static_cast<qlonglong>(record.revision.value),
         static_cast<int>(record.verdict),
         orEmpty(record.reader),
         orEmpty(record.reason),
         record.secondsSpent,
         toText(record.created),
         record.hash});
    if (!query) {
        return std::move(query).error();
    }
    record.id = query->lastInsertId().toLongLong();
    GD_TRY(transaction.commit());
    return record;
}

Result<std::vector<DecisionRecord>>
ProjectStore::selectDecisions(const QString& where, const QVariantList& values) const
{
    auto query = m_connection->run(
        QStringLiteral("SELECT id, image, revision, verdict, reader, reason, seconds, created, "
                       "hash FROM decision %1 ORDER BY id")
            .arg(where),
        values);
    if (!query) {
        return std::move(query).error();
    }
    std::vector<DecisionRecord> records;
    while (query->next()) {
        DecisionRecord record;
        record.id = query->value(0).toLongLong();
        record.image = ImageId{query->value(1).toLongLong()};
        record.revision = RevisionId{query->value(2).toLongLong()};
        record.verdict = static_cast<Verdict>(query->value(3).toInt());
        record.reader = query->value(4).toString();
        record.reason = query->value(5).toString();
        record.secondsSpent = query->value(6).toDouble();
        record.created = toTime(query->value(7));
        record.hash = query->value(8).toString();
        records.push_back(std::move(record));
    }
    return records;
}

Result<std::vector<DecisionRecord>> ProjectStore::decisions(ImageId image) const
{
    return selectDecisions(QStringLiteral("WHERE image = ?"), {key(image)});
}

Result<std::vector<DecisionRecord>> ProjectStore::allDecisions() const
{
    return selectDecisions({}, {});
}

Status ProjectStore::verifyAuditTrail() const
{
    const auto records = allDecisions();
    if (!records) {
        return records.error();
    }
    QString before;
    for (const DecisionRecord& record : *records) {
        if (record.hash != chainHash(before, record)) {
            return Error{
                ErrorCode::CheckFailed,
                "the audit trail was changed: decision " + std::to_string(record.id) + " of "
                    + toText(record.created).toStdString()
                    + " does not follow from those before it",
                {{"decision", std::to_string(record.id)}}};
        }
        before = record.hash;
    }
    return verifyModelTrail();
}

Result<std::int64_t> ProjectStore::addNote(const NoteRecord& note)
{
    if (m_isReadOnly) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    auto query = m_connection->run(
        QStringLiteral("INSERT INTO note (image, x, y, text, author, created, resolved) VALUES (?, "
                       "?, ?, ?, ?, ?, ?)"),
        {key(note.image),
         note.x,
         note.y,
         orEmpty(note.text),
         orEmpty(note.author),
         toText(note.created.isValid() ? note.created : QDateTime::currentDateTimeUtc()),
         note.isResolved});
    if (!query) {
        return std::move(query).error();
    }
    return static_cast<std::int64_t>(query->lastInsertId().toLongLong());
}

Result<std::vector<NoteRecord>> ProjectStore::notes(ImageId image) const
{
    auto query = m_connection->run(
        QStringLiteral("SELECT id, image, x, y, text, author, created, resolved FROM note WHERE "
                       "image = ? ORDER BY id"),
        {key(image)});
    if (!query) {
        return std::move(query).error();
    }
    std::vector<NoteRecord> records;
    while (query->next()) {
        records.push_back(
            {query->value(0).toLongLong(),
             ImageId{query->value(1).toLongLong()},
             query->value(2).toDouble(),
             query->value(3).toDouble(),
             query->value(4).toString(),
             query->value(5).toString(),
             toTime(query->value(6)),
             query->value(7).toBool()});
    }
    return records;
}

Status ProjectStore::setNoteResolved(std::int64_t note, bool isResolved)
{
    return update(
        QStringLiteral("UPDATE note SET resolved = ? WHERE id = ?"),
        {isResolved, static_cast<qlonglong>(note)});
}

Result<std::vector<JournalEntry>> ProjectStore::journal(ImageId image) const
{
    auto query = m_connection->run(
        QStringLiteral("SELECT id, kind, text, created, revision, tiles, model FROM edit_journal "
                       "WHERE image = ? ORDER BY id"),
        {key(image)});
    if (!query) {
        return std::move(query).error();
    }
    std::vector<JournalEntry> entries;
    while (query->next()) {
        JournalEntry entry;
        entry.id = query->value(0).toLongLong();
        entry.image = image;
        entry.kind = static_cast<JournalKind>(query->value(1).toInt());
        entry.text = query->value(2).toString();
        entry.created = toTime(query->value(3));
        entry.revision = RevisionId{query->value(4).toLongLong()};
        entry.model = query->value(6).toString();
        if (entry.kind == JournalKind::Edit) {
            auto tiles = decodeTiles(query->value(5).toByteArray());
            if (!tiles) {
                return std::move(tiles).error();
            }
            entry.tiles = std::move(tiles).value();
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<std::vector<ImageId>> ProjectStore::imagesWithUnsavedEdits() const
{
    auto query = m_connection->run(
        QStringLiteral("SELECT image, MAX(id), MAX(CASE WHEN kind = ? THEN id ELSE 0 END) FROM "
                       "edit_journal GROUP BY image"),
        {static_cast<int>(JournalKind::Save)});
    if (!query) {
        return std::move(query).error();
    }
    std::vector<ImageId> images;
    while (query->next()) {
        if (query->value(1).toLongLong() > query->value(2).toLongLong()) {
            images.push_back(ImageId{query->value(0).toLongLong()});
        }
    }
    return images;
}

Status ProjectStore::pruneJournal(ImageId image, int keep)
{
    if (m_isReadOnly) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    // The newest `keep` edits stay, and all that came after the last save; undo and redo lines go
    // with the edits around them.
    auto result = m_connection->run(
        QStringLiteral("DELETE FROM edit_journal WHERE image = ? AND id < COALESCE((SELECT id "
                       "FROM edit_journal WHERE image = ? AND "
                       "kind = 1 ORDER BY id DESC LIMIT 1 OFFSET ?), 0) AND id < COALESCE((SELECT "
                       "MAX(id) FROM edit_journal "
                       "WHERE image = ? AND kind = 4), 0)"),
        {key(image), key(image), std::max(0, keep - 1), key(image)});
    if (!result) {
        return std::move(result).error();
    }
    return {};
}

QStringList ProjectStore::backups() const
{
    const QDir folder(QDir(m_folder).filePath(QStringLiteral("backups")));
    QStringList files;
    const QStringList names = folder.entryList(
        {QStringLiteral("project-[0-9]*.db")}, QDir::Files, QDir::Name | QDir::Reversed);
    for (const QString& name : names) {
        files << folder.filePath(name);
    }
    return files;
}

Result<QString> ProjectStore::backUp(int keep)
{
    const QDir folder(QDir(m_folder).filePath(QStringLiteral("backups")));
    if (!folder.mkpath(QStringLiteral("."))) {
        return Error{
            ErrorCode::CannotWrite,
            "cannot make the folder '" + folder.path().toStdString() + "'",
            {}};
    }
    const QString stamp =
        QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss-zzz"));
    const QString target = folder.filePath(QStringLiteral("project-%1.db").arg(stamp));
    const QString part = target + QStringLiteral(".part");
    QFile::remove(part);
    if (auto copied = m_connection->run(QStringLiteral("VACUUM INTO ?"), {part}); !copied) {
        return std::move(copied).error();
    }
    {
        // A backup that cannot be read is none.
        auto copy = Connection::open(part, true);
        if (!copy) {
            return std::move(copy).error();
        }
        GD_TRY(migrateSchema(**copy, true));
        auto check = (*copy)->run(QStringLiteral("PRAGMA integrity_check"));
        if (!check || !check->next() || check->value(0).toString() != QLatin1StringView("ok")) {
            QFile::remove(part);
            return Error{
                ErrorCode::CheckFailed, "the backup of the project could not be verified", {}};
        }
    }
    if (!QFile::rename(part, target)) {
        return Error{
            ErrorCode::CannotWrite,
            "cannot write '" + target.toStdString() + "'",
            {{"file", target.toStdString()}}};
    }
    const QStringList all = backups();
    for (qsizetype i = keep; i < all.size(); ++i) {
        QFile::remove(all[i]);
    }
    return target;
}

} // namespace guidino::project
