// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/check.h"
#include "tests/support/process.h"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

/// The built program, with the fake runtime unless told otherwise.
namespace guidino::test {

inline std::string cliProgram()
{
    return GUIDINO_BINARY_DIR "/bin/guidino";
}

inline Process::Environment fakeRuntime()
{
    return {{"GUIDINO_RUNTIME", GUIDINO_BINARY_DIR "/tests/libfake_runtime.so"}};
}

inline std::vector<std::string> cliWords(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), cliProgram());
    return arguments;
}

inline Outcome
cli(const std::vector<std::string>& arguments,
    const Process::Environment& environment = fakeRuntime())
{
    return runProgram(cliWords(arguments), environment);
}

inline std::string textOf(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline void writeText(const std::filesystem::path& file, const std::string& text)
{
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

inline bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace guidino::test
