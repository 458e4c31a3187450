// SPDX-License-Identifier: Apache-2.0
// The architecture's rules that a compiler cannot check (docs/architecture.md), read off the source
// text. The only escape is a line that ends with "// layout-ok: reason".
#include "tests/support/check.h"

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

namespace fs = std::filesystem;

namespace {

struct SourceFile
{
    std::string path; ///< from the source root, with '/'
    std::vector<std::string> lines;

    [[nodiscard]] bool isBelow(std::string_view folder) const { return path.starts_with(folder); }

    [[nodiscard]] bool isHeader() const { return path.ends_with(".h"); }
};

std::vector<SourceFile> readSources()
{
    std::vector<SourceFile> files;
    const fs::path root = GUIDINO_SOURCE_DIR;
    for (const char* top : {"app", "core", "ui", "plugins", "tests"}) {
        for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
            const std::string extension = entry.path().extension().string();
            if (extension != ".h" && extension != ".cpp" && extension != ".cu") {
                continue;
            }
            SourceFile file;
            file.path = fs::relative(entry.path(), root).generic_string();
            std::ifstream stream(entry.path());
            for (std::string line; std::getline(stream, line);) {
                file.lines.push_back(line);
            }
            files.push_back(std::move(file));
        }
    }
    std::sort(
        files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return files;
}

const std::vector<SourceFile>& sources()
{
    static const std::vector<SourceFile> files = readSources();
    return files;
}

void complain(const std::string& path, std::size_t line, const std::string& hint)
{
    guidino::test::fail(path.c_str(), static_cast<int>(line), hint);
}

/// Calls `check(file, line number, line)` for each line without an escape.
template<typename Check>
void forEachLine(const Check& check)
{
    for (const SourceFile& file : sources()) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            if (file.lines[i].find("// layout-ok: ") == std::string::npos) {
                check(file, i + 1, file.lines[i]);
            }
        }
    }
}

/// What stands between the quotes or brackets of an #include line, with the opening character; else
/// empty.
std::string includedBy(const std::string& line)
{
    static const std::regex pattern(R"(^\s*#\s*include\s*([<"][^>"]+)[>"])");
    std::smatch match;
    return std::regex_search(line, match, pattern) ? match[1].str() : std::string();
}

bool isOneOf(const SourceFile& file, std::initializer_list<const char*> folders)
{
    return std::any_of(
        folders.begin(), folders.end(), [&](const char* folder) { return file.isBelow(folder); });
}

/// Complains with `hint` about each line below `folders` that matches.
void forbid(
    std::initializer_list<const char*> folders, const std::regex& pattern, const std::string& hint)
{
    forEachLine([&](const SourceFile& file, std::size_t number, const std::string& line) {
        if (isOneOf(file, folders) && std::regex_search(line, pattern)) {
            complain(file.path, number, hint);
        }
    });
}

} // namespace

GD_TEST(thereAreSourcesToCheck)
{
    REQUIRE(sources().size() > 10);
}

GD_TEST(torchStaysInNnAndEngine)
{
    forEachLine([](const SourceFile& file, std::size_t number, const std::string& line) {
        const std::string header = includedBy(line);
        if (!header.starts_with("<torch") && !header.starts_with("<ATen")
            && !header.starts_with("<c10")) {
            return;
        }
        const bool isSource = !file.isHeader();
        const bool isAllowed = isOneOf(file, {"core/nn/", "tests/nn/", "tests/engine/", "plugins/"})
                               || (isOneOf(file, {"core/engine/", "tests/benchmarks/"}) && isSource)
                               || file.path == "tests/support/nn_check.h";
        if (!isAllowed) {
            complain(
                file.path,
                number,
                "LibTorch belongs to core/nn and core/engine/*.cpp; use the types of core/base");
        }
    });
}

GD_TEST(openCvStaysInImaging)
{
    forEachLine([](const SourceFile& file, std::size_t number, const std::string& line) {
        if (includedBy(line).starts_with("<opencv2")
            && !(
                (file.isBelow("core/imaging/") && !file.isHeader())
                || file.isBelow("tests/imaging/"))) {
            complain(
                file.path, number, "OpenCV belongs to core/imaging/*.cpp; pass guidino::Raster");
        }
    });
}

