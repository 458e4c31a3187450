// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <functional>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// A test runner of one header for tests that must build without Qt: named cases, checks that print
/// both values, exit code 77 where everything was skipped. `program NAME...` runs only the cases
/// whose names contain a NAME.
namespace guidino::test {

struct Case
{
    std::string name;
    std::function<void()> run;
};

struct Failure
{};

struct Skip
{
    std::string reason;
};

inline std::vector<Case>& cases()
{
    static std::vector<Case> all;
    return all;
}

inline int& failures()
{
    static int count = 0;
    return count;
}

struct Registration
{
    Registration(std::string name, std::function<void()> run)
    {
        cases().push_back({std::move(name), std::move(run)});
    }
};

template<typename T>
std::string show(const T& value)
{
    if constexpr (requires(std::ostream & out) { out << value; }) {
        std::ostringstream text;
        text.precision(9);
        text << value;
        return text.str();
    } else if constexpr (std::is_enum_v<T>) {
        return std::to_string(static_cast<long long>(value));
    } else {
        return "(value)";
    }
}

inline void fail(const char* file, int line, const std::string& what)
{
    std::fprintf(stderr, "    %s:%d: %s\n", file, line, what.c_str());
    ++failures();
}

/// $GUIDINO_GOLDEN, else ../shared/golden beside the checkout, else tests/data/golden; empty where
/// none is there.
inline std::filesystem::path goldenFolder()
{
    namespace fs = std::filesystem;
    if (const char* folder = std::getenv("GUIDINO_GOLDEN"); folder != nullptr && *folder != '\0') {
        return folder;
    }
    for (const fs::path& folder :
         {fs::path(GUIDINO_SOURCE_DIR) / ".." / "shared" / "golden",
          fs::path(GUIDINO_SOURCE_DIR) / "tests" / "data" / "golden"}) {
        if (fs::is_directory(folder)) {
            return folder;
        }
    }
    return {};
}

/// $GUIDINO_DATA, else ../shared/data beside the checkout; empty where none is there.
inline std::filesystem::path dataFolder()
{
    namespace fs = std::filesystem;
    if (const char* folder = std::getenv("GUIDINO_DATA"); folder != nullptr && *folder != '\0') {
        return folder;
    }
    const fs::path folder = fs::path(GUIDINO_SOURCE_DIR) / ".." / "shared" / "data";
    return fs::is_directory(folder) ? folder : fs::path();
}

/// A fresh folder that is removed at the end of its life.
class TemporaryFolder
{
public:
    TemporaryFolder()
    {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "guidino-test-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) {
            std::abort();
        }
        m_path = pattern;
    }

    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    ~TemporaryFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const
    {
        return m_path / name;
    }

private:
    std::filesystem::path m_path;
};

inline int runAll(int argc, char** argv)
{
    int ran = 0;
    int failed = 0;
    int skipped = 0;
    for (const Case& testCase : cases()) {
        bool wanted = argc < 2;
        for (int i = 1; i < argc; ++i) {
            wanted = wanted || testCase.name.find(argv[i]) != std::string::npos;
        }
        if (!wanted) {
            continue;
        }
        const int before = failures();
        try {
            ++ran;
            testCase.run();
        } catch (const Failure&) {
        } catch (const Skip& skip) {
            std::printf("SKIP %s: %s\n", testCase.name.c_str(), skip.reason.c_str());
            ++skipped;
            continue;
        } catch (const std::exception& exception) {
            fail(testCase.name.c_str(), 0, std::string("exception: ") + exception.what());
        }
        const bool isOk = failures() == before;
        failed += isOk ? 0 : 1;
        std::printf("%s %s\n", isOk ? "ok  " : "FAIL", testCase.name.c_str());
        std::fflush(stdout);
    }
    std::printf("%d passed, %d failed, %d skipped\n", ran - failed - skipped, failed, skipped);
    if (ran == 0) {
        std::fprintf(stderr, "no such case\n");
        return 1;
    }
    return failed > 0 ? 1 : (skipped == ran ? 77 : 0);
}

} // namespace guidino::test

#define GD_TEST(name) \
    static void name(); \
    static const guidino::test::Registration registration_##name(#name, name); \
    static void name()

#define GD_TEST_MAIN() \
    int main(int argc, char** argv) \
    { \
        return guidino::test::runAll(argc, argv); \
    }

/// Goes on after a failure.
#define EXPECT(condition) \
    do { \
        if (!(condition)) { \
            guidino::test::fail(__FILE__, __LINE__, "expected: " #condition); \
        } \
    } while (false)

/// Ends the case at a failure.
#define REQUIRE(condition) \
    do { \
        if (!(condition)) { \
            guidino::test::fail(__FILE__, __LINE__, "required: " #condition); \
            throw guidino::test::Failure{}; \
        } \
    } while (false)

/// The value of a Result, or the end of the case with its error message.
#define REQUIRE_OK(result) \
    do { \
        if (const auto& gdResult = (result); !gdResult) { \
            guidino::test::fail(__FILE__, __LINE__, #result ": " + gdResult.error().message); \
            throw guidino::test::Failure{}; \
        } \
    } while (false)

/// Copies both values: an expression may refer into a temporary.
#define EXPECT_EQ(actual, expected) \
    do { \
        const auto gdActual = (actual); \
        const auto gdExpected = (expected); \
        if (!(gdActual == gdExpected)) { \
            guidino::test::fail( \
                __FILE__, \
                __LINE__, \
                #actual " is " + guidino::test::show(gdActual) + ", expected " \
                    + guidino::test::show(gdExpected)); \
        } \
    } while (false)

#define EXPECT_NEAR(actual, expected, tolerance) \
    do { \
        const double gdActual = (actual); \
        const double gdExpected = (expected); \
        if (!(std::abs(gdActual - gdExpected) <= (tolerance))) { \
            guidino::test::fail( \
                __FILE__, \
                __LINE__, \
                #actual " is " + guidino::test::show(gdActual) + ", expected " \
                    + guidino::test::show(gdExpected)); \
        } \
    } while (false)
