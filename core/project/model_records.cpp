// SPDX-License-Identifier: Apache-2.0
#include "core/project/model_records.h"

#include "core/base/sha256.h"
#include "core/project/project_store.h"
#include "core/project/sql.h"

#include <QDir>
#include <QVariant>

#include <algorithm>

namespace guidino::project {

namespace {

QString orEmpty(const QString& text)
{
    return text.isNull() ? QStringLiteral("") : text;
}

bool makesCurrent(ModelDeed deed)
{
    return deed == ModelDeed::Adopted || deed == ModelDeed::RolledBack;
}

/// What an event's hash covers: everything but its row number, after the hash of the event before.
QString chainHash(const QString& before, const ModelEvent& event)
{
    const QStringList parts{
        before,
        event.model,
        QString::number(static_cast<int>(event.deed)),
        event.other,
        event.author,
        event.reason,
        event.details,
        toText(event.created)};
    std::string text;
    for (const QString& part : parts) {
        const std::string field = part.toStdString();
        text += std::to_string(field.size()) + ":" + field + ";";
    }
    return QString::fromStdString(sha256Of(text));
}

} // namespace

QString currentModelOf(const std::vector<ModelEvent>& events)
{
    const auto last = std::find_if(
        events.rbegin(), events.rend(), [](const auto& one) { return makesCurrent(one.deed); });
    return last != events.rend() ? last->model : QString();
}

QString formerModelOf(const std::vector<ModelEvent>& events)
{
    // A roll-back takes the last adoption back, so that a second one leads one further back.
    QStringList adopted;
    for (const ModelEvent& event : events) {
        if (event.deed == ModelDeed::Adopted) {
            if (adopted.isEmpty() && !event.other.isEmpty()) {
                adopted << event.other;
            }
            adopted << event.model;
        } else if (event.deed == ModelDeed::RolledBack) {
            const qsizetype at = adopted.lastIndexOf(event.model);
            adopted = at >= 0 ? adopted.mid(0, at + 1) : adopted << event.model;
        }
    }
    return adopted.size() > 1 ? adopted[adopted.size() - 2] : QString();
}

ModelState stateOfModel(const QString& sha256, const std::vector<ModelEvent>& events)
{
    if (!sha256.isEmpty() && currentModelOf(events) == sha256) {
        return ModelState::Current;
    }
    ModelState state = ModelState::Offered;
    for (const ModelEvent& event : events) {
        if (makesCurrent(event.deed) && (event.other == sha256 || event.model == sha256)) {
            state = ModelState::Retired;
        } else if (event.model == sha256 && event.deed == ModelDeed::Retired) {
            state = ModelState::Retired;
        } else if (
            event.model == sha256
            && (event.deed == ModelDeed::Restored || event.deed == ModelDeed::Offered)) {
            state = ModelState::Offered;
        }
    }
    return state;
}

int lockedLooksOf(const std::vector<ModelEvent>& events, const QString& model)
{
    return static_cast<int>(std::count_if(events.begin(), events.end(), [&](const auto& one) {
        return one.deed == ModelDeed::Looked
               && (model.isEmpty() || one.model == model || one.other == model);
    }));
}

std::set<QString> lineageOf(const QString& sha256, const std::vector<ModelRecord>& models)
{
    std::set<QString> lineage;
    QString next = sha256;
    while (!next.isEmpty() && lineage.insert(next).second) {
        const auto found = std::find_if(
            models.begin(), models.end(), [&](const auto& one) { return one.sha256 == next; });
        next = found != models.end() ? found->parent : QString();
    }
    return lineage;
}

QStringList sourcesOf(const std::vector<RevisionRecord>& revisions, RevisionId revision)
{
    QStringList sources;
    RevisionId next = revision;
    while (next.isValid()) {
        const auto found = std::find_if(
            revisions.begin(), revisions.end(), [&](const auto& one) { return one.id == next; });
        if (found == revisions.end()) {
            break;
        }
        for (const QString& model : found->model.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
            if (!sources.contains(model)) {
                sources << model;
            }
        }
        // Parents are older than their children, so this ends even where the records are damaged.
        next = found->parent.value < found->id.value ? found->parent : RevisionId();
    }
    return sources;
}

Status ProjectStore::setModel(const ModelRecord& model)
{
    if (model.sha256.isEmpty()) {
        return Error{ErrorCode::BadInput, "a model without a SHA-256 cannot be kept", {}};
    }
    return update(
        QStringLiteral("INSERT INTO model (sha256, name, path, parent, run, record, added) VALUES "
                       "(?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET name = "
                       "excluded.name, path = excluded.path, parent = excluded.parent, run = "
                       "excluded.run, record = excluded.record"),
        {model.sha256,
         orEmpty(model.name),
         model.path.isEmpty() ? QStringLiteral("") : storedPath(model.path),
         orEmpty(model.parent),
         model.run.isEmpty() ? QStringLiteral("") : storedPath(model.run),
         model.record.isEmpty() ? QStringLiteral("{}") : model.record,
         toText(model.added.isValid() ? model.added : QDateTime::currentDateTimeUtc())});
}

Result<std::vector<ModelRecord>> ProjectStore::models() const
{
    auto query = m_connection->run(QStringLiteral(
        "SELECT sha256, name, path, parent, run, record, added FROM model ORDER BY added, sha256"));
    if (!query) {
        return std::move(query).error();
    }
    const auto absolute = [this](const QString& path) {
        return path.isEmpty() ? path : QDir::cleanPath(QDir(m_folder).absoluteFilePath(path));
    };
    std::vector<ModelRecord> records;
    while (query->next()) {
        records.push_back(
            {query->value(0).toString(),
             query->value(1).toString(),
             absolute(query->value(2).toString()),
             query->value(3).toString(),
             absolute(query->value(4).toString()),
             query->value(5).toString(),
             toTime(query->value(6))});
    }
    return records;
}

Result<ModelEvent> ProjectStore::addModelEvent(const ModelEvent& event)
{
    if (m_isReadOnly) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    Transaction transaction(*m_connection);
    GD_TRY(transaction.begin());
    auto last =
        m_connection->run(QStringLiteral("SELECT hash FROM model_event ORDER BY id DESC LIMIT 1"));
    if (!last) {
        return std::move(last).error();
    }
    ModelEvent record = event;
    record.details = event.details.isEmpty() ? QStringLiteral("{}") : event.details;
    // Milliseconds are what is stored, so they are what is hashed.
    record.created =
        toTime(toText(event.created.isValid() ? event.created : QDateTime::currentDateTimeUtc()));
    record.hash = chainHash(last->next() ? last->value(0).toString() : QString(), record);
    auto query = m_connection->run(
        QStringLiteral("INSERT INTO model_event (model, deed, other, author, reason, details, "
                       "created, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
        {orEmpty(record.model),
         static_cast<int>(record.deed),
         orEmpty(record.other),
         orEmpty(record.author),
         orEmpty(record.reason),
         record.details,
         toText(record.created),
         record.hash});
    if (!query) {
        return std::move(query).error();
    }
    record.id = query->lastInsertId().toLongLong();
    GD_TRY(transaction.commit());
    return record;
}

Result<std::vector<ModelEvent>> ProjectStore::modelEvents() const
{
    auto query = m_connection->run(
        QStringLiteral("SELECT id, model, deed, other, author, reason, details, created, hash "
                       "FROM model_event ORDER BY id"));
    if (!query) {
        return std::move(query).error();
    }
    std::vector<ModelEvent> events;
    while (query->next()) {
        ModelEvent event;
        event.id = query->value(0).toLongLong();
        event.model = query->value(1).toString();
        event.deed = static_cast<ModelDeed>(query->value(2).toInt());
        event.other = query->value(3).toString();
        event.author = query->value(4).toString();
        event.reason = query->value(5).toString();
        event.details = query->value(6).toString();
        event.created = toTime(query->value(7));
        event.hash = query->value(8).toString();
        events.push_back(std::move(event));
    }
    return events;
}

Status ProjectStore::verifyModelTrail() const
{
    const auto events = modelEvents();
    if (!events) {
        return events.error();
    }
    QString before;
    for (const ModelEvent& event : *events) {
        if (event.hash != chainHash(before, event)) {
            return Error{
                ErrorCode::CheckFailed,
                "the trail of models was changed: entry " + std::to_string(event.id) + " of "
                    + toText(event.created).toStdString() + " does not follow from those before it",
                {{"model_event", std::to_string(event.id)}}};
        }
        before = event.hash;
    }
    return {};
}

Result<QStringList> ProjectStore::unsavedSources(ImageId image) const
{
    const auto key = static_cast<qlonglong>(image.value);
    auto query = m_connection->run(
        QStringLiteral("SELECT kind, model FROM edit_journal WHERE image = ? AND id > COALESCE("
                       "(SELECT MAX(id) FROM edit_journal WHERE image = ? AND kind = ?), 0) "
                       "ORDER BY id"),
        {key, key, static_cast<int>(JournalKind::Save)});
    if (!query) {
        return std::move(query).error();
    }
    QStringList steps; // of the edits since the mark, in force or undone
    qsizetype inForce = 0;
    while (query->next()) {
        switch (static_cast<JournalKind>(query->value(0).toInt())) {
        case JournalKind::Edit:
            steps = steps.mid(0, std::max<qsizetype>(0, inForce)) << query->value(1).toString();
            inForce = steps.size();
            break;
        case JournalKind::Undo: // below 0: of what was saved
            --inForce;
            break;
        case JournalKind::Redo:
            inForce = std::min(steps.size(), inForce + 1);
            break;
        case JournalKind::Save:
            break;
        }
    }
    QStringList sources = steps.mid(0, std::max<qsizetype>(0, inForce));
    sources.removeAll(QString());
    sources.removeDuplicates();
    return sources;
}

} // namespace guidino::project
