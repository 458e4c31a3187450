// SPDX-License-Identifier: Apache-2.0
#include "ui/model/review_scan.h"

#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/imaging/image_reader.h"
#include "core/project/journal_codec.h"
#include "core/project/project_store.h"
#include "ui/model/afterwards.h"
#include "ui/model/annotation_document.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/jobs_controller.h"
#include "ui/model/label_files.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/prediction_freshness.h"
#include "ui/model/project_controller.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtConcurrentRun>

#include <algorithm>
#include <system_error>
#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

QString signalsKey(ImageId image)
{
    return QStringLiteral("review/signals/%1").arg(image.value);
}

fs::path guideFile(const QString& projectFolder, ImageId image)
{
    return QDir(projectFolder)
        .filePath(QStringLiteral("guides/%1.npy").arg(image.value))
        .toStdString();
}

Status keepGuide(const fs::path& file, const RasterF& guide)
{
    GD_TRY(makeFolder(file.parent_path()));
    return writeNpy(file, {guide.height(), guide.width()}, guide.pixels());
}

constexpr int kLookMs = 1000;
constexpr const char* kTaken = "taken.txt";        ///< stems that the project has
constexpr const char* kAllTaken = "all-taken.txt"; ///< the project has all of them

void removeInBackground(QThreadPool& pool, const fs::path& folder)
{
    pool.start([folder] {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    });
}

/// A picture for its hash, as coarse as can be had cheaply; nothing where it cannot be read.
std::optional<Raster8> readSmall(const fs::path& file)
{
    constexpr int kLeastSide = 64;
    if (auto reduced = imaging::readRgb8Reduced(file, kLeastSide);
        reduced && reduced->has_value()) {
        return std::move((*reduced)->pixels);
    }
    auto whole = imaging::readRgb8(file);
    return whole ? std::optional(std::move(whole).value()) : std::nullopt;
}

/// Reads what `guidino predict` wrote about one image.
Result<ScannedPrediction> readScanned(
    const fs::path& folder,
    const fs::path& mirrorFolder,
    const fs::path& guideTarget,
    const fs::path& image,
    const std::string& stem)
{
    const auto size = readImageSize(folder / "out" / "masks" / (stem + ".png"));
    if (!size) {
        return size.error();
    }
    auto labels = readLabelFile(folder / "out" / "masks" / (stem + ".png"), *size);
    if (!labels) {
        return std::move(labels).error();
    }
    auto probability = imaging::readGrey16(folder / "out" / "probability" / (stem + ".png"));
    std::optional<Raster16> mirrored;
    if (!mirrorFolder.empty()) {
        if (auto map =
                imaging::readGrey16(mirrorFolder / "out" / "probability" / (stem + ".png"))) {
            mirrored = std::move(map).value();
        }
    }
    std::optional<RasterF> guide;
    if (const auto array = readNpy(folder / "out" / "guide" / (stem + ".npy"));
        array && array->shape.size() >= 2 && !array->values.empty()) {
        const auto rank = array->shape.size();
        RasterF map(
            static_cast<int>(array->shape[rank - 1]), static_cast<int>(array->shape[rank - 2]));
        if (map.pixels().size() == array->values.size()) {
            std::copy(array->values.begin(), array->values.end(), map.pixels().begin());
            guide = std::move(map);
            GD_TRY(keepGuide(guideTarget, *guide));
        }
    }
    const std::optional<Raster8> picture = readSmall(image);
    ScannedPrediction scanned;
    scanned.labels = project::encodeLabels(*labels);
    scanned.found = project::reviewSignals(
        {*labels,
         guide ? &*guide : nullptr,
         probability ? &*probability : nullptr,
         mirrored ? &*mirrored : nullptr,
         picture ? &*picture : nullptr});
    return scanned;
}

} // namespace

/// A job and how far its results were taken over.
struct ReviewScan::Followed
{
    JobId id;
    fs::path folder;
    bool isMirror = false;
    JobId plain;              ///< of a mirrored one: the job of the plain views
    QString model;            ///< SHA-256 of the bundle, once the job has said it
    QSet<QString> taken;      ///< stems
    std::deque<QString> open; ///< stems to be read
    std::optional<protocol::LineTail> tail;
    int kept = 0;
    bool isReading = false;
    bool hasEnded = false;
};

