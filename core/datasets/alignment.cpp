// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/alignment.h"

#include "core/imaging/resize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <random>

namespace guidino::datasets {

namespace {

using imaging::Keypoint;

constexpr int kLongSide = 256;
/// Norm of a patch as imaging stores it.
constexpr double kPatchNorm = 127.0 * 3;
constexpr double kLeastSimilarity = 0.72;
constexpr int kLeastMatches = 7;
constexpr double kTolerancePx = 5;
/// Of the matches of unrelated pictures, at most this share agrees with the best alignment.
constexpr double kUsualShare = 0.2;

struct Match
{
    double ax = 0;
    double ay = 0;
    double bx = 0;
    double by = 0;
};

int product(const Keypoint& a, const Keypoint& b)
{
    int sum = 0;
    for (std::size_t i = 0; i < a.patch.size(); ++i) {
        sum += static_cast<int>(a.patch[i]) * static_cast<int>(b.patch[i]);
    }
    return sum;
}

std::vector<Match> matchesOf(const View& a, const View& b)
{
    std::vector<Match> matches;
    const auto least = static_cast<int>(kLeastSimilarity * kPatchNorm * kPatchNorm);
    for (const Keypoint& keypoint : a.keypoints) {
        int best = least;
        const Keypoint* partner = nullptr;
        for (const Keypoint& other : b.keypoints) {
            if (const int value = product(keypoint, other); value > best) {
                best = value;
                partner = &other;
            }
        }
        if (partner != nullptr) {
            matches.push_back({keypoint.x, keypoint.y, partner->x, partner->y});
        }
    }
    return matches;
}

bool agrees(const Alignment& alignment, const Match& match)
{
    const double x = alignment.a11 * match.ax + alignment.a12 * match.ay + alignment.dx - match.bx;
    const double y = alignment.a21 * match.ax + alignment.a22 * match.ay + alignment.dy - match.by;
    return x * x + y * y <= kTolerancePx * kTolerancePx;
}

/// Scale 0.4 to 2.5 along both axes, hardly any rotation or shear: what copies and neighbouring
/// frames differ by, and what patches can match.
bool isPlausible(const Alignment& a)
{
    const double scaleX = std::hypot(a.a11, a.a21);
    const double scaleY = std::hypot(a.a12, a.a22);
    const double determinant = a.a11 * a.a22 - a.a12 * a.a21;
    return scaleX > 0.4 && scaleX < 2.5 && scaleY > 0.4 && scaleY < 2.5
           && determinant > 0.8 * scaleX * scaleY && std::abs(a.a21) < 0.45 * scaleX
           && scaleX < 1.6 * scaleY && scaleY < 1.6 * scaleX;
}

/// The similarity through two matches.
std::optional<Alignment> throughTwo(const Match& first, const Match& second)
{
    const double ax = second.ax - first.ax;
    const double ay = second.ay - first.ay;
    const double squares = ax * ax + ay * ay;
    if (squares < 24 * 24) {
        return std::nullopt;
    }
    const double bx = second.bx - first.bx;
    const double by = second.by - first.by;
    Alignment alignment;
    alignment.a11 = (ax * bx + ay * by) / squares;
    alignment.a21 = (ax * by - ay * bx) / squares;
    alignment.a12 = -alignment.a21;
    alignment.a22 = alignment.a11;
    alignment.dx = first.bx - alignment.a11 * first.ax - alignment.a12 * first.ay;
    alignment.dy = first.by - alignment.a21 * first.ax - alignment.a22 * first.ay;
    return isPlausible(alignment) ? std::optional(alignment) : std::nullopt;
}

int countMatches(const Alignment& alignment, const std::vector<Match>& matches)
{
    return static_cast<int>(std::count_if(matches.begin(), matches.end(), [&](const Match& match) {
        return agrees(alignment, match);
    }));
}

/// Least squares over the matches that agree; the given alignment where they do not fix one.
Alignment refined(const Alignment& alignment, const std::vector<Match>& matches)
{
    double n = 0;
    std::array<double, 2> meanA{};
    std::array<double, 2> meanB{};
    for (const Match& match : matches) {
        if (agrees(alignment, match)) {
            n += 1;
            meanA[0] += match.ax;
            meanA[1] += match.ay;
            meanB[0] += match.bx;
            meanB[1] += match.by;
        }
    }
    if (n < 6) {
        return alignment;
    }
    for (std::size_t i = 0; i < 2; ++i) {
        meanA[i] /= n;
        meanB[i] /= n;
    }
    double xx = 0;
    double xy = 0;
    double yy = 0;
    double xu = 0;
    double yu = 0;
    double xv = 0;
    double yv = 0;
    for (const Match& match : matches) {
        if (!agrees(alignment, match)) {
            continue;
        }
        const double x = match.ax - meanA[0];
        const double y = match.ay - meanA[1];
        const double u = match.bx - meanB[0];
        const double v = match.by - meanB[1];
        xx += x * x;
        xy += x * y;
        yy += y * y;
        xu += x * u;
        yu += y * u;
        xv += x * v;
        yv += y * v;
    }
    const double determinant = xx * yy - xy * xy;
    // Matches on a line, or in one spot, do not fix an affine map.
    if (determinant < 0.02 * xx * yy || xx / n < 100 || yy / n < 100) {
        return alignment;
    }
    Alignment result;
    result.a11 = (xu * yy - yu * xy) / determinant;
    result.a12 = (yu * xx - xu * xy) / determinant;
    result.a21 = (xv * yy - yv * xy) / determinant;
    result.a22 = (yv * xx - xv * xy) / determinant;
    result.dx = meanB[0] - result.a11 * meanA[0] - result.a12 * meanA[1];
    result.dy = meanB[1] - result.a21 * meanA[0] - result.a22 * meanA[1];
    return isPlausible(result) ? result : alignment;
}

std::optional<Alignment> align(const std::vector<Match>& matches)
{
    if (static_cast<int>(matches.size()) < kLeastMatches) {
        return std::nullopt;
    }
    constexpr int kTrials = 400;
    std::mt19937 random(1);
    Alignment best;
    for (int trial = 0; trial < kTrials; ++trial) {
        const Match& first = matches[random() % matches.size()];
        const Match& second = matches[random() % matches.size()];
        if (auto alignment = throughTwo(first, second)) {
            alignment->matches = countMatches(*alignment, matches);
            if (alignment->matches > best.matches) {
                best = *alignment;
            }
        }
    }
    if (best.matches < kLeastMatches) {
        return std::nullopt;
    }
    for (int round = 0; round < 3; ++round) {
        Alignment next = refined(best, matches);
        next.matches = countMatches(next, matches);
        if (next.matches < best.matches) {
            break;
        }
        best = next;
    }
    return best;
}

/// Sums for a correlation.
struct Moments
{
    double n = 0;
    double a = 0;
    double b = 0;
    double aa = 0;
    double bb = 0;
    double ab = 0;

