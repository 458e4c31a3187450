// SPDX-License-Identifier: Apache-2.0
#include "ui/model/finetune_controller.h"

#include "core/base/file.h"
#include "core/datasets/near_duplicates.h"
#include "core/project/review_state.h"
#include "ui/model/afterwards.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"
#include "ui/model/training_controller.h"

#include <QSet>
#include <QSettings>
#include <QThread>
#include <QtConcurrentRun>

#include <algorithm>
#include <map>
#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

/// Changes of options within this time are one try-out.
constexpr int kSettleMs = 700;

/// A window that trains leaves itself a core.
int threadsToUse()
{
    return std::max(1, QThread::idealThreadCount() - 1);
}

} // namespace

FineTuneController::FineTuneController(
    DatasetController& dataset,
    PredictionController& prediction,
    TrainingController& training,
    QSettings& settings,
    const QString& demoModel,
    QObject* parent)
    : QObject(parent)
    , m_dataset(dataset)
    , m_prediction(prediction)
    , m_training(training)
    , m_settings(settings)
    , m_demoModel(demoModel)
    , m_preflight(prediction.program())
{
    m_pool.setMaxThreadCount(1);
    m_options.threads = threadsToUse();
    m_later.setSingleShot(true);
    m_later.setInterval(kSettleMs);
    connect(&m_later, &QTimer::timeout, this, &FineTuneController::tryOut);
    connect(&m_preflight, &Preflight::changed, this, &FineTuneController::noteTry);
    const auto follow = [this] {
        if (m_isActive) {
            refresh();
        }
    };
    connect(&prediction, &PredictionController::modelChanged, this, follow);
    connect(&training, &TrainingController::stateChanged, this, follow);
    connect(&dataset, &DatasetController::modifiedCountChanged, this, follow);
    connect(&dataset, &DatasetController::opened, this, [this, follow] {
        m_compared.clear();
        m_alike.clear();
        m_cancel.cancel();
        m_isStartWanted = false;
        follow();
    });
}

FineTuneController::~FineTuneController()
{
    m_cancel.cancel();
    m_pool.waitForDone();
}

void FineTuneController::setActive(bool isActive)
{
    m_isActive = isActive;
    if (isActive) {
        refresh();
    } else {
        m_later.stop();
        m_preflight.cancel();
    }
}

void FineTuneController::refresh()
{
    ModelPlaces places;
    places.current = m_prediction.model();
    places.demo = m_demoModel;
    places.store = userDataFolder() / "models";
    if (const project::ProjectStore* store = m_dataset.project().store()) {
        if (const auto kept = store->models()) {
            for (auto model = kept->rbegin(); model != kept->rend(); ++model) {
                places.kept.emplace_back(model->path, model->name);
            }
        }
    }
    if (!m_demoModel.isEmpty()) {
        places.configs = fs::path(m_demoModel.toStdString()).parent_path() / "configs";
    }
    m_models = listTrainableModels(places);
    const auto found = std::find_if(m_models.begin(), m_models.end(), [this](const auto& one) {
        return one.id == m_options.model.id && one.isFromScratch == m_options.model.isFromScratch
               && one.settings == m_options.model.settings;
    });
    FineTuneOptions options = m_options;
    options.model = found != m_models.end() ? *found : m_models.front();
    options.classes = 1;
    for (const LabelClass& one : m_dataset.classes()) {
        options.classes = std::max(options.classes, int{one.index});
    }
    refreshCases();
    compare();
    setOptions(std::move(options));
}

void FineTuneController::refreshCases()
{
    m_cases.clear();
    m_references.clear();
    const project::ProjectStore* store = m_dataset.project().store();
    std::map<ImageId, project::ReviewStatus> statuses;
    std::map<RevisionId, project::RevisionKind> kinds;
    if (store != nullptr) {
        if (auto known = project::reviewStatuses(*store)) {
            statuses = std::move(known).value();
        }
        if (const auto revisions = store->allRevisions()) {
            for (const project::RevisionRecord& one : *revisions) {
                kinds.emplace(one.id, one.kind);
            }
        }
    }
    for (const ImageEntry& entry : m_dataset.images().entries()) {
        FineTuneCase one;
        one.image = entry.id;
        one.group = entry.group;
        one.split = entry.split;
        one.isLabelled = entry.isLabelled && entry.problem.isEmpty() && !entry.isMissing;
        one.hasGuide = entry.hasGuideCorrection;
        RevisionId reference;
        if (const auto status = statuses.find(entry.id); status != statuses.end()) {
            reference = status->second.reference;
            one.isBarred = status->second.decision && !reference.isValid();
        }
        const auto kind = kinds.find(reference);
        one.isCorrected =
            entry.isEdited || (kind != kinds.end() && kind->second == project::RevisionKind::Human);
        m_cases.push_back(std::move(one));
        m_references.push_back(reference);
    }
    count();
}

