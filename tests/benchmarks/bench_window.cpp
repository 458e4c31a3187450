// SPDX-License-Identifier: Apache-2.0
// The window's times, with events of the window system and the window that users have:
// bench_window [--train GUIDINO] [--workbench PROGRAM] WORK... prints one JSON line per figure.
// latency: pointer event to painted frame; next: next image, coarse and sharp; open: folders of
// 10,000 and 100,000 images, new and once more; memory and startup: of the program itself. Runs
// offscreen unless QT_QPA_PLATFORM says else.
#include "tests/ui/workbench_fixture.h"
#include "ui/model/image_list_model.h"

#include <sys/resource.h>
#include <unistd.h>

#include <QAbstractItemView>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QLineEdit>
#include <QProcess>
#include <QRandomGenerator>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <optional>

using namespace guidino;
using namespace guidino::ui;

namespace {

/// Notes when a frame of the watched window is on the screen: the request for an update has been
/// served, so all widgets are painted and the pixels are handed to the window system.
class Application : public QApplication
{
public:
    using QApplication::QApplication;

    QWidget* watched = nullptr;
    int frames = 0;
    /// Longest single turn of the event loop since it was set to 0, ns.
    qint64 longestNs = 0;

    bool notify(QObject* receiver, QEvent* event) override
    {
        QElapsedTimer timer;
        timer.start();
        const bool isFrame = receiver == watched && event->type() == QEvent::UpdateRequest;
        const bool result = QApplication::notify(receiver, event);
        frames += isFrame ? 1 : 0;
        longestNs = std::max(longestNs, timer.nsecsElapsed());
        return result;
    }
};

double percentile(std::vector<double> values, double percent)
{
    if (values.empty()) {
        return -1;
    }
    std::sort(values.begin(), values.end());
    const double rank = percent / 100 * static_cast<double>(values.size() - 1);
    return values[static_cast<std::size_t>(std::lround(rank))];
}

/// What the processors worked for this program so far: tells something on a busy machine too.
double processorMs()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// The same for processes that this one started and that have ended.
double childrenMs()
{
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    const auto ms = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
    };
    return ms(usage.ru_utime) + ms(usage.ru_stime);
}

/// Passed and worked since it was made.
class Watch
{
public:
    Watch() { m_timer.start(); }

    [[nodiscard]] double ms() const { return static_cast<double>(m_timer.nsecsElapsed()) / 1e6; }

    [[nodiscard]] double cpuMs() const { return processorMs() - m_processor; }

private:
    QElapsedTimer m_timer;
    double m_processor = processorMs();
};

struct Samples
{
    std::vector<double> ms;
    std::vector<double> cpuMs;

    void add(const Watch& watch)
    {
        ms.push_back(watch.ms());
        cpuMs.push_back(watch.cpuMs());
    }

    void add(const Samples& other)
    {
        ms.insert(ms.end(), other.ms.begin(), other.ms.end());
        cpuMs.insert(cpuMs.end(), other.cpuMs.begin(), other.cpuMs.end());
    }
};

void print(const char* work, const QString& what, const Samples& samples)
{
    const std::vector<double>& ms = samples.ms;
    std::printf(
        "{\"work\": \"%s\", \"what\": \"%s\", \"count\": %zu, \"p50_ms\": %.2f, \"p95_ms\": %.2f, "
        "\"p99_ms\": %.2f, \"max_ms\": %.2f, \"cpu_p50_ms\": %.2f, \"cpu_p95_ms\": %.2f}\n",
        work,
        qPrintable(what),
        ms.size(),
        percentile(ms, 50),
        percentile(ms, 95),
        percentile(ms, 99),
        percentile(ms, 100),
        percentile(samples.cpuMs, 50),
        percentile(samples.cpuMs, 95));
    std::fflush(stdout);
}

void print(const char* work, const QString& what, const char* unit, double value)
{
    std::printf(
        "{\"work\": \"%s\", \"what\": \"%s\", \"%s\": %.1f}\n",
        work,
        qPrintable(what),
        unit,
        value);
    std::fflush(stdout);
}

