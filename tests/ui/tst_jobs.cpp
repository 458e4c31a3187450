// SPDX-License-Identifier: Apache-2.0
// Jobs in the window: the list and its words, the dock, and what a project keeps of them, with a
// worker that plays scripts.
#include "core/protocol/run_folder.h"
#include "tests/ui/workbench_fixture.h"
#include "ui/model/jobs_controller.h"
#include "ui/widgets/job_row.h"
#include "ui/widgets/jobs_dock.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QLineEdit>
#include <QListView>
#include <QMainWindow>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>

#include <csignal>

using namespace guidino;
using namespace guidino::ui;
using jobs::JobState;
using jobs::JobVerb;

namespace {

protocol::TrainSpec training(const char* script)
{
    protocol::TrainSpec spec;
    spec.config = script;
    spec.device = "cpu";
    spec.init = "demo";
    spec.settings = {"training.epochs=3"};
    return spec;
}

/// Controllers of a window whose worker is the scripted one.
struct Window
{
    explicit Window(const QString& home)
        : theme(*qApp)
        , project(home + QStringLiteral("/projects"))
        , dataset(project)
        , prediction(dataset, {})
        , jobs(
              project,
              dataset,
              prediction,
              QStringLiteral(GUIDINO_BINARY_DIR "/tests/fake_worker"),
              home)
    {
        theme.apply(true);
        jobs.queue().setTiming({50, 600, 400});
    }

    void open(const QString& folder)
    {
        dataset.open({folder});
        QTRY_VERIFY(dataset.current() != nullptr);
    }

    [[nodiscard]] JobState stateOf(JobId id) const
    {
        const jobs::Job* job = jobs.queue().job(id);
        return job == nullptr ? JobState::Lost : job->state();
    }

    Theme theme;
    ProjectController project;
    DatasetController dataset;
    PredictionController prediction;
    JobsController jobs;
};

} // namespace

class TestJobs : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_home;
    std::unique_ptr<SyntheticFolder> m_images;

private Q_SLOTS:
    void init();
    void cleanup();
    void everyEndHasWordsAndOneAction_data();
    void everyEndHasWordsAndOneAction();
    void theProjectKeepsItsJobs();
    void paintingLowersThePriority();
    void theDockDoesAllVerbs();
    void rowsFollowTheQueue();
};

void TestJobs::init()
{
    m_home = std::make_unique<QTemporaryDir>();
    m_images = std::make_unique<SyntheticFolder>(3, 2);
}

void TestJobs::cleanup()
{
    QDir projects(m_home->filePath(QStringLiteral("projects")));
    const QStringList names = projects.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& name : names) {
        const QDir jobs(projects.filePath(name + QStringLiteral("/jobs")));
        const QStringList ids = jobs.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        for (const QString& id : ids) {
            protocol::signalWorker(jobs.filePath(id).toStdString(), SIGKILL);
        }
    }
}

void TestJobs::everyEndHasWordsAndOneAction_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<QString>("status");
    QTest::addColumn<QString>("proposal");
    const auto row = [](const char* script, const char* status, const char* proposal) {
        QTest::newRow(script) << QString::fromLatin1(script) << QString::fromLatin1(status)
                              << QString::fromLatin1(proposal);
    };
    row("succeed", "Finished, best score 0.500", "Show the result");
    row("crash", "It ended unexpectedly.", "Resume");
    row("flood", "Finished, best score 0.500", "Show the result");
    row("garbage", "Finished, best score 0.500", "Show the result");
    row("exit2", "Its settings are not valid.", "Change the settings");
    row("exit3", "It cannot use the data.", "Try again");
    row("exit4", "It ran out of memory.", "Try again with batch size 2");
    row("exit6", "The disk is full, or its folder cannot be written.", "Free space, then resume");
    row("exit70", "It failed.", "Show the log");
    row("nonfinite", "It cannot work with these settings.", "Try again with learning rate 0.0001");
}

