// SPDX-License-Identifier: Apache-2.0
#include "core/report/label_places.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace guidino::report {

namespace {

/// From a marker's edge to its label; beyond the first a leader says whose the label is.
constexpr std::array<double, 11> kDistances{2, 9, 16, 24, 34, 46, 60, 78, 100, 126, 160};
constexpr int kDirections = 16;
constexpr int kSweeps = 12;

// Costs of one place.
constexpr double kPixelAway = 0.6;
constexpr double kImpossible = 1e6;
constexpr double kCrossedLine = 10;
constexpr double kHiddenEnd = 8;    ///< of a line, which tells more than its middle
constexpr double kSteepLeader = 40; ///< it cannot be told from the bars, which are upright
constexpr double kCrossedLeader = 40;
constexpr double kLeaderOverLabel = 60;
constexpr double kLeader = 6;
constexpr double kSteep = 0.5; ///< sideways by upwards
/// Between places of one distance those that people read first: to the right, then above.
constexpr double kDirection = 1.5;

double squaredDistance(const PlotPoint& a, const PlotPoint& b)
{
    return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

PlotPoint nearestIn(const PlotBox& box, const PlotPoint& point)
{
    return {std::clamp(point.x, box.left, box.right), std::clamp(point.y, box.top, box.bottom)};
}

double side(const PlotPoint& a, const PlotPoint& b, const PlotPoint& c)
{
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool cross(const PlotLine& a, const PlotLine& b)
{
    return side(a.from, a.to, b.from) * side(a.from, a.to, b.to) < 0
           && side(b.from, b.to, a.from) * side(b.from, b.to, a.to) < 0;
}

bool isInside(const PlotBox& box, const PlotPoint& point)
{
    return point.x > box.left && point.x < box.right && point.y > box.top && point.y < box.bottom;
}

bool meets(const PlotLine& line, const PlotBox& box)
{
    const std::array<PlotPoint, 4> corners{
        {{box.left, box.top},
         {box.right, box.top},
         {box.right, box.bottom},
         {box.left, box.bottom}}};
    bool isCrossed = isInside(box, line.from) || isInside(box, line.to);
    for (std::size_t i = 0; i < corners.size() && !isCrossed; ++i) {
        isCrossed = cross(line, {corners[i], corners[(i + 1) % corners.size()]});
    }
    return isCrossed;
}

double squaredDistance(const PlotLine& line, const PlotPoint& point)
{
    const double length = squaredDistance(line.from, line.to);
    const double dot = (point.x - line.from.x) * (line.to.x - line.from.x)
                       + (point.y - line.from.y) * (line.to.y - line.from.y);
    const double t = length > 0 ? std::clamp(dot / length, 0.0, 1.0) : 0;
    return squaredDistance(
        point,
        {line.from.x + t * (line.to.x - line.from.x), line.from.y + t * (line.to.y - line.from.y)});
}

struct Candidate
{
    LabelPlace place;
    double cost = 0; ///< of itself, whatever the others do
};

class Placing
{
public:
    explicit Placing(const LabelTask& task)
        : m_task(task)
        , m_chosen(task.labels.size())
    {
        for (std::size_t i = 0; i < task.labels.size(); ++i) {
            m_candidates.push_back(candidatesOf(i));
        }
    }

    std::vector<std::optional<LabelPlace>> run()
    {
        for (int sweep = 0; sweep < kSweeps; ++sweep) {
            bool hasChanged = false;
            for (std::size_t i = 0; i < m_candidates.size(); ++i) {
                hasChanged |= improve(i);
            }
            if (!hasChanged) {
                break;
            }
        }
        return places();
    }

private:
    [[nodiscard]] std::vector<Candidate> candidatesOf(std::size_t index) const
    {
        const LabelTask::Label& label = m_task.labels[index];
        std::vector<Candidate> candidates;
        for (const double distance : kDistances) {
            for (int k = 0; k < kDirections; ++k) {
                const double angle = 2 * std::numbers::pi * k / kDirections;
                const double away = m_task.markerRadius + distance;
                const double x = label.marker.x + std::cos(angle) * (label.width / 2 + away);
                const double y = label.marker.y - std::sin(angle) * (label.height / 2 + away);
                Candidate one;
                one.place.box = {
                    x - label.width / 2,
                    y - label.height / 2,
                    x + label.width / 2,
                    y + label.height / 2};
                if (distance > kDistances.front()) {
                    one.place.leader =
                        PlotLine{label.marker, nearestIn(one.place.box, label.marker)};
                }
                one.cost = ownCost(index, one.place) + kPixelAway * distance
                           + kDirection * (1 - std::cos(angle - std::numbers::pi / 8));
                if (one.cost < kImpossible) {
                    candidates.push_back(std::move(one));
                }
            }
        }
        std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
            return a.cost < b.cost;
        });
        return candidates;
    }

    /// Of frame, markers and lines.
    [[nodiscard]] double ownCost(std::size_t index, const LabelPlace& place) const
    {
        const PlotBox& box = place.box;
        const PlotBox& frame = m_task.frame;
        if (box.left < frame.left || box.right > frame.right || box.top < frame.top
            || box.bottom > frame.bottom) {
            return kImpossible;
        }
        const double radius = m_task.markerRadius;
        double cost = place.leader ? kLeader : 0;
        for (std::size_t i = 0; i < m_task.labels.size(); ++i) {
            const PlotPoint& marker = m_task.labels[i].marker;
            if (squaredDistance(nearestIn(box, marker), marker) < radius * radius) {
                return kImpossible;
            }
            if (i != index && place.leader
                && squaredDistance(*place.leader, marker) < radius * radius) {
                cost += kCrossedLeader;
            }
        }
        if (place.leader) {
            const double dx = std::abs(place.leader->to.x - place.leader->from.x);
            const double dy = std::abs(place.leader->to.y - place.leader->from.y);
            cost += dx < kSteep * dy ? kSteepLeader : 0;
        }
        for (const PlotLine& line : m_task.lines) {
            cost += meets(line, box) ? kCrossedLine : 0;
            cost += isInside(box, line.from) || isInside(box, line.to) ? kHiddenEnd : 0;
        }
        return cost;
    }

    /// What two places do to each other.
    [[nodiscard]] static double costBetween(const LabelPlace& a, const LabelPlace& b)
    {
        if (a.box.overlaps(b.box)) {
            return kImpossible;
        }
        double cost = 0;
        if (a.leader && b.leader && cross(*a.leader, *b.leader)) {
            cost += kCrossedLeader;
        }
        cost += a.leader && meets(*a.leader, b.box) ? kLeaderOverLabel : 0;
        cost += b.leader && meets(*b.leader, a.box) ? kLeaderOverLabel : 0;
        return cost;
    }

    [[nodiscard]] double costAmongOthers(std::size_t index, const Candidate& candidate) const
    {
        double cost = candidate.cost;
        for (std::size_t i = 0; i < m_chosen.size(); ++i) {
            if (i != index && m_chosen[i] != nullptr) {
                cost += costBetween(candidate.place, m_chosen[i]->place);
            }
        }
        return cost;
    }

    /// The best place as the others stand; whether it is another than before.
    bool improve(std::size_t index)
    {
        const Candidate* best = nullptr;
        double least = std::numeric_limits<double>::infinity();
        for (const Candidate& candidate : m_candidates[index]) {
            if (candidate.cost >= least) {
                break; // they are sorted, and others only add
            }
            const double cost = costAmongOthers(index, candidate);
            if (cost < least) {
                least = cost;
                best = &candidate;
            }
        }
        const bool hasChanged = best != m_chosen[index];
        m_chosen[index] = best;
        return hasChanged;
    }

    /// Those that still overlap give way, from the last.
    [[nodiscard]] std::vector<std::optional<LabelPlace>> places() const
    {
        std::vector<std::optional<LabelPlace>> places(m_chosen.size());
        for (std::size_t i = 0; i < m_chosen.size(); ++i) {
            const bool isFree = m_chosen[i] != nullptr
                                && std::none_of(
                                    places.begin(),
                                    places.begin() + static_cast<std::ptrdiff_t>(i),
                                    [&](const auto& other) {
                                        return other && other->box.overlaps(m_chosen[i]->place.box);
                                    });
            if (isFree) {
                places[i] = m_chosen[i]->place;
            }
        }
        return places;
    }

    const LabelTask& m_task;
    std::vector<std::vector<Candidate>> m_candidates;
    std::vector<const Candidate*> m_chosen;
};

} // namespace

std::vector<std::optional<LabelPlace>> placeLabels(const LabelTask& task)
{
    return Placing(task).run();
}

} // namespace guidino::report
