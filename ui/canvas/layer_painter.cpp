// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/layer_painter.h"

#include "ui/canvas/guide_colors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace guidino::ui {

namespace {

/// Above this magnification pixels are shown as what they are.
constexpr double kShowPixelsFrom = 3;

/// Where one column or row of device pixels reads: two neighbours and the second's weight, 0..256.
struct Tap
{
    int first = -1; ///< -1: outside the image
    int second = -1;
    int weight = 0;
};

/// `begin` in image pixels at the middle of the first device pixel, `step` image pixels from one to
/// the next, `extent` of the image, `divisor` from image to source pixels, `count` of the source.
struct Axis
{
    double begin;
    double step;
    double extent;
    double divisor;
    int count;
};

std::vector<Tap> tapsOf(const Axis& axis, int length, bool isSmooth)
{
    std::vector<Tap> taps(static_cast<std::size_t>(length));
    for (int i = 0; i < length; ++i) {
        const double image = axis.begin + i * axis.step;
        if (image < 0 || image >= axis.extent) {
            continue;
        }
        Tap& tap = taps[static_cast<std::size_t>(i)];
        const double source = image / axis.divisor;
        if (!isSmooth) {
            tap.first = tap.second = std::clamp(static_cast<int>(source), 0, axis.count - 1);
            continue;
        }
        const double shifted = std::clamp(source - 0.5, 0.0, axis.count - 1.0);
        tap.first = static_cast<int>(shifted);
        tap.second = std::min(tap.first + 1, axis.count - 1);
        tap.weight = static_cast<int>((shifted - tap.first) * 256);
    }
    return taps;
}

int mixed(int a, int b, int weight)
{
    return (a * (256 - weight) + b * weight) >> 8;
}

/// A label map sampled twice per device pixel along each axis, `margin` samples around the
/// rectangle. Outside the image is background.
struct Samples
{
    int width = 0;
    int height = 0;
    int margin = 0;
    std::vector<std::uint8_t> values;

