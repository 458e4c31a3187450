// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/report/experiment.h"
#include "core/report/json_values.h"
#include "core/report/metrics_table.h"

#include <map>
#include <string>

namespace guidino::report {

namespace {

using Json = nlohmann::json;

std::optional<double> medianOf(const std::vector<std::optional<double>>& values)
{
    const auto summary = summarise(values);
    return summary ? std::optional(summary->median) : std::nullopt;
}

/// Null where there is no such file, or no JSON in it.
Json jsonOf(const std::filesystem::path& file)
{
    const auto text = readFile(file);
    Json json = text ? Json::parse(*text, nullptr, false) : Json();
    return json.is_discarded() ? Json() : json;
}

} // namespace

ExperimentCost readCost(const std::filesystem::path& run, const std::filesystem::path& predictions)
{
    ExperimentCost cost;
    const Json record = jsonOf(run / "run.json");
    cost.parameters = numberAt(record, "parameters");
    cost.trainable = numberAt(record, "trainable_parameters");
    cost.multiplyAdds = numberAt(record, "multiply_adds");
    if (const auto csv = readFile(run / "metrics.csv")) {
        cost.secondsPerEpoch = medianOf(metricsTableOf(*csv).valuesOf("train_seconds"));
    }
    std::vector<std::optional<double>> seconds;
    const Json answers = jsonOf(predictions / "predictions.json");
    for (const Json& image : memberOf(answers, "images")) {
        seconds.push_back(numberAt(image, "seconds"));
    }
    cost.secondsPerImage = medianOf(seconds);
    return cost;
}

ExperimentNetwork readNetwork(const std::filesystem::path& run)
{
    const Json record = jsonOf(run / "run.json");
    const Json& config = memberOf(record, "config");
    const Json& system = memberOf(config, "system");
    const Json& source = memberOf(memberOf(config, "guide"), "source");
    ExperimentNetwork network;
    if (!system.is_string() || !source.is_string()) {
        return network;
    }
    // The two whose guided form has a name of its own.
    static const std::map<std::string, std::string> kPlain{
        {"guidino-u", "unet"}, {"guidino-w", "nnwnet"}};
    const auto name = system.get<std::string>();
    const auto plain = kPlain.find(name);
    network.family =
        (plain == kPlain.end() ? name : plain->second) + " " + memberOf(config, "network").dump();
    network.isGuided = source.get<std::string>() != "none";
    return network;
}

} // namespace guidino::report
