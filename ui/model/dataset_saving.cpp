// SPDX-License-Identifier: Apache-2.0
// The parts of DatasetController that save labels and go back to saved ones.
#include "core/project/journal_codec.h"
#include "ui/model/afterwards.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/project_controller.h"

#include <QtConcurrentRun>

#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

} // namespace

/// Labels of an image on their way into a revision.
struct DatasetController::ToSave
{
    QByteArray labels; ///< encoded
    std::vector<std::uint8_t> classes;
};

void DatasetController::save()
{
    if (m_saving > 0 || m_project.isReadOnly()) {
        return;
    }
    m_savedCount = 0;
    const QSet<qint64> unsaved = m_unsaved;
    for (const qint64 id : unsaved) {
        if (const int row = m_images.rowOf(ImageId{id}); row >= 0) {
            saveOne(m_images.entry(row));
        }
    }
    if (m_saving == 0) {
        Q_EMIT saved(0);
    }
}

void DatasetController::saveOne(const ImageEntry& entry)
{
    ++m_saving;
    std::optional<LabelMap> labels;
    int version = 0;
    if (AnnotationDocument* document = m_documents.document(entry.id)) {
        document->cancelStroke();
        labels = document->labels();
        version = document->labelsVersion();
    }
    const auto write = [source = labelSourceOf(entry),
                        image = entry.image,
                        labels = std::move(labels),
                        classes = classes()]() -> Result<ToSave> {
        LabelMap map;
        if (labels) {
            map = *labels;
        } else { // edits of an earlier session
            const auto size = readImageSize(image);
            if (!size) {
                return size.error();
            }
            FoundLabels found = findLabels(source, *size);
            if (found.error) {
                return *found.error;
            }
            map = std::move(found.labels);
        }
        if (!source.saved.empty()) {
            GD_TRY(writeLabelFile(source.saved, map, classes));
        }
        return ToSave{project::encodeLabels(map), project::classesIn(map)};
    };
    afterwards(
        QtConcurrent::run(&m_pool, write),
        this,
        [this, id = entry.id, version, generation = m_generation](const Result<ToSave>& result) {
            // Ids belong to one project; another one may have been opened meanwhile.
            if (generation == m_generation) {
                noteSaved(id, version, result);
            }
        });
}

void DatasetController::noteIfPredicted(
    const AnnotationDocument* document, const QByteArray& labels, project::RevisionRecord& record)
{
    if (record.model.isEmpty()) {
        return;
    }
    RevisionId prediction;
    const auto map = project::decodeLabels(labels);
    if (document != nullptr && document->prediction() != nullptr
        && document->prediction()->sha256 == record.model && map
        && document->prediction()->labels == *map) {
        prediction = keepPrediction(record.image, record.model, labels).value_or(RevisionId());
    } else if (map) { // edits of an earlier session
        const auto newest =
            m_project.store()->newestRevision(record.image, project::RevisionKind::Prediction);
        if (newest && newest->has_value() && (*newest)->model == record.model) {
            const auto said = m_project.store()->revisionLabels((*newest)->id);
            prediction = said && *said == *map ? (*newest)->id : RevisionId();
        }
    }
    if (prediction.isValid()) {
        record.origin = QStringLiteral("taken");
        record.parent = prediction;
    }
}

