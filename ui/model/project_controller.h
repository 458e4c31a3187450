// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/project/project_store.h"
#include "ui/model/label_class.h"
#include "ui/model/notice.h"
#include "ui/model/project_opening.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <QThreadPool>
#include <QTimer>

#include <memory>
#include <utility>
#include <vector>

namespace guidino::project {
class JournalWriter;
} // namespace guidino::project

namespace guidino::ui {

/// The open project: the one owner of its store and of the journal's writer. Reads go to store()
/// directly; whatever changes goes through here, so that everybody hears of it. One project is open
/// at a time; folders and files that are no project get one below the user's data home.
///
/// GUI thread only. Calls that write return CannotWrite where the project is open read-only. They
/// fail without a project (NotFound).
class ProjectController : public QObject
{
    Q_OBJECT

public:
    /// `projectsFolder`: where projects of plain folders and files live.
    explicit ProjectController(const QString& projectsFolder, QObject* parent = nullptr);
    ~ProjectController() override;

    [[nodiscard]] bool isOpen() const { return m_store != nullptr; }

    [[nodiscard]] bool isReadOnly() const { return m_store != nullptr && m_store->isReadOnly(); }

    /// Null while none is open.
    [[nodiscard]] const project::ProjectStore* store() const { return m_store.get(); }

    /// Empty while none is open.
    [[nodiscard]] QString folder() const;

    /// For readers in other threads (ProjectStore::openReader()).
    [[nodiscard]] QString databaseFile() const;

    [[nodiscard]] const QString& projectsFolder() const { return m_projectsFolder; }

    [[nodiscard]] const QString& name() const { return m_name; }

    [[nodiscard]] const LabelClasses& classes() const { return m_classes; }

    /// Who revisions, decisions and notes are signed by; at first the name of the login.
    [[nodiscard]] const QString& author() const { return m_author; }

    void setAuthor(const QString& author) { m_author = author; }

    // ---- opening
    // ---------------------------------------------------------------------------------

    /// One project, one folder or any number of images; opened(), problemOccurred() or
    /// lockedByOther() follows. What is open stays open until then.
    void open(const QStringList& paths, project::OpenMode mode = project::OpenMode::ReadWrite);

    /// Opens the same project again, in another mode.
    void reopen(project::OpenMode mode);

    /// Everything is on disk afterwards.
    void close();

    // ---- changes
    // ---------------------------------------------------------------------------------

    /// Calls `write` on the open store (Status or Result<T> of a ProjectStore&) and tells of the
    /// change where it succeeded; for what has no call of its own here. An invalid id: of no image.
    template<typename Write>
    [[nodiscard]] auto change(ImageId image, const Write& write)
        -> decltype(write(std::declval<project::ProjectStore&>()));

    [[nodiscard]] Result<RevisionId>
    addRevision(const project::RevisionRecord& revision, const LabelMap& labels);
    /// For labels that project::encodeLabels() made bytes of in another thread.
    [[nodiscard]] Result<RevisionId>
    addRevision(const project::RevisionRecord& revision, const QByteArray& encodedLabels);

    /// The working labels of the image are this revision from now on: a save mark in the journal.
    void markSaved(ImageId image, RevisionId revision);

    [[nodiscard]] Status setGuideCorrection(ImageId image, const LabelMap& codes);
    [[nodiscard]] Status removeGuideCorrection(ImageId image);
    [[nodiscard]] Result<project::DecisionRecord> decide(const project::DecisionRecord& decision);
    [[nodiscard]] Result<std::int64_t> addNote(const project::NoteRecord& note);
    [[nodiscard]] Status setNoteResolved(ImageId image, std::int64_t note, bool isResolved);
    [[nodiscard]] Status setTags(ImageId image, const QStringList& tags);
    [[nodiscard]] Status setSplit(ImageId image, const QString& split);
    [[nodiscard]] Status setGroup(ImageId image, const QString& group);
    [[nodiscard]] Status setClasses(const LabelClasses& classes);
    [[nodiscard]] Status setInfo(const QString& key, const QString& value);
    [[nodiscard]] Status setContents(const std::vector<project::ImageContent>& contents);
    [[nodiscard]] Status relocate(ImageId image, const QString& path);
    [[nodiscard]] Result<std::int64_t> addJob(const project::JobRecord& job);
    [[nodiscard]] Status setJobState(std::int64_t job, const QString& state);

    /// Hands a step to the journal's writer; it is on disk within a second, then kept() follows.
    void appendEdit(project::JournalEntry entry);
    /// Models whose predictions went into the labels of an image since they were saved last, as a
    /// revision names them. Waits until every step is on disk.
    [[nodiscard]] QString takenFrom(ImageId image);
    /// Drops the oldest saved steps of an image beyond what the history keeps.
    void pruneJournal(ImageId image);
    /// Waits until every step is on disk, or failed.
    [[nodiscard]] Status flush();

    /// A verified copy of the database, in the background; seven are kept.
    void backUp();

Q_SIGNALS:
    void openingChanged(bool isOpening);
    /// The one who shows the project has time to end what it has begun.
    void aboutToClose();
    /// `content` is what was read on the way; the first receiver may take it.
    void opened(const std::shared_ptr<guidino::ui::OpenedProject>& content);
    void closed();
    /// Revisions, decisions, notes, tags, guide corrections, place or split of this image.
    void imageChanged(guidino::ImageId image);
    void classesChanged();
    void infoChanged(const QString& key);
    /// Every step is in the journal on disk.
    void kept();
    /// One more verified backup is there.
    void backedUp();
    void problemOccurred(const guidino::ui::Notice& notice);
    /// Somebody else writes to the project that was asked for: ask, then open() in another mode.
    void lockedByOther(const QStringList& paths, const guidino::project::LockOwner& owner);
    /// A portable copy was given to open(): it wants to be imported.
    void archiveGiven(const QString& file);

private:
    void adopt(Result<OpenedProject> result, const OpenRequest& request);
    void tellFailure(const Error& error, const OpenRequest& request);
    void backUpIfDue(const QString& newest);
    void writeBack();

    QString m_projectsFolder;
    QString m_name;
    QString m_author;
    LabelClasses m_classes;
    std::unique_ptr<project::ProjectStore> m_store;
    std::unique_ptr<project::JournalWriter> m_writer;
    QTimer m_backupTimer;
    QTimer m_writeBackTimer;
    bool m_isChanged = false;     // since the last backup
    bool m_isWrittenBack = false; // a local copy holds nothing newer
    int m_generation = 0;
    QThreadPool m_pool;
};

template<typename Write>
auto ProjectController::change(ImageId image, const Write& write)
    -> decltype(write(std::declval<project::ProjectStore&>()))
{
    if (m_store == nullptr) {
        return Error{ErrorCode::NotFound, "no project is open", {}};
    }
    auto result = write(*m_store);
    if (result) {
        m_isChanged = true;
        m_isWrittenBack = false;
        if (image.isValid()) {
            Q_EMIT imageChanged(image);
        }
    }
    return result;
}

} // namespace guidino::ui
