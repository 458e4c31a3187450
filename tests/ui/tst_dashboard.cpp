// SPDX-License-Identifier: Apache-2.0
// The dashboard in the real window, over run folders that grow while it looks at them, and over a
// training that the window starts itself.
#include "core/base/file.h"
#include "tests/ui/run_fixture.h"
#include "tests/ui/workbench_fixture.h"
#include "ui/model/chart_series.h"
#include "ui/model/run_board.h"
#include "ui/model/run_log.h"
#include "ui/widgets/dashboard/chart_board.h"
#include "ui/widgets/dashboard/chart_export.h"
#include "ui/widgets/dashboard/dashboard_desk.h"
#include "ui/widgets/dashboard/dashboard_page.h"
#include "ui/widgets/dashboard/filmstrip.h"
#include "ui/widgets/dashboard/log_page.h"
#include "ui/widgets/dashboard/pin_dialog.h"
#include "ui/widgets/dashboard/record_page.h"
#include "ui/widgets/finetune_sheet.h"

#include <QChart>
#include <QClipboard>
#include <QDockWidget>
#include <QLineSeries>
#include <QListWidget>
#include <QSignalSpy>
#include <QSlider>
#include <QSvgRenderer>
#include <QToolBar>
#include <QToolButton>
#include <QTreeWidget>

#include <ctime>

using namespace guidino;
using namespace guidino::ui;

namespace {

const QString kStandIn = QStringLiteral(GUIDINO_BINARY_DIR "/tests/standin_guidino");

std::filesystem::path pathIn(const QTemporaryDir& folder, const char* name)
{
    return std::filesystem::path(folder.path().toStdString()) / name;
}

DashboardDesk& deskOf(Workbench& bench)
{
    return *bench.window.findChild<DashboardDesk*>();
}

/// A finished run of some epochs, with two pinned cases.
void fill(SyntheticRun& run, int epochs, double best)
{
    run.writeRecords();
    run.begin();
    for (int epoch = 1; epoch <= epochs; ++epoch) {
        const double dsc = best * (1 - 0.5 / epoch);
        run.epoch(epoch, epochs, 4, dsc);
        run.checkpoint(epoch, dsc);
        run.preview("a", epoch, 20 * epoch, dsc);
        run.preview("b", epoch, 20 * epoch, dsc);
    }
    run.append("log.txt", "2026-01-31T12:00:00.000Z info epoch 1  dsc 0.4\n");
    run.append("log.txt", "2026-01-31T12:00:01.000Z warning a JPEG named .png\n");
    run.end();
}

void showAndRead(Workbench& bench, const std::filesystem::path& folder)
{
    deskOf(bench).showRun(folder);
    QTRY_VERIFY(deskOf(bench).page().runs().current()->isLoaded());
    QTRY_VERIFY(!deskOf(bench).page().charts().charts().isEmpty());
    QTest::qWait(20); // the layout follows
}

QPoint inPlot(const RunChartView& view, double share)
{
    const QRectF area = view.chart()->plotArea();
    return QPointF(area.left() + share * area.width(), area.center().y()).toPoint();
}

/// Of this thread, so that a busy machine does not matter.
double processorMs()
{
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

} // namespace

class TestDashboard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itOpensAndLeavesTheWindowAsItWas();
    void anEmptyOneSaysWhatWillCome();
    void curvesFollowAGrowingRun();
    void draggingZoomsAndDoubleClickResets();
    void theCrossHairReadsAllCharts();
    void logarithmicAxesLeaveOutWhatTheyCannotShow();
    void smoothingKeepsTheRawLine();
    void runsAreLaidOverEachOther();
    void noMoreThanTenThousandPointsAreDrawn();
    void coloursFollowTheThemeAndCanBeTold();
    void chartsAndValuesAreExported();
    void theFilmGoesThroughTheEpochs();
    void otherCasesArePinned();
    void theLogIsFilteredInItsPage();
    void theRecordIsCopied();
    void aRunIsPausedAndStopped();
    void aTrainingOfTheWindowIsShown();
    void trainingsOfTheProjectAreFound();
    void paintingGoesOnWhileALongRunIsRead();
};

