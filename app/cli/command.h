// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/options.h"

/// The subcommands: each parses its arguments, does its work and returns the exit code of the
/// program. Errors are told on stderr by the subcommand itself.
namespace guidino::cli {

struct Subcommand
{
    const char* name;
    const char* summary;
    int (*run)(const Arguments& arguments);
};

/// Calls the one of `subcommands` that the first argument names; tells them at --help, refuses
/// others with 2. For subcommands that have subcommands.
int runSubcommandOf(
    const std::string& name,
    const std::string& description,
    const std::vector<Subcommand>& subcommands,
    const std::string& examples,
    const Arguments& arguments);

int runData(const Arguments& arguments);
int runDevices(const Arguments& arguments);
int runEvaluate(const Arguments& arguments);
int runExperiment(const Arguments& arguments);
int runExplain(const Arguments& arguments);
int runGui(const Arguments& arguments);
int runModels(const Arguments& arguments);
int runNnunet(const Arguments& arguments);
int runPlugins(const Arguments& arguments);
int runPredict(const Arguments& arguments);
int runReport(const Arguments& arguments);
int runServe(const Arguments& arguments);
int runTrain(const Arguments& arguments);
int runJob(const Arguments& arguments);
int runVerify(const Arguments& arguments);
int runVersion(const Arguments& arguments);

} // namespace guidino::cli