ReviewScan::ReviewScan(
    ProjectController& project,
    DatasetController& dataset,
    PredictionController& prediction,
    JobsController& jobs,
    QObject* parent)
    : QObject(parent)
    , m_project(project)
    , m_dataset(dataset)
    , m_prediction(prediction)
    , m_queue(jobs)
    , m_freshness(new PredictionFreshness(project, dataset, prediction, this))
{
    m_pool.setMaxThreadCount(1);
    m_look.setInterval(kLookMs);
    connect(&m_look, &QTimer::timeout, this, &ReviewScan::look);
    connect(&prediction, &PredictionController::predicted, this, &ReviewScan::keep);
    // Jobs go on without a window; what they have done is taken over when the project is open
    // again.
    connect(&project, &ProjectController::aboutToClose, this, [this] {
        m_jobs.clear();
        m_look.stop();
        Q_EMIT runningChanged();
    });
    connect(&jobs, &JobsController::opened, this, &ReviewScan::followAll);
    connect(&jobs.queue(), &jobs::JobQueue::submitted, this, &ReviewScan::follow);
    connect(&jobs.queue(), &jobs::JobQueue::listChanged, this, [this] {
        for (const jobs::Job* job : m_queue.queue().jobs()) { // resumed ones
            if (job->isActive() || job->isWaiting()) {
                follow(job->id);
            }
        }
    });
    connect(&jobs.queue(), &jobs::JobQueue::ended, this, [this](JobId id) {
        follow(id);
        if (Followed* job = find(id)) {
            job->hasEnded = true;
            look();
        }
    });
    connect(&jobs.queue(), &jobs::JobQueue::discarded, this, [this](JobId id) {
        std::erase_if(m_jobs, [id](const auto& one) { return one->id == id; });
        Q_EMIT runningChanged();
    });
    connect(&jobs.queue(), &jobs::JobQueue::jobChanged, this, [this](JobId id) {
        const jobs::Job* job = m_queue.queue().job(id);
        if (find(id) != nullptr && job != nullptr && job->progress.total > 0) {
            Q_EMIT progressed(
                static_cast<int>(job->progress.step), static_cast<int>(job->progress.total));
        }
    });
}

ReviewScan::~ReviewScan()
{
    m_pool.clear();
    m_pool.waitForDone();
}

ReviewScan::Followed* ReviewScan::find(JobId id) const
{
    const auto job =
        std::find_if(m_jobs.begin(), m_jobs.end(), [id](const auto& one) { return one->id == id; });
    return job == m_jobs.end() ? nullptr : job->get();
}

std::vector<ImageId> ReviewScan::missing() const
{
    std::vector<ImageId> images;
    if (m_project.store() == nullptr) {
        return images;
    }
    const auto found = m_project.store()->infos(QStringLiteral("review/signals/"));
    const QString model = m_freshness->modelInUse();
    for (const ImageEntry& entry : m_dataset.images().entries()) {
        const bool isDone = found && found->contains(signalsKey(entry.id))
                            && (model.isEmpty() || m_freshness->modelOf(entry.id) == model);
        if (!isDone && !entry.isMissing && entry.problem.isEmpty()) {
            images.push_back(entry.id);
        }
    }
    return images;
}

int ReviewScan::missingCount() const
{
    return static_cast<int>(missing().size());
}

QString ReviewScan::reasonUnavailable() const
{
    if (const QString reason = m_queue.reasonUnavailable(); !reason.isEmpty()) {
        return reason;
    }
    if (m_prediction.model().isEmpty()) {
        return tr("Choose a model first.");
    }
    if (isRunning()) {
        return tr("Predictions are being made.");
    }
    if (missingCount() == 0) {
        return tr("All images have predictions of this model.");
    }
    return {};
}

