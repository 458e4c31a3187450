// SPDX-License-Identifier: Apache-2.0
#include "ui/model/project_opening.h"

#include "core/base/sha256.h"
#include "core/datasets/dataset.h"
#include "core/datasets/masks.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSet>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;
using project::ProjectStore;

constexpr QLatin1StringView kLabelsFolderName("guidino-labels");

QString toQString(const fs::path& path)
{
    return QString::fromStdString(path.string());
}

/// The project itself, for a folder that is one or its database; else empty.
QString namedProject(const QString& path)
{
    const QFileInfo info(path);
    if (info.isDir() && ProjectStore::isProject(path)) {
        return QDir(path).absolutePath();
    }
    if (info.fileName() == QLatin1StringView("project.db")
        && ProjectStore::isProject(info.absolutePath())) {
        return info.absolutePath();
    }
    return {};
}

/// The folder that the images belong to: what tells the project of one data set from another's.
QString rootOf(const QStringList& paths)
{
    const QFileInfo first(paths.front());
    const QString root =
        first.isDir() && paths.size() == 1 ? first.absoluteFilePath() : first.absolutePath();
    const QString canonical = QFileInfo(root).canonicalFilePath();
    return canonical.isEmpty() ? QDir::cleanPath(root) : canonical;
}

/// A reader for the convention of the masks, told by some of them; null where there is none.
std::shared_ptr<const datasets::MaskReader>
readerFor(const std::vector<fs::path>& masks, const std::vector<datasets::ClassInfo>& classes)
{
    constexpr std::size_t kLookAt = 16;
    std::vector<fs::path> some;
    const std::size_t step = std::max<std::size_t>(1, masks.size() / kLookAt);
    for (std::size_t i = 0; i < masks.size(); i += step) {
        some.push_back(masks[i]);
    }
    if (some.empty()) {
        return nullptr;
    }
    Result<datasets::MaskReader> reader = datasets::MaskReader::sniff(some, classes);
    return reader ? std::make_shared<const datasets::MaskReader>(std::move(reader).value())
                  : nullptr;
}

LabelClasses classesOfInfos(const std::vector<datasets::ClassInfo>& known)
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

/// Masks that were saved beside the images earlier are no images of the data set.
void dropSavedMasks(datasets::Dataset& dataset)
{
    std::erase_if(dataset.samples, [&](const datasets::Sample& sample) {
        const fs::path below = sample.image.lexically_relative(dataset.root);
        return !below.empty() && *below.begin() == kLabelsFolderName.data();
    });
}

fs::path normalOf(const fs::path& path)
{
    // Most are as they should be; taking them apart is what costs time.
    const std::string& text = path.native();
    if (path.is_absolute() && text.find("//") == std::string::npos
        && text.find("/.") == std::string::npos) {
        return path;
    }
    std::error_code ignored;
    const fs::path whole = fs::absolute(path, ignored);
    return (whole.empty() ? path : whole).lexically_normal();
}

/// Records of the samples whose images are not in `known`.
std::vector<project::ImageRecord>
recordsOf(const datasets::Dataset& dataset, const QSet<QString>& known)
{
    std::unordered_map<std::string, int> stems;
    for (const datasets::Sample& sample : dataset.samples) {
        ++stems[sample.stem];
    }
    const QDateTime now = QDateTime::currentDateTimeUtc();
    std::vector<project::ImageRecord> records;
    for (const datasets::Sample& sample : dataset.samples) {
        project::ImageRecord record;
        record.path = toQString(normalOf(sample.image));
        if (known.contains(record.path)) {
            continue;
        }
        record.name = QString::fromStdString(sample.stem);
        record.group = QString::fromStdString(sample.group);
        record.split = sample.split == "val" ? QStringLiteral("validation")
                                             : QString::fromStdString(sample.split);
        record.mask = sample.mask.empty() ? QString() : toQString(normalOf(sample.mask));
        // Where splits number their images alike, the folders of the data set are kept.
        record.labelFile = toQString(
            stems[sample.stem] == 1 ? fs::path(sample.stem + ".png")
                                    : fs::path(sample.name).replace_extension(".png"));
        record.added = now;
        records.push_back(std::move(record));
    }
    return records;
}

