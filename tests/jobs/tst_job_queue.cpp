// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/jobs/job_queue.h"
#include "core/protocol/run_folder.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <filesystem>

using namespace guidino;
using namespace guidino::jobs;
namespace fs = std::filesystem;

namespace {

protocol::TrainSpec training(const char* script, const char* device = "cpu")
{
    protocol::TrainSpec spec;
    spec.config = script;
    spec.device = device;
    return spec;
}

} // namespace

class TestJobQueue : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<DeviceLease> m_lease;

    std::unique_ptr<JobQueue> make(const QString& name = QStringLiteral("jobs"), bool isOpen = true)
    {
        auto queue = std::make_unique<JobQueue>(
            QStringLiteral(GUIDINO_BINARY_DIR "/tests/fake_worker"), *m_lease);
        queue->setTiming({50, 600, 400});
        RunTracker::Limits limits;
        limits.start = std::chrono::milliseconds(1500);
        limits.silence = std::chrono::milliseconds(1000);
        queue->setLimits(limits);
        if (isOpen && !queue->open(m_folder->filePath(name))) {
            qFatal("the queue cannot be opened");
        }
        return queue;
    }

    static JobState stateOf(const JobQueue& queue, JobId id)
    {
        const Job* job = queue.job(id);
        return job == nullptr ? JobState::Lost : job->state();
    }

    static std::vector<std::int64_t> order(const JobQueue& queue)
    {
        std::vector<std::int64_t> ids;
        for (const Job* job : queue.jobs()) {
            ids.push_back(job->id.value);
        }
        return ids;
    }

private Q_SLOTS:
    void init();
    void cleanup();
    void runsOneAfterTheOther();
    void endsHaveOneStateAndOneAction_data();
    void endsHaveOneStateAndOneAction();
    void pauseResumeStopAndCancel();
    void discardRemovesTheFolder();
    void theQueueIsOrdered();
    void retryUsesTheAdvice();
    void duplicatesTakeTheirDataAlong();
    void aNewWindowFindsTheJobs();
    void whatWaitsStartsInTheNextWindow();
    void halfPreparedFoldersGo();
    void aStalledJobIsEndedAndResumed();
    void onlyOneJobHoldsADevice();
    void damagedTicketsAreToldAndPassedOver();
    void aReadOnlyQueueChangesNothing();
    void aProgramThatIsNotThere();
    void ticketsKeepEverything();
    void foldsOfNnunetArePredictions();
};

void TestJobQueue::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_lease = std::make_unique<DeviceLease>(m_folder->filePath(QStringLiteral("lease")));
    m_lease->setDevices({{"cpu", "fake", 1, 1, true, ""}});
}

void TestJobQueue::cleanup()
{
    // No worker outlives its test.
    const QStringList roots = QDir(m_folder->path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& root : roots) {
        const QDir folder(m_folder->filePath(root));
        const QStringList jobs = folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        for (const QString& job : jobs) {
            protocol::signalWorker(folder.filePath(job).toStdString(), SIGKILL);
        }
    }
}

void TestJobQueue::runsOneAfterTheOther()
{
    const auto queue = make();
    QSignalSpy ended(queue.get(), &JobQueue::ended);
    QSignalSpy starting(queue.get(), &JobQueue::aboutToStart);
    const auto first = queue->add(training("slow"), QStringLiteral("first"));
    const auto second = queue->add(training("succeed"));
    QVERIFY(first && second);
    QCOMPARE(queue->job(*first)->kind, JobKind::TrainFromScratch);
    QTRY_COMPARE(stateOf(*queue, *first), JobState::Running);
    QCOMPARE(stateOf(*queue, *second), JobState::Queued);
    QCOMPARE(queue->job(*second)->waitsFor, queue->folderOf(*first));
    QVERIFY(queue->perform(*first, JobVerb::StopAndKeep));
    QTRY_COMPARE(stateOf(*queue, *first), JobState::Finished);
    QCOMPARE(queue->job(*first)->bundle(), queue->folderOf(*first) + QStringLiteral("/best"));
    QTRY_COMPARE(stateOf(*queue, *second), JobState::Finished);
    QCOMPARE(ended.count(), 2);
    QCOMPARE(starting.count(), 2);
    QCOMPARE(starting[0][1].toBool(), false);
    QCOMPARE(queue->job(*second)->progress.step, 5);
    QVERIFY(queue->job(*second)->ended.isValid());
}

