// SPDX-License-Identifier: Apache-2.0
#include "core/project/archive.h"

#include "core/project/project_store.h"
#include "core/project/schema.h"
#include "core/project/sql.h"

#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QTemporaryDir>
#include <QVariant>
#include <quazip.h>
#include <quazipfile.h>
#include <quazipnewinfo.h>

#include <vector>

namespace guidino::project {

namespace {

constexpr qint64 kChunk = 1 << 20;
constexpr auto kManifest = "manifest.json";
constexpr int kArchiveVersion = 1;

Error failure(ErrorCode code, const QString& message, const QString& file)
{
    return Error{code, message.toStdString(), {{"file", file.toStdString()}}};
}

Error cancelled()
{
    return Error{ErrorCode::Cancelled, "cancelled", {}};
}

/// A file that goes into the archive under a relative name.
struct Item
{
    QString source;
    QString name;
    qint64 bytes = 0;
};

/// Counts bytes and tells how far the work is.
class Meter
{
public:
    Meter(const ArchiveProgress& progress, qint64 total)
        : m_progress(progress)
        , m_total(total)
    {}

    void add(qint64 bytes)
    {
        m_done += bytes;
        if (m_progress) {
            m_progress(m_done, m_total);
        }
    }

private:
    const ArchiveProgress& m_progress;
    qint64 m_total = 0;
    qint64 m_done = 0;
};

/// A consistent copy of the database in which copied images have paths of the archive.
Status
copyDatabase(const QString& from, const QString& to, const QHash<qlonglong, QString>& imagePaths)
{
    {
        auto source = Connection::open(from, true);
        if (!source) {
            return std::move(source).error();
        }
        GD_TRY((*source)->run(QStringLiteral("VACUUM INTO ?"), {to}));
    }
    auto copy = Connection::open(to, false);
    if (!copy) {
        return std::move(copy).error();
    }
    Transaction transaction(**copy);
    GD_TRY(transaction.begin());
    for (auto it = imagePaths.cbegin(); it != imagePaths.cend(); ++it) {
        GD_TRY((*copy)->run(
            QStringLiteral("UPDATE image SET path = ? WHERE id = ?"), {it.value(), it.key()}));
    }
    // The copy is closed, whoever has the original open: nothing in it is left of a crash.
    GD_TRY((*copy)->run(QStringLiteral("UPDATE info SET value = 'closed' WHERE key = 'session'")));
    GD_TRY(transaction.commit());
    GD_TRY((*copy)->run(QStringLiteral("PRAGMA journal_mode = DELETE")));
    return {};
}

void collectFolder(const QDir& root, const QString& folder, std::vector<Item>& items)
{
    QDirIterator iterator(root.filePath(folder), QDir::Files, QDirIterator::Subdirectories);
    while (iterator.hasNext()) {
        const QString path = iterator.next();
        if (!iterator.fileInfo().isSymLink()) {
            items.push_back({path, root.relativeFilePath(path), iterator.fileInfo().size()});
        }
    }
}

/// Adds one file; returns its SHA-256.
Result<QString> addItem(QuaZip& zip, const Item& item, Meter& meter, const CancelToken& cancel)
{
    QFile source(item.source);
    if (!source.open(QIODevice::ReadOnly)) {
        return failure(
            ErrorCode::NotFound,
            QStringLiteral("cannot read '%1': %2").arg(item.source, source.errorString()),
            item.source);
    }
    QuaZipFile entry(&zip);
    QuaZipNewInfo information(item.name);
    if (!entry.open(QIODevice::WriteOnly, information, nullptr, 0, Z_DEFLATED, Z_BEST_SPEED)) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("cannot write '%1' into the archive").arg(item.name),
            item.name);
    }
    QCryptographicHash hash(QCryptographicHash::Sha256);
    while (!source.atEnd()) {
        if (cancel.isCancelled()) {
            return cancelled();
        }
        const QByteArray chunk = source.read(kChunk);
        if (chunk.isEmpty() && source.error() != QFileDevice::NoError) {
            return failure(
                ErrorCode::BadInput,
                QStringLiteral("cannot read '%1': %2").arg(item.source, source.errorString()),
                item.source);
        }
        hash.addData(chunk);
        if (entry.write(chunk) != chunk.size()) {
            return failure(
                ErrorCode::CannotWrite,
                QStringLiteral("cannot write the archive: is the disk full?"),
                item.name);
        }
        meter.add(chunk.size());
    }
    entry.close();
    if (entry.getZipError() != 0) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("cannot write the archive: is the disk full?"),
            item.name);
    }
    return QString::fromLatin1(hash.result().toHex());
}

