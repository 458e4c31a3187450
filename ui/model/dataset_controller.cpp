// SPDX-License-Identifier: Apache-2.0
#include "ui/model/dataset_controller.h"

#include "core/datasets/dataset.h"
#include "core/datasets/masks.h"
#include "ui/model/label_files.h"

#include <QFileInfo>
#include <QtConcurrentRun>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

/// Committed strokes are in a file this long after the last one, or sooner.
constexpr int kKeepAfterMs = 400;
/// Decoded images kept for going back and forth; label maps and histories are always kept.
constexpr std::size_t kImageCacheBytes = std::size_t{1} << 30;

const char* const kLabelsFolderName = "guidino-labels";

QString toQString(const fs::path& path)
{
    return QString::fromStdString(path.string());
}

Result<datasets::Dataset> openAll(const std::vector<fs::path>& paths)
{
    if (paths.size() == 1) {
        return datasets::openDataset(paths.front());
    }
    datasets::Dataset all;
    all.root = paths.front().parent_path();
    for (const fs::path& path : paths) {
        Result<datasets::Dataset> one = datasets::openDataset(path);
        if (!one) {
            return std::move(one).error();
        }
        for (datasets::Sample& sample : one->samples) {
            sample.name = fs::path(sample.image).lexically_relative(all.root).generic_string();
            all.samples.push_back(std::move(sample));
        }
    }
    return all;
}

/// A reader for the convention of the masks, told by some of them; null where there is none.
std::shared_ptr<const datasets::MaskReader> readerOf(const datasets::Dataset& dataset)
{
    constexpr std::size_t kLookAt = 16;
    const std::vector<std::size_t> pairs = dataset.pairs();
    std::vector<fs::path> masks;
    const std::size_t step = std::max<std::size_t>(1, pairs.size() / kLookAt);
    for (std::size_t i = 0; i < pairs.size(); i += step) {
        masks.push_back(dataset.samples[pairs[i]].mask);
    }
    if (masks.empty()) {
        return nullptr;
    }
    Result<datasets::MaskReader> reader = datasets::MaskReader::sniff(masks, dataset.classes);
    return reader ? std::make_shared<const datasets::MaskReader>(std::move(reader).value())
                  : nullptr;
}

LabelClasses classesOf(const std::vector<datasets::ClassInfo>& known)
{
    LabelClasses classes;
    for (const datasets::ClassInfo& info : known) {
        if (info.index <= 0 || info.index >= kIgnoreLabel) {
            continue;
        }
        // A single foreground has no name of its own in most data sets.
        const bool hasColor = info.color != std::array<std::uint8_t, 3>{} && known.size() > 2;
        const bool isPlain = known.size() <= 2 && (info.name.empty() || info.name == "foreground");
        classes.append(
            {static_cast<std::uint8_t>(info.index),
             isPlain ? binaryClasses().first().name : QString::fromStdString(info.name),
             hasColor ? QColor(info.color[0], info.color[1], info.color[2])
                      : defaultClassColor(info.index)});
    }
    return classes;
}

Result<OpenedDataset>
openInBackground(const std::vector<fs::path>& paths, const fs::path& labelsFolder)
{
    Result<datasets::Dataset> dataset = openAll(paths);
    if (!dataset) {
        return std::move(dataset).error();
    }
    OpenedDataset opened;
    opened.root = fs::is_directory(dataset->root) ? dataset->root : dataset->root.parent_path();
    opened.labelsFolder = labelsFolder.empty() ? opened.root / kLabelsFolderName : labelsFolder;
    for (const datasets::Problem& problem : dataset->problems) {
        if (problem.kind == "unpaired_image") {
            continue; // images to be labelled are what the window is for
        }
        opened.problems.append(QString::fromStdString(problem.file + ": " + problem.message));
    }
    // Masks that were saved here earlier are no images of the data set.
    std::erase_if(dataset->samples, [&](const datasets::Sample& sample) {
        const fs::path below = sample.image.lexically_relative(opened.root);
        return !below.empty() && *below.begin() == kLabelsFolderName;
    });
    std::unordered_map<std::string, int> stems;
    for (const datasets::Sample& sample : dataset->samples) {
        ++stems[sample.stem];
    }
    std::int64_t id = 0;
    for (const datasets::Sample& sample : dataset->samples) {
        ImageEntry entry;
        entry.id = ImageId{++id};
        entry.name = QString::fromStdString(sample.name);
        entry.stem = QString::fromStdString(sample.stem);
        entry.split = QString::fromStdString(sample.split);
        entry.image = sample.image;
        entry.mask = sample.mask;
        // Where splits number their images alike, the folders of the data set are kept.
        entry.labelFile = stems[sample.stem] == 1 ? fs::path(sample.stem + ".png")
                                                  : fs::path(sample.name).replace_extension(".png");
        std::error_code ignored;
        entry.isLabelled =
            !entry.mask.empty() || fs::exists(opened.labelsFolder / entry.labelFile, ignored);
        opened.entries.push_back(std::move(entry));
    }
    opened.maskReader = readerOf(*dataset);
    const auto& known = dataset->classes.empty() && opened.maskReader != nullptr
                            ? opened.maskReader->scheme().classes
                            : dataset->classes;
    opened.classes = classesOf(known);
    return opened;
}

} // namespace

