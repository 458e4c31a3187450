// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/commands.h"
#include "core/protocol/messages.h"

#include <vector>

namespace guidino::test {

/// One or more of every message a worker says, with awkward text in it.
inline std::vector<protocol::Message> sampleMessages()
{
    using namespace protocol;
    Prediction prediction;
    prediction.image = "/data/ein Bild \"1\"\n.png";
    prediction.stream = "canvas";
    prediction.labels = "/run/x/labels.png";
    prediction.probability = "/run/x/probability.png";
    prediction.guide = "/run/x/guide.npy";
    prediction.guidePreview = "/run/x/guide.png";
    prediction.guideMean = 0.4375;
    prediction.seconds = 0.1;
    prediction.tokensWereCached = true;
    prediction.groups = {
        {{0, 3, 31},
         "/run/x/group-0.npy",
         -0.125,
         1,
         1,
         0.96875,
         {{"/data/ä.png", 16, 32, 8, 8, 0.875}, {"b.png", 0, 0, 1, 1, -0.5}}},
        {{}, "", 0.5, 0, -1, 0, {}}};
    prediction.sharesAreExact = true;
    prediction.sharesError = 0.00000011920928955078125;
    prediction.effectiveDirections = 7.25;
    prediction.featureDistance = 3.5;
    prediction.featureLimit = 2.25;
    return {
        Hello{
            kProtocolVersion,
            "0.1.0",
            "serve",
            4711,
            {{"cpu", "CPU, 2 threads", 1ULL << 34, 1ULL << 33, true, ""},
             {"cuda:0", "NVIDIA H200", 150754820096ULL, 1, false, "driver too old"}}},
        Hello{},
        Accepted{},
        Rejected{"replaced", "a newer request came", "stream"},
        Progress{"train", 12, 400, 61.5, "epoch 3/40"},
        Progress{"load", 0, 0, -1, ""},
        Metric{"dsc", 0.8125, 12, "validation"},
        Preview{"previews/000012-a.png", "ä", 12},
        Checkpoint{"best", 12, 0.8125},
        JobResult{"/run/x/result.json", 0, prediction},
        JobResult{"", 0, std::string(R"({"classes":["polyp"],"system":"guidino-u"})")},
        JobResult{"best", 0.875, {}},
        Failure{
            "out_of_device_memory",
            "needed 3 GiB, free 1 GiB",
            {{"file", "a.png"}, {"line", "7"}},
            true,
            {{"data.image_size", "128"}, {"training.batch_size", "2"}}},
        Warning{"a JPEG named .png"},
        Alive{12, "paused"},
        Bye{"cancelled", 5}};
}

inline std::vector<protocol::Command> sampleCommands()
{
    using namespace protocol;
    Predict predict;
    predict.image = "/data/a.png";
    predict.model = "demo";
    predict.stream = "canvas";
    predict.guide = "/tmp/guide.npy";
    predict.prototypeWeights = {1, 0, 0.5};
    predict.prompts = {{"positive", {12.5, 7}}, {"box", {0, 0, 10, 10}}};
    predict.groups = 8;
    Predict plain;
    plain.image = "a.png";
    return {
        Start{"demo", "cuda:0"},
        Start{"/models/a.zip", ""},
        predict,
        plain,
        Cancel{},
        Pause{},
        Resume{},
        StopAndKeep{},
        Unload{},
        Shutdown{},
        SetPriority{19}};
}

} // namespace guidino::test
