// SPDX-License-Identifier: Apache-2.0
// Fine-tuning as a user meets it: the sheet, a training that goes on while one paints and while the
// window is closed, and the model that comes of it.
#include "tests/ui/workbench_fixture.h"
#include "ui/model/adoption_gate.h"
#include "ui/model/comparison_controller.h"
#include "ui/model/image_list_model.h"
#include "ui/model/label_files.h"
#include "ui/model/model_time_line.h"
#include "ui/model/run_board.h"
#include "ui/widgets/dashboard/chart_board.h"
#include "ui/widgets/dashboard/dashboard_desk.h"
#include "ui/widgets/dashboard/dashboard_page.h"
#include "ui/widgets/dashboard/run_chart_view.h"
#include "ui/widgets/finetune_sheet.h"
#include "ui/widgets/guide_workspace.h"
#include "ui/widgets/model_desk.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QPainter>
#include <QProcess>
#include <QPushButton>
#include <QSignalSpy>

#include <algorithm>
#include <memory>

using namespace guidino;
using namespace guidino::ui;

namespace {

const QString kStandIn = QStringLiteral(GUIDINO_BINARY_DIR "/tests/standin_guidino");
const QString kProgram = QStringLiteral(GUIDINO_BINARY_DIR "/bin/guidino");
const QString kSource = QStringLiteral(GUIDINO_SOURCE_DIR);
constexpr int kPatienceMs = 60'000;

using TrainingState = TrainingController::State;

QAbstractButton* buttonOf(Workbench& bench, const char* name)
{
    return bench.window.findChild<QAbstractButton*>(QLatin1String(name));
}

QString textOf(Workbench& bench, const char* name)
{
    const auto* label = bench.window.findChild<QLabel*>(QLatin1String(name));
    return label != nullptr ? label->text() : QString();
}

FineTuneController& planOf(Workbench& bench)
{
    return bench.window.findChild<FineTuneSheet*>()->plan();
}

void show(Workbench& bench, int row)
{
    bench.dataset.show(row);
    const ImageId id = bench.dataset.images().entry(row).id;
    QTRY_VERIFY_WITH_TIMEOUT(
        bench.dataset.current() != nullptr && bench.shown().id() == id
            && bench.shown().image() != nullptr,
        kPatienceMs);
    QTest::qWait(20);
}

/// A stroke of the brush over the label's pane.
void paint(Workbench& bench, int x0, int y0, int x1, int y1)
{
    bench.drag(
        PaneRole::Label,
        {bench.viewOf(PaneRole::Label, x0, y0), bench.viewOf(PaneRole::Label, x1, y1)});
}

/// Trains so long that the test has to end it.
void chooseEpochs(Workbench& bench, int epochs)
{
    FineTuneOptions options = planOf(bench).options();
    options.epochs = epochs;
    planOf(bench).setOptions(options);
}

qsizetype pointsOf(const TrainingController& training, const char* name)
{
    for (const MetricSeries& series : training.series()) {
        if (series.name == QLatin1String(name)) {
            return series.points.size();
        }
    }
    return 0;
}

/// A mask as somebody draws it who leaves a margin: what the demo model has to learn here.
QImage withMargin(const QImage& mask)
{
    const QImage inside = mask.convertToFormat(QImage::Format_Grayscale8);
    QImage grown = inside;
    const int margin = std::max(3, std::min(mask.width(), mask.height()) / 16);
    const auto isIn = [&inside](int x, int y) {
        return inside.valid(x, y) && qGray(inside.pixel(x, y)) > 127;
    };
    QPainter painter(&grown);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Qt::white);
    for (int y = 0; y < inside.height(); ++y) {
        for (int x = 0; x < inside.width(); ++x) {
            const bool isRim =
                isIn(x, y)
                && (!isIn(x - 1, y) || !isIn(x + 1, y) || !isIn(x, y - 1) || !isIn(x, y + 1));
            if (isRim) {
                painter.drawEllipse(QPoint(x, y), margin, margin);
            }
        }
    }
    return grown;
}

