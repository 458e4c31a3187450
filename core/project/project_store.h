// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/project/model_records.h"
#include "core/project/project_types.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace guidino::project {

class Connection;

/// How a project is opened. TakeOver writes although another program's lock was left behind or is
/// still held.
enum class OpenMode { ReadWrite, ReadOnly, TakeOver };

/// A project: a folder with `project.db` (SQLite, WAL), owned by one program at a time. The folder
/// may hold `images/` (those that were copied), `models/` and `jobs/`. The format is in
/// docs/project-format.md. On network file systems and in synchronised folders the database is
/// worked on as a local copy that the end of the store writes back (working_copy.h).
///
/// GUI thread only; every call is short but for the loading and storing of label maps. Errors:
/// CannotWrite (disk, lock), BadInput (damaged, newer), NotFound (no such folder or record).
class ProjectStore
{
public:
    /// Makes the folder and an empty project in it. BadInput where a project is there already.
    [[nodiscard]] static Result<std::unique_ptr<ProjectStore>>
    create(const QString& folder, const QString& name);

    /// CannotWrite with context "owner" where another program holds the lock and the mode is
    /// ReadWrite; with context "sealed" where the folder or its database can be read only.
    [[nodiscard]] static Result<std::unique_ptr<ProjectStore>>
    open(const QString& folder, OpenMode mode = OpenMode::ReadWrite);

    /// True where the folder holds a project.
    [[nodiscard]] static bool isProject(const QString& folder);

    /// A reader beside the store that has the project open, which may work on a local copy:
    /// `databaseFile` is that store's. For other threads of the same program.
    [[nodiscard]] static Result<std::unique_ptr<ProjectStore>>
    openReader(const QString& folder, const QString& databaseFile);

    /// Who holds the project open for writing, if somebody does.
    [[nodiscard]] static std::optional<LockOwner> lockOwner(const QString& folder);

    ProjectStore(const ProjectStore&) = delete;
    ProjectStore& operator=(const ProjectStore&) = delete;
    ~ProjectStore();

    [[nodiscard]] const QString& folder() const { return m_folder; }

    [[nodiscard]] const QString& databaseFile() const { return m_databaseFile; }

    [[nodiscard]] bool isReadOnly() const { return m_isReadOnly; }

    /// The database is a local copy, because SQLite's WAL does not hold where the folder lies.
    [[nodiscard]] bool isLocalCopy() const { return m_isLocalCopy; }

    /// Changes of an earlier session that no longer fit were kept aside in this file; empty: none.
    [[nodiscard]] const QString& keptAside() const { return m_keptAside; }

    // Settings and info: free keys ("name", "view/theme").
    [[nodiscard]] Result<QString> info(const QString& key) const;
    [[nodiscard]] Status setInfo(const QString& key, const QString& value);
    [[nodiscard]] Status removeInfo(const QString& key);
    /// All whose keys begin so, by key, in one query.
    [[nodiscard]] Result<std::map<QString, QString>> infos(const QString& prefix) const;

    /// Adds images in one transaction; an image whose path is there already keeps its record. Paths
    /// inside the project folder are stored relative to it.
    [[nodiscard]] Result<std::vector<ImageId>> addImages(const std::vector<ImageRecord>& images);
    [[nodiscard]] Result<std::int64_t> imageCount() const;
    /// In order of id. 100,000 records take well under a second.
    [[nodiscard]] Result<std::vector<ImageRecord>> images() const;
    [[nodiscard]] Result<ImageRecord> image(ImageId id) const;
    [[nodiscard]] Result<std::vector<ImageRecord>> imagesWithHash(const QString& sha256) const;
    /// The file of an image on this machine, whether it is there or not.
    [[nodiscard]] QString absolutePath(const ImageRecord& image) const;
    /// Points an image to another file; its hash decides whether it is the same picture, which the
    /// caller checks.
    [[nodiscard]] Status relocate(ImageId id, const QString& path);
    /// Hashes and sizes in one transaction.
    [[nodiscard]] Status setContents(const std::vector<ImageContent>& contents);
    /// What the list shows of all images that have more than a record, in order of id.
    [[nodiscard]] Result<std::vector<ImageState>> imageStates() const;
    /// The same for one image.
    [[nodiscard]] Result<ImageState> imageState(ImageId id) const;
    [[nodiscard]] Status setSplit(ImageId id, const QString& split);
    [[nodiscard]] Status setGroup(ImageId id, const QString& group);
    [[nodiscard]] Result<QStringList> tags(ImageId id) const;
    [[nodiscard]] Status setTags(ImageId id, const QStringList& tags);

    /// All tags in use, sorted.
    [[nodiscard]] Result<QStringList> allTags() const;

    [[nodiscard]] Result<std::vector<ClassRecord>> classes() const;
    [[nodiscard]] Status setClasses(const std::vector<ClassRecord>& classes);

