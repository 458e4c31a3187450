// SPDX-License-Identifier: Apache-2.0
#include "core/project/reader_package.h"

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/project/project_store.h"
#include "core/project/redaction.h"
#include "core/project/review_state.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QUuid>

#include <algorithm>
#include <map>
#include <set>

namespace guidino::project {

namespace {

constexpr auto kReaderKey = "package/reader";
constexpr auto kIdKey = "package/id";

/// In a package: from the hash of its own picture to that of the original.
QString originKey(const QString& sha256)
{
    return QStringLiteral("package/origin/%1").arg(sha256);
}

/// Copies one image with its newest prediction; false where its file cannot be read.
Result<bool> copyImage(
    const ProjectStore& from,
    const ImageRecord& image,
    ProjectStore& to,
    const ReaderPackage& package)
{
    auto regions = redactionsOf(from, image.id);
    if (!regions) {
        return std::move(regions).error();
    }
    auto png = cleanedPng(from.absolutePath(image).toStdString(), *regions);
    if (!png) {
        return false;
    }
    ImageRecord copy;
    copy.name = pseudonymOf(image.id);
    copy.path = QStringLiteral("images/%1.png").arg(copy.name);
    copy.sha256 = QString::fromStdString(sha256Of(*png));
    copy.size = image.size;
    GD_TRY(writeFileAtomically(QDir(to.folder()).filePath(copy.path).toStdString(), *png));
    auto ids = to.addImages({copy});
    if (!ids) {
        return std::move(ids).error();
    }
    GD_TRY(to.setInfo(originKey(copy.sha256), image.sha256.isEmpty() ? copy.sha256 : image.sha256));
    if (!package.withPredictions) {
        return true;
    }
    auto prediction = from.newestRevision(image.id, RevisionKind::Prediction);
    if (!prediction) {
        return std::move(prediction).error();
    }
    if (!prediction->has_value()) {
        return true;
    }
    auto labels = from.revisionLabels((*prediction)->id);
    if (!labels) {
        return std::move(labels).error();
    }
    RevisionRecord record = **prediction;
    record.image = ids->front();
    record.parent = {};
    auto added = to.addRevision(record, *labels);
    if (!added) {
        return std::move(added).error();
    }
    return true;
}

double foregroundDsc(const LabelMap& a, const LabelMap& b)
{
    const Raster8 one = a.toRaster();
    const Raster8 other = b.toRaster();
    std::int64_t common = 0;
    std::int64_t both = 0;
    for (std::size_t i = 0; i < one.pixels().size() && i < other.pixels().size(); ++i) {
        const bool inOne = one.pixels()[i] != 0 && one.pixels()[i] != kIgnoreLabel;
        const bool inOther = other.pixels()[i] != 0 && other.pixels()[i] != kIgnoreLabel;
        both += (inOne ? 1 : 0) + (inOther ? 1 : 0);
        common += inOne && inOther ? 1 : 0;
    }
    return both == 0 ? 1.0 : 2.0 * static_cast<double>(common) / static_cast<double>(both);
}

} // namespace

struct ReaderMerge::State
{
    explicit State(ProjectStore& target)
        : m_store(target)
    {}

    void conflict(MergeConflict::Kind kind, const ImageRecord& image, const QString& other = {})
    {
        m_outcome.conflicts.push_back(
            {kind, image.id, image.name, m_outcome.reader, other, std::nullopt});
    }

    Status compareClasses()
    {
        auto ours = m_store.classes();
        auto theirs = m_package->classes();
        if (!ours || !theirs) {
            return ours ? theirs.error() : ours.error();
        }
        const auto differs = [&](const ClassRecord& theirClass) {
            return std::none_of(ours->begin(), ours->end(), [&](const ClassRecord& one) {
                return one.value == theirClass.value && one.name == theirClass.name;
            });
        };
        if (std::any_of(theirs->begin(), theirs->end(), differs)) {
            conflict(MergeConflict::Kind::Classes, {});
        }
        return {};
    }

