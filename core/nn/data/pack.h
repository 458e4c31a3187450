// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/result.h"

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace guidino::nn {

/// A data set at training size: one memory-mapped safetensors file, or the same in memory. As a
/// file: tensors `images` and `masks`; metadata `guidino_pack` = "1", `names`, `groups`, `hashes`
/// (JSON arrays of N texts), `splits` (JSON object of lists of names), `classes` (JSON array of
/// {index, name, color}), `resize` (squash, letterbox, crop), `crop_black_border` (true, false),
/// `native_sizes` (JSON array of N [width, height]).
struct Pack
{
    torch::Tensor images; ///< [N, S, S, 3] uint8; of a file: a view of the map, never written to
    torch::Tensor masks;  ///< [N, S, S] uint8: class indices, 255 = ignore
    std::vector<std::string> names;
    std::vector<std::string> groups; ///< N, or empty
    std::vector<std::string> hashes; ///< SHA-256 of the image files; N, or empty
    std::map<std::string, std::vector<std::string>> splits;
    std::vector<std::pair<int, std::string>> classes; ///< index and name, foreground only
    std::string resize = "squash";
    bool cropBlackBorder = false;
    std::vector<Size> nativeSizes; ///< N, or empty

    [[nodiscard]] std::int64_t size() const { return images.defined() ? images.size(0) : 0; }
};

/// Whether the file begins like a pack: cheap, for telling packs from folders and images.
[[nodiscard]] bool isPack(const std::filesystem::path& path);

/// NotFound, BadInput (names the file and what is wrong: no pack, lengths that differ, names
/// twice).
[[nodiscard]] Result<Pack> readPack(const std::filesystem::path& path);

/// CannotWrite.
[[nodiscard]] Status writePack(const std::filesystem::path& path, const Pack& pack);

} // namespace guidino::nn
