// SPDX-License-Identifier: Apache-2.0
#include "core/nn/guide/tokenbook.h"

#include "core/nn/guide/full_precision.h"

#include <torch/torch.h>

#include <cmath>

namespace guidino::nn {

namespace {

namespace F = torch::nn::functional;

// torch's F.normalize: x / max(‖x‖, 1e-12).
torch::Tensor normalised(const torch::Tensor& x)
{
    return F::normalize(x, F::NormalizeFuncOptions().p(2).dim(-1).eps(1e-12));
}

// (sigmoid(z) − ½) / z, which tends to ¼: scales contributions to z into contributions to the
// guide.
torch::Tensor sigmoidSlope(const torch::Tensor& z)
{
    const torch::Tensor isSmall = z.abs() < 1e-2;
    const torch::Tensor safe = torch::where(isSmall, torch::ones_like(z), z);
    return torch::where(isSmall, 0.25 - z * z / 48.0, (torch::sigmoid(safe) - 0.5) / safe);
}

} // namespace

TokenBook::TokenBook(const TokenBookOptions& options)
    : m_options(options)
{
    TORCH_CHECK(options.prototypes >= 1, "a TokenBook needs at least one prototype");
    TORCH_CHECK(options.dim >= 1, "a TokenBook needs tokens of at least one channel");
    TORCH_CHECK(
        options.ema_decay >= 0 && options.ema_decay < 1,
        "guide.ema_decay must be in [0, 1), not ",
        options.ema_decay);
    TORCH_CHECK(
        options.dropout >= 0 && options.dropout < 1,
        "guide.dropout must be in [0, 1), not ",
        options.dropout);
    TORCH_CHECK(
        options.weighting != PrototypeWeighting::LogSumExp || options.temperature > 0,
        "guide.temperature must be above 0, not ",
        options.temperature);
    input_conv = register_module(
        "input_conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(options.dim, options.dim, 1)));
    const double sigma = 1.0 / std::sqrt(static_cast<double>(options.dim));
    book = register_parameter("book", torch::randn({options.prototypes, options.dim}) * sigma);
    if (options.weighting == PrototypeWeighting::Softmax) {
        alpha = register_parameter("alpha", torch::zeros({options.prototypes}));
    }
    if (options.ema_decay > 0) {
        book_ema = register_buffer("book_ema", book.detach().clone());
    }
}

TokenBookOutput TokenBook::forward(const torch::Tensor& tokens, const TokenBookRequest& request)
{
    const FullPrecision fullPrecision;
    const torch::ScalarType type = fullPrecisionOf(book);
    std::int64_t height = request.height;
    std::int64_t width = request.width;
    torch::Tensor x = tokens;
    if (tokens.dim() == 4) {
        height = tokens.size(2);
        width = tokens.size(3);
        x = tokens.permute({0, 2, 3, 1}).flatten(1, 2);
    }
    TORCH_CHECK(
        x.dim() == 3 && x.size(2) == m_options.dim,
        "the TokenBook expects tokens of ",
        m_options.dim,
        " channels, not ",
        tokens.sizes());
    TORCH_CHECK(
        x.size(1) == height * width,
        x.size(1),
        " tokens do not fill a grid of ",
        height,
        " x ",
        width);
    torch::Tensor u = torch::linear(
        x.to(type), input_conv->weight.flatten(1).to(type), input_conv->bias.to(type));
    const bool isCosine = m_options.similarity == Similarity::Cosine;
    if (isCosine) {
        u = normalised(u);
    }

    TokenBookOutput output;
    torch::Tensor s; // [B, L]
    const torch::Tensor& weights = request.prototype_weights;
    if (m_isFolded && !weights.defined() && !request.want_maps && !request.want_responsibilities) {
        if (!m_folded.defined() || m_folded.device() != book.device()) {
            m_folded = foldedVector();
        }
        s = torch::matmul(u, m_folded);
    } else {
        const torch::Tensor prototypes =
            isCosine ? normalised(activeBook()) : activeBook() / std::sqrt(double(m_options.dim));
        torch::Tensor similarity = torch::matmul(u, prototypes.t()); // [B, L, N]
        similarity = torch::dropout(similarity, m_options.dropout, is_training());
        torch::Tensor factors;
        if (weights.defined()) {
            TORCH_CHECK(
                weights.dim() == 1 && weights.size(0) == m_options.prototypes,
                "prototype_weights must hold ",
                m_options.prototypes,
                " numbers, not ",
                weights.sizes());
            factors = weights.to(similarity.device(), type);
        }
        s = aggregate(similarity, factors);
        if (request.want_responsibilities) {
            output.responsibilities =
                torch::softmax(similarity / m_options.temperature, -1)
                    .transpose(1, 2)
                    .reshape({x.size(0), m_options.prototypes, height, width});
        }
        if (request.want_maps) {
            output.maps = sharesOf(similarity, s, factors)
                              .transpose(1, 2)
                              .reshape({x.size(0), m_options.prototypes, height, width});
        }
    }
    output.shares_are_exact = isCosine && canFold();
    const torch::Tensor guide = isCosine ? 0.5 + 0.5 * s : torch::sigmoid(s);
    // Rounding may leave a cosine an ulp outside [-1, 1].
    output.guide = guide.clamp(0, 1).reshape({x.size(0), 1, height, width});
    updateAverage();
    return output;
}

torch::Tensor TokenBook::prototypeShares() const
{
    const torch::ScalarType type = fullPrecisionOf(book);
    if (m_options.weighting == PrototypeWeighting::Softmax) {
        return torch::softmax(alpha.to(type), 0);
    }
    return torch::full(
        {m_options.prototypes},
        1.0 / static_cast<double>(m_options.prototypes),
        torch::TensorOptions().device(book.device()).dtype(type));
}

torch::Tensor
TokenBook::aggregate(const torch::Tensor& similarity, const torch::Tensor& weights) const
{
    if (m_options.weighting != PrototypeWeighting::LogSumExp) {
        const torch::Tensor shares =
            weights.defined() ? prototypeShares() * weights : prototypeShares();
        return torch::matmul(similarity, shares);
    }
    const double tau = m_options.temperature;
    if (!weights.defined()) {
        return tau
               * (torch::logsumexp(similarity / tau, -1)
                  - std::log(static_cast<double>(m_options.prototypes)));
    }
    const torch::Tensor kept = weights.clamp_min(0);
    const torch::Tensor total = kept.sum();
    if (total.item<double>() <= 0) {
        return torch::zeros_like(similarity.select(-1, 0));
    }
    return tau * (torch::logsumexp(similarity / tau + torch::log(kept), -1) - torch::log(total));
}

torch::Tensor TokenBook::sharesOf(
    const torch::Tensor& similarity,
    const torch::Tensor& aggregated,
    const torch::Tensor& weights) const
{
    torch::Tensor part; // contributions to `aggregated`
    if (m_options.weighting == PrototypeWeighting::LogSumExp) {
        torch::Tensor exponent = similarity / m_options.temperature;
        if (weights.defined()) {
            exponent = exponent + torch::log(weights.clamp_min(0));
        }
        // By responsibility: τ log mean exp has no additive parts of its own. All muted: the
        // softmax of -inf everywhere is NaN, no prototype has a share.
        part = torch::nan_to_num(torch::softmax(exponent, -1)) * aggregated.unsqueeze(-1);
    } else {
        part = prototypeShares() * similarity;
        if (weights.defined()) {
            part = part * weights;
        }
    }
    if (m_options.similarity == Similarity::Cosine) {
        return 0.5 * part;
    }
    return part * sigmoidSlope(aggregated).unsqueeze(-1);
}

torch::Tensor TokenBook::activeBook() const
{
    const bool useAverage = book_ema.defined() && !is_training();
    return (useAverage ? book_ema : book).to(fullPrecisionOf(book));
}

// In training the loss reaches `book` itself; its average is what prediction uses. (The published
// code computes with the average in training too, so that its prototypes never learn: PIPELINE.md
// §2.1.)
void TokenBook::updateAverage()
{
    if (!book_ema.defined() || !is_training() || !torch::GradMode::is_enabled()) {
        return;
    }
    const torch::NoGradGuard noGrad;
    book_ema.mul_(m_options.ema_decay).add_(book.detach(), 1.0 - m_options.ema_decay);
}

bool TokenBook::canFold() const
{
    return m_options.weighting != PrototypeWeighting::LogSumExp;
}

void TokenBook::fold()
{
    m_isFolded = canFold();
    m_folded = torch::Tensor();
}

torch::Tensor TokenBook::foldedVector() const
{
    TORCH_CHECK(canFold(), "a TokenBook with log-sum-exp weighting is not one vector");
    const torch::NoGradGuard noGrad;
    const FullPrecision fullPrecision;
    const torch::Tensor prototypes = m_options.similarity == Similarity::Cosine
                                         ? normalised(activeBook())
                                         : activeBook() / std::sqrt(double(m_options.dim));
    return torch::matmul(prototypeShares(), prototypes).detach();
}

double TokenBook::effectiveDirections() const
{
    const torch::NoGradGuard noGrad;
    const torch::Tensor prototypes = normalised(activeBook().to(torch::kCPU, torch::kFloat64));
    const torch::Tensor singular = torch::linalg_svdvals(prototypes);
    torch::Tensor spectrum = singular * singular;
    spectrum = spectrum / spectrum.sum().clamp_min(1e-300);
    const torch::Tensor entropy = -torch::xlogy(spectrum, spectrum).sum();
    return std::exp(entropy.item<double>());
}

void TokenBook::train(bool on)
{
    torch::nn::Module::train(on);
    if (on) {
        m_isFolded = false;
        m_folded = torch::Tensor();
    }
}

} // namespace guidino::nn
