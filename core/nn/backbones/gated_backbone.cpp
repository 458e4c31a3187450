// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/gated_backbone.h"

#include "core/nn/backbones/conv_norm.h"
#include "core/nn/backbones/seg_guidino.h"
#include "core/nn/backbones/unet.h"
#include "core/nn/backbones/wnet.h"

#include <torch/torch.h>

namespace guidino::nn {

namespace {

std::array<std::int64_t, 5> five(const std::vector<int>& values, const char* key)
{
    TORCH_CHECK(values.size() == 5, key, " needs five numbers, not ", values.size());
    std::array<std::int64_t, 5> result{};
    for (std::size_t i = 0; i < 5; ++i) {
        result[i] = values[i];
    }
    return result;
}

std::shared_ptr<GatedBackbone>
bareBackbone(const std::string& system, const NetworkConfig& config, std::int64_t token_dim)
{
    if (system == "unet" || system == "guidino-u") {
        UNetOptions options;
        options.in_channels = config.in_channels;
        options.num_classes = config.num_classes;
        options.base_channels = config.base_channels;
        options.bilinear = config.bilinear;
        options.align_corners = config.bilinear_align_corners;
        return std::make_shared<UNet>(options);
    }
    if (system == "nnwnet" || system == "guidino-w") {
        WNetOptions options;
        options.in_channels = config.in_channels;
        options.num_classes = config.num_classes;
        options.layer_channel = five(config.layer_channel, "network.layer_channel");
        options.global_dim = five(config.global_dim, "network.global_dim");
        options.deep_supervision = config.deep_supervision;
        return std::make_shared<WNet2D>(options);
    }
    TORCH_CHECK(
        system == "seg-guidino",
        "unknown system '",
        system,
        "' (unet, nnwnet, guidino-u, guidino-w, seg-guidino)");
    SegGuidinoOptions options;
    options.token_dim = token_dim;
    options.hidden_dim = config.hidden_dim;
    options.num_classes = config.num_classes;
    options.dropout = config.dropout;
    return std::make_shared<SegGuidinoDecoder>(options);
}

} // namespace

std::vector<torch::Tensor> GatedBackbone::forward(const BackboneInput& input, const Gate& gate)
{
    return decode(encode({gate(GatePlace::Input, input.image), input.tokens}), gate);
}

void GatedBackbone::prepareInference()
{
    setFolded(*this, true);
}

std::shared_ptr<GatedBackbone>
makeBackbone(const std::string& system, const NetworkConfig& config, std::int64_t token_dim)
{
    TORCH_CHECK(
        config.num_classes >= 1 && config.num_classes <= 255,
        "network.num_classes must be 1 to 255, not ",
        config.num_classes);
    TORCH_CHECK(config.in_channels >= 1, "network.in_channels must be at least 1");
    std::shared_ptr<GatedBackbone> backbone = bareBackbone(system, config, token_dim);
    if (config.init == "he") {
        initialiseHe(*backbone);
    } else {
        TORCH_CHECK(
            config.init == "default", "network.init: unknown '", config.init, "' (default, he)");
    }
    return backbone;
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