void TestJobQueue::endsHaveOneStateAndOneAction_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<int>("state");
    QTest::addColumn<int>("action");
    const auto row = [](const char* script, JobState state, SuggestedAction action) {
        QTest::newRow(script) << QString::fromLatin1(script) << static_cast<int>(state)
                              << static_cast<int>(action);
    };
    row("succeed", JobState::Finished, SuggestedAction::None);
    row("crash", JobState::Crashed, SuggestedAction::Resume);
    row("flood", JobState::Finished, SuggestedAction::None);
    row("garbage", JobState::Finished, SuggestedAction::None);
    row("exit4", JobState::Failed, SuggestedAction::ReduceBatch);
    row("exit6", JobState::Failed, SuggestedAction::FreeSpace);
    row("exit70", JobState::Failed, SuggestedAction::ShowLog);
    row("nonfinite", JobState::Failed, SuggestedAction::RetryWithAdvice);
    row("early", JobState::Crashed, SuggestedAction::Resume);
}

void TestJobQueue::endsHaveOneStateAndOneAction()
{
    QFETCH(QString, script);
    JobId id;
    {
        const auto queue = make();
        QSignalSpy ended(queue.get(), &JobQueue::ended);
        const auto added = queue->add(training(script.toLatin1().constData()));
        QVERIFY(added);
        id = *added;
        QVERIFY(ended.wait(30000));
        QTEST(static_cast<int>(stateOf(*queue, id)), "state");
        QTEST(static_cast<int>(queue->job(id)->end.action), "action");
        QTest::qWait(200);
        QCOMPARE(ended.count(), 1);
    }
    // A new window shows the same, from the ticket.
    const auto queue = make();
    QTEST(static_cast<int>(stateOf(*queue, id)), "state");
    QTEST(static_cast<int>(queue->job(id)->end.action), "action");
}

void TestJobQueue::pauseResumeStopAndCancel()
{
    const auto queue = make();
    const auto id = queue->add(training("slow"));
    QVERIFY(id);
    QVERIFY(!queue->can(*id, JobVerb::Pause)); // not before it runs
    QTRY_COMPARE(stateOf(*queue, *id), JobState::Running);
    QVERIFY(queue->perform(*id, JobVerb::Pause));
    QTRY_COMPARE(stateOf(*queue, *id), JobState::Paused);
    QVERIFY(!queue->can(*id, JobVerb::Pause));
    QVERIFY(queue->perform(*id, JobVerb::Resume));
    QTRY_COMPARE(stateOf(*queue, *id), JobState::Running);
    QVERIFY(queue->perform(*id, JobVerb::Cancel));
    QVERIFY(queue->job(*id)->isEnding);
    QVERIFY(!queue->can(*id, JobVerb::Cancel));
    QTRY_COMPARE(stateOf(*queue, *id), JobState::Cancelled);
    QVERIFY(!queue->perform(*id, JobVerb::Pause)); // refused, not undefined
    // What was cancelled goes on where it was.
    QVERIFY(queue->perform(*id, JobVerb::Resume));
    QTRY_COMPARE(stateOf(*queue, *id), JobState::Running);
    QVERIFY(queue->perform(*id, JobVerb::StopAndKeep));
    QTRY_COMPARE(stateOf(*queue, *id), JobState::Finished);
    QVERIFY(!queue->can(*id, JobVerb::Resume));
    // One that takes no commands is killed, which is what was asked.
    const auto stubborn = queue->add(training("stubborn"));
    QTRY_COMPARE(stateOf(*queue, *stubborn), JobState::Running);
    QVERIFY(queue->perform(*stubborn, JobVerb::Cancel));
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*queue, *stubborn), JobState::Cancelled, 10000);
}

