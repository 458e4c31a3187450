// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/swin_blocks.h"

#include <torch/torch.h>

#include <algorithm>

namespace guidino::nn {

namespace {

constexpr double kSeparated = -100; // the reference's, not minus infinity

// ±2 are 100 standard deviations: the truncation of the references' trunc_normal_ never acts.
void fillNormal(torch::Tensor weight)
{
    const torch::NoGradGuard noGrad;
    weight.normal_(0, 0.02);
}

std::int64_t roundedUp(std::int64_t value, std::int64_t multiple)
{
    return (value + multiple - 1) / multiple * multiple;
}

// 0, 1, 2: which of the bands [0, side − window), [side − window, side − shift), [side − shift,
// side) a place of the rolled map is in; all 0 without a shift.
torch::Tensor bands(std::int64_t side, std::int64_t window, std::int64_t shift)
{
    torch::Tensor band = torch::zeros({side}, torch::kInt64);
    if (shift > 0) {
        band.slice(0, side - window, side - shift).fill_(1);
        band.slice(0, side - shift, side).fill_(2);
    }
    return band;
}

// 1 for the places of the rolled axis that are not the map's.
torch::Tensor extension(std::int64_t size, std::int64_t side, std::int64_t shift)
{
    torch::Tensor outside = torch::zeros({side}, torch::kInt64);
    outside.slice(0, size, side).fill_(1);
    return torch::roll(outside, -shift, 0);
}

// [B, H, W, C] to [B, windows, window², C].
torch::Tensor windowsOf(const torch::Tensor& x, std::int64_t window)
{
    const std::int64_t rows = x.size(1) / window;
    const std::int64_t columns = x.size(2) / window;
    return x.reshape({x.size(0), rows, window, columns, window, x.size(3)})
        .permute({0, 1, 3, 2, 4, 5})
        .reshape({x.size(0), rows * columns, window * window, x.size(3)});
}

torch::Tensor
mapOf(const torch::Tensor& windows, std::int64_t height, std::int64_t width, std::int64_t window)
{
    const std::int64_t rows = height / window;
    const std::int64_t columns = width / window;
    return windows.reshape({windows.size(0), rows, columns, window, window, windows.size(3)})
        .permute({0, 1, 3, 2, 4, 5})
        .reshape({windows.size(0), height, width, windows.size(3)});
}

} // namespace

torch::Tensor dropPath(const torch::Tensor& branch, double rate, bool is_training)
{
    if (rate <= 0 || !is_training) {
        return branch;
    }
    std::vector<std::int64_t> shape(static_cast<std::size_t>(branch.dim()), 1);
    shape[0] = branch.size(0);
    const torch::Tensor kept = torch::empty(shape, branch.options()).bernoulli_(1 - rate);
    return branch * (kept / (1 - rate));
}

std::vector<double> dropPathRates(double rate, std::int64_t count)
{
    std::vector<double> rates;
    for (std::int64_t i = 0; i < count; ++i) {
        rates.push_back(
            count == 1 ? 0 : rate * static_cast<double>(i) / static_cast<double>(count - 1));
    }
    return rates;
}

torch::Tensor relativePositionIndex(std::int64_t window)
{
    const torch::Tensor place = torch::arange(window * window);
    const torch::Tensor y = torch::div(place, window, "floor");
    const torch::Tensor x = torch::remainder(place, window);
    const auto difference = [&](const torch::Tensor& axis) {
        return axis.unsqueeze(1) - axis.unsqueeze(0) + (window - 1);
    };
    return difference(y) * (2 * window - 1) + difference(x);
}

torch::Tensor
windowMask(std::int64_t height, std::int64_t width, std::int64_t window, std::int64_t shift)
{
    const std::int64_t rows = roundedUp(height, window);
    const std::int64_t columns = roundedUp(width, window);
    const torch::Tensor band =
        bands(rows, window, shift).unsqueeze(1) * 3 + bands(columns, window, shift).unsqueeze(0);
    const torch::Tensor outside = torch::maximum(
        extension(height, rows, shift).unsqueeze(1), extension(width, columns, shift).unsqueeze(0));
    const torch::Tensor label = band * 2 + outside;
    const torch::Tensor inWindow =
        windowsOf(label.reshape({1, rows, columns, 1}), window).squeeze(3).squeeze(0);
    const torch::Tensor apart = inWindow.unsqueeze(1) != inWindow.unsqueeze(2);
    return apart.to(torch::kFloat32) * kSeparated;
}

EfficientChannelAttention::EfficientChannelAttention()
{
    conv = register_module(
        "conv", torch::nn::Conv1d(torch::nn::Conv1dOptions(1, 1, 3).padding(1).bias(false)));
}

torch::Tensor EfficientChannelAttention::forward(const torch::Tensor& x)
{
    const torch::Tensor means = x.mean({2, 3}).unsqueeze(1); // [B, 1, C]
    const torch::Tensor gain = torch::sigmoid(conv->forward(means));
    return x * gain.transpose(1, 2).unsqueeze(3) + x;
}

WindowAttention::WindowAttention(std::int64_t dim, std::int64_t window, std::int64_t heads)
    : m_heads(heads)
    , m_index(relativePositionIndex(window).flatten())
{
    TORCH_CHECK(
        heads >= 1 && dim % heads == 0,
        "a Swin stage of ",
        dim,
        " channels cannot be divided among ",
        heads,
        " heads");
    relative_position_bias_table = register_parameter(
        "relative_position_bias_table", torch::empty({(2 * window - 1) * (2 * window - 1), heads}));
    fillNormal(relative_position_bias_table);
    qkv = register_module("qkv", torch::nn::Linear(dim, 3 * dim));
    proj = register_module("proj", torch::nn::Linear(dim, dim));
}

torch::Tensor WindowAttention::forward(const torch::Tensor& windows, const torch::Tensor& mask)
{
    const std::int64_t batch = windows.size(0);
    const std::int64_t count = windows.size(1);
    const std::int64_t n = windows.size(2);
    const std::int64_t dim = windows.size(3);
    if (m_index.device() != windows.device()) {
        m_index = m_index.to(windows.device());
    }
    // [3, B, W, heads, n, head_dim]; windows are further heads where they have masks of their own,
    // which keeps four dimensions for the fused kernels.
    const torch::Tensor all = qkv->forward(windows)
                                  .reshape({batch, count, n, 3, m_heads, dim / m_heads})
                                  .permute({3, 0, 1, 4, 2, 5});
    torch::Tensor bias = relative_position_bias_table.index_select(0, m_index)
                             .view({n, n, m_heads})
                             .permute({2, 0, 1});
    std::vector<std::int64_t> shape = {batch * count, m_heads, n, dim / m_heads};
    if (mask.defined()) {
        bias = (bias.unsqueeze(0) + mask.unsqueeze(1)).reshape({count * m_heads, n, n});
        shape[0] = batch;
        shape[1] = count * m_heads;
    }
    const torch::Tensor q = all[0].reshape(shape);
    bias = bias.unsqueeze(0).to(q.scalar_type());
    const torch::Tensor attended =
        at::scaled_dot_product_attention(q, all[1].reshape(shape), all[2].reshape(shape), bias);
    return proj->forward(attended.reshape({batch, count, m_heads, n, dim / m_heads})
                             .transpose(2, 3)
                             .reshape({batch, count, n, dim}));
}

SwinBlock::SwinBlock(const SwinBlockOptions& options)
    : m_options(options)
{
    const std::int64_t dim = options.dim;
    TORCH_CHECK(options.window >= 1, "network.window_size must be at least 1");
    norm1 = register_module("norm1", torch::nn::LayerNorm(torch::nn::LayerNormOptions({dim})));
    attn = register_module(
        "attn", std::make_shared<WindowAttention>(dim, options.window, options.heads));
    norm2 = register_module("norm2", torch::nn::LayerNorm(torch::nn::LayerNormOptions({dim})));
    const auto mlp = register_module("mlp", std::make_shared<Module>());
    const auto hidden = static_cast<std::int64_t>(static_cast<double>(dim) * options.mlp_ratio);
    fc1 = mlp->register_module("fc1", torch::nn::Linear(dim, hidden));
    fc2 = mlp->register_module("fc2", torch::nn::Linear(hidden, dim));
    if (options.mlp != SwinMlp::Plain) {
        eca = mlp->register_module("eca", std::make_shared<EfficientChannelAttention>());
    }
}

torch::Tensor SwinBlock::forward(const torch::Tensor& x)
{
    const torch::Tensor y =
        x + dropPath(attend(norm1->forward(x)), m_options.drop_path, is_training());
    return y + dropPath(feed(norm2->forward(y)), m_options.drop_path, is_training());
}

torch::Tensor SwinBlock::attend(const torch::Tensor& x)
{
    const std::int64_t window = m_options.window;
    const std::int64_t height = x.size(1);
    const std::int64_t width = x.size(2);
    const bool isWhole = std::min(height, width) <= window;
    const std::int64_t shift = m_options.is_shifted && !isWhole ? window / 2 : 0;
    const std::int64_t below = roundedUp(height, window) - height;
    const std::int64_t right = roundedUp(width, window) - width;
    torch::Tensor y = x;
    if (below > 0 || right > 0) {
        y = torch::constant_pad_nd(y, {0, 0, 0, right, 0, below}, 0);
    }
    if (shift > 0) {
        y = torch::roll(y, {-shift, -shift}, {1, 2});
    }
    torch::Tensor apart;
    if (shift > 0 || below > 0 || right > 0) {
        apart = mask(height, width, shift, x);
    }
    y = mapOf(attn->forward(windowsOf(y, window), apart), height + below, width + right, window);
    if (shift > 0) {
        y = torch::roll(y, {shift, shift}, {1, 2});
    }
    return y.slice(1, 0, height).slice(2, 0, width);
}

torch::Tensor SwinBlock::feed(const torch::Tensor& x)
{
    const torch::Tensor y = fc2->forward(torch::gelu(fc1->forward(x)));
    if (!eca) {
        return y;
    }
    if (m_options.mlp == SwinMlp::Eca) {
        return eca->forward(y.permute({0, 3, 1, 2})).permute({0, 2, 3, 1});
    }
    const torch::Tensor misread = y.contiguous().view({y.size(0), y.size(3), y.size(1), y.size(2)});
    return eca->forward(misread).permute({0, 2, 3, 1});
}

torch::Tensor SwinBlock::mask(
    std::int64_t height, std::int64_t width, std::int64_t shift, const torch::Tensor& like)
{
    const std::vector<std::int64_t> wanted = {height, width, shift};
    const auto type = like.scalar_type() == torch::kFloat64 ? torch::kFloat64 : torch::kFloat32;
    if (m_maskFor != wanted || m_mask.device() != like.device() || m_mask.scalar_type() != type) {
        m_mask = windowMask(height, width, m_options.window, shift).to(like.device(), type);
        m_maskFor = wanted;
    }
    return m_mask;
}

std::string sizeHint(const GatedBackbone& network, const torch::Tensor& image)
{
    if (image.dim() != 4 || image.size(2) < 1 || image.size(3) < 1) {
        return {};
    }
    const ImageSize size = network.paddedSize({image.size(2), image.size(3)});
    return "; the next size that it takes is " + std::to_string(size.height) + " x "
           + std::to_string(size.width);
}

void initialiseSwinLinears(torch::nn::Module& module)
{
    const torch::NoGradGuard noGrad;
    for (const auto& child : module.modules(/*include_self=*/false)) {
        if (const auto* linear = child->as<torch::nn::LinearImpl>()) {
            fillNormal(linear->weight);
            if (linear->bias.defined()) {
                linear->bias.zero_();
            }
        }
    }
}

} // namespace guidino::nn
