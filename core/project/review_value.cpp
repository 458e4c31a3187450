// SPDX-License-Identifier: Apache-2.0
#include "core/project/review_value.h"

#include "core/imaging/contours.h"
#include "core/imaging/image_content.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace guidino::project {

namespace {

/// Parts below this share of the image are specks: they say nothing about the model's opinion.
constexpr double kSpeckShare = 1e-4;
constexpr double kCertainBackground = 0.05;
constexpr int kFewestForSpread = 5;

/// Figures at which the score is one half. Chosen so that one reason alone (a guide that misses
/// half of the mask, probabilities that are one quarter bit unsure, an area three deviations off)
/// weighs about as much as another.
constexpr double kHalfMirror = 0.15;
constexpr double kHalfEntropy = 0.35;
constexpr double kHalfDeviations = 3.0;

double saturating(double figure, double half)
{
    return figure / (figure + half);
}

double median(std::vector<double> values)
{
    if (values.empty()) {
        return 0;
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) {
        return *middle;
    }
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

Raster8 foregroundOf(const LabelMap& labels)
{
    Raster8 mask = labels.toRaster();
    for (std::uint8_t& value : mask.pixels()) {
        value = value != 0 && value != kIgnoreLabel ? 1 : 0;
    }
    return mask;
}

/// Which tokens of a grid of that size are inside: at least half of their pixels are.
std::vector<bool> tokensInside(const Raster8& mask, Size grid)
{
    const auto cells = static_cast<std::size_t>(grid.area());
    std::vector<std::int64_t> inside(cells, 0);
    std::vector<std::int64_t> all(cells, 0);
    for (int y = 0; y < mask.height(); ++y) {
        const auto row =
            static_cast<std::size_t>(static_cast<std::int64_t>(y) * grid.height / mask.height());
        for (int x = 0; x < mask.width(); ++x) {
            const std::size_t cell = row * static_cast<std::size_t>(grid.width)
                                     + static_cast<std::size_t>(
                                         static_cast<std::int64_t>(x) * grid.width / mask.width());
            inside[cell] += mask.at(x, y);
            ++all[cell];
        }
    }
    std::vector<bool> result(cells, false);
    for (std::size_t i = 0; i < cells; ++i) {
        result[i] = inside[i] > 0 && 2 * inside[i] >= all[i];
    }
    return result;
}

std::optional<double> guideIou(const Raster8& mask, const RasterF& guide)
{
    if (mask.isEmpty() || guide.isEmpty()) {
        return std::nullopt;
    }
    const std::vector<bool> inside = tokensInside(mask, {guide.width(), guide.height()});
    const auto count = std::count(inside.begin(), inside.end(), true);
    if (count == 0) {
        return std::nullopt; // smaller than a token: the guide cannot tell
    }
    std::vector<std::size_t> order(inside.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto values = guide.pixels();
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return values[a] > values[b];
    });
    std::int64_t common = 0;
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        common += inside[order[static_cast<std::size_t>(i)]] ? 1 : 0;
    }
    return static_cast<double>(common) / static_cast<double>(2 * count - common);
}

double bits(double p)
{
    const auto part = [](double q) { return q > 0 ? -q * std::log2(q) : 0.0; };
    return part(p) + part(1 - p);
}

std::optional<double> entropyOf(const Raster16& probability)
{
    double sum = 0;
    std::int64_t count = 0;
    for (const std::uint16_t value : probability.pixels()) {
        const double p = value / 65535.0;
        if (p >= kCertainBackground) {
            sum += bits(p);
            ++count;
        }
    }
    return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
}

std::optional<double> disagreement(const Raster16& a, const Raster16& b)
{
    if (!(a.size() == b.size())) {
        return std::nullopt;
    }
    double apart = 0;
    double both = 0;
    for (std::size_t i = 0; i < a.pixels().size(); ++i) {
        apart += std::abs(static_cast<double>(a.pixels()[i]) - b.pixels()[i]);
        both += static_cast<double>(a.pixels()[i]) + b.pixels()[i];
    }
    return both > 0 ? std::optional(apart / both) : std::nullopt;
}

} // namespace

