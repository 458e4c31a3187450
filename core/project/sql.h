// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QString>
#include <QVariantList>

/// Small helpers around one SQLite connection. Internal to core/project: not part of its public
/// headers.
namespace guidino::project {

/// A connection with a name of its own, closed and removed at the end of its life. Used in the
/// thread that opened it.
class Connection
{
public:
    [[nodiscard]] static Result<std::unique_ptr<Connection>>
    open(const QString& file, bool readOnly);

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// Runs one statement. CannotWrite where the disk or the file refuses, BadInput for a damaged
    /// file, else Internal.
    [[nodiscard]] Result<QSqlQuery> run(const QString& sql, const QVariantList& values = {}) const;

    /// A statement to be run more than once by runPrepared(): preparing takes longer than running a
    /// small one. Errors as run().
    [[nodiscard]] Result<QSqlQuery> prepare(const QString& sql) const;
    [[nodiscard]] Status runPrepared(QSqlQuery& query, const QVariantList& values) const;

    /// Several statements, separated by ';', none of which holds a ';' inside.
    [[nodiscard]] Status runAll(const QString& script) const;

    [[nodiscard]] const QString& file() const { return m_file; }

private:
    Connection() = default;

    QString m_name;
    QString m_file;
};

/// Begins a transaction; rolls back unless commit() succeeded.
class Transaction
{
public:
    explicit Transaction(const Connection& connection);

    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

    [[nodiscard]] Status begin();
    [[nodiscard]] Status commit();

private:
    const Connection& m_connection;
    bool m_isOpen = false;
};

/// UTC time as the database stores it (ISO 8601 with milliseconds), and back.
[[nodiscard]] QString toText(const QDateTime& time);
[[nodiscard]] QDateTime toTime(const QVariant& value);

} // namespace guidino::project
