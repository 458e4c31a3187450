// SPDX-License-Identifier: Apache-2.0
// The program as a process: what it links, its options, and the pictures for the manual.
#include <QDir>
#include <QFile>
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

namespace {

const QString kProgram = QStringLiteral(GUIDINO_BINARY_DIR "/bin/guidino-workbench");

struct Ended
{
    int code = -1;
    QString out;
    QString error;
};

Ended run(const QString& program, const QStringList& arguments, const QString& home = {})
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    environment.insert(QStringLiteral("GUIDINO_HOME"), home);
    process.setProcessEnvironment(environment);
    process.start(program, arguments);
    if (!process.waitForFinished(120'000) || process.exitStatus() != QProcess::NormalExit) {
        return {};
    }
    return {
        process.exitCode(),
        QString::fromUtf8(process.readAllStandardOutput()),
        QString::fromUtf8(process.readAllStandardError())};
}

} // namespace

class TestWorkbenchProgram : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void linksNoTorchNoCudaNoQt5();
    void answersHelpAndVersion();
    void refusesWhatItDoesNotKnow();
    void exportsAndImportsWithoutAWindow();
    void takesPictures();
    void takesPicturesInAnotherThemeAndLanguage();
};

void TestWorkbenchProgram::linksNoTorchNoCudaNoQt5()
{
    const Ended ldd = run(QStringLiteral("ldd"), {kProgram});
    QCOMPARE(ldd.code, 0);
    QVERIFY(ldd.out.contains(QStringLiteral("libQt6Core")));
    for (const char* name :
         {"libtorch", "libc10", "libcuda", "libnccl", "libQt5", "libguidino_runtime"}) {
        QVERIFY2(!ldd.out.contains(QString::fromLatin1(name)), name);
    }
}

void TestWorkbenchProgram::answersHelpAndVersion()
{
    const Ended help = run(kProgram, {QStringLiteral("--help")});
    QCOMPARE(help.code, 0);
    QVERIFY(help.out.contains(QStringLiteral("not a medical device")));
    QVERIFY(help.out.contains(QStringLiteral("--screenshot")));
    QCOMPARE(run(kProgram, {QStringLiteral("--version")}).code, 0);
}

void TestWorkbenchProgram::refusesWhatItDoesNotKnow()
{
    QCOMPARE(run(kProgram, {QStringLiteral("--nonsense")}).code, 2);
    QCOMPARE(
        run(kProgram,
            {QStringLiteral("--screenshot"),
             QStringLiteral("nothing"),
             QStringLiteral("--out"),
             QStringLiteral("x.png")})
            .code,
        2);
    QCOMPARE(run(kProgram, {QStringLiteral("--screenshot"), QStringLiteral("main")}).code, 2);
    QCOMPARE(run(kProgram, {QStringLiteral("--theme"), QStringLiteral("pink")}).code, 2);
}

void TestWorkbenchProgram::exportsAndImportsWithoutAWindow()
{
    const QTemporaryDir folder;
    const auto at = [&folder](const char* name) {
        return folder.filePath(QLatin1StringView(name));
    };
    const auto exportTo = [&](const QString& project, const QString& file) {
        return run(
            kProgram,
            {QStringLiteral("--export"), project, QStringLiteral("--out"), file},
            folder.path());
    };
    const auto importTo = [&](const QString& file, const QString& project) {
        return run(
            kProgram,
            {QStringLiteral("--import"), file, QStringLiteral("--into"), project},
            folder.path());
    };
    // A project of the first version, as it was stored: it is brought forward.
    QVERIFY(QDir().mkpath(at("old")));
    QVERIFY(QFile::copy(
        QStringLiteral(GUIDINO_SOURCE_DIR "/tests/project/data/version1/project.db"),
        at("old/project.db")));
    QFile::setPermissions(at("old/project.db"), QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    const Ended exported = exportTo(at("old"), at("copy.gdino"));
    QVERIFY2(exported.code == 0, qPrintable(exported.error));
    QVERIFY(exported.error.contains(QStringLiteral("/pictures/one.png"))); // not there, said
    const Ended imported = importTo(at("copy.gdino"), at("new"));
    QVERIFY2(imported.code == 0, qPrintable(imported.error));
    QVERIFY(QFile::exists(at("new/project.db")));
    QCOMPARE(importTo(at("copy.gdino"), at("new")).code, 6); // not empty
    QCOMPARE(importTo(at("nothing.gdino"), at("other")).code, 3);
    QVERIFY(QFile::copy(at("old/project.db"), at("no-archive.gdino")));
    QCOMPARE(importTo(at("no-archive.gdino"), at("other")).code, 3);
    QVERIFY(!QFile::exists(at("other")));
    QCOMPARE(exportTo(folder.path(), at("x.gdino")).code, 3); // no project
    QCOMPARE(exportTo(at("old"), at("no/such/folder/x.gdino")).code, 6);
    QCOMPARE(run(kProgram, {QStringLiteral("--import"), at("copy.gdino")}).code, 2);
    QCOMPARE(run(kProgram, {QStringLiteral("--export"), at("old")}).code, 2);
}

void TestWorkbenchProgram::takesPictures()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("welcome.png"));
    const QStringList arguments{
        QStringLiteral("--screenshot"), QStringLiteral("welcome"), QStringLiteral("--out")};
    QCOMPARE(run(kProgram, arguments + QStringList{file}, folder.path()).code, 0);
    const QImage picture(file);
    QVERIFY(picture.width() >= 1000 && picture.height() >= 600);
    // A picture of something: the text is lighter than the ground.
    int bright = 0;
    for (int y = 0; y < picture.height(); y += 2) {
        for (int x = 0; x < picture.width(); x += 2) {
            bright += qGray(picture.pixel(x, y)) > 180 ? 1 : 0;
        }
    }
    QVERIFY(bright > 200);
    const QString nowhere = folder.filePath(QStringLiteral("no/such/folder/x.png"));
    QCOMPARE(run(kProgram, arguments + QStringList{nowhere}, folder.path()).code, 6);
}

void TestWorkbenchProgram::takesPicturesInAnotherThemeAndLanguage()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("about.png"));
    QCOMPARE(
        run(kProgram,
            {QStringLiteral("--screenshot"),
             QStringLiteral("about"),
             QStringLiteral("--out"),
             file,
             QStringLiteral("--theme"),
             QStringLiteral("light"),
             QStringLiteral("--language"),
             QStringLiteral("de")},
            folder.path())
            .code,
        0);
    QVERIFY(QImage(file).width() >= 1000);
}

QTEST_GUILESS_MAIN(TestWorkbenchProgram)
#include "tst_workbench_program.moc"