void TestDashboard::itOpensAndLeavesTheWindowAsItWas()
{
    const SyntheticFolder folder;
    const QTemporaryDir home;
    Workbench bench(home.path());
    bench.open(folder.path());
    SyntheticRun run(pathIn(home, "runs/first"));
    fill(run, 3, 0.8);
    auto* images = bench.window.findChild<QDockWidget*>(QStringLiteral("images"));
    auto* bar = bench.window.findChild<QToolBar*>(QStringLiteral("topBar"));
    QVERIFY(images->isVisible() && bar->isVisible());
    deskOf(bench).setRunsFolder(pathIn(home, "runs"));
    bench.key(Qt::Key_3, Qt::ControlModifier);
    DashboardDesk& desk = deskOf(bench);
    QVERIFY(desk.isShown() && desk.page().isVisible());
    QVERIFY(!images->isVisible() && !bar->isVisible());
    QTRY_COMPARE(desk.page().runs().current()->name(), QStringLiteral("first")); // the newest
    QTest::keyClick(&desk.page(), Qt::Key_Escape);
    QVERIFY(!desk.isShown() && bench.window.canvas().isVisible());
    QVERIFY(images->isVisible() && bar->isVisible());
    QVERIFY(!desk.show->isChecked());
    // Another page of the window ends it, too.
    desk.showLast();
    QVERIFY(!images->isVisible());
    bench.window.open({folder.path()});
    QTRY_VERIFY(!desk.isShown());
    QVERIFY(images->isVisible());
}

void TestDashboard::anEmptyOneSaysWhatWillCome()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    deskOf(bench).showLast();
    DashboardPage& page = deskOf(bench).page();
    QVERIFY(page.isVisible());
    QVERIFY(page.runs().current() == nullptr);
    QVERIFY(!page.charts().isVisible());
    QVERIFY(!page.pause->isEnabled());
    // What it offers is called by its name, not by a picture alone.
    const auto* start = page.findChild<QToolButton*>(QStringLiteral("dashboardStart"));
    QVERIFY(start != nullptr && start->isVisible());
    const QString text = start->defaultAction()->iconText();
    QVERIFY(!text.isEmpty());
    QVERIFY(
        start->width() > start->iconSize().width() + start->fontMetrics().horizontalAdvance(text));
}

void TestDashboard::curvesFollowAGrowingRun()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun run(pathIn(home, "runs/live"));
    auto worker = protocol::RunFolder::open(run.folder(), "test"); // it is alive
    QVERIFY(worker);
    run.begin();
    run.epoch(1, 5, 4, 0.5);
    showAndRead(bench, run.folder());
    DashboardPage& page = deskOf(bench).page();
    RunChartView* overlap = page.charts().chart(QStringLiteral("overlap"));
    QVERIFY(overlap != nullptr);
    QCOMPARE(overlap->lines().size(), 2);
    QCOMPARE(overlap->lines()[0].points.size(), 1);
    for (const char* id : {"loss", "parts", "hd95", "lr", "speed", "memory"}) {
        QVERIFY2(page.charts().chart(QLatin1String(id)) != nullptr, id);
    }
    run.epoch(2, 5, 4, 0.75);
    QTRY_COMPARE(overlap->lines()[0].points.size(), 2);
    QCOMPARE(overlap->lines()[0].points.last(), QPointF(2, 0.75));
    auto* state = page.findChild<QLabel*>(QStringLiteral("dashboardState"));
    QVERIFY(state->text().contains(QLatin1String("running")));
    auto* progress = page.findChild<QLabel*>(QStringLiteral("dashboardProgress"));
    QVERIFY2(
        progress->text().contains(QLatin1String("epoch 2 of 5")), qPrintable(progress->text()));
    // While nobody looks, nothing is read; then all is caught up.
    deskOf(bench).leave();
    run.epoch(3, 5, 4, 0.8);
    QTest::qWait(700);
    QCOMPARE(overlap->lines()[0].points.size(), 2);
    deskOf(bench).showLast();
    QTRY_COMPARE(page.charts().chart(QStringLiteral("overlap"))->lines()[0].points.size(), 3);
    run.end();
    QTRY_VERIFY(state->text().contains(QLatin1String("finished")));
}

