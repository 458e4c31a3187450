// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/run_worker.h"

#include "core/base/log.h"
#include "core/protocol/run_folder.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTimer>

#include <csignal>
#include <filesystem>
#include <optional>
#include <utility>

namespace guidino::jobs {

using namespace protocol;
namespace fs = std::filesystem;

namespace {

constexpr int kNice = 10;
constexpr int kPieceMs = 5;
constexpr int kLeaveMs = 3000; // a worker that said bye gives its lock back within this time

} // namespace

struct RunWorker::Private
{
    QString program;
    QString folder;
    Timing timing;
    RunTracker tracker;
    std::optional<RunReader> reader;
    QTimer timer;
    std::vector<Command> waiting; ///< until the worker listens
    QElapsedTimer sinceCancel;    ///< valid while a cancel is under way
    QElapsedTimer sinceEnd;       ///< valid once an end was seen
    bool isTerminated = false;
    bool isEnded = false; ///< ended() was emitted for the present session

    [[nodiscard]] fs::path path() const { return folder.toStdString(); }
};

RunWorker::RunWorker(QString program, QString folder, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->program = std::move(program);
    d->folder = std::move(folder);
    d->timer.setInterval(d->timing.pollMs);
    connect(&d->timer, &QTimer::timeout, this, &RunWorker::poll);
}

RunWorker::~RunWorker() = default; // the worker goes on

void RunWorker::setTiming(const Timing& timing)
{
    d->timing = timing;
    d->timer.setInterval(timing.pollMs);
}

void RunWorker::setLimits(const RunTracker::Limits& limits)
{
    d->tracker.setLimits(limits);
}

Status RunWorker::start(const JobSpec& spec)
{
    if (isWorkerAlive(d->path())) {
        return Error{
            ErrorCode::Usage,
            "a worker is at work in '" + d->path().string() + "'",
            {{"file", d->path().string()}}};
    }
    GD_TRY(writeJob(d->path(), spec));
    return launch(false);
}

Status RunWorker::startAgain()
{
    if (isWorkerAlive(d->path())) {
        return Error{
            ErrorCode::Usage,
            "a worker is at work in '" + d->path().string() + "'",
            {{"file", d->path().string()}}};
    }
    return launch(true);
}

Status RunWorker::launch(bool isAgain)
{
    const auto spec = readJob(RunPaths{d->path()}.job());
    if (!spec) {
        return spec.error();
    }
    const bool isTraining = std::holds_alternative<TrainSpec>(*spec);
    const bool isPrediction = std::holds_alternative<PredictSpec>(*spec);
    const QString job = QString::fromStdString(RunPaths{d->path()}.job().string());
    QStringList arguments{
        isTraining     ? QStringLiteral("train")
        : isPrediction ? QStringLiteral("predict")
                       : QStringLiteral("run"),
        QStringLiteral("--job"),
        job,
        QStringLiteral("--nice"), // by itself: Qt 6.4 runs no child modifier for a detached process
        QString::number(kNice)};
    if (isTraining && isAgain) {
        arguments << QStringLiteral("--resume");
    }
    QProcess process; // startDetached() puts it into a session of its own
    process.setProgram(d->program);
    process.setArguments(arguments);
    process.setStandardInputFile(QProcess::nullDevice());
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(
        QString::fromStdString(RunPaths{d->path()}.log().string()), QIODevice::Append);
    if (!isAgain) {
        d->reader.emplace(d->path());
    } else if (!d->reader) { // what earlier sessions said must not be taken for this one's
        std::error_code none;
        const std::uintmax_t size = fs::file_size(RunPaths{d->path()}.messages(), none);
        d->reader.emplace(d->path(), none ? 0 : size);
    }
    d->isEnded = false;
    d->isTerminated = false;
    d->sinceCancel.invalidate();
    d->waiting.clear();
    if (!process.startDetached()) {
        return Error{
            ErrorCode::NotFound,
            "cannot start '" + d->program.toStdString() + "'",
            {{"file", d->program.toStdString()}}};
    }
    d->tracker.launched(RunTracker::Clock::now());
    d->timer.start();
    Q_EMIT stateChanged(d->tracker.state());
    return {};
}

void RunWorker::attach()
{
    d->reader.emplace(d->path());
    d->isEnded = false;
    d->timer.start();
    poll();
}

void RunWorker::send(const Command& command)
{
    if (!d->tracker.isListening()) {
        d->waiting.push_back(command);
        return;
    }
    if (const auto sent = sendCommand(d->path(), command); !sent) {
        logError(sent.error().message);
        Q_EMIT warned(QString::fromStdString(sent.error().message));
    }
}

void RunWorker::pause()
{
    send(Pause{});
}

void RunWorker::resume()
{
    send(Resume{});
}

void RunWorker::stopAndKeep()
{
    send(StopAndKeep{});
}

void RunWorker::cancel()
{
    if (!d->sinceCancel.isValid()) {
        send(Cancel{});
        d->sinceCancel.start();
        d->isTerminated = false;
    }
}

void RunWorker::kill()
{
    signalWorker(d->path(), SIGKILL);
}

void RunWorker::setPriority(int nice)
{
    send(SetPriority{nice});
}

void RunWorker::poll()
{
    const JobState before = d->tracker.state();
    const auto now = RunTracker::Clock::now();
    std::vector<Metric> metrics;
    bool hasProgress = false;
    // Liveness is looked at before the messages: a bye that comes between the two is not missed.
    RunTracker::Signs signs;
    std::error_code ignored;
    signs.hasJob = fs::exists(RunPaths{d->path()}.job(), ignored);
    signs.isAlive = isWorkerAlive(d->path());
    const auto identity = workerIdentity(d->path());
    signs.hasWorker = identity.has_value();
    signs.isOfThisBoot = identity && isOfThisBoot(*identity);
    const auto messages = d->reader->poll();
    for (const auto& message : messages) {
        d->tracker.take(message.body, now);
        if (const auto* metric = std::get_if<Metric>(&message.body)) {
            metrics.push_back(*metric);
        } else if (std::holds_alternative<Progress>(message.body)) {
            hasProgress = true;
        } else if (const auto* preview = std::get_if<Preview>(&message.body)) {
            Q_EMIT previewed(*preview);
        } else if (const auto* checkpoint = std::get_if<Checkpoint>(&message.body)) {
            Q_EMIT checkpointSaved(*checkpoint);
        } else if (const auto* warning = std::get_if<Warning>(&message.body)) {
            Q_EMIT warned(QString::fromStdString(warning->message));
        } else if (std::holds_alternative<Hello>(message.body)) {
            d->isEnded = false;
        }
    }
    if (d->reader->isAtEnd()) {
        d->tracker.judge(signs, now);
    } else { // a long past: in pieces, so that the window stays usable
        QTimer::singleShot(kPieceMs, this, &RunWorker::poll);
    }
    if (!metrics.empty()) {
        Q_EMIT metricsAdded(metrics);
    }
    if (hasProgress) {
        Q_EMIT progressed(d->tracker.progress());
    }
    if (d->tracker.isListening()) {
        for (const Command& command : std::exchange(d->waiting, {})) {
            send(command);
        }
    }
    if (d->sinceCancel.isValid() && !isEnd(d->tracker.state())) {
        const int limit = d->isTerminated ? d->timing.terminateMs : d->timing.politeMs;
        if (d->sinceCancel.hasExpired(limit)) {
            signalWorker(d->path(), d->isTerminated ? SIGKILL : SIGTERM);
            d->isTerminated = true;
            d->sinceCancel.start();
        }
    }
    if (d->tracker.state() != before) {
        Q_EMIT stateChanged(d->tracker.state());
    }
    // A run in another window or a terminal may begin later, so an attached folder is looked at for
    // ever; an end is told once, and when the folder is free for a next start.
    if (!isEnd(d->tracker.state()) || !d->reader->isAtEnd()) {
        d->sinceEnd.invalidate();
        return;
    }
    if (!d->sinceEnd.isValid()) {
        d->sinceEnd.start();
    }
    if (!d->isEnded && (!signs.isAlive || d->sinceEnd.hasExpired(kLeaveMs))) {
        d->isEnded = true;
        d->sinceCancel.invalidate();
        Q_EMIT ended(d->tracker.end());
    }
}

QString RunWorker::folder() const
{
    return d->folder;
}

JobState RunWorker::state() const
{
    return d->tracker.state();
}

const JobEnd& RunWorker::end() const
{
    return d->tracker.end();
}

const Progress& RunWorker::progress() const
{
    return d->tracker.progress();
}

const JobResult& RunWorker::result() const
{
    return d->tracker.result();
}

QString RunWorker::bestBundle() const
{
    if (d->tracker.state() != JobState::Finished || d->tracker.result().path.empty()) {
        return {};
    }
    const fs::path path = d->tracker.result().path; // relative to the run folder, which may move
    return QString::fromStdString((path.is_absolute() ? path : d->path() / path).string());
}

} // namespace guidino::jobs