void TestJobQueue::discardRemovesTheFolder()
{
    const auto queue = make();
    QSignalSpy discarded(queue.get(), &JobQueue::discarded);
    const auto running = queue->add(training("slow"));
    const auto waiting = queue->add(training("slow"));
    QTRY_COMPARE(stateOf(*queue, *running), JobState::Running);
    const QString folder = queue->folderOf(*running);
    QVERIFY(queue->perform(*waiting, JobVerb::Discard));
    QVERIFY(queue->job(*waiting) == nullptr);
    QVERIFY(queue->perform(*running, JobVerb::Discard));
    QTRY_VERIFY(queue->job(*running) == nullptr);
    QCOMPARE(discarded.count(), 2);
    QTRY_VERIFY(!QFile::exists(folder));
    // Its number is not given again.
    const auto next = queue->add(training("succeed"));
    QVERIFY(next->value > waiting->value);
    QTRY_COMPARE(stateOf(*queue, *next), JobState::Finished);
    queue->setGuard([](const QString&) { return true; });
    QVERIFY(!queue->can(*next, JobVerb::Discard));
    QVERIFY(QFile::exists(queue->folderOf(*next)));
}

void TestJobQueue::theQueueIsOrdered()
{
    const auto queue = make();
    queue->setHeld(true);
    std::vector<JobId> ids;
    for (int i = 0; i < 4; ++i) {
        ids.push_back(*queue->add(training("succeed")));
    }
    QCOMPARE(order(*queue), (std::vector<std::int64_t>{1, 2, 3, 4}));
    QVERIFY(!queue->can(ids[0], JobVerb::MoveUp));
    QVERIFY(!queue->can(ids[3], JobVerb::MoveDown));
    QVERIFY(queue->perform(ids[3], JobVerb::MoveUp));
    QCOMPARE(order(*queue), (std::vector<std::int64_t>{1, 2, 4, 3}));
    QVERIFY(queue->perform(ids[0], JobVerb::MoveDown));
    QCOMPARE(order(*queue), (std::vector<std::int64_t>{2, 1, 4, 3}));
    QVERIFY(queue->perform(ids[3], JobVerb::MoveDown));
    QCOMPARE(order(*queue), (std::vector<std::int64_t>{2, 1, 3, 4}));
    QVERIFY(queue->moveBefore(ids[3], ids[1]));
    QCOMPARE(order(*queue), (std::vector<std::int64_t>{4, 2, 1, 3}));
    QVERIFY(queue->perform(ids[1], JobVerb::Cancel)); // never started
    QCOMPARE(stateOf(*queue, ids[1]), JobState::Cancelled);
    const auto second = make(); // the order is kept
    second->setHeld(true);
    std::vector<std::int64_t> waiting;
    for (const Job* job : second->jobs()) {
        if (job->state() != JobState::Cancelled) {
            waiting.push_back(job->id.value);
        }
    }
    QCOMPARE(waiting, (std::vector<std::int64_t>{4, 1, 3}));
}

void TestJobQueue::retryUsesTheAdvice()
{
    const auto queue = make();
    protocol::TrainSpec spec = training("exit4");
    spec.settings = {"training.batch_size=8", "training.epochs=3"};
    const auto id = queue->add(spec, QStringLiteral("my training"));
    QTRY_COMPARE(stateOf(*queue, *id), JobState::Failed);
    const auto next = queue->retry(*id);
    QVERIFY(next);
    const Job* job = queue->job(*next);
    QCOMPARE(
        std::get<protocol::TrainSpec>(job->spec).settings,
        (std::vector<std::string>{"training.epochs=3", "training.batch_size=2"}));
    QCOMPARE(job->name, QStringLiteral("my training"));
    QCOMPARE(job->origin, *id);
    QCOMPARE(queue->job(*id)->successor, *next);
    QVERIFY(!queue->can(*id, JobVerb::Retry)); // once
    const auto bad = queue->duplicate(*id, {{"no_such", "1"}});
    QVERIFY(!bad);
    QCOMPARE(bad.error().code, ErrorCode::Configuration);
}

