// SPDX-License-Identifier: Apache-2.0
// What people drop onto the window: empty folders, files that are no pictures, unusual kinds and
// sizes, names from everywhere. Each opens, or says in the window what is wrong.
#include "core/imaging/image_writer.h"
#include "tests/ui/workbench_fixture.h"
#include "ui/model/image_list_model.h"

#include <jpeglib.h>

#include <QFileInfo>
#include <QSignalSpy>

#include <array>
#include <cstdint>
#include <cstdio> // jpeglib wants it first
#include <cstdlib>
#include <vector>

using namespace guidino;
using namespace guidino::ui;

namespace {

constexpr PaneRole kLabel = PaneRole::Label;
constexpr int kPatienceMs = 60'000;

void write(const QString& file, const QByteArray& content)
{
    QFile target(file);
    QVERIFY(target.open(QIODevice::WriteOnly));
    QCOMPARE(target.write(content), content.size());
}

QByteArray bytesOf(std::initializer_list<std::uint32_t> values, int width)
{
    QByteArray bytes;
    for (const std::uint32_t value : values) {
        for (int i = 0; i < width; ++i) {
            bytes.append(static_cast<char>(value >> (8 * i)));
        }
    }
    return bytes;
}

/// Of a PNG chunk's name and content (ISO 3309).
QByteArray crcOf(const QByteArray& bytes)
{
    std::uint32_t crc = 0xffffffffU;
    for (const char byte : bytes) {
        crc ^= static_cast<std::uint8_t>(byte);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
        }
    }
    crc = ~crc;
    QByteArray result;
    for (int shift = 24; shift >= 0; shift -= 8) {
        result.append(static_cast<char>(crc >> shift));
    }
    return result;
}

/// A ramp of 16 bits from left to right, as scanners write it: little-endian, one strip.
QByteArray tiff16(std::uint32_t width, std::uint32_t height)
{
    QByteArray file("II*\0\x08\0\0\0", 8);
    const std::uint32_t begin = 8 + 2 + 9 * 12 + 4;
    file += bytesOf({9}, 2);
    const auto entry = [&](std::uint32_t tag, std::uint32_t value) {
        file += bytesOf({tag, 4}, 2) + bytesOf({1, value}, 4);
    };
    entry(256, width);
    entry(257, height);
    entry(258, 16); // bits
    entry(259, 1);  // not compressed
    entry(262, 1);  // black is zero
    entry(273, begin);
    entry(277, 1);
    entry(278, height);
    entry(279, 2 * width * height);
    file += bytesOf({0}, 4);
    for (std::uint32_t y = 0; y < height; ++y) {
        for (std::uint32_t x = 0; x < width; ++x) {
            file += bytesOf({65535 * x / (width - 1)}, 2);
        }
    }
    return file;
}

/// One colour in four inks as printing programs write it: 255 = none of the ink.
QByteArray cmykJpeg(int width, int height, std::array<std::uint8_t, 4> ink)
{
    jpeg_compress_struct encoder{};
    jpeg_error_mgr errors{};
    encoder.err = jpeg_std_error(&errors);
    jpeg_create_compress(&encoder);
    unsigned char* buffer = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&encoder, &buffer, &size);
    encoder.image_width = static_cast<JDIMENSION>(width);
    encoder.image_height = static_cast<JDIMENSION>(height);
    encoder.input_components = 4;
    encoder.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&encoder);
    jpeg_start_compress(&encoder, TRUE);
    std::vector<std::uint8_t> row;
    for (int x = 0; x < width; ++x) {
        row.insert(row.end(), ink.begin(), ink.end());
    }
    JSAMPROW line = row.data();
    for (int y = 0; y < height; ++y) {
        jpeg_write_scanlines(&encoder, &line, 1);
    }
    jpeg_finish_compress(&encoder);
    const QByteArray file(reinterpret_cast<const char*>(buffer), static_cast<int>(size));
    jpeg_destroy_compress(&encoder);
    std::free(buffer);
    return file;
}

void drawPicture(const QString& file, QSize size = {200, 150})
{
    QImage image(size, QImage::Format_RGB32);
    image.fill(QColor(200, 170, 160));
    QVERIFY(image.save(file));
}

