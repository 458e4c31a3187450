// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/engine/runtime.h"

namespace guidino::cli {

/// Opens libguidino_runtime.so, once a process (0.3 to 0.5 s): $GUIDINO_RUNTIME, else beside the
/// program or in ../lib from it. Internal, saying what to do, where it is not there or does not
/// load. Only subcommands that compute may call this.
[[nodiscard]] Result<engine::Runtime*> loadRuntime();

} // namespace guidino::cli
