// SPDX-License-Identifier: Apache-2.0
#include "core/editing/adjudication.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace guidino::editing {

namespace {

constexpr int kMostIterations = 200;
constexpr double kSettled = 1e-7;
/// Readers are never taken for perfect: with a zero in its matrix one reader could overrule all.
constexpr double kLeast = 1e-6;

/// What the readers said about one kind of pixel, and how many there are of it.
using Vote = std::vector<int>;

struct Kind
{
    Vote vote;              ///< index into the classes by reader; 255 = did not read it
    double count = 0;       ///< pixels
    std::vector<double> of; ///< probability of each class
};

Rect markedBox(const std::vector<Raster8>& maps)
{
    const Size size = maps.front().size();
    Rect box;
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            const bool isMarked = std::any_of(maps.begin(), maps.end(), [x, y](const Raster8& map) {
                return map.at(x, y) != 0 && map.at(x, y) != kIgnoreLabel;
            });
            if (isMarked) {
                box = box.united({x, y, 1, 1});
            }
        }
    }
    const int dx = box.width / 4 + 1;
    const int dy = box.height / 4 + 1;
    return box.isEmpty()
               ? box
               : Rect{box.x - dx, box.y - dy, box.width + 2 * dx, box.height + 2 * dy}.intersected(
                   {0, 0, size.width, size.height});
}

/// The estimation on kinds of pixels; there are few of them however large the image is.
class Estimation
{
public:
    Estimation(std::vector<Kind> kinds, std::size_t readers, std::size_t classes)
        : m_kinds(std::move(kinds))
        , m_readers(readers)
        , m_classes(classes)
        , m_matrix(readers * classes * classes, 0)
        , m_prior(classes, 0)
    {
        double votes = 0;
        for (const Kind& kind : m_kinds) {
            for (const int said : kind.vote) {
                if (said != kIgnoreLabel) {
                    m_prior[said] += kind.count;
                    votes += kind.count;
                }
            }
        }
        for (double& share : m_prior) {
            share = std::max(share / std::max(votes, 1.0), kLeast);
        }
        constexpr double kFirstTrust = 0.99;
        for (std::size_t reader = 0; reader < readers; ++reader) {
            for (std::size_t truth = 0; truth < classes; ++truth) {
                for (std::size_t said = 0; said < classes; ++said) {
                    at(reader, said, truth) =
                        said == truth
                            ? kFirstTrust
                            : (1 - kFirstTrust) / std::max<double>(1, double(classes) - 1);
                }
            }
        }
    }

    int run()
    {
        int iteration = 0;
        double before = -1;
        while (iteration < kMostIterations) {
            ++iteration;
            expect();
            maximize();
            double trust = 0;
            for (std::size_t reader = 0; reader < m_readers; ++reader) {
                for (std::size_t truth = 0; truth < m_classes; ++truth) {
                    trust += at(reader, truth, truth);
                }
            }
            if (std::abs(trust - before) < kSettled) {
                break;
            }
            before = trust;
        }
        expect();
        return iteration;
    }

    [[nodiscard]] const std::vector<Kind>& kinds() const { return m_kinds; }

    /// Probability that the reader says `said` where the truth is `truth`.
    [[nodiscard]] double theta(std::size_t reader, std::size_t said, std::size_t truth) const
    {
        return m_matrix[(reader * m_classes + said) * m_classes + truth];
    }

    [[nodiscard]] double weightOf(std::size_t truth) const
    {
        double sum = 0;
        for (const Kind& kind : m_kinds) {
            sum += kind.count * kind.of[truth];
        }
        return sum;
    }

private:
    double& at(std::size_t reader, std::size_t said, std::size_t truth)
    {
        return m_matrix[(reader * m_classes + said) * m_classes + truth];
    }

    void expect()
    {
        for (Kind& kind : m_kinds) {
            double sum = 0;
            for (std::size_t truth = 0; truth < m_classes; ++truth) {
                double weight = m_prior[truth];
                for (std::size_t reader = 0; reader < m_readers; ++reader) {
                    if (kind.vote[reader] != kIgnoreLabel) {
                        weight *= theta(reader, kind.vote[reader], truth);
                    }
                }
                kind.of[truth] = weight;
                sum += weight;
            }
            for (double& share : kind.of) {
                share /= sum;
            }
        }
    }

