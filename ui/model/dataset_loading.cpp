// SPDX-License-Identifier: Apache-2.0
// The parts of DatasetController that read images and labels and keep them in memory.
#include "core/project/journal_codec.h"
#include "ui/model/afterwards.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/project_controller.h"

#include <QTimer>
#include <QtConcurrentRun>

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

/// Decoded images kept for going back and forth.
constexpr std::size_t kImageCacheBytes = std::size_t{1} << 30;
/// Documents (label map, history, prediction) kept; older ones are read back from the project.
constexpr std::size_t kMostDocuments = 64;

} // namespace

/// What a background thread read for one image.
struct DatasetController::Loaded
{
    std::shared_ptr<const ImagePyramid> image;
    FoundLabels found;
    QByteArray toImport;               ///< the labels, encoded, where they came from a mask file
    std::vector<std::uint8_t> classes; ///< of these
};

void DatasetController::load(int row)
{
    if (row < 0 || row >= m_images.rowCount()) {
        return;
    }
    const ImageEntry& entry = m_images.entry(row);
    const AnnotationDocument* document = m_documents.document(entry.id);
    const bool needsLabels = document == nullptr;
    const bool hasImage = document != nullptr && document->image() != nullptr;
    if (m_loading.contains(entry.id.value) || (hasImage && !document->image()->isPreview())) {
        return;
    }
    m_loading.insert(entry.id.value);
    // A large image that somebody waits for is shown coarse first.
    const bool wantsPreview = entry.id == m_wanted && !hasImage;
    const auto read =
        [file = entry.image, needsLabels, wantsPreview, source = labelSourceOf(entry)]() {
            using Answer = Result<std::shared_ptr<const Loaded>>;
            using Image = std::shared_ptr<const ImagePyramid>;
            Result<Image> image = wantsPreview ? readImagePreview(file) : Result<Image>(Image());
            if (!image || *image == nullptr) { // what is wrong with it is said by the whole reading
                image = readImagePyramid(file);
            }
            if (!image) {
                return Answer(std::move(image).error());
            }
            auto loaded = std::make_shared<Loaded>();
            loaded->image = std::move(image).value();
            if (needsLabels) {
                loaded->found = findLabels(source, loaded->image->size());
                if (loaded->found.isFromFile) {
                    loaded->toImport = project::encodeLabels(loaded->found.labels);
                    loaded->classes = project::classesIn(loaded->found.labels);
                }
            }
            return Answer(std::move(loaded));
        };
    afterwards(
        QtConcurrent::run(&m_pool, read),
        this,
        [this, id = entry.id, generation = m_generation](
            Result<std::shared_ptr<const Loaded>> result) {
            if (generation == m_generation) {
                finishLoading(id, std::move(result));
            }
        });
}

void DatasetController::failLoading(int row, const Error& error)
{
    const ImageEntry& entry = m_images.entry(row);
    const bool isMissing = error.code == ErrorCode::NotFound;
    m_images.update(row, [&](ImageEntry& item) {
        item.isMissing = isMissing;
        item.problem = isMissing ? QString() : QString::fromStdString(error.message);
    });
    if (AnnotationDocument* document = m_documents.document(entry.id)) {
        document->setImage(nullptr); // a first look is no image
    }
    if (entry.id != m_wanted) {
        return;
    }
    m_current = nullptr;
    Q_EMIT currentChanged(nullptr);
    Notice notice = noticeFor(
        error,
        isMissing ? tr("%1 is not where it was.").arg(entry.stem)
                  : tr("%1 could not be read.").arg(entry.stem),
        isMissing ? Notice::Action::LocateImages : Notice::Action::None);
    notice.topic = QStringLiteral("image");
    Q_EMIT problemOccurred(notice);
}

void DatasetController::finishLoading(ImageId id, Result<std::shared_ptr<const Loaded>> result)
{
    m_loading.remove(id.value);
    const int row = m_images.rowOf(id);
    if (row < 0) {
        return;
    }
    if (!result) {
        failLoading(row, result.error());
        return;
    }
    const ImageEntry entry = m_images.entry(row);
    const Loaded& loaded = **result;
    AnnotationDocument* document = m_documents.document(id);
    if (document == nullptr) {
        document = &makeDocument(entry, loaded);
    } else {
        document->setImage(loaded.image);
    }
    if (entry.isMissing || !entry.problem.isEmpty()) { // it is there again
        m_images.update(row, [](ImageEntry& item) {
            item.isMissing = false;
            item.problem.clear();
        });
    }
    if (loaded.image->isPreview()) {
        load(row);
    }
    if (id == m_wanted) {
        makeCurrent(*document);
        if (loaded.found.error) {
            Notice notice = noticeFor(
                *loaded.found.error,
                tr("The mask of %1 was left out.").arg(entry.stem),
                Notice::Action::None);
            notice.severity = Notice::Severity::Warning;
            notice.topic = QStringLiteral("image");
            Q_EMIT problemOccurred(notice);
        }
    }
    noteUse(id);
}

