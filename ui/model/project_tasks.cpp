// SPDX-License-Identifier: Apache-2.0
#include "ui/model/project_tasks.h"

#include "core/base/sha256.h"
#include "core/datasets/dataset.h"
#include "core/datasets/masks.h"
#include "core/project/archive.h"
#include "core/project/stored_annotation.h"
#include "ui/model/afterwards.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/label_files.h"
#include "ui/model/project_controller.h"
#include "ui/model/thumbnail.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QMultiHash>
#include <QtConcurrentRun>

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

constexpr int kPictures = 6;
constexpr int kPictureSide = 150;
constexpr int kRecoveredSide = 220;

using Progress = std::function<void(std::int64_t, std::int64_t)>;

Error cancelled()
{
    return Error{ErrorCode::Cancelled, "cancelled", {}};
}

Result<DatasetPreview> look(const QStringList& paths, const CancelToken& cancel)
{
    auto dataset = openDatasetOf(paths);
    if (!dataset) {
        return std::move(dataset).error();
    }
    DatasetPreview preview;
    preview.root = QString::fromStdString(dataset->root.string());
    preview.title = QFileInfo(preview.root).fileName();
    preview.layout = QString::fromStdString(dataset->layout);
    preview.images = static_cast<int>(dataset->samples.size());
    preview.masks = static_cast<int>(dataset->pairCount());
    for (const std::string& split : dataset->splits) {
        preview.splits << QString::fromStdString(split);
    }
    for (const datasets::Problem& problem : dataset->problems) {
        if (problem.kind != "unpaired_image") {
            preview.problems << QString::fromStdString(problem.file + ": " + problem.message);
        }
    }
    preview.classes = classesOfDataset(*dataset);
    const auto reader = maskReaderOf(*dataset);
    const std::size_t count = dataset->samples.size();
    for (std::size_t i = 0; i < std::min<std::size_t>(kPictures, count); ++i) {
        if (cancel.isCancelled()) {
            return cancelled();
        }
        // Spread over the whole, so that the preview shows more than one patient.
        const datasets::Sample& sample = dataset->samples[i * count / kPictures % count];
        const auto image = readImagePyramid(sample.image);
        if (!image) {
            preview.problems << QString::fromStdString(image.error().message);
            continue;
        }
        LabelSource source;
        source.mask = sample.mask;
        source.reader = reader;
        const FoundLabels found = findMask(source, (*image)->size());
        preview.pictures << pictureOf(
            (*image)->level(0), found.labels, preview.classes, kPictureSide);
    }
    preview.dataset = std::make_shared<const datasets::Dataset>(std::move(dataset).value());
    return preview;
}

/// An image that is looked for.
struct Wanted
{
    ImageId id;
    fs::path was;
    QString sha256;
};

using Places = std::vector<std::pair<ImageId, QString>>;

Result<Places> findFiles(
    const fs::path& folder,
    const std::vector<Wanted>& wanted,
    const CancelToken& cancel,
    const Progress& progress)
{
    QMultiHash<QString, QString> byName;
    std::error_code failed;
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator it(folder, options, failed), end; !failed && it != end;
         it.increment(failed)) {
        if (cancel.isCancelled()) {
            return cancelled();
        }
        if (datasets::isImageFile(it->path())) {
            byName.insert(
                QString::fromStdString(it->path().filename().string()).toLower(),
                QString::fromStdString(it->path().string()));
        }
    }
    Places places;
    std::vector<const Wanted*> unfound;
    std::int64_t done = 0;
    const auto total = static_cast<std::int64_t>(wanted.size());
    const auto isSame = [](const QString& file, const QString& sha256) {
        const auto hash = sha256OfFile(file.toStdString());
        return hash && QString::fromStdString(*hash) == sha256;
    };
    for (const Wanted& one : wanted) {
        if (cancel.isCancelled()) {
            return cancelled();
        }
        const QStringList candidates =
            byName.values(QString::fromStdString(one.was.filename().string()).toLower());
        const auto match =
            one.sha256.isEmpty()
                ? (candidates.size() == 1 ? candidates.begin() : candidates.end())
                : std::find_if(candidates.begin(), candidates.end(), [&](const QString& file) {
                      return isSame(file, one.sha256);
                  });
        if (match != candidates.end()) {
            places.emplace_back(one.id, *match);
        } else if (!one.sha256.isEmpty()) {
            unfound.push_back(&one);
        }
        progress(++done, total);
    }
    if (unfound.empty()) {
        return places;
    }
    // Renamed files: by content alone.
    QHash<QString, QString> byHash;
    done = 0;
    for (auto it = byName.cbegin(); it != byName.cend(); ++it) {
        if (cancel.isCancelled()) {
            return cancelled();
        }
        if (const auto hash = sha256OfFile(it.value().toStdString())) {
            byHash.insert(QString::fromStdString(*hash), it.value());
        }
        progress(++done, byName.size());
    }
    for (const Wanted* one : unfound) {
        if (const QString file = byHash.value(one->sha256); !file.isEmpty()) {
            places.emplace_back(one->id, file);
        }
    }
    return places;
}

} // namespace

