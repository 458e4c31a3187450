// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/mask_survey.h"

#include "core/datasets/parallel.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

namespace guidino::datasets {

namespace {

using imaging::MaskPixels;
using Color = std::array<std::uint8_t, 3>;

/// More colours than this are a photograph or smoothed edges.
constexpr std::size_t kMaxColors = 4096;

/// What one mask holds.
struct Survey
{
    bool isRead = false;
    MaskPixels::Kind kind = MaskPixels::Kind::Grey;
    bool isLossy = false;
    std::array<std::size_t, 256> values{}; ///< of grey values or indices
    std::map<Color, std::size_t> colors;   ///< up to kMaxColors
    std::vector<imaging::Colour> palette;
    std::size_t pixels = 0;
};

Survey surveyOf(const std::filesystem::path& file)
{
    Survey survey;
    const auto mask = imaging::readMaskRaw(file);
    if (!mask) {
        return survey;
    }
    survey.isRead = true;
    survey.kind = mask->kind;
    survey.isLossy = mask->isLossy;
    survey.palette = mask->palette;
    survey.pixels = static_cast<std::size_t>(mask->pixels.size().area());
    if (mask->kind != MaskPixels::Kind::Rgb) {
        for (const std::uint8_t value : mask->pixels.pixels()) {
            ++survey.values[value];
        }
        for (int value = 0; value < 256; ++value) {
            const std::size_t count = survey.values[static_cast<std::size_t>(value)];
            if (count > 0) {
                const auto grey = static_cast<std::uint8_t>(value);
                const Color color = mask->kind == MaskPixels::Kind::Grey ? Color{grey, grey, grey}
                                    : static_cast<std::size_t>(value) < mask->palette.size()
                                        ? mask->palette[static_cast<std::size_t>(value)]
                                        : Color{};
                survey.colors[color] += count;
            }
        }
        return survey;
    }
    for (int y = 0; y < mask->pixels.height(); ++y) {
        for (int x = 0; x < mask->pixels.width(); ++x) {
            const Color color = colorAt(*mask, x, y);
            if (const auto found = survey.colors.find(color); found != survey.colors.end()) {
                ++found->second;
            } else if (survey.colors.size() < kMaxColors) {
                survey.colors.emplace(color, 1);
            }
        }
    }
    return survey;
}

/// Whether grey values look like indices: some above 0, none beyond the largest index but 255
/// beside others (ignore).
bool looksIndexed(const Survey& survey)
{
    if (survey.isLossy) {
        return false;
    }
    bool hasSmall = false;
    for (std::size_t value = 1; value < kIgnoreValue; ++value) {
        if (survey.values[value] > 0) {
            if (value > kLargestIndex) {
                return false;
            }
            hasSmall = true;
        }
    }
    return hasSmall;
}

bool isEmpty(const Survey& survey)
{
    return survey.kind == MaskPixels::Kind::Grey && survey.values[0] == survey.pixels;
}

/// Which of the values of many masks are classes: one that a single mask has is a mistake, where
/// there are enough masks to tell.
template<typename Value>
struct Tally
{
    std::map<Value, std::pair<std::size_t, double>> found; ///< masks with it, its largest share
    std::size_t masks = 0;

