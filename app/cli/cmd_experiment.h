// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/options.h"

namespace guidino::cli {

/// `guidino experiment`: see command.h.
int runExperiment(const Arguments& arguments);

} // namespace guidino::cli