void ReviewScan::start(bool withMirror)
{
    if (!reasonUnavailable().isEmpty()) {
        return;
    }
    auto& queue = m_queue.queue();
    const auto plain = queue.reserve();
    if (!plain) {
        tell(plain.error());
        return;
    }
    std::vector<std::pair<fs::path, fs::path>> links;
    const fs::path input = fs::path(queue.folderOf(*plain).toStdString()) / "data" / "input";
    for (const ImageId id : missing()) {
        const ImageEntry& entry = m_dataset.images().entry(m_dataset.images().rowOf(id));
        links.emplace_back(
            entry.image, input / (std::to_string(id.value) + entry.image.extension().string()));
    }
    m_isPreparing = true;
    Q_EMIT runningChanged();
    afterwards(
        QtConcurrent::run(
            &m_pool,
            [links, input]() -> Status {
                GD_TRY(makeFolder(input));
                for (const auto& [source, target] : links) {
                    std::error_code error;
                    fs::create_symlink(source, target, error);
                    if (error) {
                        fs::copy_file(source, target, fs::copy_options::overwrite_existing, error);
                    }
                    if (error == std::errc::no_space_on_device) {
                        return Error{
                            ErrorCode::CannotWrite, target.string() + ": " + error.message(), {}};
                    }
                }
                return {};
            }),
        this,
        [this, id = *plain, withMirror, count = int(links.size())](const Status& done) {
            m_isPreparing = false;
            if (!done) {
                m_queue.queue().abandon(id);
                tell(done.error());
            } else if (!m_queue.queue().folderOf(id).isEmpty()) { // the project is still open
                submit(id, withMirror, count);
            }
            Q_EMIT runningChanged();
        });
}

void ReviewScan::submit(JobId id, bool withMirror, int count)
{
    auto& queue = m_queue.queue();
    const fs::path folder = queue.folderOf(id).toStdString();
    protocol::PredictSpec spec;
    spec.model = m_prediction.model().toStdString();
    spec.input = folder / "data" / "input";
    spec.out = folder / "out";
    spec.mirror = false;
    spec.writeOverlay = false;
    if (const Status submitted =
            queue.submit(id, spec, tr("Prediction of %n image(s)", nullptr, count));
        !submitted) {
        queue.abandon(id);
        tell(submitted.error());
        return;
    }
    if (withMirror) {
        spec.mirror = true;
        if (const auto copy =
                queue.duplicateAs(id, spec, tr("Mirrored views of %n image(s)", nullptr, count));
            !copy) {
            tell(copy.error());
        }
    }
}

void ReviewScan::cancel()
{
    auto& queue = m_queue.queue();
    std::vector<JobId> ids;
    for (const auto& job : m_jobs) {
        ids.push_back(job->id);
    }
    for (const JobId id : ids) {
        if (queue.can(id, jobs::JobVerb::Cancel)) {
            (void)queue.perform(id, jobs::JobVerb::Cancel);
        }
    }
}

// ---- what jobs have done ------------------------------------------------------------------------

void ReviewScan::followAll()
{
    std::vector<JobId> ids;
    for (const jobs::Job* job : m_queue.queue().jobs()) {
        ids.push_back(job->id);
    }
    for (const JobId id : ids) {
        follow(id);
    }
}

/// Predictions of a data set's images, by their ids; not what somebody else predicts in a queue.
void ReviewScan::follow(JobId id)
{
    const jobs::Job* job = m_queue.queue().job(id);
    if (find(id) != nullptr || job == nullptr || m_project.isReadOnly()) {
        return;
    }
    const auto* spec = std::get_if<protocol::PredictSpec>(&job->spec);
    const fs::path folder = job->folder.toStdString();
    std::error_code ignored;
    if (spec == nullptr || spec->input != folder / "data" / "input" || spec->out != folder / "out"
        || fs::exists(folder / kAllTaken, ignored)) {
        return;
    }
    auto one = std::make_unique<Followed>();
    one->id = id;
    one->folder = folder;
    one->isMirror = spec->mirror.value_or(false);
    one->plain = job->origin;
    one->hasEnded = jobs::isEnd(job->state());
    QFile taken(QString::fromStdString((folder / kTaken).string()));
    if (taken.open(QIODevice::ReadOnly)) {
        const QList<QByteArray> lines = taken.readAll().split('\n');
        for (const QByteArray& line : lines) {
            one->taken.insert(QString::fromLatin1(line.trimmed()));
        }
    }
    one->tail.emplace(folder / "out" / "predictions.part.jsonl");
    m_jobs.push_back(std::move(one));
    m_look.start();
    Q_EMIT runningChanged();
}