ProjectTasks::ProjectTasks(ProjectController& project, DatasetController& dataset, QObject* parent)
    : QObject(parent)
    , m_project(project)
    , m_dataset(dataset)
{
    m_pool.setMaxThreadCount(1);
}

ProjectTasks::~ProjectTasks()
{
    cancel();
    m_pool.waitForDone();
}

void ProjectTasks::cancel()
{
    m_cancel.cancel();
}

Progress ProjectTasks::progressFromElsewhere()
{
    // Told twenty times a second at most, however fast the work is.
    auto clock = std::make_shared<QElapsedTimer>();
    return [this, clock](std::int64_t done, std::int64_t total) {
        constexpr int kEveryMs = 50;
        if (!clock->isValid() || clock->hasExpired(kEveryMs) || done >= total) {
            clock->start();
            QMetaObject::invokeMethod(
                this,
                [this, done, total] { Q_EMIT progressed(done, total); },
                Qt::QueuedConnection);
        }
    };
}

template<typename Work, typename Done>
void ProjectTasks::run(const QString& what, const Work& work, const Done& done)
{
    if (m_isRunning) {
        Q_EMIT problemOccurred(
            {Notice::Severity::Info,
             tr("Something is still running. Wait for it, or cancel it."),
             what,
             Notice::Action::None,
             QStringLiteral("task")});
        return;
    }
    using Answer = decltype(work(m_cancel, Progress()));
    m_isRunning = true;
    m_cancel = CancelToken();
    Q_EMIT runningChanged(true);
    afterwards(
        QtConcurrent::run(
            &m_pool,
            [work, cancel = m_cancel, progress = progressFromElsewhere()] {
                return work(cancel, progress);
            }),
        this,
        [this, what, done](Answer result) {
            m_isRunning = false;
            Q_EMIT runningChanged(false);
            if (result) {
                done(std::move(result).value());
            } else if (result.error().code != ErrorCode::Cancelled) {
                Notice notice = noticeFor(result.error(), what, Notice::Action::None);
                notice.topic = QStringLiteral("task");
                Q_EMIT problemOccurred(notice);
            }
        });
}

void ProjectTasks::preview(const QStringList& paths)
{
    m_preview = {}; // nothing is made of what was looked at before
    run(
        tr("The folder could not be looked into."),
        [paths](const CancelToken& cancel, const Progress& /*progress*/) {
            return look(paths, cancel);
        },
        [this](DatasetPreview preview) {
            m_preview = std::move(preview);
            Q_EMIT previewed();
        });
}

void ProjectTasks::make(const NewProject& choices)
{
    if (m_preview.dataset == nullptr) {
        return;
    }
    run(
        tr("The project could not be made."),
        [dataset = m_preview.dataset,
         choices](const CancelToken& cancel, const Progress& progress) -> Result<QStringList> {
            QStringList problems;
            const auto tell = [&progress](std::size_t done, std::size_t total) {
                progress(static_cast<std::int64_t>(done), static_cast<std::int64_t>(total));
            };
            GD_TRY(makeProject(*dataset, choices, cancel, tell, &problems));
            return problems;
        },
        [this, folder = choices.folder](const QStringList& problems) {
            Q_EMIT made(folder, problems);
            m_project.open({folder});
        });
}

void ProjectTasks::addImages(const QStringList& paths)
{
    run(
        tr("The images could not be added."),
        [paths](const CancelToken& /*cancel*/, const Progress& /*progress*/)
            -> Result<std::shared_ptr<const datasets::Dataset>> {
            auto dataset = openDatasetOf(paths);
            if (!dataset) {
                return std::move(dataset).error();
            }
            return std::make_shared<const datasets::Dataset>(std::move(dataset).value());
        },
        [this](const std::shared_ptr<const datasets::Dataset>& dataset) {
            const auto count = m_project.change(
                {}, [&](project::ProjectStore& store) { return addImagesOf(store, *dataset); });
            if (!count) {
                Q_EMIT problemOccurred(noticeFor(
                    count.error(), tr("The images could not be added."), Notice::Action::None));
                return;
            }
            m_dataset.showAdded(maskReaderOf(*dataset));
            Q_EMIT added(*count);
        });
}

