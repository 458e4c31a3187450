// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/protocol/commands.h"
#include "core/protocol/messages.h"
#include "ui/model/annotation_document.h"
#include "ui/model/guide_agreement.h"
#include "ui/model/guide_edit.h"
#include "ui/model/notice.h"
#include "ui/model/prototype_mix.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QThreadPool>

#include <memory>
#include <optional>

namespace guidino::ui {

class DatasetController;
class PredictionController;
class ProjectController;

/// What the user asks of the guide of the shown image: which prototypes are heard, what is painted
/// into it, and what the model says then. Answers become the document's trial; the model's own
/// prediction stays. One request is under way at a time and only the latest wish follows it, so no
/// stale request ever waits. GUI thread only; files and figures are done on background threads.
class GuideController : public QObject
{
    Q_OBJECT

public:
    static constexpr int kGroups = 8;

    GuideController(
        DatasetController& dataset,
        PredictionController& prediction,
        ProjectController& project,
        QObject* parent = nullptr);
    ~GuideController() override;

    /// Why there is no guide to study now, for tool tips; empty when there is.
    [[nodiscard]] QString reasonUnavailable() const;

    [[nodiscard]] AnnotationDocument* document() const { return m_document; }

    // ---- lens -----------------------------------------------------------------------------------

    /// Of what is shown, a trial included.
    [[nodiscard]] const GuideAgreement& agreement() const { return m_agreement; }

    /// From this value on a token counts as attended to, [0, 1].
    [[nodiscard]] double threshold() const { return m_threshold; }

    void setThreshold(double threshold);

    // ---- mixer ----------------------------------------------------------------------------------

    /// Shares are asked for while somebody looks at them.
    void setMixerShown(bool isShown);

    [[nodiscard]] const PrototypeMix& mix() const { return m_mix; }

    /// Of the shown guide; not comparable while the guide is painted.
    [[nodiscard]] PrototypeMix::Check check() const;

    void toggleMute(int group);
    void toggleSolo(int group, bool adds);
    void resetMix();

    /// The place by which groups are ordered; nullopt: by inside against outside the mask.
    void pin(std::optional<PointF> image);

    [[nodiscard]] std::optional<PointF> pinned() const { return m_pinned; }

    /// The mask that "inside" is about: the label where there is one, else the prediction.
    [[nodiscard]] const RasterF& coverage() const { return m_coverage; }

    [[nodiscard]] bool isCoverageOfLabel() const { return m_isCoverageOfLabel; }

    /// Lets the worker look at the data set's other images (at most 64), so that the tokens that
    /// match a group best are found among them, too.
    void searchMatches();

    /// How many images are still to be searched.
    [[nodiscard]] int searchesLeft() const { return static_cast<int>(m_toSearch.size()); }

    // ---- what-if brush --------------------------------------------------------------------------

    [[nodiscard]] bool isBrushOn() const { return m_isBrushOn; }

    void setBrushOn(bool isOn);

    /// How far a full stroke moves the guide towards 1 or 0, (0, 1].
    [[nodiscard]] double strength() const { return m_strength; }

    void setStrength(double strength);

    /// The left button lowers and the right one raises; else the other way round.
    [[nodiscard]] bool isLowering() const { return m_isLowering; }

    void setLowering(bool isLowering);

    /// In image pixels.
    [[nodiscard]] double radiusPx() const { return m_radiusPx; }

    void setRadiusPx(double radiusPx);

    [[nodiscard]] const GuideEdit& edit() const { return m_edit; }

    void beginStroke(PointF point, bool raises);
    void continueStroke(PointF point);
    void endStroke();
    void apply(GuidePreset preset);
    void undoEdit();
    /// Back to the model's own guide.
    void clearEdit();

    /// Keeps what was painted as the image's correction, over what was kept before.
    void keepCorrection();
    void removeCorrection();
    [[nodiscard]] bool hasCorrection() const;

    // ---- answers --------------------------------------------------------------------------------

    /// What the changed guide did; of the document's trial.
    [[nodiscard]] const std::optional<TrialEffect>& effect() const { return m_effect; }

    /// Outlines of the model's own prediction while a trial is shown, image coordinates.
    [[nodiscard]] const std::vector<QPolygonF>& oldOutlines() const { return m_oldOutlines; }

    /// An answer is on its way.
    [[nodiscard]] bool isWaiting() const;

    /// From the latest change to its picture, in milliseconds; < 0 before the first.
    [[nodiscard]] qint64 latencyMs() const { return m_latencyMs; }

Q_SIGNALS:
    void availabilityChanged();
    void agreementChanged();
    void mixChanged();
    /// Another place is pinned, or another mask is looked at.
    void orderChanged();
    void brushChanged();
    void editChanged();
    void effectChanged();
    void waitingChanged(bool isWaiting);
    /// A correction was kept or removed.
    void correctionChanged(guidino::ImageId image);
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    struct Figures;

    void follow(AnnotationDocument* document);
    void noteOwnPrediction();
    void askForGroups();
    void takeGroups(const protocol::Prediction& answer);
    void wantTrial();
    void pump();
    void takeTrial(const protocol::Prediction& answer);
    void noteUnanswered(const QString& job, const QString& message);
    void noteAnswered(const QString& job, const protocol::Prediction& answer);
    [[nodiscard]] bool wantsTrial() const;
    [[nodiscard]] std::optional<protocol::Predict> trialRequest();
    void refreshFigures();
    void takeFigures(const Figures& figures);
    void searchNext();
    [[nodiscard]] QString imageFile() const;
    void noteWaiting();
    void tellCorrection(const Status& status, bool isThere, const QString& failure);

    DatasetController& m_dataset;
    PredictionController& m_prediction;
    ProjectController& m_project;
    QPointer<AnnotationDocument> m_document;
    std::shared_ptr<const Prediction> m_own; // of m_document
    QHash<qint64, GuideEdit> m_edits;        // of other images, where something is painted

    bool m_isMixerShown = false;
    PrototypeMix m_mix;
    PrototypeMix m_choice; // mute and solo, kept from image to image
    std::optional<PointF> m_pinned;
    QString m_groupsJob;
    QString m_searchJob;
    QStringList m_toSearch;

    bool m_isBrushOn = false;
    bool m_isLowering = false;
    double m_strength = 0.8;
    double m_radiusPx = 0; // 0: to be chosen by the image
    GuideEdit m_edit;

    QString m_trialJob;
    bool m_isTrialWanted = false;
    bool m_isReadingTrial = false;
    QTemporaryDir m_folder; // of guides on their way to the worker
    int m_guideFile = 0;
    QElapsedTimer m_sinceWish;
    qint64 m_latencyMs = -1;

    double m_threshold = 0.5;
    GuideAgreement m_agreement;
    std::optional<TrialEffect> m_effect;
    std::vector<QPolygonF> m_oldOutlines;
    RasterF m_coverage;
    bool m_isCoverageOfLabel = false;
    bool m_areFiguresWanted = false;
    bool m_areFiguresRunning = false;
    bool m_wasWaiting = false;
    int m_generation = 0; // of the shown image and its own prediction
    QThreadPool m_readers;
    QThreadPool m_figures;
};

} // namespace guidino::ui
