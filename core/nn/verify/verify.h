// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <torch/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// Golden files (what the reference implementations computed) against our networks. Who owns a
/// network or a loss registers its cases from its own .cpp by a static object:
///
///     static const ModelRegistration registration("guidino_u", [](const GoldenCase& golden) {
///         auto net = std::make_shared<GuidinoU>(optionsFrom(golden.config));
///         loadState(*net, golden.state());
///         net->to(golden.device);
///         ModelRun run = runOf(net);                 // gradients found by the state's keys
///         run.outputs["logits"] = net->forward(golden.input("image"), golden.input("guide_feat"));
///         return run;
///     });
///
/// and the frame compares outputs (2e-5 · max(1, max|b|)), makes the scalar, runs backward and
/// compares gradients (2e-4 · max(1, max|b|)). A function that throws makes the case `failed`.
namespace torch::nn {
class Module;
}

namespace guidino::nn::verify {

struct CaseResult
{
    std::string name;   ///< begins with the golden file's stem
    std::string status; ///< ok, failed, unknown
    std::string error;  ///< what failed and by how much; the largest relative error of an ok case
};

/// One golden safetensors file. Tensors are on `device`, in `dtype` where they are floating point.
struct GoldenCase
{
    std::filesystem::path file;
    std::string name;   ///< the file's stem
    std::string model;  ///< metadata `model`
    std::string config; ///< metadata `config`: JSON
    std::map<std::string, std::string> metadata;
    std::map<std::string, torch::Tensor> tensors; ///< by full name, "input.image" ...
    torch::Device device = torch::kCPU;
    torch::ScalarType dtype = torch::kFloat32;

    /// Tensors whose names begin with `prefix` ("state."), without it.
    [[nodiscard]] std::map<std::string, torch::Tensor> with(const std::string& prefix) const;

    [[nodiscard]] std::map<std::string, torch::Tensor> state() const { return with("state."); }

    /// input.NAME, a leaf that requires a gradient where the file has grad.input.NAME. Throws where
    /// there is none.
    [[nodiscard]] torch::Tensor input(const std::string& key) const;
};

/// What a model made of a case: outputs by the file's names (without "output."), and, once backward
/// ran, the gradient of a key of the state dict.
struct ModelRun
{
    std::map<std::string, torch::Tensor> outputs;
    std::function<torch::Tensor(const std::string& key)> gradient;
    std::shared_ptr<void> keep_alive; ///< such as the module
};

/// A run whose gradients are those of the module's parameters by their own names.
[[nodiscard]] ModelRun runOf(std::shared_ptr<torch::nn::Module> module);

/// Copies a state dict into a module, parameters and buffers, strictly: throws c10::Error that
/// lists what is missing, unexpected or of another shape. `ignored`: keys that need not be there on
/// either side. The module takes over the tensors' floating dtype.
void loadState(
    torch::nn::Module& module,
    const std::map<std::string, torch::Tensor>& state,
    const std::vector<std::string>& ignored = {});

using ModelFunction = std::function<ModelRun(const GoldenCase&)>;

/// For a golden file whose metadata `model` is this name.
struct ModelRegistration
{
    ModelRegistration(std::string model, ModelFunction function);
};

/// A file that is not a model case, such as losses.safetensors or nnunet_fixtures.json.
struct GoldenFile
{
    std::filesystem::path file;
    std::string stem;
    std::string part;   ///< as registered
    GoldenCase tensors; ///< of a safetensors file
    std::string json;   ///< of a JSON file: its text
    torch::Device device = torch::kCPU;
};

using FileFunction = std::function<std::vector<CaseResult>(const GoldenFile&)>;

/// For a file by its stem: losses, optim, sliding_window, nnunet_fixtures, metrics_cases. `part`: a
/// top-level key of a JSON file that this function answers for (each key without one is `unknown`);
/// empty: the whole file. Result names need not begin with the stem, it is put before them.
struct FileRegistration
{
    FileRegistration(std::string stem, std::string part, FileFunction function);
};

/// One network of parity_probes.json: full size, filled by the rule in the file, no state given.
struct ProbeCase
{
    std::string name;
    torch::Tensor input; ///< [1, C, H, W] float64
};

/// The outputs in the file's order, float64, evaluation mode.
using ProbeFunction = std::function<std::vector<torch::Tensor>(const ProbeCase&)>;

struct ProbeRegistration
{
    ProbeRegistration(std::string network, ProbeFunction function);
};

/// The probes' fill (rule of parity_probes.json) of one tensor by its key: parameters, and buffers
/// running_mean and running_var. Other buffers are left as they are.
void fillProbe(const std::string& key, torch::Tensor tensor);

/// The same for all parameters and buffers of a module, by their names.
void fillProbe(torch::nn::Module& module);

/// |a - b| against a tolerance · max(1, max|b|). Empty where it holds (`worst` grows to the largest
/// |a - b| / max(1, max|b|) seen), else a line that says by how much not.
[[nodiscard]] std::string compare(
    const std::string& what,
    const torch::Tensor& a,
    const torch::Tensor& b,
    double tolerance,
    double* worst = nullptr);

/// Runs the golden file, or every golden file directly in the folder, sorted by name. A damaged
/// file is `failed`; what nobody registered is `unknown` with "unknown model NAME". `dtype` other
/// than float32 (bfloat16) widens tolerances to 3e-2. Never throws.
[[nodiscard]] std::vector<CaseResult> verifyPath(
    const std::filesystem::path& path,
    torch::Device device = torch::kCPU,
    torch::ScalarType dtype = torch::kFloat32);

} // namespace guidino::nn::verify
