// SPDX-License-Identifier: Apache-2.0
#include "core/nn/train/checkpoint.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/sha256.h"
#include "core/nn/io/safetensors.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

namespace guidino::nn {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr int kVersion = 1;
constexpr const char* kTensorsFile = "tensors.safetensors";
constexpr const char* kStateFile = "state.json";

/// JSON has no NaN and no infinity: both are null, which is read as NaN.
double numberOf(const Json& value)
{
    return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

Json toJson(const TrainingState& state)
{
    Json history = Json::array();
    for (const HistoryRow& row : state.history) {
        Json line = Json::object();
        for (const auto& [name, value] : row) {
            line[name] = value;
        }
        history.push_back(std::move(line));
    }
    return Json{
        {"sequence", state.sequence},
        {"epoch", state.epoch},
        {"step_in_epoch", state.step_in_epoch},
        {"step", state.step},
        {"sums", state.sums},
        {"batches", state.batches},
        {"epoch_seconds", state.epoch_seconds},
        {"best_score", state.best_score},
        {"best_epoch", state.best_epoch},
        {"stale", state.stale},
        {"is_finished", state.is_finished},
        {"stopped_early", state.stopped_early},
        {"loss_scale", state.loss_scale},
        {"good_steps", state.good_steps},
        {"identity", state.identity},
        {"history", std::move(history)}};
}

TrainingState stateOf(const Json& json)
{
    TrainingState state;
    json.at("sequence").get_to(state.sequence);
    json.at("epoch").get_to(state.epoch);
    json.at("step_in_epoch").get_to(state.step_in_epoch);
    json.at("step").get_to(state.step);
    for (const Json& value : json.at("sums")) {
        state.sums.push_back(numberOf(value));
    }
    json.at("batches").get_to(state.batches);
    state.epoch_seconds = numberOf(json.at("epoch_seconds"));
    state.best_score = numberOf(json.at("best_score"));
    json.at("best_epoch").get_to(state.best_epoch);
    json.at("stale").get_to(state.stale);
    json.at("is_finished").get_to(state.is_finished);
    json.at("stopped_early").get_to(state.stopped_early);
    json.at("loss_scale").get_to(state.loss_scale);
    json.at("good_steps").get_to(state.good_steps);
    json.at("identity").get_to(state.identity);
    for (const Json& line : json.at("history")) {
        HistoryRow row;
        for (const auto& [name, value] : line.items()) {
            row.emplace_back(name, numberOf(value));
        }
        state.history.push_back(std::move(row));
    }
    return state;
}

std::optional<Json> readState(const fs::path& folder)
{
    const auto text = readFile(folder / kStateFile, std::uint64_t{256} << 20);
    if (!text) {
        return std::nullopt;
    }
    Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object() || json.value("version", 0) != kVersion
        || !json.value("tensors_sha256", Json()).is_string()
        || !json.value("sequence", Json()).is_number_integer()) {
        return std::nullopt;
    }
    return json;
}

std::optional<TrainingCheckpoint> loadFolder(const fs::path& folder, const Json& json)
{
    const fs::path file = folder / kTensorsFile;
    const auto hash = sha256OfFile(file);
    if (!hash || *hash != json["tensors_sha256"].get<std::string>()) {
        return std::nullopt;
    }
    auto tensors = readSafetensors(file);
    if (!tensors) {
        return std::nullopt;
    }
    try {
        TrainingCheckpoint checkpoint;
        checkpoint.state = stateOf(json);
        for (const auto& [name, tensor] : tensors->tensors) {
            checkpoint.tensors.emplace(name, tensor.clone());
        }
        return checkpoint;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

} // namespace

Result<fs::path> saveCheckpoint(const fs::path& run, const TrainingCheckpoint& checkpoint)
{
    const fs::path folder =
        run / (checkpoint.state.sequence % 2 == 0 ? "checkpoint-a" : "checkpoint-b");
    GD_TRY(makeFolder(folder));
    GD_TRY(writeSafetensors(folder / kTensorsFile, checkpoint.tensors));
    auto hash = sha256OfFile(folder / kTensorsFile);
    if (!hash) {
        return std::move(hash).error();
    }
    Json json{{"version", kVersion}, {"tensors_sha256", *hash}};
    json.update(toJson(checkpoint.state));
    GD_TRY(writeFileAtomically(folder / kStateFile, json.dump(1) + "\n"));
    return folder;
}

std::optional<TrainingCheckpoint> loadNewestCheckpoint(const fs::path& run)
{
    std::vector<std::pair<fs::path, Json>> candidates;
    for (const char* name : {"checkpoint-a", "checkpoint-b"}) {
        if (auto json = readState(run / name)) {
            candidates.emplace_back(run / name, std::move(*json));
        }
    }
    const auto sequenceOf = [](const auto& candidate) {
        return candidate.second["sequence"].template get<std::int64_t>();
    };
    std::sort(candidates.begin(), candidates.end(), [&](const auto& a, const auto& b) {
        return sequenceOf(a) > sequenceOf(b);
    });
    for (const auto& [folder, json] : candidates) {
        if (auto checkpoint = loadFolder(folder, json)) {
            return checkpoint;
        }
        logWarning("The checkpoint " + folder.string() + " is damaged and left out.");
    }
    return std::nullopt;
}

} // namespace guidino::nn
