// SPDX-License-Identifier: Apache-2.0
#include "core/project/working_copy.h"

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/project/sql.h"

#include <fcntl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryFile>

#include <array>
#include <string_view>
#include <utility>

namespace guidino::project {

namespace {

constexpr QLatin1StringView kDatabase("project.db");
/// Holds the SHA-256 of the project.db that the local copy was made of or written back as.
constexpr QLatin1StringView kBase("base.sha256");
/// There from the opening for writing until everything is written back.
constexpr QLatin1StringView kDirty("dirty");

Error failure(ErrorCode code, const QString& message, const QString& file)
{
    return Error{code, message.toStdString(), {{"file", file.toStdString()}}};
}

QString localFolderOf(const QString& folder)
{
    const QString canonical = QFileInfo(folder).canonicalFilePath();
    const std::string hash = sha256Of(canonical.toStdString()).substr(0, 16);
    return QDir(QString::fromStdString((userDataFolder() / "working").string()))
        .filePath(QString::fromStdString(hash));
}

bool isNetworkFileSystem(long type)
{
    // linux/magic.h, and what it leaves out (CIFS, FUSE, Lustre, GPFS, VirtualBox).
    constexpr std::array<unsigned long, 14> kTypes{
        0x6969UL,     // NFS
        0x517BUL,     // SMB
        0xFF534D42UL, // CIFS
        0xFE534D42UL, // SMB2
        0x65735546UL, // FUSE: sshfs, rclone, gvfs, GlusterFS
        0x5346414FUL, // AFS
        0x6B414653UL, // kAFS
        0x00C36400UL, // Ceph
        0x01021997UL, // 9P
        0x0BD00BD0UL, // Lustre
        0x47504653UL, // GPFS
        0x786F4256UL, // VirtualBox shares
        0x73757245UL, // Coda
        0x564CUL,     // NCP
    };
    for (const unsigned long known : kTypes) {
        if ((static_cast<unsigned long>(type) & 0xFFFFFFFFUL) == known) {
            return true;
        }
    }
    return false;
}

bool isSynchronised(const QString& folder)
{
    constexpr std::array<const char*, 9> kNames{
        "dropbox",
        "onedrive",
        "google drive",
        "googledrive",
        "nextcloud",
        "owncloud",
        "icloud",
        "pclouddrive",
        "syncthing"};
    constexpr std::array<const char*, 6> kMarks{
        ".dropbox",
        ".stfolder",
        ".owncloudsync.log",
        ".csync_journal.db",
        ".sync",
        ".syncthing.tmp"};
    QDir at(folder);
    do {
        const QString name = at.dirName().toLower();
        for (const char* known : kNames) {
            if (name.startsWith(QLatin1StringView(known))) {
                return true;
            }
        }
        for (const char* mark : kMarks) {
            if (QFileInfo::exists(at.filePath(QLatin1StringView(mark)))) {
                return true;
            }
        }
    } while (at.cdUp());
    return false;
}

QString hashOf(const QString& file)
{
    const auto hash = sha256OfFile(file.toStdString());
    return hash ? QString::fromStdString(*hash) : QString();
}

QString readText(const QString& file)
{
    QFile input(file);
    return input.open(QIODevice::ReadOnly) ? QString::fromUtf8(input.readAll()).trimmed()
                                           : QString();
}

void removeDatabase(const QString& file)
{
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
        QFile::remove(file + QLatin1StringView(suffix));
    }
}

/// Files of a project are private to those who may read its folder; copies of them, too.
Status copyFile(const QString& from, const QString& to)
{
    QFile source(from);
    if (!source.copy(to)) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("cannot copy '%1' to '%2': %3").arg(from, to, source.errorString()),
            to);
    }
    return {};
}

Status syncFile(const QString& file)
{
    const int descriptor = ::open(file.toUtf8().constData(), O_RDONLY | O_CLOEXEC);
    const bool isSynced = descriptor >= 0 && ::fsync(descriptor) == 0;
    if (descriptor >= 0) {
        ::close(descriptor);
    }
    return isSynced
               ? Status()
               : Status(failure(
                   ErrorCode::CannotWrite, QStringLiteral("cannot write '%1'").arg(file), file));
}

/// A consistent copy in one file without a journal beside it.
Status vacuumInto(const QString& from, const QString& to)
{
    QFile::remove(to);
    auto connection = Connection::open(from, true);
    if (!connection) {
        return std::move(connection).error();
    }
    auto copied = (*connection)->run(QStringLiteral("VACUUM INTO ?"), {to});
    return copied ? Status() : Status(std::move(copied).error());
}

} // namespace