void FineTuneController::count()
{
    m_split = proposeSplit(m_cases, m_alike);
    m_counts = {};
    if (!m_split.isPossible() && !m_alike.empty()) {
        // All of one scene: better a choice among like images than none, and to say so.
        m_split = proposeSplit(m_cases, {});
        m_counts.areAllAlike = m_split.isPossible();
    }
    m_counts.train = static_cast<int>(m_split.train.size());
    m_counts.validation = static_cast<int>(m_split.validation.size());
    m_counts.locked = static_cast<int>(m_split.locked.size());
    m_counts.barred = static_cast<int>(m_split.barred.size());
    m_counts.alikeLocked = static_cast<int>(m_split.alikeLocked.size());
    if (const project::ProjectStore* store = m_dataset.project().store()) {
        if (const auto events = store->modelEvents()) {
            m_counts.locksLookedAt = project::lockedLooksOf(*events);
        }
    }
    for (const FineTuneCase& one : m_cases) {
        const bool trains =
            std::binary_search(m_split.train.begin(), m_split.train.end(), one.image);
        m_counts.correctedMasks += trains && one.isCorrected ? 1 : 0;
        m_counts.correctedGuides += trains && one.hasGuide ? 1 : 0;
        m_counts.guidesWithoutMask += one.hasGuide && !one.isLabelled ? 1 : 0;
        const auto proposed = m_split.proposed.find(one.image);
        m_counts.newlyHeldOut += proposed != m_split.proposed.end()
                                         && proposed->second != QLatin1String("train")
                                         && one.isLabelled
                                     ? 1
                                     : 0;
    }
}

/// Looks for images of the same scene among those that are labelled, in the background.
void FineTuneController::compare()
{
    std::vector<ImageId> images;
    datasets::Dataset set;
    for (std::size_t i = 0; i < m_cases.size(); ++i) {
        if (m_cases[i].isLabelled && !m_cases[i].isBarred) {
            images.push_back(m_cases[i].image);
            datasets::Sample sample;
            sample.image = m_dataset.images().entry(static_cast<int>(i)).image;
            set.samples.push_back(std::move(sample));
        }
    }
    if (images == m_compared || images.size() < 2) {
        return;
    }
    m_compared = images;
    m_cancel.cancel();
    m_cancel = CancelToken();
    m_isComparing = true;
    const auto look = [set = std::move(set), cancel = m_cancel] {
        datasets::NearDuplicateOptions options;
        options.threads = 1;
        return datasets::findNearDuplicates(set, options, cancel);
    };
    afterwards(
        QtConcurrent::run(&m_pool, look),
        this,
        [this,
         images = std::move(images)](const Result<std::vector<datasets::NearDuplicate>>& found) {
            if (images != m_compared) {
                return; // of other images; those are looked at already
            }
            m_isComparing = false;
            m_alike.clear();
            for (const datasets::NearDuplicate& pair :
                 found ? *found : std::vector<datasets::NearDuplicate>()) {
                m_alike.emplace_back(images[pair.a], images[pair.b]);
            }
            count();
            Q_EMIT changed();
            if (std::exchange(m_isStartWanted, false)) {
                freezeAndStart();
            }
        });
}

void FineTuneController::setOptions(FineTuneOptions options)
{
    const bool isOther = options.model.id != m_options.model.id
                         || options.model.settings != m_options.model.settings;
    if (isOther || !reasonAgainst(options.model, options.scope).isEmpty()) {
        options.scope = defaultScope(options.model);
    }
    if (isOther) {
        options.imageSize = 0;
        options.batchSize = 0;
    }
    const bool isChanged = !(options == m_options);
    m_options = std::move(options);
    Q_EMIT changed();
    if (m_isActive && !isMeasured()
        && (isChanged || m_preflight.state() == Preflight::State::Idle)) {
        m_preflight.cancel();
        m_later.start();
    }
}

