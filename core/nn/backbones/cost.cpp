// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/cost.h"

#include <ATen/record_function.h>
#include <torch/torch.h>

#include <memory>
#include <string_view>
#include <unordered_set>

namespace guidino::nn {

namespace {

thread_local std::int64_t t_sum = 0;

torch::Tensor tensorAt(const at::RecordFunction& call, std::size_t i)
{
    const auto inputs = call.inputs();
    return i < inputs.size() && inputs[i].isTensor() ? inputs[i].toTensor() : torch::Tensor();
}

std::int64_t product(const torch::Tensor& a, const torch::Tensor& b)
{
    // [.., m, k] · [.., k, n]
    return a.numel() * b.size(-1);
}

/// Only operators that do the work themselves: those above them in the stack would count twice.
void count(const at::RecordFunction& call)
{
    const std::string_view name = call.name();
    if (name == "aten::convolution") {
        const torch::Tensor x = tensorAt(call, 0);
        const torch::Tensor weight = tensorAt(call, 1);
        const bool isTransposed = call.inputs().size() > 6 && call.inputs()[6].toBool();
        if (isTransposed) {
            t_sum += x.numel() * (weight.numel() / weight.size(0));
            return;
        }
        // One product of all weights of an output channel for each output pixel.
        const auto stride = call.inputs()[3].toIntVector();
        const auto padding = call.inputs()[4].toIntVector();
        const auto dilation = call.inputs()[5].toIntVector();
        std::int64_t outputs = x.size(0) * weight.size(0);
        for (std::int64_t axis = 2; axis < weight.dim(); ++axis) {
            const auto i = static_cast<std::size_t>(axis - 2);
            const auto at = [i](const std::vector<std::int64_t>& values) {
                return values[values.size() == 1 ? 0 : i];
            };
            const std::int64_t reach = at(dilation) * (weight.size(axis) - 1) + 1;
            outputs *= (x.size(axis) + 2 * at(padding) - reach) / at(stride) + 1;
        }
        t_sum += outputs * (weight.numel() / weight.size(0));
    } else if (name == "aten::mm" || name == "aten::bmm") {
        t_sum += product(tensorAt(call, 0), tensorAt(call, 1));
    } else if (name == "aten::addmm" || name == "aten::baddbmm") {
        t_sum += product(tensorAt(call, 1), tensorAt(call, 2));
    } else if (name == "aten::_scaled_dot_product_flash_attention_for_cpu") {
        const torch::Tensor query = tensorAt(call, 0);
        const torch::Tensor key = tensorAt(call, 1);
        t_sum += 2 * query.numel() * key.size(-2);
    }
}

std::unique_ptr<at::ObserverContext> observe(const at::RecordFunction& call)
{
    count(call);
    return nullptr;
}

} // namespace

std::int64_t multiplyAddsOf(const std::function<void()>& work)
{
    const torch::NoGradGuard noGrad;
    t_sum = 0;
    const auto handle = at::addThreadLocalCallback(
        at::RecordFunctionCallback(observe).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
    try {
        work();
    } catch (...) {
        at::removeCallback(handle);
        throw;
    }
    at::removeCallback(handle);
    return t_sum;
}

std::int64_t parameterCount(const torch::nn::Module& module)
{
    std::unordered_set<const void*> seen;
    std::int64_t sum = 0;
    for (const torch::Tensor& parameter : module.parameters()) {
        sum += seen.insert(parameter.unsafeGetTensorImpl()).second ? parameter.numel() : 0;
    }
    return sum;
}

} // namespace guidino::nn
