// SPDX-License-Identifier: Apache-2.0
#include "core/nn/data/intensity.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>

namespace guidino::nn {

namespace {

/// Draws which samples get an operation, and applies it to just those: gather, change, scatter.
class Draws
{
public:
    Draws(torch::Tensor& images, SplitMix& random)
        : m_images(images)
        , m_random(random)
    {}

    using Change = std::function<torch::Tensor(const torch::Tensor& chosen)>;

    void with(double probability, const Change& change)
    {
        if (probability <= 0) {
            return;
        }
        std::vector<std::int64_t> chosen;
        for (std::int64_t i = 0; i < m_images.size(0); ++i) {
            if (m_random.chance(probability)) {
                chosen.push_back(i);
            }
        }
        if (chosen.empty()) {
            return;
        }
        if (chosen.size() == 1) {
            torch::Tensor one = m_images.narrow(0, chosen[0], 1);
            one.copy_(change(one));
            return;
        }
        const torch::Tensor indices = torch::tensor(chosen).to(m_images.device());
        m_images.index_copy_(0, indices, change(m_images.index_select(0, indices)));
    }

private:
    torch::Tensor& m_images;
    SplitMix& m_random;
};

/// [n, 3, 1, 1], or [n, 1, 1, 1] with perChannel = false, of drawn numbers.
torch::Tensor drawn(const torch::Tensor& x, bool perChannel, const std::function<double()>& draw)
{
    std::vector<double> values;
    const std::int64_t columns = perChannel ? x.size(1) : 1;
    for (std::int64_t i = 0; i < x.size(0) * columns; ++i) {
        values.push_back(draw());
    }
    return torch::tensor(values, torch::kFloat64)
        .to(x.scalar_type())
        .view({x.size(0), columns, 1, 1})
        .to(x.device());
}

/// nnU-Net's law: below 1 half of the time, above 1 else, uniform in each half.
double aroundOne(const std::array<double, 2>& range, SplitMix& random)
{
    const bool isBelow = random.chance(0.5) && range[0] < 1;
    return isBelow ? random.uniform(range[0], 1.0)
                   : random.uniform(std::max(range[0], 1.0), range[1]);
}

/// RGB in [0, 1] with its hue moved by a share of the circle, by way of HSV (Smith 1978): value and
/// chroma stay.
torch::Tensor hueTurned(const torch::Tensor& x, const torch::Tensor& turn)
{
    const torch::Tensor value = x.amax(1, true);
    const torch::Tensor chroma = value - x.amin(1, true);
    const torch::Tensor safe = chroma.clamp_min(1e-8);
    const torch::Tensor r = x.slice(1, 0, 1);
    const torch::Tensor g = x.slice(1, 1, 2);
    const torch::Tensor b = x.slice(1, 2, 3);
    const torch::Tensor sixths = torch::where(
        value == r,
        (g - b) / safe,
        torch::where(value == g, (b - r) / safe + 2, (r - g) / safe + 4));
    const torch::Tensor turned = sixths + turn * 6;
    // f(n) = v - c max(0, min(k, 4 - k, 1)), k = (n + h/60) mod 6, for red 5, green 3, blue 1.
    std::vector<torch::Tensor> channels;
    for (const int n : {5, 3, 1}) {
        const torch::Tensor k = torch::remainder(turned + n, 6);
        channels.push_back(value - chroma * torch::minimum(k, 4 - k).clamp(0, 1));
    }
    return torch::cat(channels, 1);
}

torch::Tensor brightnessContrast(
    const AugmentationConfig& config, bool unit, const torch::Tensor& x, SplitMix& random)
{
    const torch::Tensor contrast =
        drawn(x, false, [&] { return 1 + random.uniform(-config.contrast, config.contrast); });
    const torch::Tensor brightness =
        drawn(x, false, [&] { return random.uniform(-config.brightness, config.brightness); });
    torch::Tensor y = torch::addcmul(brightness, x, contrast);
    if (!unit) {
        return y; // colours of normalised images are none
    }
    y.clamp_(0, 1);
    if (config.saturation > 0) {
        const torch::Tensor factor = drawn(
            x, false, [&] { return 1 + random.uniform(-config.saturation, config.saturation); });
        const torch::Tensor weights = torch::tensor({0.299, 0.587, 0.114}, torch::kFloat64)
                                          .to(x.options())
                                          .view({1, 3, 1, 1});
        const torch::Tensor grey = (y * weights).sum(1, true); // ITU-R BT.601
        y = torch::addcmul(grey * (1 - factor), y, factor).clamp_(0, 1);
    }
    if (config.hue > 0) {
        y = hueTurned(y, drawn(x, false, [&] { return random.uniform(-config.hue, config.hue); }));
    }
    return y;
}

torch::Tensor
sharpened(const AugmentationConfig& config, bool unit, const torch::Tensor& x, SplitMix& random)
{
    const torch::Tensor amount = drawn(x, false, [&] {
        return random.uniform(config.sharpen_amount[0], config.sharpen_amount[1]);
    });
    // 8x minus its neighbours is nine times what a mean of nine takes away.
    const torch::Tensor padded = at::replication_pad2d(x.contiguous(), {1, 1, 1, 1});
    const torch::Tensor mean = at::avg_pool2d(padded, {3, 3}, {1, 1});
    torch::Tensor y = torch::addcmul(x, amount, (x - mean) * 9);
    return unit ? y.clamp_(0, 1) : y;
}

torch::Tensor noise(
    const AugmentationConfig& config,
    bool unit,
    const torch::Tensor& x,
    SplitMix& random,
    torch::Generator& generator)
{
    // One deviation for all channels in nnU-Net's list, one for each in albumentations'.
    const bool perChannel = config.preset != "nnunet";
    const torch::Tensor deviation = drawn(
        x, perChannel, [&] { return random.uniform(config.noise_std[0], config.noise_std[1]); });
    torch::Tensor y = torch::randn(x.sizes(), generator, x.options()).mul_(deviation).add_(x);
    return unit ? y.clamp_(0, 1) : y;
}

torch::Tensor blur(const AugmentationConfig& config, const torch::Tensor& x, SplitMix& random)
{
    if (random.chance(config.median)) {
        return medianOfNine(x);
    }
    std::vector<double> sigmas;
    double largest = 0;
    for (std::int64_t i = 0; i < x.size(0); ++i) {
        const double shared = random.uniform(config.blur_sigma[0], config.blur_sigma[1]);
        for (std::int64_t c = 0; c < x.size(1); ++c) {
            const bool perChannel = config.blur_channel < 1;
            const double own = random.uniform(config.blur_sigma[0], config.blur_sigma[1]);
            const bool isChosen = random.chance(config.blur_channel);
            sigmas.push_back(isChosen ? (perChannel ? own : shared) : 0);
            largest = std::max(largest, sigmas.back());
        }
    }
    if (largest <= 0) {
        return x;
    }
    const int wanted = static_cast<int>(std::lround((6 * largest + 0.5 - 1) / 2)) * 2 + 1;
    const int limit = config.blur_kernel > 0 ? config.blur_kernel | 1 : wanted;
    return gaussianBlur(x, sigmas, std::clamp(wanted, 3, std::max(3, limit)));
}

torch::Tensor
contrastKeepingRange(const AugmentationConfig& config, const torch::Tensor& x, SplitMix& random)
{
    const torch::Tensor factor =
        drawn(x, true, [&] { return aroundOne(config.contrast_range, random); });
    const torch::Tensor mean = x.mean({2, 3}, true);
    const torch::Tensor low = x.amin({2, 3}, true);
    const torch::Tensor high = x.amax({2, 3}, true);
    const torch::Tensor y = torch::addcmul(mean * (1 - factor), x, factor);
    return torch::minimum(torch::maximum(y, low), high);
}

torch::Tensor
lowResolution(const AugmentationConfig& config, const torch::Tensor& x, SplitMix& random)
{
    torch::Tensor y = x.clone();
    for (std::int64_t i = 0; i < x.size(0); ++i) {
        for (std::int64_t c = 0; c < x.size(1); ++c) {
            const double scale =
                random.uniform(config.low_resolution_scale[0], config.low_resolution_scale[1]);
            if (!random.chance(config.low_resolution_channel)) {
                continue;
            }
            const auto side = [scale](std::int64_t n) {
                return std::max<std::int64_t>(1, std::lround(double(n) * scale));
            };
            torch::Tensor plane = y.narrow(0, i, 1).narrow(1, c, 1);
            const torch::Tensor small = at::_upsample_nearest_exact2d(
                plane.contiguous(), {side(x.size(2)), side(x.size(3))});
            plane.copy_(at::upsample_bilinear2d(small, {x.size(2), x.size(3)}, false));
        }
    }
    return y;
}

torch::Tensor
gamma(const AugmentationConfig& config, const torch::Tensor& x, bool isInverted, SplitMix& random)
{
    const torch::Tensor exponent =
        drawn(x, true, [&] { return aroundOne(config.gamma_range, random); });
    torch::Tensor y = isInverted ? -x : x.clone();
    const torch::Tensor mean = y.mean({2, 3}, true);
    const torch::Tensor deviation = y.std(c10::IntArrayRef{2, 3}, true, true);
    const torch::Tensor low = y.amin({2, 3}, true);
    const torch::Tensor range = (y.amax({2, 3}, true) - low).clamp_min_(1e-7);
    y.sub_(low).div_(range).clamp_min_(0);
    y = torch::pow(y, exponent).mul_(range).add_(low);
    // Mean and (unbiased) deviation stay what they were.
    const torch::Tensor newMean = y.mean({2, 3}, true);
    const torch::Tensor newDeviation = y.std(c10::IntArrayRef{2, 3}, true, true).clamp_min_(1e-7);
    y.sub_(newMean).mul_(deviation / newDeviation).add_(mean);
    return isInverted ? y.neg_() : y;
}

} // namespace

void applyIntensity(
    const AugmentationConfig& config,
    bool unit,
    torch::Tensor& images,
    SplitMix& random,
    torch::Generator& generator)
{
    Draws draws(images, random);
    const auto clamped = [unit](torch::Tensor y) { return unit ? y.clamp_(0, 1) : y; };
    draws.with(config.brightness_contrast, [&](const torch::Tensor& x) {
        return brightnessContrast(config, unit, x, random);
    });
    draws.with(
        config.sharpen, [&](const torch::Tensor& x) { return sharpened(config, unit, x, random); });
    draws.with(config.noise, [&](const torch::Tensor& x) {
        return noise(config, unit, x, random, generator);
    });
    draws.with(config.blur, [&](const torch::Tensor& x) { return blur(config, x, random); });
    draws.with(config.multiply_brightness, [&](const torch::Tensor& x) {
        return clamped(
            x * drawn(x, true, [&] { return aroundOne(config.multiply_range, random); }));
    });
    draws.with(config.contrast_nnunet, [&](const torch::Tensor& x) {
        return contrastKeepingRange(config, x, random);
    });
    draws.with(config.low_resolution, [&](const torch::Tensor& x) {
        return lowResolution(config, x, random);
    });
    draws.with(config.gamma_inverted, [&](const torch::Tensor& x) {
        return clamped(gamma(config, x, true, random));
    });
    draws.with(config.gamma, [&](const torch::Tensor& x) {
        return clamped(gamma(config, x, false, random));
    });
}

torch::Tensor gaussianBlur(const torch::Tensor& images, const std::vector<double>& sigmas, int side)
{
    const std::int64_t planes = images.size(0) * images.size(1);
    TORCH_CHECK(
        planes == static_cast<std::int64_t>(sigmas.size()) && side % 2 == 1,
        "one sigma a plane and an odd kernel are expected");
    std::vector<float> taps;
    const int radius = side / 2;
    for (const double sigma : sigmas) {
        std::vector<double> kernel;
        double sum = 0;
        for (int i = -radius; i <= radius; ++i) {
            const double value =
                sigma > 0 ? std::exp(-0.5 * i * i / (sigma * sigma)) : (i == 0 ? 1.0 : 0.0);
            kernel.push_back(value);
            sum += value;
        }
        for (const double value : kernel) {
            taps.push_back(static_cast<float>(value / sum));
        }
    }
    const torch::Tensor weight =
        torch::tensor(taps).to(images.options()).view({planes, 1, 1, side});
    torch::Tensor x = images.contiguous().view({1, planes, images.size(2), images.size(3)});
    x = at::reflection_pad2d(x, {radius, radius, radius, radius});
    const std::array<std::int64_t, 2> noPadding{}; // a plain 0 would also be a string
    x = at::conv2d(x, weight, {}, 1, noPadding, 1, planes);
    x = at::conv2d(x, weight.transpose(2, 3), {}, 1, noPadding, 1, planes);
    return x.view(images.sizes());
}

torch::Tensor medianOfNine(const torch::Tensor& images)
{
    const torch::Tensor padded = at::replication_pad2d(images.contiguous(), {1, 1, 1, 1});
    std::vector<torch::Tensor> p;
    for (std::int64_t dy = 0; dy < 3; ++dy) {
        for (std::int64_t dx = 0; dx < 3; ++dx) {
            p.push_back(padded.narrow(2, dy, images.size(2)).narrow(3, dx, images.size(3)));
        }
    }
    // The 19 exchanges that leave the median of nine in the middle (Smith 1996; Devillard 1998).
    static constexpr std::array<std::pair<std::size_t, std::size_t>, 19> kExchanges{
        {{1, 2},
         {4, 5},
         {7, 8},
         {0, 1},
         {3, 4},
         {6, 7},
         {1, 2},
         {4, 5},
         {7, 8},
         {0, 3},
         {5, 8},
         {4, 7},
         {3, 6},
         {1, 4},
         {2, 5},
         {4, 7},
         {4, 2},
         {6, 4},
         {4, 2}}};
    for (const auto& [a, b] : kExchanges) {
        const torch::Tensor low = torch::minimum(p[a], p[b]);
        p[b] = torch::maximum(p[a], p[b]);
        p[a] = low;
    }
    return p[4];
}

} // namespace guidino::nn
