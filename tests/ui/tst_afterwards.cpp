// SPDX-License-Identifier: Apache-2.0
// When the results of background work are told.
#include "ui/model/afterwards.h"

#include <QPromise>
#include <QThread>
#include <QThreadPool>
#include <QtConcurrentRun>
#include <QtTest>

#include <algorithm>
#include <memory>

using guidino::ui::afterwards;

class TestAfterwards : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsLaterWhatIsFinishedAlready();
    void tellsInTheThreadOfTheContext();
    void movesWhatCannotBeCopied();
    void tellsNobodyWhoIsGone();
    void tellsNothingOfCancelledWork();
    void keepsTheOrderOfOneThread();
};

void TestAfterwards::tellsLaterWhatIsFinishedAlready()
{
    QFuture<int> work = QtConcurrent::run([] { return 7; });
    work.waitForFinished();
    int told = 0;
    afterwards(work, this, [&](int result) { told = result; });
    QCOMPARE(told, 0);
    QTRY_COMPARE(told, 7);
}

void TestAfterwards::tellsInTheThreadOfTheContext()
{
    const QThread* where = nullptr;
    afterwards(
        QtConcurrent::run([] { return QThread::currentThread(); }), this, [&](QThread* other) {
            QVERIFY(other != thread());
            where = QThread::currentThread();
        });
    QTRY_COMPARE(where, thread());
}

void TestAfterwards::movesWhatCannotBeCopied()
{
    std::unique_ptr<int> told;
    afterwards(
        QtConcurrent::run([] { return std::make_unique<int>(3); }),
        this,
        [&](std::unique_ptr<int> result) { told = std::move(result); });
    QTRY_VERIFY(told != nullptr);
    QCOMPARE(*told, 3);
}

void TestAfterwards::tellsNobodyWhoIsGone()
{
    auto context = std::make_unique<QObject>();
    bool isTold = false;
    QFuture<int> work = QtConcurrent::run([] { return 1; });
    afterwards(work, context.get(), [&](int) { isTold = true; });
    work.waitForFinished(); // the news is on its way
    context.reset();
    bool isOver = false;
    QMetaObject::invokeMethod(
        this, [&] { isOver = true; }, Qt::QueuedConnection);
    QTRY_VERIFY(isOver);
    QVERIFY(!isTold);
}

void TestAfterwards::tellsNothingOfCancelledWork()
{
    QPromise<int> promise;
    promise.start();
    bool isTold = false;
    afterwards(promise.future(), this, [&](int) { isTold = true; });
    promise.future().cancel();
    promise.finish();
    QTRY_VERIFY(findChildren<QFutureWatcherBase*>().isEmpty());
    QVERIFY(!isTold);
}

void TestAfterwards::keepsTheOrderOfOneThread()
{
    QThreadPool pool;
    pool.setMaxThreadCount(1);
    QList<int> told;
    for (int i = 0; i < 50; ++i) {
        afterwards(
            QtConcurrent::run(&pool, [i] { return i; }), this, [&](int one) { told.append(one); });
    }
    QTRY_COMPARE(told.size(), 50);
    QVERIFY(std::is_sorted(told.begin(), told.end()));
}

QTEST_GUILESS_MAIN(TestAfterwards)

#include "tst_afterwards.moc"
