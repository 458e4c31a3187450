// SPDX-License-Identifier: Apache-2.0
// The parts of ProjectStore that lists of images are made from, and the records of jobs.
#include "core/project/journal_codec.h"
#include "core/project/project_store.h"
#include "core/project/review_state.h"
#include "core/project/sql.h"

#include <QVariant>

#include <map>

namespace guidino::project {

namespace {

qlonglong key(ImageId id)
{
    return static_cast<qlonglong>(id.value);
}

RevisionId revisionOf(const QVariant& value)
{
    return RevisionId{value.toLongLong()};
}

} // namespace

Status ProjectStore::setContents(const std::vector<ImageContent>& contents)
{
    if (m_isReadOnly) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    Transaction transaction(*m_connection);
    GD_TRY(transaction.begin());
    for (const ImageContent& content : contents) {
        GD_TRY(m_connection->run(
            QStringLiteral("UPDATE image SET sha256 = ?, width = ?, height = ? WHERE id = ?"),
            {content.sha256.isNull() ? QStringLiteral("") : content.sha256,
             content.size.width,
             content.size.height,
             key(content.id)}));
    }
    return transaction.commit();
}

// Each query is answered by an index alone or by a table of small rows: label maps are not touched.
Result<std::vector<ImageState>>
ProjectStore::selectStates(const QString& where, const QVariantList& values) const
{
    std::map<qint64, ImageState> states;
    const auto stateOf = [&states](const QVariant& image) -> ImageState& {
        const qint64 id = image.toLongLong();
        ImageState& state = states[id];
        state.image = ImageId{id};
        return state;
    };
    const auto each = [&](const QString& sql, const auto& take) -> Status {
        auto query = m_connection->run(sql.arg(where), values);
        if (!query) {
            return std::move(query).error();
        }
        while (query->next()) {
            take(stateOf(query->value(0)), *query);
        }
        return {};
    };
    GD_TRY(each(
        QStringLiteral("SELECT image, kind, MAX(id) FROM revision %1 GROUP BY image, kind"),
        [](ImageState& state, const QSqlQuery& row) {
            const RevisionId id = revisionOf(row.value(2));
            switch (static_cast<RevisionKind>(row.value(1).toInt())) {
            case RevisionKind::Prediction:
                state.prediction = id;
                break;
            case RevisionKind::Human:
                state.human = id;
                break;
            case RevisionKind::Imported:
                state.imported = id;
                break;
            }
        }));
    auto decisions = selectDecisions(where, values);
    if (!decisions) {
        return std::move(decisions).error();
    }
    std::map<ImageId, std::vector<DecisionRecord>> byImage;
    for (DecisionRecord& decision : *decisions) {
        byImage[decision.image].push_back(std::move(decision));
    }
    for (const auto& [image, list] : byImage) {
        if (const auto inForce = decisionsInForce(list); !inForce.empty()) {
            ImageState& state = stateOf(static_cast<qlonglong>(image.value));
            state.verdict = inForce.back().verdict;
            state.decided = inForce.back().revision;
        }
    }
    GD_TRY(each(
        QStringLiteral("SELECT image FROM guide_correction %1"),
        [](ImageState& state, const QSqlQuery& /*row*/) { state.hasGuideCorrection = true; }));
    GD_TRY(each(
        QStringLiteral("SELECT image, MAX(id), MAX(CASE WHEN kind = 4 THEN id ELSE 0 END) FROM "
                       "edit_journal %1 GROUP BY image"),
        [](ImageState& state, const QSqlQuery& row) {
            state.hasUnsavedEdits = row.value(1).toLongLong() > row.value(2).toLongLong();
        }));
    GD_TRY(each(
        QStringLiteral("SELECT image, MIN(resolved) FROM note %1 GROUP BY image"),
        [](ImageState& state, const QSqlQuery& row) {
            state.hasOpenNotes = row.value(1).toInt() == 0;
        }));
    GD_TRY(each(
        QStringLiteral("SELECT image, tag FROM tag %1 ORDER BY image, tag"),
        [](ImageState& state, const QSqlQuery& row) { state.tags << row.value(1).toString(); }));
    GD_TRY(each(
        QStringLiteral("SELECT image, value FROM image_class %1 ORDER BY image, value"),
        [](ImageState& state, const QSqlQuery& row) {
            state.classes.push_back(static_cast<std::uint8_t>(row.value(1).toUInt()));
        }));
    std::vector<ImageState> list;
    list.reserve(states.size());
    for (auto& [id, state] : states) {
        list.push_back(std::move(state));
    }
    return list;
}

Result<std::vector<ImageState>> ProjectStore::imageStates() const
{
    return selectStates({}, {});
}

Result<ImageState> ProjectStore::imageState(ImageId id) const
{
    auto found = selectStates(QStringLiteral("WHERE image = ?"), {key(id)});
    if (!found) {
        return std::move(found).error();
    }
    if (!found->empty()) {
        return found->front();
    }
    ImageState none;
    none.image = id;
    return none;
}

Result<Size> ProjectStore::sizeOfLabels(ImageId id) const
{
    auto query = m_connection->run(
        QStringLiteral("SELECT labels FROM revision WHERE image = ? ORDER BY id DESC LIMIT 1"),
        {key(id)});
    if (!query) {
        return std::move(query).error();
    }
    if (query->next()) {
        auto labels = decodeLabels(query->value(0).toByteArray());
        return labels ? Result<Size>(labels->size()) : Result<Size>(std::move(labels).error());
    }
    auto record = image(id);
    return record ? Result<Size>(record->size) : Result<Size>(std::move(record).error());
}

Result<QStringList> ProjectStore::allTags() const
{
    auto query = m_connection->run(QStringLiteral("SELECT DISTINCT tag FROM tag ORDER BY tag"));
    if (!query) {
        return std::move(query).error();
    }
    QStringList tags;
    while (query->next()) {
        tags << query->value(0).toString();
    }
    return tags;
}

Result<std::int64_t> ProjectStore::addJob(const JobRecord& job)
{
    if (m_isReadOnly) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    auto query = m_connection->run(
        QStringLiteral("INSERT INTO job (kind, folder, state, created) VALUES (?, ?, ?, ?)"),
        {job.kind.isNull() ? QStringLiteral("") : job.kind,
         storedPath(job.folder),
         job.state.isNull() ? QStringLiteral("") : job.state,
         toText(job.created.isValid() ? job.created : QDateTime::currentDateTimeUtc())});
    if (!query) {
        return std::move(query).error();
    }
    return static_cast<std::int64_t>(query->lastInsertId().toLongLong());
}

Status ProjectStore::setJobState(std::int64_t job, const QString& state)
{
    return update(
        QStringLiteral("UPDATE job SET state = ? WHERE id = ?"),
        {state, static_cast<qlonglong>(job)});
}

Result<std::vector<JobRecord>> ProjectStore::jobs() const
{
    auto query = m_connection->run(
        QStringLiteral("SELECT id, kind, folder, state, created FROM job ORDER BY id DESC"));
    if (!query) {
        return std::move(query).error();
    }
    std::vector<JobRecord> records;
    while (query->next()) {
        records.push_back(
            {query->value(0).toLongLong(),
             query->value(1).toString(),
             query->value(2).toString(),
             query->value(3).toString(),
             toTime(query->value(4))});
    }
    return records;
}

} // namespace guidino::project
