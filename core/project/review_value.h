// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/label_map.h"
#include "core/base/raster.h"

#include <QByteArray>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

/// How much a second look at an image is worth, and why: signals of a prediction that cost nothing
/// extra, and an order of the images by them. Any thread.
namespace guidino::project {

/// Why an image may be worth a look, each a signal of its own.
enum class ReviewReason {
    Guide,      ///< guide and prediction lie at different places
    Mirror,     ///< the mirrored image is segmented differently
    Entropy,    ///< the model is unsure
    Components, ///< more or fewer parts than usual in the project, or none
    Area,       ///< much larger or smaller than usual in the project
    Duplicate,  ///< nearly the same picture as a case that was rejected
};

inline constexpr std::array<ReviewReason, 6> kReviewReasons{
    ReviewReason::Guide,
    ReviewReason::Mirror,
    ReviewReason::Entropy,
    ReviewReason::Components,
    ReviewReason::Area,
    ReviewReason::Duplicate};

/// What a prediction says; everything but the labels may be missing.
struct ReviewInput
{
    const LabelMap& labels;
    const RasterF* guide = nullptr;        ///< [h, w, 1] at token resolution
    const Raster16* probability = nullptr; ///< [H, W, 1] of the foreground, 0..65535
    const Raster16* mirrored = nullptr;    ///< the same of the mirrored image, mirrored back
    const Raster8* image = nullptr;        ///< [h, w, 3] at any resolution
};

/// Signals of one prediction; nullopt where the input was missing or the signal is not defined.
struct ReviewSignals
{
    RevisionId revision; ///< the stored prediction that they are of
    /// IoU of the prediction at token resolution (token inside = at least half of it predicted)
    /// with as many of the guide's highest tokens: free of any threshold and of the guide's scale.
    std::optional<double> guideIou;
    /// 1 - soft DSC of the two probability maps: Σ|p - q| / Σ(p + q), [0, 1].
    std::optional<double> mirrorDisagreement;
    /// Mean binary entropy in bits over the pixels with a foreground probability of at least 5 %,
    /// [0, 1].
    std::optional<double> entropy;
    int components = 0;   ///< 8-connected parts of the foreground of at least 0.01 % of the image
    double areaShare = 0; ///< foreground pixels / pixels, [0, 1]
    /// imaging::differenceHash() of the picture: near for near-duplicates.
    std::optional<std::uint64_t> pictureHash;

    friend bool operator==(const ReviewSignals&, const ReviewSignals&) = default;
};

[[nodiscard]] ReviewSignals reviewSignals(const ReviewInput& input);

/// As JSON, the form in which a project keeps them; nullopt for damaged text.
[[nodiscard]] QByteArray toJson(const ReviewSignals& reviewSignals);
[[nodiscard]] std::optional<ReviewSignals> reviewSignalsFrom(const QByteArray& json);

/// One reason of an image with its figure and weight.
struct ReviewScore
{
    ReviewReason reason = ReviewReason::Guide;
    double figure = 0; ///< as shown: IoU, disagreement, bits, number of parts, z-score, likeness
    double score = 0;  ///< [0, 1]: 0 as usual, 1 as odd as can be
    ImageId other = {}; ///< of Duplicate: the rejected image
};

/// One image in the order of review.
struct RankedImage
{
    ImageId image;
    double value = 0;                ///< [0, 1]; 0 without a prediction
    bool isPredicted = false;
    std::vector<ReviewScore> scores; ///< of the wanted reasons, the weightiest first
};

/// The usual prediction of a project: what the figures of one image are compared with.
struct ReviewBaseline
{
    double components = 1;    ///< median
    double logArea = 0;       ///< median of ln(area share), images with an empty mask left out
    double logAreaSpread = 0; ///< 1.4826 · median absolute deviation; 0 below five images
};

[[nodiscard]] ReviewBaseline reviewBaseline(const std::vector<ReviewSignals>& all);

/// A rejected picture, and how far another may be from it to be nearly the same.
struct RejectedPicture
{
    ImageId image;
    std::uint64_t hash = 0;
};

/// Pictures that differ in at most so many of the 64 bits are nearly the same.
inline constexpr int kNearlySameBits = 6;

/// Likeness of a picture to the nearest of the rejected ones; nullopt where none is nearly the
/// same. `self` is left out.
[[nodiscard]] std::optional<ReviewScore> likenessToRejected(
    ImageId self, std::uint64_t hash, const std::vector<RejectedPicture>& rejected);

/// Scores of one image by the wanted reasons but Duplicate, the weightiest first.
[[nodiscard]] std::vector<ReviewScore> reviewScores(
    const ReviewSignals& reviewSignals,
    const ReviewBaseline& baseline,
    const std::vector<ReviewReason>& reasons);

/// 0.7 · the largest score + 0.3 · the mean: the strongest reason decides, the others break ties.
[[nodiscard]] double reviewValue(const std::vector<ReviewScore>& scores);

/// One image that may be ranked.
struct ReviewCandidate
{
    ImageId image;
    std::optional<ReviewSignals> found; ///< nullopt: no prediction yet
    bool isRejected = false;
};

/// The most valuable first; of equal value in the given order. Images without a prediction last.
[[nodiscard]] std::vector<RankedImage> rankForReview(
    const std::vector<ReviewCandidate>& candidates, const std::vector<ReviewReason>& reasons);

} // namespace guidino::project
