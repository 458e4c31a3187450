// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/device_lease.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/protocol/run_folder.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLockFile>

#include <algorithm>
#include <utility>

namespace guidino::jobs {

namespace {

/// A worker that was started takes the lock of its folder within this time, LibTorch or not.
constexpr qint64 kStartSeconds = 30;
constexpr int kLockMs = 250;

QString nameOf(DeviceLease::Place place)
{
    switch (place) {
    case DeviceLease::Place::Gpu:
        return QStringLiteral("gpu");
    case DeviceLease::Place::Cpu:
        return QStringLiteral("cpu");
    case DeviceLease::Place::Files:
        break;
    }
    return QStringLiteral("files");
}

DeviceLease::Place placeFrom(const QString& name)
{
    if (name == QLatin1StringView("gpu")) {
        return DeviceLease::Place::Gpu;
    }
    return name == QLatin1StringView("cpu") ? DeviceLease::Place::Cpu : DeviceLease::Place::Files;
}

} // namespace

DeviceLease::DeviceLease(QString folder)
    : m_folder(std::move(folder))
{
    if (const auto made = makeFolder(m_folder.toStdString()); !made) {
        logWarning("devices are shared with no other window: " + made.error().message);
        m_isShared = false;
    }
}

void DeviceLease::setDevices(const std::vector<protocol::Device>& devices)
{
    m_knowsDevices = true;
    m_hasGpu = std::any_of(devices.begin(), devices.end(), [](const protocol::Device& device) {
        return device.usable && device.name != "cpu";
    });
}

void DeviceLease::setGpuLimit(int jobs)
{
    m_gpuLimit = std::max(1, jobs);
}

DeviceLease::Place DeviceLease::placeOf(const std::string& device) const
{
    if (device.empty()) {
        return Place::Files;
    }
    if (device == "auto") {
        return m_hasGpu || !m_knowsDevices ? Place::Gpu : Place::Cpu;
    }
    return device == "cpu" ? Place::Cpu : Place::Gpu;
}

QString DeviceLease::file() const
{
    return m_folder + QStringLiteral("/device-leases.json");
}

/// Its worker is alive, or was started a moment ago.
bool DeviceLease::isInForce(const Hold& hold)
{
    const qint64 age = hold.since.secsTo(QDateTime::currentDateTimeUtc());
    return (age >= 0 && age < kStartSeconds) || protocol::isWorkerAlive(hold.folder.toStdString());
}

std::vector<DeviceLease::Hold> DeviceLease::read() const
{
    std::vector<Hold> holds;
    if (!m_isShared) {
        holds = m_own;
    } else {
        QFile source(file());
        if (source.open(QIODevice::ReadOnly)) {
            const QJsonArray items = QJsonDocument::fromJson(source.readAll()).array();
            for (const auto& item : items) {
                const QJsonObject object = item.toObject();
                holds.push_back(
                    {placeFrom(object.value(QStringLiteral("place")).toString()),
                     object.value(QStringLiteral("folder")).toString(),
                     QDateTime::fromString(
                         object.value(QStringLiteral("since")).toString(), Qt::ISODateWithMs)});
            }
        }
    }
    std::erase_if(holds, [](const Hold& hold) { return !isInForce(hold); });
    return holds;
}

void DeviceLease::write(const std::vector<Hold>& holds)
{
    if (!m_isShared) {
        m_own = holds;
        return;
    }
    QJsonArray items;
    for (const Hold& hold : holds) {
        items.append(QJsonObject{
            {QStringLiteral("place"), nameOf(hold.place)},
            {QStringLiteral("folder"), hold.folder},
            {QStringLiteral("since"), hold.since.toString(Qt::ISODateWithMs)}});
    }
    const QByteArray text = QJsonDocument(items).toJson();
    if (const auto written = writeFileAtomically(
            file().toStdString(), std::string_view(text.constData(), std::size_t(text.size())));
        !written) {
        logWarning("the lease of devices was not noted: " + written.error().message);
        m_isShared = false; // from now on for this program alone
        m_own = holds;
    }
}

std::optional<QString> DeviceLease::take(Place place, const QString& runFolder)
{
    QLockFile lock(file() + QStringLiteral(".lock"));
    if (m_isShared && !lock.tryLock(kLockMs) && lock.error() == QLockFile::LockFailedError) {
        return QString(); // another window is about to take it: ask again later
    }
    std::vector<Hold> holds = read();
    std::erase_if(holds, [&](const Hold& hold) { return hold.folder == runFolder; });
    const int limit = place == Place::Gpu ? m_gpuLimit : 1;
    QString holder;
    int count = 0;
    for (const Hold& hold : holds) {
        if (hold.place == place) {
            ++count;
            holder = hold.folder;
        }
    }
    if (count >= limit) {
        return holder;
    }
    holds.push_back({place, runFolder, QDateTime::currentDateTimeUtc()});
    write(holds);
    return std::nullopt;
}

void DeviceLease::note(Place place, const QString& runFolder)
{
    QLockFile lock(file() + QStringLiteral(".lock"));
    if (m_isShared) {
        (void)lock.tryLock(kLockMs); // without it the worst is that one more job starts
    }
    std::vector<Hold> holds = read();
    std::erase_if(holds, [&](const Hold& hold) { return hold.folder == runFolder; });
    holds.push_back({place, runFolder, QDateTime::currentDateTimeUtc()});
    write(holds);
}

void DeviceLease::give(const QString& runFolder)
{
    QLockFile lock(file() + QStringLiteral(".lock"));
    if (m_isShared) {
        (void)lock.tryLock(kLockMs);
    }
    std::vector<Hold> holds = read();
    std::erase_if(holds, [&](const Hold& hold) { return hold.folder == runFolder; });
    write(holds);
}

bool DeviceLease::isHeld(Place place) const
{
    const std::vector<Hold> holds = read();
    return std::any_of(
        holds.begin(), holds.end(), [place](const Hold& hold) { return hold.place == place; });
}

} // namespace guidino::jobs
