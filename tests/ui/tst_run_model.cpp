// SPDX-License-Identifier: Apache-2.0
// Run folders as the dashboard reads them: live, finished, damaged, long, and of other programs.
#include "core/base/file.h"
#include "core/protocol/command_line.h"
#include "tests/ui/run_fixture.h"
#include "ui/model/run_board.h"
#include "ui/model/run_charts.h"
#include "ui/model/run_log.h"
#include "ui/model/run_previews.h"
#include "ui/model/run_record.h"

#include <QSignalSpy>
#include <QtTest>

#include <ctime>

using namespace guidino;
using namespace guidino::ui;
using namespace std::chrono_literals;

namespace {

std::filesystem::path pathIn(const QTemporaryDir& folder, const char* name)
{
    return std::filesystem::path(folder.path().toStdString()) / name;
}

void readAll(RunHistory& history)
{
    while (history.advance(50ms)) {
    }
}

std::vector<double> valuesOf(const RunHistory& history, const char* name)
{
    const RunCurve* curve = history.curves().find(QLatin1String(name));
    return curve != nullptr ? curve->values : std::vector<double>{};
}

int countOf(const RunHistory& history, RunMark::Kind kind)
{
    const std::vector<RunMark> marks = history.curves().marks();
    return static_cast<int>(std::count_if(
        marks.begin(), marks.end(), [kind](const RunMark& mark) { return mark.kind == kind; }));
}

/// Of this thread, so that a busy machine does not matter.
double processorMs()
{
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

} // namespace

class TestRunModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void timesAreRead();
    void aGrowingRunIsFollowed();
    void damagedLinesAreCounted();
    void aResumeReplacesWhatCameBefore();
    void eventsAreMarked();
    void aTableAloneIsARun();
    void aFolderBegunAnewIsReadAnew();
    void theWorkersEndIsSeen();
    void axesAgree();
    void chartsHoldTheirMetrics();
    void aLongRunTakesNoTurnForItself();
    void neighboursAreListed();
    void theLogIsBounded();
    void theLogIsFiltered();
    void logLinesAreUnderstood();
    void theRecordSaysEverything();
    void aDamagedRecordIsSaid();
    void previewsAreRead();
    void pinsAreWritten();
};

void TestRunModel::timesAreRead()
{
    QCOMPARE(secondsOfTime("1970-01-01T00:00:00.000Z"), 0.0);
    QCOMPARE(secondsOfTime("2000-03-01T00:00:01.250Z"), 951868801.25); // after a leap day
    QVERIFY(secondsOfTime("") < 0);
    QVERIFY(secondsOfTime("yesterday at about noon") < 0);
    QVERIFY(secondsOfTime("2026-13-31T12:00:00.000Z") < 0);
}

void TestRunModel::aGrowingRunIsFollowed()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    RunHistory history(run.folder());
    QVERIFY(!history.advance(1ms)); // nothing is there yet
    QVERIFY(history.curves().curves().empty());
    run.begin();
    run.epoch(1, 4, 3, 0.5);
    readAll(history);
    QCOMPARE(valuesOf(history, "dsc"), (std::vector<double>{0.5}));
    QCOMPARE(valuesOf(history, "loss").size(), std::size_t{3});
    QCOMPARE(history.curves().stepsPerEpoch(), 3.0);
    QCOMPARE(history.curves().epochs(), 4);
    readAll(history); // no worker holds the lock: seen at the second look
    // Half a line is no line yet.
    const std::int64_t before = history.revision();
    run.append("messages.jsonl", R"({"type":"metric","name":"dsc","value":0.75,)");
    readAll(history);
    QCOMPARE(history.revision(), before);
    run.append(
        "messages.jsonl",
        "\"step\":2,\"split\":\"val\",\"seq\":99,\"time\":\"2026-01-31T12:01:00.000Z\"}\n");
    readAll(history);
    QCOMPARE(valuesOf(history, "dsc"), (std::vector<double>{0.5, 0.75}));
    QVERIFY(history.revision() > before);
    QCOMPARE(history.damagedLines(), 0);
}

