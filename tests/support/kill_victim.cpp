// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/job_queue.h"
#include "core/project/journal_writer.h"
#include "core/project/project_store.h"

#include <QCoreApplication>
#include <QTimer>

#include <cstdio>

/// A window without widgets that is there to be killed: it edits an image without end and has a
/// training in its queue, which it resumes whenever its worker died.
///
///   kill_victim PROJECT GUIDINO LEASES DATA EPOCHS
///
/// Says "kept N" when the first N edits are on disk, "working" when a worker is at work, "finished"
/// and its end when the training is done, "problem TEXT" where something went wrong.
using namespace guidino;
using namespace guidino::jobs;

namespace {

constexpr int kEditMs = 20;
constexpr ImageId kImage{1};

void say(const QString& text)
{
    std::printf("%s\n", qPrintable(text));
    std::fflush(stdout);
}

project::JournalEntry editNumber(int number)
{
    project::JournalEntry entry;
    entry.image = kImage;
    entry.text = QString::number(number);
    auto before = std::make_shared<LabelMap::Tile>();
    auto after = std::make_shared<LabelMap::Tile>();
    before->fill(static_cast<std::uint8_t>(number - 1));
    after->fill(static_cast<std::uint8_t>(number));
    entry.tiles = {{0, before, after}};
    return entry;
}

protocol::JobSpec training(const QString& data, const QString& epochs)
{
    protocol::TrainSpec spec;
    spec.config = "unet";
    spec.data = data.toStdString();
    spec.device = "cpu";
    spec.threads = 1;
    spec.settings = {
        "network.base_channels=4",
        "data.image_size=32",
        "training.batch_size=2",
        "training.epochs=" + epochs.toStdString()};
    return spec;
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    if (words.size() < 6) {
        return 2;
    }
    const auto store = project::ProjectStore::open(words[1]);
    if (!store) {
        say(QStringLiteral("problem ") + QString::fromStdString(store.error().message));
        return 1;
    }
    const auto journal = (*store)->journal(kImage);
    int number = journal ? static_cast<int>(journal->size()) : 0;
    project::JournalWriter writer((*store)->databaseFile());
    QObject::connect(&writer, &project::JournalWriter::written, &application, [&] {
        say(QStringLiteral("kept %1").arg(number - writer.pending()));
    });
    QTimer editing;
    QObject::connect(
        &editing, &QTimer::timeout, &application, [&] { writer.append(editNumber(++number)); });
    editing.start(kEditMs);

    DeviceLease lease(words[3]);
    lease.setDevices({{"cpu", "CPU", 1, 1, true, ""}});
    JobQueue queue(words[2], lease);
    queue.setTiming({100, 10000, 5000});
    QObject::connect(&queue, &JobQueue::problemOccurred, &application, [](const Error& error) {
        say(QStringLiteral("problem ") + QString::fromStdString(error.message));
    });
    QObject::connect(&queue, &JobQueue::jobChanged, &application, [&](JobId id) {
        if (const Job* job = queue.job(id); job != nullptr && job->state() == JobState::Running) {
            say(QStringLiteral("working"));
        }
    });
    const auto judge = [&](JobId id) {
        const Job* job = queue.job(id);
        if (job->state() == JobState::Finished) {
            say(QStringLiteral("finished"));
            QCoreApplication::quit();
        } else if (job->state() == JobState::Crashed) {
            (void)queue.perform(id, JobVerb::Resume);
        } else {
            say(QStringLiteral("problem job ended as %1: %2")
                    .arg(
                        QLatin1StringView(nameOf(job->state())),
                        QString::fromStdString(job->end.failure.message)));
            QCoreApplication::exit(1);
        }
    };
    QObject::connect(&queue, &JobQueue::ended, &application, judge);
    if (const auto opened = queue.open(words[1] + QStringLiteral("/jobs")); !opened) {
        say(QStringLiteral("problem ") + QString::fromStdString(opened.error().message));
        return 1;
    }
    // All that were finished while no window was there are of the past.
    bool hasWork = false;
    for (const Job* job : queue.jobs()) {
        hasWork = hasWork || job->state() != JobState::Finished;
    }
    if (!hasWork) {
        (void)queue.add(training(words[4], words[5]));
    } else {
        const auto jobs = queue.jobs();
        std::vector<JobId> ended;
        for (const Job* job : jobs) {
            if (isEnd(job->state()) && job->state() != JobState::Finished) {
                ended.push_back(job->id);
            }
        }
        for (const JobId id : ended) {
            judge(id);
        }
    }
    return QCoreApplication::exec();
}
