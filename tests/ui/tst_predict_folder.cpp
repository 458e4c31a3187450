// SPDX-License-Identifier: Apache-2.0
// "Predict a folder": a bundle, or the folds of nnU-Net results, as a job of the queue.
#include "core/imaging/image_reader.h"
#include "core/protocol/run_folder.h"
#include "tests/ui/workbench_fixture.h"
#include "ui/model/folder_prediction.h"
#include "ui/widgets/jobs_dock.h"
#include "ui/widgets/path_field.h"
#include "ui/widgets/predict_sheet.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDesktopServices>
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>

using namespace guidino;
using namespace guidino::ui;
using jobs::JobState;

namespace {

const QString kStandIn = QStringLiteral(GUIDINO_BINARY_DIR "/tests/standin_guidino");

void write(const QString& path, const QByteArray& text)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

/// As `guidino nnunet train` leaves it: folds 0 and 1 whole, of fold 3 the best only.
QString makeResults(const QDir& folder)
{
    const QString model = folder.filePath(QStringLiteral("nnUNetTrainer__nnUNetPlans__2d"));
    write(model + QStringLiteral("/plans.json"), "{}");
    write(
        model + QStringLiteral("/dataset.json"),
        R"({"channel_names": {"0": "R"}, "labels": {"background": 0, "polyp": 1},
            "file_ending": ".png"})");
    for (const char* file :
         {"fold_0/checkpoint_final",
          "fold_0/checkpoint_best",
          "fold_1/checkpoint_final",
          "fold_1/checkpoint_best",
          "fold_3/checkpoint_best"}) {
        write(model + QStringLiteral("/%1/config.json").arg(QLatin1StringView(file)), "{}");
    }
    return model;
}

/// What QDesktopServices would have opened.
class OpenedFolders : public QObject
{
    Q_OBJECT

public:
    OpenedFolders() { QDesktopServices::setUrlHandler(QStringLiteral("file"), this, "open"); }
    ~OpenedFolders() override { QDesktopServices::unsetUrlHandler(QStringLiteral("file")); }

    QStringList paths;

public Q_SLOTS:
    void open(const QUrl& url) { paths << url.toLocalFile(); }
};

/// An open project with the sheet, and images that do not belong to it.
struct Study
{
    explicit Study(const QString& home, const QString& folder = {})
        : bench(home, kStandIn)
    {
        bench.open(folder.isEmpty() ? project.path() : folder);
        bench.window.actionsOfWindow().predictFolder->trigger();
        sheet = bench.window.findChild<PredictSheet*>();
        images = others.path() + QStringLiteral("/images");
    }

    template<typename Widget>
    [[nodiscard]] Widget& child(const char* name)
    {
        return *sheet->findChild<Widget*>(QLatin1StringView(name));
    }

    void chooseOther(const QString& model)
    {
        auto& box = child<QComboBox>("predictModel");
        box.setCurrentIndex(box.count() - 1);
        child<PathField>("predictOther").setPath(model);
    }

    [[nodiscard]] QString says() { return child<QLabel>("predictPlan").text(); }
    [[nodiscard]] QString detail() { return child<QLabel>("predictDetail").text(); }

    [[nodiscard]] const jobs::Job& only() { return *bench.jobs.queue().jobs().front(); }

    SyntheticFolder project{2, 0};
    SyntheticFolder others{5, 0};
    Workbench bench;
    PredictSheet* sheet = nullptr;
    QString images;
};

} // namespace

class TestPredictFolder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theActionSaysWhyItCannotBeUsed();
    void predictsWithTheModelInUse();
    void predictsWithTheFoldsOfNnunet();
    void itIsCancelledAndGoesOnAfterARestart();
    void whatIsMissingIsNamed();
};

void TestPredictFolder::theActionSaysWhyItCannotBeUsed()
{
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    const QAction& action = *bench.window.actionsOfWindow().predictFolder;
    QVERIFY(!action.isEnabled());
    QVERIFY2(action.toolTip().contains(QStringLiteral("project")), qPrintable(action.toolTip()));
    const SyntheticFolder folder(2, 0);
    bench.open(folder.path());
    QTRY_VERIFY(action.isEnabled());
    QVERIFY(action.toolTip().contains(QStringLiteral("nnU-Net")));
}

