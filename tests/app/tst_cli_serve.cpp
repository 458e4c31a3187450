// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/codec.h"
#include "tests/app/cli.h"

#include <thread>

using namespace guidino;
using namespace guidino::test;
using namespace guidino::protocol;
namespace fs = std::filesystem;

namespace {

/// A `guidino serve` on the fake runtime, with its answers' folder in a place of the test's own.
class Serve
{
public:
    explicit Serve(std::vector<std::string> arguments = {"--model", "demo"})
        : m_process(
            [&] {
                arguments.insert(arguments.begin(), "serve");
                return cliWords(arguments);
            }(),
            [&] {
                auto environment = fakeRuntime();
                environment["XDG_RUNTIME_DIR"] = m_folder.path().string();
                return environment;
            }())
    {
        for (const char* name :
             {"a.png", "b.png", "slow.png", "bad.png", "oom.png", "throw.png", "stuck.png"}) {
            writeText(m_folder / "images" / name, "");
        }
    }

    /// The next message that is not `alive` or `progress`.
    Received<Message> next()
    {
        for (;;) {
            const std::string line = m_process.readLine();
            const auto message = decodeMessage(line);
            if (!message) {
                fail(__FILE__, __LINE__, "no message: '" + line + "'");
                throw test::Failure{};
            }
            if (!std::holds_alternative<Alive>(message->body)
                && !std::holds_alternative<Progress>(message->body)) {
                return *message;
            }
        }
    }

    template<typename T>
    T expect(const std::string& job)
    {
        const auto message = next();
        const T* body = std::get_if<T>(&message.body);
        if (body == nullptr || message.envelope.job != job) {
            fail(
                __FILE__,
                __LINE__,
                "got " + std::string(typeOf(message.body)) + " of job '" + message.envelope.job
                    + "', not of '" + job + "'");
            throw test::Failure{};
        }
        return *body;
    }

    void say(const std::string& job, const Command& command)
    {
        Envelope envelope;
        envelope.job = job;
        m_process.write(*encode(envelope, command) + "\n");
    }

    Predict request(const std::string& image, const std::string& stream = {}) const
    {
        Predict predict;
        predict.image = (m_folder / "images" / image).string();
        predict.stream = stream;
        return predict;
    }

    Process& process() { return m_process; }

    /// Folders of answers that are there now.
    std::size_t answerFolders() const
    {
        std::error_code ignored;
        std::size_t count = 0;
        for (const auto& entry : fs::recursive_directory_iterator(m_folder / "guidino", ignored)) {
            count += entry.path().filename() == "result.json" ? 1 : 0;
        }
        return count;
    }

    bool hasScratch() const
    {
        return fs::exists(m_folder / "guidino") && !fs::is_empty(m_folder / "guidino");
    }

private:
    TemporaryFolder m_folder;
    Process m_process;
};

} // namespace

GD_TEST(aConversation)
{
    Serve serve(std::vector<std::string>{});
    const auto hello = serve.expect<Hello>("");
    EXPECT_EQ(hello.version, kProtocolVersion);
    EXPECT_EQ(hello.kind, "serve");
    EXPECT_EQ(hello.devices.size(), std::size_t{2});

    serve.say("1", serve.request("a.png"));
    serve.expect<Accepted>("1");
    EXPECT_EQ(serve.expect<protocol::Failure>("1").code, "usage"); // no model yet

    serve.say("2", Start{"demo", "cpu"});
    serve.expect<Accepted>("2");
    const auto model = serve.expect<JobResult>("2");
    EXPECT_EQ(std::get<std::string>(model.payload), "{\"system\":\"demo\"}");

    Predict full = serve.request("a.png", "canvas");
    full.prototypeWeights = {0.25, 0};
    full.guide = "/tmp/guide.npy";
    full.groups = 3;
    serve.say("3", full);
    serve.expect<Accepted>("3");
    const auto result = serve.expect<JobResult>("3");
    const auto& prediction = std::get<Prediction>(result.payload);
    EXPECT_EQ(prediction.guideMean, 0.25);
    EXPECT_EQ(prediction.guide, "/tmp/guide.npy");
    EXPECT_EQ(prediction.groups.size(), std::size_t{3});
    EXPECT_EQ(prediction.stream, "canvas");
    EXPECT_EQ(textOf(prediction.labels), "demo a.png");
    EXPECT_EQ(textOf(result.path), encodePrediction(prediction));

    Predict other = serve.request("b.png");
    other.model = "second";
    serve.say("4", other);
    serve.expect<Accepted>("4");
    EXPECT_EQ(
        textOf(std::get<Prediction>(serve.expect<JobResult>("4").payload).labels), "second b.png");

    serve.say("", Unload{});
    serve.say("5", serve.request("a.png"));
    serve.expect<Accepted>("5");
    serve.expect<JobResult>("5");

    serve.say("", Shutdown{});
    const auto bye = serve.expect<Bye>("");
    EXPECT_EQ(bye.exitCode, 0);
    EXPECT_EQ(bye.reason, "shutdown");
    const Outcome outcome = serve.process().wait();
    EXPECT_EQ(outcome.exitCode, 0);
    EXPECT(contains(outcome.err, "a library prints to stdout")); // and not to the protocol
    EXPECT(!serve.hasScratch());
}

