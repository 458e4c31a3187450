// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/serve_worker.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

#include <csignal>

using namespace guidino;
using namespace guidino::jobs;

namespace {

QString fakeWorker()
{
    return QStringLiteral(GUIDINO_BINARY_DIR "/tests/fake_worker");
}

protocol::Predict request(const char* image, const char* stream = "")
{
    protocol::Predict predict;
    predict.image = image;
    predict.stream = stream;
    return predict;
}

} // namespace

class TestServeWorker : public QObject
{
    Q_OBJECT

private:
    static ServeWorker* make(QObject* parent, const char* script)
    {
        auto* worker = new ServeWorker(
            fakeWorker(), {QStringLiteral("serve"), QString::fromLatin1(script)}, parent);
        worker->setTiming({3000, 1500, 300, 300});
        return worker;
    }

private Q_SLOTS:
    void answersRequests();
    void requestsBeforeHelloWaitAndAreReplaced();
    void failuresAreOfOneRequest();
    void garbageIsCountedAndHarmless();
    void floodLeavesTheEventLoopAlive();
    void endsAreTold_data();
    void endsAreTold();
    void aKilledWorkerCanBeRestarted();
    void shutsDown();
    void shutsDownAWorkerThatDoesNotListen();
    void destructionEndsTheProcess();
    void missingProgram();
};

void TestServeWorker::answersRequests()
{
    QObject scope;
    ServeWorker* worker = make(&scope, "succeed");
    QSignalSpy ready(worker, &ServeWorker::ready);
    QSignalSpy loaded(worker, &ServeWorker::modelLoaded);
    QSignalSpy predicted(worker, &ServeWorker::predicted);
    QCOMPARE(worker->predict(request("a.png")), QString()); // nothing runs
    worker->start();
    QVERIFY(worker->state() == ServeWorker::State::Starting);
    QVERIFY(ready.wait());
    QCOMPARE(worker->hello().devices.size(), std::size_t{1});
    const QString load = worker->loadModel(QStringLiteral("demo"));
    const QString first = worker->predict(request("a.png"));
    const QString second = worker->predict(request("b.png"));
    QVERIFY(first != second);
    QTRY_COMPARE(predicted.count(), 2);
    QCOMPARE(loaded.count(), 1);
    QCOMPARE(loaded[0][0].toString(), load);
    QVERIFY(loaded[0][1].toString().contains(QLatin1String("demo")));
    QCOMPARE(predicted[1][0].toString(), second);
    QCOMPARE(predicted[1][1].value<protocol::Prediction>().labels, std::string("/labels/b.png"));
    QCOMPARE(worker->pendingCount(), 0);
    QTRY_VERIFY(!worker->logTail().isEmpty());
}

void TestServeWorker::requestsBeforeHelloWaitAndAreReplaced()
{
    QObject scope;
    ServeWorker* worker = make(&scope, "succeed");
    QSignalSpy predicted(worker, &ServeWorker::predicted);
    QSignalSpy replaced(worker, &ServeWorker::replaced);
    worker->start();
    const QString old = worker->predict(request("a.png", "canvas"));
    const QString other = worker->predict(request("b.png", "mixer"));
    const QString newest = worker->predict(request("c.png", "canvas"));
    const QString dropped = worker->predict(request("d.png"));
    worker->cancel(dropped);
    QCOMPARE(replaced.count(), 1);
    QCOMPARE(replaced[0][0].toString(), old);
    QTRY_COMPARE(predicted.count(), 2);
    QCOMPARE(predicted[0][0].toString(), other);
    QCOMPARE(predicted[1][0].toString(), newest);
    QCOMPARE(worker->pendingCount(), 0);
}

void TestServeWorker::failuresAreOfOneRequest()
{
    QObject scope;
    ServeWorker* worker = make(&scope, "succeed");
    QSignalSpy failed(worker, &ServeWorker::failed);
    QSignalSpy predicted(worker, &ServeWorker::predicted);
    QSignalSpy died(worker, &ServeWorker::died);
    worker->start();
    const QString bad = worker->predict(request("missing.png"));
    worker->predict(request("a.png"));
    QTRY_COMPARE(predicted.count(), 1);
    QCOMPARE(failed.count(), 1);
    QCOMPARE(failed[0][0].toString(), bad);
    QCOMPARE(failed[0][1].value<protocol::Failure>().code, std::string("not_found"));
    QCOMPARE(died.count(), 0);
}

void TestServeWorker::garbageIsCountedAndHarmless()
{
    QObject scope;
    ServeWorker* worker = make(&scope, "garbage");
    QSignalSpy predicted(worker, &ServeWorker::predicted);
    worker->start();
    worker->predict(request("a.png"));
    QTRY_COMPARE(predicted.count(), 1); // not the one of job "nobody"
    QVERIFY(worker->damagedLineCount() >= 4);
    QVERIFY(worker->state() == ServeWorker::State::Ready);
}

