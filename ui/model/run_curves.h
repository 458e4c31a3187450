// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/codec.h"

#include <QList>
#include <QPointF>
#include <QString>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// What the messages of a run add up to: curves, events and pictures. No file, no clock, no event
/// loop. Single thread.
namespace guidino::ui {

/// What stands along the x axis of a run's curves.
enum class RunAxis {
    Epoch,   ///< fractions within an epoch
    Step,    ///< of the optimizer
    Minutes, ///< since the run's begin, without the time between sessions
};

/// One metric over a run. Workers count by optimizer steps what they tell within an epoch (the
/// running loss), by epochs all else (docs/protocol.md).
struct RunCurve
{
    QString name;  ///< as the worker calls it, such as "dsc"
    QString split; ///< "train", "val"
    bool isByStep = false;
    std::vector<double> at; ///< step or epoch, rising
    std::vector<double> seconds;
    std::vector<double> values; ///< finite
};

/// Something that happened while the run went on.
struct RunMark
{
    enum class Kind {
        Checkpoint,   ///< a better model was kept
        LearningRate, ///< dropped or rose by a step
        Paused,
        Resumed,
        Continued, ///< a new session went on from a checkpoint
        Stopped,   ///< asked to stop and keep the best
        Cancelled,
        Failed,
        Finished,
    };

    Kind kind = Kind::Checkpoint;
    double epoch = 0;
    double seconds = 0;
    double value = 0; ///< score of a checkpoint, new learning rate
};

/// The pictures of one pinned case, by epoch.
struct RunPreviews
{
    QString image;                         ///< stem of the case
    std::map<std::int64_t, QString> files; ///< epoch → path, relative to the run folder
};

/// Fed with all messages of messages.jsonl in order. A session that goes on from a checkpoint
/// replaces what the one before had reached beyond it.
class RunCurves
{
public:
    void take(const protocol::Received<protocol::Message>& message);

    /// A value from elsewhere than a message, such as a row of metrics.csv.
    void
    add(const QString& name,
        const QString& split,
        bool isByStep,
        double at,
        double seconds,
        double value);

    [[nodiscard]] const std::vector<RunCurve>& curves() const { return m_curves; }

    /// Null where there is none.
    [[nodiscard]] const RunCurve* find(const QString& name, const QString& split = {}) const;

    /// In the order in which they happened, with the steps of the learning rate.
    [[nodiscard]] std::vector<RunMark> marks() const;

    [[nodiscard]] const QList<RunPreviews>& previews() const { return m_previews; }

    /// Where the i-th value of a curve stands along an axis; steps become epochs and back by steps
    /// an epoch.
    [[nodiscard]] double place(const RunCurve& curve, std::size_t i, RunAxis axis) const;
    [[nodiscard]] QList<QPointF> points(const RunCurve& curve, RunAxis axis) const;
    [[nodiscard]] double place(const RunMark& mark, RunAxis axis) const;

    /// 0 while not known.
    [[nodiscard]] double stepsPerEpoch() const { return m_stepsPerEpoch; }

    void setStepsPerEpoch(double steps);

    /// Of the whole training; 0 while not known.
    [[nodiscard]] int epochs() const { return m_epochs; }

    /// Sessions begun so far, and how many seconds they took together.
    [[nodiscard]] int sessions() const { return m_sessions; }

    [[nodiscard]] double seconds() const { return m_seconds; }

    /// UTC of the first message, as in it; empty before.
    [[nodiscard]] const std::string& beginTime() const { return m_beginTime; }

    /// Warnings and errors that the worker told, oldest first; the last thousand.
    [[nodiscard]] const QList<QString>& remarks() const { return m_remarks; }

private:
    void takeProgress(const protocol::Progress& progress);
    void takeMetric(const protocol::Metric& metric);
    void takePreview(const protocol::Preview& preview);
    void takeCheckpoint(const protocol::Checkpoint& checkpoint);
    void takeAlive(const protocol::Alive& alive);
    void takeBye(const protocol::Bye& bye);
    void remark(const std::string& text);
    void mark(RunMark::Kind kind, double value = 0);
    void clock(const std::string& time, bool isNewSession);
    [[nodiscard]] double epochNow() const;

    std::vector<RunCurve> m_curves;
    std::vector<RunMark> m_marks;
    QList<RunPreviews> m_previews;
    QList<QString> m_remarks;
    std::string m_beginTime;
    double m_lastTime = 0; ///< seconds since 1970
    double m_seconds = 0;  ///< of all sessions until the last message
    double m_step = 0;     ///< of the optimizer, reached last
    double m_stepsPerEpoch = 0;
    int m_epochs = 0;
    int m_sessions = 0;
    bool m_isContinuing = false; ///< a later session began and has made no step yet
    bool m_isPaused = false;
};

/// Seconds since 1970 of "2026-01-31T12:00:00.000Z"; negative for what is no such time.
[[nodiscard]] double secondsOfTime(const std::string& time);

} // namespace guidino::ui
