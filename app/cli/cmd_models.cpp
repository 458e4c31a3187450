// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/runtime_library.h"
#include "app/cli/terminal.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <functional>

namespace guidino::cli {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

std::string scalarText(const Json& value)
{
    if (value.is_string()) {
        return value.get<std::string>();
    }
    return value.is_null() ? "-" : value.dump();
}

bool isTable(const Json& value)
{
    return value.is_array() && !value.empty() && value[0].is_object();
}

/// Objects of one shape as columns; whatever is structured within is left out.
void printTable(const Json& rows, int indent)
{
    std::vector<std::string> keys;
    for (const auto& [key, value] : rows[0].items()) {
        if (!value.is_structured() || (value.is_array() && value.size() <= 4)) {
            keys.push_back(key);
        }
    }
    std::vector<std::size_t> widths;
    for (const std::string& key : keys) {
        std::size_t width = key.size();
        for (const Json& row : rows) {
            width = std::max(width, row.contains(key) ? scalarText(row[key]).size() : 0);
        }
        widths.push_back(width);
    }
    const auto printRow = [&](const std::function<std::string(const std::string&)>& cell) {
        std::string line(static_cast<std::size_t>(indent), ' ');
        for (std::size_t i = 0; i < keys.size(); ++i) {
            std::string text = cell(keys[i]);
            text.resize(std::max(text.size(), widths[i] + 2), ' ');
            line += text;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        std::printf("%s\n", line.c_str());
    };
    printRow([](const std::string& key) { return key; });
    for (const Json& row : rows) {
        printRow([&](const std::string& key) {
            return row.contains(key) ? scalarText(row[key]) : std::string();
        });
    }
}

void printForPeople(const Json& value, int indent)
{
    if (isTable(value)) {
        printTable(value, indent);
        return;
    }
    if (value.is_object()) {
        for (const auto& [key, item] : value.items()) {
            const bool isNested = item.is_object() || isTable(item);
            std::printf(
                "%*s%s: %s\n", indent, "", key.c_str(), isNested ? "" : scalarText(item).c_str());
            if (isNested) {
                printForPeople(item, indent + 2);
            }
        }
        return;
    }
    if (value.is_array() && value.empty()) {
        std::printf("%*snone\n", indent, "");
        return;
    }
    std::printf("%*s%s\n", indent, "", scalarText(value).c_str());
}

/// Calls the runtime and prints its JSON answer.
int answer(bool json, const std::function<Result<std::string>(engine::Runtime&)>& ask)
{
    const auto runtime = loadRuntime();
    if (!runtime) {
        return fail(runtime.error());
    }
    const auto text = ask(**runtime);
    if (!text) {
        return fail(text.error());
    }
    const Json value = Json::parse(*text, nullptr, false);
    if (json || value.is_discarded()) {
        std::printf("%s\n", text->c_str());
    } else {
        printForPeople(value, 0);
    }
    return 0;
}

int runList(const Arguments& arguments)
{
    bool json = false;
    const auto parser =
        makeParser("models list", "Lists the registered models.", "  guidino models list --json\n");
    addPluginOption(*parser);
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    return answer(json, [](engine::Runtime& runtime) { return runtime.modelsList(); });
}

/// 7763041 as "7,763,041".
std::string grouped(std::int64_t number)
{
    std::string text = std::to_string(number);
    for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) {
        text.insert(static_cast<std::size_t>(at), ",");
    }
    return text;
}

int runArchitectures(const Arguments& arguments)
{
    int size = 256;
    std::string only;
    bool json = false;
    const auto parser = makeParser(
        "models architectures",
        "Lists every network: parameters, multiply-adds for one image, sizes, source.\n"
        "Multiply-adds count the guide backbone where one is used.",
        "  guidino models architectures\n  guidino models architectures --size 512 --json\n");
    parser->add_option("name", only, "Only this one")->type_name("NAME");
    parser->add_option("--size", size, "Side of the image in pixels (256)")->type_name("N");
    addPluginOption(*parser);
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    const auto runtime = loadRuntime();
    if (!runtime) {
        return fail(runtime.error());
    }
    const auto text = (*runtime)->modelsArchitectures(size, only);
    if (!text) {
        return fail(text.error());
    }
    if (json) {
        std::printf("%s\n", text->c_str());
        return 0;
    }
    Json rows = Json::array();
    const Json answer = Json::parse(*text);
    for (const Json& one : answer.at("architectures")) {
        const auto billions = [&one](const char* key) {
            char buffer[32];
            std::snprintf(buffer, sizeof buffer, "%.2f", one.at(key).get<double>() / 1e9);
            return std::string(buffer);
        };
        rows.push_back(
            {{"name", one.at("name")},
             {"parameters", grouped(one.at("parameters").get<std::int64_t>())},
             {"of its ViT", grouped(one.at("backbone_parameters").get<std::int64_t>())},
             {"GMAC", billions("multiply_adds")},
             {"guide", one.at("guide")},
             {"sizes", one.at("size_rule")},
             {"source", one.at("source")}});
    }
    std::printf(
        "at %d x %d pixels, 3 channels; GMAC: billions of multiply-adds of an image, the ViT's "
        "included\n",
        size,
        size);
    printForPeople(rows, 0);
    std::printf(
        "guide: possible: by --set guide.source=self or dinov3; no: its guided form has a name of "
        "its own\ntrain one: guidino train --config NAME --data DIR --out RUN\n");
    return 0;
}

int runAdd(const Arguments& arguments)
{
    std::string file;
    std::string random;
    std::string name;
    std::int64_t seed = 0;
    bool acceptLicence = false;
    bool json = false;
    const auto parser = makeParser(
        "models add",
        "Registers weights that you downloaded yourself: checks names and shapes and stores a\n"
        "SHA-256. DINOv3's weights come under the DINOv3 licence, DINOv2's under Apache-2.0.",
        "  guidino models add dinov3_vits16_pretrain_lvd1689m.pth --accept-licence\n"
        "  guidino models add --random vits16 --seed 1     random weights, for tests\n");
    CLI::Option* fileOption =
        parser->add_option("file", file, "Checkpoint or Hugging Face folder")->type_name("FILE");
    CLI::Option* randomOption =
        parser->add_option("--random", random, "Make random weights of this architecture")
            ->type_name("ARCHITECTURE")
            ->excludes(fileOption);
    parser->add_option("--seed", seed, "Of the random weights")
        ->type_name("N")
        ->needs(randomOption);
    parser->add_option("--name", name, "Name to register it under")->type_name("NAME");
    parser->add_flag(
        "--accept-licence,--accept-license",
        acceptLicence,
        "I accept the licence of these weights");
    addPluginOption(*parser);
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    if (!random.empty()) {
        return answer(json, [&](engine::Runtime& runtime) {
            return runtime.modelsAddRandom(random, name, seed);
        });
    }
    if (file.empty()) {
        return fail(Error{
            ErrorCode::Usage,
            "name a checkpoint, or --random ARCHITECTURE\nTry 'guidino models add --help'.",
            {}});
    }
    if (const auto status = requireExisting(file, "models add"); !status) {
        return fail(status.error());
    }
    return answer(json, [&](engine::Runtime& runtime) {
        return runtime.modelsAdd(file, name, acceptLicence);
    });
}

int runShow(const Arguments& arguments)
{
    std::string file;
    bool json = false;
    const auto parser = makeParser(
        "models show",
        "Shows a bundle, a registered model, or what is in any checkpoint file.",
        "  guidino models show run1/best\n  guidino models show checkpoint.pth --json\n");
    parser->add_option("file", file, "Bundle, checkpoint or registered name")
        ->type_name("FILE")
        ->required();
    addPluginOption(*parser);
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    std::error_code ignored;
    if (!isName(file) && !fs::exists(file, ignored)) {
        return fail(requireExisting(file, "models show").error());
    }
    return answer(json, [&](engine::Runtime& runtime) { return runtime.modelsShow(file); });
}

int runRemove(const Arguments& arguments)
{
    std::string name;
    bool json = false;
    const auto parser = makeParser(
        "models remove", "Forgets a registered model.", "  guidino models remove vits16\n");
    parser->add_option("name", name, "Registered name")->type_name("NAME")->required();
    addPluginOption(*parser);
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    return answer(json, [&](engine::Runtime& runtime) { return runtime.modelsRemove(name); });
}

int runExport(const Arguments& arguments)
{
    std::string model;
    std::string out;
    std::string format;
    int size = 0;
    bool includeBackbone = false;
    bool json = false;
    const auto parser = makeParser(
        "models export",
        "Writes a model as one file or folder to hand on.",
        "  guidino models export run1/best --out polyps.zip\n"
        "  guidino models export run1/best --out polyps.pt --size 256 --include-backbone\n");
    parser->add_option("model", model, "Bundle or registered name")
        ->type_name("BUNDLE")
        ->required();
    parser->add_option("--out", out, "File or folder to write")->type_name("PATH")->required();
    parser
        ->add_option(
            "--format",
            format,
            "zip, folder, bf16 (a folder with weights in bfloat16), safetensors (a state dict "
            "under "
            "the published names), torchscript or peft; without: by the name of --out")
        ->type_name("NAME");
    parser->add_option("--size", size, "Side of the image that a torchscript takes (training's)")
        ->type_name("N");
    parser->add_flag(
        "--include-backbone",
        includeBackbone,
        "Weights of DINOv3, or made from them, may go out, under its licence");
    addPluginOption(*parser);
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    if (!isName(model)) {
        if (const auto status = requireExisting(model, "models export"); !status) {
            return fail(status.error());
        }
    }
    if (parser->count("--size") > 0) {
        format += ":" + std::to_string(size);
    }
    format += includeBackbone ? "+backbone" : "";
    return answer(
        json, [&](engine::Runtime& runtime) { return runtime.modelsExport(model, out, format); });
}

int runCalibrate(const Arguments& arguments)
{
    engine::CalibrateRequest request;
    std::string model;
    std::string data;
    std::string splits;
    bool json = false;
    const auto parser = makeParser(
        "models calibrate",
        "Measures what a model's training images look like to it, and stores that in the bundle, "
        "so "
        "that images unlike them are warned about.",
        "  guidino models calibrate runs/polyps/best --data kvasir-seg --modality endoscopy\n");
    parser->add_option("model", model, "Bundle (a folder) or registered name")
        ->type_name("BUNDLE")
        ->required();
    parser->add_option("--data", data, "The data set that it was trained on")
        ->type_name("DIR")
        ->required();
    parser->add_option("--splits", splits, "Lists of the data set's images; without: its own")
        ->type_name("FILE");
    parser->add_option("--train", request.trainingSplit, "List to measure")->capture_default_str();
    parser->add_option("--validation", request.validationSplit, "List that sets the limit")
        ->capture_default_str();
    parser->add_option("--modality", request.modality, "What the images are, such as endoscopy")
        ->type_name("NAME");
    parser->add_option("--device", request.device, "auto, cpu, cuda, cuda:N")
        ->capture_default_str();
    addPluginOption(*parser);
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    for (const std::string& path : {data, splits}) {
        if (!path.empty()) {
            if (const auto status = requireExisting(path, "models calibrate"); !status) {
                return fail(status.error());
            }
        }
    }
    request.model = model;
    request.data = data;
    request.splits = splits;
    engine::JobContext context;
    return answer(
        json, [&](engine::Runtime& runtime) { return runtime.modelsCalibrate(request, context); });
}

int runImport(const Arguments& arguments)
{
    std::string file;
    std::string architecture;
    std::string out;
    bool json = false;
    const auto parser = makeParser(
        "models import",
        "Converts a foreign checkpoint into a bundle.",
        "  guidino models import best.ckpt --as guidino-u --out bundle/\n");
    parser->add_option("checkpoint", file, "Foreign checkpoint")->type_name("FILE")->required();
    parser
        ->add_option(
            "--as", architecture, "What it is, such as guidino-u; without: told by its keys")
        ->type_name("ARCHITECTURE");
    parser->add_option("--out", out, "Bundle to write; registered by the file's name if absent")
        ->type_name("DIR");
    addPluginOption(*parser);
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    if (const auto status = requireExisting(file, "models import"); !status) {
        return fail(status.error());
    }
    return answer(json, [&](engine::Runtime& runtime) {
        return runtime.modelsImport(file, architecture, out);
    });
}

} // namespace

int runModels(const Arguments& arguments)
{
    return runSubcommandOf(
        "models",
        "Models: registered backbones and bundles.",
        {{"list", "List the registered models", runList},
         {"architectures", "List every network with its size and cost", runArchitectures},
         {"add", "Register weights that you downloaded", runAdd},
         {"show", "Show a bundle or any checkpoint", runShow},
         {"import", "Convert a foreign checkpoint into a bundle", runImport},
         {"calibrate", "Measure what a model's training images look like", runCalibrate},
         {"export", "Write a model to hand on", runExport},
         {"remove", "Forget a registered model", runRemove}},
        "  guidino models add dinov3_vits16_pretrain_lvd1689m.pth --accept-licence\n"
        "  guidino models show run1/best\n",
        arguments);
}

} // namespace guidino::cli
