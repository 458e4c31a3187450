// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/job_folders.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/protocol/run_folder.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QThreadPool>

#include <algorithm>
#include <filesystem>
#include <string_view>

namespace guidino::jobs {

namespace fs = std::filesystem;
using namespace protocol;

namespace {

constexpr const char* kTicket = "ticket.json";
constexpr const char* kPreparing = "preparing.json";
constexpr const char* kNextId = "next-id";
const QString kGone = QStringLiteral(".discarded-");

fs::path pathOf(const QString& folder)
{
    return folder.toStdString();
}

std::string_view viewOf(const QByteArray& bytes)
{
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

/// The numbers that name folders here, ascending.
std::vector<JobId> idsIn(const QString& root)
{
    std::vector<JobId> ids;
    const QStringList names = QDir(root).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& name : names) {
        bool isNumber = false;
        const qlonglong id = name.toLongLong(&isNumber);
        if (isNumber && id > 0 && name == QString::number(id)) {
            ids.push_back(JobId{id});
        }
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

/// Which process prepares the folder; nothing: none does.
std::optional<ProcessIdentity> preparerOf(const QString& folder)
{
    QFile file(folder + QLatin1Char('/') + QLatin1StringView(kPreparing));
    if (!file.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    ProcessIdentity identity;
    identity.pid = object.value(QStringLiteral("pid")).toInteger();
    identity.bootId = object.value(QStringLiteral("boot_id")).toString().toStdString();
    identity.startTicks = object.value(QStringLiteral("start_ticks")).toInteger();
    identity.host = object.value(QStringLiteral("host")).toString().toStdString();
    return identity;
}

Status markPreparing(const QString& folder)
{
    const ProcessIdentity own = currentIdentity({});
    const QByteArray text =
        QJsonDocument(QJsonObject{
                          {QStringLiteral("pid"), static_cast<qint64>(own.pid)},
                          {QStringLiteral("boot_id"), QString::fromStdString(own.bootId)},
                          {QStringLiteral("start_ticks"), static_cast<qint64>(own.startTicks)},
                          {QStringLiteral("host"), QString::fromStdString(own.host)}})
            .toJson();
    return writeFileAtomically(pathOf(folder) / kPreparing, viewOf(text));
}

/// The same file under another name; a copy where the file system has no links.
Status link(const fs::path& from, const fs::path& to)
{
    std::error_code error;
    if (fs::is_symlink(from, error)) {
        fs::copy_symlink(from, to, error);
    } else {
        fs::create_hard_link(from, to, error);
    }
    if (error) {
        fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
    }
    if (error) {
        return Error{
            ErrorCode::CannotWrite,
            "cannot write '" + to.string() + "': " + error.message(),
            {{"file", to.string()}}};
    }
    return {};
}

} // namespace

Result<JobFolders> JobFolders::open(const QString& root, bool isReadOnly)
{
    JobFolders folders(root);
    if (!isReadOnly) {
        GD_TRY(makeFolder(pathOf(root)));
        folders.clean();
    }
    return folders;
}

void JobFolders::clean()
{
    const QStringList gone = QDir(m_root).entryList(
        {kGone + QLatin1Char('*')}, QDir::Dirs | QDir::Hidden | QDir::NoDotAndDotDot);
    for (const QString& name : gone) {
        removeInBackground(m_root + QLatin1Char('/') + name);
    }
    for (const JobId id : idsIn(m_root)) {
        const auto preparer = preparerOf(folderOf(id));
        std::error_code ignored;
        if (preparer && !fs::exists(pathOf(folderOf(id)) / kTicket, ignored)
            && (!isRunning(*preparer) || preparer->pid == currentIdentity({}).pid)) {
            logInfo("removed the half prepared job in '" + folderOf(id).toStdString() + "'");
            remove(id);
        }
    }
}

QString JobFolders::folderOf(JobId id) const
{
    return m_root + QLatin1Char('/') + QString::number(id.value);
}

std::vector<FoundJob> JobFolders::find() const
{
    std::vector<FoundJob> found;
    for (const JobId id : idsIn(m_root)) {
        FoundJob one;
        one.job.id = id;
        one.job.folder = folderOf(id);
        const fs::path folder = pathOf(one.job.folder);
        const auto text = readFile(folder / kTicket, kMaxLineBytes * 16);
        if (!text) {
            if (text.error().code != ErrorCode::NotFound) {
                one.error = text.error();
                found.push_back(std::move(one));
            }
            continue; // no folder of ours, or one that is being prepared
        }
        if (auto read = decodeTicket(QByteArray::fromStdString(*text), one.job); !read) {
            one.error = Error{
                ErrorCode::BadInput,
                "'" + (folder / kTicket).string() + "': " + read.error().message
                    + "; its run is untouched, 'guidino train --resume --out " + folder.string()
                    + "' goes on with it",
                {{"file", (folder / kTicket).string()}}};
        } else if (auto spec = readJob(RunPaths{folder}.job()); !spec) {
            one.error = spec.error();
        } else {
            one.job.spec = std::move(spec).value();
        }
        found.push_back(std::move(one));
    }
    return found;
}

Result<JobId> JobFolders::reserve()
{
    JobId id{1};
    if (const auto text = readFile(pathOf(m_root) / kNextId, 64)) {
        id.value =
            std::max<std::int64_t>(1, QByteArray::fromStdString(*text).trimmed().toLongLong());
    }
    if (const auto ids = idsIn(m_root); !ids.empty()) {
        id.value = std::max(id.value, ids.back().value + 1);
    }
    std::error_code error;
    while (!fs::create_directory(pathOf(folderOf(id)), error)) {
        if (error) {
            return Error{
                ErrorCode::CannotWrite,
                "cannot make '" + folderOf(id).toStdString() + "': " + error.message(),
                {{"file", folderOf(id).toStdString()}}};
        }
        ++id.value;
    }
    m_reserved.insert(id);
    Status status = markPreparing(folderOf(id));
    if (status) {
        status = writeFileAtomically(pathOf(m_root) / kNextId, std::to_string(id.value + 1) + "\n");
    }
    if (!status) {
        remove(id);
        return std::move(status).error();
    }
    return id;
}

Status JobFolders::store(const Job& job)
{
    const fs::path folder = pathOf(job.folder);
    GD_TRY(writeJob(folder, job.spec));
    GD_TRY(storeTicket(job));
    m_reserved.erase(job.id);
    std::error_code ignored;
    fs::remove(folder / kPreparing, ignored);
    return {};
}

Status JobFolders::storeTicket(const Job& job) const
{
    return writeFileAtomically(pathOf(job.folder) / kTicket, viewOf(encodeTicket(job)));
}

Status JobFolders::linkData(JobId from, JobId to) const
{
    const fs::path source = pathOf(folderOf(from)) / "data";
    const fs::path target = pathOf(folderOf(to)) / "data";
    std::error_code error;
    if (!fs::is_directory(source, error)) {
        return {};
    }
    GD_TRY(makeFolder(target));
    for (fs::recursive_directory_iterator it(source, error), end; !error && it != end;
         it.increment(error)) {
        const fs::path place = target / it->path().lexically_relative(source);
        std::error_code ignored;
        if (it->is_directory(ignored) && !it->is_symlink(ignored)) {
            GD_TRY(makeFolder(place));
        } else {
            GD_TRY(link(it->path(), place));
        }
    }
    if (error) {
        return Error{
            ErrorCode::NotFound,
            "cannot read '" + source.string() + "': " + error.message(),
            {{"file", source.string()}}};
    }
    return {};
}

void JobFolders::remove(JobId id)
{
    m_reserved.erase(id);
    const QString folder = folderOf(id);
    const QString gone = m_root + QLatin1Char('/') + kGone + QString::number(id.value);
    std::error_code error;
    fs::rename(pathOf(folder), pathOf(gone), error);
    removeInBackground(error ? folder : gone);
}

void JobFolders::removeInBackground(const QString& folder) const
{
    QThreadPool::globalInstance()->start([path = pathOf(folder)] {
        std::error_code error;
        fs::remove_all(path, error); // what stays goes when the queue is opened again
    });
}

} // namespace guidino::jobs
