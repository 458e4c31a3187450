// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/project/archive.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

/// Several readers without a server: a blinded `.gdino` package for each, and their work brought
/// back by image hash. Any thread, on stores of that thread's own.
namespace guidino::project {

class ProjectStore;

/// What one reader gets.
struct ReaderPackage
{
    QString reader;              ///< must not be empty; authors the reader's revisions
    std::vector<ImageId> images; ///< empty: all
    bool withPredictions = true; ///< the newest prediction of each image
    QString database;            ///< to read instead of the project's own (openReader())
    ArchiveProgress progress;    ///< images done and images in all, then bytes
    CancelToken cancel;
};

/// What a package holds.
struct ReaderPackageOutcome
{
    int images = 0;
    QStringList leftOut; ///< images whose file is missing or damaged, by name
};

/// Writes a package in which the reader sees pixels (redacted, without EXIF, under pseudonyms), the
/// classes and, if asked, predictions; never another reader's labels, decisions, notes, tags,
/// groups, splits or file names. The source project may be open. Errors: Usage (no reader),
/// NotFound, CannotWrite, Cancelled.
[[nodiscard]] Result<ReaderPackageOutcome>
writeReaderPackage(const QString& projectFolder, const QString& file, const ReaderPackage& package);

/// Something that a person should look at after a merge.
struct MergeConflict
{
    enum class Kind {
        Labels,        ///< two readers' newest label maps differ
        Verdict,       ///< two readers judged differently
        Guide,         ///< both corrected the guide; the project's own was kept
        NoImage,       ///< the package has an image that the project lacks
        SeveralImages, ///< several images of the project have that content; the first was taken
        Classes,       ///< the package names other classes
    };
    Kind kind = Kind::Labels;
    ImageId image;             ///< invalid for NoImage and Classes
    QString name;              ///< of the image, or of the package's where the project lacks it
    QString reader;            ///< whose work came in
    QString other;             ///< whose work was there
    std::optional<double> dsc; ///< of Labels: of the two foregrounds
};

/// What a merge brought in. All counts are of records that were not there before: merging a package
/// twice adds nothing.
struct MergeOutcome
{
    QString reader;
    int images = 0; ///< with something of the reader's
    int revisions = 0;
    int decisions = 0;
    int notes = 0;
    int guides = 0;
    std::vector<MergeConflict> conflicts;
};

/// One merge: brings a package's human label maps (all of them, parents kept), decisions, notes and
/// guide corrections in as the reader's: label maps as imported revisions with the reader as author
/// and their origin and model kept, decisions at the end of the audit trail with their own times.
/// Nothing that is there is changed. Image by image, so that a window stays alive meanwhile; used
/// in the thread of the store.
class ReaderMerge
{
public:
    /// `folder`: a package that importProject() unpacked. CheckFailed where its audit trail was
    /// changed; errors of ProjectStore::open().
    [[nodiscard]] static Result<std::unique_ptr<ReaderMerge>>
    open(ProjectStore& store, const QString& folder);

    ReaderMerge(const ReaderMerge&) = delete;
    ReaderMerge& operator=(const ReaderMerge&) = delete;
    ~ReaderMerge();

    [[nodiscard]] std::size_t done() const;
    [[nodiscard]] std::size_t total() const;

    [[nodiscard]] bool isDone() const { return done() == total(); }

    /// Brings the next image in. CannotWrite; what came in before stays, and merging the package
    /// again goes on from there.
    [[nodiscard]] Status step();

    [[nodiscard]] const MergeOutcome& outcome() const;

private:
    struct State;

    explicit ReaderMerge(std::unique_ptr<State> state);

    std::unique_ptr<State> m_state;
};

/// Unpacks and merges at once. Errors: those of importProject() and of ReaderMerge; Cancelled.
[[nodiscard]] Result<MergeOutcome> mergeReaderPackage(
    ProjectStore& store,
    const QString& file,
    const ArchiveProgress& progress = {},
    const CancelToken& cancel = {});

} // namespace guidino::project
