// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/serve_worker.h"

#include "core/base/log.h"
#include "core/protocol/codec.h"
#include "core/protocol/line_splitter.h"

#include <QElapsedTimer>
#include <QHash>
#include <QProcess>
#include <QTimer>

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

namespace guidino::jobs {

using namespace protocol;

namespace {

constexpr int kWatchMs = 250;
constexpr int kProgressMs = 100;
constexpr int kLogLines = 200;
constexpr int kLoggedDamage = 20; // a flood of garbage must not become a flood of log lines
constexpr qint64 kMaxLogLine = 4096;
constexpr int kDestroyMs = 500;

JobEnd endWith(JobState state, SuggestedAction action, const char* code, std::string message)
{
    JobEnd end;
    end.state = state;
    end.action = action;
    end.failure.code = code;
    end.failure.message = std::move(message);
    return end;
}

} // namespace

struct ServeWorker::Private
{
    struct Waiting
    {
        QString job;
        QString stream;
        Command command;
    };

    QString program;
    QStringList arguments;
    Timing timing;
    State state = State::Stopped;
    JobEnd end;
    Hello hello;
    QProcess process;
    LineSplitter lines;
    QTimer watch;
    QTimer progressTimer;
    QElapsedTimer sinceWord;  ///< since the last message, or the start
    QElapsedTimer sinceOrder; ///< since the last step of ending the process
    bool isTerminated = false;
    bool isRestarting = false;
    std::int64_t nextJob = 1;
    std::int64_t seq = 0;
    std::deque<Waiting> waiting;     ///< before the hello
    QHash<QString, QString> pending; ///< job → stream
    std::map<QString, Progress> progress;
    int damagedLines = 0;
    QStringList log;
};

ServeWorker::ServeWorker(QString program, QStringList arguments, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->program = std::move(program);
    d->arguments = std::move(arguments);
    d->watch.setInterval(kWatchMs);
    d->progressTimer.setInterval(kProgressMs);
    d->progressTimer.setSingleShot(true);
    connect(&d->watch, &QTimer::timeout, this, &ServeWorker::watch);
    connect(&d->progressTimer, &QTimer::timeout, this, [this] {
        const auto latest = std::exchange(d->progress, {});
        for (const auto& [job, progress] : latest) {
            Q_EMIT progressed(job, progress);
        }
    });
    connect(&d->process, &QProcess::readyReadStandardOutput, this, &ServeWorker::readMessages);
    connect(&d->process, &QProcess::readyReadStandardError, this, &ServeWorker::readLog);
    connect(
        &d->process, &QProcess::finished, this, [this](int exitCode, QProcess::ExitStatus status) {
            readMessages();
            readLog();
            processEnded(
                status == QProcess::CrashExit ? endOfSignal(exitCode) : endOfExit(exitCode));
        });
    connect(&d->process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            processEnded(endWith(
                JobState::Failed,
                SuggestedAction::ShowLog,
                "not_found",
                "cannot start '" + d->program.toStdString() + "'"));
        }
    });
}

ServeWorker::~ServeWorker()
{
    d->process.disconnect(this);
    if (d->process.state() != QProcess::NotRunning) {
        d->process.closeWriteChannel(); // the end of its input ends the worker
        // A child must not outlive its owner; this is the only wait, and it is short.
        if (!d->process.waitForFinished(kDestroyMs)) { // layout-ok: at destruction, bounded
            d->process.kill();
            d->process.waitForFinished(kDestroyMs); // layout-ok: at destruction, bounded
        }
    }
}

void ServeWorker::setTiming(const Timing& timing)
{
    d->timing = timing;
}

void ServeWorker::become(State state)
{
    if (d->state != state) {
        d->state = state;
        Q_EMIT stateChanged(state);
    }
}

void ServeWorker::start()
{
    if (d->process.state() != QProcess::NotRunning) {
        return;
    }
    d->end = JobEnd{};
    d->hello = Hello{};
    d->lines.reset();
    d->isTerminated = false;
    d->isRestarting = false;
    d->damagedLines = 0;
    d->log.clear();
    d->sinceWord.start();
    d->watch.start();
    become(State::Starting);
    d->process.start(d->program, d->arguments);
}

