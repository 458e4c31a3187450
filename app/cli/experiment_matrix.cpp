// SPDX-License-Identifier: Apache-2.0
#include "app/cli/experiment_matrix.h"

#include "app/cli/options.h"
#include "app/cli/terminal.h"
#include "core/base/file.h"
#include "core/datasets/corrupted_copies.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <set>

namespace guidino::cli {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

/// Thrown inside of this file only.
struct Problem
{
    std::string message;
};

/// One object of the file: reads what is known, complains about the rest at its end.
class Object
{
public:
    Object(const Json& json, std::string place)
        : m_json(json)
        , m_place(std::move(place))
    {
        if (!json.is_object()) {
            throw Problem{m_place + ": an object is expected"};
        }
    }

    [[nodiscard]] const Json* find(const char* key)
    {
        m_known.emplace_back(key);
        const auto found = m_json.find(key);
        return found == m_json.end() ? nullptr : &*found;
    }

    void text(const char* key, std::string& value)
    {
        if (const Json* found = find(key)) {
            if (!found->is_string()) {
                throw Problem{m_place + "." + key + ": a text is expected"};
            }
            value = found->get<std::string>();
        }
    }

    void texts(const char* key, std::vector<std::string>& value)
    {
        const Json* found = find(key);
        if (found == nullptr) {
            return;
        }
        value.clear();
        const bool isList =
            found->is_array() && std::all_of(found->begin(), found->end(), [](const Json& one) {
                return one.is_string();
            });
        if (!isList) {
            throw Problem{m_place + "." + key + ": a list of texts is expected"};
        }
        value = found->get<std::vector<std::string>>();
    }

    /// Relative to `folder`; names stay names.
    void path(const char* key, fs::path& value, const fs::path& folder)
    {
        std::string name;
        text(key, name);
        if (!name.empty()) {
            value = folder / name;
        }
    }

    void end() const
    {
        for (const auto& [key, value] : m_json.items()) {
            if (std::find(m_known.begin(), m_known.end(), key) == m_known.end()) {
                const std::string close = nearest(key, m_known);
                throw Problem{
                    m_place + "." + key + ": unknown key"
                    + (close.empty() ? "" : "; the nearest known key is " + close)};
            }
        }
    }

    [[nodiscard]] const std::string& place() const { return m_place; }

private:
    const Json& m_json;
    std::string m_place;
    std::vector<std::string> m_known;
};

/// Names become folders: no separators, nothing hidden.
std::string checkedName(const std::string& name, const std::string& place)
{
    const bool isPlain =
        !name.empty() && name[0] != '.' && name.find("__") == std::string::npos
        && std::all_of(name.begin(), name.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '+';
           });
    if (!isPlain) {
        throw Problem{
            place + ": '" + name
            + "' is no name for a folder (letters, digits, '-', '.', '+' and single '_')"};
    }
    return name;
}

void checkSettings(const std::vector<std::string>& settings, const std::string& place)
{
    for (const std::string& one : settings) {
        if (one.find('=') == std::string::npos || one[0] == '=') {
            throw Problem{place + ": '" + one + "' is not of the form path.key=value"};
        }
    }
}

/// A file of the matrix's folder where it is one, else a name.
std::string fileOrName(const std::string& text, const fs::path& folder)
{
    return text.empty() || isName(text) ? text : (folder / text).string();
}

