// SPDX-License-Identifier: Apache-2.0
#include "core/editing/select.h"

#include "core/imaging/contours.h"
#include "core/imaging/resize.h"
#include "core/imaging/segment.h"

#include <queue>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <utility>

namespace guidino::editing {

namespace {

/// Interactive answers within some 100 ms on the slowest machine we run on.
constexpr int kGrabCutSide = 384;
constexpr int kPromptSide = 256;
/// Two colours nearer than this are one, for the smart brush (about four just noticeable steps of
/// 8-bit Lab).
constexpr double kClearContrast = 12;
/// What a step costs besides its colour difference, so that flat places are parted half-way.
constexpr float kStepCost = 1.0F;

Raster8 rgbCrop(const Raster8& image, const Rect& rect)
{
    Raster8 result = imaging::crop(image, rect);
    if (result.channels() == 3) {
        return result;
    }
    Raster8 rgb(result.width(), result.height(), 3);
    for (std::size_t i = 0; i < result.pixels().size(); ++i) {
        std::fill_n(rgb.data() + 3 * i, 3, result.pixels()[i]);
    }
    return rgb;
}

int luminanceOf(const std::uint8_t* rgb)
{
    return (299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000;
}

/// The value t that parts a histogram best into [0, t] and the rest, and how clearly: the share of
/// the variance between the two groups.
std::pair<int, double> otsu(const std::array<int, 256>& histogram)
{
    double count = 0;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 256; ++i) {
        const double n = histogram[static_cast<std::size_t>(i)];
        count += n;
        sum += n * i;
        squares += n * i * i;
    }
    std::pair<int, double> best{0, 0.0};
    if (count == 0) {
        return best;
    }
    const double variance = squares / count - (sum / count) * (sum / count);
    double lowCount = 0;
    double lowSum = 0;
    for (int i = 0; i < 255; ++i) {
        lowCount += histogram[static_cast<std::size_t>(i)];
        lowSum += static_cast<double>(i) * histogram[static_cast<std::size_t>(i)];
        if (lowCount == 0 || lowCount == count) {
            continue;
        }
        const double difference = lowSum / lowCount - (sum - lowSum) / (count - lowCount);
        const double between =
            lowCount * (count - lowCount) / (count * count) * difference * difference;
        if (variance > 0 && between / variance > best.second) {
            best = {i, between / variance};
        }
    }
    return best;
}

/// Costs of the cheapest ways from `sources` to each pixel of `features` [h, w, c].
std::vector<float> geodesicCosts(const Raster8& features, const std::vector<Point>& sources)
{
    const int width = features.width();
    const int height = features.height();
    const int channels = features.channels();
    std::vector<float> costs(
        static_cast<std::size_t>(features.size().area()), std::numeric_limits<float>::infinity());
    using Entry = std::pair<float, int>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    for (const Point source : sources) {
        const int index = source.y * width + source.x;
        costs[static_cast<std::size_t>(index)] = 0;
        queue.push({0.0F, index});
    }
    while (!queue.empty()) {
        const auto [cost, index] = queue.top();
        queue.pop();
        if (cost > costs[static_cast<std::size_t>(index)]) {
            continue;
        }
        const int x = index % width;
        const int y = index / width;
        const std::uint8_t* here = features.row(y) + static_cast<std::ptrdiff_t>(x) * channels;
        for (int dy = -1; dy <= 1; ++dy) {
            for (int dx = -1; dx <= 1; ++dx) {
                const int nx = x + dx;
                const int ny = y + dy;
                if ((dx == 0 && dy == 0) || nx < 0 || ny < 0 || nx >= width || ny >= height) {
                    continue;
                }
                const std::uint8_t* there =
                    features.row(ny) + static_cast<std::ptrdiff_t>(nx) * channels;
                float sum = 0;
                for (int c = 0; c < channels; ++c) {
                    const float difference =
                        static_cast<float>(here[c]) - static_cast<float>(there[c]);
                    sum += difference * difference;
                }
                const float length = dx != 0 && dy != 0 ? 1.4142F : 1.0F;
                const float next = cost + std::sqrt(sum) + kStepCost * length;
                float& known = costs[static_cast<std::size_t>(ny * width + nx)];
                if (next < known) {
                    known = next;
                    queue.push({next, ny * width + nx});
                }
            }
        }
    }
    return costs;
}

Size shrunk(Size size, int side)
{
    return imaging::fittedSize(size, {side, side});
}

} // namespace

double colourDistance(const std::uint8_t* a, const std::uint8_t* b)
{
    double sum = 0;
    for (int c = 0; c < 3; ++c) {
        const double difference = static_cast<double>(a[c]) - b[c];
        sum += difference * difference;
    }
    return std::sqrt(sum);
}

ColourWindow colourWindow(const Raster8& level, Size imageSize, int step, const Rect& rect)
{
    ColourWindow window;
    window.step = step;
    const Rect part = rect.intersected({0, 0, imageSize.width, imageSize.height});
    if (part.isEmpty()) {
        return window;
    }
    const Rect small =
        Rect{
            part.x / step,
            part.y / step,
            (part.right() + step - 1) / step - part.x / step,
            (part.bottom() + step - 1) / step - part.y / step}
            .intersected({0, 0, level.width(), level.height()});
    window.extent =
        Rect{small.x * step, small.y * step, small.width * step, small.height * step}.intersected(
            {0, 0, imageSize.width, imageSize.height});
    window.rgb = rgbCrop(level, small);
    window.lab = imaging::labColours(window.rgb, 1.0);
    return window;
}

ColourWindow colourWindow(const Raster8& image, const Rect& rect)
{
    return colourWindow(image, image.size(), 1, rect);
}

Region inImage(const ColourWindow& window, const Raster8& mask, Point corner)
{
    const int step = window.step;
    const Rect place =
        Rect{
            window.extent.x + corner.x * step,
            window.extent.y + corner.y * step,
            mask.width() * step,
            mask.height() * step}
            .intersected(window.extent);
    if (step == 1 || mask.isEmpty()) {
        return {{place.x, place.y}, mask};
    }
    // Blocks with their corners rounded: bilinear between the middles of the window's pixels.
    RasterF soft(mask.width(), mask.height());
    std::transform(mask.pixels().begin(), mask.pixels().end(), soft.data(), [](std::uint8_t value) {
        return value != 0 ? 1.0F : 0.0F;
    });
    soft = imaging::resizeBilinear(soft, {mask.width() * step, mask.height() * step});
    Region region{{place.x, place.y}, Raster8(place.width, place.height)};
    for (int y = 0; y < place.height; ++y) {
        std::transform(soft.row(y), soft.row(y) + place.width, region.mask.row(y), [](float value) {
            return static_cast<std::uint8_t>(value >= 0.5F);
        });
    }
    return region;
}

LabColour meanColour(const ColourWindow& window, PointF centre, double radiusPx)
{
    const double x = (centre.x - window.extent.x) / window.step;
    const double y = (centre.y - window.extent.y) / window.step;
    const double radius = std::max(radiusPx / window.step, 0.7072);
    const int reach = static_cast<int>(std::ceil(radius));
    std::array<long, 3> sums{};
    long count = 0;
    const auto addTo = [&](int px, int py) {
        for (std::size_t c = 0; c < 3; ++c) {
            sums[c] += window.lab.at(px, py, static_cast<int>(c));
        }
        ++count;
    };
    const int cx = static_cast<int>(std::floor(x));
    const int cy = static_cast<int>(std::floor(y));
    for (int py = std::max(0, cy - reach); py <= std::min(window.lab.height() - 1, cy + reach);
         ++py) {
        for (int px = std::max(0, cx - reach); px <= std::min(window.lab.width() - 1, cx + reach);
             ++px) {
            if (std::hypot(px + 0.5 - x, py + 0.5 - y) <= radius) {
                addTo(px, py);
            }
        }
    }
    LabColour mean;
    for (std::size_t c = 0; c < 3 && count > 0; ++c) {
        mean.values[c] = static_cast<std::uint8_t>((sums[c] + count / 2) / count);
    }
    return mean;
}

Region magicWand(const ColourWindow& window, Point seed, double tolerance)
{
    if (!window.bounds().contains(seed)) {
        return {};
    }
    const LabColour wanted = meanColour(window, {seed.x + 0.5, seed.y + 0.5}, 1.5 * window.step);
    Raster8 alike(window.lab.width(), window.lab.height());
    for (int y = 0; y < alike.height(); ++y) {
        const std::uint8_t* lab = window.lab.row(y);
        for (int x = 0; x < alike.width(); ++x) {
            alike.at(x, y) = colourDistance(lab + 3 * x, wanted.values) <= tolerance ? 1 : 0;
        }
    }
    const Point inWindow = window.pixelAt(seed);
    alike.at(inWindow.x, inWindow.y) = 1;
    const Region found = trimmed({{0, 0}, connectedAt(alike, inWindow)});
    return inImage(window, imaging::fillHoles(found.mask, found.area() / 20), found.origin);
}

Region thresholdRange(const ColourWindow& window, int low, int high)
{
    Raster8 mask(window.rgb.width(), window.rgb.height());
    for (std::size_t i = 0; i < mask.pixels().size(); ++i) {
        const int value = luminanceOf(window.rgb.data() + 3 * i);
        mask.pixels()[i] = value >= low && value <= high ? 1 : 0;
    }
    return inImage(window, mask);
}

int otsuLevel(const ColourWindow& window)
{
    std::array<int, 256> histogram{};
    for (std::size_t i = 0; i < static_cast<std::size_t>(window.rgb.size().area()); ++i) {
        ++histogram[static_cast<std::size_t>(luminanceOf(window.rgb.data() + 3 * i))];
    }
    return otsu(histogram).first;
}

Region grabCutIn(const ColourWindow& window, const Raster8& present)
{
    const Size full{window.extent.width, window.extent.height};
    Region region{{window.extent.x, window.extent.y}, Raster8(full.width, full.height)};
    if (window.rgb.isEmpty()) {
        return region;
    }
    const Size size = shrunk(window.rgb.size(), kGrabCutSide);
    const Raster8 image = imaging::resizeSmooth(window.rgb, size);
    const Raster8 label = imaging::resizeNearest(present, size);
    const bool hasLabel =
        std::any_of(label.pixels().begin(), label.pixels().end(), [](auto v) { return v != 0; });
    Raster8 hints(size.width, size.height);
    const int rim = std::max(1, std::min(size.width, size.height) / 32);
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            const double u = (2.0 * x + 1) / size.width - 1;
            const double v = (2.0 * y + 1) / size.height - 1;
            const bool isInside = hasLabel ? label.at(x, y) != 0 : u * u + v * v <= 0.8;
            const bool isRim =
                x < rim || y < rim || x >= size.width - rim || y >= size.height - rim;
            imaging::Hint hint =
                isInside ? imaging::Hint::MaybeInside : imaging::Hint::MaybeOutside;
            if (isRim && !isInside) {
                hint = imaging::Hint::Outside;
            }
            hints.at(x, y) = static_cast<std::uint8_t>(hint);
        }
    }
    const Raster8 cut = imaging::grabCut(image, hints);
    RasterF soft(size.width, size.height);
    std::transform(cut.pixels().begin(), cut.pixels().end(), soft.data(), [](std::uint8_t value) {
        return static_cast<float>(value);
    });
    soft = imaging::resizeBilinear(soft, full);
    std::transform(soft.pixels().begin(), soft.pixels().end(), region.mask.data(), [](float value) {
        return static_cast<std::uint8_t>(value > 0.5F);
    });
    return region;
}