ReviewSignals reviewSignals(const ReviewInput& input)
{
    ReviewSignals found;
    const Raster8 mask = foregroundOf(input.labels);
    if (mask.isEmpty()) {
        return found;
    }
    const auto pixels = static_cast<double>(mask.size().area());
    const auto inside = std::count(mask.pixels().begin(), mask.pixels().end(), std::uint8_t{1});
    found.areaShare = static_cast<double>(inside) / pixels;
    for (const imaging::Component& part : imaging::connectedComponents(mask).parts) {
        found.components += static_cast<double>(part.area) >= kSpeckShare * pixels ? 1 : 0;
    }
    if (input.image != nullptr && !input.image->isEmpty()) {
        found.pictureHash = imaging::differenceHash(*input.image);
    }
    if (input.guide != nullptr) {
        found.guideIou = guideIou(mask, *input.guide);
    }
    if (input.probability != nullptr) {
        found.entropy = entropyOf(*input.probability);
        if (input.mirrored != nullptr) {
            found.mirrorDisagreement = disagreement(*input.probability, *input.mirrored);
        }
    }
    return found;
}

QByteArray toJson(const ReviewSignals& reviewSignals)
{
    QJsonObject object{
        {QStringLiteral("revision"), static_cast<qint64>(reviewSignals.revision.value)},
        {QStringLiteral("components"), reviewSignals.components},
        {QStringLiteral("area"), reviewSignals.areaShare}};
    const auto add = [&object](const QString& key, const std::optional<double>& value) {
        if (value) {
            object.insert(key, *value);
        }
    };
    add(QStringLiteral("guide_iou"), reviewSignals.guideIou);
    add(QStringLiteral("mirror"), reviewSignals.mirrorDisagreement);
    add(QStringLiteral("entropy"), reviewSignals.entropy);
    if (reviewSignals.pictureHash) { // JSON's numbers have 53 bits
        object.insert(
            QStringLiteral("picture"),
            QString::number(static_cast<qulonglong>(*reviewSignals.pictureHash), 16));
    }
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

std::optional<ReviewSignals> reviewSignalsFrom(const QByteArray& json)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    if (!object.contains(QLatin1StringView("components"))) {
        return std::nullopt;
    }
    const auto number = [&object](QLatin1StringView key) {
        const QJsonValue value = object[key];
        return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
    };
    ReviewSignals found;
    found.revision = RevisionId{object[QLatin1StringView("revision")].toInteger()};
    found.components = object[QLatin1StringView("components")].toInt();
    found.areaShare = object[QLatin1StringView("area")].toDouble();
    found.guideIou = number(QLatin1StringView("guide_iou"));
    found.mirrorDisagreement = number(QLatin1StringView("mirror"));
    found.entropy = number(QLatin1StringView("entropy"));
    bool isHash = false;
    const qulonglong hash = object[QLatin1StringView("picture")].toString().toULongLong(&isHash, 16);
    if (isHash) {
        found.pictureHash = hash;
    }
    return found;
}

ReviewBaseline reviewBaseline(const std::vector<ReviewSignals>& all)
{
    ReviewBaseline baseline;
    std::vector<double> components;
    std::vector<double> areas;
    for (const ReviewSignals& one : all) {
        components.push_back(one.components);
        if (one.areaShare > 0) {
            areas.push_back(std::log(one.areaShare));
        }
    }
    baseline.components = components.empty() ? 1 : median(components);
    baseline.logArea = median(areas);
    if (areas.size() >= kFewestForSpread) {
        for (double& area : areas) {
            area = std::abs(area - baseline.logArea);
        }
        baseline.logAreaSpread = 1.4826 * median(areas);
    }
    return baseline;
}

