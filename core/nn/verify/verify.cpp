// SPDX-License-Identifier: Apache-2.0
#include "core/nn/verify/verify.h"

#include "core/base/file.h"
#include "core/nn/io/safetensors.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>
#include <sstream>

namespace guidino::nn::verify {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

// golden/README.md: what a float32 port meets.
constexpr double kOutputTolerance = 2e-5;
constexpr double kGradientTolerance = 2e-4;
/// bfloat16 has 8 bits; some dozens of layers leave about five.
constexpr double kShortTolerance = 3e-2;
/// The probes are float64; what is left are constants that the references keep in float32.
constexpr double kProbeTolerance = 1e-5;

template<typename Key, typename Function>
using Registry = std::map<Key, Function>;

Registry<std::string, ModelFunction>& models()
{
    static Registry<std::string, ModelFunction> all;
    return all;
}

Registry<std::pair<std::string, std::string>, FileFunction>& files()
{
    static Registry<std::pair<std::string, std::string>, FileFunction> all;
    return all;
}

Registry<std::string, ProbeFunction>& probes()
{
    static Registry<std::string, ProbeFunction> all;
    return all;
}

CaseResult failed(const std::string& name, const std::string& error)
{
    return {name, "failed", error};
}

CaseResult unknown(const std::string& name, const std::string& model)
{
    return {name, "unknown", "unknown model " + model};
}

std::string quoted(const fs::path& path)
{
    std::string text(1, '\'');
    return text.append(path.string()).append("'");
}

std::string shortly(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.2e", value);
    return text;
}

std::string firstLine(std::string text)
{
    return text.substr(0, text.find('\n'));
}

/// Runs a case; whatever it throws is a failure of that case.
template<typename Function>
CaseResult guarded(const std::string& name, Function function)
{
    try {
        return function();
    } catch (const c10::Error& error) {
        return failed(name, firstLine(error.what_without_backtrace()));
    } catch (const std::exception& exception) {
        return failed(name, firstLine(exception.what()));
    }
}

/// The sum over outputs of Σ o_i · cos(0.37 i) / √numel, in float64, with the weights of float32
/// that the files were made with: at i = 30 000 its arguments are off by 5e-4.
torch::Tensor scalarOf(const std::map<std::string, torch::Tensor>& outputs, torch::Device device)
{
    const auto options = torch::TensorOptions().dtype(torch::kFloat64).device(device);
    torch::Tensor sum = torch::zeros({}, options);
    for (const auto& [name, output] : outputs) {
        const torch::Tensor flat = output.to(torch::kFloat64).reshape({-1});
        const torch::Tensor weights =
            torch::cos(0.37 * torch::arange(flat.numel(), options.dtype(torch::kFloat32)));
        sum = sum + (flat * weights).sum() / std::sqrt(static_cast<double>(flat.numel()));
    }
    return sum;
}

/// Outputs, then the scalar and its gradients, of one model case.
class ModelCheck
{
public:
    explicit ModelCheck(const GoldenCase& golden)
        : m_golden(golden)
        , m_is_short(golden.dtype != torch::kFloat32 && golden.dtype != torch::kFloat64)
        , m_has_gradients(!golden.with("grad.").empty())
    {}

    CaseResult run(const ModelFunction& function)
    {
        const torch::AutoGradMode mode(m_has_gradients);
        ModelRun result = function(m_golden);
        checkOutputs(result);
        if (m_has_gradients && m_problems.empty()) {
            checkGradients(result);
        }
        if (!m_problems.empty()) {
            std::string text = m_problems.front();
            if (m_problems.size() > 1) {
                text += " (and " + std::to_string(m_problems.size() - 1) + " more)";
            }
            return failed(m_golden.name, text);
        }
        return {m_golden.name, "ok", "largest error " + shortly(m_worst)};
    }

private:
    void
    check(const std::string& what, const torch::Tensor& a, const torch::Tensor& b, double tolerance)
    {
        const std::string problem =
            compare(what, a, b, m_is_short ? kShortTolerance : tolerance, &m_worst);
        if (!problem.empty()) {
            m_problems.push_back(problem);
        }
    }