void TestDashboard::draggingZoomsAndDoubleClickResets()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun run(pathIn(home, "runs/one"));
    fill(run, 10, 0.9);
    showAndRead(bench, run.folder());
    ChartBoard& charts = deskOf(bench).page().charts();
    RunChartView* loss = charts.chart(QStringLiteral("loss"));
    QVERIFY(!charts.range().has_value() && !charts.resetZoom->isEnabled());
    QTest::mousePress(loss->viewport(), Qt::LeftButton, {}, inPlot(*loss, 0.2));
    QTest::mouseMove(loss->viewport(), inPlot(*loss, 0.4));
    QTest::mouseRelease(loss->viewport(), Qt::LeftButton, {}, inPlot(*loss, 0.4));
    QVERIFY(charts.range().has_value());
    QVERIFY(std::abs(charts.range()->first - 2) < 0.1);
    QVERIFY(std::abs(charts.range()->second - 4) < 0.1);
    // All charts show the same part, from edge to edge.
    auto* hd95 =
        qobject_cast<QLineSeries*>(charts.chart(QStringLiteral("hd95"))->chart()->series().last());
    QVERIFY(hd95->count() >= 3 && hd95->count() <= 5);
    QTest::mouseDClick(loss->viewport(), Qt::LeftButton, {}, inPlot(*loss, 0.5));
    QVERIFY(!charts.range().has_value());
    // A click is no zoom; keys zoom, too, but not beyond the run.
    QTest::mouseClick(loss->viewport(), Qt::LeftButton, {}, inPlot(*loss, 0.5));
    QVERIFY(!charts.range().has_value());
    QTest::keyClick(loss, Qt::Key_Plus);
    QVERIFY(charts.range().has_value());
    for (int i = 0; i < 100; ++i) {
        QTest::keyClick(loss, Qt::Key_Plus);
    }
    QVERIFY(charts.range()->second > charts.range()->first);
    QTest::keyClick(loss, Qt::Key_Home);
    QVERIFY(!charts.range().has_value());
}

void TestDashboard::theCrossHairReadsAllCharts()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun run(pathIn(home, "runs/one"));
    fill(run, 4, 0.8);
    showAndRead(bench, run.folder());
    ChartBoard& charts = deskOf(bench).page().charts();
    RunChartView* overlap = charts.chart(QStringLiteral("overlap"));
    RunChartView* loss = charts.chart(QStringLiteral("loss"));
    QCOMPARE(overlap->readOutAt(4).first(), QStringLiteral("DSC 0.7"));
    QVERIFY(overlap->readOutAt(0.5).isEmpty()); // before the first value
    const QImage before = loss->grab().toImage();
    QTest::mouseMove(overlap->viewport(), inPlot(*overlap, 0.75));
    QTRY_VERIFY(loss->grab().toImage() != before); // the other charts have the cross-hair, too
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(overlap, &leave);
    QTRY_VERIFY(loss->grab().toImage() == before);
    // By keys, from value to value.
    QSignalSpy hovered(overlap, &RunChartView::hovered);
    overlap->setFocus();
    QTest::keyClick(overlap, Qt::Key_Right);
    QTest::keyClick(overlap, Qt::Key_Left);
    QCOMPARE(hovered.count(), 2);
    QCOMPARE(*hovered.last().first().value<std::optional<double>>(), 3.0);
}

