// SPDX-License-Identifier: Apache-2.0
#include "ui/model/training_controller.h"

#include "core/base/file.h"
#include "core/project/redaction.h"
#include "core/project/review_state.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/label_files.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"

#include <QDateTime>
#include <QSet>
#include <QtConcurrentRun>

#include <algorithm>
#include <system_error>
#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

/// Fewer than this leave nothing to validate on.
constexpr int kFewestImages = 3;

QString folderName()
{
    return QStringLiteral("fine-tune-")
           + QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
}

/// The image under a new name without its extension: linked where the file system can, else copied;
/// a picture of its own where regions of it are black.
Status place(const fs::path& source, fs::path target, const project::RedactionRegions& redacted)
{
    if (!redacted.empty()) {
        auto png = project::cleanedPng(source, redacted);
        if (!png) {
            return std::move(png).error();
        }
        return writeFileAtomically(target += ".png", *png);
    }
    target += source.extension();
    std::error_code error;
    fs::create_symlink(source, target, error);
    if (error) {
        fs::copy_file(source, target, fs::copy_options::overwrite_existing, error);
    }
    if (error) {
        return Error{ErrorCode::CannotWrite, target.string() + ": " + error.message(), {}};
    }
    return {};
}

} // namespace

/// One image with the labels that it is trained with.
struct TrainingController::Item
{
    fs::path image;
    std::string stem; ///< unique
    std::optional<LabelMap> labels;
    LabelSource source; ///< where there are no labels in memory
    project::RedactionRegions redacted;
};

TrainingController::TrainingController(
    DatasetController& dataset,
    PredictionController& prediction,
    const QString& program,
    fs::path runsFolder,
    QObject* parent)
    : QObject(parent)
    , m_dataset(dataset)
    , m_prediction(prediction)
    , m_program(program)
    , m_runsFolder(std::move(runsFolder))
{}

TrainingController::~TrainingController()
{
    m_pool.waitForDone();
}

std::set<ImageId> TrainingController::barred() const
{
    std::set<ImageId> images;
    const project::ProjectStore* store = m_dataset.project().store();
    if (store == nullptr) {
        return images;
    }
    if (const auto statuses = project::reviewStatuses(*store)) {
        for (const auto& [image, status] : *statuses) {
            if (status.decision && !status.reference.isValid()) {
                images.insert(image);
            }
        }
    }
    return images;
}

int TrainingController::labelledCount() const
{
    const auto& entries = m_dataset.images().entries();
    const std::set<ImageId> left = barred();
    return static_cast<int>(
        std::count_if(entries.begin(), entries.end(), [&](const ImageEntry& entry) {
            return entry.isLabelled && entry.problem.isEmpty() && !left.contains(entry.id);
        }));
}

QString TrainingController::reasonUnavailable() const
{
    if (m_program.isEmpty()) {
        return tr("The program guidino was not found beside this one.");
    }
    if (isActive()) {
        return tr("A training is running.");
    }
    if (!m_dataset.isOpen()) {
        return tr("Open a folder of images first.");
    }
    if (labelledCount() < kFewestImages) {
        return tr("Label at least %n image(s) first.", nullptr, kFewestImages);
    }
    return {};
}

std::vector<TrainingController::Item> TrainingController::freeze() const
{
    std::vector<Item> items;
    QSet<QString> stems;
    const project::ProjectStore* store = m_dataset.project().store();
    const std::set<ImageId> left = barred();
    for (const ImageEntry& entry : m_dataset.images().entries()) {
        if (!entry.isLabelled || !entry.problem.isEmpty() || left.contains(entry.id)) {
            continue;
        }
        Item item;
        if (store != nullptr) {
            auto regions = project::redactionsOf(*store, entry.id);
            if (!regions) {
                continue; // what should be hidden cannot be known: better without the image
            }
            item.redacted = std::move(regions).value();
        }
        QString stem = entry.stem;
        for (int copy = 2; stems.contains(stem); ++copy) {
            stem = entry.stem + QLatin1Char('-') + QString::number(copy);
        }
        stems.insert(stem);
        item.stem = stem.toStdString();
        item.image = entry.image;
        item.source = m_dataset.labelSourceOf(entry);
        if (const AnnotationDocument* document = m_dataset.document(entry.id)) {
            item.labels = document->labels();
        }
        items.push_back(std::move(item));
    }
    return items;
}

void TrainingController::start(const TrainingOptions& options)
{
    if (!reasonUnavailable().isEmpty()) {
        return;
    }
    m_progress = {};
    m_series.clear();
    m_isCancelled = false;
    m_worker.reset();
    m_runFolder = m_runsFolder / folderName().toStdString();
    become(State::Preparing);
    Q_EMIT seriesChanged();
    const auto write = [items = freeze(),
                        folder = m_runFolder / "data",
                        classes = m_dataset.classes()]() -> Status {
        GD_TRY(makeFolder(folder / "images"));
        for (const Item& item : items) {
            LabelMap labels;
            if (item.labels) {
                labels = *item.labels;
            } else {
                auto size = readImageSize(item.image);
                if (!size) {
                    return std::move(size).error();
                }
                FoundLabels found = findLabels(item.source, *size);
                if (found.error) {
                    return *found.error;
                }
                labels = found.labels;
            }
            GD_TRY(writeLabelFile(folder / "masks" / (item.stem + ".png"), labels, classes));
            GD_TRY(place(item.image, folder / "images" / item.stem, item.redacted));
        }
        return {};
    };
    QtConcurrent::run(&m_pool, write).then(this, [this, options](const Status& status) {
        if (m_isCancelled) {
            become(State::Idle);
        } else if (status) {
            launch(options);
        } else {
            fail(status.error());
        }
    });
}

