// SPDX-License-Identifier: Apache-2.0
#include "app/cli/fold_end.h"

namespace guidino::cli {

bool isFoldData(const std::filesystem::path&)
{
    return false;
}

bool isFoldEnded(const TrainedFold&)
{
    return true;
}

Result<std::string> endFold(const TrainedFold&, const ComputeOptions&, RunContext&)
{
    return std::string();
}

} // namespace guidino::cli