QStringList problemsOf(const datasets::Dataset& dataset)
{
    QStringList problems;
    for (const datasets::Problem& problem : dataset.problems) {
        if (problem.kind != "unpaired_image") { // images to be labelled are what the window is for
            problems << QString::fromStdString(problem.file + ": " + problem.message);
        }
    }
    return problems;
}

void noteStates(std::vector<ImageEntry>& entries, const std::vector<project::ImageState>& states)
{
    auto entry = entries.begin();
    for (const project::ImageState& state : states) {
        while (entry != entries.end() && entry->id < state.image) {
            ++entry;
        }
        if (entry != entries.end() && entry->id == state.image) {
            entry->take(state);
        }
    }
}

/// Reads the list of an open project.
Status readList(const ProjectStore& store, OpenedProject& opened)
{
    auto name = store.info(QStringLiteral("name"));
    auto labels = store.info(QStringLiteral("labelsFolder"));
    auto session = store.info(QStringLiteral("session"));
    auto classes = store.classes();
    auto records = store.images();
    auto states = store.imageStates();
    for (const Error* error :
         {name ? nullptr : &name.error(),
          labels ? nullptr : &labels.error(),
          session ? nullptr : &session.error(),
          classes ? nullptr : &classes.error(),
          records ? nullptr : &records.error(),
          states ? nullptr : &states.error()}) {
        if (error != nullptr) {
            return *error;
        }
    }
    opened.folder = store.folder();
    opened.name = *name;
    // While somebody else has it open for writing, "open" is simply true.
    opened.wasInterrupted = !store.isReadOnly() && *session == QLatin1StringView("open");
    opened.labelsFolder =
        labels->isEmpty() ? QString() : QDir(opened.folder).absoluteFilePath(*labels);
    opened.classes = classesOf(*classes);
    const QStringList backups = store.backups();
    opened.lastBackup = backups.isEmpty() ? QString() : backups.front();
    opened.entries.reserve(records->size());
    for (const project::ImageRecord& record : *records) {
        opened.entries.push_back(entryOf(record, opened.folder));
    }
    noteStates(opened.entries, *states);
    std::vector<fs::path> masks;
    const bool hasLabelsFolder =
        !opened.labelsFolder.isEmpty() && QFileInfo(opened.labelsFolder).isDir();
    for (ImageEntry& entry : opened.entries) {
        if (!entry.isStored && !entry.mask.empty()) {
            masks.push_back(entry.mask);
        }
        std::error_code ignored;
        entry.isLabelled =
            entry.isStored || entry.isEdited || !entry.mask.empty()
            || (hasLabelsFolder && !entry.labelFile.empty()
                && fs::exists(
                    fs::path(opened.labelsFolder.toStdString()) / entry.labelFile, ignored));
    }
    opened.maskReader = readerFor(masks, {});
    return {};
}

/// Copies an image into the project, under a name that nothing has yet. CannotWrite.
Result<QString> copyImage(const QString& source, const QDir& folder)
{
    const QFileInfo info(source);
    for (int copy = 1;; ++copy) {
        const QString name = copy == 1 ? info.fileName()
                                       : QStringLiteral("%1-%2.%3")
                                             .arg(info.completeBaseName())
                                             .arg(copy)
                                             .arg(info.suffix());
        const QString target = folder.filePath(name);
        if (QFileInfo::exists(target)) {
            continue;
        }
        QFile file(source);
        if (!file.copy(target)) {
            QFile::remove(target);
            return Error{
                ErrorCode::CannotWrite,
                "cannot copy '" + source.toStdString()
                    + "' into the project: " + file.errorString().toStdString(),
                {{"file", source.toStdString()}}};
        }
        return target;
    }
}

