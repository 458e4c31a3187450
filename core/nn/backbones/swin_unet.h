// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/backbones/gated_backbone.h"
#include "core/nn/backbones/swin_blocks.h"

#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>

#include <array>
#include <map>
#include <string>

namespace guidino::nn {

struct SwinUnetOptions
{
    std::int64_t in_channels = 3;
    std::int64_t num_classes = 1;
    std::int64_t embed_dim = 96; ///< C: stages of C, 2C, 4C, 8C channels
    std::array<std::int64_t, 4> num_heads = {3, 6, 12, 24};
    std::int64_t window_size = 8;
    double drop_path = 0.1; ///< of the deepest encoder block; the released configuration has 0.2
};

/// SwinUNet (BASELINES.md §3): patches of 4 × 4, four encoder stages of two Swin blocks, a
/// mirrored decoder that joins (up, skip), expansion by four. Keys as in ../keys/swinunet_*.tsv
/// without the buffers relative_position_index and attn_mask, which the window and the size say.
///
/// Sides must be multiples of 32; blocks extend maps to whole windows, so the reference's rule
/// (side / 32 a multiple of the window) need not hold: where it does, results are the reference's.
/// Images of one channel are repeated for a network of three, as there.
///
/// The bottleneck is the map after `norm`, skip1 the patch embedding (1/4), skip2 and skip3 the
/// merged maps (1/8, 1/16); the gate `decoder` acts before `output`.
class SwinUnet : public GatedBackbone
{
public:
    explicit SwinUnet(const SwinUnetOptions& options);

    Encoding encode(const BackboneInput& input) override;
    std::vector<torch::Tensor> decode(const Encoding& encoding, const Gate& gate) override;
    [[nodiscard]] std::int64_t sizeMultiple() const override { return 32; }
    [[nodiscard]] std::int64_t bottleneckChannels() const override;
    [[nodiscard]] std::vector<GatePlace> gatePlaces() const override;
    [[nodiscard]] bool isEncoderModule(const std::string& name) const override;

private:
    using Blocks = std::vector<std::shared_ptr<SwinBlock>>;

    Blocks addBlocks(Module& stage, int level, const std::vector<double>& rates);

    SwinUnetOptions m_options;
    torch::nn::Conv2d m_embed{nullptr};
    torch::nn::LayerNorm m_embedNorm{nullptr};
    std::array<Blocks, 4> m_encoder;
    std::array<torch::nn::LayerNorm, 3> m_mergeNorms{nullptr, nullptr, nullptr};
    std::array<torch::nn::Linear, 3> m_merges{nullptr, nullptr, nullptr};
    torch::nn::LayerNorm norm{nullptr};
    // Index j is the decoder's stage: 0 only expands.
    std::array<torch::nn::Linear, 4> m_joins{nullptr, nullptr, nullptr, nullptr};
    std::array<Blocks, 4> m_decoder;
    std::array<torch::nn::Linear, 3> m_expands{nullptr, nullptr, nullptr};
    std::array<torch::nn::LayerNorm, 3> m_expandNorms{nullptr, nullptr, nullptr};
    torch::nn::LayerNorm norm_up{nullptr};
    torch::nn::Linear m_finalExpand{nullptr};
    torch::nn::LayerNorm m_finalNorm{nullptr};
    torch::nn::Conv2d output{nullptr};
};

/// The window for square images of this side: 7 where side / 32 is a multiple of it (the windows of
/// ImageNet checkpoints), else the largest divisor of side / 32 from 4 to 16, else 8, with maps
/// extended to whole windows.
[[nodiscard]] std::int64_t swinWindowFor(std::int64_t side);

/// What a Swin-T classifier (`layers.i.blocks.b...`, ImageNet) gives a SwinUNet: encoder tensors by
/// name, and each `layers.i.*` once more as `layers_up.(3 − i).*`. Names that the network does not
/// have are for the caller to drop.
[[nodiscard]] std::map<std::string, torch::Tensor>
swinUnetFromSwin(const std::map<std::string, torch::Tensor>& swin);

} // namespace guidino::nn