void TestPredictFolder::predictsWithTheModelInUse()
{
    const QTemporaryDir home;
    Study study(home.path());
    write(home.path() + QStringLiteral("/bundle/config.json"), "{}");
    study.bench.prediction.setModel(home.path() + QStringLiteral("/bundle"));
    QVERIFY(study.sheet->isOpen());
    auto& model = study.child<QComboBox>("predictModel");
    QCOMPARE(model.currentText(), QStringLiteral("bundle (in use)"));
    study.child<PathField>("predictImages").setPath(study.images);
    QTRY_COMPARE(study.says(), QStringLiteral("5 image(s) will be predicted."));
    QVERIFY(
        study.child<QWidget>("predictFolds").isHidden()
        || !study.child<QWidget>("predictFolds").isVisible());
    const QString out = study.child<PathField>("predictOut").path();
    QCOMPARE(out, study.images + QStringLiteral("-predictions"));
    study.child<QPushButton>("predictStart").click();
    QVERIFY(!study.sheet->isOpen());
    QVERIFY(study.bench.window.jobs().isVisible());
    QTRY_COMPARE(study.only().state(), JobState::Finished);
    QVERIFY(QFileInfo::exists(out + QStringLiteral("/masks/case4.png")));
    const auto* spec = std::get_if<protocol::PredictSpec>(&study.only().spec);
    QVERIFY(spec != nullptr && spec->mirror == false && spec->writeOverlay);

    // Its result is a folder to look at, and nothing of the project's.
    OpenedFolders opened;
    const JobId id = study.only().id;
    QCOMPARE(study.bench.jobs.proposalOf(id).text, QStringLiteral("Show the folder"));
    study.bench.jobs.act(id);
    QCOMPARE(opened.paths, QStringList{out});
    QVERIFY(study.bench.shown().prediction() == nullptr);
    // What was written is not written over.
    study.sheet->start();
    QTRY_COMPARE(study.child<PathField>("predictOut").path(), out + QStringLiteral("-2"));
    study.child<PathField>("predictOut").setPath(out);
    QTRY_VERIFY(study.says().contains(QStringLiteral("not empty")));
    QVERIFY(!study.child<QPushButton>("predictStart").isEnabled());
}

void TestPredictFolder::predictsWithTheFoldsOfNnunet()
{
    const QTemporaryDir home;
    Study study(home.path());
    const QString results = makeResults(home.path());
    study.chooseOther(results);
    study.child<PathField>("predictImages").setPath(study.images);
    auto& start = study.child<QPushButton>("predictStart");
    QTRY_VERIFY(start.isEnabled());
    QVERIFY(study.child<QWidget>("predictFolds").isVisible());
    QVERIFY(study.child<QCheckBox>("predictMirror").isChecked()); // as nnU-Net does
    auto& folds = study.child<QComboBox>("predictFolds");
    QCOMPARE(folds.count(), 4);
    QCOMPARE(folds.itemText(0), QStringLiteral("All together (0, 1, 3)"));

    // Fold 3 has no final checkpoint.
    folds.setCurrentIndex(3);
    QTRY_VERIFY2(study.detail().contains(QStringLiteral("fold_3")), qPrintable(study.detail()));
    QVERIFY(!start.isEnabled());
    study.child<QComboBox>("predictCheckpoint").setCurrentIndex(1);
    QTRY_VERIFY(start.isEnabled());
    folds.setCurrentIndex(0);
    study.child<QCheckBox>("predictMirror").setChecked(false);
    QTRY_VERIFY(start.isEnabled());
    start.click();
    QTRY_COMPARE(study.bench.jobs.rowCount(), 1);
    const QString out = study.images + QStringLiteral("-predictions");
    const auto* spec = std::get_if<protocol::CommandSpec>(&study.only().spec);
    QVERIFY(spec != nullptr);
    const std::vector<std::string> words{
        "nnunet",
        "predict",
        "--model",
        results.toStdString(),
        "--input",
        study.images.toStdString(),
        "--out",
        out.toStdString(),
        "--checkpoint",
        "checkpoint_best",
        "--continue",
        "--disable-tta",
        "--save-overlays"};
    QVERIFY(spec->words == words);
    QCOMPARE(study.only().kind, jobs::JobKind::Predict);
    QTRY_COMPARE_WITH_TIMEOUT(study.only().state(), JobState::Finished, 10000);
    QVERIFY(QFileInfo::exists(out + QStringLiteral("/case4.png")));
    QCOMPARE(study.bench.jobs.proposalOf(study.only().id).text, QStringLiteral("Show the folder"));
}