std::vector<MatrixSystem> systemsOf(const Json& json, const fs::path& folder)
{
    std::vector<MatrixSystem> systems;
    if (json.is_array()) {
        for (const Json& one : json) {
            if (!one.is_string()) {
                throw Problem{"systems: a list of names, or an object of them, is expected"};
            }
            const auto name = one.get<std::string>();
            systems.push_back({checkedName(name, "systems"), name, {}, {}, {}});
        }
        return systems;
    }
    const Object check(json, "systems");
    for (const auto& [name, value] : json.items()) {
        MatrixSystem system;
        system.name = checkedName(name, "systems");
        if (value.is_string()) {
            system.config = value.get<std::string>();
        } else {
            Object object(value, "systems." + name);
            object.text("config", system.config);
            object.text("recipe", system.recipe);
            object.text("init", system.init);
            object.texts("settings", system.settings);
            object.end();
            checkSettings(system.settings, object.place() + ".settings");
        }
        if (system.config.empty() && system.init.empty()) {
            throw Problem{"systems." + name + ": neither config nor init says what to train"};
        }
        system.config = fileOrName(system.config, folder);
        system.recipe = fileOrName(system.recipe, folder);
        system.init = fileOrName(system.init, folder);
        systems.push_back(std::move(system));
    }
    return systems;
}

/// "blur-3".
MatrixTest corruptionOf(const std::string& text)
{
    const auto choice = datasets::parseCorruption(text);
    if (!choice) {
        throw Problem{"corruptions: " + choice.error().message};
    }
    return {text, {}, {}, {}, choice->kind, choice->severity};
}

/// Data sets on which nothing is trained here.
void addOthers(Object& object, const fs::path& folder, std::vector<MatrixTest>& others)
{
    const Json* json = object.find("also");
    if (json == nullptr) {
        return;
    }
    const std::string place = object.place() + ".also";
    const Object check(*json, place);
    for (const auto& [name, value] : json->items()) {
        MatrixTest other;
        other.name = checkedName(name, place);
        if (value.is_string()) {
            other.path = folder / value.get<std::string>();
        } else {
            Object one(value, place + "." + name);
            one.path("path", other.path, folder);
            one.path("splits", other.splits, folder);
            one.text("test", other.test);
            one.end();
        }
        if (other.path.empty()) {
            throw Problem{place + "." + name + ": path is missing"};
        }
        for (const MatrixTest& before : others) {
            if (before.name == other.name) {
                throw Problem{place + "." + name + ": the name is that of a corruption"};
            }
        }
        others.push_back(std::move(other));
    }
}

std::vector<MatrixData>
dataOf(const Json& json, const fs::path& folder, const std::vector<MatrixTest>& corruptions)
{
    const Object check(json, "data");
    std::vector<MatrixData> all;
    for (const auto& [name, value] : json.items()) {
        MatrixData data;
        data.name = checkedName(name, "data");
        data.others = corruptions;
        if (value.is_string()) {
            data.path = folder / value.get<std::string>();
        } else {
            Object object(value, "data." + name);
            object.path("path", data.path, folder);
            object.text("layout", data.layout);
            object.path("splits", data.splits, folder);
            object.path("test_path", data.testPath, folder);
            object.path("test_splits", data.testSplits, folder);
            object.text("test", data.test);
            object.texts("settings", data.settings);
            addOthers(object, folder, data.others);
            object.end();
            checkSettings(data.settings, object.place() + ".settings");
        }
        if (data.path.empty()) {
            throw Problem{"data." + name + ": path is missing"};
        }
        if (data.testPath.empty()) {
            data.testPath = data.path;
            data.testSplits = data.testSplits.empty() ? data.splits : data.testSplits;
        }
        all.push_back(std::move(data));
    }
    return all;
}

