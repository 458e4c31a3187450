// SPDX-License-Identifier: Apache-2.0
#include "app/cli/serve_queue.h"

#include <algorithm>
#include <utility>

namespace guidino::cli {

using namespace protocol;

namespace {

constexpr std::size_t kMaxWaiting = 256;

} // namespace

std::string ServeQueue::streamOf(const Received<Command>& command)
{
    const auto* predict = std::get_if<Predict>(&command.body);
    return predict != nullptr ? predict->stream : std::string();
}

std::optional<Envelope> ServeQueue::push(Received<Command> command, bool& isFull)
{
    std::optional<Envelope> replaced;
    const std::lock_guard guard(m_mutex);
    const std::string stream = streamOf(command);
    if (!stream.empty()) {
        const auto older = std::find_if(m_waiting.begin(), m_waiting.end(), [&](const Item& item) {
            return streamOf(item.command) == stream;
        });
        if (older != m_waiting.end()) {
            replaced = older->command.envelope;
            m_waiting.erase(older);
        }
    }
    isFull = m_waiting.size() >= kMaxWaiting || m_isClosed;
    if (!isFull) {
        m_waiting.push_back({std::move(command), {}});
        m_changed.notify_all();
    }
    return replaced;
}

std::vector<Envelope> ServeQueue::cancel(const std::string& job)
{
    const std::lock_guard guard(m_mutex);
    std::vector<Envelope> ended;
    std::erase_if(m_waiting, [&](const Item& item) {
        const bool isMeant = job.empty() || item.command.envelope.job == job;
        if (isMeant) {
            ended.push_back(item.command.envelope);
        }
        return isMeant;
    });
    if (m_current && (job.empty() || m_current->command.envelope.job == job)) {
        m_current->cancel.cancel();
    }
    return ended;
}

void ServeQueue::close(bool isDraining)
{
    const std::lock_guard guard(m_mutex);
    m_isClosed = true;
    if (!isDraining) {
        m_waiting.clear();
        if (m_current) {
            m_current->cancel.cancel();
        }
    }
    m_changed.notify_all();
}

std::optional<ServeQueue::Item> ServeQueue::pop()
{
    std::unique_lock lock(m_mutex);
    m_current.reset();
    m_changed.wait(lock, [this] { return m_isClosed || !m_waiting.empty(); });
    if (m_waiting.empty()) {
        return std::nullopt;
    }
    m_current = std::move(m_waiting.front());
    m_waiting.pop_front();
    return m_current;
}

bool ServeQueue::isBusy() const
{
    const std::lock_guard guard(m_mutex);
    return m_current.has_value() || !m_waiting.empty();
}

} // namespace guidino::cli