/// The window, and a folder to put things into.
struct Place
{
    Place()
        : bench(home.path())
    {}

    void open(const QString& path)
    {
        bench.window.open({path});
        QTRY_VERIFY_WITH_TIMEOUT(bench.dataset.current() != nullptr, kPatienceMs);
        QTest::qWait(30);
    }

    /// Shows a row and waits for its pixels.
    void show(int row)
    {
        bench.dataset.show(row);
        const ImageId id = bench.dataset.images().entry(row).id;
        QTRY_VERIFY_WITH_TIMEOUT(
            bench.dataset.current() != nullptr && bench.shown().id() == id
                && bench.shown().image() != nullptr && !bench.shown().image()->isPreview(),
            kPatienceMs);
    }

    [[nodiscard]] QString at(const QString& name) const { return folder.filePath(name); }

    const QTemporaryDir home;
    const QTemporaryDir folder;
    Workbench bench;
};

} // namespace

class TestOddFolders : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEmptyFolderIsSaid();
    void aFolderOfOtherFilesIsSaid();
    void textThatIsCalledAPictureIsMarked();
    void unusualKindsAreShown();
    void onePixelIsAnImage();
    void aHundredMegapixelsOpen();
    void whatIsTooLargeIsSaidAtOnce();
    void namesFromEverywhere();
    void foldersThatCannotBeReadAreSaid();
};

void TestOddFolders::anEmptyFolderIsSaid()
{
    const SyntheticFolder before(2, 0);
    Place place;
    place.open(before.path());
    place.bench.window.open({place.folder.path()});
    QTRY_VERIFY(place.bench.window.messages().isVisible());
    const Notice notice = place.bench.window.messages().shown();
    QVERIFY2(notice.text.contains(QStringLiteral("no image")), qPrintable(notice.text));
    QCOMPARE(notice.action, Notice::Action::OpenFolder);
    QCOMPARE(place.bench.dataset.images().rowCount(), 2); // what was open stays
    QVERIFY(place.bench.dataset.current() != nullptr);
}

void TestOddFolders::aFolderOfOtherFilesIsSaid()
{
    Place place;
    write(place.at(QStringLiteral("notes.txt")), "no picture");
    write(place.at(QStringLiteral("table.csv")), "a,b\n1,2\n");
    place.bench.window.open({place.folder.path()});
    QTRY_VERIFY(place.bench.window.messages().isVisible());
    const Notice notice = place.bench.window.messages().shown();
    QVERIFY2(notice.text.contains(QStringLiteral("no image")), qPrintable(notice.text));
    QVERIFY(!place.bench.dataset.isOpen());
}

void TestOddFolders::textThatIsCalledAPictureIsMarked()
{
    Place place;
    drawPicture(place.at(QStringLiteral("a.png")));
    write(place.at(QStringLiteral("b.png")), "This is no picture.");
    drawPicture(place.at(QStringLiteral("c.png")));
    place.open(place.folder.path());
    QCOMPARE(place.bench.dataset.images().rowCount(), 3);
    place.bench.dataset.show(1);
    QTRY_VERIFY_WITH_TIMEOUT(!place.bench.dataset.images().entry(1).problem.isEmpty(), kPatienceMs);
    QVERIFY(place.bench.window.messages().isVisible());
    const Notice notice = place.bench.window.messages().shown();
    QVERIFY2(
        notice.text.contains(QStringLiteral("b.png")) || notice.text.contains(QStringLiteral("b "))
            || notice.text.contains(QStringLiteral("“b”")),
        qPrintable(notice.text));
    QVERIFY2(notice.detail.contains(QStringLiteral("b.png")), qPrintable(notice.detail));
    // One goes on beyond it, by keys as well.
    place.bench.key(Qt::Key_D);
    QTRY_VERIFY_WITH_TIMEOUT(
        place.bench.dataset.current() != nullptr
            && place.bench.shown().id() == place.bench.dataset.images().entry(2).id,
        kPatienceMs);
}

