// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/backbones/gated_backbone.h"

#include <torch/nn/module.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <vector>

/// What SwinUNet and H2Former share (BASELINES.md §3.4, §4). Token maps are [B, H, W, C].
namespace guidino::nn {

/// x + drop path: in training whole samples of `branch` are zeroed with probability `rate` in
/// [0, 1), the rest scaled by 1 / (1 − rate).
[[nodiscard]] torch::Tensor dropPath(const torch::Tensor& branch, double rate, bool is_training);

/// `count` rates from 0 to `rate`, evenly spread.
[[nodiscard]] std::vector<double> dropPathRates(double rate, std::int64_t count);

/// [n, n] int64, n = window²: row of the bias table for each pair of places in a window,
/// (y_i − y_j + window − 1)(2 window − 1) + (x_i − x_j + window − 1). The buffer
/// `relative_position_index` of the reference's state dict.
[[nodiscard]] torch::Tensor relativePositionIndex(std::int64_t window);

/// [windows, n, n] float32 on the CPU: 0 where two tokens of a window may see each other, −100
/// else. A map of height × width tokens, extended below and to the right to multiples of the
/// window, rolled by `shift`. Tokens that the roll brought together from opposite sides, and the
/// extension, are kept apart. Without an extension the buffer `attn_mask` of the reference.
[[nodiscard]] torch::Tensor
windowMask(std::int64_t height, std::int64_t width, std::int64_t window, std::int64_t shift);

/// Efficient channel attention: x·g + x, g = sigmoid of a convolution of three over the channels'
/// means. Key conv.weight [1, 1, 3].
class EfficientChannelAttention : public torch::nn::Module
{
public:
    EfficientChannelAttention();

    /// [B, C, H, W]
    torch::Tensor forward(const torch::Tensor& x);

private:
    torch::nn::Conv1d conv{nullptr};
};

/// Attention inside windows with a learned bias by relative place. Keys qkv, proj,
/// relative_position_bias_table [(2 window − 1)², heads].
class WindowAttention : public torch::nn::Module
{
public:
    WindowAttention(std::int64_t dim, std::int64_t window, std::int64_t heads);

    /// windows [B, W, n, C], n = window²; mask [W, n, n] added to the logits, or undefined.
    torch::Tensor forward(const torch::Tensor& windows, const torch::Tensor& mask);

private:
    std::int64_t m_heads;
    torch::nn::Linear qkv{nullptr};
    torch::nn::Linear proj{nullptr};
    torch::Tensor relative_position_bias_table;
    torch::Tensor m_index; ///< not a buffer: the window's side says it
};

/// What stands behind the two linear layers of a block's MLP.
enum class SwinMlp {
    Plain,        ///< nothing
    Eca,          ///< EfficientChannelAttention of the token map (H2Former as meant)
    EcaScrambled, ///< the same as published: tokens are read as a map without transposing, so that
                  ///< they come back permuted, out[n, c] = in.flat[c·N + n]
};

struct SwinBlockOptions
{
    std::int64_t dim = 96;
    std::int64_t heads = 3;
    std::int64_t window = 7;
    bool is_shifted = false; ///< by window / 2, where the map is larger than a window
    double mlp_ratio = 4;
    double drop_path = 0;
    SwinMlp mlp = SwinMlp::Plain;
};

/// x + attention(norm1 x), then x + mlp(norm2 x). Keys norm1, attn, norm2, mlp.{fc1,fc2} and with
/// ECA mlp.eca.conv.
///
/// Maps of any size: what is no multiple of the window is extended by tokens that nobody attends
/// to. At the sizes that the references take this changes nothing.
class SwinBlock : public torch::nn::Module
{
public:
    explicit SwinBlock(const SwinBlockOptions& options);

    /// [B, H, W, C]
    torch::Tensor forward(const torch::Tensor& x);

private:
    torch::Tensor attend(const torch::Tensor& x);
    torch::Tensor feed(const torch::Tensor& x);
    torch::Tensor
    mask(std::int64_t height, std::int64_t width, std::int64_t shift, const torch::Tensor& like);

    SwinBlockOptions m_options;
    torch::nn::LayerNorm norm1{nullptr};
    std::shared_ptr<WindowAttention> attn;
    torch::nn::LayerNorm norm2{nullptr};
    torch::nn::Linear fc1{nullptr};
    torch::nn::Linear fc2{nullptr};
    std::shared_ptr<EfficientChannelAttention> eca;
    // The last mask: images of one run have one size.
    std::vector<std::int64_t> m_maskFor;
    torch::Tensor m_mask;
};

/// For messages: "; the next size that it takes is 64 x 96" after one that it does not take.
[[nodiscard]] std::string sizeHint(const GatedBackbone& network, const torch::Tensor& image);

/// The reference's initialisation of Swin's layers: linear weights truncated normal (σ 0.02), their
/// biases 0. Bias tables are made so by WindowAttention itself.
void initialiseSwinLinears(torch::nn::Module& module);

} // namespace guidino::nn
