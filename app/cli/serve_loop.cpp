// SPDX-License-Identifier: Apache-2.0
#include "app/cli/serve_loop.h"

#include "app/cli/job_context.h"
#include "app/cli/runtime_library.h"
#include "app/cli/terminal.h"
#include "core/base/file.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <new>
#include <utility>

namespace guidino::cli {

namespace fs = std::filesystem;
using namespace protocol;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kPollMs = 200;
constexpr auto kAliveInterval = std::chrono::seconds(2);
constexpr auto kEndLimit = std::chrono::seconds(10); // from the end of input to a hard exit

/// Reports one request.
class RequestContext final : public engine::JobContext
{
public:
    using Send = std::function<void(const Message&)>;

    RequestContext(CancelToken cancel, std::atomic<std::int64_t>& step, Send send)
        : m_cancel(std::move(cancel))
        , m_step(step)
        , m_send(std::move(send))
    {}

    void progress(const engine::Progress& progress) override
    {
        ++m_step; // of all requests: any sign that computing goes on
        m_send(Progress{
            progress.phase, progress.step, progress.total, progress.secondsLeft, progress.detail});
    }

    void warning(const std::string& message) override { m_send(Warning{message}); }

    [[nodiscard]] bool isCancelled() const override { return m_cancel.isCancelled(); }

private:
    CancelToken m_cancel;
    std::atomic<std::int64_t>& m_step;
    Send m_send;
};

/// Matches are a courtesy: with very many groups or long paths they must not make the line too
/// long.
constexpr std::size_t kMatchBytes = std::size_t{16} * 1024;

Prediction predictionOf(const engine::Session::Answer& answer, const Predict& request)
{
    Prediction prediction;
    std::size_t matchBytes = 0;
    prediction.image = request.image;
    prediction.stream = request.stream;
    prediction.labels = answer.labels.string();
    prediction.probability = answer.probability.string();
    prediction.guide = answer.guide.string();
    prediction.guidePreview = answer.guidePreview.string();
    prediction.guideMean = answer.guideMean;
    prediction.seconds = answer.seconds;
    prediction.tokensWereCached = answer.tokensWereCached;
    for (const engine::Session::Group& group : answer.groups) {
        PrototypeGroup sent{
            group.prototypes,
            group.map.string(),
            group.mean,
            group.book,
            group.nearest,
            group.nearestSimilarity,
            {}};
        for (const engine::Session::Match& match : group.matches) {
            constexpr std::size_t kNumbers = 120; // around the path
            matchBytes += match.image.string().size() + kNumbers;
            if (matchBytes > kMatchBytes) {
                break;
            }
            sent.matches.push_back(
                {match.image.string(),
                 match.x,
                 match.y,
                 match.width,
                 match.height,
                 match.similarity});
        }
        prediction.groups.push_back(std::move(sent));
    }
    prediction.sharesAreExact = answer.sharesAreExact;
    prediction.sharesError = answer.sharesError;
    prediction.effectiveDirections = answer.effectiveDirections;
    prediction.featureDistance = answer.featureDistance;
    prediction.featureLimit = answer.featureLimit;
    return prediction;
}

std::string valueIn(const Error& error, const std::string& wanted)
{
    for (const auto& [key, value] : error.context) {
        if (key == wanted) {
            return value;
        }
    }
    return {};
}

} // namespace

ServeLoop::ServeLoop(Settings settings, int input, int output, CancelToken terminate)
    : m_settings(std::move(settings))
    , m_input(input)
    , m_output(output)
    , m_terminate(std::move(terminate))
{}

ServeLoop::~ServeLoop()
{
    m_isDone = true;
    if (m_reader.joinable()) {
        m_reader.join();
    }
}

void ServeLoop::send(const Envelope& about, const Message& message)
{
    const std::lock_guard guard(m_outputMutex);
    Envelope envelope = about;
    envelope.seq = ++m_seq;
    envelope.time = utcNow();
    auto line = encode(envelope, message);
    if (!line) { // the asker must not wait for ever
        line = encode(envelope, Failure{"internal", line.error().message, {}, false, {}});
    }
    std::string text = line ? *line + "\n" : std::string();
    while (!text.empty()) {
        const ssize_t count = ::write(m_output, text.data(), text.size());
        if (count < 0 && errno != EINTR) {
            m_isAlone = true;
            return;
        }
        text.erase(0, count > 0 ? static_cast<std::size_t>(count) : 0);
    }
}