void TestPredictFolder::itIsCancelledAndGoesOnAfterARestart()
{
    const QTemporaryDir home;
    const SyntheticFolder project(2, 0);
    const SyntheticFolder others(5, 0);
    const QString images = others.path() + QStringLiteral("/images");
    const QString out = home.path() + QStringLiteral("/out");
    {
        Study study(home.path(), project.path());
        study.chooseOther(makeResults(home.path()));
        study.child<PathField>("predictImages").setPath(images);
        study.child<PathField>("predictOut").setPath(out);
        QTRY_VERIFY(study.child<QPushButton>("predictStart").isEnabled());
        study.child<QPushButton>("predictStart").click();
        QTRY_VERIFY(study.only().progress.step > 0);
        QVERIFY(study.bench.jobs.statusOf(study.only().id).contains(QLatin1Char('%')));
        study.bench.jobs.perform(study.only().id, jobs::JobVerb::Cancel);
        QTRY_COMPARE_WITH_TIMEOUT(study.only().state(), JobState::Cancelled, 10000);
        QVERIFY(!QFileInfo::exists(out + QStringLiteral("/case4.png")));
    }
    const QDateTime first = QFileInfo(out + QStringLiteral("/case0.png")).lastModified();
    Workbench again(home.path(), kStandIn);
    again.open(project.path());
    QTRY_COMPARE(again.jobs.rowCount(), 1);
    const JobId id = again.jobs.idOf(0);
    QCOMPARE(again.jobs.nameOf(id), QStringLiteral("Prediction of images"));
    again.jobs.perform(id, jobs::JobVerb::Resume);
    QTRY_COMPARE_WITH_TIMEOUT(again.jobs.queue().job(id)->state(), JobState::Finished, 10000);
    QVERIFY(QFileInfo::exists(out + QStringLiteral("/case4.png")));
    QCOMPARE(QFileInfo(out + QStringLiteral("/case0.png")).lastModified(), first);
}

void TestPredictFolder::whatIsMissingIsNamed()
{
    const QTemporaryDir home;
    Study study(home.path());
    study.child<PathField>("predictImages").setPath(study.images);
    study.chooseOther({});
    QTRY_COMPARE(study.says(), QStringLiteral("Choose a model."));
    study.chooseOther(study.images);
    QTRY_VERIFY(study.says().contains(QStringLiteral("neither a model")));
    QVERIFY2(
        study.detail().contains(
            QStringLiteral("plans.json, dataset.json and fold_0 (or another fold) are missing")),
        qPrintable(study.detail()));
    QVERIFY(study.detail().contains(study.images));
    const QString results = makeResults(home.path());
    study.chooseOther(home.path());
    QTRY_VERIFY2(
        study.detail().contains(QStringLiteral("choose one of them")), qPrintable(study.detail()));
    study.chooseOther(home.path() + QStringLiteral("/nowhere"));
    QTRY_COMPARE(study.says(), QStringLiteral("There is no such model."));
    QVERIFY(!study.child<QPushButton>("predictStart").isEnabled());
    study.chooseOther(results);
    QTRY_VERIFY(study.child<QPushButton>("predictStart").isEnabled());
    study.child<PathField>("predictImages").setPath(results);
    QTRY_VERIFY(study.says().contains(QStringLiteral("no images")));
    study.child<PathField>("predictImages").setPath({});
    QTRY_COMPARE(study.says(), QStringLiteral("Choose the folder of the images."));
}

QTEST_MAIN(TestPredictFolder)
#include "tst_predict_folder.moc"
