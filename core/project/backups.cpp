// SPDX-License-Identifier: Apache-2.0
#include "core/project/backups.h"

#include "core/project/project_store.h"
#include "core/project/schema.h"
#include "core/project/sql.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QVariant>

#include <cstdio>
#include <optional>

namespace guidino::project {

namespace {

std::int64_t countOf(const Connection& connection, const char* table)
{
    auto query =
        connection.run(QStringLiteral("SELECT COUNT(*) FROM %1").arg(QLatin1StringView(table)));
    return query && query->next() ? static_cast<std::int64_t>(query->value(0).toLongLong()) : 0;
}

std::optional<BackupInfo> readBackup(const QString& file)
{
    // Older formats are readable, too: opening brings them forward.
    auto connection = Connection::open(file, true);
    if (!connection) {
        return std::nullopt;
    }
    auto application = (*connection)->run(QStringLiteral("PRAGMA application_id"));
    auto check = (*connection)->run(QStringLiteral("PRAGMA quick_check"));
    if (!application || !application->next() || application->value(0).toInt() != kApplicationId
        || !check || !check->next() || check->value(0).toString() != QLatin1StringView("ok")) {
        return std::nullopt;
    }
    return BackupInfo{
        file,
        QFileInfo(file).lastModified(),
        countOf(**connection, "image"),
        countOf(**connection, "revision"),
        countOf(**connection, "decision")};
}

} // namespace

std::vector<BackupInfo> listBackups(const QString& folder)
{
    const QDir backups(QDir(folder).filePath(QStringLiteral("backups")));
    const QStringList names =
        backups.entryList({QStringLiteral("project-*.db")}, QDir::Files, QDir::Time);
    std::vector<BackupInfo> found;
    for (const QString& name : names) {
        if (auto info = readBackup(backups.filePath(name))) {
            found.push_back(*std::move(info));
        }
    }
    return found;
}

Status restoreBackup(const QString& folder, const QString& backup)
{
    if (!readBackup(backup)) {
        return Error{
            ErrorCode::BadInput,
            "the backup '" + backup.toStdString() + "' cannot be read",
            {{"file", backup.toStdString()}}};
    }
    const QDir root(folder);
    const QString database = root.filePath(QStringLiteral("project.db"));
    const QString part = database + QStringLiteral(".part");
    QFile::remove(part);
    if (QFile source(backup); !source.copy(part)) {
        return Error{
            ErrorCode::CannotWrite,
            "cannot write '" + part.toStdString() + "': " + source.errorString().toStdString(),
            {{"file", part.toStdString()}}};
    }
    {
        // Made while a program had the project open, which is no crash.
        auto copy = Connection::open(part, false);
        if (!copy) {
            return std::move(copy).error();
        }
        GD_TRY(
            (*copy)->run(QStringLiteral("UPDATE info SET value = 'closed' WHERE key = 'session'")));
        GD_TRY((*copy)->run(QStringLiteral("PRAGMA journal_mode = DELETE")));
    }
    // Opening takes the lock for a moment: nobody works on what is exchanged.
    {
        auto store = ProjectStore::open(folder);
        if (!store && store.error().code == ErrorCode::CannotWrite) {
            QFile::remove(part);
            return std::move(store).error();
        }
        constexpr int kWithThePresentOne = 8;
        if (!store || !(*store)->backUp(kWithThePresentOne)) {
            const QString aside = root.filePath(QStringLiteral("backups/project-damaged-%1.db")
                                                    .arg(QDateTime::currentDateTimeUtc().toString(
                                                        QStringLiteral("yyyyMMdd-HHmmss-zzz"))));
            root.mkpath(QStringLiteral("backups"));
            QFile::copy(database, aside);
        }
    }
    for (const char* suffix : {"-wal", "-shm"}) { // of a damaged one
        QFile::remove(database + QLatin1StringView(suffix));
    }
    if (::rename(part.toUtf8().constData(), database.toUtf8().constData()) != 0) {
        QFile::remove(part);
        return Error{
            ErrorCode::CannotWrite,
            "cannot write '" + database.toStdString() + "'",
            {{"file", database.toStdString()}}};
    }
    return {};
}

} // namespace guidino::project
