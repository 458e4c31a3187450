// SPDX-License-Identifier: Apache-2.0
#include "core/nn/guide/gate.h"
#include "core/nn/guide/guide_generator.h"
#include "core/nn/guide/tokenbook.h"
#include "tests/support/nn_check.h"

#include <ATen/autocast_mode.h>
#include <torch/torch.h>

#include <cmath>

namespace {

using namespace guidino::nn;

TokenBookOptions optionsOf(
    PrototypeWeighting weighting,
    Similarity similarity = Similarity::Cosine,
    std::int64_t n = 7,
    std::int64_t d = 16)
{
    TokenBookOptions options;
    options.prototypes = n;
    options.dim = d;
    options.weighting = weighting;
    options.similarity = similarity;
    return options;
}

std::shared_ptr<TokenBook> evalBook(const TokenBookOptions& options)
{
    torch::manual_seed(3);
    auto book = std::make_shared<TokenBook>(options);
    if (book->alpha.defined()) {
        const torch::NoGradGuard noGrad;
        book->alpha.normal_();
    }
    book->eval();
    return book;
}

// "[2, 1, 64, 96]"
std::string shapeOf(const torch::Tensor& tensor)
{
    return guidino::test::show(tensor.sizes());
}

std::int64_t countOf(const torch::nn::Module& module)
{
    std::int64_t count = 0;
    for (const torch::Tensor& parameter : module.parameters()) {
        count += parameter.numel();
    }
    return count;
}

constexpr PrototypeWeighting kWeightings[] = {
    PrototypeWeighting::Mean, PrototypeWeighting::Softmax, PrototypeWeighting::LogSumExp};
constexpr Similarity kSimilarities[] = {Similarity::Cosine, Similarity::Dot};

} // namespace

GD_TEST(parameterCounts)
{
    for (const auto& [n, count] :
         {std::pair<std::int64_t, std::int64_t>{256, 246144}, {484, 333696}, {1024, 541056}}) {
        TokenBook book(optionsOf(PrototypeWeighting::Mean, Similarity::Cosine, n, 384));
        EXPECT_EQ(countOf(book), count);
    }
    TokenBook softmax(optionsOf(PrototypeWeighting::Softmax));
    EXPECT_EQ(countOf(softmax), 16 * 16 + 16 + 7 * 16 + 7);
}

GD_TEST(meanOfCosinesByHand)
{
    auto book = evalBook(optionsOf(PrototypeWeighting::Mean, Similarity::Cosine, 2, 2));
    const torch::NoGradGuard noGrad;
    book->input_conv->weight.copy_(torch::eye(2).reshape({2, 2, 1, 1}));
    book->input_conv->bias.zero_();
    book->book.copy_(torch::tensor({{3.0, 0.0}, {0.0, 5.0}}));
    const torch::Tensor tokens = torch::tensor({{{2.0, 0.0}, {1.0, 1.0}, {-4.0, 0.0}}});
    TokenBookRequest request;
    request.height = 1;
    request.width = 3;
    const torch::Tensor guide = book->forward(tokens, request).guide;
    EXPECT_EQ(shapeOf(guide), std::string("[1, 1, 1, 3]"));
    EXPECT_CLOSE(guide.flatten(), torch::tensor({0.75, 0.5 + 0.5 * std::sqrt(0.5), 0.25}), 1e-6);
}

GD_TEST(gridAndListAgree)
{
    for (const PrototypeWeighting weighting : kWeightings) {
        auto book = evalBook(optionsOf(weighting));
        const torch::Tensor map = torch::randn({2, 16, 3, 5});
        TokenBookRequest request;
        request.height = 3;
        request.width = 5;
        EXPECT_CLOSE(
            book->forward(map.flatten(2).transpose(1, 2), request).guide,
            book->forward(map).guide,
            1e-6);
    }
}

GD_TEST(wrongShapesThrow)
{
    auto book = evalBook(optionsOf(PrototypeWeighting::Mean));
    const auto throws = [&](const torch::Tensor& tokens, const TokenBookRequest& request) {
        try {
            book->forward(tokens, request);
        } catch (const c10::Error&) {
            return true;
        }
        return false;
    };
    TokenBookRequest grid;
    grid.height = 2;
    grid.width = 3;
    EXPECT(throws(torch::randn({1, 5, 16}), grid));
    EXPECT(throws(torch::randn({1, 6, 15}), grid));
    TokenBookRequest weights;
    weights.prototype_weights = torch::ones({6});
    EXPECT(throws(torch::randn({1, 16, 2, 2}), weights));
}

