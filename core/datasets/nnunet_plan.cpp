// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/nnunet_plan.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>

namespace guidino::datasets {

namespace {

constexpr std::int64_t kMaxPatch = 2048;
constexpr std::int64_t kShortestEdge = 4; ///< of the deepest feature map
constexpr double kReferenceBatch = 12;
constexpr std::int64_t kSmallestBatch = 2;
constexpr std::uint32_t kSplitSeed = 12345;

struct Topology
{
    AxisPair patch{};
    AxisPair divisor{};
    std::vector<AxisPair> strides;
};

std::int64_t roundedUp(std::int64_t value, std::int64_t of)
{
    return (value + of - 1) / of * of;
}

/// Pools while an axis is long enough; the patch grows to a multiple of what was pooled.
Topology topologyOf(const AxisPair& patch)
{
    Topology result{patch, {1, 1}, {{1, 1}}};
    AxisPair now = patch;
    for (;;) {
        std::vector<std::size_t> valid;
        for (const std::size_t axis : {0U, 1U}) {
            if (now[axis] >= 2 * kShortestEdge) {
                valid.push_back(axis);
            }
        }
        if (valid.empty() || (valid.size() == 1 && now[valid[0]] < 3 * kShortestEdge)) {
            break;
        }
        AxisPair stride{1, 1};
        for (const std::size_t axis : valid) {
            stride[axis] = 2;
            result.divisor[axis] *= 2;
            now[axis] = (now[axis] + 1) / 2;
        }
        result.strides.push_back(stride);
    }
    for (const std::size_t axis : {0U, 1U}) {
        result.patch[axis] = roundedUp(patch[axis], result.divisor[axis]);
    }
    return result;
}

std::int64_t featuresOf(std::size_t stage)
{
    return std::min<std::int64_t>(512, std::int64_t{32} << std::min<std::size_t>(stage, 4));
}

std::int64_t blocksOf(std::size_t stage)
{
    constexpr std::array<std::int64_t, 4> kBlocks = {1, 3, 4, 6};
    return kBlocks[std::min<std::size_t>(stage, 3)];
}

/// Elements of the outputs of all convolutions, the last head's among them.
double estimateOf(const Topology& topology, std::int64_t labels, bool isResidual)
{
    const std::size_t stages = topology.strides.size();
    std::vector<double> pixels;
    AxisPair size = topology.patch;
    for (const AxisPair& stride : topology.strides) {
        for (const std::size_t axis : {0U, 1U}) {
            size[axis] = (size[axis] + stride[axis] - 1) / stride[axis];
        }
        pixels.push_back(static_cast<double>(size[0]) * static_cast<double>(size[1]));
    }
    double sum = 0;
    if (isResidual) {
        sum += static_cast<double>(featuresOf(0)) * pixels[0]; // the stem
    }
    for (std::size_t i = 0; i < stages; ++i) {
        double maps = 2;
        if (isResidual) {
            const AxisPair& stride = topology.strides[i];
            const bool hasSkip = stride[0] > 1 || stride[1] > 1;
            maps = 2.0 * static_cast<double>(blocksOf(i)) + (hasSkip ? 1 : 0);
        }
        sum += maps * static_cast<double>(featuresOf(i)) * pixels[i];
    }
    for (std::size_t i = 0; i + 1 < stages; ++i) {
        const double maps = isResidual ? 2 : 3; // the transposed convolution and its block
        sum += maps * static_cast<double>(featuresOf(i)) * pixels[i];
    }
    return sum + static_cast<double>(labels) * pixels[0];
}

struct Budget
{
    double reference; ///< elements
    double gb;
    double covered; ///< largest share of the data set's pixels in one batch
    bool isResidual;
};

Budget budgetOf(NnunetPlanner planner)
{
    switch (planner) {
    case NnunetPlanner::ResEncM:
        return {135e6, 8, 1, true};
    case NnunetPlanner::ResEncL:
        return {380e6, 24, 1, true};
    case NnunetPlanner::ResEncXL:
        return {560e6, 40, 1, true};
    default:
        return {85e6, 8, 0.05, false};
    }
}

/// One of 0 .. max as NumPy draws it: masked bits, again while too large.
std::uint32_t drawUpTo(std::mt19937& random, std::uint32_t max)
{
    std::uint32_t mask = max;
    for (const int shift : {1, 2, 4, 8, 16}) {
        mask |= mask >> shift;
    }
    for (;;) {
        const std::uint32_t value = static_cast<std::uint32_t>(random()) & mask;
        if (value <= max) {
            return value;
        }
    }
}

/// 0 .. n − 1 as NumPy's RandomState(seed) shuffles them.
std::vector<std::size_t> shuffled(std::size_t n, std::uint32_t seed)
{
    std::mt19937 random(seed);
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = n; i-- > 1;) {
        std::swap(order[i], order[drawUpTo(random, static_cast<std::uint32_t>(i))]);
    }
    return order;
}

} // namespace

