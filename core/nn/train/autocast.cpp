// SPDX-License-Identifier: Apache-2.0
#include "core/nn/train/autocast.h"

#include <ATen/autocast_mode.h>

namespace guidino::nn {

bool isBf16Fast(torch::Device device)
{
#if defined(__x86_64__)
    return !device.is_cpu()
           || (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
               && __builtin_cpu_supports("avx512dq"));
#else
    return !device.is_cpu();
#endif
}

torch::ScalarType precisionFromName(const std::string& name, torch::Device device)
{
    if (name == "fp32") {
        return torch::kFloat32;
    }
    if (name == "bf16") {
        return isBf16Fast(device) ? torch::kBFloat16 : torch::kFloat32;
    }
    TORCH_CHECK(name == "fp16", "unknown precision '", name, "': fp32, bf16 or fp16");
    TORCH_CHECK(device.is_cuda(), "precision fp16 needs a GPU; on the CPU use bf16");
    return torch::kFloat16;
}

std::string precisionInUse(const std::string& name, torch::Device device)
{
    return precisionFromName(name, device) == torch::kFloat32 ? "fp32" : name;
}

AutocastScope::AutocastScope(torch::Device device, torch::ScalarType type)
    : m_device(device.type())
    , m_wasEnabled(at::autocast::is_autocast_enabled(device.type()))
    , m_previousType(at::autocast::get_autocast_dtype(device.type()))
{
    const bool isEnabled = type != torch::kFloat32;
    at::autocast::set_autocast_enabled(m_device, isEnabled);
    if (isEnabled) {
        at::autocast::set_autocast_dtype(m_device, type);
    }
    at::autocast::increment_nesting();
}

AutocastScope::~AutocastScope()
{
    if (at::autocast::decrement_nesting() == 0) {
        at::autocast::clear_cache();
    }
    at::autocast::set_autocast_dtype(m_device, m_previousType);
    at::autocast::set_autocast_enabled(m_device, m_wasEnabled);
}

} // namespace guidino::nn