QString FineTuneController::reasonUnavailable() const
{
    if (m_prediction.program().isEmpty()) {
        return tr("The program guidino was not found beside this one.");
    }
    if (m_training.isActive()) {
        return tr("A training is running.");
    }
    if (!m_dataset.isOpen()) {
        return tr("Open a folder of images first.");
    }
    if (m_dataset.project().isReadOnly()) {
        return tr("This project is open for reading only.");
    }
    if (!m_options.model.problem.isEmpty()) {
        return m_options.model.problem;
    }
    return reasonAgainst(m_split);
}

std::vector<FrozenCase> FineTuneController::frozen(bool withContent) const
{
    std::vector<FrozenCase> result;
    const project::ProjectStore* store = m_dataset.project().store();
    QSet<QString> stems;
    for (std::size_t i = 0; i < m_cases.size(); ++i) {
        const FineTuneCase& one = m_cases[i];
        const bool isValidation =
            std::binary_search(m_split.validation.begin(), m_split.validation.end(), one.image);
        if (!isValidation
            && !std::binary_search(m_split.train.begin(), m_split.train.end(), one.image)) {
            continue;
        }
        const ImageEntry& entry = m_dataset.images().entry(static_cast<int>(i));
        FrozenCase frozen;
        frozen.image = one.image;
        frozen.file = entry.image;
        frozen.source = m_dataset.labelSourceOf(entry);
        frozen.isValidation = isValidation;
        // What is edited since it was saved is in the journal behind the revision.
        frozen.revision = entry.isEdited ? RevisionId() : m_references[i];
        if (store != nullptr && withContent) {
            auto regions = project::redactionsOf(*store, one.image);
            if (!regions) {
                continue; // what should be hidden cannot be known: better without the image
            }
            frozen.redacted = std::move(regions).value();
            if (const auto record = store->image(one.image)) {
                frozen.sha256 = record->sha256;
            }
            if (one.hasGuide && !frozen.isValidation) {
                if (auto codes = store->guideCorrection(one.image)) {
                    frozen.guide = std::move(codes).value();
                }
            }
        }
        QString stem = entry.stem;
        for (int copy = 2; stems.contains(stem); ++copy) {
            stem = entry.stem + QLatin1Char('-') + QString::number(copy);
        }
        stems.insert(stem);
        frozen.stem = stem.toStdString();
        result.push_back(std::move(frozen));
    }
    return result;
}

void FineTuneController::tryOut()
{
    m_later.stop();
    if (!reasonUnavailable().isEmpty()) {
        m_preflight.cancel();
        return;
    }
    m_tried = m_options;
    m_preflight.start(m_options, frozen(false));
}

void FineTuneController::cancelTry()
{
    m_later.stop();
    m_preflight.cancel();
    Q_EMIT preflightChanged();
}

void FineTuneController::noteTry()
{
    if (m_preflight.state() == Preflight::State::Done && m_preflight.result().secondsPerStep > 0) {
        m_settings.setValue(speedKey(), m_preflight.result().secondsPerStep);
    }
    Q_EMIT preflightChanged();
}

void FineTuneController::applyFix()
{
    if (m_preflight.state() != Preflight::State::Done) {
        return;
    }
    FineTuneOptions options = m_options;
    for (const auto& [name, text] : m_preflight.result().advice) {
        const QString key = QString::fromStdString(name);
        const QString value = QString::fromStdString(text);
        if (key == QLatin1String("training.batch_size")) {
            options.batchSize = value.toInt();
        } else if (key == QLatin1String("data.image_size")) {
            options.imageSize = value.toInt();
        } else if (key == QLatin1String("device")) {
            options.device = value;
        } else {
            options.settings << key + QLatin1Char('=') + value;
        }
    }
    setOptions(std::move(options));
}

QString FineTuneController::fixText() const
{
    if (m_preflight.state() != Preflight::State::Done || m_preflight.result().fits) {
        return {};
    }
    QStringList parts;
    for (const auto& [name, text] : m_preflight.result().advice) {
        const QString key = QString::fromStdString(name);
        const QString value = QString::fromStdString(text);
        if (key == QLatin1String("training.batch_size")) {
            parts << tr("%n image(s) a step", nullptr, value.toInt());
        } else if (key == QLatin1String("data.image_size")) {
            parts << tr("images of %1 pixels").arg(value);
        } else if (key == QLatin1String("device")) {
            parts << tr("train on %1").arg(value);
        } else {
            parts << key + QLatin1Char('=') + value;
        }
    }
    return parts.join(QStringLiteral(", "));
}

