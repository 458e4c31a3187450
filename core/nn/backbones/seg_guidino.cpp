// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/seg_guidino.h"

#include "core/nn/backbones/registry.h"

#include <ATen/autocast_mode.h>
#include <torch/torch.h>

namespace guidino::nn {

using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;

SegGuidinoDecoder::SegGuidinoDecoder(const SegGuidinoOptions& options)
    : m_options(options)
{
    const std::int64_t hidden = options.hidden_dim;
    TORCH_CHECK(
        hidden >= 32 && hidden % 32 == 0,
        "network.hidden_dim must be a multiple of 32 (group norm), not ",
        hidden);
    proj = register_module("proj", Conv2d(Conv2dOptions(options.token_dim, hidden, 3).padding(1)));
    block = register_module(
        "block",
        torch::nn::Sequential(
            Conv2d(Conv2dOptions(hidden, hidden, 3).padding(1)),
            torch::nn::GroupNorm(32, hidden),
            torch::nn::GELU()));
    if (options.dropout > 0) {
        block->push_back(torch::nn::Dropout2d(options.dropout));
    }
    classifier =
        register_module("classifier", Conv2d(Conv2dOptions(hidden, options.num_classes, 1)));
}

Encoding SegGuidinoDecoder::encode(const BackboneInput& input)
{
    TORCH_CHECK(
        input.tokens.defined() && input.tokens.dim() == 4
            && input.tokens.size(1) == m_options.token_dim,
        "Seg-GuiDINO needs features [B, ",
        m_options.token_dim,
        ", h, w] of its guide backbone");
    Encoding encoding;
    encoding.height = input.image.size(2);
    encoding.width = input.image.size(3);
    const torch::Tensor weight = proj->weight;
    // Cached features may be narrower (bfloat16) than the decoder.
    const bool convert = !at::autocast::is_autocast_enabled(input.tokens.device().type());
    encoding.levels.push_back(
        proj->forward(convert ? input.tokens.to(weight.scalar_type()) : input.tokens));
    return encoding;
}

std::vector<torch::Tensor> SegGuidinoDecoder::decode(const Encoding& encoding, const Gate& gate)
{
    const torch::Tensor x = block->forward(gate(GatePlace::Decoder, encoding.levels.back()));
    return {torch::upsample_bilinear2d(
        classifier->forward(x), {encoding.height, encoding.width}, /*align_corners=*/false)};
}

std::int64_t SegGuidinoDecoder::bottleneckChannels() const
{
    return m_options.hidden_dim;
}

std::vector<GatePlace> SegGuidinoDecoder::gatePlaces() const
{
    return {GatePlace::Decoder};
}

bool SegGuidinoDecoder::isEncoderModule(const std::string& name) const
{
    return name.rfind("proj", 0) == 0;
}

Architecture segGuidinoArchitecture()
{
    Architecture one;
    one.name = "seg-guidino";
    one.title = "Seg-GuiDINO: gated decoder of a ViT's last layer";
    one.source = "GuiDINO (arXiv 2603.01115)";
    one.size_rule = "any size";
    one.guide = GuideUse::Always;
    one.default_source = "dinov3";
    one.default_gates = {"decoder"};
    one.reads_tokens = true;
    one.make = [](const NetworkConfig& config, std::int64_t token_dim) {
        SegGuidinoOptions options;
        options.token_dim = token_dim;
        options.hidden_dim = config.hidden_dim;
        options.num_classes = config.num_classes;
        options.dropout = config.dropout;
        return std::make_shared<SegGuidinoDecoder>(options);
    };
    one.recognises = [](const NetworkState& state) {
        return state.hasPrefix("classifier.") && state.size("proj.weight", 2) == 3;
    };
    one.token_dim = [](const NetworkState& state) { return state.size("proj.weight", 1); };
    one.configure = [](const NetworkState& state, NetworkConfig& config) {
        config.hidden_dim = state.size("proj.weight", 0);
        config.num_classes = state.size("classifier.weight", 0);
    };
    return one;
}

} // namespace guidino::nn
