// SPDX-License-Identifier: Apache-2.0
#include "app/cli/options.h"

#include "app/cli/terminal.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>

namespace guidino::cli {

namespace {

/// Insertions, deletions and changes of single letters.
std::size_t distanceOf(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] =
                std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::vector<std::string> longOptionsOf(const CLI::App& parser)
{
    std::vector<std::string> names;
    for (const CLI::Option* option : parser.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            names.push_back("--" + name);
        }
    }
    return names;
}

/// What was not expected: options before stray words, which are often their values.
std::string complaintAbout(const CLI::App& parser)
{
    const Arguments unknown = parser.remaining();
    for (const std::string& argument : unknown) {
        if (argument.size() > 1 && argument[0] == '-') {
            const std::string name = argument.substr(0, argument.find('='));
            const std::string close = nearest(name, longOptionsOf(parser));
            return "unknown option '" + name + "'"
                   + (close.empty() ? "" : " (did you mean " + close + "?)");
        }
    }
    return unknown.empty() ? "too many arguments" : "unexpected argument '" + unknown.back() + "'";
}

/// All that is missing at once, as --help names it.
std::string missingOf(const CLI::App& parser)
{
    std::string missing;
    for (const CLI::Option* option : parser.get_options()) {
        if (!option->get_required() || option->count() > 0) {
            continue;
        }
        const std::string type = option->get_type_name();
        const std::string value = type.substr(0, type.find(':'));
        missing += missing.empty() ? "missing: " : "; ";
        missing += option->get_name() + " " + value + " (" + option->get_description() + ")";
    }
    return missing;
}

} // namespace

std::string nearest(const std::string& word, const std::vector<std::string>& candidates)
{
    std::string best;
    std::size_t bestDistance = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = distanceOf(word, candidate);
        if (distance < bestDistance) {
            bestDistance = distance;
            best = candidate;
        }
    }
    return best;
}

std::unique_ptr<CLI::App>
makeParser(const std::string& name, const std::string& description, const std::string& examples)
{
    auto parser = std::make_unique<CLI::App>(description, "guidino " + name);
    parser->get_formatter()->column_width(34);
    parser->footer("Examples:\n" + examples);
    parser->set_help_flag("-h,--help", "This text");
    parser->option_defaults()->ignore_underscore();
    return parser;
}

std::optional<int> parse(CLI::App& parser, const Arguments& arguments)
{
    Arguments reversed(arguments.rbegin(), arguments.rend()); // as CLI11 takes a vector
    std::string problem;
    try {
        parser.parse(reversed);
        return std::nullopt;
    } catch (const CLI::CallForHelp&) {
        std::fputs(parser.help().c_str(), stdout);
        return 0;
    } catch (const CLI::ExtrasError&) {
        problem = complaintAbout(parser);
    } catch (const CLI::RequiredError& error) {
        problem = missingOf(parser);
        problem = problem.empty() ? error.what() : problem;
    } catch (const CLI::ParseError& error) {
        problem = error.what();
    }
    std::fprintf(
        stderr,
        "%s: %s\nTry '%s --help'.\n",
        parser.get_name().c_str(),
        problem.c_str(),
        parser.get_name().c_str());
    return 2;
}

Status refuseBesideJob(const CLI::App& parser, const std::vector<std::string>& others)
{
    for (const std::string& other : others) {
        if (parser.count("--job") > 0 && parser.count(other) > 0) {
            return Error{ErrorCode::Usage, "--job and " + other + " exclude each other", {}};
        }
    }
    return {};
}

void addComputeOptions(CLI::App& parser, ComputeOptions& options)
{
    parser
        .add_option(
            "--device",
            options.device,
            "auto, cpu, cuda or cuda:N; auto takes a GPU where one can be used")
        ->type_name("NAME")
        ->check([](const std::string& name) {
            const bool isKnown = name == "auto" || name == "cpu" || name == "cuda"
                                 || (name.starts_with("cuda:") && name.size() > 5
                                     && std::all_of(name.begin() + 5, name.end(), [](char c) {
                                            return c >= '0' && c <= '9';
                                        }));
            return isKnown ? std::string() : "'" + name + "' is not auto, cpu, cuda or cuda:N";
        });
    parser.add_option("--threads", options.threads, "CPU threads; 0: as many as there are cores")
        ->type_name("N")
        ->check(CLI::Range(0, 4096));
    addPluginOption(parser);
}

void addPluginOption(CLI::App& parser)
{
    const auto takeFiles = [](const std::vector<std::string>& files) {
        std::string all;
        for (const std::string& file : files) {
            all += absolutePath(file).string() + ":";
        }
        // NOLINTBEGIN(concurrency-mt-unsafe): while options are read there is one thread
        const char* before = std::getenv("GUIDINO_PLUGINS");
        ::setenv("GUIDINO_PLUGINS", (all + (before == nullptr ? "" : before)).c_str(), 1);
        // NOLINTEND(concurrency-mt-unsafe)
    };
    parser
        .add_option_function<std::vector<std::string>>(
            "--plugin", takeFiles, "Library that adds networks and the like (docs/plugins.md)")
        ->type_name("FILE")
        ->allow_extra_args(false)
        ->check([](const std::string& file) {
            return file.find(':') == std::string::npos
                       ? std::string()
                       : "'" + file + "': the name must not contain a colon";
        });
}

void addJsonOption(CLI::App& parser, bool& json)
{
    parser.add_flag("--json", json, "Print JSON for programs to read");
}

} // namespace guidino::cli
