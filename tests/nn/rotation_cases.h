// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/dino/rotation.h"
#include "tests/support/nn_check.h"

/// Cases of the rotation that hold on every device.
namespace guidino::test {

struct RotationCase
{
    torch::Tensor qkv;
    torch::Tensor sin;
    torch::Tensor cos;
};

inline RotationCase randomRotation(torch::ScalarType type, torch::ScalarType table)
{
    torch::manual_seed(7);
    const torch::Tensor angle = torch::rand({21, 8}, torch::kDouble) * 6.3;
    return {
        torch::randn({3, 21, 3, 2, 16}, torch::kDouble).to(type),
        angle.sin().to(table),
        angle.cos().to(table)};
}

/// By hand, in double.
inline torch::Tensor rotatedByHand(const RotationCase& one)
{
    torch::Tensor result = one.qkv.to(torch::kDouble).clone();
    const torch::Tensor s = one.sin.to(torch::kDouble);
    const torch::Tensor c = one.cos.to(torch::kDouble);
    for (std::int64_t token = 0; token < 21; ++token) {
        for (std::int64_t j = 0; j < 8; ++j) {
            for (std::int64_t part = 0; part < 2; ++part) {
                const torch::Tensor row = result.select(1, token).select(1, part);
                const torch::Tensor a = row.select(-1, j).clone();
                const torch::Tensor b = row.select(-1, j + 8).clone();
                row.select(-1, j).copy_(a * c[token][j] - b * s[token][j]);
                row.select(-1, j + 8).copy_(b * c[token][j] + a * s[token][j]);
            }
        }
    }
    return result;
}

inline double rotationTolerance(torch::ScalarType type)
{
    return type == torch::kDouble ? 1e-14 : type == torch::kFloat ? 2e-6 : 0.02;
}

/// guidino::rotate_ on a device, for each type and for strides that kernels do not know.
inline void checkRotationOn(torch::Device device)
{
    const std::pair<torch::ScalarType, torch::ScalarType> types[] = {
        {torch::kFloat, torch::kFloat},
        {torch::kDouble, torch::kDouble},
        {torch::kBFloat16, torch::kFloat},
        {torch::kHalf, torch::kFloat}};
    for (const auto& [type, table] : types) {
        const RotationCase one = randomRotation(type, table);
        const torch::Tensor wanted = rotatedByHand(one);
        const double tolerance = rotationTolerance(type);
        torch::Tensor rotated = one.qkv.to(device, /*non_blocking=*/false, /*copy=*/true);
        nn::rotateInPlace(rotated, one.sin.to(device), one.cos.to(device));
        EXPECT(rotated.scalar_type() == type);
        EXPECT_CLOSE(rotated.cpu().to(torch::kDouble), wanted, tolerance, tolerance);
        torch::Tensor plain = one.qkv.to(device, false, true);
        nn::rotateByOperators(plain, one.sin.to(device), one.cos.to(device));
        EXPECT_CLOSE(plain.cpu().to(torch::kDouble), wanted, tolerance, tolerance);
    }
    // Strides that the kernels do not know.
    const RotationCase one = randomRotation(torch::kFloat, torch::kFloat);
    torch::Tensor strided = one.qkv.to(device).transpose(0, 1).contiguous().transpose(0, 1);
    nn::rotateInPlace(strided, one.sin.to(device), one.cos.to(device));
    EXPECT_CLOSE(strided.cpu().to(torch::kDouble), rotatedByHand(one), 2e-6, 2e-6);
}

} // namespace guidino::test
