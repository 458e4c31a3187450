// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/scratch_folder.h"
#include "app/cli/serve_queue.h"
#include "core/base/cancel_token.h"
#include "core/engine/runtime.h"
#include "core/protocol/codec.h"
#include "core/protocol/line_splitter.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace guidino::cli {

/// The worker side of the interactive protocol (docs/protocol.md). The thread that calls run()
/// computes; one more reads the input, answers at once what needs no computing and says `alive`.
class ServeLoop
{
public:
    struct Settings
    {
        std::string model; ///< used where a request names none; empty: requests must
        std::string device = "auto";
        int threads = 0;
    };

    /// `input` and `output` are descriptors; `terminate` ends the loop from a signal.
    ServeLoop(Settings settings, int input, int output, CancelToken terminate);
    ~ServeLoop();

    /// Serves until `shutdown` or a signal, which drop what waits, or the end of the input, after
    /// which what waits is still answered while somebody reads it. Returns the exit code.
    int run();

private:
    void send(const protocol::Envelope& about, const protocol::Message& message);
    void refuse(const protocol::Envelope& about, const std::string& code, const std::string& text);
    void read();
    void takeLine(const std::string& line);
    void takeCommand(protocol::Received<protocol::Command> command);
    void enqueue(protocol::Received<protocol::Command> command);
    void readInput();
    void end(const std::string& reason);
    void waitForEnd();

    int sayHello();
    void work(const ServeQueue::Item& item);
    void answerStart(const ServeQueue::Item& item, const protocol::Start& start);
    void answerPredict(const ServeQueue::Item& item, const protocol::Predict& predict);
    [[nodiscard]] Status openModel(const std::string& model, const std::string& device);
    [[nodiscard]] Result<protocol::JobResult>
    predict(const protocol::Predict& request, engine::JobContext& context);

    Settings m_settings;
    int m_input;
    int m_output;
    CancelToken m_terminate;
    std::mutex m_outputMutex; ///< of m_output and m_seq
    std::int64_t m_seq = 0;
    ServeQueue m_queue;
    ScratchFolder m_scratch;
    std::thread m_reader;
    std::atomic<bool> m_isEnding{false};
    std::atomic<bool> m_isAlone{false}; ///< nobody reads the output any more
    bool m_hasInput = true;             ///< of the reading thread
    protocol::LineSplitter m_lines;
    std::atomic<bool> m_isDone{false}; ///< nothing is computed any more
    std::atomic<std::int64_t> m_step{0};
    std::string m_reason; ///< written before m_isEnding is set
    engine::Runtime* m_runtime = nullptr;
    std::unique_ptr<engine::Session> m_session;
    std::string m_loaded; ///< model of m_session
    std::string m_loadedDevice;
};

} // namespace guidino::cli
