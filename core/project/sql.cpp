// SPDX-License-Identifier: Apache-2.0
#include "core/project/sql.h"

#include <QDateTime>
#include <QSqlError>
#include <QUuid>
#include <QVariant>

namespace guidino::project {

namespace {

Error toError(const QSqlError& error, const QString& file)
{
    // SQLite's primary result codes.
    constexpr int kReadOnly = 8;
    constexpr int kIo = 10;
    constexpr int kCorrupt = 11;
    constexpr int kFull = 13;
    constexpr int kCannotOpen = 14;
    constexpr int kNotADatabase = 26;
    const int code = error.nativeErrorCode().toInt() & 0xff;
    ErrorCode kind = ErrorCode::Internal;
    if (code == kReadOnly || code == kFull || code == kIo || code == kCannotOpen) {
        kind = ErrorCode::CannotWrite;
    } else if (code == kCorrupt || code == kNotADatabase) {
        kind = ErrorCode::BadInput;
    }
    return Error{
        kind,
        "project database '" + file.toStdString() + "': " + error.databaseText().toStdString()
            + (error.driverText().isEmpty() ? std::string()
                                            : " (" + error.driverText().toStdString() + ")"),
        {{"file", file.toStdString()}}};
}

} // namespace

Result<std::unique_ptr<Connection>> Connection::open(const QString& file, bool readOnly)
{
    std::unique_ptr<Connection> connection(new Connection);
    connection->m_name = QUuid::createUuid().toString();
    connection->m_file = file;
    QSqlDatabase database =
        QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), connection->m_name);
    database.setDatabaseName(file);
    QString options = QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000");
    if (readOnly) {
        options += QStringLiteral(";QSQLITE_OPEN_READONLY");
    }
    database.setConnectOptions(options);
    if (!database.open()) {
        return toError(database.lastError(), file);
    }
    for (const char* pragma :
         {"PRAGMA foreign_keys = ON",
          "PRAGMA temp_store = MEMORY",
          "PRAGMA synchronous = NORMAL"}) {
        if (auto result = connection->run(QLatin1StringView(pragma)); !result) {
            return std::move(result).error();
        }
    }
    if (!readOnly) {
        if (auto result = connection->run(QStringLiteral("PRAGMA journal_mode = WAL")); !result) {
            return std::move(result).error();
        }
    }
    return connection;
}

Connection::~Connection()
{
    {
        QSqlDatabase database = QSqlDatabase::database(m_name, false);
        database.close();
    }
    QSqlDatabase::removeDatabase(m_name);
}

Result<QSqlQuery> Connection::run(const QString& sql, const QVariantList& values) const
{
    auto query = prepare(sql);
    if (query) {
        GD_TRY(runPrepared(*query, values));
    }
    return query;
}

Result<QSqlQuery> Connection::prepare(const QString& sql) const
{
    QSqlQuery query(QSqlDatabase::database(m_name, false));
    query.setForwardOnly(true);
    if (!query.prepare(sql)) {
        return toError(query.lastError(), m_file);
    }
    return query;
}

Status Connection::runPrepared(QSqlQuery& query, const QVariantList& values) const
{
    for (int i = 0; i < static_cast<int>(values.size()); ++i) {
        query.bindValue(i, values[i]);
    }
    if (!query.exec()) {
        return toError(query.lastError(), m_file);
    }
    return {};
}

Status Connection::runAll(const QString& script) const
{
    const QStringList statements = script.split(QLatin1Char(';'), Qt::SkipEmptyParts);
    for (const QString& statement : statements) {
        if (statement.trimmed().isEmpty()) {
            continue;
        }
        if (auto result = run(statement.trimmed()); !result) {
            return std::move(result).error();
        }
    }
    return {};
}

Transaction::Transaction(const Connection& connection)
    : m_connection(connection)
{}

Transaction::~Transaction()
{
    if (m_isOpen) {
        (void)m_connection.run(QStringLiteral("ROLLBACK"));
    }
}

Status Transaction::begin()
{
    auto result = m_connection.run(QStringLiteral("BEGIN IMMEDIATE"));
    if (!result) {
        return std::move(result).error();
    }
    m_isOpen = true;
    return {};
}

Status Transaction::commit()
{
    auto result = m_connection.run(QStringLiteral("COMMIT"));
    if (!result) {
        return std::move(result).error();
    }
    m_isOpen = false;
    return {};
}

QString toText(const QDateTime& time)
{
    return time.toUTC().toString(Qt::ISODateWithMs);
}

QDateTime toTime(const QVariant& value)
{
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC();
}

} // namespace guidino::project
