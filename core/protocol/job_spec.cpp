// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/job_spec.h"

#include "core/protocol/json_fields.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace guidino::protocol {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kJobVersion = 1;

/// Writes fields that differ from their defaults.
class Writer
{
public:
    explicit Writer(Json& object)
        : m_object(object)
    {}

    template<typename T>
    void field(const char* key, const T& value, const T& ofDefault)
    {
        if (value == ofDefault) {
            return;
        }
        if constexpr (std::is_same_v<T, std::filesystem::path>) {
            m_object[key] = value.string();
        } else if constexpr (requires { value.has_value(); }) {
            m_object[key] = *value;
        } else {
            m_object[key] = value;
        }
    }

private:
    Json& m_object;
};

/// Reads fields and notes which keys are known.
class Reader
{
public:
    explicit Reader(const nlohmann::json& object)
        : m_object(object)
        , m_fields(object)
        , m_known{"type", "version"}
    {}

    template<typename T>
    void field(const char* key, T& target, const T&)
    {
        m_known.insert(key);
        if (m_fields.find(key) == nullptr) {
            return;
        }
        if constexpr (std::is_same_v<T, std::string>) {
            m_fields.text(key, target);
        } else if constexpr (std::is_same_v<T, std::filesystem::path>) {
            std::string text;
            m_fields.text(key, text);
            target = text;
        } else if constexpr (std::is_same_v<T, bool>) {
            m_fields.flag(key, target);
        } else if constexpr (std::is_same_v<T, std::optional<bool>>) {
            m_fields.flag(key, target.emplace());
        } else if constexpr (std::is_same_v<T, std::optional<double>>) {
            m_fields.number(key, target.emplace(), 0);
        } else if constexpr (std::is_same_v<T, int>) {
            m_fields.integer(key, target, 0, 4096);
        } else if constexpr (std::is_same_v<T, std::vector<double>>) {
            m_fields.numbers(key, target);
        } else {
            m_fields.texts(key, target);
        }
    }

    [[nodiscard]] std::string problem() const
    {
        if (!m_fields.error().empty()) {
            return m_fields.error();
        }
        for (const auto& [key, value] : m_object.items()) {
            if (!m_known.contains(key)) {
                return "'" + key + "' is no field of this job";
            }
        }
        return {};
    }

private:
    const nlohmann::json& m_object;
    JsonFields m_fields;
    std::set<std::string> m_known;
};

/// The one list of a training's fields, for reading and writing.
template<typename Visitor, typename Spec>
void visitTrain(Visitor& visitor, Spec& spec)
{
    const TrainSpec none;
    visitor.field("config", spec.config, none.config);
    visitor.field("recipe", spec.recipe, none.recipe);
    visitor.field("settings", spec.settings, none.settings);
    visitor.field("data", spec.data, none.data);
    visitor.field("layout", spec.layout, none.layout);
    visitor.field("labels", spec.labels, none.labels);
    visitor.field("splits", spec.splits, none.splits);
    visitor.field("guide_corrections", spec.guideCorrections, none.guideCorrections);
    visitor.field(
        "guide_correction_weight", spec.guideCorrectionWeight, none.guideCorrectionWeight);
    visitor.field("init", spec.init, none.init);
    visitor.field("device", spec.device, none.device);
    visitor.field("threads", spec.threads, none.threads);
    visitor.field("preview_images", spec.previewImages, none.previewImages);
    visitor.field("tensorboard", spec.tensorboard, none.tensorboard);
    visitor.field("dry_run", spec.dryRun, none.dryRun);
}

template<typename Visitor, typename Spec>
void visitPredict(Visitor& visitor, Spec& spec)
{
    const PredictSpec none;
    visitor.field("model", spec.model, none.model);
    visitor.field("input", spec.input, none.input);
    visitor.field("out", spec.out, none.out);
    visitor.field("layout", spec.layout, none.layout);
    visitor.field("split", spec.split, none.split);
    visitor.field("splits", spec.splits, none.splits);
    visitor.field("mode", spec.mode, none.mode);
    visitor.field("mirror", spec.mirror, none.mirror);
    visitor.field("overlap", spec.overlap, none.overlap);
    visitor.field("device", spec.device, none.device);
    visitor.field("precision", spec.precision, none.precision);
    visitor.field("threads", spec.threads, none.threads);
    visitor.field("flatten_guide", spec.flattenGuide, none.flattenGuide);
    visitor.field("guide", spec.guide, none.guide);
    visitor.field("prototype_weights", spec.prototypeWeights, none.prototypeWeights);
    visitor.field("write_probability", spec.writeProbability, none.writeProbability);
    visitor.field("write_overlay", spec.writeOverlay, none.writeOverlay);
}

template<typename Visitor, typename Spec>
void visitCommand(Visitor& visitor, Spec& spec)
{
    const CommandSpec none;
    visitor.field("words", spec.words, none.words);
}

Error noJob(const std::string& what)
{
    return Error{ErrorCode::Configuration, "not a job that this version can do: " + what, {}};
}

} // namespace

bool isJobCommand(const std::vector<std::string>& words)
{
    static const std::vector<std::vector<std::string>> kKnown{
        {"evaluate"},
        {"explain"},
        {"data", "pack"},
        {"models", "import"},
        {"models", "export"},
        {"nnunet", "predict"}};
    return std::any_of(kKnown.begin(), kKnown.end(), [&words](const auto& known) {
        return words.size() >= known.size()
               && std::equal(known.begin(), known.end(), words.begin());
    });
}

std::string encodeJob(const JobSpec& spec)
{
    Json object;
    if (const auto* train = std::get_if<TrainSpec>(&spec)) {
        object["type"] = "train";
        object["version"] = kJobVersion;
        Writer writer(object);
        visitTrain(writer, *train);
    } else if (const auto* predict = std::get_if<PredictSpec>(&spec)) {
        object["type"] = "predict";
        object["version"] = kJobVersion;
        Writer writer(object);
        visitPredict(writer, *predict);
    } else if (const auto* command = std::get_if<CommandSpec>(&spec)) {
        object["type"] = "command";
        object["version"] = kJobVersion;
        Writer writer(object);
        visitCommand(writer, *command);
    }
    return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<JobSpec> decodeJob(std::string_view text)
{
    const nlohmann::json object = nlohmann::json::parse(text, nullptr, false);
    if (object.is_discarded() || !object.is_object()) {
        return noJob("not one JSON object");
    }
    JsonFields head(object);
    std::string type;
    int version = 0;
    head.requireText("type", type);
    head.integer("version", version, 1);
    if (!head.error().empty()) {
        return noJob(head.error());
    }
    if (version != kJobVersion) {
        return noJob(
            "version " + std::to_string(version) + ", this program knows "
            + std::to_string(kJobVersion));
    }
    Reader reader(object);
    JobSpec spec;
    if (type == "train") {
        visitTrain(reader, spec.emplace<TrainSpec>());
    } else if (type == "predict") {
        visitPredict(reader, spec.emplace<PredictSpec>());
    } else if (type == "command") {
        auto& command = spec.emplace<CommandSpec>();
        visitCommand(reader, command);
        if (reader.problem().empty() && !isJobCommand(command.words)) {
            return noJob("'words' begin with no subcommand that may be a job");
        }
    } else {
        return noJob("unknown type '" + type + "'");
    }
    if (const std::string problem = reader.problem(); !problem.empty()) {
        return noJob(problem);
    }
    return spec;
}

} // namespace guidino::protocol
