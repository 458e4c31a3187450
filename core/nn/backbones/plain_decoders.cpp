// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/token_decoder.h"

#include <torch/torch.h>

/// The decoders without a pyramid: GuiDINO's on the last layer of a DINOv3 (PIPELINE.md §4.2), and
/// MedDINOv3's patch decoder on four layers or on the last alone (§4.4).
namespace guidino::nn {

namespace {

using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;
using torch::nn::Sequential;

/// 1 × 1 (the gate `decoder`), group norm, GELU, 3 × 3, group norm, GELU, dropout, 1 × 1, bilinear.
class PlainDecoder : public TokenDecoder
{
public:
    PlainDecoder(std::int64_t token_dim, const NetworkConfig& config)
        : TokenDecoder(token_dim, 1)
    {
        const std::int64_t hidden = config.hidden_dim;
        TORCH_CHECK(
            hidden >= 32 && hidden % 32 == 0,
            "network.hidden_dim must be a multiple of 32 (group norm), not ",
            hidden);
        proj = register_module("proj", Conv2d(Conv2dOptions(token_dim, hidden, 1)));
        block = register_module(
            "block",
            Sequential(
                torch::nn::GroupNorm(32, hidden),
                torch::nn::GELU(),
                Conv2d(Conv2dOptions(hidden, hidden, 3).padding(1)),
                torch::nn::GroupNorm(32, hidden),
                torch::nn::GELU()));
        if (config.dropout > 0) {
            block->push_back(torch::nn::Dropout2d(config.dropout));
        }
        classifier =
            register_module("classifier", Conv2d(Conv2dOptions(hidden, config.num_classes, 1)));
    }

    std::vector<torch::Tensor> decode(const Encoding& encoding, const Gate& gate) override
    {
        const torch::Tensor x = gate(GatePlace::Decoder, proj->forward(encoding.levels.back()));
        return {toImage(classifier->forward(block->forward(x)), encoding, /*align_corners=*/false)};
    }

    Conv2d proj{nullptr};
    Sequential block{nullptr};
    Conv2d classifier{nullptr};
};

/// Layer norm over the channels of each pixel. Keys weight, bias.
class ChannelNorm : public torch::nn::Module
{
public:
    explicit ChannelNorm(std::int64_t channels)
    {
        weight = register_parameter("weight", torch::ones({channels}));
        bias = register_parameter("bias", torch::zeros({channels}));
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        constexpr double kEpsilon = 1e-6;
        return torch::layer_norm(x.permute({0, 2, 3, 1}), {x.size(1)}, weight, bias, kEpsilon)
            .permute({0, 3, 1, 2});
    }

    torch::Tensor weight;
    torch::Tensor bias;
};

/// Four times (transposed convolution × 2 that halves the channels, channel norm, GELU), 1 × 1. The
/// gate `decoder` acts on the tokens.
class PatchDecoder : public TokenDecoder
{
public:
    PatchDecoder(std::int64_t token_dim, std::int64_t layers, std::int64_t num_classes)
        : TokenDecoder(token_dim, layers)
    {
        std::int64_t channels = token_dim * layers;
        TORCH_CHECK(
            channels % 16 == 0,
            "MedDINOv3's decoder halves the channels four times, so they must be a multiple of "
            "16, not ",
            channels);
        const auto decode = register_module("decode", std::make_shared<Module>());
        for (int i = 0; i < 4; ++i) {
            const auto step =
                decode->register_module(std::to_string(i), std::make_shared<Module>());
            m_ups.push_back(step->register_module(
                "0",
                torch::nn::ConvTranspose2d(
                    torch::nn::ConvTranspose2dOptions(channels, channels / 2, 2).stride(2))));
            channels /= 2;
            m_norms.push_back(step->register_module("1", std::make_shared<ChannelNorm>(channels)));
        }
        m_head = decode->register_module("4", Conv2d(Conv2dOptions(channels, num_classes, 1)));
        initialiseHe(*this);
    }

    std::vector<torch::Tensor> decode(const Encoding& encoding, const Gate& gate) override
    {
        torch::Tensor x = gate(GatePlace::Decoder, torch::cat(encoding.levels, 1));
        for (std::size_t i = 0; i < m_ups.size(); ++i) {
            x = torch::gelu(m_norms[i]->forward(m_ups[i]->forward(x)));
        }
        return {toImage(m_head->forward(x), encoding, /*align_corners=*/false)};
    }

private:
    std::vector<torch::nn::ConvTranspose2d> m_ups;
    std::vector<std::shared_ptr<ChannelNorm>> m_norms;
    Conv2d m_head{nullptr};
};

Architecture medDino(bool isMultiScale)
{
    Architecture one = tokenArchitecture();
    one.source = "ricklisz/MedDINOv3 (arXiv 2509.02379)";
    if (isMultiScale) {
        one.options = {layersOption()};
    }
    one.make = [isMultiScale,
                options = one.options](const NetworkConfig& config, std::int64_t token_dim) {
        auto decoder =
            std::make_shared<PatchDecoder>(token_dim, isMultiScale ? 4 : 1, config.num_classes);
        if (isMultiScale) {
            decoder->setLayers(option<OptionNumbers>(config, options, "layers"));
        }
        return decoder;
    };
    // Primus holds its decoder as up_projection.
    one.own_key = [](const std::string& key) { return withoutPrefix(key, "up_projection."); };
    one.recognises = [isMultiScale](const NetworkState& state) {
        // Widths of DINOv3's ViTs are at most 4096; four layers of the smallest are 1536.
        const int channels = state.size("decode.0.0.weight", 0);
        const bool isSingle =
            channels == 384 || channels == 768 || channels == 1024 || channels == 1280;
        return isSingle != isMultiScale;
    };
    one.configure = [](const NetworkState& state, NetworkConfig& config) {
        config.num_classes = state.size("decode.4.weight", 0);
    };
    one.token_dim = [isMultiScale](const NetworkState& state) {
        return state.size("decode.0.0.weight", 0) / (isMultiScale ? 4 : 1);
    };
    return one;
}

} // namespace

Architecture plainDecoderArchitecture()
{
    Architecture one = tokenArchitecture();
    one.name = "dinov3-decoder";
    one.title = "Plain decoder of a ViT's last layer";
    one.source = "Hi-FishU/GuiDINO 32ad426 (model dinov3)";
    one.make = [](const NetworkConfig& config, std::int64_t token_dim) {
        return std::make_shared<PlainDecoder>(token_dim, config);
    };
    one.recognises = [](const NetworkState& state) {
        return state.hasPrefix("classifier.") && state.size("proj.weight", 2) == 1;
    };
    one.configure = [](const NetworkState& state, NetworkConfig& config) {
        config.hidden_dim = state.size("proj.weight", 0);
        config.num_classes = state.size("classifier.weight", 0);
    };
    one.token_dim = [](const NetworkState& state) { return state.size("proj.weight", 1); };
    return one;
}

Architecture medDinoArchitecture()
{
    Architecture one = medDino(true);
    one.name = "meddinov3";
    one.title = "MedDINOv3: patch decoder on four layers of a ViT";
    return one;
}

Architecture medDinoSingleArchitecture()
{
    Architecture one = medDino(false);
    one.name = "meddinov3-single";
    one.title = "MedDINOv3's patch decoder on a ViT's last layer";
    return one;
}

} // namespace guidino::nn