void TestOddFolders::unusualKindsAreShown()
{
    Place place;
    write(place.at(QStringLiteral("cmyk.jpg")), cmykJpeg(64, 48, {255, 55, 55, 255}));
    write(place.at(QStringLiteral("deep.tif")), tiff16(200, 100));
    QImage grey(80, 60, QImage::Format_Grayscale8);
    grey.fill(90);
    QVERIFY(grey.save(place.at(QStringLiteral("grey.png"))));
    QImage clear(80, 60, QImage::Format_ARGB32);
    clear.fill(QColor(10, 20, 30, 128));
    QVERIFY(clear.save(place.at(QStringLiteral("transparent.png"))));
    place.open(place.folder.path());
    QCOMPARE(place.bench.dataset.images().rowCount(), 4);
    for (int row = 0; row < 4; ++row) {
        place.show(row);
        QVERIFY2(
            place.bench.dataset.images().entry(row).problem.isEmpty(),
            qPrintable(place.bench.dataset.images().entry(row).problem));
        place.bench.drag(
            kLabel, {place.bench.viewOf(kLabel, 20, 20), place.bench.viewOf(kLabel, 40, 30)});
        QCOMPARE(int{place.bench.shown().labels().at(30, 25)}, 1);
        const Raster8& pixels = place.bench.shown().image()->level(0);
        switch (row) {
        case 0: // magenta and yellow inks: red
            QVERIFY(pixels.at(5, 5, 0) > 240);
            QVERIFY(pixels.at(5, 5, 1) < 80 && pixels.at(5, 5, 2) < 80);
            break;
        case 1:
            QVERIFY(place.bench.shown().image()->deep() != nullptr);
            QVERIFY(pixels.at(190, 50) > pixels.at(10, 50) + 150);
            break;
        default:
            QCOMPARE(place.bench.shown().size().width, 80);
        }
    }
}

