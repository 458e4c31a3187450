// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/codec.h"
#include "core/protocol/job_spec.h"
#include "core/protocol/line_splitter.h"
#include "tests/protocol/samples.h"
#include "tests/support/check.h"

#include <cmath>
#include <set>

using namespace guidino;
using namespace guidino::protocol;

namespace {

Envelope someEnvelope()
{
    Envelope envelope;
    envelope.job = "p-17";
    envelope.seq = 42;
    envelope.time = "2026-01-31T12:00:00.000Z";
    return envelope;
}

template<typename Body>
std::string lineOf(const Body& body)
{
    const auto line = encode(someEnvelope(), body);
    REQUIRE_OK(line);
    return *line;
}

} // namespace

GD_TEST(messagesComeBackAsTheyWent)
{
    std::set<std::size_t> seen;
    for (const Message& message : test::sampleMessages()) {
        const std::string line = lineOf(message);
        EXPECT(line.find('\n') == std::string::npos);
        const auto received = decodeMessage(line);
        REQUIRE_OK(received);
        EXPECT(received->body == message);
        EXPECT(received->envelope == someEnvelope());
        seen.insert(message.index());
    }
    EXPECT_EQ(seen.size(), std::variant_size_v<Message> - 1); // all but Unknown
}

GD_TEST(commandsComeBackAsTheyWent)
{
    std::set<std::size_t> seen;
    for (const Command& command : test::sampleCommands()) {
        const auto received = decodeCommand(lineOf(command));
        REQUIRE_OK(received);
        EXPECT(received->body == command);
        seen.insert(command.index());
    }
    EXPECT_EQ(seen.size(), std::variant_size_v<Command> - 1);
}

GD_TEST(linesAreWrittenAsDocumented)
{
    EXPECT_EQ(
        lineOf(Message{Progress{"train", 12, 400, -1, "epoch 3/40"}}),
        R"({"type":"progress","job":"p-17","seq":42,"time":"2026-01-31T12:00:00.000Z",)"
        R"("phase":"train","step":12,"total":400,"seconds_left":null,"detail":"epoch 3/40"})");
    const std::string line =
        lineOf(Message{Failure{"out_of_memory", "m", {}, true, {{"training.batch_size", "2"}}}});
    EXPECT(line.find(R"("advice":{"training.batch_size":2})") != std::string::npos);
}

GD_TEST(jobIdsKeepTheirKind)
{
    const auto number = decodeCommand(R"({"type":"cancel","job":17})");
    REQUIRE_OK(number);
    EXPECT_EQ(number->envelope.job, "17");
    const auto line = encode(number->envelope, Message{Accepted{}});
    REQUIRE_OK(line);
    EXPECT(line->find(R"("job":17,)") != std::string::npos);
    const auto text = decodeCommand(R"({"type":"cancel","job":"17"})");
    REQUIRE_OK(text);
    const auto textLine = encode(text->envelope, Message{Accepted{}});
    REQUIRE_OK(textLine);
    EXPECT(textLine->find(R"("job":"17",)") != std::string::npos);
}

GD_TEST(answersOfAnOlderWorkerAreUnderstood)
{
    // What a worker of protocol 1 said before shares_error, matches and feature_distance were
    // added.
    const auto received = decodeMessage(
        R"({"type":"result","job":"p1","seq":4,"time":"","path":"/x/result.json",)"
        R"("kind":"prediction","image":"a.png","stream":"","labels":"/x/labels.png",)"
        R"("groups":[{"prototypes":[0,2],"map":"/x/g.npy","mean":0.25}],"shares_exact":true,)"
        R"("effective_directions":2})");
    REQUIRE_OK(received);
    const auto* result = std::get_if<JobResult>(&received->body);
    REQUIRE(result != nullptr);
    const auto* prediction = std::get_if<Prediction>(&result->payload);
    REQUIRE(prediction != nullptr && prediction->groups.size() == 1);
    EXPECT_EQ(prediction->groups[0].nearest, -1);
    EXPECT(prediction->groups[0].matches.empty());
    EXPECT(prediction->sharesError < 0);
    EXPECT(prediction->featureDistance < 0 && prediction->featureLimit < 0);
    // A match without its image is damage, not an older version.
    EXPECT(!decodeMessage(
        R"({"type":"result","seq":1,"time":"","path":"","kind":"prediction","labels":"l",)"
        R"("groups":[{"map":"m","matches":[{"x":1}]}]})"));
}

