// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What all subcommands share about their options. CLI11 parses; its exit codes become 2.
namespace guidino::cli {

using Arguments = std::vector<std::string>;

/// A parser for "guidino NAME": its description above the options, its examples below.
[[nodiscard]] std::unique_ptr<CLI::App>
makeParser(const std::string& name, const std::string& description, const std::string& examples);

/// Reads the arguments into what was bound to the parser. A value means: end with this exit code
/// (0 after --help, 2 after an error, both already told).
[[nodiscard]] std::optional<int> parse(CLI::App& parser, const Arguments& arguments);

/// The candidate that looks most like `word`, if any looks like a typing error of it; else empty.
[[nodiscard]] std::string
nearest(const std::string& word, const std::vector<std::string>& candidates);

/// Usage where the parser got --job together with one of `others`.
[[nodiscard]] Status
refuseBesideJob(const CLI::App& parser, const std::vector<std::string>& others);

/// Options of everything that computes.
struct ComputeOptions
{
    std::string device = "auto";
    int threads = 0;
};

void addComputeOptions(CLI::App& parser, ComputeOptions& options);

/// --plugin FILE, which may be repeated: each goes before what $GUIDINO_PLUGINS names, so that this
/// process and all that it starts open it. Part of addComputeOptions().
void addPluginOption(CLI::App& parser);

/// --json.
void addJsonOption(CLI::App& parser, bool& json);

} // namespace guidino::cli