void TestOddFolders::onePixelIsAnImage()
{
    Place place;
    drawPicture(place.at(QStringLiteral("dot.png")), {1, 1});
    drawPicture(place.at(QStringLiteral("line.png")), {3000, 1});
    place.open(place.folder.path());
    for (int row = 0; row < 2; ++row) {
        place.show(row);
        place.bench.key(Qt::Key_F, Qt::ControlModifier);
        place.bench.tools.setRadiusPx(
            row == 0 ? 1 : 40); // a pointer has whole pixels of the screen
        const int x = row == 0 ? 0 : 1500;
        place.bench.drag(kLabel, {place.bench.viewOf(kLabel, x, 0)});
        QCOMPARE(int{place.bench.shown().labels().at(x, 0)}, 1);
        for (const auto tool :
             {ToolState::Tool::Wand,
              ToolState::Tool::Superpixels,
              ToolState::Tool::SmartBrush,
              ToolState::Tool::Livewire,
              ToolState::Tool::GrabCut,
              ToolState::Tool::Threshold,
              ToolState::Tool::Prompt,
              ToolState::Tool::Split}) {
            place.bench.tools.setTool(tool);
            place.bench.drag(
                kLabel,
                {place.bench.viewOf(kLabel, x, 0),
                 place.bench.viewOf(kLabel, x, 0) + QPoint(9, 9)});
            place.bench.key(Qt::Key_Escape);
        }
        place.bench.tools.setTool(ToolState::Tool::Brush);
        for (const char* action : {"fillHoles", "keepLargest", "grow", "shrink", "smooth"}) {
            for (QAction* one : place.bench.window.actions()) {
                if (one->objectName() == QLatin1String(action)) {
                    one->trigger();
                }
            }
        }
        place.bench.key(Qt::Key_S, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(place.bench.dataset.modifiedCount(), 0, kPatienceMs);
    }
}

void TestOddFolders::aHundredMegapixelsOpen()
{
    Place place;
    constexpr int kSide = 10'000;
    Raster8 large(kSide, kSide);
    for (int y = 0; y < kSide; ++y) {
        std::fill_n(large.row(y), kSide, static_cast<std::uint8_t>(y / 50));
    }
    QVERIFY(
        imaging::writePng(place.at(QStringLiteral("large.png")).toStdString(), large).has_value());
    large = {};
    place.bench.window.open({place.folder.path()});
    QTRY_VERIFY_WITH_TIMEOUT(place.bench.dataset.current() != nullptr, kPatienceMs);
    place.show(0);
    QCOMPARE(place.bench.shown().size().width, kSide);
    place.bench.tools.setRadiusPx(400);
    place.bench.drag(
        kLabel, {place.bench.viewOf(kLabel, 2000, 3000), place.bench.viewOf(kLabel, 7000, 6000)});
    QCOMPARE(int{place.bench.shown().labels().at(4500, 4500)}, 1);
    place.bench.key(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(int{place.bench.shown().labels().at(4500, 4500)}, 0);
}

void TestOddFolders::whatIsTooLargeIsSaidAtOnce()
{
    Place place;
    drawPicture(place.at(QStringLiteral("a.png")));
    // It says 30,000 × 30,000 pixels in its header.
    QFile small(place.at(QStringLiteral("a.png")));
    QVERIFY(small.open(QIODevice::ReadOnly));
    QByteArray png = small.readAll();
    const QByteArray side("\0\0\x75\x30", 4);
    png.replace(16, 8, side + side);
    png.replace(29, 4, crcOf(png.mid(12, 17)));
    write(place.at(QStringLiteral("b.png")), png);
    place.open(place.folder.path());
    place.bench.dataset.show(1);
    QTRY_VERIFY_WITH_TIMEOUT(!place.bench.dataset.images().entry(1).problem.isEmpty(), kPatienceMs);
    const Notice notice = place.bench.window.messages().shown();
    QVERIFY2(notice.text.contains(QStringLiteral("400 megapixels")), qPrintable(notice.text));
}

void TestOddFolders::namesFromEverywhere()
{
    Place place;
    const QString folder = place.at(QStringLiteral("Bilder für die Übung (1)"));
    const QStringList stems{
        QStringLiteral("Läsion 1 #2"),
        QStringLiteral("polyp & co %20"),
        QStringLiteral("图像"),
        QStringLiteral("naevus 'links'")};
    QVERIFY(QDir().mkpath(folder + QStringLiteral("/images")));
    for (const QString& stem : stems) {
        drawPicture(folder + QStringLiteral("/images/") + stem + QStringLiteral(".png"));
    }
    place.open(folder);
    QCOMPARE(place.bench.dataset.images().rowCount(), 4);
    QVERIFY(place.bench.window.windowTitle().contains(QStringLiteral("Übung")));
    QStringList found;
    for (int row = 0; row < 4; ++row) {
        place.show(row);
        found << place.bench.dataset.images().entry(row).stem;
        place.bench.drag(
            kLabel, {place.bench.viewOf(kLabel, 50, 50), place.bench.viewOf(kLabel, 90, 70)});
    }
    found.sort();
    QStringList sorted = stems;
    sorted.sort();
    QCOMPARE(found, sorted);
    place.bench.key(Qt::Key_S, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(place.bench.dataset.modifiedCount(), 0, kPatienceMs);
    for (const QString& stem : stems) {
        const QString mask =
            folder + QStringLiteral("/guidino-labels/") + stem + QStringLiteral(".png");
        QVERIFY2(QFileInfo::exists(mask), qPrintable(mask));
    }
}

void TestOddFolders::foldersThatCannotBeReadAreSaid()
{
    Place place;
    const QString folder = place.at(QStringLiteral("locked"));
    QVERIFY(QDir().mkpath(folder));
    drawPicture(folder + QStringLiteral("/a.png"));
    QVERIFY(QFile::setPermissions(folder, QFile::Permissions()));
    if (!QDir(folder).entryList(QDir::Files).isEmpty()) {
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QSKIP("this user may read everything");
    }
    place.bench.window.open({folder});
    QTRY_VERIFY(place.bench.window.messages().isVisible());
    const Notice notice = place.bench.window.messages().shown();
    QVERIFY2(notice.detail.contains(QStringLiteral("locked")), qPrintable(notice.detail));
    QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

QTEST_MAIN(TestOddFolders)
#include "tst_odd_folders.moc"