/// Sixty pictures of skin with masks that leave a margin: of the shared data, else copies of the
/// samples.
QString sixtyImages(const QTemporaryDir& folder)
{
    QString data = qEnvironmentVariable("GUIDINO_DATA");
    if (data.isEmpty()) {
        data = kSource + QStringLiteral("/../shared/data");
    }
    QString images = data + QStringLiteral("/isic-2017/ISIC-2017_Validation_Data");
    QString masks = data + QStringLiteral("/isic-2017/ISIC-2017_Validation_Part1_GroundTruth");
    QString suffix = QStringLiteral("_segmentation.png");
    if (!QDir(images).exists()) {
        images = kSource + QStringLiteral("/resources/samples/images");
        masks = kSource + QStringLiteral("/resources/samples/masks");
        suffix = QStringLiteral(".png");
    }
    const QDir target(folder.path());
    target.mkdir(QStringLiteral("images"));
    target.mkdir(QStringLiteral("masks"));
    const QFileInfoList files = QDir(images).entryInfoList(
        {QStringLiteral("*.jpg"), QStringLiteral("*.png")}, QDir::Files, QDir::Name);
    int copied = 0;
    for (int round = 0; copied < 60 && !files.isEmpty(); ++round) {
        for (const QFileInfo& file : files) {
            const QString mask = masks + QLatin1Char('/') + file.completeBaseName() + suffix;
            if (copied == 60 || !QFile::exists(mask)) {
                continue;
            }
            const QString name = QStringLiteral("%1-%2").arg(file.completeBaseName()).arg(round);
            QFile::copy(
                file.filePath(),
                target.filePath(
                    QStringLiteral("images/") + name + QLatin1Char('.') + file.suffix()));
            if (!withMargin(QImage(mask))
                     .save(target.filePath(
                         QStringLiteral("masks/") + name + QStringLiteral(".png")))) {
                return {};
            }
            ++copied;
        }
        if (copied == 0) {
            break;
        }
    }
    return copied == 60 ? folder.path() : QString();
}

constexpr int kMasks = 10;
constexpr int kGuides = 5;
constexpr int kEpochs = 8;
/// DSC on some nine images: less is no loss.
constexpr double kTolerance = 0.005;

/// A short stroke that takes the outline a little outwards, where there is room for one.
void correctOutline(Workbench& bench)
{
    const LabelMap labels = bench.shown().labels();
    const Size size = bench.shown().size();
    const int y = size.height / 2;
    int edge = size.width - 1;
    while (edge >= 0 && labels.at(edge, y) == 0) {
        --edge;
    }
    constexpr int kStep = 6;
    bench.tools.setRadiusPx(3);
    const bool hasRoom = edge + kStep < size.width;
    const int from = edge < 0 || !hasRoom ? size.width / 2 : edge;
    bench.drag(
        PaneRole::Label,
        {bench.viewOf(PaneRole::Label, from, y), bench.viewOf(PaneRole::Label, from + kStep, y)},
        hasRoom ? Qt::LeftButton : Qt::RightButton);
}

