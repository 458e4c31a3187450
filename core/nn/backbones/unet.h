// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/backbones/conv_norm.h"
#include "core/nn/backbones/gated_backbone.h"

#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>

#include <array>

namespace guidino::nn {

struct UNetOptions
{
    std::int64_t in_channels = 3;
    std::int64_t num_classes = 1;
    std::int64_t base_channels = 32; ///< c: channels c, 2c, 4c, 8c, 16c (bilinear: 8c)
    bool bilinear = false;           ///< bilinear up-sampling instead of transposed convolution
    bool align_corners = false;      ///< of bilinear: GuiDINO false, milesial true
};

/// (3 × 3 convolution without bias, batch norm, ReLU) twice. Keys block.{0,1,3,4}.
class DoubleConv : public ConvNormModule
{
public:
    DoubleConv(std::int64_t in, std::int64_t out, std::int64_t mid);
    torch::Tensor forward(const torch::Tensor& x);

    torch::nn::Sequential block{nullptr};

private:
    // The block's layers by type.
    std::array<torch::nn::Conv2d, 2> m_convs{nullptr, nullptr};
    std::array<torch::nn::BatchNorm2d, 2> m_norms{nullptr, nullptr};
};

/// Up-sampling of the deeper map, padding to the skip's size, concatenation (skip, up), DoubleConv.
class UNetUp : public torch::nn::Module
{
public:
    UNetUp(std::int64_t in, std::int64_t out, const UNetOptions& options);
    torch::Tensor forward(const torch::Tensor& deeper, const torch::Tensor& skip);

    torch::nn::ConvTranspose2d up{nullptr}; ///< empty with bilinear
    std::shared_ptr<DoubleConv> conv;

private:
    bool m_alignCorners;
};

/// GuiDINO's UNet (BASELINES.md §1.1, §1.2), with milesial's as options. Any sides >= 16.
/// Keys inc.*, down{1..4}.block.1.*, up{1..4}.{up,conv}.*, outc.conv.*. The gate `decoder` acts on
/// the last up block's output, before outc.
class UNet : public GatedBackbone
{
public:
    explicit UNet(const UNetOptions& options);

    Encoding encode(const BackboneInput& input) override;
    std::vector<torch::Tensor> decode(const Encoding& encoding, const Gate& gate) override;
    [[nodiscard]] std::int64_t sizeMultiple() const override { return 1; }
    [[nodiscard]] std::int64_t bottleneckChannels() const override;
    [[nodiscard]] std::vector<GatePlace> gatePlaces() const override;
    [[nodiscard]] bool isEncoderModule(const std::string& name) const override;

private:
    UNetOptions m_options;
    std::shared_ptr<DoubleConv> inc;
    std::vector<torch::nn::Sequential> m_downs;
    std::vector<std::shared_ptr<UNetUp>> m_ups;
    torch::nn::Conv2d m_head{nullptr};
};

} // namespace guidino::nn