GD_TEST(undefinedNumbersAreNull)
{
    const std::string line = lineOf(Message{Metric{"hd95", std::nan(""), 3, "validation"}});
    EXPECT(line.find("\"value\":null") != std::string::npos);
    const auto received = decodeMessage(line);
    REQUIRE_OK(received);
    EXPECT(std::isnan(std::get<Metric>(received->body).value));
}

GD_TEST(unknownTypesAndFieldsAreNoErrors)
{
    const auto unknown = decodeMessage(R"({"type":"telepathy","strength":11})");
    REQUIRE_OK(unknown);
    EXPECT(unknown->body == Message{Unknown{"telepathy"}});
    const auto newer =
        decodeMessage(R"({"type":"alive","step":3,"state":"running","mood":{"a":[1]}})");
    REQUIRE_OK(newer);
    EXPECT(newer->body == Message(Alive{3, "running"}));
    const auto command = decodeCommand(R"({"type":"hello","protocol":1})");
    REQUIRE_OK(command);
    EXPECT(command->body == Command{Unknown{"hello"}}); // a message is no command
}

GD_TEST(anotherVersionIsSeen)
{
    const auto newer = decodeMessage(R"({"type":"hello","protocol":2,"build":"9.0","surprise":1})");
    REQUIRE_OK(newer);
    EXPECT_EQ(std::get<Hello>(newer->body).version, 2);
    EXPECT(!decodeMessage(R"({"type":"hello","build":"no version"})"));
    EXPECT(!decodeMessage(R"({"type":"hello","protocol":"1"})"));
}

GD_TEST(damagedLinesAreErrors)
{
    for (const char* line :
         {"",
          " ",
          "null",
          "[]",
          "17",
          "\"hello\"",
          "{",
          "{}",
          R"({"type":"alive")",
          R"({"type":17})",
          R"({"type":""})",
          R"({"type":"alive","step":"three"})",
          R"({"type":"alive","step":-1})",
          R"({"type":"alive","step":1e300})",
          R"({"type":"alive","step":99999999999999999999})",
          R"({"type":"alive","step":18446744073709551615})",
          R"({"type":"alive","job":{}})",
          R"({"type":"alive","job":1.5})",
          R"({"type":"alive","seq":-4})",
          R"({"type":"progress","total":[1]})",
          R"({"type":"bye","exit_code":256})",
          R"({"type":"metric","value":1})",
          R"({"type":"error","message":"no code"})",
          R"({"type":"error","code":"internal","context":{"a":{"b":1}}})",
          R"({"type":"result","kind":"prediction"})",
          R"({"type":"result","kind":"prediction","labels":"l","groups":[{"prototypes":[-1]}]})",
          R"({"type":"result","kind":"prediction","labels":"l","groups":[{"prototypes":[4e9]}]})",
          R"({"type":"result","kind":"prediction","labels":"l","groups":[7]})",
          R"({"type":"hello","protocol":1,"devices":[{"label":"nameless"}]})",
          "{\"type\":\"alive\xff\xfe\"}",
          R"({"type":"alive"} {"type":"alive"})"}) {
        const auto received = decodeMessage(line);
        if (received) {
            test::fail(__FILE__, __LINE__, std::string("was taken: ") + line);
        } else {
            EXPECT(received.error().code == ErrorCode::BadInput);
        }
    }
    for (const char* line :
         {R"({"type":"predict"})",
          R"({"type":"predict","image":""})",
          R"({"type":"predict","image":"a","prototype_weights":[1,"2"]})",
          R"({"type":"predict","image":"a","prototype_weights":[1e999]})",
          R"({"type":"predict","image":"a","groups":-1})",
          R"({"type":"predict","image":"a","groups":100000})",
          R"({"type":"predict","image":"a","prompts":[{"coordinates":[1]}]})",
          R"({"type":"start"})",
          R"({"type":"set_priority","nice":-20})"}) {
        if (decodeCommand(line)) {
            test::fail(__FILE__, __LINE__, std::string("was taken: ") + line);
        }
    }
}

GD_TEST(aRefusedCommandNamesItsJob)
{
    const auto received = decodeCommand(R"({"type":"predict","job":"p1"})");
    EXPECT(!received);
    bool hasJob = false;
    for (const auto& [key, value] : received.error().context) {
        hasJob = hasJob || (key == "job" && value == "p1");
    }
    EXPECT(hasJob);
}

