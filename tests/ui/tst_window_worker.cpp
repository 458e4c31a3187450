// SPDX-License-Identifier: Apache-2.0
// The window with a model: a real worker process, killed and restarted, and a real training run.
#include "core/imaging/image_reader.h"
#include "core/project/review_state.h"
#include "tests/ui/workbench_fixture.h"
#include "ui/model/image_list_model.h"
#include "ui/model/label_files.h"
#include "ui/model/read_out.h"
#include "ui/widgets/finetune_sheet.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QStatusBar>

#include <csignal>

using namespace guidino;
using namespace guidino::ui;

namespace {

const QString kStandIn = QStringLiteral(GUIDINO_BINARY_DIR "/tests/standin_guidino");

/// Far longer than the test waits.
void trainLong(Workbench& bench)
{
    FineTuneController& plan = bench.window.findChild<FineTuneSheet*>()->plan();
    plan.refresh();
    FineTuneOptions options = plan.options();
    options.epochs = 10000;
    plan.setOptions(options);
    plan.start();
}

/// Keeps the stand-in busy with an image until let go.
class Hold
{
public:
    Hold(const SyntheticFolder& folder, int image)
        : m_file(folder.path() + QStringLiteral("/images/case%1.png.hold").arg(image))
    {
        m_isThere = m_file.open(QIODevice::WriteOnly);
    }
    ~Hold() { letGo(); }

    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

    [[nodiscard]] bool isThere() const { return m_isThere; }
    void letGo() { m_file.remove(); }

private:
    QFile m_file;
    bool m_isThere = false;
};

/// Shows the image of that row by the key for the next one.
void goOnTo(Workbench& bench, int row)
{
    bench.key(Qt::Key_D);
    QTRY_COMPARE(bench.dataset.images().rowOf(bench.shown().id()), row);
}

QString modelLineOf(const Workbench& bench)
{
    return bench.window.findChild<QLabel*>(QStringLiteral("modelReadOut"))->text();
}

using PredictionState = PredictionController::State;
using TrainingState = TrainingController::State;

} // namespace

class TestWindowWorker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void predictsByKey();
    void whatIsAskedForMeanwhileIsNext();
    void whoGoesOnDoesNotWait();
    void usesThePredictionAsLabel();
    void theWindowOutlivesAKilledWorker();
    void aModelThatCannotBeLoadedIsSaid();
    void withoutTheProgramTheReasonIsSaid();
    void fineTunesOnWhatIsLabelled();
    void stopsAndKeeps();
    void cancels();
    void theRealProgramPredicts();
};

void TestWindowWorker::predictsByKey()
{
    const SyntheticFolder folder;
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    bench.prediction.setModel(QStringLiteral("/models/demo"));
    QTRY_COMPARE(bench.prediction.state(), PredictionState::Ready);
    bench.key(Qt::Key_R);
    QTRY_VERIFY(bench.shown().prediction() != nullptr);
    const Prediction& prediction = *bench.shown().prediction();
    QCOMPARE(int{prediction.labels.at(70, 55)}, 1);
    QCOMPARE(int{prediction.labels.at(5, 5)}, 0);
    QVERIFY(prediction.guide != nullptr);
    QVERIFY(prediction.guide->valueAt(0.35, 0.37) > prediction.guide->valueAt(0.02, 0.02));
    QVERIFY(bench.dataset.images().index(0).data(ImageListModel::PredictedRole).toBool());
    const QString text = readOutAt(bench.shown(), bench.dataset.classes(), {70.5, 55.5});
    QVERIFY(text.startsWith(QStringLiteral("70, 55")));
    QVERIFY(text.contains(QStringLiteral("guide 0.7")) && text.contains(QStringLiteral("(p")));
    QVERIFY(text.contains(QStringLiteral("prediction 0.7")));
    QVERIFY(text.contains(QStringLiteral("label Object")));
    // The guide's pane is drawn in the guide's colours, the image's pane is not.
    const QPoint at = bench.viewOf(PaneRole::Guide, 70, 55);
    QTRY_VERIFY(
        bench.pane(PaneRole::Guide).grab().toImage().pixel(at)
        != bench.pane(PaneRole::Image).grab().toImage().pixel(at));
}

