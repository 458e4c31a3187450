// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/run_worker.h"
#include "core/protocol/run_folder.h"

#include <sys/resource.h>
#include <unistd.h>

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace guidino;
using namespace guidino::jobs;

namespace {

QString fakeWorker()
{
    return QStringLiteral(GUIDINO_BINARY_DIR "/tests/fake_worker");
}

protocol::TrainSpec spec(const char* script)
{
    protocol::TrainSpec result;
    result.config = script;
    return result;
}

constexpr RunWorker::Timing kFast{50, 600, 400};

RunTracker::Limits fastLimits()
{
    RunTracker::Limits limits;
    limits.start = std::chrono::milliseconds(1500);
    limits.silence = std::chrono::milliseconds(1000);
    return limits;
}

} // namespace

class TestRunWorker : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    /// A worker on a folder of its own for the test.
    std::unique_ptr<RunWorker> make(const QString& name)
    {
        auto worker = std::make_unique<RunWorker>(fakeWorker(), m_folder.filePath(name));
        worker->setTiming(kFast);
        worker->setLimits(fastLimits());
        return worker;
    }

private Q_SLOTS:
    void succeeds();
    void endsAreTold_data();
    void endsAreTold();
    void obeysCommands();
    void outlivesItsWatcher();
    void aKilledRunIsSeenAndStartsAgain();
    void aStalledRunCanBeKilled();
    void aStubbornRunIsTerminated();
    void garbageAndFloodAreHarmless();
    void refusesAFolderAtWork();
};

void TestRunWorker::succeeds()
{
    const auto worker = make(QStringLiteral("ok"));
    QSignalSpy metrics(worker.get(), &RunWorker::metricsAdded);
    QSignalSpy ended(worker.get(), &RunWorker::ended);
    QSignalSpy checkpoints(worker.get(), &RunWorker::checkpointSaved);
    const auto started = worker->start(spec("succeed"));
    QVERIFY(started.has_value());
    QVERIFY(ended.wait(10000));
    QCOMPARE(worker->state(), JobState::Finished);
    int count = 0;
    for (const auto& call : metrics) {
        count += static_cast<int>(call[0].value<std::vector<protocol::Metric>>().size());
    }
    QCOMPARE(count, 5);
    QCOMPARE(checkpoints.count(), 1);
    QCOMPARE(worker->progress().step, 5);
    QCOMPARE(worker->bestBundle(), worker->folder() + QStringLiteral("/best"));
    QTest::qWait(200);
    QCOMPARE(ended.count(), 1);
}

void TestRunWorker::endsAreTold_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<int>("state");
    QTest::addColumn<int>("action");
    const auto row = [](const char* script, JobState state, SuggestedAction action) {
        QTest::newRow(script) << QString::fromLatin1(script) << static_cast<int>(state)
                              << static_cast<int>(action);
    };
    row("crash", JobState::Crashed, SuggestedAction::Resume);
    row("exit2", JobState::Failed, SuggestedAction::FixSettings);
    row("exit4", JobState::Failed, SuggestedAction::ReduceBatch);
    row("exit5", JobState::Cancelled, SuggestedAction::Resume);
    row("exit6", JobState::Failed, SuggestedAction::FreeSpace);
    row("exit70", JobState::Failed, SuggestedAction::ShowLog);
    row("early", JobState::Crashed, SuggestedAction::Resume);
}

void TestRunWorker::endsAreTold()
{
    QFETCH(QString, script);
    const auto worker = make(script);
    QSignalSpy ended(worker.get(), &RunWorker::ended);
    QVERIFY(worker->start(spec(script.toLatin1().constData())).has_value());
    QVERIFY(ended.wait(10000));
    QTEST(static_cast<int>(worker->state()), "state");
    QTEST(static_cast<int>(worker->end().action), "action");
    if (script == QLatin1String("exit4")) {
        QCOMPARE(worker->end().failure.advice.at(0).second, std::string("2"));
    }
    QTest::qWait(200);
    QCOMPARE(ended.count(), 1);
}

void TestRunWorker::obeysCommands()
{
    const auto worker = make(QStringLiteral("commands"));
    QSignalSpy ended(worker.get(), &RunWorker::ended);
    QVERIFY(worker->start(spec("slow")).has_value());
    QCOMPARE(worker->state(), JobState::Starting);
    worker->pause(); // before it listens: must not be lost
    QTRY_COMPARE(worker->state(), JobState::Paused);
    worker->resume();
    QTRY_COMPARE(worker->state(), JobState::Running);
    worker->stopAndKeep();
    QVERIFY(ended.wait(5000));
    QCOMPARE(worker->state(), JobState::Finished);
    QVERIFY(worker->startAgain().has_value());
    QTRY_COMPARE(worker->state(), JobState::Running);
    worker->cancel();
    QVERIFY(ended.wait(5000));
    QCOMPARE(worker->state(), JobState::Cancelled);
    QCOMPARE(ended.count(), 2);
}