void ReviewScan::look()
{
    std::vector<JobId> ids;
    for (const auto& job : m_jobs) {
        ids.push_back(job->id);
    }
    for (const JobId id : ids) {
        Followed* job = find(id);
        if (job == nullptr) {
            continue;
        }
        const jobs::Job* state = m_queue.queue().job(id);
        // The mirrored views tell something beside the plain ones only.
        const bool isReady = !job->isMirror || find(job->plain) == nullptr;
        if (isReady) {
            for (const std::string& line : job->tail->poll()) {
                take(*job, QByteArray::fromStdString(line));
            }
            job->hasEnded = state == nullptr || jobs::isEnd(state->state());
            if (job->hasEnded && job->tail->isAtEnd()) {
                takeSummary(*job);
            }
            readNext(id);
        }
    }
    if (m_jobs.empty()) {
        m_look.stop();
    }
}

void ReviewScan::take(Followed& job, const QByteArray& line)
{
    const QJsonObject object = QJsonDocument::fromJson(line).object();
    if (object.contains(QLatin1StringView("settings"))) {
        job.model = object[QLatin1StringView("model")].toString();
    }
    const QString stem = object[QLatin1StringView("stem")].toString();
    if (!stem.isEmpty() && !job.taken.contains(stem)) {
        job.taken.insert(stem);
        job.open.push_back(stem);
    }
}

/// Once it has ended: what was not seen on the way.
void ReviewScan::takeSummary(Followed& job)
{
    QFile file(QString::fromStdString((job.folder / "out" / "predictions.json").string()));
    if (!file.open(QIODevice::ReadOnly)) {
        return;
    }
    const QJsonObject summary = QJsonDocument::fromJson(file.readAll()).object();
    job.model =
        summary[QLatin1StringView("model")].toObject()[QLatin1StringView("sha256")].toString(
            job.model);
    const QJsonArray images = summary[QLatin1StringView("images")].toArray();
    for (const auto& image : images) {
        const QString stem = image.toObject()[QLatin1StringView("stem")].toString();
        if (!stem.isEmpty() && !job.taken.contains(stem)) {
            job.taken.insert(stem);
            job.open.push_back(stem);
        }
    }
}

fs::path ReviewScan::fileOf(ImageId image) const
{
    const int row = m_dataset.images().rowOf(image);
    return row < 0 ? fs::path() : m_dataset.images().entry(row).image;
}

void ReviewScan::readNext(JobId id)
{
    Followed* job = find(id);
    if (job == nullptr || job->isReading) {
        return;
    }
    if (job->open.empty()) {
        if (job->hasEnded) {
            finish(id);
        }
        return;
    }
    const QString stem = job->open.front();
    job->open.pop_front();
    const ImageId image{stem.toLongLong()};
    job->isReading = true;
    fs::path plain = job->folder;
    if (job->isMirror) {
        plain = m_queue.queue().folderOf(job->plain).toStdString();
    }
    afterwards(
        QtConcurrent::run(
            &m_pool,
            [plain,
             mirror = job->isMirror ? job->folder : fs::path(),
             guide = guideFile(m_project.folder(), image),
             file = fileOf(image),
             name = stem.toStdString()] { return readScanned(plain, mirror, guide, file, name); }),
        this,
        [this, id, image, stem, project = m_project.folder()](
            const Result<ScannedPrediction>& scanned) {
            Followed* one = find(id);
            if (one == nullptr || m_project.folder() != project) {
                return; // the project was closed: it is read when it is open again
            }
            one->isReading = false;
            const bool isKept =
                one->isMirror ? storeMirror(image, scanned) : store(image, one->model, scanned);
            one->kept += isKept ? 1 : 0;
            QFile taken(QString::fromStdString((one->folder / kTaken).string()));
            if (taken.open(QIODevice::Append)) {
                taken.write(stem.toLatin1() + '\n');
            }
            readNext(id);
        });
}

