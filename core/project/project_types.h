// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/label_map.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <vector>

/// The records of a project, as values. Times are UTC.
namespace guidino::project {

/// An image of the project. It is referenced, not owned, unless it was copied into the project.
struct ImageRecord
{
    ImageId id;
    QString name;   ///< stem, as shown
    QString path;   ///< relative to the project folder where that is possible, with '/'
    QString sha256; ///< of the file's content
    Size size;      ///< pixels, after EXIF orientation
    QString group;  ///< patient or case; images of one group stay in one split
    QString split;  ///< train, validation, test, locked; empty: not assigned
    QDateTime added;
    QString mask;      ///< the data set's own mask, relative or absolute like `path`; empty: none
    QString labelFile; ///< where its mask is saved below a labels folder, relative; empty: nowhere
};

/// What a look into an image's file told.
struct ImageContent
{
    ImageId id;
    QString sha256;
    Size size;
};

/// A class of the label maps. Value 0 is background and has no record.
struct ClassRecord
{
    std::uint8_t value = 1; ///< 1..254
    QString name;
    std::uint32_t colour = 0; ///< 0xRRGGBB
    bool isLocked = false;    ///< edits neither replace nor paint it

    friend bool operator==(const ClassRecord&, const ClassRecord&) = default;
};

/// Where a stored label map came from.
enum class RevisionKind { Prediction = 1, Human = 2, Imported = 3 };

/// A stored state of one image's label map. Never overwritten.
struct RevisionRecord
{
    RevisionId id;
    ImageId image;
    RevisionKind kind = RevisionKind::Human;
    QString author; ///< of human and imported revisions
    /// SHA-256 of the bundle, of predictions and of what was accepted from them; several, set off
    /// by commas, where labels hold parts of several models' predictions.
    QString model;
    RevisionId parent;
    /// "drawn", "accepted" (by a decision), "taken" (over from a prediction on the canvas),
    /// "imported", "adjudicated", "majority", "staple": kept for ever.
    QString origin;
    QDateTime created;
    /// Values but 0 in the labels, of revisions that are added from encoded bytes; not read back.
    std::vector<std::uint8_t> classes;
};

/// What a reader decided about one revision.
enum class Verdict {
    Accepted = 1,
    Rejected = 2,
    Unsure = 3,
    Withdrawn = 4, ///< takes back the newest decision in force of this reader on this image
};

/// A decision of a reader, part of the append-only, hash-chained audit trail.
struct DecisionRecord
{
    std::int64_t id = 0;
    ImageId image;
    RevisionId revision;
    Verdict verdict = Verdict::Unsure;
    QString reader;
    QString reason;
    double secondsSpent = 0;
    QDateTime created;
    QString hash; ///< SHA-256 over this record and the hash before it
};

/// A note pinned to a place of an image, in pixels.
struct NoteRecord
{
    std::int64_t id = 0;
    ImageId image;
    double x = 0;
    double y = 0;
    QString text;
    QString author;
    QDateTime created;
    bool isResolved = false;
};

/// What is known of an image besides its record, for lists: ids of the newest revisions of each
/// kind, the newest decision, and what else there is. Ids are 0 where there is none.
struct ImageState
{
    ImageId image;
    RevisionId prediction;
    RevisionId human;
    RevisionId imported;
    std::optional<Verdict> verdict; ///< of the newest decision in force
    RevisionId decided;             ///< the revision that it names
    bool hasGuideCorrection = false;
    bool hasUnsavedEdits = false; ///< journal lines after the last save
    bool hasOpenNotes = false;
    QStringList tags;
    std::vector<std::uint8_t> classes; ///< values in its newest human or imported labels, without 0
};

/// A job that was started from the project; its record is its folder.
struct JobRecord
{
    std::int64_t id = 0;
    QString kind;   ///< "fine-tune", "predict"
    QString folder; ///< of the run
    QString state;  ///< as last seen: "running", "finished", "failed", "cancelled"
    QDateTime created;
};

/// What happened to an annotation, in the order in which it happened.
enum class JournalKind {
    Edit = 1, ///< a patch was made
    Undo = 2, ///< the newest edit in force was taken back
    Redo = 3, ///< the last one taken back was put back
    Save = 4, ///< the state became a revision
};

/// A tile before and after an edit; shares memory with the label maps it came from.
struct TileChange
{
    std::uint32_t tile = 0;
    LabelMap::TilePtr before;
    LabelMap::TilePtr after;
};

/// One line of an image's edit journal. Immutable once made; may be handed to other threads.
struct JournalEntry
{
    std::int64_t id = 0; ///< given by the store
    ImageId image;
    JournalKind kind = JournalKind::Edit;
    QString text; ///< what an edit did, as shown in the history
    QDateTime created;
    std::vector<TileChange> tiles; ///< of edits
    RevisionId revision;           ///< of saves
    QString model; ///< SHA-256 of the bundle whose prediction an edit took pixels of; else empty
};

/// Who holds a project open for writing.
struct LockOwner
{
    QString user;
    QString host;
    qint64 pid = 0;
    QDateTime since;
};

} // namespace guidino::project
