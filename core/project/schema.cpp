// SPDX-License-Identifier: Apache-2.0
#include "core/project/schema.h"

#include <QVariant>

#include <array>

namespace guidino::project {

namespace {

// Documented in docs/project-format.md.
constexpr const char* kVersion1 = R"(
CREATE TABLE info (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE image (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL DEFAULT '',
    width INTEGER NOT NULL DEFAULT 0,
    height INTEGER NOT NULL DEFAULT 0,
    image_group TEXT NOT NULL DEFAULT '',
    split TEXT NOT NULL DEFAULT '',
    added TEXT NOT NULL);
CREATE INDEX image_sha256 ON image (sha256);
CREATE TABLE tag (
    image INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (image, tag)) WITHOUT ROWID;
CREATE TABLE class (
    value INTEGER PRIMARY KEY CHECK (value BETWEEN 1 AND 254),
    name TEXT NOT NULL,
    colour INTEGER NOT NULL,
    locked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE revision (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image INTEGER NOT NULL REFERENCES image (id),
    kind INTEGER NOT NULL,
    author TEXT NOT NULL DEFAULT '',
    model TEXT NOT NULL DEFAULT '',
    parent INTEGER NOT NULL DEFAULT 0,
    origin TEXT NOT NULL DEFAULT '',
    created TEXT NOT NULL,
    labels BLOB NOT NULL);
CREATE INDEX revision_image ON revision (image, id);
CREATE TABLE guide_correction (
    image INTEGER PRIMARY KEY REFERENCES image (id),
    author TEXT NOT NULL DEFAULT '',
    created TEXT NOT NULL,
    codes BLOB NOT NULL);
CREATE TABLE decision (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image INTEGER NOT NULL REFERENCES image (id),
    revision INTEGER NOT NULL,
    verdict INTEGER NOT NULL,
    reader TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    seconds REAL NOT NULL DEFAULT 0,
    created TEXT NOT NULL,
    hash TEXT NOT NULL);
CREATE INDEX decision_image ON decision (image, id);
CREATE TABLE note (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image INTEGER NOT NULL REFERENCES image (id),
    x REAL NOT NULL,
    y REAL NOT NULL,
    text TEXT NOT NULL,
    author TEXT NOT NULL DEFAULT '',
    created TEXT NOT NULL,
    resolved INTEGER NOT NULL DEFAULT 0);
CREATE TABLE edit_journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    created TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    tiles BLOB);
CREATE INDEX edit_journal_image ON edit_journal (image, id);
CREATE TABLE model (
    sha256 TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    parent TEXT NOT NULL DEFAULT '',
    record TEXT NOT NULL DEFAULT '{}',
    added TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    folder TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT '',
    created TEXT NOT NULL);
CREATE TRIGGER revision_is_kept BEFORE UPDATE ON revision BEGIN SELECT RAISE(ABORT, 'revisions are never changed'); END;
CREATE TRIGGER decision_is_kept BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
CREATE TRIGGER decision_stays BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are never removed'); END
)";

// Masks of the data set that are still to be imported, where saved masks go, and which classes the
// newest human or imported labels of an image hold. The indexes answer
// what the list of images shows without touching a row, whose label maps make it large.
constexpr const char* kVersion2 = R"(
ALTER TABLE image ADD COLUMN mask TEXT NOT NULL DEFAULT '';
ALTER TABLE image ADD COLUMN label_file TEXT NOT NULL DEFAULT '';
CREATE INDEX revision_kind ON revision (image, kind, id);
CREATE INDEX edit_journal_kind ON edit_journal (image, kind, id);
CREATE INDEX tag_name ON tag (tag);
CREATE TABLE image_class (
    image INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    value INTEGER NOT NULL,
    PRIMARY KEY (image, value)) WITHOUT ROWID;
)";

// The run that a model came from, what was done with models (chained like the decisions), and which
// model's prediction an edit took pixels of.
constexpr const char* kVersion3 = R"(
ALTER TABLE model ADD COLUMN run TEXT NOT NULL DEFAULT '';
ALTER TABLE edit_journal ADD COLUMN model TEXT NOT NULL DEFAULT '';
CREATE TABLE model_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    model TEXT NOT NULL,
    deed INTEGER NOT NULL,
    other TEXT NOT NULL DEFAULT '',
    author TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    details TEXT NOT NULL DEFAULT '{}',
    created TEXT NOT NULL,
    hash TEXT NOT NULL);