    Result<std::optional<ImageRecord>> counterpart(const ImageRecord& theirs)
    {
        auto origin = m_package->info(originKey(theirs.sha256));
        if (!origin) {
            return std::move(origin).error();
        }
        for (const QString& hash : {*origin, theirs.sha256}) {
            if (hash.isEmpty()) {
                continue;
            }
            auto found = m_store.imagesWithHash(hash);
            if (!found) {
                return std::move(found).error();
            }
            if (found->size() > 1) {
                conflict(MergeConflict::Kind::SeveralImages, found->front());
            }
            if (!found->empty()) {
                return std::optional(found->front());
            }
        }
        return std::optional<ImageRecord>();
    }

    Status mergeImage(const ImageRecord& theirs)
    {
        auto match = counterpart(theirs);
        if (!match) {
            return std::move(match).error();
        }
        const bool hasWork = hasWorkOn(theirs.id);
        if (!match->has_value()) {
            if (hasWork) {
                ImageRecord named = theirs;
                named.id = {};
                conflict(MergeConflict::Kind::NoImage, named);
            }
            return {};
        }
        if (!hasWork) {
            return {};
        }
        const ImageRecord& ours = **match;
        ++m_outcome.images;
        GD_TRY(mergeRevisions(theirs.id, ours.id));
        GD_TRY(mergeDecisions(theirs.id, ours.id));
        GD_TRY(mergeNotes(theirs.id, ours.id));
        GD_TRY(mergeGuide(theirs.id, ours));
        return findConflicts(ours);
    }

    bool hasWorkOn(ImageId image) const
    {
        const auto revisions = m_package->revisions(image);
        const auto decisions = m_package->decisions(image);
        const auto notes = m_package->notes(image);
        const auto guide = m_package->guideCorrection(image);
        return (revisions
                && std::any_of(
                    revisions->begin(),
                    revisions->end(),
                    [](const auto& one) { return one.kind != RevisionKind::Prediction; }))
               || (decisions && !decisions->empty()) || (notes && !notes->empty())
               || (guide && guide->has_value());
    }

    QString authorOf(const QString& author) const
    {
        return author.isEmpty() ? m_outcome.reader : author;
    }

    Status mergeRevisions(ImageId theirs, ImageId ours)
    {
        m_revisions.clear();
        auto incoming = m_package->revisions(theirs);
        auto present = m_store.revisions(ours);
        if (!incoming || !present) {
            return incoming ? present.error() : incoming.error();
        }
        for (const RevisionRecord& revision : *incoming) {
            const bool isPrediction = revision.kind == RevisionKind::Prediction;
            const auto same = std::find_if(present->begin(), present->end(), [&](const auto& one) {
                return one.created == revision.created && one.model == revision.model
                       && (isPrediction ? one.kind == RevisionKind::Prediction
                                        : one.author == authorOf(revision.author));
            });
            if (same != present->end()) {
                m_revisions[revision.id] = same->id;
                continue;
            }
            auto labels = m_package->revisionLabels(revision.id);
            if (!labels) {
                return std::move(labels).error();
            }
            RevisionRecord record = revision;
            record.image = ours;
            record.parent = m_revisions[revision.parent];
            if (!isPrediction) {
                record.kind = RevisionKind::Imported;
                record.author = authorOf(revision.author);
                ++m_outcome.revisions;
            }
            auto id = m_store.addRevision(record, *labels);
            if (!id) {
                return std::move(id).error();
            }
            m_revisions[revision.id] = *id;
        }
        return {};
    }

    Status mergeDecisions(ImageId theirs, ImageId ours)
    {
        auto incoming = m_package->decisions(theirs);
        auto present = m_store.decisions(ours);
        if (!incoming || !present) {
            return incoming ? present.error() : incoming.error();
        }
        for (const DecisionRecord& decision : *incoming) {
            const QString reader = authorOf(decision.reader);
            const bool isThere =
                std::any_of(present->begin(), present->end(), [&](const auto& one) {
                    return one.created == decision.created && one.reader == reader
                           && one.verdict == decision.verdict;
                });
            if (isThere) {
                continue;
            }
            DecisionRecord record = decision;
            record.image = ours;
            record.reader = reader;
            record.revision = m_revisions[decision.revision];
            auto added = m_store.addDecision(record);
            if (!added) {
                return std::move(added).error();
            }
            ++m_outcome.decisions;
        }
        return {};
    }