void ServeWorker::shutdown()
{
    if (d->process.state() == QProcess::NotRunning || d->state == State::Stopping) {
        return;
    }
    write({}, Shutdown{});
    d->process.closeWriteChannel();
    d->sinceOrder.start();
    become(State::Stopping);
}

void ServeWorker::restart()
{
    if (d->process.state() == QProcess::NotRunning) {
        start();
        return;
    }
    d->isRestarting = true;
    become(State::Stopping);
    d->sinceOrder.start();
    d->process.kill();
}

QString ServeWorker::enqueue(const Command& command, const QString& stream)
{
    if (d->state != State::Ready && d->state != State::Starting) {
        return {};
    }
    const QString job = QStringLiteral("j%1").arg(d->nextJob++);
    d->pending.insert(job, stream);
    if (d->state == State::Ready) {
        if (!write(job, command)) {
            d->pending.remove(job);
            return {};
        }
        return job;
    }
    QString older;
    if (!stream.isEmpty()) {
        const auto same = std::find_if(d->waiting.begin(), d->waiting.end(), [&](const auto& item) {
            return item.stream == stream;
        });
        if (same != d->waiting.end()) {
            older = same->job;
            d->waiting.erase(same);
            d->pending.remove(older);
        }
    }
    d->waiting.push_back({job, stream, command});
    if (!older.isEmpty()) {
        Q_EMIT replaced(older);
    }
    return job;
}

QString ServeWorker::loadModel(const QString& model, const QString& device)
{
    return enqueue(Start{model.toStdString(), device.toStdString()}, {});
}

QString ServeWorker::predict(const Predict& request)
{
    return enqueue(request, QString::fromStdString(request.stream));
}

void ServeWorker::cancel(const QString& job)
{
    const auto same = std::find_if(
        d->waiting.begin(), d->waiting.end(), [&](const auto& item) { return item.job == job; });
    if (same != d->waiting.end()) {
        d->waiting.erase(same);
        d->pending.remove(job);
    } else if (d->state == State::Ready && d->pending.contains(job)) {
        write(job, Cancel{});
    }
}

void ServeWorker::unload()
{
    if (d->state == State::Ready) {
        write({}, Unload{});
    }
}

bool ServeWorker::write(const QString& job, const Command& command)
{
    Envelope envelope;
    envelope.job = job.toStdString();
    envelope.seq = ++d->seq;
    envelope.time = utcNow();
    auto line = encode(envelope, command);
    if (!line) {
        logError(line.error().message);
        return false;
    }
    *line += '\n';
    return d->process.write(line->data(), static_cast<qint64>(line->size())) >= 0;
}

void ServeWorker::readMessages()
{
    const QByteArray bytes = d->process.readAllStandardOutput();
    d->lines.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    while (const auto line = d->lines.next()) {
        const auto message = decodeMessage(*line);
        if (!message) {
            if (++d->damagedLines <= kLoggedDamage) {
                logWarning("serve worker: " + message.error().message);
            }
            continue;
        }
        d->sinceWord.start();
        take(QString::fromStdString(message->envelope.job), message->body);
    }
}

void ServeWorker::readLog()
{
    const QByteArray bytes = d->process.readAllStandardError();
    for (const QByteArray& line : bytes.split('\n')) {
        if (!line.isEmpty()) {
            d->log.append(QString::fromUtf8(line.left(kMaxLogLine)));
            logInfo("serve worker: " + line.left(kMaxLogLine).toStdString());
        }
    }
    if (d->log.size() > kLogLines) {
        d->log.erase(d->log.begin(), d->log.end() - kLogLines);
    }
}

void ServeWorker::greet(const Hello& hello)
{
    if (d->state != State::Starting) {
        return;
    }
    if (hello.version != kProtocolVersion) {
        giveUp(endWith(
            JobState::Failed,
            SuggestedAction::UpdateProgram,
            "configuration",
            "the worker speaks protocol version " + std::to_string(hello.version)
                + ", this program " + std::to_string(kProtocolVersion)));
        return;
    }
    d->hello = hello;
    become(State::Ready);
    for (const Private::Waiting& item : std::exchange(d->waiting, {})) {
        write(item.job, item.command);
    }
    Q_EMIT ready(d->hello);
}

