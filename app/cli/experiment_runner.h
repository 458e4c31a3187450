// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/experiment_matrix.h"
#include "app/cli/terminal.h"
#include "core/base/cancel_token.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace guidino::cli {

/// How a cell ended.
struct CellOutcome
{
    bool isDone = false;
    int exitCode = 0;    ///< of the step that failed
    std::string problem; ///< its last words
    double seconds = 0;
    std::uint64_t peakBytes = 0; ///< of its training
};

struct RunnerOptions
{
    std::filesystem::path out;
    int jobs = 1;    ///< cells at once, where memory allows
    int threads = 0; ///< of each; 0: the cores divided among the jobs
};

/// Trains, predicts and evaluates the cells of a matrix, each in OUT/cells/NAME with the steps of
/// this program as child processes (run/, predictions/, evaluation-SIZE/, on-NAME/ for other
/// images, log.txt, cell.json). What
/// is done is not done again; what was begun goes on from its checkpoint. Another cell is begun
/// beside those at work only where the memory that cells of its system took before is free; one
/// that ends for lack of memory beside others is tried again alone.
///
/// A failed cell does not stop the others. Errors: Cancelled (after the children have saved),
/// CannotWrite, Configuration (a cell's folder was made with other settings).
[[nodiscard]] Result<std::vector<CellOutcome>> runCells(
    const Matrix& matrix,
    const std::vector<MatrixCell>& cells,
    const RunnerOptions& options,
    const CancelToken& cancel,
    ProgressLine& line);

/// Where a cell lies.
[[nodiscard]] std::filesystem::path
cellFolder(const std::filesystem::path& out, const MatrixCell& cell);

/// Where its predictions/ and evaluation/ on other images lie.
[[nodiscard]] std::filesystem::path
otherFolder(const std::filesystem::path& out, const MatrixCell& cell, const MatrixTest& other);

/// Where the corrupted copies of a data set's test images lie, for all cells.
[[nodiscard]] std::filesystem::path
corruptedFolder(const std::filesystem::path& out, const MatrixData& data, const MatrixTest& other);

} // namespace guidino::cli