/// A smooth picture with noise, so that files are of the size that photographs have.
QImage photograph(QSize size, quint32 seed)
{
    QImage image(size, QImage::Format_RGB32);
    QRandomGenerator random(seed);
    for (int y = 0; y < size.height(); ++y) {
        auto* row = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < size.width(); ++x) {
            const int noise = static_cast<int>(random.bounded(16U));
            row[x] = qRgb(
                (x * 160 / size.width()) + 60 + noise,
                (y * 120 / size.height()) + 50 + noise,
                (x + y) % 256 / 4 + 60 + noise);
        }
    }
    return image;
}

/// A folder of `count` pictures of one size.
void fillFolder(const QString& folder, QSize size, int count)
{
    QDir().mkpath(folder + QStringLiteral("/images"));
    for (int i = 0; i < count; ++i) {
        photograph(size, static_cast<quint32>(i))
            .save(QStringLiteral("%1/images/case%2.jpg").arg(folder).arg(i), nullptr, 90);
    }
}

/// Serves events until the condition holds; false after `limitMs`.
template<typename Condition>
bool waitUntil(Condition holds, int limitMs = 60'000)
{
    QElapsedTimer timer;
    timer.start();
    // Sleeps in between: a loop that asks all the time would take the processor from the window's
    // own threads.
    QTimer wake;
    wake.setTimerType(Qt::PreciseTimer);
    wake.start(1);
    while (!holds()) {
        if (timer.elapsed() > limitMs) {
            return false;
        }
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
    }
    return true;
}

struct Stroke
{
    PaneRole role = PaneRole::Label;
    int moves = 60;
};

/// Milliseconds from each pointer event to the frame that shows what it painted. Pointers at 125 Hz
/// and 3,000 pixels a second, along a circle about the pane's middle.
Samples strokeTimes(Application& app, Workbench& bench, const Stroke& stroke, bool erases)
{
    Samples times;
    QWindow* handle = bench.window.windowHandle();
    CanvasView& pane = bench.pane(stroke.role);
    const QPointF middle = pane.rect().center();
    const double radius = 0.3 * std::min(pane.width(), pane.height());
    const auto at = [&](int step) {
        const double angle = step * 24 / radius;
        return pane.mapTo(
            &bench.window, (middle + radius * QPointF(std::cos(angle), std::sin(angle))).toPoint());
    };
    std::optional<int> framesWhenPainted;
    const auto watch = QObject::connect(&bench.shown(), &AnnotationDocument::labelsPainted, [&] {
        framesWhenPainted = framesWhenPainted.value_or(app.frames);
    });
    const Qt::MouseButton button = erases ? Qt::RightButton : Qt::LeftButton;
    QTest::mouseMove(handle, at(0));
    QTest::mousePress(handle, button, Qt::NoModifier, at(0));
    for (int step = 1; step <= stroke.moves; ++step) {
        const Watch watchOfEvent;
        framesWhenPainted.reset();
        QTest::mouseMove(handle, at(step));
        // A move over what is painted already changes nothing and does not count.
        waitUntil([&] { return framesWhenPainted || watchOfEvent.ms() > 200; });
        if (framesWhenPainted) {
            waitUntil([&] { return app.frames > *framesWhenPainted || watchOfEvent.ms() > 2000; });
            times.add(watchOfEvent);
        }
        waitUntil([&] { return watchOfEvent.ms() >= 8; });
    }
    QTest::mouseRelease(handle, button, Qt::NoModifier, at(stroke.moves));
    QObject::disconnect(watch);
    QTest::qWait(30);
    return times;
}

struct Case
{
    const char* name;
    QSize size;
};

const Case kCases[] = {
    {"256 x 256", {256, 256}}, {"1920 x 1072", {1920, 1072}}, {"30 megapixels", {6708, 4472}}};

void benchLatency(Application& app, const QString& condition)
{
    for (const Case& one : kCases) {
        const QTemporaryDir folder;
        const QTemporaryDir home;
        fillFolder(folder.path(), one.size, 1);
        Workbench bench(home.path());
        app.watched = &bench.window;
        bench.window.resize(1600, 1000);
        bench.open(folder.path());
        waitUntil([&] { return bench.dataset.current()->image() != nullptr; });
        for (const bool isFullSize : {false, true}) {
            if (isFullSize && one.size.width() < 1000) {
                continue;
            }
            bench.window.actionsOfWindow().fit->trigger();
            if (isFullSize) {
                bench.window.actionsOfWindow().fullSize->trigger();
            }
            for (const int diameter : {20, 100, 500}) {
                if (diameter > one.size.width()) {
                    continue;
                }
                bench.tools.setRadiusPx(diameter / 2.0);
                const Stroke stroke;
                QTest::qWait(100);
                Samples times;
                for (int round = 0; round < 4; ++round) {
                    times.add(strokeTimes(app, bench, stroke, round % 2 == 1));
                }
                print(
                    "latency",
                    QStringLiteral("%1, %2, brush %3 px, %4")
                        .arg(QLatin1String(one.name))
                        .arg(isFullSize ? QStringLiteral("100 %") : QStringLiteral("fit"))
                        .arg(diameter)
                        .arg(condition),
                    times);
                Samples undo;
                for (int i = 0; i < 4; ++i) {
                    const Watch watch;
                    const int seen = app.frames;
                    bench.shown().undoStack().undo();
                    waitUntil([&] { return app.frames > seen; }, 2000);
                    undo.add(watch);
                }
                print(
                    "undo",
                    QStringLiteral("%1, brush %2 px, %3")
                        .arg(QLatin1String(one.name))
                        .arg(diameter)
                        .arg(condition),
                    undo);
            }
        }
        // Moving a large image about: all panes follow.
        Samples pans;
        for (int i = 0; i < 40; ++i) {
            const Watch watch;
            const int seen = app.frames;
            QWheelEvent wheel(
                QPointF(50, 50),
                bench.pane(PaneRole::Label).mapToGlobal(QPointF(50, 50)),
                {},
                {0, i % 2 == 0 ? 120 : -120},
                Qt::NoButton,
                Qt::NoModifier,
                Qt::NoScrollPhase,
                false);
            QCoreApplication::sendEvent(&bench.pane(PaneRole::Label), &wheel);
            waitUntil([&] { return app.frames > seen; }, 2000);
            pans.add(watch);
        }
        print("zoom", QStringLiteral("%1, %2").arg(QLatin1String(one.name), condition), pans);
        bench.dataset.discardUnsaved();
        app.watched = nullptr;
    }
}

/// An image is there, coarse or not.
bool isThere(const Workbench& bench)
{
    return bench.dataset.current() != nullptr && bench.dataset.current()->image() != nullptr;
}

bool isSharp(const Workbench& bench)
{
    return isThere(bench) && !bench.dataset.current()->image()->isPreview();
}

/// From the key to the frame that shows the next image at all, and to the frame that shows it
/// sharp.
void benchNext(Application& app)
{
    for (const Case& one : kCases) {
        const QTemporaryDir folder;
        const QTemporaryDir home;
        fillFolder(folder.path(), one.size, 8);
        for (const int pauseMs : {0, 1500}) {
            Workbench bench(home.path());
            app.watched = &bench.window;
            bench.open(folder.path());
            Samples looks;
            Samples times;
            Samples blocked;
            for (int i = 0; i < 7; ++i) {
                waitUntil([&] { return isSharp(bench); });
                QTest::qWait(pauseMs);
                const AnnotationDocument* before = bench.dataset.current();
                app.longestNs = 0;
                const Watch watch;
                bench.dataset.showNext();
                waitUntil([&] { return bench.dataset.current() != before && isThere(bench); });
                int seen = app.frames;
                waitUntil([&] { return app.frames > seen; }, 2000);
                looks.add(watch);
                if (!isSharp(bench)) {
                    waitUntil([&] { return isSharp(bench); });
                    seen = app.frames;
                    waitUntil([&] { return app.frames > seen; }, 2000);
                }
                times.add(watch);
                blocked.ms.push_back(static_cast<double>(app.longestNs) / 1e6);
            }
            const QString what = QStringLiteral("%1, %2").arg(
                QLatin1String(one.name),
                pauseMs == 0 ? QStringLiteral("one after another")
                             : QStringLiteral("1.5 s to look"));
            print("next", what + QStringLiteral(", first look"), looks);
            print("next", what + QStringLiteral(", sharp"), times);
            print("next-blocked", what, blocked);
            app.watched = nullptr;
        }
    }
}

/// Many names of one tiny file.
bool fillWithLinks(const QString& folder, int count)
{
    QDir().mkpath(folder + QStringLiteral("/images"));
    const QByteArray first = QFile::encodeName(folder + QStringLiteral("/images/case000000.png"));
    if (!photograph({32, 32}, 1).save(QFile::decodeName(first))) {
        return false;
    }
    QByteArray source = first;
    for (int i = 1; i < count; ++i) {
        const QByteArray name = QFile::encodeName(
            QStringLiteral("%1/images/case%2.png").arg(folder).arg(i, 6, 10, QLatin1Char('0')));
        if (::link(source.constData(), name.constData()) != 0) {
            // A file system has a limit of names for one file.
            QFile::copy(QFile::decodeName(first), QFile::decodeName(name));
            source = name;
        }
    }
    return true;
}

/// From the wish to the painted list with its first thumbnails, and what the list does then.
void openOnce(Application& app, const QString& home, const QString& folder, const QString& what)
{
    Workbench bench(home);
    app.watched = &bench.window;
    auto* list = bench.window.findChild<QAbstractItemView*>(QStringLiteral("imageList"));
    auto* search = bench.window.findChild<QLineEdit*>(QStringLiteral("imageSearch"));
    app.longestNs = 0;
    bool isOpen = false;
    QObject::connect(&bench.dataset, &DatasetController::opened, [&] { isOpen = true; });
    const Watch watch;
    bench.window.open({folder});
    waitUntil([&] { return isOpen; });
    int seen = app.frames;
    waitUntil([&] { return app.frames > seen; });
    print("open", what + QStringLiteral(", list painted"), "ms", watch.ms());
    print("open", what + QStringLiteral(", list painted"), "cpu_ms", watch.cpuMs());
    waitUntil([&] { return isThere(bench); });
    print("open", what + QStringLiteral(", first image"), "ms", watch.ms());
    const ImageListModel& images = bench.dataset.images();
    waitUntil([&] {
        return !images.index(3).data(ImageListModel::ThumbnailRole).value<QImage>().isNull();
    });
    print("open", what + QStringLiteral(", first thumbnails"), "ms", watch.ms());
    print(
        "open",
        what + QStringLiteral(", longest time without an event"),
        "ms",
        static_cast<double>(app.longestNs) / 1e6);
    const Watch typed;
    search->setText(QStringLiteral("case0099"));
    seen = app.frames;
    waitUntil([&] { return app.frames > seen; });
    print("open", what + QStringLiteral(", a search"), "ms", typed.ms());
    search->clear();
    const Watch scrolled;
    list->scrollToBottom();
    seen = app.frames;
    waitUntil([&] { return app.frames > seen; });
    print("open", what + QStringLiteral(", to the end of the list"), "ms", scrolled.ms());
    app.watched = nullptr;
}

void benchOpen(Application& app)
{
    for (const int count : {10'000, 100'000}) {
        const QTemporaryDir folder;
        const QTemporaryDir home;
        if (!fillWithLinks(folder.path(), count)) {
            continue;
        }
        const QString what = QStringLiteral("%1 images").arg(count);
        openOnce(app, home.path(), folder.path(), what + QStringLiteral(", new project"));
        openOnce(app, home.path(), folder.path(), what + QStringLiteral(", opened again"));
    }
}

double residentMiB(qint64 pid)
{
    QFile status(QStringLiteral("/proc/%1/status").arg(pid));
    if (!status.open(QIODevice::ReadOnly)) {
        return 0;
    }
    for (const QByteArray& line : status.readAll().split('\n')) {
        if (line.startsWith("VmRSS:")) {
            return line.mid(6).trimmed().split(' ').first().toDouble() / 1024;
        }
    }
    return 0;
}

QProcessEnvironment environmentWith(const QString& home)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("GUIDINO_HOME"), home);
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), home);
    return environment;
}