/// All is taken over. The files of a job that came to its end have done their service: the project
/// has what was in them. Those of one that can be resumed stay.
void ReviewScan::finish(JobId id)
{
    const Followed* job = find(id);
    const jobs::Job* state = m_queue.queue().job(id);
    const int kept = job->kept;
    const bool isDone = state != nullptr
                        && (state->state() == jobs::JobState::Finished
                            || (state->state() == jobs::JobState::Failed
                                && state->end.action == jobs::SuggestedAction::FixInput
                                && fs::exists(job->folder / "out" / "predictions.json")));
    const fs::path folder = job->folder;
    const bool isMirror = job->isMirror;
    // The plain views are wanted until the mirrored ones were compared with them.
    const bool isWanted = std::any_of(m_jobs.begin(), m_jobs.end(), [id](const auto& one) {
        return one->isMirror && one->plain == id;
    });
    fs::path plainFolder;
    if (isMirror) {
        plainFolder = m_queue.queue().folderOf(job->plain).toStdString();
    }
    std::erase_if(m_jobs, [id](const auto& one) { return one->id == id; });
    if (isDone) {
        (void)writeFileAtomically(folder / kAllTaken, "all\n");
        if (!isWanted) {
            removeInBackground(m_pool, folder / "out");
        }
        if (!plainFolder.empty()) {
            removeInBackground(m_pool, plainFolder / "out");
        }
    }
    Q_EMIT runningChanged();
    if (kept > 0 || isDone) {
        Q_EMIT scanned(kept);
    }
}

void ReviewScan::keep(ImageId image)
{
    const AnnotationDocument* document = m_dataset.document(image);
    if (document == nullptr || document->prediction() == nullptr || !m_project.isOpen()
        || m_project.isReadOnly()) {
        return;
    }
    const QString& hash = document->prediction()->sha256;
    const QString model = hash.isEmpty() ? document->prediction()->model : hash;
    afterwards(
        QtConcurrent::run(
            &m_pool,
            [prediction = document->prediction(),
             picture = document->image(),
             guide = guideFile(m_project.folder(), image)]() -> Result<ScannedPrediction> {
                const RasterF* map =
                    prediction->guide != nullptr ? &prediction->guide->values() : nullptr;
                if (map != nullptr) {
                    GD_TRY(keepGuide(guide, *map));
                }
                ScannedPrediction scanned;
                scanned.labels = project::encodeLabels(prediction->labels);
                scanned.found = project::reviewSignals(
                    {prediction->labels,
                     map,
                     prediction->probability.get(),
                     nullptr,
                     picture != nullptr ? &picture->level(picture->levelCount() - 1) : nullptr});
                return scanned;
            }),
        this,
        [this, image, model, folder = m_project.folder()](
            const Result<ScannedPrediction>& scanned) {
            if (m_project.folder() == folder && store(image, model, scanned)) {
                Q_EMIT this->scanned(1);
            }
        });
}

bool ReviewScan::store(
    ImageId image, const QString& model, const Result<ScannedPrediction>& scanned)
{
    if (!scanned) {
        return false; // a file that cannot be predicted has no prediction
    }
    if (m_project.store() == nullptr || !m_project.store()->image(image)) {
        return false;
    }
    project::ReviewSignals found = scanned->found;
    const auto id = m_dataset.keepPrediction(image, model, scanned->labels);
    if (!id) {
        tell(id.error());
        return false;
    }
    found.revision = *id;
    const Status kept =
        m_project.setInfo(signalsKey(image), QString::fromUtf8(project::toJson(found)));
    if (!kept) {
        tell(kept.error());
        return false;
    }
    return true;
}

/// The plain prediction's signals get one more.
bool ReviewScan::storeMirror(ImageId image, const Result<ScannedPrediction>& scanned)
{
    const project::ProjectStore* store = m_project.store();
    if (!scanned || store == nullptr || !scanned->found.mirrorDisagreement) {
        return false;
    }
    const auto text = store->info(signalsKey(image));
    auto found = text ? project::reviewSignalsFrom(text->toUtf8()) : std::nullopt;
    if (!found) {
        return false;
    }
    found->mirrorDisagreement = scanned->found.mirrorDisagreement;
    if (const Status kept =
            m_project.setInfo(signalsKey(image), QString::fromUtf8(project::toJson(*found)));
        !kept) {
        tell(kept.error());
        return false;
    }
    return true;
}

void ReviewScan::tell(const Error& error)
{
    Notice notice =
        noticeFor(error, tr("The predictions could not be kept."), Notice::Action::None);
    notice.topic = QStringLiteral("scan");
    Q_EMIT problemOccurred(notice);
}

} // namespace guidino::ui