    /// Stores a label map for ever. `created` is now where it is not valid.
    [[nodiscard]] Result<RevisionId>
    addRevision(const RevisionRecord& revision, const LabelMap& labels);
    /// The same for labels that encodeLabels() made bytes of, in another thread; `revision.classes`
    /// says what is in them.
    [[nodiscard]] Result<RevisionId>
    addRevision(const RevisionRecord& revision, const QByteArray& encodedLabels);
    [[nodiscard]] Result<std::vector<RevisionRecord>> revisions(ImageId image) const;
    /// Of all images, in order of id.
    [[nodiscard]] Result<std::vector<RevisionRecord>> allRevisions() const;
    [[nodiscard]] Result<RevisionRecord> revision(RevisionId id) const;
    [[nodiscard]] Result<LabelMap> revisionLabels(RevisionId id) const;
    /// Of the image's newest label map; its own size where there is none. Empty: neither is known.
    [[nodiscard]] Result<Size> sizeOfLabels(ImageId image) const;
    /// The newest of a kind; nullopt where there is none.
    [[nodiscard]] Result<std::optional<RevisionRecord>>
    newestRevision(ImageId image, RevisionKind kind) const;

    /// Codes per pixel: 0 ignore, 1 attend, 255 unspecified; any size.
    [[nodiscard]] Status
    setGuideCorrection(ImageId image, const LabelMap& codes, const QString& author);
    [[nodiscard]] Status removeGuideCorrection(ImageId image);
    [[nodiscard]] Result<std::optional<LabelMap>> guideCorrection(ImageId image) const;

    /// Appends to the audit trail; the hash chains it to the record before.
    [[nodiscard]] Result<DecisionRecord> addDecision(const DecisionRecord& decision);
    [[nodiscard]] Result<std::vector<DecisionRecord>> decisions(ImageId image) const;
    [[nodiscard]] Result<std::vector<DecisionRecord>> allDecisions() const;
    /// Of decisions and of what was done with models. CheckFailed names the first record whose hash
    /// does not follow from those before it (context "decision" or "model_event").
    [[nodiscard]] Status verifyAuditTrail() const;

    [[nodiscard]] Result<std::int64_t> addNote(const NoteRecord& note);
    [[nodiscard]] Result<std::vector<NoteRecord>> notes(ImageId image) const;
    [[nodiscard]] Status setNoteResolved(std::int64_t note, bool isResolved);

    /// Adds a model, or replaces what is known of it: one record for each SHA-256. Paths inside the
    /// project folder are stored relative to it. BadInput without a SHA-256.
    [[nodiscard]] Status setModel(const ModelRecord& model);
    /// The oldest first; paths are absolute.
    [[nodiscard]] Result<std::vector<ModelRecord>> models() const;
    /// Appends to the trail of models; the hash chains it to the record before.
    [[nodiscard]] Result<ModelEvent> addModelEvent(const ModelEvent& event);
    /// The oldest first.
    [[nodiscard]] Result<std::vector<ModelEvent>> modelEvents() const;
    /// Models whose predictions went into the labels of an image since they were saved last, in
    /// order, by the edits in force.
    [[nodiscard]] Result<QStringList> unsavedSources(ImageId image) const;

    [[nodiscard]] Result<std::int64_t> addJob(const JobRecord& job);
    [[nodiscard]] Status setJobState(std::int64_t job, const QString& state);
    /// The newest first.
    [[nodiscard]] Result<std::vector<JobRecord>> jobs() const;

    /// The journal of an image, oldest first, as the writer appended it.
    [[nodiscard]] Result<std::vector<JournalEntry>> journal(ImageId image) const;
    /// Images with entries after their last save: what a crash left.
    [[nodiscard]] Result<std::vector<ImageId>> imagesWithUnsavedEdits() const;
    /// Drops the oldest saved entries of an image beyond `keep` edits. Unsaved ones always stay.
    [[nodiscard]] Status pruneJournal(ImageId image, int keep);

    /// Writes a consistent copy of the database and reads it back; keeps the newest `keep` below
    /// `backups/`.
    [[nodiscard]] Result<QString> backUp(int keep = 7);
    [[nodiscard]] QStringList backups() const;

private:
    ProjectStore() = default;

    [[nodiscard]] Status takeLock(bool byForce);
    [[nodiscard]] Status chooseDatabase();
    [[nodiscard]] Result<std::vector<ImageRecord>>
    selectImages(const QString& where, const QVariantList& values) const;
    [[nodiscard]] Result<std::vector<ImageState>>
    selectStates(const QString& where, const QVariantList& values) const;
    [[nodiscard]] Result<std::vector<RevisionRecord>>
    selectRevisions(const QString& where, const QVariantList& values) const;
    [[nodiscard]] Result<std::vector<DecisionRecord>>
    selectDecisions(const QString& where, const QVariantList& values) const;
    [[nodiscard]] QString storedPath(const QString& path) const;
    [[nodiscard]] Status verifyModelTrail() const;
    [[nodiscard]] Status update(const QString& sql, const QVariantList& values);

    QString m_folder;
    QString m_databaseFile;
    QString m_keptAside;
    bool m_isReadOnly = false;
    bool m_isLocalCopy = false;
    int m_lockDescriptor = -1;
    std::unique_ptr<Connection> m_connection;
};

} // namespace guidino::project