Region
promptRegion(const ColourWindow& window, const std::vector<Prompt>& prompts, const Raster8& extra)
{
    const Size full{window.extent.width, window.extent.height};
    const Size size = shrunk(window.lab.size(), kPromptSide);
    std::vector<Point> inside;
    std::vector<Point> outside;
    for (const Prompt& prompt : prompts) {
        if (!window.bounds().contains(prompt.point)) {
            continue;
        }
        const Point scaled{
            (prompt.point.x - window.extent.x) * size.width / full.width,
            (prompt.point.y - window.extent.y) * size.height / full.height};
        (prompt.isPositive ? inside : outside).push_back(scaled);
    }
    if (inside.empty()) {
        return {};
    }
    for (int x = 0; x < size.width; ++x) {
        outside.push_back({x, 0});
        outside.push_back({x, size.height - 1});
    }
    for (int y = 0; y < size.height; ++y) {
        outside.push_back({0, y});
        outside.push_back({size.width - 1, y});
    }
    Raster8 features = imaging::resizeSmooth(window.lab, size);
    if (!extra.isEmpty()) {
        const Raster8 more = imaging::resizeSmooth(extra, size);
        const int channels = 3 + more.channels();
        Raster8 all(size.width, size.height, channels);
        for (std::size_t i = 0; i < static_cast<std::size_t>(size.area()); ++i) {
            std::uint8_t* target = all.data() + i * static_cast<std::size_t>(channels);
            std::copy_n(features.data() + 3 * i, 3, target);
            std::copy_n(
                more.data() + i * static_cast<std::size_t>(more.channels()),
                more.channels(),
                target + 3);
        }
        features = std::move(all);
    }
    const std::vector<float> toInside = geodesicCosts(features, inside);
    const std::vector<float> toOutside = geodesicCosts(features, outside);
    RasterF lead(size.width, size.height);
    for (std::size_t i = 0; i < toInside.size(); ++i) {
        const float sum = toInside[i] + toOutside[i];
        lead.pixels()[i] = sum > 0 ? (toOutside[i] - toInside[i]) / sum : 0.0F;
    }
    lead = imaging::resizeBilinear(lead, full);
    Region region{{window.extent.x, window.extent.y}, Raster8(full.width, full.height)};
    std::transform(lead.pixels().begin(), lead.pixels().end(), region.mask.data(), [](float value) {
        return static_cast<std::uint8_t>(value > 0);
    });
    for (const Prompt& prompt : prompts) { // what was clicked is certain, however it was scaled
        if (window.bounds().contains(prompt.point)) {
            region.mask.at(prompt.point.x - window.extent.x, prompt.point.y - window.extent.y) =
                prompt.isPositive ? 1 : 0;
        }
    }
    return trimmed(region);
}

