// SPDX-License-Identifier: Apache-2.0
#include "core/engine/token_cache.h"

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/engine/bundle.h"
#include "core/engine/config_json.h"
#include "core/nn/io/safetensors.h"

#include <torch/torch.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kDefaultMiB = 2048;
constexpr std::uint64_t kSpareBytes = std::uint64_t{1} << 30; // left to others on the disk
constexpr const char* kExtension = ".safetensors";

std::string environment(const char* name)
{
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets it
    return value != nullptr ? value : "";
}

fs::path cacheFolder()
{
    if (const std::string own = environment("GUIDINO_TOKEN_CACHE"); !own.empty()) {
        return own == "off" ? fs::path() : fs::path(own);
    }
    if (const std::string cache = environment("XDG_CACHE_HOME"); !cache.empty()) {
        return fs::path(cache) / "guidino" / "tokens";
    }
    const std::string home = environment("HOME");
    return home.empty() ? fs::path() : fs::path(home) / ".cache" / "guidino" / "tokens";
}

std::uint64_t limitBytes()
{
    const std::string text = environment("GUIDINO_TOKEN_CACHE_MB");
    const bool isNumber =
        !text.empty() && text.size() < 10
        && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    return (isNumber ? std::stoull(text) : kDefaultMiB) << 20;
}

struct Kept
{
    fs::file_time_type used;
    std::uint64_t bytes = 0;
    fs::path file;
};

/// What lies in the folder; files that vanish meanwhile are another process's business.
std::vector<Kept> listOf(const fs::path& folder)
{
    std::vector<Kept> files;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code gone;
        if (entry->path().extension() == kExtension) {
            const Kept kept{entry->last_write_time(gone), entry->file_size(gone), entry->path()};
            if (!gone) {
                files.push_back(kept);
            }
        }
    }
    return files;
}

} // namespace

TokenCache::TokenCache(fs::path folder, std::string identity, std::uint64_t maxBytes)
    : m_folder(std::move(folder))
    , m_identity(std::move(identity))
    , m_maxBytes(maxBytes)
{
    m_isWritable = maxBytes > 0 && makeFolder(m_folder).has_value();
    std::error_code ignored; // features tell of the images that they were made of
    fs::permissions(m_folder, fs::perms::owner_all, ignored);
    for (const Kept& kept : listOf(m_folder)) {
        m_bytes += kept.bytes;
    }
}

std::unique_ptr<TokenCache>
TokenCache::forBundle(const Bundle& bundle, const std::string& device, const std::string& precision)
{
    const fs::path folder = cacheFolder();
    if (folder.empty() || bundle.backbone.sha256.empty() || bundle.config.lora.enabled
        || bundle.config.guide.train_backbone) {
        return nullptr;
    }
    const std::string kind = device.substr(0, device.find(':'));
    // The network says which layers of the ViT it decodes, and how the image is padded for it.
    const Json network{
        {"system", bundle.config.system},
        {"network", jsonOf(bundle.config).at("network")},
        {"legacy_token_slice", bundle.config.guide.legacy_token_slice}};
    return std::make_unique<TokenCache>(
        folder,
        bundle.backbone.sha256 + "|" + precision + "|" + kind + "|" + network.dump(),
        limitBytes());
}

fs::path TokenCache::fileOf(const torch::Tensor& image) const
{
    const torch::Tensor pixels = image.cpu().contiguous();
    Sha256 hash;
    hash.add(m_identity.data(), m_identity.size() + 1);
    const auto sizes = pixels.sizes();
    hash.add(sizes.data(), sizes.size() * sizeof(std::int64_t));
    hash.add(pixels.data_ptr(), pixels.nbytes());
    return m_folder / (hash.hex() + kExtension);
}

std::optional<torch::Tensor> TokenCache::read(const fs::path& file) const
{
    std::error_code error;
    if (!fs::exists(file, error)) {
        return std::nullopt;
    }
    const Result<nn::TensorFile> stored = nn::readSafetensors(file);
    if (!stored || !stored->tensors.contains("tokens") || stored->tensors.at("tokens").dim() != 3) {
        return std::nullopt;
    }
    fs::last_write_time(file, fs::file_time_type::clock::now(), error);
    return stored->tensors.at("tokens");
}

torch::Tensor TokenCache::tokensOf(nn::Segmenter& model, const torch::Tensor& images)
{
    std::vector<fs::path> files;
    std::vector<torch::Tensor> tokens;
    std::vector<std::int64_t> missing;
    for (std::int64_t i = 0; i < images.size(0); ++i) {
        files.push_back(fileOf(images[i]));
        std::optional<torch::Tensor> kept = read(files.back());
        tokens.push_back(kept ? kept->to(images.device()) : torch::Tensor());
        if (kept) {
            ++m_hits;
        } else {
            missing.push_back(i);
        }
    }
    if (!missing.empty()) {
        const torch::Tensor computed = model.guideTokens(
            missing.size() == files.size()
                ? images
                : images.index_select(0, torch::tensor(missing, images.device())));
        if (!computed.defined()) {
            return computed;
        }
        for (std::size_t k = 0; k < missing.size(); ++k) {
            const auto i = static_cast<std::size_t>(missing[k]);
            tokens[i] = computed[static_cast<std::int64_t>(k)];
            keep(files[i], tokens[i]);
        }
    }
    return torch::stack(tokens);
}

void TokenCache::keep(const fs::path& file, const torch::Tensor& tokens)
{
    std::error_code error;
    const fs::space_info space = fs::space(m_folder, error);
    const std::uint64_t bytes = tokens.nbytes();
    if (!m_isWritable || error || space.available < kSpareBytes + bytes || bytes > m_maxBytes) {
        return;
    }
    if (m_bytes + bytes > m_maxBytes) {
        evict();
    }
    m_isWritable = nn::writeSafetensors(file, {{"tokens", tokens}}).has_value();
    m_bytes += bytes;
}

/// Down to nine tenths, so that not each new file needs a look at all others.
void TokenCache::evict()
{
    std::vector<Kept> files = listOf(m_folder);
    std::sort(
        files.begin(), files.end(), [](const Kept& a, const Kept& b) { return a.used < b.used; });
    m_bytes = 0;
    for (const Kept& kept : files) {
        m_bytes += kept.bytes;
    }
    for (const Kept& kept : files) {
        if (m_bytes <= m_maxBytes / 10 * 9) {
            return;
        }
        std::error_code error;
        if (fs::remove(kept.file, error)) {
            m_bytes -= kept.bytes;
        }
    }
}

} // namespace guidino::engine
