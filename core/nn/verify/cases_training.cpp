// SPDX-License-Identifier: Apache-2.0
#include "core/nn/guide/sliding_window.h"
#include "core/nn/losses/schedule.h"
#include "core/nn/losses/segmentation_loss.h"
#include "core/nn/verify/verify.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <sstream>

/// Golden files of losses, optimisers with schedules, and the sliding window.
namespace guidino::nn::verify {

namespace {

using nlohmann::json;

constexpr double kValueTolerance = 2e-5;
constexpr double kGradientTolerance = 2e-4;

CaseResult resultOf(const std::string& name, const std::string& error, double worst)
{
    if (!error.empty()) {
        return {name, "failed", error};
    }
    std::ostringstream text;
    text << "max relative error " << worst;
    return {name, "ok", text.str()};
}

// Runs `check`, which compares into `error` and `worst`; a throw is a failure.
CaseResult guarded(
    const std::string& name, const std::function<void(std::string& error, double& worst)>& check)
{
    std::string error;
    double worst = 0;
    try {
        check(error, worst);
    } catch (const std::exception& exception) {
        error = exception.what();
    }
    return resultOf(name, error, worst);
}

void append(std::string& error, const std::string& more)
{
    if (!more.empty()) {
        error += (error.empty() ? "" : "; ") + more;
    }
}

LossConfig lossOf(const json& spec)
{
    LossConfig config;
    std::string name = spec.at("loss");
    const bool isGuided = name.rfind("guide_", 0) == 0;
    name = isGuided ? name.substr(6) : name;
    const std::size_t hinge = name.find("_hinge");
    config.boundary_weight = hinge == std::string::npos ? 0 : spec.value("weight_hinge", 0.1);
    config.segmentation = name.substr(0, hinge);
    if (name == "hinge") {
        config.segmentation = "ce";
        config.ce_weight = 0;
        config.boundary_weight = 1;
    }
    config.batch_dice = spec.value("batch_dice", true);
    config.dice_background = spec.value("do_bg", true);
    config.dice_smooth = spec.value("smooth", 1e-5);
    config.topk_percent = spec.value("k", 10.0);
    config.boundary_kernel = spec.value("kernel_size", 3);
    config.boundary_margin = spec.value("margin", 1.0);
    config.boundary_only = spec.value("boundary_only", true);
    config.guide = spec.value("guide_loss", "mse");
    config.guide_weight = isGuided ? spec.at("weight_guide").get<double>() : 0;
    config.guide_target = "nearest";
    return config;
}

void checkLoss(const GoldenFile& file, const json& spec, std::string& error, double& worst)
{
    const GoldenCase& golden = file.tensors;
    const auto tensor = [&](const std::string& name) { return golden.tensors.at(name); };
    const auto leaf = [&](const std::string& name) {
        return tensor("input." + name).detach().clone().requires_grad_(true);
    };
    const std::string prefix = "case." + spec.at("name").get<std::string>() + ".";
    LossInput input;
    std::map<std::string, torch::Tensor> leaves;
    for (const std::string name : spec.at("inputs")) {
        if (name.rfind("target", 0) == 0) {
            input.target = tensor("input." + name).squeeze(1).to(torch::kInt64);
            continue;
        }
        leaves[name] = leaf(name);
        if (name.rfind("logits", 0) == 0) {
            input.output.logits = {leaves[name]};
        } else {
            input.output.guide = leaves[name];
        }
    }
    const int classes = static_cast<int>(input.output.logits.at(0).size(1));
    const LossParts parts = SegmentationLoss(lossOf(spec), classes)(input);
    parts.total.backward();
    append(error, compare("value", parts.total, tensor(prefix + "value"), kValueTolerance, &worst));
    for (const auto& [name, parameter] : leaves) {
        append(
            error,
            compare(
                "grad." + name,
                parameter.grad(),
                tensor(prefix + "grad." + name),
                kGradientTolerance,
                &worst));
    }
}

std::vector<CaseResult> verifyLosses(const GoldenFile& file)
{
    std::vector<CaseResult> results;
    for (const json& spec : json::parse(file.tensors.metadata.at("cases"))) {
        results.push_back(guarded(spec.at("name"), [&](std::string& error, double& worst) {
            checkLoss(file, spec, error, worst);
        }));
    }
    return results;
}

TrainingConfig trainingOf(const json& spec)
{
    TrainingConfig config;
    config.optimizer = spec.at("optimizer");
    config.learning_rate = spec.at("lr");
    config.momentum = spec.value("momentum", 0.0);
    config.nesterov = spec.value("nesterov", false);
    config.weight_decay = spec.at("weight_decay");
    config.betas = spec.value("betas", config.betas);
    config.schedule = spec.at("schedule");
    config.poly_power = spec.value("power", 0.9);
    config.epochs = spec.value("total", spec.value("t_max", 12));
    config.restart_epochs = spec.value("t_0", 1);
    config.restart_factor = spec.value("t_mult", 1);
    config.minimum_learning_rate = spec.value("eta_min", 0.0);
    return config;
}

// The problem of the file's metadata: w [10] and b [4], one step an epoch.
void checkOptimiser(const GoldenFile& file, const json& spec, std::string& error, double& worst)
{
    const std::string name = spec.at("name");
    const torch::Tensor rates = file.tensors.tensors.at(name + ".lr");
    const torch::Tensor expected = file.tensors.tensors.at(name + ".params");
    const TrainingConfig config = trainingOf(spec);
    const auto options = torch::TensorOptions().device(file.device);
    torch::Tensor w = torch::linspace(-1, 1, 10, options).requires_grad_(true);
    torch::Tensor b = torch::linspace(0.5, -0.5, 4, options).requires_grad_(true);
    const std::vector<ParameterGroup> groups = {{"head", config.learning_rate, {"w", "b"}, {w, b}}};
    const auto optimizer = makeOptimizer(groups, config);
    const torch::Tensor k = torch::arange(10, options);
    std::vector<double> used;
    std::vector<torch::Tensor> rows;
    for (std::int64_t step = 0; step < expected.size(0); ++step) {
        setLearningRates(*optimizer, groups, config, static_cast<double>(step));
        used.push_back(optimizer->param_groups()[0].options().get_lr());
        optimizer->zero_grad();
        const torch::Tensor wave = 0.3 * torch::cos(k * static_cast<double>(step + 1));
        const torch::Tensor loss =
            (w - wave).pow(2).sum() + b.pow(3).sum() + (w.slice(0, 0, 4) * b).sum();
        loss.backward();
        optimizer->step();
        rows.push_back(torch::cat({w, b}).detach().clone());
    }
    append(error, compare("lr", torch::tensor(used, torch::kFloat64), rates, 1e-12, &worst));
    append(error, compare("params", torch::stack(rows), expected, kValueTolerance, &worst));
}

std::vector<CaseResult> verifyOptimisers(const GoldenFile& file)
{
    std::vector<CaseResult> results;
    for (const json& spec : json::parse(file.tensors.metadata.at("cases"))) {
        results.push_back(guarded(spec.at("name"), [&](std::string& error, double& worst) {
            checkOptimiser(file, spec, error, worst);
        }));
    }
    return results;
}

void checkStarts(
    const json& image, const json& window, double step, const json& expected, std::string& error)
{
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const std::vector<std::int64_t> starts =
            windowStarts(image.at(axis), window.at(axis), 1.0 - step);
        if (json(starts) != expected.at(axis)) {
            append(
                error, "starts " + json(starts).dump() + " instead of " + expected.at(axis).dump());
        }
    }
}

std::vector<CaseResult> verifySlidingWindow(const GoldenFile& file)
{
    std::vector<CaseResult> results;
    for (const json& spec : json::parse(file.tensors.metadata.at("cases"))) {
        const std::string name = spec.at("gaussian");
        results.push_back(guarded(name, [&](std::string& error, double& worst) {
            const json& tile = spec.at("tile");
            checkStarts(spec.at("image"), tile, spec.at("overlap_step"), spec.at("steps"), error);
            append(
                error,
                compare(
                    name,
                    gaussianMap(tile.at(0), tile.at(1)),
                    file.tensors.tensors.at(name),
                    kValueTolerance,
                    &worst));
        }));
    }
    return results;
}

const FileRegistration losses("losses", "", verifyLosses);
const FileRegistration optimisers("optim", "", verifyOptimisers);
const FileRegistration slidingWindow("sliding_window", "", verifySlidingWindow);

// nnU-Net's own figures.
std::vector<CaseResult> verifyFixtureStarts(const GoldenFile& file)
{
    return {guarded("sliding_steps", [&](std::string& error, double&) {
        const json content = json::parse(file.json);
        for (const json& spec : content.at("sliding_steps")) {
            checkStarts(
                spec.at("image"), spec.at("tile"), spec.at("step"), spec.at("starts"), error);
        }
    })};
}

std::vector<CaseResult> verifyFixtureGaussians(const GoldenFile& file)
{
    return {guarded("gaussian", [&](std::string& error, double& worst) {
        const json content = json::parse(file.json);
        for (const json& spec : content.at("gaussian")) {
            const json& patch = spec.at("patch");
            std::vector<double> flat;
            for (const json& row : spec.at("map_fp32")) {
                for (const json& value : row) {
                    flat.push_back(value);
                }
            }
            const std::int64_t height = patch.at(0);
            const std::int64_t width = patch.at(1);
            append(
                error,
                compare(
                    patch.dump(),
                    gaussianMap(height, width),
                    torch::tensor(flat, torch::kFloat64).reshape({height, width}),
                    kValueTolerance,
                    &worst));
        }
    })};
}

std::vector<CaseResult> verifyFixtureRates(const GoldenFile& file)
{
    return {guarded("poly_lr", [&](std::string& error, double& worst) {
        const json spec = json::parse(file.json).at("poly_lr");
        TrainingConfig config;
        config.schedule = "poly";
        config.epochs = spec.at("max");
        for (const auto& [epoch, expected] : spec.at("values").items()) {
            const double rate = learningRate(config, spec.at("lr0"), std::stod(epoch));
            const double difference = std::abs(rate - expected.get<double>());
            worst = std::max(worst, difference);
            if (!(difference <= 1e-15)) {
                append(
                    error, "rate of epoch " + epoch + " is off by " + std::to_string(difference));
            }
        }
    })};
}

// The formulae of the file: logits 2 sin(0.7 i), targets sin(1.3 i) > 0.
std::vector<CaseResult> verifyFixtureLosses(const GoldenFile& file)
{
    return {guarded("loss", [&](std::string& error, double& worst) {
        const auto options = torch::TensorOptions().dtype(torch::kFloat64).device(file.device);
        const torch::Tensor logits =
            (2 * torch::sin(0.7 * torch::arange(64, options))).reshape({2, 2, 4, 4});
        const torch::Tensor target =
            (torch::sin(1.3 * torch::arange(32, options)) > 0).to(torch::kInt64).reshape({2, 4, 4});
        for (const auto& [name, expected] :
             json::parse(file.json).at("loss").at("values").items()) {
            const bool isBinary = name.find("BCE") != std::string::npos;
            LossConfig config;
            config.segmentation = isBinary ? "dice_bce" : "dice_ce";
            config.batch_dice = name.find("batch_dice=False") == std::string::npos;
            config.dice_background = name.find("do_bg=False") == std::string::npos;
            LossInput input;
            input.output.logits = {isBinary ? logits.slice(1, 0, 1) : logits};
            input.target =
                name.find("empty") == std::string::npos ? target : torch::zeros_like(target);
            const LossParts parts = SegmentationLoss(config, isBinary ? 1 : 2)(input);
            const auto value = [&](const char* key) {
                return torch::tensor(expected.at(key).get<double>(), torch::kFloat64);
            };
            // The reference sums Dice in float32.
            append(error, compare(name, parts.total, value("total"), 1e-6, &worst));
            append(error, compare(name, parts.dice, value("dice_term"), 1e-6, &worst));
        }
    })};
}

// Of a 256 × 256 tile, as float32 and as the stored half.
std::vector<CaseResult> verifyFixtureGaussian256(const GoldenFile& file)
{
    return {guarded("gaussian_256", [&](std::string& error, double& worst) {
        const json spec = json::parse(file.json).at("gaussian_256");
        const torch::Tensor map = gaussianMap(256, 256).to(torch::kFloat64);
        const torch::Tensor half = map.to(torch::kFloat16).to(torch::kFloat64);
        const std::map<std::string, double> values = {
            {"center", map[128][128].item<double>()},
            {"corner00", map[0][0].item<double>()},
            {"edge_0_128", map[0][128].item<double>()},
            {"corner255", map[255][255].item<double>()},
            {"fp16_corner00", half[0][0].item<double>()},
            {"fp16_min", half.masked_select(half > 0).min().item<double>()}};
        for (const auto& [key, expected] : spec.items()) {
            const double value = values.at(key);
            const double difference = std::abs(value / expected.get<double>() - 1);
            worst = std::max(worst, difference);
            if (!(difference <= 1e-4)) { // float32's rounding far from the centre
                append(error, key + " is " + std::to_string(value));
            }
        }
    })};
}

std::vector<CaseResult> verifyFixtureHeads(const GoldenFile& file)
{
    return {guarded("ds_weights", [&](std::string& error, double& worst) {
        const json spec = json::parse(file.json).at("ds_weights");
        const auto check = [&](const char* kind, const json& expected) {
            LossConfig config;
            config.deep_supervision = kind;
            const auto weights = SegmentationLoss(config, 1).headWeights(expected.size());
            append(
                error,
                compare(
                    std::to_string(expected.size()) + " heads",
                    torch::tensor(weights, torch::kFloat64),
                    torch::tensor(expected.get<std::vector<double>>(), torch::kFloat64),
                    1e-12,
                    &worst));
        };
        for (const auto& [count, expected] : spec.at("nnunet_by_num_outputs(n_stages-1)").items()) {
            check("nnunet", expected);
        }
        check("normalised", spec.at("guidino_wrapper_5_outputs"));
    })};
}

const FileRegistration
    fixtureGaussian256("nnunet_fixtures", "gaussian_256", verifyFixtureGaussian256);
const FileRegistration fixtureHeads("nnunet_fixtures", "ds_weights", verifyFixtureHeads);
const FileRegistration fixtureStarts("nnunet_fixtures", "sliding_steps", verifyFixtureStarts);
const FileRegistration fixtureGaussians("nnunet_fixtures", "gaussian", verifyFixtureGaussians);
const FileRegistration fixtureLosses("nnunet_fixtures", "loss", verifyFixtureLosses);
const FileRegistration fixtureRates("nnunet_fixtures", "poly_lr", verifyFixtureRates);

} // namespace

} // namespace guidino::nn::verify