TrainingOptions TrainingOptions::starter()
{
    TrainingOptions options;
    options.isFromScratch = true;
    options.epochs = 40;
    options.settings = {
        QStringLiteral("network.base_channels=16"),
        QStringLiteral("data.image_size=128"),
        QStringLiteral(R"(guide.gates=["bottleneck","decoder"])"),
        QStringLiteral("loss.guide_weight=0.5"),
        QStringLiteral("training.batch_size=4"),
        QStringLiteral("training.learning_rate=0.001"),
        QStringLiteral("training.precision=bf16")};
    return options;
}

void TrainingController::launch(const TrainingOptions& options)
{
    protocol::TrainSpec spec;
    spec.data = m_runFolder / "data";
    spec.layout = "folders";
    spec.device = options.device.toStdString();
    spec.settings = {"training.epochs=" + std::to_string(options.epochs)};
    if (!m_prediction.model().isEmpty() && !options.isFromScratch) {
        spec.init = m_prediction.model().toStdString();
        spec.recipe = "quick-finetune";
    } else {
        // Nothing to start from, and no downloaded weights needed.
        spec.config = "guidino-u";
        spec.settings.emplace_back("guide.source=self");
    }
    for (const QString& setting : options.settings) {
        spec.settings.push_back(setting.toStdString());
    }
    m_worker =
        std::make_unique<jobs::RunWorker>(m_program, QString::fromStdString(m_runFolder.string()));
    using jobs::RunWorker;
    connect(
        m_worker.get(), &RunWorker::progressed, this, [this](const protocol::Progress& progress) {
            m_progress = progress;
            Q_EMIT progressed();
        });
    connect(m_worker.get(), &RunWorker::metricsAdded, this, &TrainingController::addMetrics);
    connect(m_worker.get(), &RunWorker::ended, this, &TrainingController::noteEnd);
    if (const Status status = m_worker->start(spec); !status) {
        fail(status.error());
        return;
    }
    if (m_prediction.isOnGpu()) {
        m_prediction.release(); // its memory is the training's for now
    }
    become(State::Running);
}

void TrainingController::stopAndKeep()
{
    if (m_state == State::Running && m_worker != nullptr) {
        m_worker->stopAndKeep();
        become(State::Stopping);
    }
}

void TrainingController::cancel()
{
    m_isCancelled = true;
    if (m_worker != nullptr && isActive()) {
        m_worker->cancel();
        become(State::Stopping);
    }
}

void TrainingController::addMetrics(const std::vector<protocol::Metric>& metrics)
{
    for (const protocol::Metric& metric : metrics) {
        if (metric.value != metric.value) {
            continue; // undefined
        }
        const QString name = QString::fromStdString(metric.name);
        const QString split = QString::fromStdString(metric.split);
        auto series = std::find_if(m_series.begin(), m_series.end(), [&](const MetricSeries& one) {
            return one.name == name && one.split == split;
        });
        if (series == m_series.end()) {
            m_series.append({name, split, {}});
            series = m_series.end() - 1;
        }
        series->points.append({static_cast<double>(metric.step), metric.value});
    }
    if (!metrics.empty()) {
        Q_EMIT seriesChanged();
    }
}

void TrainingController::noteEnd(const jobs::JobEnd& end)
{
    switch (end.state) {
    case jobs::JobState::Finished: {
        const QString bundle = m_worker->bestBundle();
        become(State::Finished);
        if (!bundle.isEmpty()) {
            m_prediction.setModel(bundle);
            Q_EMIT finished(bundle);
        }
        break;
    }
    case jobs::JobState::Cancelled:
        m_prediction.reload();
        become(State::Idle);
        break;
    default: {
        m_prediction.reload();
        become(State::Failed);
        QString text = tr("The training ended unexpectedly. Your labels are safe.");
        if (end.action == jobs::SuggestedAction::ReduceBatch) {
            text = tr("The training ran out of memory.");
        } else if (end.action == jobs::SuggestedAction::FreeSpace) {
            text = tr("The training could not write its files: the disk may be full.");
        } else if (end.action == jobs::SuggestedAction::FixInput) {
            text = tr("The training could not use the data.");
        }
        Q_EMIT problemOccurred(
            {Notice::Severity::Error,
             text,
             QString::fromStdString(end.failure.message),
             Notice::Action::ShowLog,
             QStringLiteral("training")});
        break;
    }
    }
}

void TrainingController::fail(const Error& error)
{
    become(State::Failed);
    Notice notice = noticeFor(error, tr("The training could not start."), Notice::Action::None);
    notice.topic = QStringLiteral("training");
    Q_EMIT problemOccurred(notice);
}

void TrainingController::become(State state)
{
    if (std::exchange(m_state, state) != state) {
        Q_EMIT stateChanged(state);
    }
}

} // namespace guidino::ui
