// SPDX-License-Identifier: Apache-2.0
#include "core/engine/config_json.h"

#include "core/engine/config_fields.h"
#include "core/nn/data/presets.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace guidino::engine {

namespace {

Json optionJson(const nn::OptionValue& value)
{
    return std::visit(
        [](const auto& one) -> Json {
            using T = std::decay_t<decltype(one)>;
            if constexpr (std::is_same_v<T, nn::OptionPairs>) {
                Json list = Json::array();
                for (const auto& pair : one) {
                    list.push_back(pair[0] == pair[1] ? Json(pair[0]) : Json(pair));
                }
                return list;
            } else {
                return Json(one);
            }
        },
        value);
}

class Writer
{
public:
    template<typename T, typename... Rules>
    void operator()(const char* key, const T& value, const Rules&...)
    {
        m_json[key] = value;
    }

    void augmentation(const char* key, nn::AugmentationConfig& value) { section(key, value); }

    template<typename Section>
    void section(const char* key, Section& value)
    {
        Writer inner;
        visit(inner, value);
        m_json[key] = std::move(inner.m_json);
    }

    void network(const char* key, nn::NetworkConfig& value, const std::string& system)
    {
        section(key, value);
        const nn::Architecture* known = nn::findArchitecture(system);
        if (known == nullptr) {
            return;
        }
        for (const nn::NetworkOption& option : known->options) {
            const auto given = value.options.find(option.key);
            m_json[key][option.key] =
                optionJson(given == value.options.end() ? option.value : given->second);
        }
    }

