// SPDX-License-Identifier: Apache-2.0
// What becomes of a training and of what is painted when the disk is really full: a disk of some
// MiB, the real guidino. Skipped where a test may not mount.
#include "core/protocol/run_folder.h"
#include "tests/support/small_disk.h"
#include "tests/ui/workbench_fixture.h"
#include "ui/model/jobs_controller.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QSignalSpy>

#include <filesystem>
#include <memory>

using namespace guidino;
using namespace guidino::ui;
using jobs::JobState;

namespace {

namespace fs = std::filesystem;

const QString kProgram = QStringLiteral(GUIDINO_BINARY_DIR "/bin/guidino");
constexpr int kPatienceMs = 120'000;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

/// Why nothing can be mounted here; empty: it can.
std::string mountProblem;

/// A small network over small images: checkpoints of a few MiB, seconds in all.
protocol::TrainSpec smallTraining(const QString& data, int epochs)
{
    protocol::TrainSpec spec;
    spec.config = "unet";
    spec.data = data.toStdString();
    spec.device = "cpu";
    spec.threads = 1;
    spec.settings = {
        "network.base_channels=8",
        "data.image_size=64",
        "training.batch_size=2",
        "training.precision=fp32",
        "training.epochs=" + std::to_string(epochs)};
    return spec;
}

QStringList wordsOf(const protocol::TrainSpec& spec, const fs::path& out)
{
    QStringList words{
        QStringLiteral("train"),
        QStringLiteral("--config"),
        QString::fromStdString(spec.config),
        QStringLiteral("--data"),
        QString::fromStdString(spec.data.string()),
        QStringLiteral("--device"),
        QStringLiteral("cpu"),
        QStringLiteral("--threads"),
        QStringLiteral("1"),
        QStringLiteral("--out"),
        QString::fromStdString(out.string())};
    for (const std::string& setting : spec.settings) {
        words << QStringLiteral("--set") << QString::fromStdString(setting);
    }
    return words;
}

struct Ended
{
    int code = -1;
    QString error;
};

Ended run(const QStringList& words)
{
    QProcess process;
    process.start(kProgram, words);
    if (!process.waitForFinished(kPatienceMs)) {
        return {};
    }
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardError())};
}

std::uint64_t bytesIn(const fs::path& folder)
{
    std::uint64_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        bytes += entry.is_regular_file() ? entry.file_size() : 0;
    }
    return bytes;
}

/// The columns of metrics.csv that are no times, line by line.
QStringList curveOf(const fs::path& runFolder)
{
    QFile file(QString::fromStdString((runFolder / "metrics.csv").string()));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QStringList lines = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'));
    lines.removeAll(QString());
    const QStringList names = lines.value(0).split(QLatin1Char(','));
    for (QString& line : lines) {
        QStringList kept;
        const QStringList cells = line.split(QLatin1Char(','));
        for (qsizetype i = 0; i < cells.size(); ++i) {
            const QString name = names.value(i);
            if (!name.contains(QLatin1String("seconds")) && !name.contains(QLatin1String("memory"))
                && !name.contains(QLatin1String("per_second"))) {
                kept << cells[i];
            }
        }
        line = kept.join(QLatin1Char(','));
    }
    return lines;
}

} // namespace

class TestFullDisk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aTrainingEndsWithSixAndGoesOn();
    void theWindowSaysItAndResumes();
    void noStrokeIsLost();
    void masksAreNeverCut();
};

void TestFullDisk::initTestCase()
{
    qputenv("GUIDINO_HOME", QByteArray());
    if (!mountProblem.empty()) {
        QSKIP(qPrintable(
            QStringLiteral("a small disk cannot be mounted here: ")
            + QString::fromStdString(mountProblem)));
    }
    if (!QFile::exists(kProgram)) {
        QSKIP("guidino is not built");
    }
}