GD_TEST(vtkStaysInTheVolumeView)
{
    forEachLine([](const SourceFile& file, std::size_t number, const std::string& line) {
        if (includedBy(line).starts_with("<vtk") && !file.isBelow("ui/volume/")) {
            complain(file.path, number, "VTK belongs to ui/volume");
        }
    });
}

GD_TEST(qtStaysOutOfTheCore)
{
    static const std::regex qtHeader(R"(^<Q(t|[A-Z]))");
    forEachLine([](const SourceFile& file, std::size_t number, const std::string& line) {
        const bool hasNoQt =
            (file.isBelow("core/") && !isOneOf(file, {"core/project/", "core/jobs/"}))
            || file.isBelow("app/cli/");
        if (hasNoQt && std::regex_search(includedBy(line), qtHeader)) {
            complain(file.path, number, "this layer has no Qt");
        }
    });
}

GD_TEST(widgetsStayOutOfModels)
{
    static const std::regex widget(
        R"(^<(QWidget|Q\w*(Button|Dialog|DockWidget|Layout|Label|LineEdit|TextEdit|View|MainWindow|MenuBar|ToolBar|StatusBar|ComboBox|SpinBox|Slider|ScrollArea|Splitter|MessageBox)|QApplication|QMenu|QChart\w*)$)");
    forEachLine([](const SourceFile& file, std::size_t number, const std::string& line) {
        if (isOneOf(file, {"core/project/", "core/jobs/", "ui/model/"})
            && std::regex_search(includedBy(line), widget)) {
            complain(file.path, number, "models, jobs and the project store have no widgets");
        }
    });
}

GD_TEST(noWholeModuleQtIncludes)
{
    static const std::regex module(
        R"(^<Qt(Core|Gui|Widgets|Charts|Svg|Sql|Concurrent|OpenGL|OpenGLWidgets|Test|Network)$)");
    forEachLine([](const SourceFile& file, std::size_t number, const std::string& line) {
        const std::string header = includedBy(line);
        if (std::regex_search(header, module) && !(header == "<QtTest" && file.isBelow("tests/"))) {
            complain(file.path, number, "include the class, not the whole module");
        }
    });
}

GD_TEST(ourHeadersAreIncludedByFullPath)
{
    static const std::regex ours(R"(^"(core|ui|app|plugins|resources|tests)/[a-z0-9_/]+\.h$)");
    forEachLine([](const SourceFile& file, std::size_t number, const std::string& line) {
        const std::string header = includedBy(line);
        if (header.starts_with("\"") && !header.ends_with(".moc")
            && !std::regex_search(header, ours)) {
            complain(file.path, number, "include by the full path from the source root");
        }
    });
}

GD_TEST(filesAreOfReadableSize)
{
    for (const SourceFile& file : sources()) {
        const bool mayBeLong =
            !file.lines.empty() && file.lines.front().find("layout-ok: ") != std::string::npos;
        const std::size_t limit = file.isHeader() ? 300 : file.isBelow("tests/") ? 1000 : 700;
        if (file.lines.size() > limit && !mayBeLong) {
            complain(
                file.path,
                file.lines.size(),
                "longer than " + std::to_string(limit) + " lines: split it by concept");
        }
        if (file.path.find("main_window.") != std::string::npos && file.lines.size() > 400) {
            complain(
                file.path,
                file.lines.size(),
                "MainWindow only places docks and connects actions: at most 400 lines");
        }
    }
}

GD_TEST(filesAreNamedInSnakeCaseAndCarryTheLicence)
{
    static const std::regex name(R"(^[a-z0-9_]+\.(h|cpp|cu)$)");
    for (const SourceFile& file : sources()) {
        if (!std::regex_search(file.path.substr(file.path.rfind('/') + 1), name)) {
            complain(file.path, 1, "file names are snake_case");
        }
        if (file.lines.empty()
            || file.lines.front().find("SPDX-License-Identifier: Apache-2.0")
                   == std::string::npos) {
            complain(file.path, 1, "the first line is // SPDX-License-Identifier: Apache-2.0");
        }
        if (file.isHeader()
            && std::find(file.lines.begin(), file.lines.end(), "#pragma once")
                   == file.lines.end()) {
            complain(file.path, 1, "a header has #pragma once");
        }
    }
}

