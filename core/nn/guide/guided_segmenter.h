// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/backbones/batch_norm_statistics.h"
#include "core/nn/backbones/gated_backbone.h"
#include "core/nn/guide/guide_generator.h"
#include "core/nn/segmenter.h"

#include <memory>

namespace guidino::nn {

class GuideSource;

/// The one segmenter: a GatedBackbone and, where the system has a guide, a GuideGenerator.
///
/// Submodules: network; guide (not without a guide, but for networks that decode a ViT: there it
/// holds the ViT alone); guide_source (a plug-in's, where guide.source names one); first_pass, the
/// ungated encoder pass's batch-norm statistics (source `self` with the gate `input`).
///
/// Source `self`: the tokens are the network's bottleneck before its gate, so one encoder pass
/// serves both, unless the input is gated: then a first, ungated encoder pass with the same
/// weights makes the tokens and a second one is gated. Gradients of the guide reach the encoder.
///
/// Sizes that the network does not take are padded at the right and bottom by border pixels;
/// guide backbone and network see the padded image, logits are cropped back and guides are brought
/// to the image's frame (as are prototype maps; a given guide the other way).
class GuidedSegmenter : public Segmenter
{
public:
    /// token_dim: channels of the guide backbone's features; must be vit's where there is one.
    /// Without a vit the features must come with each call (ForwardOptions::tokens). Ignored for
    /// source `self`.
    GuidedSegmenter(
        const SystemConfig& config, std::int64_t token_dim, std::shared_ptr<VisionTransformer> vit);

    SegmenterOutput
    forward(const torch::Tensor& image, const ForwardOptions& options = {}) override;
    [[nodiscard]] VisionTransformer* guideBackbone() override;
    torch::Tensor guideTokens(const torch::Tensor& image) override;

    /// The guide alone, from features that guideTokens() made of images of this size: what
    /// forward() would say of guide, prototypes and prototype maps, while the network is not run
    /// and there are no logits. Throws c10::Error where the system has no guide of a ViT.
    SegmenterOutput guideOf(
        const torch::Tensor& tokens, const ImageSize& image, const ForwardOptions& options = {});
    void prepareInference() override;
    [[nodiscard]] bool isDecoderKey(const std::string& key) const override;

    [[nodiscard]] GatedBackbone& network() { return *m_network; }
    [[nodiscard]] GuideGenerator* guide() { return m_guide.get(); } ///< nullptr: no guide, no ViT

private:
    [[nodiscard]] bool gatesInput() const;
    SegmenterOutput guided(const torch::Tensor& padded, const ForwardOptions& options);
    [[nodiscard]] torch::Tensor lastLayer(const torch::Tensor& tokens) const;
    [[nodiscard]] GuideOutput
    madeGuide(const torch::Tensor& tokens, const ForwardOptions& options) const;

    SystemConfig m_config;
    bool m_isGuided = false;
    bool m_isSelf = false;
    std::int64_t m_tokenDim = 0;
    std::vector<int> m_layers; ///< that the network decodes; empty: the last
    std::vector<GatePlace> m_places;
    GateFunction m_gateFunction;
    std::shared_ptr<GatedBackbone> m_network;
    std::shared_ptr<GuideGenerator> m_guide;
    std::shared_ptr<GuideSource> m_source;
    std::shared_ptr<BatchNormStatistics> m_firstPass;
};

/// Resamples a map [B, G, h, w] that covers `source` pixels (height, width) to one of `grid` cells
/// that covers `target` pixels with the same top left corner; bilinear, the border continues.
[[nodiscard]] torch::Tensor reframed(
    const torch::Tensor& map,
    c10::IntArrayRef source,
    c10::IntArrayRef target,
    c10::IntArrayRef grid);

} // namespace guidino::nn