GD_TEST(newerRequestsReplaceThoseThatWait)
{
    Serve serve;
    serve.expect<Hello>("");
    serve.say("1", serve.request("slow.png", "canvas"));
    serve.expect<Accepted>("1");
    std::this_thread::sleep_for(std::chrono::milliseconds(300)); // it computes now
    serve.say("2", serve.request("a.png", "canvas"));
    serve.expect<Accepted>("2");
    serve.say("3", serve.request("a.png", "mixer"));
    serve.expect<Accepted>("3");
    serve.say("4", serve.request("b.png", "canvas"));
    serve.expect<Accepted>("4");
    EXPECT_EQ(serve.expect<Rejected>("2").code, "replaced");
    serve.expect<JobResult>("1");
    serve.expect<JobResult>("3");
    serve.expect<JobResult>("4");
}

GD_TEST(requestsCanBeCancelled)
{
    Serve serve;
    serve.expect<Hello>("");
    serve.say("1", serve.request("slow.png"));
    serve.expect<Accepted>("1");
    serve.say("2", serve.request("a.png"));
    serve.expect<Accepted>("2");
    serve.say("2", Cancel{});
    EXPECT_EQ(serve.expect<protocol::Failure>("2").code, "cancelled");
    serve.say("1", Cancel{});
    EXPECT_EQ(serve.expect<protocol::Failure>("1").code, "cancelled");
    serve.say("3", serve.request("a.png"));
    serve.expect<Accepted>("3");
    serve.expect<JobResult>("3");
}

GD_TEST(failuresEndOneRequestOnly)
{
    Serve serve;
    serve.expect<Hello>("");
    serve.say("1", serve.request("missing.png"));
    serve.expect<Accepted>("1");
    EXPECT_EQ(serve.expect<protocol::Failure>("1").code, "not_found");
    serve.say("2", serve.request("bad.png"));
    serve.expect<Accepted>("2");
    EXPECT_EQ(serve.expect<protocol::Failure>("2").code, "bad_input");
    serve.say("3", serve.request("oom.png"));
    serve.expect<Accepted>("3");
    const auto failure = serve.expect<protocol::Failure>("3");
    EXPECT_EQ(failure.code, "out_of_device_memory");
    EXPECT(failure.retryable);
    EXPECT_EQ(failure.advice.at(0).second, "2");
    serve.say("4", serve.request("throw.png"));
    serve.expect<Accepted>("4");
    EXPECT_EQ(serve.expect<protocol::Failure>("4").code, "out_of_memory");
    serve.say("5", Start{"nowhere", ""});
    serve.expect<Accepted>("5");
    EXPECT_EQ(serve.expect<protocol::Failure>("5").code, "not_found");
    serve.say("6", serve.request("a.png"));
    serve.expect<Accepted>("6");
    serve.expect<JobResult>("6");
}

GD_TEST(damagedLinesAreRefused)
{
    Serve serve;
    serve.expect<Hello>("");
    serve.process().write("nonsense\n\n{\"type\":\"predict\",\"job\":\"1\"}\n");
    EXPECT_EQ(serve.expect<Rejected>("").code, "bad_input");
    EXPECT(contains(serve.expect<Rejected>("1").message, "image"));
    serve.process().write(std::string(200000, 'x') + "\n{\"type\":\"telepathy\",\"job\":\"2\"}\n");
    EXPECT(contains(serve.expect<Rejected>("").message, "64 KiB"));
    serve.say("3", serve.request("a.png"));
    serve.expect<Accepted>("3");
    serve.expect<JobResult>("3");
}

GD_TEST(answersDoNotPileUp)
{
    Serve serve;
    serve.expect<Hello>("");
    std::string first;
    for (int i = 0; i < 6; ++i) {
        serve.say(std::to_string(i), serve.request("a.png", "canvas"));
        serve.expect<Accepted>(std::to_string(i));
        const auto result = serve.expect<JobResult>(std::to_string(i));
        EXPECT(fs::exists(result.path));
    }
    EXPECT_EQ(serve.answerFolders(), std::size_t{2});
}

GD_TEST(theEndOfInputEndsTheWorker)
{
    Serve serve;
    serve.expect<Hello>("");
    serve.say("1", serve.request("a.png"));
    serve.process().closeInput();
    serve.expect<Accepted>("1");
    serve.expect<JobResult>("1"); // still answered
    EXPECT_EQ(serve.expect<Bye>("").reason, "end of input");
    EXPECT_EQ(serve.process().wait().exitCode, 0);
    EXPECT(!serve.hasScratch());
}

GD_TEST(signalsEndTheWorker)
{
    Serve serve;
    serve.expect<Hello>("");
    serve.say("1", serve.request("slow.png"));
    serve.expect<Accepted>("1");
    ::kill(serve.process().pid(), SIGTERM);
    EXPECT_EQ(serve.process().wait(8000).exitCode, 0);
    EXPECT(!serve.hasScratch());
}

GD_TEST(aMissingRuntimeIsSaidInTheProtocol)
{
    Process process(cliWords({"serve"}), {{"GUIDINO_RUNTIME", "/nowhere.so"}});
    const auto hello = decodeMessage(process.readLine());
    REQUIRE_OK(hello);
    EXPECT(std::holds_alternative<Hello>(hello->body));
    const auto failure = decodeMessage(process.readLine());
    REQUIRE_OK(failure);
    EXPECT_EQ(std::get<protocol::Failure>(failure->body).code, "internal");
    EXPECT_EQ(process.wait().exitCode, 70);
}

GD_TEST_MAIN()
