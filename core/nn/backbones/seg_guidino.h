// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/backbones/gated_backbone.h"

#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>

namespace guidino::nn {

struct SegGuidinoOptions
{
    std::int64_t token_dim = 384;  ///< D
    std::int64_t hidden_dim = 256; ///< a multiple of 32
    std::int64_t num_classes = 1;
    double dropout = 0;
};

/// Seg-GuiDINO's decoder on the guide backbone's features (PIPELINE.md §4.2): 3 × 3 convolution,
/// the gate `decoder`, 3 × 3 convolution, group norm (32), GELU, dropout, 1 × 1, bilinear to the
/// image's size. No encoder of its own: reads BackboneInput::tokens, any image size. Keys proj.*,
/// block.{0,1}.*, classifier.*.
class SegGuidinoDecoder : public GatedBackbone
{
public:
    explicit SegGuidinoDecoder(const SegGuidinoOptions& options);

    Encoding encode(const BackboneInput& input) override;
    std::vector<torch::Tensor> decode(const Encoding& encoding, const Gate& gate) override;
    [[nodiscard]] std::int64_t sizeMultiple() const override { return 1; }
    [[nodiscard]] std::int64_t bottleneckChannels() const override;
    [[nodiscard]] std::vector<GatePlace> gatePlaces() const override;
    [[nodiscard]] bool isEncoderModule(const std::string& name) const override;

    /// Everything: the encoder is the ViT.
    [[nodiscard]] bool isDecoderModule(const std::string&) const override { return true; }

private:
    SegGuidinoOptions m_options;
    torch::nn::Conv2d proj{nullptr};
    torch::nn::Sequential block{nullptr};
    torch::nn::Conv2d classifier{nullptr};
};

} // namespace guidino::nn
