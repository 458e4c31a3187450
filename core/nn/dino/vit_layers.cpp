// SPDX-License-Identifier: Apache-2.0
#include "core/nn/dino/vit_layers.h"

#include "core/nn/config.h"
#include "core/nn/dino/rotation.h"

#include <torch/torch.h>

#include <cmath>

namespace guidino::nn {

namespace {

/// The rotation with its gradient, the rotation back. Only the tables are kept for it.
struct Rotation : torch::autograd::Function<Rotation>
{
    static torch::Tensor forward(
        torch::autograd::AutogradContext* context,
        const torch::Tensor& qkv,
        const torch::Tensor& sin,
        const torch::Tensor& cos)
    {
        context->save_for_backward({sin, cos});
        torch::Tensor rotated = qkv.clone(at::MemoryFormat::Contiguous);
        rotateInPlace(rotated, sin, cos);
        return rotated;
    }

    static torch::autograd::variable_list
    backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients)
    {
        const auto saved = context->get_saved_variables();
        torch::Tensor gradient = gradients[0].clone(at::MemoryFormat::Contiguous);
        rotateInPlace(gradient, -saved[0], saved[1]);
        return {gradient, torch::Tensor(), torch::Tensor()};
    }
};

/// x + y · gamma
torch::Tensor addScaled(const torch::Tensor& x, const torch::Tensor& y, const torch::Tensor& gamma)
{
    return torch::addcmul(x, y.to(x.scalar_type()), gamma.to(x.scalar_type()));
}

} // namespace

LoraAdapter::LoraAdapter(std::int64_t in, std::int64_t rows, std::int64_t rank)
{
    TORCH_CHECK(rank >= 1, "the rank of an adapter must be at least 1, not ", rank);
    lora_A = register_parameter("lora_A", torch::empty({rank, in}));
    lora_B = register_parameter("lora_B", torch::zeros({rows, rank}));
    torch::nn::init::kaiming_uniform_(lora_A, std::sqrt(5.0));
}

VitLinear::VitLinear(std::int64_t in, std::int64_t out, bool with_bias, bool masked_bias)
{
    weight = register_parameter("weight", torch::empty({out, in}));
    if (with_bias) {
        bias = register_parameter("bias", torch::zeros({out}));
    }
    if (with_bias && masked_bias) {
        bias_mask = register_buffer("bias_mask", torch::ones({out}));
        bias_mask.narrow(0, out / 3, out / 3).zero_();
    }
}

torch::Tensor VitLinear::forward(const torch::Tensor& x)
{
    const bool learns_bias =
        bias_mask.defined() && bias.requires_grad() && torch::GradMode::is_enabled();
    torch::Tensor y = torch::linear(x, weight, learns_bias ? bias * bias_mask : bias);
    if (adapters.empty() || isMerged()) {
        return y;
    }
    // One multiplication for all A, as the dropout's draw is shared by the rows of one matrix.
    const double p = adapters.front()->dropout;
    const torch::Tensor dropped = is_training() && p > 0 ? torch::dropout(x, p, true) : x;
    std::vector<torch::Tensor> downs;
    for (const auto& adapter : adapters) {
        downs.push_back(adapter->lora_A);
    }
    const torch::Tensor low =
        torch::linear(dropped, downs.size() == 1 ? downs[0] : torch::cat(downs));
    std::int64_t begin = 0;
    for (const auto& adapter : adapters) {
        const std::int64_t rank = adapter->lora_A.size(0);
        const torch::Tensor update =
            torch::linear(low.narrow(-1, begin, rank), adapter->lora_B * adapter->scale);
        y.narrow(-1, adapter->first_row, adapter->lora_B.size(0)).add_(update);
        begin += rank;
    }
    return y;
}

void VitLinear::merge()
{
    if (isMerged() || adapters.empty()) {
        return;
    }
    const torch::NoGradGuard no_grad;
    base_weight = weight.clone();
    for (const auto& adapter : adapters) {
        weight.narrow(0, adapter->first_row, adapter->lora_B.size(0))
            .addmm_(adapter->lora_B, adapter->lora_A, 1, adapter->scale);
    }
}

void VitLinear::unmerge()
{
    if (!isMerged()) {
        return;
    }
    const torch::NoGradGuard no_grad;
    weight.copy_(base_weight);
    base_weight = torch::Tensor();
}

torch::Tensor applyRope(const torch::Tensor& qkv, const RopeTable& rope)
{
    if (qkv.requires_grad() && torch::GradMode::is_enabled()) {
        return Rotation::apply(qkv, rope.sin, rope.cos);
    }
    torch::Tensor rotated = qkv;
    rotateInPlace(rotated, rope.sin, rope.cos);
    return rotated;
}