void TestRunModel::damagedLinesAreCounted()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    run.begin();
    run.append("messages.jsonl", "{\"type\":\"metric\",\"name\":7}\nno json\n\x80\xFF\n");
    run.epoch(1, 2, 1, 0.5);
    run.append(
        "messages.jsonl",
        "{\"type\":\"metric\",\"name\":\"dsc\",\"value\":null,\"step\":2,\"split\":\"val\",\"seq\":"
        "1}\n");
    run.append("messages.jsonl", "{\"type\":\"weather\",\"seq\":1}\n"); // of a newer worker
    RunHistory history(run.folder());
    readAll(history);
    QCOMPARE(history.damagedLines(), 3);
    QCOMPARE(valuesOf(history, "dsc"), (std::vector<double>{0.5})); // undefined values are none
}

void TestRunModel::aResumeReplacesWhatCameBefore()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    run.begin();
    run.epoch(1, 4, 2, 0.4);
    run.epoch(2, 4, 2, 0.5);
    run.checkpoint(2, 0.5);
    run.epoch(3, 4, 2, 0.45);
    run.checkpoint(3, 0.6);
    run.pass(7200); // the machine was off
    run.begin();
    run.epoch(3, 4, 2, 0.7); // once more, from the checkpoint of epoch 2
    run.checkpoint(3, 0.7);
    RunHistory history(run.folder());
    readAll(history);
    QCOMPARE(valuesOf(history, "dsc"), (std::vector<double>{0.4, 0.5, 0.7}));
    QCOMPARE(valuesOf(history, "loss").size(), std::size_t{6});
    QCOMPARE(countOf(history, RunMark::Kind::Checkpoint), 2);
    QCOMPARE(countOf(history, RunMark::Kind::Continued), 1);
    QCOMPARE(history.curves().sessions(), 2);
    QVERIFY(history.curves().seconds() < 100); // the pause between sessions does not count
}

void TestRunModel::eventsAreMarked()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    run.begin();
    double rate = 1e-3;
    for (int epoch = 1; epoch <= 6; ++epoch) {
        rate = epoch == 4 ? rate / 10 : rate;
        run.epoch(epoch, 6, 2, 0.5 + 0.05 * epoch, rate);
        if (epoch == 2) {
            run.say(protocol::Alive{4, "running"});
            run.say(protocol::Alive{4, "paused"});
            run.pass(2);
            run.say(protocol::Alive{4, "paused"});
            run.say(protocol::Alive{4, "running"});
        }
    }
    run.end("stopped");
    RunHistory history(run.folder());
    readAll(history);
    QCOMPARE(countOf(history, RunMark::Kind::Paused), 1);
    QCOMPARE(countOf(history, RunMark::Kind::Resumed), 1);
    QCOMPARE(countOf(history, RunMark::Kind::Stopped), 1);
    QCOMPARE(countOf(history, RunMark::Kind::LearningRate), 1);
    const std::vector<RunMark> marks = history.curves().marks();
    for (const RunMark& mark : marks) {
        if (mark.kind == RunMark::Kind::LearningRate) {
            QCOMPARE(mark.epoch, 3.0); // from the begin of the fourth epoch on
            QCOMPARE(mark.value, 1e-4);
        }
        if (mark.kind == RunMark::Kind::Paused) {
            QCOMPARE(mark.epoch, 2.0);
        }
        QVERIFY(!textOf(mark).isEmpty());
    }
    // A schedule that falls with every epoch has no steps.
    SyntheticRun smooth(pathIn(folder, "smooth"));
    smooth.begin();
    for (int epoch = 1; epoch <= 6; ++epoch) {
        smooth.epoch(epoch, 6, 1, 0.5, 1e-3 / epoch);
    }
    smooth.end("failed", 70);
    RunHistory other(smooth.folder());
    readAll(other);
    QCOMPARE(countOf(other, RunMark::Kind::LearningRate), 0);
    QCOMPARE(countOf(other, RunMark::Kind::Failed), 1);
}

