// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QDateTime>
#include <QString>

#include <vector>

/// Going back to an earlier state of a project that is not open. Any thread.
namespace guidino::project {

/// A backup that can be opened.
struct BackupInfo
{
    QString file;
    QDateTime created; ///< when the file was written
    std::int64_t images = 0;
    std::int64_t revisions = 0;
    std::int64_t decisions = 0;
};

/// Those below `folder`/backups, the newest first; files that cannot be read are left out.
[[nodiscard]] std::vector<BackupInfo> listBackups(const QString& folder);

/// Puts a backup in place of the project's database. The present state becomes a backup first, or,
/// where it is damaged, a file `project-damaged-TIME.db` beside them: nothing is lost. Errors:
/// CannotWrite (also where a program has the project open, with context "owner"), BadInput (the
/// backup cannot be read).
[[nodiscard]] Status restoreBackup(const QString& folder, const QString& backup);

} // namespace guidino::project