void TestDashboard::logarithmicAxesLeaveOutWhatTheyCannotShow()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun run(pathIn(home, "runs/one"));
    fill(run, 4, 0.8);
    run.say(protocol::Metric{"odd", -1, 1, "train"});
    run.say(protocol::Metric{"odd", 10, 2, "train"});
    run.say(protocol::Metric{"odd", 1000, 3, "train"});
    showAndRead(bench, run.folder());
    ChartBoard& charts = deskOf(bench).page().charts();
    RunChartView* odd = charts.chart(QStringLiteral("train/odd"));
    const auto series = [odd] { return qobject_cast<QLineSeries*>(odd->chart()->series().last()); };
    QCOMPARE(series()->count(), 3);
    charts.logScale->trigger();
    QCOMPARE(series()->count(), 2);
    QCOMPARE(series()->at(0).y(), 1.0);
    QCOMPARE(series()->at(1).y(), 3.0);
    charts.logScale->trigger();
    QCOMPARE(series()->count(), 3);
}

void TestDashboard::smoothingKeepsTheRawLine()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun run(pathIn(home, "runs/one"));
    fill(run, 8, 0.8);
    showAndRead(bench, run.folder());
    ChartBoard& charts = deskOf(bench).page().charts();
    RunChartView* hd95 = charts.chart(QStringLiteral("hd95"));
    const QList<QPointF> values = hd95->lines()[0].points;
    QVERIFY(hd95->lines()[0].raw.isEmpty());
    auto* slider = charts.findChild<QSlider*>(QStringLiteral("smoothing"));
    slider->setValue(60);
    QCOMPARE(charts.smoothing(), 0.6);
    QCOMPARE(hd95->lines()[0].raw, values);
    QVERIFY(hd95->lines()[0].points != values);
    QCOMPARE(hd95->lines()[0].points.first(), values.first());
    slider->setValue(0);
    QCOMPARE(hd95->lines()[0].points, values);
}

void TestDashboard::runsAreLaidOverEachOther()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun one(pathIn(home, "runs/one"));
    fill(one, 4, 0.8);
    SyntheticRun two(pathIn(home, "runs/two"));
    fill(two, 6, 0.9);
    showAndRead(bench, one.folder());
    DashboardPage& page = deskOf(bench).page();
    auto* list = page.findChild<QListWidget*>(QStringLiteral("runList"));
    QCOMPARE(list->count(), 2);
    QVERIFY(page.charts().chart(QStringLiteral("overlap.dsc")) == nullptr);
    QListWidgetItem* other = list->item(page.runs().currentIndex() == 0 ? 1 : 0);
    other->setCheckState(Qt::Checked);
    QTRY_VERIFY(page.charts().chart(QStringLiteral("overlap.dsc")) != nullptr);
    RunChartView* dsc = page.charts().chart(QStringLiteral("overlap.dsc"));
    QTRY_COMPARE(dsc->lines().size(), 2);
    QTRY_COMPARE(dsc->lines()[1].points.size(), 6);
    QCOMPARE(dsc->lines()[0].title, QStringLiteral("one"));
    // Told apart by colour and by dashes.
    const ChartStyle style = ChartStyle::of(bench.theme);
    const QPen first = style.linePen(dsc->lines()[0].style, 2);
    const QPen second = style.linePen(dsc->lines()[1].style, 2);
    QVERIFY(first.color() != second.color());
    QVERIFY(first.dashPattern() != second.dashPattern());
    other->setCheckState(Qt::Unchecked);
    QTRY_VERIFY(page.charts().chart(QStringLiteral("overlap")) != nullptr);
}

