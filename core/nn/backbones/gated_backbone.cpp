// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/gated_backbone.h"

#include "core/nn/backbones/conv_norm.h"

#include <torch/torch.h>

namespace guidino::nn {

std::vector<torch::Tensor> GatedBackbone::forward(const BackboneInput& input, const Gate& gate)
{
    return decode(encode({gate(GatePlace::Input, input.image), input.tokens}), gate);
}

ImageSize GatedBackbone::paddedSize(ImageSize image) const
{
    const std::int64_t multiple = sizeMultiple();
    const auto up = [multiple](std::int64_t side) {
        return (side + multiple - 1) / multiple * multiple;
    };
    return {up(image.height), up(image.width)};
}

void GatedBackbone::prepareInference()
{
    setFolded(*this, true);
}

void initialiseHe(torch::nn::Module& module)
{
    const torch::NoGradGuard noGrad;
    const auto fill = [](torch::Tensor weight, torch::Tensor bias) {
        torch::nn::init::kaiming_normal_(weight, 0.01, torch::kFanIn, torch::kLeakyReLU);
        if (bias.defined()) {
            bias.zero_();
        }
    };
    for (const auto& child : module.modules(false)) {
        if (const auto* conv = child->as<torch::nn::Conv2dImpl>()) {
            fill(conv->weight, conv->bias);
        } else if (const auto* up = child->as<torch::nn::ConvTranspose2dImpl>()) {
            fill(up->weight, up->bias);
        }
    }
}

} // namespace guidino::nn