    void add(const Moments& other)
    {
        n += other.n;
        a += other.a;
        b += other.b;
        aa += other.aa;
        bb += other.bb;
        ab += other.ab;
    }

    [[nodiscard]] double correlation() const
    {
        const double varianceA = aa - a * a / n;
        const double varianceB = bb - b * b / n;
        // Flat, or nothing left.
        return n < 100 || varianceA <= n || varianceB <= n
                   ? 0
                   : (ab - a * b / n) / std::sqrt(varianceA * varianceB);
    }
};

constexpr std::size_t kCells = 4;
using Cells = std::array<std::array<Moments, kCells>, kCells>;

/// The details of a, cell by cell, with those of b laid under them.
Cells overlaid(const View& a, const View& b, const Alignment& alignment)
{
    Cells cells;
    constexpr int kStep = 2;
    for (int y = 0; y < a.detail.height(); y += kStep) {
        const std::size_t row =
            static_cast<std::size_t>(y) * kCells / static_cast<std::size_t>(a.detail.height());
        for (int x = 0; x < a.detail.width(); x += kStep) {
            const double own = a.detail.at(x, y);
            // Details are at half of the size that alignments are in.
            const double fullX = 2 * x + 1;
            const double fullY = 2 * y + 1;
            const double u = (alignment.a11 * fullX + alignment.a12 * fullY + alignment.dx - 1) / 2;
            const double v = (alignment.a21 * fullX + alignment.a22 * fullY + alignment.dy - 1) / 2;
            const int left = static_cast<int>(std::floor(u));
            const int top = static_cast<int>(std::floor(v));
            if (own == 0 || left < 0 || top < 0 || left + 1 >= b.detail.width()
                || top + 1 >= b.detail.height()) {
                continue;
            }
            const std::uint8_t* upper = b.detail.row(top) + left;
            const std::uint8_t* lower = b.detail.row(top + 1) + left;
            if (upper[0] == 0 || upper[1] == 0 || lower[0] == 0 || lower[1] == 0) {
                continue;
            }
            const double fx = u - left;
            const double fy = v - top;
            const double other = (1 - fy) * ((1 - fx) * upper[0] + fx * upper[1])
                                 + fy * ((1 - fx) * lower[0] + fx * lower[1]);
            const std::size_t column =
                static_cast<std::size_t>(x) * kCells / static_cast<std::size_t>(a.detail.width());
            cells[row][column].add(
                {1,
                 own - 128,
                 other - 128,
                 (own - 128) * (own - 128),
                 (other - 128) * (other - 128),
                 (own - 128) * (other - 128)});
        }
    }
    return cells;
}

Moments sumOf(const Cells& cells)
{
    Moments sum;
    for (const auto& row : cells) {
        for (const Moments& cell : row) {
            sum.add(cell);
        }
    }
    return sum;
}

/// Normalised correlation of the details over the overlap; 0 where too little overlaps.
double correlation(const View& a, const View& b, const Alignment& alignment)
{
    constexpr double kLeastOverlap = 0.2;
    const Moments sum = sumOf(overlaid(a, b, alignment));
    const double zoom = std::abs(alignment.a11 * alignment.a22 - alignment.a12 * alignment.a21);
    const double covered = sum.n * 16; // every second pixel along both axes, at half size
    const auto areaA = static_cast<double>(a.size.area());
    const auto areaB = static_cast<double>(b.size.area());
    return covered < kLeastOverlap * areaA || covered * zoom < kLeastOverlap * areaB
               ? 0
               : sum.correlation();
}

/// The correlation without the row or column of cells that speaks for it most: a ruler, a sticker
/// or a caption at one side is not the scene.
double correlationWithoutBest(const View& a, const View& b, const Alignment& alignment)
{
    const Cells cells = overlaid(a, b, alignment);
    double least = sumOf(cells).correlation();
    for (std::size_t left = 0; left < kCells; ++left) {
        Moments withoutRow;
        Moments withoutColumn;
        for (std::size_t i = 0; i < kCells; ++i) {
            for (std::size_t k = 0; k < kCells; ++k) {
                if (i != left) {
                    withoutRow.add(cells[i][k]);
                    withoutColumn.add(cells[k][i]);
                }
            }
        }
        // Where hardly anything else overlaps, there is nothing to tell by.
        const double enough = sumOf(cells).n / 3;
        for (const Moments& rest : {withoutRow, withoutColumn}) {
            if (rest.n >= enough) {
                least = std::min(least, rest.correlation());
            }
        }
    }
    return least;
}

/// Small steps that raise the correlation: keypoints lie within a few pixels, details need less.
Alignment climb(const View& a, const View& b, Alignment alignment)
{
    double best = correlation(a, b, alignment);
    const double cx = a.size.width / 2.0;
    const double cy = a.size.height / 2.0;
    for (double step = 3; step > 0.5 && best > 0; step /= 2) {
        for (int parameter = 0; parameter < 6; ++parameter) {
            for (const double direction : {step, -step}) {
                Alignment trial = alignment;
                // Scales and shears turn about the picture's centre.
                switch (parameter) {
                case 0:
                    trial.dx += direction;
                    break;
                case 1:
                    trial.dy += direction;
                    break;
                case 2:
                    trial.a11 += direction / 100;
                    trial.dx -= direction / 100 * cx;
                    break;
                case 3:
                    trial.a22 += direction / 100;
                    trial.dy -= direction / 100 * cy;
                    break;
                case 4:
                    trial.a12 += direction / 100;
                    trial.dx -= direction / 100 * cy;
                    break;
                default:
                    trial.a21 += direction / 100;
                    trial.dy -= direction / 100 * cx;
                    break;
                }
                if (const double value = correlation(a, b, trial); value > best) {
                    best = value;
                    alignment = trial;
                }
            }
        }
    }
    return alignment;
}

/// Least or largest value of the square of that radius, as two passes.
Raster8 extreme(const Raster8& mask, int radius, bool isLargest)
{
    Raster8 rows(mask.width(), mask.height());
    Raster8 result(mask.width(), mask.height());
    const auto pick = [&](std::uint8_t a, std::uint8_t b) {
        return isLargest ? std::max(a, b) : std::min(a, b);
    };
    for (int y = 0; y < mask.height(); ++y) {
        for (int x = 0; x < mask.width(); ++x) {
            std::uint8_t value = mask.at(x, y);
            for (int i = std::max(x - radius, 0); i <= std::min(x + radius, mask.width() - 1);
                 ++i) {
                value = pick(value, mask.at(i, y));
            }
            rows.at(x, y) = value;
        }
    }
    for (int y = 0; y < mask.height(); ++y) {
        for (int i = std::max(y - radius, 0); i <= std::min(y + radius, mask.height() - 1); ++i) {
            for (int x = 0; x < mask.width(); ++x) {
                const std::uint8_t value = i == std::max(y - radius, 0)
                                               ? rows.at(x, i)
                                               : pick(result.at(x, y), rows.at(x, i));
                result.at(x, y) = value;
            }
        }
    }
    return result;
}

/// 1 where the picture shows the scene: not in the black that reaches in from its edges (corners of
/// endoscopes, cut-outs), nor in captions on that black. All instruments of one make share these,
/// whatever they look at.
Raster8 sceneOf(const Raster8& image)
{
    constexpr int kBlack = 28;
    constexpr int kStroke = 5; // letters are thinner, at 256 pixels
    const int width = image.width();
    const int height = image.height();
    Raster8 scene(
        width,
        height,
        1,
        std::vector<std::uint8_t>(
            static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 1));
    std::vector<Point> open;
    const auto visit = [&](int x, int y) {
        if (x < 0 || y < 0 || x >= width || y >= height || scene.at(x, y) == 0) {
            return;
        }
        for (int c = 0; c < image.channels(); ++c) {
            if (image.at(x, y, c) > kBlack) {
                return;
            }
        }
        scene.at(x, y) = 0;
        open.push_back({x, y});
    };
    for (int x = 0; x < width; ++x) {
        visit(x, 0);
        visit(x, height - 1);
    }
    for (int y = 0; y < height; ++y) {
        visit(0, y);
        visit(width - 1, y);
    }
    while (!open.empty()) {
        const Point at = open.back();
        open.pop_back();
        visit(at.x - 1, at.y);
        visit(at.x + 1, at.y);
        visit(at.x, at.y - 1);
        visit(at.x, at.y + 1);
    }
    const Raster8 core = extreme(scene, kStroke, false);
    return extreme(core, kStroke - 3, true);
}

/// Gaussian blur of the pixels whose weight is not 0, by repeated box sums.
RasterF normalisedBlur(const Raster8& grey, const Raster8& weight, int radius)
{
    RasterF values(grey.width(), grey.height(), 2);
    for (std::size_t i = 0; i < grey.pixels().size(); ++i) {
        const float w = weight.pixels()[i] != 0 ? 1.0F : 0.0F;
        values.pixels()[2 * i] = w * static_cast<float>(grey.pixels()[i]);
        values.pixels()[2 * i + 1] = w;
    }
    const auto pass = [radius](float* line, int length, std::ptrdiff_t stride) {
        std::vector<double> sums(static_cast<std::size_t>(length) + 1, 0.0);
        for (int i = 0; i < length; ++i) {
            sums[static_cast<std::size_t>(i) + 1] =
                sums[static_cast<std::size_t>(i)] + static_cast<double>(line[i * stride]);
        }
        for (int i = 0; i < length; ++i) {
            const int begin = std::max(i - radius, 0);
            const int end = std::min(i + radius + 1, length);
            line[i * stride] = static_cast<float>(
                (sums[static_cast<std::size_t>(end)] - sums[static_cast<std::size_t>(begin)])
                / (2 * radius + 1));
        }
    };
    for (int round = 0; round < 2; ++round) {
        for (int channel = 0; channel < 2; ++channel) {
            for (int y = 0; y < values.height(); ++y) {
                pass(values.row(y) + channel, values.width(), 2);
            }
            for (int x = 0; x < values.width(); ++x) {
                pass(
                    values.data() + 2 * x + channel,
                    values.height(),
                    std::ptrdiff_t{2} * values.width());
            }
        }
    }
    RasterF result(grey.width(), grey.height());
    for (std::size_t i = 0; i < result.pixels().size(); ++i) {
        const float w = values.pixels()[2 * i + 1];
        result.pixels()[i] = w > 1e-4F ? values.pixels()[2 * i] / w : -1.0F;
    }
    return result;
}

/// What is not of the scene becomes a smooth continuation of it, without edges to match.
Raster8 fillOutside(const Raster8& grey, const Raster8& scene)
{
    Raster8 filled = grey;
    std::vector<RasterF> levels;
    for (const int radius : {6, 20, 64, 200}) {
        if (std::find(scene.pixels().begin(), scene.pixels().end(), 0) == scene.pixels().end()) {
            return filled;
        }
        levels.push_back(normalisedBlur(grey, scene, radius));
    }
    for (std::size_t i = 0; i < filled.pixels().size(); ++i) {
        if (scene.pixels()[i] != 0) {
            continue;
        }
        for (const RasterF& level : levels) {
            if (level.pixels()[i] >= 0) {
                filled.pixels()[i] = static_cast<std::uint8_t>(level.pixels()[i]);
                break;
            }
        }
    }
    return filled;
}

/// Differences from the surroundings over their usual size there: a strong outline counts no more
/// than the texture beside it, or all dark spots on plain ground would look alike.
Raster8 detailOf(const Raster8& filled, const Raster8& scene)
{
    constexpr int kRadius = 5;
    constexpr float kNoise = 4; // grey levels; below it differences are noise and stay small
    const Size size{filled.width() / 2, filled.height() / 2};
    const Raster8 half = imaging::resizeSmooth(filled, size);
    const Raster8 inside = imaging::resizeNearest(scene, size);
    const Raster8 fine = imaging::blur(half, 0.8);
    const RasterF coarse = normalisedBlur(half, inside, kRadius);
    Raster8 sizes(size.width, size.height);
    RasterF differences(size.width, size.height);
    for (std::size_t i = 0; i < sizes.pixels().size(); ++i) {
        const float value = static_cast<float>(fine.pixels()[i]) - coarse.pixels()[i];
        differences.pixels()[i] = value;
        sizes.pixels()[i] = static_cast<std::uint8_t>(std::min(4 * std::abs(value), 255.0F));
    }
    const RasterF usual = normalisedBlur(sizes, inside, 2 * kRadius);
    Raster8 detail(size.width, size.height);
    for (std::size_t i = 0; i < detail.pixels().size(); ++i) {
        if (inside.pixels()[i] == 0) {
            continue;
        }
        const float relative = differences.pixels()[i] / (usual.pixels()[i] / 4 + kNoise);
        detail.pixels()[i] =
            static_cast<std::uint8_t>(128 + std::clamp(std::lround(relative * 50), -120L, 120L));
    }
    return detail;
}

} // namespace

View makeView(const Raster8& image, int keypointCount)
{
    View view;
    if (image.isEmpty()) {
        return view;
    }
    const Raster8 content = imaging::crop(image, imaging::contentRectangle(image));
    const double scale =
        static_cast<double>(kLongSide) / std::max(content.width(), content.height());
    // Small pictures are enlarged too, so that copies of any size have patches of one size.
    const Raster8 base = imaging::resizeSmooth(
        content,
        {std::max(static_cast<int>(std::lround(content.width() * scale)), 8),
         std::max(static_cast<int>(std::lround(content.height() * scale)), 8)});
    view.size = base.size();
    const Raster8 scene = sceneOf(base);
    const Raster8 filled = fillOutside(imaging::luminance(base), scene);
    view.keypoints = imaging::keypoints(filled, keypointCount);
    std::erase_if(view.keypoints, [&](const Keypoint& keypoint) {
        const int x = std::clamp(static_cast<int>(keypoint.x), 0, scene.width() - 1);
        const int y = std::clamp(static_cast<int>(keypoint.y), 0, scene.height() - 1);
        return scene.at(x, y) == 0;
    });
    view.detail = detailOf(filled, scene);
    return view;
}

double agreement(const View& a, const View& b)
{
    if (a.size.isEmpty() || b.size.isEmpty()) {
        return 0;
    }
    const std::vector<Match> matches = matchesOf(a, b);
    const auto alignment = align(matches);
    if (!alignment) {
        return 0;
    }
    // Smooth scenes correlate by chance in one place or other; then few of the matches agree with
    // that place. In neighbouring frames of a video many do, though details have moved.
    const double agreeing = static_cast<double>(alignment->matches)
                            / std::max(static_cast<double>(matches.size()), 40.0);
    const double evidence = 0.3 * (std::min(agreeing, 0.4) - kUsualShare);
    const double value = correlationWithoutBest(a, b, climb(a, b, *alignment));
    return std::clamp(value + evidence, 0.0, 1.0);
}

} // namespace guidino::datasets
