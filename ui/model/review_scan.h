// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/project/review_value.h"
#include "core/protocol/run_folder.h"
#include "ui/model/notice.h"

#include <QByteArray>
#include <QHash>
#include <QObject>
#include <QSet>
#include <QString>
#include <QStringList>
#include <QThreadPool>
#include <QTimer>

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace guidino::ui {

class DatasetController;
class JobsController;
class PredictionController;
class PredictionFreshness;
class ProjectController;

/// What was made of one prediction in the background.
struct ScannedPrediction
{
    QByteArray labels; ///< as a project stores them
    project::ReviewSignals found;
};

/// Predictions as the review needs them: stored as revisions with their review signals and guide
/// (`guides/IMAGE.npy`). Keeps those that the window asks for, and predicts all other images by
/// jobs of the queue: what such a job has done is taken over while it runs, whichever window
/// started it, and once only. GUI thread only.
class ReviewScan : public QObject
{
    Q_OBJECT

public:
    ReviewScan(
        ProjectController& project,
        DatasetController& dataset,
        PredictionController& prediction,
        JobsController& jobs,
        QObject* parent = nullptr);
    ~ReviewScan() override;

    /// Images are being handed to a job, or a job predicts or is read.
    [[nodiscard]] bool isRunning() const { return m_isPreparing || !m_jobs.empty(); }

    /// Why it cannot be started; empty where it can.
    [[nodiscard]] QString reasonUnavailable() const;

    /// Images without a prediction of the model in use.
    [[nodiscard]] int missingCount() const;

    [[nodiscard]] PredictionFreshness& freshness() { return *m_freshness; }

    /// Predicts the images that lack a prediction of this model; `withMirror` also over mirrored
    /// views, which takes about five times as long and gives one more reason.
    void start(bool withMirror);
    void cancel();

Q_SIGNALS:
    void runningChanged();
    void progressed(int done, int total);
    /// The signals of so many images came in.
    void scanned(int count);
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    struct Followed;

    [[nodiscard]] std::vector<ImageId> missing() const;
    void submit(JobId id, bool withMirror, int count);
    void look();
    void followAll();
    void follow(JobId id);
    void take(Followed& job, const QByteArray& line);
    void takeSummary(Followed& job);
    void readNext(JobId id);
    [[nodiscard]] std::filesystem::path fileOf(ImageId image) const;
    void finish(JobId id);
    [[nodiscard]] Followed* find(JobId id) const;
    void keep(ImageId image);
    [[nodiscard]] bool
    store(ImageId image, const QString& model, const Result<ScannedPrediction>& scanned);
    [[nodiscard]] bool storeMirror(ImageId image, const Result<ScannedPrediction>& scanned);
    void tell(const Error& error);

    ProjectController& m_project;
    DatasetController& m_dataset;
    PredictionController& m_prediction;
    JobsController& m_queue;
    PredictionFreshness* m_freshness;
    std::vector<std::unique_ptr<Followed>> m_jobs; ///< that predict or are not read to the end
    bool m_isPreparing = false;
    QTimer m_look;
    QThreadPool m_pool;
};

} // namespace guidino::ui