/// What the program itself takes, without a model, some seconds after its start.
void benchMemory(const QString& program)
{
    const QTemporaryDir large;
    fillFolder(large.path(), kCases[2].size, 1);
    for (const bool hasImage : {false, true}) {
        const QTemporaryDir home;
        QProcess process;
        process.setProcessEnvironment(environmentWith(home.path()));
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.start(program, hasImage ? QStringList{large.path()} : QStringList{});
        double before = -1;
        for (int i = 0; i < 60; ++i) {
            QTest::qWait(1000);
            const double now = residentMiB(process.processId());
            if (i >= 4 && std::abs(now - before) < 1) {
                break;
            }
            before = now;
        }
        print(
            "memory",
            hasImage ? QStringLiteral("image of 30 megapixels") : QStringLiteral("idle"),
            "mib",
            residentMiB(process.processId()));
        process.terminate();
        process.waitForFinished();
    }
}

/// From the start of the process to its end after it drew its start page into a file: an upper
/// bound of what passes until the window is there.
void benchStartup(const QString& program)
{
    Samples times;
    for (int i = 0; i < 7; ++i) {
        const QTemporaryDir home;
        QProcess process;
        process.setProcessEnvironment(environmentWith(home.path()));
        const Watch watch;
        const double before = childrenMs();
        process.start(
            program,
            {QStringLiteral("--screenshot"),
             QStringLiteral("welcome"),
             QStringLiteral("--out"),
             home.filePath(QStringLiteral("start.png"))});
        process.waitForFinished(60'000);
        if (process.exitCode() != 0) {
            std::fprintf(stderr, "%s\n", process.readAllStandardError().constData());
            return;
        }
        times.ms.push_back(watch.ms());
        times.cpuMs.push_back(childrenMs() - before);
    }
    print("startup", QStringLiteral("start page drawn and written to a file"), times);
}

} // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    Application app(argc, argv);
    QString guidino;
    QString workbench;
    QStringList works;
    const QStringList arguments = QCoreApplication::arguments();
    for (qsizetype i = 1; i < arguments.size(); ++i) {
        if (arguments[i] == QStringLiteral("--train") && i + 1 < arguments.size()) {
            guidino = arguments[++i];
        } else if (arguments[i] == QStringLiteral("--workbench") && i + 1 < arguments.size()) {
            workbench = arguments[++i];
        } else {
            works.append(arguments[i]);
        }
    }
    for (const QString& work : works) {
        if (work == QStringLiteral("latency")) {
            benchLatency(app, QStringLiteral("alone"));
        } else if (work == QStringLiteral("latency-training") && !guidino.isEmpty()) {
            // As the window starts one: nice, with one thread less than there are.
            const QTemporaryDir out;
            QProcess training;
            training.setStandardOutputFile(QProcess::nullDevice());
            training.setStandardErrorFile(QProcess::nullDevice());
            const int threads = std::max(1, QThread::idealThreadCount() - 1);
            training.start(
                QStringLiteral("nice"),
                {QStringLiteral("-n"),
                 QStringLiteral("10"),
                 guidino,
                 QStringLiteral("train"),
                 QStringLiteral("--config"),
                 QStringLiteral("guidino-u"),
                 QStringLiteral("--data"),
                 QStringLiteral(GUIDINO_SAMPLES),
                 QStringLiteral("--set"),
                 QStringLiteral("guide.source=self"),
                 QStringLiteral("--threads"),
                 QString::number(threads),
                 QStringLiteral("--out"),
                 out.filePath(QStringLiteral("run"))});
            QTest::qWait(15'000); // past reading the data
            benchLatency(app, QStringLiteral("while a job trains"));
            if (training.state() != QProcess::Running) {
                std::fprintf(stderr, "bench_window: the training did not last\n");
            }
            training.terminate();
            training.waitForFinished();
        } else if (work == QStringLiteral("next")) {
            benchNext(app);
        } else if (work == QStringLiteral("open")) {
            benchOpen(app);
        } else if (work == QStringLiteral("memory") && !workbench.isEmpty()) {
            benchMemory(workbench);
        } else if (work == QStringLiteral("startup") && !workbench.isEmpty()) {
            benchStartup(workbench);
        } else {
            std::fprintf(stderr, "bench_window: cannot do '%s'\n", qPrintable(work));
            return 1;
        }
    }
    return 0;
}
