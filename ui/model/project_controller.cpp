// SPDX-License-Identifier: Apache-2.0
#include "ui/model/project_controller.h"

#include "core/project/journal_writer.h"
#include "core/project/working_copy.h"
#include "ui/model/afterwards.h"

#include <QDateTime>
#include <QFileInfo>
#include <QtConcurrentRun>

#include <utility>

namespace guidino::ui {

namespace {

using project::OpenMode;
using project::ProjectStore;

/// Steps of an image that stay in the journal once they are saved.
constexpr int kKeptSteps = 500;
constexpr int kBackupEveryMs = 60 * 60 * 1000;
constexpr int kBackupAfterOpeningMs = 20 * 1000;
constexpr int kBackups = 7;
constexpr int kWriteBackEveryMs = 60 * 1000;

const QString kSession = QStringLiteral("session");

const std::string* contextOf(const Error& error, const char* key)
{
    for (const auto& [name, value] : error.context) {
        if (name == key) {
            return &value;
        }
    }
    return nullptr;
}

} // namespace

ProjectController::ProjectController(const QString& projectsFolder, QObject* parent)
    : QObject(parent)
    , m_projectsFolder(projectsFolder)
    , m_author(qEnvironmentVariable("USER", tr("unknown")))
    , m_classes(binaryClasses())
{
    m_pool.setMaxThreadCount(2);
    m_backupTimer.setSingleShot(true);
    // A network folder gets the present state back every minute, and at the end.
    m_writeBackTimer.setInterval(kWriteBackEveryMs);
    connect(&m_writeBackTimer, &QTimer::timeout, this, &ProjectController::writeBack);
    connect(&m_backupTimer, &QTimer::timeout, this, [this] {
        if (m_isChanged) {
            backUp();
        }
        m_backupTimer.start(kBackupEveryMs);
    });
}

ProjectController::~ProjectController()
{
    disconnect();
    close();
    m_pool.clear();
    m_pool.waitForDone();
}

QString ProjectController::folder() const
{
    return m_store != nullptr ? m_store->folder() : QString();
}

QString ProjectController::databaseFile() const
{
    return m_store != nullptr ? m_store->databaseFile() : QString();
}

void ProjectController::open(const QStringList& paths, OpenMode mode)
{
    if (paths.isEmpty()) {
        return;
    }
    if (paths.size() == 1
        && paths.front().endsWith(QLatin1StringView(".gdino"), Qt::CaseInsensitive)
        && QFileInfo(paths.front()).isFile()) {
        Q_EMIT archiveGiven(paths.front());
        return;
    }
    const OpenRequest request{paths, m_projectsFolder, mode};
    if (isOpen() && projectFolderOf(request) == folder()) {
        close(); // its own lock would stand in its way
    }
    const int generation = ++m_generation;
    Q_EMIT openingChanged(true);
    afterwards(
        QtConcurrent::run(&m_pool, [request] { return openProject(request); }),
        this,
        [this, generation, request](Result<OpenedProject> result) {
            if (generation == m_generation) {
                Q_EMIT openingChanged(false);
                adopt(std::move(result), request);
            }
        });
}

void ProjectController::reopen(OpenMode mode)
{
    if (isOpen()) {
        open({folder()}, mode);
    }
}

void ProjectController::adopt(Result<OpenedProject> result, const OpenRequest& request)
{
    if (!result) {
        tellFailure(result.error(), request);
        return;
    }
    close();
    // Taking over happened on the way here: the lock is free or ours to take.
    auto store = ProjectStore::open(
        result->folder, result->mode == OpenMode::TakeOver ? OpenMode::ReadWrite : result->mode);
    if (!store) {
        tellFailure(store.error(), request);
        return;
    }
    m_store = std::move(store).value();
    m_name = result->name;
    m_classes = result->classes.isEmpty() ? binaryClasses() : result->classes;
    m_isChanged = false;
    if (!m_store->isReadOnly()) {
        m_writer = std::make_unique<project::JournalWriter>(m_store->databaseFile());
        connect(m_writer.get(), &project::JournalWriter::written, this, &ProjectController::kept);
        connect(m_writer.get(), &project::JournalWriter::failed, this, [this](const Error& error) {
            Notice notice = noticeFor(
                error, tr("Unsaved labels could not be kept safe."), Notice::Action::SaveAll);
            notice.topic = QStringLiteral("recovery");
            Q_EMIT problemOccurred(notice);
        });
        (void)m_store->setInfo(kSession, QStringLiteral("open"));
        backUpIfDue(result->lastBackup);
        if (m_store->isLocalCopy()) {
            m_writeBackTimer.start();
        }
    }
    Q_EMIT opened(std::make_shared<OpenedProject>(std::move(result).value()));
}

void ProjectController::tellFailure(const Error& error, const OpenRequest& request)
{
    const QString target = projectFolderOf(request);
    if (contextOf(error, "owner") != nullptr) {
        if (const auto owner = ProjectStore::lockOwner(target)) {
            Q_EMIT lockedByOther(request.paths, *owner);
            return;
        }
    }
    Q_EMIT problemOccurred(noticeFor(
        error,
        tr("%1 could not be opened.").arg(QFileInfo(request.paths.front()).fileName()),
        Notice::Action::OpenFolder));
}

void ProjectController::close()
{
    if (!isOpen()) {
        return;
    }
    Q_EMIT aboutToClose();
    m_backupTimer.stop();
    m_writeBackTimer.stop();
    m_pool.waitForDone(); // a copy being made reads the database
    m_writer.reset();     // writes what waits
    if (!m_store->isReadOnly()) {
        (void)m_store->setInfo(kSession, QStringLiteral("closed"));
    }
    m_store.reset();
    m_name.clear();
    Q_EMIT closed();
}

Result<RevisionId>
ProjectController::addRevision(const project::RevisionRecord& revision, const LabelMap& labels)
{
    return change(
        revision.image, [&](ProjectStore& store) { return store.addRevision(revision, labels); });
}

Result<RevisionId> ProjectController::addRevision(
    const project::RevisionRecord& revision, const QByteArray& encodedLabels)
{
    return change(revision.image, [&](ProjectStore& store) {
        return store.addRevision(revision, encodedLabels);
    });
}

void ProjectController::markSaved(ImageId image, RevisionId revision)
{
    project::JournalEntry entry;
    entry.image = image;
    entry.kind = project::JournalKind::Save;
    entry.revision = revision;
    appendEdit(std::move(entry));
}

Status ProjectController::setGuideCorrection(ImageId image, const LabelMap& codes)
{
    return change(image, [&](ProjectStore& store) {
        return store.setGuideCorrection(image, codes, m_author);
    });
}

Status ProjectController::removeGuideCorrection(ImageId image)
{
    return change(image, [&](ProjectStore& store) { return store.removeGuideCorrection(image); });
}

Result<project::DecisionRecord> ProjectController::decide(const project::DecisionRecord& decision)
{
    return change(decision.image, [&](ProjectStore& store) { return store.addDecision(decision); });
}

Result<std::int64_t> ProjectController::addNote(const project::NoteRecord& note)
{
    return change(note.image, [&](ProjectStore& store) { return store.addNote(note); });
}

Status ProjectController::setNoteResolved(ImageId image, std::int64_t note, bool isResolved)
{
    return change(
        image, [&](ProjectStore& store) { return store.setNoteResolved(note, isResolved); });
}

Status ProjectController::setTags(ImageId image, const QStringList& tags)
{
    return change(image, [&](ProjectStore& store) { return store.setTags(image, tags); });
}

Status ProjectController::setSplit(ImageId image, const QString& split)
{
    return change(image, [&](ProjectStore& store) { return store.setSplit(image, split); });
}

Status ProjectController::setGroup(ImageId image, const QString& group)
{
    return change(image, [&](ProjectStore& store) { return store.setGroup(image, group); });
}

Status ProjectController::setClasses(const LabelClasses& classes)
{
    Status status =
        change({}, [&](ProjectStore& store) { return store.setClasses(recordsOf(classes)); });
    if (status && classes != std::exchange(m_classes, classes)) {
        Q_EMIT classesChanged();
    }
    return status;
}

Status ProjectController::setInfo(const QString& key, const QString& value)
{
    Status status = change({}, [&](ProjectStore& store) { return store.setInfo(key, value); });
    if (status) {
        if (key == QLatin1StringView("name")) {
            m_name = value;
        }
        Q_EMIT infoChanged(key);
    }
    return status;
}

Status ProjectController::setContents(const std::vector<project::ImageContent>& contents)
{
    return change({}, [&](ProjectStore& store) { return store.setContents(contents); });
}

Status ProjectController::relocate(ImageId image, const QString& path)
{
    return change(image, [&](ProjectStore& store) { return store.relocate(image, path); });
}

Result<std::int64_t> ProjectController::addJob(const project::JobRecord& job)
{
    return change({}, [&](ProjectStore& store) { return store.addJob(job); });
}

Status ProjectController::setJobState(std::int64_t job, const QString& state)
{
    return change({}, [&](ProjectStore& store) { return store.setJobState(job, state); });
}

void ProjectController::appendEdit(project::JournalEntry entry)
{
    if (m_writer != nullptr) {
        m_isChanged = true;
        m_isWrittenBack = false;
        m_writer->append(std::move(entry));
    }
}

QString ProjectController::takenFrom(ImageId image)
{
    if (m_store == nullptr || !flush()) {
        return {};
    }
    const auto sources = m_store->unsavedSources(image);
    return sources ? sources->join(QLatin1Char(',')) : QString();
}

void ProjectController::pruneJournal(ImageId image)
{
    if (m_store != nullptr && !m_store->isReadOnly()) {
        (void)m_store->pruneJournal(image, kKeptSteps);
    }
}

Status ProjectController::flush()
{
    return m_writer != nullptr ? m_writer->flush() : Status();
}

void ProjectController::backUpIfDue(const QString& newest)
{
    const bool isDue =
        newest.isEmpty()
        || QFileInfo(newest).lastModified().secsTo(QDateTime::currentDateTime()) * 1000
               > kBackupEveryMs;
    m_isChanged = isDue;
    m_backupTimer.start(isDue ? kBackupAfterOpeningMs : kBackupEveryMs);
}

void ProjectController::writeBack()
{
    if (!m_isWrittenBack && m_store != nullptr) {
        m_isWrittenBack = true;
        afterwards(
            QtConcurrent::run(
                &m_pool,
                [database = databaseFile(), folder = folder()] {
                    return project::writeBack(database, folder);
                }),
            this,
            [this](const Status& status) {
                if (!status) {
                    m_isWrittenBack = false;
                    Notice notice = noticeFor(
                        status.error(),
                        tr("The project's folder cannot be reached. Work goes on with a local "
                           "copy."),
                        Notice::Action::None);
                    notice.severity = Notice::Severity::Warning;
                    notice.topic = QStringLiteral("writeback");
                    Q_EMIT problemOccurred(notice);
                }
            });
    }
}

void ProjectController::backUp()
{
    if (m_store == nullptr || m_store->isReadOnly()) {
        return;
    }
    m_isChanged = false;
    (void)flush(); // a failure was told when it happened
    // A connection of its own, which reads only: copying a large database takes seconds.
    afterwards(
        QtConcurrent::run(
            &m_pool,
            [folder = folder(), database = databaseFile()]() -> Status {
                auto store = ProjectStore::openReader(folder, database);
                if (!store) {
                    return std::move(store).error();
                }
                auto file = (*store)->backUp(kBackups);
                return file ? Status() : Status(std::move(file).error());
            }),
        this,
        [this](const Status& status) {
            if (status) {
                Q_EMIT backedUp();
            } else {
                Notice notice = noticeFor(
                    status.error(),
                    tr("The project could not be backed up."),
                    Notice::Action::None);
                notice.severity = Notice::Severity::Warning;
                notice.topic = QStringLiteral("backup");
                Q_EMIT problemOccurred(notice);
            }
        });
}

} // namespace guidino::ui
