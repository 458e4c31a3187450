// SPDX-License-Identifier: Apache-2.0
#include "core/engine/training_plan.h"

#include "core/engine/config.h"
#include "core/engine/config_json.h"
#include "core/engine/guarded.h"
#include "core/engine/model_store.h"
#include "core/engine/plugins.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace guidino::engine {

Result<TrainingPlan> planTraining(const TrainRequest& request, const std::string& stored)
{
    return guarded("Reading the settings", [&]() -> Result<TrainingPlan> {
        TrainingPlan plan;
        if (!stored.empty()) {
            const auto record = nlohmann::ordered_json::parse(stored);
            GD_TRY(checkPlugins(
                record.value("plugins", nlohmann::ordered_json::array()).dump(),
                request.out.string()));
        }
        if (!request.init.empty()) {
            plan.start = valueOrThrow(readBundle(valueOrThrow(findBundle(request.init))));
        }
        if (!request.config.empty()) {
            plan.config =
                valueOrThrow(loadSystemConfig(request.config, request.recipe, request.settings));
        } else if (plan.start) {
            plan.config = valueOrThrow(
                amendSystemConfig(plan.start->config, request.recipe, request.settings));
        } else if (!stored.empty()) {
            const nn::SystemConfig before = valueOrThrow(parseSystemConfig(
                nlohmann::ordered_json::parse(stored).at("config").dump(),
                (request.out / "run.json").string()));
            plan.config = valueOrThrow(amendSystemConfig(before, request.recipe, request.settings));
        } else {
            return Error{
                ErrorCode::Usage, "Neither a configuration (--config) nor a model (--init).", {}};
        }
        return plan;
    });
}

} // namespace guidino::engine