    [[nodiscard]] std::uint8_t* row(int y)
    {
        return values.data() + static_cast<std::ptrdiff_t>(y) * width;
    }
};

Samples sampled(const LabelMap& labels, const QRect& rect, const DeviceView& view, int margin)
{
    Samples samples;
    samples.margin = margin;
    samples.width = rect.width() * 2 + 2 * margin;
    samples.height = rect.height() * 2 + 2 * margin;
    samples.values.assign(
        static_cast<std::size_t>(samples.width) * static_cast<std::size_t>(samples.height), 0);
    const auto positionOf = [margin](int sample, int begin) {
        return begin + (sample - margin + 0.5) / 2;
    };
    std::vector<int> columns(static_cast<std::size_t>(samples.width));
    int first = samples.width;
    int last = -1;
    for (int i = 0; i < samples.width; ++i) {
        const double x = std::floor(view.imageX(positionOf(i, rect.x())));
        const bool isInside = x >= 0 && x < labels.size().width;
        columns[static_cast<std::size_t>(i)] = isInside ? static_cast<int>(x) : -1;
        if (isInside) {
            first = std::min(first, i);
            last = i;
        }
    }
    int previousY = -1;
    for (int j = 0; j < samples.height; ++j) {
        const double imageY = std::floor(view.imageY(positionOf(j, rect.y())));
        if (imageY < 0 || imageY >= labels.size().height) {
            previousY = -1;
            continue;
        }
        const int y = static_cast<int>(imageY);
        std::uint8_t* row = samples.row(j);
        if (y == previousY) {
            std::memcpy(row, row - samples.width, static_cast<std::size_t>(samples.width));
            continue;
        }
        previousY = y;
        constexpr int side = LabelMap::kTileSide;
        const int inTile = (y % side) * side;
        const std::size_t tileRow = labels.tileIndexAt(0, y);
        for (int i = first; i <= last; ++i) {
            const int x = columns[static_cast<std::size_t>(i)];
            const LabelMap::Tile& tile = *labels.tile(tileRow + static_cast<std::size_t>(x / side));
            row[i] = tile[static_cast<std::size_t>(inTile + x % side)];
        }
    }
    return samples;
}

/// The extreme of each sample's square neighbourhood of `reach` to each side. Plain loops over
/// bytes, which the compiler turns into vector instructions.
template<typename Pick>
std::vector<std::uint8_t> extremeOf(const Samples& samples, int reach, const Pick& pick)
{
    const int width = samples.width;
    const int height = samples.height;
    std::vector<std::uint8_t> across(samples.values);
    for (int j = 0; j < height; ++j) {
        const std::uint8_t* source = samples.values.data() + static_cast<std::ptrdiff_t>(j) * width;
        std::uint8_t* target = across.data() + static_cast<std::ptrdiff_t>(j) * width;
        for (int k = 1; k <= reach; ++k) {
            for (int i = k; i < width - k; ++i) {
                target[i] = pick(target[i], pick(source[i - k], source[i + k]));
            }
        }
    }
    std::vector<std::uint8_t> result(across);
    for (int j = 0; j < height; ++j) {
        std::uint8_t* target = result.data() + static_cast<std::ptrdiff_t>(j) * width;
        for (int k = 1; k <= reach; ++k) {
            for (const int other : {j - k, j + k}) {
                if (other < 0 || other >= height) {
                    continue;
                }
                const std::uint8_t* source =
                    across.data() + static_cast<std::ptrdiff_t>(other) * width;
                for (int i = 0; i < width; ++i) {
                    target[i] = pick(target[i], source[i]);
                }
            }
        }
    }
    return result;
}

/// `color` with an opacity, premultiplied.
QRgb premultiplied(QRgb color, double opacity)
{
    const int alpha = static_cast<int>(std::lround(255 * opacity));
    return qPremultiply(qRgba(qRed(color), qGreen(color), qBlue(color), alpha));
}

QRgb meanOf(QRgb a, QRgb b, QRgb c, QRgb d)
{
    if (a == b && c == d && a == c) {
        return a;
    }
    QRgb mean = 0;
    for (int shift = 0; shift < 32; shift += 8) {
        const QRgb sum = ((a >> shift) & 255) + ((b >> shift) & 255) + ((c >> shift) & 255)
                         + ((d >> shift) & 255);
        mean |= ((sum + 2) / 4) << shift;
    }
    return mean;
}

QRgb over(QRgb upper, QRgb lower)
{
    const QRgb rest = 255 - qAlpha(upper);
    QRgb result = 0;
    for (int shift = 0; shift < 32; shift += 8) {
        result |= (((upper >> shift) & 255) + ((lower >> shift) & 255) * rest / 255) << shift;
    }
    return result;
}

QRgb* pixelsOf(QImage& image, int x, int y)
{
    return reinterpret_cast<QRgb*>(image.scanLine(y)) + x;
}

/// What the blocks of one drawing share.
struct MaskPaint
{
    const LabelMap& labels;
    const DeviceView& view;
    const MaskStyle& style;
    std::array<QRgb, 256> fill; ///< by class, premultiplied
};

/// Draws one block; `write(x, y, color)` with device pixels.
template<typename Write>
void paintMaskBlock(const QRect& rect, const MaskPaint& paint, const Write& write)
{
    const MaskStyle& style = paint.style;
    const auto& fill = paint.fill;
    const int reach = static_cast<int>(std::lround(2 * style.outlineWidth));
    const int haloReach = style.hasHalo ? 2 : 0;
    const Samples samples = sampled(paint.labels, rect, paint.view, std::max(reach, haloReach) + 1);
    const std::uint8_t one = samples.values.front();
    if (std::all_of(samples.values.begin(), samples.values.end(), [one](std::uint8_t value) {
            return value == one;
        })) {
        if (fill[one] != 0) {
            for (int y = rect.top(); y <= rect.bottom(); ++y) {
                for (int x = rect.left(); x <= rect.right(); ++x) {
                    write(x, y, fill[one]);
                }
            }
        }
        return;
    }
    const auto smaller = [](std::uint8_t a, std::uint8_t b) { return std::min(a, b); };
    const auto larger = [](std::uint8_t a, std::uint8_t b) { return std::max(a, b); };
    const auto low = extremeOf(samples, reach, smaller);
    const auto high = extremeOf(samples, reach, larger);
    const auto near = extremeOf(samples, haloReach, larger);
    const QRgb halo = qRgba(0, 0, 0, 110);
    const auto colorAt = [&](std::size_t index) {
        const std::uint8_t value = samples.values[index];
        if (value == 0) {
            return near[index] != 0 ? halo : QRgb{0};
        }
        return low[index] != high[index] ? style.colors[value] : fill[value];
    };
    for (int y = 0; y < rect.height(); ++y) {
        const auto upper = static_cast<std::size_t>(2 * y + samples.margin)
                               * static_cast<std::size_t>(samples.width)
                           + static_cast<std::size_t>(samples.margin);
        const std::size_t lower = upper + static_cast<std::size_t>(samples.width);
        for (int x = 0; x < rect.width(); ++x) {
            const auto offset = static_cast<std::size_t>(2 * x);
            write(
                rect.left() + x,
                rect.top() + y,
                meanOf(
                    colorAt(upper + offset),
                    colorAt(upper + offset + 1),
                    colorAt(lower + offset),
                    colorAt(lower + offset + 1)));
        }
    }
}

/// Block by block, since most blocks are of one class and need no outline.
template<typename Write>
void paintMaskPixels(
    const QRect& rect,
    const LabelMap& labels,
    const DeviceView& view,
    const MaskStyle& style,
    const Write& write)
{
    constexpr int kBlock = 64;
    MaskPaint paint{labels, view, style, {}};
    for (std::size_t i = 1; i < paint.fill.size(); ++i) {
        paint.fill[i] = premultiplied(style.colors[i], style.fillOpacity);
    }
    for (int y = rect.top(); y <= rect.bottom(); y += kBlock) {
        for (int x = rect.left(); x <= rect.right(); x += kBlock) {
            paintMaskBlock(QRect(x, y, kBlock, kBlock) & rect, paint, write);
        }
    }
}

} // namespace

