// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/messages.h"

#include <string>
#include <variant>
#include <vector>

/// What the window says to a worker, as values (docs/protocol.md).
namespace guidino::protocol {

/// To a serve worker: load this model, answer with its description.
struct Start
{
    std::string model;  ///< bundle folder, zip or registered name
    std::string device; ///< empty: as the worker was started

    friend bool operator==(const Start&, const Start&) = default;
};

/// A click or a box of the user's, in image pixels: a guide is made of them.
struct Prompt
{
    std::string kind;                ///< "positive", "negative", "box"
    std::vector<double> coordinates; ///< x, y or x0, y0, x1, y1

    friend bool operator==(const Prompt&, const Prompt&) = default;
};

struct Predict
{
    std::string image;
    std::string model;                    ///< empty: the loaded one
    std::string stream;                   ///< a newer request of a stream replaces the older
    std::string guide;                    ///< PNG or NPY to use instead; empty: the model's own
    std::vector<double> prototypeWeights; ///< N numbers, 0 = muted; empty: all 1
    std::vector<Prompt> prompts;
    int groups = 0; ///< > 0: answer with this many prototype groups

    friend bool operator==(const Predict&, const Predict&) = default;
};

/// Ends the job of the envelope; with an empty job everything that waits or runs.
struct Cancel
{
    friend bool operator==(const Cancel&, const Cancel&) = default;
};

struct Pause
{
    friend bool operator==(const Pause&, const Pause&) = default;
};

struct Resume
{
    friend bool operator==(const Resume&, const Resume&) = default;
};

/// Finish the step, keep the best checkpoint, end as a success.
struct StopAndKeep
{
    friend bool operator==(const StopAndKeep&, const StopAndKeep&) = default;
};

/// Give the model and its memory back; stay.
struct Unload
{
    friend bool operator==(const Unload&, const Unload&) = default;
};

struct Shutdown
{
    friend bool operator==(const Shutdown&, const Shutdown&) = default;
};

struct SetPriority
{
    int nice = 10; ///< 0..19, as nice(1)

    friend bool operator==(const SetPriority&, const SetPriority&) = default;
};

using Command = std::variant<
    Unknown,
    Start,
    Predict,
    Cancel,
    Pause,
    Resume,
    StopAndKeep,
    Unload,
    Shutdown,
    SetPriority>;

} // namespace guidino::protocol
