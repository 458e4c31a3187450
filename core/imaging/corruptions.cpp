// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/corruptions.h"

#include "core/imaging/image_reader.h"
#include "core/imaging/image_writer.h"
#include "core/imaging/opencv_view.h"
#include "core/imaging/resize.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace guidino::imaging {

namespace {

constexpr int kSeverities = 5;
constexpr std::array<double, kSeverities> kBlurSigma{1, 2, 3, 4, 6};
constexpr double kBlurSide = 224; ///< of the pictures for which the above was chosen
constexpr std::array<double, kSeverities> kNoiseSigma{0.08, 0.12, 0.18, 0.26, 0.38};
constexpr std::array<int, kSeverities> kJpegQuality{25, 18, 15, 10, 7};
constexpr std::array<double, kSeverities> kBrightness{0.1, 0.2, 0.3, 0.4, 0.5};
constexpr std::array<double, kSeverities> kKept{0.9, 0.8, 0.7, 0.6, 0.5};
constexpr double kLargest = 255;

std::size_t at(int severity)
{
    return static_cast<std::size_t>(std::clamp(severity, 1, kSeverities) - 1);
}

/// Well mixed from the first number on, whatever the seed (0 and 1 are seeds that people choose).
cv::RNG generator(std::uint64_t seed)
{
    cv::RNG random(seed * 0x9E3779B97F4A7C15ULL + 0xD1B54A32D192ED03ULL);
    for (int i = 0; i < 8; ++i) {
        random.next();
    }
    return random;
}

Raster8 blurred(const Raster8& image, double sigma)
{
    Raster8 result(image.width(), image.height(), image.channels());
    cv::Mat target = viewOf(result);
    cv::GaussianBlur(viewOf(image), target, {}, sigma, sigma, cv::BORDER_REFLECT_101);
    return result;
}

Raster8 noisy(const Raster8& image, double sigma, std::uint64_t seed)
{
    cv::RNG random = generator(seed);
    cv::Mat noise(image.height(), image.width(), CV_32FC(image.channels()));
    random.fill(noise, cv::RNG::NORMAL, 0, sigma * kLargest);
    cv::Mat sum;
    viewOf(image).convertTo(sum, CV_32F);
    sum += noise;
    Raster8 result(image.width(), image.height(), image.channels());
    cv::Mat target = viewOf(result);
    sum.convertTo(target, CV_8U); // rounds and saturates
    return result;
}

Result<Raster8> recompressed(const Raster8& image, int quality)
{
    const auto bytes = encodeJpeg(image, quality);
    if (!bytes) {
        return bytes.error();
    }
    const auto decoded = decodeImage(*bytes, "corrupted.jpg");
    if (!decoded) {
        return decoded.error();
    }
    return image.channels() == 1 ? toGrey8(*decoded) : toRgb8(*decoded);
}

/// The largest channel becomes `more` brighter, the others in proportion: hue and saturation stay.
Raster8 brighter(const Raster8& image, double more)
{
    Raster8 result(image.width(), image.height(), image.channels());
    const std::size_t channels = static_cast<std::size_t>(image.channels());
    const std::uint8_t* from = image.data();
    std::uint8_t* to = result.data();
    const std::uint8_t* const end = from + image.pixels().size();
    for (; from != end; from += channels, to += channels) {
        const double value = *std::max_element(from, from + channels);
        const double wanted = std::min(kLargest, value + more * kLargest);
        for (std::size_t c = 0; c < channels; ++c) {
            to[c] = static_cast<std::uint8_t>(
                value > 0 ? std::lround(from[c] * wanted / value) : std::lround(wanted));
        }
    }
    return result;
}

} // namespace

const std::vector<std::string>& corruptionNames()
{
    static const std::vector<std::string> names{"blur", "noise", "jpeg", "brightness", "crop"};
    return names;
}

Result<Corruption> corruptionNamed(std::string_view name)
{
    const auto& names = corruptionNames();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
        return Error{
            ErrorCode::Usage,
            "unknown corruption '" + std::string(name)
                + "' (known: blur, noise, jpeg, brightness, crop)",
            {}};
    }
    return static_cast<Corruption>(found - names.begin());
}

Rect keptOf(Size size, int severity, std::uint64_t seed)
{
    const auto part = [&](int side) {
        return std::clamp(
            static_cast<int>(std::lround(side * kKept[at(severity)])), std::min(side, 1), side);
    };
    Rect rect{0, 0, part(size.width), part(size.height)};
    cv::RNG random = generator(seed);
    rect.x = random.uniform(0, size.width - rect.width + 1);
    rect.y = random.uniform(0, size.height - rect.height + 1);
    return rect;
}

Result<Raster8> corrupt(const Raster8& image, Corruption kind, int severity, std::uint64_t seed)
{
    if (severity < 1 || severity > kSeverities) {
        return Error{
            ErrorCode::Usage,
            "the severity of a corruption is 1 to 5, not " + std::to_string(severity),
            {}};
    }
    if (image.size().isEmpty()) {
        return image;
    }
    switch (kind) {
    case Corruption::Blur:
        return blurred(
            image, kBlurSigma[at(severity)] * std::min(image.width(), image.height()) / kBlurSide);
    case Corruption::Noise:
        return noisy(image, kNoiseSigma[at(severity)], seed);
    case Corruption::Jpeg:
        return recompressed(image, kJpegQuality[at(severity)]);
    case Corruption::Brightness:
        return brighter(image, kBrightness[at(severity)]);
    case Corruption::Crop:
        break;
    }
    return crop(image, keptOf(image.size(), severity, seed));
}

} // namespace guidino::imaging
