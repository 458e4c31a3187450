// SPDX-License-Identifier: Apache-2.0
#include "ui/model/guide_controller.h"

#include "core/editing/brush_stroke.h"
#include "ui/model/afterwards.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/label_files.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"

#include <QStandardPaths>
#include <QtConcurrentRun>

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

/// On a tmpfs where there is one: guides go to the worker many times a second.
QString folderPattern()
{
    QString place = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    if (place.isEmpty()) {
        place = QStandardPaths::writableLocation(QStandardPaths::TempLocation);
    }
    return place + QStringLiteral("/guidino-guides-XXXXXX");
}

} // namespace

/// Figures of what is shown, made on a background thread from snapshots.
struct GuideController::Figures
{
    int generation = 0;
    GuideAgreement agreement;
    std::optional<TrialEffect> effect;
    std::vector<QPolygonF> oldOutlines;
    RasterF coverage;
    bool isCoverageOfLabel = false;
};

GuideController::GuideController(
    DatasetController& dataset,
    PredictionController& prediction,
    ProjectController& project,
    QObject* parent)
    : QObject(parent)
    , m_dataset(dataset)
    , m_prediction(prediction)
    , m_project(project)
    , m_folder(folderPattern())
{
    m_readers.setMaxThreadCount(1); // answers in the order they came
    m_figures.setMaxThreadCount(1);
    connect(&dataset, &DatasetController::currentChanged, this, &GuideController::follow);
    connect(&dataset, &DatasetController::opened, this, [this] {
        m_edits.clear();
        m_toSearch.clear();
        m_choice = {};
    });
    connect(&prediction, &PredictionController::answered, this, &GuideController::noteAnswered);
    connect(&prediction, &PredictionController::unanswered, this, &GuideController::noteUnanswered);
    connect(&prediction, &PredictionController::stateChanged, this, [this] {
        Q_EMIT availabilityChanged();
    });
    connect(&prediction, &PredictionController::modelLoaded, this, [this] {
        m_choice = {};
        m_mix = {};
        m_toSearch.clear();
        // What is shown was said by the model before; it stays until this one is asked. The same
        // model after a restart goes on where it was.
        Q_EMIT availabilityChanged();
        Q_EMIT mixChanged();
        askForGroups();
        wantTrial();
    });
    follow(dataset.current());
}

GuideController::~GuideController()
{
    m_readers.clear();
    m_figures.clear();
    m_readers.waitForDone();
    m_figures.waitForDone();
}

QString GuideController::reasonUnavailable() const
{
    const QString general = m_prediction.reasonUnavailable();
    if (!general.isEmpty()) {
        return general;
    }
    if (m_prediction.isModelLoaded() && !m_prediction.info().hasGuide()) {
        return tr("This model has no guide.");
    }
    if (m_own == nullptr) {
        return tr("Run the model first (R).");
    }
    if (m_own->bundle != m_prediction.model()) {
        return tr("What is shown is of another model. Run this one first (R).");
    }
    return m_own->guide == nullptr ? tr("This model has no guide.") : QString();
}

QString GuideController::imageFile() const
{
    const int row = m_document != nullptr ? m_dataset.images().rowOf(m_document->id()) : -1;
    return row < 0 ? QString()
                   : QString::fromStdString(m_dataset.images().entry(row).image.string());
}

// ---- which image ------------------------------------------------------------------------------

void GuideController::follow(AnnotationDocument* document)
{
    if (m_document != nullptr) {
        m_document->disconnect(this);
        m_edit.endStroke();
        if (m_edit.isChanged()) {
            m_edits.insert(m_document->id().value, m_edit);
        }
    }
    m_document = document;
    m_pinned.reset();
    m_own.reset();
    if (document != nullptr) {
        connect(document, &AnnotationDocument::predictionChanged, this, [this] {
            noteOwnPrediction();
        });
        connect(document, &AnnotationDocument::trialChanged, this, [this] { refreshFigures(); });
        connect(document, &AnnotationDocument::labelsChanged, this, [this] { refreshFigures(); });
    }
    noteOwnPrediction();
    Q_EMIT brushChanged();
}