GD_TEST(guideStaysInRange)
{
    for (const Similarity similarity : kSimilarities) {
        for (const PrototypeWeighting weighting : kWeightings) {
            TokenBookOptions options = optionsOf(weighting, similarity);
            options.temperature = 0.01;
            auto book = evalBook(options);
            const torch::Tensor guide = book->forward(100 * torch::randn({4, 16, 9, 9})).guide;
            EXPECT(guide.min().item<float>() >= 0);
            EXPECT(guide.max().item<float>() <= 1);
            EXPECT(guide.std().item<float>() > 1e-4);
        }
    }
}

GD_TEST(foldedEqualsFull)
{
    for (const Similarity similarity : kSimilarities) {
        for (const PrototypeWeighting weighting : kWeightings) {
            auto book = evalBook(optionsOf(weighting, similarity));
            const torch::Tensor tokens = torch::randn({2, 16, 6, 4});
            const torch::Tensor full = book->forward(tokens).guide;
            EXPECT_EQ(book->canFold(), weighting != PrototypeWeighting::LogSumExp);
            book->fold();
            EXPECT_CLOSE(book->forward(tokens).guide, full, 1e-6);
            // Folding must not answer from a stale vector once training goes on.
            book->train();
            {
                const torch::NoGradGuard noGrad;
                book->book.neg_();
                book->input_conv->bias.zero_();
            }
            book->eval();
            const torch::Tensor changed = book->forward(tokens).guide;
            EXPECT((changed - full).abs().max().item<float>() > 1e-3);
        }
    }
}

GD_TEST(foldKeepsRequests)
{
    auto book = evalBook(optionsOf(PrototypeWeighting::Mean));
    const torch::Tensor tokens = torch::randn({1, 16, 4, 4});
    TokenBookRequest request;
    request.prototype_weights = torch::tensor({0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0});
    request.want_maps = true;
    const TokenBookOutput before = book->forward(tokens, request);
    book->fold();
    const TokenBookOutput after = book->forward(tokens, request);
    EXPECT_CLOSE(after.guide, before.guide, 1e-7);
    EXPECT_CLOSE(after.maps, before.maps, 1e-7);
}

GD_TEST(sharesAddUp)
{
    for (const Similarity similarity : kSimilarities) {
        for (const PrototypeWeighting weighting : kWeightings) {
            auto book = evalBook(optionsOf(weighting, similarity));
            TokenBookRequest request;
            request.want_maps = true;
            const TokenBookOutput output = book->forward(torch::randn({2, 16, 5, 3}), request);
            EXPECT_EQ(shapeOf(output.maps), std::string("[2, 7, 5, 3]"));
            const bool isExact =
                similarity == Similarity::Cosine && weighting != PrototypeWeighting::LogSumExp;
            EXPECT_EQ(output.shares_are_exact, isExact);
            EXPECT(output.maps.isfinite().all().item<bool>());
            EXPECT_CLOSE(output.maps.sum(1, true), output.guide - 0.5, 0, 1e-5);
        }
    }
}

GD_TEST(responsibilitiesAreAShareOutOfTokens)
{
    TokenBookOptions options = optionsOf(PrototypeWeighting::LogSumExp);
    options.temperature = 0.05;
    auto book = evalBook(options);
    TokenBookRequest request;
    request.want_maps = true;
    request.want_responsibilities = true;
    const TokenBookOutput output = book->forward(torch::randn({2, 16, 5, 3}), request);
    EXPECT_EQ(shapeOf(output.responsibilities), std::string("[2, 7, 5, 3]"));
    EXPECT_CLOSE(output.responsibilities.sum(1), torch::ones({2, 5, 3}), 1e-5);
    EXPECT_CLOSE(output.responsibilities * (output.guide - 0.5), output.maps, 0, 1e-6);
}