void TestJobQueue::duplicatesTakeTheirDataAlong()
{
    const auto queue = make();
    const auto id = queue->reserve();
    QVERIFY(id);
    const fs::path folder = queue->folderOf(*id).toStdString();
    QVERIFY(makeFolder(folder / "data" / "masks"));
    QVERIFY(writeFileAtomically(folder / "data" / "masks" / "a.png", "labels"));
    protocol::TrainSpec spec = training("succeed");
    spec.data = folder / "data";
    spec.init = "demo";
    QVERIFY(queue->submit(*id, spec));
    QTRY_COMPARE(stateOf(*queue, *id), JobState::Finished);
    const auto copy = queue->duplicate(*id, {{"device", "auto"}, {"training.epochs", "7"}});
    QVERIFY(copy);
    const fs::path target = queue->folderOf(*copy).toStdString();
    const auto& copied = std::get<protocol::TrainSpec>(queue->job(*copy)->spec);
    QCOMPARE(copied.data, target / "data");
    QCOMPARE(copied.init, fs::path("demo"));
    QCOMPARE(copied.device, std::string("auto"));
    QVERIFY(queue->perform(*id, JobVerb::Discard));
    QTRY_VERIFY(!fs::exists(folder));
    QCOMPARE(*readFile(target / "data" / "masks" / "a.png"), std::string("labels"));
    QTRY_COMPARE(stateOf(*queue, *copy), JobState::Finished);
}

void TestJobQueue::aNewWindowFindsTheJobs()
{
    auto first = make();
    const auto running = first->add(training("slow"), QStringLiteral("long one"));
    QTRY_COMPARE(stateOf(*first, *running), JobState::Running);
    QVERIFY(first->perform(*running, JobVerb::Pause));
    QTRY_COMPARE(stateOf(*first, *running), JobState::Paused);
    const std::string folder = first->folderOf(*running).toStdString();
    first.reset();
    QVERIFY(protocol::isWorkerAlive(folder));

    auto second = make();
    QCOMPARE(second->jobs().size(), std::size_t{1});
    QCOMPARE(second->job(*running)->name, QStringLiteral("long one"));
    QTRY_COMPARE(stateOf(*second, *running), JobState::Paused);
    QVERIFY(second->perform(*running, JobVerb::Resume));
    QTRY_COMPARE(stateOf(*second, *running), JobState::Running);
    second.reset();

    // It dies while nobody looks.
    QVERIFY(protocol::signalWorker(folder, SIGKILL));
    QTRY_VERIFY(!protocol::isWorkerAlive(folder));
    const auto third = make();
    QSignalSpy ended(third.get(), &JobQueue::ended);
    QTRY_COMPARE(stateOf(*third, *running), JobState::Crashed);
    QCOMPARE(ended.count(), 1);
    QVERIFY(third->job(*running)->end.action == SuggestedAction::Resume);
    QVERIFY(third->perform(*running, JobVerb::Resume));
    QTRY_COMPARE(stateOf(*third, *running), JobState::Running);
}

void TestJobQueue::whatWaitsStartsInTheNextWindow()
{
    JobId id;
    {
        const auto queue = make();
        queue->setHeld(true);
        id = *queue->add(training("succeed"));
        QTest::qWait(100);
        QCOMPARE(stateOf(*queue, id), JobState::Queued);
    }
    const auto queue = make();
    QTRY_COMPARE(stateOf(*queue, id), JobState::Finished);
    // The window died between the ticket and the worker's start.
    JobId stuck;
    {
        const auto held = make();
        held->setHeld(true);
        stuck = *held->add(training("succeed"));
        Job job = *held->job(stuck);
        job.end.state = JobState::Starting;
        job.started = QDateTime::currentDateTimeUtc().addSecs(-60);
        const QByteArray text = encodeTicket(job);
        QVERIFY(writeFileAtomically(
            fs::path(job.folder.toStdString()) / "ticket.json", text.toStdString()));
    }
    const auto again = make();
    QTRY_COMPARE(stateOf(*again, stuck), JobState::Finished);
}

void TestJobQueue::halfPreparedFoldersGo()
{
    const auto queue = make();
    const auto abandoned = queue->reserve();
    QVERIFY(abandoned);
    const QString folder = queue->folderOf(*abandoned);
    QVERIFY(QFile::exists(folder));
    QCOMPARE(queue->jobs().size(), std::size_t{0});
    queue->abandon(*abandoned);
    QTRY_VERIFY(!QFile::exists(folder));
    const auto left = queue->reserve();
    const QString leftFolder = queue->folderOf(*left);
    QVERIFY(queue->folderOf(*abandoned).isEmpty());
    const auto next = make();
    QTRY_VERIFY(!QFile::exists(leftFolder));
    // What is no job of ours stays.
    QVERIFY(QDir().mkpath(m_folder->filePath(QStringLiteral("jobs/77"))));
    const auto third = make();
    QVERIFY(QFile::exists(m_folder->filePath(QStringLiteral("jobs/77"))));
    QCOMPARE(third->jobs().size(), std::size_t{0});
}

