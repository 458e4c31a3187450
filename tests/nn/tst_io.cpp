// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/nn/io/checkpoint.h"
#include "core/nn/io/safetensors.h"
#include "core/nn/io/torch_file.h"
#include "tests/support/nn_check.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

using namespace guidino;
using namespace guidino::nn;
namespace fs = std::filesystem;

namespace {

fs::path checkpoints()
{
    const fs::path folder = test::goldenFolder() / "checkpoints";
    if (!fs::is_directory(folder)) {
        throw test::Skip{"no golden checkpoints"};
    }
    return folder;
}

std::string content(const fs::path& path)
{
    auto text = readFile(path);
    REQUIRE_OK(text);
    return std::move(text).value();
}

void write(const fs::path& path, const std::string& text)
{
    std::ofstream(path, std::ios::binary) << text;
}

/// A safetensors file of a header and so many data bytes.
std::string safetensors(const std::string& header, std::size_t data_bytes)
{
    std::string file(8, '\0');
    for (std::size_t i = 0; i < 8; ++i) {
        file[i] = static_cast<char>(header.size() >> (8 * i) & 0xff);
    }
    return file + header + std::string(data_bytes, '\1');
}

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

GD_TEST(safetensorsRoundTrip)
{
    const test::TemporaryFolder folder;
    torch::manual_seed(1);
    const torch::Tensor image = torch::randn({2, 3, 5});
    const std::map<std::string, torch::Tensor> tensors = {
        {"f64", image.to(torch::kFloat64)},
        {"f32", image},
        {"f16", image.to(torch::kFloat16)},
        {"bf16", image.to(torch::kBFloat16)},
        {"i64", torch::arange(7)},
        {"i32", torch::arange(7, torch::kInt32)},
        {"i16", torch::arange(7, torch::kInt16)},
        {"i8", torch::arange(-3, 4, torch::kInt8)},
        {"u8", torch::arange(7, torch::kUInt8)},
        {"bool", torch::tensor({true, false, true})},
        {"transposed", image.transpose(0, 2)},
        {"empty", torch::empty({0, 4})},
        {"scalar", torch::tensor(3.5)},
        {"name with \"quotes\" and ü", torch::ones({1})}};
    const fs::path path = folder / "a.safetensors";
    REQUIRE_OK(writeSafetensors(path, tensors, {{"format", "pt"}, {"note", "ä"}}));
    const auto file = readSafetensors(path);
    REQUIRE_OK(file);
    EXPECT_EQ(file->tensors.size(), tensors.size());
    EXPECT_EQ(file->metadata.at("note"), std::string("ä"));
    for (const auto& [name, tensor] : tensors) {
        const torch::Tensor& back = file->tensors.at(name);
        EXPECT(back.dtype() == tensor.dtype());
        EXPECT(torch::equal(back, tensor));
        EXPECT_EQ(
            reinterpret_cast<std::uintptr_t>(back.data_ptr()) % back.element_size(),
            std::size_t{0});
    }
    const std::string bytes = content(path);
    REQUIRE_OK(writeSafetensors(folder / "b.safetensors", file->tensors, file->metadata));
    EXPECT(content(folder / "b.safetensors") == bytes);
    EXPECT(!writeSafetensors(folder / "no" / "x.safetensors", tensors));
    EXPECT(!writeSafetensors(path, {{"c", torch::zeros({2}, torch::kComplexFloat)}}));
}

GD_TEST(mappedTensorsOutliveTheFileObject)
{
    const test::TemporaryFolder folder;
    REQUIRE_OK(writeSafetensors(folder / "a", {{"x", torch::arange(1000, torch::kFloat32)}}));
    torch::Tensor x;
    {
        auto file = readSafetensors(folder / "a");
        REQUIRE_OK(file);
        x = file->tensors.at("x");
    }
    fs::remove(folder / "a");
    EXPECT_EQ(x.sum().item<float>(), 499500.0F);
}

GD_TEST(damagedSafetensorsAreErrors)
{
    const test::TemporaryFolder folder;
    const std::string entry = R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "0 bytes"},
        {"1234567", "7 bytes"},
        {safetensors("{", 0), "not JSON"},
        {safetensors("[]", 0), "not a JSON object"},
        {safetensors(R"({"a":5})", 0), "lacks dtype"},
        {safetensors(R"({"a":)" + entry + "}", 4), "truncated"},
        {safetensors(R"({"a":)" + entry + "}", 12), "belong to no tensor"},
        {safetensors(R"({"a":)" + entry + R"(,"a":)" + entry + "}", 8), "twice"},
        {safetensors(R"({"a":)" + entry + R"(,"b":)" + entry + "}", 8), "overlaps"},
        {safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})", 16), "hole"},
        {safetensors(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8), "bytes"},
        {safetensors(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8), "whole"},
        {safetensors(R"({"a":{"dtype":"F99","shape":[2],"data_offsets":[0,8]}})", 8), "F99"},
        {safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8), "ends at"},
        {safetensors(
             R"({"a":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8]}})", 8),
         "bytes"},
        {safetensors(R"({"__metadata__":{"a":5}})", 0), "not text"},
        {safetensors(R"({"__metadata__":[]})", 0), "not a JSON object"},
        {safetensors(std::string(100'000, '['), 0), "JSON"},
    };
    for (const auto& [bytes, expected] : cases) {
        write(folder / "x.safetensors", bytes);
        const auto file = readSafetensors(folder / "x.safetensors");
        REQUIRE(!file);
        EXPECT(file.error().code == ErrorCode::BadInput);
        EXPECT(contains(file.error().message, "x.safetensors"));
        if (!contains(file.error().message, expected)) {
            test::fail(__FILE__, __LINE__, file.error().message + " lacks " + expected);
        }
    }
    EXPECT(readSafetensors(folder / "none").error().code == ErrorCode::NotFound);
    EXPECT(readSafetensors(folder.path()).error().code == ErrorCode::BadInput);
    // A header that is no multiple of 8 makes data unaligned: copied, not refused.
    write(folder / "odd", safetensors(R"({"a":)" + entry + "}   ", 8));
    REQUIRE_OK(readSafetensors(folder / "odd"));
}

GD_TEST(fuzzedSafetensorsNeverCrash)
{
    const test::TemporaryFolder folder;
    const fs::path path = folder / "x.safetensors";
    REQUIRE_OK(writeSafetensors(
        path, {{"a", torch::ones({3, 4})}, {"b", torch::ones({5}, torch::kInt64)}}, {{"k", "v"}}));
    const std::string good = content(path);
    for (std::size_t length = 0; length < good.size(); ++length) {
        write(path, good.substr(0, length));
        EXPECT(!readSafetensors(path));
    }
    std::mt19937 random(3);
    for (int round = 0; round < 3000; ++round) {
        std::string broken = good;
        for (int i = 0; i < 1 + round % 3; ++i) {
            broken[random() % (round % 2 == 0 ? 8 : broken.size() - 88)] =
                static_cast<char>(random());
        }
        write(path, broken);
        if (const auto file = readSafetensors(path)) {
            for (const auto& [name, tensor] : file->tensors) {
                EXPECT(tensor.to(torch::kFloat64).sum().defined());
            }
        }
    }
}

GD_TEST(goldenDamagedFilesAreErrorsQuickly)
{
    const auto start = std::chrono::steady_clock::now();
    const auto truncated = readCheckpoint(checkpoints() / "truncated.safetensors");
    REQUIRE(!truncated);
    EXPECT(contains(truncated.error().message, "truncated"));
    const auto huge = readCheckpoint(checkpoints() / "huge_header.safetensors");
    REQUIRE(!huge);
    EXPECT(contains(huge.error().message, "4611686018427387904"));
    EXPECT(exitCodeOf(huge.error().code) == 3);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    EXPECT(seconds.count() < 0.5);
}

GD_TEST(goldenHostileFileRunsNothing)
{
    const fs::path sign = "/tmp/guidino_was_here"; // what the file's shell command would make
    fs::remove(sign);
    const auto hostile = readCheckpoint(checkpoints() / "hostile_reduce.pth");
    REQUIRE(!hostile);
    EXPECT(hostile.error().code == ErrorCode::BadInput);
    EXPECT(contains(hostile.error().message, "posix.system"));
    EXPECT(!fs::exists(sign));
    CheckpointOptions options;
    options.drop_globals = {"posix.system"};
    const auto dropped = readCheckpoint(checkpoints() / "hostile_reduce.pth", options);
    REQUIRE_OK(dropped);
    EXPECT_EQ(dropped->tensors.size(), std::size_t{1});
    EXPECT_EQ(dropped->info.at("x"), std::string("left out"));
    EXPECT(!fs::exists(sign));
}

GD_TEST(goldenTorchFilesAreRead)
{
    const auto zip = readCheckpoint(checkpoints() / "dinov3_tiny_meta.pth");
    REQUIRE_OK(zip);
    EXPECT_EQ(zip->format, std::string("torch-zip"));
    EXPECT_EQ(zip->tensors.size(), std::size_t{68});
    const auto legacy = readCheckpoint(checkpoints() / "dinov3_tiny_meta_legacy.pth");
    REQUIRE_OK(legacy);
    EXPECT_EQ(legacy->format, std::string("torch-legacy"));
    const auto teacher = readCheckpoint(checkpoints() / "dinov3_tiny_teacher.pth");
    REQUIRE_OK(teacher);
    EXPECT_EQ(teacher->root, std::string("teacher"));
    EXPECT_EQ(teacher->info.at("iteration").empty(), false);
    for (const auto& [name, tensor] : zip->tensors) {
        REQUIRE(legacy->tensors.contains(name));
        EXPECT(torch::equal(tensor.nan_to_num(), legacy->tensors.at(name).nan_to_num()));
        if (!contains(name, "mask_token")) {
            REQUIRE(teacher->tensors.contains("backbone." + name));
        }
    }
    const auto lightning = readCheckpoint(checkpoints() / "guidino_u_lightning.ckpt");
    REQUIRE_OK(lightning);
    EXPECT_EQ(lightning->root, std::string("state_dict"));
    EXPECT(lightning->tensors.contains("model.model.inc.block.0.weight"));
    EXPECT_EQ(lightning->info.at("pytorch-lightning_version"), std::string("2.5.0"));
    EXPECT_EQ(lightning->info.at("hyper_parameters.optimizer_name"), std::string("sgd"));
    const auto nnunet = readCheckpoint(checkpoints() / "nnunet_checkpoint_final.pth");
    REQUIRE_OK(nnunet);
    EXPECT_EQ(nnunet->root, std::string("network_weights"));
    EXPECT_EQ(nnunet->info.at("trainer_name"), std::string("nnUNetTrainer"));
    EXPECT_EQ(nnunet->info.at("_best_ema").substr(0, 3), std::string("0.8"));
    // Aliased keys share their storage.
    EXPECT(
        nnunet->tensors.at("encoder.stages.0.0.convs.0.conv.weight").data_ptr()
        == nnunet->tensors.at("encoder.stages.0.0.convs.0.all_modules.0.weight").data_ptr());
    const auto tree = readPickleTree(checkpoints() / "nnunet_checkpoint_final.pth");
    REQUIRE_OK(tree);
    const PickleNode* plans = tree->root->find("init_args")->find("plans");
    REQUIRE(plans != nullptr);
    const PickleNode* patch = plans->find("configurations")->find("2d")->find("patch_size");
    EXPECT(patch->kind == PickleNode::Kind::Array);
    EXPECT_EQ(patch->text.size(), std::size_t{16});
}

GD_TEST(goldenFoldersAreRead)
{
    const auto hf = readCheckpoint(checkpoints() / "dinov3_tiny_hf");
    REQUIRE_OK(hf);
    EXPECT_EQ(hf->format, std::string("huggingface"));
    EXPECT(contains(hf->config_json, "dinov3_vit"));
    const auto peft = readCheckpoint(checkpoints() / "dinov3_tiny_lora_adapter");
    REQUIRE_OK(peft);
    EXPECT_EQ(peft->format, std::string("peft"));
    EXPECT_EQ(peft->tensors.size(), std::size_t{32});
    EXPECT(readCheckpoint(checkpoints()).error().code == ErrorCode::BadInput);
    EXPECT(readCheckpoint(checkpoints() / "none.pth").error().code == ErrorCode::NotFound);
}

GD_TEST(shardedFoldersAreRead)
{
    const test::TemporaryFolder folder;
    REQUIRE_OK(writeSafetensors(folder / "m1.safetensors", {{"a", torch::ones({2})}}));
    REQUIRE_OK(writeSafetensors(folder / "m2.safetensors", {{"b", torch::zeros({2})}}));
    write(folder / "config.json", "{}");
    const fs::path index = folder / "model.safetensors.index.json";
    write(index, R"({"weight_map":{"a":"m1.safetensors","b":"m2.safetensors"}})");
    const auto both = readCheckpoint(folder.path());
    REQUIRE_OK(both);
    EXPECT_EQ(both->tensors.size(), std::size_t{2});
    write(index, R"({"weight_map":{"a":"../m1.safetensors"}})");
    EXPECT(contains(readCheckpoint(folder.path()).error().message, "plain file name"));
    write(index, R"({"weight_map":{"b":"m1.safetensors"}})");
    EXPECT(contains(readCheckpoint(folder.path()).error().message, "lacks 'b'"));
}

GD_TEST(filesOfOtherKindsAreErrors)
{
    const test::TemporaryFolder folder;
    for (const std::string& text :
         {std::string("hello"),
          std::string(),
          std::string("PK\3\4 no zip at all"),
          std::string("\x80\x02}.", 4),
          std::string("\x80\x02K\x01.", 5)}) {
        write(folder / "x.pth", text);
        const auto file = readCheckpoint(folder / "x.pth");
        REQUIRE(!file);
        EXPECT(file.error().code == ErrorCode::BadInput);
        EXPECT(contains(file.error().message, "x.pth"));
    }
}

/// Truncations and flipped bytes of both torch formats: an error or a readable file, never a crash.
GD_TEST(fuzzedTorchFilesNeverCrash)
{
    const test::TemporaryFolder folder;
    std::mt19937 random(5);
    for (const char* name :
         {"hostile_reduce.pth", "nnunet_checkpoint_final.pth", "dinov3_tiny_meta_legacy.pth"}) {
        const std::string good = content(checkpoints() / name);
        const std::size_t pickle = std::min<std::size_t>(good.size(), 40'000);
        for (int round = 0; round < 400; ++round) {
            std::string broken = good;
            if (round % 4 == 0) {
                broken.resize(random() % good.size());
            } else {
                for (int i = 0; i < 1 + round % 5; ++i) {
                    const std::size_t place = round % 2 == 0
                                                  ? random() % pickle
                                                  : good.size() - 1 - random() % 5000 % good.size();
                    broken[place] = static_cast<char>(random());
                }
            }
            write(folder / "x.pth", broken);
            CheckpointOptions options;
            options.drop_globals = {"posix.system"};
            if (const auto file = readCheckpoint(folder / "x.pth", options)) {
                for (const auto& [key, tensor] : file->tensors) {
                    EXPECT(tensor.sum().defined());
                }
            }
        }
    }
}

} // namespace

GD_TEST_MAIN()