void ServeLoop::refuse(const Envelope& about, const std::string& code, const std::string& text)
{
    send(about, Rejected{code, text, {}});
}

// ---- the reading thread ---------------------------------------------------------------------

void ServeLoop::read()
{
    auto nextAlive = Clock::now() + kAliveInterval;
    while (!m_isDone && !m_isEnding) {
        if (Clock::now() >= nextAlive) {
            send({}, Alive{m_step.load(), m_queue.isBusy() ? "running" : "idle"});
            nextAlive = Clock::now() + kAliveInterval;
        }
        if (m_terminate.isCancelled()) {
            end("terminated");
        } else if (m_isAlone) {
            end("nobody reads");
        }
        pollfd input = {m_hasInput ? m_input : -1, POLLIN, 0};
        if (::poll(&input, 1, kPollMs) > 0) {
            readInput();
        }
    }
    waitForEnd();
}

void ServeLoop::readInput()
{
    char buffer[1 << 16];
    const ssize_t count = ::read(m_input, buffer, sizeof buffer);
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) {
        m_hasInput = false;
        if (!m_isEnding) {
            m_reason = "end of input";
        }
        m_queue.close(true);
        return;
    }
    const std::int64_t tooLong = m_lines.tooLong();
    m_lines.feed({buffer, static_cast<std::size_t>(std::max<ssize_t>(count, 0))});
    while (const auto line = m_lines.next()) {
        takeLine(*line);
    }
    if (m_lines.tooLong() > tooLong) {
        refuse({}, "bad_input", "a line is longer than 64 KiB");
    }
}

