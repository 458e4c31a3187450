// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/image_content.h"

#include "core/imaging/opencv_view.h"
#include "core/imaging/resize.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

namespace guidino::imaging {

namespace {

// A border may hold noise, a caption's corner or a thin frame: this share of its pixels must be
// dark.
constexpr double kDarkShare = 0.985;

bool isDark(const std::uint8_t* pixel, int channels, int level)
{
    return std::all_of(pixel, pixel + std::min(channels, 3), [level](std::uint8_t value) {
        return value <= level;
    });
}

/// Of each row and each column, how many pixels are not dark.
struct LightCounts
{
    std::vector<int> rows;
    std::vector<int> columns;
};

LightCounts countLight(const Raster8& image, int level)
{
    LightCounts counts{
        std::vector<int>(static_cast<std::size_t>(image.height())),
        std::vector<int>(static_cast<std::size_t>(image.width()))};
    for (int y = 0; y < image.height(); ++y) {
        const std::uint8_t* pixel = image.row(y);
        for (int x = 0; x < image.width(); ++x, pixel += image.channels()) {
            if (!isDark(pixel, image.channels(), level)) {
                ++counts.rows[static_cast<std::size_t>(y)];
                ++counts.columns[static_cast<std::size_t>(x)];
            }
        }
    }
    return counts;
}

/// First and last index whose count is above the limit, or {0, -1}.
std::pair<int, int> lightRange(const std::vector<int>& counts, int length)
{
    const int limit = static_cast<int>((1 - kDarkShare) * length);
    const auto isLight = [limit](int count) { return count > limit; };
    const auto first = std::find_if(counts.begin(), counts.end(), isLight);
    const auto last = std::find_if(counts.rbegin(), counts.rend(), isLight);
    return {
        static_cast<int>(first - counts.begin()),
        static_cast<int>(counts.size()) - 1 - static_cast<int>(last - counts.rbegin())};
}

/// Components that are as large, as compact and as contrasting as letters.
std::vector<Rect> letterBoxes(const Raster8& grey)
{
    // Strokes stand out from their surroundings, bright on dark (scanner captions) by far most
    // often.
    cv::Mat topHat;
    const cv::Mat kernel = cv::getStructuringElement(cv::MORPH_RECT, {9, 9});
    cv::morphologyEx(viewOf(grey), topHat, cv::MORPH_TOPHAT, kernel);
    cv::Mat strokes;
    cv::threshold(topHat, strokes, 110, 255, cv::THRESH_BINARY);
    cv::Mat labels;
    cv::Mat stats;
    cv::Mat centroids;
    const int count =
        cv::connectedComponentsWithStats(strokes, labels, stats, centroids, 8, CV_32S);
    std::vector<Rect> boxes;
    for (int i = 1; i < count; ++i) {
        const Rect box{
            stats.at<int>(i, cv::CC_STAT_LEFT),
            stats.at<int>(i, cv::CC_STAT_TOP),
            stats.at<int>(i, cv::CC_STAT_WIDTH),
            stats.at<int>(i, cv::CC_STAT_HEIGHT)};
        const int area = stats.at<int>(i, cv::CC_STAT_AREA);
        const bool isLetterSized = box.height >= 6 && box.height <= 40 && box.width >= 2
                                   && box.width <= 2 * box.height && area >= 8;
        // Strokes fill part of their box; specular spots fill nearly all of it.
        const double fill =
            static_cast<double>(area) / (static_cast<double>(box.width) * box.height);
        if (isLetterSized && fill > 0.15 && fill < 0.85) {
            boxes.push_back(box);
        }
    }
    return boxes;
}

bool isNextInLine(const Rect& left, const Rect& right)
{
    const int gap = right.x - left.right();
    const int height = std::max(left.height, right.height);
    const int overlap = std::min(left.bottom(), right.bottom()) - std::max(left.y, right.y);
    return gap >= -1 && gap <= height && std::abs(left.bottom() - right.bottom()) <= height / 4 + 1
           && overlap * 2 >= std::min(left.height, right.height)
           && std::min(left.height, right.height) * 2 >= height;
}

/// The patch of a corner of a pyramid level, sampled bilinearly; false where it leaves the picture
/// or is flat.
bool describe(const RasterF& level, cv::Point2f at, Keypoint& keypoint)
{
    constexpr int kSide = 12;
    constexpr float kSpacing = 2.0F;
    std::array<float, kSide * kSide> values{};
    float sum = 0;
    for (int row = 0; row < kSide; ++row) {
        for (int column = 0; column < kSide; ++column) {
            const float x = at.x + (static_cast<float>(column) - (kSide - 1) / 2.0F) * kSpacing;
            const float y = at.y + (static_cast<float>(row) - (kSide - 1) / 2.0F) * kSpacing;
            const int left = static_cast<int>(std::floor(x));
            const int top = static_cast<int>(std::floor(y));
            if (left < 0 || top < 0 || left + 1 >= level.width() || top + 1 >= level.height()) {
                return false;
            }
            const float fx = x - static_cast<float>(left);
            const float fy = y - static_cast<float>(top);
            const float upper = level.at(left, top) * (1 - fx) + level.at(left + 1, top) * fx;
            const float lower =
                level.at(left, top + 1) * (1 - fx) + level.at(left + 1, top + 1) * fx;
            const float value = upper * (1 - fy) + lower * fy;
            values[static_cast<std::size_t>(row * kSide + column)] = value;
            sum += value;
        }
    }
    float squares = 0;
    for (float& value : values) {
        value -= sum / static_cast<float>(values.size());
        squares += value * value;
    }
    // Grey levels of 3 on average: below that the patch is noise.
    if (squares < 9.0F * static_cast<float>(values.size())) {
        return false;
    }
    // Norm 1 is spread over 127 · 3, so that single values up to 1/3 are exact.
    const float scale = 127.0F * 3.0F / std::sqrt(squares);
    for (std::size_t i = 0; i < values.size(); ++i) {
        keypoint.patch[i] =
            static_cast<std::int8_t>(std::clamp(std::lround(values[i] * scale), -127L, 127L));
    }
    return true;
}

/// Corners of one pyramid level.
std::vector<Keypoint> levelKeypoints(const Raster8& grey, float scale, int count)
{
    std::vector<Keypoint> result;
    std::vector<cv::Point2f> corners;
    cv::goodFeaturesToTrack(viewOf(grey), corners, count * 2, 0.005, 5.0);
    RasterF smooth(grey.width(), grey.height());
    cv::Mat out = viewOf(smooth);
    cv::Mat converted;
    viewOf(grey).convertTo(converted, CV_32F);
    cv::GaussianBlur(converted, out, {0, 0}, 1.2);
    for (const cv::Point2f& corner : corners) {
        Keypoint keypoint;
        keypoint.x = (corner.x + 0.5F) * scale;
        keypoint.y = (corner.y + 0.5F) * scale;
        keypoint.scale = scale;
        if (describe(smooth, corner, keypoint)) {
            result.push_back(keypoint);
        }
        if (static_cast<int>(result.size()) >= count) {
            break;
        }
    }
    return result;
}

} // namespace

Rect contentRectangle(const Raster8& image, int level)
{
    const Rect whole{0, 0, image.width(), image.height()};
    if (image.isEmpty()) {
        return whole;
    }
    const LightCounts counts = countLight(image, level);
    const auto [top, bottom] = lightRange(counts.rows, image.width());
    const auto [left, right] = lightRange(counts.columns, image.height());
    if (top > bottom || left > right) {
        return whole;
    }
    return {left, top, right - left + 1, bottom - top + 1};
}

std::vector<Rect> findTextLines(const Raster8& image)
{
    if (image.width() < 32 || image.height() < 32) {
        return {};
    }
    std::vector<Rect> letters = letterBoxes(luminance(image));
    std::sort(letters.begin(), letters.end(), [](const Rect& a, const Rect& b) {
        return std::pair(a.x, a.y) < std::pair(b.x, b.y);
    });
    std::vector<bool> isUsed(letters.size(), false);
    std::vector<Rect> lines;
    for (std::size_t i = 0; i < letters.size(); ++i) {
        if (isUsed[i]) {
            continue;
        }
        Rect line = letters[i];
        Rect last = letters[i];
        int count = 1;
        for (std::size_t k = i + 1; k < letters.size() && letters[k].x <= last.right() + 40; ++k) {
            if (!isUsed[k] && isNextInLine(last, letters[k])) {
                isUsed[k] = true;
                last = letters[k];
                line = line.united(last);
                ++count;
            }
        }
        // Three letter-like spots in a row happen by chance in texture; four hardly do.
        if (count >= 4) {
            lines.push_back(line);
        }
    }
    return lines;
}

Raster8 luminance(const Raster8& image)
{
    if (image.channels() == 1) {
        return image;
    }
    Raster8 grey(image.width(), image.height());
    grey.spacingMm = image.spacingMm;
    const int channels = image.channels();
    const std::uint8_t* in = image.data();
    for (std::uint8_t& value : grey.pixels()) {
        value = channels < 3 ? in[0]
                             : static_cast<std::uint8_t>(
                                 (299U * in[0] + 587U * in[1] + 114U * in[2] + 500U) / 1000U);
        in += channels;
    }
    return grey;
}

RasterF gradients(const Raster8& grey)
{
    RasterF result(grey.width(), grey.height(), 2);
    for (int y = 0; y < grey.height(); ++y) {
        const std::uint8_t* row = grey.row(y);
        const std::uint8_t* above = grey.row(std::max(y - 1, 0));
        const std::uint8_t* below = grey.row(std::min(y + 1, grey.height() - 1));
        for (int x = 0; x < grey.width(); ++x) {
            const int left = row[std::max(x - 1, 0)];
            const int right = row[std::min(x + 1, grey.width() - 1)];
            result.at(x, y, 0) = static_cast<float>(right - left) / 2;
            result.at(x, y, 1) = static_cast<float>(below[x] - above[x]) / 2;
        }
    }
    return result;
}

Raster8 blur(const Raster8& image, double sigma)
{
    Raster8 result = image;
    if (sigma > 0 && !image.isEmpty()) {
        cv::Mat out = viewOf(result);
        cv::GaussianBlur(viewOf(image), out, {0, 0}, sigma, 0, cv::BORDER_REPLICATE);
    }
    return result;
}

std::uint64_t differenceHash(const Raster8& image)
{
    const Raster8 small = resizeSmooth(luminance(image), {9, 8});
    std::uint64_t hash = 0;
    if (image.isEmpty()) {
        return hash;
    }
    for (int y = 0; y < 8; ++y) {
        for (int x = 0; x < 8; ++x) {
            hash = hash << 1U | (small.at(x + 1, y) > small.at(x, y) ? 1U : 0U);
        }
    }
    return hash;
}

std::vector<Keypoint> keypoints(const Raster8& image, int count)
{
    constexpr int kLongSide = 256;
    constexpr int kLevels = 4;
    constexpr float kLevelFactor = 1.25F;
    std::vector<Keypoint> result;
    if (image.isEmpty() || count <= 0) {
        return result;
    }
    const Raster8 base = thumbnail(luminance(image), {kLongSide, kLongSide});
    float scale = 1;
    for (int i = 0; i < kLevels; ++i, scale *= kLevelFactor) {
        const Size size{
            static_cast<int>(static_cast<float>(base.width()) / scale),
            static_cast<int>(static_cast<float>(base.height()) / scale)};
        if (size.width < 32 || size.height < 32) {
            break;
        }
        const int share = std::max(1, count * (kLevels - i) * 2 / (kLevels * (kLevels + 1)));
        const auto found = levelKeypoints(resizeSmooth(base, size), scale, share);
        result.insert(result.end(), found.begin(), found.end());
    }
    return result;
}

float similarity(const Keypoint& a, const Keypoint& b)
{
    int product = 0;
    int squaresA = 0;
    int squaresB = 0;
    for (std::size_t i = 0; i < a.patch.size(); ++i) {
        product += a.patch[i] * b.patch[i];
        squaresA += a.patch[i] * a.patch[i];
        squaresB += b.patch[i] * b.patch[i];
    }
    const float norm = std::sqrt(static_cast<float>(squaresA) * static_cast<float>(squaresB));
    return norm > 0 ? static_cast<float>(product) / norm : 0.0F;
}

} // namespace guidino::imaging
