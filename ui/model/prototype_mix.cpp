// SPDX-License-Identifier: Apache-2.0
#include "ui/model/prototype_mix.h"

#include "core/base/label_map.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace guidino::ui {

namespace {

double bilinearAt(const RasterF& map, double u, double v)
{
    if (map.isEmpty()) {
        return 0;
    }
    const double x = std::clamp(u * map.width() - 0.5, 0.0, map.width() - 1.0);
    const double y = std::clamp(v * map.height() - 0.5, 0.0, map.height() - 1.0);
    const int x0 = static_cast<int>(x);
    const int y0 = static_cast<int>(y);
    const int x1 = std::min(x0 + 1, map.width() - 1);
    const int y1 = std::min(y0 + 1, map.height() - 1);
    return std::lerp(
        std::lerp(double(map.at(x0, y0)), double(map.at(x1, y0)), x - x0),
        std::lerp(double(map.at(x0, y1)), double(map.at(x1, y1)), x - x0),
        y - y0);
}

std::vector<int> orderedBy(const std::vector<double>& values)
{
    std::vector<int> order(values.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&values](int a, int b) {
        return values[static_cast<std::size_t>(a)] > values[static_cast<std::size_t>(b)];
    });
    return order;
}

} // namespace

PrototypeMix::PrototypeMix(std::vector<MixerGroup> groups)
    : m_groups(std::move(groups))
    , m_isMuted(m_groups.size())
    , m_isSolo(m_groups.size())
{}

void PrototypeMix::toggleMute(int group)
{
    m_isMuted[at(group)] = !m_isMuted[at(group)];
}

void PrototypeMix::toggleSolo(int group, bool adds)
{
    const bool wasSolo = m_isSolo[at(group)];
    const auto others = std::count(m_isSolo.begin(), m_isSolo.end(), true) - (wasSolo ? 1 : 0);
    if (!adds) {
        std::fill(m_isSolo.begin(), m_isSolo.end(), false);
    }
    // A second click on the only solo group ends solo; on one of several it singles that one out.
    m_isSolo[at(group)] = !wasSolo || (!adds && others > 0);
}

void PrototypeMix::reset()
{
    std::fill(m_isMuted.begin(), m_isMuted.end(), false);
    std::fill(m_isSolo.begin(), m_isSolo.end(), false);
}

bool PrototypeMix::isHeard(int group) const
{
    const bool isAnySolo = std::find(m_isSolo.begin(), m_isSolo.end(), true) != m_isSolo.end();
    return !m_isMuted[at(group)] && (!isAnySolo || m_isSolo[at(group)]);
}

bool PrototypeMix::isChanged() const
{
    for (int group = 0; group < count(); ++group) {
        if (!isHeard(group)) {
            return true;
        }
    }
    return false;
}

void PrototypeMix::adoptChoice(const PrototypeMix& other)
{
    const bool isSame = std::equal(
        m_groups.begin(),
        m_groups.end(),
        other.m_groups.begin(),
        other.m_groups.end(),
        [](const MixerGroup& a, const MixerGroup& b) { return a.prototypes == b.prototypes; });
    if (isSame) {
        m_isMuted = other.m_isMuted;
        m_isSolo = other.m_isSolo;
    }
}

void PrototypeMix::setMatches(const std::vector<std::vector<protocol::TokenMatch>>& matches)
{
    if (matches.size() == m_groups.size()) {
        for (std::size_t i = 0; i < matches.size(); ++i) {
            m_groups[i].matches = matches[i];
        }
    }
}

std::vector<double> PrototypeMix::weights() const
{
    if (!isChanged()) {
        return {};
    }
    int largest = -1;
    for (const MixerGroup& group : m_groups) {
        for (const int prototype : group.prototypes) {
            largest = std::max(largest, prototype);
        }
    }
    std::vector<double> weights(static_cast<std::size_t>(largest + 1), 1.0);
    for (int group = 0; group < count(); ++group) {
        for (const int prototype : m_groups[at(group)].prototypes) {
            weights[static_cast<std::size_t>(prototype)] = isHeard(group) ? 1.0 : 0.0;
        }
    }
    return weights;
}

