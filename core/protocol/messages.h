// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What a worker says to the window, as values (docs/protocol.md; commands.h has the other
/// direction). No JSON here: core/protocol/codec.h turns values into lines and back. Paths are
/// UTF-8 strings as they stand in the line.
namespace guidino::protocol {

/// Raised when a message changes its meaning or loses a field; new types and new optional fields do
/// not raise it.
inline constexpr int kProtocolVersion = 1;

/// A longer line is no message; large data travels by file.
inline constexpr std::size_t kMaxLineBytes = std::size_t{64} * 1024;

/// What stands around each message.
struct Envelope
{
    std::string job;          ///< chosen by the window; empty: about the worker itself
    bool jobIsNumber = false; ///< the id came as an integer and goes back as one
    std::int64_t seq = 0;     ///< counts the lines of one writer, from 1
    std::string time;         ///< UTC, "2026-01-31T12:00:00.000Z"

    friend bool operator==(const Envelope&, const Envelope&) = default;
};

struct Device
{
    std::string name;  ///< "cpu", "cuda:0"
    std::string label; ///< such as "NVIDIA H200"
    std::uint64_t memoryBytes = 0;
    std::uint64_t freeBytes = 0;
    bool usable = true;
    std::string reason; ///< why a present device is not used

    friend bool operator==(const Device&, const Device&) = default;
};

/// The first message of a worker.
struct Hello
{
    int version = kProtocolVersion;
    std::string build; ///< program version
    std::string kind;  ///< "serve" or "run"
    std::int64_t pid = 0;
    std::vector<Device> devices; ///< empty in a run: they are named when they are in use

    friend bool operator==(const Hello&, const Hello&) = default;
};

/// A command was understood and its work begins or waits.
struct Accepted
{
    friend bool operator==(const Accepted&, const Accepted&) = default;
};

/// A command will not be done: its fields are wrong, or a newer request of its stream replaced it
/// (code "replaced").
struct Rejected
{
    std::string code;
    std::string message;
    std::string field;

    friend bool operator==(const Rejected&, const Rejected&) = default;
};

struct Progress
{
    std::string phase; ///< such as "load", "train", "validate", "predict"
    std::int64_t step = 0;
    std::int64_t total = 0;  ///< 0: not known
    double secondsLeft = -1; ///< < 0: not known yet
    std::string detail;      ///< such as "epoch 3/40"

    friend bool operator==(const Progress&, const Progress&) = default;
};

struct Metric
{
    std::string name;
    double value = 0; ///< NaN: undefined (null in the line)
    std::int64_t step = 0;
    std::string split; ///< "train", "validation", "test"

    friend bool operator==(const Metric&, const Metric&) = default;
};

struct Preview
{
    std::string path; ///< small PNG
    std::string image;
    std::int64_t step = 0;

    friend bool operator==(const Preview&, const Preview&) = default;
};

struct Checkpoint
{
    std::string path; ///< folder
    std::int64_t step = 0;
    double score = 0;

    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// A token of an image that the worker has seen and that points a group's way.
struct TokenMatch
{
    std::string image;
    int x = 0; ///< the token's area in the image, pixels
    int y = 0;
    int width = 0;
    int height = 0;
    double similarity = 0; ///< cosine, [-1, 1]

    friend bool operator==(const TokenMatch&, const TokenMatch&) = default;
};

/// Prototypes that look alike, and their common signed share of the guide.
struct PrototypeGroup
{
    std::vector<int> prototypes;
    std::string map; ///< NPY float32 [h, w]
    double mean = 0;
    int book = 0;                    ///< which guide, of a model with one for each class
    int nearest = -1;                ///< index of the group most alike; -1: none
    double nearestSimilarity = 0;    ///< cosine between the two directions; near 1: duplicates
    std::vector<TokenMatch> matches; ///< best first, of the images that the worker has seen

    friend bool operator==(const PrototypeGroup&, const PrototypeGroup&) = default;
};

/// Answer to one `predict`. The files lie in a folder of the worker's and stay until the second
/// next answer of the same stream: map or read them when the message comes.
struct Prediction
{
    std::string image;
    std::string stream;
    std::string labels;       ///< PNG at native size, class indices
    std::string probability;  ///< PNG 16 bit at native size
    std::string guide;        ///< NPY float32 [h, w] of what gated; empty without guide
    std::string guidePreview; ///< PNG 8 bit at native size; empty without guide
    double guideMean = 0;
    double seconds = 0;
    bool tokensWereCached = false;
    std::vector<PrototypeGroup> groups;
    bool sharesAreExact = false;
    double sharesError = -1; ///< largest |Σ shares − (own guide − ½)|; < 0: the worker did not say
    double effectiveDirections = 0;
    /// How far the image's features lie from those the model was trained on, and how far images of
    /// its validation data lay at most; < 0: the model has no statistics.
    double featureDistance = -1;
    double featureLimit = -1;

    friend bool operator==(const Prediction&, const Prediction&) = default;
};

/// The end of a job that went well. Of what kind the payload is: a prediction (answer to
/// `predict`), a model (answer to `start` of a serve worker: the JSON text of Session::describe()),
/// or nothing but the path (a run's best bundle).
struct JobResult
{
    std::string path; ///< result.json of a prediction; the bundle of a run
    double score = 0; ///< of a run's best checkpoint
    std::variant<std::monostate, Prediction, std::string> payload;

    friend bool operator==(const JobResult&, const JobResult&) = default;
};

/// The end of a job that failed.
struct Failure
{
    std::string code; ///< nameOf(ErrorCode), such as "out_of_device_memory"
    std::string message;
    std::vector<std::pair<std::string, std::string>> context;
    bool retryable = false;
    std::vector<std::pair<std::string, std::string>>
        advice; ///< settings that may help, such as {"training.batch_size", "2"}

    friend bool operator==(const Failure&, const Failure&) = default;
};

/// A remark that ends nothing.
struct Warning
{
    std::string message;

    friend bool operator==(const Warning&, const Warning&) = default;
};

/// Every 2 s, from a thread that does not compute.
struct Alive
{
    std::int64_t step = 0;         ///< the last step reached: no new one for 10 min = stalled
    std::string state = "running"; ///< "idle", "running", "paused"

    friend bool operator==(const Alive&, const Alive&) = default;
};

/// The last message of a worker.
struct Bye
{
    std::string
        reason; ///< "finished", "cancelled", "stopped", "failed", "shutdown", "end of input"
    int exitCode = 0;

    friend bool operator==(const Bye&, const Bye&) = default;
};

/// A type that this version does not know: ignored.
struct Unknown
{
    std::string type;

    friend bool operator==(const Unknown&, const Unknown&) = default;
};

using Message = std::variant<
    Unknown,
    Hello,
    Accepted,
    Rejected,
    Progress,
    Metric,
    Preview,
    Checkpoint,
    JobResult,
    Failure,
    Warning,
    Alive,
    Bye>;

} // namespace guidino::protocol