GD_TEST(theWindowNeverWaitsInPlace)
{
    forbid(
        {"ui/", "core/jobs/", "core/project/", "app/workbench/"},
        std::regex(
            R"(\bprocessEvents\s*\(|\bQEventLoop\b|\bwaitFor(Finished|ReadyRead|Started|BytesWritten)\s*\()"),
        "no processEvents, nested event loop or blocking wait: connect to a signal");
}

GD_TEST(resultsOfBackgroundWorkComeFromTheEventLoop)
{
    forbid(
        {"ui/", "app/workbench/"},
        std::regex(R"((^\s*|\))\.then\(|\w\.then\((this|self)\b)"),
        "QFuture::then() may call at once: use afterwards() (ui/model/afterwards.h)");
}

GD_TEST(thereAreNoSingletons)
{
    forbid(
        {"app/", "core/", "ui/", "plugins/"},
        std::regex(R"(static .*\binstance\s*\()"),
        "dependencies come by constructor");
}

GD_TEST(labelMapsChangeOnlyThroughTheirGate)
{
    forEachLine([](const SourceFile& file, std::size_t number, const std::string& line) {
        if (line.find("LabelMapWriter") != std::string::npos
            && !isOneOf(
                file,
                {"core/base/label_map.h",
                 "core/editing/",
                 "core/project/",
                 "tests/base/",
                 "tests/editing/",
                 "tests/layout/"})) {
            complain(file.path, number, "pixels change only through editing::LabelEdit");
        }
    });
}

GD_TEST(qtKeywordsAreSpelledInCapitals)
{
    forbid(
        {"ui/", "core/jobs/", "core/project/", "app/workbench/"},
        std::regex(R"(^\s*(signals|(public|private|protected) slots)\s*:|\bemit\s+\w+\s*\()"),
        "write Q_SIGNALS, Q_SLOTS, Q_EMIT");
}

GD_TEST(notesToOneselfNameAnIssue)
{
    static const std::regex note(R"(\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\)))");
    forEachLine([](const SourceFile& file, std::size_t number, const std::string& line) {
        if (!file.isBelow("tests/layout/") && std::regex_search(line, note)) {
            complain(file.path, number, "write TODO(#issue) or do it");
        }
    });
}

GD_TEST(publicClassesOfTheCoreAreDocumented)
{
    static const std::regex declaration(R"(^class (\w+)( final)?(\s*:.*)?(\s*\{.*)?$)");
    for (const SourceFile& file : sources()) {
        if (!file.isHeader() || !file.isBelow("core/")) {
            continue;
        }
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string& line = file.lines[i];
            if (!std::regex_search(line, declaration) || line.ends_with(";")
                || line.find("layout-ok: ") != std::string::npos) {
                continue;
            }
            std::size_t before = i;
            while (before > 0
                   && (file.lines[before - 1].starts_with("template")
                       || file.lines[before - 1].starts_with("["))) {
                --before;
            }
            if (before == 0 || !file.lines[before - 1].starts_with("///")) {
                complain(
                    file.path,
                    i + 1,
                    "a public class of core has a /// comment: meaning, shapes, units, failure");
            }
        }
    }
}

GD_TEST(cmakeFilesUseTargetsOnly)
{
    static const std::regex forbidden(
        R"(^\s*(include_directories|link_directories|add_definitions|link_libraries)\s*\(|file\s*\(\s*GLOB)");
    const fs::path root = GUIDINO_SOURCE_DIR;
    for (const char* top :
         {"app", "core", "ui", "plugins", "tests", "cmake", "resources", "packaging"}) {
        for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
            if (entry.path().filename() != "CMakeLists.txt"
                && entry.path().extension() != ".cmake") {
                continue;
            }
            std::ifstream stream(entry.path());
            std::size_t number = 0;
            for (std::string line; std::getline(stream, line);) {
                ++number;
                if (std::regex_search(line, forbidden)) {
                    complain(
                        fs::relative(entry.path(), root).generic_string(),
                        number,
                        "CMake by targets only");
                }
            }
        }
    }
    std::ifstream stream(root / "CMakeLists.txt");
    std::size_t lines = 0;
    for (std::string line; std::getline(stream, line);) {
        ++lines;
    }
    EXPECT(lines > 0 && lines <= 150);
}

GD_TEST_MAIN()