/// Outlines of the first images corrected, and guides attended to in the middle and ignored in a
/// corner.
void correctByHand(Workbench& bench)
{
    for (int row = 0; row < kMasks; ++row) {
        show(bench, row);
        correctOutline(bench);
        QVERIFY(bench.dataset.images().entry(row).isEdited);
    }
    for (int row = 0; row < kGuides; ++row) {
        show(bench, row);
        // Images are predicted ahead, too: what is shown may be that, and the answer still to come.
        const auto isReady = [&bench] {
            return bench.prediction.state() == PredictionController::State::Ready;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isReady(), kPatienceMs);
        bench.key(Qt::Key_R);
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown().prediction() != nullptr && isReady(), kPatienceMs);
        bench.key(Qt::Key_G, Qt::ShiftModifier);
        QVERIFY(bench.guide.isBrushOn());
        QTest::qWait(50); // the panes make room for its dock
        QTRY_VERIFY2(
            bench.guide.reasonUnavailable().isEmpty(), qPrintable(bench.guide.reasonUnavailable()));
        bench.guide.setRadiusPx(24);
        const Size size = bench.shown().size();
        bench.drag(
            PaneRole::Guide,
            {bench.viewOf(PaneRole::Guide, size.width / 2, size.height / 2),
             bench.viewOf(PaneRole::Guide, size.width / 2 + 10, size.height / 2)});
        bench.drag(
            PaneRole::Guide,
            {bench.viewOf(PaneRole::Guide, 12, 12), bench.viewOf(PaneRole::Guide, 30, 12)},
            Qt::RightButton);
        bench.key(Qt::Key_Return);
        QVERIFY2(
            bench.dataset.images().entry(row).hasGuideCorrection,
            qPrintable(QStringLiteral("image %1, with a stroke: %2")
                           .arg(row)
                           .arg(bench.guide.edit().canUndo())));
        bench.key(Qt::Key_Backspace);
        bench.key(Qt::Key_Escape);
        QVERIFY(!bench.guide.isBrushOn());
    }
}

int run(const QStringList& arguments)
{
    QProcess process;
    process.setStandardOutputFile(QProcess::nullDevice());
    process.start(kProgram, arguments);
    return process.waitForFinished(600'000) ? process.exitCode() : -1;
}

/// Mean DSC of a bundle on images of the project against the masks that came with them.
double dscOf(const QString& bundle, const QString& data, const QStringList& stems)
{
    const QTemporaryDir folder;
    const QDir target(folder.path());
    target.mkdir(QStringLiteral("images"));
    target.mkdir(QStringLiteral("masks"));
    for (const QString& stem : stems) {
        for (const QFileInfo& file :
             QDir(data + QStringLiteral("/images")).entryInfoList({stem + QStringLiteral(".*")})) {
            QFile::copy(
                file.filePath(), target.filePath(QStringLiteral("images/") + file.fileName()));
        }
        QFile::copy(
            data + QStringLiteral("/masks/%1.png").arg(stem),
            target.filePath(QStringLiteral("masks/%1.png").arg(stem)));
    }
    const QString out = target.filePath(QStringLiteral("out"));
    const QString scores = target.filePath(QStringLiteral("scores"));
    const QString images = target.filePath(QStringLiteral("images"));
    const QString masks = target.filePath(QStringLiteral("masks"));
    const int predicted = run(
        {QStringLiteral("predict"),
         QStringLiteral("--model"),
         bundle,
         QStringLiteral("--input"),
         images,
         QStringLiteral("--out"),
         out});
    const int evaluated = run(
        {QStringLiteral("evaluate"),
         QStringLiteral("--pred"),
         out,
         QStringLiteral("--ref"),
         masks,
         QStringLiteral("--metrics"),
         QStringLiteral("dsc"),
         QStringLiteral("--out"),
         scores});
    QFile file(scores + QStringLiteral("/summary.json"));
    if (predicted != 0 || evaluated != 0 || !file.open(QIODevice::ReadOnly)) {
        return -1;
    }
    return QJsonDocument::fromJson(file.readAll())
        .object()[QLatin1String("mean")]
        .toObject()[QLatin1String("dsc")]
        .toDouble(-1);
}

} // namespace

class TestFineTune : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theSheetSaysWhatItWouldDo();
    void whatDoesNotFitIsRepairedByAButton();
    void labelsThatCannotBeSavedDoNotHoldItUp();
    void paintingGoesOnAndTheWindowMayClose();
    void theWholeWay_data();
    void theWholeWay();
};