PrototypeMix::Shares PrototypeMix::sharesOf(int group, const RasterF& coverage) const
{
    const RasterF& map = m_groups[at(group)].map;
    Shares shares;
    if (map.size() != coverage.size()) {
        return shares;
    }
    double insideWeight = 0;
    double outsideWeight = 0;
    for (std::size_t i = 0; i < map.pixels().size(); ++i) {
        const double value = map.pixels()[i];
        const double inside = coverage.pixels()[i];
        shares.inside += value * inside;
        shares.outside += value * (1 - inside);
        insideWeight += inside;
        outsideWeight += 1 - inside;
    }
    shares.inside = insideWeight > 0 ? shares.inside / insideWeight : 0;
    shares.outside = outsideWeight > 0 ? shares.outside / outsideWeight : 0;
    return shares;
}

double PrototypeMix::shareAt(int group, double u, double v) const
{
    return bilinearAt(m_groups[at(group)].map, u, v);
}

std::vector<int> PrototypeMix::orderAt(double u, double v) const
{
    std::vector<double> amounts;
    for (int group = 0; group < count(); ++group) {
        amounts.push_back(std::abs(shareAt(group, u, v)));
    }
    return orderedBy(amounts);
}

std::vector<int> PrototypeMix::orderBy(const RasterF& coverage) const
{
    std::vector<double> differences;
    for (int group = 0; group < count(); ++group) {
        const Shares shares = sharesOf(group, coverage);
        differences.push_back(std::abs(shares.inside - shares.outside));
    }
    return orderedBy(differences);
}

PrototypeMix::Check PrototypeMix::check(const RasterF& guides) const
{
    Check check;
    double rest = 0;
    double whole = 0;
    for (int book = 0; book < guides.channels(); ++book) {
        std::vector<double> sum(static_cast<std::size_t>(guides.size().area()));
        for (int group = 0; group < count(); ++group) {
            const MixerGroup& one = m_groups[at(group)];
            if (one.map.size() != guides.size()) {
                return check;
            }
            if (one.book != book || !isHeard(group)) {
                continue;
            }
            for (std::size_t i = 0; i < sum.size(); ++i) {
                sum[i] += one.map.pixels()[i];
            }
        }
        for (std::size_t i = 0; i < sum.size(); ++i) {
            const double value = guides.pixels()
                                     [i * static_cast<std::size_t>(guides.channels())
                                      + static_cast<std::size_t>(book)]
                                 - 0.5;
            const double error = std::abs(sum[i] - value);
            rest += error;
            whole += std::abs(value);
            check.largestError = std::max(check.largestError, error);
        }
    }
    check.isComparable = !m_groups.empty();
    // With everything muted nothing is to be made up: the sum is complete when nothing is left.
    check.percent = whole > 1e-9 ? 100 * (1 - rest / whole) : (rest < 1e-9 ? 100 : 0);
    return check;
}

bool PrototypeMix::isDuplicate(int group) const
{
    const MixerGroup& one = m_groups[at(group)];
    return one.nearest >= 0 && one.nearest < count() && one.nearestSimilarity >= kDuplicate;
}

RasterF coverageOf(const Raster8& labels, Size grid)
{
    RasterF coverage(grid.width, grid.height);
    std::vector<std::int64_t> counted(coverage.pixels().size());
    for (int y = 0; y < labels.height(); ++y) {
        const auto row =
            static_cast<std::size_t>(static_cast<std::int64_t>(y) * grid.height / labels.height());
        for (int x = 0; x < labels.width(); ++x) {
            const auto column = static_cast<std::size_t>(
                static_cast<std::int64_t>(x) * grid.width / labels.width());
            const std::size_t cell = row * static_cast<std::size_t>(grid.width) + column;
            const std::uint8_t value = labels.at(x, y);
            ++counted[cell];
            coverage.pixels()[cell] += value != 0 && value != kIgnoreLabel ? 1.0F : 0.0F;
        }
    }
    for (std::size_t i = 0; i < counted.size(); ++i) {
        coverage.pixels()[i] /= static_cast<float>(std::max<std::int64_t>(1, counted[i]));
    }
    return coverage;
}

} // namespace guidino::ui