void TestWindowWorker::whatIsAskedForMeanwhileIsNext()
{
    const SyntheticFolder folder(3, 0);
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    bench.prediction.setModel(QStringLiteral("/models/demo"));
    QTRY_COMPARE(bench.prediction.state(), PredictionState::Ready);
    Hold hold(folder, 0);
    QVERIFY(hold.isThere());
    const ImageId first = bench.shown().id();
    const QAction& predict = *bench.window.actionsOfWindow().predict;
    bench.key(Qt::Key_R);
    QCOMPARE(bench.prediction.state(), PredictionState::Busy);
    QVERIFY(!predict.isEnabled());
    QCOMPARE(predict.text(), QStringLiteral("Running…"));

    goOnTo(bench, 1);
    QVERIFY(predict.isEnabled());
    QCOMPARE(predict.text(), QStringLiteral("&Run the model"));
    bench.key(Qt::Key_R);
    QVERIFY(bench.prediction.isWaiting());
    QVERIFY(!predict.isEnabled());
    QCOMPARE(predict.text(), QStringLiteral("Waiting…"));
    QVERIFY2(
        modelLineOf(bench).contains(QStringLiteral("this image is next")),
        qPrintable(modelLineOf(bench)));
    QTest::qWait(50);
    QVERIFY(bench.shown().prediction() == nullptr);
    hold.letGo();
    QTRY_VERIFY(bench.shown().prediction() != nullptr);
    QVERIFY(bench.dataset.document(first)->prediction() != nullptr);
    QVERIFY(!bench.prediction.isWaiting());
    QTRY_COMPARE(bench.prediction.state(), PredictionState::Ready);
    QVERIFY(predict.isEnabled());
    QCOMPARE(predict.text(), QStringLiteral("&Run the model"));
}

void TestWindowWorker::whoGoesOnDoesNotWait()
{
    const SyntheticFolder folder(4, 0);
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    bench.prediction.setModel(QStringLiteral("/models/demo"));
    QTRY_COMPARE(bench.prediction.state(), PredictionState::Ready);
    Hold hold(folder, 0);
    bench.key(Qt::Key_R);
    goOnTo(bench, 1);
    const ImageId second = bench.shown().id();
    bench.key(Qt::Key_R);
    QVERIFY(bench.prediction.isWaiting());

    // Going on calls it off; what is asked for then is the one that is waited for.
    goOnTo(bench, 2);
    QVERIFY(!bench.prediction.isWaiting());
    const ImageId third = bench.shown().id();
    bench.key(Qt::Key_R);
    QVERIFY(bench.prediction.isWaiting());
    hold.letGo();
    QTRY_VERIFY(bench.shown().prediction() != nullptr);
    QTRY_COMPARE(bench.prediction.state(), PredictionState::Ready);
    QVERIFY(bench.dataset.document(third)->prediction() != nullptr);
    QVERIFY(bench.dataset.document(second)->prediction() == nullptr);
}

