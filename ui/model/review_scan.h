// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/jobs/run_worker.h"
#include "core/project/review_value.h"
#include "ui/model/notice.h"

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QThreadPool>

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace guidino::ui {

class DatasetController;
class PredictionController;
class ProjectController;

/// What was made of one prediction in the background.
struct ScannedPrediction
{
    QByteArray labels; ///< as a project stores them
    project::ReviewSignals found;
};

/// Predictions as the review needs them: stored as revisions with their review signals and guide
/// (`guides/IMAGE.npy`). Keeps those that the window asks for, and predicts all other images in a
/// worker process of its own. GUI thread only.
class ReviewScan : public QObject
{
    Q_OBJECT

public:
    /// `program`: guidino.
    ReviewScan(
        ProjectController& project,
        DatasetController& dataset,
        PredictionController& prediction,
        QString program,
        QObject* parent = nullptr);
    ~ReviewScan() override;

    [[nodiscard]] bool isRunning() const { return m_worker != nullptr || m_reading; }

    /// Why it cannot be started; empty where it can.
    [[nodiscard]] QString reasonUnavailable() const;

    /// Images without a prediction of their own.
    [[nodiscard]] int missingCount() const;

    /// Predicts the images that lack a prediction; `withMirror` also over mirrored views, which
    /// takes about five times as long and gives one more reason.
    void start(bool withMirror);
    void cancel();

Q_SIGNALS:
    void runningChanged();
    void progressed(int done, int total);
    /// The signals of so many images came in.
    void scanned(int count);
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    [[nodiscard]] std::vector<ImageId> missing() const;
    void run(bool isMirror);
    void noteEnd(const jobs::JobEnd& end);
    void readNext();
    void finish();
    void keep(ImageId image);
    void store(ImageId image, const QString& model, const Result<ScannedPrediction>& scanned);
    void tell(const Error& error);

    ProjectController& m_project;
    DatasetController& m_dataset;
    PredictionController& m_prediction;
    QString m_program;
    std::filesystem::path m_folder; ///< of the running scan
    std::vector<ImageId> m_images;
    std::unique_ptr<jobs::RunWorker> m_worker;
    QString m_model; ///< SHA-256 of the bundle that the scan used
    std::size_t m_next = 0;
    int m_kept = 0;
    bool m_withMirror = false;
    bool m_isMirrorRun = false;
    bool m_reading = false;
    QThreadPool m_pool;
};

} // namespace guidino::ui
