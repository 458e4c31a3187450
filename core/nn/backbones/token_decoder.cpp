// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/token_decoder.h"

#include <ATen/autocast_mode.h>
#include <torch/torch.h>

#include <algorithm>

namespace guidino::nn {

std::vector<int> fourLayers(int depth)
{
    if (depth == 24) {
        return {4, 11, 17, 23};
    }
    std::vector<int> layers;
    for (int i = 1; i <= 4; ++i) {
        layers.push_back(std::max(i * depth / 4 - 1, 0));
    }
    return layers;
}

TokenDecoder::TokenDecoder(std::int64_t token_dim, std::int64_t layers)
    : m_tokenDim(token_dim)
    , m_layers(layers)
{}

Encoding TokenDecoder::encode(const BackboneInput& input)
{
    TORCH_CHECK(
        input.tokens.defined() && input.tokens.dim() == 4
            && input.tokens.size(1) == m_layers * m_tokenDim,
        "this decoder takes features [B, ",
        m_layers,
        " x ",
        m_tokenDim,
        ", h, w] of a ViT",
        input.tokens.defined() ? ", not " : "",
        input.tokens.defined() ? input.tokens.sizes() : c10::IntArrayRef());
    torch::Tensor tokens = input.tokens;
    // Cached features may be narrower (bfloat16) than the decoder.
    if (!at::autocast::is_autocast_enabled(tokens.device().type())) {
        tokens = tokens.to(parameters().front().scalar_type());
    }
    Encoding encoding;
    encoding.height = input.image.size(2);
    encoding.width = input.image.size(3);
    encoding.levels = tokens.chunk(m_layers, 1);
    return encoding;
}

std::vector<int> TokenDecoder::tokenLayers(int depth) const
{
    if (m_layers == 1) {
        return {};
    }
    if (m_named.empty()) {
        return fourLayers(depth);
    }
    TORCH_CHECK(
        std::is_sorted(m_named.begin(), m_named.end()) && m_named.front() >= 0
            && m_named.back() < depth,
        "network.layers must ascend from 0 to at most ",
        depth - 1,
        ", the last block of this ViT");
    return {m_named.begin(), m_named.end()};
}

torch::Tensor
TokenDecoder::toImage(const torch::Tensor& logits, const Encoding& encoding, bool align_corners)
{
    if (logits.size(2) == encoding.height && logits.size(3) == encoding.width) {
        return logits;
    }
    return torch::upsample_bilinear2d(logits, {encoding.height, encoding.width}, align_corners);
}

NetworkOption layersOption()
{
    return {"layers", OptionNumbers{}, 0, 1000, {}, 0, 4};
}

Architecture tokenArchitecture()
{
    Architecture one;
    one.size_rule = "any size";
    one.reads_tokens = true;
    one.default_gates = {"decoder"};
    return one;
}

std::string withoutPrefix(const std::string& key, const std::string& prefix)
{
    return key.rfind(prefix, 0) == 0 ? key.substr(prefix.size()) : key;
}

} // namespace guidino::nn