void TestWindowWorker::usesThePredictionAsLabel()
{
    const SyntheticFolder folder(3, 0);
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    bench.prediction.setModel(QStringLiteral("/models/demo"));
    bench.key(Qt::Key_R);
    QTRY_COMPARE(bench.prediction.state(), PredictionState::Ready);
    bench.key(Qt::Key_R);
    QTRY_VERIFY(bench.shown().prediction() != nullptr);
    QTRY_VERIFY(bench.window.actionsOfWindow().usePrediction->isEnabled());
    bench.key(Qt::Key_Return);
    QVERIFY(bench.shown().labels() == bench.shown().prediction()->labels);
    bench.key(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(!hasLabels(bench.shown().labels()));

    // What a saved label came from is kept: the prediction as it was, then a correction of it.
    const auto saved = [&bench] {
        QSignalSpy done(&bench.dataset, &DatasetController::saved);
        bench.key(Qt::Key_S, Qt::ControlModifier);
        [&] { QTRY_COMPARE(done.count(), 1); }();
        const auto all = bench.project.store()->revisions(bench.shown().id()).value();
        return project::originOf(all, bench.dataset.baseOf(bench.shown().id()));
    };
    bench.key(Qt::Key_Return);
    project::ReferenceOrigin origin = saved();
    QCOMPARE(origin.origin, QStringLiteral("accepted"));
    QVERIFY(!origin.model.isEmpty());
    QVERIFY(!origin.isCorrected);
    const QString model = origin.model;
    bench.drag(
        PaneRole::Label,
        {bench.viewOf(PaneRole::Label, 150, 20), bench.viewOf(PaneRole::Label, 180, 40)});
    origin = saved();
    QCOMPARE(origin.origin, QStringLiteral("accepted"));
    QCOMPARE(origin.model, model);
    QVERIFY(origin.isCorrected);
}

void TestWindowWorker::theWindowOutlivesAKilledWorker()
{
    const SyntheticFolder folder;
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    bench.prediction.setModel(QStringLiteral("/models/demo"));
    QTRY_COMPARE(bench.prediction.state(), PredictionState::Ready);
    bench.drag(
        PaneRole::Label,
        {bench.viewOf(PaneRole::Label, 150, 20), bench.viewOf(PaneRole::Label, 180, 40)});
    const LabelMap labels = bench.shown().labels();
    const qint64 pid = bench.prediction.workerPid();
    QVERIFY(pid > 1);
    QCOMPARE(::kill(static_cast<pid_t>(pid), SIGKILL), 0);
    QTRY_COMPARE(bench.prediction.state(), PredictionState::Dead);
    QVERIFY(bench.window.messages().isVisible());
    QCOMPARE(bench.window.messages().shown().action, Notice::Action::RestartWorker);
    QVERIFY(bench.shown().labels() == labels);
    QVERIFY(!bench.window.actionsOfWindow().predict->isEnabled());
    // Painting goes on without it.
    bench.drag(
        PaneRole::Label,
        {bench.viewOf(PaneRole::Label, 20, 120), bench.viewOf(PaneRole::Label, 40, 130)});
    QVERIFY(!(bench.shown().labels() == labels));
    auto* restart = bench.window.findChild<QPushButton*>(QStringLiteral("messageAction"));
    QVERIFY(restart != nullptr);
    QTest::mouseClick(restart, Qt::LeftButton);
    QTRY_COMPARE(bench.prediction.state(), PredictionState::Ready);
    QVERIFY(bench.prediction.workerPid() != pid);
    QTRY_VERIFY(!bench.window.messages().isVisible());
    bench.key(Qt::Key_R);
    QTRY_VERIFY(bench.shown().prediction() != nullptr);
}

void TestWindowWorker::aModelThatCannotBeLoadedIsSaid()
{
    const SyntheticFolder folder(1, 0);
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    bench.prediction.setModel(QStringLiteral("/models/broken"));
    QTRY_VERIFY(bench.window.messages().isVisible());
    QCOMPARE(bench.window.messages().shown().action, Notice::Action::ChooseModel);
    QCOMPARE(bench.prediction.state(), PredictionState::NoModel);
    bench.prediction.setModel(QStringLiteral("/models/demo"));
    QTRY_COMPARE(bench.prediction.state(), PredictionState::Ready);
}

void TestWindowWorker::withoutTheProgramTheReasonIsSaid()
{
    const SyntheticFolder folder(1, 0);
    const QTemporaryDir home;
    Workbench bench(home.path());
    bench.open(folder.path());
    const QAction* predict = bench.window.actionsOfWindow().predict;
    QVERIFY(!predict->isEnabled());
    QVERIFY(predict->toolTip().contains(QStringLiteral("guidino")));
    QVERIFY(!bench.window.actionsOfWindow().fineTune->isEnabled());
    QVERIFY(!bench.window.actionsOfWindow().fineTune->toolTip().isEmpty());
}

void TestWindowWorker::fineTunesOnWhatIsLabelled()
{
    const SyntheticFolder folder(5, 2);
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    bench.prediction.setModel(QStringLiteral("/models/demo"));
    QTRY_COMPARE(bench.prediction.state(), PredictionState::Ready);
    QVERIFY(!bench.training.reasonUnavailable().isEmpty()); // two are too few
    bench.dataset.show(3);
    QTRY_COMPARE(bench.dataset.images().currentRow(), 3);
    QTRY_VERIFY(bench.dataset.current() != nullptr && bench.shown().id().value == 4);
    bench.drag(
        PaneRole::Label,
        {bench.viewOf(PaneRole::Label, 90, 60), bench.viewOf(PaneRole::Label, 120, 80)});
    QVERIFY(bench.training.reasonUnavailable().isEmpty());
    const LabelMap frozen = bench.shown().labels();
    QSignalSpy finished(&bench.training, &TrainingController::finished);
    QSignalSpy progressed(&bench.training, &TrainingController::progressed);
    auto* button = bench.window.findChild<QPushButton*>(QStringLiteral("fineTune"));
    QVERIFY(button != nullptr && button->isEnabled());
    QTest::mouseClick(button, Qt::LeftButton);
    auto* start = bench.window.findChild<QPushButton*>(QStringLiteral("fineTuneStart"));
    QTRY_VERIFY(start->isVisible() && start->isEnabled());
    QTest::mouseClick(start, Qt::LeftButton); // the sheet's defaults are enough
    QTRY_COMPARE(bench.training.state(), TrainingState::Running);
    // What is painted now does not reach the running training.
    bench.drag(
        PaneRole::Label,
        {bench.viewOf(PaneRole::Label, 20, 20), bench.viewOf(PaneRole::Label, 40, 30)});
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 15000);
    QVERIFY(!progressed.isEmpty());
    QCOMPARE(bench.training.state(), TrainingState::Finished);
    QVERIFY(bench.training.series().size() >= 2);
    const std::filesystem::path run = bench.training.runFolder();
    QCOMPARE(finished.at(0).at(0).toString(), QString::fromStdString((run / "best").string()));
    int masks = 0;
    for (const auto& entry : std::filesystem::directory_iterator(run / "data" / "masks")) {
        masks += entry.is_regular_file() ? 1 : 0;
    }
    QCOMPARE(masks, 3);
    const auto written = readLabelFile(run / "data" / "masks" / "case3.png", {200, 150});
    QVERIFY(written.has_value());
    QVERIFY(*written == frozen);
    QVERIFY(std::filesystem::exists(run / "data" / "images" / "case3.png"));
}