/// What a background thread read for one image.
struct DatasetController::Loaded
{
    std::shared_ptr<const ImagePyramid> image;
    FoundLabels found;
};

DatasetController::DatasetController(const fs::path& recoveryFolder, QObject* parent)
    : QObject(parent)
    , m_recovery(recoveryFolder)
    , m_classes(binaryClasses())
{
    m_keepTimer.setSingleShot(true);
    m_keepTimer.setInterval(kKeepAfterMs);
    connect(&m_keepTimer, &QTimer::timeout, this, &DatasetController::keepUnsaved);
    connect(&m_recovery, &RecoveryStore::written, this, &DatasetController::kept);
    connect(&m_recovery, &RecoveryStore::failed, this, [this](const Error& error) {
        Notice notice =
            noticeFor(error, tr("Unsaved labels could not be kept safe."), Notice::Action::SaveAll);
        notice.topic = QStringLiteral("recovery");
        Q_EMIT problemOccurred(notice);
    });
}

DatasetController::~DatasetController()
{
    flush();
    m_pool.clear();
    m_pool.waitForDone();
}

int DatasetController::modifiedCount() const
{
    int count = 0;
    for (const AnnotationDocument* document : m_documents.documents()) {
        count += document->isModified() ? 1 : 0;
    }
    return count;
}

void DatasetController::open(const QStringList& paths)
{
    if (paths.isEmpty()) {
        return;
    }
    flush();
    std::vector<fs::path> files;
    for (const QString& path : paths) {
        files.emplace_back(QFileInfo(path).absoluteFilePath().toStdString());
    }
    const int generation = ++m_generation;
    Q_EMIT openingChanged(true);
    QtConcurrent::run(&m_pool, openInBackground, files, fs::path())
        .then(this, [this, generation, shown = paths.front()](Result<OpenedDataset> result) {
            if (generation != m_generation) {
                return;
            }
            Q_EMIT openingChanged(false);
            if (result) {
                adopt(std::move(result).value());
            } else {
                Q_EMIT problemOccurred(noticeFor(
                    result.error(),
                    tr("%1 could not be opened.").arg(QFileInfo(shown).fileName()),
                    Notice::Action::OpenFolder));
            }
        });
}

void DatasetController::adopt(OpenedDataset&& dataset)
{
    flush(); // strokes painted while the folder was being read
    m_current = nullptr;
    m_wanted = {};
    m_loading.clear();
    m_recentlyUsed.clear();
    m_unkept.clear();
    Q_EMIT currentChanged(nullptr);
    m_images.setEntries({});
    m_documents.clear();
    m_root = dataset.root;
    m_labelsFolder = dataset.labelsFolder;
    m_maskReader = dataset.maskReader;
    m_recovery.open(m_root);
    const LabelClasses classes = dataset.classes.isEmpty() ? binaryClasses() : dataset.classes;
    if (classes != std::exchange(m_classes, classes)) {
        Q_EMIT classesChanged();
    }
    int recoverable = 0;
    for (ImageEntry& entry : dataset.entries) {
        std::error_code ignored;
        entry.isEdited = fs::exists(m_recovery.fileOf(entry.name), ignored);
        recoverable += entry.isEdited ? 1 : 0;
    }
    m_images.setEntries(std::move(dataset.entries));
    Q_EMIT opened();
    Q_EMIT modifiedCountChanged(0);
    tellWhatWasFound(recoverable, dataset.problems);
    show(0);
}