/// The folder of a project can be read only.
bool saysSealed(const Error& error)
{
    return std::any_of(error.context.begin(), error.context.end(), [](const auto& one) {
        return one.first == "sealed";
    });
}

Error inProject(Error error, const QString& folder)
{
    error.context.emplace_back("project", folder.toStdString());
    return error;
}

} // namespace

std::shared_ptr<const datasets::MaskReader> maskReaderOf(const datasets::Dataset& dataset)
{
    std::vector<fs::path> masks;
    for (const std::size_t pair : dataset.pairs()) {
        masks.push_back(dataset.samples[pair].mask);
    }
    return readerFor(masks, dataset.classes);
}

LabelClasses classesOfDataset(const datasets::Dataset& dataset)
{
    const auto reader = dataset.classes.empty() ? maskReaderOf(dataset) : nullptr;
    const LabelClasses classes =
        classesOfInfos(reader != nullptr ? reader->scheme().classes : dataset.classes);
    return classes.isEmpty() ? binaryClasses() : classes;
}

LabelClasses classesOf(const std::vector<project::ClassRecord>& records)
{
    LabelClasses classes;
    for (const project::ClassRecord& record : records) {
        classes.append(
            {record.value, record.name, QColor::fromRgb(record.colour), record.isLocked});
    }
    return classes;
}

std::vector<project::ClassRecord> recordsOf(const LabelClasses& classes)
{
    std::vector<project::ClassRecord> records;
    for (const LabelClass& one : classes) {
        records.push_back({one.index, one.name, one.color.rgb() & 0xffffffU, one.isLocked});
    }
    return records;
}

QString projectFolderOf(const OpenRequest& request)
{
    if (request.paths.isEmpty()) {
        return {};
    }
    if (request.paths.size() == 1) {
        if (QString named = namedProject(request.paths.front()); !named.isEmpty()) {
            return named;
        }
    }
    const QString root = rootOf(request.paths);
    const std::string hash = sha256Of(root.toStdString()).substr(0, 12);
    QString name = QFileInfo(root).fileName().left(40);
    for (QChar& character : name) {
        if (!character.isLetterOrNumber() && character != QLatin1Char('-')
            && character != QLatin1Char('_')) {
            character = QLatin1Char('-');
        }
    }
    return QDir(request.projectsFolder)
        .absoluteFilePath(name + QLatin1Char('-') + QString::fromStdString(hash));
}

Result<datasets::Dataset> openDatasetOf(const QStringList& paths)
{
    if (paths.size() == 1) {
        Result<datasets::Dataset> one =
            datasets::openDataset(QFileInfo(paths.front()).absoluteFilePath().toStdString());
        if (one && !fs::is_directory(one->root)) {
            one->root = one->root.parent_path();
        }
        if (one) {
            dropSavedMasks(*one);
        }
        return one;
    }
    datasets::Dataset all;
    all.root = QFileInfo(paths.front()).absolutePath().toStdString();
    for (const QString& path : paths) {
        Result<datasets::Dataset> one =
            datasets::openDataset(QFileInfo(path).absoluteFilePath().toStdString());
        if (!one) {
            return std::move(one).error();
        }
        for (datasets::Sample& sample : one->samples) {
            sample.name = sample.image.lexically_relative(all.root).generic_string();
            all.samples.push_back(std::move(sample));
        }
    }
    all.imageCount = all.samples.size();
    dropSavedMasks(all);
    return all;
}

Result<int> addImagesOf(ProjectStore& store, const datasets::Dataset& dataset)
{
    const auto records = store.images();
    if (!records) {
        return records.error();
    }
    QSet<QString> known;
    for (const project::ImageRecord& record : *records) {
        known.insert(store.absolutePath(record));
    }
    const std::vector<project::ImageRecord> added = recordsOf(dataset, known);
    if (!added.empty()) {
        GD_TRY(store.addImages(added));
    }
    return static_cast<int>(added.size());
}

