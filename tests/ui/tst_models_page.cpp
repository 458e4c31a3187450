// SPDX-License-Identifier: Apache-2.0
// Models of a project in the window: offers, comparison with its swipe and table, the gate, undo.
#include "core/project/review_state.h"
#include "tests/ui/workbench_fixture.h"
#include "ui/model/adoption_gate.h"
#include "ui/model/comparison_controller.h"
#include "ui/model/comparison_table.h"
#include "ui/model/comparison_text.h"
#include "ui/model/model_time_line.h"
#include "ui/widgets/case_strip.h"
#include "ui/widgets/gate_panel.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/model_desk.h"
#include "ui/widgets/models_page.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>

#include <algorithm>

using namespace guidino;
using namespace guidino::ui;

namespace {

const QString kStandIn = QStringLiteral(GUIDINO_BINARY_DIR "/tests/standin_guidino");

using Set = ComparisonController::Set;
using State = ComparisonController::State;

/// A bundle of the stand-in's; `cut`: the first column that it marks.
QString makeBundle(const QDir& folder, const QString& name, int cut, const QString& parent = {})
{
    const QString path = folder.filePath(name);
    QDir().mkpath(path);
    QFile config(path + QStringLiteral("/config.json"));
    (void)config.open(QIODevice::WriteOnly);
    const QString sha256 = name.leftJustified(64, QLatin1Char('0'));
    config.write(QStringLiteral(R"({"weights":{"sha256":"%1"},"training":{"metric":"dsc",)"
                                R"("score":0.8%2,"start_score":0.25,"init_sha256":"%3"}})")
                     .arg(sha256)
                     .arg(cut % 10)
                     .arg(parent)
                     .toUtf8());
    QFile text(path + QStringLiteral("/cut"));
    (void)text.open(QIODevice::WriteOnly);
    text.write(QByteArray::number(cut));
    return path;
}

QString shaOf(const QString& name)
{
    return name.leftJustified(64, QLatin1Char('0'));
}

// Discs begin at columns 40, 55, 70 ...: a cut at 60 takes 20 columns of the first, 5 of the
// second.
const QString kBase = QStringLiteral("aa");
const QString kWorse = QStringLiteral("bb");
const QString kSame = QStringLiteral("cc");

/// Six labelled images, four of them locked, and the base model in use.
struct Study
{
    Study()
        : bench(home.path(), kStandIn)
        , models(home.path())
    {
        base = makeBundle(models, kBase, 0);
        bench.open(folder.path());
        (void)bench.models.setGateLimit(0.05);
        bench.prediction.setModel(base);
        const auto isStored = [this] {
            const auto& entries = bench.dataset.images().entries();
            return std::all_of(
                entries.begin(), entries.end(), [](const ImageEntry& one) { return one.isStored; });
        };
        [&] { QTRY_VERIFY(isStored()); }();
        [&] { QTRY_VERIFY(bench.models.find(shaOf(kBase)) != nullptr); }();
        for (int row = 0; row < 6; ++row) {
            const ImageId image = bench.dataset.images().entry(row).id;
            (void)bench.project.setSplit(
                image, row < 4 ? QStringLiteral("locked") : QStringLiteral("validation"));
        }
    }

    void offer(const QString& name, int cut)
    {
        QSignalSpy offered(&bench.models, &ModelRegistry::offered);
        bench.models.offer(
            makeBundle(models, name, cut, shaOf(kBase)), home.path() + QStringLiteral("/run"));
        QTRY_COMPARE(offered.size(), 1);
    }

    [[nodiscard]] ModelDesk& desk() { return bench.window.models(); }

    [[nodiscard]] ComparisonController& comparison() { return desk().comparison(); }

    void compare(const QString& a, const QString& b, Set set)
    {
        comparison().start(shaOf(a), shaOf(b), set);
        QTRY_COMPARE_WITH_TIMEOUT(comparison().state(), State::Finished, 20000);
    }

    template<typename Widget>
    [[nodiscard]] Widget& child(const char* name)
    {
        return *desk().page().findChild<Widget*>(QLatin1StringView(name));
    }

    QTemporaryDir home;
    SyntheticFolder folder{6, 6};
    Workbench bench;
    QDir models;
    QString base;
};

} // namespace

class TestModelsPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void offersAreKeptInTheProject();
    void adoptingAndRollingBackAreDeedsThatCanBeUndone();
    void theProjectTakesItsModelUpAgain();
    void savedLabelsKnowTheModelTheyCameFrom();
    void modelsAreComparedImageByImage();
    void aComparisonIsCancelledAndGoesOn();
    void comparisonsAreJobsOfTheQueue();
    void aComparisonWaitsForItsDevice();
    void aComparisonOutlivesTheWindow();
    void aCancelledComparisonIsResumedAmongTheJobs();
    void imagesOfTheModelItselfAreLeftOut();
    void aFailedModelIsSaid();
    void theGateRefusesAndAReasonOverrides();
    void theGateLetsABetterModelPass();
    void withoutLockedImagesAReasonIsNeeded();
    void thePageShowsAndSortsAndSteps();
    void theDividerShowsBothModels();
    void plainKeysDoNotReachTheHiddenCanvas();
    void theTrainingsModelIsOffered();
    void aTrainingThatBetteredNothingOffersNothing();
    void theEmptyStripSaysWhatToPress();
    void theSortArrowHasRoomBesideTheHeading();
};