Matrix matrixOf(const Json& json, const fs::path& folder)
{
    Matrix matrix;
    Object object(json, "matrix");
    object.text("title", matrix.title);
    const Json* systems = object.find("systems");
    const Json* data = object.find("data");
    if (systems == nullptr || data == nullptr) {
        throw Problem{std::string(systems == nullptr ? "systems" : "data") + " is missing"};
    }
    matrix.systems = systemsOf(*systems, folder);
    std::vector<std::string> corruptionNames;
    object.texts("corruptions", corruptionNames);
    std::vector<MatrixTest> corruptions;
    for (const std::string& name : corruptionNames) {
        corruptions.push_back(corruptionOf(name));
    }
    matrix.data = dataOf(*data, folder, corruptions);
    if (const Json* settings = object.find("settings")) {
        const Object check(*settings, "settings");
        for (const auto& [name, value] : settings->items()) {
            const Json wrapped{{"settings", value}};
            MatrixSetting setting{checkedName(name, "settings"), {}};
            Object(wrapped, "settings." + name).texts("settings", setting.settings);
            checkSettings(setting.settings, "settings." + name);
            matrix.settings.push_back(std::move(setting));
        }
    }
    if (matrix.settings.empty()) {
        matrix.settings.emplace_back();
    }
    if (const Json* seeds = object.find("seeds")) {
        const bool isList = seeds->is_array() && !seeds->empty()
                            && std::all_of(seeds->begin(), seeds->end(), [](const Json& one) {
                                   return one.is_number_integer() && one.get<std::int64_t>() >= 0;
                               });
        if (!isList) {
            throw Problem{"seeds: a list of whole numbers is expected"};
        }
        matrix.seeds = seeds->get<std::vector<std::int64_t>>();
    }
    object.texts("common", matrix.common);
    checkSettings(matrix.common, "common");
    object.text("recipe", matrix.recipe);
    matrix.recipe = fileOrName(matrix.recipe, folder);
    object.texts("sizes", matrix.sizes);
    object.texts("metrics", matrix.metrics);
    object.text("hd95", matrix.hd95);
    object.text("baseline", matrix.baseline);
    object.text("device", matrix.device);
    if (const Json* pictures = object.find("pictures")) {
        if (!pictures->is_number_integer() || pictures->get<int>() < 0) {
            throw Problem{"pictures: a whole number is expected"};
        }
        matrix.pictures = pictures->get<int>();
    }
    object.end();
    if (matrix.systems.empty() || matrix.data.empty() || matrix.sizes.empty()) {
        throw Problem{"systems, data and sizes must not be empty"};
    }
    return matrix;
}

} // namespace

Result<Matrix> readMatrix(const fs::path& file)
{
    const auto text = readFile(file, 16 << 20);
    if (!text) {
        return text.error();
    }
    try {
        const Json json = Json::parse(*text);
        Matrix matrix = matrixOf(json, absolutePath(file).parent_path());
        std::set<std::string> variants;
        for (const MatrixCell& cell : cellsOf(matrix)) {
            variants.insert(cell.variant);
        }
        if (matrix.baseline.empty()) {
            matrix.baseline = cellsOf(matrix).front().variant;
        } else if (!variants.contains(matrix.baseline)) {
            throw Problem{"baseline: there is no variant '" + matrix.baseline + "'"};
        }
        return matrix;
    } catch (const Problem& problem) {
        return Error{ErrorCode::Configuration, file.string() + ": " + problem.message, {}};
    } catch (const Json::exception& exception) {
        return Error{ErrorCode::Configuration, file.string() + ": " + exception.what(), {}};
    }
}

std::vector<MatrixCell> cellsOf(const Matrix& matrix)
{
    std::vector<MatrixCell> cells;
    for (const std::int64_t seed : matrix.seeds) {
        for (std::size_t d = 0; d < matrix.data.size(); ++d) {
            for (std::size_t k = 0; k < matrix.settings.size(); ++k) {
                for (std::size_t s = 0; s < matrix.systems.size(); ++s) {
                    const std::string& system = matrix.systems[s].name;
                    const std::string& setting = matrix.settings[k].name;
                    cells.push_back(
                        {system + "__" + matrix.data[d].name
                             + (setting.empty() ? "" : "__" + setting) + "__s"
                             + std::to_string(seed),
                         matrix.settings.size() > 1 ? system + ", " + setting : system,
                         s,
                         d,
                         k,
                         seed});
                }
            }
        }
    }
    return cells;
}

} // namespace guidino::cli
