// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <string>

namespace guidino::nn {

/// Whether bfloat16 is worth its name there: GPUs, and processors with the wide instructions of
/// AVX-512 that LibTorch's convolutions and products in bfloat16 are written for. Others compute it
/// many times slower than float32.
[[nodiscard]] bool isBf16Fast(torch::Device device);

/// The type in which convolutions and products are computed: float32 for "fp32", bfloat16 for
/// "bf16" where it is fast and float32 elsewhere, float16 for "fp16". Throws c10::Error for another
/// name, and for fp16 on the CPU.
[[nodiscard]] torch::ScalarType precisionFromName(const std::string& name, torch::Device device);

/// The name of what precisionFromName() computes in: "fp32" for a "bf16" that is not fast there.
/// Throws as it does.
[[nodiscard]] std::string precisionInUse(const std::string& name, torch::Device device);

/// Automatic mixed precision within a scope; float32 leaves all as it is, that is, off. The casts
/// of weights are kept until the outermost scope ends. One thread.
class AutocastScope
{
public:
    AutocastScope(torch::Device device, torch::ScalarType type);
    ~AutocastScope();

    AutocastScope(const AutocastScope&) = delete;
    AutocastScope& operator=(const AutocastScope&) = delete;

private:
    torch::DeviceType m_device;
    bool m_wasEnabled = false;
    torch::ScalarType m_previousType = torch::kFloat32;
};

} // namespace guidino::nn
