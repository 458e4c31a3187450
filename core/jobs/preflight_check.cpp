// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/preflight_check.h"

#include "core/protocol/run_folder.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

#include <csignal>
#include <optional>
#include <utility>

namespace guidino::jobs {

namespace {

constexpr int kNice = 5;

std::optional<PreflightReport> reportFrom(const QByteArray& text)
{
    const QJsonDocument document = QJsonDocument::fromJson(text);
    const QJsonObject object = document.object();
    if (!object.value(QStringLiteral("fits")).isBool()) {
        return std::nullopt;
    }
    const auto number = [&](const char* key) {
        return object.value(QLatin1StringView(key)).toDouble();
    };
    const auto integer = [&](const char* key) {
        return static_cast<std::int64_t>(object.value(QLatin1StringView(key)).toInteger());
    };
    PreflightReport report;
    report.device = object.value(QStringLiteral("device")).toString();
    report.label = object.value(QStringLiteral("label")).toString();
    report.batchSize = static_cast<int>(integer("batch_size"));
    report.imageSize = static_cast<int>(integer("image_size"));
    report.trainImages = integer("train_images");
    report.validationImages = integer("validation_images");
    report.epochs = integer("epochs");
    report.stepsPerEpoch = integer("steps_per_epoch");
    report.secondsPerStep = number("seconds_per_step");
    report.secondsInAll = number("seconds_in_all");
    report.tokensAreCached = object.value(QStringLiteral("tokens_are_cached")).toBool();
    report.neededBytes = static_cast<std::uint64_t>(integer("needed_bytes"));
    report.freeBytes = static_cast<std::uint64_t>(integer("free_bytes"));
    report.fits = object.value(QStringLiteral("fits")).toBool();
    const QJsonObject advice = object.value(QStringLiteral("advice")).toObject();
    for (auto it = advice.begin(); it != advice.end(); ++it) {
        report.advice.emplace_back(it.key().toStdString(), it.value().toString().toStdString());
    }
    return report;
}

} // namespace

struct PreflightCheck::Private
{
    QString program;
    std::unique_ptr<QTemporaryDir> folder;
    std::unique_ptr<QProcess> process;
};

PreflightCheck::PreflightCheck(QString program, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->program = std::move(program);
}

PreflightCheck::~PreflightCheck()
{
    cancel();
}

bool PreflightCheck::isRunning() const
{
    return d->process != nullptr;
}

void PreflightCheck::cancel()
{
    if (d->process == nullptr) {
        return;
    }
    d->process->disconnect(this);
    // It has nothing to save; its folder is a temporary one.
    QProcess* process = d->process.release();
    connect(process, &QProcess::finished, process, &QObject::deleteLater);
    if (process->state() == QProcess::NotRunning) {
        process->deleteLater();
    } else {
        process->kill();
    }
    d->folder.reset();
}

void PreflightCheck::start(const protocol::TrainSpec& spec)
{
    cancel();
    d->folder = std::make_unique<QTemporaryDir>();
    const std::string folder = d->folder->path().toStdString();
    if (const auto written = protocol::writeJob(folder, spec); !written) {
        const QString message = QString::fromStdString(written.error().message);
        QMetaObject::invokeMethod(
            this,
            [this, message] {
                Q_EMIT failed(endOfExit(exitCodeOf(ErrorCode::CannotWrite)), message);
            },
            Qt::QueuedConnection);
        return;
    }
    d->process = std::make_unique<QProcess>();
    QProcess& process = *d->process;
    process.setProgram(d->program);
    process.setArguments(
        {QStringLiteral("train"),
         QStringLiteral("--dry-run"),
         QStringLiteral("--job"),
         QString::fromStdString(protocol::RunPaths{folder}.job().string()),
         QStringLiteral("--nice"),
         QString::number(kNice)});
    process.setStandardInputFile(QProcess::nullDevice());
    connect(&process, &QProcess::finished, this, [this](int exitCode, QProcess::ExitStatus status) {
        finish(exitCode, status == QProcess::CrashExit);
    });
    connect(&process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            const QString message = d->process->errorString();
            d->process.release()->deleteLater();
            Q_EMIT failed(endOfExit(exitCodeOf(ErrorCode::Internal)), message);
        }
    });
    process.start();
}

void PreflightCheck::finish(int exitCode, bool isCrash)
{
    const QByteArray output = d->process->readAllStandardOutput();
    const QString log = QString::fromUtf8(d->process->readAllStandardError()).trimmed();
    d->process.release()->deleteLater(); // the one that tells
    d->folder.reset();
    if (const auto report = reportFrom(output); report && !isCrash) {
        Q_EMIT measured(*report);
        return;
    }
    // The kernel kills what takes too much: that is an answer, too.
    Q_EMIT failed(isCrash ? endOfSignal(SIGKILL) : endOfExit(exitCode), log);
}

} // namespace guidino::jobs
