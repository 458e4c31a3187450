// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/options.h"

/// The subcommands of `guidino nnunet` that have files of their own; as in command.h.
namespace guidino::cli {

int runNnunetTrain(const Arguments& arguments);
int runNnunetPredict(const Arguments& arguments);
int runNnunetEnsemble(const Arguments& arguments);
int runNnunetPostprocess(const Arguments& arguments);
int runNnunetFindBest(const Arguments& arguments);

} // namespace guidino::cli