Region
smartDab(const ColourWindow& window, PointF centre, double radiusPx, const std::uint8_t* reference)
{
    const Point middle{
        static_cast<int>(std::floor(centre.x)), static_cast<int>(std::floor(centre.y))};
    if (!window.bounds().contains(middle)) {
        return {};
    }
    // In the window's own pixels from here on.
    const double radius = std::max(radiusPx / window.step, 1.0);
    const int reach = static_cast<int>(std::ceil(radius));
    const double cx = (centre.x - window.extent.x) / window.step;
    const double cy = (centre.y - window.extent.y) / window.step;
    const Point own = window.pixelAt(middle);
    const Rect rect = Rect{own.x - reach, own.y - reach, 2 * reach + 1, 2 * reach + 1}.intersected(
        {0, 0, window.lab.width(), window.lab.height()});
    Raster8 mask(rect.width, rect.height);
    Raster8 distances(rect.width, rect.height);
    std::array<int, 256> histogram{};
    for (int y = 0; y < rect.height; ++y) {
        for (int x = 0; x < rect.width; ++x) {
            if (std::hypot(rect.x + x + 0.5 - cx, rect.y + y + 0.5 - cy) > radius) {
                continue;
            }
            mask.at(x, y) = 1;
            const std::uint8_t* lab = window.lab.row(rect.y + y) + 3 * (rect.x + x);
            const double distance = std::min(colourDistance(lab, reference), 255.0);
            distances.at(x, y) = static_cast<std::uint8_t>(distance);
            ++histogram[static_cast<std::size_t>(distance)];
        }
    }
    const auto [level, clarity] = otsu(histogram);
    double low = 0;
    double lowCount = 0;
    double high = 0;
    double highCount = 0;
    for (int i = 0; i < 256; ++i) {
        const double count = histogram[static_cast<std::size_t>(i)];
        (i <= level ? low : high) += count * i;
        (i <= level ? lowCount : highCount) += count;
    }
    const bool hasTwo = lowCount > 0 && highCount > 0 && clarity > 0.5
                        && high / highCount - low / lowCount >= kClearContrast;
    if (hasTwo) {
        for (std::size_t i = 0; i < mask.pixels().size(); ++i) {
            if (distances.pixels()[i] > level) {
                mask.pixels()[i] = 0;
            }
        }
    } else {
        for (int y = 0; y < rect.height; ++y) {
            for (int x = 0; x < rect.width; ++x) {
                const double away = std::hypot(rect.x + x + 0.5 - cx, rect.y + y + 0.5 - cy);
                if (away > std::max(radius / 2, 1.0)) {
                    mask.at(x, y) = 0;
                }
            }
        }
    }
    // Empty where the centre is another thing.
    return inImage(window, connectedAt(mask, {own.x - rect.x, own.y - rect.y}), {rect.x, rect.y});
}

} // namespace guidino::editing
