// SPDX-License-Identifier: Apache-2.0
#include "ui/model/review_scan.h"

#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/imaging/image_reader.h"
#include "core/project/journal_codec.h"
#include "core/project/project_store.h"
#include "ui/model/annotation_document.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/label_files.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
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

/// Reads what `guidino predict` wrote about one image.
Result<ScannedPrediction> readScanned(
    const fs::path& folder, bool withMirror, const fs::path& guideTarget, const std::string& stem)
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
    if (withMirror) {
        if (auto map = imaging::readGrey16(folder / "mirror" / "probability" / (stem + ".png"))) {
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
    ScannedPrediction scanned;
    scanned.labels = project::encodeLabels(*labels);
    scanned.found = project::reviewSignals(
        {*labels,
         guide ? &*guide : nullptr,
         probability ? &*probability : nullptr,
         mirrored ? &*mirrored : nullptr});
    return scanned;
}

} // namespace

ReviewScan::ReviewScan(
    ProjectController& project,
    DatasetController& dataset,
    PredictionController& prediction,
    QString program,
    QObject* parent)
    : QObject(parent)
    , m_project(project)
    , m_dataset(dataset)
    , m_prediction(prediction)
    , m_program(std::move(program))
{
    m_pool.setMaxThreadCount(1);
    connect(&prediction, &PredictionController::predicted, this, &ReviewScan::keep);
    connect(&project, &ProjectController::aboutToClose, this, &ReviewScan::cancel);
}

ReviewScan::~ReviewScan()
{
    m_pool.clear();
    m_pool.waitForDone();
}