VitAttention::VitAttention(const VitConfig& config)
    : m_heads(config.num_heads)
{
    const std::int64_t dim = config.embed_dim;
    qkv = register_module(
        "qkv", std::make_shared<VitLinear>(dim, 3 * dim, config.qkv_bias, config.mask_k_bias));
    proj = register_module("proj", std::make_shared<VitLinear>(dim, dim, true));
}

torch::Tensor VitAttention::forward(const torch::Tensor& x, const RopeTable* rope)
{
    const std::int64_t batch = x.size(0);
    const std::int64_t tokens = x.size(1);
    const std::int64_t dim = x.size(2);
    torch::Tensor fused = qkv->forward(x).view({batch, tokens, 3, m_heads, dim / m_heads});
    if (rope != nullptr) {
        fused = applyRope(fused, *rope);
    }
    const torch::Tensor mixed = torch::scaled_dot_product_attention(
        fused.select(2, 0).transpose(1, 2),
        fused.select(2, 1).transpose(1, 2),
        fused.select(2, 2).transpose(1, 2));
    return proj->forward(mixed.transpose(1, 2).reshape({batch, tokens, dim}));
}

VitFfn::VitFfn(const VitConfig& config)
{
    const std::int64_t dim = config.embed_dim;
    const std::int64_t hidden = config.ffn_hidden;
    const auto linear = [this](const char* name, std::int64_t in, std::int64_t out) {
        return register_module(name, std::make_shared<VitLinear>(in, out, true));
    };
    switch (config.ffn) {
    case VitConfig::Ffn::Mlp:
        fc1 = linear("fc1", dim, hidden);
        fc2 = linear("fc2", hidden, dim);
        break;
    case VitConfig::Ffn::SwiGlu:
        w1 = linear("w1", dim, hidden);
        w2 = linear("w2", dim, hidden);
        w3 = linear("w3", hidden, dim);
        break;
    case VitConfig::Ffn::SwiGluFused:
        w12 = linear("w12", dim, 2 * hidden);
        w3 = linear("w3", hidden, dim);
        break;
    }
}

torch::Tensor VitFfn::forward(const torch::Tensor& x)
{
    if (fc1) {
        torch::Tensor hidden = fc1->forward(x);
        hidden = hidden.requires_grad() ? torch::gelu(hidden) : torch::gelu_(hidden);
        return fc2->forward(hidden);
    }
    torch::Tensor gate;
    torch::Tensor value;
    if (w12) {
        const torch::Tensor fused = w12->forward(x);
        gate = fused.narrow(-1, 0, fused.size(-1) / 2);
        value = fused.narrow(-1, fused.size(-1) / 2, fused.size(-1) / 2);
        return w3->forward(torch::silu(gate) * value);
    }
    gate = w1->forward(x);
    value = w2->forward(x);
    const bool keeps = gate.requires_grad() || value.requires_grad();
    return w3->forward(keeps ? torch::silu(gate) * value : torch::silu_(gate).mul_(value));
}

VitLayerNorm::VitLayerNorm(std::int64_t dim, double eps)
    : m_eps(eps)
{
    weight = register_parameter("weight", torch::ones({dim}));
    bias = register_parameter("bias", torch::zeros({dim}));
}

torch::Tensor VitLayerNorm::forward(const torch::Tensor& x)
{
    return torch::layer_norm(x, {weight.size(0)}, weight, bias, m_eps);
}

VitLayerScale::VitLayerScale(std::int64_t dim)
{
    gamma = register_parameter("gamma", torch::ones({dim}));
}

VitBlock::VitBlock(const VitConfig& config)
{
    const std::int64_t dim = config.embed_dim;
    norm1 = register_module("norm1", std::make_shared<VitLayerNorm>(dim, config.norm_eps));
    attn = register_module("attn", std::make_shared<VitAttention>(config));
    ls1 = register_module("ls1", std::make_shared<VitLayerScale>(dim));
    norm2 = register_module("norm2", std::make_shared<VitLayerNorm>(dim, config.norm_eps));
    mlp = register_module("mlp", std::make_shared<VitFfn>(config));
    ls2 = register_module("ls2", std::make_shared<VitLayerScale>(dim));
}

torch::Tensor VitBlock::forward(const torch::Tensor& x, const RopeTable* rope)
{
    const torch::Tensor attended = addScaled(x, attn->forward(norm1->forward(x), rope), ls1->gamma);
    return addScaled(attended, mlp->forward(norm2->forward(attended)), ls2->gamma);
}

} // namespace guidino::nn
