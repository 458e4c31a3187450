// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/codec.h"
#include "core/protocol/job_spec.h"
#include "tests/protocol/samples.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

/// Damages valid lines at random: decoding must give a value or an error, and what it gives must
/// encode and decode again. Usage: tst_protocol_fuzz [SECONDS [SEED]]; $GUIDINO_FUZZ_SECONDS makes
/// all runs longer.
using namespace guidino;
using namespace guidino::protocol;

namespace {

std::string damaged(std::string line, std::mt19937& random)
{
    static const std::string kPieces[] = {
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\u0000",
        "\\ud800",
        "null",
        "-1",
        "1e309",
        "9223372036854775808",
        ":",
        ",",
        "\xff",
        std::string(1, '\0'),
        "true",
        "\"type\":\"predict\",",
        "[[[[[[[["};
    const auto below = [&](std::size_t n) {
        return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
    };
    for (std::size_t edits = 1 + below(4); edits > 0 && !line.empty(); --edits) {
        const std::size_t at = below(line.size());
        switch (below(5)) {
        case 0:
            line.erase(at, 1 + below(8));
            break;
        case 1:
            line.insert(at, kPieces[below(std::size(kPieces))]);
            break;
        case 2:
            line[at] = static_cast<char>(below(256));
            break;
        case 3:
            line.resize(at);
            break;
        default:
            line.insert(at, line.substr(below(line.size()), 1 + below(40)));
        }
    }
    return line;
}

template<typename Body>
bool holds(
    const Result<Received<Body>>& received, Result<Received<Body>> (*decode)(std::string_view))
{
    if (!received) {
        return received.error().code == ErrorCode::BadInput;
    }
    const auto line = encode(received->envelope, received->body);
    if (!line) {
        return true; // too long: an error value
    }
    const auto again = decode(*line);
    // NaN is not equal to itself: compare what is written.
    return again && *encode(again->envelope, again->body) == *line;
}

} // namespace

int main(int argc, char** argv)
{
    double seconds = argc > 1 ? std::atof(argv[1]) : 0.5;
    if (const char* longer = std::getenv("GUIDINO_FUZZ_SECONDS")) {
        seconds = std::max(seconds, std::atof(longer));
    }
    std::vector<std::string> lines;
    for (const Message& message : test::sampleMessages()) {
        lines.push_back(*encode(Envelope{"p1", false, 3, utcNow()}, message));
    }
    for (const Command& command : test::sampleCommands()) {
        lines.push_back(*encode(Envelope{"p1", false, 3, utcNow()}, command));
    }
    TrainSpec train;
    train.config = "guidino-u";
    train.settings = {"training.epochs=3"};
    train.guideCorrectionWeight = 2;
    train.dryRun = true;
    lines.push_back(encodeJob(train));
    PredictSpec predict;
    predict.model = "demo";
    predict.overlap = 0.25;
    predict.mirror = true;
    predict.prototypeWeights = {0, 1, 0.5};
    lines.push_back(encodeJob(predict));
    lines.push_back(encodeJob(CommandSpec{{"evaluate", "--pred", "/a", "--ref", "/b"}}));
    std::mt19937 random(argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 1U);
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    long count = 0;
    long taken = 0;
    for (; std::chrono::steady_clock::now() < end; ++count) {
        const std::string line = damaged(lines[random() % lines.size()], random);
        const auto message = decodeMessage(line);
        const auto command = decodeCommand(line);
        if (const auto job = decodeJob(line); job && !decodeJob(encodeJob(*job))) {
            std::fprintf(stderr, "no job any more after %ld lines: %s\n", count, line.c_str());
            return 1;
        }
        taken += message.has_value() ? 1 : 0;
        if (!holds(message, decodeMessage) || !holds(command, decodeCommand)) {
            std::fprintf(stderr, "does not hold after %ld lines: %s\n", count, line.c_str());
            return 1;
        }
    }
    std::printf("%ld damaged lines, %ld of them still messages\n", count, taken);
    return count > 0 && taken < count ? 0 : 1;
}