CREATE TRIGGER model_event_is_kept BEFORE UPDATE ON model_event BEGIN SELECT RAISE(ABORT, 'what was done with models is never changed'); END;
CREATE TRIGGER model_event_stays BEFORE DELETE ON model_event BEGIN SELECT RAISE(ABORT, 'what was done with models is never removed'); END
)";

/// What leads from a version to the next; the first makes the tables of a new project. A script
/// that was in a release never changes.
constexpr std::array<const char*, kSchemaVersion> kScripts{kVersion1, kVersion2, kVersion3};

/// Splits at the ';' that end a statement: those inside BEGIN ... END belong to their trigger.
QStringList statementsOf(const char* script)
{
    QStringList statements;
    QString current;
    const QStringList lines = QString::fromUtf8(script).split(QLatin1Char('\n'));
    for (const QString& line : lines) {
        current += line + QLatin1Char('\n');
        const QString trimmed = line.trimmed();
        const bool isTrigger = current.contains(QLatin1StringView("CREATE TRIGGER"));
        const bool isEnd = isTrigger ? trimmed.endsWith(QLatin1StringView("END;"))
                                           || trimmed.endsWith(QLatin1StringView("END"))
                                     : trimmed.endsWith(QLatin1Char(';'));
        if (isEnd) {
            statements << current.trimmed();
            current.clear();
        }
    }
    return statements;
}

Result<int> pragma(const Connection& connection, const char* name)
{
    auto query = connection.run(QStringLiteral("PRAGMA %1").arg(QLatin1StringView(name)));
    if (!query) {
        return std::move(query).error();
    }
    return query->next() ? query->value(0).toInt() : 0;
}

/// Runs the scripts that lead from one version to the present one, each in a transaction of its own
/// that sets the version it reached.
Status runScripts(const Connection& connection, int from)
{
    for (int version = from; version < kSchemaVersion; ++version) {
        Transaction transaction(connection);
        GD_TRY(transaction.begin());
        const QStringList statements = statementsOf(kScripts[static_cast<std::size_t>(version)]);
        for (const QString& statement : statements) {
            if (auto result = connection.run(statement); !result) {
                return std::move(result).error();
            }
        }
        GD_TRY(
            connection.runAll(QStringLiteral("PRAGMA application_id = %1; PRAGMA user_version = %2")
                                  .arg(kApplicationId)
                                  .arg(version + 1)));
        GD_TRY(transaction.commit());
    }
    return {};
}

} // namespace

Status createSchema(const Connection& connection)
{
    return runScripts(connection, 0);
}

Status migrateSchema(const Connection& connection, bool readOnly)
{
    const auto application = pragma(connection, "application_id");
    if (!application) {
        return application.error();
    }
    const auto version = pragma(connection, "user_version");
    if (!version) {
        return version.error();
    }
    const std::string file = connection.file().toStdString();
    if (*application != kApplicationId) {
        return Error{
            ErrorCode::BadInput,
            "'" + file + "' is not a project of GuiDINO Workbench",
            {{"file", file}}};
    }
    if (*version > kSchemaVersion) {
        return Error{
            ErrorCode::BadInput,
            "the project '" + file + "' was made by a newer version (format "
                + std::to_string(*version) + "; this program knows up to "
                + std::to_string(kSchemaVersion) + ")",
            {{"file", file}}};
    }
    if (*version < kSchemaVersion && readOnly) {
        return Error{
            ErrorCode::BadInput,
            "the project '" + file + "' has an older format; open it for writing once",
            {{"file", file}}};
    }
    if (*version < 1) {
        return Error{
            ErrorCode::BadInput,
            "the project '" + file + "' has no format version; restore one of its backups",
            {{"file", file}}};
    }
    return runScripts(connection, *version);
}

} // namespace guidino::project