/// True for a relative path that stays in its folder, whatever system wrote it.
bool isSafeName(const QString& name)
{
    if (name.isEmpty() || name.size() > 1000 || name.startsWith(QLatin1Char('/'))
        || name.contains(QLatin1Char('\\')) || name.contains(QLatin1Char(':'))
        || name.contains(QChar(0))) {
        return false;
    }
    const QStringList parts = name.split(QLatin1Char('/'));
    for (const QString& part : parts) {
        if (part.isEmpty() || part == QLatin1StringView(".") || part == QLatin1StringView("..")) {
            return false;
        }
    }
    return true;
}

struct Expected
{
    qint64 bytes = 0;
    QString sha256;
};

Result<QHash<QString, Expected>>
readManifest(QuaZip& zip, const QString& file, const ImportOptions& options)
{
    const auto bad = [&](const QString& what) {
        return failure(
            ErrorCode::BadInput,
            QStringLiteral("'%1' is not a usable project archive: %2").arg(file, what),
            file);
    };
    if (!zip.setCurrentFile(QLatin1StringView(kManifest))) {
        return bad(QStringLiteral("it has no manifest.json"));
    }
    QuaZipFile entry(&zip);
    if (!entry.open(QIODevice::ReadOnly) || entry.usize() > 256 * kChunk) {
        return bad(QStringLiteral("its manifest cannot be read"));
    }
    const QJsonObject root = QJsonDocument::fromJson(entry.read(256 * kChunk)).object();
    if (root[QLatin1StringView("format")].toString() != QLatin1StringView("gdino")) {
        return bad(QStringLiteral("its manifest is not ours"));
    }
    if (root[QLatin1StringView("version")].toInt() > kArchiveVersion) {
        return bad(QStringLiteral("it was made by a newer version"));
    }
    QHash<QString, Expected> expected;
    qint64 total = 0;
    const QJsonArray files = root[QLatin1StringView("files")].toArray();
    for (const QJsonValue& value : files) {
        const QString name = value[QLatin1StringView("path")].toString();
        const qint64 bytes = value[QLatin1StringView("bytes")].toInteger(-1);
        if (!isSafeName(name) || bytes < 0 || expected.contains(name)) {
            return bad(QStringLiteral("its manifest names '%1'").arg(name.left(200)));
        }
        total += bytes;
        if (total > options.mostBytes || expected.size() >= options.mostFiles) {
            return bad(QStringLiteral("its content is larger than allowed"));
        }
        expected.insert(name, {bytes, value[QLatin1StringView("sha256")].toString()});
    }
    if (!expected.contains(QStringLiteral("project.db"))) {
        return bad(QStringLiteral("it holds no project.db"));
    }
    return expected;
}

/// Every entry must be one that the manifest names, with the size that it names.
Status checkEntries(QuaZip& zip, const QString& file, const QHash<QString, Expected>& expected)
{
    qsizetype found = 0;
    for (bool more = zip.goToFirstFile(); more; more = zip.goToNextFile()) {
        QuaZipFileInfo64 information;
        if (!zip.getCurrentFileInfo(&information)) {
            return failure(
                ErrorCode::BadInput,
                QStringLiteral("'%1' is damaged: an entry cannot be read").arg(file),
                file);
        }
        if (information.name == QLatin1StringView(kManifest)) {
            continue;
        }
        const auto entry = expected.constFind(information.name);
        if (!isSafeName(information.name) || entry == expected.cend()
            || entry->bytes != static_cast<qint64>(information.uncompressedSize)) {
            return failure(
                ErrorCode::BadInput,
                QStringLiteral("'%1' holds an entry that may not be unpacked: '%2'")
                    .arg(file, information.name.left(200)),
                file);
        }
        ++found;
    }
    if (found != expected.size()) {
        return failure(
            ErrorCode::BadInput,
            QStringLiteral("'%1' lacks files that its manifest names").arg(file),
            file);
    }
    return {};
}

