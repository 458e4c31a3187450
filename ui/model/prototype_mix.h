// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"
#include "core/protocol/messages.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace guidino::ui {

/// Prototypes that point the same way, and their common share of one image's guide.
struct MixerGroup
{
    std::vector<int> prototypes;
    RasterF map;  ///< [h, w, 1] signed share of the guide
    int book = 0; ///< which guide, of a model with one for each class
    int nearest = -1;
    double nearestSimilarity = 0;
    std::vector<protocol::TokenMatch> matches;
};

/// The groups of one image as a mixer: which are heard, and what each contributes. The shares of
/// all groups add up to guide − ½ of the model's own guide. A value; any thread.
class PrototypeMix
{
public:
    /// Two groups count as duplicates from this cosine on: they are less than 8 degrees apart.
    static constexpr double kDuplicate = 0.99;

    PrototypeMix() = default;

    explicit PrototypeMix(std::vector<MixerGroup> groups);

    [[nodiscard]] const std::vector<MixerGroup>& groups() const { return m_groups; }

    [[nodiscard]] int count() const { return static_cast<int>(m_groups.size()); }

    [[nodiscard]] bool isEmpty() const { return m_groups.empty(); }

    /// The shares add up and muting removes exactly a share; else they are approximate.
    bool isExact = false;
    double effectiveDirections = 0;

    // ---- mute and solo --------------------------------------------------------------------------

    void toggleMute(int group);
    /// Only this group is heard; with `adds` it joins or leaves those that are. The last one's end
    /// ends solo.
    void toggleSolo(int group, bool adds);
    void reset();

    [[nodiscard]] bool isMuted(int group) const { return m_isMuted[at(group)]; }

    [[nodiscard]] bool isSolo(int group) const { return m_isSolo[at(group)]; }

    /// Neither muted nor silenced by another group's solo.
    [[nodiscard]] bool isHeard(int group) const;

    [[nodiscard]] bool isChanged() const;

    /// What matches the groups best, as known now; one list a group, else nothing changes.
    void setMatches(const std::vector<std::vector<protocol::TokenMatch>>& matches);

    /// Takes over mute and solo of another image's mix, where the groups are the same.
    void adoptChoice(const PrototypeMix& other);

    /// What the worker takes: one factor for each prototype, 0 = muted. Empty while all are heard.
    [[nodiscard]] std::vector<double> weights() const;

    // ---- shares ---------------------------------------------------------------------------------

    /// Mean share inside and outside a region, in units of the guide.
    struct Shares
    {
        double inside = 0;
        double outside = 0;
    };

    /// `coverage` [h, w, 1]: how much of each token lies inside, [0, 1]; see coverageOf().
    [[nodiscard]] Shares sharesOf(int group, const RasterF& coverage) const;

    /// Share at a place given by its shares of width and height, bilinear.
    [[nodiscard]] double shareAt(int group, double u, double v) const;

    /// Groups with the largest share (by amount) at the place first.
    [[nodiscard]] std::vector<int> orderAt(double u, double v) const;

    /// Groups with the largest difference between inside and outside first.
    [[nodiscard]] std::vector<int> orderBy(const RasterF& coverage) const;

    /// Whether the shown shares make up the shown guide.
    struct Check
    {
        double percent = 0;      ///< 100 · (1 − Σ|rest| / Σ|guide − ½|)
        double largestError = 0; ///< over the tokens, in units of the guide
        bool isComparable = false;
    };

    /// `guides` [h, w, G] as the worker gave them for these weights.
    [[nodiscard]] Check check(const RasterF& guides) const;

    /// Whether another group heard here says nearly the same.
    [[nodiscard]] bool isDuplicate(int group) const;

private:
    [[nodiscard]] static std::size_t at(int group) { return static_cast<std::size_t>(group); }

    std::vector<MixerGroup> m_groups;
    std::vector<bool> m_isMuted;
    std::vector<bool> m_isSolo;
};

/// [h, w, 1]: how much of each cell of a grid over the image is inside, the share of its pixels
/// that are neither background nor to be ignored.
[[nodiscard]] RasterF coverageOf(const Raster8& labels, Size grid);

} // namespace guidino::ui