    Json m_json = Json::object();
};

struct Problem
{
    std::string path;
    std::string message;
};

std::string joined(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

std::string shown(const Json& value)
{
    std::string text = value.dump();
    return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

std::string shown(double value)
{
    if (value == std::floor(value) && std::abs(value) < 1e15) {
        return Json(static_cast<std::int64_t>(value)).dump();
    }
    return Json(value).dump();
}

class Reader
{
public:
    Reader(const Json& object, std::string path, std::vector<Problem>& problems)
        : m_object(object)
        , m_path(std::move(path))
        , m_problems(problems)
    {}

    void allow(const std::string& key) { m_known.push_back(key); }

    void operator()(const char* key, bool& value)
    {
        if (const Json* found = find(key)) {
            if (found->is_boolean()) {
                value = found->get<bool>();
            } else {
                complain(key, "must be true or false, not " + shown(*found));
            }
        }
    }

    void operator()(const char* key, int& value, Range range)
    {
        std::int64_t wide = value;
        (*this)(key, wide, range);
        value = static_cast<int>(wide);
    }

    void operator()(const char* key, std::int64_t& value, Range range)
    {
        if (const Json* found = find(key)) {
            if (!found->is_number_integer()) {
                complain(key, "must be a whole number, not " + shown(*found));
            } else if (isInside(key, found->get<double>(), range)) {
                value = found->get<std::int64_t>();
            }
        }
    }

    void operator()(const char* key, double& value, Range range)
    {
        if (const Json* found = find(key)) {
            if (!found->is_number()) {
                complain(key, "must be a number, not " + shown(*found));
            } else if (isInside(key, found->get<double>(), range)) {
                value = found->get<double>();
            }
        }
    }

    void operator()(const char* key, std::string& value)
    {
        if (const Json* found = find(key)) {
            // Nothing is a text where nothing is the default (options of a planned network).
            if (found->is_string() && (value.empty() || !found->get<std::string>().empty())) {
                value = found->get<std::string>();
            } else {
                complain(key, "must be a text, not " + shown(*found));
            }
        }
    }

    void operator()(const char* key, std::string& value, const OneOf& allowed)
    {
        if (const Json* found = find(key)) {
            if (isName(key, *found, allowed)) {
                value = found->get<std::string>();
            }
        }
    }

    void operator()(const char* key, std::vector<std::string>& value, const OneOf& allowed)
    {
        const Json* found = find(key);
        if (found == nullptr) {
            return;
        }
        if (!found->is_array()) {
            complain(
                key,
                "must be a list, such as [\"" + allowed.names.front() + "\"], not "
                    + shown(*found));
            return;
        }
        std::vector<std::string> names;
        for (const Json& item : *found) {
            if (!isName(key, item, allowed)) {
                return;
            }
            const auto name = item.get<std::string>();
            if (std::find(names.begin(), names.end(), name) != names.end()) {
                complain(key, "names " + name + " twice");
                return;
            }
            names.push_back(name);
        }
        value = std::move(names);
    }

    void operator()(const char* key, std::vector<int>& value, Range range, std::size_t count)
    {
        if (const Json* found = find(key)) {
            std::vector<double> numbers;
            if (readNumbers(key, *found, count, range, true, numbers)) {
                value.clear();
                std::transform(
                    numbers.begin(), numbers.end(), std::back_inserter(value), [](double x) {
                        return static_cast<int>(x);
                    });
            }
        }
    }

    template<std::size_t Count>
    void operator()(const char* key, std::array<double, Count>& value, Range range)
    {
        const Json* found = find(key);
        std::vector<double> numbers;
        if (found == nullptr || !readNumbers(key, *found, Count, range, false, numbers)) {
            return;
        }
        // Two numbers are a range, but for Adam's betas.
        if (Count == 2 && std::string(key) != "betas" && numbers[0] > numbers[1]) {
            complain(key, "must be [smallest, largest], not " + shown(*found));
            return;
        }
        std::copy(numbers.begin(), numbers.end(), value.begin());
    }

    /// Names with a number each.
    void operator()(
        const char* key, std::map<std::string, double>& value, const OneOf& allowed, Range range)
    {
        const Json* found = find(key);
        if (found == nullptr) {
            return;
        }
        if (!found->is_object()) {
            complain(key, "must be an object of names with numbers, not " + shown(*found));
            return;
        }
        value.clear();
        for (const auto& [name, number] : found->items()) {
            const std::string path = std::string(key) + "." + name;
            if (std::find(allowed.names.begin(), allowed.names.end(), name)
                == allowed.names.end()) {
                complain(
                    path,
                    allowed.names.empty()
                        ? "is not known: such names come from plug-ins, and none that brings one "
                          "is loaded"
                        : "is not known (" + joined(allowed.names) + ")");
            } else if (!number.is_number()) {
                complain(path, "must be a number, not " + shown(number));
            } else if (isInside(path.c_str(), number.get<double>(), range)) {
                value[name] = number.get<double>();
            }
        }
    }

    void augmentation(const char* key, nn::AugmentationConfig& value)
    {
        const Json* found = find(key);
        if (found == nullptr) {
            return;
        }
        const Json object = found->is_string() ? Json{{"preset", *found}} : *found;
        if (!object.is_object()) {
            complain(key, "must be a preset's name or an object, not " + shown(*found));
            return;
        }
        if (const auto preset = object.find("preset");
            preset != object.end() && preset->is_string()) {
            // A name that is none is reported when the members are read.
            if (const auto start = nn::augmentationPreset(preset->get<std::string>())) {
                value = *start;
            }
        }
        readObject(object, key, value);
    }

    template<typename Section>
    void section(const char* key, Section& value)
    {
        if (const Json* found = find(key)) {
            if (found->is_object()) {
                readObject(*found, key, value);
            } else {
                complain(key, "must be an object, not " + shown(*found));
            }
        }
    }

    /// The section, and in it the options of the system's own network.
    void network(const char* key, nn::NetworkConfig& value, const std::string& system)
    {
        const Json* found = find(key);
        if (found == nullptr) {
            return;
        }
        if (!found->is_object()) {
            complain(key, "must be an object, not " + shown(*found));
            return;
        }
        Reader inner(*found, pathOf(key), m_problems);
        visit(inner, value);
        if (const nn::Architecture* known = nn::findArchitecture(system)) {
            for (const nn::NetworkOption& option : known->options) {
                inner.option(option, value.options);
            }
        }
        inner.finish();
    }

    void finish()
    {
        for (const auto& [key, ignored] : m_object.items()) {
            if (std::find(m_known.begin(), m_known.end(), key) == m_known.end()) {
                const std::string path = pathOf(key);
                m_problems.push_back({path, "unknown key" + nearestKeyHint(path)});
            }
        }
    }

private:
    void option(const nn::NetworkOption& option, std::map<std::string, nn::OptionValue>& values)
    {
        const char* key = option.key.c_str();
        if (!m_object.contains(key)) {
            allow(option.key);
            return;
        }
        nn::OptionValue value = option.value;
        std::visit([&](auto& one) { readOption(key, option, one); }, value);
        values[option.key] = std::move(value);
    }

    void readOption(const char* key, const nn::NetworkOption&, bool& value) { (*this)(key, value); }

    template<typename Number>
    requires std::is_same_v<Number, std::int64_t> || std::is_same_v<Number, double>
    void readOption(const char* key, const nn::NetworkOption& option, Number& value)
    {
        (*this)(key, value, Range{option.minimum, option.maximum});
    }

    void readOption(const char* key, const nn::NetworkOption& option, std::string& value)
    {
        if (option.names.empty()) {
            (*this)(key, value);
        } else {
            (*this)(key, value, OneOf{option.names});
        }
    }

    void readOption(const char* key, const nn::NetworkOption& option, nn::OptionNumbers& value)
    {
        readItems(key, option, [&](const Json& list) {
            value.clear();
            for (const Json& item : list) {
                if (!isOptionNumber(key, option, item)) {
                    return;
                }
                value.push_back(item.get<std::int64_t>());
            }
        });
    }

    void readOption(const char* key, const nn::NetworkOption& option, nn::OptionPairs& value)
    {
        readItems(key, option, [&](const Json& list) {
            value.clear();
            for (const Json& item : list) {
                const Json pair = item.is_array() ? item : Json::array({item, item});
                if (pair.size() != 2) {
                    complain(key, "takes numbers and pairs of numbers, not " + shown(item));
                    return;
                }
                if (!isOptionNumber(key, option, pair[0])
                    || !isOptionNumber(key, option, pair[1])) {
                    return;
                }
                value.push_back({pair[0].get<std::int64_t>(), pair[1].get<std::int64_t>()});
            }
        });
    }

    template<typename Read>
    void readItems(const char* key, const nn::NetworkOption& option, const Read& read)
    {
        const Json* found = find(key);
        if (found == nullptr) {
            return;
        }
        if (!found->is_array() || found->size() < option.min_count
            || found->size() > option.max_count) {
            const std::string count =
                option.min_count == option.max_count
                    ? std::to_string(option.min_count)
                    : std::to_string(option.min_count) + " to " + std::to_string(option.max_count);
            complain(key, "must be a list of " + count + " numbers, not " + shown(*found));
            return;
        }
        read(*found);
    }

    bool isOptionNumber(const char* key, const nn::NetworkOption& option, const Json& item)
    {
        if (!item.is_number_integer()) {
            complain(key, "must be whole numbers, not " + shown(item));
            return false;
        }
        return isInside(key, item.get<double>(), Range{option.minimum, option.maximum});
    }

    template<typename Section>
    void readObject(const Json& object, const char* key, Section& value)
    {
        Reader inner(object, pathOf(key), m_problems);
        visit(inner, value);
        inner.finish();
    }

    const Json* find(const char* key)
    {
        m_known.emplace_back(key);
        const auto found = m_object.find(key);
        return found == m_object.end() ? nullptr : &*found;
    }

    [[nodiscard]] std::string pathOf(const std::string& key) const
    {
        return m_path.empty() ? key : m_path + "." + key;
    }

    void complain(const std::string& key, std::string message)
    {
        m_problems.push_back({pathOf(key), std::move(message)});
    }

    bool isInside(const char* key, double number, Range range)
    {
        if (std::isfinite(number) && number >= range.min && number <= range.max) {
            return true;
        }
        std::string allowed = "at least " + shown(range.min);
        if (range.max < kHuge) {
            allowed = range.max == kFraction.max
                          ? shown(range.min) + " or more and below 1"
                          : "from " + shown(range.min) + " to " + shown(range.max);
        }
        complain(key, "must be " + allowed + ", not " + shown(number));
        return false;
    }

    bool isName(const char* key, const Json& value, const OneOf& allowed)
    {
        if (value.is_string()
            && std::find(allowed.names.begin(), allowed.names.end(), value.get<std::string>())
                   != allowed.names.end()) {
            return true;
        }
        complain(key, "must be one of " + joined(allowed.names) + ", not " + shown(value));
        return false;
    }

    bool readNumbers(
        const char* key,
        const Json& list,
        std::size_t count,
        Range range,
        bool whole,
        std::vector<double>& numbers)
    {
        const bool isRight = list.is_array() && list.size() == count
                             && std::all_of(list.begin(), list.end(), [whole](const Json& item) {
                                    return whole ? item.is_number_integer() : item.is_number();
                                });
        if (!isRight) {
            complain(
                key,
                "must be a list of " + std::to_string(count) + (whole ? " whole" : "")
                    + " numbers, not " + shown(list));
            return false;
        }
        for (const Json& item : list) {
            if (!isInside(key, item.get<double>(), range)) {
                return false;
            }
            numbers.push_back(item.get<double>());
        }
        return true;
    }

    const Json& m_object;
    std::string m_path;
    std::vector<Problem>& m_problems;
    std::vector<std::string> m_known;
};

/// What a system is where the text does not say: unguided networks have no guide, the guided ones
/// gate where the published code does (PIPELINE.md §2.3).
nn::SystemConfig defaultsFor(const Json& json)
{
    nn::SystemConfig config;
    const auto system = json.find("system");
    const std::string name =
        system != json.end() && system->is_string() ? system->get<std::string>() : config.system;
    if (const nn::Architecture* known = nn::findArchitecture(name)) {
        config.network = known->network;
        config.guide.source = known->default_source;
        config.guide.gates = known->default_gates;
    }
    return config;
}

Result<nn::SystemConfig>
readParts(const Json& json, const std::string& source, const std::vector<std::string>& extraKeys)
{
    if (!json.is_object()) {
        return Error{ErrorCode::Configuration, source + ": must be a JSON object.", {}};
    }
    nn::SystemConfig config = defaultsFor(json);
    std::vector<Problem> problems;
    Reader reader(json, "", problems);
    for (const char* key : {"description", "reported"}) {
        reader.allow(key);
    }
    for (const std::string& key : extraKeys) {
        reader.allow(key);
    }
    visit(reader, config);
    if (json.contains("plugins")) {
        reader.allow("plugins");
        problems.push_back(
            {"plugins",
             "files cannot load libraries: name them with --plugin FILE or in $GUIDINO_PLUGINS"});
    }
    reader.finish();
    if (problems.empty()) {
        return config;
    }
    std::string message = source + ": ";
    for (std::size_t i = 0; i < problems.size(); ++i) {
        message += (i == 0 ? "" : "; ") + problems[i].path + ": " + problems[i].message;
    }
    return Error{ErrorCode::Configuration, message + ".", {{"key", problems.front().path}}};
}

void collectPaths(const Json& json, const std::string& prefix, std::vector<std::string>& paths)
{
    for (const auto& [key, value] : json.items()) {
        const std::string path = prefix.empty() ? key : prefix + "." + key;
        paths.push_back(path);
        if (value.is_object()) {
            collectPaths(value, path, paths);
        }
    }
}

std::size_t editDistance(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row[b.size()];
}

} // namespace

Json jsonOf(const nn::SystemConfig& config)
{
    nn::SystemConfig copy = config; // one visitor serves reading and writing
    Writer writer;
    visit(writer, copy);
    return std::move(writer.m_json);
}

Status
checkPart(const Json& json, const std::string& source, const std::vector<std::string>& extraKeys)
{
    GD_TRY(readParts(json, source, extraKeys));
    return {};
}

Result<nn::SystemConfig> configFromJson(
    const Json& json, const std::string& source, const std::vector<std::string>& extraKeys)
{
    Result<nn::SystemConfig> config = readParts(json, source, extraKeys);
    GD_TRY(config);
    GD_TRY(checkTogether(*config, source));
    return config;
}

void mergeOver(Json& base, const Json& patch)
{
    for (const auto& [key, value] : patch.items()) {
        if (key == "augmentation") {
            Json& mine = base[key];
            if (mine.is_string()) {
                mine = Json{{"preset", mine}};
            }
            if (!value.is_object() || value.contains("preset") || !mine.is_object()) {
                mine = value;
                continue;
            }
        }
        Json& mine = base[key];
        if (value.is_object() && mine.is_object()) {
            mergeOver(mine, value);
        } else {
            mine = value;
        }
    }
}

std::string nearestOf(const std::string& word, const std::vector<std::string>& known)
{
    const auto nearest = std::min_element(
        known.begin(), known.end(), [&word](const std::string& a, const std::string& b) {
            return editDistance(word, a) < editDistance(word, b);
        });
    return nearest == known.end() ? std::string() : *nearest;
}

std::string nearestKeyHint(const std::string& path)
{
    static const std::vector<std::string> paths = [] {
        std::vector<std::string> all;
        collectPaths(jsonOf(nn::SystemConfig{}), "", all);
        return all;
    }();
    // The right key in another section is nearer than another key in the same section.
    const std::string leaf = path.substr(path.rfind('.') + 1);
    for (const std::string& known : paths) {
        if (known.substr(known.rfind('.') + 1) == leaf) {
            return "; did you mean " + known + "?";
        }
    }
    return "; the nearest known key is " + nearestOf(path, paths);
}

Result<Json> parseJsonObject(const std::string& text, const std::string& source)
{
    try {
        Json json = Json::parse(text, nullptr, true, true);
        if (json.is_object()) {
            return json;
        }
        return Error{ErrorCode::Configuration, source + ": must be a JSON object.", {}};
    } catch (const Json::parse_error& error) {
        std::string reason = error.what();
        if (const auto start = reason.find("parse error"); start != std::string::npos) {
            reason = reason.substr(start);
        }
        return Error{ErrorCode::Configuration, source + ": is no JSON: " + reason, {}};
    }
}

} // namespace guidino::engine
