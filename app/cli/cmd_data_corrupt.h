// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/command.h"

namespace guidino::cli {

/// `guidino data corrupt`: copies of a data set's images made worse, with their masks.
int runCorrupt(const Arguments& arguments);

} // namespace guidino::cli