void DatasetController::tellWhatWasFound(int recoverable, const QStringList& problems)
{
    if (!problems.isEmpty()) {
        constexpr int kMost = 12;
        Q_EMIT problemOccurred(
            {Notice::Severity::Warning,
             tr("%n file(s) of this folder cannot be used.",
                nullptr,
                static_cast<int>(problems.size())),
             problems.mid(0, kMost).join(QLatin1Char('\n')),
             Notice::Action::None,
             QStringLiteral("dataset")});
    }
    if (recoverable > 0) {
        Q_EMIT problemOccurred(
            {Notice::Severity::Info,
             tr("Unsaved labels of %n image(s) from an earlier session were recovered.",
                nullptr,
                recoverable),
             toQString(m_root),
             Notice::Action::None,
             QStringLiteral("recovery")});
    }
}

void DatasetController::show(int row)
{
    if (row < 0 || row >= m_images.rowCount()) {
        return;
    }
    const ImageEntry& entry = m_images.entry(row);
    m_wanted = entry.id;
    m_images.setCurrentRow(row);
    AnnotationDocument* document = m_documents.document(entry.id);
    if (document != nullptr && document->image() != nullptr) {
        makeCurrent(*document);
    } else {
        Q_EMIT loadingStarted(entry.stem);
        load(row);
    }
}

void DatasetController::showNext()
{
    show(m_images.currentRow() + 1);
}

void DatasetController::showPrevious()
{
    show(m_images.currentRow() - 1);
}

void DatasetController::load(int row)
{
    if (row < 0 || row >= m_images.rowCount()) {
        return;
    }
    const ImageEntry entry = m_images.entry(row);
    const AnnotationDocument* document = m_documents.document(entry.id);
    const bool needsLabels = document == nullptr;
    if (m_loading.contains(entry.id.value)
        || (document != nullptr && document->image() != nullptr)) {
        return;
    }
    m_loading.insert(entry.id.value);
    const int generation = m_generation;
    const auto read = [file = entry.image, needsLabels, source = labelSourceOf(entry)]() {
        using Answer = Result<std::shared_ptr<const Loaded>>;
        auto image = readImagePyramid(file);
        if (!image) {
            return Answer(std::move(image).error());
        }
        auto loaded = std::make_shared<Loaded>();
        loaded->image = std::move(image).value();
        if (needsLabels) {
            loaded->found = findLabels(source, loaded->image->size());
        }
        return Answer(std::move(loaded));
    };
    QtConcurrent::run(&m_pool, read)
        .then(this, [this, row, generation](Result<std::shared_ptr<const Loaded>> result) {
            if (generation == m_generation) {
                finishLoading(row, std::move(result));
            }
        });
}

