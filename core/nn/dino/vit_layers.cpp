// SPDX-License-Identifier: Apache-2.0
#include "core/nn/dino/vit_layers.h"

#include "core/nn/config.h"

#include <torch/torch.h>

#include <cmath>

namespace guidino::nn {

namespace {

/// One row of heads: a' = a·cos - b·sin, b' = b·cos + a·sin over the two halves of each head.
template<typename Scalar, typename Table>
void rotateHeads(
    Scalar* row,
    const Table* __restrict sin,
    const Table* __restrict cos,
    std::int64_t heads,
    std::int64_t half)
{
    for (std::int64_t head = 0; head < heads; ++head) {
        Scalar* __restrict first = row + head * 2 * half;
        Scalar* __restrict second = first + half;
        for (std::int64_t j = 0; j < half; ++j) {
            const auto a = static_cast<Table>(first[j]);
            const auto b = static_cast<Table>(second[j]);
            first[j] = static_cast<Scalar>(a * cos[j] - b * sin[j]);
            second[j] = static_cast<Scalar>(b * cos[j] + a * sin[j]);
        }
    }
}

template<typename Scalar, typename Table>
void rotateOnCpu(torch::Tensor& qkv, const torch::Tensor& sin, const torch::Tensor& cos)
{
    const std::int64_t tokens = qkv.size(1);
    const std::int64_t heads = qkv.size(3);
    const std::int64_t half = qkv.size(4) / 2;
    const std::int64_t dim = heads * 2 * half;
    auto* data = qkv.data_ptr<Scalar>();
    const auto* sines = sin.const_data_ptr<Table>();
    const auto* cosines = cos.const_data_ptr<Table>();
    constexpr std::int64_t kGrain = 16; // rows of some kB; fewer cost more to hand out than to do
    at::parallel_for(0, qkv.size(0) * tokens, kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const std::int64_t table = row % tokens * half;
            for (std::int64_t part = 0; part < 2; ++part) { // Q and K, not V
                rotateHeads(
                    data + (row * 3 + part) * dim, sines + table, cosines + table, heads, half);
            }
        }
    });
}

/// Rotates in place; by one pass over memory on the CPU, else by tensor operations.
void rotate(torch::Tensor& qkv, const torch::Tensor& sin, const torch::Tensor& cos)
{
    if (qkv.is_cpu() && qkv.is_contiguous()) {
        const torch::ScalarType type = qkv.scalar_type();
        if (type == torch::kFloat32 && sin.scalar_type() == torch::kFloat32) {
            rotateOnCpu<float, float>(qkv, sin, cos);
            return;
        }
        if (type == torch::kBFloat16 && sin.scalar_type() == torch::kFloat32) {
            rotateOnCpu<c10::BFloat16, float>(qkv, sin, cos);
            return;
        }
        if (type == torch::kFloat64 && sin.scalar_type() == torch::kFloat64) {
            rotateOnCpu<double, double>(qkv, sin, cos);
            return;
        }
    }
    const std::int64_t half = qkv.size(4) / 2;
    const torch::Tensor both = qkv.narrow(2, 0, 2);
    const torch::Tensor first = both.narrow(-1, 0, half);
    const torch::Tensor second = both.narrow(-1, half, half);
    const torch::Tensor s = sin.view({1, -1, 1, 1, half});
    const torch::Tensor c = cos.view({1, -1, 1, 1, half});
    const torch::Tensor a = first.to(s.scalar_type());
    const torch::Tensor b = second.to(s.scalar_type());
    const torch::Tensor rotated = a * c - b * s;
    second.copy_(b * c + a * s);
    first.copy_(rotated);
}

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
        rotate(rotated, sin, cos);
        return rotated;
    }

    static torch::autograd::variable_list
    backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients)
    {
        const auto saved = context->get_saved_variables();
        torch::Tensor gradient = gradients[0].clone(at::MemoryFormat::Contiguous);
        rotate(gradient, -saved[0], saved[1]);
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
    rotate(rotated, rope.sin, rope.cos);
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
