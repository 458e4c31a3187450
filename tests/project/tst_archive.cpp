// SPDX-License-Identifier: Apache-2.0
#include "core/project/archive.h"
#include "core/project/project_store.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <quazip.h>
#include <quazipfile.h>
#include <quazipnewinfo.h>

using namespace guidino;
using namespace guidino::project;

namespace {

void writeFile(const QString& path, const QByteArray& content)
{
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
}

QByteArray fileContent(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// A zip with these entries, under any names.
void writeZip(const QString& path, const QList<std::pair<QString, QByteArray>>& entries)
{
    QuaZip zip(path);
    QVERIFY(zip.open(QuaZip::mdCreate));
    for (const auto& [name, content] : entries) {
        QuaZipFile entry(&zip);
        QVERIFY(entry.open(QIODevice::WriteOnly, QuaZipNewInfo(name)));
        entry.write(content);
    }
}

QByteArray manifest(const QString& path, qint64 bytes, const QString& sha256)
{
    return QStringLiteral(
               R"({"format":"gdino","version":1,"files":[{"path":"project.db","bytes":3,"sha256":"x"},)"
               R"({"path":"%1","bytes":%2,"sha256":"%3"}]})")
        .arg(path)
        .arg(bytes)
        .arg(sha256)
        .toUtf8();
}

} // namespace

class ArchiveTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aProjectTravels();
    void cancellingLeavesNothing();
    void hostileArchivesAreRefused_data();
    void hostileArchivesAreRefused();
    void everyTruncationIsRefused();
    void aFullFolderIsLeftAlone();

private:
    /// A project with two images, one of them missing, and a model, in folder/p.
    static void makeProject(const QTemporaryDir& folder);
};

void ArchiveTest::makeProject(const QTemporaryDir& folder)
{
    auto store =
        ProjectStore::create(folder.filePath(QStringLiteral("p")), QStringLiteral("Polyps"));
    QVERIFY(store);
    writeFile(folder.filePath(QStringLiteral("pictures/a.png")), QByteArray(300000, 'a') + "end");
    writeFile(folder.filePath(QStringLiteral("p/models/m/config.json")), "{}");
    ImageRecord present;
    present.name = QStringLiteral("a");
    present.path = folder.filePath(QStringLiteral("pictures/a.png"));
    ImageRecord missing;
    missing.name = QStringLiteral("b");
    missing.path = folder.filePath(QStringLiteral("pictures/b.png"));
    const auto ids = (*store)->addImages({present, missing});
    QVERIFY(ids);
    const LabelMap labels(Size{100, 80});
    QVERIFY((*store)->addRevision(
        {{}, ids->front(), RevisionKind::Human, QStringLiteral("Ada"), {}, {}, {}, {}, {}},
        labels));
}

void ArchiveTest::aProjectTravels()
{
    const QTemporaryDir folder;
    makeProject(folder);
    const QString file = folder.filePath(QStringLiteral("out.gdino"));
    std::int64_t last = 0;
    std::int64_t total = 0;
    ExportOptions options;
    options.progress = [&](std::int64_t done, std::int64_t all) {
        QVERIFY(done >= last);
        last = done;
        total = all;
    };
    const auto outcome = exportProject(folder.filePath(QStringLiteral("p")), file, options);
    QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
    QCOMPARE(outcome->files, 3);
    QCOMPARE(outcome->missingImages.size(), 1);
    QCOMPARE(last, total);
    QVERIFY(QDir(folder.path())
                .entryList({QStringLiteral(".gdino*")}, QDir::AllEntries | QDir::Hidden)
                .isEmpty());

    const QTemporaryDir elsewhere;
    const QString target = elsewhere.filePath(QStringLiteral("q"));
    const Status imported = importProject(file, target);
    QVERIFY2(imported, imported ? "" : imported.error().message.c_str());
    auto store = ProjectStore::open(target);
    QVERIFY(store);
    QCOMPARE((*store)->info(QStringLiteral("name")).value(), QStringLiteral("Polyps"));
    const auto images = (*store)->images().value();
    QCOMPARE(images.size(), 2U);
    QCOMPARE(images[0].path, QStringLiteral("images/000001.png"));
    QCOMPARE(
        fileContent((*store)->absolutePath(images[0])),
        fileContent(folder.filePath(QStringLiteral("pictures/a.png"))));
    QCOMPARE((*store)->revisions(images[0].id).value().size(), 1U);
    QCOMPARE(fileContent(target + QStringLiteral("/models/m/config.json")), QByteArray("{}"));

    ExportOptions lean;
    lean.withImages = false;
    lean.withModels = false;
    QCOMPARE(exportProject(folder.filePath(QStringLiteral("p")), file, lean).value().files, 1);
}

