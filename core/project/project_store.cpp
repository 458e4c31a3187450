// SPDX-License-Identifier: Apache-2.0
#include "core/project/project_store.h"

#include "core/project/schema.h"
#include "core/project/sql.h"
#include "core/project/working_copy.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSysInfo>
#include <QVariant>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace guidino::project {

namespace {

QString databaseOf(const QString& folder)
{
    return QDir(folder).filePath(QStringLiteral("project.db"));
}

QString lockOf(const QString& folder)
{
    return QDir(folder).filePath(QStringLiteral("project.lock"));
}

/// By the effective user, and not on a medium that is mounted for reading only.
bool isWritable(const QString& path)
{
    return ::faccessat(AT_FDCWD, path.toUtf8().constData(), W_OK, AT_EACCESS) == 0;
}

Error missing(const char* what, std::int64_t id)
{
    return Error{
        ErrorCode::NotFound,
        std::string("there is no ") + what + " " + std::to_string(id) + " in this project",
        {}};
}

constexpr const char* kImageColumns =
    "id, name, path, sha256, width, height, image_group, split, added, mask, label_file";

} // namespace

bool ProjectStore::isProject(const QString& folder)
{
    return QFileInfo::exists(databaseOf(folder));
}

Result<std::unique_ptr<ProjectStore>>
ProjectStore::create(const QString& folder, const QString& name)
{
    if (isProject(folder)) {
        return Error{
            ErrorCode::BadInput,
            "'" + folder.toStdString() + "' holds a project already",
            {{"file", folder.toStdString()}}};
    }
    if (!QDir().mkpath(folder)) {
        return Error{
            ErrorCode::CannotWrite,
            "cannot make the folder '" + folder.toStdString() + "'",
            {{"file", folder.toStdString()}}};
    }
    std::unique_ptr<ProjectStore> store(new ProjectStore);
    store->m_folder = QDir(folder).absolutePath();
    GD_TRY(store->takeLock(false));
    store->m_databaseFile = databaseOf(store->m_folder);
    auto connection = Connection::open(store->m_databaseFile, false);
    if (!connection) {
        return std::move(connection).error();
    }
    store->m_connection = std::move(connection).value();
    GD_TRY(createSchema(*store->m_connection));
    GD_TRY(store->setInfo(QStringLiteral("name"), name));
    GD_TRY(store->setInfo(QStringLiteral("created"), toText(QDateTime::currentDateTimeUtc())));
    if (folderKindOf(store->m_folder) != FolderKind::Local) {
        // Made in place while nobody else knows of it; from here on a local copy does the work.
        GD_TRY(store->m_connection->run(QStringLiteral("PRAGMA journal_mode = DELETE")));
        store->m_connection.reset();
        GD_TRY(store->chooseDatabase());
        auto local = Connection::open(store->m_databaseFile, false);
        if (!local) {
            return std::move(local).error();
        }
        store->m_connection = std::move(local).value();
    }
    return store;
}

Result<std::unique_ptr<ProjectStore>> ProjectStore::open(const QString& folder, OpenMode mode)
{
    if (!isProject(folder)) {
        return Error{
            ErrorCode::NotFound,
            "there is no project in '" + folder.toStdString() + "'",
            {{"file", folder.toStdString()}}};
    }
    std::unique_ptr<ProjectStore> store(new ProjectStore);
    store->m_folder = QDir(folder).absolutePath();
    store->m_isReadOnly = mode == OpenMode::ReadOnly;
    if (!store->m_isReadOnly) {
        GD_TRY(store->takeLock(mode == OpenMode::TakeOver));
    }
    GD_TRY(store->chooseDatabase());
    auto connection = Connection::open(store->m_databaseFile, store->m_isReadOnly);
    if (!connection) {
        return std::move(connection).error();
    }
    store->m_connection = std::move(connection).value();
    GD_TRY(migrateSchema(*store->m_connection, store->m_isReadOnly));
    return store;
}

