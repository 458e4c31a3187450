// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/backbones/conv_norm.h"
#include "core/nn/backbones/gated_backbone.h"
#include "core/nn/backbones/swin_blocks.h"

#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/normalization.h>

#include <algorithm>
#include <array>

namespace guidino::nn {

struct H2FormerOptions
{
    std::int64_t in_channels = 3;
    std::int64_t num_classes = 1;
    std::int64_t width = 64; ///< c, a multiple of 8: stages of c, 2c, 4c, 8c channels
    std::array<std::int64_t, 4> num_heads = {2, 4, 8, 16};
    std::int64_t window_size = 16; ///< of all stages; the reference's is side / 16
    double drop_path = 0.1;
    bool scramble = false; ///< the published MLP's permutation of tokens and channels
};

/// ResNet's basic block. Keys conv1, bn1, conv2, bn2, downsample.{0,1} where it changes the shape.
class ResidualBlock : public ConvNormModule
{
public:
    ResidualBlock(std::int64_t in, std::int64_t out, std::int64_t stride);
    torch::Tensor forward(const torch::Tensor& x);

private:
    torch::nn::Conv2d conv1{nullptr};
    torch::nn::BatchNorm2d bn1{nullptr};
    torch::nn::Conv2d conv2{nullptr};
    torch::nn::BatchNorm2d bn2{nullptr};
    torch::nn::Conv2d m_project{nullptr};
    torch::nn::BatchNorm2d m_projectNorm{nullptr};
};

/// Transposed convolution, concatenation (up, skip), convolution, batch norm, ReLU. Keys up,
/// conv_bn_relu.{0,1}.
class H2FormerUp : public ConvNormModule
{
public:
    H2FormerUp(std::int64_t in, std::int64_t out);
    torch::Tensor forward(const torch::Tensor& deeper, const torch::Tensor& skip);

private:
    torch::nn::ConvTranspose2d up{nullptr};
    torch::nn::Conv2d m_conv{nullptr};
    torch::nn::BatchNorm2d m_norm{nullptr};
};

/// H2Former (BASELINES.md §4): ResNet-34 stages at half the usual stride, each followed by two Swin
/// blocks that a multi-scale embedding of the image feeds. Keys as in ../keys/h2former_256.tsv
/// without the buffers relative_position_index and attn_mask, which the window and the size say.
///
/// Sides must be multiples of 16. With `scramble` they must be equal, as in the reference, whose
/// permutation depends on the number of tokens; without it any rectangle does.
///
/// The bottleneck is the fourth stage's map (1/16), skip1 to skip3 the first three (1/2, 1/4, 1/8);
/// the gate `decoder` acts before the head.
class H2Former : public GatedBackbone
{
public:
    explicit H2Former(const H2FormerOptions& options);

    Encoding encode(const BackboneInput& input) override;
    std::vector<torch::Tensor> decode(const Encoding& encoding, const Gate& gate) override;
    [[nodiscard]] std::int64_t sizeMultiple() const override { return 16; }

    /// A square with `scramble`.
    [[nodiscard]] ImageSize paddedSize(ImageSize image) const override
    {
        const ImageSize size = GatedBackbone::paddedSize(image);
        const std::int64_t side = std::max(size.height, size.width);
        return m_options.scramble ? ImageSize{side, side} : size;
    }

    [[nodiscard]] std::int64_t bottleneckChannels() const override;
    [[nodiscard]] std::vector<GatePlace> gatePlaces() const override;
    [[nodiscard]] bool isEncoderModule(const std::string& name) const override;

private:
    /// To the next stage's scale: two convolutions of stride 2 side by side, ECA.
    struct Merge
    {
        torch::nn::LayerNorm norm{nullptr};
        std::array<torch::nn::Conv2d, 2> reductions{nullptr, nullptr};
        std::shared_ptr<EfficientChannelAttention> eca;

        [[nodiscard]] torch::Tensor operator()(const torch::Tensor& tokens);
    };

    void addEmbedding();
    void addStages();
    torch::Tensor embed(const torch::Tensor& image);

    H2FormerOptions m_options;
    std::array<torch::nn::Conv2d, 4> m_embed{nullptr, nullptr, nullptr, nullptr};
    std::shared_ptr<EfficientChannelAttention> m_embedEca;
    torch::nn::LayerNorm m_embedNorm{nullptr};
    torch::nn::Conv2d conv1{nullptr};
    torch::nn::BatchNorm2d bn1{nullptr};
    std::array<std::vector<std::shared_ptr<ResidualBlock>>, 4> m_layers;
    std::array<std::vector<std::shared_ptr<SwinBlock>>, 4> m_swin;
    std::array<Merge, 3> m_merges;
    std::array<std::shared_ptr<H2FormerUp>, 3> m_ups; ///< deepest first
    torch::nn::Conv2d m_head{nullptr};
};

} // namespace guidino::nn