void TestDashboard::noMoreThanTenThousandPointsAreDrawn()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun run(pathIn(home, "runs/long"));
    run.begin();
    std::string text;
    for (int i = 1; i <= 40'000; ++i) {
        for (const char* name : {"loss", "dsc"}) {
            text += R"({"type":"metric","seq":1,"name":")" + std::string(name) + R"(","value":)"
                    + std::to_string(i % 97 == 0 ? 9.0 : 1.0 / i) + R"(,"step":)"
                    + std::to_string(i) + R"(,"split":")" + (*name == 'l' ? "train" : "val")
                    + "\"}\n";
        }
    }
    run.append("messages.jsonl", text);
    deskOf(bench).showRun(run.folder());
    ChartBoard& charts = deskOf(bench).page().charts();
    QTRY_VERIFY_WITH_TIMEOUT(deskOf(bench).page().runs().current()->isLoaded(), 60'000);
    QTRY_COMPARE(charts.chart(QStringLiteral("loss"))->lines()[0].points.size(), 40'000);
    charts.setSmoothing(0.9);
    QVERIFY(charts.drawnPoints() > 5000);
    QVERIFY2(
        charts.drawnPoints() <= kMostDrawnPoints,
        qPrintable(QString::number(charts.drawnPoints())));
    // Zoomed in, what is thinned far out comes apart.
    charts.setSmoothing(0);
    charts.setRange(std::pair(1000.0, 1100.0));
    auto* series = qobject_cast<QLineSeries*>(
        charts.chart(QStringLiteral("overlap"))->chart()->series().last());
    QCOMPARE(series->count(), 103);
}

void TestDashboard::coloursFollowTheThemeAndCanBeTold()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun run(pathIn(home, "runs/one"));
    fill(run, 4, 0.8);
    showAndRead(bench, run.folder());
    RunChartView* loss = deskOf(bench).page().charts().chart(QStringLiteral("loss"));
    for (const bool isDark : {true, false}) {
        bench.theme.apply(isDark);
        const ChartStyle style = ChartStyle::of(bench.theme);
        QCOMPARE(loss->chart()->backgroundBrush().color(), style.background);
        const QColor ground = loss->grab().toImage().pixelColor(4, loss->height() / 2);
        QCOMPARE(ground, style.background);
        QVERIFY(contrastOf(style.text, style.background) >= 7);
        QVERIFY(contrastOf(style.muted, style.background) >= 4.5);
        QSet<QString> seen;
        for (int i = 0; i < 28; ++i) {
            const QPen pen = style.linePen(i, 2);
            QVERIFY(contrastOf(pen.color(), style.background) >= (i % 7 < 4 ? 3 : 1.9));
            QString key = pen.color().name();
            for (const qreal length : pen.dashPattern()) {
                key += QStringLiteral(" %1").arg(length);
            }
            QVERIFY(!seen.contains(key));
            seen.insert(key);
        }
    }
    bench.theme.apply(true);
}

void TestDashboard::chartsAndValuesAreExported()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun run(pathIn(home, "runs/one"));
    fill(run, 4, 0.8);
    showAndRead(bench, run.folder());
    ChartBoard& charts = deskOf(bench).page().charts();
    const QString svg = home.filePath(QStringLiteral("charts.svg"));
    const QString png = home.filePath(QStringLiteral("charts.png"));
    QVERIFY(saveChartsAsSvg(charts.charts(), 2, svg));
    QVERIFY(saveChartsAsPng(charts.charts(), 2, png));
    const QSvgRenderer renderer(svg);
    QVERIFY(renderer.isValid());
    const auto text = readFile(svg.toStdString());
    QVERIFY(text && text->find("HD95") != std::string::npos); // words stay words
    const QImage picture(png);
    QVERIFY(picture.width() > 600);
    QCOMPARE(picture.pixelColor(1, 1), QColor(Qt::white)); // for print, in any theme
    const QColor shown = charts.charts().first()->grab().toImage().pixelColor(2, 2);
    QVERIFY(shown != QColor(Qt::white)); // the screen is as before
    const std::string csv = valuesAsCsv(
        {{QStringLiteral("one, two"), &deskOf(bench).page().runs().current()->curves()}}, {});
    QVERIFY(csv.starts_with("run,metric,split,step,epoch,seconds,value\n"));
    QVERIFY(csv.find("\"one, two\",dsc,val,16,4,20,0.7") != std::string::npos);
    QVERIFY(csv.find("\"one, two\",loss,train,1,0.25,1,1\n") != std::string::npos);
    const std::string part = valuesAsCsv(
        {{QStringLiteral("one"), &deskOf(bench).page().runs().current()->curves()}},
        charts.chart(QStringLiteral("hd95"))->content().lines);
    QCOMPARE(std::count(part.begin(), part.end(), '\n'), 1 + 4);
    const Status failed = saveText("x", QStringLiteral("/proc/none/x.csv"));
    QVERIFY(!failed && failed.error().code == ErrorCode::CannotWrite);
}