void GuideController::noteOwnPrediction()
{
    ++m_generation;
    m_own = m_document != nullptr ? m_document->prediction() : nullptr;
    m_mix = {};
    m_effect.reset();
    m_oldOutlines.clear();
    m_agreement = {};
    m_coverage = {};
    if (m_own != nullptr && m_own->guide != nullptr) {
        const qint64 id = m_document->id().value;
        const bool isKnown = m_edits.contains(id) && m_edits[id].own() == m_own->guide->values();
        m_edit = isKnown ? m_edits.take(id) : GuideEdit(m_own->guide->values(), m_document->size());
        if (m_radiusPx <= 0) {
            constexpr double kShareOfSide = 0.08;
            setRadiusPx(
                kShareOfSide * std::max(m_document->size().width, m_document->size().height));
        }
    } else {
        m_edit = {};
    }
    Q_EMIT availabilityChanged();
    Q_EMIT mixChanged();
    Q_EMIT editChanged();
    Q_EMIT effectChanged();
    Q_EMIT agreementChanged();
    refreshFigures();
    askForGroups();
    wantTrial();
}

// ---- lens -------------------------------------------------------------------------------------

void GuideController::setThreshold(double threshold)
{
    const double wanted = std::clamp(threshold, 0.0, 1.0);
    if (std::exchange(m_threshold, wanted) != wanted) {
        refreshFigures();
    }
}

void GuideController::refreshFigures()
{
    m_areFiguresWanted = true;
    if (m_areFiguresRunning || m_document == nullptr || m_own == nullptr) {
        return;
    }
    m_areFiguresWanted = false;
    m_areFiguresRunning = true;
    const auto make = [own = m_own,
                       trial = m_document->trial(),
                       labels = m_document->labels(),
                       threshold = m_threshold,
                       generation = m_generation] {
        Figures figures;
        figures.generation = generation;
        const Prediction& shown = trial != nullptr ? *trial : *own;
        figures.agreement = agreementOf(shown, labels, threshold);
        if (trial != nullptr) {
            figures.effect = effectOf(own->labels, trial->labels, labels);
            figures.oldOutlines = outlinesOf(own->labels);
        }
        if (own->guide != nullptr) {
            figures.isCoverageOfLabel = labels.size() == own->labels.size() && hasLabels(labels);
            figures.coverage = coverageOf(
                (figures.isCoverageOfLabel ? labels : own->labels).toRaster(),
                own->guide->values().size());
        }
        return figures;
    };
    afterwards(QtConcurrent::run(&m_figures, make), this, [this](const Figures& figures) {
        m_areFiguresRunning = false;
        if (figures.generation == m_generation) {
            takeFigures(figures);
        }
        if (m_areFiguresWanted) {
            refreshFigures();
        }
    });
}

void GuideController::takeFigures(const Figures& figures)
{
    m_agreement = figures.agreement;
    const bool isTrial = m_document != nullptr && m_document->trial() != nullptr;
    m_effect = isTrial ? figures.effect : std::nullopt;
    m_oldOutlines = isTrial ? figures.oldOutlines : std::vector<QPolygonF>();
    m_coverage = figures.coverage;
    m_isCoverageOfLabel = figures.isCoverageOfLabel;
    Q_EMIT agreementChanged();
    Q_EMIT effectChanged();
    Q_EMIT orderChanged();
}

// ---- mixer ------------------------------------------------------------------------------------

void GuideController::setMixerShown(bool isShown)
{
    if (std::exchange(m_isMixerShown, isShown) != isShown && isShown) {
        askForGroups();
    }
}

PrototypeMix::Check GuideController::check() const
{
    const bool isPainted = m_edit.isChanged();
    if (m_document == nullptr || m_own == nullptr || isPainted) {
        return {};
    }
    // Until the answer to a change has come, the guide that is shown is of the choice before.
    const auto& shown = m_document->shownPrediction();
    const bool isCurrent = m_trialJob.isEmpty() && !m_isTrialWanted
                           && m_mix.isChanged() == (m_document->trial() != nullptr);
    return isCurrent && shown != nullptr && shown->guides != nullptr ? m_mix.check(*shown->guides)
                                                                     : PrototypeMix::Check();
}

void GuideController::toggleMute(int group)
{
    if (group >= 0 && group < m_mix.count()) {
        m_mix.toggleMute(group);
        m_choice = m_mix;
        Q_EMIT mixChanged();
        wantTrial();
    }
}

void GuideController::toggleSolo(int group, bool adds)
{
    if (group >= 0 && group < m_mix.count()) {
        m_mix.toggleSolo(group, adds);
        m_choice = m_mix;
        Q_EMIT mixChanged();
        wantTrial();
    }
}

void GuideController::resetMix()
{
    m_mix.reset();
    m_choice = m_mix;
    Q_EMIT mixChanged();
    wantTrial();
}

