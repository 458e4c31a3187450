// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <vector>

namespace guidino::nn {

/// Base of blocks whose convolutions are followed by batch norm. For prediction both are computed
/// as one convolution, which saves a pass over memory per layer.
///
/// setFolded(true) holds until train(true); the weights must not change meanwhile (fold again).
/// While gradients are recorded, or in training, nothing is folded.
class ConvNormModule : public torch::nn::Module
{
public:
    void setFolded(bool on);
    void train(bool on = true) override;

protected:
    /// norm(conv(x))
    torch::Tensor
    convNorm(torch::nn::Conv2dImpl& conv, torch::nn::BatchNorm2dImpl& norm, const torch::Tensor& x);

private:
    /// One for each convolution, set of running statistics and type that it has been used with.
    struct Folded
    {
        const void* conv = nullptr;
        const void* statistics = nullptr;
        torch::Tensor weight;
        torch::Tensor bias;
    };

    const Folded& folded(
        const torch::nn::Conv2dImpl& conv,
        const torch::nn::BatchNorm2dImpl& norm,
        torch::ScalarType type);

    bool m_isFolded = false;
    std::vector<Folded> m_cache;
};

/// setFolded() for every ConvNormModule below a module.
void setFolded(torch::nn::Module& module, bool on);

} // namespace guidino::nn