GD_TEST(linesHaveALimit)
{
    EXPECT(!encode(Envelope{}, Message{Warning{std::string(kMaxLineBytes, 'x')}}));
    const std::string line =
        R"({"type":"warning","message":")" + std::string(kMaxLineBytes, 'x') + "\"}";
    EXPECT(!decodeMessage(line));
    EXPECT(!decodeMessage(std::string(kMaxLineBytes, '[')));
    EXPECT(!decodeMessage(R"({"type":"alive","a":)" + std::string(kMaxLineBytes / 2, '[')));
}

GD_TEST(bytesThatAreNoTextDoNotStopEncoding)
{
    const std::string line = lineOf(Message{Warning{"bad \xff byte"}});
    EXPECT(decodeMessage(line).has_value());
}

GD_TEST(splitterMakesLinesFromAnyPieces)
{
    const std::string text = "one\ntwo\r\n\nthree\n";
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        LineSplitter lines;
        std::vector<std::string> found;
        for (std::size_t at = 0; at < text.size(); at += piece) {
            lines.feed(std::string_view(text).substr(at, piece));
            while (auto line = lines.next()) {
                found.push_back(*line);
            }
        }
        EXPECT(found == (std::vector<std::string>{"one", "two", "", "three"}));
        EXPECT_EQ(lines.tooLong(), 0);
    }
}

GD_TEST(splitterPassesOverLongLines)
{
    for (std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
        const std::string text = "a\n" + std::string(100, 'x') + "\nb\n" + std::string(99, 'y');
        LineSplitter lines(16);
        std::vector<std::string> found;
        for (std::size_t at = 0; at < text.size(); at += piece) {
            lines.feed(std::string_view(text).substr(at, piece));
            while (auto line = lines.next()) {
                found.push_back(*line);
            }
        }
        EXPECT(found == (std::vector<std::string>{"a", "b"}));
        EXPECT_EQ(lines.tooLong(), 2);
    }
}

GD_TEST(jobsComeBackAsTheyWent)
{
    TrainSpec train;
    train.config = "guidino-u.fixed";
    train.recipe = "paper";
    train.settings = {"training.epochs=3", "guide.source=self"};
    train.data = "/data/kvasir";
    train.layout = "kvasir";
    train.labels = "/labels";
    train.splits = "/splits.json";
    train.init = "demo";
    train.device = "cpu";
    train.threads = 1;
    train.previewImages = {"a", "b"};
    train.tensorboard = true;
    train.dryRun = true;
    PredictSpec predict;
    predict.model = "demo";
    predict.input = "/in";
    predict.out = "/out";
    predict.mirror = false;
    predict.overlap = 0.25;
    predict.flattenGuide = true;
    predict.prototypeWeights = {0, 1};
    predict.writeOverlay = false;
    const CommandSpec command{{"data", "pack", "/data", "--out", "/a b/pack.safetensors"}};
    const CommandSpec folds{{"nnunet", "predict", "--model", "/m", "--input", "/i"}};
    for (const JobSpec& spec :
         {JobSpec{train},
          JobSpec{predict},
          JobSpec{command},
          JobSpec{folds},
          JobSpec{TrainSpec{}},
          JobSpec{PredictSpec{}}}) {
        const auto decoded = decodeJob(encodeJob(spec));
        REQUIRE_OK(decoded);
        EXPECT(*decoded == spec);
    }
}

GD_TEST(jobsAreReadStrictly)
{
    for (const auto& [text, word] : std::vector<std::pair<std::string, std::string>>{
             {"", "object"},
             {R"({"type":"train"})", ""},
             {R"({"type":"dance","version":1})", "dance"},
             {R"({"type":"train","version":2})", "version 2"},
             {R"({"type":"train","version":1,"epochs":3})", "epochs"},
             {R"({"type":"train","version":1,"threads":-1})", "threads"},
             {R"({"type":"command","version":1})", "words"},
             {R"({"type":"command","version":1,"words":["models","remove","demo"]})", "words"},
             {R"({"type":"command","version":1,"words":["data"]})", "words"},
             {R"({"type":"command","version":1,"words":["nnunet","train"]})", "words"},
             {R"({"type":"command","version":1,"words":"evaluate"})", "words"},
             {R"({"type":"train","version":1,"settings":"a=b"})", "settings"}}) {
        const auto decoded = decodeJob(text);
        if (text == R"({"type":"train"})") {
            EXPECT(!decoded); // version 0
            continue;
        }
        EXPECT(!decoded);
        EXPECT(!decoded && decoded.error().code == ErrorCode::Configuration);
        EXPECT(!decoded && decoded.error().message.find(word) != std::string::npos);
    }
}

GD_TEST_MAIN()