    void checkOutputs(const ModelRun& result)
    {
        const auto expected = m_golden.with("output.");
        if (expected.empty()) {
            m_problems.push_back("the file has no outputs to compare with");
        }
        for (const auto& [name, tensor] : expected) {
            const auto found = result.outputs.find(name);
            if (found == result.outputs.end()) {
                m_problems.push_back("our network gave no output '" + name + "'");
                continue;
            }
            m_outputs.insert(*found);
            check("output." + name, found->second, tensor, kOutputTolerance);
        }
    }

    void checkGradients(const ModelRun& result)
    {
        const torch::Tensor scalar = scalarOf(m_outputs, m_golden.device);
        if (const auto found = m_golden.tensors.find("scalar"); found != m_golden.tensors.end()) {
            check("scalar", scalar, found->second, kGradientTolerance);
        }
        scalar.backward();
        for (const auto& [name, expected] : m_golden.with("grad.")) {
            torch::Tensor gradient;
            if (name.starts_with("input.")) {
                gradient = m_golden.input(name.substr(6)).grad();
            } else if (result.gradient) {
                gradient = result.gradient(name);
            }
            check("grad." + name, gradient, expected, kGradientTolerance);
        }
    }

    const GoldenCase& m_golden;
    bool m_is_short;
    bool m_has_gradients;
    std::map<std::string, torch::Tensor> m_outputs;
    std::vector<std::string> m_problems;
    double m_worst = 0;
};

/// The tensors of a file, ready to compute with.
GoldenCase goldenCase(
    const fs::path& path, const TensorFile& file, torch::Device device, torch::ScalarType dtype)
{
    GoldenCase golden;
    golden.file = path;
    golden.name = path.stem().string();
    golden.metadata = file.metadata;
    golden.device = device;
    golden.dtype = dtype;
    const auto value = [&](const char* key) {
        const auto found = file.metadata.find(key);
        return found == file.metadata.end() ? std::string() : found->second;
    };
    golden.model = value("model");
    golden.config = value("config");
    for (const auto& [name, tensor] : file.tensors) {
        // A copy: the mapped file must not be written to, and nets may work in place.
        torch::Tensor ready = tensor.clone().to(device);
        const bool is_given = name.starts_with("state.") || name.starts_with("input.");
        if (ready.is_floating_point() && is_given && dtype != torch::kFloat32) {
            ready = ready.to(dtype);
        }
        if (file.tensors.contains("grad." + name)) {
            ready.set_requires_grad(true);
        }
        golden.tensors[name] = ready;
    }
    return golden;
}

std::vector<CaseResult> withStem(const std::string& stem, std::vector<CaseResult> results)
{
    for (CaseResult& result : results) {
        if (!result.name.starts_with(stem)) {
            result.name = stem + (result.name.empty() ? "" : "." + result.name);
        }
    }
    return results;
}

std::vector<CaseResult> runFile(const FileFunction& function, const GoldenFile& file)
{
    const std::string name = file.stem + (file.part.empty() ? "" : "." + file.part);
    try {
        auto results = function(file);
        if (results.empty()) {
            results.push_back(failed(name, "the file has no cases"));
        }
        return withStem(file.stem, std::move(results));
    } catch (const c10::Error& error) {
        return {failed(name, firstLine(error.what_without_backtrace()))};
    } catch (const std::exception& exception) {
        return {failed(name, firstLine(exception.what()))};
    }
}

/// Every case that a file's metadata lists, when nobody knows how to run them.
std::vector<CaseResult> unknownCases(const GoldenCase& golden)
{
    std::vector<CaseResult> results;
    const auto found = golden.metadata.find("cases");
    const json cases =
        found == golden.metadata.end() ? json() : json::parse(found->second, nullptr, false);
    for (std::size_t i = 0; cases.is_array() && i < cases.size(); ++i) {
        const bool is_named =
            cases[i].is_object() && cases[i].contains("name") && cases[i]["name"].is_string();
        const std::string name = is_named ? cases[i]["name"].get<std::string>() : std::to_string(i);
        results.push_back(unknown(golden.name + "." + name, golden.name));
    }
    if (results.empty()) {
        results.push_back(unknown(golden.name, golden.name));
    }
    return results;
}

std::vector<CaseResult>
verifyTensors(const fs::path& path, torch::Device device, torch::ScalarType dtype)
{
    const auto file = readSafetensors(path);
    const std::string stem = path.stem().string();
    if (!file) {
        return {failed(stem, file.error().message)};
    }
    const GoldenCase golden = goldenCase(path, *file, device, dtype);
    if (!golden.model.empty()) {
        const auto function = models().find(golden.model);
        if (function == models().end()) {
            return {unknown(stem, golden.model)};
        }
        return {guarded(stem, [&] { return ModelCheck(golden).run(function->second); })};
    }
    const auto function = files().find({stem, ""});
    if (function == files().end()) {
        return unknownCases(golden);
    }
    GoldenFile given;
    given.file = path;
    given.stem = stem;
    given.tensors = golden;
    given.device = device;
    return runFile(function->second, given);
}

/// Shape, statistics and eight values of one output.
std::string compareProbe(const json& expected, const torch::Tensor& actual, double* worst)
{
    const auto sizes = expected.at("shape").get<std::vector<std::int64_t>>();
    if (actual.sizes() != c10::IntArrayRef(sizes)) {
        std::ostringstream text;
        text << "shape " << actual.sizes() << " instead of " << c10::IntArrayRef(sizes);
        return text.str();
    }
    const torch::Tensor flat = actual.detach().to(torch::kCPU, torch::kFloat64).reshape({-1});
    const auto index = torch::tensor(expected.at("idx").get<std::vector<std::int64_t>>());
    const auto values =
        torch::tensor(expected.at("values").get<std::vector<double>>(), torch::kFloat64);
    std::string problem =
        compare("values", flat.index_select(0, index), values, kProbeTolerance, worst);
    const std::vector<std::pair<const char*, torch::Tensor>> statistics = {
        {"mean", flat.mean()},
        {"std_pop", flat.std(false)},
        {"min", flat.min()},
        {"max", flat.max()}};
    for (const auto& [name, value] : statistics) {
        const torch::Tensor wanted =
            torch::tensor(expected.at(name).get<double>(), torch::kFloat64);
        const std::string other = compare(name, value, wanted, kProbeTolerance, worst);
        problem = problem.empty() ? other : problem;
    }
    return problem;
}

CaseResult runProbe(const std::string& name, const std::string& network, const json& expected)
{
    const auto function = probes().find(network);
    if (function == probes().end()) {
        return unknown(name, network);
    }
    return guarded(name, [&]() -> CaseResult {
        const torch::NoGradGuard no_grad;
        ProbeCase probe;
        probe.name = network;
        probe.input =
            torch::empty(expected.at("input").get<std::vector<std::int64_t>>(), torch::kFloat64);
        fillProbe("input", probe.input.view({-1}));
        const std::vector<torch::Tensor> outputs = function->second(probe);
        const json& wanted = expected.at("outputs");
        if (outputs.size() != wanted.size()) {
            return failed(
                name,
                std::to_string(outputs.size()) + " outputs instead of "
                    + std::to_string(wanted.size()));
        }
        double worst = 0;
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            const std::string problem = compareProbe(wanted[i], outputs[i], &worst);
            if (!problem.empty()) {
                return failed(name, "output " + std::to_string(i) + ": " + problem);
            }
        }
        return {name, "ok", "largest error " + shortly(worst)};
    });
}

