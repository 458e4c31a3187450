// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/pairing.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

namespace guidino::datasets {

namespace {

constexpr std::string_view kSeparators = "_-. ";

std::string lower(std::string_view text)
{
    std::string result(text);
    for (char& letter : result) {
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    }
    return result;
}

/// A stem without one of its end words.
struct Dropped
{
    std::string rest;
    std::string word;
    bool isSuffix = false;
};

bool isWord(std::string_view word)
{
    return !word.empty() && std::none_of(word.begin(), word.end(), [](unsigned char letter) {
        return std::isdigit(letter) != 0;
    });
}

/// The one or two ways to drop a word from a lower-case stem.
std::vector<Dropped> dropWord(const std::string& stem)
{
    std::vector<Dropped> ways;
    const std::size_t last = stem.find_last_of(kSeparators);
    if (last != std::string::npos && last > 0 && isWord(std::string_view(stem).substr(last + 1))) {
        ways.push_back({stem.substr(0, last), stem.substr(last + 1), true});
    }
    const std::size_t first = stem.find_first_of(kSeparators);
    if (first != std::string::npos && first + 1 < stem.size()
        && isWord(std::string_view(stem).substr(0, first))) {
        ways.push_back({stem.substr(first + 1), stem.substr(0, first), false});
    }
    return ways;
}

struct Name
{
    std::string exact;
    std::string folded;
    std::vector<Dropped> dropped;
    bool isTaken = false;
};

std::vector<Name> namesOf(std::span<const std::filesystem::path> files)
{
    std::vector<Name> names;
    names.reserve(files.size());
    for (const auto& file : files) {
        Name name;
        name.exact = stemOf(file);
        name.folded = lower(name.exact);
        name.dropped = dropWord(name.folded);
        names.push_back(std::move(name));
    }
    return names;
}

bool saysMask(const Name& name)
{
    return std::any_of(name.dropped.begin(), name.dropped.end(), [](const Dropped& way) {
        return isMaskWord(way.word);
    });
}

/// Positions in the order in which names take their turn: those that say "mask" first where that
/// is wanted, then by name, so that the order of the list does not matter.
std::vector<std::size_t> turns(const std::vector<Name>& names, bool masksFirst)
{
    std::vector<std::size_t> order(names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        if (masksFirst && saysMask(names[a]) != saysMask(names[b])) {
            return saysMask(names[a]);
        }
        return names[a].exact < names[b].exact;
    });
    return order;
}

class Matcher
{
public:
    Matcher(
        std::span<const std::filesystem::path> images, std::span<const std::filesystem::path> masks)
        : m_images(namesOf(images))
        , m_masks(namesOf(masks))
        , m_imageTurns(turns(m_images, false))
        , m_maskTurns(turns(m_masks, true))
    {}

    Pairing run()
    {
        matchEqual(&Name::exact);
        matchEqual(&Name::folded);
        matchOneSide();
        matchBothSides();
        Pairing result;
        result.pairs = std::move(m_pairs);
        std::sort(result.pairs.begin(), result.pairs.end(), [](const auto& a, const auto& b) {
            return a.image < b.image;
        });
        for (std::size_t i = 0; i < m_images.size(); ++i) {
            if (!m_images[i].isTaken) {
                result.lonelyImages.push_back(i);
            }
        }
        for (std::size_t i = 0; i < m_masks.size(); ++i) {
            if (!m_masks[i].isTaken) {
                result.lonelyMasks.push_back(i);
            }
        }
        return result;
    }

private:
    void take(std::size_t image, std::size_t mask)
    {
        m_images[image].isTaken = true;
        m_masks[mask].isTaken = true;
        m_pairs.push_back({image, mask});
    }

    /// The first free image of those under a key; they were entered in the order of turns.
    std::optional<std::size_t>
    freeImage(const std::multimap<std::string, std::size_t>& byKey, const std::string& key) const
    {
        const auto [begin, end] = byKey.equal_range(key);
        for (auto entry = begin; entry != end; ++entry) {
            if (!m_images[entry->second].isTaken) {
                return entry->second;
            }
        }
        return std::nullopt;
    }

    void matchEqual(std::string Name::*key)
    {
        std::multimap<std::string, std::size_t> byKey;
        for (const std::size_t image : m_imageTurns) {
            byKey.emplace(m_images[image].*key, image);
        }
        for (const std::size_t mask : m_maskTurns) {
            if (m_masks[mask].isTaken) {
                continue;
            }
            if (const auto image = freeImage(byKey, m_masks[mask].*key)) {
                take(*image, mask);
            }
        }
    }

    void matchOneSide()
    {
        std::multimap<std::string, std::size_t> whole;
        std::multimap<std::string, std::size_t> shortened;
        for (const std::size_t image : m_imageTurns) {
            whole.emplace(m_images[image].folded, image);
            for (const Dropped& way : m_images[image].dropped) {
                shortened.emplace(way.rest, image);
            }
        }
        for (const std::size_t mask : m_maskTurns) {
            for (const Dropped& way : m_masks[mask].dropped) {
                if (m_masks[mask].isTaken) {
                    break;
                }
                if (const auto image = freeImage(whole, way.rest)) {
                    take(*image, mask);
                }
            }
        }
        for (const std::size_t mask : m_maskTurns) {
            if (m_masks[mask].isTaken) {
                continue;
            }
            if (const auto image = freeImage(shortened, m_masks[mask].folded)) {
                take(*image, mask);
            }
        }
    }