Result<std::unique_ptr<ProjectStore>>
ProjectStore::openReader(const QString& folder, const QString& databaseFile)
{
    std::unique_ptr<ProjectStore> store(new ProjectStore);
    store->m_folder = QDir(folder).absolutePath();
    store->m_databaseFile = databaseFile;
    store->m_isReadOnly = true;
    auto connection = Connection::open(databaseFile, true);
    if (!connection) {
        return std::move(connection).error();
    }
    store->m_connection = std::move(connection).value();
    return store;
}

Status ProjectStore::chooseDatabase()
{
    m_databaseFile = databaseOf(m_folder);
    // SQLite wants files of its own beside a database, even of a reader.
    const bool isSealed = m_isReadOnly && !isWritable(m_folder);
    if (folderKindOf(m_folder) == FolderKind::Local && !isSealed) {
        return {};
    }
    if (m_isReadOnly) {
        auto copy = copyForReading(m_folder);
        if (!copy) {
            return std::move(copy).error();
        }
        m_databaseFile = *copy;
    } else {
        auto copy = prepareWorkingCopy(m_folder);
        if (!copy) {
            return std::move(copy).error();
        }
        m_databaseFile = copy->database;
        m_keptAside = copy->keptAside;
    }
    m_isLocalCopy = true;
    return {};
}

ProjectStore::~ProjectStore()
{
    const bool wasOpen = m_connection != nullptr;
    m_connection.reset();
    if (m_isLocalCopy && m_isReadOnly) {
        for (const char* suffix : {"", "-wal", "-shm"}) {
            QFile::remove(m_databaseFile + QLatin1StringView(suffix));
        }
    } else if (m_isLocalCopy && wasOpen && writeBack(m_databaseFile, m_folder)) {
        finishWorkingCopy(m_databaseFile); // else the next session takes it up
    }
    if (m_lockDescriptor >= 0) {
        // Who took the project over has a lock file of his own there, which stays.
        struct stat ours = {};
        struct stat there = {};
        if (::fstat(m_lockDescriptor, &ours) == 0
            && ::stat(lockOf(m_folder).toUtf8().constData(), &there) == 0
            && ours.st_ino == there.st_ino) {
            QFile::remove(lockOf(m_folder));
        }
        ::close(m_lockDescriptor);
    }
}