void TestJobQueue::aStalledJobIsEndedAndResumed()
{
    const auto queue = make();
    const auto id = queue->add(training("hang"));
    QTRY_COMPARE(stateOf(*queue, *id), JobState::Stalled);
    QVERIFY(queue->job(*id)->end.action == SuggestedAction::KillAndResume);
    QVERIFY(queue->perform(*id, JobVerb::EndAndResume));
    QTRY_VERIFY(queue->job(*id)->isContinued);
    QTRY_COMPARE(stateOf(*queue, *id), JobState::Stalled); // the script hangs again
    QVERIFY(queue->perform(*id, JobVerb::Discard));
    QTRY_VERIFY(queue->job(*id) == nullptr);
}

void TestJobQueue::onlyOneJobHoldsADevice()
{
    m_lease->setDevices({{"cpu", "fake", 1, 1, true, ""}, {"cuda:0", "fake", 1, 1, true, ""}});
    const auto queue = make();
    const auto other = make(QStringLiteral("other-project"));
    QSignalSpy starting(queue.get(), &JobQueue::aboutToStart);
    QSignalSpy freed(queue.get(), &JobQueue::gpuFreed);
    const auto onGpu = queue->add(training("slow", "auto"));
    const auto alsoOnGpu = other->add(training("slow", "cuda:0"));
    const auto onCpu = other->add(training("slow", "cpu"));
    QTRY_COMPARE(stateOf(*queue, *onGpu), JobState::Running);
    QCOMPARE(starting[0][1].toBool(), true);
    QVERIFY(queue->isGpuInUse());
    QTRY_COMPARE(stateOf(*other, *onCpu), JobState::Running); // passes the one that waits
    QCOMPARE(stateOf(*other, *alsoOnGpu), JobState::Queued);
    QCOMPARE(other->job(*alsoOnGpu)->waitsFor, queue->folderOf(*onGpu));
    // A hold ends with its worker, whoever sees it.
    QVERIFY(protocol::signalWorker(queue->folderOf(*onGpu).toStdString(), SIGKILL));
    QTRY_COMPARE(stateOf(*queue, *onGpu), JobState::Crashed);
    QCOMPARE(freed.count(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*other, *alsoOnGpu), JobState::Running, 10000);
    m_lease->setGpuLimit(2);
    QVERIFY(queue->perform(*onGpu, JobVerb::Resume));
    QTRY_COMPARE(stateOf(*queue, *onGpu), JobState::Running);
}

void TestJobQueue::damagedTicketsAreToldAndPassedOver()
{
    JobId id;
    {
        const auto queue = make();
        id = *queue->add(training("succeed"));
        QTRY_COMPARE(stateOf(*queue, id), JobState::Finished);
        QVERIFY(queue->add(training("succeed")));
        QTRY_COMPARE(queue->jobs().front()->state(), JobState::Finished);
    }
    QVERIFY(writeFileAtomically(
        fs::path(m_folder->filePath(QStringLiteral("jobs/1/ticket.json")).toStdString()), "{\"ki"));
    const auto queue = make(QStringLiteral("jobs"), false);
    QSignalSpy problems(queue.get(), &JobQueue::problemOccurred);
    QVERIFY(queue->open(m_folder->filePath(QStringLiteral("jobs"))));
    QCOMPARE(problems.count(), 1);
    QVERIFY(QString::fromStdString(problems[0][0].value<Error>().message)
                .contains(QStringLiteral("jobs/1/ticket.json")));
    QCOMPARE(queue->jobs().size(), std::size_t{1});
    QVERIFY(QFile::exists(m_folder->filePath(QStringLiteral("jobs/1/messages.jsonl"))));
}

