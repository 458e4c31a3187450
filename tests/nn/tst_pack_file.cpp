// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/nn/data/pack.h"
#include "core/nn/io/safetensors.h"
#include "tests/support/nn_check.h"

#include <filesystem>
#include <fstream>

using namespace guidino;
using namespace guidino::nn;

namespace {

namespace fs = std::filesystem;

class TemporaryFolder
{
public:
    TemporaryFolder()
    {
        std::string text = (fs::temp_directory_path() / "guidino-pack-XXXXXX").string();
        REQUIRE(mkdtemp(text.data()) != nullptr);
        path = text;
    }

    ~TemporaryFolder() { fs::remove_all(path); }

    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    fs::path path;
};

Pack somePack()
{
    torch::manual_seed(1);
    Pack pack;
    pack.images = torch::randint(0, 256, {3, 16, 16, 3}, torch::kUInt8);
    pack.masks = torch::randint(0, 3, {3, 16, 16}, torch::kUInt8);
    pack.names = {"a/1.png", "a/2.png", "b/ü.png"};
    pack.groups = {"p1", "p1", "p2"};
    pack.hashes = {"00", "11", "22"};
    pack.splits = {{"train", {"a/1.png", "b/ü.png"}}, {"val", {"a/2.png"}}};
    pack.classes = {{1, "polyp"}, {2, "tool"}};
    pack.resize = "letterbox";
    pack.cropBlackBorder = true;
    pack.nativeSizes = {{640, 480}, {30, 20}, {16, 16}};
    return pack;
}

std::string messageOf(const Result<Pack>& pack)
{
    return pack ? "" : pack.error().message;
}

} // namespace

GD_TEST(whatIsWrittenIsRead)
{
    const TemporaryFolder folder;
    const fs::path file = folder.path / "data.safetensors";
    const Pack pack = somePack();
    REQUIRE_OK(writePack(file, pack));
    EXPECT(isPack(file));
    const auto read = readPack(file);
    REQUIRE_OK(read);
    EXPECT(torch::equal(read->images, pack.images));
    EXPECT(torch::equal(read->masks, pack.masks));
    EXPECT(read->names == pack.names);
    EXPECT(read->groups == pack.groups);
    EXPECT(read->hashes == pack.hashes);
    EXPECT(read->splits == pack.splits);
    EXPECT(read->classes == pack.classes);
    EXPECT(read->nativeSizes == pack.nativeSizes);
    EXPECT_EQ(read->resize, std::string("letterbox"));
    EXPECT(read->cropBlackBorder);
    EXPECT_EQ(read->size(), 3);
}

GD_TEST(otherTensorFilesAreRefused)
{
    const TemporaryFolder folder;
    const fs::path file = folder.path / "weights.safetensors";
    REQUIRE_OK(writeSafetensors(file, {{"w", torch::zeros({2})}}));
    const auto pack = readPack(file);
    REQUIRE(!pack);
    EXPECT(pack.error().code == ErrorCode::BadInput);
    EXPECT(messageOf(pack).find("guidino data pack") != std::string::npos);
    EXPECT(readPack(folder.path / "none.safetensors").error().code == ErrorCode::NotFound);
}

GD_TEST(inconsistentPacksAreRefused)
{
    const TemporaryFolder folder;
    const fs::path file = folder.path / "data.safetensors";
    const Pack good = somePack();
    const auto written = [&](std::map<std::string, std::string> metadata,
                             const torch::Tensor& masks) {
        metadata.emplace("guidino_pack", "1");
        metadata.emplace("names", R"(["a","b","c"])");
        REQUIRE_OK(writeSafetensors(file, {{"images", good.images}, {"masks", masks}}, metadata));
        return readPack(file);
    };
    EXPECT(written({}, good.masks).has_value());
    EXPECT(!written({{"names", R"(["a","b"])"}}, good.masks));
    EXPECT(!written({{"names", R"(["a","b","a"])"}}, good.masks));
    EXPECT(!written({{"names", "["}}, good.masks));
    EXPECT(!written({{"names", "{}"}}, good.masks));
    EXPECT(!written({{"splits", R"({"train":["z"]})"}}, good.masks));
    EXPECT(!written({{"guidino_pack", "2"}}, good.masks));
    EXPECT(!written({}, good.masks.narrow(0, 0, 2).contiguous()));
    EXPECT(!written({}, good.masks.to(torch::kFloat32)));
}

GD_TEST_MAIN()