void TestDashboard::theFilmGoesThroughTheEpochs()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun run(pathIn(home, "runs/one"));
    fill(run, 5, 0.8);
    showAndRead(bench, run.folder());
    Filmstrip& film = deskOf(bench).page().film();
    QTRY_COMPARE(film.cellCount(), 2);
    QCOMPARE(*film.epoch(), 5); // the newest
    QTRY_VERIFY(film.isComplete());
    const QImage last = film.grab().toImage();
    film.setFocus();
    QTest::keyClick(&film, Qt::Key_Home);
    QCOMPARE(*film.epoch(), 1);
    QTRY_VERIFY(film.isComplete());
    QTest::qWait(20);
    QVERIFY(film.grab().toImage() != last);
    QTest::keyClick(&film, Qt::Key_Right);
    QTest::keyClick(&film, Qt::Key_Right);
    QCOMPARE(*film.epoch(), 3);
    film.findChild<QSlider*>(QStringLiteral("filmSlider"))->setValue(1);
    QCOMPARE(*film.epoch(), 2);
    QTest::keyClick(&film, Qt::Key_Space); // plays to the end and stops
    QTRY_COMPARE(*film.epoch(), 5);
    QTRY_VERIFY(!film.findChild<QToolButton*>(QStringLiteral("filmPlay"))->isChecked());
    // Whoever looks at the end sees what comes; whoever looks back is left in peace.
    run.preview("a", 6, 100, 0.5);
    QTRY_COMPARE(*film.epoch(), 6);
    film.showEpoch(2);
    run.preview("a", 7, 100, 0.5);
    QTRY_COMPARE(film.findChild<QSlider*>(QStringLiteral("filmSlider"))->maximum(), 6);
    QCOMPARE(*film.epoch(), 2);
}

void TestDashboard::otherCasesArePinned()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun run(pathIn(home, "runs/one"));
    fill(run, 2, 0.8);
    showAndRead(bench, run.folder());
    DashboardPage& page = deskOf(bench).page();
    page.film().pinButton().click();
    auto* dialog = page.findChild<PinDialog*>();
    QVERIFY(dialog != nullptr && dialog->isVisible());
    QCOMPARE(dialog->list().count(), 3);
    QCOMPARE(dialog->list().item(0)->checkState(), Qt::Checked); // shown now
    QCOMPARE(dialog->list().item(2)->checkState(), Qt::Unchecked);
    auto* keep = dialog->findChild<QPushButton*>(QStringLiteral("pinKeep"));
    for (int i = 0; i < 3; ++i) {
        dialog->list().item(i)->setCheckState(Qt::Unchecked);
    }
    QVERIFY(!keep->isEnabled()); // none is no wish
    dialog->list().item(2)->setCheckState(Qt::Checked);
    keep->click();
    const auto text = readFile(run.folder() / "previews" / "pinned.json");
    QVERIFY(text && text->find("\"c\"") != std::string::npos);
    QVERIFY(text->find("images/a.png") == std::string::npos);
}

