// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QString>

/// Projects in places where SQLite's WAL does not hold: network file systems share no memory
/// between hosts, and programs that synchronise folders copy a database while it is written. Such a
/// project's database is worked on as a local copy, which is written back whole. Any thread.
namespace guidino::project {

/// Where a folder lies.
enum class FolderKind { Local, Network, Synchronised };

/// By the file system (statfs), and by names and marks of programs that synchronise. The
/// environment variable GUIDINO_LOCAL_COPY=always or never decides over what was found.
[[nodiscard]] FolderKind folderKindOf(const QString& folder);

/// A local copy of a project's database.
struct WorkingCopy
{
    QString database; ///< the local file
    QString
        keptAside; ///< a copy of local changes that no longer fit, kept below backups/; empty: none
};

/// Makes a local copy of `folder`/project.db, or takes up the one that an earlier session left and
/// could not write back. Where the project was changed elsewhere since, the changes of here are
/// kept aside as a backup. NotFound, CannotWrite.
[[nodiscard]] Result<WorkingCopy> prepareWorkingCopy(const QString& folder);

/// A copy for reading only, below the system's folder for temporary files; the caller removes it.
[[nodiscard]] Result<QString> copyForReading(const QString& folder);

/// Puts a consistent copy of the local database in place of `folder`/project.db: beside it, synced,
/// renamed. CannotWrite: the local copy stays, and the next session takes it up.
[[nodiscard]] Status writeBack(const QString& database, const QString& folder);

/// The local copy holds nothing any more that is not written back.
void finishWorkingCopy(const QString& database);

} // namespace guidino::project