void TestRunModel::aTableAloneIsARun()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    run.append(
        "metrics.csv",
        "epoch,step,train_loss,dsc,train_seconds\n1,10,0.9,,3\n2,20,0.5,0.7,3\nrubbish\n");
    QVERIFY(isRunFolder(run.folder()));
    RunHistory history(run.folder());
    readAll(history);
    QCOMPARE(valuesOf(history, "train_loss"), (std::vector<double>{0.9, 0.5}));
    QCOMPARE(valuesOf(history, "dsc"), (std::vector<double>{0.7}));
    QCOMPARE(history.curves().stepsPerEpoch(), 10.0);
    QCOMPARE(history.damagedLines(), 1);
    QCOMPARE(history.state(), jobs::JobState::Finished);
    run.append("metrics.csv", "3,30,0.4,0.8,3\n");
    readAll(history);
    QCOMPARE(valuesOf(history, "dsc"), (std::vector<double>{0.7, 0.8}));
    QVERIFY(!isRunFolder(folder.path().toStdString()));
}

void TestRunModel::aFolderBegunAnewIsReadAnew()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    run.begin();
    run.epoch(1, 2, 5, 0.3);
    RunHistory history(run.folder());
    readAll(history);
    const std::int64_t before = history.revision();
    std::filesystem::remove(run.folder() / "messages.jsonl");
    SyntheticRun again(run.folder());
    again.begin();
    again.epoch(1, 2, 1, 0.9);
    readAll(history);
    QCOMPARE(valuesOf(history, "dsc"), (std::vector<double>{0.9}));
    QVERIFY(history.revision() > before);
}

void TestRunModel::theWorkersEndIsSeen()
{
    const QTemporaryDir folder;
    const std::filesystem::path place = pathIn(folder, "run");
    SyntheticRun run(place);
    run.writeRecords();
    RunHistory history(place);
    readAll(history);
    QCOMPARE(history.state(), jobs::JobState::Queued);
    {
        auto worker = protocol::RunFolder::open(place, "test");
        QVERIFY(worker);
        run.begin();
        run.epoch(1, 2, 1, 0.5);
        readAll(history);
        QCOMPARE(history.state(), jobs::JobState::Running);
        run.say(protocol::Alive{1, "paused"});
        readAll(history);
        QCOMPARE(history.state(), jobs::JobState::Paused);
    }
    readAll(history); // its lock is free and it said nothing: looked at twice
    readAll(history);
    QCOMPARE(history.state(), jobs::JobState::Crashed);
    run.end();
    readAll(history);
    QCOMPARE(history.state(), jobs::JobState::Finished);
}

void TestRunModel::axesAgree()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    run.begin();
    run.epoch(1, 2, 4, 0.5);
    run.epoch(2, 2, 4, 0.6);
    RunHistory history(run.folder());
    readAll(history);
    const RunCurves& curves = history.curves();
    const RunCurve& loss = *curves.find(QStringLiteral("loss"));
    const RunCurve& dsc = *curves.find(QStringLiteral("dsc"));
    QCOMPARE(curves.points(loss, RunAxis::Epoch).last().x(), 2.0);
    QCOMPARE(curves.points(dsc, RunAxis::Epoch).last().x(), 2.0);
    QCOMPARE(curves.points(loss, RunAxis::Step).last().x(), 8.0);
    QCOMPARE(curves.points(dsc, RunAxis::Step).last().x(), 8.0);
    QCOMPARE(curves.points(loss, RunAxis::Epoch).first().x(), 0.25);
    const double minutes = curves.points(dsc, RunAxis::Minutes).last().x();
    QVERIFY(std::abs(minutes - 10.0 / 60) < 1e-6); // 2 · (4 + 1) s
}