    void maximize()
    {
        for (std::size_t reader = 0; reader < m_readers; ++reader) {
            for (std::size_t truth = 0; truth < m_classes; ++truth) {
                std::vector<double> said(m_classes, 0);
                double all = 0;
                for (const Kind& kind : m_kinds) {
                    if (kind.vote[reader] != kIgnoreLabel) {
                        said[kind.vote[reader]] += kind.count * kind.of[truth];
                        all += kind.count * kind.of[truth];
                    }
                }
                for (std::size_t one = 0; one < m_classes && all > 0; ++one) {
                    at(reader, one, truth) = std::max(said[one] / all, kLeast);
                }
            }
        }
    }

    std::vector<Kind> m_kinds;
    std::size_t m_readers;
    std::size_t m_classes;
    std::vector<double> m_matrix; // [reader][said][truth]
    std::vector<double> m_prior;
};

} // namespace

Result<Staple> stapleOf(const std::vector<LabelMap>& maps)
{
    if (maps.size() < 2) {
        return Error{ErrorCode::BadInput, "STAPLE needs the label maps of two readers or more", {}};
    }
    std::vector<Raster8> rasters;
    std::array<bool, 256> isUsed{};
    isUsed[0] = true;
    for (const LabelMap& map : maps) {
        if (!(map.size() == maps.front().size())) {
            return Error{
                ErrorCode::BadInput,
                "label maps of different sizes cannot be compared with each other",
                {}};
        }
        rasters.push_back(map.toRaster());
        for (const std::uint8_t value : rasters.back().pixels()) {
            isUsed[value] = true;
        }
    }
    isUsed[kIgnoreLabel] = false;
    std::vector<std::uint8_t> classes;
    std::array<std::uint8_t, 256> indexOf{};
    for (std::size_t value = 0; value < isUsed.size(); ++value) {
        indexOf[value] = kIgnoreLabel;
        if (isUsed[value]) {
            indexOf[value] = static_cast<std::uint8_t>(classes.size());
            classes.push_back(static_cast<std::uint8_t>(value));
        }
    }
    Staple staple;
    staple.labels = LabelMap(maps.front().size());
    staple.sensitivity.assign(maps.size(), 1);
    staple.specificity.assign(maps.size(), 1);
    const Rect box = markedBox(rasters);
    if (box.isEmpty()) {
        return staple; // all say that there is nothing
    }
    std::map<Vote, std::size_t> places;
    std::vector<Kind> kinds;
    Vote last(rasters.size(), 0);
    std::size_t place = 0;
    // Neighbours are mostly of one kind, so that most pixels need no look-up.
    const auto placeAt = [&](int x, int y) {
        bool isSame = !kinds.empty();
        for (std::size_t reader = 0; reader < rasters.size(); ++reader) {
            const int said = indexOf[rasters[reader].at(x, y)];
            isSame = isSame && said == last[reader];
            last[reader] = said;
        }
        if (!isSame) {
            const auto [found, isNew] = places.try_emplace(last, kinds.size());
            if (isNew) {
                kinds.push_back({last, 0, std::vector<double>(classes.size(), 0)});
            }
            place = found->second;
        }
        return place;
    };
    for (int y = box.y; y < box.bottom(); ++y) {
        for (int x = box.x; x < box.right(); ++x) {
            kinds[placeAt(x, y)].count += 1;
        }
    }
    Estimation estimation(kinds, maps.size(), classes.size());
    staple.iterations = estimation.run();
    std::vector<std::uint8_t> truthOf;
    for (const Kind& kind : estimation.kinds()) {
        const auto best = std::max_element(kind.of.begin(), kind.of.end());
        truthOf.push_back(classes[static_cast<std::size_t>(best - kind.of.begin())]);
    }
    Raster8 truth(maps.front().size().width, maps.front().size().height);
    for (int y = box.y; y < box.bottom(); ++y) {
        for (int x = box.x; x < box.right(); ++x) {
            truth.at(x, y) = truthOf[placeAt(x, y)];
        }
    }
    staple.labels = LabelMap::fromRaster(truth);
    for (std::size_t reader = 0; reader < maps.size(); ++reader) {
        double right = 0;
        double all = 0;
        for (std::size_t one = 1; one < classes.size(); ++one) {
            right += estimation.weightOf(one) * estimation.theta(reader, one, one);
            all += estimation.weightOf(one);
        }
        staple.sensitivity[reader] = all > 0 ? right / all : 1;
        staple.specificity[reader] = estimation.theta(reader, 0, 0);
    }
    return staple;
}

} // namespace guidino::editing