std::vector<CaseResult> verifyJson(const fs::path& path, torch::Device device)
{
    const std::string stem = path.stem().string();
    GoldenFile file;
    file.file = path;
    file.stem = stem;
    file.device = device;
    auto text = readFile(path, std::uint64_t{256} << 20);
    if (!text) {
        return {failed(stem, text.error().message)};
    }
    file.json = std::move(text).value();
    const json content = json::parse(file.json, nullptr, false);
    if (!content.is_object()) {
        return {failed(stem, quoted(path) + " is damaged: it is no JSON object")};
    }
    if (const auto whole = files().find({stem, ""}); whole != files().end()) {
        return runFile(whole->second, file);
    }
    std::vector<CaseResult> results;
    const auto nets = content.find("nets");
    if (nets != content.end() && nets->is_object()) {
        for (const auto& [network, expected] : nets->items()) {
            results.push_back(runProbe(stem + "." + network, network, expected));
        }
        return results;
    }
    for (const auto& [part, value] : content.items()) {
        // Texts and notes beside the cases.
        if ((!value.is_object() && !value.is_array()) || part == "versions" || part == "notes") {
            continue;
        }
        const auto function = files().find({stem, part});
        if (function == files().end()) {
            results.push_back(unknown(stem + "." + part, stem + "." + part));
            continue;
        }
        file.part = part;
        auto more = runFile(function->second, file);
        results.insert(results.end(), more.begin(), more.end());
    }
    return results;
}

