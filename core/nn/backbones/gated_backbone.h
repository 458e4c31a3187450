// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/config.h"
#include "core/nn/guide/gate.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

namespace guidino::nn {

struct BackboneInput
{
    torch::Tensor image; ///< [B, C, H, W] of a size that paddedSize() leaves as it is; gated

    /// [B, n · D, h, w]: the n tokenLayers() of the guide backbone one after the other; [B, D, h,
    /// w] of its last layer where the network names none. Only networks that decode a ViT read it.
    torch::Tensor tokens;
};

struct ImageSize
{
    std::int64_t height = 0;
    std::int64_t width = 0;

    friend bool operator==(const ImageSize&, const ImageSize&) = default;
};

/// What the encoder hands to the decoder: levels[0] is the finest, back() the bottleneck before its
/// gate.
struct Encoding
{
    std::vector<torch::Tensor> levels;
    std::int64_t height = 0; ///< of the image
    std::int64_t width = 0;
};

/// A segmentation network that a guide can gate. The place `Input` is the caller's; all others are
/// applied by decode().
class GatedBackbone : public torch::nn::Module
{
public:
    virtual Encoding encode(const BackboneInput& input) = 0;

    /// Logits fine to coarse: [0] is [B, K, H, W], the rest deep-supervision heads (in training
    /// and evaluation alike, where the network has them).
    virtual std::vector<torch::Tensor> decode(const Encoding& encoding, const Gate& gate) = 0;

    /// Both in turn, with the input gated too.
    std::vector<torch::Tensor> forward(const BackboneInput& input, const Gate& gate = {});

    /// Folds batch norms into convolutions for prediction; undone by train(true). The weights must
    /// not change meanwhile.
    void prepareInference();

    /// Image sides must be multiples of this (1: any size >= 16); what paddedSize() goes by.
    [[nodiscard]] virtual std::int64_t sizeMultiple() const { return 1; }

    /// The smallest size that the network takes and that holds an image of this size. Networks with
    /// rules of their own (other multiples by axis, squares) override it.
    [[nodiscard]] virtual ImageSize paddedSize(ImageSize image) const;

    /// Which blocks of a ViT of this depth the network decodes, ascending; empty: none, or the last
    /// alone.
    [[nodiscard]] virtual std::vector<int> tokenLayers(int /*depth*/) const { return {}; }

    /// Channels of Encoding::levels.back(): D of the guide's tokens for source `self`.
    [[nodiscard]] virtual std::int64_t bottleneckChannels() const = 0;

    [[nodiscard]] virtual std::vector<GatePlace> gatePlaces() const = 0;

    /// Whether encode() uses the submodule of this dotted name ("down1.block.1.block.4").
    [[nodiscard]] virtual bool isEncoderModule(const std::string& name) const = 0;

    /// Whether a parameter of this dotted name learns with training.update = decoder: by default
    /// what is not the encoder's.
    [[nodiscard]] virtual bool isDecoderModule(const std::string& name) const
    {
        return !isEncoderModule(name);
    }
};

/// Kaiming-normal convolution weights (slope 0.01), zero biases: nnU-Net's initialisation.
void initialiseHe(torch::nn::Module& module);

} // namespace guidino::nn