    void add(const Value& value, double share)
    {
        auto& [count, largest] = found[value];
        ++count;
        largest = std::max(largest, share);
    }
};

/// The value 0 stands for background whether it occurs or not.
void setIndexedClasses(
    MaskScheme& scheme,
    const Tally<int>& tally,
    const std::vector<ClassInfo>& named,
    int classCount)
{
    constexpr std::size_t kEnoughMasks = 4;
    scheme.classOfValue = {{0, 0}};
    if (!named.empty()) {
        for (const ClassInfo& entry : named) {
            scheme.classOfValue[entry.index] = static_cast<int>(scheme.classOfValue.size());
        }
        scheme.classOfValue[0] = 0;
        int next = 0;
        for (auto& [value, index] : scheme.classOfValue) {
            index = next++;
        }
    } else if (classCount > 0) {
        for (int value = 0; value < classCount; ++value) {
            scheme.classOfValue[value] = value;
        }
    } else {
        for (const auto& [value, seen] : tally.found) {
            if (value == kIgnoreValue) {
                continue;
            }
            const bool goesOn = scheme.classOfValue.contains(value - 1);
            if (seen.first >= 2 || (tally.masks < kEnoughMasks && goesOn)) {
                const int index = static_cast<int>(scheme.classOfValue.size());
                scheme.classOfValue.emplace(value, index);
            }
        }
    }
    const auto ignore = tally.found.find(kIgnoreValue);
    scheme.usesIgnore = ignore != tally.found.end() && ignore->second.first >= 1;
    for (const auto& [value, index] : scheme.classOfValue) {
        ClassInfo info{
            index, index == 0 ? "background" : "class " + std::to_string(value), {}, false};
        for (const ClassInfo& entry : named) {
            if (entry.index == value) {
                info.name = entry.name;
                info.color = entry.color;
                info.isMaskColor = entry.isMaskColor;
            }
        }
        scheme.classes.push_back(info);
    }
}

/// Grey values or indices of the surveys that have the wanted look. A mask that is 0/255 among
/// indices does not make 255 mean "ignore".
Tally<int> tallyValues(const std::vector<Survey>& surveys, MaskConvention convention)
{
    Tally<int> tally;
    for (const Survey& survey : surveys) {
        const bool counts = convention == MaskConvention::Palette
                                ? survey.kind == MaskPixels::Kind::Indexed
                                : survey.kind == MaskPixels::Kind::Grey && looksIndexed(survey);
        if (!survey.isRead || !counts) {
            continue;
        }
        ++tally.masks;
        for (int value = 0; value < 256; ++value) {
            const std::size_t count = survey.values[static_cast<std::size_t>(value)];
            if (count > 0) {
                tally.add(value, static_cast<double>(count) / static_cast<double>(survey.pixels));
            }
        }
    }
    return tally;
}

int distance(const Color& a, const Color& b)
{
    int largest = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        largest = std::max(largest, std::abs(static_cast<int>(a[i]) - static_cast<int>(b[i])));
    }
    return largest;
}

/// Whether a colour lies between two others: blurred edges of lossy files.
bool isMixture(const Color& color, const std::map<Color, std::size_t>& others)
{
    constexpr double kNearLine = 48;
    for (const auto& [a, countA] : others) {
        for (const auto& [b, countB] : others) {
            double along = 0;
            double length = 0;
            for (std::size_t i = 0; i < 3; ++i) {
                along += (color[i] - a[i]) * (b[i] - a[i]);
                length += (b[i] - a[i]) * (b[i] - a[i]);
            }
            if (length == 0 || along <= 0 || along >= length) {
                continue;
            }
            double away = 0;
            for (std::size_t i = 0; i < 3; ++i) {
                away = std::max(away, std::abs(a[i] + along / length * (b[i] - a[i]) - color[i]));
            }
            if (away <= kNearLine) {
                return true;
            }
        }
    }
    return false;
}

/// The colours that fill areas: at least 1 % of the mask, and no mixture of larger ones.
std::map<Color, std::size_t>
withoutEdges(const std::map<Color, std::size_t>& clusters, std::size_t pixels)
{
    std::vector<std::pair<std::size_t, Color>> byCount;
    for (const auto& [color, count] : clusters) {
        byCount.emplace_back(count, color);
    }
    std::sort(byCount.rbegin(), byCount.rend());
    std::map<Color, std::size_t> colors;
    for (const auto& [count, color] : byCount) {
        if (count * 100 >= pixels && !isMixture(color, colors)) {
            colors.emplace(color, count);
        }
    }
    return colors;
}

/// Colours of many masks, mixtures of lossy files left to the colour they are near.
Tally<Color> tallyColors(const std::vector<Survey>& surveys)
{
    constexpr int kSameColor = 40;
    Tally<Color> tally;
    for (const Survey& survey : surveys) {
        if (!survey.isRead || isEmpty(survey)) {
            continue;
        }
        ++tally.masks;
        std::map<Color, std::size_t> colors = survey.colors;
        if (survey.isLossy) {
            std::vector<std::pair<std::size_t, Color>> byCount;
            for (const auto& [color, count] : survey.colors) {
                byCount.emplace_back(count, color);
            }
            std::sort(byCount.rbegin(), byCount.rend());
            std::map<Color, std::size_t> clusters;
            for (const auto& [count, color] : byCount) {
                const Color& own = color;
                const auto near =
                    std::find_if(clusters.begin(), clusters.end(), [&](const auto& entry) {
                        return distance(entry.first, own) <= kSameColor;
                    });
                if (near != clusters.end()) {
                    near->second += count;
                } else {
                    clusters.emplace(color, count);
                }
            }
            colors = withoutEdges(clusters, survey.pixels);
        }
        for (const auto& [color, count] : colors) {
            tally.add(color, static_cast<double>(count) / static_cast<double>(survey.pixels));
        }
    }
    return tally;
}

Status
setColorClasses(MaskScheme& scheme, const Tally<Color>& tally, const std::vector<ClassInfo>& named)
{
    const bool hasNamedColors = std::any_of(
        named.begin(), named.end(), [](const ClassInfo& entry) { return entry.isMaskColor; });
    std::vector<Color> colors = {Color{}};
    if (hasNamedColors) {
        for (const ClassInfo& entry : named) {
            scheme.classOfColor[entry.color] = entry.index;
        }
        scheme.classes = named;
        return {};
    }
    for (const auto& [color, seen] : tally.found) {
        const bool isLarge = tally.masks <= 3 && seen.second >= 0.01;
        if (color != Color{} && (seen.first >= 2 || isLarge)) {
            colors.push_back(color);
        }
    }
    constexpr std::size_t kMaxClasses = 64;
    if (colors.size() > kMaxClasses) {
        return Error{
            ErrorCode::BadInput,
            "the masks have " + std::to_string(colors.size())
                + " colours, so they are pictures and no masks; if smoothed edges are the cause, "
                  "name classes and colours in labels.json",
            {}};
    }
    for (std::size_t i = 0; i < colors.size(); ++i) {
        const int index = static_cast<int>(i);
        scheme.classOfColor[colors[i]] = index;
        std::string name = i == 0 ? "background" : "class " + std::to_string(index);
        if (i < named.size()) {
            name = named[i].name;
        }
        scheme.classes.push_back({index, std::move(name), colors[i], true});
    }
    return {};
}

MaskConvention conventionOf(const std::vector<Survey>& surveys)
{
    std::size_t grey = 0;
    std::size_t indexed = 0;
    std::size_t palette = 0;
    std::size_t colors = 0;
    const std::vector<imaging::Colour>* first = nullptr;
    bool palettesAgree = true;
    for (const Survey& survey : surveys) {
        if (!survey.isRead || isEmpty(survey)) {
            continue;
        }
        if (survey.kind == MaskPixels::Kind::Rgb) {
            ++colors;
        } else if (survey.kind == MaskPixels::Kind::Indexed) {
            ++palette;
            first = first == nullptr ? &survey.palette : first;
            for (std::size_t i = 0; i < survey.values.size(); ++i) {
                const bool isSame = i < first->size() && i < survey.palette.size()
                                    && (*first)[i] == survey.palette[i];
                palettesAgree = palettesAgree && (survey.values[i] == 0 || isSame);
            }
        } else {
            ++(looksIndexed(survey) ? indexed : grey);
        }
    }
    const std::size_t most = std::max({grey, indexed, palette, colors});
    if (most == grey) {
        return MaskConvention::Grey;
    }
    if (most == palette) {
        // Writers that number colours as they meet them give one class many indices.
        return palettesAgree ? MaskConvention::Palette : MaskConvention::Colors;
    }
    return most == indexed ? MaskConvention::Indexed : MaskConvention::Colors;
}

/// Positions spread over the whole, about `wanted` of them.
std::vector<std::size_t> spread(std::size_t count, std::size_t wanted)
{
    std::vector<std::size_t> positions;
    const std::size_t step = std::max<std::size_t>(count / wanted, 1);
    for (std::size_t i = 0; i < count; i += step) {
        positions.push_back(i);
    }
    return positions;
}

bool haveHalos(const std::vector<Survey>& surveys)
{
    return std::any_of(surveys.begin(), surveys.end(), [](const Survey& survey) {
        return survey.isRead && survey.kind == MaskPixels::Kind::Grey
               && survey.values[0] + survey.values[255] != survey.pixels;
    });
}

void setGreyClasses(MaskScheme& scheme, const std::vector<ClassInfo>& named)
{
    scheme.classes = {{0, "background", {}, false}, {1, "foreground", {255, 64, 64}, false}};
    if (named.size() == 2) {
        scheme.classes = named;
    }
}

/// A colour for display for classes without one: hues spread by the golden angle.
void setDisplayColors(std::vector<ClassInfo>& classes)
{
    for (ClassInfo& entry : classes) {
        if (entry.index == 0 || entry.isMaskColor || entry.color != Color{}) {
            continue;
        }
        const double hue = std::fmod(entry.index * 0.61803398875 + 0.38, 1.0) * 6;
        for (std::size_t i = 0; i < 3; ++i) {
            const double shifted = std::fmod(hue + (i == 0 ? 0.0 : (i == 1 ? 4.0 : 2.0)), 6.0);
            const double level = std::clamp(std::abs(shifted - 3) - 1, 0.0, 1.0);
            entry.color[i] = static_cast<std::uint8_t>(64 + level * 191);
        }
    }
}

} // namespace