GD_TEST(mutingRemovesTheShare)
{
    for (const PrototypeWeighting weighting :
         {PrototypeWeighting::Mean, PrototypeWeighting::Softmax}) {
        auto book = evalBook(optionsOf(weighting));
        const torch::Tensor tokens = torch::randn({1, 16, 4, 4});
        TokenBookRequest all;
        all.want_maps = true;
        const TokenBookOutput full = book->forward(tokens, all);
        TokenBookRequest muted;
        muted.prototype_weights = torch::ones({7});
        muted.prototype_weights[2] = 0;
        muted.want_maps = true;
        const TokenBookOutput without = book->forward(tokens, muted);
        EXPECT_CLOSE(without.guide, full.guide - full.maps.slice(1, 2, 3), 0, 1e-6);
        EXPECT_EQ(without.maps.select(1, 2).abs().max().item<float>(), 0.F);
        muted.prototype_weights.zero_();
        EXPECT_CLOSE(book->forward(tokens, muted).guide, torch::full({1, 1, 4, 4}, 0.5), 0, 1e-7);
    }
}

GD_TEST(mutingWithLogSumExp)
{
    auto book = evalBook(optionsOf(PrototypeWeighting::LogSumExp));
    const torch::Tensor tokens = torch::randn({1, 16, 4, 4});
    TokenBookRequest request;
    request.want_maps = true;
    request.prototype_weights = torch::ones({7});
    EXPECT_CLOSE(book->forward(tokens, request).guide, book->forward(tokens).guide, 0, 1e-6);
    // One left: its own cosine.
    request.prototype_weights.zero_();
    request.prototype_weights[4] = 1;
    const TokenBookOutput one = book->forward(tokens, request);
    EXPECT_CLOSE(one.maps.select(1, 4).unsqueeze(1), one.guide - 0.5, 0, 1e-5);
    request.prototype_weights.zero_();
    const TokenBookOutput none = book->forward(tokens, request);
    EXPECT_CLOSE(none.guide, torch::full({1, 1, 4, 4}, 0.5), 0, 1e-7);
    EXPECT_EQ(none.maps.abs().max().item<float>(), 0.F);
}

GD_TEST(softmaxStartsUniform)
{
    torch::manual_seed(5);
    TokenBook softmax(optionsOf(PrototypeWeighting::Softmax));
    TokenBook mean(optionsOf(PrototypeWeighting::Mean));
    {
        const torch::NoGradGuard noGrad;
        mean.book.copy_(softmax.book);
        mean.input_conv->weight.copy_(softmax.input_conv->weight);
        mean.input_conv->bias.copy_(softmax.input_conv->bias);
    }
    const torch::Tensor tokens = torch::randn({1, 16, 4, 4});
    EXPECT_CLOSE(softmax.forward(tokens).guide, mean.forward(tokens).guide, 1e-6);
    softmax.forward(tokens).guide.select(3, 0).sum().backward();
    EXPECT(softmax.alpha.grad().abs().max().item<float>() > 0);
}

GD_TEST(logSumExpNearsTheMaximum)
{
    TokenBookOptions options = optionsOf(PrototypeWeighting::LogSumExp);
    options.temperature = 1e-3;
    auto book = evalBook(options);
    auto mean = evalBook(optionsOf(PrototypeWeighting::Mean));
    const torch::Tensor tokens = torch::randn({1, 16, 4, 4});
    TokenBookRequest request;
    request.want_maps = true;
    // The mean's shares are s_n / 2N: their maximum is what log-sum-exp tends to.
    const torch::Tensor largest = 7 * mean->forward(tokens, request).maps.amax(1, true) + 0.5;
    EXPECT_CLOSE(book->forward(tokens).guide, largest, 0, 2e-3);
}

GD_TEST(computesInFloat32UnderAutocast)
{
    auto book = evalBook(optionsOf(PrototypeWeighting::Mean));
    const torch::Tensor tokens = torch::randn({1, 16, 4, 4});
    const torch::Tensor expected = book->forward(tokens).guide;
    at::autocast::set_autocast_enabled(at::kCPU, true);
    at::autocast::set_autocast_dtype(at::kCPU, torch::kBFloat16);
    const torch::Tensor guide = book->forward(tokens).guide;
    at::autocast::set_autocast_enabled(at::kCPU, false);
    at::autocast::clear_cache();
    EXPECT(guide.scalar_type() == torch::kFloat32);
    EXPECT_CLOSE(guide, expected, 0, 1e-7);
    // Narrow tokens are widened, not the book narrowed.
    const torch::Tensor narrow = book->forward(tokens.to(torch::kBFloat16)).guide;
    EXPECT(narrow.scalar_type() == torch::kFloat32);
    EXPECT_CLOSE(narrow, expected, 0, 1e-2);
}

