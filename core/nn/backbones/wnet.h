// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/backbones/gated_backbone.h"

#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>

#include <array>
#include <functional>

namespace guidino::nn {

struct WNetOptions
{
    std::int64_t in_channels = 3;
    std::int64_t num_classes = 1;
    std::array<std::int64_t, 5> layer_channel = {16, 32, 64, 128, 256}; ///< local branch, C
    std::array<std::int64_t, 5> global_dim = {8, 16, 32, 64, 128};      ///< global branch
    bool deep_supervision = true; ///< heads at 1/2, 1/4, 1/8, 1/16 too
};

/// nnWNet 2D (BASELINES.md §6, PIPELINE.md §2.4): two U-shaped local branches, joined by pooling
/// ("global") blocks. Sides must be multiples of 16. Keys as in ../keys/wnet2d_ds.tsv.
///
/// The bottleneck is the first encoder's deepest output (encoder1_l4_local). The gate `decoder`
/// acts before the last 1 × 1 convolution of the full-resolution head, `skipK` on the second
/// encoder's global skip connection into the second decoder.
class WNet2D : public GatedBackbone
{
public:
    explicit WNet2D(const WNetOptions& options);

    Encoding encode(const BackboneInput& input) override;
    std::vector<torch::Tensor> decode(const Encoding& encoding, const Gate& gate) override;
    [[nodiscard]] std::int64_t sizeMultiple() const override { return 16; }
    [[nodiscard]] std::int64_t bottleneckChannels() const override;
    [[nodiscard]] std::vector<GatePlace> gatePlaces() const override;
    [[nodiscard]] bool isEncoderModule(const std::string& name) const override;
    [[nodiscard]] bool isDecoderModule(const std::string& name) const override;

private:
    using Block = std::function<torch::Tensor(const torch::Tensor&)>;

    template<typename M>
    Block add(const std::string& name, std::shared_ptr<M> module);

    WNetOptions m_options;
    Block m_input;
    // Index i holds the block of level i = 0 (full resolution) .. 4; unused ones are empty.
    std::array<Block, 5> m_encoder1Local;  // OPE into level i = 1..4
    std::array<Block, 5> m_encoder1Global; // of level i = 0..3
    std::array<Block, 5> m_decoder1Local;  // from level i = 1..4 up to i - 1
    std::array<Block, 5> m_decoder1Global; // of level i = 1..4
    std::array<Block, 5> m_encoder2Local;  // from level i = 0..3 down to i + 1
    std::array<Block, 5> m_encoder2Global; // of level i = 0..3
    std::array<Block, 5> m_decoder2Local;  // from level i = 1..4 up to i - 1
    std::array<Block, 5> m_heads;          // deep supervision at level i = 1..4
    Block m_outputBlock;
    Block m_outputHead;
};

} // namespace guidino::nn
