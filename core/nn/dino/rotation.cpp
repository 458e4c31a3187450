// SPDX-License-Identifier: Apache-2.0
#include "core/nn/dino/rotation.h"

#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/library.h>
#include <torch/torch.h>

namespace guidino::nn {

namespace {

/// One row of heads: a' = a·cos - b·sin, b' = b·cos + a·sin over the two halves of each head.
template<typename Scalar, typename Table>
void rotateHeads(
    Scalar* row,
    const Table* __restrict sin,
    const Table* __restrict cos,
    std::int64_t heads,
    std::int64_t half)
{
    for (std::int64_t head = 0; head < heads; ++head) {
        Scalar* __restrict first = row + head * 2 * half;
        Scalar* __restrict second = first + half;
        for (std::int64_t j = 0; j < half; ++j) {
            const auto a = static_cast<Table>(first[j]);
            const auto b = static_cast<Table>(second[j]);
            first[j] = static_cast<Scalar>(a * cos[j] - b * sin[j]);
            second[j] = static_cast<Scalar>(b * cos[j] + a * sin[j]);
        }
    }
}

template<typename Scalar, typename Table>
void rotateRows(at::Tensor& qkv, const at::Tensor& sin, const at::Tensor& cos)
{
    const std::int64_t tokens = qkv.size(1);
    const std::int64_t heads = qkv.size(3);
    const std::int64_t half = qkv.size(4) / 2;
    const std::int64_t dim = heads * 2 * half;
    auto* data = qkv.data_ptr<Scalar>();
    const auto* sines = sin.const_data_ptr<Table>();
    const auto* cosines = cos.const_data_ptr<Table>();
    constexpr std::int64_t kGrain = 16; // rows of some kB; fewer cost more to hand out than to do
    at::parallel_for(0, qkv.size(0) * tokens, kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const std::int64_t table = row % tokens * half;
            for (std::int64_t part = 0; part < 2; ++part) { // Q and K, not V
                rotateHeads(
                    data + (row * 3 + part) * dim, sines + table, cosines + table, heads, half);
            }
        }
    });
}

void rotateOnCpu(at::Tensor& qkv, const at::Tensor& sin, const at::Tensor& cos)
{
    const at::ScalarType type = qkv.scalar_type();
    const at::ScalarType table = sin.scalar_type();
    const bool isPlain = qkv.is_contiguous() && sin.is_contiguous() && cos.is_contiguous();
    if (isPlain && type == at::kFloat && table == at::kFloat) {
        rotateRows<float, float>(qkv, sin, cos);
    } else if (isPlain && type == at::kBFloat16 && table == at::kFloat) {
        rotateRows<c10::BFloat16, float>(qkv, sin, cos);
    } else if (isPlain && type == at::kDouble && table == at::kDouble) {
        rotateRows<double, double>(qkv, sin, cos);
    } else {
        rotateByOperators(qkv, sin, cos);
    }
}

} // namespace

void rotateByOperators(at::Tensor& qkv, const at::Tensor& sin, const at::Tensor& cos)
{
    const std::int64_t half = qkv.size(4) / 2;
    const at::Tensor both = qkv.narrow(2, 0, 2);
    const at::Tensor first = both.narrow(-1, 0, half);
    const at::Tensor second = both.narrow(-1, half, half);
    const at::Tensor s = sin.view({1, -1, 1, 1, half});
    const at::Tensor c = cos.view({1, -1, 1, 1, half});
    const at::Tensor a = first.to(s.scalar_type());
    const at::Tensor b = second.to(s.scalar_type());
    const at::Tensor rotated = a * c - b * s;
    second.copy_(b * c + a * s);
    first.copy_(rotated);
}

void rotateInPlace(at::Tensor& qkv, const at::Tensor& sin, const at::Tensor& cos)
{
    if (torch::jit::tracer::isTracing()) {
        rotateByOperators(qkv, sin, cos); // a traced program knows no operators of ours
        return;
    }
    static const auto operation =
        c10::Dispatcher::singleton()
            .findSchemaOrThrow("guidino::rotate_", "")
            .typed<void(at::Tensor&, const at::Tensor&, const at::Tensor&)>();
    operation.call(qkv, sin, cos);
}

} // namespace guidino::nn

TORCH_LIBRARY(guidino, library)
{
    library.def("rotate_(Tensor(a!) qkv, Tensor sin, Tensor cos) -> ()");
}

TORCH_LIBRARY_IMPL(guidino, CompositeExplicitAutograd, library)
{
    library.impl("rotate_", guidino::nn::rotateByOperators);
}

TORCH_LIBRARY_IMPL(guidino, CPU, library)
{
    library.impl("rotate_", guidino::nn::rotateOnCpu);
}
