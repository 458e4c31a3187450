// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/config.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <vector>

namespace guidino::nn {

class VisionTransformer;

/// What may be handed to a segmenter besides the image.
struct ForwardOptions
{
    torch::Tensor
        guide; ///< [B, G, h', w'] in [0, 1]: replaces the generated guide (a painted one, say)
    torch::Tensor prototype_weights; ///< [N]: 0 mutes a prototype, 1 keeps it
    torch::Tensor tokens;            ///< cached guideTokens(); the ViT is then not run
    bool want_prototype_maps = false;
    bool want_tokens = false;
    bool want_prototypes = false; ///< what the loss needs to keep prototypes apart
};

/// One TokenBook's prototypes and which tokens go with them, both with gradient.
struct PrototypeUse
{
    torch::Tensor book;             ///< [N, D]
    torch::Tensor responsibilities; ///< [B, N, h, w], adds up to 1 over N
};

/// What a segmenter gives back. G = number of guides (1, or one per foreground class).
struct SegmenterOutput
{
    std::vector<torch::Tensor>
        logits;          ///< fine to coarse; [0] is [B, K, H, W], the rest deep-supervision heads
    torch::Tensor guide; ///< [B, G, h, w] float32 in [0, 1]; undefined where the system has none
    torch::Tensor guide_used; ///< what gated: the given guide or `guide`
    torch::Tensor
        prototype_maps; ///< [B, N, h, w] float32 signed shares; undefined unless asked for
    bool shares_are_exact = false;        ///< muting a prototype removes exactly its share
    torch::Tensor tokens;                 ///< [B, D, h, w]; undefined unless asked for
    std::vector<PrototypeUse> prototypes; ///< G; empty unless asked for
};

/// A segmentation system: network, and guide generator where it has one. Images are normalised
/// [B, 3, H, W] float32 (or the autocast type); any H, W ≥ 32: systems pad where their network
/// needs multiples.
class Segmenter : public torch::nn::Module
{
public:
    virtual SegmenterOutput
    forward(const torch::Tensor& image, const ForwardOptions& options = {}) = 0;

    /// The guide backbone, or nullptr (no guide, or source `self`).
    [[nodiscard]] virtual VisionTransformer* guideBackbone() { return nullptr; }

    /// Features of the guide backbone [B, D, h, w] for an image, to be cached (of n layers
    /// [B, n · D, h, w] where the network decodes several); undefined where there is none.
    virtual torch::Tensor guideTokens(const torch::Tensor& image);

    /// Prepares for prediction without gradients: folds the TokenBook where that is exact, and
    /// batch norms into convolutions. Undone by train(true); the weights must not change meanwhile
    /// (call it again after loading others).
    virtual void prepareInference() {}

    /// Whether a parameter belongs to the network's decoding part (training.update = decoder).
    [[nodiscard]] virtual bool isDecoderKey(const std::string& /*key*/) const { return false; }
};

/// Builds a system with freshly initialised weights. `vit` is the guide backbone for sources dinov3
/// and dinov2 (its weights are loaded by the caller), nullptr else. Throws c10::Error when the
/// configuration is inconsistent.
[[nodiscard]] std::shared_ptr<Segmenter>
makeSegmenter(const SystemConfig& config, std::shared_ptr<VisionTransformer> vit = nullptr);

} // namespace guidino::nn