void TestDashboard::theLogIsFilteredInItsPage()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun run(pathIn(home, "runs/one"));
    fill(run, 2, 0.8);
    showAndRead(bench, run.folder());
    DashboardPage& page = deskOf(bench).page();
    page.showPart(DashboardPage::Part::Log);
    QVERIFY(page.logPage().isVisible() && !page.film().isVisible());
    RunLog& log = page.logPage().log();
    QTRY_COMPARE(log.rowCount(), 2);
    page.findChild<QComboBox*>(QStringLiteral("logSeverity"))->setCurrentIndex(1);
    QCOMPARE(log.rowCount(), 1);
    page.findChild<QComboBox*>(QStringLiteral("logSeverity"))->setCurrentIndex(0);
    QTest::keyClicks(page.findChild<QLineEdit*>(QStringLiteral("logWords")), QStringLiteral("dsc"));
    QCOMPARE(log.rowCount(), 1);
    run.append("log.txt", "2026-01-31T12:00:05.000Z info epoch 2  dsc 0.5\n");
    QTRY_COMPARE(log.rowCount(), 2);
    auto* view = page.findChild<QListView*>(QStringLiteral("logView"));
    view->selectAll();
    view->findChild<QAction*>(QStringLiteral("logCopy"))->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text().count(QLatin1Char('\n')), 1);
}

void TestDashboard::theRecordIsCopied()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun run(pathIn(home, "runs/one"));
    fill(run, 2, 0.8);
    showAndRead(bench, run.folder());
    DashboardPage& page = deskOf(bench).page();
    page.showPart(DashboardPage::Part::Record);
    QTest::mouseClick(page.findChild<QPushButton*>(QStringLiteral("copyCommand")), Qt::LeftButton);
    QVERIFY(QGuiApplication::clipboard()->text().startsWith(
        QLatin1String("guidino train --config guidino-u --data '/data/polyps and more'")));
    QTest::mouseClick(page.findChild<QPushButton*>(QStringLiteral("copyRecord")), Qt::LeftButton);
    QVERIFY(QGuiApplication::clipboard()->text().contains(QLatin1String("abc123")));
    auto* tree = page.findChild<QTreeWidget*>(QStringLiteral("recordTree"));
    QTest::keyClicks(
        page.findChild<QLineEdit*>(QStringLiteral("recordWords")), QStringLiteral("seed"));
    int shown = 0;
    for (int i = 0; i < tree->topLevelItemCount(); ++i) {
        for (int k = 0; k < tree->topLevelItem(i)->childCount(); ++k) {
            shown += tree->topLevelItem(i)->child(k)->isHidden() ? 0 : 1;
        }
    }
    QCOMPARE(shown, 2); // of the run, and the setting
}

void TestDashboard::aRunIsPausedAndStopped()
{
    const QTemporaryDir home;
    Workbench bench(home.path());
    SyntheticRun run(pathIn(home, "runs/live"));
    auto worker = protocol::RunFolder::open(run.folder(), "test");
    QVERIFY(worker);
    run.begin();
    run.epoch(1, 5, 2, 0.5);
    showAndRead(bench, run.folder());
    DashboardPage& page = deskOf(bench).page();
    QVERIFY(page.pause->isEnabled());
    page.pause->trigger();
    const auto commands = (*worker)->commands();
    QCOMPARE(commands.size(), std::size_t{1});
    QVERIFY(std::holds_alternative<protocol::Pause>(commands[0].body));
    run.say(protocol::Alive{2, "paused"});
    QTRY_COMPARE(page.pause->text(), QStringLiteral("Go on"));
    page.pause->trigger();
    page.stopAndKeep->trigger();
    const auto more = (*worker)->commands();
    QCOMPARE(more.size(), std::size_t{2});
    QVERIFY(std::holds_alternative<protocol::Resume>(more[0].body));
    QVERIFY(std::holds_alternative<protocol::StopAndKeep>(more[1].body));
    run.end("stopped");
    QTRY_VERIFY(!page.pause->isEnabled());
}

void TestDashboard::aTrainingOfTheWindowIsShown()
{
    const SyntheticFolder folder(4, 4);
    const QTemporaryDir home;
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    FineTuneController& plan = bench.window.findChild<FineTuneSheet*>()->plan();
    plan.refresh();
    FineTuneOptions options = plan.options();
    options.epochs = 4;
    plan.setOptions(options);
    plan.start();
    QTRY_COMPARE(bench.training.state(), TrainingController::State::Running);
    bench.key(Qt::Key_3, Qt::ControlModifier);
    DashboardPage& page = deskOf(bench).page();
    QTRY_VERIFY(page.runs().current() != nullptr);
    QCOMPARE(page.runs().current()->folder(), bench.training.runFolder());
    QTRY_VERIFY(page.charts().chart(QStringLiteral("overlap")) != nullptr);
    QTRY_COMPARE(page.charts().chart(QStringLiteral("overlap"))->lines()[0].points.size(), 4);
    QTRY_COMPARE(page.runs().current()->state(), jobs::JobState::Finished);
}