std::vector<CaseResult>
verifyFile(const fs::path& path, torch::Device device, torch::ScalarType dtype)
{
    try {
        return path.extension() == ".json" ? verifyJson(path, device)
                                           : verifyTensors(path, device, dtype);
    } catch (const c10::Error& error) {
        return {failed(path.stem().string(), firstLine(error.what_without_backtrace()))};
    } catch (const std::exception& exception) {
        return {failed(path.stem().string(), firstLine(exception.what()))};
    }
}

} // namespace

std::map<std::string, torch::Tensor> GoldenCase::with(const std::string& prefix) const
{
    std::map<std::string, torch::Tensor> found;
    for (const auto& [key, tensor] : tensors) {
        if (key.starts_with(prefix)) {
            found[key.substr(prefix.size())] = tensor;
        }
    }
    return found;
}

torch::Tensor GoldenCase::input(const std::string& key) const
{
    const auto found = tensors.find("input." + key);
    TORCH_CHECK(found != tensors.end(), "the golden file has no input '", key, "'");
    return found->second;
}

ModelRegistration::ModelRegistration(std::string model, ModelFunction function)
{
    models()[std::move(model)] = std::move(function);
}

FileRegistration::FileRegistration(std::string stem, std::string part, FileFunction function)
{
    files()[{std::move(stem), std::move(part)}] = std::move(function);
}

ProbeRegistration::ProbeRegistration(std::string network, ProbeFunction function)
{
    probes()[std::move(network)] = std::move(function);
}

ModelRun runOf(std::shared_ptr<torch::nn::Module> module)
{
    module->eval();
    ModelRun run;
    run.gradient = [parameters = module->named_parameters()](const std::string& key) {
        const torch::Tensor* parameter = parameters.find(key);
        return parameter == nullptr ? torch::Tensor() : parameter->grad();
    };
    run.keep_alive = std::move(module);
    return run;
}

void loadState(
    torch::nn::Module& module,
    const std::map<std::string, torch::Tensor>& state,
    const std::vector<std::string>& ignored)
{
    const torch::NoGradGuard no_grad;
    const std::set<std::string> skipped(ignored.begin(), ignored.end());
    std::map<std::string, torch::Tensor> own;
    for (const auto& list : {module.named_parameters(), module.named_buffers()}) {
        for (const auto& item : list) {
            own[item.key()] = item.value();
        }
    }
    std::ostringstream problems;
    for (const auto& [key, tensor] : own) {
        const auto found = state.find(key);
        if (found == state.end() && !skipped.contains(key)) {
            problems << "; missing " << key;
        } else if (found != state.end() && found->second.sizes() != tensor.sizes()) {
            problems << "; " << key << " is " << found->second.sizes() << ", not "
                     << tensor.sizes();
        }
    }
    for (const auto& [key, tensor] : state) {
        if (!own.contains(key) && !skipped.contains(key)) {
            problems << "; unexpected " << key;
        }
    }
    TORCH_CHECK(problems.str().empty(), "the state does not fit the module", problems.str());
    for (const auto& [key, tensor] : state) {
        if (tensor.is_floating_point() && own.contains(key)
            && tensor.scalar_type() != own.at(key).scalar_type()) {
            module.to(tensor.scalar_type());
            break;
        }
    }
    for (auto& [key, tensor] : own) {
        if (const auto found = state.find(key); found != state.end()) {
            tensor.copy_(found->second);
        }
    }
}