Status unpackEntry(
    QuaZip& zip,
    const QString& name,
    const Expected& expected,
    const QDir& folder,
    const ImportOptions& options,
    Meter& meter)
{
    const QString target = folder.filePath(name);
    if (!folder.mkpath(QFileInfo(name).path())) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("cannot make a folder for '%1'").arg(target),
            target);
    }
    QuaZipFile entry(&zip);
    QFile output(target);
    if (!zip.setCurrentFile(name) || !entry.open(QIODevice::ReadOnly)) {
        return failure(
            ErrorCode::BadInput, QStringLiteral("'%1' is damaged in the archive").arg(name), name);
    }
    if (!output.open(QIODevice::WriteOnly)) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("cannot write '%1': %2").arg(target, output.errorString()),
            target);
    }
    QCryptographicHash hash(QCryptographicHash::Sha256);
    qint64 bytes = 0;
    for (;;) {
        if (options.cancel.isCancelled()) {
            return cancelled();
        }
        const QByteArray chunk = entry.read(kChunk);
        bytes += chunk.size();
        if (chunk.isEmpty() || bytes > expected.bytes) {
            break;
        }
        hash.addData(chunk);
        if (output.write(chunk) != chunk.size()) {
            return failure(
                ErrorCode::CannotWrite,
                QStringLiteral("cannot write '%1': %2").arg(target, output.errorString()),
                target);
        }
        meter.add(chunk.size());
    }
    entry.close();
    if (bytes != expected.bytes || QString::fromLatin1(hash.result().toHex()) != expected.sha256
        || entry.getZipError() != 0) {
        return failure(
            ErrorCode::BadInput,
            QStringLiteral("'%1' is damaged in the archive: its SHA-256 differs").arg(name),
            name);
    }
    if (!output.flush()) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("cannot write '%1': %2").arg(target, output.errorString()),
            target);
    }
    return {};
}

} // namespace

Result<ExportOutcome>
exportProject(const QString& projectFolder, const QString& file, const ExportOptions& options)
{
    auto store = options.database.isEmpty()
                     ? ProjectStore::open(projectFolder, OpenMode::ReadOnly)
                     : ProjectStore::openReader(projectFolder, options.database);
    if (!store) {
        return std::move(store).error();
    }
    const QDir root((*store)->folder());
    ExportOutcome outcome;
    std::vector<Item> items;
    QHash<qlonglong, QString> imagePaths;
    auto images = (*store)->images();
    if (!images) {
        return std::move(images).error();
    }
    for (const ImageRecord& image : *images) {
        const QFileInfo source((*store)->absolutePath(image));
        if (!source.exists()) {
            outcome.missingImages << image.path;
        } else if (options.withImages) {
            const QString suffix =
                source.suffix().isEmpty() ? QString() : QLatin1Char('.') + source.suffix();
            const QString name = QStringLiteral("images/%1%2")
                                     .arg(image.id.value, 6, 10, QLatin1Char('0'))
                                     .arg(suffix);
            items.push_back({source.filePath(), name, source.size()});
            imagePaths.insert(static_cast<qlonglong>(image.id.value), name);
        }
    }
    if (options.withModels) {
        collectFolder(root, QStringLiteral("models"), items);
    }
    const QTemporaryDir scratch(
        QFileInfo(file).absoluteDir().filePath(QStringLiteral(".gdino-XXXXXX")));
    if (!scratch.isValid()) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("cannot write beside '%1': %2").arg(file, scratch.errorString()),
            file);
    }
    const QString database = scratch.filePath(QStringLiteral("project.db"));
    GD_TRY(copyDatabase((*store)->databaseFile(), database, imagePaths));
    items.insert(
        items.begin(), {database, QStringLiteral("project.db"), QFileInfo(database).size()});

    qint64 total = 0;
    for (const Item& item : items) {
        total += item.bytes;
    }
    Meter meter(options.progress, total);
    const QString part = scratch.filePath(QStringLiteral("archive.zip"));
    QuaZip zip(part);
    zip.setZip64Enabled(true);
    zip.setUtf8Enabled(true);
    if (!zip.open(QuaZip::mdCreate)) {
        return failure(ErrorCode::CannotWrite, QStringLiteral("cannot write '%1'").arg(file), file);
    }
    QJsonArray files;
    for (const Item& item : items) {
        auto hash = addItem(zip, item, meter, options.cancel);
        if (!hash) {
            return std::move(hash).error();
        }
        files.append(QJsonObject{
            {QStringLiteral("path"), item.name},
            {QStringLiteral("bytes"), item.bytes},
            {QStringLiteral("sha256"), *hash}});
        outcome.bytes += item.bytes;
        ++outcome.files;
    }
    const QJsonObject manifest{
        {QStringLiteral("format"), QStringLiteral("gdino")},
        {QStringLiteral("version"), kArchiveVersion},
        {QStringLiteral("files"), files}};
    QuaZipFile entry(&zip);
    const QByteArray text = QJsonDocument(manifest).toJson();
    if (!entry.open(QIODevice::WriteOnly, QuaZipNewInfo(QLatin1StringView(kManifest)))
        || entry.write(text) != text.size()) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("cannot write '%1': is the disk full?").arg(file),
            file);
    }
    entry.close();
    zip.close();
    if (zip.getZipError() != 0) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("cannot write '%1': is the disk full?").arg(file),
            file);
    }
    QFile::remove(file);
    if (!QFile::rename(part, file)) {
        return failure(ErrorCode::CannotWrite, QStringLiteral("cannot write '%1'").arg(file), file);
    }
    return outcome;
}

