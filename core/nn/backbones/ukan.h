// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/backbones/conv_norm.h"
#include "core/nn/backbones/gated_backbone.h"
#include "core/nn/backbones/kan.h"

#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/normalization.h>

#include <array>

namespace guidino::nn {

struct UKanOptions
{
    std::int64_t in_channels = 3;
    std::int64_t num_classes = 1;
    /// c3, c4, c5; c3 a multiple of 8 (the first two stages have c3/8 and c3/4 channels).
    std::array<std::int64_t, 3> embed_dims = {128, 160, 256};
    double drop_path = 0;
};

/// (3 × 3 convolution with bias, batch norm, ReLU) twice. Keys conv.{0,1,3,4}.
class UKanConv : public ConvNormModule
{
public:
    UKanConv(std::int64_t in, std::int64_t mid, std::int64_t out);
    torch::Tensor forward(const torch::Tensor& x);

private:
    std::array<torch::nn::Conv2d, 2> m_convs{nullptr, nullptr};
    std::array<torch::nn::BatchNorm2d, 2> m_norms{nullptr, nullptr};
};

/// x + three times (KAN layer, depth-wise 3 × 3 convolution, batch norm, ReLU) of norm2 x. Keys
/// norm2, layer.{fc1..3, dwconv_1..3.{dwconv,bn}}.
class KanBlock : public ConvNormModule
{
public:
    KanBlock(std::int64_t dim, double drop_path);

    /// [B, C, H, W]
    torch::Tensor forward(const torch::Tensor& x);

private:
    double m_dropPath;
    torch::nn::LayerNorm norm2{nullptr};
    std::array<std::shared_ptr<KanLinear>, 3> m_layers;
    std::array<torch::nn::Conv2d, 3> m_convs{nullptr, nullptr, nullptr};
    std::array<torch::nn::BatchNorm2d, 3> m_norms{nullptr, nullptr, nullptr};
};

/// U-KAN (BASELINES.md §5). Sides must be multiples of 32. Keys as in
/// ../keys/ukan_128_160_256.tsv.
///
/// The bottleneck is the map after `norm4` (1/32); skip1 to skip4 are what is added on the way up:
/// 1/2, 1/4, 1/8 and the map after `norm3` (1/16); the gate `decoder` acts before `final`.
class UKan : public GatedBackbone
{
public:
    explicit UKan(const UKanOptions& options);

    Encoding encode(const BackboneInput& input) override;
    std::vector<torch::Tensor> decode(const Encoding& encoding, const Gate& gate) override;
    [[nodiscard]] std::int64_t sizeMultiple() const override { return 32; }
    [[nodiscard]] std::int64_t bottleneckChannels() const override;
    [[nodiscard]] std::vector<GatePlace> gatePlaces() const override;
    [[nodiscard]] bool isEncoderModule(const std::string& name) const override;

private:
    /// A block behind its norm: of the encoder (with an embedding before) or the decoder.
    struct Stage
    {
        torch::nn::Conv2d proj{nullptr};
        torch::nn::LayerNorm embedNorm{nullptr};
        std::shared_ptr<KanBlock> block;
        torch::nn::LayerNorm norm{nullptr};

        [[nodiscard]] torch::Tensor operator()(const torch::Tensor& x);
    };

    Stage
    addStage(const std::string& block, const std::string& norm, std::int64_t dim, double drop_path);
    void addEmbedding(Stage& stage, const std::string& name, std::int64_t in, std::int64_t dim);

    UKanOptions m_options;
    std::array<std::shared_ptr<UKanConv>, 3> m_encoders;
    std::array<Stage, 2> m_down;
    std::array<Stage, 2> m_up;
    std::array<std::shared_ptr<UKanConv>, 5> m_decoders;
    torch::nn::Conv2d m_final{nullptr};
};

} // namespace guidino::nn