void TestModelsPage::offersAreKeptInTheProject()
{
    Study study;
    ModelRegistry& models = study.bench.models;
    study.offer(kWorse, 60);
    const project::ModelRecord* model = models.find(shaOf(kWorse));
    QVERIFY(model != nullptr);
    QVERIFY(model->path.startsWith(study.bench.project.folder() + QStringLiteral("/models/")));
    QVERIFY(QFile::exists(model->path + QStringLiteral("/config.json")));
    QCOMPARE(model->parent, shaOf(kBase));
    QCOMPARE(model->run, study.home.path() + QStringLiteral("/run"));
    QCOMPARE(models.stateOf(model->sha256), project::ModelState::Offered);
    QCOMPARE(models.stateOf(shaOf(kBase)), project::ModelState::Current);
    const auto figure = validationFigureOf(*model);
    QVERIFY(figure && figure->value > 0.79 && figure->value < 0.81);
    // Beside what it began with on the same images; what came from elsewhere was judged by others.
    const ModelTimeLine& line = study.desk().line();
    const auto textOf = [&line](int row) {
        return line.index(row).data(ModelTimeLine::ValidationRole).toString();
    };
    QVERIFY2(textOf(1).contains(QStringLiteral("0.250 → 0.8")), qPrintable(textOf(1)));
    QVERIFY2(
        textOf(0).isEmpty() || textOf(0).contains(QStringLiteral("on other images")),
        qPrintable(textOf(0)));
    // Twice is once.
    study.offer(kWorse, 60);
    QCOMPARE(models.models().size(), 2U);
    QCOMPARE(models.events().size(), 2U); // what it came from is current, and the offer
    // The compared pair follows the offer.
    QCOMPARE(study.desk().line().a(), shaOf(kBase));
    QCOMPARE(study.desk().line().b(), shaOf(kWorse));
    // What is no bundle is said and leaves nothing.
    QSignalSpy problems(&models, &ModelRegistry::problemOccurred);
    models.offer(study.home.path(), {});
    QTRY_COMPARE(problems.size(), 1);
    QCOMPARE(models.models().size(), 2U);
}

void TestModelsPage::adoptingAndRollingBackAreDeedsThatCanBeUndone()
{
    Study study;
    ModelRegistry& models = study.bench.models;
    study.offer(kWorse, 60);
    QCOMPARE(models.adopt(shaOf(kWorse), {}).error().code, ErrorCode::Usage);
    QCOMPARE(
        models.adopt(QStringLiteral("none"), {true, {}, {}}).error().code, ErrorCode::NotFound);
    QVERIFY(models.adopt(shaOf(kWorse), {true, {}, {}}));
    QCOMPARE(models.current(), shaOf(kWorse));
    QCOMPARE(models.former(), shaOf(kBase));
    QCOMPARE(study.bench.prediction.model(), models.find(shaOf(kWorse))->path);
    models.undoStack().undo();
    QCOMPARE(models.current(), shaOf(kBase));
    QCOMPARE(study.bench.prediction.model(), study.base);
    models.undoStack().redo();
    QCOMPARE(models.current(), shaOf(kWorse));
    QVERIFY(models.rollBack());
    QCOMPARE(models.current(), shaOf(kBase));
    models.undoStack().undo();
    QCOMPARE(models.current(), shaOf(kWorse));
    // Nothing was removed from the trail: base, offered, adopted, back, adopted, back, adopted.
    QCOMPARE(models.events().size(), 7U);
    QVERIFY(study.bench.project.store()->verifyAuditTrail());
    QVERIFY(models.setRetired(shaOf(kBase), true));
    QCOMPARE(models.setRetired(shaOf(kWorse), true).error().code, ErrorCode::Usage);
}

void TestModelsPage::theProjectTakesItsModelUpAgain()
{
    Study study;
    study.offer(kWorse, 60);
    QVERIFY(study.bench.models.adopt(shaOf(kWorse), {true, {}, {}}));
    const QString folder = study.bench.project.folder();
    study.bench.project.close();
    QVERIFY(study.bench.models.models().empty());
    study.bench.prediction.setModel(study.base);
    study.bench.open(folder);
    QTRY_COMPARE(study.bench.models.models().size(), 2U);
    QCOMPARE(study.bench.models.current(), shaOf(kWorse));
    QCOMPARE(study.bench.prediction.model(), study.bench.models.find(shaOf(kWorse))->path);
    QVERIFY(!study.bench.models.undoStack().canUndo());
    QCOMPARE(study.bench.models.former(), shaOf(kBase));
}