    /// Keys left when a word is dropped, with the names that leave them. Taken names count too:
    /// a key that several names leave says nothing about either.
    static std::map<std::string, std::vector<std::pair<std::size_t, const Dropped*>>>
    keysOf(const std::vector<Name>& names, const std::set<std::string>& shared)
    {
        std::map<std::string, std::vector<std::pair<std::size_t, const Dropped*>>> keys;
        for (std::size_t i = 0; i < names.size(); ++i) {
            for (const Dropped& way : names[i].dropped) {
                if (!shared.contains(way.word)) {
                    keys[way.rest].emplace_back(i, &way);
                }
            }
        }
        return keys;
    }

    void matchBothSides()
    {
        // Words that occur on both sides (left, right, benign) tell things apart; words that
        // occur on one side only (img, mask) tell the sides apart and may be dropped.
        std::set<std::string> imageWords;
        std::set<std::string> shared;
        for (const Name& name : m_images) {
            for (const Dropped& way : name.dropped) {
                imageWords.insert(way.word);
            }
        }
        for (const Name& name : m_masks) {
            for (const Dropped& way : name.dropped) {
                if (imageWords.contains(way.word)) {
                    shared.insert(way.word);
                }
            }
        }
        const auto imageKeys = keysOf(m_images, shared);
        const auto maskKeys = keysOf(m_masks, shared);
        for (const auto& [key, masks] : maskKeys) {
            const auto images = imageKeys.find(key);
            if (images == imageKeys.end() || masks.size() != 1 || images->second.size() != 1) {
                continue;
            }
            const std::size_t image = images->second.front().first;
            const std::size_t mask = masks.front().first;
            if (!m_images[image].isTaken && !m_masks[mask].isTaken) {
                take(image, mask);
            }
        }
    }

    std::vector<Name> m_images;
    std::vector<Name> m_masks;
    std::vector<std::size_t> m_imageTurns;
    std::vector<std::size_t> m_maskTurns;
    std::vector<Pairing::Pair> m_pairs;
};

/// Words W for which `x_W` (or `W_x`) stands beside `x` in at least half of the cases, which tells
/// `scan1_tumor` from a file that is merely called so.
std::set<std::string> wordsBesideStems(const std::vector<Name>& names)
{
    std::set<std::string> stems;
    for (const Name& name : names) {
        stems.insert(name.folded);
    }
    std::map<std::string, std::pair<int, int>> votes;
    for (const Name& name : names) {
        for (const Dropped& way : name.dropped) {
            auto& [beside, all] = votes[way.word];
            ++all;
            beside += stems.contains(way.rest) ? 1 : 0;
        }
    }
    std::set<std::string> words;
    for (const auto& [word, vote] : votes) {
        if (vote.first > 0 && 2 * vote.first >= vote.second) {
            words.insert(word);
        }
    }
    return words;
}

} // namespace

Pairing pairByName(
    std::span<const std::filesystem::path> images, std::span<const std::filesystem::path> masks)
{
    return Matcher(images, masks).run();
}

Pairing pairInOneFolder(std::span<const std::filesystem::path> files)
{
    const std::vector<Name> names = namesOf(files);
    const auto split = [&](const auto& isMask) {
        std::array<std::vector<std::size_t>, 2> positions;
        std::array<std::vector<std::filesystem::path>, 2> paths;
        for (std::size_t i = 0; i < files.size(); ++i) {
            const std::size_t side = isMask(names[i]) ? 1 : 0;
            positions[side].push_back(i);
            paths[side].push_back(files[i]);
        }
        Pairing result = pairByName(paths[0], paths[1]);
        for (Pairing::Pair& pair : result.pairs) {
            pair = {positions[0][pair.image], positions[1][pair.mask]};
        }
        for (std::size_t& image : result.lonelyImages) {
            image = positions[0][image];
        }
        for (std::size_t& mask : result.lonelyMasks) {
            mask = positions[1][mask];
        }
        return result;
    };
    Pairing result = split(saysMask);
    if (result.pairs.empty()) {
        const std::set<std::string> words = wordsBesideStems(names);
        result = split([&](const Name& name) {
            return std::any_of(name.dropped.begin(), name.dropped.end(), [&](const Dropped& way) {
                return words.contains(way.word);
            });
        });
    }
    if (result.pairs.empty()) {
        result.lonelyMasks.clear();
        result.lonelyImages.resize(files.size());
        std::iota(result.lonelyImages.begin(), result.lonelyImages.end(), std::size_t{0});
    }
    return result;
}

std::string stemOf(const std::filesystem::path& file)
{
    const std::string name = file.filename().string();
    if (lower(name).ends_with(".nii.gz")) {
        return name.substr(0, name.size() - 7);
    }
    return file.stem().string();
}

bool isMaskWord(std::string_view word)
{
    static const std::set<std::string, std::less<>> kWords = {
        "mask",   "masks",  "msk",    "seg",        "segm",        "segs",    "segmentation",
        "label",  "labels", "lbl",    "gt",         "groundtruth", "ground",  "truth",
        "manual", "roi",    "lesion", "annotation", "annotations", "annot",   "anno",
        "target", "binary", "pred",   "prediction", "trimap",      "contour", "delineation"};
    return kWords.contains(lower(word));
}

} // namespace guidino::datasets
