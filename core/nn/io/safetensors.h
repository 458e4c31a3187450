// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>

namespace guidino::nn {

/// What a safetensors file holds. Tensors of readSafetensors() are views of the mapped file: they
/// keep it mapped, must not be written to (clone() first), and share pages with other readers.
struct TensorFile
{
    std::map<std::string, torch::Tensor> tensors;
    std::map<std::string, std::string> metadata;
};

/// Reads F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL on the CPU, without a copy where the data is
/// aligned to its type (files that we write always are). The whole header is checked before any
/// tensor is made: length against the file's, dtype against shape and byte range, ranges that
/// overlap, leave holes or pass the end, names that appear twice. BadInput names the file and what
/// is wrong in it; NotFound where there is none. Any thread.
[[nodiscard]] Result<TensorFile> readSafetensors(const std::filesystem::path& path);

/// Writes atomically (core/base/file.h): tensors sorted by name, data aligned to 8 bytes, so equal
/// content gives equal bytes. Tensors may be on any device and of any layout; they are copied to
/// contiguous memory one at a time. CannotWrite with the system's reason; Internal for a dtype that
/// the format does not have.
[[nodiscard]] Status writeSafetensors(
    const std::filesystem::path& path,
    const std::map<std::string, torch::Tensor>& tensors,
    const std::map<std::string, std::string>& metadata = {});

} // namespace guidino::nn