void TestServeWorker::floodLeavesTheEventLoopAlive()
{
    QObject scope;
    ServeWorker* worker = make(&scope, "flood");
    QSignalSpy predicted(worker, &ServeWorker::predicted);
    QSignalSpy progressed(worker, &ServeWorker::progressed);
    QTimer heart;
    QElapsedTimer sinceBeat;
    qint64 longest = 0;
    connect(&heart, &QTimer::timeout, this, [&] { longest = qMax(longest, sinceBeat.restart()); });
    worker->start();
    worker->predict(request("a.png"));
    QElapsedTimer whole;
    whole.start();
    sinceBeat.start();
    heart.start(5);
    QTRY_COMPARE_WITH_TIMEOUT(predicted.count(), 1, 60000);
    // 50,000 messages came; the window heard of them ten times a second at most.
    QVERIFY2(
        progressed.count() <= whole.elapsed() / 100 + 1,
        qPrintable(QString::number(progressed.count())));
    QVERIFY2(longest < 1000, qPrintable(QString::number(longest)));
}

void TestServeWorker::endsAreTold_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<int>("state");
    QTest::addColumn<int>("action");
    const auto row = [](const char* script, JobState state, SuggestedAction action) {
        QTest::newRow(script) << QString::fromLatin1(script) << static_cast<int>(state)
                              << static_cast<int>(action);
    };
    row("crash", JobState::Crashed, SuggestedAction::Resume);
    row("exit4", JobState::Failed, SuggestedAction::ReduceBatch);
    row("hang", JobState::Stalled, SuggestedAction::Resume);
    row("mute", JobState::Stalled, SuggestedAction::Resume);
    row("version2", JobState::Failed, SuggestedAction::UpdateProgram);
    row("early", JobState::Failed, SuggestedAction::FixInput);
}

void TestServeWorker::endsAreTold()
{
    QFETCH(QString, script);
    QObject scope;
    ServeWorker* worker = make(&scope, script.toLatin1().constData());
    QSignalSpy died(worker, &ServeWorker::died);
    QSignalSpy predicted(worker, &ServeWorker::predicted);
    worker->start();
    worker->predict(request("a.png"));
    QVERIFY(died.wait(10000));
    QTest::qWait(100);
    QCOMPARE(died.count(), 1);
    QCOMPARE(predicted.count(), 0);
    QVERIFY(worker->state() == ServeWorker::State::Dead);
    QTEST(static_cast<int>(worker->end().state), "state");
    QTEST(static_cast<int>(worker->end().action), "action");
    QCOMPARE(worker->pendingCount(), 0);
    QCOMPARE(worker->predict(request("b.png")), QString());
}

void TestServeWorker::aKilledWorkerCanBeRestarted()
{
    QObject scope;
    ServeWorker* worker = make(&scope, "succeed");
    QSignalSpy ready(worker, &ServeWorker::ready);
    QSignalSpy died(worker, &ServeWorker::died);
    QSignalSpy predicted(worker, &ServeWorker::predicted);
    worker->start();
    QVERIFY(ready.wait());
    worker->shutdown(); // and a restart in mid-shutdown
    worker->restart();
    QVERIFY(ready.wait());
    QCOMPARE(died.count(), 0);
    worker->restart();
    QVERIFY(ready.wait());
    QCOMPARE(died.count(), 0);
    worker->predict(request("a.png"));
    QTRY_COMPARE(predicted.count(), 1);
}

void TestServeWorker::shutsDown()
{
    QObject scope;
    ServeWorker* worker = make(&scope, "succeed");
    QSignalSpy ready(worker, &ServeWorker::ready);
    QSignalSpy stopped(worker, &ServeWorker::stopped);
    QSignalSpy died(worker, &ServeWorker::died);
    worker->start();
    QVERIFY(ready.wait());
    worker->shutdown();
    QVERIFY(stopped.wait());
    QCOMPARE(worker->end().exitCode.value_or(-1), 0);
    QCOMPARE(died.count(), 0);
    QVERIFY(worker->state() == ServeWorker::State::Stopped);
}

void TestServeWorker::shutsDownAWorkerThatDoesNotListen()
{
    QObject scope;
    ServeWorker* worker = make(&scope, "hang"); // ignores its input and SIGTERM
    QSignalSpy ready(worker, &ServeWorker::ready);
    QSignalSpy stopped(worker, &ServeWorker::stopped);
    worker->start();
    QVERIFY(ready.wait());
    worker->shutdown();
    QVERIFY(stopped.wait(5000));
    QCOMPARE(worker->end().signal.value_or(0), SIGKILL);
}

void TestServeWorker::destructionEndsTheProcess()
{
    qint64 pid = 0;
    {
        ServeWorker worker(fakeWorker(), {QStringLiteral("serve"), QStringLiteral("hang")});
        QSignalSpy ready(&worker, &ServeWorker::ready);
        worker.start();
        QVERIFY(ready.wait());
        pid = worker.processId();
        QVERIFY(::kill(static_cast<pid_t>(pid), 0) == 0);
    }
    QVERIFY(::kill(static_cast<pid_t>(pid), 0) != 0);
}

void TestServeWorker::missingProgram()
{
    ServeWorker worker(QStringLiteral("/nowhere/guidino"), {QStringLiteral("serve")});
    QSignalSpy died(&worker, &ServeWorker::died);
    worker.start();
    QTRY_COMPARE(died.count(), 1);
    QCOMPARE(worker.end().failure.code, std::string("not_found"));
}

QTEST_GUILESS_MAIN(TestServeWorker)
#include "tst_serve_worker.moc"