std::vector<ImageId> ReviewScan::missing() const
{
    std::vector<ImageId> images;
    if (m_project.store() == nullptr) {
        return images;
    }
    const auto found = m_project.store()->infos(QStringLiteral("review/signals/"));
    for (const ImageEntry& entry : m_dataset.images().entries()) {
        if (!entry.isMissing && entry.problem.isEmpty()
            && (!found || !found->contains(signalsKey(entry.id)))) {
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
    if (m_program.isEmpty()) {
        return tr("The program guidino was not found beside this one.");
    }
    if (!m_project.isOpen() || m_project.isReadOnly()) {
        return tr("Open a project for writing first.");
    }
    if (m_prediction.model().isEmpty()) {
        return tr("Choose a model first.");
    }
    if (isRunning()) {
        return tr("Predictions are being made.");
    }
    if (missingCount() == 0) {
        return tr("All images have predictions.");
    }
    return {};
}

void ReviewScan::start(bool withMirror)
{
    if (!reasonUnavailable().isEmpty()) {
        return;
    }
    m_images = missing();
    m_withMirror = withMirror;
    m_next = 0;
    m_kept = 0;
    m_model.clear();
    m_folder = QDir(m_project.folder())
                   .filePath(QStringLiteral("jobs/predict-%1")
                                 .arg(QDateTime::currentDateTime().toString(
                                     QStringLiteral("yyyyMMdd-HHmmss-zzz"))))
                   .toStdString();
    const fs::path input = m_folder / "input";
    if (const Status made = makeFolder(input); !made) {
        tell(made.error());
        return;
    }
    for (const ImageId id : m_images) {
        const ImageEntry& entry = m_dataset.images().entry(m_dataset.images().rowOf(id));
        const fs::path target =
            input / (std::to_string(id.value) + entry.image.extension().string());
        std::error_code error;
        fs::create_symlink(entry.image, target, error);
        if (error) {
            fs::copy_file(entry.image, target, fs::copy_options::overwrite_existing, error);
        }
    }
    run(false);
}

void ReviewScan::run(bool isMirror)
{
    m_isMirrorRun = isMirror;
    protocol::PredictSpec spec;
    spec.model = m_prediction.model().toStdString();
    spec.input = m_folder / "input";
    spec.out = m_folder / (isMirror ? "mirror" : "out");
    spec.mirror = isMirror;
    spec.writeOverlay = false;
    m_worker = std::make_unique<jobs::RunWorker>(
        m_program, QString::fromStdString((m_folder / (isMirror ? "run-mirror" : "run")).string()));
    connect(
        m_worker.get(),
        &jobs::RunWorker::progressed,
        this,
        [this](const protocol::Progress& progress) {
            const int total = static_cast<int>(m_images.size()) * (m_withMirror ? 2 : 1);
            Q_EMIT progressed(
                static_cast<int>(progress.step) + (m_isMirrorRun ? total / 2 : 0), total);
        });
    connect(m_worker.get(), &jobs::RunWorker::ended, this, &ReviewScan::noteEnd);
    const Status started = m_worker->start(spec);
    if (!started) {
        m_worker.release()->deleteLater();
        tell(started.error());
    }
    Q_EMIT runningChanged();
}

void ReviewScan::noteEnd(const jobs::JobEnd& end)
{
    m_worker.release()->deleteLater(); // this is its signal
    // One unreadable image ends the run with an error after all others were written.
    const bool hasSome = fs::exists(m_folder / "out" / "predictions.json");
    if (end.state == jobs::JobState::Cancelled || !hasSome) {
        if (end.state != jobs::JobState::Cancelled) {
            tell({ErrorCode::Internal, "the predictions failed; see run/log.txt", {}});
        }
        finish();
        return;
    }
    if (m_withMirror && !m_isMirrorRun) {
        run(true);
        return;
    }
    QFile summary(QString::fromStdString((m_folder / "out" / "predictions.json").string()));
    if (summary.open(QIODevice::ReadOnly)) {
        m_model = QJsonDocument::fromJson(summary.readAll())
                      .object()[QLatin1StringView("model")]
                      .toObject()[QLatin1StringView("sha256")]
                      .toString();
    }
    m_reading = true;
    readNext();
}

void ReviewScan::readNext()
{
    if (m_next >= m_images.size() || !m_reading) {
        finish();
        return;
    }
    const ImageId image = m_images[m_next++];
    QtConcurrent::run(
        &m_pool,
        [folder = m_folder,
         withMirror = m_withMirror,
         guide = guideFile(m_project.folder(), image),
         stem = std::to_string(image.value)] {
            return readScanned(folder, withMirror, guide, stem);
        })
        .then(this, [this, image](const Result<ScannedPrediction>& scanned) {
            if (m_reading) {
                store(image, m_model, scanned);
                readNext();
            }
        });
}

void ReviewScan::finish()
{
    m_reading = false;
    std::error_code ignored;
    fs::remove_all(m_folder, ignored);
    Q_EMIT runningChanged();
    Q_EMIT scanned(m_kept);
}

void ReviewScan::cancel()
{
    if (m_worker != nullptr) {
        m_worker->cancel();
    } else if (m_reading) {
        finish();
    }
}

void ReviewScan::keep(ImageId image)
{
    const AnnotationDocument* document = m_dataset.document(image);
    if (document == nullptr || document->prediction() == nullptr || !m_project.isOpen()
        || m_project.isReadOnly()) {
        return;
    }
    const QString& hash = m_prediction.info().sha256;
    const QString model = hash.isEmpty() ? m_prediction.modelName() : hash;
    QtConcurrent::run(
        &m_pool,
        [prediction = document->prediction(),
         guide = guideFile(m_project.folder(), image)]() -> Result<ScannedPrediction> {
            const RasterF* map =
                prediction->guide != nullptr ? &prediction->guide->values() : nullptr;
            if (map != nullptr) {
                GD_TRY(keepGuide(guide, *map));
            }
            ScannedPrediction scanned;
            scanned.labels = project::encodeLabels(prediction->labels);
            scanned.found = project::reviewSignals(
                {prediction->labels, map, prediction->probability.get(), nullptr});
            return scanned;
        })
        .then(
            this,
            [this, image, model, folder = m_project.folder()](
                const Result<ScannedPrediction>& scanned) {
                if (m_project.folder() == folder) {
                    store(image, model, scanned);
                }
            });
}

void ReviewScan::store(
    ImageId image, const QString& model, const Result<ScannedPrediction>& scanned)
{
    if (!scanned) {
        return; // a file that cannot be predicted has no prediction
    }
    const project::ProjectStore* store = m_project.store();
    if (store == nullptr) {
        return;
    }
    project::ReviewSignals found = scanned->found;
    // The same answer of the same model is no new revision.
    if (const auto newest = store->newestRevision(image, project::RevisionKind::Prediction);
        newest && newest->has_value() && (*newest)->model == model) {
        const auto labels = store->revisionLabels((*newest)->id);
        const auto now = project::decodeLabels(scanned->labels);
        if (labels && now && *labels == *now) {
            found.revision = (*newest)->id;
        }
    }
    if (!found.revision.isValid()) {
        project::RevisionRecord record;
        record.image = image;
        record.kind = project::RevisionKind::Prediction;
        record.model = model;
        record.origin = QStringLiteral("prediction");
        const auto id = m_project.addRevision(record, scanned->labels);
        if (!id) {
            tell(id.error());
            return;
        }
        found.revision = *id;
    }
    const Status kept =
        m_project.setInfo(signalsKey(image), QString::fromUtf8(project::toJson(found)));
    if (!kept) {
        tell(kept.error());
        return;
    }
    if (m_reading) {
        ++m_kept;
    } else {
        Q_EMIT this->scanned(1);
    }
}

void ReviewScan::tell(const Error& error)
{
    Notice notice =
        noticeFor(error, tr("The predictions could not be kept."), Notice::Action::None);
    notice.topic = QStringLiteral("scan");
    Q_EMIT problemOccurred(notice);
}

} // namespace guidino::ui