void TestModelsPage::savedLabelsKnowTheModelTheyCameFrom()
{
    const QTemporaryDir home;
    const SyntheticFolder folder(3, 0);
    const QString base = makeBundle(QDir(home.path()), kBase, 0);
    QString project;
    ImageId image;
    {
        Workbench bench(home.path(), kStandIn);
        bench.open(folder.path());
        project = bench.project.folder();
        bench.prediction.setModel(base);
        QTRY_COMPARE(bench.prediction.state(), PredictionController::State::Ready);
        bench.key(Qt::Key_R);
        QTRY_VERIFY(bench.shown().prediction() != nullptr);
        QCOMPARE(bench.shown().prediction()->sha256, shaOf(kBase));
        image = bench.shown().id();
        bench.shown().usePrediction(bench.tools.rules());
        bench.dataset.flush();
        // Ends without saving: the journal keeps what the step took.
    }
    Workbench bench(home.path(), kStandIn);
    bench.open(project);
    bench.drag(
        PaneRole::Label,
        {bench.viewOf(PaneRole::Label, 150, 20), bench.viewOf(PaneRole::Label, 180, 40)});
    QSignalSpy saved(&bench.dataset, &DatasetController::saved);
    bench.dataset.save();
    QTRY_COMPARE(saved.size(), 1);
    const auto revisions = bench.project.store()->revisions(image).value();
    QVERIFY(!revisions.empty());
    QCOMPARE(revisions.back().kind, project::RevisionKind::Human);
    QCOMPARE(revisions.back().model, shaOf(kBase));
    QCOMPARE(project::sourcesOf(revisions, revisions.back().id), QStringList{shaOf(kBase)});
    // A stroke of one's own after it: still of that line.
    bench.drag(
        PaneRole::Label,
        {bench.viewOf(PaneRole::Label, 20, 120), bench.viewOf(PaneRole::Label, 40, 130)});
    bench.dataset.save();
    QTRY_COMPARE(saved.size(), 2);
    const auto later = bench.project.store()->revisions(image).value();
    QCOMPARE(later.back().model, QString());
    QCOMPARE(project::sourcesOf(later, later.back().id), QStringList{shaOf(kBase)});
}

void TestModelsPage::modelsAreComparedImageByImage()
{
    Study study;
    study.offer(kWorse, 60);
    ComparisonController& comparison = study.comparison();
    QVERIFY(!comparison.reasonUnavailable(shaOf(kBase), shaOf(kBase), Set::Locked).isEmpty());
    study.compare(kBase, kWorse, Set::Locked);
    QCOMPARE(comparison.rows().size(), 4U);
    const report::ModelComparison& found = comparison.found();
    QCOMPARE(found.counted, 4U);
    QCOMPARE(found.worse.size(), 2U);
    QCOMPARE(found.worse.front(), 0U);
    QVERIFY(found.a->dsc.mean > 0.97);
    const double change = *comparison.rows()[0].score.dscChange();
    QVERIFY2(change < -0.1 && change > -0.4, qPrintable(QString::number(change)));
    QVERIFY(*comparison.rows()[0].score.hd95Change() > 10);
    QCOMPARE(*comparison.rows()[3].score.dscChange(), 0.0);
    // One look, counted and kept; the figures stay with the models.
    QCOMPARE(study.bench.models.lockedLooks(), 1);
    const auto figure = lockedFigureOf(*study.bench.models.find(shaOf(kWorse)));
    QVERIFY(figure && figure->count == 4);
    QVERIFY(std::abs(figure->value - found.b->dsc.mean) < 1e-9);
    // Again: nothing is predicted, the look counts.
    QVERIFY(comparison.isPredicted(shaOf(kBase), shaOf(kWorse), Set::Locked));
    QSignalSpy states(&comparison, &ComparisonController::stateChanged);
    comparison.start(shaOf(kBase), shaOf(kWorse), Set::Locked);
    QCOMPARE(comparison.state(), State::Finished);
    QCOMPARE(study.bench.models.lockedLooks(), 2);
    // Validation images are others, and no look at the locked ones.
    study.compare(kBase, kWorse, Set::Validation);
    QCOMPARE(comparison.rows().size(), 2U);
    QCOMPARE(study.bench.models.lockedLooks(), 2);
    const QDir jobs(study.bench.project.folder() + QStringLiteral("/jobs"));
    QVERIFY(jobs.entryList({QStringLiteral("compare-*")}).isEmpty());
}

void TestModelsPage::aComparisonIsCancelledAndGoesOn()
{
    Study study;
    study.offer(kWorse, 60);
    ComparisonController& comparison = study.comparison();
    comparison.start(shaOf(kBase), shaOf(kWorse), Set::Labelled);
    QCOMPARE(comparison.state(), State::Predicting);
    QTRY_VERIFY_WITH_TIMEOUT(comparison.done() > 0, 20000);
    comparison.cancel();
    QCOMPARE(comparison.state(), State::Stopped);
    QVERIFY(comparison.done() < comparison.total());
    study.compare(kBase, kWorse, Set::Labelled);
    QCOMPARE(comparison.found().counted, 6U);
    // Closing the project in the middle leaves nothing that hangs.
    comparison.reset();
    QDir(study.bench.project.folder() + QStringLiteral("/predictions")).removeRecursively();
    comparison.start(shaOf(kBase), shaOf(kWorse), Set::Validation);
    QCOMPARE(comparison.state(), State::Predicting);
    study.bench.project.close();
    QCOMPARE(comparison.state(), State::Idle);
    QVERIFY(comparison.rows().empty());
}