void DatasetController::finishLoading(int row, Result<std::shared_ptr<const Loaded>> result)
{
    const ImageEntry entry = m_images.entry(row);
    m_loading.remove(entry.id.value);
    const bool isWanted = entry.id == m_wanted;
    if (!result) {
        m_images.update(row, [&](ImageEntry& item) {
            item.problem = QString::fromStdString(result.error().message);
        });
        if (isWanted) {
            m_current = nullptr;
            Q_EMIT currentChanged(nullptr);
            Notice notice = noticeFor(
                result.error(), tr("%1 could not be read.").arg(entry.stem), Notice::Action::None);
            notice.topic = QStringLiteral("image");
            Q_EMIT problemOccurred(notice);
        }
        return;
    }
    const Loaded& loaded = **result;
    AnnotationDocument* document = m_documents.document(entry.id);
    if (document == nullptr) {
        document = &makeDocument(entry, loaded);
    } else {
        document->setImage(loaded.image);
    }
    if (isWanted) {
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
    noteUse(entry.id);
}

AnnotationDocument& DatasetController::makeDocument(const ImageEntry& entry, const Loaded& loaded)
{
    AnnotationDocument& document = m_documents.create(entry.id, loaded.image->size());
    document.setImage(loaded.image);
    document.resetLabels(loaded.found.labels);
    if (loaded.found.isRecovered) {
        document.markRecovered();
    }
    // A data set without a list of classes shows which there are by its masks.
    const int largest = largestClassOf(loaded.found.labels);
    if (largest > m_classes.constLast().index) {
        for (int index = m_classes.constLast().index + 1; index <= largest; ++index) {
            m_classes.append(
                {static_cast<std::uint8_t>(index),
                 tr("Class %1").arg(index),
                 defaultClassColor(index)});
        }
        Q_EMIT classesChanged();
    }
    m_undoGroup.addStack(&document.undoStack());
    connect(&document, &AnnotationDocument::labelsChanged, this, [this, id = entry.id] {
        if (AnnotationDocument* changed = m_documents.document(id)) {
            noteLabels(*changed);
        }
    });
    connect(&document, &AnnotationDocument::modifiedChanged, this, [this, id = entry.id](bool is) {
        m_images.update(m_images.rowOf(id), [is](ImageEntry& item) { item.isEdited = is; });
        Q_EMIT modifiedCountChanged(modifiedCount());
    });
    connect(&document, &AnnotationDocument::predictionChanged, this, [this, id = entry.id] {
        m_images.update(m_images.rowOf(id), [this, id](ImageEntry& item) {
            item.isPredicted = m_documents.document(id)->prediction() != nullptr;
        });
    });
    return document;
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
    // The neighbours are read while the user looks at this one.
    const int row = m_images.rowOf(document.id());
    for (const int neighbour : {row + 1, row - 1, row + 2}) {
        load(neighbour);
    }
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
}

void DatasetController::noteLabels(AnnotationDocument& document)
{
    m_unkept.insert(document.id().value);
    if (!m_keepTimer.isActive()) {
        m_keepTimer.start();
    }
    m_images.update(m_images.rowOf(document.id()), [&](ImageEntry& item) {
        item.isLabelled = hasLabels(document.labels());
    });
    Q_EMIT labelsChanged(document.id());
}

void DatasetController::keepUnsaved()
{
    for (const qint64 id : std::exchange(m_unkept, {})) {
        const AnnotationDocument* document = m_documents.document(ImageId{id});
        const int row = m_images.rowOf(ImageId{id});
        if (document == nullptr || row < 0) {
            continue;
        }
        const QString& name = m_images.entry(row).name;
        if (document->isModified()) {
            m_recovery.write(name, document->labels());
        } else {
            m_recovery.remove(name);
        }
    }
}

void DatasetController::save()
{
    if (m_saving > 0) {
        return;
    }
    m_savedCount = 0;
    for (AnnotationDocument* document : m_documents.documents()) {
        if (!document->isModified()) {
            continue;
        }
        document->cancelStroke();
        ++m_saving;
        const ImageEntry& entry = m_images.entry(m_images.rowOf(document->id()));
        QtConcurrent::run(
            &m_pool,
            [file = labelSourceOf(entry).saved, labels = document->labels(), classes = m_classes] {
                return writeLabelFile(file, labels, classes);
            })
            .then(
                this,
                [this,
                 id = document->id(),
                 version = document->labelsVersion(),
                 generation = m_generation](const Status& status) {
                    // Ids belong to one data set; another one may have been opened meanwhile.
                    noteSaved(generation == m_generation ? id : ImageId(), version, status);
                });
    }
    if (m_saving == 0) {
        Q_EMIT saved(0);
    }
}

void DatasetController::noteSaved(ImageId image, int version, const Status& status)
{
    --m_saving;
    AnnotationDocument* document = m_documents.document(image);
    if (status && document != nullptr) {
        ++m_savedCount;
        if (document->labelsVersion() == version) { // else it was edited meanwhile
            document->markSaved();
            m_unkept.remove(image.value);
            m_recovery.remove(m_images.entry(m_images.rowOf(image)).name);
        }
    } else if (!status) {
        Notice notice = noticeFor(
            status.error(),
            tr("The mask was not saved; your labels are kept."),
            Notice::Action::ChooseLabelsFolder);
        notice.topic = QStringLiteral("save");
        Q_EMIT problemOccurred(notice);
    }
    if (m_saving == 0 && m_savedCount > 0) {
        Q_EMIT saved(m_savedCount);
    }
}

void DatasetController::setLabelsFolder(const fs::path& folder)
{
    m_labelsFolder = folder;
}

void DatasetController::flush()
{
    keepUnsaved();
    m_recovery.flush();
}

void DatasetController::discardUnsaved()
{
    for (AnnotationDocument* document : m_documents.documents()) {
        if (document->isModified()) {
            m_recovery.remove(m_images.entry(m_images.rowOf(document->id())).name);
            m_unkept.remove(document->id().value);
            document->markSaved();
        }
    }
}

LabelSource DatasetController::labelSourceOf(const ImageEntry& entry) const
{
    return {
        m_recovery.fileOf(entry.name), m_labelsFolder / entry.labelFile, entry.mask, m_maskReader};
}

} // namespace guidino::ui
