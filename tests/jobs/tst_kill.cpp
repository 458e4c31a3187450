// SPDX-License-Identifier: Apache-2.0
// kill -9 of worker and window at random moments: the project opens, the journal is whole, and the
// training resumes with the curve of one that nobody disturbed, bit for bit.
#include "core/base/file.h"
#include "core/imaging/image_writer.h"
#include "core/jobs/job_queue.h"
#include "core/project/project_store.h"
#include "core/protocol/run_folder.h"
#include "tests/datasets/image_files.h"

#include <QDir>
#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <filesystem>
#include <random>

using namespace guidino;
using namespace guidino::test;
namespace fs = std::filesystem;

/// Takes the number of kills from $GUIDINO_KILLS (5) and the seed from $GUIDINO_KILL_SEED.
class TestKill : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString m_epochs;
    QString m_reference; ///< curve of the undisturbed run
    std::mt19937 m_random;
    std::unique_ptr<QProcess> m_window;
    QByteArray m_said;

    [[nodiscard]] QString at(const char* name) const
    {
        return m_folder.filePath(QLatin1StringView(name));
    }

    void openWindow();
    void listen(int ms);
    [[nodiscard]] int kept() const;
    [[nodiscard]] bool hasFinished() const { return m_said.contains("finished"); }
    void killWindow();
    void killWorkers() const;
    void checkProject(int atLeast) const;
    static QString curveOf(const QString& run);

private Q_SLOTS:
    void initTestCase();
    void survivesKills();
    void cleanupTestCase();
};

namespace {

const QString kGuidino = QStringLiteral(GUIDINO_BINARY_DIR "/bin/guidino");

} // namespace

/// The columns of metrics.csv that must not differ between two equal runs.
QString TestKill::curveOf(const QString& run)
{
    QFile file(run + QStringLiteral("/metrics.csv"));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    const QStringList lines = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'));
    const QStringList header = lines.value(0).split(QLatin1Char(','));
    QStringList rows;
    for (const QString& line : lines) {
        const QStringList cells = line.split(QLatin1Char(','));
        QStringList kept;
        for (qsizetype i = 0; i < cells.size(); ++i) {
            const QString name = header.value(i);
            if (!name.contains(QLatin1StringView("seconds"))
                && !name.contains(QLatin1StringView("per_second"))
                && !name.contains(QLatin1StringView("memory"))) {
                kept << cells[i];
            }
        }
        rows << kept.join(QLatin1Char(','));
    }
    return rows.join(QLatin1Char('\n'));
}

void TestKill::initTestCase()
{
    m_epochs = QString::number(qEnvironmentVariableIntValue("GUIDINO_KILLS") > 10 ? 120 : 40);
    const unsigned seed = qEnvironmentVariableIsSet("GUIDINO_KILL_SEED")
                              ? qEnvironmentVariable("GUIDINO_KILL_SEED").toUInt()
                              : std::random_device{}();
    m_random.seed(seed);
    qInfo("GUIDINO_KILL_SEED=%u", seed);
    const fs::path data = at("data").toStdString();
    for (int i = 0; i < 8; ++i) {
        const std::string stem = "case" + std::to_string(i);
        savePng(data / "images" / (stem + ".png"), scene(40, 32, unsigned(i)));
        savePng(data / "masks" / (stem + ".png"), disc(40, 32, 9));
    }
    auto store = project::ProjectStore::create(at("project"), QStringLiteral("killed"));
    QVERIFY(store.has_value());
    project::ImageRecord image;
    image.name = QStringLiteral("a");
    image.path = QStringLiteral("/nowhere/a.png");
    image.size = {64, 64};
    QVERIFY((*store)->addImages({image}).has_value());

    // The undisturbed run is what a window starts, too.
    QProcess reference;
    reference.start(
        kGuidino,
        {QStringLiteral("train"),
         QStringLiteral("--config"),
         QStringLiteral("unet"),
         QStringLiteral("--data"),
         at("data"),
         QStringLiteral("--out"),
         at("reference"),
         QStringLiteral("--device"),
         QStringLiteral("cpu"),
         QStringLiteral("--threads"),
         QStringLiteral("1"),
         QStringLiteral("--set"),
         QStringLiteral("network.base_channels=4"),
         QStringLiteral("data.image_size=32"),
         QStringLiteral("training.batch_size=2"),
         QStringLiteral("training.epochs=") + m_epochs});
    QVERIFY(reference.waitForFinished(240000));
    QVERIFY2(reference.exitCode() == 0, reference.readAllStandardError().constData());
    m_reference = curveOf(at("reference"));
    QCOMPARE(m_reference.count(QLatin1Char('\n')), m_epochs.toInt() + 1);
}

