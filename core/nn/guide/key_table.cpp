// SPDX-License-Identifier: Apache-2.0
#include "core/nn/guide/key_table.h"

#include "core/nn/backbones/registry.h"

#include <array>
#include <string_view>
#include <utility>

namespace guidino::nn {

namespace {

constexpr std::string_view kBackbone = "guide.guide_backbone.";

bool dropPrefix(std::string& key, std::string_view prefix)
{
    if (key.compare(0, prefix.size(), prefix) != 0) {
        return false;
    }
    key.erase(0, prefix.size());
    return true;
}

// Whole components only: `double_conv` in `x.double_conv.0`, not in `my_double_conv`.
void renameComponent(std::string& key, std::string_view from, std::string_view to)
{
    std::size_t begin = 0;
    while (begin <= key.size()) {
        std::size_t end = key.find('.', begin);
        end = end == std::string::npos ? key.size() : end;
        if (std::string_view(key).substr(begin, end - begin) == from) {
            key.replace(begin, from.size(), to);
            end = begin + to.size();
        }
        begin = end + 1;
    }
}

bool startsWith(const std::string& key, std::string_view prefix)
{
    return key.compare(0, prefix.size(), prefix) == 0;
}

} // namespace

std::optional<std::string>
segmenterKey(const std::string& foreign, const Architecture* architecture)
{
    if (startsWith(foreign, "network.") || startsWith(foreign, "guide.")
        || startsWith(foreign, "first_pass.")) {
        return foreign;
    }
    std::string key = foreign;
    // Wrappers of trainers: Lightning's module and GuiDINO's channels-last wrapper both say
    // `model.`, data-parallel `module.`, torch.compile `_orig_mod.`; in any order and number.
    constexpr std::array<std::string_view, 4> kWrappers = {
        "model.", "module.", "_orig_mod.", "net."};
    bool dropped = true;
    while (dropped) {
        dropped = false;
        for (const std::string_view wrapper : kWrappers) {
            dropped = dropPrefix(key, wrapper) || dropped;
        }
    }
    // milesial's class values, Lightning's buffers of losses and metrics.
    constexpr std::array<std::string_view, 5> kNoWeights = {
        "mask_values", "criterion.", "loss.", "loss_fn.", "metrics."};
    for (const std::string_view prefix : kNoWeights) {
        if (startsWith(key, prefix)) {
            return std::nullopt;
        }
    }
    // GuiDINO wraps the ViT as guide_backbone.backbone.*; other code has backbone.* alone.
    const bool isWrapped = dropPrefix(key, "guide_backbone.");
    if (dropPrefix(key, "backbone.") || isWrapped) {
        return std::string(kBackbone) + key;
    }
    if (startsWith(key, "tokenbook.") || startsWith(key, "tokenbooks.")) {
        return "guide." + key;
    }
    dropPrefix(key, "wnet.");
    renameComponent(key, "double_conv", "block");
    renameComponent(key, "maxpool_conv", "block");
    renameComponent(key, "BasicBlock", "block");
    if (architecture != nullptr && architecture->own_key) {
        const std::optional<std::string> own = architecture->own_key(key);
        return own ? std::optional<std::string>("network." + *own) : std::nullopt;
    }
    return "network." + key;
}

bool isGuideBackboneKey(const std::string& key)
{
    return startsWith(key, kBackbone);
}

bool isTokenBookKey(const std::string& key)
{
    return startsWith(key, "guide.tokenbook");
}

} // namespace guidino::nn