void TestRunModel::chartsHoldTheirMetrics()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    run.begin();
    run.epoch(1, 2, 2, 0.5);
    run.say(protocol::Metric{"dsc_polyp", 0.4, 1, "val"});
    run.say(protocol::Metric{"dsc_tool", 0.6, 1, "val"});
    run.say(protocol::Metric{"coffee", 3, 1, "train"});
    RunHistory history(run.folder());
    readAll(history);
    QStringList ids;
    for (const RunChart& chart : chartsOf({&history.curves()}, false)) {
        ids.append(chart.id);
        QVERIFY(!chart.lines.isEmpty() && !chart.title.isEmpty());
    }
    QCOMPARE(
        ids,
        (QStringList{
            "loss",
            "parts",
            "overlap",
            "hd95",
            "lr",
            "classes",
            "speed",
            "memory",
            "train/coffee"}));
    const QList<RunChart> several = chartsOf({&history.curves(), &history.curves()}, true);
    for (const RunChart& chart : several) {
        QCOMPARE(chart.lines.size(), 1);
    }
}

void TestRunModel::aLongRunTakesNoTurnForItself()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    run.begin();
    constexpr int kLines = 200'000;
    {
        std::string text;
        for (int i = 1; i <= kLines; ++i) {
            char line[200];
            (void)std::snprintf(
                line,
                sizeof line,
                R"({"type":"metric","seq":%d,"time":"2026-01-31T%02d:%02d:%02d.000Z","name":"loss","value":%.4f,"step":%d,"split":"train"})"
                "\n",
                i,
                i / 3600 % 24,
                i / 60 % 60,
                i % 60,
                1.0 / i,
                i);
            text += line;
        }
        run.append("messages.jsonl", text);
    }
    RunBoard board;
    QSignalSpy changes(&board, &RunBoard::changed);
    // Whatever else waits for its turn, such as a stroke to be painted.
    int turns = 0;
    double longest = 0;
    double last = processorMs();
    QTimer other;
    connect(&other, &QTimer::timeout, this, [&] {
        const double now = processorMs();
        longest = std::max(longest, now - last);
        last = now;
        ++turns;
    });
    other.start(0);
    board.open(run.folder());
    QTRY_VERIFY_WITH_TIMEOUT(board.current()->isLoaded(), 120'000);
    QCOMPARE(
        board.current()->curves().find(QStringLiteral("loss"))->values.size(), std::size_t{kLines});
    QVERIFY2(turns > 40, qPrintable(QString::number(turns)));
    // 6 ms of reading and one more piece; measured 9 ms.
    QVERIFY2(longest < 50, qPrintable(QString::number(longest)));
    QVERIFY(changes.count() >= 1);
}

void TestRunModel::neighboursAreListed()
{
    const QTemporaryDir folder;
    for (const char* name : {"one", "two", "three"}) {
        SyntheticRun run(pathIn(folder, name));
        run.begin();
        run.epoch(1, 1, 1, 0.5);
        run.end();
    }
    std::filesystem::create_directories(pathIn(folder, "no run"));
    RunBoard board;
    board.open(pathIn(folder, "two") / ""); // with a slash at its end
    QCOMPARE(board.runs().size(), std::size_t{3});
    QCOMPARE(board.current()->name(), QStringLiteral("two"));
    QCOMPARE(board.shown().size(), std::size_t{1});
    board.setShown(1, true);
    board.setShown(0, false); // the one looked at stays
    QCOMPARE(board.shown().size(), std::size_t{2});
    QVERIFY(board.runs()[0].colour != board.runs()[1].colour);
    QTRY_VERIFY(!board.isLoading());
    board.setCurrent(1);
    QCOMPARE(board.shown().front(), std::size_t{1});
    QVERIFY(!board.add(pathIn(folder, "no run")));
    const QTemporaryDir elsewhere;
    SyntheticRun foreign(pathIn(elsewhere, "foreign"));
    foreign.begin();
    QVERIFY(board.add(foreign.folder()));
    QCOMPARE(board.runs().size(), std::size_t{4});
}