void fillProbe(const std::string& key, torch::Tensor tensor)
{
    const torch::NoGradGuard no_grad;
    const auto count = static_cast<std::uint64_t>(tensor.numel());
    const bool is_input = key == "input";
    const bool is_bias = key == "bias" || key.ends_with(".bias") || key.ends_with("running_mean");
    double offset = 0;
    double factor = 1;
    if (is_input) {
        factor = 1;
    } else if (tensor.dim() >= 2) {
        const auto fan = static_cast<double>(tensor.numel()) / static_cast<double>(tensor.size(0));
        factor = std::sqrt(6 / fan);
    } else if (is_bias) {
        factor = 0.1;
    } else {
        offset = 1;
        factor = 0.2;
    }
    torch::Tensor values = torch::empty(tensor.sizes(), torch::kFloat64);
    auto* data = values.data_ptr<double>();
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t z = i * 0x9E3779B97F4A7C15U + count * 0xD1B54A32D192ED03U;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
        z ^= z >> 31;
        const double uniform = static_cast<double>(z >> 11) * 0x1p-53;
        data[i] = offset + factor * (2 * uniform - 1);
    }
    tensor.copy_(values);
}

void fillProbe(torch::nn::Module& module)
{
    for (const auto& parameter : module.named_parameters()) {
        fillProbe(parameter.key(), parameter.value());
    }
    for (const auto& buffer : module.named_buffers()) {
        if (buffer.key().ends_with("running_mean") || buffer.key().ends_with("running_var")) {
            fillProbe(buffer.key(), buffer.value());
        }
    }
}

std::string compare(
    const std::string& what,
    const torch::Tensor& a,
    const torch::Tensor& b,
    double tolerance,
    double* worst)
{
    if (!a.defined()) {
        return what + " is not there";
    }
    if (a.sizes() != b.sizes()) {
        std::ostringstream text;
        text << what << " has shape " << a.sizes() << " instead of " << b.sizes();
        return text.str();
    }
    if (b.numel() == 0) {
        return {};
    }
    const torch::Tensor ours = a.detach().to(torch::kCPU, torch::kFloat64);
    const torch::Tensor theirs = b.detach().to(torch::kCPU, torch::kFloat64);
    const double scale = std::max(1.0, theirs.abs().max().item<double>());
    const double error = (ours - theirs).abs().max().item<double>() / scale;
    if (worst != nullptr && !(error <= *worst)) {
        *worst = error;
    }
    // Written so that NaN fails.
    if (error <= tolerance) {
        return {};
    }
    return what + " is off by " + shortly(error) + " (relative), " + shortly(tolerance)
           + " is allowed";
}

std::vector<CaseResult>
verifyPath(const fs::path& path, torch::Device device, torch::ScalarType dtype)
{
    // TF32 in cuDNN, which is on by default, has 10 bits.
    at::globalContext().setAllowTF32CuDNN(false);
    std::error_code failure;
    if (!fs::is_directory(path, failure)) {
        if (!fs::exists(path, failure)) {
            return {failed(path.stem().string(), quoted(path) + " is not there")};
        }
        return verifyFile(path, device, dtype);
    }
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(path, failure)) {
        const fs::path extension = entry.path().extension();
        if (entry.is_regular_file() && (extension == ".safetensors" || extension == ".json")) {
            found.push_back(entry.path());
        }
    }
    if (failure) {
        const std::string message = quoted(path) + " cannot be read: " + failure.message();
        return {failed(path.filename().string(), message)};
    }
    std::sort(found.begin(), found.end());
    std::vector<CaseResult> results;
    for (const fs::path& file : found) {
        auto more = verifyFile(file, device, dtype);
        results.insert(results.end(), more.begin(), more.end());
    }
    return results;
}

} // namespace guidino::nn::verify