void TestFullDisk::aTrainingEndsWithSixAndGoesOn()
{
    const SyntheticFolder data(8, 8);
    const QTemporaryDir place;
    const fs::path folder = place.path().toStdString();
    const protocol::TrainSpec spec = smallTraining(data.path(), 4);
    const fs::path whole = folder / "whole";
    QCOMPARE(run(wordsOf(spec, whole)).code, 0);
    const std::uint64_t needed = bytesIn(whole);
    const QStringList curve = curveOf(whole);
    QCOMPARE(curve.size(), 5);
    test::SmallDisk disk(folder / "small", 64);
    QVERIFY(disk.isMounted());
    QVERIFY(needed < 48 * kMiB);
    int begun = 0;
    for (int eighth = 1; eighth < 8; ++eighth) {
        const fs::path out = folder / "small" / ("run" + std::to_string(eighth));
        disk.fill(needed * static_cast<std::uint64_t>(eighth) / 8);
        const Ended first = run(wordsOf(spec, out));
        QVERIFY2(first.code == 6 || first.code == 0, qPrintable(first.error));
        if (first.code == 6) {
            QVERIFY2(
                first.error.contains(QStringLiteral("No space left")), qPrintable(first.error));
        }
        // What could not even begin leaves no folder behind; else who watches it is told the same.
        const bool hasBegun = fs::exists(protocol::RunPaths{out}.messages());
        begun += hasBegun && first.code == 6 ? 1 : 0;
        if (first.code == 6 && hasBegun) {
            protocol::RunReader reader(out);
            std::optional<protocol::Failure> failure;
            std::optional<protocol::Bye> bye;
            for (const auto& message : reader.poll()) {
                if (const auto* one = std::get_if<protocol::Failure>(&message.body)) {
                    failure = *one;
                } else if (const auto* last = std::get_if<protocol::Bye>(&message.body)) {
                    bye = *last;
                }
            }
            QVERIFY(failure && failure->code == "cannot_write");
            QVERIFY(bye && bye->exitCode == 6);
        }
        disk.empty();
        QStringList again = wordsOf(spec, out);
        if (hasBegun) {
            again = {
                QStringLiteral("train"),
                QStringLiteral("--resume"),
                QStringLiteral("--out"),
                QString::fromStdString(out.string())};
        }
        const Ended second = run(again);
        QVERIFY2(second.code == 0, qPrintable(second.error));
        QCOMPARE(curveOf(out), curve); // nothing of what was learnt is missing or twice
        QVERIFY(bytesIn(out / "best") > 0);
        fs::remove_all(out);
    }
    QVERIFY(begun > 1);
}

void TestFullDisk::theWindowSaysItAndResumes()
{
    const SyntheticFolder data(8, 8);
    const QTemporaryDir place;
    test::SmallDisk disk(place.path().toStdString(), 96);
    QVERIFY(disk.isMounted());
    Workbench bench(place.path(), kProgram);
    bench.open(data.path());
    JobsController& jobs = bench.jobs;
    disk.fill(3 * kMiB);
    const auto id = jobs.queue().add(smallTraining(data.path(), 4));
    QVERIFY(id);
    const auto stateOf = [&] { return jobs.queue().job(*id)->state(); };
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(), JobState::Failed, kPatienceMs);
    const jobs::JobEnd& end = jobs.queue().job(*id)->end;
    QCOMPARE(end.exitCode.value_or(-1), 6);
    QCOMPARE(end.action, jobs::SuggestedAction::FreeSpace);
    QCOMPARE(
        jobs.statusOf(*id), QStringLiteral("The disk is full, or its folder cannot be written."));
    QCOMPARE(jobs.proposalOf(*id).text, QStringLiteral("Free space, then resume"));
    disk.empty();
    jobs.act(*id);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(), JobState::Finished, kPatienceMs);
    QVERIFY(QFile::exists(jobs.queue().job(*id)->bundle() + QStringLiteral("/config.json")));
}