void ServeWorker::take(const QString& job, const Message& message)
{
    if (const auto* hello = std::get_if<Hello>(&message)) {
        greet(*hello);
    } else if (const auto* warning = std::get_if<Warning>(&message)) {
        logWarning("serve worker: " + warning->message);
    }
    if (!d->pending.contains(job) || d->state == State::Dead) {
        return; // about the worker itself, or of a job that nobody waits for
    }
    if (const auto* progress = std::get_if<Progress>(&message)) {
        d->progress[job] = *progress;
        if (!d->progressTimer.isActive()) {
            d->progressTimer.start();
        }
    } else if (const auto* result = std::get_if<JobResult>(&message)) {
        d->pending.remove(job);
        d->progress.erase(job);
        if (const auto* prediction = std::get_if<Prediction>(&result->payload)) {
            Q_EMIT predicted(job, *prediction);
        } else if (const auto* model = std::get_if<std::string>(&result->payload)) {
            Q_EMIT modelLoaded(job, QString::fromStdString(*model));
        }
    } else if (const auto* failure = std::get_if<Failure>(&message)) {
        d->pending.remove(job);
        d->progress.erase(job);
        Q_EMIT failed(job, *failure);
    } else if (const auto* rejected = std::get_if<Rejected>(&message)) {
        d->pending.remove(job);
        if (rejected->code == "replaced") {
            Q_EMIT replaced(job);
        } else {
            Failure refusal;
            refusal.code = rejected->code;
            refusal.message = rejected->message;
            refusal.context = {{"field", rejected->field}};
            Q_EMIT failed(job, refusal);
        }
    }
}

void ServeWorker::watch()
{
    if (d->state == State::Stopping) {
        if (!d->isTerminated && d->sinceOrder.hasExpired(d->timing.politeMs)) {
            d->isTerminated = true;
            d->sinceOrder.start();
            d->process.terminate();
        } else if (d->isTerminated && d->sinceOrder.hasExpired(d->timing.terminateMs)) {
            d->sinceOrder.start();
            d->process.kill();
        }
    } else if (d->state == State::Starting && d->sinceWord.hasExpired(d->timing.helloMs)) {
        giveUp(endWith(
            JobState::Stalled,
            SuggestedAction::Resume,
            "internal",
            "the worker did not say hello"));
    } else if (d->state == State::Ready && d->sinceWord.hasExpired(d->timing.silenceMs)) {
        giveUp(endWith(
            JobState::Stalled, SuggestedAction::Resume, "internal", "the worker fell silent"));
    }
}

/// The process runs but is of no use: kills it and reports why, once.
void ServeWorker::giveUp(JobEnd end)
{
    d->watch.stop();
    d->end = std::move(end);
    d->waiting.clear();
    d->pending.clear();
    d->progress.clear();
    become(State::Dead);
    d->process.kill();
    Q_EMIT died(d->end);
}

void ServeWorker::processEnded(JobEnd end)
{
    d->watch.stop();
    d->waiting.clear();
    d->pending.clear();
    d->progress.clear();
    if (std::exchange(d->isRestarting, false)) {
        QTimer::singleShot(0, this, &ServeWorker::start);
        return;
    }
    if (d->state == State::Dead) {
        return; // was given up before
    }
    d->end = std::move(end);
    if (d->state == State::Stopping) {
        become(State::Stopped);
        Q_EMIT stopped();
        return;
    }
    if (d->end.state == JobState::Finished) {
        d->end.state = JobState::Crashed; // nobody asked it to end
        d->end.action = SuggestedAction::Resume;
    }
    become(State::Dead);
    Q_EMIT died(d->end);
}

ServeWorker::State ServeWorker::state() const
{
    return d->state;
}

qint64 ServeWorker::processId() const
{
    return d->process.processId();
}

const JobEnd& ServeWorker::end() const
{
    return d->end;
}

const Hello& ServeWorker::hello() const
{
    return d->hello;
}

int ServeWorker::pendingCount() const
{
    return static_cast<int>(d->pending.size());
}

int ServeWorker::damagedLineCount() const
{
    return d->damagedLines + static_cast<int>(d->lines.tooLong());
}

QStringList ServeWorker::logTail() const
{
    return d->log;
}

} // namespace guidino::jobs