void TestRunModel::theLogIsBounded()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    std::string text;
    constexpr int kLines = RunLog::kMostLines + 5000;
    for (int i = 0; i < kLines; ++i) {
        text += "2026-01-31T12:00:00.000Z info line " + std::to_string(i) + "\n";
    }
    run.append("log.txt", text);
    RunLog log;
    log.open(run.folder());
    QTRY_COMPARE(log.totalLines(), std::int64_t{kLines});
    QCOMPARE(log.keptLines(), RunLog::kMostLines);
    QCOMPARE(log.rowCount(), RunLog::kMostLines);
    QVERIFY(log.isCut());
    QCOMPARE(
        log.index(log.rowCount() - 1).data(RunLog::TextRole).toString(),
        QStringLiteral("line %1").arg(kLines - 1));
    QCOMPARE(log.index(0).data(RunLog::TextRole).toString(), QStringLiteral("line 5000"));
    // Of a huge file the end is read, from a whole line on; a huge line is cut.
    SyntheticRun huge(pathIn(folder, "huge"));
    huge.append("log.txt", std::string(RunLog::kMostBytes, 'x') + "\n");
    huge.append("log.txt", "2026-01-31T12:00:00.000Z info " + std::string(9000, 'y') + "\n");
    log.open(huge.folder());
    QTRY_COMPARE(log.rowCount(), 1);
    QVERIFY(log.isCut());
    QVERIFY(log.index(0).data(RunLog::TextRole).toString().size() <= RunLog::kMostLetters + 2);
}

void TestRunModel::theLogIsFiltered()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    run.append(
        "log.txt",
        "2026-01-31T12:00:00.000Z info epoch 1  dsc 0.5\n"
        "2026-01-31T12:00:01.000Z warning a JPEG named .png\n"
        "2026-01-31T12:00:02.000Z error the disk is full\n");
    RunLog log;
    log.open(run.folder());
    QTRY_COMPARE(log.rowCount(), 3);
    QCOMPARE(log.count(RunLog::Severity::Warning), 1);
    log.setLeast(RunLog::Severity::Warning);
    QCOMPARE(log.rowCount(), 2);
    log.setLeast(RunLog::Severity::Error);
    QCOMPARE(log.rowCount(), 1);
    log.setLeast(RunLog::Severity::Info);
    log.setWords(QStringLiteral("DSC epoch"));
    QCOMPARE(log.rowCount(), 1);
    QSignalSpy inserted(&log, &QAbstractItemModel::rowsInserted);
    run.append("log.txt", "2026-01-31T12:00:03.000Z info epoch 2  dsc 0.6\n");
    run.append("log.txt", "2026-01-31T12:00:03.000Z info something else\n");
    QTRY_COMPARE(log.totalLines(), std::int64_t{5});
    QCOMPARE(log.rowCount(), 2); // the live tail is filtered, too
    QCOMPARE(inserted.count(), 1);
    log.setWords({});
    QCOMPARE(log.rowCount(), 5);
}

void TestRunModel::logLinesAreUnderstood()
{
    const RunLog::Line own = RunLog::parsed("2026-01-31T12:00:00.000Z warning a  remark");
    QCOMPARE(own.text, QStringLiteral("a  remark"));
    QVERIFY(own.severity == RunLog::Severity::Warning && !own.time.isEmpty());
    QVERIFY(RunLog::parsed("guidino: error: no").severity == RunLog::Severity::Error);
    QVERIFY(RunLog::parsed("[W123 file.cpp:3] Warning: old").severity == RunLog::Severity::Warning);
    QVERIFY(RunLog::parsed("").severity == RunLog::Severity::Info);
    QCOMPARE(RunLog::parsed("two words").text, QStringLiteral("two words"));
}