QString FineTuneController::speedKey() const
{
    const TrainableModel& model = m_options.model;
    QString key = QStringLiteral("%1-%2-%3-%4-%5")
                      .arg(model.sha256.isEmpty() ? model.id : model.sha256.left(16))
                      .arg(static_cast<int>(m_options.scope))
                      .arg(m_options.imageSize > 0 ? m_options.imageSize : model.imageSize)
                      .arg(m_options.effectiveBatch())
                      .arg(m_options.device);
    key.replace(QLatin1Char('/'), QLatin1Char('_')); // a bundle's path is no group of settings
    return QStringLiteral("trainingSeconds/") + key;
}

std::optional<double> FineTuneController::secondsOf(Effort effort) const
{
    const int epochs = epochsOf(m_options, effort, m_counts.train);
    const auto steps = static_cast<double>(stepsOf(m_options, effort, m_counts.train));
    if (isMeasured()) {
        const jobs::PreflightReport& report = m_preflight.result();
        const double tried = static_cast<double>(report.epochs * report.stepsPerEpoch);
        // Validations, and what is computed once: tokens of a frozen ViT.
        const double rest =
            std::max(0.0, report.secondsInAll - report.secondsPerStep * tried)
            * (report.tokensAreCached ? 1.0
                                      : epochs / std::max(1.0, static_cast<double>(report.epochs)));
        return report.secondsPerStep * steps + rest;
    }
    const double perStep = m_settings.value(speedKey()).toDouble();
    if (perStep <= 0) {
        return std::nullopt;
    }
    // A validation goes forward only: about a third of a step's work for as many images.
    const int batch = m_options.effectiveBatch();
    return perStep * (steps + epochs * ((m_counts.validation + batch - 1) / batch) / 3.0);
}

bool FineTuneController::isMeasured() const
{
    FineTuneOptions tried = m_tried;
    tried.effort = m_options.effort;
    tried.epochs = m_options.epochs;
    return m_preflight.state() == Preflight::State::Done && m_preflight.result().secondsPerStep > 0
           && tried == m_options;
}

void FineTuneController::start()
{
    refreshCases();
    if (!reasonUnavailable().isEmpty()) {
        return;
    }
    cancelTry();
    m_training.beginPreparing();
    compare();
    if (m_dataset.modifiedCount() > 0) {
        connect(
            &m_dataset,
            &DatasetController::saved,
            this,
            [this] {
                if (m_training.state() != TrainingController::State::Preparing) {
                    return; // taken back meanwhile
                }
                if (m_dataset.modifiedCount() > 0) {
                    fail(Error{ErrorCode::CannotWrite, "labels could not be saved", {}});
                } else if (!m_isComparing) {
                    freezeAndStart();
                } else {
                    m_isStartWanted = true;
                }
            },
            Qt::SingleShotConnection);
        m_dataset.save();
        return;
    }
    m_isStartWanted = m_isComparing;
    if (!m_isComparing) {
        freezeAndStart();
    }
}

void FineTuneController::freezeAndStart()
{
    if (m_training.state() != TrainingController::State::Preparing) {
        return;
    }
    refreshCases();
    if (const QString reason = reasonAgainst(m_split); !reason.isEmpty()) {
        fail(Error{ErrorCode::BadInput, reason.toStdString(), {}});
        return;
    }
    const auto proposed = m_split.proposed;
    for (const auto& [image, split] : proposed) {
        if (const Status kept = m_dataset.project().setSplit(image, split); !kept) {
            fail(kept.error());
            return;
        }
    }
    TrainingOrder order;
    order.options = m_options;
    order.cases = frozen(true);
    order.classes = m_dataset.classes();
    m_training.start(std::move(order));
    refreshCases();
    Q_EMIT changed();
}

void FineTuneController::fail(const Error& error)
{
    m_training.cancel();
    Notice notice = noticeFor(error, tr("The training could not start."), Notice::Action::None);
    notice.topic = QStringLiteral("training");
    Q_EMIT problemOccurred(notice);
}

} // namespace guidino::ui