void GuideController::pin(std::optional<PointF> image)
{
    if (m_pinned != image) {
        m_pinned = image;
        Q_EMIT orderChanged();
    }
}

// ---- what-if brush ----------------------------------------------------------------------------

void GuideController::setBrushOn(bool isOn)
{
    if (m_isBrushOn == isOn) {
        return;
    }
    endStroke();
    m_isBrushOn = isOn;
    if (isOn && m_own == nullptr) {
        m_prediction.predictCurrent(); // there must be a guide to paint on
    }
    Q_EMIT brushChanged();
}

void GuideController::setStrength(double strength)
{
    constexpr double kLeast = 0.05;
    const double wanted = std::clamp(strength, kLeast, 1.0);
    if (std::exchange(m_strength, wanted) != wanted) {
        Q_EMIT brushChanged();
    }
}

void GuideController::setLowering(bool isLowering)
{
    if (std::exchange(m_isLowering, isLowering) != isLowering) {
        Q_EMIT brushChanged();
    }
}

void GuideController::setRadiusPx(double radiusPx)
{
    // Far larger than a label's brush: half of a large image is a usual question to a guide.
    constexpr double kLargest = 4 * editing::kMaxBrushRadiusPx;
    const double wanted = std::clamp(radiusPx, 1.0, kLargest);
    if (std::exchange(m_radiusPx, wanted) != wanted) {
        Q_EMIT brushChanged();
    }
}

void GuideController::beginStroke(PointF point, bool raises)
{
    if (!reasonUnavailable().isEmpty()) {
        return;
    }
    m_edit.beginStroke(raises, m_strength, m_radiusPx);
    continueStroke(point);
}

void GuideController::continueStroke(PointF point)
{
    if (m_edit.isStroking()) {
        m_edit.moveTo(point);
        Q_EMIT editChanged();
        wantTrial();
    }
}

void GuideController::endStroke()
{
    if (m_edit.isStroking()) {
        m_edit.endStroke();
        Q_EMIT editChanged();
    }
}

void GuideController::apply(GuidePreset preset)
{
    if (reasonUnavailable().isEmpty()) {
        m_edit.apply(preset, m_document->labels());
        Q_EMIT editChanged();
        wantTrial();
    }
}

void GuideController::undoEdit()
{
    m_edit.undo();
    Q_EMIT editChanged();
    wantTrial();
}

void GuideController::clearEdit()
{
    m_edit.clear();
    Q_EMIT editChanged();
    wantTrial();
}

void GuideController::keepCorrection()
{
    const std::optional<LabelMap> fresh = m_edit.correction();
    if (m_document == nullptr || !fresh || !m_project.isOpen()) {
        return;
    }
    const ImageId image = m_document->id();
    // Over what was kept before, where nothing was painted now.
    Raster8 codes = fresh->toRaster();
    const Result<std::optional<LabelMap>> before = m_project.store()->guideCorrection(image);
    if (before && *before && (*before)->size() == codes.size()) {
        const Raster8 old = (*before)->toRaster();
        for (std::size_t i = 0; i < codes.pixels().size(); ++i) {
            if (codes.pixels()[i] == static_cast<std::uint8_t>(GuideCode::Unspecified)) {
                codes.pixels()[i] = old.pixels()[i];
            }
        }
    }
    tellCorrection(
        m_project.setGuideCorrection(image, LabelMap::fromRaster(codes)),
        true,
        tr("The guide correction was not kept."));
}

void GuideController::removeCorrection()
{
    if (m_document != nullptr) {
        tellCorrection(
            m_project.removeGuideCorrection(m_document->id()),
            false,
            tr("The guide correction was not removed."));
    }
}

void GuideController::tellCorrection(const Status& status, bool isThere, const QString& failure)
{
    if (!status) {
        Q_EMIT problemOccurred(noticeFor(status.error(), failure, Notice::Action::None));
        return;
    }
    const int row = m_dataset.images().rowOf(m_document->id());
    if (row >= 0) {
        m_dataset.images().update(
            row, [isThere](ImageEntry& item) { item.hasGuideCorrection = isThere; });
    }
    Q_EMIT correctionChanged(m_document->id());
}

bool GuideController::hasCorrection() const
{
    const int row = m_document != nullptr ? m_dataset.images().rowOf(m_document->id()) : -1;
    return row >= 0 && m_dataset.images().entry(row).hasGuideCorrection;
}

} // namespace guidino::ui