void TestJobs::everyEndHasWordsAndOneAction()
{
    QFETCH(QString, script);
    Window window(m_home->path());
    window.open(m_images->path());
    QSignalSpy ended(&window.jobs, &JobsController::ended);
    const auto id = window.jobs.queue().add(training(script.toLatin1().constData()));
    QVERIFY(id);
    QCOMPARE(window.jobs.nameOf(*id), QStringLiteral("Fine-tuning %1").arg(id->value));
    QVERIFY(ended.wait(30000));
    QTEST(window.jobs.statusOf(*id), "status");
    QTEST(window.jobs.proposalOf(*id).text, "proposal");
    const QModelIndex row = window.jobs.index(window.jobs.rowOf(*id));
    QVERIFY(row.data(Qt::AccessibleTextRole).toString().contains(window.jobs.statusOf(*id)));
    // The labels of the user are as they were, whatever became of the job.
    QVERIFY(window.dataset.current() != nullptr);
    QVERIFY(window.project.store()->verifyAuditTrail());
    const auto records = window.project.store()->jobs();
    QVERIFY(records && records->size() == 1);
    QCOMPARE(records->front().kind, QStringLiteral("fine-tune"));
    QCOMPARE(records->front().folder, QStringLiteral("jobs/%1").arg(id->value));
    QCOMPARE(records->front().state, QLatin1StringView(nameOf(window.stateOf(*id))));
}

void TestJobs::theProjectKeepsItsJobs()
{
    JobId id;
    {
        Window window(m_home->path());
        QVERIFY(!window.jobs.reasonUnavailable().isEmpty());
        window.open(m_images->path());
        QVERIFY(window.jobs.reasonUnavailable().isEmpty());
        id = *window.jobs.queue().add(training("slow"), QStringLiteral("overnight"));
        QTRY_COMPARE(window.stateOf(id), JobState::Running);
        QCOMPARE(window.jobs.activeCount(), 1);
        QCOMPARE(window.project.store()->jobs()->front().state, QStringLiteral("running"));
        window.project.close();
        QCOMPARE(window.jobs.rowCount(), 0);
    }
    Window window(m_home->path());
    window.open(m_images->path());
    QCOMPARE(window.jobs.rowCount(), 1);
    QCOMPARE(window.jobs.nameOf(id), QStringLiteral("overnight"));
    QTRY_COMPARE(window.stateOf(id), JobState::Running);
    window.jobs.togglePause();
    QTRY_COMPARE(window.stateOf(id), JobState::Paused);
    QVERIFY(window.jobs.statusOf(id).startsWith(QStringLiteral("Paused")));
    window.jobs.togglePause();
    QTRY_COMPARE(window.stateOf(id), JobState::Running);
    window.jobs.perform(id, JobVerb::StopAndKeep);
    QTRY_COMPARE(window.stateOf(id), JobState::Finished);
    QCOMPARE(window.project.store()->jobs()->size(), std::size_t{1}); // no second record
    QCOMPARE(window.project.store()->jobs()->front().state, QStringLiteral("finished"));
}

void TestJobs::paintingLowersThePriority()
{
    Window window(m_home->path());
    window.open(m_images->path());
    const auto id = window.jobs.queue().add(training("slow"));
    QTRY_COMPARE(window.stateOf(*id), JobState::Running);
    window.dataset.current()->clearLabels({});
    QFile commands(window.jobs.queue().folderOf(*id) + QStringLiteral("/commands.jsonl"));
    const auto sent = [&commands] {
        commands.close();
        return commands.open(QIODevice::ReadOnly) ? commands.readAll() : QByteArray();
    };
    QTRY_VERIFY(sent().contains("\"nice\":19"));
    QVERIFY(!sent().contains("\"nice\":10"));
    QTRY_VERIFY_WITH_TIMEOUT(sent().contains("\"nice\":10"), 15000); // some seconds later
}