void paintImage(
    QImage& target,
    const QRect& rect,
    const ImagePyramid& image,
    const DeviceView& view,
    QRgb background)
{
    const int index = image.levelFor(view.scale);
    const Raster8& level = image.level(index);
    const double divisor = std::ldexp(1.0, index);
    const bool isSmooth = view.scale < kShowPixelsFrom;
    const double step = 1 / view.scale;
    const auto columns = tapsOf(
        {view.imageX(rect.x() + 0.5),
         step,
         static_cast<double>(image.size().width),
         divisor,
         level.width()},
        rect.width(),
        isSmooth);
    const auto rows = tapsOf(
        {view.imageY(rect.y() + 0.5),
         step,
         static_cast<double>(image.size().height),
         divisor,
         level.height()},
        rect.height(),
        isSmooth);
    for (int y = 0; y < rect.height(); ++y) {
        QRgb* pixels = pixelsOf(target, rect.x(), rect.y() + y);
        const Tap& row = rows[static_cast<std::size_t>(y)];
        if (row.first < 0) {
            std::fill_n(pixels, rect.width(), background);
            continue;
        }
        const std::uint8_t* upper = level.row(row.first);
        const std::uint8_t* lower = level.row(row.second);
        for (int x = 0; x < rect.width(); ++x) {
            const Tap& column = columns[static_cast<std::size_t>(x)];
            if (column.first < 0) {
                pixels[x] = background;
                continue;
            }
            const int left = column.first * 3;
            const int right = column.second * 3;
            const auto channel = [&](int c) {
                return mixed(
                    mixed(upper[left + c], upper[right + c], column.weight),
                    mixed(lower[left + c], lower[right + c], column.weight),
                    row.weight);
            };
            pixels[x] = qRgb(channel(0), channel(1), channel(2));
        }
    }
}

