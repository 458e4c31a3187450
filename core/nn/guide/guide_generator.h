// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/config.h"
#include "core/nn/guide/tokenbook.h"
#include "core/nn/segmenter.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <vector>

namespace guidino::nn {

class VisionTransformer;

struct GuideOutput
{
    torch::Tensor guide; ///< [B, G, h, w] float32 in [0, 1]
    torch::Tensor maps;  ///< [B, G·N, h, w], guide by guide; undefined unless asked for
    std::vector<PrototypeUse> prototypes; ///< a book each; empty unless asked for
    bool shares_are_exact = false;
};

/// Tokens to guide: the guide backbone, where there is one, and the TokenBook, or one TokenBook per
/// foreground class.
///
/// Submodules: guide_backbone (the ViT, shared with the caller; absent for source `self`),
/// tokenbook, or tokenbooks.0 .. tokenbooks.(G−1) with per_class.
///
/// The ViT stays in eval mode whatever the mode of this module, unless it is trained (fully or by
/// LoRA) or `rope_augmentation` asks for its training-mode coordinates (PIPELINE.md §5 D2). It runs
/// without autograd when none of its parameters requires a gradient.
class GuideGenerator : public torch::nn::Module
{
public:
    /// token_dim = D; guides = G, 0 for the ViT alone. Throws c10::Error for an inconsistent
    /// configuration.
    GuideGenerator(
        const GuideConfig& config,
        std::int64_t token_dim,
        std::int64_t guides,
        std::shared_ptr<VisionTransformer> vit);

    /// Guide backbone's patch features [B, D, h, w] of an image [B, C, H, W]: one channel is
    /// repeated, of more than three the first three count; sides that are no multiple of the
    /// patch are resized (bilinear) to the nearest one on a copy, so that the grid always covers
    /// the whole image. Undefined without a guide backbone. `layers`: the final-normed features of
    /// these blocks one after the other, [B, n · D, h, w].
    torch::Tensor tokens(const torch::Tensor& image, const std::vector<int>& layers = {});

    /// tokens [B, D, h, w]. Of the options prototype_weights, [N] (for all books) or [G·N], and
    /// the wishes for maps and prototypes count.
    GuideOutput forward(const torch::Tensor& tokens, const ForwardOptions& options = {});

    void fold();

    void train(bool on = true) override;

    [[nodiscard]] VisionTransformer* backbone() const { return guide_backbone.get(); }
    [[nodiscard]] std::vector<std::shared_ptr<TokenBook>> books() const { return m_books; }

    std::shared_ptr<VisionTransformer> guide_backbone;

private:
    [[nodiscard]] bool backboneLearns() const;

    GuideConfig m_config;
    std::vector<std::shared_ptr<TokenBook>> m_books;
};

} // namespace guidino::nn