void TestFullDisk::noStrokeIsLost()
{
    const SyntheticFolder data(4, 4);
    const QTemporaryDir place;
    test::SmallDisk disk(place.path().toStdString(), 64);
    QVERIFY(disk.isMounted());
    std::vector<LabelMap> painted;
    constexpr int kRows = 3;
    const auto show = [](Workbench& bench, int row) {
        bench.dataset.show(row);
        const ImageId id = bench.dataset.images().entry(row).id;
        QTRY_VERIFY(bench.dataset.current() != nullptr && bench.shown().id() == id);
        QTRY_VERIFY(bench.shown().image() != nullptr);
        QTest::qWait(20);
    };
    {
        Workbench bench(place.path());
        bench.open(data.path());
        QSignalSpy kept(&bench.dataset, &DatasetController::kept);
        QSignalSpy problems(&bench.dataset, &DatasetController::problemOccurred);
        disk.fill(0);
        // A hundred strokes need more room than what a database has set aside.
        for (int row = 0; row < kRows; ++row) {
            show(bench, row);
            for (int stroke = 0; stroke < 34; ++stroke) {
                const int y = 8 + 4 * stroke;
                bench.drag(
                    PaneRole::Label,
                    {bench.viewOf(PaneRole::Label, 5 + stroke, y),
                     bench.viewOf(PaneRole::Label, 180 - stroke, y)});
            }
        }
        QTRY_VERIFY_WITH_TIMEOUT(!problems.isEmpty(), 10'000); // it is said, and painting goes on
        const auto notice = problems.first().first().value<Notice>();
        QVERIFY2(!notice.text.isEmpty(), qPrintable(notice.detail));
        for (int row = 0; row < kRows; ++row) {
            show(bench, row);
            painted.push_back(bench.shown().labels());
        }
        kept.clear();
        disk.empty();
        QTRY_VERIFY_WITH_TIMEOUT(!kept.isEmpty(), 10'000); // by itself, a second later
        // The window ends without saving.
    }
    Workbench bench(place.path());
    bench.open(data.path());
    for (int row = 0; row < kRows; ++row) {
        show(bench, row);
        QVERIFY(bench.shown().labels() == painted[static_cast<std::size_t>(row)]);
    }
}

void TestFullDisk::masksAreNeverCut()
{
    const QTemporaryDir place;
    test::SmallDisk disk(place.path().toStdString(), 48);
    QVERIFY(disk.isMounted());
    const SyntheticFolder data(4, 4);
    const QString copy = place.filePath(QStringLiteral("data"));
    fs::copy(data.path().toStdString(), copy.toStdString(), fs::copy_options::recursive);
    Workbench bench(place.path());
    bench.open(copy);
    bench.drag(
        PaneRole::Label,
        {bench.viewOf(PaneRole::Label, 10, 20), bench.viewOf(PaneRole::Label, 160, 90)});
    const LabelMap painted = bench.shown().labels();
    QTest::qWait(1500); // the stroke is in the journal
    const QString mask = copy + QStringLiteral("/masks/case0.png");
    const QByteArray before = [&] {
        QFile file(mask);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }();
    QVERIFY(!before.isEmpty());
    disk.fill(0);
    QSignalSpy problems(&bench.dataset, &DatasetController::problemOccurred);
    QSignalSpy saved(&bench.dataset, &DatasetController::saved);
    bench.dataset.save();
    QTRY_VERIFY(!problems.isEmpty() || !saved.isEmpty());
    QVERIFY(!problems.isEmpty());
    QCOMPARE(bench.dataset.modifiedCount(), 1);
    QVERIFY(bench.shown().labels() == painted);
    QFile file(mask);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), before); // whole, as it was
    file.close();
    disk.empty();
    bench.dataset.save();
    QTRY_COMPARE(bench.dataset.modifiedCount(), 0);
}

int main(int argc, char** argv)
{
    mountProblem = test::ownMounts();
    if (mountProblem.empty()) {
        const QTemporaryDir folder;
        const test::SmallDisk disk(folder.path().toStdString(), 1);
        mountProblem = disk.isMounted() ? std::string() : "mount tmpfs is refused";
    }
    QApplication application(argc, argv);
    TestFullDisk test;
    QTEST_SET_MAIN_SOURCE_PATH
    return QTest::qExec(&test, argc, argv);
}

#include "tst_full_disk.moc"