NnunetPlan planNnunet2d(const NnunetPlanInput& input)
{
    const Budget budget = budgetOf(input.planner);
    const double scale = input.memoryGb > 0 ? input.memoryGb / budget.gb : 1;
    const double reference = budget.reference * scale;
    const std::array<double, 2>& median = input.median;
    const auto side = [&median](std::size_t axis) {
        return std::min(kMaxPatch, static_cast<std::int64_t>(std::ceil(median[axis])));
    };
    Topology topology = topologyOf({side(0), side(1)});
    double estimate = estimateOf(topology, input.labels, budget.isResidual);
    const auto isTooLarge = [&] {
        return (budget.isResidual ? estimate : estimate / kReferenceBatch * 2) > reference;
    };
    while (isTooLarge()) {
        const auto ratio = [&](std::size_t axis) {
            return static_cast<double>(topology.patch[axis]) / median[axis];
        };
        const std::size_t axis = ratio(0) > ratio(1) ? 0 : 1;
        AxisPair smaller = topology.patch;
        smaller[axis] -= topology.divisor[axis];
        if (smaller[axis] < 1) {
            break;
        }
        const AxisPair step = topologyOf(smaller).divisor;
        AxisPair patch = topology.patch;
        patch[axis] -= step[axis];
        topology = topologyOf(patch);
        estimate = estimateOf(topology, input.labels, budget.isResidual);
    }
    NnunetPlan plan;
    plan.patch = topology.patch;
    plan.strides = topology.strides;
    plan.kernels.assign(topology.strides.size(), AxisPair{3, 3});
    plan.estimate = estimate;
    for (std::size_t i = 0; i < plan.strides.size(); ++i) {
        plan.features.push_back(featuresOf(i));
        plan.blocks.push_back(budget.isResidual ? blocksOf(i) : 2);
    }
    plan.decoderConvs.assign(plan.strides.size() - 1, budget.isResidual ? 1 : 2);
    const double pixels = median[0] * median[1] * static_cast<double>(input.images);
    const double patchPixels =
        static_cast<double>(plan.patch[0]) * static_cast<double>(plan.patch[1]);
    // Python's round: halves to even.
    const auto fitting =
        static_cast<std::int64_t>(std::nearbyint(reference / estimate * kReferenceBatch));
    const auto covering =
        static_cast<std::int64_t>(std::nearbyint(pixels * budget.covered / patchPixels));
    plan.batch = std::max(std::min(fitting, covering), kSmallestBatch);
    return plan;
}

std::vector<std::vector<std::size_t>> nnunetFolds(std::size_t n, std::size_t folds)
{
    const std::vector<std::size_t> order = shuffled(n, kSplitSeed);
    std::vector<std::vector<std::size_t>> lists;
    std::size_t begin = 0;
    for (std::size_t fold = 0; fold < folds; ++fold) {
        const std::size_t count = n / folds + (fold < n % folds ? 1 : 0);
        const auto from = order.begin() + static_cast<std::ptrdiff_t>(begin);
        std::vector<std::size_t> list(from, from + static_cast<std::ptrdiff_t>(count));
        std::sort(list.begin(), list.end());
        lists.push_back(std::move(list));
        begin += count;
    }
    return lists;
}

std::vector<std::size_t> nnunetRandomFold(std::size_t n, std::uint32_t fold)
{
    std::vector<std::size_t> order = shuffled(n, kSplitSeed + fold);
    order.resize(n * 4 / 5); // the whole part of 0.8 n
    return order;
}

std::vector<std::size_t> nnunetForcedForeground(std::size_t batch, double share)
{
    const auto first =
        static_cast<std::size_t>(std::nearbyint(static_cast<double>(batch) * (1 - share)));
    std::vector<std::size_t> positions;
    for (std::size_t i = first; i < batch; ++i) {
        positions.push_back(i);
    }
    return positions;
}

AxisPair nnunetInitialPatch(const AxisPair& patch)
{
    constexpr double kSmallestScale = 0.85;
    const auto height = static_cast<double>(patch[0]);
    const auto width = static_cast<double>(patch[1]);
    const bool isLong = std::max(height, width) / std::min(height, width) > 1.5;
    const double angle = (isLong ? 15.0 : 90.0) / 180.0 * std::numbers::pi;
    const double tall = std::abs(height * std::cos(angle) + width * std::sin(angle));
    const double wide = std::abs(width * std::cos(angle) - height * std::sin(angle));
    const auto cut = [](double side, double turned) {
        return static_cast<std::int64_t>(std::max(side, turned) / kSmallestScale);
    };
    return {cut(height, tall), cut(width, wide)};
}

} // namespace guidino::datasets