void TestRunWorker::outlivesItsWatcher()
{
    auto first = make(QStringLiteral("outlive"));
    QVERIFY(first->start(spec("slow")).has_value());
    QTRY_COMPARE(first->state(), JobState::Running);
    const auto folder = first->folder().toStdString();
    const auto identity = protocol::workerIdentity(folder);
    QVERIFY(identity.has_value());
    const auto pid = static_cast<pid_t>(identity->pid);
    QVERIFY(::getsid(pid) != ::getsid(0));
    QCOMPARE(::getpriority(PRIO_PROCESS, static_cast<id_t>(pid)), 10);
    first.reset();
    QTest::qWait(200);
    QVERIFY(protocol::isWorkerAlive(folder));

    const auto second = make(QStringLiteral("outlive"));
    QSignalSpy metrics(second.get(), &RunWorker::metricsAdded);
    QSignalSpy ended(second.get(), &RunWorker::ended);
    second->attach();
    QCOMPARE(second->state(), JobState::Running);
    QVERIFY(metrics.count() >= 1); // from the first message on
    second->cancel();
    QVERIFY(ended.wait(5000));
    QCOMPARE(second->state(), JobState::Cancelled);

    const auto third = make(QStringLiteral("outlive"));
    QSignalSpy endedBefore(third.get(), &RunWorker::ended);
    third->attach();
    QCOMPARE(third->state(), JobState::Cancelled);
    QTRY_COMPARE(endedBefore.count(), 1);
}

void TestRunWorker::aKilledRunIsSeenAndStartsAgain()
{
    const auto worker = make(QStringLiteral("killed"));
    QSignalSpy ended(worker.get(), &RunWorker::ended);
    QVERIFY(worker->start(spec("slow")).has_value());
    QTRY_COMPARE(worker->state(), JobState::Running);
    QVERIFY(protocol::signalWorker(worker->folder().toStdString(), SIGKILL));
    QVERIFY(ended.wait(5000));
    QCOMPARE(worker->state(), JobState::Crashed);
    QVERIFY(worker->startAgain().has_value());
    QTRY_COMPARE(worker->state(), JobState::Running);
    worker->kill();
    QVERIFY(ended.wait(5000));
    QCOMPARE(worker->state(), JobState::Crashed);
}

void TestRunWorker::aStalledRunCanBeKilled()
{
    const auto worker = make(QStringLiteral("stalled"));
    QSignalSpy ended(worker.get(), &RunWorker::ended);
    QVERIFY(worker->start(spec("hang")).has_value());
    QTRY_COMPARE(worker->state(), JobState::Stalled);
    QVERIFY(worker->end().action == SuggestedAction::KillAndResume);
    QCOMPARE(ended.count(), 0);
    worker->kill();
    QVERIFY(ended.wait(5000));
    QCOMPARE(worker->state(), JobState::Crashed);
}

void TestRunWorker::aStubbornRunIsTerminated()
{
    const auto worker = make(QStringLiteral("stubborn"));
    QSignalSpy ended(worker.get(), &RunWorker::ended);
    QVERIFY(worker->start(spec("stubborn")).has_value());
    QTRY_COMPARE(worker->state(), JobState::Running);
    worker->cancel();
    QVERIFY(ended.wait(10000));
    QCOMPARE(worker->state(), JobState::Crashed); // it ignored SIGTERM too
}

void TestRunWorker::garbageAndFloodAreHarmless()
{
    const auto garbage = make(QStringLiteral("garbage"));
    QSignalSpy garbageEnded(garbage.get(), &RunWorker::ended);
    QVERIFY(garbage->start(spec("garbage")).has_value());
    QVERIFY(garbageEnded.wait(10000));
    QCOMPARE(garbage->state(), JobState::Finished);

    const auto flood = make(QStringLiteral("flood"));
    QSignalSpy floodEnded(flood.get(), &RunWorker::ended);
    QSignalSpy progressed(flood.get(), &RunWorker::progressed);
    QVERIFY(flood->start(spec("flood")).has_value());
    QVERIFY(floodEnded.wait(30000));
    QCOMPARE(flood->state(), JobState::Finished);
    QCOMPARE(flood->progress().step, 20000);
    QVERIFY(progressed.count() < 200);
}

void TestRunWorker::refusesAFolderAtWork()
{
    const auto worker = make(QStringLiteral("busy"));
    QVERIFY(worker->start(spec("slow")).has_value());
    QTRY_COMPARE(worker->state(), JobState::Running);
    const auto other = make(QStringLiteral("busy"));
    const auto refused = other->start(spec("slow"));
    QVERIFY(!refused.has_value());
    QVERIFY(refused.error().code == ErrorCode::Usage);
    QSignalSpy ended(worker.get(), &RunWorker::ended);
    worker->kill();
    QVERIFY(ended.wait(5000));
    RunWorker nowhere(QStringLiteral("/nowhere/guidino"), m_folder.filePath(QStringLiteral("x")));
    const auto missing = nowhere.start(spec("slow"));
    QVERIFY(!missing.has_value());
}

QTEST_GUILESS_MAIN(TestRunWorker)
#include "tst_run_worker.moc"