void TestRunModel::theRecordSaysEverything()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run one"));
    run.writeRecords();
    const RunRecord record = readRunRecord(run.folder());
    QVERIFY(record.problem.isEmpty());
    const QString text = record.text();
    for (const char* part :
         {"abc123",
          "def456",
          "2.11.0",
          "0.1.0",
          "training.seed: 7",
          "training.learning_rate: 0.0001",
          "guide.gates: [\"bottleneck\"]",
          "polyp (1)",
          "40"}) {
        QVERIFY2(text.contains(QLatin1String(part)), part);
    }
    QCOMPARE(
        record.commandLine,
        QStringLiteral("guidino train --config guidino-u --data '/data/polyps and more' --set "
                       "training.epochs=5 --set training.seed=7 --out '%1-again'")
            .arg(QString::fromStdString(run.folder().string())));
    int changed = 0;
    for (const RunRecord::Row& row : record.sections.last().rows) {
        changed += row.isChanged ? 1 : 0;
    }
    QCOMPARE(changed, 2);
}

void TestRunModel::aDamagedRecordIsSaid()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    QVERIFY(readRunRecord(run.folder()).problem.contains(QLatin1String("no run.json")));
    run.append("run.json", "{\"version\": 1,");
    run.append("job.json", "[]");
    const RunRecord record = readRunRecord(run.folder());
    QVERIFY(record.problem.contains(QLatin1String("run.json")));
    QVERIFY(record.problem.contains(QLatin1String("job.json")));
    QVERIFY(record.commandLine.isEmpty());
}

void TestRunModel::previewsAreRead()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    run.begin();
    run.preview("a, \"\"b\"\"", 1, 50, 0.5); // as it stands in scores.csv
    run.preview("late", 2, 200, 0.75);
    run.preview("a, \"\"b\"\"", 2, 60, 0.6);
    run.preview("a, \"\"b\"\"", 2, 70, 0.7); // of a session that went on
    RunHistory history(run.folder());
    readAll(history);
    RunPreviewStore store;
    store.open(run.folder());
    QSignalSpy changed(&store, &RunPreviewStore::changed);
    store.follow(history.curves().previews());
    QCOMPARE(changed.count(), 1);
    QCOMPARE(store.cases().size(), 2);
    QCOMPARE(store.epochs(), (std::vector<std::int64_t>{1, 2}));
    const RunPreviews& late = store.cases()[1];
    QVERIFY(!RunPreviewStore::shownEpoch(late, 1).has_value());
    QCOMPARE(*RunPreviewStore::shownEpoch(late, 9), 2);
    QVERIFY(store.picture(late, 1).isNull());
    QTRY_VERIFY(!store.picture(late, 2).isNull());
    const PreviewHalves halves = halvesOf(store.picture(late, 2));
    QCOMPARE(halves.outlined.size(), QSize(64, 64));
    QCOMPARE(qRed(halves.outlined.pixel(3, 3)), 200);
    QCOMPARE(qGreen(halves.guide.pixel(3, 3)), 200);
    QCOMPARE(*store.score(QStringLiteral("late"), 2)->dsc, 0.75);
    QCOMPARE(*store.score(QStringLiteral("a, \"b\""), 2)->dsc, 0.7);
    QVERIFY(!store.score(QStringLiteral("late"), 1).has_value());
}

void TestRunModel::pinsAreWritten()
{
    const QTemporaryDir folder;
    SyntheticRun run(pathIn(folder, "run"));
    run.writeRecords();
    QCOMPARE(validationImages(run.folder()), (QList<QString>{"images/a.png", "images/b.png", "c"}));
    QVERIFY(pinImages(run.folder(), {QStringLiteral("images/b.png"), QStringLiteral("ü \"x\"")}));
    const auto text = readFile(run.folder() / "previews" / "pinned.json");
    QVERIFY(text && text->find("images/b.png") != std::string::npos);
    QVERIFY(!pinImages("/proc/none", {QStringLiteral("a")}));
}

QTEST_GUILESS_MAIN(TestRunModel)
#include "tst_run_model.moc"