FolderKind folderKindOf(const QString& folder)
{
    const QString forced = qEnvironmentVariable("GUIDINO_LOCAL_COPY");
    if (forced == QLatin1StringView("always")) {
        return FolderKind::Network;
    }
    if (forced == QLatin1StringView("never")) {
        return FolderKind::Local;
    }
    QString existing = QFileInfo(folder).absoluteFilePath();
    while (!QFileInfo::exists(existing) && existing.size() > 1) {
        existing = QFileInfo(existing).absolutePath();
    }
    struct statfs information = {};
    if (::statfs(existing.toUtf8().constData(), &information) == 0
        && isNetworkFileSystem(static_cast<long>(information.f_type))) {
        return FolderKind::Network;
    }
    return isSynchronised(existing) ? FolderKind::Synchronised : FolderKind::Local;
}

Result<WorkingCopy> prepareWorkingCopy(const QString& folder)
{
    const QString remote = QDir(folder).filePath(kDatabase);
    const QDir local(localFolderOf(folder));
    if (!local.mkpath(QStringLiteral("."))) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("cannot make the folder '%1'").arg(local.path()),
            local.path());
    }
    WorkingCopy copy;
    copy.database = local.filePath(kDatabase);
    const QString base = local.filePath(kBase);
    const QString dirty = local.filePath(kDirty);
    const QString now = hashOf(remote);
    const bool isLeftOver = QFileInfo::exists(copy.database) && QFileInfo::exists(dirty);
    if (isLeftOver && readText(base) != now) {
        // Both sides went on: theirs is the project, ours stays as a backup that can be opened.
        const QDir backups(QDir(folder).filePath(QStringLiteral("backups")));
        const QString name = QStringLiteral("project-aside-%1.db")
                                 .arg(QDateTime::currentDateTimeUtc().toString(
                                     QStringLiteral("yyyyMMdd-HHmmss-zzz")));
        backups.mkpath(QStringLiteral("."));
        GD_TRY(vacuumInto(copy.database, backups.filePath(name)));
        copy.keptAside = backups.filePath(name);
    }
    if (!isLeftOver || readText(base) != now) {
        removeDatabase(copy.database);
        GD_TRY(copyFile(remote, copy.database));
        QFile::setPermissions(
            copy.database, QFile::permissions(copy.database) | QFileDevice::WriteOwner);
        GD_TRY(writeFileAtomically(base.toStdString(), now.toStdString()));
    }
    GD_TRY(writeFileAtomically(dirty.toStdString(), folder.toStdString()));
    return copy;
}

Result<QString> copyForReading(const QString& folder)
{
    QTemporaryFile file(QDir::temp().filePath(QStringLiteral("guidino-XXXXXX.db")));
    if (!file.open()) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("cannot write below '%1': %2").arg(QDir::tempPath(), file.errorString()),
            QDir::tempPath());
    }
    const QString name = file.fileName();
    file.setAutoRemove(false);
    file.close();
    QFile::remove(name);
    const QString database = QDir(folder).filePath(kDatabase);
    GD_TRY(copyFile(database, name));
    // What a program that ended unexpectedly had not moved into the database yet.
    const QString log = database + QStringLiteral("-wal");
    if (QFileInfo(log).size() > 0) {
        if (Status status = copyFile(log, name + QStringLiteral("-wal")); !status) {
            QFile::remove(name);
            return std::move(status).error();
        }
    }
    return name;
}

Status writeBack(const QString& database, const QString& folder)
{
    const QString remote = QDir(folder).filePath(kDatabase);
    // Made here and copied: SQLite itself does not write to the other file system.
    const QString whole = database + QStringLiteral(".whole");
    GD_TRY(vacuumInto(database, whole));
    const QString part = remote + QStringLiteral(".part");
    QFile::remove(part);
    if (Status status = copyFile(whole, part); !status) {
        QFile::remove(whole);
        QFile::remove(part);
        return status;
    }
    GD_TRY(syncFile(part));
    const QString hash = hashOf(whole);
    QFile::remove(whole);
    if (::rename(part.toUtf8().constData(), remote.toUtf8().constData()) != 0) {
        QFile::remove(part);
        return failure(
            ErrorCode::CannotWrite, QStringLiteral("cannot write '%1'").arg(remote), remote);
    }
    return writeFileAtomically(
        QFileInfo(database).absoluteDir().filePath(kBase).toStdString(), hash.toStdString());
}

void finishWorkingCopy(const QString& database)
{
    const QDir folder = QFileInfo(database).absoluteDir();
    QFile::remove(folder.filePath(kDirty));
}

} // namespace guidino::project
