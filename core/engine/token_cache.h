// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/segmenter.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace guidino::engine {

struct Bundle;

/// Features of a frozen guide backbone, kept on disk between runs: a ViT is by far the dearest part
/// of a prediction. A file's name is the hash of the pixels that the ViT sees (so of image, size
/// and view) and of all else that its tokens depend on (weights, precision, device, the network,
/// which chooses layers and padding).
///
/// Lies in `$GUIDINO_TOKEN_CACHE` ("off": there is none), else in the cache folder
/// `${XDG_CACHE_HOME:-~/.cache}/guidino/tokens`, readable by the user alone. Holds at most
/// `$GUIDINO_TOKEN_CACHE_MB` (2048) MiB; what was not used for longest goes first. Damaged files
/// are computed anew, and a folder that cannot be written to costs time only: nothing here fails a
/// job. Processes may share it. One thread each.
class TokenCache
{
public:
    /// `identity`: what tells tokens of equal pixels apart.
    TokenCache(std::filesystem::path folder, std::string identity, std::uint64_t maxBytes);

    /// The user's cache for a bundle's backbone; nullptr where it may not be used: no backbone, one
    /// that is changed by LoRA or training, or switched off.
    [[nodiscard]] static std::unique_ptr<TokenCache>
    forBundle(const Bundle& bundle, const std::string& device, const std::string& precision);

    /// [B, D, h, w] for normalised images [B, 3, H, W]: those that are kept, the others by
    /// model.guideTokens() in one call. Call within the autocast scope and grad mode of the model.
    [[nodiscard]] torch::Tensor tokensOf(nn::Segmenter& model, const torch::Tensor& images);

    [[nodiscard]] std::int64_t hits() const { return m_hits; }

private:
    [[nodiscard]] std::filesystem::path fileOf(const torch::Tensor& image) const;
    [[nodiscard]] std::optional<torch::Tensor> read(const std::filesystem::path& file) const;
    void keep(const std::filesystem::path& file, const torch::Tensor& tokens);
    void evict();

    std::filesystem::path m_folder;
    std::string m_identity;
    std::uint64_t m_maxBytes;
    std::uint64_t m_bytes = 0; ///< in the folder, as far as known
    bool m_isWritable = false;
    std::int64_t m_hits = 0;
};

} // namespace guidino::engine