AnnotationDocument& DatasetController::makeDocument(const ImageEntry& entry, const Loaded& loaded)
{
    AnnotationDocument& document = m_documents.create(entry.id, loaded.image->size());
    document.setReadOnly(m_project.isReadOnly());
    document.setImage(loaded.image);
    if (loaded.found.stored) {
        document.restore(*loaded.found.stored);
        m_bases[entry.id.value] = loaded.found.stored->base;
    } else {
        document.resetLabels(loaded.found.labels);
        importMask(entry, loaded.toImport, loaded.classes);
    }
    addClassesUpTo(largestClassOf(document.labels()));
    setUnsaved(entry.id, document.isModified());
    m_undoGroup.addStack(&document.undoStack());
    connect(&document, &AnnotationDocument::labelsChanged, this, [this, id = entry.id] {
        if (AnnotationDocument* changed = m_documents.document(id)) {
            noteLabels(*changed);
        }
    });
    connect(&document, &AnnotationDocument::modifiedChanged, this, [this, id = entry.id](bool is) {
        setUnsaved(id, is);
    });
    connect(&document, &AnnotationDocument::predictionChanged, this, [this, id = entry.id] {
        m_images.update(m_images.rowOf(id), [this, id](ImageEntry& item) {
            item.isPredicted = m_documents.document(id)->prediction() != nullptr;
        });
    });
    return document;
}

void DatasetController::addClassesUpTo(int largest)
{
    // A data set without a list of classes shows which there are by its masks.
    LabelClasses known = classes();
    const int last = known.isEmpty() ? 0 : known.constLast().index;
    for (int index = last + 1; index <= largest; ++index) {
        known.append(
            {static_cast<std::uint8_t>(index),
             tr("Class %1").arg(index),
             defaultClassColor(index)});
    }
    if (known.size() != classes().size() && !m_project.isReadOnly()) {
        (void)m_project.setClasses(known);
    }
}

void DatasetController::importMask(
    const ImageEntry& entry, const QByteArray& labels, const std::vector<std::uint8_t>& classes)
{
    if (labels.isEmpty() || m_project.isReadOnly()) {
        return;
    }
    project::RevisionRecord record;
    record.image = entry.id;
    record.kind = project::RevisionKind::Imported;
    record.origin = QStringLiteral("imported");
    record.classes = classes;
    m_isImporting = true;
    const auto revision = m_project.addRevision(record, labels);
    m_isImporting = false;
    if (revision) {
        m_bases[entry.id.value] = *revision;
        m_images.update(m_images.rowOf(entry.id), [&](ImageEntry& item) {
            item.isStored = true;
            item.isLabelled = true;
            item.classes = classes;
        });
    }
}

void DatasetController::makeCurrent(AnnotationDocument& document)
{
    if (m_current != &document) {
        if (m_current != nullptr) {
            m_current->cancelStroke();
        }
        m_current = &document;
        m_undoGroup.setActiveStack(&document.undoStack());
        Q_EMIT currentChanged(&document);
    }
    noteUse(document.id());
    // The neighbours are read while the user looks at this one, not while he leafs on: the image
    // that he waits for would wait for them.
    constexpr int kLookMs = 150;
    QTimer::singleShot(kLookMs, this, [this, id = document.id()] {
        const int row = id == m_wanted ? m_images.rowOf(id) : -1;
        const AnnotationDocument* shown = m_documents.document(id);
        if (row < 0 || shown == nullptr || shown->image() == nullptr
            || shown->image()->isPreview()) {
            return; // finishLoading() comes here again with the whole image
        }
        for (const int neighbour : {row + 1, row - 1, row + 2}) {
            load(neighbour);
        }
    });
}

void DatasetController::noteUse(ImageId id)
{
    std::erase(m_recentlyUsed, id);
    m_recentlyUsed.push_back(id);
    std::size_t bytes = 0;
    for (std::size_t i = m_recentlyUsed.size(); i-- > 0;) {
        AnnotationDocument* document = m_documents.document(m_recentlyUsed[i]);
        if (document == nullptr || document->image() == nullptr) {
            continue;
        }
        bytes += document->image()->memoryBytes();
        if (bytes > kImageCacheBytes && document != m_current && i + 1 != m_recentlyUsed.size()) {
            document->setImage(nullptr);
        }
    }
    dropOldDocuments();
}

void DatasetController::dropOldDocuments()
{
    // All that was drawn is in the journal, so a document can go and come back; not where it
    // cannot be written.
    if (m_recentlyUsed.size() <= kMostDocuments || m_saving > 0 || m_project.isReadOnly()
        || !m_project.flush()) {
        return;
    }
    while (m_recentlyUsed.size() > kMostDocuments) {
        const ImageId oldest = m_recentlyUsed.front();
        m_recentlyUsed.erase(m_recentlyUsed.begin());
        const AnnotationDocument* document = m_documents.document(oldest);
        if (document != nullptr && document != m_current) {
            m_documents.remove(oldest);
            m_bases.remove(oldest.value);
        }
    }
}

} // namespace guidino::ui
