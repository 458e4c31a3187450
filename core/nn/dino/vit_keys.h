// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/dino/vit_load.h"

#include <string>
#include <vector>

/// Translation of foreign key names into Meta's. Used by vit_load.cpp only.
namespace guidino::nn {

/// One tensor of a ViT under its Meta name. Parts of a fused matrix carry their place: q, k, v are
/// rows 0, 1, 2 of blocks.i.attn.qkv.
struct RenamedKey
{
    std::string name; ///< empty: not a key of a ViT
    int part = -1;    ///< 0, 1, 2: third of the fused q, k, v
};

/// Takes the prefixes off that wrappers add (module., model., backbone., teacher., dinov3_vit.
/// ...).
[[nodiscard]] std::string withoutPrefixes(std::string key);

/// Whether a key, without prefixes, belongs to a head or to something else that a ViT does not
/// need.
[[nodiscard]] bool isKnownExtra(const std::string& key);

[[nodiscard]] VitKeys recognise(const std::vector<std::string>& keys);

/// `key` without prefixes. `is_gated`: the file's FFN has a gate, so that its other matrices are w2
/// and w3, not fc1 and fc2.
[[nodiscard]] RenamedKey metaKey(const std::string& key, VitKeys from, bool is_gated);

} // namespace guidino::nn