void TestJobs::theDockDoesAllVerbs()
{
    Window window(m_home->path());
    QMainWindow frame;
    QAction starter(QStringLiteral("Fine-tune"));
    auto* dock = new JobsDock(window.jobs, {&starter}, window.theme, frame);
    frame.addDockWidget(Qt::BottomDockWidgetArea, dock);
    frame.resize(900, 500);
    frame.show();
    QVERIFY(QTest::qWaitForWindowExposed(&frame));
    QVERIFY(!dock->list().isVisible()); // the empty state teaches
    window.open(m_images->path());
    // Keys: the dock goes and comes, jobs pause and go on.
    QTest::keyClick(&frame, Qt::Key_J, Qt::ControlModifier);
    QTRY_VERIFY(!dock->isVisible());
    QTest::keyClick(&frame, Qt::Key_J, Qt::ControlModifier);
    QTRY_VERIFY(dock->isVisible());
    const auto id = window.jobs.queue().add(training("slow"), QStringLiteral("first"));
    QTRY_COMPARE(window.stateOf(*id), JobState::Running);
    QVERIFY(dock->list().isVisible());
    QCOMPARE(dock->chosen(), *id);
    QTest::keyClick(&frame, Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_COMPARE(window.stateOf(*id), JobState::Paused);
    auto* pause = dock->findChild<QToolButton*>(QStringLiteral("jobPause"));
    QTRY_COMPARE(pause->text(), QStringLiteral("Resume"));
    QTest::mouseClick(pause, Qt::LeftButton);
    QTRY_COMPARE(window.stateOf(*id), JobState::Running);
    // A copy with changes; what is no setting is refused where it is typed.
    auto* more = dock->findChild<QToolButton*>(QStringLiteral("jobMore"));
    Q_EMIT more->menu()->aboutToShow();
    QAction* duplicate = nullptr;
    for (QAction* action : more->menu()->actions()) {
        if (action->text() == JobsController::textOf(JobVerb::Duplicate)) {
            duplicate = action;
        }
    }
    QVERIFY(duplicate != nullptr);
    duplicate->trigger();
    auto* copy = dock->findChild<QDialog*>(QStringLiteral("jobCopy"));
    QVERIFY(copy != nullptr);
    auto* settings = copy->findChild<QPlainTextEdit*>(QStringLiteral("jobCopySettings"));
    QCOMPARE(settings->toPlainText(), QStringLiteral("training.epochs=3"));
    settings->setPlainText(QStringLiteral("training.epochs"));
    auto* add = copy->findChild<QPushButton*>();
    for (QPushButton* button : copy->findChildren<QPushButton*>()) {
        add = button->text() == QStringLiteral("Add to the queue") ? button : add;
    }
    QTest::mouseClick(add, Qt::LeftButton);
    QVERIFY(copy->isVisible());
    QVERIFY(copy->findChild<QWidget*>(QStringLiteral("jobCopyProblem"))->isVisible());
    settings->setPlainText(QStringLiteral("training.batch_size=7"));
    QTest::mouseClick(add, Qt::LeftButton);
    QTRY_COMPARE(window.jobs.rowCount(), 2);
    const JobId second = window.jobs.idOf(1);
    QVERIFY(!window.jobs.hasDashboard(second)); // it waits: there is nothing to be seen
    QCOMPARE(
        std::get<protocol::TrainSpec>(window.jobs.queue().job(second)->spec).settings,
        std::vector<std::string>{"training.batch_size=7"});
    QCOMPARE(window.stateOf(second), JobState::Queued);
    QVERIFY(window.jobs.statusOf(second).contains(QStringLiteral("first")));
    // Discarding asks once something was made; what never ran goes at once.
    window.jobs.perform(second, JobVerb::Discard);
    QTRY_COMPARE(window.jobs.rowCount(), 1);
    QVERIFY(protocol::signalWorker(window.jobs.queue().folderOf(*id).toStdString(), SIGKILL));
    QTRY_COMPARE(window.stateOf(*id), JobState::Crashed);
    // The button in the row does what is proposed; so does Enter.
    const QModelIndex row = window.jobs.index(0);
    const QRect place = dock->list().visualRect(row);
    const QRect button = JobRow::buttonOf(
        place, row.data(JobsController::ProposalRole).toString(), dock->list().font());
    QVERIFY(!button.isEmpty());
    QTest::mouseClick(dock->list().viewport(), Qt::LeftButton, {}, button.center());
    QTRY_COMPARE(window.stateOf(*id), JobState::Running);
    QVERIFY(protocol::signalWorker(window.jobs.queue().folderOf(*id).toStdString(), SIGKILL));
    QTRY_COMPARE(window.stateOf(*id), JobState::Crashed);
    dock->list().setFocus();
    QTest::keyClick(&dock->list(), Qt::Key_Return);
    QTRY_COMPARE(window.stateOf(*id), JobState::Running);
    // Its curves are one button away, in the row, below the list and in the menu.
    QSignalSpy asked(&window.jobs, &JobsController::dashboardRequested);
    const QRect curves = JobRow::dashboardButtonOf(
        dock->list().visualRect(row),
        row.data(JobsController::ProposalRole).toString(),
        row.data(JobsController::DashboardRole).toString(),
        dock->list().font());
    QVERIFY(!curves.isEmpty());
    QTest::mouseClick(dock->list().viewport(), Qt::LeftButton, {}, curves.center());
    QCOMPARE(asked.size(), 1);
    auto* below = dock->findChild<QToolButton*>(QStringLiteral("jobDashboard"));
    QVERIFY(below->isVisible());
    QTest::mouseClick(below, Qt::LeftButton);
    Q_EMIT more->menu()->aboutToShow();
    for (QAction* action : more->menu()->actions()) {
        if (action->text() == QStringLiteral("Show dashboard")) {
            action->trigger();
        }
    }
    QCOMPARE(asked.size(), 3);
    QCOMPARE(asked.last().first().value<JobId>(), *id);
    // All that can be reached by Tab has a name.
    for (QWidget* widget : dock->findChildren<QWidget*>()) {
        if ((widget->focusPolicy() & Qt::TabFocus) != 0 && widget->isVisible()) {
            const auto* tool = qobject_cast<QAbstractButton*>(widget);
            QVERIFY2(
                !widget->accessibleName().isEmpty() || (tool != nullptr && !tool->text().isEmpty()),
                qPrintable(widget->objectName()));
        }
    }
    Q_EMIT more->menu()->aboutToShow();
    for (QAction* action : more->menu()->actions()) {
        if (action->text() == JobsController::textOf(JobVerb::Discard)) {
            action->trigger();
            break;
        }
    }
    auto* question = dock->findChild<QMessageBox*>(QStringLiteral("discardQuestion"));
    QVERIFY(question != nullptr);
    for (QAbstractButton* one : question->buttons()) {
        if (question->buttonRole(one) == QMessageBox::DestructiveRole) {
            QTest::mouseClick(one, Qt::LeftButton);
            break;
        }
    }
    QTRY_COMPARE(window.jobs.rowCount(), 0);
}

void TestJobs::rowsFollowTheQueue()
{
    Window window(m_home->path());
    QAbstractItemModelTester tester(
        &window.jobs, QAbstractItemModelTester::FailureReportingMode::QtTest);
    window.open(m_images->path());
    window.jobs.queue().setHeld(true);
    std::vector<JobId> ids;
    for (int i = 0; i < 3; ++i) {
        ids.push_back(*window.jobs.queue().add(training("succeed")));
    }
    const QPersistentModelIndex third(window.jobs.index(2));
    window.jobs.perform(ids[2], JobVerb::MoveUp);
    QCOMPARE(window.jobs.idOf(1), ids[2]);
    QCOMPARE(third.row(), 1); // a selection stays with its job
    QVERIFY(window.jobs.statusOf(ids[0]).contains(QStringLiteral("held")));
    window.jobs.queue().setHeld(false);
    for (const JobId id : ids) {
        QTRY_COMPARE(window.stateOf(id), JobState::Finished);
    }
    QCOMPARE(window.jobs.idOf(0), ids[1]); // the latest end first
}

QTEST_MAIN(TestJobs)
#include "tst_jobs.moc"
