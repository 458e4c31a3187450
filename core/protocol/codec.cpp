// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/codec.h"

#include "core/protocol/json_fields.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <limits>
#include <optional>

namespace guidino::protocol {

namespace {

using Json = nlohmann::ordered_json; // written in the order of the structs, type first

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr int kMaxPrototype = 1 << 20; // far above any N; an index from the wire is checked

std::string dump(const Json& object)
{
    return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A number where the text is one, so that advice reads {"training.batch_size": 2}.
Json plainValue(const std::string& text)
{
    const Json value = Json::parse(text, nullptr, false);
    const bool isPlain = value.is_number() || value.is_boolean();
    return isPlain && value.dump() == text ? value : Json(text);
}

Json objectOf(const std::vector<std::pair<std::string, std::string>>& pairs, bool areTyped)
{
    Json object = Json::object();
    for (const auto& [key, value] : pairs) {
        object[key] = areTyped ? plainValue(value) : Json(value);
    }
    return object;
}

Json orNull(double value)
{
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

// ---- encoding: one put() a type --------------------------------------------------------------

void put(Json&, const Unknown&) {}
void put(Json&, const Accepted&) {}
void put(Json&, const Cancel&) {}
void put(Json&, const Pause&) {}
void put(Json&, const Resume&) {}
void put(Json&, const StopAndKeep&) {}
void put(Json&, const Unload&) {}
void put(Json&, const Shutdown&) {}

void put(Json& object, const Hello& hello)
{
    object["protocol"] = hello.version;
    object["build"] = hello.build;
    object["kind"] = hello.kind;
    object["pid"] = hello.pid;
    object["devices"] = Json::array();
    for (const Device& device : hello.devices) {
        object["devices"].push_back(
            {{"name", device.name},
             {"label", device.label},
             {"memory_bytes", device.memoryBytes},
             {"free_bytes", device.freeBytes},
             {"usable", device.usable},
             {"reason", device.reason}});
    }
}

void put(Json& object, const Rejected& rejected)
{
    object["code"] = rejected.code;
    object["message"] = rejected.message;
    object["field"] = rejected.field;
}

void put(Json& object, const Progress& progress)
{
    object["phase"] = progress.phase;
    object["step"] = progress.step;
    object["total"] = progress.total;
    object["seconds_left"] =
        progress.secondsLeft < 0 ? Json(nullptr) : orNull(progress.secondsLeft);
    object["detail"] = progress.detail;
}

void put(Json& object, const Metric& metric)
{
    object["name"] = metric.name;
    object["value"] = orNull(metric.value);
    object["step"] = metric.step;
    object["split"] = metric.split;
}

void put(Json& object, const Preview& preview)
{
    object["path"] = preview.path;
    object["image"] = preview.image;
    object["step"] = preview.step;
}

void put(Json& object, const Checkpoint& checkpoint)
{
    object["path"] = checkpoint.path;
    object["step"] = checkpoint.step;
    object["score"] = orNull(checkpoint.score);
}

void put(Json& object, const Prediction& prediction)
{
    object["image"] = prediction.image;
    object["stream"] = prediction.stream;
    object["labels"] = prediction.labels;
    object["probability"] = prediction.probability;
    object["guide"] = prediction.guide;
    object["guide_preview"] = prediction.guidePreview;
    object["guide_mean"] = orNull(prediction.guideMean);
    object["seconds"] = orNull(prediction.seconds);
    object["tokens_cached"] = prediction.tokensWereCached;
    object["groups"] = Json::array();
    for (const PrototypeGroup& group : prediction.groups) {
        Json matches = Json::array();
        for (const TokenMatch& match : group.matches) {
            matches.push_back(
                {{"image", match.image},
                 {"x", match.x},
                 {"y", match.y},
                 {"width", match.width},
                 {"height", match.height},
                 {"similarity", orNull(match.similarity)}});
        }
        object["groups"].push_back(
            {{"prototypes", group.prototypes},
             {"map", group.map},
             {"mean", orNull(group.mean)},
             {"book", group.book},
             {"nearest", group.nearest},
             {"nearest_similarity", orNull(group.nearestSimilarity)},
             {"matches", std::move(matches)}});
    }
    object["shares_exact"] = prediction.sharesAreExact;
    const auto known = [](double value) { return value < 0 ? Json(nullptr) : orNull(value); };
    object["shares_error"] = known(prediction.sharesError);
    object["effective_directions"] = orNull(prediction.effectiveDirections);
    object["feature_distance"] = known(prediction.featureDistance);
    object["feature_limit"] = known(prediction.featureLimit);
}

void put(Json& object, const JobResult& result)
{
    object["path"] = result.path;
    if (const auto* prediction = std::get_if<Prediction>(&result.payload)) {
        object["kind"] = "prediction";
        put(object, *prediction);
    } else if (const auto* model = std::get_if<std::string>(&result.payload)) {
        object["kind"] = "model";
        const Json description = Json::parse(*model, nullptr, false);
        object["model"] = description.is_discarded() ? Json(*model) : description;
    } else {
        object["kind"] = "run";
        object["score"] = orNull(result.score);
    }
}

void put(Json& object, const Failure& failure)
{
    object["code"] = failure.code;
    object["message"] = failure.message;
    object["context"] = objectOf(failure.context, false);
    object["retryable"] = failure.retryable;
    object["advice"] = objectOf(failure.advice, true);
}

void put(Json& object, const Warning& warning)
{
    object["message"] = warning.message;
}

void put(Json& object, const Alive& alive)
{
    object["step"] = alive.step;
    object["state"] = alive.state;
}

void put(Json& object, const Bye& bye)
{
    object["reason"] = bye.reason;
    object["exit_code"] = bye.exitCode;
}

void put(Json& object, const Start& start)
{
    object["model"] = start.model;
    if (!start.device.empty()) {
        object["device"] = start.device;
    }
}

void put(Json& object, const Predict& predict)
{
    object["image"] = predict.image;
    const auto putUnlessEmpty = [&](const char* key, const std::string& value) {
        if (!value.empty()) {
            object[key] = value;
        }
    };
    putUnlessEmpty("model", predict.model);
    putUnlessEmpty("stream", predict.stream);
    putUnlessEmpty("guide", predict.guide);
    if (!predict.prototypeWeights.empty()) {
        object["prototype_weights"] = predict.prototypeWeights;
    }
    for (const Prompt& prompt : predict.prompts) {
        object["prompts"].push_back({{"kind", prompt.kind}, {"coordinates", prompt.coordinates}});
    }
    if (predict.groups > 0) {
        object["groups"] = predict.groups;
    }
}

void put(Json& object, const SetPriority& priority)
{
    object["nice"] = priority.nice;
}

// ---- decoding: one take() a type -------------------------------------------------------------

void take(JsonFields&, Accepted&) {}
void take(JsonFields&, Cancel&) {}
void take(JsonFields&, Pause&) {}
void take(JsonFields&, Resume&) {}
void take(JsonFields&, StopAndKeep&) {}
void take(JsonFields&, Unload&) {}
void take(JsonFields&, Shutdown&) {}

void take(JsonFields& fields, Hello& hello)
{
    hello.version = 0;
    fields.integer("protocol", hello.version, 1);
    if (hello.version == 0) {
        fields.wrong("protocol", "there");
    }
    fields.text("build", hello.build);
    fields.text("kind", hello.kind);
    fields.integer("pid", hello.pid);
    fields.each("devices", [&](const nlohmann::json& item) {
        if (!item.is_object()) {
            return false;
        }
        JsonFields inner(item);
        Device device;
        inner.requireText("name", device.name);
        inner.text("label", device.label);
        inner.integer("memory_bytes", device.memoryBytes);
        inner.integer("free_bytes", device.freeBytes);
        inner.flag("usable", device.usable);
        inner.text("reason", device.reason);
        hello.devices.push_back(std::move(device));
        return inner.error().empty();
    });
}

void take(JsonFields& fields, Rejected& rejected)
{
    fields.requireText("code", rejected.code);
    fields.text("message", rejected.message);
    fields.text("field", rejected.field);
}

void take(JsonFields& fields, Progress& progress)
{
    fields.text("phase", progress.phase);
    fields.integer("step", progress.step);
    fields.integer("total", progress.total);
    fields.number("seconds_left", progress.secondsLeft, -1);
    fields.text("detail", progress.detail);
}

void take(JsonFields& fields, Metric& metric)
{
    fields.requireText("name", metric.name);
    fields.number("value", metric.value, kNaN);
    fields.integer("step", metric.step);
    fields.text("split", metric.split);
}

void take(JsonFields& fields, Preview& preview)
{
    fields.requireText("path", preview.path);
    fields.text("image", preview.image);
    fields.integer("step", preview.step);
}

void take(JsonFields& fields, Checkpoint& checkpoint)
{
    fields.requireText("path", checkpoint.path);
    fields.integer("step", checkpoint.step);
    fields.number("score", checkpoint.score, kNaN);
}

bool takeMatch(const nlohmann::json& item, std::vector<TokenMatch>& matches)
{
    if (!item.is_object()) {
        return false;
    }
    JsonFields fields(item);
    TokenMatch match;
    fields.requireText("image", match.image);
    fields.integer("x", match.x);
    fields.integer("y", match.y);
    fields.integer("width", match.width);
    fields.integer("height", match.height);
    fields.number("similarity", match.similarity, kNaN);
    matches.push_back(std::move(match));
    return fields.error().empty();
}

void take(JsonFields& fields, Prediction& prediction)
{
    fields.text("image", prediction.image);
    fields.text("stream", prediction.stream);
    fields.requireText("labels", prediction.labels);
    fields.text("probability", prediction.probability);
    fields.text("guide", prediction.guide);
    fields.text("guide_preview", prediction.guidePreview);
    fields.number("guide_mean", prediction.guideMean, kNaN);
    fields.number("seconds", prediction.seconds, kNaN);
    fields.flag("tokens_cached", prediction.tokensWereCached);
    fields.each("groups", [&](const nlohmann::json& item) {
        if (!item.is_object()) {
            return false;
        }
        JsonFields inner(item);
        PrototypeGroup group;
        inner.each("prototypes", [&](const nlohmann::json& index) {
            if (!index.is_number_unsigned() || index.get<std::uint64_t>() > kMaxPrototype) {
                return false;
            }
            group.prototypes.push_back(index.get<int>());
            return true;
        });
        inner.text("map", group.map);
        inner.number("mean", group.mean, kNaN);
        inner.integer("book", group.book, 0, kMaxPrototype);
        inner.integer("nearest", group.nearest, -1, kMaxPrototype);
        inner.number("nearest_similarity", group.nearestSimilarity, 0);
        inner.each("matches", [&](const nlohmann::json& match) {
            return takeMatch(match, group.matches);
        });
        prediction.groups.push_back(std::move(group));
        return inner.error().empty();
    });
    fields.flag("shares_exact", prediction.sharesAreExact);
    fields.number("shares_error", prediction.sharesError, -1);
    fields.number("effective_directions", prediction.effectiveDirections, kNaN);
    fields.number("feature_distance", prediction.featureDistance, -1);
    fields.number("feature_limit", prediction.featureLimit, -1);
}

void take(JsonFields& fields, JobResult& result)
{
    std::string kind = "run";
    fields.text("path", result.path);
    fields.text("kind", kind);
    if (kind == "prediction") {
        take(fields, result.payload.emplace<Prediction>());
    } else if (kind == "model") {
        const nlohmann::json* model = fields.find("model");
        if (model == nullptr) {
            fields.wrong("model", "there");
        } else {
            result.payload = model->is_string() ? model->get<std::string>() : model->dump();
        }
    } else {
        fields.number("score", result.score, kNaN);
    }
}

void take(JsonFields& fields, Failure& failure)
{
    fields.requireText("code", failure.code);
    fields.text("message", failure.message);
    fields.pairs("context", failure.context);
    fields.flag("retryable", failure.retryable);
    fields.pairs("advice", failure.advice);
}

void take(JsonFields& fields, Warning& warning)
{
    fields.text("message", warning.message);
}

void take(JsonFields& fields, Alive& alive)
{
    fields.integer("step", alive.step);
    fields.text("state", alive.state);
}

void take(JsonFields& fields, Bye& bye)
{
    fields.text("reason", bye.reason);
    fields.integer("exit_code", bye.exitCode, 0, 255);
}

void take(JsonFields& fields, Start& start)
{
    fields.requireText("model", start.model);
    fields.text("device", start.device);
}

void take(JsonFields& fields, Predict& predict)
{
    fields.requireText("image", predict.image);
    fields.text("model", predict.model);
    fields.text("stream", predict.stream);
    fields.text("guide", predict.guide);
    fields.numbers("prototype_weights", predict.prototypeWeights);
    fields.each("prompts", [&](const nlohmann::json& item) {
        if (!item.is_object()) {
            return false;
        }
        JsonFields inner(item);
        Prompt prompt;
        inner.requireText("kind", prompt.kind);
        inner.numbers("coordinates", prompt.coordinates);
        predict.prompts.push_back(std::move(prompt));
        return inner.error().empty();
    });
    fields.integer("groups", predict.groups, 0, 4096);
}

void take(JsonFields& fields, SetPriority& priority)
{
    fields.integer("nice", priority.nice, 0, 19);
}

// ---- the table of types ------------------------------------------------------------------------

// clang-format off
std::string_view nameOfType(const Unknown& unknown) { return unknown.type; }
constexpr std::string_view nameOfType(const Hello&) { return "hello"; }
constexpr std::string_view nameOfType(const Accepted&) { return "accepted"; }
constexpr std::string_view nameOfType(const Rejected&) { return "rejected"; }
constexpr std::string_view nameOfType(const Progress&) { return "progress"; }
constexpr std::string_view nameOfType(const Metric&) { return "metric"; }
constexpr std::string_view nameOfType(const Preview&) { return "preview"; }
constexpr std::string_view nameOfType(const Checkpoint&) { return "checkpoint"; }
constexpr std::string_view nameOfType(const JobResult&) { return "result"; }
constexpr std::string_view nameOfType(const Failure&) { return "error"; }
constexpr std::string_view nameOfType(const Warning&) { return "warning"; }
constexpr std::string_view nameOfType(const Alive&) { return "alive"; }
constexpr std::string_view nameOfType(const Bye&) { return "bye"; }
constexpr std::string_view nameOfType(const Start&) { return "start"; }
constexpr std::string_view nameOfType(const Predict&) { return "predict"; }
constexpr std::string_view nameOfType(const Cancel&) { return "cancel"; }
constexpr std::string_view nameOfType(const Pause&) { return "pause"; }
constexpr std::string_view nameOfType(const Resume&) { return "resume"; }
constexpr std::string_view nameOfType(const StopAndKeep&) { return "stop_and_keep"; }
constexpr std::string_view nameOfType(const Unload&) { return "unload"; }
constexpr std::string_view nameOfType(const Shutdown&) { return "shutdown"; }
constexpr std::string_view nameOfType(const SetPriority&) { return "set_priority"; }
// clang-format on

template<typename Body>
Result<std::string> encodeBody(const Envelope& envelope, const Body& body)
{
    Json object;
    object["type"] = std::visit([](const auto& value) { return nameOfType(value); }, body);
    if (!envelope.job.empty()) {
        object["job"] = envelope.jobIsNumber ? plainValue(envelope.job) : Json(envelope.job);
    }
    object["seq"] = envelope.seq;
    object["time"] = envelope.time;
    std::visit([&](const auto& value) { put(object, value); }, body);
    std::string line = dump(object);
    if (line.size() > kMaxLineBytes) {
        return Error{
            ErrorCode::Internal,
            "a message of type '" + object["type"].get<std::string>() + "' is longer than 64 KiB",
            {}};
    }
    return line;
}

Error damaged(const std::string& what)
{
    return Error{ErrorCode::BadInput, "no valid message: " + what, {}};
}

/// Fills `body` with the alternative whose name is `type`; false where none has it.
template<typename Body, std::size_t kIndex = 1>
bool takeByName(const std::string& type, JsonFields& fields, Body& body)
{
    if constexpr (kIndex < std::variant_size_v<Body>) {
        std::variant_alternative_t<kIndex, Body> value;
        if (nameOfType(value) != type) {
            return takeByName<Body, kIndex + 1>(type, fields, body);
        }
        take(fields, value);
        body = std::move(value);
        return true;
    } else {
        return false;
    }
}

template<typename Body>
Result<Received<Body>> decodeBody(std::string_view line)
{
    if (line.size() > kMaxLineBytes) {
        return damaged("longer than 64 KiB");
    }
    const nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
    if (object.is_discarded() || !object.is_object()) {
        return damaged("not one JSON object");
    }
    JsonFields fields(object);
    Received<Body> received;
    std::string type;
    fields.requireText("type", type);
    if (const nlohmann::json* job = fields.find("job");
        job != nullptr && job->is_number_integer()) {
        received.envelope.job = job->dump();
        received.envelope.jobIsNumber = true;
    } else {
        fields.text("job", received.envelope.job);
    }
    fields.integer("seq", received.envelope.seq);
    fields.text("time", received.envelope.time);
    if (fields.error().empty() && !takeByName(type, fields, received.body)) {
        received.body = Unknown{type};
    }
    if (!fields.error().empty()) {
        return damaged(fields.error()).with("type", type).with("job", received.envelope.job);
    }
    return received;
}

} // namespace

Result<std::string> encode(const Envelope& envelope, const Message& message)
{
    return encodeBody(envelope, message);
}

Result<std::string> encode(const Envelope& envelope, const Command& command)
{
    return encodeBody(envelope, command);
}

Result<Received<Message>> decodeMessage(std::string_view line)
{
    return decodeBody<Message>(line);
}

Result<Received<Command>> decodeCommand(std::string_view line)
{
    return decodeBody<Command>(line);
}

std::string encodePrediction(const Prediction& prediction)
{
    Json object;
    put(object, prediction);
    return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string_view typeOf(const Message& message)
{
    return std::visit([](const auto& value) { return nameOfType(value); }, message);
}

std::string_view typeOf(const Command& command)
{
    return std::visit([](const auto& value) { return nameOfType(value); }, command);
}

std::string utcNow()
{
    const auto now = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count()
        % 1000;
    std::tm parts = {};
    gmtime_r(&seconds, &parts);
    char text[48];
    std::snprintf(
        text,
        sizeof text,
        "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
        parts.tm_year + 1900,
        parts.tm_mon + 1,
        parts.tm_mday,
        parts.tm_hour,
        parts.tm_min,
        parts.tm_sec,
        static_cast<int>(milliseconds));
    return text;
}

} // namespace guidino::protocol