void paintGuide(
    QImage& target,
    const QRect& rect,
    const GuideMap& guide,
    Size imageSize,
    const DeviceView& view,
    double opacity)
{
    const RasterF& values = guide.smooth();
    if (values.isEmpty() || imageSize.isEmpty()) {
        return;
    }
    const auto& colors = guideColors();
    const double step = 1 / view.scale;
    const auto columns = tapsOf(
        {view.imageX(rect.x() + 0.5),
         step,
         static_cast<double>(imageSize.width),
         static_cast<double>(imageSize.width) / values.width(),
         values.width()},
        rect.width(),
        true);
    const auto rows = tapsOf(
        {view.imageY(rect.y() + 0.5),
         step,
         static_cast<double>(imageSize.height),
         static_cast<double>(imageSize.height) / values.height(),
         values.height()},
        rect.height(),
        true);
    const int weight = static_cast<int>(std::lround(256 * opacity));
    const float gain = 255.0F / (guide.high() - guide.low());
    for (int y = 0; y < rect.height(); ++y) {
        const Tap& row = rows[static_cast<std::size_t>(y)];
        if (row.first < 0) {
            continue;
        }
        QRgb* pixels = pixelsOf(target, rect.x(), rect.y() + y);
        const float* upper = values.row(row.first);
        const float* lower = values.row(row.second);
        const float fy = static_cast<float>(row.weight) / 256;
        for (int x = 0; x < rect.width(); ++x) {
            const Tap& column = columns[static_cast<std::size_t>(x)];
            if (column.first < 0) {
                continue;
            }
            const float fx = static_cast<float>(column.weight) / 256;
            const float value = std::lerp(
                std::lerp(upper[column.first], upper[column.second], fx),
                std::lerp(lower[column.first], lower[column.second], fx),
                fy);
            const int index =
                std::clamp(static_cast<int>((value - guide.low()) * gain + 0.5F), 0, 255);
            const QRgb color = colors[static_cast<std::size_t>(index)];
            const int grey = qGray(pixels[x]);
            pixels[x] = qRgb(
                mixed(grey, qRed(color), weight),
                mixed(grey, qGreen(color), weight),
                mixed(grey, qBlue(color), weight));
        }
    }
}

void paintGated(
    QImage& target,
    const QRect& rect,
    const GuideMap& guide,
    Size imageSize,
    const DeviceView& view)
{
    if (guide.values().isEmpty() || imageSize.isEmpty()) {
        return;
    }
    for (int y = rect.top(); y <= rect.bottom(); ++y) {
        const double v = view.imageY(y + 0.5) / imageSize.height;
        if (v < 0 || v >= 1) {
            continue;
        }
        QRgb* pixels = pixelsOf(target, rect.x(), y);
        for (int x = 0; x < rect.width(); ++x) {
            const double u = view.imageX(rect.x() + x + 0.5) / imageSize.width;
            if (u < 0 || u >= 1) {
                continue;
            }
            const int weight = static_cast<int>(std::lround(256 * guide.valueAt(u, v)));
            pixels[x] = qRgb(
                (qRed(pixels[x]) * weight) >> 8,
                (qGreen(pixels[x]) * weight) >> 8,
                (qBlue(pixels[x]) * weight) >> 8);
        }
    }
}

void paintMask(
    QImage& target,
    const QRect& rect,
    const LabelMap& labels,
    const DeviceView& view,
    const MaskStyle& style)
{
    for (int y = rect.top(); y <= rect.bottom(); ++y) {
        std::fill_n(pixelsOf(target, rect.x(), y), rect.width(), QRgb{0});
    }
    QRgb* first = pixelsOf(target, 0, 0);
    const std::ptrdiff_t stride = target.bytesPerLine() / 4;
    paintMaskPixels(rect, labels, view, style, [first, stride](int x, int y, QRgb color) {
        first[y * stride + x] = color;
    });
}

void paintMaskOver(
    QImage& target,
    const QRect& rect,
    const LabelMap& labels,
    const DeviceView& view,
    const MaskStyle& style)
{
    QRgb* first = pixelsOf(target, 0, 0);
    const std::ptrdiff_t stride = target.bytesPerLine() / 4;
    paintMaskPixels(rect, labels, view, style, [first, stride](int x, int y, QRgb color) {
        if (color != 0) {
            QRgb* pixel = first + y * stride + x;
            *pixel = over(color, *pixel);
        }
    });
}

} // namespace guidino::ui