GD_TEST(averageFollowsTheBook)
{
    TokenBookOptions options = optionsOf(PrototypeWeighting::Mean);
    options.ema_decay = 0.75;
    torch::manual_seed(3);
    TokenBook book(options);
    const torch::Tensor first = book.book.detach().clone();
    EXPECT_EQ(book.named_buffers().size(), std::size_t{1});
    EXPECT_CLOSE(book.book_ema, first, 0);
    {
        const torch::NoGradGuard noGrad;
        book.book.add_(1);
    }
    const torch::Tensor tokens = torch::randn({1, 16, 4, 4});
    book.forward(tokens).guide.sum().backward();
    EXPECT(book.book.grad().abs().max().item<float>() > 0);
    EXPECT_CLOSE(book.book_ema, first + 0.25, 0, 1e-6);
    // Prediction reads the average and leaves it alone.
    book.eval();
    const torch::Tensor guide = book.forward(tokens).guide;
    EXPECT_CLOSE(book.book_ema, first + 0.25, 0, 1e-6);
    {
        const torch::NoGradGuard noGrad;
        book.book.normal_();
    }
    EXPECT_CLOSE(book.forward(tokens).guide, guide, 0);
}

GD_TEST(dropoutOnlyInTraining)
{
    TokenBookOptions options = optionsOf(PrototypeWeighting::Mean);
    options.dropout = 0.5;
    torch::manual_seed(3);
    TokenBook book(options);
    const torch::Tensor tokens = torch::randn({1, 16, 4, 4});
    EXPECT(!book.forward(tokens).guide.equal(book.forward(tokens).guide));
    book.eval();
    EXPECT(book.forward(tokens).guide.equal(book.forward(tokens).guide));
}

GD_TEST(effectiveDirections)
{
    auto book = evalBook(optionsOf(PrototypeWeighting::Mean, Similarity::Cosine, 4, 4));
    const torch::NoGradGuard noGrad;
    book->book.copy_(3 * torch::eye(4));
    EXPECT_NEAR(book->effectiveDirections(), 4.0, 1e-9);
    book->book.copy_(torch::ones({4, 4}));
    EXPECT_NEAR(book->effectiveDirections(), 1.0, 1e-6);
    book->book.copy_(torch::tensor(
        {{1.0, 0.0, 0.0, 0.0}, {2.0, 0.0, 0.0, 0.0}, {0.0, 1.0, 0.0, 0.0}, {0.0, -1.0, 0.0, 0.0}}));
    EXPECT_NEAR(book->effectiveDirections(), 2.0, 1e-9);
}

GD_TEST(gradientsByFiniteDifferences)
{
    for (const Similarity similarity : kSimilarities) {
        for (const PrototypeWeighting weighting : kWeightings) {
            auto book = evalBook(optionsOf(weighting, similarity, 3, 4));
            book->to(torch::kFloat64);
            torch::Tensor tokens = torch::randn({1, 4, 2, 2}, torch::kFloat64).requires_grad_(true);
            const torch::Tensor weight = torch::randn({1, 1, 2, 2}, torch::kFloat64);
            const auto value = [&] { return (book->forward(tokens).guide * weight).sum(); };
            value().backward();
            std::vector<torch::Tensor> leaves = book->parameters();
            leaves.push_back(tokens);
            for (torch::Tensor& leaf : leaves) {
                const torch::NoGradGuard noGrad;
                torch::Tensor flat = leaf.view({-1});
                const torch::Tensor gradient = leaf.grad().reshape({-1});
                for (std::int64_t i = 0; i < flat.numel(); ++i) {
                    constexpr double kStep = 1e-6;
                    flat[i] += kStep;
                    const double up = value().item<double>();
                    flat[i] -= 2 * kStep;
                    const double down = value().item<double>();
                    flat[i] += kStep;
                    EXPECT_NEAR(gradient[i].item<double>(), (up - down) / (2 * kStep), 1e-7);
                }
            }
        }
    }
}

