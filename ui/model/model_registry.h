// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/project/model_records.h"
#include "ui/model/notice.h"

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QUndoStack>

#include <vector>

namespace guidino::ui {

class PredictionController;
class ProjectController;

/// Why a model may become current.
struct AdoptionGrounds
{
    bool isGatePassed = false; ///< no locked case drops by more than the project's limit
    QString reason;            ///< in the user's words, where the gate was not passed
    QString details;           ///< JSON object: the figures that it was decided by; may be empty
};

/// The models of the open project: offering what a training made, adopting it, rolling back. Models
/// are named by the SHA-256 of their weights. What is offered is copied into the project's folder
/// `models/`, so that it stays when its run folder goes. Every deed goes to the append-only trail
/// of the project; adopting and rolling back can be undone, which is a deed of its own.
///
/// A model that becomes current is the one that predicts. GUI thread only; files are read and
/// copied on a background thread.
class ModelRegistry : public QObject
{
    Q_OBJECT

public:
    ModelRegistry(
        ProjectController& project, PredictionController& prediction, QObject* parent = nullptr);
    ~ModelRegistry() override;

    /// Takes a bundle up as an offer; offered() or problemOccurred() follows, or nothingBetter()
    /// where it is the model that its training began from. The same bundle twice is one model.
    /// `runFolder`: of the training; empty: it came from elsewhere. `parent`: SHA-256 of the model
    /// it was fine-tuned from; empty: as the bundle's training record says.
    void offer(const QString& bundle, const QString& runFolder, const QString& parent = {});

    /// Asks the user interface to judge the model by the gate and to adopt it; adoptionAsked()
    /// follows.
    void askToAdopt(const QString& sha256);

    /// Makes the model current, as an undoable step. Usage where neither the gate was passed nor a
    /// reason is given, NotFound where the project has no such model or its bundle is gone.
    [[nodiscard]] Status adopt(const QString& sha256, const AdoptionGrounds& grounds);

    /// Goes back to the model that was current before, as an undoable step. NotFound without one.
    [[nodiscard]] Status rollBack(const QString& reason = {});

    /// Puts an offer aside, or offers it again.
    [[nodiscard]] Status setRetired(const QString& sha256, bool isRetired);

    /// One more look at the locked set, with the models that were compared on it.
    void noteLook(const QString& sha256, const QString& other, const QString& details = {});

    /// Keeps a figure of a model, such as "locked" -> {"dsc": 0.91, "count": 12}.
    void setFigure(const QString& sha256, const QString& key, const QString& json);

    /// Notes of a bundle that is not from a training here (the demo model), so that it can be
    /// compared; nothing where it is known.
    void note(const project::ModelRecord& model);

    // ---- what is there --------------------------------------------------------------------------

    /// The oldest first.
    [[nodiscard]] const std::vector<project::ModelRecord>& models() const { return m_models; }

    [[nodiscard]] const std::vector<project::ModelEvent>& events() const { return m_events; }

    /// Null where the project has no such model.
    [[nodiscard]] const project::ModelRecord* find(const QString& sha256) const;

    /// What was adopted last, else the model that predicts; empty: neither.
    [[nodiscard]] QString current() const;

    [[nodiscard]] project::ModelState stateOf(const QString& sha256) const;

    /// What rollBack() leads to; empty: nothing.
    [[nodiscard]] QString former() const { return project::formerModelOf(m_events); }

    [[nodiscard]] int lockedLooks() const { return project::lockedLooksOf(m_events); }

    /// The largest drop of DSC of one locked case that a new model may bring.
    [[nodiscard]] double gateLimit() const;
    [[nodiscard]] Status setGateLimit(double limit);

    /// What retraining with another seed changes by itself on 95 of 100 images at most
    /// (docs/performance.md says how it was measured).
    static constexpr double kDefaultGateLimit = 0.18;

    [[nodiscard]] QUndoStack& undoStack() { return m_undoStack; }

Q_SIGNALS:
    /// Models, deeds or figures.
    void changed();
    void offered(const QString& sha256);
    /// No epoch of a training was better on its validation images than the model it began from: it
    /// has nothing to offer. `sha256`: of that model.
    void nothingBetter(const QString& sha256);
    void currentChanged(const QString& sha256);
    void adoptionAsked(const QString& sha256);
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    class UseCommand;

    void read();
    void noteLoaded();
    void useCurrentOfProject();
    void take(project::ModelRecord record);
    /// Appends to the trail and makes the model predict.
    void use(project::ModelEvent event);
    [[nodiscard]] Status append(const project::ModelEvent& event);
    [[nodiscard]] bool canWrite() const;
    void tell(const Error& error, const QString& what);

    ProjectController& m_project;
    PredictionController& m_prediction;
    std::vector<project::ModelRecord> m_models;
    std::vector<project::ModelEvent> m_events;
    QUndoStack m_undoStack;
    int m_generation = 0; // of the project
    QThreadPool m_pool;
};

} // namespace guidino::ui
