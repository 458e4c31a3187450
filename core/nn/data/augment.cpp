// SPDX-License-Identifier: Apache-2.0
#include "core/nn/data/augment.h"

#include "core/base/geometry.h"
#include "core/nn/data/intensity.h"
#include "core/nn/data/presets.h"
#include "core/nn/data/random.h"
#include "core/nn/extension/extensions.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

namespace guidino::nn {

namespace {

/// Row-major 2 x 3 map of pixel offsets from the image's centre: output -> input.
using Affine = std::array<double, 6>;

Affine composed(const Affine& outer, const Affine& inner)
{
    return {
        outer[0] * inner[0] + outer[1] * inner[3],
        outer[0] * inner[1] + outer[1] * inner[4],
        outer[0] * inner[2] + outer[1] * inner[5] + outer[2],
        outer[3] * inner[0] + outer[4] * inner[3],
        outer[3] * inner[1] + outer[4] * inner[4],
        outer[3] * inner[2] + outer[4] * inner[5] + outer[5]};
}

Affine inverted(const Affine& map)
{
    const double determinant = map[0] * map[4] - map[1] * map[3];
    const double a = map[4] / determinant;
    const double b = -map[1] / determinant;
    const double c = -map[3] / determinant;
    const double d = map[0] / determinant;
    return {a, b, -(a * map[2] + b * map[5]), c, d, -(c * map[2] + d * map[5])};
}

constexpr Affine kIdentity{1, 0, 0, 0, 1, 0};

/// What one sample drew.
struct SpatialDraw
{
    bool flipX = false;
    bool flipY = false;
    int turns = 0; ///< quarter turns, counter-clockwise
    bool isWarped = false;
    Affine affine = kIdentity; ///< input -> output, without flips and turns
    bool isElastic = false;
    bool isGrid = false;
    std::array<std::array<double, 5>, 2> gridSteps{}; ///< relative widths of the cells, x and y
};

double radians(double degrees)
{
    return degrees * std::numbers::pi / 180;
}

/// The drawn affine map input -> output in pixels about the centre.
Affine drawAffine(
    const AugmentationConfig& config, bool isAffine, bool isRotated, Size size, SplitMix& random)
{
    Affine map = kIdentity;
    if (isAffine) {
        const double scaleX = random.uniform(config.scale[0], config.scale[1]);
        const double drawnY = random.uniform(config.scale[0], config.scale[1]);
        const double scaleY = config.scale_isotropic ? scaleX : drawnY;
        const double shearX =
            std::tan(radians(random.uniform(-config.shear_degrees, config.shear_degrees)));
        const double shearY =
            std::tan(radians(random.uniform(-config.shear_degrees, config.shear_degrees)));
        map = composed(Affine{1, shearX, 0, shearY, 1, 0}, Affine{scaleX, 0, 0, 0, scaleY, 0});
    }
    if (isRotated) {
        const double angle =
            radians(random.uniform(-config.rotation_degrees, config.rotation_degrees));
        const double c = std::cos(angle);
        const double s = std::sin(angle);
        map = composed(Affine{c, -s, 0, s, c, 0}, map);
    }
    if (isAffine) {
        map[2] = random.uniform(-config.translate, config.translate) * size.width;
        map[5] = random.uniform(-config.translate, config.translate) * size.height;
    }
    return map;
}

SpatialDraw drawSpatial(const AugmentationConfig& config, Size size, SplitMix& random)
{
    SpatialDraw draw;
    draw.flipX = random.chance(config.flip_horizontal);
    draw.flipY = random.chance(config.flip_vertical);
    if (random.chance(config.rotate90)) {
        draw.turns = static_cast<int>(random.below(4));
        if (size.width != size.height) {
            draw.turns &= 2; // a quarter turn would change the shape of the batch
        }
    }
    const bool isTurned = config.turn_flip > 0 && random.chance(config.turn_flip);
    if (isTurned) { // np.rot90 by 0 to 3, then np.flip of one axis
        const int turns = static_cast<int>(random.below(4));
        const bool isX = random.chance(0.5);
        draw.turns = size.width != size.height ? turns & 2 : turns;
        // A mirror after a quarter turn is the mirror of the other axis before it.
        const bool swaps = draw.turns % 2 == 1;
        draw.flipX = isX != swaps;
        draw.flipY = !draw.flipX;
    }
    if (random.chance(config.elastic)) {
        const bool isChosen = random.chance(0.5);
        draw.isElastic = config.grid_distortion <= 0 || (isChosen && config.elastic_alpha > 0);
        draw.isGrid = !draw.isElastic;
        for (auto& steps : draw.gridSteps) {
            for (double& step : steps) {
                step = 1 + random.uniform(-config.grid_distortion, config.grid_distortion);
            }
        }
    }
    const bool mayBeAffine = !(config.affine_exclusive && isTurned);
    const bool isAffine = random.chance(config.affine) && mayBeAffine;
    const bool isRotated = config.rotation_probability > 0
                               ? random.chance(config.rotation_probability) && mayBeAffine
                               : isAffine;
    draw.affine = drawAffine(config, isAffine, isRotated, size, random);
    draw.isWarped = draw.isElastic || draw.isGrid || isAffine || isRotated;
    return draw;
}

/// Flips, then turns, without interpolation. x [..., H, W]; the result is a view or a copy.
torch::Tensor movedExactly(const torch::Tensor& x, const SpatialDraw& draw)
{
    const auto rank = x.dim();
    std::vector<std::int64_t> axes;
    if (draw.flipX) {
        axes.push_back(rank - 1);
    }
    if (draw.flipY) {
        axes.push_back(rank - 2);
    }
    torch::Tensor moved = axes.empty() ? x : x.flip(axes);
    return draw.turns == 0 ? moved : moved.rot90(draw.turns, {rank - 2, rank - 1});
}

/// The map output -> input of flips, turns and the affine part, in pixels about the centre.
Affine inputFromOutput(const SpatialDraw& draw)
{
    // rot90 counter-clockwise with y downwards: input (x, y) goes to output (y, -x).
    static constexpr std::array<std::array<double, 4>, 4> kTurns{
        {{1, 0, 0, 1}, {0, 1, -1, 0}, {-1, 0, 0, -1}, {0, -1, 1, 0}}};
    const auto& turn = kTurns[static_cast<std::size_t>(draw.turns)];
    const Affine flip{draw.flipX ? -1.0 : 1.0, 0, 0, 0, draw.flipY ? -1.0 : 1.0, 0};
    const Affine turned{turn[0], turn[1], 0, turn[2], turn[3], 0};
    return inverted(composed(draw.affine, composed(turned, flip)));
}

/// A random field of gaussian-smoothed displacements [1, H, W, 2] in pixels (Simard et al. 2003, as
/// in albumentations: white noise over its maximum, smoothed, times alpha).
torch::Tensor elasticField(
    const AugmentationConfig& config,
    Size size,
    const torch::TensorOptions& options,
    torch::Generator& generator)
{
    const double unit = std::max(size.width, size.height) / 256.0; // amounts are pixels at 256
    torch::Tensor noise = torch::randn({1, 2, size.height, size.width}, generator, options);
    noise /= noise.abs().amax({2, 3}, true);
    const double sigma = config.elastic_sigma * unit;
    noise = gaussianBlur(noise, {sigma, sigma}, static_cast<int>(std::ceil(sigma * 6)) | 1);
    return (noise * (config.elastic_alpha * unit)).permute({0, 2, 3, 1});
}

/// Where a line of `count` pixels is sampled when its five cells have these relative widths:
/// offsets from the centre, in pixels. The ends stay in place.
torch::Tensor gridLine(const std::array<double, 5>& steps, int count)
{
    double total = 0;
    for (const double step : steps) {
        total += step;
    }
    std::vector<float> line(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        const double position = (i + 0.5) / count * 5;
        const auto cell = static_cast<std::size_t>(std::min(4.0, std::floor(position)));
        double sum = 0;
        for (std::size_t k = 0; k < cell; ++k) {
            sum += steps[k];
        }
        const double mapped =
            (sum + (position - static_cast<double>(cell)) * steps[cell]) / total * count;
        line[static_cast<std::size_t>(i)] = static_cast<float>(mapped - count / 2.0);
    }
    return torch::tensor(line);
}

/// Sampling grid [1, H, W, 2] for grid_sample (align_corners = false).
torch::Tensor samplingGrid(
    const AugmentationConfig& config,
    const SpatialDraw& draw,
    Size size,
    const torch::TensorOptions& options,
    torch::Generator& generator)
{
    // Offsets from the centre, in pixels.
    torch::Tensor x = torch::arange(size.width, options) - (size.width - 1) / 2.0;
    torch::Tensor y = torch::arange(size.height, options) - (size.height - 1) / 2.0;
    if (draw.isGrid) {
        x = gridLine(draw.gridSteps[0], size.width).to(options);
        y = gridLine(draw.gridSteps[1], size.height).to(options);
    }
    const Affine map = inputFromOutput(draw);
    const double toUnitX = 2.0 / size.width;
    const double toUnitY = 2.0 / size.height;
    if (!draw.isElastic) {
        const torch::Tensor row = y.unsqueeze(1);
        return torch::stack(
                   {(x * (map[0] * toUnitX)) + (row * (map[1] * toUnitX) + map[2] * toUnitX),
                    (x * (map[3] * toUnitY)) + (row * (map[4] * toUnitY) + map[5] * toUnitY)},
                   2)
            .unsqueeze(0);
    }
    const torch::Tensor field = elasticField(config, size, options, generator);
    const torch::Tensor moved =
        torch::stack(
            {x.expand({size.height, size.width}), y.unsqueeze(1).expand({size.height, size.width})},
            2)
            .unsqueeze(0)
        + field;
    const torch::Tensor linear =
        torch::tensor(
            {map[0] * toUnitX, map[3] * toUnitY, map[1] * toUnitX, map[4] * toUnitY},
            torch::kFloat64)
            .to(options)
            .view({2, 2});
    const torch::Tensor shift =
        torch::tensor({map[2] * toUnitX, map[5] * toUnitY}, torch::kFloat64).to(options);
    return moved.matmul(linear) + shift;
}

/// Gathers the samples that draw it, changes them, puts them back.
void applyOperation(
    const AugmentationOperation& operation,
    double probability,
    AugmentedBatch& batch,
    SplitMix& random)
{
    std::vector<std::int64_t> chosen;
    for (std::int64_t i = 0; i < batch.images.size(0); ++i) {
        if (random.chance(probability)) {
            chosen.push_back(i);
        }
    }
    const std::uint64_t seed = random.next();
    if (chosen.empty()) {
        return;
    }
    const torch::Tensor indices = torch::tensor(chosen).to(batch.images.device());
    const auto taken = [&](const torch::Tensor& all) {
        return all.defined() ? all.index_select(0, indices) : torch::Tensor();
    };
    const AugmentedBatch changed =
        operation({taken(batch.images), taken(batch.masks), taken(batch.corrections)}, seed);
    batch.images.index_copy_(0, indices, changed.images);
    batch.masks.index_copy_(0, indices, changed.masks);
    if (batch.corrections.defined()) {
        batch.corrections.index_copy_(0, indices, changed.corrections);
    }
}

} // namespace

Augmenter::Augmenter(AugmentationConfig config, bool unit)
    : m_config(std::move(config))
    , m_unit(unit)
{
    for (const auto& [name, probability] : m_config.operations) {
        TORCH_CHECK(
            extensions().augmentation(name),
            "data.augmentation.operations: no plug-in of this process has '",
            name,
            "'");
    }
}

AugmentedBatch Augmenter::apply(
    const torch::Tensor& images,
    const torch::Tensor& masks,
    std::uint64_t seed,
    const torch::Tensor& corrections,
    Size centre) const
{
    TORCH_CHECK(
        images.dim() == 4 && masks.dim() == 3 && images.size(0) == masks.size(0)
            && images.size(2) == masks.size(1) && images.size(3) == masks.size(2),
        "images [B, C, H, W] and masks [B, H, W] are expected, not ",
        images.sizes(),
        " and ",
        masks.sizes());
    TORCH_CHECK(
        !corrections.defined() || corrections.sizes() == masks.sizes(),
        "guide corrections are as large as the masks");
    const Size size{static_cast<int>(images.size(3)), static_cast<int>(images.size(2))};
    const bool isCut = !centre.isEmpty() && !(centre == size);
    TORCH_CHECK(
        !isCut
            || (!corrections.defined() && centre.width <= size.width
                && centre.height <= size.height),
        "the middle part is not larger than the images, and without corrections");
    const auto middle = [&](const torch::Tensor& x, std::int64_t rows) {
        return x.narrow(rows, (size.height - centre.height) / 2, centre.height)
            .narrow(rows + 1, (size.width - centre.width) / 2, centre.width);
    };
    if (isIdentity(m_config)) {
        return isCut ? AugmentedBatch{middle(images, 2), middle(masks, 1)}
                     : AugmentedBatch{images, masks, corrections};
    }
    const torch::NoGradGuard noGrad;
    SplitMix random(seed);
    auto generator = torch::make_generator<at::CPUGeneratorImpl>(random.next());
    torch::Generator deviceGenerator = images.is_cpu() ? generator : torch::Generator();
    if (!images.is_cpu()) {
        deviceGenerator = at::globalContext().defaultGenerator(images.device()).clone();
        deviceGenerator.set_current_seed(random.next());
    }
    AugmentedBatch batch{images, masks, corrections};
    if (isCut) {
        batch = {middle(images, 2).clone(), middle(masks, 1).clone()};
    }
    std::vector<SpatialDraw> draws;
    for (std::int64_t i = 0; i < images.size(0); ++i) {
        draws.push_back(drawSpatial(m_config, isCut ? centre : size, random));
    }
    for (std::int64_t i = 0; i < images.size(0); ++i) {
        const SpatialDraw& draw = draws[static_cast<std::size_t>(i)];
        torch::Tensor image = batch.images.select(0, i);
        torch::Tensor mask = batch.masks.select(0, i);
        if (draw.isWarped) {
            torch::Tensor grid =
                samplingGrid(m_config, draw, size, images.options(), deviceGenerator);
            if (isCut) {
                grid = middle(grid, 1).contiguous();
            }
            const torch::Tensor whole = images.select(0, i).unsqueeze(0).contiguous();
            image.copy_(at::grid_sampler_2d(whole, grid, 0, 0, false).squeeze(0));
            const auto sampled = [&](const torch::Tensor& map) {
                const torch::Tensor values = map.to(images.scalar_type());
                return at::grid_sampler_2d(values.unsqueeze(0).unsqueeze(0), grid, 1, 0, false)
                    .squeeze();
            };
            mask.copy_(sampled(masks.select(0, i)));
            if (corrections.defined()) { // 255 − code, so that the zeros outside are "unspecified"
                torch::Tensor codes = batch.corrections.select(0, i);
                codes.copy_(255 - sampled(255 - codes));
            }
        } else if (draw.flipX || draw.flipY || draw.turns != 0) {
            image.copy_(movedExactly(image, draw));
            mask.copy_(movedExactly(mask, draw));
            if (corrections.defined()) {
                torch::Tensor codes = batch.corrections.select(0, i);
                codes.copy_(movedExactly(codes, draw));
            }
        }
    }
    applyIntensity(m_config, m_unit, batch.images, random, deviceGenerator);
    for (const auto& [name, probability] : m_config.operations) {
        applyOperation(extensions().augmentation(name), probability, batch, random);
    }
    return batch;
}

bool augmentsUnitImages(const AugmentationConfig& config)
{
    return config.preset != "nnunet";
}

} // namespace guidino::nn
