// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/conv_norm.h"

#include <ATen/autocast_mode.h>
#include <torch/torch.h>

namespace guidino::nn {

namespace {

// The type that the convolution will compute in.
torch::ScalarType typeFor(const torch::Tensor& x)
{
    const auto device = x.device().type();
    return at::autocast::is_autocast_enabled(device) ? at::autocast::get_autocast_dtype(device)
                                                     : x.scalar_type();
}

} // namespace

void ConvNormModule::setFolded(bool on)
{
    m_isFolded = on;
    m_cache.clear();
}

void ConvNormModule::train(bool on)
{
    torch::nn::Module::train(on);
    if (on) {
        setFolded(false);
    }
}

torch::Tensor ConvNormModule::convNorm(
    torch::nn::Conv2dImpl& conv, torch::nn::BatchNorm2dImpl& norm, const torch::Tensor& x)
{
    if (!m_isFolded || is_training() || torch::GradMode::is_enabled()) {
        return norm.forward(conv.forward(x));
    }
    const Folded& one = folded(conv, norm, typeFor(x));
    const auto& padding = std::get<torch::ExpandingArray<2>>(conv.options.padding());
    return torch::conv2d(
        x,
        one.weight,
        one.bias,
        conv.options.stride(),
        padding,
        conv.options.dilation(),
        conv.options.groups());
}

const ConvNormModule::Folded& ConvNormModule::folded(
    const torch::nn::Conv2dImpl& conv,
    const torch::nn::BatchNorm2dImpl& norm,
    torch::ScalarType type)
{
    // Two passes with statistics of their own share a convolution (BatchNormStatistics).
    const void* statistics = norm.running_mean.unsafeGetTensorImpl();
    for (const Folded& known : m_cache) {
        if (known.conv == &conv && known.statistics == statistics
            && known.weight.scalar_type() == type
            && known.weight.device() == conv.weight.device()) {
            return known;
        }
    }
    const auto wide =
        conv.weight.scalar_type() == torch::kFloat64 ? torch::kFloat64 : torch::kFloat32;
    const torch::Tensor scale =
        norm.weight.to(wide) / torch::sqrt(norm.running_var.to(wide) + norm.options.eps());
    torch::Tensor shift = -norm.running_mean.to(wide);
    if (conv.bias.defined()) {
        shift = shift + conv.bias.to(wide);
    }
    Folded made;
    made.conv = &conv;
    made.statistics = statistics;
    made.weight = (conv.weight.to(wide) * scale.reshape({-1, 1, 1, 1}))
                      .to(type)
                      .contiguous(conv.weight.suggest_memory_format());
    made.bias = (shift * scale + norm.bias.to(wide)).to(type);
    m_cache.push_back(made);
    return m_cache.back();
}

void setFolded(torch::nn::Module& module, bool on)
{
    for (const auto& child : module.modules()) {
        if (auto* foldable = dynamic_cast<ConvNormModule*>(child.get())) {
            foldable->setFolded(on);
        }
    }
}

} // namespace guidino::nn
