// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <functional>

/// The portable copy of a project: one `.gdino` zip with relative paths and a SHA-256 per file.
/// Export and import only, never the live form.
namespace guidino::project {

/// Bytes done and bytes in all.
using ArchiveProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// What goes into an archive besides the database.
struct ExportOptions
{
    bool withImages = true; ///< copies of all images that are there; without, they stay referenced
                            ///< by hash and old path
    bool withModels = true; ///< the folder `models/` of the project
    QString database;       ///< of a store that has the project open on a local copy; else empty
    ArchiveProgress progress;
    CancelToken cancel;
};

/// What an export wrote.
struct ExportOutcome
{
    int files = 0;
    std::int64_t bytes = 0;
    QStringList missingImages; ///< referenced files that are not there; their records are in the
                               ///< archive all the same
};

/// Writes the archive beside its target and renames it. The project may be open; a consistent copy
/// of its database is taken. Any thread. Errors: NotFound, CannotWrite, Cancelled.
[[nodiscard]] Result<ExportOutcome>
exportProject(const QString& projectFolder, const QString& file, const ExportOptions& options = {});

/// Limits of an import: what a hostile archive cannot exceed.
struct ImportOptions
{
    std::int64_t mostBytes = std::int64_t{64} << 30; ///< unpacked, in all
    int mostFiles = 2'000'000;
    ArchiveProgress progress;
    CancelToken cancel;
};

/// Unpacks an archive into a new folder. Sizes and paths are checked before anything is written,
/// each file's SHA-256 afterwards; the folder appears whole or not at all. Any thread. Errors:
/// NotFound, BadInput (no archive of ours, damaged, an entry that would leave the folder, sizes
/// beyond the limits, a wrong hash), CannotWrite (also where the folder exists and is not empty),
/// Cancelled.
[[nodiscard]] Status
importProject(const QString& file, const QString& folder, const ImportOptions& options = {});

} // namespace guidino::project
