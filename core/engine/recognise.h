// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/config.h"
#include "core/nn/dino/vit_load.h"
#include "core/nn/io/checkpoint.h"

#include <optional>
#include <string>

/// Internal to the engine: which network a checkpoint's keys belong to.
namespace guidino::engine {

/// What the keys of a checkpoint say.
struct Recognition
{
    std::string architecture; ///< a name of the registry, vits16 ..., lora, or empty
    std::string kind;         ///< network, backbone, adapter, unknown
    std::optional<nn::VitState> vit;

    /// Of a network: its tensors under our names, without those of the guide backbone.
    nn::TensorMap network;
    nn::TensorMap backbone;  ///< keys behind guide.guide_backbone., adapters not among them
    nn::TensorMap adapter;   ///< PEFT's keys
    std::size_t dropped = 0; ///< keys that hold no weights
    bool isMilesial = false;
};

/// `wanted`: the architecture that is tried first, where several have the same keys.
[[nodiscard]] Recognition
recognise(const nn::Checkpoint& checkpoint, const std::string& wanted = {});

/// What shapes tell of a network; the rest is the published code's (profile parity), or milesial's.
/// Throws ErrorException (BadInput) where a telling tensor is missing.
[[nodiscard]] nn::SystemConfig configOf(const Recognition& recognition, const std::string& source);

} // namespace guidino::engine