std::optional<LockOwner> ProjectStore::lockOwner(const QString& folder)
{
    const int descriptor = ::open(lockOf(folder).toUtf8().constData(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) {
        return std::nullopt;
    }
    const bool isHeld = ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(descriptor);
    QFile file(lockOf(folder));
    if (!file.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    LockOwner owner;
    owner.user = object[QLatin1StringView("user")].toString();
    owner.host = object[QLatin1StringView("host")].toString();
    owner.pid = object[QLatin1StringView("pid")].toInteger();
    owner.since = toTime(object[QLatin1StringView("since")].toString());
    // Locks do not reach other hosts on every network file system: there the file alone must count.
    return isHeld || owner.host != QSysInfo::machineHostName() ? std::optional(owner)
                                                               : std::nullopt;
}

Status ProjectStore::takeLock(bool byForce)
{
    const std::string path = lockOf(m_folder).toStdString();
    if (const auto owner = lockOwner(m_folder); owner && !byForce) {
        return Error{
            ErrorCode::CannotWrite,
            "the project is open in another program: " + owner->user.toStdString() + " on "
                + owner->host.toStdString() + " since " + toText(owner->since).toStdString()
                + ". Open it read-only, or take it over",
            {{"owner", owner->user.toStdString()},
             {"host", owner->host.toStdString()},
             {"file", path}}};
    }
    if (isProject(m_folder) && (!isWritable(m_folder) || !isWritable(databaseOf(m_folder)))) {
        return Error{
            ErrorCode::CannotWrite,
            "the project folder '" + m_folder.toStdString() + "' can be read only",
            {{"sealed", m_folder.toStdString()}, {"file", path}}};
    }
    if (byForce) {
        QFile::remove(lockOf(m_folder));
    }
    m_lockDescriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (m_lockDescriptor < 0) {
        return Error{
            ErrorCode::CannotWrite,
            "cannot write to the project folder '" + m_folder.toStdString()
                + "': " + std::strerror(errno), // NOLINT(concurrency-mt-unsafe)
            {{"file", path}}};
    }
    if (::flock(m_lockDescriptor, LOCK_EX | LOCK_NB) != 0) {
        ::close(m_lockDescriptor);
        m_lockDescriptor = -1;
        return Error{
            ErrorCode::CannotWrite,
            "another program opens this project at this moment",
            {{"file", path}}};
    }
    const QJsonObject object{
        {QStringLiteral("user"), qEnvironmentVariable("USER", QStringLiteral("unknown"))},
        {QStringLiteral("host"), QSysInfo::machineHostName()},
        {QStringLiteral("pid"), static_cast<qint64>(::getpid())},
        {QStringLiteral("since"), toText(QDateTime::currentDateTimeUtc())}};
    const QByteArray content = QJsonDocument(object).toJson(QJsonDocument::Compact);
    if (::ftruncate(m_lockDescriptor, 0) != 0
        || ::pwrite(m_lockDescriptor, content.constData(), static_cast<size_t>(content.size()), 0)
               != content.size()) {
        return Error{ErrorCode::CannotWrite, "cannot write '" + path + "'", {{"file", path}}};
    }
    return {};
}

Status ProjectStore::update(const QString& sql, const QVariantList& values)
{
    if (m_isReadOnly) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    auto query = m_connection->run(sql, values);
    if (!query) {
        return std::move(query).error();
    }
    if (query->numRowsAffected() == 0) {
        return Error{ErrorCode::NotFound, "there is no such record in this project", {}};
    }
    return {};
}

Result<QString> ProjectStore::info(const QString& key) const
{
    auto query = m_connection->run(QStringLiteral("SELECT value FROM info WHERE key = ?"), {key});
    if (!query) {
        return std::move(query).error();
    }
    return query->next() ? query->value(0).toString() : QString();
}

Status ProjectStore::setInfo(const QString& key, const QString& value)
{
    return update(
        QStringLiteral("INSERT INTO info (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE "
                       "SET value = excluded.value"),
        {key, value.isNull() ? QStringLiteral("") : value});
}

Status ProjectStore::removeInfo(const QString& key)
{
    if (m_isReadOnly) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    auto query = m_connection->run(QStringLiteral("DELETE FROM info WHERE key = ?"), {key});
    if (!query) {
        return std::move(query).error();
    }
    return {};
}

Result<std::map<QString, QString>> ProjectStore::infos(const QString& prefix) const
{
    // A range, not LIKE: the key is the primary key, and '%' or '_' in a prefix mean themselves.
    auto query = m_connection->run(
        QStringLiteral("SELECT key, value FROM info WHERE key >= ? AND key < ?"),
        {prefix, QString(prefix + QChar(0xFFFF))});
    if (!query) {
        return std::move(query).error();
    }
    std::map<QString, QString> values;
    while (query->next()) {
        values.emplace(query->value(0).toString(), query->value(1).toString());
    }
    return values;
}

QString ProjectStore::storedPath(const QString& path) const
{
    const QString absolute =
        QDir::cleanPath(QDir::isAbsolutePath(path) ? path : QDir(m_folder).absoluteFilePath(path));
    // A path that leaves the folder is kept whole: moving the project must not point it elsewhere.
    // By text, as QDir::relativeFilePath() does it, but without its lists of parts.
    const QString folder = QDir::cleanPath(QDir(m_folder).absolutePath()) + QLatin1Char('/');
    return absolute.startsWith(folder) ? absolute.mid(folder.size()) : absolute;
}

QString ProjectStore::absolutePath(const ImageRecord& image) const
{
    return QDir::cleanPath(QDir(m_folder).absoluteFilePath(image.path));
}

Result<std::vector<ImageId>> ProjectStore::addImages(const std::vector<ImageRecord>& images)
{
    if (m_isReadOnly) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    Transaction transaction(*m_connection);
    GD_TRY(transaction.begin());
    std::vector<ImageId> ids;
    ids.reserve(images.size());
    const auto text = [](const QString& value) {
        return value.isNull() ? QStringLiteral("") : value;
    };
    // Many at once: a data set has up to 100,000 images, and a project opens within seconds.
    constexpr std::size_t kAtOnce = 64;
    const auto prepare = [this](std::size_t rows) {
        const QStringList row(
            static_cast<qsizetype>(rows), QStringLiteral("(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
        return m_connection->prepare(
            QStringLiteral(
                "INSERT INTO image (name, path, sha256, width, height, image_group, split, added, "
                "mask, label_file) VALUES %1 ON CONFLICT (path) DO UPDATE SET path = excluded.path "
                "RETURNING id, path")
                .arg(row.join(QLatin1Char(','))));
    };
    auto query = prepare(std::min(kAtOnce, images.size()));
    QDateTime lastAdded;
    QString lastAddedText;
    QStringList paths;
    QVariantList values;
    for (std::size_t i = 0; i < images.size(); ++i) {
        const ImageRecord& image = images[i];
        const QString path = storedPath(image.path);
        const QDateTime added =
            image.added.isValid() ? image.added : QDateTime::currentDateTimeUtc();
        if (added != lastAdded) {
            lastAdded = added;
            lastAddedText = toText(added);
        }
        paths << path;
        values << text(image.name) << path << text(image.sha256) << image.size.width
               << image.size.height << text(image.group) << text(image.split) << lastAddedText
               << (image.mask.isEmpty() ? QStringLiteral("") : storedPath(image.mask))
               << text(image.labelFile);
        const auto waiting = static_cast<std::size_t>(paths.size());
        if (waiting < kAtOnce && i + 1 < images.size()) {
            continue;
        }
        if (waiting < kAtOnce && images.size() > kAtOnce) { // the last ones
            query = prepare(waiting);
        }
        if (!query) {
            return std::move(query).error();
        }
        GD_TRY(m_connection->runPrepared(*query, values));
        // SQLite does not promise the order of what it returns.
        QHash<QString, qint64> idOf;
        while (query->next()) {
            idOf.insert(query->value(1).toString(), query->value(0).toLongLong());
        }
        query->finish();
        for (const QString& one : std::as_const(paths)) {
            const auto found = idOf.constFind(one);
            if (found == idOf.cend()) {
                return Error{
                    ErrorCode::Internal,
                    "an image could not be added",
                    {{"file", one.toStdString()}}};
            }
            ids.push_back(ImageId{*found});
        }
        paths.clear();
        values.clear();
    }
    GD_TRY(transaction.commit());
    return ids;
}

Result<std::int64_t> ProjectStore::imageCount() const
{
    auto query = m_connection->run(QStringLiteral("SELECT COUNT(*) FROM image"));
    if (!query) {
        return std::move(query).error();
    }
    return query->next() ? static_cast<std::int64_t>(query->value(0).toLongLong()) : 0;
}

Result<std::vector<ImageRecord>>
ProjectStore::selectImages(const QString& where, const QVariantList& values) const
{
    auto query = m_connection->run(
        QStringLiteral("SELECT %1 FROM image %2 ORDER BY id")
            .arg(QLatin1StringView(kImageColumns), where),
        values);
    if (!query) {
        return std::move(query).error();
    }
    std::vector<ImageRecord> records;
    QString lastAdded; // images are added by the thousand at the same time
    QDateTime lastTime;
    while (query->next()) {
        if (const QString added = query->value(8).toString(); added != lastAdded) {
            lastAdded = added;
            lastTime = toTime(added);
        }
        ImageRecord record;
        record.id = ImageId{query->value(0).toLongLong()};
        record.name = query->value(1).toString();
        record.path = query->value(2).toString();
        record.sha256 = query->value(3).toString();
        record.size = {query->value(4).toInt(), query->value(5).toInt()};
        record.group = query->value(6).toString();
        record.split = query->value(7).toString();
        record.added = lastTime;
        record.mask = query->value(9).toString();
        record.labelFile = query->value(10).toString();
        records.push_back(std::move(record));
    }
    return records;
}

Result<std::vector<ImageRecord>> ProjectStore::images() const
{
    return selectImages({}, {});
}

Result<ImageRecord> ProjectStore::image(ImageId id) const
{
    auto found = selectImages(QStringLiteral("WHERE id = ?"), {static_cast<qlonglong>(id.value)});
    if (!found) {
        return std::move(found).error();
    }
    return found->empty() ? Result<ImageRecord>(missing("image", id.value)) : found->front();
}

Result<std::vector<ImageRecord>> ProjectStore::imagesWithHash(const QString& sha256) const
{
    return selectImages(QStringLiteral("WHERE sha256 = ?"), {sha256});
}

Status ProjectStore::relocate(ImageId id, const QString& path)
{
    return update(
        QStringLiteral("UPDATE image SET path = ? WHERE id = ?"),
        {storedPath(path), static_cast<qlonglong>(id.value)});
}

Status ProjectStore::setSplit(ImageId id, const QString& split)
{
    return update(
        QStringLiteral("UPDATE image SET split = ? WHERE id = ?"),
        {split, static_cast<qlonglong>(id.value)});
}

Status ProjectStore::setGroup(ImageId id, const QString& group)
{
    return update(
        QStringLiteral("UPDATE image SET image_group = ? WHERE id = ?"),
        {group, static_cast<qlonglong>(id.value)});
}

Result<QStringList> ProjectStore::tags(ImageId id) const
{
    auto query = m_connection->run(
        QStringLiteral("SELECT tag FROM tag WHERE image = ? ORDER BY tag"),
        {static_cast<qlonglong>(id.value)});
    if (!query) {
        return std::move(query).error();
    }
    QStringList tags;
    while (query->next()) {
        tags << query->value(0).toString();
    }
    return tags;
}

Status ProjectStore::setTags(ImageId id, const QStringList& tags)
{
    if (m_isReadOnly) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    Transaction transaction(*m_connection);
    GD_TRY(transaction.begin());
    const auto key = static_cast<qlonglong>(id.value);
    GD_TRY(m_connection->run(QStringLiteral("DELETE FROM tag WHERE image = ?"), {key}));
    for (const QString& tag : tags) {
        GD_TRY(m_connection->run(
            QStringLiteral("INSERT OR IGNORE INTO tag (image, tag) VALUES (?, ?)"), {key, tag}));
    }
    return transaction.commit();
}

Result<std::vector<ClassRecord>> ProjectStore::classes() const
{
    auto query = m_connection->run(
        QStringLiteral("SELECT value, name, colour, locked FROM class ORDER BY value"));
    if (!query) {
        return std::move(query).error();
    }
    std::vector<ClassRecord> classes;
    while (query->next()) {
        classes.push_back(
            {static_cast<std::uint8_t>(query->value(0).toUInt()),
             query->value(1).toString(),
             query->value(2).toUInt(),
             query->value(3).toBool()});
    }
    return classes;
}

Status ProjectStore::setClasses(const std::vector<ClassRecord>& classes)
{
    if (m_isReadOnly) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    Transaction transaction(*m_connection);
    GD_TRY(transaction.begin());
    GD_TRY(m_connection->run(QStringLiteral("DELETE FROM class")));
    for (const ClassRecord& record : classes) {
        GD_TRY(m_connection->run(
            QStringLiteral("INSERT INTO class (value, name, colour, locked) VALUES (?, ?, ?, ?)"),
            {record.value, record.name, record.colour, record.isLocked}));
    }
    return transaction.commit();
}

} // namespace guidino::project