void TestFineTune::initTestCase()
{
    qputenv("GUIDINO_HOME", QByteArray()); // nobody's registered models
}

void TestFineTune::theSheetSaysWhatItWouldDo()
{
    const SyntheticFolder folder(12, 11);
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    bench.prediction.setModel(QStringLiteral("/models/demo"));
    QTRY_COMPARE(bench.prediction.state(), PredictionController::State::Ready);
    show(bench, 2);
    paint(bench, 90, 60, 120, 80);
    auto* sheet = bench.window.findChild<FineTuneSheet*>();
    QVERIFY(sheet != nullptr && !sheet->isOpen());
    bench.key(Qt::Key_T, Qt::ControlModifier);
    QVERIFY(sheet->isOpen());
    QVERIFY(!sheet->accessibleName().isEmpty());
    const FineTuneCounts& counts = planOf(bench).counts();
    QCOMPARE(counts.train + counts.validation + counts.locked, 11);
    QVERIFY(counts.train > 0 && counts.validation > 0 && counts.locked > 0);
    const QString text = textOf(bench, "fineTuneCounts");
    QVERIFY2(text.contains(QStringLiteral("held-out locked")), qPrintable(text));
    QVERIFY(textOf(bench, "fineTuneParts").contains(QStringLiteral("nobody has looked")));
    // What this model cannot do is off, and says why.
    QVERIFY(buttonOf(bench, "fineTuneScope2")->isChecked());
    QAbstractButton* lora = buttonOf(bench, "fineTuneScope3");
    QVERIFY(!lora->isEnabled());
    QVERIFY(lora->accessibleDescription().contains(QStringLiteral("ViT")));
    // Two steps are tried by themselves; times stand on the buttons then.
    QTRY_COMPARE_WITH_TIMEOUT(
        planOf(bench).preflight().state(), Preflight::State::Done, kPatienceMs);
    QVERIFY(textOf(bench, "fineTuneMachine").contains(QStringLiteral("2")));
    QVERIFY(planOf(bench).isMeasured());
    QVERIFY(buttonOf(bench, "fineTuneEffort2")->text().contains(QLatin1Char('\n')));
    QVERIFY(!buttonOf(bench, "fineTuneFix")->isVisible());
    // Each control can be reached by keys and has a name.
    for (const char* name : {"fineTuneModel", "fineTuneStart", "fineTuneMore", "fineTuneEffort0"}) {
        const auto* control = bench.window.findChild<QWidget*>(QLatin1String(name));
        QVERIFY(control != nullptr && control->focusPolicy() & Qt::TabFocus);
    }
    QTest::mouseClick(buttonOf(bench, "fineTuneMore"), Qt::LeftButton);
    QVERIFY(bench.window.findChild<QComboBox*>(QStringLiteral("fineTuneModel"))->count() >= 2);
    bench.key(Qt::Key_Escape);
    QTRY_VERIFY(!sheet->isVisible());
}