void TestKill::openWindow()
{
    m_said.clear();
    m_window = std::make_unique<QProcess>();
    m_window->setProcessChannelMode(QProcess::MergedChannels);
    m_window->start(
        QStringLiteral(GUIDINO_BINARY_DIR "/tests/kill_victim"),
        {at("project"), kGuidino, at("leases"), at("data"), m_epochs});
    QVERIFY(m_window->waitForStarted());
}

/// What the window says for so long, or until it ends.
void TestKill::listen(int ms)
{
    QElapsedTimer time;
    time.start();
    while (time.elapsed() < ms && m_window->state() != QProcess::NotRunning) {
        m_window->waitForReadyRead(std::max(1, std::min(50, ms - int(time.elapsed()))));
        m_said += m_window->readAll();
    }
    m_said += m_window->readAll();
}

int TestKill::kept() const
{
    const QList<QByteArray> lines = m_said.left(m_said.lastIndexOf('\n')).split('\n');
    int most = 0;
    for (const QByteArray& line : lines) {
        if (line.startsWith("kept ")) {
            most = std::max(most, line.mid(5).toInt());
        }
    }
    return most;
}

void TestKill::killWindow()
{
    m_window->kill();
    QVERIFY(m_window->waitForFinished());
    m_said += m_window->readAll();
}

void TestKill::killWorkers() const
{
    const QDir jobs(at("project") + QStringLiteral("/jobs"));
    const QStringList names = jobs.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& name : names) {
        protocol::signalWorker(jobs.filePath(name).toStdString(), SIGKILL);
    }
}

void TestKill::checkProject(int atLeast) const
{
    const auto store = project::ProjectStore::open(at("project"));
    QVERIFY2(store.has_value(), store ? "" : store.error().message.c_str());
    const auto backup = (*store)->backUp(1); // reads all of the copy back
    QVERIFY2(backup.has_value(), backup ? "" : backup.error().message.c_str());
    const auto journal = (*store)->journal(ImageId{1});
    QVERIFY2(journal.has_value(), journal ? "" : journal.error().message.c_str());
    QVERIFY2(
        static_cast<int>(journal->size()) >= atLeast,
        qPrintable(QStringLiteral("%1 edits of %2").arg(journal->size()).arg(atLeast)));
    for (std::size_t i = 0; i < journal->size(); ++i) {
        const project::JournalEntry& entry = (*journal)[i];
        QCOMPARE(entry.text, QString::number(i + 1)); // none twice, none missing
        QCOMPARE(entry.tiles.size(), std::size_t{1});
        QCOMPARE(entry.tiles[0].after->at(5), static_cast<std::uint8_t>(i + 1));
    }
}

void TestKill::survivesKills()
{
    const int kills = qEnvironmentVariableIsSet("GUIDINO_KILLS")
                          ? qEnvironmentVariableIntValue("GUIDINO_KILLS")
                          : 5;
    openWindow();
    int most = 0;
    for (int i = 0; i < kills; ++i) {
        listen(std::uniform_int_distribution<int>(50, 3500)(m_random));
        most = std::max(most, kept());
        const bool isOver = m_window->state() == QProcess::NotRunning;
        QVERIFY2(!m_said.contains("problem"), m_said.constData());
        QVERIFY2(!isOver || hasFinished(), m_said.constData());
        const int target = std::uniform_int_distribution<int>(0, 2)(m_random);
        if (target != 1) {
            killWorkers();
        }
        if (target == 0 && !isOver) {
            continue; // the window sees it and resumes
        }
        if (!isOver) {
            killWindow();
            most = std::max(most, kept());
        }
        checkProject(most);
        if (QTest::currentTestFailed()) {
            return;
        }
        openWindow();
    }
    listen(240000);
    QVERIFY2(hasFinished(), m_said.constData());
    checkProject(std::max(most, kept()));
    // Every training that was begun ended with the same curve.
    const QDir jobs(at("project") + QStringLiteral("/jobs"));
    const QStringList names = jobs.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QVERIFY(!names.isEmpty());
    for (const QString& name : names) {
        QCOMPARE(curveOf(jobs.filePath(name)), m_reference);
        const auto ours =
            readFile(fs::path(jobs.filePath(name).toStdString()) / "best" / "weights.safetensors");
        const auto theirs =
            readFile(fs::path(at("reference").toStdString()) / "best" / "weights.safetensors");
        if (theirs) {
            QVERIFY(ours && *ours == *theirs);
        }
    }
}

void TestKill::cleanupTestCase()
{
    if (m_window != nullptr && m_window->state() != QProcess::NotRunning) {
        m_window->kill();
        m_window->waitForFinished();
    }
    killWorkers();
}

QTEST_GUILESS_MAIN(TestKill)
#include "tst_kill.moc"