/// A computation that does not stop must not keep the process: who asked for it is gone.
void ServeLoop::waitForEnd()
{
    const auto limit = Clock::now() + kEndLimit;
    while (!m_isDone) {
        if (Clock::now() > limit) {
            m_scratch.remove();
            ::_exit(exitCodeOf(ErrorCode::Cancelled));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

void ServeLoop::end(const std::string& reason)
{
    if (!m_isEnding) {
        m_reason = reason;
        m_isEnding = true;
        m_queue.close(false);
    }
}

void ServeLoop::takeLine(const std::string& line)
{
    if (line.empty()) {
        return;
    }
    auto command = decodeCommand(line);
    if (command) {
        takeCommand(std::move(command).value());
        return;
    }
    Envelope about;
    about.job = valueIn(command.error(), "job");
    send(about, Rejected{"bad_input", command.error().message, valueIn(command.error(), "type")});
}

void ServeLoop::takeCommand(Received<Command> command)
{
    if (std::holds_alternative<Shutdown>(command.body)) {
        end("shutdown");
    } else if (std::holds_alternative<Cancel>(command.body)) {
        for (const Envelope& ended : m_queue.cancel(command.envelope.job)) {
            send(ended, failureOf(Error{ErrorCode::Cancelled, "cancelled", {}}));
        }
    } else if (const auto* priority = std::get_if<SetPriority>(&command.body)) {
        setNice(priority->nice);
    } else if (
        std::holds_alternative<Predict>(command.body) || std::holds_alternative<Start>(command.body)
        || std::holds_alternative<Unload>(command.body)) {
        enqueue(std::move(command));
    } // pause, resume and stop_and_keep are for runs; unknown types are passed over
}

void ServeLoop::enqueue(Received<Command> command)
{
    const Envelope about = command.envelope;
    const bool isSilent = std::holds_alternative<Unload>(command.body);
    bool isFull = false;
    if (!isSilent) {
        send(about, Accepted{}); // before the computing thread can answer it
    }
    if (const auto replaced = m_queue.push(std::move(command), isFull)) {
        send(*replaced, Rejected{"replaced", "a newer request of its stream came", "stream"});
    }
    if (isFull) {
        refuse(about, "usage", "too many requests wait");
    }
}

// ---- the computing thread -------------------------------------------------------------------

int ServeLoop::sayHello()
{
    Hello hello;
    hello.build = GUIDINO_VERSION;
    hello.kind = "serve";
    hello.pid = ::getpid();
    const auto runtime = loadRuntime();
    if (runtime) {
        m_runtime = *runtime;
        for (const engine::DeviceInfo& device : m_runtime->devices()) {
            hello.devices.push_back(
                {device.name,
                 device.label,
                 device.memoryBytes,
                 device.freeBytes,
                 device.usable,
                 device.reason});
        }
    }
    send({}, hello);
    if (!runtime) {
        send({}, failureOf(runtime.error()));
        const int code = fail(runtime.error());
        send({}, Bye{"failed", code});
        return code;
    }
    return 0;
}

int ServeLoop::run()
{
    if (const int code = sayHello(); code != 0) {
        return code;
    }
    m_reader = std::thread(&ServeLoop::read, this);
    while (const auto item = m_queue.pop()) {
        work(*item);
    }
    m_session.reset();
    m_isDone = true; // the reading thread writes m_reason until it ends
    m_reader.join();
    send({}, Bye{m_reason, 0});
    m_scratch.remove();
    return 0;
}

void ServeLoop::work(const ServeQueue::Item& item)
{
    const Envelope& about = item.command.envelope;
    try {
        if (const auto* start = std::get_if<Start>(&item.command.body)) {
            answerStart(item, *start);
        } else if (const auto* predict = std::get_if<Predict>(&item.command.body)) {
            answerPredict(item, *predict);
        } else if (std::holds_alternative<Unload>(item.command.body)) {
            m_session.reset();
            m_loaded.clear();
        }
    } catch (const std::bad_alloc&) {
        send(about, failureOf(Error{ErrorCode::OutOfMemory, "out of memory", {}}));
    } catch (const std::exception& exception) {
        send(about, failureOf(Error{ErrorCode::Internal, exception.what(), {}}));
    }
}

Status ServeLoop::openModel(const std::string& model, const std::string& device)
{
    if (model.empty()) {
        return Error{
            ErrorCode::Usage,
            "no model: name one in the request, in `start` or with --model",
            {{"field", "model"}}};
    }
    m_session.reset(); // its memory first
    m_loaded.clear();
    auto session = m_runtime->openSession(model, device, m_settings.threads);
    if (!session) {
        return std::move(session).error();
    }
    m_session = std::move(session).value();
    m_loaded = model;
    m_loadedDevice = device;
    return {};
}

void ServeLoop::answerStart(const ServeQueue::Item& item, const Start& start)
{
    const Envelope& about = item.command.envelope;
    send(about, Progress{"load", 0, 1, -1, start.model});
    const auto opened =
        openModel(start.model, start.device.empty() ? m_settings.device : start.device);
    ++m_step;
    if (!opened) {
        send(about, failureOf(opened.error()));
        return;
    }
    m_settings.model = start.model;
    send(about, JobResult{{}, 0, m_session->describe()});
}

void ServeLoop::answerPredict(const ServeQueue::Item& item, const Predict& request)
{
    const Envelope& about = item.command.envelope;
    RequestContext context(
        item.cancel, m_step, [&](const Message& message) { send(about, message); });
    auto result = predict(request, context);
    if (!result && result.error().code == ErrorCode::CannotWrite && m_scratch.moveOn()) {
        result = predict(request, context); // a small tmpfs was full
    }
    ++m_step;
    if (result) {
        send(about, *result);
    } else {
        send(about, failureOf(result.error()));
    }
}

Result<JobResult> ServeLoop::predict(const Predict& request, engine::JobContext& context)
{
    const std::string model = request.model.empty() ? m_settings.model : request.model;
    if (!m_session || model != m_loaded) {
        const bool isSame = model == m_settings.model && !m_loadedDevice.empty();
        context.progress({"load", 0, 1, -1, model});
        GD_TRY(openModel(model, isSame ? m_loadedDevice : m_settings.device));
    }
    if (!fs::exists(request.image)) {
        return Error{
            ErrorCode::NotFound,
            "there is no image '" + request.image + "'",
            {{"file", request.image}}};
    }
    auto folder = m_scratch.next(request.stream);
    if (!folder) {
        return std::move(folder).error();
    }
    engine::Session::Request wanted;
    wanted.image = request.image;
    wanted.outFolder = *folder;
    if (!request.guide.empty()) {
        wanted.guide = request.guide;
    }
    wanted.prototypeWeights = request.prototypeWeights;
    for (const Prompt& prompt : request.prompts) {
        wanted.prompts.push_back({prompt.kind, prompt.coordinates});
    }
    wanted.wantPrototypeGroups = request.groups > 0;
    wanted.groups = std::max(request.groups, 1);
    auto answer = m_session->predict(wanted, context);
    if (!answer) {
        return std::move(answer).error();
    }
    const fs::path file = *folder / "result.json";
    const Prediction prediction = predictionOf(*answer, request);
    GD_TRY(writeFileAtomically(file, encodePrediction(prediction)));
    return JobResult{file.string(), 0, prediction};
}

} // namespace guidino::cli
