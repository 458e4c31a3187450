// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/ids.h"
#include "ui/model/finetune_plan.h"
#include "ui/model/notice.h"
#include "ui/model/preflight.h"
#include "ui/model/training_folder.h"

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QTimer>

#include <optional>
#include <vector>

class QSettings;

namespace guidino::ui {

class DatasetController;
class PredictionController;
class TrainingController;

/// How many images take which part in a fine-tuning.
struct FineTuneCounts
{
    int train = 0;
    int correctedMasks = 0;  ///< of those that train
    int correctedGuides = 0; ///< of those that train
    int validation = 0;
    int locked = 0;
    int barred = 0;            ///< rejected, unsure or contested
    int alikeLocked = 0;       ///< left out because they show the scene of a locked case
    int guidesWithoutMask = 0; ///< corrected guides that wait for a mask
    int newlyHeldOut = 0;      ///< validation and locked cases that the project does not have yet
    bool areAllAlike = false;  ///< held-out images show the scene of training images
    int locksLookedAt = 0;     ///< how often a model was judged by the locked set
};

/// The plan of the next fine-tuning: which images, which model, what of it, how long; what it needs
/// on this machine; and its start. GUI thread only; nothing blocks.
class FineTuneController : public QObject
{
    Q_OBJECT

public:
    /// `settings` keeps the times that were measured on this machine. `demoModel`: its bundle;
    /// empty: not installed.
    FineTuneController(
        DatasetController& dataset,
        PredictionController& prediction,
        TrainingController& training,
        QSettings& settings,
        const QString& demoModel,
        QObject* parent = nullptr);
    ~FineTuneController() override;

    /// While active, changes of the project are followed and the plan is tried out in the
    /// background.
    void setActive(bool isActive);

    /// Looks at project and models anew; changed() follows.
    void refresh();

    [[nodiscard]] const std::vector<TrainableModel>& models() const { return m_models; }

    [[nodiscard]] const FineTuneOptions& options() const { return m_options; }

    /// Another model brings its own best scope where it has not the present one.
    void setOptions(FineTuneOptions options);

    [[nodiscard]] const FineTuneSplit& split() const { return m_split; }

    [[nodiscard]] const FineTuneCounts& counts() const { return m_counts; }

    /// Why no training can start now; empty where one can.
    [[nodiscard]] QString reasonUnavailable() const;

    [[nodiscard]] const Preflight& preflight() const { return m_preflight; }

    /// Tries the plan out now; ends the try before.
    void tryOut();
    void cancelTry();

    /// Takes the setting that would fit, and tries again.
    void applyFix();

    /// What applyFix() would do, in words; empty: there is nothing to do.
    [[nodiscard]] QString fixText() const;

    /// How long a training takes here: by the last try-out of this plan, else by what a like one
    /// took before. Nothing: not known.
    [[nodiscard]] std::optional<double> secondsOf(Effort effort) const;

    /// The times stand for this very plan, measured by its try-out.
    [[nodiscard]] bool isMeasured() const;

    /// Saves what is unsaved, keeps the proposed splits in the project, freezes labels and guides,
    /// and starts.
    void start();

Q_SIGNALS:
    void changed();
    void preflightChanged();
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    void refreshCases();
    void count();
    void compare();
    void freezeAndStart();
    /// Those that train or choose; `withContent`: with what of them is to be frozen.
    [[nodiscard]] std::vector<FrozenCase> frozen(bool withContent) const;
    [[nodiscard]] QString speedKey() const;
    void noteTry();
    void fail(const Error& error);

    DatasetController& m_dataset;
    PredictionController& m_prediction;
    TrainingController& m_training;
    QSettings& m_settings;
    QString m_demoModel;
    std::vector<TrainableModel> m_models;
    FineTuneOptions m_options;
    std::vector<FineTuneCase> m_cases;
    std::vector<RevisionId> m_references; ///< of m_cases
    std::vector<AlikePair> m_alike;
    std::vector<ImageId> m_compared; ///< images that m_alike is about
    FineTuneSplit m_split;
    FineTuneCounts m_counts;
    Preflight m_preflight;
    FineTuneOptions m_tried; ///< options of the last try-out
    QTimer m_later;
    bool m_isActive = false;
    bool m_isComparing = false;
    bool m_isStartWanted = false;
    CancelToken m_cancel;
    QThreadPool m_pool;
};

} // namespace guidino::ui
