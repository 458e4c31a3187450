// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/file.h"
#include "core/nn/io/checkpoint.h"
#include "core/nn/io/unpickler.h"

#include <filesystem>
#include <memory>

/// The two formats of torch.save. For readCheckpoint() and for those who need more of a pickle than
/// its tensors (nnU-Net's plans, say).
namespace guidino::nn {

/// A zip with data.pkl and one entry for each storage (PyTorch >= 1.6). Tensors are views of the
/// file.
[[nodiscard]] Result<Checkpoint> readTorchZip(
    std::shared_ptr<const MappedFile> file,
    const std::filesystem::path& path,
    const CheckpointOptions& options);

/// Five pickles in a row, then the storages. Tensors are views of the file where it is aligned.
[[nodiscard]] Result<Checkpoint> readTorchLegacy(
    std::shared_ptr<const MappedFile> file,
    const std::filesystem::path& path,
    const CheckpointOptions& options);

/// The whole pickle of a torch.save file (either format), without its tensors' data.
[[nodiscard]] Result<PickleTree>
readPickleTree(const std::filesystem::path& path, const CheckpointOptions& options = {});

} // namespace guidino::nn