Status makeProject(
    const datasets::Dataset& dataset,
    const NewProject& choices,
    const CancelToken& cancel,
    const std::function<void(std::size_t done, std::size_t total)>& progress,
    QStringList* problems)
{
    const bool wasThere = QFileInfo::exists(choices.folder);
    auto store = ProjectStore::create(choices.folder, choices.name);
    if (!store) {
        return std::move(store).error();
    }
    std::vector<project::ImageRecord> records = recordsOf(dataset, {});
    if (choices.copiesImages) {
        const QDir images(QDir(choices.folder).absoluteFilePath(QStringLiteral("images")));
        if (!images.mkpath(QStringLiteral("."))) {
            return Error{
                ErrorCode::CannotWrite,
                "cannot make the folder '" + images.path().toStdString() + "'",
                {}};
        }
        std::size_t done = 0;
        for (project::ImageRecord& record : records) {
            if (cancel.isCancelled()) {
                store->reset();
                if (!wasThere) {
                    QDir(choices.folder).removeRecursively();
                }
                return Error{ErrorCode::Cancelled, "cancelled", {}};
            }
            if (auto copied = copyImage(record.path, images)) {
                record.path = *copied;
            } else if (problems != nullptr) {
                problems->append(QString::fromStdString(copied.error().message));
            }
            if (progress) {
                progress(++done, records.size());
            }
        }
    }
    const QString labels = choices.labelsFolder;
    GD_TRY((*store)->setInfo(QStringLiteral("labelsFolder"), labels));
    GD_TRY((*store)->setClasses(
        ui::recordsOf(choices.classes.isEmpty() ? classesOfDataset(dataset) : choices.classes)));
    GD_TRY((*store)->addImages(records));
    return {};
}

Result<OpenedProject> openProject(const OpenRequest& request)
{
    const QString folder = projectFolderOf(request);
    const bool isNamed =
        request.paths.size() == 1 && !namedProject(request.paths.front()).isEmpty();
    OpenedProject opened;
    opened.isNew = !ProjectStore::isProject(folder);
    std::unique_ptr<datasets::Dataset> dataset;
    if (!isNamed) {
        auto found = openDatasetOf(request.paths);
        if (!found && opened.isNew) {
            return std::move(found).error();
        }
        if (found) {
            dataset = std::make_unique<datasets::Dataset>(std::move(found).value());
            opened.problems = problemsOf(*dataset);
        } else { // the images are away: what was done with them is not
            opened.problems << QString::fromStdString(found.error().message);
        }
    }
    if (opened.isNew) {
        NewProject choices;
        choices.folder = folder;
        choices.name = toQString(dataset->root.filename());
        choices.labelsFolder = toQString(dataset->root / kLabelsFolderName.data());
        GD_TRY(makeProject(*dataset, choices));
    }
    opened.mode = request.mode;
    auto store = ProjectStore::open(folder, opened.mode);
    if (!store && saysSealed(store.error())) {
        opened.isSealed = true;
        opened.mode = project::OpenMode::ReadOnly;
        store = ProjectStore::open(folder, opened.mode);
    }
    if (!store) {
        return inProject(std::move(store).error(), folder);
    }
    opened.keptAside = (*store)->keptAside();
    if (!opened.isNew && dataset != nullptr && !(*store)->isReadOnly()) {
        GD_TRY(addImagesOf(**store, *dataset));
    }
    if (Status read = readList(**store, opened); !read) {
        return inProject(read.error(), folder);
    }
    if (!isNamed && !QFileInfo(request.paths.front()).isDir()) {
        const fs::path wanted =
            normalOf(QFileInfo(request.paths.front()).absoluteFilePath().toStdString());
        for (const ImageEntry& entry : opened.entries) {
            if (entry.image == wanted) {
                opened.first = entry.id;
            }
        }
    }
    return opened;
}

} // namespace guidino::ui
