// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/protocol/codec.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace guidino::cli {

/// Requests between the thread that reads and the one that computes. A newer request of a stream
/// takes the place of an older one that waits; the one being computed goes on, so that a stroke of
/// the what-if brush gets answers while it lasts. Any thread.
class ServeQueue
{
public:
    struct Item
    {
        protocol::Received<protocol::Command> command;
        CancelToken cancel;
    };

    /// Adds a request; returns the envelope of the one that it replaced. `isFull` is set instead
    /// where too many wait.
    std::optional<protocol::Envelope>
    push(protocol::Received<protocol::Command> command, bool& isFull);

    /// Ends the job, or all with an empty id: returns those that waited and will not be done; one
    /// that is being computed is asked to stop.
    std::vector<protocol::Envelope> cancel(const std::string& job);

    /// No further requests. What waits and computes is done first, or else dropped.
    void close(bool isDraining);

    /// Waits for a request; nothing once closed and empty. The one before it counts as done.
    std::optional<Item> pop();

    [[nodiscard]] bool isBusy() const;

private:
    static std::string streamOf(const protocol::Received<protocol::Command>& command);

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Item> m_waiting;
    std::optional<Item> m_current;
    bool m_isClosed = false;
};

} // namespace guidino::cli