void ProjectTasks::locate(const QString& folder)
{
    std::vector<Wanted> wanted;
    for (const ImageEntry& entry : m_dataset.images().entries()) {
        if (!entry.isMissing || m_project.store() == nullptr) {
            continue;
        }
        const auto record = m_project.store()->image(entry.id);
        wanted.push_back({entry.id, entry.image, record ? record->sha256 : QString()});
    }
    run(
        tr("The folder could not be searched."),
        [folder = fs::path(folder.toStdString()),
         wanted](const CancelToken& cancel, const Progress& progress) {
            return findFiles(folder, wanted, cancel, progress);
        },
        [this, count = static_cast<int>(wanted.size())](const Places& places) {
            int found = 0;
            for (const auto& [id, file] : places) {
                found += m_project.relocate(id, file) ? 1 : 0;
            }
            Q_EMIT located(found, count - found);
        });
}

void ProjectTasks::exportTo(const QString& file, bool withImages, bool withModels)
{
    if (!m_project.isOpen() || !m_project.flush()) {
        return;
    }
    run(
        tr("The portable copy could not be written."),
        [folder = m_project.folder(),
         database = m_project.databaseFile(),
         file,
         withImages,
         withModels](const CancelToken& cancel, const Progress& progress) {
            project::ExportOptions options;
            options.withImages = withImages;
            options.withModels = withModels;
            options.database = database;
            options.cancel = cancel;
            options.progress = progress;
            return project::exportProject(folder, file, options);
        },
        [this, file](const project::ExportOutcome& outcome) {
            Q_EMIT exported(file, outcome.files, outcome.bytes, outcome.missingImages);
        });
}

void ProjectTasks::importFrom(const QString& file, const QString& folder)
{
    run(
        tr("%1 could not be imported.").arg(QFileInfo(file).fileName()),
        [file, folder](const CancelToken& cancel, const Progress& progress) -> Result<QString> {
            project::ImportOptions options;
            options.cancel = cancel;
            options.progress = progress;
            GD_TRY(project::importProject(file, folder, options));
            return folder;
        },
        [this](const QString& made) {
            Q_EMIT imported(made);
            m_project.open({made});
        });
}

void ProjectTasks::listBackups(const QString& folder)
{
    run(
        tr("The backups could not be read."),
        [folder](const CancelToken& /*cancel*/, const Progress& /*progress*/) {
            return Result<std::vector<project::BackupInfo>>(project::listBackups(folder));
        },
        [this, folder](const std::vector<project::BackupInfo>& backups) {
            Q_EMIT backupsListed(folder, backups);
        });
}

void ProjectTasks::restore(const QString& folder, const QString& backup)
{
    if (m_project.folder() == QFileInfo(folder).absoluteFilePath()) {
        m_project.close();
    }
    run(
        tr("The backup could not be restored."),
        [folder,
         backup](const CancelToken& /*cancel*/, const Progress& /*progress*/) -> Result<QString> {
            GD_TRY(project::restoreBackup(folder, backup));
            return folder;
        },
        [this](const QString& back) {
            Q_EMIT restored(back);
            m_project.open({back});
        });
}

void ProjectTasks::showRecovered()
{
    std::vector<ImageEntry> entries;
    for (const ImageId id : m_dataset.recovered()) {
        if (const int row = m_dataset.images().rowOf(id); row >= 0) {
            entries.push_back(m_dataset.images().entry(row));
        }
    }
    run(
        tr("What came back cannot be shown."),
        [this,
         entries,
         folder = m_project.folder(),
         database = m_project.databaseFile(),
         classes = m_project.classes()](
            const CancelToken& cancel, const Progress& /*progress*/) -> Result<int> {
            auto store = project::ProjectStore::openReader(folder, database);
            if (!store) {
                return std::move(store).error();
            }
            int shown = 0;
            for (const ImageEntry& entry : entries) {
                if (cancel.isCancelled()) {
                    return cancelled();
                }
                const auto image = readImagePyramid(entry.image);
                if (!image) {
                    continue; // missing: the list says so
                }
                const Raster8& pixels = (*image)->level(0);
                const auto stored = project::readAnnotation(**store, entry.id, pixels.size());
                if (!stored) {
                    continue;
                }
                const RecoveredPicture picture{
                    entry.id,
                    entry.stem,
                    pictureOf(pixels, stored->saved, classes, kRecoveredSide),
                    pictureOf(pixels, stored->labels, classes, kRecoveredSide),
                    stored->unsavedSteps,
                    stored->lastEdit};
                QMetaObject::invokeMethod(
                    this,
                    [this, picture] { Q_EMIT recoveredShown(picture); },
                    Qt::QueuedConnection);
                ++shown;
            }
            return shown;
        },
        [](int /*shown*/) {});
}

} // namespace guidino::ui
