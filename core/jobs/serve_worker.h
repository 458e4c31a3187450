// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/job_state.h"
#include "core/protocol/commands.h"
#include "core/protocol/messages.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <memory>

namespace guidino::jobs {

/// The process behind interactive predictions: `guidino serve` as a child that dies with the
/// window. GUI thread only; nothing blocks. When the process dies, whatever waits is dropped and
/// died() says why; restart() begins anew.
class ServeWorker : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Stopped,  ///< not started, or ended on request
        Starting, ///< started, no hello yet; requests wait
        Ready,
        Stopping,
        Dead ///< ended by itself; see end()
    };
    Q_ENUM(State)

    struct Timing
    {
        int helloMs = 30000;    ///< from start to hello
        int silenceMs = 20000;  ///< between two messages
        int politeMs = 10000;   ///< from shutdown() to SIGTERM
        int terminateMs = 5000; ///< from SIGTERM to SIGKILL
    };

    /// Such as ("guidino", {"serve", "--device", "auto"}).
    ServeWorker(QString program, QStringList arguments, QObject* parent = nullptr);

    /// Ends the process; waits for it a moment at most. Call shutdown() before for a polite end.
    ~ServeWorker() override;

    void setTiming(const Timing& timing);

    /// Starts the process unless it runs.
    void start();

    /// Ends the process politely; stopped() follows.
    void shutdown();

    /// Kills the process if it runs, and starts it.
    void restart();

    /// Loads a model; answers with modelLoaded() or failed(). Returns the job id.
    QString loadModel(const QString& model, const QString& device = {});

    /// Asks for a prediction; answers with predicted(), failed() or replaced(). Before the hello,
    /// requests wait. A newer request of a stream replaces an older one that waits; one that
    /// computes already is answered. Returns the job id, empty when no process runs.
    QString predict(const protocol::Predict& request);

    void cancel(const QString& job);

    /// The worker gives its model's memory back, such as before a training on the same GPU.
    void unload();

    [[nodiscard]] State state() const;

    /// 0 while none runs.
    [[nodiscard]] qint64 processId() const;

    /// How the last process ended.
    [[nodiscard]] const JobEnd& end() const;

    /// Of the present process; devices with their free memory.
    [[nodiscard]] const protocol::Hello& hello() const;

    /// Requests without an answer yet.
    [[nodiscard]] int pendingCount() const;

    /// Lines of the worker that were no messages.
    [[nodiscard]] int damagedLineCount() const;

    /// The last lines that the worker wrote to its stderr.
    [[nodiscard]] QStringList logTail() const;

Q_SIGNALS:
    void stateChanged(guidino::jobs::ServeWorker::State state);
    void ready(const guidino::protocol::Hello& hello);
    /// `description`: JSON text with system, classes with colours, guide, hash.
    void modelLoaded(const QString& job, const QString& description);
    void predicted(const QString& job, const guidino::protocol::Prediction& prediction);
    /// At most ten times a second.
    void progressed(const QString& job, const guidino::protocol::Progress& progress);
    /// The request of that job failed, or was refused (code of ErrorCode's names).
    void failed(const QString& job, const guidino::protocol::Failure& failure);
    /// A newer request of the same stream took its place.
    void replaced(const QString& job);
    /// The process ended, fell silent or speaks another version; all requests are dropped.
    void died(const guidino::jobs::JobEnd& end);
    /// The process ended on request.
    void stopped();

private:
    void readMessages();
    void readLog();
    void take(const QString& job, const protocol::Message& message);
    void greet(const protocol::Hello& hello);
    bool write(const QString& job, const protocol::Command& command);
    QString enqueue(const protocol::Command& command, const QString& stream);
    void watch();
    void processEnded(JobEnd end);
    void giveUp(JobEnd end);
    void become(State state);

    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace guidino::jobs
