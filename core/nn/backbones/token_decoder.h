// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/backbones/gated_backbone.h"
#include "core/nn/backbones/registry.h"

#include <string>
#include <vector>

namespace guidino::nn {

/// The four layers that SegDINO and MedDINOv3 decode of a ViT with so many blocks: 2, 5, 8, 11 of
/// 12, 4, 11, 17, 23 of 24, the ends of four equal parts else (PIPELINE.md §4.1). Ascending; with
/// fewer than four blocks some come twice.
[[nodiscard]] std::vector<int> fourLayers(int depth);

/// Base of networks that decode the features of a ViT and have no encoder of their own. Any image
/// size; the logits are the image's size. The gate `decoder` is the subclass's.
///
/// encode() leaves each layer's map [B, D, h, w], in the weights' type.
class TokenDecoder : public GatedBackbone
{
public:
    /// layers: of the tokens; 1 reads the last layer.
    TokenDecoder(std::int64_t token_dim, std::int64_t layers);

    Encoding encode(const BackboneInput& input) override;

    /// `layers` of the options where the user named some, else fourLayers(), or none for the last.
    [[nodiscard]] std::vector<int> tokenLayers(int depth) const override;

    [[nodiscard]] std::int64_t bottleneckChannels() const override { return m_tokenDim; }

    [[nodiscard]] std::vector<GatePlace> gatePlaces() const override
    {
        return {GatePlace::Decoder};
    }

    [[nodiscard]] bool isEncoderModule(const std::string&) const override { return false; }

    void setLayers(const OptionNumbers& layers) { m_named = layers; }

protected:
    /// Bilinear, to the image's size.
    [[nodiscard]] static torch::Tensor
    toImage(const torch::Tensor& logits, const Encoding& encoding, bool align_corners);

private:
    std::int64_t m_tokenDim;
    std::int64_t m_layers;
    OptionNumbers m_named;
};

/// The option `layers`: which blocks of the ViT are decoded (four; empty: by its depth).
[[nodiscard]] NetworkOption layersOption();

/// What all entries of token decoders share.
[[nodiscard]] Architecture tokenArchitecture();

/// Takes a checkpoint's prefix ("head.") off; other keys stay.
[[nodiscard]] std::string withoutPrefix(const std::string& key, const std::string& prefix);

} // namespace guidino::nn
