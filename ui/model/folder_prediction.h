// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/job_spec.h"

#include <QObject>
#include <QString>
#include <QThreadPool>

#include <vector>

namespace guidino::ui {

/// Images of a folder, whether or not they belong to the project, to be predicted into another one
/// by a job of the project's queue.
struct FolderPrediction
{
    QString model;      ///< bundle (folder, zip or registered name) or folder of nnU-Net results
    QString images;     ///< folder
    QString out;        ///< folder to be made, or an empty one
    QString fold;       ///< of nnU-Net results: "0", "all"; empty: all folds together
    QString checkpoint; ///< of nnU-Net results: "checkpoint_final" or "checkpoint_best"
    bool mirror = false;
    bool overlays = true; ///< pictures with outlines

    friend bool operator==(const FolderPrediction&, const FolderPrediction&) = default;
};

/// What would be done.
struct FolderPredictionPlan
{
    struct Fold
    {
        QString name; ///< "0", "all"
        bool hasFinal = false;
        bool hasBest = false;

        friend bool operator==(const Fold&, const Fold&) = default;
    };

    bool isNnunet = false;
    std::vector<Fold> folds; ///< of nnU-Net results; those that are trained
    int images = 0;
    QString problem; ///< why nothing can be predicted, in words; empty: it can
    QString detail;  ///< what is missing and where, in core's words; may be empty
};

/// Whether the model is looked at as nnU-Net results: a folder that is no bundle.
[[nodiscard]] bool isNnunetResults(const QString& model);

/// Looks at model and folders. Any thread; reads folders and small files.
[[nodiscard]] FolderPredictionPlan planOf(const FolderPrediction& prediction);

/// The job, with absolute paths; of nnU-Net results `guidino nnunet predict`, else `predict`. What
/// was predicted before a stop is kept when it goes on.
[[nodiscard]] protocol::JobSpec specOf(const FolderPrediction& prediction);

/// Where a job writes to that was asked for by such a request; empty: another kind of job.
/// `folder`: of the run.
[[nodiscard]] QString outFolderOf(const protocol::JobSpec& spec, const QString& folder);

/// IMAGES-predictions beside the images, with a number where that is there already.
[[nodiscard]] QString proposedOutFor(const QString& images);

/// planOf() in the background: only the latest request is answered. GUI thread only.
class FolderPredictionPlanner : public QObject
{
    Q_OBJECT

public:
    explicit FolderPredictionPlanner(QObject* parent = nullptr);
    ~FolderPredictionPlanner() override;

    void look(const FolderPrediction& prediction);

Q_SIGNALS:
    void looked(
        const guidino::ui::FolderPrediction& prediction,
        const guidino::ui::FolderPredictionPlan& plan);

private:
    QThreadPool m_pool;
    int m_generation = 0;
};

} // namespace guidino::ui