GD_TEST(oneBookPerClass)
{
    GuideConfig config;
    config.prototypes = 5;
    config.per_class = true;
    torch::manual_seed(3);
    GuideGenerator generator(config, 16, 3, nullptr);
    generator.eval();
    EXPECT_EQ(generator.books().size(), std::size_t{3});
    const torch::Tensor tokens = torch::randn({2, 16, 4, 4});
    guidino::nn::ForwardOptions options;
    options.want_prototype_maps = true;
    const GuideOutput output = generator.forward(tokens, options);
    EXPECT_EQ(shapeOf(output.guide), std::string("[2, 3, 4, 4]"));
    EXPECT_EQ(shapeOf(output.maps), std::string("[2, 15, 4, 4]"));
    EXPECT_CLOSE(output.maps.slice(1, 5, 10).sum(1), output.guide.select(1, 1) - 0.5, 0, 1e-5);
    // Muting one class's prototypes leaves the other guides alone.
    torch::Tensor weights = torch::ones({15});
    weights.slice(0, 5, 10).zero_();
    options.prototype_weights = weights;
    const GuideOutput muted = generator.forward(tokens, options);
    EXPECT_CLOSE(muted.guide.select(1, 0), output.guide.select(1, 0), 0, 1e-7);
    EXPECT_CLOSE(muted.guide.select(1, 1), torch::full({2, 4, 4}, 0.5), 0, 1e-7);
    bool isNamed = false;
    for (const auto& item : generator.named_parameters()) {
        isNamed = isNamed || item.key() == "tokenbooks.2.input_conv.weight";
    }
    EXPECT(isNamed);
}

GD_TEST(gateTakesTheMaximumOfGuides)
{
    const torch::Tensor guide =
        torch::tensor({0.2, 0.9, 0.4, 0.1}).reshape({1, 2, 1, 2}); // two guides of 1 x 2
    const Gate plain(guide, {GatePlace::Bottleneck}, GateForm::Plain);
    const Gate residual(guide, {GatePlace::Bottleneck}, GateForm::Residual);
    const torch::Tensor x = torch::ones({1, 3, 1, 2});
    EXPECT_CLOSE(plain(GatePlace::Bottleneck, x)[0][2][0], torch::tensor({0.4, 0.9}), 1e-6);
    EXPECT_CLOSE(residual(GatePlace::Bottleneck, x)[0][0][0], torch::tensor({1.4, 1.9}), 1e-6);
    EXPECT(plain(GatePlace::Input, x).equal(x));
    EXPECT(Gate()(GatePlace::Input, x).equal(x));
    // Bilinear without aligned corners: 2 cells over 4 pixels.
    const torch::Tensor wide = plain(GatePlace::Bottleneck, torch::ones({1, 1, 1, 4}));
    EXPECT_CLOSE(wide.flatten(), torch::tensor({0.4, 0.525, 0.775, 0.9}), 1e-6);
}

GD_TEST(gateFormsHaveNames)
{
    EXPECT(gateFormFromName("plain") == GateForm::Plain);
    EXPECT(gateFormFromName("residual") == GateForm::Residual);
    const torch::Tensor x = torch::tensor({2.0, 4.0});
    const torch::Tensor guide = torch::tensor({0.5, 0.25});
    EXPECT_CLOSE(gateFunctionFromName("plain")(x, guide), torch::tensor({1.0, 1.0}), 0);
    EXPECT_CLOSE(gateFunctionFromName("residual")(x, guide), torch::tensor({3.0, 5.0}), 0);
    std::string said;
    try {
        (void)gateFunctionFromName("residal");
    } catch (const c10::Error& error) {
        said = error.what_without_backtrace();
    }
    EXPECT(said.find("unknown form 'residal' (plain, residual)") != std::string::npos);
}

GD_TEST(gateKeepsTheGuidesPrecision)
{
    const torch::Tensor guide = torch::tensor({0.5001, 0.5009}).reshape({1, 1, 1, 2});
    const Gate gate(guide, {GatePlace::Input}, GateForm::Plain);
    const torch::Tensor x = torch::full({1, 1, 1, 2}, 3.0).to(torch::kBFloat16);
    const torch::Tensor y = gate(GatePlace::Input, x);
    EXPECT(y.scalar_type() == torch::kBFloat16);
    EXPECT_CLOSE(y, (3.0 * guide).to(torch::kBFloat16), 0);
}

GD_TEST_MAIN()