Result<MaskScheme> findScheme(
    std::span<const std::filesystem::path> masks,
    const std::vector<ClassInfo>& classes,
    const MaskOptions& options,
    const CancelToken& cancel)
{
    constexpr std::size_t kFirstLook = 48;
    std::vector<Survey> surveys;
    const auto look = [&](const std::vector<std::size_t>& positions) {
        surveys.assign(positions.size(), {});
        return forEachParallel(positions.size(), options.threads, cancel, {}, [&](std::size_t i) {
            surveys[i] = surveyOf(masks[positions[i]]);
        });
    };
    const Error cancelled{ErrorCode::Cancelled, "cancelled", {}};
    const std::vector<std::size_t> few = spread(masks.size(), kFirstLook);
    if (!look(few)) {
        return cancelled;
    }
    MaskScheme scheme;
    scheme.threshold = options.threshold;
    scheme.convention = conventionOf(surveys);
    // A threshold needs no more, but every class must be seen.
    if (scheme.convention != MaskConvention::Grey && few.size() < masks.size()) {
        std::vector<std::size_t> all(masks.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        if (!look(all)) {
            return cancelled;
        }
        scheme.convention = conventionOf(surveys);
    }
    if (std::none_of(surveys.begin(), surveys.end(), [](const auto& s) { return s.isRead; })) {
        return Error{
            ErrorCode::BadInput,
            masks.empty() ? std::string("there are no masks")
                          : masks.front().string() + ": none of the masks looked at can be read",
            {}};
    }
    scheme.hasHalos = haveHalos(surveys);
    switch (scheme.convention) {
    case MaskConvention::Grey:
        setGreyClasses(scheme, classes);
        break;
    case MaskConvention::Indexed:
    case MaskConvention::Palette:
        setIndexedClasses(
            scheme, tallyValues(surveys, scheme.convention), classes, options.classCount);
        break;
    case MaskConvention::Colors:
        GD_TRY(setColorClasses(scheme, tallyColors(surveys), classes));
        break;
    }
    setDisplayColors(scheme.classes);
    return scheme;
}

} // namespace guidino::datasets
