// SPDX-License-Identifier: Apache-2.0
#include "core/engine/prototype_groups.h"

#include "core/engine/tensor_raster.h"
#include "core/nn/guide/tokenbook.h"

#include <torch/torch.h>

#include <algorithm>
#include <numeric>

namespace guidino::engine {

namespace F = torch::nn::functional;

namespace {

constexpr int kRounds = 100;

std::vector<std::shared_ptr<nn::TokenBook>> booksOf(nn::Segmenter& model)
{
    std::vector<std::shared_ptr<nn::TokenBook>> books;
    for (const auto& module : model.modules()) {
        if (auto book = std::dynamic_pointer_cast<nn::TokenBook>(module)) {
            books.push_back(std::move(book));
        }
    }
    return books;
}

torch::Tensor unit(const torch::Tensor& vectors)
{
    return F::normalize(vectors, F::NormalizeFuncOptions().p(2).dim(-1).eps(1e-12));
}

/// Group of each row of [N, D] unit vectors.
std::vector<int> kMeans(const torch::Tensor& vectors, int groups)
{
    const std::int64_t count = vectors.size(0);
    const int wanted = static_cast<int>(std::min<std::int64_t>(groups, count));
    // The vector nearest to the mean first, then each time the one farthest from all centres.
    std::vector<torch::Tensor> seeds = {
        vectors[vectors.matmul(unit(vectors.mean(0))).argmax().item<std::int64_t>()]};
    while (static_cast<int>(seeds.size()) < wanted) {
        const torch::Tensor best =
            std::get<0>(vectors.matmul(torch::stack(seeds).transpose(0, 1)).max(1));
        seeds.push_back(vectors[best.argmin().item<std::int64_t>()]);
    }
    torch::Tensor centres = torch::stack(seeds);
    torch::Tensor assigned;
    for (int round = 0; round < kRounds; ++round) {
        const torch::Tensor next = vectors.matmul(centres.transpose(0, 1)).argmax(1);
        if (assigned.defined() && torch::equal(next, assigned)) {
            break;
        }
        assigned = next;
        torch::Tensor sums = torch::zeros_like(centres).index_add_(0, assigned, vectors);
        const torch::Tensor isEmpty = sums.norm(2, 1, true) < 1e-9;
        centres = torch::where(isEmpty, centres, unit(sums));
    }
    const torch::Tensor flat = assigned.to(torch::kInt32).contiguous();
    return {flat.data_ptr<int>(), flat.data_ptr<int>() + flat.numel()};
}

void findNearest(PrototypeGroups& groups)
{
    const std::size_t count = groups.members.size();
    groups.nearest.assign(count, -1);
    groups.nearestSimilarity.assign(count, 0);
    if (count < 2) {
        return;
    }
    const torch::Tensor similarity =
        groups.centres.matmul(groups.centres.transpose(0, 1)).contiguous();
    const float* values = similarity.data_ptr<float>();
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
            const double value = std::clamp(double(values[i * count + j]), -1.0, 1.0);
            if (i != j && groups.book[i] == groups.book[j]
                && (groups.nearest[i] < 0 || value > groups.nearestSimilarity[i])) {
                groups.nearest[i] = static_cast<int>(j);
                groups.nearestSimilarity[i] = value;
            }
        }
    }
}

} // namespace

PrototypeGroups groupPrototypes(nn::Segmenter& model, int groups)
{
    const torch::NoGradGuard noGrad;
    PrototypeGroups result;
    std::vector<torch::Tensor> centres;
    int first = 0;
    int bookIndex = 0;
    const auto books = booksOf(model);
    for (const auto& book : books) {
        const torch::Tensor& source = book->book_ema.defined() ? book->book_ema : book->book;
        const torch::Tensor vectors = unit(source.detach().to(torch::kCPU, torch::kFloat32));
        const std::vector<int> assigned = kMeans(vectors, std::max(1, groups));
        for (int group = 0; group < groups; ++group) {
            std::vector<int> members;
            std::vector<std::int64_t> rows;
            for (std::size_t i = 0; i < assigned.size(); ++i) {
                if (assigned[i] == group) {
                    members.push_back(first + static_cast<int>(i));
                    rows.push_back(static_cast<std::int64_t>(i));
                }
            }
            if (!members.empty()) {
                centres.push_back(unit(vectors.index_select(0, torch::tensor(rows)).sum(0)));
                result.members.push_back(std::move(members));
                result.book.push_back(bookIndex);
            }
        }
        result.effectiveDirections +=
            book->effectiveDirections() / static_cast<double>(books.size());
        first += static_cast<int>(vectors.size(0));
        ++bookIndex;
    }
    if (!centres.empty()) {
        result.centres = torch::stack(centres);
    }
    findNearest(result);
    return result;
}

torch::Tensor projectedTokens(nn::Segmenter& model, int book, const torch::Tensor& tokens)
{
    const torch::NoGradGuard noGrad;
    const auto books = booksOf(model);
    const torch::Tensor projected =
        books.at(static_cast<std::size_t>(book))->input_conv(tokens.to(torch::kFloat32));
    return unit(projected.flatten(2)[0].transpose(0, 1)).cpu();
}

std::vector<std::vector<GroupMatch>> bestTokens(
    nn::Segmenter& model,
    const PrototypeGroups& groups,
    const Prediction& prediction,
    std::size_t most)
{
    std::vector<std::vector<GroupMatch>> matches(groups.members.size());
    if (prediction.tokens.isEmpty()) {
        return matches;
    }
    const std::vector<Rect>& areas = prediction.tokenAreas;
    const torch::Tensor tokens = tensorOf(prediction.tokens).permute({0, 3, 1, 2});
    int projectedBook = -1;
    torch::Tensor projected;
    for (std::size_t group = 0; group < groups.members.size(); ++group) {
        if (groups.book[group] != projectedBook) {
            projectedBook = groups.book[group];
            projected = projectedTokens(model, projectedBook, tokens);
        }
        const torch::Tensor similarity =
            projected.matmul(groups.centres[static_cast<std::int64_t>(group)]).contiguous();
        const float* values = similarity.data_ptr<float>();
        std::vector<std::size_t> order(areas.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::erase_if(order, [&](std::size_t i) { return areas[i].isEmpty(); });
        const std::size_t kept = std::min(most, order.size());
        std::partial_sort(
            order.begin(),
            order.begin() + static_cast<std::ptrdiff_t>(kept),
            order.end(),
            [values](std::size_t a, std::size_t b) { return values[a] > values[b]; });
        for (std::size_t i = 0; i < kept; ++i) {
            matches[group].push_back({areas[order[i]], double(values[order[i]])});
        }
    }
    return matches;
}

RasterF groupMap(const std::vector<RasterF>& prototypeMaps, const std::vector<int>& members)
{
    RasterF sum;
    for (const int member : members) {
        const RasterF& map = prototypeMaps.at(static_cast<std::size_t>(member));
        if (sum.isEmpty()) {
            sum = RasterF(map.width(), map.height());
        }
        std::transform(
            map.pixels().begin(),
            map.pixels().end(),
            sum.pixels().begin(),
            sum.pixels().begin(),
            std::plus<>());
    }
    return sum;
}

} // namespace guidino::engine