void TestFineTune::whatDoesNotFitIsRepairedByAButton()
{
    qputenv("STANDIN_SMALL", "1");
    const SyntheticFolder folder(5, 5);
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    bench.prediction.setModel(QStringLiteral("/models/demo"));
    bench.key(Qt::Key_T, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(buttonOf(bench, "fineTuneFix")->isVisible(), kPatienceMs);
    QVERIFY(!buttonOf(bench, "fineTuneStart")->isEnabled());
    QVERIFY(buttonOf(bench, "fineTuneFix")->text().contains(QLatin1Char('2')));
    QTest::mouseClick(buttonOf(bench, "fineTuneFix"), Qt::LeftButton);
    QCOMPARE(planOf(bench).options().batchSize, 2);
    QTRY_VERIFY_WITH_TIMEOUT(
        buttonOf(bench, "fineTuneStart")->isEnabled()
            && planOf(bench).preflight().state() == Preflight::State::Done,
        kPatienceMs);
    QVERIFY(!buttonOf(bench, "fineTuneFix")->isVisible());
    qunsetenv("STANDIN_SMALL");
}

void TestFineTune::labelsThatCannotBeSavedDoNotHoldItUp()
{
    const SyntheticFolder folder(8, 8);
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    bench.prediction.setModel(QStringLiteral("/models/demo"));
    QTRY_COMPARE(bench.prediction.state(), PredictionController::State::Ready);
    show(bench, 3);
    paint(bench, 90, 60, 120, 80);
    QFile blocker(folder.path() + QStringLiteral("/blocked"));
    QVERIFY(blocker.open(QIODevice::WriteOnly));
    bench.dataset.setLabelsFolder(
        (folder.path() + QStringLiteral("/blocked/labels")).toStdString());
    bench.key(Qt::Key_T, Qt::ControlModifier);
    QTest::mouseClick(buttonOf(bench, "fineTuneStart"), Qt::LeftButton);
    // It says so and can be tried again, instead of preparing for ever.
    QTRY_VERIFY(!bench.training.isActive());
    QCOMPARE(bench.dataset.modifiedCount(), 1);
    QVERIFY(bench.training.reasonUnavailable().isEmpty());
}

void TestFineTune::paintingGoesOnAndTheWindowMayClose()
{
    const SyntheticFolder folder(8, 8);
    const QTemporaryDir home;
    std::filesystem::path run;
    LabelMap frozen;
    {
        Workbench bench(home.path(), kStandIn);
        bench.open(folder.path());
        bench.prediction.setModel(QStringLiteral("/models/demo"));
        QTRY_COMPARE(bench.prediction.state(), PredictionController::State::Ready);
        show(bench, 3);
        paint(bench, 90, 60, 120, 80);
        frozen = bench.shown().labels();
        bench.key(Qt::Key_T, Qt::ControlModifier);
        chooseEpochs(bench, 10'000);
        QTest::mouseClick(buttonOf(bench, "fineTuneStart"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(bench.training.state(), TrainingState::Running, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(pointsOf(bench.training, "dsc") > 2, kPatienceMs);
        QCOMPARE(bench.dataset.modifiedCount(), 0); // it was saved for the training
        // With its curve, the jobs and a message it still fits a laptop's screen of 1366 x 768.
        bench.window.findChild<QDockWidget*>(QStringLiteral("jobs"))->show();
        bench.window.messages().show(
            {Notice::Severity::Info, QStringLiteral("x"), {}, Notice::Action::None, {}});
        QTest::qWait(50);
        const QSize least = bench.window.minimumSizeHint();
        QVERIFY2(
            least.width() <= 1366 && least.height() <= 700, // the rest is the desktop's
            qPrintable(QStringLiteral("%1 x %2").arg(least.width()).arg(least.height())));
        run = bench.training.runFolder();
        // The stroke is there at once, and does not reach the training.
        paint(bench, 20, 20, 40, 30);
        QVERIFY(!(bench.shown().labels() == frozen));
        const auto written = readLabelFile(run / "data" / "masks" / "case3.png", {200, 150});
        QVERIFY(written.has_value() && *written == frozen);
        bench.dataset.save();
        QTRY_COMPARE(bench.dataset.modifiedCount(), 0);
    }
    Workbench bench(home.path(), kStandIn);
    bench.prediction.setModel(QStringLiteral("/models/demo"));
    bench.open(folder.path());
    QTRY_COMPARE_WITH_TIMEOUT(bench.training.state(), TrainingState::Running, kPatienceMs);
    QVERIFY(bench.training.runFolder() == run);
    // The curve is there from its first point on, and grows.
    QTRY_VERIFY_WITH_TIMEOUT(pointsOf(bench.training, "dsc") > 2, kPatienceMs);
    const qsizetype before = pointsOf(bench.training, "dsc");
    QTRY_VERIFY_WITH_TIMEOUT(pointsOf(bench.training, "dsc") > before, kPatienceMs);
    QSignalSpy finished(&bench.training, &TrainingController::finished);
    bench.training.stopAndKeep();
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
    QCOMPARE(bench.training.state(), TrainingState::Finished);
    // Which images were held out stays in the project.
    int heldOut = 0;
    for (const ImageEntry& entry : bench.dataset.images().entries()) {
        heldOut += entry.split == QLatin1String("validation") ? 1 : 0;
    }
    QVERIFY(heldOut > 0);
    planOf(bench).refresh();
    QCOMPARE(planOf(bench).counts().newlyHeldOut, 0);
}

void TestFineTune::theWholeWay_data()
{
    QTest::addColumn<bool>("closes");
    QTest::newRow("the window stays open") << false;
    QTest::newRow("the window closes in mid-training") << true;
}

void TestFineTune::theWholeWay()
{
    QFETCH(bool, closes);
    const QString demo = kSource + QStringLiteral("/models/demo");
    if (qEnvironmentVariableIsEmpty("GUIDINO_SLOW_TESTS")) {
        QSKIP("slow: set GUIDINO_SLOW_TESTS=1");
    }
    if (!QFile::exists(kProgram) || !QFile::exists(demo + QStringLiteral("/config.json"))) {
        QSKIP("guidino or the demo model is not built");
    }
    const QTemporaryDir folder;
    const QString data = sixtyImages(folder);
    QVERIFY(!data.isEmpty());
    const QTemporaryDir home;
    auto bench = std::make_unique<Workbench>(home.path(), kProgram, demo);
    bench->open(data);
    QCOMPARE(bench->dataset.images().rowCount(), 60);
    bench->prediction.setModel(demo);
    QTRY_COMPARE_WITH_TIMEOUT(
        bench->prediction.state(), PredictionController::State::Ready, kPatienceMs);
    correctByHand(*bench);
    QVERIFY(!QTest::currentTestFailed());
    bench->key(Qt::Key_T, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(
        planOf(*bench).preflight().state() == Preflight::State::Done, 4 * kPatienceMs);
    QVERIFY(planOf(*bench).preflight().result().fits);
    const FineTuneCounts counts = planOf(*bench).counts();
    QVERIFY(counts.correctedMasks > 0 && counts.correctedGuides > 0);
    QVERIFY(counts.locked >= 5);
    chooseEpochs(*bench, kEpochs);
    auto finished = std::make_unique<QSignalSpy>(&bench->training, &TrainingController::finished);
    auto offered = std::make_unique<QSignalSpy>(&bench->models, &ModelRegistry::offered);
    QTest::mouseClick(buttonOf(*bench, "fineTuneStart"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(bench->training.state(), TrainingState::Running, kPatienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(pointsOf(bench->training, "dsc") > 0, 5 * kPatienceMs);
    bench->key(Qt::Key_Escape);
    // What is painted meanwhile is there at once, and does not wait for the training.
    const LabelMap before = bench->shown().labels();
    constexpr int kPatch = 20;
    QElapsedTimer watch;
    watch.start();
    paint(*bench, kPatch, kPatch, 2 * kPatch, kPatch);
    QVERIFY2(watch.elapsed() < 1000, qPrintable(QString::number(watch.elapsed())));
    QVERIFY(!(bench->shown().labels() == before));
    bench->dataset.save();
    QTRY_COMPARE(bench->dataset.modifiedCount(), 0);
    QVERIFY(bench->training.isActive());
    if (closes) {
        bench.reset();
        bench = std::make_unique<Workbench>(home.path(), kProgram, demo);
        finished = std::make_unique<QSignalSpy>(&bench->training, &TrainingController::finished);
        offered = std::make_unique<QSignalSpy>(&bench->models, &ModelRegistry::offered);
        bench->prediction.setModel(demo);
        bench->open(data);
    }
    // Charts fill, from the first validation on, whichever window looks.
    bench->key(Qt::Key_3, Qt::ControlModifier);
    DashboardPage& page = bench->window.findChild<DashboardDesk*>()->page();
    QTRY_VERIFY_WITH_TIMEOUT(
        page.charts().chart(QStringLiteral("overlap")) != nullptr, kPatienceMs);
    const auto pointsShown = [&page](const char* chart) {
        const auto* view = page.charts().chart(QLatin1String(chart));
        return view == nullptr || view->lines().isEmpty() ? qsizetype{0}
                                                          : view->lines()[0].points.size();
    };
    QTRY_COMPARE_WITH_TIMEOUT(finished->count(), 1, 15 * kPatienceMs);
    // Before the training, after each second epoch.
    QTRY_COMPARE_WITH_TIMEOUT(pointsShown("overlap"), qsizetype{1 + kEpochs / 2}, kPatienceMs);
    QVERIFY(pointsShown("loss") > 1);
    QVERIFY(!page.runs().current()->curves().previews().empty());
    bench->key(Qt::Key_Escape);
    QVERIFY2(bench->training.isBettered(), "no epoch was better than the demo model");
    QTRY_COMPARE_WITH_TIMEOUT(offered->count(), 1, kPatienceMs);

    // Adopted after the gate has looked at the locked images, by two jobs of the queue.
    const QString sha256 = offered->at(0).at(0).toString();
    ModelDesk& desk = bench->window.models();
    QVERIFY(bench->models.current() != sha256);
    QCOMPARE(desk.line().b(), sha256);
    QTRY_VERIFY(desk.adopt->isEnabled());
    desk.adopt->trigger();
    using Gate = AdoptionGate::State;
    QTRY_VERIFY_WITH_TIMEOUT(
        bench->models.current() == sha256 || desk.gate().state() == Gate::Refused,
        10 * kPatienceMs);
    if (desk.gate().state() == Gate::Refused) {
        qInfo() << "the gate asks for a reason:" << desk.gate().explanation();
        QVERIFY(desk.gate().adoptAnyway(QStringLiteral("the mean did not fall")));
    }
    QCOMPARE(bench->models.current(), sha256);
    const report::ModelComparison found = desk.comparison().found();
    QVERIFY(found.a && found.b && found.counted >= 5);
    QVERIFY2(
        found.b->dsc.mean >= found.a->dsc.mean - kTolerance,
        qPrintable(QStringLiteral("locked set: DSC %1 before, %2 after")
                       .arg(found.a->dsc.mean)
                       .arg(found.b->dsc.mean)));
    // The programs themselves say the same of the masks that came with the images.
    QStringList locked;
    for (const ImageEntry& entry : bench->dataset.images().entries()) {
        if (entry.split == QLatin1String("locked")) {
            locked << entry.stem;
        }
    }
    const double old = dscOf(demo, data, locked);
    const double now = dscOf(bench->models.find(sha256)->path, data, locked);
    QVERIFY(old > 0.5);
    QVERIFY2(
        now >= old - kTolerance,
        qPrintable(QStringLiteral("locked set: DSC %1 before, %2 after").arg(old).arg(now)));
    qInfo() << "locked set of" << locked.size() << "images: DSC" << old << "before," << now
            << "after";
    // It is the model in use now.
    bench->key(Qt::Key_Escape);
    QTRY_COMPARE_WITH_TIMEOUT(
        bench->prediction.state(), PredictionController::State::Ready, kPatienceMs);
    QCOMPARE(bench->prediction.info().sha256, sha256);
    show(*bench, 1);
    bench->key(Qt::Key_R);
    QTRY_VERIFY_WITH_TIMEOUT(
        bench->shown().prediction() != nullptr && bench->shown().prediction()->sha256 == sha256,
        kPatienceMs);
}

QTEST_MAIN(TestFineTune)
#include "tst_finetune.moc"
