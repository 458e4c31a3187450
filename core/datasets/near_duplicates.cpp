// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/near_duplicates.h"

#include "core/datasets/alignment.h"
#include "core/datasets/decode.h"
#include "core/datasets/parallel.h"
#include "core/imaging/image_content.h"
#include "core/imaging/resize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <utility>

namespace guidino::datasets {

namespace {

using imaging::Keypoint;

constexpr int kKeypoints = 200;
constexpr int kPatch = 144;

// Locality-sensitive hashing: patches that correlate by 0.9 agree in a bit with probability
// 1 - acos(0.9) / π = 0.86, in 16 bits with 0.08, in one of 8 tables with 0.5; unrelated patches
// with 1e-4.
constexpr int kTables = 8;
constexpr int kBits = 16;

/// Patches that very many pictures have (plain gradients, frames) say nothing.
constexpr std::size_t kLargestBucket = 400;

/// Pictures that are aligned with each picture, best votes first.
constexpr std::size_t kCandidates = 16;

using Codes = std::array<std::uint16_t, kTables>;

/// Signs that mix the values of a patch: sums over random halves of it.
class Hasher
{
public:
    Hasher()
    {
        std::mt19937 random(20240229);
        for (auto& signs : m_signs) {
            for (auto& sign : signs) {
                sign = random() % 2 == 0 ? std::int8_t{1} : std::int8_t{-1};
            }
        }
    }

    [[nodiscard]] Codes codesOf(const Keypoint& keypoint) const
    {
        Codes codes{};
        for (std::size_t table = 0; table < kTables; ++table) {
            unsigned code = 0;
            for (std::size_t bit = 0; bit < kBits; ++bit) {
                const auto& signs = m_signs[table * kBits + bit];
                int sum = 0;
                for (std::size_t i = 0; i < kPatch; ++i) {
                    sum += signs[i] * keypoint.patch[i];
                }
                code = code << 1U | (sum > 0 ? 1U : 0U);
            }
            codes[table] = static_cast<std::uint16_t>(code);
        }
        return codes;
    }

private:
    std::array<std::array<std::int8_t, kPatch>, static_cast<std::size_t>(kTables) * kBits>
        m_signs{};
};

/// Where a patch occurs.
struct Posting
{
    std::uint32_t image = 0;
    std::uint32_t keypoint = 0;
};

/// For each table and code the postings, as one sorted array.
class Index
{
public:
    explicit Index(const std::vector<std::vector<Codes>>& codes)
    {
        for (std::size_t table = 0; table < kTables; ++table) {
            auto& begins = m_begins[table];
            begins.assign((std::size_t{1} << kBits) + 1, 0);
            for (const auto& image : codes) {
                for (const Codes& code : image) {
                    ++begins[code[table] + 1U];
                }
            }
            std::partial_sum(begins.begin(), begins.end(), begins.begin());
            auto& postings = m_postings[table];
            postings.resize(begins.back());
            std::vector<std::uint32_t> next(begins.begin(), begins.end() - 1);
            for (std::size_t i = 0; i < codes.size(); ++i) {
                for (std::size_t k = 0; k < codes[i].size(); ++k) {
                    postings[next[codes[i][k][table]]++] = {
                        static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(k)};
                }
            }
        }
    }

    /// Images that share patches with the given one, best first.
    [[nodiscard]] std::vector<std::size_t>
    similar(std::size_t image, const std::vector<Codes>& codes, std::size_t imageCount) const
    {
        std::vector<float> votes(imageCount, 0.0F);
        std::vector<std::uint32_t> lastKeypoint(imageCount, UINT32_MAX);
        for (std::uint32_t k = 0; k < codes.size(); ++k) {
            for (std::size_t table = 0; table < kTables; ++table) {
                const std::size_t code = codes[k][table];
                const std::size_t begin = m_begins[table][code];
                const std::size_t end = m_begins[table][code + 1];
                if (end - begin > kLargestBucket) {
                    continue;
                }
                // Rare patches say more.
                const float weight = 1.0F / std::sqrt(static_cast<float>(end - begin));
                for (std::size_t i = begin; i < end; ++i) {
                    const std::uint32_t other = m_postings[table][i].image;
                    // Once a keypoint: repeated texture must not outvote the rest.
                    if (other != image && lastKeypoint[other] != k) {
                        lastKeypoint[other] = k;
                        votes[other] += weight;
                    }
                }
            }
        }
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < imageCount; ++i) {
            if (votes[i] > 0) {
                order.push_back(i);
            }
        }
        const std::size_t kept = std::min(kCandidates, order.size());
        std::partial_sort(
            order.begin(),
            order.begin() + static_cast<std::ptrdiff_t>(kept),
            order.end(),
            [&](std::size_t a, std::size_t b) {
                return votes[a] != votes[b] ? votes[a] > votes[b] : a < b;
            });
        order.resize(kept);
        return order;
    }

private:
    std::array<std::vector<std::uint32_t>, kTables> m_begins;
    std::array<std::vector<Posting>, kTables> m_postings;
};

} // namespace