void TestDashboard::trainingsOfTheProjectAreFound()
{
    const SyntheticFolder folder(4, 4);
    const SyntheticFolder other;
    const QTemporaryDir home;
    JobId trained;
    {
        Workbench bench(home.path(), kStandIn);
        bench.open(folder.path());
        protocol::TrainSpec training;
        training.config = "unet";
        protocol::PredictSpec prediction;
        prediction.model = "model";
        prediction.input = folder.path().toStdString();
        prediction.out = pathIn(home, "out");
        trained = *bench.jobs.queue().add(training);
        const auto predicted = bench.jobs.queue().add(prediction);
        for (const JobId id : {trained, *predicted}) {
            QTRY_VERIFY(jobs::isEnd(bench.jobs.queue().job(id)->state()));
        }
        QVERIFY(bench.jobs.hasDashboard(trained));
        QVERIFY(!bench.jobs.hasDashboard(*predicted));
    }
    Workbench bench(home.path(), kStandIn);
    bench.open(folder.path());
    bench.key(Qt::Key_3, Qt::ControlModifier);
    DashboardPage& page = deskOf(bench).page();
    QVERIFY(page.runs().current() != nullptr);
    QCOMPARE(page.runs().current()->name(), QStringLiteral("Training from scratch 1"));
    QCOMPARE(page.runs().runs().size(), std::size_t{1}); // what was predicted is no training
    deskOf(bench).leave();
    bench.jobs.showDashboard(trained);
    QVERIFY(deskOf(bench).isShown());
    // Another project has others.
    bench.window.open({other.path()});
    QTRY_VERIFY(!deskOf(bench).isShown());
    bench.key(Qt::Key_3, Qt::ControlModifier);
    QVERIFY(page.isVisible() && page.runs().current() == nullptr);
    QVERIFY(page.runs().runs().empty());
}

void TestDashboard::paintingGoesOnWhileALongRunIsRead()
{
    const SyntheticFolder folder;
    const QTemporaryDir home;
    Workbench bench(home.path());
    bench.open(folder.path());
    SyntheticRun run(pathIn(home, "runs/long"));
    run.begin();
    std::string text;
    for (int i = 1; i <= 200'000; ++i) {
        text += R"({"type":"metric","seq":1,"name":"loss","value":)" + std::to_string(1.0 / i)
                + R"(,"step":)" + std::to_string(i) + R"(,"split":"train"})" + "\n";
    }
    run.append("messages.jsonl", text);
    // The same model that the page has, while the canvas stays in front.
    RunBoard board;
    board.open(run.folder());
    QTest::qWait(1);
    double longest = 0;
    int strokes = 0;
    while (!board.current()->isLoaded() && strokes < 400) {
        const int y = 5 + strokes % 140;
        const double before = processorMs();
        bench.drag(
            PaneRole::Label,
            {bench.viewOf(PaneRole::Label, 10, y), bench.viewOf(PaneRole::Label, 30, y)});
        longest = std::max(longest, processorMs() - before);
        ++strokes;
    }
    QTRY_VERIFY_WITH_TIMEOUT(board.current()->isLoaded(), 120'000);
    QVERIFY(strokes > 3);
    QCOMPARE(int{bench.shown().labels().at(20, 5)}, 1);
    // A stroke waits for pieces of 6 ms, never for the file; processor time of the whole stroke
    // with the repaints of all panes.
    QVERIFY2(longest < 400, qPrintable(QString::number(longest)));
}

QTEST_MAIN(TestDashboard)
#include "tst_dashboard.moc"
