// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/published.h"

#include "core/nn/backbones/swin_blocks.h"
#include "core/nn/backbones/swin_unet.h"

#include <torch/torch.h>

#include <algorithm>

namespace guidino::nn {

namespace {

using TensorMap = std::map<std::string, torch::Tensor>;

constexpr const char* kWindow = "window_size";

// The buffers of the reference's Swin blocks at a map of side × side tokens.
void addWindowBuffers(
    TensorMap& buffers, const std::string& blocks, std::int64_t side, std::int64_t window)
{
    for (int b = 0; b < 2; ++b) {
        const std::string block = blocks + std::to_string(b);
        buffers[block + ".attn.relative_position_index"] = relativePositionIndex(window);
        if (b == 1 && side > window) {
            buffers[block + ".attn_mask"] = windowMask(side, side, window, window / 2);
        }
    }
}

std::int64_t windowOf(const NetworkConfig& config, std::int64_t standard)
{
    const auto given = config.options.find(kWindow);
    const std::int64_t window =
        given == config.options.end() ? 0 : std::get<std::int64_t>(given->second);
    return window > 0 ? window : standard;
}

// Puts the number that the size asks for where none is given.
void settleWindow(NetworkConfig& config, std::int64_t window)
{
    config.options[kWindow] = windowOf(config, window);
}

} // namespace

void settleOptions(SystemConfig& config)
{
    const std::int64_t side = config.data.image_size;
    if (config.system == "swinunet") {
        settleWindow(config.network, swinWindowFor(side));
    } else if (config.system == "h2former") {
        settleWindow(config.network, std::max<std::int64_t>(side / 16, 2));
    }
}

TensorMap publishedBuffers(const SystemConfig& config)
{
    TensorMap buffers;
    const std::int64_t side = config.data.image_size;
    const bool isSwin = config.system == "swinunet";
    if (!isSwin && config.system != "h2former") {
        return buffers;
    }
    const std::int64_t window = windowOf(config.network, isSwin ? kSwinWindow : kH2FormerWindow);
    for (int level = 0; level < 4; ++level) {
        const std::string number = std::to_string(level);
        if (!isSwin) {
            addWindowBuffers(
                buffers, "swin_layers." + number + ".blocks.", side / (2 << level), window);
            continue;
        }
        const std::int64_t cells = side / (4 << level);
        addWindowBuffers(buffers, "layers." + number + ".blocks.", cells, window);
        if (level < 3) {
            addWindowBuffers(
                buffers, "layers_up." + std::to_string(3 - level) + ".blocks.", cells, window);
        }
    }
    return buffers;
}

TensorMap fromClassifier(const std::string& system, const TensorMap& tensors)
{
    const auto has = [&tensors](const char* key) { return tensors.contains(key); };
    if (system == "swinunet" && has("layers.0.blocks.0.attn.qkv.weight")
        && has("layers.0.downsample.reduction.weight") && !has("layers_up.0.expand.weight")) {
        return swinUnetFromSwin(tensors);
    }
    if (system == "h2former" && has("layer1.0.conv1.weight") && has("layer3.5.conv2.weight")
        && !has("MS2.norm.weight")) {
        return tensors;
    }
    return {};
}

} // namespace guidino::nn