void ArchiveTest::cancellingLeavesNothing()
{
    const QTemporaryDir folder;
    makeProject(folder);
    const QString file = folder.filePath(QStringLiteral("out.gdino"));
    ExportOptions options;
    options.cancel.cancel();
    QVERIFY(
        exportProject(folder.filePath(QStringLiteral("p")), file, options).error().code
        == ErrorCode::Cancelled);
    QVERIFY(!QFile::exists(file));
    QVERIFY(exportProject(folder.filePath(QStringLiteral("p")), file));
    ImportOptions import;
    import.cancel.cancel();
    const QString target = folder.filePath(QStringLiteral("q"));
    QVERIFY(importProject(file, target, import).error().code == ErrorCode::Cancelled);
    QVERIFY(!QFile::exists(target));
}

void ArchiveTest::hostileArchivesAreRefused_data()
{
    QTest::addColumn<QByteArray>("manifestText");
    QTest::addColumn<QString>("entryName");
    const QByteArray payload = "abc";
    QTest::newRow("parent") << manifest(QStringLiteral("../evil"), 3, QString())
                            << QStringLiteral("../evil");
    QTest::newRow("absolute") << manifest(QStringLiteral("/tmp/evil"), 3, QString())
                              << QStringLiteral("/tmp/evil");
    QTest::newRow("inner parent") << manifest(QStringLiteral("a/../../evil"), 3, QString())
                                  << QStringLiteral("a/../../evil");
    QTest::newRow("backslash") << manifest(QStringLiteral("a\\\\evil"), 3, QString())
                               << QStringLiteral("a\\evil");
    QTest::newRow("entry not in manifest")
        << manifest(QStringLiteral("good"), 3, QString()) << QStringLiteral("other");
    QTest::newRow("size differs") << manifest(QStringLiteral("good"), 4, QString())
                                  << QStringLiteral("good");
    QTest::newRow("too large") << manifest(QStringLiteral("good"), qint64{1} << 50, QString())
                               << QStringLiteral("good");
    QTest::newRow("wrong hash") << manifest(QStringLiteral("good"), 3, QStringLiteral("00"))
                                << QStringLiteral("good");
    QTest::newRow("no manifest of ours") << QByteArray("{}") << QStringLiteral("good");
    QTest::newRow("newer") << QByteArray(R"({"format":"gdino","version":9})")
                           << QStringLiteral("good");
}

void ArchiveTest::hostileArchivesAreRefused()
{
    QFETCH(QByteArray, manifestText);
    QFETCH(QString, entryName);
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("evil.gdino"));
    writeZip(
        file,
        {{QStringLiteral("manifest.json"), manifestText},
         {QStringLiteral("project.db"), "abc"},
         {entryName, "abc"}});
    const Status status = importProject(file, folder.filePath(QStringLiteral("sub/q")));
    QVERIFY(!status);
    QVERIFY2(status.error().code == ErrorCode::BadInput, status.error().message.c_str());
    QVERIFY(!QFile::exists(folder.filePath(QStringLiteral("sub/q"))));
    QVERIFY(!QFile::exists(folder.filePath(QStringLiteral("evil"))));
    QVERIFY(!QFile::exists(folder.filePath(QStringLiteral("sub/evil"))));
}

void ArchiveTest::everyTruncationIsRefused()
{
    const QTemporaryDir folder;
    makeProject(folder);
    const QString file = folder.filePath(QStringLiteral("out.gdino"));
    QVERIFY(exportProject(folder.filePath(QStringLiteral("p")), file));
    const QByteArray whole = fileContent(file);
    for (qsizetype cut = 0; cut < whole.size(); cut += whole.size() / 23 + 1) {
        const QString part = folder.filePath(QStringLiteral("cut.gdino"));
        writeFile(part, whole.left(cut));
        QVERIFY(!importProject(part, folder.filePath(QStringLiteral("q"))));
        QVERIFY(!QFile::exists(folder.filePath(QStringLiteral("q"))));
    }
    QVERIFY(
        importProject(folder.filePath(QStringLiteral("none")), folder.filePath(QStringLiteral("q")))
            .error()
            .code
        == ErrorCode::NotFound);
}

void ArchiveTest::aFullFolderIsLeftAlone()
{
    const QTemporaryDir folder;
    makeProject(folder);
    const QString file = folder.filePath(QStringLiteral("out.gdino"));
    QVERIFY(exportProject(folder.filePath(QStringLiteral("p")), file));
    QVERIFY(
        importProject(file, folder.filePath(QStringLiteral("pictures"))).error().code
        == ErrorCode::CannotWrite);
    QVERIFY(QFile::exists(folder.filePath(QStringLiteral("pictures/a.png"))));
}

QTEST_GUILESS_MAIN(ArchiveTest)
#include "tst_archive.moc"