void TestModelsPage::comparisonsAreJobsOfTheQueue()
{
    Study study;
    study.offer(kWorse, 60);
    JobsController& jobs = study.bench.jobs;
    ComparisonController& comparison = study.comparison();
    QCOMPARE(jobs.rowCount(), 0);
    study.compare(kBase, kWorse, Set::Labelled);
    QCOMPARE(jobs.rowCount(), 2);
    for (int row = 0; row < 2; ++row) {
        const jobs::Job* job = jobs.queue().job(jobs.idOf(row));
        QCOMPARE(job->kind, jobs::JobKind::Compare);
        QTRY_COMPARE(job->state(), jobs::JobState::Finished);
        QVERIFY(jobs.nameOf(job->id).startsWith(QStringLiteral("Comparison: ")));
        QCOMPARE(jobs.proposalOf(job->id).kind, JobProposal::Kind::ShowResult);
    }
    // What it did is shown from the list of jobs, whatever is compared by now.
    study.compare(kBase, kWorse, Set::Locked);
    QCOMPARE(jobs.rowCount(), 2); // nothing was missing
    jobs.act(jobs.idOf(0));
    QVERIFY(study.desk().isShown());
    QTRY_COMPARE_WITH_TIMEOUT(comparison.state(), State::Finished, 20000);
    QCOMPARE(comparison.set(), Set::Labelled);
    QCOMPARE(comparison.rows().size(), 6U);
    QCOMPARE(
        study.child<QComboBox>("comparedSet").currentData().toInt(),
        static_cast<int>(Set::Labelled));
    // The same once more, with its predictions gone, takes the place of its former jobs.
    QDir(study.bench.project.folder() + QStringLiteral("/predictions")).removeRecursively();
    study.compare(kBase, kWorse, Set::Labelled);
    QTRY_COMPARE(jobs.rowCount(), 2);
}

void TestModelsPage::aComparisonWaitsForItsDevice()
{
    Study study;
    study.offer(kWorse, 60);
    JobsController& jobs = study.bench.jobs;
    ComparisonController& comparison = study.comparison();
    protocol::TrainSpec training;
    training.init = study.base.toStdString();
    training.settings = {"training.epochs=100000"};
    const auto id = jobs.queue().add(training, QStringLiteral("overnight"));
    QVERIFY(id);
    QTRY_COMPARE(jobs.queue().job(*id)->state(), jobs::JobState::Running);
    comparison.start(shaOf(kBase), shaOf(kWorse), Set::Locked);
    QCOMPARE(comparison.state(), State::Predicting);
    QTRY_VERIFY(comparison.statusText().contains(QStringLiteral("overnight")));
    study.desk().enter();
    auto& status = study.child<QLabel>("comparisonStatus");
    QTRY_VERIFY(status.isVisible());
    QVERIFY(status.text().contains(QStringLiteral("overnight")));
    QTest::qWait(300);
    QCOMPARE(comparison.done(), 0);
    // A model that is offered meanwhile does not end what waits.
    study.offer(kSame, 0);
    QCOMPARE(comparison.state(), State::Predicting);
    QCOMPARE(comparison.modelB(), shaOf(kWorse));
    jobs.perform(*id, jobs::JobVerb::Discard);
    QTRY_COMPARE_WITH_TIMEOUT(comparison.state(), State::Finished, 20000);
    QVERIFY(!status.isVisible());
    QCOMPARE(comparison.found().counted, 4U);
}

void TestModelsPage::aComparisonOutlivesTheWindow()
{
    const QTemporaryDir home;
    const SyntheticFolder folder(6, 6);
    const QString base = makeBundle(QDir(home.path()), kBase, 0);
    const QString worse = makeBundle(QDir(home.path()), kWorse, 60, shaOf(kBase));
    QString project;
    {
        Workbench bench(home.path(), kStandIn);
        bench.open(folder.path());
        project = bench.project.folder();
        bench.prediction.setModel(base);
        QTRY_VERIFY(bench.models.find(shaOf(kBase)) != nullptr);
        bench.models.offer(worse, {});
        QTRY_VERIFY(bench.models.find(shaOf(kWorse)) != nullptr);
        const auto& entries = bench.dataset.images().entries();
        QTRY_VERIFY(std::all_of(
            entries.begin(), entries.end(), [](const ImageEntry& one) { return one.isStored; }));
        // One of its jobs is at work and the other waits when the window closes.
        ComparisonController& comparison = bench.window.models().comparison();
        comparison.start(shaOf(kBase), shaOf(kWorse), Set::Labelled);
        QTRY_COMPARE(bench.jobs.activeCount(), 1);
        QCOMPARE(bench.jobs.waitingCount(), 1);
    }
    Workbench bench(home.path(), kStandIn);
    ComparisonController& comparison = bench.window.models().comparison();
    QSignalSpy takenUp(&comparison, &ComparisonController::takenUp);
    bench.prediction.setModel(base);
    bench.open(project);
    QTRY_COMPARE(takenUp.size(), 1);
    QCOMPARE(comparison.modelA(), shaOf(kBase));
    QCOMPARE(comparison.modelB(), shaOf(kWorse));
    QCOMPARE(comparison.set(), Set::Labelled);
    QTRY_COMPARE_WITH_TIMEOUT(comparison.state(), State::Finished, 20000);
    QCOMPARE(comparison.found().counted, 6U);
    QCOMPARE(bench.window.models().line().a(), shaOf(kBase));
    QCOMPARE(bench.window.models().line().b(), shaOf(kWorse));
    // Once is enough: the next time nothing is left to be found.
    bench.project.close();
    bench.open(project);
    QTest::qWait(300);
    QCOMPARE(takenUp.size(), 1);
    QCOMPARE(comparison.state(), State::Idle);
}