void TestWindowWorker::stopsAndKeeps()
{
    const SyntheticFolder folder(4, 4);
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    bench.prediction.setModel(QStringLiteral("/models/demo"));
    QSignalSpy finished(&bench.training, &TrainingController::finished);
    trainLong(bench);
    QTRY_VERIFY(bench.training.progress().step > 1);
    auto* keep = bench.window.findChild<QPushButton*>(QStringLiteral("stopAndKeep"));
    QVERIFY(keep != nullptr && keep->isVisible());
    QTest::mouseClick(keep, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 10000);
    QVERIFY(finished.at(0).at(0).toString().endsWith(QStringLiteral("best")));
}

void TestWindowWorker::cancels()
{
    const SyntheticFolder folder(4, 4);
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    trainLong(bench);
    QTRY_VERIFY(bench.training.progress().step > 1);
    bench.training.cancel();
    QTRY_COMPARE_WITH_TIMEOUT(bench.training.state(), TrainingState::Idle, 10000);
    QVERIFY(bench.prediction.model().isEmpty());
}

void TestWindowWorker::theRealProgramPredicts()
{
    const QString program = QStringLiteral(GUIDINO_BINARY_DIR "/bin/guidino");
    const QString demo = QStringLiteral(GUIDINO_SOURCE_DIR "/models/demo");
    if (!QFile::exists(program) || !QFile::exists(demo + QStringLiteral("/config.json"))) {
        QSKIP("guidino or the demo model is not built");
    }
    const SyntheticFolder folder(2, 0);
    const QTemporaryDir home;
    Workbench bench(home.path(), program);
    bench.open(folder.path());
    bench.prediction.setModel(demo);
    QTRY_COMPARE_WITH_TIMEOUT(bench.prediction.state(), PredictionState::Ready, 60000);
    bench.key(Qt::Key_R);
    QTRY_VERIFY_WITH_TIMEOUT(bench.shown().prediction() != nullptr, 60000);
    QVERIFY(bench.shown().prediction()->guide != nullptr);
    QVERIFY(hasLabels(bench.shown().prediction()->labels));
}

QTEST_MAIN(TestWindowWorker)
#include "tst_window_worker.moc"
