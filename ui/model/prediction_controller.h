// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/jobs/serve_worker.h"
#include "ui/model/model_info.h"
#include "ui/model/notice.h"
#include "ui/model/prediction.h"
#include "ui/model/prediction_files.h"

#include <QHash>
#include <QObject>
#include <QSet>
#include <QString>
#include <QThreadPool>

#include <memory>
#include <vector>

namespace guidino::ui {

class DatasetController;

/// Predictions for the images of a data set through a serve worker, which is a process of its own.
/// Requests never block; results arrive as predictions of the documents. When the worker dies, the
/// documents stay as they are and the user is offered a restart. GUI thread only.
class PredictionController : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Off,      ///< not started, or the program is not there
        Starting, ///< the process or its model is being loaded
        NoModel,  ///< alive, without a model
        Ready,
        Busy, ///< a prediction is under way
        Dead, ///< ended by itself
    };
    Q_ENUM(State)

    /// `program`: guidino.
    PredictionController(
        DatasetController& dataset, const QString& program, QObject* parent = nullptr);
    ~PredictionController() override;

    [[nodiscard]] State state() const { return m_state; }

    /// The bundle in use or to be used: a folder, a zip or a registered name; empty: none.
    [[nodiscard]] const QString& model() const { return m_model; }

    /// What to call it.
    [[nodiscard]] QString modelName() const;

    /// guidino; empty: not found.
    [[nodiscard]] const QString& program() const { return m_program; }

    /// Such as "cpu" or "NVIDIA H200"; empty before the worker has said it.
    [[nodiscard]] QString device() const;

    /// Why predictions cannot be asked for now, for tool tips; empty when they can.
    [[nodiscard]] QString reasonUnavailable() const;

    /// Loads a model, starting the worker where needed.
    void setModel(const QString& model);

    void start();
    void restart();
    void shutdown();

    /// Predicts the shown image, after the one under way where there is one. Its answer goes to
    /// that image's document, whichever is shown then; before it was begun, showing another image
    /// calls it off.
    void predictCurrent();

    /// The shown image was asked for and is next: another one is under way, or the model is loaded.
    [[nodiscard]] bool isWaiting() const { return m_wished.isValid(); }

    /// The image is with the worker, or its answer is being read.
    [[nodiscard]] bool isUnderWay(ImageId image) const;

    /// A request of somebody who studies the guide: answered() or unanswered() follows with the
    /// job. Empty while no model is loaded. The files of an answer are read by who asked.
    [[nodiscard]] QString ask(const protocol::Predict& request);

    /// A prediction that was asked for ahead: the document's where it has none of this model yet.
    void offer(ImageId image, const std::shared_ptr<const Prediction>& prediction);

    /// As predictions that are asked for now are called.
    [[nodiscard]] ModelName modelInUse() const;

    /// Nothing is asked for that the user waits for.
    [[nodiscard]] bool isIdle() const
    {
        return m_pending.isEmpty() && !isWaiting() && m_asked.isEmpty() && m_isModelLoaded;
    }

    /// What the loaded model says about itself; empty before one was loaded.
    [[nodiscard]] const ModelInfo& info() const { return m_info; }

    [[nodiscard]] bool isModelLoaded() const { return m_isModelLoaded; }

    [[nodiscard]] bool isOnGpu() const;

    /// As the worker said at its start; empty before.
    [[nodiscard]] const std::vector<protocol::Device>& devices() const
    {
        return m_worker.hello().devices;
    }

    /// Gives the worker's memory back while a training runs on the same device; reload() takes the
    /// model up again.
    void release();
    void reload();

    /// For tests that end the worker's process.
    [[nodiscard]] qint64 workerPid() const;

Q_SIGNALS:
    void stateChanged(guidino::ui::PredictionController::State state);
    /// Also where what is under way becomes another image.
    void waitingChanged();
    void modelChanged();
    /// The worker has it in memory; info() is about it.
    void modelLoaded();
    void answered(const QString& job, const guidino::protocol::Prediction& answer);
    /// `message`: why, in the worker's words; empty where a newer request or the worker's end is
    /// why.
    void unanswered(const QString& job, const QString& message);
    void predicted(guidino::ImageId image);
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    struct Pending
    {
        ImageId image;
        ModelName model;
    };

    void become(State state);
    void wish(ImageId image);
    void predictWished();
    void request(ImageId image);
    void noteWorkerState(jobs::ServeWorker::State state);
    void noteModelLoaded(const QString& job, const QString& description);
    void noteFailed(const QString& job, const protocol::Failure& failure);
    void noteDeath(const jobs::JobEnd& end);
    void dropAsked(const QString& job);
    void dropAllAsked();
    void read(const Pending& pending, const protocol::Prediction& answer);
    [[nodiscard]] State restingState() const;

    DatasetController& m_dataset;
    QString m_program;
    QString m_model;
    QString m_loadJob;
    bool m_isModelLoaded = false;
    ImageId m_wished; // asked for, and not yet with the worker
    State m_state = State::Off;
    QHash<QString, Pending> m_pending; // by job
    QSet<QString> m_asked;             // jobs of ask()
    ModelInfo m_info;
    std::vector<ImageId> m_reading; // whose answers are being read
    int m_generation = 0;           // of the data set
    jobs::ServeWorker m_worker;
    QThreadPool m_pool;
};

} // namespace guidino::ui
