// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/nn/config.h"
#include "core/nn/dino/vit_layers.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace guidino::nn {

/// Architecture by name: vits16 vits16plus vitb16 vitl16 vith16plus vit7b16 (DINOv3), vits14 vitb14
/// vitl14 vitg14 and the same with _reg (DINOv2). NotFound names the nearest.
[[nodiscard]] Result<VitConfig> vitConfig(const std::string& name);

/// All names that vitConfig() knows.
[[nodiscard]] std::vector<std::string> vitNames();

/// The final-normed tokens of an image on a grid of h × w patches, L = h·w, row-major.
struct VitFeatures
{
    torch::Tensor cls;       ///< [B, D]
    torch::Tensor registers; ///< [B, R, D]
    torch::Tensor patches;   ///< [B, L, D]
    torch::Tensor tokens;    ///< [B, 1 + R + L, D]: all of them, in the network's order
    int h = 0;
    int w = 0;
};

/// One of get_intermediate_layers().
struct VitLayer
{
    torch::Tensor patches; ///< [B, L, D], or [B, D, h, w] with `reshape`
    torch::Tensor cls;     ///< [B, D]
};

struct IntermediateOptions
{
    bool norm = true; ///< the final LayerNorm on every layer (Meta's semantics, PIPELINE.md §1.4)
    bool reshape = false; ///< patches as [B, D, h, w]
};

/// DINOv3 and DINOv2 ViT (PIPELINE.md §1.1-1.6). Parameters and buffers carry Meta's names:
/// cls_token, storage_tokens (DINOv3) or register_tokens, mask_token (kept, unused), pos_embed
/// (DINOv2), patch_embed.proj.*, rope_embed.periods (DINOv3), blocks.i.*, norm.*.
///
/// Images are [B, 3, H, W], already normalised (ImageNet), float32 or the parameters' type. DINOv3
/// crops sides that are no multiple of the patch at the right and bottom; DINOv2 throws.
/// Deterministic but for the RoPE augmentation (config.rope_rescale > 1, training mode). One thread
/// at a time (tables are cached). Throws c10::Error on wrong shapes.
class VisionTransformer : public torch::nn::Module
{
public:
    /// Fresh weights from torch's global generator: linear layers, tokens and positions normal with
    /// σ 0.02, the patch embedding uniform in ±1/√(3p²), biases 0, layer scale 1 (as Hugging Face's
    /// fresh models, so that a random ViT mixes its tokens).
    /// `is_initialised` false leaves the memory as it comes, for weights that follow at once.
    explicit VisionTransformer(VitConfig config, bool is_initialised = true);

    [[nodiscard]] const VitConfig& config() const { return m_config; }

    /// Patches along an axis of so many pixels.
    [[nodiscard]] int gridOf(std::int64_t pixels) const
    {
        return static_cast<int>(pixels / m_config.patch_size);
    }

    VitFeatures forward_features(const torch::Tensor& image);

    /// Outputs of the blocks with these 0-based indices, in ascending order.
    std::vector<VitLayer> get_intermediate_layers(
        const torch::Tensor& image,
        const std::vector<int>& layers,
        const IntermediateOptions& options = {});

    /// The last n blocks.
    std::vector<VitLayer>
    get_last_layers(const torch::Tensor& image, int n, const IntermediateOptions& options = {});

    /// The patches' final-normed features as a map [B, D, h, w] (memory [B, h, w, D], that is
    /// channels-last). `legacy_slice`: tokens 1 .. N-4 as GuiDINO's code takes them, registers
    /// among them (PIPELINE.md §2.2), for parity with its checkpoints.
    torch::Tensor features(const torch::Tensor& image, bool legacy_slice = false);

    /// Hugging Face's hidden_states: the embeddings and every block's un-normed output, DINOv3's
    /// last one normed; depth + 1 tensors [B, 1 + R + L, D].
    std::vector<torch::Tensor> hidden_states(const torch::Tensor& image);

    torch::Tensor cls_token;       ///< [1, 1, D]
    torch::Tensor register_tokens; ///< [1, R, D]; undefined where R = 0
    torch::Tensor mask_token;      ///< [1, D]
    torch::Tensor pos_embed;       ///< [1, 1 + grid², D], DINOv2
    torch::Tensor rope_periods;    ///< [head_dim / 4], DINOv3; of the file, or exact
    torch::Tensor patch_weight;    ///< [D, 3, p, p]
    torch::Tensor patch_bias;      ///< [D]
    std::vector<std::shared_ptr<VitBlock>> blocks;
    std::shared_ptr<VitLayerNorm> norm;

    /// RoPE table for a grid, as forward uses it now (cached). For tests and export.
    const RopeTable& ropeTable(int h, int w, double rescale = 1);

private:
    struct TableKey
    {
        int h = 0;
        int w = 0;
        torch::Device device = torch::kCPU;
        torch::ScalarType dtype = torch::kFloat32;

        friend bool operator==(const TableKey&, const TableKey&) = default;
    };

    struct Grid
    {
        int h = 0;
        int w = 0;
    };

    torch::Tensor embed(const torch::Tensor& image, int& h, int& w);

    /// Embeds (block -1) and runs all blocks, handing each output over.
    void
    run(const torch::Tensor& image,
        Grid& grid,
        const std::function<void(int block, torch::Tensor x)>& visit);
    torch::Tensor positions(int h, int w);
    RopeTable makeRope(int h, int w, double rescale) const;
    void initialise();

    VitConfig m_config;
    std::vector<std::pair<TableKey, RopeTable>> m_ropes;
    RopeTable m_augmented;
    TableKey m_positions_key;
    torch::Tensor m_positions;
    std::int64_t m_positions_version = -1;
};

} // namespace guidino::nn