void TestModelsPage::aCancelledComparisonIsResumedAmongTheJobs()
{
    Study study;
    study.offer(kWorse, 60);
    JobsController& jobs = study.bench.jobs;
    ComparisonController& comparison = study.comparison();
    jobs.queue().setHeld(true);
    comparison.start(shaOf(kBase), shaOf(kWorse), Set::Labelled);
    QCOMPARE(jobs.waitingCount(), 2);
    const JobId first = jobs.idOf(0);
    // Ended in the list of jobs it is ended on the page.
    jobs.perform(first, jobs::JobVerb::Cancel);
    QTRY_COMPARE(comparison.state(), State::Stopped);
    QCOMPARE(jobs.waitingCount(), 0);
    jobs.queue().setHeld(false);
    jobs.perform(first, jobs::JobVerb::Resume);
    QTRY_COMPARE_WITH_TIMEOUT(comparison.state(), State::Finished, 20000);
    QCOMPARE(comparison.found().counted, 6U);
}

void TestModelsPage::imagesOfTheModelItselfAreLeftOut()
{
    Study study;
    study.offer(kWorse, 60);
    // The reference of the first image becomes an accepted prediction of the base model.
    const ImageId image = study.bench.dataset.images().entry(0).id;
    const auto accepted = study.bench.project.change(image, [&](project::ProjectStore& store) {
        project::RevisionRecord record;
        record.image = image;
        record.kind = project::RevisionKind::Prediction;
        record.model = shaOf(kBase);
        const auto id = store.addRevision(record, LabelMap({200, 150}));
        return project::acceptRevision(store, *id, QStringLiteral("ada"));
    });
    QVERIFY(accepted);
    study.compare(kBase, kWorse, Set::Locked);
    const report::ModelComparison& found = study.comparison().found();
    QCOMPARE(found.counted, 3U);
    QCOMPARE(found.leftOut, 1U);
    QVERIFY(study.comparison().rows()[0].score.isFromModel);
    QVERIFY(!ComparisonText::leftOut(found, false).isEmpty());
    QCOMPARE(study.comparison().gate().leftOut, 1U);
    study.comparison().setCountsOwnCases(true);
    QCOMPARE(study.comparison().found().counted, 4U);
    // A model of another line is not judged by itself there.
    study.comparison().setCountsOwnCases(false);
    QSignalSpy offered(&study.bench.models, &ModelRegistry::offered);
    for (const QString& name : {QStringLiteral("dd"), QStringLiteral("ee")}) {
        study.bench.models.offer(makeBundle(study.models, name, 1), {});
    }
    QTRY_COMPARE(offered.size(), 2);
    study.compare(QStringLiteral("dd"), QStringLiteral("ee"), Set::Locked);
    QCOMPARE(study.comparison().found().leftOut, 0U);
}

void TestModelsPage::aFailedModelIsSaid()
{
    Study study;
    study.offer(kWorse, 60);
    QDir(study.bench.models.find(shaOf(kWorse))->path).removeRecursively();
    QVERIFY(
        !study.comparison().reasonUnavailable(shaOf(kBase), shaOf(kWorse), Set::Locked).isEmpty());
    QCOMPARE(
        study.bench.models.adopt(shaOf(kWorse), {true, {}, {}}).error().code, ErrorCode::NotFound);
    QSignalSpy problems(&study.comparison(), &ComparisonController::problemOccurred);
    study.comparison().start(shaOf(kBase), shaOf(kWorse), Set::Locked);
    QCOMPARE(problems.size(), 1);
    QCOMPARE(study.comparison().state(), State::Idle);
    // An image that cannot be read fails alone.
    const QString broken =
        QString::fromStdString(study.bench.dataset.images().entry(1).image.string());
    QVERIFY(QFile::remove(broken));
    QFile file(broken);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("no picture");
    file.close();
    study.offer(kSame, 0);
    study.compare(kBase, kSame, Set::Locked);
    QCOMPARE(study.comparison().found().counted, 3U);
    QCOMPARE(study.comparison().found().unscored, 1U);
    QVERIFY(study.comparison().rows()[1].hasFailedA);
    QVERIFY(!study.comparison().gate().isPassed());
}

