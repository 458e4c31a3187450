// SPDX-License-Identifier: Apache-2.0
#include "core/project/journal_writer.h"

#include "core/project/journal_codec.h"
#include "core/project/sql.h"

#include <QMetaObject>
#include <QVariant>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

namespace guidino::project {

struct JournalWriter::State
{
    QString file;
    JournalWriter* owner = nullptr;
    mutable std::mutex mutex;
    std::condition_variable wake;
    std::condition_variable settled;
    std::deque<JournalEntry> waiting;
    std::optional<Error> lastError;
    std::uint64_t attempts = 0;
    bool isEnding = false;
    std::thread thread;

    Status writeBatch(const Connection& connection, const std::deque<JournalEntry>& batch) const;
    void loop();
};

Status JournalWriter::State::writeBatch(
    const Connection& connection, const std::deque<JournalEntry>& batch) const
{
    Transaction transaction(connection);
    GD_TRY(transaction.begin());
    for (const JournalEntry& entry : batch) {
        auto result = connection.run(
            QStringLiteral("INSERT INTO edit_journal (image, kind, text, created, revision, "
                           "tiles, model) VALUES (?, ?, ?, ?, ?, ?, ?)"),
            {static_cast<qlonglong>(entry.image.value),
             static_cast<int>(entry.kind),
             entry.text.isNull() ? QStringLiteral("") : entry.text,
             toText(entry.created.isValid() ? entry.created : QDateTime::currentDateTimeUtc()),
             static_cast<qlonglong>(entry.revision.value),
             entry.kind == JournalKind::Edit ? QVariant(encodeTiles(entry.tiles)) : QVariant(),
             entry.model.isNull() ? QStringLiteral("") : entry.model});
        if (!result) {
            return std::move(result).error();
        }
    }
    return transaction.commit();
}

void JournalWriter::State::loop()
{
    std::unique_ptr<Connection> connection;
    std::unique_lock lock(mutex);
    for (;;) {
        wake.wait(lock, [this] { return isEnding || !waiting.empty(); });
        if (waiting.empty()) {
            return;
        }
        const std::deque<JournalEntry> batch = waiting;
        lock.unlock();
        Status status;
        if (!connection) {
            auto opened = Connection::open(file, false);
            if (opened) {
                connection = std::move(opened).value();
            } else {
                status = std::move(opened).error();
            }
        }
        if (connection) {
            status = writeBatch(*connection, batch);
        }
        lock.lock();
        ++attempts;
        JournalWriter* const target = owner;
        if (status) {
            waiting.erase(
                waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(batch.size()));
            lastError.reset();
            if (waiting.empty() && !isEnding) {
                QMetaObject::invokeMethod(
                    target, [target] { Q_EMIT target->written(); }, Qt::QueuedConnection);
            }
        } else {
            lastError = status.error();
            if (isEnding) {
                settled.notify_all();
                return;
            }
            QMetaObject::invokeMethod(
                target,
                [target, error = status.error()] { Q_EMIT target->failed(error); },
                Qt::QueuedConnection);
        }
        settled.notify_all();
        if (lastError) {
            wake.wait_for(lock, std::chrono::seconds(1), [this] { return isEnding; });
        }
    }
}

JournalWriter::JournalWriter(const QString& databaseFile, QObject* parent)
    : QObject(parent)
    , m_state(std::make_unique<State>())
{
    m_state->file = databaseFile;
    m_state->owner = this;
    m_state->thread = std::thread([state = m_state.get()] { state->loop(); });
}

JournalWriter::~JournalWriter()
{
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->isEnding = true;
    }
    m_state->wake.notify_all();
    m_state->thread.join();
}

void JournalWriter::append(JournalEntry entry)
{
    if (!entry.created.isValid()) {
        entry.created = QDateTime::currentDateTimeUtc();
    }
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->waiting.push_back(std::move(entry));
    }
    m_state->wake.notify_one();
}

Status JournalWriter::flush()
{
    std::unique_lock lock(m_state->mutex);
    const std::uint64_t before = m_state->attempts;
    // Two attempts: the one under way may have begun before the last entry came.
    m_state->settled.wait(lock, [&] {
        return m_state->waiting.empty() || (m_state->lastError && m_state->attempts >= before + 2);
    });
    if (m_state->lastError) {
        return *m_state->lastError;
    }
    return {};
}

int JournalWriter::pending() const
{
    const std::lock_guard lock(m_state->mutex);
    return static_cast<int>(m_state->waiting.size());
}

} // namespace guidino::project