Status importProject(const QString& file, const QString& folder, const ImportOptions& options)
{
    if (!QFileInfo(file).isFile()) {
        return failure(
            ErrorCode::NotFound, QStringLiteral("there is no file '%1'").arg(file), file);
    }
    const QDir target(folder);
    if (target.exists() && !target.isEmpty()) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("the folder '%1' is not empty").arg(folder),
            folder);
    }
    QuaZip zip(file);
    if (!zip.open(QuaZip::mdUnzip)) {
        return failure(
            ErrorCode::BadInput,
            QStringLiteral("'%1' is not a zip file, or damaged").arg(file),
            file);
    }
    const auto expected = readManifest(zip, file, options);
    if (!expected) {
        return expected.error();
    }
    GD_TRY(checkEntries(zip, file, *expected));

    const QDir parent = QFileInfo(target.absolutePath()).absoluteDir();
    if (!parent.mkpath(QStringLiteral("."))) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("cannot make the folder '%1'").arg(parent.path()),
            folder);
    }
    QTemporaryDir scratch(parent.filePath(QStringLiteral(".gdino-XXXXXX")));
    if (!scratch.isValid()) {
        return failure(
            ErrorCode::CannotWrite,
            QStringLiteral("cannot write beside '%1': %2").arg(folder, scratch.errorString()),
            folder);
    }
    qint64 total = 0;
    for (const Expected& entry : *expected) {
        total += entry.bytes;
    }
    Meter meter(options.progress, total);
    const QDir unpacked(scratch.filePath(QStringLiteral("project")));
    if (!unpacked.mkpath(QStringLiteral("."))) {
        return failure(
            ErrorCode::CannotWrite, QStringLiteral("cannot write beside '%1'").arg(folder), folder);
    }
    for (auto it = expected->cbegin(); it != expected->cend(); ++it) {
        GD_TRY(unpackEntry(zip, it.key(), it.value(), unpacked, options, meter));
    }
    {
        // Writable: an archive of an older version is brought forward here.
        auto connection = Connection::open(unpacked.filePath(QStringLiteral("project.db")), false);
        if (!connection) {
            return std::move(connection).error();
        }
        GD_TRY(migrateSchema(**connection, false));
    }
    if (target.exists()) {
        QDir().rmdir(target.absolutePath());
    }
    if (!QDir().rename(unpacked.path(), target.absolutePath())) {
        return failure(
            ErrorCode::CannotWrite, QStringLiteral("cannot write '%1'").arg(folder), folder);
    }
    return {};
}

} // namespace guidino::project
