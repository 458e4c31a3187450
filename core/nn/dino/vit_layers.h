// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// The parts of the ViT (core/nn/dino/vit.h), with the parameter names of Meta's checkpoints.
namespace guidino::nn {

struct VitConfig;

/// A low-rank update of some rows of a linear layer: y[rows] += scale · B(A(dropout(x))).
/// Parameters: lora_A [r, in], lora_B [rows, r] (PEFT's layout).
class LoraAdapter : public torch::nn::Module
{
public:
    LoraAdapter(std::int64_t in, std::int64_t rows, std::int64_t rank);

    torch::Tensor lora_A;
    torch::Tensor lora_B;
    std::string target; ///< PEFT's name of the projection, such as "q_proj"
    std::int64_t first_row = 0;
    double alpha = 1;
    double scale = 1; ///< alpha / rank
    double dropout = 0;
};

/// A linear layer that adapters may be hung on (core/nn/lora/lora.h). Parameters: weight [out, in],
/// bias [out]; with `masked_bias` also the buffer bias_mask [out] (zeros over K's third), by which
/// the bias is multiplied when gradients are on; without gradients the bias must hold the product
/// already, as after loading. The weight's memory is not initialised.
class VitLinear : public torch::nn::Module
{
public:
    VitLinear(std::int64_t in, std::int64_t out, bool with_bias, bool masked_bias = false);

    /// x [..., in] -> [..., out]
    torch::Tensor forward(const torch::Tensor& x);

    /// Adds W += scale · B A of every adapter, keeping the old weight; forward() then runs no
    /// adapter. unmerge() restores the old weight bit for bit.
    void merge();
    void unmerge();

    [[nodiscard]] bool isMerged() const { return base_weight.defined(); }

    torch::Tensor weight;
    torch::Tensor bias;
    torch::Tensor bias_mask;
    std::vector<std::shared_ptr<LoraAdapter>> adapters;

private:
    torch::Tensor base_weight;
};

/// Sine and cosine of the patch tokens' rotation, [prefix + L, head_dim / 2] each; the first
/// `prefix` rows are the identity (0 and 1).
struct RopeTable
{
    torch::Tensor sin;
    torch::Tensor cos;
};

/// Rotates Q and K inside a fused projection and leaves V: qkv [B, N, 3, heads, head_dim] ->
/// same shape. "Rotate-half" layout (PIPELINE.md §1.3). In place without gradients, else a new
/// tensor. In float32, or in float64 for float64; in bfloat16 with rounding after each operation
/// where the table is bfloat16 (MedDINOv3).
torch::Tensor applyRope(const torch::Tensor& qkv, const RopeTable& rope);

/// Parameters: qkv, proj.
class VitAttention : public torch::nn::Module
{
public:
    explicit VitAttention(const VitConfig& config);

    /// x [B, N, D]; `rope` nullptr: no rotation.
    torch::Tensor forward(const torch::Tensor& x, const RopeTable* rope);

    std::shared_ptr<VitLinear> qkv;
    std::shared_ptr<VitLinear> proj;

private:
    std::int64_t m_heads;
};

/// fc1, fc2 (exact GELU); or w1, w2, w3 (SwiGLU); or w12, w3 (the same, fused).
class VitFfn : public torch::nn::Module
{
public:
    explicit VitFfn(const VitConfig& config);

    torch::Tensor forward(const torch::Tensor& x);

    std::shared_ptr<VitLinear> fc1;
    std::shared_ptr<VitLinear> fc2;
    std::shared_ptr<VitLinear> w1;
    std::shared_ptr<VitLinear> w2;
    std::shared_ptr<VitLinear> w12;
    std::shared_ptr<VitLinear> w3;
};

/// Parameters: weight, bias [D].
class VitLayerNorm : public torch::nn::Module
{
public:
    VitLayerNorm(std::int64_t dim, double eps);

    torch::Tensor forward(const torch::Tensor& x);

    torch::Tensor weight;
    torch::Tensor bias;

private:
    double m_eps;
};

/// Parameter: gamma [D].
class VitLayerScale : public torch::nn::Module
{
public:
    explicit VitLayerScale(std::int64_t dim);

    torch::Tensor gamma;
};

/// x + ls1 · attn(norm1 x), then x + ls2 · mlp(norm2 x).
class VitBlock : public torch::nn::Module
{
public:
    explicit VitBlock(const VitConfig& config);

    torch::Tensor forward(const torch::Tensor& x, const RopeTable* rope);

    std::shared_ptr<VitLayerNorm> norm1;
    std::shared_ptr<VitAttention> attn;
    std::shared_ptr<VitLayerScale> ls1;
    std::shared_ptr<VitLayerNorm> norm2;
    std::shared_ptr<VitFfn> mlp;
    std::shared_ptr<VitLayerScale> ls2;
};

} // namespace guidino::nn