void TestJobQueue::aReadOnlyQueueChangesNothing()
{
    auto queue = make();
    queue->setHeld(true);
    const auto id = queue->add(training("succeed"));
    queue.reset();
    const auto reader = make(QStringLiteral("jobs"), false);
    QVERIFY(reader->open(m_folder->filePath(QStringLiteral("jobs")), true));
    QCOMPARE(stateOf(*reader, *id), JobState::Queued);
    QTest::qWait(200);
    QCOMPARE(stateOf(*reader, *id), JobState::Queued);
    QVERIFY(!reader->can(*id, JobVerb::Cancel));
    QVERIFY(!reader->add(training("succeed")));
    QVERIFY(!reader->duplicate(*id, {}));
}

void TestJobQueue::aProgramThatIsNotThere()
{
    JobQueue queue(QStringLiteral("/nowhere/guidino"), *m_lease);
    QVERIFY(!queue.add(training("succeed"))); // no project is open
    QVERIFY(queue.open(m_folder->filePath(QStringLiteral("jobs"))));
    const auto id = queue.add(training("succeed"));
    QVERIFY(id);
    QCOMPARE(stateOf(queue, *id), JobState::Failed);
    QVERIFY(queue.job(*id)->end.action == SuggestedAction::ShowLog);
    QVERIFY(!queue.job(*id)->end.failure.message.empty());
}

void TestJobQueue::ticketsKeepEverything()
{
    Job job;
    job.kind = JobKind::Explain;
    job.name = QStringLiteral("Für \"alle\"");
    job.order = 2.5;
    job.end = {JobState::Failed, SuggestedAction::ReduceBatch, 4, {}, {}};
    job.end.failure = {
        "out_of_memory", "too little", {{"needed", "9"}}, true, {{"training.batch_size", "2"}}};
    job.progress.phase = "train";
    job.progress.step = 12;
    job.progress.total = 40;
    job.progress.detail = "epoch 3/40";
    job.result.path = "best";
    job.result.score = 0.75;
    job.origin = JobId{3};
    job.successor = JobId{9};
    job.isContinued = true;
    job.created = QDateTime(QDate(2026, 1, 31), QTime(12, 0, 1, 5), Qt::UTC);
    job.started = job.created.addSecs(1);
    job.ended = job.created.addSecs(60);
    Job read;
    QVERIFY(decodeTicket(encodeTicket(job), read));
    QCOMPARE(read.kind, job.kind);
    QCOMPARE(read.name, job.name);
    QCOMPARE(read.order, job.order);
    QVERIFY(read.end == job.end);
    QVERIFY(read.progress == job.progress);
    QVERIFY(read.result == job.result);
    QCOMPARE(read.origin, job.origin);
    QCOMPARE(read.successor, job.successor);
    QCOMPARE(read.isContinued, job.isContinued);
    QCOMPARE(read.created, job.created);
    QCOMPARE(read.ended, job.ended);
    for (const JobKind kind :
         {JobKind::FineTune,
          JobKind::TrainFromScratch,
          JobKind::Predict,
          JobKind::Evaluate,
          JobKind::Explain,
          JobKind::Pack,
          JobKind::Import,
          JobKind::Export,
          JobKind::Compare}) {
        QCOMPARE(jobKindFrom(QString::fromLatin1(nameOf(kind))), kind);
    }
    QVERIFY(!decodeTicket("[]", read));
    QVERIFY(!decodeTicket("{\"version\":2,\"kind\":\"predict\"}", read));
}

void TestJobQueue::foldsOfNnunetArePredictions()
{
    const protocol::JobSpec spec =
        protocol::CommandSpec{{"nnunet", "predict", "--model", "/m", "--out", "/o"}};
    QCOMPARE(kindOf(spec), JobKind::Predict);
    QCOMPARE(deviceOf(spec), std::string("auto")); // it computes and waits for its turn
    const auto onCpu = withSettings(spec, {{"device", "cpu"}});
    QVERIFY(onCpu);
    QCOMPARE(deviceOf(*onCpu), std::string("cpu"));
    QCOMPARE(
        deviceOf(protocol::CommandSpec{{"models", "export", "--device", "cpu"}}), std::string());
}

QTEST_GUILESS_MAIN(TestJobQueue)
#include "tst_job_queue.moc"