std::vector<ReviewScore> reviewScores(
    const ReviewSignals& reviewSignals,
    const ReviewBaseline& baseline,
    const std::vector<ReviewReason>& reasons)
{
    std::vector<ReviewScore> scores;
    for (const ReviewReason reason : reasons) {
        switch (reason) {
        case ReviewReason::Guide:
            if (reviewSignals.guideIou) {
                scores.push_back({reason, *reviewSignals.guideIou, 1 - *reviewSignals.guideIou});
            }
            break;
        case ReviewReason::Mirror:
            if (const auto& figure = reviewSignals.mirrorDisagreement) {
                scores.push_back({reason, *figure, saturating(*figure, kHalfMirror)});
            }
            break;
        case ReviewReason::Entropy:
            if (const auto& figure = reviewSignals.entropy) {
                scores.push_back({reason, *figure, saturating(*figure, kHalfEntropy)});
            }
            break;
        case ReviewReason::Components: {
            const double off = std::abs(reviewSignals.components - baseline.components);
            // Nothing where others have something is the oddest that can be.
            const bool isMissing = reviewSignals.components == 0 && baseline.components > 0;
            scores.push_back(
                {reason,
                 static_cast<double>(reviewSignals.components),
                 isMissing ? 1.0 : saturating(off, 1.0)});
            break;
        }
        case ReviewReason::Area:
            if (baseline.logAreaSpread > 0 && reviewSignals.areaShare > 0) {
                const double z =
                    (std::log(reviewSignals.areaShare) - baseline.logArea) / baseline.logAreaSpread;
                scores.push_back({reason, z, saturating(std::abs(z), kHalfDeviations)});
            }
            break;
        case ReviewReason::Duplicate:
            break; // of several images
        }
    }
    std::stable_sort(scores.begin(), scores.end(), [](const ReviewScore& a, const ReviewScore& b) {
        return a.score > b.score;
    });
    return scores;
}

std::optional<ReviewScore> likenessToRejected(
    ImageId self, std::uint64_t hash, const std::vector<RejectedPicture>& rejected)
{
    int nearest = kNearlySameBits + 1;
    ImageId other;
    for (const RejectedPicture& one : rejected) {
        const int bits = std::popcount(one.hash ^ hash);
        if (bits < nearest && one.image != self) {
            nearest = bits;
            other = one.image;
        }
    }
    if (!other.isValid()) {
        return std::nullopt;
    }
    // Whoever rejected one wants to see the other: as weighty as anything else may be.
    const double likeness = 1 - nearest / 64.0;
    return ReviewScore{ReviewReason::Duplicate, likeness, likeness, other};
}

double reviewValue(const std::vector<ReviewScore>& scores)
{
    if (scores.empty()) {
        return 0;
    }
    double sum = 0;
    for (const ReviewScore& one : scores) {
        sum += one.score;
    }
    return 0.7 * scores.front().score + 0.3 * sum / static_cast<double>(scores.size());
}

std::vector<RankedImage> rankForReview(
    const std::vector<ReviewCandidate>& candidates, const std::vector<ReviewReason>& reasons)
{
    std::vector<ReviewSignals> all;
    for (const ReviewCandidate& candidate : candidates) {
        if (candidate.found) {
            all.push_back(*candidate.found);
        }
    }
    const ReviewBaseline baseline = reviewBaseline(all);
    // The latest of very many: all with all would take seconds.
    constexpr std::size_t kMostRejected = 2000;
    std::vector<RejectedPicture> rejected;
    const bool wantsDuplicates =
        std::find(reasons.begin(), reasons.end(), ReviewReason::Duplicate) != reasons.end();
    for (auto one = candidates.rbegin();
         wantsDuplicates && one != candidates.rend() && rejected.size() < kMostRejected;
         ++one) {
        if (one->isRejected && one->found && one->found->pictureHash) {
            rejected.push_back({one->image, *one->found->pictureHash});
        }
    }
    std::vector<RankedImage> ranked;
    ranked.reserve(candidates.size());
    std::vector<RankedImage> unknown;
    for (const ReviewCandidate& candidate : candidates) {
        if (!candidate.found) {
            unknown.push_back({candidate.image, 0, false, {}});
            continue;
        }
        RankedImage one{
            candidate.image, 0, true, reviewScores(*candidate.found, baseline, reasons)};
        if (const auto& hash = candidate.found->pictureHash; hash && !rejected.empty()) {
            if (const auto like = likenessToRejected(candidate.image, *hash, rejected)) {
                const auto place = std::find_if(
                    one.scores.begin(), one.scores.end(), [&](const ReviewScore& other) {
                        return other.score < like->score;
                    });
                one.scores.insert(place, *like);
            }
        }
        one.value = reviewValue(one.scores);
        ranked.push_back(std::move(one));
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const RankedImage& a, const RankedImage& b) {
        return a.value > b.value;
    });
    ranked.insert(ranked.end(), unknown.begin(), unknown.end());
    return ranked;
}

} // namespace guidino::project