void TestModelsPage::theGateRefusesAndAReasonOverrides()
{
    Study study;
    study.offer(kWorse, 60);
    ModelDesk& desk = study.desk();
    desk.line().setB(shaOf(kWorse));
    QVERIFY(desk.adopt->isEnabled());
    desk.adopt->trigger();
    QVERIFY(desk.isShown());
    QTRY_COMPARE_WITH_TIMEOUT(desk.gate().state(), AdoptionGate::State::Refused, 20000);
    QCOMPARE(study.bench.models.current(), shaOf(kBase));
    QCOMPARE(desk.gate().offenders().size(), 1U); // the second loses 5 columns: within the limit
    QCOMPARE(desk.gate().verdict().checked, 4U);
    auto& panel = study.child<GatePanel>("gatePanel");
    QTRY_VERIFY(panel.isVisible());
    QCOMPARE(panel.offenders().model()->rowCount(), 1);
    QVERIFY(study.child<QLabel>("gateExplanation").text().contains(QStringLiteral("0.050")));
    // A limit that allows for it lets nothing through by itself: the user asks again.
    auto& adopt = study.child<QPushButton>("adoptAnyway");
    QVERIFY(!adopt.isEnabled());
    auto& reason = study.child<QLineEdit>("overrideReason");
    reason.setFocus();
    QTest::keyClicks(&reason, QStringLiteral("   "));
    QVERIFY(!adopt.isEnabled());
    QTest::keyClicks(&reason, QStringLiteral("hair over the lesion"));
    QVERIFY(adopt.isEnabled());
    QTest::mouseClick(&adopt, Qt::LeftButton);
    QCOMPARE(study.bench.models.current(), shaOf(kWorse));
    QCOMPARE(desk.gate().state(), AdoptionGate::State::Idle);
    const project::ModelEvent& deed = study.bench.models.events().back();
    QCOMPARE(deed.deed, project::ModelDeed::Adopted);
    QCOMPARE(deed.reason, QStringLiteral("hair over the lesion"));
    QVERIFY(deed.details.contains(QStringLiteral("\"gatePassed\":false")));
    QVERIFY(deed.details.contains(QStringLiteral("offenders")));
    // Ctrl+Z on the page takes the adoption back, not a stroke.
    study.bench.key(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(study.bench.models.current(), shaOf(kBase));
    study.bench.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(study.bench.models.current(), shaOf(kWorse));
    // Rolling back asks first.
    QVERIFY(desk.rollBack->isEnabled());
    desk.rollBack->trigger();
    auto* question = study.bench.window.findChild<QMessageBox*>(QStringLiteral("rollBackQuestion"));
    QVERIFY(question != nullptr);
    question->buttons().front()->click();
    QTRY_COMPARE(study.bench.models.current(), shaOf(kBase));
    QVERIFY(study.bench.project.store()->verifyAuditTrail());
}

void TestModelsPage::theGateLetsABetterModelPass()
{
    Study study;
    study.offer(kWorse, 60);
    QVERIFY(study.bench.models.adopt(shaOf(kWorse), {true, {}, {}}));
    study.offer(kSame, 0);
    study.bench.models.askToAdopt(shaOf(kSame));
    QTRY_COMPARE_WITH_TIMEOUT(study.bench.models.current(), shaOf(kSame), 20000);
    QVERIFY(study.bench.models.events().back().details.contains(QStringLiteral("\"checked\":4")));
    QCOMPARE(study.bench.models.lockedLooks(), 1);
    // A stricter or laxer limit is the project's.
    QVERIFY(study.bench.models.setGateLimit(0.5));
    QCOMPARE(study.bench.models.gateLimit(), 0.5);
    study.desk().line().setB(shaOf(kWorse));
    study.bench.models.askToAdopt(shaOf(kWorse));
    QTRY_COMPARE_WITH_TIMEOUT(study.bench.models.current(), shaOf(kWorse), 20000);
}

void TestModelsPage::withoutLockedImagesAReasonIsNeeded()
{
    Study study;
    for (int row = 0; row < 6; ++row) {
        (void)study.bench.project.setSplit(
            study.bench.dataset.images().entry(row).id, QStringLiteral("train"));
    }
    study.offer(kSame, 0);
    study.bench.models.askToAdopt(shaOf(kSame));
    QCOMPARE(study.desk().gate().state(), AdoptionGate::State::Refused);
    QVERIFY(study.desk().gate().offenders().empty());
    QVERIFY(!study.desk().gate().adoptAnyway(QStringLiteral(" ")));
    QVERIFY(study.desk().gate().adoptAnyway(QStringLiteral("first model of this project")));
    QCOMPARE(study.bench.models.current(), shaOf(kSame));
}

void TestModelsPage::thePageShowsAndSortsAndSteps()
{
    Study study;
    study.offer(kWorse, 60);
    study.offer(kSame, 0);
    ModelDesk& desk = study.desk();
    study.bench.key(Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(desk.isShown());
    QVERIFY(desk.page().isVisible());
    QCOMPARE(desk.line().rowCount(), 3);
    // Alt+[ and Alt+] step through the models; A is stepped over.
    QCOMPARE(desk.line().b(), shaOf(kSame));
    study.bench.key(Qt::Key_BracketLeft, Qt::AltModifier);
    QCOMPARE(desk.line().b(), shaOf(kWorse));
    study.bench.key(Qt::Key_BracketLeft, Qt::AltModifier);
    QCOMPARE(desk.line().b(), shaOf(kWorse));
    study.bench.key(Qt::Key_BracketRight, Qt::AltModifier);
    QCOMPARE(desk.line().b(), shaOf(kSame));
    desk.line().setB(shaOf(kWorse));
    // The time line takes clicks: with Shift for A.
    auto& line = study.child<QListView>("modelTimeLine");
    const QPoint third = line.visualRect(line.model()->index(2, 0)).center();
    QTest::mouseClick(line.viewport(), Qt::LeftButton, Qt::ShiftModifier, third);
    QCOMPARE(desk.line().a(), shaOf(kSame));
    desk.line().setA(shaOf(kBase));
    // Compare on all labelled images by the button.
    desk.page().setSet(Set::Labelled);
    auto& button = study.child<QPushButton>("compare");
    QVERIFY(button.isEnabled());
    QTest::mouseClick(&button, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(study.comparison().state(), State::Finished, 20000);
    auto& table = study.child<QTableView>("comparedImages");
    QCOMPARE(table.model()->rowCount(), 6);
    const auto name = [&](int row) {
        return table.model()->index(row, ComparisonTable::Image).data().toString();
    };
    QCOMPARE(name(0), QStringLiteral("case0")); // the worst first
    table.sortByColumn(ComparisonTable::Hd95Change, Qt::DescendingOrder);
    QCOMPARE(name(0), QStringLiteral("case0"));
    table.sortByColumn(ComparisonTable::DscChange, Qt::DescendingOrder);
    QCOMPARE(name(5), QStringLiteral("case0"));
    QVERIFY(study.child<QLabel>("statement").text().contains(QStringLiteral("6 labelled image")));
    QVERIFY(study.child<QLabel>("caution").isVisible());
    // A row shows its image; Return opens it where it can be edited.
    table.setCurrentIndex(table.model()->index(5, 0));
    QTRY_COMPARE(study.bench.shown().id(), study.bench.dataset.images().entry(0).id);
    table.setCurrentIndex(table.model()->index(2, 0));
    const auto wanted =
        ImageId{table.model()->index(2, 0).data(ComparisonTable::ImageIdRole).toLongLong()};
    table.setFocus();
    QTest::keyClick(&table, Qt::Key_Return);
    QVERIFY(!desk.isShown());
    QVERIFY(study.bench.window.canvas().isVisible());
    QTRY_COMPARE(study.bench.shown().id(), wanted);
    // The strip has a row for each corrected image, the worst first.
    desk.enter();
    desk.page().show(ModelsPage::View::Strip);
    auto& strip = study.child<QListView>("caseStrip");
    QCOMPARE(strip.model()->rowCount(), 6);
    QCOMPARE(strip.model()->index(0, 0).data().toString(), QStringLiteral("case0"));
    const QImage before = strip.grab().toImage();
    QTRY_VERIFY(strip.grab().toImage() != before); // pictures come in
    study.bench.key(Qt::Key_Escape);
    QVERIFY(!desk.isShown());
}

void TestModelsPage::theDividerShowsBothModels()
{
    Study study;
    study.offer(kWorse, 60);
    study.compare(kBase, kWorse, Set::Locked);
    study.bench.dataset.show(0);
    QTRY_COMPARE(study.bench.shown().id(), study.bench.dataset.images().entry(0).id);
    study.desk().enter();
    auto& canvas = *static_cast<CanvasView*>(
        study.desk().page().findChild<QWidget*>(QStringLiteral("swipeCanvas")));
    QTRY_VERIFY(canvas.isVisible());
    QTest::qWait(100);
    // Where A marks and B does not: column 50 of the first image. Left of the divider it is A's.
    const auto differs = [&](double share) {
        QWindow* handle = study.bench.window.windowHandle();
        const auto at = [&](QPoint point) { return canvas.mapTo(&study.bench.window, point); };
        static double divider = 0.5;
        const QPoint from(static_cast<int>(divider * canvas.width()), canvas.height() / 4);
        const QPoint to(static_cast<int>(share * canvas.width()), canvas.height() / 4);
        QTest::mouseMove(handle, at(from));
        QTest::mousePress(handle, Qt::LeftButton, {}, at(from));
        QTest::mouseMove(handle, at((from + to) / 2));
        QTest::mouseMove(handle, at(to));
        QTest::mouseRelease(handle, Qt::LeftButton, {}, at(to));
        divider = share;
        QTest::qWait(30);
        return canvas.grab().toImage();
    };
    const QImage allA = differs(0.97);
    const QImage allB = differs(0.03);
    int different = 0;
    const QRect inner = canvas.rect().adjusted(
        canvas.width() / 10, canvas.height() / 10, -canvas.width() / 10, -canvas.height() / 5);
    for (int y = inner.top(); y < inner.bottom(); y += 2) {
        for (int x = inner.left(); x < inner.right(); x += 2) {
            different += allA.pixel(x, y) != allB.pixel(x, y) ? 1 : 0;
        }
    }
    QVERIFY2(different > 200, qPrintable(QString::number(different)));
}

void TestModelsPage::plainKeysDoNotReachTheHiddenCanvas()
{
    Study study;
    study.bench.key(Qt::Key_R);
    QTRY_VERIFY(study.bench.shown().prediction() != nullptr);
    const LabelMap labels = study.bench.shown().labels();
    study.desk().enter();
    study.bench.key(Qt::Key_Return);
    study.bench.key(Qt::Key_E);
    QVERIFY(study.bench.shown().labels() == labels);
    QVERIFY(study.bench.tools.tool() != ToolState::Tool::Eraser);
    // Docks come back as they were, and undo is of the image again.
    study.desk().leave();
    QTest::qWait(50);
    study.bench.drag(
        PaneRole::Label,
        {study.bench.viewOf(PaneRole::Label, 150, 20),
         study.bench.viewOf(PaneRole::Label, 180, 40)});
    QVERIFY(study.bench.shown().labels() != labels);
    study.bench.key(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(study.bench.shown().labels() == labels);
}

void TestModelsPage::theTrainingsModelIsOffered()
{
    Study study;
    QTRY_COMPARE(study.bench.prediction.state(), PredictionController::State::Ready);
    QSignalSpy offered(&study.bench.models, &ModelRegistry::offered);
    Q_EMIT study.bench.training.finished(makeBundle(study.models, kSame, 0, shaOf(kBase)), {});
    QTRY_COMPARE(offered.size(), 1);
    QCOMPARE(study.bench.models.stateOf(shaOf(kSame)), project::ModelState::Offered);
    QCOMPARE(study.desk().line().a(), shaOf(kBase));
    QCOMPARE(study.desk().line().b(), shaOf(kSame));
    // The message leads to the page and has nothing more to say there.
    MessageBar& messages = study.bench.window.messages();
    QVERIFY2(
        messages.shown().text.contains(QStringLiteral("offered")),
        qPrintable(messages.shown().text));
    study.desk().enter();
    QVERIFY(!messages.shown().text.contains(QStringLiteral("offered")));
}

void TestModelsPage::aTrainingThatBetteredNothingOffersNothing()
{
    Study study;
    QTRY_COMPARE(study.bench.prediction.state(), PredictionController::State::Ready);
    const QString bundle = makeBundle(study.models, kSame, 0, shaOf(kBase));
    QFile config(bundle + QStringLiteral("/config.json"));
    QVERIFY(config.open(QIODevice::ReadWrite));
    QByteArray text = config.readAll();
    text.replace("\"metric\"", "\"epoch\":0,\"metric\""); // it is the one that training began from
    config.resize(0);
    config.write(text);
    config.close();
    const std::size_t models = study.bench.models.models().size();
    QSignalSpy offered(&study.bench.models, &ModelRegistry::offered);
    QSignalSpy nothing(&study.bench.models, &ModelRegistry::nothingBetter);
    Q_EMIT study.bench.training.finished(bundle, study.home.path() + QStringLiteral("/run"));
    QTRY_COMPARE(nothing.size(), 1);
    QCOMPARE(offered.size(), 0);
    QCOMPARE(study.bench.models.models().size(), models);
    QVERIFY(study.bench.window.messages().isVisible());
    const auto labels = study.bench.window.messages().findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* one) {
        return one->text().startsWith(QStringLiteral("No epoch was better"));
    }));
}

void TestModelsPage::theEmptyStripSaysWhatToPress()
{
    Study study;
    study.offer(kWorse, 60);
    study.desk().enter();
    ModelsPage& page = study.desk().page();
    page.setSet(Set::Validation);
    page.show(ModelsPage::View::Strip);
    auto& strip = study.child<CaseStrip>("caseStrip");
    QCOMPARE(strip.rows().rowCount(), 0);
    QVERIFY2(strip.hint().startsWith(QStringLiteral("Press Compare")), qPrintable(strip.hint()));
    const QImage before = strip.viewport()->grab().toImage();
    strip.setHint({});
    QVERIFY(strip.viewport()->grab().toImage() != before); // it was painted
    study.compare(kBase, kWorse, Set::Validation);
    QCOMPARE(strip.rows().rowCount(), 2);
    QVERIFY(strip.hint().isEmpty());
}

void TestModelsPage::theSortArrowHasRoomBesideTheHeading()
{
    Study study;
    study.offer(kWorse, 60);
    study.desk().enter();
    const auto& table = study.child<QTableView>("comparedImages");
    QHeaderView& header = *table.horizontalHeader();
    // The figures are whole, too.
    for (const int column : {ComparisonTable::DscChange, ComparisonTable::Hd95Change}) {
        constexpr int kMargins = 2 * 10; // of the theme's cells
        QVERIFY(
            table.fontMetrics().horizontalAdvance(QStringLiteral("−100.0")) + kMargins
            <= header.sectionSize(column));
    }
    for (const bool isDark : {true, false}) {
        study.bench.theme.apply(isDark);
        QTRY_VERIFY(header.height() > 10); // laid out
        QCOMPARE(header.length(), header.viewport()->width());
        QVERIFY2(header.sectionSize(0) > 100, qPrintable(QString::number(header.sectionSize(0))));
        for (int column = 0; column < ComparisonTable::ColumnCount; ++column) {
            const QRect section(
                header.sectionViewportPosition(column),
                0,
                header.sectionSize(column),
                header.height());
            const auto picture = [&](bool isShown, Qt::SortOrder order) {
                header.setSortIndicatorShown(isShown);
                header.setSortIndicator(column, order);
                return header.viewport()->grab(section).toImage();
            };
            const QImage plain = picture(false, Qt::AscendingOrder);
            const QRgb ground = plain.pixel(1, 1);
            for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
                const QImage sorted = picture(true, order);
                int changed = 0;
                for (int y = 0; y < plain.height(); ++y) {
                    for (int x = 0; x < plain.width(); ++x) {
                        if (sorted.pixel(x, y) != plain.pixel(x, y)) {
                            ++changed;
                            QVERIFY2(
                                plain.pixel(x, y) == ground, // no letter is painted over or moved
                                qPrintable(QStringLiteral("column %1 at %2, %3")
                                               .arg(column)
                                               .arg(x)
                                               .arg(y)));
                        }
                    }
                }
                QVERIFY2(changed > 10, qPrintable(QString::number(column))); // it is there
            }
        }
    }
}

QTEST_MAIN(TestModelsPage)
#include "tst_models_page.moc"