    Status mergeNotes(ImageId theirs, ImageId ours)
    {
        auto incoming = m_package->notes(theirs);
        auto present = m_store.notes(ours);
        if (!incoming || !present) {
            return incoming ? present.error() : incoming.error();
        }
        for (const NoteRecord& note : *incoming) {
            const bool isThere =
                std::any_of(present->begin(), present->end(), [&](const auto& one) {
                    return one.created == note.created && one.text == note.text;
                });
            if (isThere) {
                continue;
            }
            NoteRecord record = note;
            record.image = ours;
            record.author = authorOf(note.author);
            auto added = m_store.addNote(record);
            if (!added) {
                return std::move(added).error();
            }
            ++m_outcome.notes;
        }
        return {};
    }

    Status mergeGuide(ImageId theirs, const ImageRecord& ours)
    {
        auto incoming = m_package->guideCorrection(theirs);
        auto present = m_store.guideCorrection(ours.id);
        if (!incoming || !present) {
            return incoming ? present.error() : incoming.error();
        }
        if (!incoming->has_value() || (present->has_value() && **present == **incoming)) {
            return {};
        }
        if (present->has_value()) {
            conflict(MergeConflict::Kind::Guide, ours);
            return {};
        }
        ++m_outcome.guides;
        return m_store.setGuideCorrection(ours.id, **incoming, m_outcome.reader);
    }

    /// Compares the reader's newest label and verdict with those of everybody else.
    Status findConflicts(const ImageRecord& image)
    {
        auto revisions = m_store.revisions(image.id);
        auto decisions = m_store.decisions(image.id);
        if (!revisions || !decisions) {
            return revisions ? decisions.error() : revisions.error();
        }
        std::set<QString> readers;
        for (const RevisionRecord& revision : *revisions) {
            if (revision.kind != RevisionKind::Prediction) {
                readers.insert(revision.author);
            }
        }
        for (const DecisionRecord& decision : *decisions) {
            readers.insert(decision.reader);
        }
        const ReviewStatus own = reviewStatus(*revisions, *decisions, m_outcome.reader);
        for (const QString& reader : readers) {
            if (reader == m_outcome.reader) {
                continue;
            }
            const ReviewStatus other = reviewStatus(*revisions, *decisions, reader);
            if (own.decision && other.decision
                && own.decision->verdict != other.decision->verdict) {
                conflict(MergeConflict::Kind::Verdict, image, reader);
            }
            if (!own.reference.isValid() || !other.reference.isValid()) {
                continue;
            }
            auto ownLabels = m_store.revisionLabels(own.reference);
            auto otherLabels = m_store.revisionLabels(other.reference);
            if (!ownLabels || !otherLabels) {
                return ownLabels ? otherLabels.error() : ownLabels.error();
            }
            if (!(*ownLabels == *otherLabels)) {
                conflict(MergeConflict::Kind::Labels, image, reader);
                m_outcome.conflicts.back().dsc = foregroundDsc(*ownLabels, *otherLabels);
            }
        }
        return {};
    }

