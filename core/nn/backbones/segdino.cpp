// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/token_decoder.h"

#include <torch/torch.h>

#include <array>

/// SegDINO v1 (PIPELINE.md §4.1), before and after its transposed convolution.
namespace guidino::nn {

namespace {

using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;

struct SegDinoOptions
{
    std::int64_t token_dim = 384;
    std::int64_t num_classes = 1;
    std::int64_t features = 128;
    std::array<std::int64_t, 4> out_channels = {96, 192, 384, 768};
    bool deconv = true; ///< since 2025-12-29; the paper's tables were made without
};

/// Four layers, each projected, convolved to `features` and brought to one scale (1/4 of the image
/// with the transposed convolution, the tokens' without), one 1 × 1 convolution of all. No
/// non-linearity. The gate `decoder` acts on the four projections.
class SegDinoDecoder : public TokenDecoder
{
public:
    explicit SegDinoDecoder(const SegDinoOptions& options)
        : TokenDecoder(options.token_dim, 4)
    {
        const auto projects = register_module("projects", std::make_shared<Module>());
        const auto scratch = register_module("scratch", std::make_shared<Module>());
        for (std::size_t i = 0; i < 4; ++i) {
            const std::int64_t channels = options.out_channels[i];
            m_projects[i] = projects->register_module(
                std::to_string(i), Conv2d(Conv2dOptions(options.token_dim, channels, 1)));
            m_convs[i] = scratch->register_module(
                "layer" + std::to_string(i + 1) + "_rn",
                Conv2d(Conv2dOptions(channels, options.features, 3).padding(1).bias(false)));
        }
        m_head = scratch->register_module(
            "output_conv", Conv2d(Conv2dOptions(4 * options.features, options.num_classes, 1)));
        if (options.deconv) {
            proj = register_module(
                "proj",
                torch::nn::ConvTranspose2d(
                    torch::nn::ConvTranspose2dOptions(options.features, options.features, 4)
                        .stride(4)
                        .bias(false)));
        }
    }

    std::vector<torch::Tensor> decode(const Encoding& encoding, const Gate& gate) override
    {
        std::vector<torch::Tensor> maps;
        for (std::size_t i = 0; i < 4; ++i) {
            const torch::Tensor x = m_projects[i]->forward(encoding.levels[i]);
            maps.push_back(m_convs[i]->forward(gate(GatePlace::Decoder, x)));
        }
        if (proj) {
            maps[0] = proj->forward(maps[0]);
            for (std::size_t i = 1; i < 4; ++i) {
                maps[i] = torch::upsample_bilinear2d(
                    maps[i], {maps[0].size(2), maps[0].size(3)}, /*align_corners=*/true);
            }
        }
        return {toImage(m_head->forward(torch::cat(maps, 1)), encoding, /*align_corners=*/true)};
    }

private:
    std::array<Conv2d, 4> m_projects{nullptr, nullptr, nullptr, nullptr};
    std::array<Conv2d, 4> m_convs{nullptr, nullptr, nullptr, nullptr};
    Conv2d m_head{nullptr};
    torch::nn::ConvTranspose2d proj{nullptr};
};

const std::vector<NetworkOption>& options()
{
    static const std::vector<NetworkOption> all = {
        {"features", std::int64_t{128}, 1, 4096},
        {"out_channels", OptionNumbers{96, 192, 384, 768}, 1, 8192, {}, 4, 4},
        {"deconv", true},
        layersOption(),
    };
    return all;
}

} // namespace

Architecture segDinoArchitecture()
{
    Architecture one = tokenArchitecture();
    one.name = "segdino";
    one.title = "SegDINO: affine head on four layers of a ViT";
    one.source = "script-Yang/SegDINO e383124 (arXiv 2509.00833)";
    one.options = options();
    one.make = [](const NetworkConfig& config, std::int64_t token_dim) {
        SegDinoOptions made;
        made.token_dim = token_dim;
        made.num_classes = config.num_classes;
        made.features = option<std::int64_t>(config, options(), "features");
        const auto channels = option<OptionNumbers>(config, options(), "out_channels");
        TORCH_CHECK(channels.size() == 4, "network.out_channels needs four numbers");
        std::copy(channels.begin(), channels.end(), made.out_channels.begin());
        made.deconv = option<bool>(config, options(), "deconv");
        auto decoder = std::make_shared<SegDinoDecoder>(made);
        decoder->setLayers(option<OptionNumbers>(config, options(), "layers"));
        return decoder;
    };
    one.own_key = [](const std::string& key) { return withoutPrefix(key, "head."); };
    one.reference_keys = [](const std::string& key) {
        return std::vector<std::string>{"head." + key};
    };
    one.recognises = [](const NetworkState& state) {
        return state.hasPrefix("projects.0.") && state.hasPrefix("scratch.layer1_rn.");
    };
    one.configure = [](const NetworkState& state, NetworkConfig& config) {
        OptionNumbers channels;
        for (int i = 0; i < 4; ++i) {
            channels.push_back(state.size("projects." + std::to_string(i) + ".weight", 0));
        }
        config.num_classes = state.size("scratch.output_conv.weight", 0);
        config.options["features"] = std::int64_t{state.size("scratch.layer1_rn.weight", 0)};
        config.options["out_channels"] = channels;
        config.options["deconv"] = state.has("proj.weight");
    };
    one.token_dim = [](const NetworkState& state) { return state.size("projects.0.weight", 1); };
    return one;
}

} // namespace guidino::nn
