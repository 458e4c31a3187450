// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/runtime.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace guidino::nn {
struct SystemConfig;
} // namespace guidino::nn

/// What a training will take on this device, measured by two steps on made-up images of the right
/// sizes: no data is decoded and nothing is written.
namespace guidino::engine {

struct Preflight
{
    std::string device; ///< such as "cuda:0"
    std::string label;  ///< such as "NVIDIA H200"
    int batchSize = 0;
    int imageSize = 0;
    std::int64_t trainImages = 0;
    std::int64_t validationImages = 0;
    std::int64_t epochs = 0;
    std::int64_t stepsPerEpoch = 0;
    double secondsPerStep = 0;       ///< once warm, and with cached tokens where they are cached
    double secondsOfFirstStep = 0;   ///< with what is done once
    double secondsPerValidation = 0; ///< all validation images, without their surface distances
    double secondsInAll = 0;
    bool tokensAreCached = false;  ///< the ViT is frozen: its tokens are computed once
    std::uint64_t neededBytes = 0; ///< on the device, at most
    std::uint64_t freeBytes = 0;   ///< what a training could have there; 0: not known
    bool fits = true;
    /// One setting that was tried and fits, where this one does not; empty: none was found.
    std::vector<std::pair<std::string, std::string>> advice;
};

/// Measures what the request asks for. A training that does not fit is an answer, not an error;
/// errors are those of a training before its first step (Usage, NotFound, Configuration, BadInput)
/// and Cancelled.
[[nodiscard]] Result<Preflight> runPreflight(const TrainRequest& request, JobContext& context);

/// The same as one JSON object with the fields' names in snake case and `advice` as an object.
[[nodiscard]] std::string toJson(const Preflight& preflight);

/// After a training ran out of memory: a setting ("training.batch_size" or "data.image_size") that
/// two steps were tried with and that fits; nothing where none does.
[[nodiscard]] std::optional<std::pair<std::string, std::string>>
settingThatFits(const TrainRequest& request, const nn::SystemConfig& config, JobContext& context);

} // namespace guidino::engine

extern "C" {
/// runPreflight() behind the runtime's door: the answer's JSON text, or the error.
void guidino_preflight_v1(
    const guidino::engine::TrainRequest* request,
    guidino::engine::JobContext* context,
    guidino::Result<std::string>* answer);
}