    ProjectStore& m_store;
    std::unique_ptr<ProjectStore> m_package;
    std::vector<ImageRecord> m_images; ///< of the package
    std::size_t m_done = 0;
    MergeOutcome m_outcome;
    std::map<RevisionId, RevisionId> m_revisions; ///< theirs → ours, of the image at work
};

ReaderMerge::ReaderMerge(std::unique_ptr<State> state)
    : m_state(std::move(state))
{}

ReaderMerge::~ReaderMerge() = default;

Result<std::unique_ptr<ReaderMerge>> ReaderMerge::open(ProjectStore& store, const QString& folder)
{
    auto package = ProjectStore::open(folder);
    if (!package) {
        return std::move(package).error();
    }
    GD_TRY((*package)->verifyAuditTrail());
    auto reader = (*package)->info(QLatin1StringView(kReaderKey));
    if (!reader) {
        return std::move(reader).error();
    }
    auto images = (*package)->images();
    if (!images) {
        return std::move(images).error();
    }
    auto state = std::make_unique<State>(store);
    state->m_package = std::move(package).value();
    state->m_images = std::move(images).value();
    state->m_outcome.reader = *reader;
    GD_TRY(state->compareClasses());
    return std::unique_ptr<ReaderMerge>(new ReaderMerge(std::move(state)));
}

std::size_t ReaderMerge::done() const
{
    return m_state->m_done;
}

std::size_t ReaderMerge::total() const
{
    return m_state->m_images.size();
}

const MergeOutcome& ReaderMerge::outcome() const
{
    return m_state->m_outcome;
}

Status ReaderMerge::step()
{
    if (isDone()) {
        return {};
    }
    GD_TRY(m_state->mergeImage(m_state->m_images[m_state->m_done]));
    ++m_state->m_done;
    return {};
}

Result<ReaderPackageOutcome>
writeReaderPackage(const QString& projectFolder, const QString& file, const ReaderPackage& package)
{
    if (package.reader.trimmed().isEmpty()) {
        return Error{ErrorCode::Usage, "a package needs the name of its reader", {}};
    }
    auto from = package.database.isEmpty()
                    ? ProjectStore::open(projectFolder, OpenMode::ReadOnly)
                    : ProjectStore::openReader(projectFolder, package.database);
    if (!from) {
        return std::move(from).error();
    }
    const QTemporaryDir scratch(
        QFileInfo(file).absoluteDir().filePath(QStringLiteral(".gdino-XXXXXX")));
    if (!scratch.isValid()) {
        return Error{
            ErrorCode::CannotWrite,
            "cannot write beside '" + file.toStdString() + "'",
            {{"file", file.toStdString()}}};
    }
    ReaderPackageOutcome outcome;
    const QString folder = scratch.filePath(QStringLiteral("package"));
    {
        auto to = ProjectStore::create(folder, QStringLiteral("Reading of %1").arg(package.reader));
        if (!to) {
            return std::move(to).error();
        }
        if (!QDir(folder).mkpath(QStringLiteral("images"))) {
            return Error{ErrorCode::CannotWrite, "cannot make a folder for the images", {}};
        }
        GD_TRY((*to)->setInfo(QLatin1StringView(kReaderKey), package.reader.trimmed()));
        GD_TRY((*to)->setInfo(
            QLatin1StringView(kIdKey), QUuid::createUuid().toString(QUuid::WithoutBraces)));
        auto classes = (*from)->classes();
        auto images = (*from)->images();
        if (!classes || !images) {
            return classes ? images.error() : classes.error();
        }
        GD_TRY((*to)->setClasses(*classes));
        if (!package.images.empty()) {
            std::erase_if(*images, [&](const ImageRecord& image) {
                return std::find(package.images.begin(), package.images.end(), image.id)
                       == package.images.end();
            });
        }
        std::int64_t done = 0;
        for (const ImageRecord& image : *images) {
            if (package.cancel.isCancelled()) {
                return Error{ErrorCode::Cancelled, "cancelled", {}};
            }
            auto copied = copyImage(**from, image, **to, package);
            if (!copied) {
                return std::move(copied).error();
            }
            outcome.images += *copied ? 1 : 0;
            if (!*copied) {
                outcome.leftOut << image.name;
            }
            if (package.progress) {
                package.progress(++done, static_cast<std::int64_t>(images->size()));
            }
        }
    }
    ExportOptions options;
    options.withModels = false;
    options.cancel = package.cancel;
    auto exported = exportProject(folder, file, options);
    if (!exported) {
        return std::move(exported).error();
    }
    return outcome;
}

Result<MergeOutcome> mergeReaderPackage(
    ProjectStore& store,
    const QString& file,
    const ArchiveProgress& progress,
    const CancelToken& cancel)
{
    const QTemporaryDir scratch;
    if (!scratch.isValid()) {
        return Error{ErrorCode::CannotWrite, "cannot make a temporary folder", {}};
    }
    const QString folder = scratch.filePath(QStringLiteral("package"));
    ImportOptions options;
    options.cancel = cancel;
    GD_TRY(importProject(file, folder, options));
    auto merge = ReaderMerge::open(store, folder);
    if (!merge) {
        return std::move(merge).error();
    }
    while (!(*merge)->isDone()) {
        if (cancel.isCancelled()) {
            return Error{ErrorCode::Cancelled, "cancelled", {}};
        }
        GD_TRY((*merge)->step());
        if (progress) {
            progress(
                static_cast<std::int64_t>((*merge)->done()),
                static_cast<std::int64_t>((*merge)->total()));
        }
    }
    return (*merge)->outcome();
}

} // namespace guidino::project
