// SPDX-License-Identifier: Apache-2.0
// The kit for plug-ins as a stranger meets it: installed, and plugins/example_network built outside
// the tree against nothing else.
#include "tests/app/cli.h"

#include <nlohmann/json.hpp>

using namespace guidino::test;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

namespace {

const std::string kCMake = GUIDINO_TEST_CMAKE;

Outcome run(const Words& words)
{
    return Process(words).finish(500000);
}

Words configure(const fs::path& source, const fs::path& build, const fs::path& sdk)
{
    return {
        kCMake,
        "-S",
        source.string(),
        "-B",
        build.string(),
        "-G",
        "Ninja",
        "-DCMAKE_PREFIX_PATH=" + sdk.string(),
        "-DCMAKE_CXX_COMPILER=" GUIDINO_TEST_CXX,
        "-DLIBTORCH_ROOT=" GUIDINO_TEST_LIBTORCH};
}

void expectFine(const Outcome& outcome, int line)
{
    if (outcome.exitCode != 0) {
        fail(__FILE__, line, outcome.out + outcome.err);
        throw guidino::test::Failure{};
    }
}

} // namespace

GD_TEST(aStrangerBuildsTheExample)
{
    const TemporaryFolder folder;
    const fs::path sdk = folder / "sdk";
    expectFine(
        run(
            {kCMake,
             "--install",
             GUIDINO_BINARY_DIR,
             "--component",
             "sdk",
             "--prefix",
             sdk.string()}),
        __LINE__);
    EXPECT(fs::exists(sdk / "include/guidino/core/nn/extension/plugin.h"));
    EXPECT(!fs::exists(sdk / "bin"));

    fs::copy(
        GUIDINO_SOURCE_DIR "/plugins/example_network",
        folder / "mine",
        fs::copy_options::recursive);
    expectFine(run(configure(folder / "mine", folder / "build", sdk)), __LINE__);
    expectFine(run({kCMake, "--build", (folder / "build").string()}), __LINE__);

    const std::string library = (folder / "build" / "libexample_network.so").string();
    const Outcome listed =
        cli({"plugins", "--json", "--plugin", library},
            {{"GUIDINO_HOME", (folder / "home").string()}, {"GUIDINO_PLUGINS", ""}});
    expectFine(listed, __LINE__);
    const auto plugins = nlohmann::json::parse(listed.out).at("plugins");
    REQUIRE(plugins.size() == 1);
    EXPECT_EQ(plugins[0].at("file").get<std::string>(), library);
    EXPECT_EQ(plugins[0].at("networks")[0].get<std::string>(), "example-unet");
    // The network is made and computes.
    const Outcome network =
        cli({"models", "architectures", "example-unet", "--size", "64", "--plugin", library},
            {{"GUIDINO_HOME", (folder / "home").string()}, {"GUIDINO_PLUGINS", ""}});
    expectFine(network, __LINE__);
    EXPECT(contains(network.out, "example-unet"));

    // Nothing of another LibTorch is compiled.
    writeText(folder / "torch/include/torch/csrc/api/include/torch/torch.h", "");
    writeText(folder / "torch/include/torch/headeronly/version.h", "  \"2.10.0\"\n");
    writeText(folder / "torch/lib/libtorch_cpu.so", "");
    writeText(folder / "torch/lib/libc10.so", "");
    Words other = configure(folder / "mine", folder / "build2", sdk);
    other.back() = "-DLIBTORCH_ROOT=" + folder.path().string();
    const Outcome refused = run(other);
    EXPECT(refused.exitCode != 0);
    std::string said; // CMake breaks lines where it likes
    std::istringstream words(refused.err);
    for (std::string word; words >> word;) {
        said += word + " ";
    }
    EXPECT(contains(said, "this guidino was built with LibTorch 2."));
}

GD_TEST_MAIN()