struct NearDuplicateFinder::Private
{
    NearDuplicateOptions options;
    Hasher hasher;
    std::vector<View> views;
    std::vector<std::vector<Codes>> codes;
};

NearDuplicateFinder::NearDuplicateFinder(std::size_t count, NearDuplicateOptions options)
    : m_private(std::make_unique<Private>())
{
    m_private->options = options;
    m_private->views.resize(count);
    m_private->codes.resize(count);
}

NearDuplicateFinder::~NearDuplicateFinder() = default;
NearDuplicateFinder::NearDuplicateFinder(NearDuplicateFinder&&) noexcept = default;
NearDuplicateFinder& NearDuplicateFinder::operator=(NearDuplicateFinder&&) noexcept = default;

void NearDuplicateFinder::add(std::size_t position, const Raster8& image)
{
    View& view = m_private->views[position];
    view = makeView(image, kKeypoints);
    std::vector<Codes>& codes = m_private->codes[position];
    codes.clear();
    codes.reserve(view.keypoints.size());
    for (const Keypoint& keypoint : view.keypoints) {
        codes.push_back(m_private->hasher.codesOf(keypoint));
    }
}

Result<std::vector<NearDuplicate>>
NearDuplicateFinder::find(const CancelToken& cancel, const Progress& progress) const
{
    const auto& views = m_private->views;
    const std::size_t count = views.size();
    const int threads = m_private->options.threads;
    const Index index(m_private->codes);
    std::vector<std::vector<std::size_t>> candidates(count);
    const Error cancelled{ErrorCode::Cancelled, "cancelled", {}};
    if (!forEachParallel(count, threads, cancel, {}, [&](std::size_t i) {
            candidates[i] = index.similar(i, m_private->codes[i], count);
        })) {
        return cancelled;
    }
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < count; ++i) {
        for (const std::size_t other : candidates[i]) {
            pairs.emplace_back(std::min(i, other), std::max(i, other));
        }
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    std::vector<double> scores(pairs.size());
    if (!forEachParallel(pairs.size(), threads, cancel, progress, [&](std::size_t i) {
            scores[i] = agreement(views[pairs[i].first], views[pairs[i].second]);
        })) {
        return cancelled;
    }
    std::vector<NearDuplicate> found;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (scores[i] >= m_private->options.threshold) {
            found.push_back({pairs[i].first, pairs[i].second, scores[i]});
        }
    }
    return found;
}

Result<std::vector<NearDuplicate>> findNearDuplicates(
    const Dataset& dataset,
    const NearDuplicateOptions& options,
    const CancelToken& cancel,
    const Progress& progress)
{
    NearDuplicateFinder finder(dataset.samples.size(), options);
    const bool isWhole = forEachParallel(
        dataset.samples.size(), options.threads, cancel, progress, [&](std::size_t i) {
            if (const auto image = decodeImage(dataset.samples[i])) {
                finder.add(i, *image);
            }
        });
    if (!isWhole) {
        return Error{ErrorCode::Cancelled, "cancelled", {}};
    }
    return finder.find(cancel);
}

void groupByNearDuplicates(Dataset& dataset, const std::vector<NearDuplicate>& pairs)
{
    std::vector<std::size_t> parent(dataset.samples.size());
    std::iota(parent.begin(), parent.end(), std::size_t{0});
    const auto rootOf = [&](std::size_t i) {
        while (parent[i] != i) {
            parent[i] = parent[parent[i]];
            i = parent[i];
        }
        return i;
    };
    // The smaller position is the root, so that names do not depend on the order of pairs.
    const auto join = [&](std::size_t a, std::size_t b) {
        const std::size_t rootA = rootOf(a);
        const std::size_t rootB = rootOf(b);
        parent[std::max(rootA, rootB)] = std::min(rootA, rootB);
    };
    std::map<std::string, std::size_t> firstOf;
    for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
        const std::string& group = dataset.samples[i].group;
        if (!group.empty()) {
            join(firstOf.emplace(group, i).first->second, i);
        }
    }
    for (const NearDuplicate& pair : pairs) {
        join(pair.a, pair.b);
    }
    std::vector<std::size_t> sizes(dataset.samples.size(), 0);
    for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
        ++sizes[rootOf(i)];
    }
    std::vector<std::string> groups(dataset.samples.size());
    for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
        const std::size_t root = rootOf(i);
        if (sizes[root] > 1) {
            const Sample& first = dataset.samples[root];
            groups[i] = first.group.empty() ? first.name : first.group;
        } else {
            groups[i] = dataset.samples[i].group;
        }
    }
    for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
        dataset.samples[i].group = std::move(groups[i]);
    }
}

} // namespace guidino::datasets