void DatasetController::noteSaved(ImageId image, int version, const Result<ToSave>& labels)
{
    --m_saving;
    AnnotationDocument* document = m_documents.document(image);
    project::RevisionRecord record;
    record.image = image;
    record.kind = project::RevisionKind::Human;
    record.author = m_project.author();
    record.parent = m_bases.value(image.value);
    record.origin = QStringLiteral("drawn");
    const auto store = [&]() -> Result<RevisionId> {
        if (!labels) {
            return labels.error();
        }
        record.classes = labels->classes;
        record.model = m_project.takenFrom(image);
        noteIfPredicted(document, labels->labels, record);
        return m_project.addRevision(record, labels->labels);
    };
    const Result<RevisionId> revision = store();
    if (!revision) {
        Notice notice = noticeFor(
            revision.error(),
            tr("The mask was not saved; your labels are kept."),
            Notice::Action::ChooseLabelsFolder);
        notice.topic = QStringLiteral("save");
        Q_EMIT problemOccurred(notice);
    } else {
        ++m_savedCount;
        // Where it was edited meanwhile, the mark would claim that the later edits were saved.
        if (document == nullptr || document->labelsVersion() == version) {
            m_bases[image.value] = *revision;
            m_project.markSaved(image, *revision);
            m_project.pruneJournal(image);
            if (document != nullptr) {
                document->markSaved();
            }
            setUnsaved(image, false);
        }
    }
    if (m_saving == 0) { // whoever waits for the end must hear of one without success, too
        Q_EMIT saved(m_savedCount);
    }
}

Result<RevisionId>
DatasetController::keepPrediction(ImageId image, const QString& model, const QByteArray& labels)
{
    const project::ProjectStore* store = m_project.store();
    if (store == nullptr || m_project.isReadOnly()) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    // The same answer of the same model is no new revision.
    if (const auto newest = store->newestRevision(image, project::RevisionKind::Prediction);
        newest && newest->has_value() && (*newest)->model == model) {
        const auto before = store->revisionLabels((*newest)->id);
        const auto now = project::decodeLabels(labels);
        if (before && now && *before == *now) {
            return (*newest)->id;
        }
    }
    project::RevisionRecord record;
    record.image = image;
    record.kind = project::RevisionKind::Prediction;
    record.model = model;
    record.origin = QStringLiteral("prediction");
    return m_project.addRevision(record, labels);
}

void DatasetController::noteRevision(ImageId id, RevisionId revision)
{
    AnnotationDocument* document = m_documents.document(id);
    if (document == nullptr) {
        return;
    }
    m_bases[id.value] = revision;
    m_project.markSaved(id, revision);
    document->markSaved();
    setUnsaved(id, false);
}

void DatasetController::setLabelsFolder(const fs::path& folder)
{
    m_labelsFolder = folder;
    (void)m_project.setInfo(
        QStringLiteral("labelsFolder"), QString::fromStdString(folder.string()));
}

void DatasetController::flush()
{
    (void)m_project.flush(); // a failure was told when it happened
}

void DatasetController::discardUnsaved()
{
    const QSet<qint64> unsaved = m_unsaved;
    for (const qint64 id : unsaved) {
        discardUnsaved(ImageId{id});
    }
}

void DatasetController::discardUnsaved(ImageId id)
{
    if (m_project.store() == nullptr || !m_project.flush()) {
        return;
    }
    AnnotationDocument* document = m_documents.document(id);
    if (document != nullptr && document->undoStack().cleanIndex() >= 0) {
        document->undoStack().setIndex(document->undoStack().cleanIndex());
        m_project.markSaved(id, m_bases.value(id.value));
    } else if (document != nullptr) {
        LabelMap saved(document->size());
        if (const RevisionId base = m_bases.value(id.value); base.isValid()) {
            auto labels = m_project.store()->revisionLabels(base);
            if (!labels) {
                return;
            }
            saved = std::move(labels).value();
        }
        document->replaceLabels(saved, UndoText::backToSaved());
        m_project.markSaved(id, m_bases.value(id.value));
        document->markSaved();
    } else {
        const int row = m_images.rowOf(id);
        const auto size = readImageSize(m_images.entry(row).image);
        auto stored = size ? project::readAnnotation(*m_project.store(), id, *size)
                           : Result<project::StoredAnnotation>(size.error());
        if (!stored) {
            return;
        }
        const QString text = UndoText::backToSaved().text();
        for (project::JournalEntry& entry : project::entriesBackToSaved(id, *stored, text)) {
            m_project.appendEdit(std::move(entry));
        }
    }
    setUnsaved(id, false);
}

} // namespace guidino::ui
